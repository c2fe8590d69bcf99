//! RFC 7519: JWTs, signed with keys that are parsed once and verified against an allow-list of algorithms.

use super::signing::{Algorithm, BadKey, SigningKey};
use crate::base::encoding::{base64url, from_base64url};
use jsonwebtoken::DecodingKey;
use jsonwebtoken::jwk::Jwk;
use serde::Serialize;
use serde_json::Value;
use std::str::FromStr;

/// The longest JWT that is looked at, in bytes.
pub const MAX_BYTES: usize = 16 * 1024;

/// Signs `claims` with the header `alg`, `kid` and `typ`. (The library's own `encode` parses the key on every call:
/// twice the cost of RS256, three times that of ES256.)
pub fn sign(key: &SigningKey, typ: &str, claims: &(impl Serialize + ?Sized)) -> Result<String, BadKey> {
    seal(key, unsigned(key, typ, claims)?)
}

/// RFC 7515 §5.1, steps 1 to 4: what is to be signed.
pub fn unsigned(key: &SigningKey, typ: &str, claims: &(impl Serialize + ?Sized)) -> Result<String, BadKey> {
    let header = Header { alg: key.alg.name(), typ, kid: &key.kid };
    let mut jwt = base64url(&serde_json::to_vec(&header).map_err(|_| BadKey)?);
    jwt.push('.');
    jwt.push_str(&base64url(&serde_json::to_vec(claims).map_err(|_| BadKey)?));
    Ok(jwt)
}

/// RFC 7515 §5.1, steps 5 to 8: the signature, and the whole JWT.
pub fn seal(key: &SigningKey, mut unsigned: String) -> Result<String, BadKey> {
    let signature = key.sign(unsigned.as_bytes())?;
    unsigned.push('.');
    unsigned.push_str(&base64url(&signature));
    Ok(unsigned)
}

#[derive(Serialize)]
struct Header<'a> {
    alg: &'static str,
    typ: &'a str,
    #[serde(skip_serializing_if = "str::is_empty")]
    kid: &'a str,
}

/// RFC 7523: a JWT signed with somebody else's key, in PEM, with the `kid` that they know it by or none.
pub fn assert(pem: &str, alg: Algorithm, kid: Option<&str>, claims: &Value) -> Result<String, BadKey> {
    let mut key = SigningKey::from_pem(alg, pem)?;
    key.kid = kid.unwrap_or_default().to_owned();
    sign(&key, "JWT", claims)
}

/// A JWT whose signature hasn't been looked at yet.
#[derive(Debug)]
pub struct Unverified {
    /// `alg`.
    pub alg: String,
    /// `typ`, where given.
    pub typ: Option<String>,
    /// `kid`, where given.
    pub kid: Option<String>,
    /// The payload. Nothing in it may be believed before [`verify`].
    pub claims: Value,
}

/// Reads a compact JWS without believing it: three parts, a bounded size, no extension, an object as payload.
pub fn read(jwt: &str) -> Option<Unverified> {
    if jwt.len() > MAX_BYTES {
        return None;
    }
    let mut parts = jwt.split('.');
    let (header, payload, _, None) = (parts.next()?, parts.next()?, parts.next()?, parts.next()) else {
        return None;
    };
    let header: Value = serde_json::from_slice(&from_base64url(header)?).ok()?;
    let claims: Value = serde_json::from_slice(&from_base64url(payload)?).ok()?;
    // What isn't a text is no `typ` or `kid` that could be compared; as if it weren't there, it would pass for any.
    let text = |name| match header.get(name) {
        None => Some(None),
        Some(value) => value.as_str().map(|text| Some(text.to_owned())),
    };
    // RFC 7515 §4.1.11: extensions that aren't understood must be refused; we understand none. RFC 7797 §6: `b64` is one.
    if header.get("crit").is_some() || header.get("b64").is_some() || !claims.is_object() {
        return None;
    }
    Some(Unverified { alg: text("alg")??, typ: text("typ")?, kid: text("kid")?, claims })
}

/// The claims, when the signature holds under `jwk` and the algorithm is one of `allowed` and fits the key.
/// Checks no claim: each kind of token has its own rules for them.
pub fn verify(jwt: &str, jwk: &Value, allowed: &[&str]) -> Option<Value> {
    let unverified = read(jwt)?;
    let text = |name| jwk.get(name).and_then(Value::as_str);
    // RFC 9864: `Ed25519` is the same algorithm under its own name.
    let alg = if unverified.alg == "Ed25519" { "EdDSA" } else { unverified.alg.as_str() };
    let named =
        text("alg").is_none_or(|have| have == unverified.alg || (have == "Ed25519" && alg == "EdDSA") || have == alg);
    if !allowed.contains(&unverified.alg.as_str())
        || !named
        || !fits(alg, jwk)
        || text("use").is_some_and(|u| u != "sig")
    {
        return None;
    }
    let (message, signature) = jwt.rsplit_once('.')?;
    let algorithm = jsonwebtoken::Algorithm::from_str(alg).ok()?;
    let holds = jsonwebtoken::crypto::verify(signature, message.as_bytes(), &decoding_key(jwk)?, algorithm);
    holds.unwrap_or(false).then_some(unverified.claims)
}

/// Only the members that make the key: others, such as an `alg` that the library doesn't know, don't matter.
fn decoding_key(jwk: &Value) -> Option<DecodingKey> {
    let members = ["kty", "crv", "n", "e", "x", "y"].iter().filter_map(|name| Some((*name, jwk.get(*name)?.clone())));
    let bare: Value =
        members.map(|(name, value)| (name.to_owned(), value)).collect::<serde_json::Map<String, Value>>().into();
    let jwk: Jwk = serde_json::from_value(bare).ok()?;
    DecodingKey::from_jwk(&jwk).ok()
}

/// Whether a key of this kind may be used with the algorithm at all: the barrier against algorithm confusion.
fn fits(alg: &str, jwk: &Value) -> bool {
    let text = |name| jwk.get(name).and_then(Value::as_str);
    match alg {
        "RS256" | "PS256" => text("kty") == Some("RSA"),
        "ES256" => text("kty") == Some("EC") && text("crv") == Some("P-256"),
        "ES384" => text("kty") == Some("EC") && text("crv") == Some("P-384"),
        "EdDSA" => text("kty") == Some("OKP") && text("crv") == Some("Ed25519"),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::read;
    use crate::base::encoding::base64url;
    use serde_json::{Value, json};

    #[test]
    fn rfc7515_s4_1_members_of_the_header_are_texts_and_nothing_extends_it() {
        let with = |header: Value| {
            read(&format!("{}.{}.AA", base64url(header.to_string().as_bytes()), base64url(b"{\"sub\":\"ada\"}")))
        };
        let good = with(json!({ "alg": "ES256", "typ": "JWT", "kid": "k", "jku": "https://x.example/", "x5c": [] }));
        let good = good.expect("what isn't looked at does no harm");
        assert_eq!((good.typ.as_deref(), good.kid.as_deref()), (Some("JWT"), Some("k")));
        assert!(with(json!({ "alg": "ES256" })).is_some_and(|bare| bare.typ.is_none() && bare.kid.is_none()));
        for bad in [
            json!({ "typ": "JWT" }),
            json!({ "alg": 7 }),
            json!({ "alg": "ES256", "typ": ["at+jwt"] }),
            json!({ "alg": "ES256", "typ": null }),
            json!({ "alg": "ES256", "kid": 7 }),
            json!({ "alg": "ES256", "crit": [] }),
            json!({ "alg": "ES256", "b64": true }),
        ] {
            assert!(with(bad.clone()).is_none(), "{bad}");
        }
    }
}
