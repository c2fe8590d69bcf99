//! The rows of endpoints and deliveries.

use super::{Delivery, DeliveryState, Hook, HookId, State};
use crate::base::Time;
use crate::base::id::{UserId, WorkspaceId};
use crate::db::{Db, On, Result, Row};
use crate::vault::accounts::AccountId;
use crate::vault::sources::SourceId;
use crate::{args, sql};

macro_rules! hook {
    ($rest:literal) => {
        concat!(
            "SELECT h.id AS hook_id, h.workspace, h.owner, h.url, h.name, h.events, h.secrets, h.key, h.state AS hook_state, h.reason, ",
            "h.state_at, h.delivered_at, h.created_at AS hook_created_at, h.updated_at AS hook_updated_at ",
            $rest
        )
    };
}

macro_rules! delivery {
    ($rest:literal) => {
        concat!(
            "SELECT d.id, d.hook, d.event, d.kind, d.body, d.state AS delivery_state, d.tries, d.due_at, d.answer, d.created_at, ",
            "d.settled_at FROM hook_deliveries d ",
            $rest
        )
    };
}

sql! {
    write CREATE = "INSERT INTO hooks (id, workspace, owner, url, name, events, secrets, key, state, state_at, created_at, updated_at) \
                    VALUES ($1, $2, $3, $4, $5, $6, $7, $8, 'active', $9, $9, $9) RETURNING id";
    read COUNT = "SELECT count(*) AS n FROM hooks WHERE workspace = $1 AND owner = $2";
    read ONE = hook!("FROM hooks h WHERE h.id = $1");
    read PAGE = hook!("FROM hooks h WHERE h.workspace = $1 AND h.owner = $2 AND h.id > $3 ORDER BY h.id LIMIT $4");
    write CHANGE = "UPDATE hooks SET url = $2, name = $3, events = $4, secrets = $5, key = $6, state = $7, reason = $8, state_at = $9, \
                    updated_at = $9 WHERE id = $1 RETURNING id";
    write DELETE = "DELETE FROM hooks WHERE id = $1 RETURNING id";
    write DELETE_OF = "DELETE FROM hooks WHERE owner = $1 AND ($2 = '' OR workspace = $2) RETURNING id";
    // What an endpoint is told is what its owner may see.
    read LISTENING = "SELECT h.id FROM hooks h LEFT JOIN accounts a ON a.id = $2 WHERE h.workspace = $1 AND h.state <> 'paused' \
                      AND (h.events LIKE '% ' || CAST($3 AS TEXT) || ' %' OR (h.events = '' AND $3 <> 'account.refreshed')) \
                      AND (a.id IS NULL OR a.owner = h.owner OR (a.owner IS NULL AND EXISTS (SELECT 1 FROM members m \
                      WHERE m.workspace = h.workspace AND m.user_id = h.owner AND m.role IN ('owner', 'admin'))) \
                      OR EXISTS (SELECT 1 FROM shares s WHERE s.account = a.id AND s.subject IN ('user:' || h.owner, 'workspace') \
                      AND (s.expires_at IS NULL OR s.expires_at > $4))) ORDER BY h.id LIMIT 200";
    read ABOUT = "SELECT s.slug, s.type, a.external_id, a.name, a.owner_ref, a.state FROM sources s \
                  LEFT JOIN accounts a ON a.id = $2 WHERE s.id = $1";
    write ADD = "INSERT INTO hook_deliveries (id, hook, event, lane, seq, kind, body, state, tries, due_at, created_at) \
                 VALUES ($1, $2, $3, $4, $5, $6, $7, 'open', 0, $8, $8) ON CONFLICT DO NOTHING RETURNING id";
    // Of each lane the first that is open; what is behind it waits.
    read DUE = "SELECT d.id FROM hook_deliveries d JOIN hooks h ON h.id = d.hook WHERE d.state = 'open' AND d.due_at <= $1 \
                AND (d.lease_until IS NULL OR d.lease_until < $1) AND h.state <> 'paused' \
                AND NOT EXISTS (SELECT 1 FROM hook_deliveries e WHERE e.hook = d.hook AND e.lane = d.lane AND e.state = 'open' \
                AND (e.seq < d.seq OR (e.seq = d.seq AND e.id < d.id))) ORDER BY d.due_at, d.id LIMIT 32";
    write CLAIM = "UPDATE hook_deliveries SET lease_until = $3, tries = tries + 1 WHERE id = $1 AND state = 'open' AND due_at <= $2 \
                   AND (lease_until IS NULL OR lease_until < $2) RETURNING id, hook, event, kind, body, state AS delivery_state, tries, due_at, \
                   answer, created_at, settled_at";
    write SETTLE = "UPDATE hook_deliveries SET state = $3, answer = $4, due_at = $5, settled_at = $6, lease_until = NULL \
                    WHERE id = $1 AND tries = $2 AND state = 'open' RETURNING id";
    write DELIVERED = "UPDATE hooks SET delivered_at = $2, state = CASE state WHEN 'failing' THEN 'active' ELSE state END, \
                       reason = CASE state WHEN 'failing' THEN NULL ELSE reason END WHERE id = $1 RETURNING id";
    write SET_STATE = "UPDATE hooks SET state = $2, reason = $3, state_at = $4 WHERE id = $1 AND state <> 'paused' RETURNING id";
    read DELIVERIES = delivery!("WHERE d.hook = $1 AND ($2 = '' OR d.id < $2) ORDER BY d.id DESC LIMIT $3");
    write REPLAY = "UPDATE hook_deliveries SET state = 'open', tries = 0, due_at = $4, settled_at = NULL, lease_until = NULL \
                    WHERE hook = $1 AND state <> 'open' AND ((CAST($2 AS TEXT) <> '' AND id = $2) OR (CAST($2 AS TEXT) = '' AND created_at >= $3)) \
                    RETURNING id";
    write PURGE_DELIVERIES = "DELETE FROM hook_deliveries WHERE id IN (SELECT id FROM hook_deliveries WHERE created_at < $1 AND state <> 'open' \
                   ORDER BY created_at, id LIMIT 500) RETURNING id";
}

/// What is written of an endpoint.
pub(super) struct Written<'a> {
    pub(super) hook: &'a Hook,
    pub(super) secrets: (Vec<u8>, String),
}

/// Writes a fresh one down.
pub(super) async fn create(mut on: impl On, written: Written<'_>) -> Result<()> {
    let (hook, (secrets, key)) = (written.hook, written.secrets);
    let events = hook.events_text();
    let args =
        args![&hook.id, &hook.workspace, &hook.owner, &hook.url, &hook.name, events, secrets, key, hook.created_at];
    on.run(CREATE, args).await.map(drop)
}

/// How many somebody has in a workspace.
pub(super) async fn count(mut on: impl On, workspace: &WorkspaceId, owner: &UserId) -> Result<i64> {
    on.one(COUNT, args![workspace, owner]).await?.map_or(Ok(0), |row| row.int("n"))
}

/// The one with this name.
pub(super) async fn one(mut on: impl On, id: &HookId) -> Result<Option<Hook>> {
    on.one(ONE, args![id]).await?.as_ref().map(Hook::read).transpose()
}

/// A page of somebody's in a workspace.
pub(super) async fn page(
    mut on: impl On,
    (workspace, owner): (&WorkspaceId, &UserId),
    after: &str,
    most: i64,
) -> Result<Vec<Hook>> {
    on.all(PAGE, args![workspace, owner, after, most]).await?.iter().map(Hook::read).collect()
}

/// Writes what changed.
pub(super) async fn change(mut on: impl On, written: Written<'_>, now: Time) -> Result<bool> {
    let (hook, (secrets, key)) = (written.hook, written.secrets);
    let events = hook.events_text();
    let state = hook.state.name();
    let reason = hook.reason.as_deref();
    let args = args![&hook.id, &hook.url, &hook.name, events, secrets, key, state, reason, now];
    Ok(on.one(CHANGE, args).await?.is_some())
}

/// Deletes one with its deliveries.
pub(super) async fn delete(mut on: impl On, id: &HookId) -> Result<bool> {
    Ok(on.one(DELETE, args![id]).await?.is_some())
}

/// Deletes all of somebody who leaves.
pub(in crate::vault) async fn delete_of(mut on: impl On, owner: &UserId, workspace: &str) -> Result<usize> {
    on.run(DELETE_OF, args![owner, workspace]).await
}

/// The endpoints that are told of this.
pub(super) async fn listening(
    on: &mut impl On,
    workspace: &WorkspaceId,
    account: Option<&AccountId>,
    kind: &str,
    now: Time,
) -> Result<Vec<HookId>> {
    let rows = on.all(LISTENING, args![workspace, account, kind, now]).await?;
    rows.iter().map(|row| row.id("id")).collect()
}

/// What a message says of its source and account.
pub(super) async fn about(on: &mut impl On, source: &SourceId, account: Option<&AccountId>) -> Result<Option<Row>> {
    on.one(ABOUT, args![source, account]).await
}

/// What is to be delivered.
pub(super) struct Fresh<'a> {
    pub(super) id: &'a str,
    pub(super) hook: &'a HookId,
    pub(super) event: &'a str,
    pub(super) lane: &'a str,
    pub(super) seq: i64,
    pub(super) kind: &'a str,
    pub(super) body: &'a str,
}

/// Writes one down.
pub(super) async fn add(on: &mut impl On, one: &Fresh<'_>, now: Time) -> Result<()> {
    let args = args![one.id, one.hook, one.event, one.lane, one.seq, one.kind, one.body, now];
    on.run(ADD, args).await.map(drop)
}

/// Names of some that are due.
pub(super) async fn due(mut on: impl On, now: Time) -> Result<Vec<String>> {
    on.all(DUE, args![now]).await?.iter().map(|row| row.text("id")).collect()
}

/// Takes one until `until`; none when somebody else has.
pub(super) async fn claim(mut on: impl On, id: &str, [now, until]: [Time; 2]) -> Result<Option<Delivery>> {
    on.one(CLAIM, args![id, now, until]).await?.as_ref().map(Delivery::read).transpose()
}

/// Writes down what became of a claimed one.
pub(super) async fn settle(
    mut on: impl On,
    one: &Delivery,
    (state, answer): (DeliveryState, &str),
    [due_at, now]: [Time; 2],
) -> Result<bool> {
    let settled_at = (state != DeliveryState::Open).then_some(now);
    Ok(on.one(SETTLE, args![&one.id, one.tries, state.name(), answer, due_at, settled_at]).await?.is_some())
}

/// Notes that an endpoint takes what it gets.
pub(super) async fn delivered(mut on: impl On, id: &HookId, now: Time) -> Result<()> {
    on.run(DELIVERED, args![id, now]).await.map(drop)
}

/// Says how an endpoint is doing.
pub(super) async fn set_state(mut on: impl On, id: &HookId, state: State, reason: &str, now: Time) -> Result<()> {
    on.run(SET_STATE, args![id, state.name(), reason, now]).await.map(drop)
}

/// An endpoint's, the latest first.
pub(super) async fn deliveries(mut on: impl On, hook: &HookId, before: &str, most: i64) -> Result<Vec<Delivery>> {
    on.all(DELIVERIES, args![hook, before, most]).await?.iter().map(Delivery::read).collect()
}

/// Opens settled ones again: one, or all since then.
pub(super) async fn replay(mut on: impl On, hook: &HookId, id: &str, since: Time, now: Time) -> Result<usize> {
    on.run(REPLAY, args![hook, id, since, now]).await
}

/// Forgets what was settled and is older.
pub async fn purge(mut db: &Db, before: Time) -> Result<usize> {
    db.run(PURGE_DELIVERIES, args![before]).await
}
