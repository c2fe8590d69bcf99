//! The catalogue: source types as data. What Symbolon knows of a provider stands in one TOML file, in the binary or in
//! a folder of the operator's own. See `docs/catalogue.md`.

mod check;
mod definition;
mod embedded;
mod endpoints;
mod example;
mod form;
mod host;
mod identity;
mod read;
mod rules;
mod shown;
mod template;
pub mod trial;
pub mod wire;
mod wrong;

pub use check::{Check, all as checks};
pub use definition::{Custody, Kind, Scopes, SourceType, Throttle};
pub use embedded::EMBEDDED;
pub use endpoints::{
    Algorithm, Assertion, Authorize, Body, ClientAuth, ClientKey, Introspect, Method, Migrate, Pkce, RequestAuth,
    RequestRule, Revoke, RsaAlgorithm, TokenEndpoint, TokenKind,
};
pub use example::{Example, Expected};
pub use form::{Asked, Field, Param, ParamKind};
pub use host::HostPattern;
pub use identity::{Part, Place, Prefer, Recipe};
pub use rules::{AnswerRules, Class, ErrorRule, Lasts, Lifetimes, OkRule, OtherTokens, Policy, Rotation, Unit};
pub use shown::{FieldShown, LifetimesShown, ParamShown, ScopesShown, SourceTypeShown, SourceTypeSummary};
pub use template::{Pattern, Piece, Template};
pub use wrong::Wrong;

use form::whole_url;

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

/// All source types that sources can be made of.
#[derive(Clone, Debug, Default)]
pub struct Catalogue {
    types: BTreeMap<String, Arc<SourceType>>,
}

impl Catalogue {
    /// The built-in types, and those of the operator's folder: a file there replaces the built-in type of the same key.
    pub fn load(dir: Option<&Path>) -> Result<Self, Wrong> {
        let mut catalogue = Catalogue::default();
        for (file, text) in EMBEDDED {
            catalogue.insert(SourceType::read(file, text)?);
        }
        for file in dir.map(definitions).transpose()?.unwrap_or_default() {
            let name = file.display().to_string();
            let text =
                std::fs::read_to_string(&file).map_err(|why| Wrong::file(&name, format!("can't be read: {why}")))?;
            catalogue.insert(SourceType::read(&name, &text)?);
        }
        Ok(catalogue)
    }

    /// Adds a type; one of the same key makes way.
    pub fn insert(&mut self, kind: SourceType) {
        self.types.insert(kind.key.clone(), Arc::new(kind));
    }

    /// The type with this key.
    pub fn get(&self, key: &str) -> Option<&Arc<SourceType>> {
        self.types.get(key)
    }

    /// All of them, by key.
    pub fn iter(&self) -> impl Iterator<Item = &Arc<SourceType>> {
        self.types.values()
    }
}

/// The TOML files of a folder, by name. The folder must be there: one that isn't mounted would silently bring back the
/// built-in rules.
fn definitions(dir: &Path) -> Result<Vec<std::path::PathBuf>, Wrong> {
    let unread = |why: std::io::Error| Wrong::file(&dir.display().to_string(), format!("can't be read: {why}"));
    let mut files = Vec::new();
    for entry in std::fs::read_dir(dir).map_err(unread)? {
        let path = entry.map_err(unread)?.path();
        if path.extension().is_some_and(|ending| ending == "toml") {
            files.push(path);
        }
    }
    files.sort();
    Ok(files)
}
