//! What a provider's answers mean: where tokens stand, what errors say, how long things live, what refreshing does.

use serde::Deserialize;
use serde::de::Error;
use std::collections::BTreeMap;
use std::fmt;
use std::time::Duration;

/// Where an answer has what, as RFC 6901 pointers.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, default)]
#[expect(missing_docs, reason = "as in RFC 6749 §5.1")]
pub struct AnswerRules {
    pub access_token: String,
    pub refresh_token: String,
    pub token_type: String,
    pub expires: String,
    /// What the number there counts.
    pub unit: Unit,
    /// Where it says how long the refresh token lives; empty when it doesn't.
    pub refresh_expires: String,
    pub scope: String,
    /// What stands between scopes; that of requests unless it says otherwise.
    pub scope_separator: Option<String>,
    pub id_token: String,
    /// A member that says whether it is a success, whatever the status.
    pub ok: Option<OkRule>,
    /// Where the code of an error stands.
    pub error: String,
    /// Where a finer code stands.
    pub suberror: String,
    /// Where an error is described; read for rules of `[[error]]`, never kept.
    pub description: String,
    /// What may be copied out in clear, by the name that it gets.
    pub fields: BTreeMap<String, String>,
    /// Further chains of tokens in the same answer.
    pub other: Vec<OtherTokens>,
}

impl Default for AnswerRules {
    fn default() -> Self {
        AnswerRules {
            access_token: "/access_token".to_owned(),
            refresh_token: "/refresh_token".to_owned(),
            token_type: "/token_type".to_owned(),
            expires: "/expires_in".to_owned(),
            unit: Unit::Seconds,
            refresh_expires: String::new(),
            scope: "/scope".to_owned(),
            scope_separator: None,
            id_token: "/id_token".to_owned(),
            ok: None,
            error: "/error".to_owned(),
            suberror: "/suberror".to_owned(),
            description: "/error_description".to_owned(),
            fields: BTreeMap::new(),
            other: Vec::new(),
        }
    }
}

/// What a number or text of an expiry counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Unit {
    /// Seconds from now, as RFC 6749 §5.1 has it.
    Seconds,
    /// Milliseconds from now.
    Millis,
    /// Seconds since 1970.
    AtSeconds,
    /// Milliseconds since 1970.
    AtMillis,
    /// RFC 3339.
    AtDate,
}

/// `{ "ok": true }` or `{ "code": 0 }`.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OkRule {
    /// Where it stands.
    pub path: String,
    /// What it is when all is well. An answer without it is judged by its other members.
    pub is: toml::Value,
}

/// A second chain of tokens in an answer: it is a grant of its own.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OtherTokens {
    /// What it is called with the account.
    pub role: String,
    /// The object that has it, with the same members as the answer.
    pub at: String,
}

/// vault.md §3.5: what an answer that brings no token means.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Class {
    /// The grant is gone for good.
    GrantDead,
    /// A person must do something at the provider.
    Interaction,
    /// The source's own client id or secret is refused.
    ClientBad,
    /// The request is refused as it is.
    RequestBad,
    /// Too often, too early.
    Throttled,
    /// Nothing happened; later it may work.
    Transient,
    /// The provider may have spent the refresh token.
    Ambiguous,
}

impl Class {
    /// As definitions write it.
    pub fn name(self) -> &'static str {
        match self {
            Class::GrantDead => "grant_dead",
            Class::Interaction => "interaction",
            Class::ClientBad => "client_bad",
            Class::RequestBad => "request_bad",
            Class::Throttled => "throttled",
            Class::Transient => "transient",
            Class::Ambiguous => "ambiguous",
        }
    }
}

/// What an error means here. All that is given must fit.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ErrorRule {
    /// The code.
    #[serde(default)]
    pub code: Option<String>,
    /// The finer code.
    #[serde(default)]
    pub suberror: Option<String>,
    /// A part of the description, in any case.
    #[serde(default)]
    pub says: Option<String>,
    /// The status.
    #[serde(default)]
    pub status: Option<u16>,
    /// What it means.
    pub class: Class,
}

/// What becomes of a refresh token that was used.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Rotation {
    /// The rule.
    pub policy: Policy,
    /// The access token dies when a new one is made.
    pub refresh_kills_access: bool,
    /// When the person consents again, older tokens die.
    pub new_consent_replaces: bool,
    /// A refresh sooner after the last one is refused.
    #[serde(deserialize_with = "super::read::maybe_span")]
    pub earliest_refresh: Option<Duration>,
    /// A single `invalid_grant` isn't to be believed.
    pub flaky_invalid_grant: bool,
}

/// vault.md §3.6 step 7: whether a refresh token that may be spent can be used once more.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Policy {
    /// The old one stays good.
    None,
    /// For this long the old one is answered with its successor, or with another.
    Grace(Duration),
    /// It is good once. What isn't known is this.
    #[default]
    Strict,
    /// It is good once, and presenting it again ends the grant.
    StrictFamily,
    /// There is none: tokens are minted.
    Minted,
}

impl Policy {
    /// Whether a refresh may spend what it presents.
    pub fn rotates(self) -> bool {
        !matches!(self, Policy::None | Policy::Minted)
    }
}

impl fmt::Display for Policy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Policy::None => f.write_str("none"),
            Policy::Grace(window) => write!(f, "grace({})", crate::config::span::show(*window)),
            Policy::Strict => f.write_str("strict"),
            Policy::StrictFamily => f.write_str("strict_family"),
            Policy::Minted => f.write_str("minted"),
        }
    }
}

impl<'de> Deserialize<'de> for Policy {
    fn deserialize<D: serde::Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
        let text = String::deserialize(d)?;
        let grace = || text.strip_prefix("grace(")?.strip_suffix(')').and_then(crate::config::span::parse);
        match text.as_str() {
            "none" => Ok(Policy::None),
            "strict" | "unknown" => Ok(Policy::Strict),
            "strict_family" => Ok(Policy::StrictFamily),
            "minted" => Ok(Policy::Minted),
            _ => grace().map(Policy::Grace).ok_or_else(|| {
                D::Error::custom(
                    "unknown rotation, expected one of none, grace(30m), strict, strict_family, minted, unknown",
                )
            }),
        }
    }
}

/// How long things live when nobody says it.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Lifetimes {
    /// An access token, where the answer doesn't say it.
    pub access: Lasts,
    /// A refresh token that isn't used.
    pub refresh_idle: Lasts,
    /// A refresh token, from the moment of consent.
    pub refresh_absolute: Lasts,
}

/// A lifetime.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Lasts {
    /// Nobody knows.
    #[default]
    Unknown,
    /// For ever.
    Always,
    /// This long.
    For(Duration),
}

impl Lasts {
    /// This long, where that is known.
    pub fn span(self) -> Option<Duration> {
        match self {
            Lasts::For(span) => Some(span),
            _ => None,
        }
    }
}

impl fmt::Display for Lasts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Lasts::Unknown => f.write_str("unknown"),
            Lasts::Always => f.write_str("never"),
            Lasts::For(span) => f.write_str(&crate::config::span::show(*span)),
        }
    }
}

impl<'de> Deserialize<'de> for Lasts {
    fn deserialize<D: serde::Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
        match String::deserialize(d)?.as_str() {
            "unknown" => Ok(Lasts::Unknown),
            "never" => Ok(Lasts::Always),
            text => crate::config::span::parse(text).map(Lasts::For).ok_or_else(|| {
                D::Error::custom("unknown lifetime, expected one of 60s, 30m, 12h, 100d, never, unknown")
            }),
        }
    }
}
