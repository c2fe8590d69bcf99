//! The rows of sources.

use super::{Policy, Source, SourceId, State};
use crate::base::Time;
use crate::base::id::WorkspaceId;
use crate::db::{Fault, On, Result};
use crate::{args, sql};
use std::collections::BTreeMap;

macro_rules! source {
    ($rest:literal) => {
        concat!(
            "SELECT s.id AS source_id, s.workspace, s.slug, s.name, s.type, s.type_version, s.client_id, s.secrets, s.key, ",
            "s.scope AS source_scope, s.params, s.policy, s.state AS source_state, s.reason, s.state_at, s.rev, ",
            "s.created_at AS source_created_at, s.updated_at AS source_updated_at, s.gone_at FROM sources s ",
            $rest
        )
    };
}

sql! {
    write CREATE = "INSERT INTO sources (id, workspace, slug, name, type, type_version, client_id, secrets, key, scope, params, policy, \
                    state, state_at, rev, created_at, updated_at) \
                    VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, 'active', $13, 0, $13, $13) \
                    ON CONFLICT DO NOTHING RETURNING id";
    read ONE = source!("WHERE s.id = $1");
    read NAMED = source!("WHERE s.workspace = $1 AND (s.id = $2 OR s.slug = $2) AND s.gone_at IS NULL");
    read PAGE = source!("WHERE s.workspace = $1 AND s.id > $2 AND s.gone_at IS NULL ORDER BY s.id LIMIT $3");
    read BY_NEED = source!("WHERE ($1 = '' OR s.workspace = $1) AND s.gone_at IS NULL ORDER BY CASE s.state WHEN 'misconfigured' THEN 0 WHEN 'paused' THEN 1 ELSE 2 END, \
                           lower(s.name), s.id LIMIT $2");
    read MISCONFIGURED = source!("WHERE s.state = 'misconfigured' AND s.updated_at < $1 AND s.gone_at IS NULL ORDER BY s.updated_at, s.id LIMIT 20");
    write CHANGE = "UPDATE sources SET name = $2, client_id = $3, secrets = $4, key = $5, scope = $6, params = $7, policy = $8, \
                    rev = rev + 1, updated_at = $9 WHERE id = $1 AND rev = $10 AND gone_at IS NULL RETURNING id";
    write SET_STATE = "UPDATE sources SET state = $3, reason = $4, state_at = $5, updated_at = $5 WHERE id = $1 AND state = $2 \
                       AND gone_at IS NULL RETURNING id";
    write TOUCH = "UPDATE sources SET updated_at = $2 WHERE id = $1 RETURNING id";
    read COUNT_ACCOUNTS = "SELECT count(*) AS n FROM (SELECT 1 AS one FROM accounts WHERE source = $1 AND deleted_at IS NULL LIMIT $2) counted";
    read GONE = source!("WHERE s.gone_at IS NOT NULL ORDER BY s.gone_at, s.id LIMIT 100");
    write DELETE = "DELETE FROM sources WHERE id = $1 RETURNING id";
}

/// What is written of a source.
pub struct Row<'a> {
    /// Its name.
    pub id: &'a SourceId,
    /// For people.
    pub name: &'a str,
    /// What the provider calls us.
    pub client_id: &'a str,
    /// Sealed, and what with.
    pub secrets: (Vec<u8>, String),
    /// What accounts are asked for.
    pub scope: &'a str,
    /// What addresses need.
    pub params: &'a BTreeMap<String, String>,
    /// What is done with accounts.
    pub policy: &'a Policy,
}

fn json(value: &impl serde::Serialize) -> Result<String> {
    serde_json::to_string(value).map_err(|why| Fault::Bug(why.to_string()))
}

/// Writes a fresh one down; false when its slug is taken.
pub async fn create(
    mut on: impl On,
    row: Row<'_>,
    workspace: &WorkspaceId,
    slug: &str,
    (kind, version): (&str, i64),
    now: Time,
) -> Result<bool> {
    let (params, policy) = (json(row.params)?, json(row.policy)?);
    let (secrets, key) = row.secrets;
    let args = args![
        row.id,
        workspace,
        slug,
        row.name,
        kind,
        version,
        row.client_id,
        secrets,
        key,
        row.scope,
        params,
        policy,
        now
    ];
    Ok(on.one(CREATE, args).await?.is_some())
}

/// Writes what changed; false when somebody else changed it since it was read.
pub async fn change(mut on: impl On, row: Row<'_>, rev: i64, now: Time) -> Result<bool> {
    let (params, policy) = (json(row.params)?, json(row.policy)?);
    let (secrets, key) = row.secrets;
    let args = args![row.id, row.name, row.client_id, secrets, key, row.scope, params, policy, now, rev];
    Ok(on.one(CHANGE, args).await?.is_some())
}

/// The source with this name, though it was deleted and its provider is still told.
pub async fn one(mut on: impl On, id: &SourceId) -> Result<Option<Source>> {
    on.one(ONE, args![id]).await?.as_ref().map(Source::read).transpose()
}

/// The source with this name or slug in a workspace.
pub async fn named(mut on: impl On, workspace: &WorkspaceId, name: &str) -> Result<Option<Source>> {
    on.one(NAMED, args![workspace, name]).await?.as_ref().map(Source::read).transpose()
}

/// A page of a workspace's.
pub async fn page(mut on: impl On, workspace: &WorkspaceId, after: &str, most: i64) -> Result<Vec<Source>> {
    on.all(PAGE, args![workspace, after, most]).await?.iter().map(Source::read).collect()
}

/// Those first that somebody must look after: of one workspace, or of all where it is empty.
pub async fn by_need(mut on: impl On, workspace: &str, most: i64) -> Result<Vec<Source>> {
    on.all(BY_NEED, args![workspace, most]).await?.iter().map(Source::read).collect()
}

/// Those that a provider refuses and that weren't looked at since `before`.
pub async fn misconfigured(mut on: impl On, before: Time) -> Result<Vec<Source>> {
    on.all(MISCONFIGURED, args![before]).await?.iter().map(Source::read).collect()
}

/// Notes that it was looked at.
pub async fn touch(mut on: impl On, id: &SourceId, now: Time) -> Result<()> {
    on.run(TOUCH, args![id, now]).await.map(|_| ())
}

/// Moves one from a state to another; false when it isn't in it.
pub async fn set_state(
    mut on: impl On,
    id: &SourceId,
    [from, to]: [State; 2],
    reason: Option<&str>,
    now: Time,
) -> Result<bool> {
    Ok(on.one(SET_STATE, args![id, from.name(), to.name(), reason, now]).await?.is_some())
}

/// How many accounts it has; counting stops at `most`.
pub async fn count_accounts(mut on: impl On, id: &SourceId, most: i64) -> Result<i64> {
    on.one(COUNT_ACCOUNTS, args![id, most]).await?.map_or(Ok(0), |row| row.int("n"))
}

/// Those that were deleted and of which their provider isn't told yet, and when they were.
pub async fn gone(mut on: impl On) -> Result<Vec<(Source, Time)>> {
    on.all(GONE, args![]).await?.iter().map(|row| Ok((Source::read(row)?, row.time("gone_at")?))).collect()
}

/// Deletes one with everything that belongs to it.
pub async fn delete(mut on: impl On, id: &SourceId) -> Result<bool> {
    Ok(on.one(DELETE, args![id]).await?.is_some())
}
