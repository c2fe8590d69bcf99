//! What people are asked for: parameters of a source or of one connection, and the fields of a key form.

use super::template::Pattern;
use super::wrong::Wrong;
use serde::Deserialize;
use std::collections::BTreeMap;
use url::Url;

/// A value that URLs and requests need: `{subdomain}`.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Param {
    /// Its name in braces.
    pub name: String,
    /// Its name for people.
    #[serde(default)]
    pub label: String,
    /// Who says it.
    #[serde(default)]
    pub asked: Asked,
    /// What it is.
    #[serde(default)]
    pub kind: ParamKind,
    /// What the whole value must match.
    #[serde(default)]
    pub pattern: Option<Pattern>,
    /// The values that it may have, where they are few.
    #[serde(default)]
    pub choices: Vec<String>,
    /// What it is when nobody says it.
    #[serde(default)]
    pub default: Option<String>,
    /// Whether it may be missing.
    #[serde(default)]
    pub optional: bool,
    /// One that would do.
    #[serde(default)]
    pub example: Option<String>,
    /// What it is, for people.
    #[serde(default)]
    pub help: String,
    /// Asked of the callback: the name that it has there.
    #[serde(default)]
    pub query: Option<String>,
    /// Asked of the token answer: where it stands there (RFC 6901). It is kept with the account, in clear.
    #[serde(default)]
    pub path: Option<String>,
    /// The setting of this definition that it replaces, as `rotation.policy`: generic types leave them open.
    #[serde(default)]
    pub sets: Option<String>,
}

/// Who says a parameter.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Asked {
    /// The admin who makes the source.
    #[default]
    Source,
    /// Whoever connects an account.
    Connect,
    /// The provider, when the browser comes back.
    Callback,
    /// The provider, with the tokens.
    Answer,
}

impl Asked {
    /// As definitions and the API write it.
    pub fn name(self) -> &'static str {
        match self {
            Asked::Source => "source",
            Asked::Connect => "connect",
            Asked::Callback => "callback",
            Asked::Answer => "answer",
        }
    }
}

/// What a parameter is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum ParamKind {
    /// A word in a host name, a path or a query. It is percent-encoded.
    #[default]
    Text,
    /// A whole URL.
    Url,
    /// A host name.
    Host,
}

/// A field of a key form.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Field {
    /// Its name for programs.
    pub name: String,
    /// Its name for people.
    pub label: String,
    /// Whether it must never be shown.
    #[serde(default)]
    pub secret: bool,
    /// What the whole value must match.
    #[serde(default)]
    pub pattern: Option<Pattern>,
    /// Whether it may be missing.
    #[serde(default)]
    pub optional: bool,
    /// Whether it has several lines.
    #[serde(default)]
    pub lines: bool,
    /// What it is and where to find it.
    #[serde(default)]
    pub help: String,
    /// The value is a JSON document; what is kept of it, and where that stands (RFC 6901).
    #[serde(default)]
    pub json: BTreeMap<String, String>,
}

impl Param {
    /// Whether it may have this value.
    pub fn check(&self, value: &str) -> Result<(), Wrong> {
        let wrong = |why: String| Err(Wrong::field(&self.name, why));
        if value.is_empty() || value.len() > 2048 || value.chars().any(char::is_control) {
            return wrong("must have between 1 and 2048 characters, and no line ends".to_owned());
        }
        if !self.choices.is_empty() && !self.choices.iter().any(|choice| choice == value) {
            return wrong(format!("must be one of {}", self.choices.join(", ")));
        }
        if self.pattern.as_ref().is_some_and(|pattern| !pattern.is_match(value)) {
            return wrong(match &self.example {
                Some(example) => format!("doesn't look like {}; write it as {example}", self.meaning()),
                None => format!("doesn't look like {}", self.meaning()),
            });
        }
        match self.kind {
            ParamKind::Text => Ok(()),
            ParamKind::Host if host_like(value) => Ok(()),
            ParamKind::Host => wrong("must be a host name, as crm.example.com".to_owned()),
            ParamKind::Url => whole_url(value).map(|_| ()).map_err(|why| Wrong::field(&self.name, why)),
        }
    }

    /// What it is called, for people.
    pub fn meaning(&self) -> &str {
        if self.label.is_empty() { &self.name } else { &self.label }
    }
}

fn host_like(value: &str) -> bool {
    value.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'.')
        && value
            .split('.')
            .all(|label| !label.is_empty() && label.len() < 64 && !label.starts_with('-') && !label.ends_with('-'))
}

/// A URL that a request may have: http or https with a host, without user name, password and fragment. Where it may
/// lead is decided by `hosts` and, when it is followed, by `outbound.allow`.
pub(in crate::catalogue) fn whole_url(text: &str) -> Result<Url, &'static str> {
    let url = Url::parse(text).map_err(|_| "must be a URL, as https://crm.example.com/oauth/token")?;
    if !matches!(url.scheme(), "https" | "http") || !url.has_host() {
        return Err("must be an https URL, as https://crm.example.com/oauth/token");
    }
    if !url.username().is_empty() || url.password().is_some() {
        return Err("must not contain a user name or password");
    }
    if url.fragment().is_some() {
        return Err("must not have a fragment (#…)");
    }
    Ok(url)
}
