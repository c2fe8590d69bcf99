//! Who an account is, is asked; a token is taken back (RFC 7009).

use super::client::{authenticate, basic};
use super::fill::Values;
use super::tokens::{method, request, written};
use super::{Call, Setup, Tokens, Wrong};
use crate::base::{Secret, Time};
use crate::catalogue::{Asked, RequestAuth, SourceType, TokenKind};
use std::collections::BTreeMap;

/// The request that tells who an account is, or whether what was typed in is good; `None` where the answers so far say
/// it. `tokens` are those that just came, for types that have any.
pub fn identity(
    kind: &SourceType,
    setup: &Setup<'_>,
    access_token: Option<&Secret>,
    tokens: Option<&Tokens>,
    now: Time,
) -> Result<Option<Call>, Wrong> {
    let Some(rule) = &kind.identity.request else { return Ok(None) };
    let token = access_token.or(tokens.map(|tokens| &tokens.access_token));
    let values = Values { kind, setup, tokens, access_token: token };
    request(values, rule, token, now).map(Some)
}

/// Whether a provider can be told of anything with what a source of this type says: its address isn't one that nobody entered.
pub fn revokes(kind: &SourceType, params: &BTreeMap<String, String>) -> bool {
    let missing =
        |name: &str| kind.params_of(Asked::Source).any(|param| param.name == name) && !params.contains_key(name);
    kind.revoke.as_ref().is_some_and(|rule| !rule.url.whole().is_some_and(missing))
}

/// RFC 7009 §2.1, or what the provider has instead; `None` where it has nothing, or where nothing is left to be named.
pub fn revoke(
    kind: &SourceType,
    setup: &Setup<'_>,
    refresh_token: Option<&Secret>,
    access_token: Option<&Secret>,
) -> Result<Option<Call>, Wrong> {
    let Some(rule) = &kind.revoke else { return Ok(None) };
    let values = Values::of(kind, setup);
    if rule.url.whole().is_some_and(|name| values.lacks(name)) {
        return Ok(None);
    }
    let (mut asked, mut headers) = (Vec::new(), vec![("accept".to_owned(), Secret::new("application/json"))]);
    let named = if rule.token == TokenKind::Refresh { refresh_token.or(access_token) } else { access_token };
    if rule.token != TokenKind::None {
        let Some(token) = named else { return Ok(None) };
        asked.push((rule.token_param.clone(), token.reveal().to_owned()));
    }
    match rule.auth {
        RequestAuth::Client => {
            let endpoint = kind.token.as_ref().ok_or_else(|| Wrong::field("kind", "has no token endpoint"))?;
            authenticate(&values, endpoint, &mut asked, &mut headers)?;
        }
        RequestAuth::ClientBasic => {
            let secret = setup.client_secret.ok_or_else(|| Wrong::field("client_secret", "is missing"))?;
            headers.push(basic(setup.client_id, secret.reveal()));
        }
        RequestAuth::Bearer => {
            let Some(token) = access_token else { return Ok(None) };
            headers.push(("authorization".to_owned(), Secret::new(format!("Bearer {}", token.reveal()))));
        }
        RequestAuth::Assertion | RequestAuth::None => {}
    }
    for (name, template) in &rule.extra {
        asked.push((name.clone(), values.text(template)?));
    }
    let url = values.url(&rule.url)?;
    Ok(Some(written(method(rule.method), url, rule.body, &asked, headers)))
}
