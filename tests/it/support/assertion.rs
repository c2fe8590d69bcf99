//! RFC 7523: client assertions, right ones and others.

use super::House;
use serde_json::{Value, json};
use std::sync::atomic::{AtomicU32, Ordering};
use symbolon::crypto::{SigningKey, jwt};

/// `client_assertion_type`.
pub const TYPE: &str = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";

static COUNT: AtomicU32 = AtomicU32::new(0);

/// The claims of a right assertion, never used before.
pub fn claims(house: &House, client_id: &str) -> Value {
    let now = house.now().secs();
    let jti = format!("jti-{}-{}", std::process::id(), COUNT.fetch_add(1, Ordering::SeqCst));
    json!({ "iss": client_id, "sub": client_id, "aud": house.app.issuer(), "iat": now, "exp": now + 60, "jti": jti })
}

/// A right assertion.
pub fn sign(house: &House, client_id: &str, key: &SigningKey) -> String {
    jwt::sign(key, "JWT", &claims(house, client_id)).expect("signs")
}
