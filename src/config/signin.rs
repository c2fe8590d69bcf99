//! Settings of signing in.

use super::span;
use serde::Deserialize;
use std::time::Duration;

/// Signing in.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Signin {
    /// How old the last proof of a person may be when they do something dangerous.
    #[serde(with = "span")]
    pub sudo: Duration,
    /// Whether people may make accounts by themselves.
    pub registration: SelfRegistration,
    /// The mail domains of those who may; none means any.
    pub registration_domains: Vec<String>,
}

/// Whether people may make accounts by themselves.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum SelfRegistration {
    /// They are invited, or an administrator makes one.
    Closed,
    /// Who shows that a mail address is theirs.
    Open,
}
