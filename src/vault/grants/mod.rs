//! Grants of providers: one chain of tokens each, of which one is current.

pub mod store;
pub mod timing;

use crate::base::Time;
use crate::base::encoding::hex;
use crate::base::id::{Id, WorkspaceId, uuid7};
use crate::db::{Fault, Result, Row};
use crate::vault::sources::SourceId;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use utoipa::ToSchema;

/// Marker of [`GrantId`].
pub enum ProviderGrant {}
/// Names a grant of a provider.
pub type GrantId = Id<ProviderGrant>;

/// A fresh name.
pub fn fresh(now: Time) -> GrantId {
    GrantId::from(format!("pgr_{}", hex(&uuid7(now))))
}

/// Whether a grant is good for anything.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum State {
    /// It is.
    Live,
    /// Its tokens were handed out, and may still be taken back.
    Freeing,
    /// The provider doesn't take it any more.
    Dead,
    /// Its secrets are gone from here.
    Wiped,
    /// Its source was deleted, and the provider is told.
    Parting,
}

/// Whether a request is out whose outcome isn't in the database.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AttemptState {
    /// None is.
    Clean,
    /// One was about to be sent, or was.
    Sent,
    /// One was sent, and what became of it is unknown.
    Uncertain,
}

/// How a grant is doing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = AccountHealth)]
pub enum Health {
    /// Well.
    Ok,
    /// It couldn't be refreshed lately, for reasons that pass.
    Degraded,
    /// What became of the last refresh isn't known yet.
    Uncertain,
}

macro_rules! named {
    ($kind:ident, $what:literal, $($variant:ident = $name:literal),+) => {
        impl $kind {
            /// As databases and programs write it.
            pub fn name(self) -> &'static str {
                match self { $($kind::$variant => $name),+ }
            }

            /// Reads what `name` gives.
            pub(crate) fn read(text: &str) -> Result<Self> {
                match text {
                    $($name => Ok($kind::$variant),)+
                    other => Err(Fault::Bug(format!(concat!($what, " is `{}`"), other))),
                }
            }
        }
    };
}
pub(crate) use named;

named!(
    State,
    "the state of a provider's grant",
    Live = "live",
    Freeing = "freeing",
    Dead = "dead",
    Wiped = "wiped",
    Parting = "parting"
);
named!(AttemptState, "an attempt", Clean = "clean", Sent = "sent", Uncertain = "uncertain");
named!(Health, "the health of a grant", Ok = "ok", Degraded = "degraded", Uncertain = "uncertain");

/// What went wrong last; no text of a provider's but a plain code.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(as = AccountTrouble)]
pub struct Trouble {
    /// `throttled`, `transient`, `ambiguous`, `request_bad`, `client_bad`, `unreachable`, …
    pub class: String,
    /// The provider's error code, or `http_502` and its like; none where it didn't answer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub code: Option<String>,
}

impl Trouble {
    /// A trouble without an answer.
    pub fn of(class: &str) -> Self {
        Trouble { class: class.to_owned(), code: None }
    }

    /// What a provider said.
    pub(super) fn said(class: &str, error: String) -> Self {
        Trouble { class: class.to_owned(), code: Some(error) }
    }

    /// As a column keeps it.
    pub fn to_json(&self) -> Value {
        json!(self)
    }
}

/// A grant's row.
#[derive(Clone, Debug)]
pub struct Grant {
    /// Its name.
    pub id: GrantId,
    /// Where it is from.
    pub source: SourceId,
    /// In which workspace.
    pub workspace: WorkspaceId,
    /// Counts the answers that became current.
    pub version: i64,
    /// Whether it is good for anything.
    pub state: State,
    /// What was granted, as the provider writes it.
    pub scope: String,
    /// What its addresses need to be told, beside what its source says.
    pub params: BTreeMap<String, String>,
    /// Whether another access token can be had without a person.
    pub refreshable: bool,
    /// When the access token expires.
    pub expires_at: Option<Time>,
    /// When we say that it does.
    pub published_at: Option<Time>,
    /// When a person must consent again.
    pub ends_at: Option<Time>,
    /// When the refresh token is gone if nobody uses it.
    pub idle_at: Option<Time>,
    /// How it is doing.
    pub health: Health,
    /// What went wrong last.
    pub error: Option<Trouble>,
    /// How often in a row.
    pub fails: i64,
    /// Since when.
    pub failing_since: Option<Time>,
    /// When the provider first refused it, where one refusal doesn't count.
    pub refused_at: Option<Time>,
    /// When the current tokens came.
    pub refreshed_at: Time,
    /// When somebody last took one.
    pub used_at: Option<Time>,
    /// When it is looked at next.
    pub next_at: Option<Time>,
    /// Not before then.
    pub retry_at: Option<Time>,
    /// Until when somebody works on it.
    pub lease_until: Option<Time>,
    /// The request that is out.
    pub attempt: Option<String>,
    /// Whether one is.
    pub attempt_state: AttemptState,
    /// When the first of those that aren't cleared up was sent.
    pub attempt_at: Option<Time>,
    /// Requests ever.
    pub attempts: i64,
    /// Requests since the outcome was last known.
    pub tries: i64,
}

impl Grant {
    pub(super) fn read(row: &Row) -> Result<Self> {
        let error = row.text_opt("error")?.map(|text| serde_json::from_str(&text)).transpose();
        Ok(Grant {
            id: row.id("grant_id")?,
            source: row.id("source")?,
            workspace: row.id("workspace")?,
            version: row.int("version")?,
            state: State::read(&row.text("grant_state")?)?,
            scope: row.text("scope")?,
            params: row.json("params")?,
            refreshable: row.bool("refreshable")?,
            expires_at: row.time_opt("expires_at")?,
            published_at: row.time_opt("published_at")?,
            ends_at: row.time_opt("ends_at")?,
            idle_at: row.time_opt("idle_at")?,
            health: Health::read(&row.text("health")?)?,
            error: error.map_err(|_| Fault::Bug("the error of a grant isn't JSON".to_owned()))?,
            fails: row.int("fails")?,
            failing_since: row.time_opt("failing_since")?,
            refused_at: row.time_opt("refused_at")?,
            refreshed_at: row.time("refreshed_at")?,
            used_at: row.time_opt("used_at")?,
            next_at: row.time_opt("next_at")?,
            retry_at: row.time_opt("retry_at")?,
            lease_until: row.time_opt("lease_until")?,
            attempt: row.text_opt("attempt")?,
            attempt_state: AttemptState::read(&row.text("attempt_state")?)?,
            attempt_at: row.time_opt("attempt_at")?,
            attempts: row.int("attempts")?,
            tries: row.int("tries")?,
        })
    }

    /// Whether it is well, and was refreshed too shortly ago for its provider to take it once more.
    pub fn rests(&self, now: Time) -> bool {
        self.error.is_none() && self.attempt_state == AttemptState::Clean && self.retry_at.is_some_and(|at| at > now)
    }

    /// Whether somebody works on it right now.
    pub fn leased(&self, now: Time) -> bool {
        self.lease_until.is_some_and(|until| until >= now)
    }
}
