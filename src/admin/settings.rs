//! The settings as they are, and where each came from. Secrets are masked.

use crate::app::App;
use crate::config::{Origin, Written};
use serde::Serialize;
use utoipa::ToSchema;

/// A setting.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Setting {
    /// Its dotted path.
    pub name: String,
    /// Its value as it was written; null for a secret.
    pub value: Option<String>,
    /// Whether the value is a secret, which nobody is shown.
    pub masked: bool,
    /// Where it came from: `default`, `file`, `environment`, `flag` or `derived`.
    pub source: &'static str,
    /// Which file, variable or flag.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub from: Option<String>,
}

/// All of them, in the order of the default file.
pub fn all(app: &App) -> Vec<Setting> {
    app.config.written.iter().map(setting).collect()
}

fn setting(one: &Written) -> Setting {
    let (source, from) = match &one.origin {
        Origin::Default => ("default", None),
        Origin::File(path) => ("file", Some(path.display().to_string())),
        Origin::Env(name) => ("environment", Some(name.clone())),
        Origin::Flag(name) => ("flag", Some((*name).to_owned())),
        Origin::Derived => ("derived", None),
    };
    Setting { name: one.name.clone(), value: one.value.clone(), masked: one.value.is_none(), source, from }
}
