//! OIDC Core §3.1.3.7: an ID token seen by a relying party, with what each check found.

use crate::crypto::{Algorithm, jwt};
use serde_json::Value;

/// One rule and what it found.
#[derive(Clone, Debug)]
pub struct Checked {
    /// Whether it holds.
    pub holds: bool,
    /// The rule, and the values that it compared.
    pub what: String,
    /// Its section.
    pub section: &'static str,
}

/// What the relying party knows beside the token.
pub struct Expected<'a> {
    /// The issuer that it asked.
    pub issuer: &'a str,
    /// Itself.
    pub client_id: &'a str,
    /// What it sent; none after a refresh.
    pub nonce: Option<&'a str>,
    /// What came beside the token.
    pub access_token: &'a str,
    /// Seconds since the epoch.
    pub now: i64,
}

/// Checks a token against the issuer's published keys, all rules to the end.
pub fn verify(token: &str, jwks: &Value, expected: &Expected<'_>) -> Vec<Checked> {
    let Some(read) = jwt::read(token) else {
        return vec![checked(false, "it isn't a signed JWT", "RFC 7519 §7.2")];
    };
    let text = |name: &str| read.claims.get(name).and_then(Value::as_str);
    let number = |name: &str| read.claims.get(name).and_then(Value::as_i64);
    let hash = Algorithm::named(&read.alg).map(|alg| alg.left_half_hash(expected.access_token));
    let left = number("exp").unwrap_or_default().saturating_sub(expected.now);
    let age = expected.now.saturating_sub(number("iat").unwrap_or_default());
    vec![
        signature(token, &read, jwks),
        checked(text("iss") == Some(expected.issuer), "iss is the issuer that we asked", "OIDC Core §3.1.3.7"),
        checked(text("aud") == Some(expected.client_id), "aud is our client_id", "OIDC Core §3.1.3.7"),
        checked(left > 0, format!("exp is {left} s ahead"), "OIDC Core §3.1.3.7"),
        checked((0..=60).contains(&age), format!("iat is {age} s ago"), "OIDC Core §3.1.3.7"),
        match expected.nonce {
            Some(nonce) => checked(text("nonce") == Some(nonce), "nonce is the one that we sent", "OIDC Core §3.1.3.7"),
            None => {
                checked(text("nonce").is_none(), "no nonce, since none was sent with this request", "OIDC Core §12.2")
            }
        },
        checked(
            hash.is_some() && text("at_hash") == hash.as_deref(),
            "at_hash fits the access token",
            "OIDC Core §3.1.3.6",
        ),
    ]
}

/// Whether a key of the published set signed it.
pub(super) fn signature(token: &str, read: &jwt::Unverified, jwks: &Value) -> Checked {
    let keys = jwks.get("keys").and_then(Value::as_array).cloned().unwrap_or_default();
    let kid = read.kid.as_deref().unwrap_or_default();
    let key = keys.iter().find(|key| key.get("kid").and_then(Value::as_str) == Some(kid));
    let signed = key.is_some_and(|key| jwt::verify(token, key, &["RS256", "PS256", "ES256", "EdDSA"]).is_some());
    checked(signed, format!("signature holds: {} by key {kid} of the JWK set", read.alg), "RFC 7515 §5.2")
}

pub(super) fn checked(holds: bool, what: impl Into<String>, section: &'static str) -> Checked {
    Checked { holds, what: what.into(), section }
}
