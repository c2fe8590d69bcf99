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
}
