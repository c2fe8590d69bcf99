//! RFC 7517, RFC 7638: public keys of clients, and names for keys.

use crate::base::encoding::{base64url, from_base64url, sha256};
use serde_json::Value;

/// RFC 7638 §3: base64url of the SHA-256 over the required members in lexical order.
pub fn thumbprint(jwk: &Value) -> Option<String> {
    let names: &[&str] = match jwk.get("kty")?.as_str()? {
        "RSA" => &["e", "kty", "n"],
        "EC" => &["crv", "kty", "x", "y"],
        "OKP" => &["crv", "kty", "x"],
        _ => return None,
    };
    let members: Option<Vec<String>> = names
        .iter()
        .map(|name| Some(format!("{}:{}", Value::from(*name), Value::from(jwk.get(name)?.as_str()?))))
        .collect();
    Some(base64url(&sha256(format!("{{{}}}", members?.join(",")).as_bytes())))
}

/// Why a client's key set was refused; the text names the member.
pub type Refused = &'static str;

/// The most keys that a set may have.
pub const MAX_KEYS: usize = 20;

/// Checks a JWK set that a client registers or serves: public asymmetric keys only, none of them weak.
pub fn check_set(jwks: &Value) -> Result<&[Value], Refused> {
    let keys = jwks.get("keys").and_then(Value::as_array).ok_or("jwks must be an object with an array `keys`")?;
    if keys.is_empty() || keys.len() > MAX_KEYS {
        return Err("jwks must hold between 1 and 20 keys");
    }
    keys.iter().try_for_each(check_public)?;
    Ok(keys)
}

fn check_public(jwk: &Value) -> Result<(), Refused> {
    if ["d", "p", "q", "dp", "dq", "qi", "oth", "k"].iter().any(|name| jwk.get(name).is_some()) {
        return Err("jwks must hold public keys only; a private or symmetric member was found");
    }
    let text = |name| jwk.get(name).and_then(Value::as_str);
    let bytes = |name| text(name).and_then(from_base64url).map_or(0, |b| b.iter().skip_while(|b| **b == 0).count());
    match (text("kty"), text("crv")) {
        (Some("RSA"), _) if bytes("n") >= 256 && bytes("n") <= 1024 && bytes("e") >= 1 => Ok(()),
        (Some("RSA"), _) => Err("an RSA key in jwks must have between 2048 and 8192 bits"),
        (Some("EC"), Some("P-256" | "P-384")) if bytes("x") > 0 && bytes("y") > 0 => Ok(()),
        (Some("EC"), _) => Err("an EC key in jwks must be on P-256 or P-384, with x and y"),
        (Some("OKP"), Some("Ed25519")) if bytes("x") > 0 => Ok(()),
        _ => Err("a key in jwks must be RSA, EC or Ed25519"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn rfc7638_s3_1_example() {
        let n = "0vx7agoebGcQSuuPiLJXZptN9nndrQmbXEps2aiAFbWhM78LhWx4cbbfAAtVT86zwu1RK7aPFFxuhDR1L6tSoc_BJECPebWKRXjBZCiFV4n3oknjhMstn64tZ_2W-5JsGY4Hc5n9yBXArwl93lqt7_RN5w6Cf0h4QyQ5v-65YGjQR0_FDW2QvzqY368QQMicAtaSqzs8KJZgnYb9c7d0zgdAZHzu6qMQvRL5hajrn1n91CbOpbISD08qNLyrdkt-bFTWhAI4vMQFh6WeZu0fM4lFd2NcRwr3XPksINHaQ-G_xBniIqbw0Ls1jF44-csFCur-kEgU8awapJzKnqDKgw";
        let jwk = json!({"kty": "RSA", "n": n, "e": "AQAB", "alg": "RS256", "kid": "2011-04-29"});
        assert_eq!(thumbprint(&jwk).as_deref(), Some("NzbLsXh8uDCcd-6MNwXF4W_7noWXFZAfHkxZsRGC9Xs"));
    }

    #[test]
    fn private_symmetric_and_weak_keys_are_refused() {
        for bad in [
            json!({"kty": "EC", "crv": "P-256", "x": "AQ", "y": "AQ", "d": "AQ"}),
            json!({"kty": "oct", "k": "AQ"}),
            json!({"kty": "RSA", "n": "AQAB", "e": "AQAB"}),
            json!({"kty": "EC", "crv": "secp256k1", "x": "AQ", "y": "AQ"}),
        ] {
            assert!(check_set(&json!({"keys": [bad]})).is_err(), "{bad}");
        }
        assert!(check_set(&json!({"keys": []})).is_err());
    }
}
