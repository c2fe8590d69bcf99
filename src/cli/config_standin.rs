//! STAND-IN, not to be merged: `config::load` takes its place, with these names.

use crate::base::Secret;
use crate::config::Config;
use std::collections::BTreeMap;
use std::path::PathBuf;

/// Settings from the command line.
#[derive(Clone, Debug, Default)]
pub struct Flags {
    /// The file to read.
    pub config: Option<PathBuf>,
    /// `issuer`.
    pub issuer: Option<String>,
    /// `listen`.
    pub listen: Option<String>,
    /// `data_dir`.
    pub data_dir: Option<String>,
    /// `keys_dir`.
    pub keys_dir: Option<String>,
    /// `database_url`.
    pub database_url: Option<String>,
}

/// Checked settings.
#[derive(Clone, Debug)]
pub struct Loaded {
    /// The settings.
    pub config: Config,
    /// Where each came from.
    pub origins: BTreeMap<String, String>,
}

/// Why the settings can't be used.
#[derive(Debug)]
pub struct Refused(String);

impl std::fmt::Display for Refused {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

/// Defaults, environment, flags.
pub fn load(flags: &Flags, env: &dyn Fn(&str) -> Option<String>) -> Result<Loaded, Refused> {
    let broken = |fault: toml::de::Error| Refused(fault.to_string());
    let mut table: toml::Table = toml::from_str(include_str!("../config/default.toml")).map_err(broken)?;
    let given = [
        ("issuer", &flags.issuer),
        ("listen", &flags.listen),
        ("data_dir", &flags.data_dir),
        ("keys_dir", &flags.keys_dir),
        ("database_url", &flags.database_url),
    ];
    for (name, flag) in given {
        if let Some(text) = flag.clone().or_else(|| env(&format!("SYMBOLON_{}", name.to_uppercase()))) {
            table.insert(name.to_owned(), toml::Value::String(text));
        }
    }
    let config = toml::Value::Table(table).try_into().map_err(broken)?;
    Ok(Loaded { config, origins: BTreeMap::new() })
}

/// A variable of this process.
#[expect(clippy::disallowed_methods, reason = "stands in for the settings' own reading")]
pub fn process_env(name: &str) -> Option<String> {
    std::env::var(name).ok()
}

/// The master key, where the environment has it.
pub fn master_key_source(env: &dyn Fn(&str) -> Option<String>) -> Result<Option<Secret>, Refused> {
    Ok(env("SYMBOLON_MASTER_KEY").map(Secret::from))
}
