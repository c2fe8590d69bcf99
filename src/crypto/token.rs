//! Tokens that are derived, not stored: `prefix + base64url(version ‖ key ‖ grant ‖ generation ‖ holder secret ‖ MAC)`.
//!
//! The MAC keeps forged tokens away from the database; the holder secret, of which the database has only a hash, makes
//! the MAC key alone worthless; and the successor of a token is computed: same grant, same holder, next generation.

use super::MacRing;
use super::mac::MAC_BYTES;
use crate::base::encoding::{base64url, fingerprint, from_base64url, sha256};
use crate::base::{Secret, entropy};
use zeroize::{Zeroize, ZeroizeOnDrop};

const GRANT_TOKEN: u8 = 1;
const MACHINE_TOKEN: u8 = 2;
/// Longest token that is decoded, in bytes of text.
const MAX_TEXT: usize = 4096;

/// What a token is for. The prefix is part of the MAC: no kind passes for another.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Authorization code (RFC 6749 §1.3.1).
    Code,
    /// Access token (RFC 6749 §1.4).
    Access,
    /// Refresh token (RFC 6749 §1.5).
    Refresh,
}

impl Kind {
    /// What tokens of this kind begin with, for people and secret scanners.
    pub const fn prefix(self) -> &'static str {
        match self {
            Kind::Code => "sym_ac_",
            Kind::Access => "sym_at_",
            Kind::Refresh => "sym_rt_",
        }
    }
}

/// The secret that makes its holder the holder of a grant: 128 random bits.
#[derive(Clone, PartialEq, Eq, Zeroize, ZeroizeOnDrop)]
pub struct Holder([u8; 16]);

impl Holder {
    /// A fresh secret.
    pub fn fresh() -> Self {
        Holder(entropy::bytes())
    }

    /// The secret that access tokens carry. One-way: a resource server that sees it learns nothing about refreshing.
    pub fn for_access(&self) -> Self {
        let digest = sha256(&[b"symbolon access holder".as_slice(), &self.0].concat());
        Holder(digest.first_chunk().copied().unwrap_or_default())
    }

    /// What the grant row keeps of it.
    pub fn hash(&self) -> String {
        fingerprint(&self.0)
    }
}

impl std::fmt::Debug for Holder {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("[holder]")
    }
}

/// A token that stands for a generation of a grant.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GrantToken {
    /// The grant row, 16 bytes of its identifier.
    pub grant: [u8; 16],
    /// Which refresh this token came from; a code has generation 0.
    pub generation: u32,
    /// The holder secret.
    pub holder: Holder,
}

impl GrantToken {
    /// Writes the token under the newest MAC key.
    pub fn seal(&self, kind: Kind, macs: &MacRing) -> Secret {
        self.seal_with(kind, macs, macs.newest())
    }

    fn seal_with(&self, kind: Kind, macs: &MacRing, key: u8) -> Secret {
        let mut bytes = Vec::with_capacity(54);
        bytes.extend([GRANT_TOKEN, key]);
        bytes.extend(self.grant);
        bytes.extend(self.generation.to_be_bytes());
        bytes.extend(self.holder.0);
        seal(kind, macs, key, bytes)
    }

    /// Reads a token of the kind; `None` for anything that we didn't write.
    pub fn open(kind: Kind, macs: &MacRing, text: &str) -> Option<Self> {
        let body = open(kind, macs, text, GRANT_TOKEN)?;
        let (grant, rest) = body.split_first_chunk::<16>()?;
        let (generation, holder) = rest.split_first_chunk::<4>()?;
        let holder = Holder(*holder.as_array::<16>()?);
        Some(GrantToken { grant: *grant, generation: u32::from_be_bytes(*generation), holder })
    }
}

/// An access token of a machine (RFC 6749 §4.4): it says all about itself and needs no row.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct MachineToken {
    /// Names this one token, so that it can be revoked.
    #[serde(rename = "j")]
    pub jti: String,
    /// The client.
    #[serde(rename = "c")]
    pub client_id: String,
    /// Granted scope.
    #[serde(rename = "s")]
    pub scope: String,
    /// Resource indicators (RFC 8707); empty means this server.
    #[serde(rename = "r", default, skip_serializing_if = "Vec::is_empty")]
    pub resource: Vec<String>,
    /// Milliseconds since the epoch.
    #[serde(rename = "i")]
    pub issued_at: i64,
    /// Milliseconds since the epoch.
    #[serde(rename = "e")]
    pub expires_at: i64,
}

impl MachineToken {
    /// Writes the token under the newest MAC key.
    pub fn seal(&self, macs: &MacRing) -> Secret {
        let key = macs.newest();
        let mut bytes = vec![MACHINE_TOKEN, key];
        // A struct of strings and numbers always serializes; were it not so, the token would simply not open.
        bytes.extend(serde_json::to_vec(self).unwrap_or_default());
        seal(Kind::Access, macs, key, bytes)
    }

    /// Reads a machine's token; `None` for anything that we didn't write.
    pub fn open(macs: &MacRing, text: &str) -> Option<Self> {
        serde_json::from_slice(&open(Kind::Access, macs, text, MACHINE_TOKEN)?).ok()
    }
}

fn seal(kind: Kind, macs: &MacRing, key: u8, mut bytes: Vec<u8>) -> Secret {
    let mac = macs.sign(key, &[kind.prefix().as_bytes(), &bytes]).unwrap_or_default();
    bytes.extend(mac);
    Secret::new(format!("{}{}", kind.prefix(), base64url(&bytes)))
}

fn open(kind: Kind, macs: &MacRing, text: &str, version: u8) -> Option<Vec<u8>> {
    if text.len() > MAX_TEXT {
        return None;
    }
    let bytes = from_base64url(text.strip_prefix(kind.prefix())?)?;
    let (signed, mac) = bytes.split_last_chunk::<MAC_BYTES>()?;
    let (&[have, key], body) = signed.split_first_chunk::<2>()?;
    (have == version && macs.verify(key, &[kind.prefix().as_bytes(), signed], mac)).then(|| body.to_vec())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::crypto::MasterKey;
    use proptest::prelude::*;

    fn ring() -> MacRing {
        MacRing::derive(&MasterKey::generate(), &[1])
    }

    fn token() -> GrantToken {
        GrantToken { grant: [7; 16], generation: 3, holder: Holder::fresh() }
    }

    #[test]
    fn a_token_opens_as_its_own_kind_only() {
        let (ring, token) = (ring(), token());
        let text = token.seal(Kind::Refresh, &ring);
        assert_eq!(GrantToken::open(Kind::Refresh, &ring, text.reveal()), Some(token));
        let disguised = text.reveal().replace("sym_rt_", "sym_at_");
        assert_eq!(GrantToken::open(Kind::Access, &ring, &disguised), None);
        assert_eq!(MachineToken::open(&ring, &disguised), None);
    }

    #[test]
    fn older_keys_verify_and_the_newest_signs() {
        let master = MasterKey::generate();
        let old = token().seal(Kind::Access, &MacRing::derive(&master, &[1]));
        let both = MacRing::derive(&master, &[1, 2]);
        assert!(GrantToken::open(Kind::Access, &both, old.reveal()).is_some());
        let new = token().seal(Kind::Access, &both);
        assert!(GrantToken::open(Kind::Access, &MacRing::derive(&master, &[1]), new.reveal()).is_none());
    }

    proptest! {
        #[test]
        fn a_bent_token_never_opens(at in 0usize..79, to in 0u8..128) {
            let ring = ring();
            let text = token().seal(Kind::Access, &ring);
            let mut bent = text.reveal().as_bytes().to_vec();
            prop_assume!(bent[at] != to);
            bent[at] = to;
            let bent = String::from_utf8(bent).expect("ascii");
            prop_assert_eq!(GrantToken::open(Kind::Access, &ring, &bent), None);
        }

        #[test]
        fn any_text_is_answered(text in ".{0,200}") {
            prop_assert_eq!(GrantToken::open(Kind::Access, &ring(), &format!("sym_at_{text}")), None);
        }
    }
}
