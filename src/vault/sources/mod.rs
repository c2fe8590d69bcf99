//! Sources: an application of ours at somebody else's company, with which a workspace's accounts are connected.

pub mod change;
pub mod store;
pub mod verify;
pub mod view;

use crate::app::App;
use crate::base::encoding::hex;
use crate::base::id::{Id, WorkspaceId, uuid7};
use crate::base::{Secret, Time};
use crate::catalogue::SourceType;
use crate::crypto::seal::Place;
use crate::db::{Fault, Result, Row};
use crate::vault::grants::named;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::sync::Arc;
use utoipa::ToSchema;

/// Marker of [`SourceId`].
pub enum SourceKind {}
/// Names a source.
pub type SourceId = Id<SourceKind>;

/// A fresh name.
pub fn fresh(now: Time) -> SourceId {
    SourceId::from(format!("src_{}", hex(&uuid7(now))))
}

/// For how long a fresh name may wait to be used.
const WAITS: i64 = 86_400;

/// A name that [`fresh`] gave lately: nobody takes that of a source that was deleted, whose redirect URI may still be registered.
pub fn chosen(text: &str, now: Time) -> Option<SourceId> {
    let digits = text.strip_prefix("src_").filter(|digits| digits.len() == 32)?;
    let plain = digits.bytes().all(|b| b.is_ascii_digit() || (b'a'..=b'f').contains(&b));
    let made = i64::from_str_radix(digits.get(..12)?, 16).ok().map(Time::from_millis)?;
    let age = now.secs_since(made);
    (plain && (0..=WAITS).contains(&age)).then(|| SourceId::from(text))
}

/// The address that must be registered at the provider of this source.
pub fn redirect_uri(app: &App, id: &SourceId) -> String {
    app.url(&format!("/connect/callback/{id}"))
}

/// Whether providers are asked with it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = SourceState)]
pub enum State {
    /// They are.
    Active,
    /// The provider refuses our client id or secret: nothing is asked until that is mended. Accounts are left as they are.
    Misconfigured,
    /// Somebody here stopped it.
    Paused,
}

named!(State, "the state of a source", Active = "active", Misconfigured = "misconfigured", Paused = "paused");

/// What a workspace wants to be done with a source's accounts.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, default)]
#[schema(as = SourcePolicy)]
pub struct Policy {
    /// Whether tokens that somebody uses are refreshed before they expire.
    pub proactive: bool,
    /// Whether connections that nobody uses are kept alive where the provider would forget them.
    pub keepalive: bool,
    /// Requests for tokens at once; what the settings say where it is none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub at_once: Option<u32>,
    /// What becomes of accounts whose owner leaves the workspace.
    pub on_leave: OnLeave,
}

impl Default for Policy {
    fn default() -> Self {
        Policy { proactive: true, keepalive: true, at_once: None, on_leave: OnLeave::Disable }
    }
}

/// What becomes of an account whose owner leaves the workspace.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum OnLeave {
    /// It is disabled.
    #[default]
    Disable,
    /// It belongs to the workspace from then on.
    Workspace,
    /// It stays as it is where others use it, and is disabled otherwise.
    KeepIfShared,
}

/// What a client secret of a source is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Proof {
    /// RFC 6749 §2.3.1: it is shown.
    #[default]
    Secret,
    /// RFC 7523 §2.2: it signs.
    PrivateKey,
}

/// What a source proves itself with.
#[derive(Clone, Debug, Deserialize)]
pub struct ClientSecret {
    /// Names it.
    pub id: String,
    /// What it is.
    pub value: Secret,
    /// When it was given.
    pub added_at: i64,
    /// What kind of thing it is.
    #[serde(default)]
    pub proof: Proof,
}

#[derive(Serialize)]
struct Written<'a> {
    id: &'a str,
    value: &'a str,
    added_at: i64,
    proof: Proof,
}

impl<'a> Written<'a> {
    fn of(one: &'a ClientSecret) -> Self {
        Written { id: &one.id, value: one.value.reveal(), added_at: one.added_at, proof: one.proof }
    }
}

/// A source's row.
#[derive(Clone, Debug)]
pub struct Source {
    /// Its name.
    pub id: SourceId,
    /// Whose.
    pub workspace: WorkspaceId,
    /// Its name in addresses; unique in the workspace.
    pub slug: String,
    /// Its name for people.
    pub name: String,
    /// The key of its type.
    pub kind: String,
    /// The version of its type when it was made.
    pub kind_version: i64,
    /// What the provider calls us.
    pub client_id: String,
    /// What we prove it with.
    sealed: Vec<u8>,
    key: String,
    /// What accounts are asked for; empty for the type's own.
    pub scope: String,
    /// What its addresses need to be told.
    pub params: BTreeMap<String, String>,
    /// What is done with its accounts.
    pub policy: Policy,
    /// Whether providers are asked with it.
    pub state: State,
    /// Why not; the provider's error code where it refuses us.
    pub reason: Option<String>,
    /// Since when.
    pub state_at: Time,
    /// Counts changes.
    pub rev: i64,
    /// When it was made.
    pub created_at: Time,
    /// When it last changed.
    pub updated_at: Time,
}

impl Source {
    pub(super) fn read(row: &Row) -> Result<Self> {
        Ok(Source {
            id: row.id("source_id")?,
            workspace: row.id("workspace")?,
            slug: row.text("slug")?,
            name: row.text("name")?,
            kind: row.text("type")?,
            kind_version: row.int("type_version")?,
            client_id: row.text("client_id")?,
            sealed: row.bytes("secrets")?,
            key: row.text("key")?,
            scope: row.text("source_scope")?,
            params: row.json("params")?,
            policy: row.json("policy")?,
            state: State::read(&row.text("source_state")?)?,
            reason: row.text_opt("reason")?,
            state_at: row.time("state_at")?,
            rev: row.int("rev")?,
            created_at: row.time("source_created_at")?,
            updated_at: row.time("source_updated_at")?,
        })
    }

    /// Its private keys and client secrets, the one that is tried first first.
    pub async fn secrets(&self, app: &App) -> Result<Vec<ClientSecret>> {
        let key = app.data_keys.named(&app.keys, &app.db, &self.key).await?;
        let plain = key.open(place(&self.id), &self.sealed)?;
        serde_json::from_slice(&plain).map_err(|_| Fault::Bug("the secrets of a source aren't JSON".to_owned()))
    }

    /// What its type is.
    pub fn kind(&self, app: &App) -> Result<Arc<SourceType>> {
        let missing = || Fault::Bug(format!("the source type `{}` isn't in the catalogue any more", self.kind));
        app.catalogue.get(&self.kind).cloned().ok_or_else(missing)
    }

    /// The address that must be registered at the provider: its own, so that no other provider's answer passes for this one's.
    pub fn redirect_uri(&self, app: &App) -> String {
        redirect_uri(app, &self.id)
    }

    /// How many requests for tokens may be out at once.
    pub fn at_once(&self, app: &App) -> usize {
        let own = self.policy.at_once.and_then(|n| usize::try_from(n).ok());
        own.unwrap_or(app.config.vault.at_once)
    }
}

fn place(id: &SourceId) -> Place<'_> {
    Place { table: "sources", row: id.as_str(), column: "secrets" }
}

/// Client secrets as their column keeps them, and the key that sealed them.
pub(super) async fn sealed(
    app: &App,
    workspace: &WorkspaceId,
    id: &SourceId,
    secrets: &[ClientSecret],
) -> Result<(Vec<u8>, String)> {
    let written: Vec<Written<'_>> = secrets.iter().map(Written::of).collect();
    let plain = serde_json::to_vec(&written).map(zeroize::Zeroizing::new).map_err(|why| Fault::Bug(why.to_string()))?;
    let key = app.data_keys.sealing(&app.keys, &app.db, workspace, app.now()).await?;
    Ok((key.seal(place(id), &plain)?, key.id))
}

#[cfg(test)]
mod tests {
    use super::{chosen, fresh};
    use crate::base::Time;
    use std::time::Duration;

    #[test]
    fn only_a_name_that_was_given_lately_can_be_chosen() {
        let now = Time::from_millis(1_800_000_000_000);
        let name = fresh(now);
        let day = Duration::from_secs(86_400);
        assert_eq!(chosen(name.as_str(), now), Some(name.clone()));
        assert_eq!(chosen(name.as_str(), now + day), Some(name.clone()));
        assert_eq!(chosen(name.as_str(), now + day + Duration::from_secs(1)), None);
        assert_eq!(chosen(name.as_str(), now - Duration::from_secs(5)), None);
        for bad in [
            "",
            "src_",
            "src_00",
            &name.as_str().to_uppercase(),
            &name.as_str().replace("src_", "acc_"),
            "src_zzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzz",
        ] {
            assert_eq!(chosen(bad, now), None, "{bad}");
        }
    }
}
