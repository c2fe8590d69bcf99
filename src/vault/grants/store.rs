//! The rows of grants and of their secrets. Claiming one is its durable intent: a single statement, before anything is sent.

use super::timing::Times;
use super::{Grant, GrantId, Health, Trouble};
use crate::base::Time;
use crate::base::id::WorkspaceId;
use crate::db::{Db, Fault, On, Result, Row};
use crate::vault::sources::SourceId;
use crate::{args, sql};
use std::collections::BTreeMap;

macro_rules! grant {
    ($rest:literal) => {
        concat!(
            "SELECT g.id AS grant_id, g.source, g.workspace, g.version, g.state AS grant_state, g.scope, g.params, g.refreshable, g.expires_at, ",
            "g.published_at, g.ends_at, g.idle_at, g.health, g.error, g.fails, g.failing_since, g.refused_at, g.refreshed_at, g.used_at, ",
            "g.next_at, g.retry_at, g.lease_until, g.attempt, g.attempt_state, g.attempt_at, g.attempts, g.tries FROM vault_grants g ",
            $rest
        )
    };
}

sql! {
    write CREATE = "INSERT INTO vault_grants (id, source, workspace, version, state, scope, params, refreshable, expires_at, published_at, ends_at, \
                    idle_at, health, fails, refreshed_at, next_at, lease_epoch, attempt_state, attempts, tries, created_at) \
                    VALUES ($1, $2, $3, 1, 'live', $4, $12, $5, $6, $7, $8, $9, 'ok', 0, $10, $11, 0, 'clean', 0, 0, $10) RETURNING id";
    read ONE = grant!("WHERE g.id = $1");
    read DUE = "SELECT id FROM vault_grants WHERE next_at IS NOT NULL AND state = 'live' AND next_at <= $1 AND attempt_state = 'clean' \
                ORDER BY next_at, id LIMIT $2";
    read UNSETTLED = grant!(
        "WHERE g.attempt_state <> 'clean' AND g.state = 'live' AND (g.lease_until IS NULL OR g.lease_until < $2) \
         AND (g.retry_at IS NULL OR g.retry_at <= $2) ORDER BY g.attempt_at, g.id LIMIT $1"
    );
    write WAIT = "UPDATE vault_grants SET retry_at = $3 WHERE id = $1 AND version = $2 AND attempt_state <> 'clean' \
                  AND (lease_until IS NULL OR lease_until < $4) RETURNING id";
    write CLAIM = "UPDATE vault_grants SET lease_epoch = lease_epoch + 1, lease_owner = $3, lease_until = $4, attempt = $5, \
                   attempt_state = 'sent', attempt_at = $6, attempts = attempts + 1, tries = 1 \
                   WHERE id = $1 AND version = $2 AND state = 'live' AND (lease_until IS NULL OR lease_until < $6) \
                   AND attempt_state = 'clean' RETURNING attempts, tries";
    write RECLAIM = "UPDATE vault_grants SET lease_epoch = lease_epoch + 1, lease_owner = $3, lease_until = $4, attempt = $5, \
                     attempt_state = 'sent', attempts = attempts + 1, tries = tries + 1 \
                     WHERE id = $1 AND version = $2 AND state = 'live' AND (lease_until IS NULL OR lease_until < $6) \
                     AND attempt_state <> 'clean' RETURNING attempts, tries";
    write RENEW = "UPDATE vault_grants SET lease_until = $3 WHERE id = $1 AND attempt = $2 RETURNING id";
    write COMMIT = "UPDATE vault_grants SET version = version + 1, state = CASE state WHEN 'parting' THEN 'parting' ELSE 'live' END, scope = $3, refreshable = $4, expires_at = $5, \
                    published_at = $6, ends_at = coalesce($7, ends_at), idle_at = $8, health = 'ok', error = NULL, fails = 0, \
                    failing_since = NULL, refused_at = NULL, refreshed_at = $9, next_at = $10, retry_at = $11, lease_owner = NULL, \
                    lease_until = NULL, attempt = NULL, attempt_state = 'clean', attempt_at = NULL, tries = 0 \
                    WHERE id = $1 AND version = $2 AND state IN ('live', 'dead', 'parting') RETURNING version";
    write SETTLE = "UPDATE vault_grants SET attempt = NULL, attempt_state = 'clean', attempt_at = NULL, tries = 0, lease_owner = NULL, \
                    lease_until = NULL, health = $3, error = $4, fails = fails + 1, failing_since = coalesce(failing_since, $5), \
                    refused_at = $6, retry_at = $7, next_at = $7 WHERE id = $1 AND attempt = $2 RETURNING fails";
    write UNCERTAIN = "UPDATE vault_grants SET attempt_state = 'uncertain', lease_owner = NULL, lease_until = NULL, health = 'uncertain', \
                       error = $3, fails = fails + 1, failing_since = coalesce(failing_since, $4), retry_at = $5 \
                       WHERE id = $1 AND attempt = $2 RETURNING fails";
    write DIE = "UPDATE vault_grants SET state = 'dead', attempt = NULL, attempt_state = 'clean', attempt_at = NULL, tries = 0, \
                 lease_owner = NULL, lease_until = NULL, error = $4, next_at = NULL, retry_at = NULL \
                 WHERE id = $1 AND version = $2 AND attempt = $3 AND state = 'live' RETURNING id";
    write PUT_OFF = "UPDATE vault_grants SET next_at = $3 WHERE id = $1 AND version = $2 AND attempt_state = 'clean' RETURNING id";
    write CORRECT = "UPDATE vault_grants SET expires_at = $3, published_at = $4, next_at = $5 WHERE id = $1 AND version = $2 \
                     AND state = 'live' AND attempt_state = 'clean' RETURNING id";
    write WIPE = "UPDATE vault_grants SET state = 'wiped', next_at = NULL, retry_at = NULL, attempt = NULL, attempt_state = 'clean', \
                  attempt_at = NULL, tries = 0, lease_owner = NULL, lease_until = NULL WHERE id = $1 RETURNING id";
    write WAKE = "UPDATE vault_grants SET next_at = $2, retry_at = NULL WHERE source = $1 AND state = 'live' \
                  AND (retry_at IS NOT NULL OR next_at IS NULL) RETURNING id";
    write DEMOTE = "UPDATE vault_secrets SET status = 'previous', purge_at = $2 WHERE grant_id = $1 AND status = 'current' RETURNING id";
    write ADD_SECRET = "INSERT INTO vault_secrets (id, grant_id, version, parent, attempt, status, key, sealed, refresh_print, \
                        access_print, created_at, purge_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12) RETURNING id";
    read CURRENT = "SELECT id, version, parent, attempt, key, sealed, refresh_print FROM vault_secrets \
                    WHERE grant_id = $1 AND status = 'current' ORDER BY version DESC LIMIT 1";
    read SPARE = "SELECT id, version, parent, attempt, key, sealed, refresh_print FROM vault_secrets \
                  WHERE grant_id = $1 AND status = 'spare' ORDER BY attempt DESC LIMIT 1";
    write USE_SPARE = "UPDATE vault_secrets SET status = 'previous' WHERE id = $1 AND status = 'spare' RETURNING id";
    write PROMOTE = "UPDATE vault_secrets SET status = 'current', version = $2, purge_at = NULL WHERE id = $1 RETURNING id";
    write TO_SPARE = "UPDATE vault_secrets SET status = 'spare', purge_at = $2 WHERE id = $1 RETURNING id";
    write KEEP_UNTIL = "UPDATE vault_secrets SET purge_at = $2 WHERE grant_id = $1 RETURNING id";
    read HAS_SECRET = "SELECT 1 AS one FROM vault_secrets WHERE id = $1";
    read BY_PRINT = "SELECT grant_id FROM vault_secrets WHERE refresh_print = $1 AND status = 'current' ORDER BY id LIMIT 1";
    write PURGE_SECRETS = "DELETE FROM vault_secrets WHERE id IN (SELECT id FROM vault_secrets WHERE purge_at IS NOT NULL \
                           AND purge_at < $1 ORDER BY purge_at LIMIT 500) RETURNING id";
    write WIPE_SECRETS = "DELETE FROM vault_secrets WHERE grant_id = $1 RETURNING id";
}

/// What a commit writes beside the version.
pub struct News<'a> {
    /// What is granted now.
    pub scope: &'a str,
    /// Whether another access token can be had without a person.
    pub refreshable: bool,
    /// When what happens.
    pub times: Times,
    /// When a person must consent again, where that was told.
    pub ends_at: Option<Time>,
    /// Until when the provider isn't asked again, where it counts how often it is.
    pub retry_at: Option<Time>,
    /// Now.
    pub now: Time,
}

/// A secret's row.
#[derive(Clone)]
pub struct Secrets {
    /// Its name.
    pub id: String,
    /// Of which version it is.
    pub version: i64,
    /// From which version it was made.
    pub parent: i64,
    /// By which request of this grant's, counted.
    pub attempt: i64,
    /// The data key.
    pub key: String,
    /// What it holds.
    pub sealed: Vec<u8>,
    /// Tells refresh tokens apart.
    pub refresh_print: Option<String>,
}

impl Secrets {
    fn read(row: &Row) -> Result<Self> {
        Ok(Secrets {
            id: row.text("id")?,
            version: row.int("version")?,
            parent: row.int("parent")?,
            attempt: row.int("attempt")?,
            key: row.text("key")?,
            sealed: row.bytes("sealed")?,
            refresh_print: row.text_opt("refresh_print")?,
        })
    }
}

/// A request that may be sent.
pub struct Claimed {
    /// Which of this grant's, counted.
    pub number: i64,
    /// Which since the outcome was last known.
    pub tries: i64,
}

/// Writes a fresh grant down.
pub async fn create(
    mut on: impl On,
    id: &GrantId,
    source: &SourceId,
    workspace: &WorkspaceId,
    params: &BTreeMap<String, String>,
    news: &News<'_>,
) -> Result<()> {
    let params = serde_json::to_string(params).map_err(|why| Fault::Bug(why.to_string()))?;
    let Times { expires_at, published_at, idle_at, next_at } = news.times;
    let args = args![
        id,
        source,
        workspace,
        news.scope,
        news.refreshable,
        expires_at,
        published_at,
        news.ends_at,
        idle_at,
        news.now,
        next_at,
        params
    ];
    on.run(CREATE, args).await.map(|_| ())
}

/// The grant with this name.
pub async fn one(mut on: impl On, id: &GrantId) -> Result<Option<Grant>> {
    on.one(ONE, args![id]).await?.as_ref().map(Grant::read).transpose()
}

/// Those that should be looked at.
pub async fn due(mut db: &Db, now: Time, most: i64) -> Result<Vec<GrantId>> {
    db.all(DUE, args![now, most]).await?.iter().map(|row| row.id("id")).collect()
}

/// Those of which something isn't known, that nobody works on and that needn't wait; the oldest first.
pub async fn unsettled(mut db: &Db, now: Time, most: i64) -> Result<Vec<Grant>> {
    db.all(UNSETTLED, args![most, now]).await?.iter().map(Grant::read).collect()
}

/// Lets one of which something isn't known wait, so that it isn't in the way of others.
pub async fn wait(mut db: &Db, grant: &Grant, [now, until]: [Time; 2]) -> Result<()> {
    db.run(WAIT, args![&grant.id, grant.version, until, now]).await.map(|_| ())
}

/// Who wants to send what, and until when nobody else may.
pub struct Intent<'a> {
    /// Which process.
    pub owner: &'a str,
    /// The name of the request.
    pub attempt: &'a str,
    /// When it will have been forgotten, unless it is renewed.
    pub lease_until: Time,
    /// Now.
    pub now: Time,
}

/// vault.md §3.6 step 1: makes a grant ours, and writes down that its refresh token may be spent from now on. `again` is for
/// one that was left like that. None when somebody else works on it, or it has moved on.
pub async fn claim(mut db: &Db, grant: &Grant, intent: &Intent<'_>, again: Again) -> Result<Option<Claimed>> {
    let args = args![&grant.id, grant.version, intent.owner, intent.lease_until, intent.attempt, intent.now];
    let row = match again {
        Again::No => db.one(CLAIM, args).await?,
        Again::Yes => db.one(RECLAIM, args).await?,
    };
    row.map(|row| Ok(Claimed { number: row.int("attempts")?, tries: row.int("tries")? })).transpose()
}

/// Whether a request is made about a grant whose last one isn't cleared up.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Again {
    /// There is none.
    No,
    /// There is.
    Yes,
}

/// Keeps a grant ours; false when it isn't any more.
pub async fn renew(mut db: &Db, id: &GrantId, attempt: &str, until: Time) -> Result<bool> {
    Ok(db.one(RENEW, args![id, attempt, until]).await?.is_some())
}

/// Moves a grant on from `version`; none when it has moved on already, or was wiped.
pub async fn commit(mut on: impl On, id: &GrantId, version: i64, news: &News<'_>) -> Result<Option<i64>> {
    let Times { expires_at, published_at, idle_at, next_at } = news.times;
    let args = args![
        id,
        version,
        news.scope,
        news.refreshable,
        expires_at,
        published_at,
        news.ends_at,
        idle_at,
        news.now,
        next_at,
        news.retry_at
    ];
    on.one(COMMIT, args).await?.map(|row| row.int("version")).transpose()
}

/// How a request ended that changed nothing at the provider.
pub struct Unchanged<'a> {
    /// How the grant is doing.
    pub health: Health,
    /// What went wrong.
    pub trouble: &'a Trouble,
    /// When it was first refused, where one refusal doesn't count.
    pub refused_at: Option<Time>,
    /// When it is tried again.
    pub retry_at: Time,
    /// Now.
    pub now: Time,
}

/// Writes down that a request changed nothing.
pub async fn settle(mut on: impl On, id: &GrantId, attempt: &str, end: &Unchanged<'_>) -> Result<bool> {
    let error = end.trouble.to_json().to_string();
    let args = args![id, attempt, end.health.name(), error, end.now, end.refused_at, end.retry_at];
    Ok(on.one(SETTLE, args).await?.is_some())
}

/// Writes down that nobody knows what a request changed.
pub async fn uncertain(
    mut on: impl On,
    id: &GrantId,
    attempt: &str,
    trouble: &Trouble,
    [now, retry_at]: [Time; 2],
) -> Result<bool> {
    let args = args![id, attempt, trouble.to_json().to_string(), now, retry_at];
    Ok(on.one(UNCERTAIN, args).await?.is_some())
}

/// Writes down that the provider doesn't take a grant any more; false when it has moved on since it was asked.
pub async fn die(mut on: impl On, grant: &Grant, attempt: &str, trouble: &Trouble) -> Result<bool> {
    let args = args![&grant.id, grant.version, attempt, trouble.to_json().to_string()];
    Ok(on.one(DIE, args).await?.is_some())
}

/// Looks at a grant later, or not before somebody asks.
pub async fn put_off(mut db: &Db, grant: &Grant, until: Option<Time>) -> Result<()> {
    db.run(PUT_OFF, args![&grant.id, grant.version, until]).await.map(|_| ())
}

/// The provider says when the access token really ends. Nothing changes where it was refreshed meanwhile, or is being.
pub async fn correct(mut db: &Db, grant: &Grant, times: &Times) -> Result<()> {
    let args = args![&grant.id, grant.version, times.expires_at, times.published_at, times.next_at];
    db.run(CORRECT, args).await.map(|_| ())
}

/// Lets go of a grant: its secrets are gone. Gives their names.
pub async fn wipe(mut tx: impl On, id: &GrantId) -> Result<Vec<String>> {
    let gone = tx.all(WIPE_SECRETS, args![id]).await?;
    tx.run(WIPE, args![id]).await?;
    gone.iter().map(|row| row.text("id")).collect()
}

/// Lets go of what is held of a grant. Gives the names.
pub async fn wipe_secrets(mut tx: impl On, id: &GrantId) -> Result<Vec<String>> {
    tx.all(WIPE_SECRETS, args![id]).await?.iter().map(|row| row.text("id")).collect()
}

/// Looks again at those of a source that wait after a failure, or until somebody asks.
pub async fn wake(mut on: impl On, source: &SourceId, now: Time) -> Result<usize> {
    on.run(WAKE, args![source, now]).await
}

/// A secret to be written down.
pub struct Fresh<'a> {
    /// Its row.
    pub row: Secrets,
    /// Of which grant.
    pub grant: &'a GrantId,
    /// `current` or `spare`.
    pub status: &'static str,
    /// Tells access tokens apart.
    pub access_print: Option<String>,
    /// When it isn't needed any more.
    pub purge_at: Option<Time>,
}

/// Writes a secret down. What was current before is kept until `now` + a day.
pub async fn add_secret(mut on: impl On, fresh: Fresh<'_>, now: Time, keep_until: Time) -> Result<()> {
    if fresh.status == "current" {
        on.run(DEMOTE, args![fresh.grant, keep_until]).await?;
    }
    let Fresh { row, grant, status, access_print, purge_at } = fresh;
    let args = args![
        row.id,
        grant,
        row.version,
        row.parent,
        row.attempt,
        status,
        row.key,
        row.sealed,
        row.refresh_print,
        access_print,
        now,
        purge_at
    ];
    on.run(ADD_SECRET, args).await.map(|_| ())
}

/// The secret that counts.
pub async fn current(mut on: impl On, id: &GrantId) -> Result<Option<Secrets>> {
    on.one(CURRENT, args![id]).await?.as_ref().map(Secrets::read).transpose()
}

/// One that came beside it and may turn out to be the right one.
pub async fn spare(mut on: impl On, id: &GrantId) -> Result<Option<Secrets>> {
    on.one(SPARE, args![id]).await?.as_ref().map(Secrets::read).transpose()
}

/// Takes a spare out; false when somebody else did.
pub async fn use_spare(mut on: impl On, id: &str) -> Result<bool> {
    Ok(on.one(USE_SPARE, args![id]).await?.is_some())
}

/// Makes one that was taken out the current one.
pub async fn promote(mut tx: impl On, grant: &GrantId, id: &str, version: i64, keep_until: Time) -> Result<()> {
    tx.run(DEMOTE, args![grant, keep_until]).await?;
    tx.run(PROMOTE, args![id, version]).await.map(|_| ())
}

/// Keeps one beside that which takes its place.
pub async fn demote_to_spare(mut on: impl On, id: &str, keep_until: Time) -> Result<()> {
    on.run(TO_SPARE, args![id, keep_until]).await.map(|_| ())
}

/// Deletes all of a grant after a while.
pub async fn keep_until(mut on: impl On, grant: &GrantId, until: Time) -> Result<()> {
    on.run(KEEP_UNTIL, args![grant, until]).await.map(|_| ())
}

/// Whether there is one with this name.
pub async fn has_secret(mut on: impl On, id: &str) -> Result<bool> {
    Ok(on.one(HAS_SECRET, args![id]).await?.is_some())
}

/// The grant that has this refresh token.
pub async fn by_print(mut on: impl On, print: &str) -> Result<Option<GrantId>> {
    on.one(BY_PRINT, args![print]).await?.map(|row| row.id("grant_id")).transpose()
}

/// Deletes secrets that aren't needed any more.
pub async fn purge(mut db: &Db, now: Time) -> Result<usize> {
    db.run(PURGE_SECRETS, args![now]).await
}
