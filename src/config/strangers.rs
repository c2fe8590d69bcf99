//! Settings for apps that nobody registered by hand: they register themselves, or are described by a document of theirs.

use super::span;
use serde::Deserialize;
use std::time::Duration;

/// Who may register a client over HTTP (RFC 7591).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Registration {
    /// Nobody: the endpoint isn't there.
    Off,
    /// Who holds an initial access token of an administrator.
    Token,
    /// Anyone, within the policy.
    Open,
}

/// What a client that registers itself gets.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RegistrationPolicy {
    /// The scopes that it may have.
    pub scopes: Vec<String>,
    /// The hosts that its redirect URIs may have; none means any.
    pub redirect_hosts: Vec<String>,
    /// Registrations a minute from one address; as many at once.
    pub per_minute: u32,
    /// With `open`: the most clients at a time.
    pub most: u32,
    /// With `open`: how long a client is kept that nobody uses.
    #[serde(with = "span")]
    pub idle: Duration,
    /// With `open`: who lets a client act.
    pub approval: Approval,
}

/// Who lets a client act that registered itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Approval {
    /// Nobody needs to.
    None,
    /// An administrator, by enabling it.
    Admin,
}

/// Whether an https URL may be a `client_id` (client ID metadata documents).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Cimd {
    /// No.
    Off,
    /// On the domains of the policy.
    Allowlist,
    /// On any public host.
    On,
}

/// What a client that is described by a document gets.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CimdPolicy {
    /// With `allowlist`: the domains; `*.example.com` means those below it.
    pub allow: Vec<String>,
    /// The scopes that it may have.
    pub scopes: Vec<String>,
    /// How long a document is kept at least, whatever its headers say.
    #[serde(with = "span")]
    pub keep_least: Duration,
    /// How long it is kept at most before it is asked for again.
    #[serde(with = "span")]
    pub keep_most: Duration,
    /// For how much longer it is believed when it can't be fetched again.
    #[serde(with = "span")]
    pub keep_stale: Duration,
}

/// Whether `host` is one of `patterns`: the host itself, or `*.` and a domain that it lies below.
pub fn host_among(patterns: &[String], host: &str) -> bool {
    patterns.iter().any(|pattern| match pattern.strip_prefix("*.") {
        Some(domain) => host.strip_suffix(domain).is_some_and(|rest| rest.len() > 1 && rest.ends_with('.')),
        None => pattern == host,
    })
}

#[cfg(test)]
mod tests {
    use super::host_among;

    #[test]
    fn a_pattern_is_a_host_or_what_lies_below_a_domain() {
        let patterns = ["app.example".to_owned(), "*.corp.example".to_owned()];
        for host in ["app.example", "a.corp.example", "a.b.corp.example"] {
            assert!(host_among(&patterns, host), "{host}");
        }
        for host in [
            "",
            "example",
            "xapp.example",
            "app.example.evil.test",
            "corp.example",
            ".corp.example",
            "evilcorp.example",
        ] {
            assert!(!host_among(&patterns, host), "{host}");
        }
        assert!(!host_among(&[], "app.example"));
    }
}
