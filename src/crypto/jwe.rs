//! RFC 7516 in compact form: a text that only the holder of a key can read. Only sealing; nothing here opens.

use super::jwk::thumbprint;
use crate::base::encoding::{base64url, from_base64url};
use crate::base::entropy;
use aws_lc_rs::aead::{AES_256_GCM, Aad, LessSafeKey, NONCE_LEN, Nonce, UnboundKey};
use aws_lc_rs::agreement::{self, ECDH_P256, ParsedPublicKey, PrivateKey, UnparsedPublicKey};
use aws_lc_rs::digest::{Context, SHA256};
use aws_lc_rs::key_wrap::{AES_256, AesKek, KeyWrap};
use aws_lc_rs::rsa::{OAEP_SHA256_MGF1SHA256, OaepPublicEncryptingKey, PublicEncryptingKey, PublicKeyComponents};
use serde_json::{Value, json};
use zeroize::Zeroizing;

/// A public key that texts are sealed for.
pub struct Recipient {
    key: Key,
    kid: Option<String>,
    thumbprint: String,
}

enum Key {
    /// RFC 7518 §4.3: RSA-OAEP-256.
    Rsa(OaepPublicEncryptingKey),
    /// RFC 7518 §4.6: ECDH-ES with A256KW, over P-256: the point, uncompressed.
    Wrapped(Vec<u8>),
    /// The same without a key between: ECDH-ES.
    Direct(Vec<u8>),
}

/// Sealing failed: chance or memory is out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CannotSeal;

/// Bytes of a content encryption key of A256GCM (RFC 7518 §5.3), of its tag, and of what A256KW adds.
const KEY: usize = 32;
const WRAPPED: usize = KEY + 8;
/// Bytes of a coordinate on P-256 (RFC 7518 §6.2.1.2).
const COORDINATE: usize = 32;

impl Recipient {
    /// From a JWK (RFC 7517); the text says what is wrong with it.
    pub fn read(jwk: &Value) -> Result<Self, &'static str> {
        if ["d", "p", "q", "dp", "dq", "qi", "oth", "k"].iter().any(|name| jwk.get(name).is_some()) {
            return Err("must be a public key; a private or symmetric member was found, so make another key pair");
        }
        let text = |name: &str| jwk.get(name).and_then(Value::as_str);
        if text("use").is_some_and(|of| of != "enc") {
            return Err("must be a key to encrypt with: `use` is something else than enc");
        }
        let kid = text("kid").map(str::to_owned);
        if kid.as_ref().is_some_and(|kid| kid.len() > 200) {
            return Err("has a kid of more than 200 bytes");
        }
        let key = match (text("kty"), text("alg")) {
            (Some("RSA"), None | Some("RSA-OAEP-256")) => Key::Rsa(rsa(text("n"), text("e"))?),
            (Some("RSA"), _) => return Err("of kty RSA must have alg RSA-OAEP-256, or none"),
            (Some("EC"), None | Some("ECDH-ES+A256KW")) => Key::Wrapped(point(jwk)?),
            (Some("EC"), Some("ECDH-ES")) => Key::Direct(point(jwk)?),
            (Some("EC"), _) => return Err("of kty EC must have alg ECDH-ES+A256KW or ECDH-ES, or none"),
            _ => return Err("must be a JWK of kty RSA (2048 bits or more) or EC on P-256"),
        };
        let recipient = Recipient { key, kid, thumbprint: thumbprint(jwk).unwrap_or_default() };
        // Some keys are found unfit only when they are used; that must not be when something has to be sealed.
        recipient.seal(b"").map_err(|_| "isn't a key that can be used: look at its numbers")?;
        Ok(recipient)
    }

    /// RFC 7638: which key it is.
    pub fn thumbprint(&self) -> &str {
        &self.thumbprint
    }

    /// Seals a JSON document.
    pub fn seal(&self, plain: &[u8]) -> Result<String, CannotSeal> {
        let mut header = json!({ "alg": self.alg(), "enc": "A256GCM", "cty": "json" });
        if let (Some(kid), Some(members)) = (&self.kid, header.as_object_mut()) {
            members.insert("kid".to_owned(), json!(kid));
        }
        let fresh = || Zeroizing::new(entropy::bytes::<KEY>());
        let (content_key, encrypted_key) = match &self.key {
            Key::Rsa(key) => {
                let content_key = fresh();
                let mut room = vec![0; key.ciphertext_size()];
                let encrypted = key.encrypt(&OAEP_SHA256_MGF1SHA256, &*content_key, &mut room, None);
                let encrypted = encrypted.map_err(|_| CannotSeal)?.to_vec();
                (content_key, encrypted)
            }
            Key::Wrapped(point) => {
                let (content_key, shared) = (fresh(), agreed(point, self.alg(), &mut header)?);
                let kek = AesKek::new(&AES_256, &*shared).map_err(|_| CannotSeal)?;
                let mut room = [0; WRAPPED];
                let wrapped = kek.wrap(&*content_key, &mut room).map_err(|_| CannotSeal)?.to_vec();
                (content_key, wrapped)
            }
            // RFC 7518 §4.6: what is agreed on is the key itself, named for `enc`.
            Key::Direct(point) => (agreed(point, "A256GCM", &mut header)?, Vec::new()),
        };
        compact(&header, &encrypted_key, &content_key, plain)
    }

    fn alg(&self) -> &'static str {
        match self.key {
            Key::Rsa(_) => "RSA-OAEP-256",
            Key::Wrapped(_) => "ECDH-ES+A256KW",
            Key::Direct(_) => "ECDH-ES",
        }
    }
}

fn rsa(n: Option<&str>, e: Option<&str>) -> Result<OaepPublicEncryptingKey, &'static str> {
    let bytes = |text: Option<&str>| {
        let bytes = text.and_then(from_base64url).unwrap_or_default();
        bytes.into_iter().skip_while(|byte| *byte == 0).collect::<Vec<u8>>()
    };
    let (n, e) = (bytes(n), bytes(e));
    if !(256..=1024).contains(&n.len()) {
        return Err("of kty RSA must have an n of 2048 to 8192 bits, in base64url");
    }
    let wrong = "isn't an RSA key that can be used: look at n and e";
    let key: Result<PublicEncryptingKey, _> = PublicKeyComponents { n, e }.try_into();
    OaepPublicEncryptingKey::new(key.map_err(|_| wrong)?).map_err(|_| wrong)
}

/// SEC 1 §2.3.3, uncompressed. It must be on the curve.
fn point(jwk: &Value) -> Result<Vec<u8>, &'static str> {
    let text = |name: &str| jwk.get(name).and_then(Value::as_str);
    if text("crv") != Some("P-256") {
        return Err("of kty EC must have crv P-256");
    }
    let coordinate = |name| text(name).and_then(from_base64url).filter(|bytes| bytes.len() == COORDINATE);
    let wrong = "of kty EC must have x and y of a point on P-256, 32 bytes each in base64url";
    let (x, y) = coordinate("x").zip(coordinate("y")).ok_or(wrong)?;
    let point = [&[4][..], &x, &y].concat();
    let parsed = ParsedPublicKey::try_from(&UnparsedPublicKey::new(&ECDH_P256, &point));
    parsed.map(|_| point).map_err(|_| wrong)
}

/// RFC 7518 §4.6: with a key pair for this once; its public half goes into the header.
fn agreed(point: &[u8], named: &str, header: &mut Value) -> Result<Zeroizing<[u8; KEY]>, CannotSeal> {
    let own = PrivateKey::generate(&ECDH_P256).map_err(|_| CannotSeal)?;
    let public = own.compute_public_key().map_err(|_| CannotSeal)?;
    let (x, y) = public.as_ref().get(1..).and_then(|both| both.split_at_checked(COORDINATE)).ok_or(CannotSeal)?;
    let epk = json!({ "kty": "EC", "crv": "P-256", "x": base64url(x), "y": base64url(y) });
    header.as_object_mut().ok_or(CannotSeal)?.insert("epk".to_owned(), epk);
    let their = UnparsedPublicKey::new(&ECDH_P256, point);
    agreement::agree(&own, their, CannotSeal, |shared| derived(shared, named))
}

/// RFC 7518 §4.6.2, for one round of SHA-256: Concat KDF without names of the parties.
fn derived(shared: &[u8], named: &str) -> Result<Zeroizing<[u8; KEY]>, CannotSeal> {
    let length = |bytes: usize| u32::try_from(bytes).map(u32::to_be_bytes).map_err(|_| CannotSeal);
    let mut hash = Context::new(&SHA256);
    hash.update(&1u32.to_be_bytes());
    hash.update(shared);
    hash.update(&length(named.len())?);
    hash.update(named.as_bytes());
    // PartyUInfo, PartyVInfo: empty.
    hash.update(&[0; 8]);
    hash.update(&length(KEY * 8)?);
    hash.finish().as_ref().try_into().map(Zeroizing::new).map_err(|_| CannotSeal)
}

/// RFC 7516 §5.1, steps 13 to 19, and §7.1.
fn compact(header: &Value, encrypted_key: &[u8], key: &[u8; KEY], plain: &[u8]) -> Result<String, CannotSeal> {
    let header = base64url(header.to_string().as_bytes());
    let iv = entropy::bytes::<NONCE_LEN>();
    let mut body = Vec::with_capacity(plain.len());
    body.extend_from_slice(plain);
    let key = LessSafeKey::new(UnboundKey::new(&AES_256_GCM, key).map_err(|_| CannotSeal)?);
    let aad = Aad::from(header.as_bytes());
    let tag = key.seal_in_place_separate_tag(Nonce::assume_unique_for_key(iv), aad, &mut body);
    let tag = tag.map_err(|_| CannotSeal)?;
    let parts = [encrypted_key, &iv, &body, tag.as_ref()].map(base64url);
    Ok(format!("{header}.{}", parts.join(".")))
}

#[cfg(test)]
mod tests {
    use super::*;

    const EC: &str = r#"{"kty":"EC","crv":"P-256","x":"weNJy2HscCSM6AEDTDg04biOvhFhyyWvOHQfeF_PxMQ","y":"e8lnCO-AlStT-NJVX-crhB7QRYhiix03illJOVAOyck"}"#;

    fn jwk(change: impl FnOnce(&mut Value)) -> Value {
        let mut jwk = serde_json::from_str(EC).expect("JSON");
        change(&mut jwk);
        jwk
    }

    fn refused(jwk: &Value) -> &'static str {
        Recipient::read(jwk).err().unwrap_or_else(|| panic!("{jwk}"))
    }

    #[test]
    fn s4_6_the_holder_of_the_key_finds_the_same_secret() {
        let own = PrivateKey::generate(&ECDH_P256).expect("chance");
        let public = own.compute_public_key().expect("a key");
        let (x, y) = public.as_ref()[1..].split_at(COORDINATE);
        let jwk =
            json!({ "kty": "EC", "crv": "P-256", "alg": "ECDH-ES", "kid": "k1", "x": base64url(x), "y": base64url(y) });
        let sealed = Recipient::read(&jwk).unwrap_or_else(|why| panic!("{why}")).seal(b"{}").expect("seals");
        let parts: Vec<Vec<u8>> = sealed.split('.').map(|part| from_base64url(part).expect("base64url")).collect();
        let header: Value = serde_json::from_slice(&parts[0]).expect("JSON");
        assert_eq!(
            (&header["alg"], &header["enc"], &header["kid"]),
            (&json!("ECDH-ES"), &json!("A256GCM"), &json!("k1"))
        );
        assert!(parts.len() == 5 && parts[1].is_empty());
        let their = point(&header["epk"]).expect("on the curve");
        let their = UnparsedPublicKey::new(&ECDH_P256, their);
        let key = agreement::agree(&own, their, CannotSeal, |shared| derived(shared, "A256GCM")).expect("agrees");
        let key = LessSafeKey::new(UnboundKey::new(&AES_256_GCM, &*key).expect("a key"));
        let iv = Nonce::try_assume_unique_for_key(&parts[2]).expect("12 bytes");
        let (mut body, aad) = ([parts[3].clone(), parts[4].clone()].concat(), sealed.split('.').next().expect("one"));
        assert_eq!(key.open_in_place(iv, Aad::from(aad), &mut body).expect("opens"), b"{}");
    }

    #[test]
    fn only_public_keys_that_encrypt_are_taken() {
        assert!(Recipient::read(&jwk(|_| {})).is_ok());
        for (member, value, says) in [
            ("d", json!("AQ"), "public key"),
            ("use", json!("sig"), "enc"),
            ("alg", json!("ECDH-ES+A128KW"), "ECDH-ES+A256KW"),
            ("crv", json!("P-384"), "P-256"),
            ("x", json!("AQ"), "point on P-256"),
            ("y", json!("weNJy2HscCSM6AEDTDg04biOvhFhyyWvOHQfeF_PxMQ"), "point on P-256"),
            ("kty", json!("oct"), "kty RSA"),
            ("kid", json!("k".repeat(201)), "kid"),
        ] {
            let bent = jwk(|jwk| jwk[member] = value.clone());
            assert!(refused(&bent).contains(says), "{member} {value}: {}", refused(&bent));
        }
        let weak = json!({ "kty": "RSA", "n": base64url(&[255; 128]), "e": "AQAB" });
        assert!(refused(&weak).contains("2048"));
        for (n, e) in [(254, "AQAB"), (255, "AQ"), (255, "Ag")] {
            let odd = json!({ "kty": "RSA", "n": base64url(&[n; 256]), "e": e });
            assert!(refused(&odd).contains("can be used"), "{n} {e}: {}", refused(&odd));
        }
        assert!(refused(&json!({ "kty": "RSA", "alg": "RSA1_5" })).contains("RSA-OAEP-256"));
        assert!(refused(&json!("text")).contains("JWK"));
    }
}
