//! Webhooks: a member's endpoints that are told what happens to the accounts that they may see. What is to be told is written in
//! the transaction of what happened, so nothing is lost and nothing is told that didn't happen.

mod deliver;
pub mod manage;
pub mod notices;
pub mod sign;
pub mod store;

pub use deliver::deliver;

use super::events::Event;
use crate::base::Time;
use crate::base::encoding::hex;
use crate::base::id::{Id, UserId, WorkspaceId, uuid7};
use crate::db::{Fault, On, Result, Row};
use crate::vault::grants::named;
use serde::Serialize;
use serde_json::{Value, json};
use utoipa::ToSchema;

/// Marker of [`HookId`].
pub enum HookKind {}
/// Names an endpoint.
pub type HookId = Id<HookKind>;

/// What can be followed.
pub const KINDS: [&str; 21] = [
    "account.connected",
    "account.reconnected",
    "account.updated",
    "account.transferred",
    "account.shared",
    "account.unshared",
    "account.opened",
    "account.closed",
    "account.refreshed",
    "account.degraded",
    "account.recovered",
    "account.reauthorization_due",
    "account.disabled",
    "account.enabled",
    "account.deleted",
    "account.custody_taken",
    "account.custody_freeing",
    "account.custody_freed",
    "source.misconfigured",
    "source.recovered",
    "webhook.test",
];

/// How an endpoint is doing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = WebhookState)]
pub enum State {
    /// It is told.
    Active,
    /// It is told, but something couldn't be delivered for a day.
    Failing,
    /// It isn't told: somebody stopped it, or it said that it is gone.
    Paused,
}

named!(State, "the state of a webhook", Active = "active", Failing = "failing", Paused = "paused");

/// What becomes of a delivery.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum DeliveryState {
    /// It is still to be delivered.
    Open,
    /// It arrived.
    Delivered,
    /// It couldn't be delivered for a day.
    GivenUp,
}

named!(DeliveryState, "the state of a delivery", Open = "open", Delivered = "delivered", GivenUp = "given_up");

/// An endpoint.
#[derive(Clone, Debug)]
pub struct Hook {
    /// Its name.
    pub id: HookId,
    /// In which workspace.
    pub workspace: WorkspaceId,
    /// Whose: it is told what they may see.
    pub owner: UserId,
    /// Where.
    pub url: String,
    /// What people call it.
    pub name: String,
    /// What it is told; empty: all but each refresh.
    pub events: Vec<String>,
    sealed: Vec<u8>,
    key: String,
    /// How it is doing.
    pub state: State,
    /// Why it isn't active.
    pub reason: Option<String>,
    /// Since when.
    pub state_at: Time,
    /// When it last took something.
    pub delivered_at: Option<Time>,
    /// When it was made.
    pub created_at: Time,
    /// When somebody last changed it.
    pub updated_at: Time,
}

impl Hook {
    fn read(row: &Row) -> Result<Self> {
        Ok(Hook {
            id: row.id("hook_id")?,
            workspace: row.id("workspace")?,
            owner: row.id("owner")?,
            url: row.text("url")?,
            name: row.text("name")?,
            events: row.text("events")?.split_whitespace().map(str::to_owned).collect(),
            sealed: row.bytes("secrets")?,
            key: row.text("key")?,
            state: State::read(&row.text("hook_state")?)?,
            reason: row.text_opt("reason")?,
            state_at: row.time("state_at")?,
            delivered_at: row.time_opt("delivered_at")?,
            created_at: row.time("hook_created_at")?,
            updated_at: row.time("hook_updated_at")?,
        })
    }

    /// As the column has it: each between spaces.
    fn events_text(&self) -> String {
        if self.events.is_empty() { String::new() } else { format!(" {} ", self.events.join(" ")) }
    }
}

/// A message on its way.
#[derive(Clone, Debug)]
pub struct Delivery {
    /// Names it.
    pub id: String,
    /// To which endpoint.
    pub hook: HookId,
    /// What it tells; `webhook-id` is made of it, and stays the same however often it is sent.
    pub event: String,
    /// What kind of thing that is.
    pub kind: String,
    /// The message.
    pub body: String,
    /// What became of it.
    pub state: DeliveryState,
    /// How often it was sent.
    pub tries: i64,
    /// When it is sent next.
    pub due_at: Time,
    /// What the endpoint said last: `http_200`, `unreachable`.
    pub answer: Option<String>,
    /// When it happened.
    pub created_at: Time,
    /// When that was over.
    pub settled_at: Option<Time>,
}

impl Delivery {
    fn read(row: &Row) -> Result<Self> {
        Ok(Delivery {
            id: row.text("id")?,
            hook: row.id("hook")?,
            event: row.text("event")?,
            kind: row.text("kind")?,
            body: row.text("body")?,
            state: DeliveryState::read(&row.text("delivery_state")?)?,
            tries: row.int("tries")?,
            due_at: row.time("due_at")?,
            answer: row.text_opt("answer")?,
            created_at: row.time("created_at")?,
            settled_at: row.time_opt("settled_at")?,
        })
    }
}

/// Writes down for whom this is. In the transaction of what happened.
pub(super) async fn note(on: &mut impl On, event: &Event<'_>, id: &str, now: Time) -> Result<()> {
    if !KINDS.contains(&event.kind) {
        return Ok(());
    }
    let listening = store::listening(on, event.workspace, event.account, event.kind, now).await?;
    if listening.is_empty() {
        return Ok(());
    }
    let body = body(on, event, id, now).await?.to_string();
    let lane = event.account.map_or(event.source.as_str(), |account| account.as_str());
    for hook in listening {
        let delivery = fresh_delivery(now);
        let (seq, kind) = (event.seq, event.kind);
        let one = store::Fresh { id: &delivery, hook: &hook, event: id, lane, seq, kind, body: &body };
        store::add(on, &one, now).await?;
    }
    Ok(())
}

fn fresh_delivery(now: Time) -> String {
    format!("dlv_{}", hex(&uuid7(now)))
}

/// What is told: what happened to which account of which source. Never a secret: `detail` has none.
async fn body(on: &mut impl On, event: &Event<'_>, id: &str, now: Time) -> Result<Value> {
    let about = store::about(on, event.source, event.account).await?;
    let text = |name: &str| about.as_ref().map(|row| row.text_opt(name)).transpose().map(Option::flatten);
    let account = match event.account {
        Some(account) => json!({ "id": account, "external_id": text("external_id")?, "name": text("name")?,
                                 "owner_ref": text("owner_ref")?, "state": text("state")? }),
        None => Value::Null,
    };
    Ok(json!({
        "type": event.kind,
        "timestamp": now,
        "data": {
            "event_id": id,
            "workspace": event.workspace,
            "source": { "id": event.source, "slug": text("slug")?, "type": text("type")? },
            "account": account,
            "seq": event.seq,
            "actor": event.actor.to_string(),
            "detail": event.detail,
        },
    }))
}
