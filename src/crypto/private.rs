//! RFC 7517, RFC 7468: private keys of our applications at other companies, as people have them: PEM, with a certificate or
//! without, or a JWK. Each signs with what it is for.

use super::signing::{Algorithm, BadKey, Pair, SigningKey, der_of};
use crate::base::encoding::{base64url, from_base64url, sha256};
use aws_lc_rs::rsa::{KeyPairComponents, PublicKeyComponents};
use aws_lc_rs::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, Ed25519KeyPair, RsaKeyPair};
use serde_json::{Map, Value, json};
use zeroize::Zeroizing;

/// A private key, and the names by which its signatures are told apart.
pub struct PrivateKey {
    key: SigningKey,
    /// `kid`, where its owner gave it one.
    kid: Option<String>,
    /// `x5t#S256` of its certificate (RFC 7515 §4.1.8), where there is one.
    thumbprint: Option<String>,
}

impl PrivateKey {
    /// Reads one. An RSA key signs with `rsa` unless it says otherwise itself.
    pub fn read(text: &str, rsa: Algorithm) -> Result<Self, BadKey> {
        if text.trim_start().starts_with('{') { PrivateKey::of_jwk(text, rsa) } else { PrivateKey::of_pem(text, rsa) }
    }

    fn of_pem(text: &str, rsa: Algorithm) -> Result<Self, BadKey> {
        let sec1 = || {
            let pair =
                EcdsaKeyPair::from_private_key_der(&ECDSA_P256_SHA256_FIXED_SIGNING, &der_of(text, "EC PRIVATE KEY")?);
            SigningKey::of(Algorithm::ES256, Pair::Ecdsa(pair.ok()?)).ok()
        };
        let kinds = [Algorithm::ES256, Algorithm::EdDSA, rsa];
        let key = kinds.iter().find_map(|alg| SigningKey::from_pem(*alg, text).ok()).or_else(sec1).ok_or(BadKey)?;
        let thumbprint = der_of(text, "CERTIFICATE").map(|der| base64url(&sha256(&der)));
        Ok(PrivateKey { key, kid: None, thumbprint })
    }

    /// RFC 7518 §6, RFC 8037 §2.
    fn of_jwk(text: &str, rsa: Algorithm) -> Result<Self, BadKey> {
        let jwk: Map<String, Value> = serde_json::from_str(text).map_err(|_| BadKey)?;
        let named = |name: &str| jwk.get(name).and_then(Value::as_str);
        let part = |name: &str| named(name).and_then(from_base64url).map(Zeroizing::new).ok_or(BadKey);
        let alg = match (named("kty"), named("crv")) {
            (Some("EC"), Some("P-256")) => Algorithm::ES256,
            (Some("OKP"), Some("Ed25519")) => Algorithm::EdDSA,
            (Some("RSA"), _) => named("alg").map_or(Some(rsa), Algorithm::named).ok_or(BadKey)?,
            _ => return Err(BadKey),
        };
        let pair = match alg {
            Algorithm::ES256 => {
                let point = [&[4], part("x")?.as_slice(), part("y")?.as_slice()].concat();
                let pair = EcdsaKeyPair::from_private_key_and_public_key(
                    &ECDSA_P256_SHA256_FIXED_SIGNING,
                    &part("d")?,
                    &point,
                );
                Pair::Ecdsa(pair.map_err(|_| BadKey)?)
            }
            Algorithm::EdDSA => {
                Pair::Ed25519(Ed25519KeyPair::from_seed_and_public_key(&part("d")?, &part("x")?).map_err(|_| BadKey)?)
            }
            Algorithm::RS256 | Algorithm::PS256 => {
                let parts = KeyPairComponents {
                    public_key: PublicKeyComponents { n: part("n")?, e: part("e")? },
                    d: part("d")?,
                    p: part("p")?,
                    q: part("q")?,
                    dP: part("dp")?,
                    dQ: part("dq")?,
                    qInv: part("qi")?,
                };
                Pair::Rsa(RsaKeyPair::from_components(&parts).map_err(|_| BadKey)?)
            }
        };
        let key = SigningKey::of(alg, pair)?;
        // A key that says it is for something else isn't used for this.
        let fits =
            named("alg").is_none_or(|alg| alg == key.alg.name() || (alg == "Ed25519" && key.alg == Algorithm::EdDSA));
        if !fits || named("use").is_some_and(|what| what != "sig") {
            return Err(BadKey);
        }
        let text = |name: &str| named(name).filter(|text| !text.is_empty() && text.len() <= 256).map(str::to_owned);
        Ok(PrivateKey { key, kid: text("kid"), thumbprint: text("x5t#S256") })
    }

    /// Its public half, to be registered at the other company.
    pub fn public(&self) -> Value {
        let mut jwk = self.key.jwk.clone();
        if let Some(members) = jwk.as_object_mut() {
            members.shift_remove("kid");
            members.extend(self.kid.as_ref().map(|kid| ("kid".to_owned(), json!(kid))));
        }
        jwk
    }

    /// A JWT of these claims. Its header names the key only as its owner does.
    pub fn sign(&self, claims: &Value) -> Result<String, BadKey> {
        let mut header = json!({ "alg": self.key.alg.name(), "typ": "JWT" });
        let names = [("kid", &self.kid), ("x5t#S256", &self.thumbprint)];
        if let Some(members) = header.as_object_mut() {
            members
                .extend(names.into_iter().filter_map(|(name, value)| Some((name.to_owned(), json!(value.as_ref()?)))));
        }
        let part = |what: &Value| base64url(what.to_string().as_bytes());
        let message = format!("{}.{}", part(&header), part(claims));
        let signature = self.key.sign(message.as_bytes())?;
        Ok(format!("{message}.{}", base64url(&signature)))
    }
}

impl std::fmt::Debug for PrivateKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "[private key {:?}]", self.key)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::encoding::base64;
    use crate::crypto::jwt;

    fn pem(label: &str, der: &[u8]) -> String {
        format!("-----BEGIN {label}-----\n{}\n-----END {label}-----\n", base64(der))
    }

    fn signs(key: &PrivateKey, alg: &str) -> jwt::Unverified {
        let jwt = key.sign(&json!({ "sub": "c" })).expect("signs");
        assert!(jwt::verify(&jwt, &key.public(), &[alg]).is_some(), "{alg}");
        jwt::read(&jwt).expect("reads")
    }

    #[test]
    fn rfc7468_each_kind_of_pem_signs_with_its_own_algorithm() {
        for alg in [Algorithm::ES256, Algorithm::EdDSA, Algorithm::RS256] {
            let (_, der) = SigningKey::generate(alg).expect("generates");
            let text = pem("PRIVATE KEY", &der);
            let read = signs(&PrivateKey::read(&text, Algorithm::RS256).expect("reads"), alg.name());
            assert_eq!((read.alg.as_str(), read.kid), (alg.name(), None));
        }
        let (_, der) = SigningKey::generate(Algorithm::RS256).expect("generates");
        let with = format!("{}{}", pem("PRIVATE KEY", &der), pem("CERTIFICATE", b"certificate"));
        let key = PrivateKey::read(&with, Algorithm::PS256).expect("reads");
        assert_eq!(signs(&key, "PS256").alg, "PS256");
        assert_eq!(key.thumbprint.as_deref(), Some(&*base64url(&sha256(b"certificate"))));
        for bad in ["", "x", &pem("PUBLIC KEY", &der), &pem("PRIVATE KEY", b"x"), "{", "{}"] {
            assert!(PrivateKey::read(bad, Algorithm::RS256).is_err(), "{bad}");
        }
    }

    #[test]
    fn rfc7517_a_jwk_says_its_name_and_its_algorithm() {
        // RFC 8037 appendix A.1.
        let ed = json!({ "kty": "OKP", "crv": "Ed25519", "kid": "k1", "d": "nWGxne_9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A",
            "x": "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo" });
        let read = |jwk: &Value| PrivateKey::read(&jwk.to_string(), Algorithm::RS256);
        let header = signs(&read(&ed).expect("reads"), "EdDSA");
        assert_eq!(header.kid.as_deref(), Some("k1"));
        // RFC 7515 appendix A.3.
        let ec = json!({ "kty": "EC", "crv": "P-256", "alg": "ES256", "use": "sig", "d": "jpsQnnGQmL-YBIffH1136cspYG6-0iY7X1fCE9-E9LI",
            "x": "f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU", "y": "x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0" });
        assert_eq!(signs(&read(&ec).expect("reads"), "ES256").kid, None);
        let but = |jwk: &Value, name: &str, value: Value| {
            let mut jwk = jwk.clone();
            jwk[name] = value;
            read(&jwk).map(drop)
        };
        for (name, value) in [
            ("alg", json!("ES384")),
            ("use", json!("enc")),
            ("crv", json!("P-384")),
            ("d", json!(null)),
            ("x", ed["x"].clone()),
        ] {
            assert!(but(&ec, name, value).is_err(), "{name}");
        }
        assert!(but(&ed, "x", ec["x"].clone()).is_err(), "the public half of another key");
    }

    /// The integers of an RFC 8017 §A.1.2 key.
    fn integers(mut der: &[u8]) -> Vec<&[u8]> {
        let mut found = Vec::new();
        while let [tag, first, rest @ ..] = der {
            let more = if *first < 128 { 0 } else { usize::from(first - 128) };
            let long = rest[..more].iter().fold(0, |long, byte| long * 256 + usize::from(*byte));
            let (body, after) = rest[more..].split_at(if more == 0 { usize::from(*first) } else { long });
            match tag {
                0x30 => return integers(body),
                _ => found.push(if body[0] == 0 && body.len() > 1 { &body[1..] } else { body }),
            }
            der = after;
        }
        found
    }

    #[test]
    fn rfc7518_s6_3_an_rsa_key_signs_as_it_says_or_as_its_provider_wants() {
        let (key, pkcs8) = SigningKey::generate(Algorithm::RS256).expect("generates");
        // RFC 5958 §2: what stands in the octet string is RFC 8017's own form.
        let parts = integers(&pkcs8[26..]);
        let names = ["n", "e", "d", "p", "q", "dp", "dq", "qi"].iter().zip(&parts[1..]);
        let mut jwk = json!({ "kty": "RSA" });
        names.for_each(|(name, part)| jwk[*name] = json!(base64url(part)));
        assert_eq!((&jwk["n"], &jwk["e"]), (&key.jwk["n"], &key.jwk["e"]));
        let read = |jwk: &Value, rsa| PrivateKey::read(&jwk.to_string(), rsa);
        assert_eq!(signs(&read(&jwk, Algorithm::PS256).expect("reads"), "PS256").alg, "PS256");
        jwk["alg"] = json!("RS256");
        jwk["x5t#S256"] = json!("abc");
        let own = read(&jwk, Algorithm::PS256).expect("reads");
        assert_eq!((signs(&own, "RS256").alg.as_str(), own.thumbprint.as_deref()), ("RS256", Some("abc")));
        for (name, value) in
            [("alg", json!("RS512")), ("alg", json!("ES256")), ("p", jwk["q"].clone()), ("d", Value::Null)]
        {
            let mut bad = jwk.clone();
            bad[name] = value;
            assert!(read(&bad, Algorithm::RS256).is_err(), "{name}");
        }
    }
}
