//! API tokens: `sym_pat_`, 22 random characters, their MAC, the number of its key, and a checksum of it all, in letters and
//! digits. The checksum is for secret scanners, who have no key; the MAC keeps what we didn't make away from the database.

use super::mac::{MAC_BYTES, MacRing};
use crate::base::encoding::same;
use crate::base::{Secret, entropy};
use crc32fast::hash as crc32;

/// What they begin with, for people and secret scanners.
pub const PREFIX: &str = "sym_pat_";

const DIGITS: &[u8; 62] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
/// 62^22 is more than 2^128, 62^6 more than 2^32.
const WORD: usize = 22;
const KEY: usize = 2;
const SUM: usize = 6;
/// The length of all of them, in characters.
pub const LENGTH: usize = PREFIX.len() + WORD + WORD + KEY + SUM;

/// A new one, under the newest MAC key.
pub fn fresh(macs: &MacRing) -> Secret {
    let secret = base62(u128::from_be_bytes(entropy::bytes::<16>()), WORD);
    let key = macs.newest();
    let tag = mac(macs, key, &secret).map(|tag| base62(u128::from_be_bytes(tag), WORD));
    let mut text = format!("{PREFIX}{secret}{}{}", tag.unwrap_or_default(), base62(key.into(), KEY));
    let sum = base62(crc32(text.as_bytes()).into(), SUM);
    text.push_str(&sum);
    Secret::new(text)
}

/// Whether the text has the form of one, with its checksum right: what a secret scanner can tell.
pub fn well_formed(text: &str) -> bool {
    let Some((body, sum)) = text.len().checked_sub(SUM).and_then(|at| text.split_at_checked(at)) else {
        return false;
    };
    let plain = |rest: &str| rest.bytes().all(|b| b.is_ascii_alphanumeric());
    text.len() == LENGTH
        && text.strip_prefix(PREFIX).is_some_and(plain)
        && number(sum) == Some(crc32(body.as_bytes()).into())
}

/// Whether we made it. It may have been deleted since.
pub fn ours(macs: &MacRing, text: &str) -> bool {
    let good = || {
        let (secret, rest) = text.strip_prefix(PREFIX)?.split_at_checked(WORD)?;
        let (tag, rest) = rest.split_at_checked(WORD)?;
        let key = u8::try_from(number(rest.get(..KEY)?)?).ok()?;
        Some(same(&mac(macs, key, secret)?, &number(tag)?.to_be_bytes()))
    };
    well_formed(text) && good().unwrap_or_default()
}

fn mac(macs: &MacRing, key: u8, secret: &str) -> Option<[u8; MAC_BYTES]> {
    macs.sign(key, &[PREFIX.as_bytes(), secret.as_bytes()])
}

/// What a word of digits stands for. Ten of them at a time: 64 bits take a processor less than 128.
fn number(word: &str) -> Option<u128> {
    word.as_bytes().chunks(10).try_fold(0u128, |number, ten| {
        let (value, power) = ten.iter().try_fold((0u64, 1u64), |(value, power), byte| {
            let digit = match byte {
                b'0'..=b'9' => byte - b'0',
                b'A'..=b'Z' => byte - b'A' + 10,
                b'a'..=b'z' => byte - b'a' + 36,
                _ => return None,
            };
            // 62^10 is less than 2^64.
            Some((value.wrapping_mul(62).wrapping_add(digit.into()), power.wrapping_mul(62)))
        })?;
        number.checked_mul(power.into())?.checked_add(value.into())
    })
}

/// 62^10, the largest power of ten digits that 64 bits hold.
const TEN: u128 = 62u128.pow(10);

/// Ten digits at a time, as [`number`] does.
fn base62(mut number: u128, length: usize) -> String {
    let mut digits = Vec::with_capacity(length);
    while digits.len() < length {
        let mut ten = u64::try_from(number % TEN).unwrap_or_default();
        number /= TEN;
        for _ in digits.len()..length.min(digits.len().saturating_add(10)) {
            let digit = usize::try_from(ten % 62).unwrap_or_default();
            digits.push(DIGITS.get(digit).copied().map_or('0', char::from));
            ten /= 62;
        }
    }
    digits.iter().rev().collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::crypto::MasterKey;
    use proptest::prelude::*;

    fn ring(master: &MasterKey, numbers: &[u8]) -> MacRing {
        MacRing::derive(master, numbers)
    }

    #[test]
    fn the_checksum_is_the_one_that_everybody_has() {
        assert_eq!(crc32(b"123456789"), 0xcbf4_3926);
    }

    #[test]
    fn a_token_is_ours_and_nobody_elses() {
        let master = MasterKey::generate();
        let token = fresh(&ring(&master, &[1]));
        let text = token.reveal();
        assert_eq!(text.len(), LENGTH);
        assert!(well_formed(text) && ours(&ring(&master, &[1]), text) && ours(&ring(&master, &[1, 2]), text));
        // The checksum holds for everybody, the MAC only here.
        let elsewhere = ring(&MasterKey::generate(), &[1]);
        assert!(!ours(&elsewhere, text));
        let newer = fresh(&ring(&master, &[1, 255]));
        assert!(ours(&ring(&master, &[1, 255]), newer.reveal()) && !ours(&ring(&master, &[1]), newer.reveal()));
        assert_ne!(text, fresh(&ring(&master, &[1])).reveal());
    }

    #[test]
    fn a_right_checksum_over_a_wrong_mac_isnt_ours() {
        let ring = ring(&MasterKey::generate(), &[1]);
        let body = format!("{PREFIX}{}{}01", "A".repeat(WORD), "B".repeat(WORD));
        let forged = format!("{body}{}", base62(crc32(body.as_bytes()).into(), SUM));
        assert!(well_formed(&forged) && !ours(&ring, &forged));
    }

    proptest! {
        #[test]
        fn a_bent_token_is_nobodys(at in 0usize..LENGTH, to in 0u8..128) {
            let ring = ring(&MasterKey::generate(), &[1]);
            let token = fresh(&ring);
            let mut bent = token.reveal().as_bytes().to_vec();
            prop_assume!(bent[at] != to);
            bent[at] = to;
            let bent = String::from_utf8(bent).expect("ascii");
            prop_assert!(!ours(&ring, &bent));
        }

        #[test]
        fn any_text_is_answered(text in "\\PC{0,90}") {
            let ring = ring(&MasterKey::generate(), &[1]);
            prop_assert!(!ours(&ring, &text));
            let prefixed = format!("sym_pat_{text}");
            prop_assert!(!ours(&ring, &prefixed));
        }
    }
}
