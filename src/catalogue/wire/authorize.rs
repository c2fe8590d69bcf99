//! RFC 6749 §4.1.1: the browser goes to the third party.

use super::fill::{Values, with_query};
use super::{Setup, Wrong};
use crate::catalogue::{Authorize, Pkce, SourceType};

/// What a connection asks.
#[derive(Clone, Copy, Debug)]
pub struct AskToAuthorize<'a> {
    /// RFC 6749 §10.12.
    pub state: &'a str,
    /// RFC 7636 §4.2, by S256. It is left out where the definition says that the provider doesn't take it.
    pub code_challenge: &'a str,
    /// Where the browser comes back to.
    pub redirect_uri: &'a str,
    /// OpenID Connect Core §3.1.2.1; sent where the definition expects an ID token.
    pub nonce: &'a str,
    /// What is asked for; the type's own when empty.
    pub scopes: &'a [String],
    /// Whose account is meant.
    pub login_hint: Option<&'a str>,
}

/// Where the browser is sent.
pub fn authorize(kind: &SourceType, setup: &Setup<'_>, ask: &AskToAuthorize<'_>) -> Result<String, Wrong> {
    let rules = kind.authorize.as_ref().ok_or_else(|| Wrong::field("kind", "has no authorization page"))?;
    let values = Values::of(kind, setup);
    let mut pairs = Vec::new();
    let mut put = |name: &str, value: String| {
        if !name.is_empty() && !value.is_empty() && !rules.omit.iter().any(|omitted| omitted == name) {
            pairs.push((name.to_owned(), value));
        }
    };
    put("response_type", "code".to_owned());
    put(&rules.client_id_param, setup.client_id.to_owned());
    put("redirect_uri", ask.redirect_uri.to_owned());
    put(&rules.scope_param, kind.scopes_to_ask(ask.scopes).join(&kind.scopes.separator));
    put("state", ask.state.to_owned());
    if rules.pkce == Pkce::S256 {
        put("code_challenge", ask.code_challenge.to_owned());
        put("code_challenge_method", "S256".to_owned());
    }
    if rules.nonce {
        put("nonce", ask.nonce.to_owned());
    }
    if let (Some(name), Some(hint)) = (&rules.login_hint_param, ask.login_hint) {
        put(name, hint.to_owned());
    }
    for (name, template) in &rules.extra {
        let value = values.text(template)?;
        put(name, value);
    }
    Ok(with_query(values.url(&rules.url)?, &pairs))
}

impl Authorize {
    /// Parameters that are ours alone: no definition may say them otherwise.
    pub(in crate::catalogue) const OURS: [&'static str; 7] =
        ["response_type", "client_id", "redirect_uri", "state", "code_challenge", "code_challenge_method", "nonce"];
}
