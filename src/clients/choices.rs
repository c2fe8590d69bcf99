//! RFC 7591 §2, OIDC Registration §2: members of the metadata that are one of a few words.

use super::metadata::{Invalid, Metadata, invalid};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// Grant types (RFC 7591 §2).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum GrantType {
    /// RFC 6749 §4.1.
    AuthorizationCode,
    /// RFC 6749 §4.2: tokens straight from the authorization endpoint; only for legacy response types.
    Implicit,
    /// RFC 6749 §6.
    RefreshToken,
    /// RFC 6749 §4.4.
    ClientCredentials,
}

/// Client authentication methods (RFC 7591 §2, OIDC Core §9).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum AuthMethod {
    /// HTTP Basic.
    ClientSecretBasic,
    /// In the form.
    ClientSecretPost,
    /// RFC 7523 §2.2, signed with the client's private key.
    PrivateKeyJwt,
    /// A public client.
    None,
}

impl AuthMethod {
    /// The registered name.
    pub const fn name(self) -> &'static str {
        match self {
            AuthMethod::ClientSecretBasic => "client_secret_basic",
            AuthMethod::ClientSecretPost => "client_secret_post",
            AuthMethod::PrivateKeyJwt => "private_key_jwt",
            AuthMethod::None => "none",
        }
    }

    /// Whether the client has a secret.
    pub const fn with_secret(self) -> bool {
        matches!(self, AuthMethod::ClientSecretBasic | AuthMethod::ClientSecretPost)
    }
}

/// What becomes of a refresh token that is used.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
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
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Format {
    /// A reference; a revoke holds at once.
    Opaque,
    /// RFC 9068; whoever checks it offline learns of a revoke only when it expires.
    Jwt,
}

/// What people are known by (OIDC Core §8).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum SubjectType {
    /// The same `sub` as at every other such client.
    #[default]
    Public,
    /// A `sub` that only the clients of one sector share.
    Pairwise,
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
