//! RFC 4648: the encodings of tokens, hashes and identifiers.

use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use sha2::{Digest, Sha256};

/// RFC 4648 §5 without padding, as JOSE uses it.
pub fn base64url(bytes: &[u8]) -> String {
    URL_SAFE_NO_PAD.encode(bytes)
}

/// The bytes of an unpadded base64url text, or `None` when it isn't canonical.
pub fn from_base64url(text: &str) -> Option<Vec<u8>> {
    URL_SAFE_NO_PAD.decode(text).ok()
}

/// RFC 4648 §4 with padding, as HTTP Basic uses it.
pub fn base64(bytes: &[u8]) -> String {
    STANDARD.encode(bytes)
}

/// The bytes of a padded RFC 4648 §4 text, as HTTP Basic uses it.
pub fn from_base64(text: &str) -> Option<Vec<u8>> {
    STANDARD.decode(text).ok()
}

/// Lower-case hexadecimal.
pub fn hex(bytes: &[u8]) -> String {
    bytes.iter().flat_map(|b| [b >> 4, b & 15]).map(|n| char::from(n + if n < 10 { b'0' } else { b'a' - 10 })).collect()
}

/// The bytes of a lower-case hexadecimal text of exactly `2 * N` digits.
pub fn from_hex<const N: usize>(text: &str) -> Option<[u8; N]> {
    if text.len() != 2 * N {
        return None;
    }
    let mut out = [0u8; N];
    for (slot, pair) in out.iter_mut().zip(text.as_bytes().chunks(2)) {
        let digit = |b: Option<&u8>| match b {
            Some(b @ b'0'..=b'9') => Some(b - b'0'),
            Some(b @ b'a'..=b'f') => Some(b - b'a' + 10),
            _ => None,
        };
        *slot = (digit(pair.first())? << 4) | digit(pair.get(1))?;
    }
    Some(out)
}

/// SHA-256.
pub fn sha256(bytes: &[u8]) -> [u8; 32] {
    Sha256::digest(bytes).into()
}

/// What the database keeps of a secret of ours: base64url of its SHA-256. The secrets have 128 random bits or more,
/// so a slow hash would add nothing but load.
pub fn fingerprint(secret: &[u8]) -> String {
    base64url(&sha256(secret))
}

/// Equal, without telling by the time it takes where the difference lies.
pub fn same(a: &[u8], b: &[u8]) -> bool {
    use subtle::ConstantTimeEq;
    a.ct_eq(b).into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hex_reads_what_it_writes_and_nothing_else() {
        let bytes = [0u8, 1, 0x9a, 0xff];
        assert_eq!(hex(&bytes), "00019aff");
        assert_eq!(from_hex::<4>("00019aff"), Some(bytes));
        assert_eq!(from_hex::<4>("00019AFF"), None);
        assert_eq!(from_hex::<4>("00019a"), None);
        assert_eq!(from_hex::<4>("00019a-f"), None);
    }
}
