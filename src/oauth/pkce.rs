//! RFC 7636: proof key for code exchange, S256 only.

use crate::base::encoding::{base64url, from_base64url, sha256};

/// §4.2: what a `code_challenge` of method S256 looks like: base64url of 32 bytes.
pub fn challenge_ok(challenge: &str) -> bool {
    challenge.len() == 43 && from_base64url(challenge).is_some_and(|bytes| bytes.len() == 32)
}

/// §4.1: 43 to 128 characters of the unreserved set.
pub fn verifier_ok(verifier: &str) -> bool {
    (43..=128).contains(&verifier.len())
        && verifier.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'.' | b'_' | b'~'))
}

/// §4.6: BASE64URL-ENCODE(SHA256(ASCII(code_verifier))).
pub fn transform(verifier: &str) -> String {
    base64url(&sha256(verifier.as_bytes()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn appendix_b() {
        let verifier = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
        assert!(verifier_ok(verifier));
        assert_eq!(transform(verifier), "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM");
        assert!(challenge_ok("E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"));
        for bad in
            ["", "short", "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM=", "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw+cM"]
        {
            assert!(!challenge_ok(bad), "{bad}");
        }
        assert!(
            !verifier_ok(&"a".repeat(42))
                && !verifier_ok(&"a".repeat(129))
                && !verifier_ok(&format!("{}\n", "a".repeat(43)))
        );
    }
}
