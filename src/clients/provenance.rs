//! Who says what a client is: an administrator, the client itself, or a document of its own.

use crate::db::{Result, Row};

/// Who says what a client is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Provenance {
    /// An administrator registered it.
    Admin,
    /// It registered itself (RFC 7591) and may change itself (RFC 7592).
    Itself {
        /// Who let it.
        by: RegisteredBy,
        /// Fingerprint of its registration access token.
        token_hash: String,
    },
    /// A document at its `client_id`.
    Document,
}

/// Who let a client register itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum RegisteredBy {
    /// Anyone may.
    Open,
    /// An administrator, with the invite of this identifier.
    Invite(String),
}

impl RegisteredBy {
    /// What rows have.
    pub fn name(&self) -> &str {
        match self {
            RegisteredBy::Open => "open",
            RegisteredBy::Invite(id) => id,
        }
    }
}

impl Provenance {
    pub(super) fn read(row: &Row) -> Result<Self> {
        let by = match row.text_opt("registered_by")? {
            None => return Ok(Provenance::Admin),
            Some(by) if by == "open" => RegisteredBy::Open,
            Some(by) => RegisteredBy::Invite(by),
        };
        Ok(Provenance::Itself { by, token_hash: row.text_opt("registration_hash")?.unwrap_or_default() })
    }

    /// Whether an administrator answers for the client.
    pub fn vouched_for(&self) -> bool {
        *self == Provenance::Admin
    }

    /// Whether nobody knows where it comes from: it goes when it isn't used.
    pub fn stranger(&self) -> bool {
        matches!(self, Provenance::Itself { by: RegisteredBy::Open, .. })
    }

    /// For administrators to read: `open`, `invite:…`, `document`; none for their own.
    pub fn name(&self) -> Option<String> {
        match self {
            Provenance::Admin => None,
            Provenance::Itself { by: RegisteredBy::Open, .. } => Some("open".to_owned()),
            Provenance::Itself { by: RegisteredBy::Invite(id), .. } => Some(format!("invite:{id}")),
            Provenance::Document => Some("document".to_owned()),
        }
    }
}
