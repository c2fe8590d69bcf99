//! What a client's tokens look like, and what becomes of those that are used.

use super::metadata::{Invalid, Metadata, invalid};
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

impl Metadata {
    /// RFC 9700 §2.2.2: whoever copied a public client's refresh token could use it for as long as it stays.
    pub(super) fn check_rotation(&self) -> Result<(), Invalid> {
        match self.rotation {
            Rotation::Static if self.public() => {
                invalid("rotation", "static is for clients that authenticate; write replay or strict")
            }
            _ => Ok(()),
        }
    }
}
