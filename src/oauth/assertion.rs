//! RFC 7523 §3, OIDC Core §9: `private_key_jwt`, a JWT that the client signed for us, once.

use super::{client_keys, store};
use crate::app::App;
use crate::args;
use crate::base::encoding::fingerprint;
use crate::base::{Secret, Time};
use crate::clients::Client;
use crate::crypto::jwt;
use crate::db::{Fault, On};
use serde_json::Value;

/// `client_assertion_type` (RFC 7523 §2.2).
pub const TYPE: &str = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";

/// What clients may sign with.
pub const ALGORITHMS: [&str; 6] = ["RS256", "PS256", "ES256", "ES384", "EdDSA", "Ed25519"];

/// Longest that an assertion may live, in seconds: the memory of spent ones stays small.
const MOST: i64 = 300;
/// How far clocks may differ, in seconds.
const LEEWAY: i64 = 30;

/// `sub`, unverified: whose keys to look for.
pub fn subject(assertion: &Secret) -> Option<String> {
    let claims = jwt::read(assertion.reveal())?.claims;
    claims.get("sub")?.as_str().map(str::to_owned)
}

/// Whether the assertion is the client's, for us, now, and for the first time.
pub async fn holds(app: &App, client: &Client, assertion: &Secret) -> Result<bool, Fault> {
    let Some(unverified) = jwt::read(assertion.reveal()) else {
        return Ok(false);
    };
    let now = app.now();
    let Some(expires_at) = valid_claims(app, client, &unverified, now) else {
        return Ok(false);
    };
    if !client_keys::signed(app, client, assertion.reveal(), &ALGORITHMS).await? {
        return Ok(false);
    }
    let jti = unverified.claims.get("jti").and_then(Value::as_str).unwrap_or_default();
    let id = fingerprint(format!("{}\u{0}{jti}", client.id).as_bytes());
    let mut db = &app.db;
    // §3: by condition, so that of two copies one is spent and one refused.
    Ok(db.one(store::SPEND_ASSERTION, args![id, expires_at]).await?.is_some())
}

/// The end of the assertion's life when its claims are right.
fn valid_claims(app: &App, client: &Client, unverified: &jwt::Unverified, now: Time) -> Option<Time> {
    let text = |name| unverified.claims.get(name).and_then(Value::as_str);
    let number = |name| match unverified.claims.get(name) {
        None => Some(None),
        Some(value) => value.as_i64().map(Some),
    };
    let ours = text("iss") == Some(client.id.as_str()) && text("sub") == Some(client.id.as_str());
    // draft-ietf-oauth-rfc7523bis §3: the issuer as a sole string, or another server could use the assertion here.
    let for_us = text("aud") == Some(app.issuer());
    let once = text("jti").is_some_and(|jti| (1..=256).contains(&jti.len()));
    let typ = unverified
        .typ
        .as_deref()
        .is_none_or(|typ| ["JWT", "client-authentication+jwt"].iter().any(|known| typ.eq_ignore_ascii_case(known)));
    let expires = number("exp")??;
    let begun = |name| Some(number(name)?.is_none_or(|at| at <= now.secs() + LEEWAY));
    let in_time = expires > now.secs() - LEEWAY && expires <= now.secs() + MOST + LEEWAY;
    (ours && for_us && once && typ && in_time && begun("nbf")? && begun("iat")?)
        .then(|| Time::from_secs(expires.saturating_add(LEEWAY)))
}
