//! What a client's tokens look like, and what becomes of those that are used.

use serde::{Deserialize, Serialize};

/// What becomes of a refresh token that is used.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Rotation {
    /// A successor; used again soon, the same successor; used again later, the grant ends.
    Replay,
    /// A successor; used again, the grant ends.
    Strict,
    /// It stays; for clients whose tokens are bound to a key (FAPI 2.0 §5.3.2.1).
    Static,
}

/// What access tokens look like.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Format {
    /// A reference; a revoke holds at once.
    Opaque,
    /// RFC 9068; whoever checks it offline learns of a revoke only when it expires.
    Jwt,
}
