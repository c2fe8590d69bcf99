//! What people do with their accounts: rename, disable, enable, refresh, delete, give away.

use super::accounts::{self, Account, Custody, Reason, State};
use super::actor::{ACCOUNTS_WRITE, Actor, Level};
use super::credentials::rests;
use super::events::{self, Event};
use super::grants::{self, Grant};
use super::look::{PRIMARY, Seen, Which, look};
use super::refused::Refused;
use super::sources;
use super::{refresh, revoke};
use crate::app::App;
use crate::base::Time;
use crate::base::id::UserId;
use crate::db::Tx;
use axum::http::StatusCode;
use serde_json::{Map, Value, json};
use std::time::Duration;

const MOST_METADATA: usize = 16 * 1024;

/// What of an account is changed; none: nothing.
#[derive(Debug, Default)]
pub struct Changed {
    /// What people call it.
    pub name: Option<String>,
    /// A merge patch (RFC 7396) on what apps keep with it.
    pub metadata: Option<Map<String, Value>>,
    /// Whether its credentials are handed out.
    pub state: Option<State>,
    /// Whose it is from now on; none within for the workspace's own.
    pub owner: Option<Option<UserId>>,
}

/// Finds one that whoever asks may manage.
pub async fn managed(app: &App, who: &Actor, which: &Which) -> Result<Seen, Refused> {
    if !who.may(ACCOUNTS_WRITE) {
        return Err(Refused::scope(ACCOUNTS_WRITE));
    }
    at_least(app, who, which, Level::Manage).await
}

/// Finds one with which whoever asks may do at least this.
pub async fn at_least(app: &App, who: &Actor, which: &Which, level: Level) -> Result<Seen, Refused> {
    with_role(app, who, which, PRIMARY, level).await
}

/// The same with its grant of this role.
pub async fn with_role(app: &App, who: &Actor, which: &Which, role: &str, level: Level) -> Result<Seen, Refused> {
    let seen = look(app, who, which, role, app.now()).await?.ok_or_else(Refused::not_found)?;
    if !who.may_see(&seen.slug) {
        return Err(Refused::scope(super::actor::ACCOUNTS_READ));
    }
    if seen.level < level {
        let why =
            format!("you need the level {:?} for this; ask the account's owner to share it so with you", level.name());
        return Err(Refused::new(StatusCode::FORBIDDEN, "forbidden", why));
    }
    Ok(seen)
}

/// Changes one.
pub async fn change(app: &App, who: &Actor, seen: Seen, changed: Changed) -> Result<(), Refused> {
    let now = app.now();
    let mut account = seen.account.clone();
    let edits = changed.name.is_some() || changed.metadata.is_some();
    if let Some(name) = changed.name {
        account.name = named(name)?;
    }
    if let Some(patch) = changed.metadata {
        merge(&mut account.metadata, patch)?;
    }
    if changed.state == Some(State::Active) && account.state == State::Disabled {
        enables(app, &account, seen.grant.as_ref()).await?;
    }
    let mut tx = app.db.begin().await?;
    if edits && let Some(seq) = accounts::store::edit(&mut tx, &account, now).await? {
        note(&mut tx, who, &account, seq, ("account.updated", json!({ "name": account.name })), now).await?;
    }
    match changed.state {
        Some(State::Disabled) => {
            let by = who.name.to_string();
            if let Some(seq) = accounts::store::disable(&mut tx, &account.id, &by, Reason::User, now).await? {
                note(&mut tx, who, &account, seq, ("account.disabled", json!({ "reason": "user" })), now).await?;
            }
        }
        Some(State::Active) => {
            if let Some(seq) = accounts::store::enable(&mut tx, &account.id, now).await? {
                note(&mut tx, who, &account, seq, ("account.enabled", json!({})), now).await?;
            }
        }
        None => {}
    }
    if let Some(owner) = changed.owner {
        account.owner = owner;
        if let Some(seq) = accounts::store::set_owner(&mut tx, &account, now).await? {
            note(&mut tx, who, &account, seq, ("account.transferred", json!({ "owner": account.owner })), now).await?;
        }
    }
    tx.commit().await?;
    Ok(())
}

/// What people and apps call something.
pub(super) fn named(name: String) -> Result<String, Refused> {
    let fits = !name.trim().is_empty() && name.chars().count() <= 200 && !name.chars().any(char::is_control);
    if fits { Ok(name) } else { Err(Refused::field("name", "must be 1 to 200 characters")) }
}

/// RFC 7396.
fn merge(metadata: &mut Map<String, Value>, patch: Map<String, Value>) -> Result<(), Refused> {
    for (name, value) in patch {
        if value.is_null() {
            metadata.shift_remove(&name);
        } else {
            metadata.insert(name, value);
        }
    }
    fits(metadata)
}

/// Bounded, so that a list of accounts stays small.
pub fn fits(metadata: &Map<String, Value>) -> Result<(), Refused> {
    match serde_json::to_string(metadata).is_ok_and(|text| text.len() <= MOST_METADATA) {
        true => Ok(()),
        false => Err(Refused::field("metadata", "must be 16 KiB of JSON at most")),
    }
}

/// Only what somebody here had disabled can be enabled like that; and only if its credentials still work.
async fn enables(app: &App, account: &Account, grant: Option<&Grant>) -> Result<(), Refused> {
    let reason = account.disabled_reason.unwrap_or(Reason::User);
    if reason.reconnects() {
        return Err(Refused::conflict("reconnect_needed", reason.words())
            .with(json!({ "reason": reason, "reconnect_url": super::view::reconnect_url(app, account) })));
    }
    let Some(grant) = grant.filter(|grant| grant.refreshable) else { return Ok(()) };
    let flight = refresh::begin(app, &grant.id, grant.version);
    if let Some(flight) = flight {
        flight.landed(Duration::from_secs(15)).await;
    }
    let after = grants::store::one(&app.db, &grant.id).await?;
    match after.is_some_and(|after| after.version > grant.version) {
        true => Ok(()),
        false => {
            let why = "the provider couldn't be asked for a fresh token, so nobody knows whether it still works; try again in a moment";
            Err(Refused::later("provider_unreachable", why, Duration::from_secs(5)))
        }
    }
}

/// Refreshes one now, unless it has moved on from `version` already.
pub async fn refresh(app: &App, seen: &Seen, version: Option<i64>, wait: Duration) -> Result<(), Refused> {
    let Some(grant) = &seen.grant else { return Err(Refused::not_found()) };
    if version.is_some_and(|version| version != grant.version) {
        return Ok(());
    }
    if !grant.refreshable {
        return Err(Refused::conflict(
            "not_refreshable",
            "this account's credentials can't be refreshed; connect it again instead",
        ));
    }
    if let Some(refused) = rests(grant, app.now()) {
        return Err(refused);
    }
    if let Some(flight) = refresh::begin(app, &grant.id, grant.version) {
        flight.landed(wait).await;
    }
    Ok(())
}

/// Whether the provider is told that an account is deleted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Revoke {
    /// Where that harms no other account.
    Auto,
    /// It is.
    Yes,
    /// It isn't.
    No,
}

/// Deletes one: its secrets are gone from here at once.
pub async fn delete(app: &App, who: &Actor, seen: Seen, wanted: Revoke) -> Result<(), Refused> {
    let now = app.now();
    let account = &seen.account;
    let source = sources::store::one(&app.db, &account.source).await?.ok_or_else(Refused::not_found)?;
    let mut to_revoke = Vec::new();
    for (id, _) in accounts::store::grants(&app.db, &account.id).await? {
        let alone = accounts::store::others_of_grant(&app.db, &id, &account.id).await? == 0;
        if alone && wanted != Revoke::No && account.custody != Custody::Freed {
            let grant = grants::store::one(&app.db, &id).await?;
            to_revoke.extend(grant.zip(refresh::held(app, &id).await?));
        }
    }
    let mut tx = app.db.begin().await?;
    let Some(seq) = accounts::store::delete(&mut tx, &account.id, now).await? else { return Err(Refused::not_found()) };
    let mut gone = Vec::new();
    for id in accounts::store::unbind(&mut tx, &account.id).await? {
        if accounts::store::others_of_grant(&mut tx, &id, &account.id).await? == 0 {
            gone.extend(grants::store::wipe(&mut tx, &id).await?);
        }
    }
    note(&mut tx, who, account, seq, ("account.deleted", json!({ "external_id": account.external_id })), now).await?;
    tx.commit().await?;
    refresh::forget(app, &gone).await;
    for (grant, held) in to_revoke {
        revoke::tell(app, &source, &grant.params, &held).await;
    }
    Ok(())
}

pub(super) async fn note(
    tx: &mut Tx,
    who: &Actor,
    account: &Account,
    seq: i64,
    (kind, detail): (&'static str, Value),
    now: Time,
) -> Result<(), Refused> {
    let (workspace, source) = (&account.workspace, &account.source);
    let event = Event { workspace, account: Some(&account.id), source, seq, kind, actor: &who.name, detail };
    events::note(&mut *tx, &event, now).await?;
    Ok(())
}
