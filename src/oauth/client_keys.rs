//! OIDC Core §10.1: the public keys of a client, registered or served by it, and whether one of them signed a JWT.

use crate::app::{App, Unfetched};
use crate::base::Time;
use crate::clients::Client;
use crate::crypto::{jwk, jwt};
use crate::db::Fault;
use crate::outbound::{self, Wanted};
use serde_json::Value;
use std::sync::Arc;

/// How often a client's `jwks_uri` is asked again, for a key that we don't know or after it failed, in seconds.
const REFETCH: i64 = 60;
/// How long fetched keys are believed without asking again, in seconds.
const BELIEVED: i64 = 600;
/// How long they are believed when they can't be fetched again, in seconds.
const BELIEVED_STALE: i64 = 86_400;

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
    let known = app.documents.recall::<KeySet>(uri).filter(|known| known.asked_at <= now);
    if let Some(known) = &known {
        let fresh = now.secs_since(known.served_at) < BELIEVED;
        if fresh && any_key_verifies(&known.jwks) {
            return Ok(true);
        }
        if now.secs_since(known.asked_at) < REFETCH {
            return Ok(!fresh && any_key_verifies(known.still(now)));
        }
    }
    let set = ask(app, client, uri, known, now).await;
    Ok(any_key_verifies(set.still(now)))
}

static KEY_SET: Wanted = Wanted {
    what: "key set",
    accept: "application/json",
    // A hundred keys.
    most: 64 * 1024,
    is: |_, fetched| read(fetched).is_some(),
};

fn read(fetched: &outbound::Fetched) -> Option<Value> {
    let none = |jwks: &Value| jwks.get("keys").and_then(Value::as_array).is_some_and(Vec::is_empty);
    serde_json::from_slice(&fetched.body).ok().filter(|jwks| none(jwks) || jwk::check_set(jwks).is_ok())
}

/// A client's key set as it was served last, and when it was asked for last; empty when it never was.
#[derive(Clone)]
struct KeySet {
    jwks: Value,
    served_at: Time,
    asked_at: Time,
}

impl KeySet {
    /// What is still believed of it.
    fn still(&self, now: Time) -> &Value {
        if now.secs_since(self.served_at) < BELIEVED_STALE { &self.jwks } else { &Value::Null }
    }
}

/// Asks for the key set. While it can't be had, the last good one stays, and isn't asked for more than once a minute; a
/// client takes keys back by serving a set without them.
async fn ask(app: &App, client: &Client, uri: &str, known: Option<Arc<KeySet>>, now: Time) -> Arc<KeySet> {
    let known = known.map_or(KeySet { jwks: Value::Null, served_at: now, asked_at: now }, |known| (*known).clone());
    // Strangers name such addresses too, so only so many are asked.
    let set = match app.documents.fetch(uri, &KEY_SET, now).await {
        Ok(served) => KeySet { jwks: read(&served).unwrap_or_default(), served_at: now, asked_at: now },
        // Nobody was asked; there is nothing to remember.
        Err(Unfetched::Busy) => return Arc::new(known),
        Err(why) => {
            tracing::warn!(client = %client.id, ?why, "a client's jwks_uri couldn't be fetched, or doesn't serve a key set that can be used");
            KeySet { asked_at: now, ..known }
        }
    };
    let set = Arc::new(set);
    app.documents.keep(uri, set.jwks.to_string().len(), set.clone());
    set
}

fn any_key_verifies(jwks: &Value, jwt: &str, kid: Option<&str>, algorithms: &[&str]) -> bool {
    let keys = jwk::check_set(jwks).unwrap_or_default();
    let named = |jwk: &&Value| match (kid, jwk.get("kid").and_then(Value::as_str)) {
        (Some(kid), Some(have)) => kid == have,
        _ => true,
    };
    keys.iter().filter(named).any(|jwk| jwt::verify(jwt, jwk, algorithms).is_some())
}
