//! Connecting an account (vault.md §3.4): somebody is sent to the provider, comes back with a code, and what it is exchanged for
//! becomes an account. What is under way is a row; each step of it is one conditional statement, so a step is taken once.

pub mod again;
pub mod begin;
pub mod callback;
pub mod complete;
mod exchange;
mod land;
mod outcome;
pub mod page;
pub mod store;
mod visitor;
mod why;

pub use land::tidy;
pub(super) use land::{names, replay};
pub use why::Why;

use super::accounts::AccountId;
use super::grants::named;
use super::sources::SourceId;
use crate::base::Time;
use crate::base::encoding::fingerprint;
use crate::base::id::{Id, UserId, WorkspaceId};
use crate::crypto::seal::Place;
use crate::db::{Fault, Result, Row};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use std::collections::BTreeMap;
use std::time::Duration;
use utoipa::ToSchema;

/// Marker of [`ConnectId`].
pub enum ConnectKind {}
/// Names a connection that is being made.
pub type ConnectId = Id<ConnectKind>;

/// How long a person may be at the provider; how long what came back waits to become an account.
const UNDER_WAY: Duration = Duration::from_secs(600);

/// The code of a refusal: somebody else ended it.
pub(super) const OVER: &str = "connect_session_over";

/// What shows that whoever comes back is whoever was meant.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Binding {
    /// They are signed in here, as the same person, when they go and when they come back.
    Session,
    /// The app's server says so, with a secret that only it has; until then there is no account.
    Verifier,
    /// They have read whose account it will be, and pressed a button.
    Confirm,
}

/// How far it has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Status {
    /// Nobody has gone yet.
    Open,
    /// They are at the provider.
    Started,
    /// They are back; the code is being exchanged.
    Returned,
    /// The provider has answered, and there is no account yet.
    Candidate,
    /// There is one.
    Connected,
    /// There will be none.
    Failed,
}

named!(Binding, "the binding of a connection", Session = "session", Verifier = "verifier", Confirm = "confirm");
named!(
    Status,
    "the status of a connection",
    Open = "open",
    Started = "started",
    Returned = "returned",
    Candidate = "candidate",
    Connected = "connected",
    Failed = "failed"
);

/// What was asked for when it was made; nothing of it changes.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct Ask {
    /// What is asked of the provider; empty: what the source asks for.
    pub scopes: Vec<String>,
    /// Whether less will do.
    pub allow_partial_scopes: bool,
    /// The only account that will do.
    pub expected_external_id: Option<String>,
    /// Whose account is meant, for the provider's page.
    pub login_hint: Option<String>,
    /// Whose it is at the app.
    pub owner_ref: Option<String>,
    /// What people will call the account.
    pub name: Option<String>,
    /// What the app keeps with it.
    pub metadata: Map<String, Value>,
    /// Windows of these origins are told how it ended.
    pub allowed_origins: Vec<String>,
    /// Where the browser goes then.
    pub success_redirect_uri: Option<String>,
    /// Where it goes when there is no account.
    pub error_redirect_uri: Option<String>,
    /// RFC 7636 §4.2, by S256, of the app's server.
    pub code_challenge: Option<String>,
}

/// A connection's row.
#[derive(Clone, Debug)]
pub struct Connect {
    /// Its name.
    pub id: ConnectId,
    /// In which workspace.
    pub workspace: WorkspaceId,
    /// With which source.
    pub source: SourceId,
    /// Whose account it will be, or who mends one.
    pub owner: UserId,
    /// The account to mend.
    pub account: Option<AccountId>,
    /// What was asked for.
    pub ask: Ask,
    /// What binds it.
    pub binding: Binding,
    /// How far it has come.
    pub status: Status,
    /// The fingerprint of the browser that went.
    pub browser: Option<String>,
    /// What addresses need to be told.
    pub params: BTreeMap<String, String>,
    /// Why there is no account.
    pub error: Option<Why>,
    /// What the provider didn't grant, where that is why.
    pub missing: Vec<String>,
    /// The account.
    pub result: Option<AccountId>,
    /// When it was made.
    pub created_at: Time,
    /// Until when it may be begun.
    pub expires_at: Time,
    /// Until when what is under way may end.
    pub open_until: Option<Time>,
    sealed: Option<(String, Vec<u8>)>,
}

impl Connect {
    fn read(row: &Row) -> Result<Self> {
        let error = row.text_opt("error")?;
        let sealed = match row.text_opt("key")? {
            Some(key) => row.bytes_opt("sealed")?.map(|sealed| (key, sealed)),
            None => None,
        };
        Ok(Connect {
            id: row.id("id")?,
            workspace: row.id("workspace")?,
            source: row.id("source")?,
            owner: row.id("owner")?,
            account: row.id_opt("account")?,
            ask: row.json("ask")?,
            binding: Binding::read(&row.text("binding")?)?,
            status: Status::read(&row.text("status")?)?,
            browser: row.text_opt("browser")?,
            params: row.json("params")?,
            error: error.as_deref().map(Why::read).transpose()?,
            missing: row.json("missing")?,
            result: row.id_opt("result")?,
            created_at: row.time("created_at")?,
            expires_at: row.time("expires_at")?,
            open_until: row.time_opt("open_until")?,
            sealed,
        })
    }

    /// Whether its time is over, and nothing came of it.
    pub fn expired(&self, now: Time) -> bool {
        match self.status {
            Status::Open => self.expires_at <= now,
            Status::Started => self.expires_at <= now && self.open_until.is_none_or(|until| until <= now),
            Status::Returned | Status::Candidate | Status::Connected | Status::Failed => false,
        }
    }
}

/// What a token or a state is found by.
fn print(secret: &str) -> String {
    fingerprint(secret.as_bytes())
}

fn place(id: &ConnectId) -> Place<'_> {
    Place { table: "connects", row: id.as_str(), column: "sealed" }
}
