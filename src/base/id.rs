//! Identifiers: 128 bits that sort by the time they were made (UUIDv7, RFC 9562 §5.7), typed by what they name.

use super::{Time, encoding, entropy};
use std::fmt;
use std::hash::{Hash, Hasher};
use std::marker::PhantomData;
use std::sync::Arc;

/// The name of one `K`. Written as text; `Id<User>` and `Id<Client>` don't mix.
pub struct Id<K>(Arc<str>, PhantomData<fn() -> K>);

/// Marker of [`UserId`].
pub enum User {}
/// Marker of [`ClientId`].
pub enum Client {}
/// Marker of [`SessionId`].
pub enum Session {}
/// Marker of [`WorkspaceId`].
pub enum Workspace {}

/// Names a person; the `sub` claim. Never reassigned.
pub type UserId = Id<User>;
/// Names a client; the `client_id` parameter (RFC 6749 §2.2).
pub type ClientId = Id<Client>;
/// Names a browser session towards relying parties; the `sid` claim. Not the cookie.
pub type SessionId = Id<Session>;
/// Names a workspace: its slug, which administrators choose.
pub type WorkspaceId = Id<Workspace>;

impl<K> Id<K> {
    /// A fresh identifier that sorts after those made before `now`.
    pub fn new(now: Time) -> Self {
        Self::from(encoding::hex(&uuid7(now)))
    }

    /// The text that stands in databases and on the wire.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The same, shared.
    pub fn shared(&self) -> Arc<str> {
        Arc::clone(&self.0)
    }
}

/// The 16 bytes of a fresh UUIDv7.
pub fn uuid7(now: Time) -> [u8; 16] {
    let millis = u64::try_from(now.millis()).unwrap_or_default();
    uuid::Builder::from_unix_timestamp_millis(millis, &entropy::bytes::<10>()).into_uuid().into_bytes()
}

impl<K> From<String> for Id<K> {
    fn from(text: String) -> Self {
        Id(text.into(), PhantomData)
    }
}

impl<K> From<&str> for Id<K> {
    fn from(text: &str) -> Self {
        Id(text.into(), PhantomData)
    }
}

impl<K> Clone for Id<K> {
    fn clone(&self) -> Self {
        Id(Arc::clone(&self.0), PhantomData)
    }
}

impl<K> PartialEq for Id<K> {
    fn eq(&self, other: &Self) -> bool {
        self.0 == other.0
    }
}

impl<K> Eq for Id<K> {}

impl<K> Hash for Id<K> {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.0.hash(state);
    }
}

impl<K> fmt::Display for Id<K> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl<K> fmt::Debug for Id<K> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl<K> serde::Serialize for Id<K> {
    fn serialize<S: serde::Serializer>(&self, s: S) -> Result<S::Ok, S::Error> {
        s.serialize_str(&self.0)
    }
}

impl<'de, K> serde::Deserialize<'de> for Id<K> {
    fn deserialize<D: serde::Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
        String::deserialize(d).map(Self::from)
    }
}
