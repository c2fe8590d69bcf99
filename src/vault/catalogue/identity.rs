//! Who an account is: its external id, found in what the provider says, and whether that proves it.

use super::endpoints::RequestRule;
use super::template::Pattern;
use serde::Deserialize;
use std::collections::BTreeMap;

/// How the external id is found.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Recipe {
    /// Its parts; with more than one, a colon stands between them.
    pub id: Vec<Part>,
    /// What the account is called, from the first of these that is there.
    #[serde(default)]
    pub name: Vec<Part>,
    /// Which issuers ID tokens may name, where discovery doesn't say it.
    #[serde(default)]
    pub issuer: Option<Pattern>,
    /// What is asked for it. A parameter counts as verified when this was answered.
    #[serde(default)]
    pub request: Option<RequestRule>,
    /// Whether an answer to the request proves parameters and fields that somebody only claimed.
    #[serde(default = "yes")]
    pub proves: bool,
    /// Where the request's answer has a member that must be equal to the id (RFC 6901).
    #[serde(default)]
    pub must_equal: Option<String>,
    /// Where the request's answer lists several accounts that one grant opens (RFC 6901; empty: it is the list). Parts
    /// from `request` are then looked up in each.
    #[serde(default)]
    pub list: Option<String>,
    /// Which one of the list was just connected.
    #[serde(default)]
    pub prefer: Option<Prefer>,
    /// What is kept of the request's answer, in clear, and where it stands.
    #[serde(default)]
    pub fields: BTreeMap<String, String>,
}

fn yes() -> bool {
    true
}

/// A text that somebody said.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Part {
    /// Who.
    pub from: Place,
    /// Where it stands (RFC 6901).
    #[serde(default)]
    pub path: Option<String>,
    /// The name of a parameter or field.
    #[serde(default)]
    pub name: Option<String>,
    /// What is taken of it: the groups of this pattern, with colons between them.
    #[serde(default)]
    pub pattern: Option<Pattern>,
}

/// Who says a part of the id.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Place {
    /// The token answer.
    Answer,
    /// The claims of the ID token.
    IdToken,
    /// The answer to the request.
    Request,
    /// A parameter that came with the callback.
    Callback,
    /// A parameter of the source or connection that the request went to.
    Param,
    /// A field that somebody typed in, or an id that an app named.
    Supplied,
}

/// The list's item whose member equals a claim of the access token.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Prefer {
    /// The item's member (RFC 6901).
    pub item: String,
    /// The claim of the access token, which is a JWT here (RFC 6901).
    pub claim: String,
}
