//! RFC 7515, RFC 7518 §3, RFC 8037: private keys, parsed once, that sign what we issue.

use crate::base::encoding::{base64url, sha256};
use aws_lc_rs::encoding::{AsDer, Pkcs8V1Der};
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::rsa::KeySize;
use aws_lc_rs::signature::{
    ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, Ed25519KeyPair, KeyPair, RSA_PKCS1_SHA256, RSA_PSS_SHA256,
    RsaKeyPair,
};
use serde_json::{Value, json};
use zeroize::Zeroizing;

/// The signature algorithms that we sign with (RFC 7518 §3.1, RFC 8037 §3.1).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Algorithm {
    /// ECDSA on P-256 with SHA-256.
    ES256,
    /// Ed25519.
    EdDSA,
    /// RSASSA-PKCS1-v1_5 with SHA-256.
    RS256,
    /// RSASSA-PSS with SHA-256.
    PS256,
}

impl Algorithm {
    /// All of them; the cheap ones to generate come first.
    pub const ALL: [Algorithm; 4] = [Algorithm::ES256, Algorithm::EdDSA, Algorithm::RS256, Algorithm::PS256];

    /// The JOSE name.
    pub const fn name(self) -> &'static str {
        match self {
            Algorithm::ES256 => "ES256",
            Algorithm::EdDSA => "EdDSA",
            Algorithm::RS256 => "RS256",
            Algorithm::PS256 => "PS256",
        }
    }

    /// The algorithm with this JOSE name.
    pub fn named(name: &str) -> Option<Self> {
        Algorithm::ALL.into_iter().find(|alg| alg.name() == name)
    }

    /// The left half of the hash that the algorithm uses: `at_hash` and its kin (OIDC Core §3.1.3.6). Ed25519 hashes
    /// with SHA-512; all others here with SHA-256.
    pub fn left_half_hash(self, text: &str) -> String {
        match self {
            Algorithm::EdDSA => {
                use sha2::{Digest, Sha512};
                let digest = Sha512::digest(text.as_bytes());
                base64url(digest.first_chunk::<32>().map_or(&[], |half| half.as_slice()))
            }
            _ => base64url(sha256(text.as_bytes()).first_chunk::<16>().map_or(&[], |half| half.as_slice())),
        }
    }
}

pub(super) enum Pair {
    Rsa(RsaKeyPair),
    Ecdsa(EcdsaKeyPair),
    Ed25519(Ed25519KeyPair),
}

/// A private key that is ready to sign, with its public half as a JWK.
pub struct SigningKey {
    /// What it signs with.
    pub alg: Algorithm,
    /// RFC 7638 thumbprint: the `kid`.
    pub kid: String,
    /// The public JWK, with `kid`, `alg` and `use`.
    pub jwk: Value,
    pair: Pair,
}

/// A key that can't be generated, read or used; holds no key material.
#[derive(Clone, Copy, Debug)]
pub struct BadKey;

impl SigningKey {
    /// A fresh key and its PKCS #8 form for sealing. RSA takes about a second: never on the runtime's threads.
    pub fn generate(alg: Algorithm) -> Result<(Self, Zeroizing<Vec<u8>>), BadKey> {
        let pkcs8 = match alg {
            Algorithm::ES256 => EcdsaKeyPair::generate_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, &SystemRandom::new())
                .map(|der| der.as_ref().to_vec()),
            Algorithm::EdDSA => Ed25519KeyPair::generate_pkcs8v1(&SystemRandom::new()).map(|der| der.as_ref().to_vec()),
            Algorithm::RS256 | Algorithm::PS256 => RsaKeyPair::generate(KeySize::Rsa3072)
                .and_then(|pair| AsDer::<Pkcs8V1Der<'_>>::as_der(&pair).map(|der| der.as_ref().to_vec())),
        };
        let pkcs8 = Zeroizing::new(pkcs8.map_err(|_| BadKey)?);
        Ok((SigningKey::from_pkcs8(alg, &pkcs8)?, pkcs8))
    }

    /// Reads a private key; refuses RSA below 2048 bits and keys of another kind than `alg`.
    pub fn from_pkcs8(alg: Algorithm, pkcs8: &[u8]) -> Result<Self, BadKey> {
        let pair = match alg {
            Algorithm::ES256 => EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, pkcs8).map(Pair::Ecdsa),
            Algorithm::EdDSA => Ed25519KeyPair::from_pkcs8(pkcs8).map(Pair::Ed25519),
            Algorithm::RS256 | Algorithm::PS256 => RsaKeyPair::from_pkcs8(pkcs8).map(Pair::Rsa),
        };
        SigningKey::of(alg, pair.map_err(|_| BadKey)?)
    }

    pub(super) fn of(alg: Algorithm, pair: Pair) -> Result<Self, BadKey> {
        let bare = public_jwk(&pair).ok_or(BadKey)?;
        let kid = super::jwk::thumbprint(&bare).ok_or(BadKey)?;
        let mut jwk = bare;
        if let Some(members) = jwk.as_object_mut() {
            members.insert("kid".to_owned(), json!(kid));
            members.insert("alg".to_owned(), json!(alg.name()));
            members.insert("use".to_owned(), json!("sig"));
        }
        Ok(SigningKey { alg, kid, jwk, pair })
    }

    /// Reads a private key in PEM: PKCS #8 (RFC 5958), or PKCS #1 for RSA (RFC 8017 §A.1.2), as vendors hand them out.
    /// Line ends may be lost, or stand there as `\n`.
    pub fn from_pem(alg: Algorithm, pem: &str) -> Result<Self, BadKey> {
        let (pkcs8, pkcs1) = (der_of(pem, "PRIVATE KEY"), der_of(pem, "RSA PRIVATE KEY"));
        let rsa = matches!(alg, Algorithm::RS256 | Algorithm::PS256);
        match (pkcs8, pkcs1) {
            (Some(der), _) => SigningKey::from_pkcs8(alg, &der),
            (None, Some(der)) if rsa => SigningKey::of(alg, Pair::Rsa(RsaKeyPair::from_der(&der).map_err(|_| BadKey)?)),
            _ => Err(BadKey),
        }
    }

    /// The signature over `message`, in the JOSE form of the algorithm.
    pub fn sign(&self, message: &[u8]) -> Result<Vec<u8>, BadKey> {
        let rng = SystemRandom::new();
        match &self.pair {
            Pair::Ecdsa(pair) => pair.sign(&rng, message).map(|sig| sig.as_ref().to_vec()).map_err(|_| BadKey),
            Pair::Ed25519(pair) => Ok(pair.sign(message).as_ref().to_vec()),
            Pair::Rsa(pair) => {
                let mut sig = vec![0; pair.public_modulus_len()];
                let padding = if self.alg == Algorithm::PS256 { &RSA_PSS_SHA256 } else { &RSA_PKCS1_SHA256 };
                pair.sign(padding, &rng, message, &mut sig).map_err(|_| BadKey)?;
                Ok(sig)
            }
        }
    }

    /// Whether signing takes long enough (RSA: about a millisecond or more) to be kept off the runtime's threads.
    pub fn slow(&self) -> bool {
        matches!(self.pair, Pair::Rsa(_))
    }
}

impl std::fmt::Debug for SigningKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "[signing key {} {}]", self.alg.name(), self.kid)
    }
}

/// RFC 7468: what stands between `BEGIN` and `END`.
pub(super) fn der_of(pem: &str, label: &str) -> Option<Zeroizing<Vec<u8>>> {
    let (_, rest) = pem.split_once(&format!("-----BEGIN {label}-----"))?;
    let (body, _) = rest.split_once(&format!("-----END {label}-----"))?;
    let packed: Zeroizing<String> = Zeroizing::new(body.replace("\\n", "").split_whitespace().collect());
    crate::base::encoding::from_base64(&packed).map(Zeroizing::new)
}

fn public_jwk(pair: &Pair) -> Option<Value> {
    match pair {
        Pair::Ecdsa(pair) => {
            // SEC 1 §2.3.3: 0x04 ‖ x ‖ y
            let (tag, point) = pair.public_key().as_ref().split_first()?;
            let (x, y) = point.split_at_checked(32)?;
            (*tag == 4 && y.len() == 32)
                .then(|| json!({"kty": "EC", "crv": "P-256", "x": base64url(x), "y": base64url(y)}))
        }
        Pair::Ed25519(pair) => {
            Some(json!({"kty": "OKP", "crv": "Ed25519", "x": base64url(pair.public_key().as_ref())}))
        }
        Pair::Rsa(pair) => {
            let public = pair.public_key();
            let n = public.modulus().big_endian_without_leading_zero();
            let e = public.exponent().big_endian_without_leading_zero();
            (n.len() >= 256).then(|| json!({"kty": "RSA", "n": base64url(n), "e": base64url(e)}))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::crypto::jwt;

    #[test]
    fn every_algorithm_signs_what_its_public_key_verifies() {
        for alg in [Algorithm::ES256, Algorithm::EdDSA, Algorithm::RS256, Algorithm::PS256] {
            let (key, pkcs8) = SigningKey::generate(alg).expect("generates");
            let again = SigningKey::from_pkcs8(alg, &pkcs8).expect("reads");
            assert_eq!(key.kid, again.kid);
            let jwt = jwt::sign(&again, "JWT", &json!({"sub": "ada"})).expect("signs");
            let claims = jwt::verify(&jwt, &key.jwk, &[alg.name()]).expect("verifies");
            assert_eq!(claims["sub"], "ada");
        }
    }
}
