//! What administrators do. The management API and the command line call the same operations: each is one transaction
//! with its audit event inside.

pub mod apply;
mod change;
pub mod clients;
pub mod grants;
pub mod invitations;
pub mod invites;
pub mod keys;
mod metadata;
pub mod registration;
pub mod repeats;
pub mod seen;
pub mod sessions;
pub mod settings;
pub mod trail;
pub mod users;
pub mod workspaces;

pub use metadata::read as metadata;

use crate::audit::Actor;
use crate::base::encoding::fingerprint;
use crate::crypto::password::Unanswered;
use crate::db::Fault;
use crate::people::Role;
use crate::web::json::BadJson;
use crate::web::{Call, Problem};
use axum::http::StatusCode;
use serde_json::Value;

/// Who asks for a change, and from where: what the audit trail names.
#[derive(Clone, Debug)]
pub struct Acting {
    /// Who.
    pub actor: Actor,
    /// What they may do.
    pub role: Role,
    /// From where.
    pub call: Call,
    /// RFC 9110 §13.1.1: the entity tag of what they have read; none changes whatever is there.
    pub if_match: Option<String>,
}

impl Acting {
    /// Somebody who changes whatever is there.
    pub fn new(actor: Actor, role: Role, call: Call) -> Self {
        Acting { actor, role, call, if_match: None }
    }
}

/// RFC 9110 §8.8.3: the entity tag of an object, made from all that is shown of it but when it changed: taking a row for a
/// change says that it does, before anything did.
pub fn tag(shown: &Value) -> String {
    let mut shown = shown.clone();
    if let Some(members) = shown.as_object_mut() {
        members.shift_remove("updated_at");
    }
    format!("\"{}\"", fingerprint(shown.to_string().as_bytes()))
}

/// Why an operation wasn't done. Nothing was changed.
#[derive(Clone, Debug)]
pub enum Refused {
    /// Nothing has this name.
    NotFound,
    /// It can't be done to what is there.
    Conflict {
        /// A stable short name.
        code: &'static str,
        /// What stands in the way and what to do.
        why: String,
    },
    /// Whoever asks may not do this.
    Forbidden(&'static str),
    /// RFC 9110 §13.1.1: someone else changed it since it was read.
    Stale,
    /// A member of what was given can't be accepted.
    Invalid {
        /// The member; empty when it is the whole.
        field: String,
        /// What is wrong and what to do.
        why: String,
    },
    /// Too many passwords are being hashed.
    Busy,
    /// Disk, network, bug. Whether the change was made is unknown.
    Fault(Fault),
}

impl Refused {
    fn invalid(field: impl Into<String>, why: impl Into<String>) -> Self {
        Refused::Invalid { field: field.into(), why: why.into() }
    }

    fn conflict(code: &'static str, why: impl Into<String>) -> Self {
        Refused::Conflict { code, why: why.into() }
    }
}

impl From<Fault> for Refused {
    fn from(fault: Fault) -> Self {
        Refused::Fault(fault)
    }
}

impl From<crate::clients::Invalid> for Refused {
    fn from(invalid: crate::clients::Invalid) -> Self {
        Refused::invalid(invalid.field, invalid.why)
    }
}

impl From<BadJson> for Refused {
    fn from(bad: BadJson) -> Self {
        Refused::Invalid { field: bad.member, why: bad.why }
    }
}

impl From<Unanswered> for Refused {
    fn from(unanswered: Unanswered) -> Self {
        match unanswered {
            Unanswered::Busy => Refused::Busy,
            Unanswered::Fault => Refused::Fault(Fault::Bug("a password couldn't be hashed".to_owned())),
        }
    }
}

const STALE: &str = "it was changed since you read it; read it again and repeat your change";
const BUSY: &str = "too many passwords are being hashed right now; try again in a few seconds";

impl std::fmt::Display for Refused {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Refused::NotFound => f.write_str("there is nothing under this name"),
            Refused::Conflict { why, .. } => f.write_str(why),
            Refused::Forbidden(why) => f.write_str(why),
            Refused::Stale => f.write_str(STALE),
            Refused::Invalid { field, why } if field.is_empty() => f.write_str(why),
            Refused::Invalid { field, why } => write!(f, "{field}: {why}"),
            Refused::Busy => f.write_str(BUSY),
            Refused::Fault(fault) => write!(f, "{fault}"),
        }
    }
}

impl From<Refused> for Problem {
    fn from(refused: Refused) -> Self {
        match refused {
            Refused::NotFound => Problem::not_found(),
            Refused::Conflict { code, why } => Problem::new(StatusCode::CONFLICT, code, why),
            Refused::Forbidden(why) => Problem::new(StatusCode::FORBIDDEN, "forbidden", why),
            Refused::Stale => Problem::new(StatusCode::PRECONDITION_FAILED, "precondition-failed", STALE),
            Refused::Invalid { field, why } => Problem::field(field, why),
            Refused::Busy => Problem::new(StatusCode::SERVICE_UNAVAILABLE, "busy", BUSY),
            Refused::Fault(fault) => fault.into(),
        }
    }
}
