//! OIDC Core §10.1: the public keys of a client, registered or served by it, and whether one of them signed a JWT.

use crate::app::App;
use crate::base::Time;
use crate::clients::Client;
use crate::crypto::{jwk, jwt};
use crate::db::Fault;
use serde_json::Value;
use std::sync::Arc;

/// How often a client's `jwks_uri` is asked again for a key that we don't know, in seconds.
const REFETCH: i64 = 60;
/// How long fetched keys are believed, in seconds.
const BELIEVED: i64 = 600;

/// Whether one of the client's keys signed the JWT, by one of the algorithms.
pub async fn signed(app: &App, client: &Client, jwt: &str, algorithms: &[&str]) -> Result<bool, Fault> {
    let Some(unverified) = jwt::read(jwt).filter(|unverified| algorithms.contains(&unverified.alg.as_str())) else {
        return Ok(false);
    };
    let (now, kid) = (app.now(), unverified.kid.as_deref());
    let any_key_verifies = |jwks: &Value| any_key_verifies(jwks, jwt, kid, algorithms);
    if let Some(jwks) = &client.metadata.jwks {
        return Ok(any_key_verifies(jwks));
    }
    let Some(uri) = &client.metadata.jwks_uri else {
        return Ok(false);
    };
    let remembered = app.memory.recall::<Fetched>(uri);
    if let Some(fetched) = remembered.filter(|fetched| now.secs_since(fetched.at) < BELIEVED) {
        if any_key_verifies(&fetched.jwks) {
            return Ok(true);
        }
        if now.secs_since(fetched.at) < REFETCH {
            return Ok(false);
        }
    }
    let fetched = fetch(app, uri, now).await;
    Ok(any_key_verifies(&fetched.jwks))
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

fn any_key_verifies(jwks: &Value, jwt: &str, kid: Option<&str>, algorithms: &[&str]) -> bool {
    let keys = jwk::check_set(jwks).unwrap_or_default();
    let named = |jwk: &&Value| match (kid, jwk.get("kid").and_then(Value::as_str)) {
        (Some(kid), Some(have)) => kid == have,
        _ => true,
    };
    keys.iter().filter(named).any(|jwk| jwt::verify(jwt, jwk, algorithms).is_some())
}
