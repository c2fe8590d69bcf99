//! Settings of how pages look and in which language they come.

use super::unless_empty;
use serde::Deserialize;
use std::path::PathBuf;

/// How pages look.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Brand {
    /// A picture: SVG, PNG or WebP.
    #[serde(deserialize_with = "unless_empty")]
    pub logo: Option<PathBuf>,
    /// The colour of buttons and links, `#rrggbb`.
    #[serde(deserialize_with = "unless_empty")]
    pub accent: Option<String>,
    /// Where people find help.
    #[serde(deserialize_with = "unless_empty")]
    pub support: Option<String>,
    /// What is done with their data.
    #[serde(deserialize_with = "unless_empty")]
    pub privacy: Option<String>,
    /// What they agree to.
    #[serde(deserialize_with = "unless_empty")]
    pub terms: Option<String>,
}

/// Pages.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Ui {
    /// The language for people of whom we know no other.
    pub language: String,
}
