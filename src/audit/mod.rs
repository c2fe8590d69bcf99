//! The trail of who did what to what, from where: written in the transaction of the change itself.

pub mod chain;
pub mod export;
pub mod trail;

pub use trail::{Filter, Recorded, about};

use crate::base::Time;
use crate::base::encoding::hex;
use crate::base::id::{ClientId, UserId, uuid7};
use crate::db::{On, Result};
use crate::{args, sql};
use serde_json::Value;
use std::sync::Arc;

sql! {
    write RECORD = "INSERT INTO audit_events (id, at, actor, action, object, request_id, address, detail) \
                    VALUES ($1, $2, $3, $4, $5, $6, $7, $8) RETURNING id";
}

/// Who acts.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Actor {
    /// A person, by `sub`.
    User(UserId),
    /// A client, by `client_id`.
    Client(ClientId),
    /// Whoever has a shell on the machine.
    Cli,
    /// Symbolon itself.
    System,
    /// Nobody that we know.
    Anonymous,
}

impl std::fmt::Display for Actor {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Actor::User(id) => write!(f, "user:{id}"),
            Actor::Client(id) => write!(f, "client:{id}"),
            Actor::Cli => f.write_str("cli"),
            Actor::System => f.write_str("system"),
            Actor::Anonymous => f.write_str("anonymous"),
        }
    }
}

/// One thing that happened.
#[derive(Clone, Debug)]
pub struct Event {
    /// Who did it.
    pub actor: Actor,
    /// A stable dotted name: `client.created`, `grant.refresh_reuse`.
    pub action: &'static str,
    /// What it was done to: `client:…`, `user:…`, `grant:…`.
    pub object: String,
    /// The request that asked for it.
    pub request_id: Arc<str>,
    /// From where.
    pub address: String,
    /// Before and after, or the circumstances. Never a secret.
    pub detail: Value,
}

/// Writes an event down.
pub async fn record(mut on: impl On, event: &Event, now: Time) -> Result<()> {
    let args = args![
        hex(&uuid7(now)),
        now,
        event.actor.to_string(),
        event.action,
        event.object.as_str(),
        &*event.request_id,
        event.address.as_str(),
        event.detail.to_string(),
    ];
    on.run(RECORD, args).await.map(|_| ())
}
