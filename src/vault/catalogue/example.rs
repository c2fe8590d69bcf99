//! Answers as vendors document them, and what is read in them: every definition carries its own fixtures.

use serde::Deserialize;
use std::collections::BTreeMap;

/// One answer.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Example {
    /// What it is an answer to, in words.
    pub what: String,
    /// Its status.
    #[serde(default = "ok")]
    pub status: u16,
    /// Its media type.
    #[serde(default = "json")]
    pub content_type: String,
    /// `Retry-After`.
    #[serde(default)]
    pub retry_after: Option<String>,
    /// `Date`.
    #[serde(default)]
    pub date: Option<String>,
    /// It. Left out for types without a token endpoint.
    #[serde(default)]
    pub body: Option<String>,
    /// What was known before: parameters of source, connection and callback, fields of a key form.
    #[serde(default)]
    pub params: BTreeMap<String, String>,
    /// The claims of its ID token.
    #[serde(default)]
    pub id_token: Option<String>,
    /// The answer to the identity request.
    #[serde(default)]
    pub identity: Option<String>,
    /// What is read in it.
    pub expect: Expected,
}

fn ok() -> u16 {
    200
}

fn json() -> String {
    "application/json".to_owned()
}

/// What is read in an answer. What isn't named isn't compared.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Expected {
    /// `tokens`, or the class of the error.
    pub outcome: Option<String>,
    /// The code that is kept of an error.
    pub error: Option<String>,
    /// The access token.
    pub access_token: Option<String>,
    /// The refresh token; empty when there must be none.
    pub refresh_token: Option<String>,
    /// How long the access token lives, as `1h`, `never` or `unknown`.
    pub expires: Option<String>,
    /// How long the refresh token lives.
    pub refresh_expires: Option<String>,
    /// The granted scopes.
    pub scopes: Option<Vec<String>>,
    /// What is copied out.
    pub fields: BTreeMap<String, String>,
    /// Further chains: role and access token.
    pub others: BTreeMap<String, String>,
    /// Where the identity is asked for.
    pub identity_url: Option<String>,
    /// The external id.
    pub external_id: Option<String>,
    /// Whether that is proven.
    pub verified: Option<bool>,
    /// What the account is called.
    pub name: Option<String>,
    /// The external ids of the other accounts that the same grant opens.
    pub siblings: Option<Vec<String>>,
}
