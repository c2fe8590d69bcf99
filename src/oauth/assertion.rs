//! RFC 7523 §3, OIDC Core §9: `private_key_jwt`, a JWT that the client signed for us, once.

use super::store;
use crate::app::App;
use crate::args;
use crate::base::encoding::fingerprint;
use crate::base::{Secret, Time};
use crate::clients::Client;
use crate::crypto::{jwk, jwt};
use crate::db::{Fault, On};
use serde_json::Value;
use std::sync::Arc;

/// `client_assertion_type` (RFC 7523 §2.2).
pub const TYPE: &str = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";

/// What clients may sign with.
pub use crate::clients::ASSERTION_ALGORITHMS as ALGORITHMS;

/// Longest that an assertion may live, in seconds: the memory of spent ones stays small.
const MOST: i64 = 300;
/// How far clocks may differ, in seconds.
const LEEWAY: i64 = 30;
/// How often a client's `jwks_uri` is asked again for a key that we don't know, in seconds.
const REFETCH: i64 = 60;
/// How long fetched keys are believed, in seconds.
const BELIEVED: i64 = 600;

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
    // OIDC Registration §2: the algorithm that it registered, where it did.
    let registered = client.metadata.token_endpoint_auth_signing_alg.as_ref();
    if registered.is_some_and(|alg| *alg != unverified.alg) {
        return Ok(false);
    }
    let now = app.now();
    let Some(expires_at) = valid_claims(app, client, &unverified, now) else {
        return Ok(false);
    };
    if !signed(app, client, assertion.reveal(), unverified.kid.as_deref(), now).await? {
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

async fn signed(app: &App, client: &Client, assertion: &str, kid: Option<&str>, now: Time) -> Result<bool, Fault> {
    if let Some(jwks) = &client.metadata.jwks {
        return Ok(any_key_verifies(jwks, assertion, kid));
    }
    let Some(uri) = &client.metadata.jwks_uri else {
        return Ok(false);
    };
    let remembered = app.memory.recall::<Fetched>(uri);
    if let Some(fetched) = remembered.filter(|fetched| now.secs_since(fetched.at) < BELIEVED) {
        if any_key_verifies(&fetched.jwks, assertion, kid) {
            return Ok(true);
        }
        if now.secs_since(fetched.at) < REFETCH {
            return Ok(false);
        }
    }
    let fetched = fetch(app, uri, now).await;
    Ok(any_key_verifies(&fetched.jwks, assertion, kid))
}

/// The most bytes of a key set: a hundred keys.
const MAX_SET: usize = 64 * 1024;

/// A client's key set as it was served.
struct Fetched {
    jwks: Value,
    at: Time,
}

/// Asks for the key set. What can't be fetched or isn't a key set is remembered as empty for a minute.
async fn fetch(app: &App, uri: &str, now: Time) -> Arc<Fetched> {
    let epoch = app.memory.epoch();
    let jwks = match app.outbound.get_json(uri, MAX_SET).await {
        Ok(jwks) if jwk::check_set(&jwks).is_ok() => jwks,
        Ok(_) => {
            tracing::warn!(uri, "a client's jwks_uri doesn't serve a key set that can be used");
            Value::Null
        }
        Err(why) => {
            tracing::warn!(uri, why = why.detail(), "a client's jwks_uri couldn't be fetched");
            Value::Null
        }
    };
    let fetched = Arc::new(Fetched { jwks, at: now });
    app.memory.keep(uri, epoch, fetched.clone());
    fetched
}

fn any_key_verifies(jwks: &Value, assertion: &str, kid: Option<&str>) -> bool {
    let keys = jwk::check_set(jwks).unwrap_or_default();
    let named = |jwk: &&Value| match (kid, jwk.get("kid").and_then(Value::as_str)) {
        (Some(kid), Some(have)) => kid == have,
        _ => true,
    };
    keys.iter().filter(named).any(|jwk| jwt::verify(assertion, jwk, &ALGORITHMS).is_some())
}
