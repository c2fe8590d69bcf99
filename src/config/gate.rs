//! Settings of the gate: which requests of other APIs it lets through.

use serde::Deserialize;

/// The gate.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Gate {
    /// What happens to requests that no rule is about.
    pub default: GateDefault,
    /// Whether a browser's session will do.
    pub session: bool,
    /// Whether answers bring a JWT.
    pub identity: bool,
    /// What OAuth tokens must be for, where a rule doesn't say otherwise.
    #[serde(deserialize_with = "super::unless_empty")]
    pub audience: Option<String>,
    /// The first that fits counts.
    pub rules: Vec<Rule>,
}

/// What happens to requests that no rule is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum GateDefault {
    /// They need a good token.
    Authenticated,
    /// They are let through.
    Anonymous,
    /// They are turned away.
    Deny,
}

/// What some requests need.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Rule {
    /// The host that they name; none for any.
    pub host: Option<String>,
    /// Their path, or with `/*` at the end all below it too; none for any.
    pub path: Option<String>,
    /// Their methods; none for any.
    pub methods: Vec<String>,
    /// The scopes that they need, all of them.
    pub scopes: Vec<String>,
    /// Whether they may come without a token.
    pub anonymous: bool,
    /// What OAuth tokens must be for.
    pub audience: Option<String>,
    /// The name of a budget of their own.
    pub limit: Option<String>,
    /// How many a second one caller may make within that.
    pub per_second: Option<u32>,
}
