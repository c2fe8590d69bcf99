//! The rows of connections. Each step is one statement that asks where it stands.

use super::{Ask, Binding, Connect, ConnectId, Status, Why};
use crate::base::Time;
use crate::base::id::{UserId, WorkspaceId};
use crate::db::{Db, Fault, On, Result};
use crate::vault::accounts::AccountId;
use crate::vault::sources::SourceId;
use crate::{args, sql};
use std::collections::BTreeMap;

macro_rules! connect {
    ($rest:literal) => {
        concat!(
            "SELECT id, workspace, source, owner, account, ask, binding, status, browser, params, key, sealed, error, missing, result, ",
            "created_at, expires_at, open_until FROM connects ",
            $rest
        )
    };
}

sql! {
    write CREATE = "INSERT INTO connects (id, token, workspace, source, owner, account, ask, binding, status, params, missing, created_at, \
                    expires_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, 'open', $9, '[]', $10, $11) RETURNING id";
    read ONE = connect!("WHERE id = $1");
    read BY_TOKEN = connect!("WHERE token = $1");
    read BY_STATE = connect!("WHERE state = $1 AND source = $2");
    write PREPARE = "UPDATE connects SET status = 'open', state = NULL, key = NULL, sealed = NULL, open_until = NULL, error = NULL, \
                     browser = $2, params = $3 WHERE id = $1 AND status IN ('open', 'started', 'failed') RETURNING id";
    write START = "UPDATE connects SET status = 'started', state = $2, browser = $3, key = $4, sealed = $5, open_until = $6, error = NULL, \
                   missing = '[]' WHERE id = $1 AND status IN ('open', 'started', 'failed') AND expires_at > $7 RETURNING id";
    write CONSUME = "UPDATE connects SET status = 'returned', open_until = $5 WHERE state = $1 AND source = $2 AND browser = $3 \
                     AND status = 'started' AND open_until > $4 RETURNING id";
    write HOLD = "UPDATE connects SET status = 'candidate', key = $2, sealed = $3, params = $4, open_until = $5, error = NULL, \
                  missing = '[]' WHERE id = $1 AND status IN ('open', 'failed', 'returned') RETURNING id";
    write REOPEN = "UPDATE connects SET status = 'open', key = NULL, sealed = NULL, open_until = NULL WHERE id = $1 \
                    AND status = 'candidate' RETURNING id";
    write FAIL = "UPDATE connects SET status = 'failed', error = $2, missing = $3, key = NULL, sealed = NULL, open_until = NULL \
                  WHERE id = $1 AND status IN ('returned', 'candidate') RETURNING id";
    write LAND = "UPDATE connects SET status = 'connected', key = NULL, sealed = NULL, open_until = NULL WHERE id = $1 \
                  AND status = 'candidate' RETURNING id";
    write LANDED_AS = "UPDATE connects SET result = $2 WHERE id = $1 RETURNING id";
    write DELETE = "DELETE FROM connects WHERE id = $1 RETURNING id";
    read OVERDUE = connect!("WHERE open_until IS NOT NULL AND open_until < $1 AND status IN ('returned', 'candidate') \
                            ORDER BY open_until, id LIMIT 50");
    write FORGET = "DELETE FROM connects WHERE id IN (SELECT id FROM connects WHERE expires_at < $1 \
                   AND status NOT IN ('returned', 'candidate') ORDER BY expires_at LIMIT 500) RETURNING id";
}

fn json(value: &impl serde::Serialize) -> Result<String> {
    serde_json::to_string(value).map_err(|why| Fault::Bug(why.to_string()))
}

/// What is written of a fresh one.
pub struct Fresh<'a> {
    /// Its name.
    pub id: &'a ConnectId,
    /// The fingerprint of its token.
    pub token: String,
    /// In which workspace.
    pub workspace: &'a WorkspaceId,
    /// With which source.
    pub source: &'a SourceId,
    /// Whose account it will be.
    pub owner: &'a UserId,
    /// The account to mend.
    pub account: Option<&'a AccountId>,
    /// What is asked for.
    pub ask: &'a Ask,
    /// What binds it.
    pub binding: Binding,
    /// What addresses need.
    pub params: &'a BTreeMap<String, String>,
    /// Until when it may be begun.
    pub expires_at: Time,
}

/// Writes one down.
pub async fn create(mut on: impl On, fresh: Fresh<'_>, now: Time) -> Result<()> {
    let args = args![
        fresh.id,
        fresh.token,
        fresh.workspace,
        fresh.source,
        fresh.owner,
        fresh.account,
        json(fresh.ask)?,
        fresh.binding.name(),
        json(fresh.params)?,
        now,
        fresh.expires_at
    ];
    on.run(CREATE, args).await.map(|_| ())
}

/// The one with this name.
pub async fn one(mut on: impl On, id: &ConnectId) -> Result<Option<Connect>> {
    on.one(ONE, args![id]).await?.as_ref().map(Connect::read).transpose()
}

/// The one with this token, by its fingerprint.
pub async fn by_token(mut on: impl On, token: &str) -> Result<Option<Connect>> {
    on.one(BY_TOKEN, args![token]).await?.as_ref().map(Connect::read).transpose()
}

/// The one with this state, by its fingerprint, if it is of this source.
pub async fn by_state(mut on: impl On, state: &str, source: &SourceId) -> Result<Option<Connect>> {
    on.one(BY_STATE, args![state, source]).await?.as_ref().map(Connect::read).transpose()
}

/// Writes down which browser wants to go, and what it said; false when it is too late.
pub async fn prepare(
    mut on: impl On,
    id: &ConnectId,
    browser: &str,
    params: &BTreeMap<String, String>,
) -> Result<bool> {
    Ok(on.one(PREPARE, args![id, browser, json(params)?]).await?.is_some())
}

/// What a browser is sent with.
pub struct Going {
    /// The fingerprint of the state.
    pub state: String,
    /// That of the browser.
    pub browser: String,
    /// The data key, and what it sealed.
    pub sealed: (String, Vec<u8>),
    /// Until when it must be back.
    pub until: Time,
}

/// A browser goes; false when it is too late. Whoever went before it can't come back any more.
pub async fn start(mut on: impl On, id: &ConnectId, going: Going, now: Time) -> Result<bool> {
    let (key, sealed) = going.sealed;
    let args = args![id, going.state, going.browser, key, sealed, going.until, now];
    Ok(on.one(START, args).await?.is_some())
}

/// vault.md §3.4 rule 1: it is back; true once. `until` is when nobody waits for the outcome any more.
pub async fn consume(mut on: impl On, connect: &Connect, state: &str, [now, until]: [Time; 2]) -> Result<bool> {
    let args = args![state, &connect.source, connect.browser.as_deref(), now, until];
    Ok(on.one(CONSUME, args).await?.is_some())
}

/// Keeps what came until an account is made of it.
pub async fn hold(
    mut on: impl On,
    id: &ConnectId,
    (key, sealed): (String, Vec<u8>),
    params: &BTreeMap<String, String>,
    until: Time,
) -> Result<bool> {
    Ok(on.one(HOLD, args![id, key, sealed, json(params)?, until]).await?.is_some())
}

/// What was typed in wasn't right: they may try again.
pub async fn reopen(mut on: impl On, id: &ConnectId) -> Result<bool> {
    Ok(on.one(REOPEN, args![id]).await?.is_some())
}

/// There will be no account; false when it had ended.
pub async fn fail(mut on: impl On, id: &ConnectId, why: Why, missing: &[String]) -> Result<bool> {
    Ok(on.one(FAIL, args![id, why.name(), json(&missing)?]).await?.is_some())
}

/// There is an account, in the caller's transaction; true once.
pub async fn land(mut on: impl On, id: &ConnectId) -> Result<bool> {
    Ok(on.one(LAND, args![id]).await?.is_some())
}

/// Which one.
pub async fn landed_as(mut on: impl On, id: &ConnectId, account: &AccountId) -> Result<()> {
    on.run(LANDED_AS, args![id, account]).await.map(|_| ())
}

/// Deletes one.
pub async fn delete(mut on: impl On, id: &ConnectId) -> Result<bool> {
    Ok(on.one(DELETE, args![id]).await?.is_some())
}

/// Those that came back and whose time is over.
pub async fn overdue(mut db: &Db, now: Time) -> Result<Vec<Connect>> {
    db.all(OVERDUE, args![now]).await?.iter().map(Connect::read).collect()
}

/// Forgets those from before `before`.
pub async fn purge(mut db: &Db, before: Time) -> Result<usize> {
    db.run(FORGET, args![before]).await
}

/// Whether anybody may go, or try again.
pub fn may_go(connect: &Connect, now: Time) -> bool {
    matches!(connect.status, Status::Open | Status::Started | Status::Failed) && connect.expires_at > now
}
