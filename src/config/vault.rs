//! Settings of the vault: how it asks providers for tokens, and what it keeps until it has them.

use super::span;
use serde::Deserialize;
use std::path::PathBuf;
use std::time::Duration;

/// The vault.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Vault {
    /// Where answers of providers are kept, sealed, until the database has them.
    #[serde(deserialize_with = "super::unless_empty")]
    pub spool_dir: Option<PathBuf>,
    /// A folder with source types of the operator's own.
    #[serde(deserialize_with = "super::unless_empty")]
    pub catalogue_dir: Option<PathBuf>,
    /// How long a provider may take to answer a request for tokens.
    #[serde(with = "span")]
    pub answer_within: Duration,
    /// Requests for tokens at once to one source.
    pub at_once: usize,
    /// How long a freed account waits for the acknowledgement that its tokens have arrived.
    #[serde(with = "span")]
    pub release_within: Duration,
    /// For how long whoever looks after a workspace may open somebody else's account.
    #[serde(with = "span")]
    pub break_glass_for: Duration,
    /// For how long it is kept who read which token.
    #[serde(with = "span")]
    pub keep_reads: Duration,
}
