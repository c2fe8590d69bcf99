//! Message authentication with keys that are derived from the master key and never stored.

use super::MasterKey;
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

/// RFC 2104 with SHA-256, under a key that we share with somebody.
pub fn hmac_sha256(key: &[u8], text: &[u8]) -> [u8; 32] {
    match Hmac::<Sha256>::new_from_slice(key) {
        Ok(mac) => mac.chain_update(text).finalize().into_bytes().into(),
        // RFC 2104 takes keys of any length.
        Err(_) => unreachable!("HMAC refuses no key length"),
    }
}

/// Length of the MACs that we issue, in bytes: 128 bits can't be guessed online.
pub const MAC_BYTES: usize = 16;

/// The MAC keys of this deployment, oldest first: the newest signs, all of them verify.
#[derive(Clone)]
pub struct MacRing {
    tokens: Vec<(u8, Hmac<Sha256>)>,
    pages: Hmac<Sha256>,
    subjects: Hmac<Sha256>,
    sessions: Hmac<Sha256>,
}

impl MacRing {
    /// Derives the keys with the given numbers. Without a number there is number 1.
    pub fn derive(master: &MasterKey, numbers: &[u8]) -> Self {
        let numbers = if numbers.is_empty() { &[1] } else { numbers };
        let keyed = |purpose: &str| match Hmac::<Sha256>::new_from_slice(master.derive(purpose).as_ref()) {
            Ok(mac) => mac,
            // RFC 2104 takes keys of any length.
            Err(_) => unreachable!("HMAC refuses no key length"),
        };
        MacRing {
            tokens: numbers.iter().map(|n| (*n, keyed(&format!("symbolon token mac {n}")))).collect(),
            pages: keyed("symbolon page mac"),
            subjects: keyed("symbolon pairwise subject"),
            sessions: keyed("symbolon session at client"),
        }
    }

    /// The number of the key that signs now.
    pub fn newest(&self) -> u8 {
        self.tokens.last().map_or(1, |(number, _)| *number)
    }

    /// The MAC of `parts` under token key `number`, or `None` when there is no such key.
    pub fn sign(&self, number: u8, parts: &[&[u8]]) -> Option<[u8; MAC_BYTES]> {
        let tag = self.over(number, parts)?.finalize().into_bytes();
        tag.first_chunk::<MAC_BYTES>().copied()
    }

    /// Whether `mac` is the MAC of `parts` under token key `number`; takes the same time either way.
    pub fn verify(&self, number: u8, parts: &[&[u8]], mac: &[u8]) -> bool {
        mac.len() == MAC_BYTES && self.over(number, parts).is_some_and(|over| over.verify_truncated_left(mac).is_ok())
    }

    fn over(&self, number: u8, parts: &[&[u8]]) -> Option<Hmac<Sha256>> {
        let (_, key) = self.tokens.iter().find(|(have, _)| *have == number)?;
        let mut over = key.clone();
        parts.iter().for_each(|part| over.update(part));
        Some(over)
    }

    /// A MAC for forms and cookies of our own pages: `purpose` keeps one kind from passing for another.
    pub fn page(&self, purpose: &str, text: &str) -> String {
        named(&self.pages, purpose, text)
    }

    /// OIDC Core §8.1: another name for `text` in each sector. Nobody without the master key finds one from another.
    pub fn pairwise(&self, sector: &str, text: &str) -> String {
        named(&self.subjects, sector, text)
    }

    /// Another name for a session at each client, as [`MacRing::pairwise`] has one for a person.
    pub fn session_at(&self, client: &str, session: &str) -> String {
        named(&self.sessions, client, session)
    }

    /// Whether `mac` is what [`MacRing::page`] gives.
    pub fn page_holds(&self, purpose: &str, text: &str, mac: &str) -> bool {
        crate::base::encoding::same(self.page(purpose, text).as_bytes(), mac.as_bytes())
    }
}

/// The MAC of a text in a context that no other context's text passes for.
fn named(key: &Hmac<Sha256>, context: &str, text: &str) -> String {
    let mut over = key.clone();
    over.update(context.as_bytes());
    over.update(&[0]);
    over.update(text.as_bytes());
    crate::base::encoding::base64url(&over.finalize().into_bytes())
}

impl std::fmt::Debug for MacRing {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("[mac keys]")
    }
}
