//! What can act for a person: the clients with a grant of theirs that lives, and those that may get one unasked.

use super::{authorize, grants};
use crate::app::App;
use crate::base::id::{ClientId, UserId};
use crate::base::{ScopeSet, Time, uri};
use crate::clients::{Client, cimd};
use crate::db::{Db, Fault, On, Result, Row, Tx};
use crate::lang::Language;
use crate::signin::{Asking, consents};
use crate::{args, sql};
use std::collections::BTreeSet;

sql! {
    read ACTING = "SELECT t.client_id, t.scope, t.remembered, t.workspaces, t.told, t.since, t.used_at, t.moved_at, t.acts, \
                   t.stays, s.name AS seen_name, c.id, c.metadata, c.secrets, c.enabled, c.not_before, c.rev, c.created_at, \
                   c.updated_at, c.registered_by, c.registration_hash FROM \
                   (SELECT x.client_id, string_agg(CASE WHEN x.acts = 1 THEN x.scope END, ' ') AS scope, \
                   max(CASE WHEN x.acts = 0 THEN x.scope END) AS remembered, \
                   string_agg(CASE WHEN x.acts = 1 THEN x.workspace END, ' ') AS workspaces, max(x.told) AS told, \
                   min(x.since) AS since, max(CASE WHEN x.acts = 1 THEN x.used_at END) AS used_at, \
                   max(x.used_at) AS moved_at, max(x.acts) AS acts, max(x.stays) AS stays FROM \
                   (SELECT g.client_id, g.scope, g.workspace, CAST(NULL AS TEXT) AS told, min(g.created_at) AS since, \
                   max(g.rotated_at) AS used_at, CAST(1 AS BIGINT) AS acts, max(CAST(CASE WHEN g.refresh_hash IS NOT NULL \
                   AND g.idle_expires_at > $2 THEN 1 ELSE 0 END AS BIGINT)) AS stays FROM grants g \
                   WHERE g.user_id = $1 AND g.revoked_at IS NULL AND g.expires_at > $2 \
                   AND ((g.redeemed_at IS NULL AND g.code_expires_at > $2) OR (g.redeemed_at IS NOT NULL \
                   AND ((g.refresh_hash IS NOT NULL AND g.idle_expires_at > $2) \
                   OR (g.access_expires_at > $2 AND g.access_ended < g.generation)))) \
                   GROUP BY g.client_id, g.scope, g.workspace \
                   UNION ALL SELECT n.client_id, n.scope, n.workspace, n.claims, n.created_at, n.updated_at, \
                   CAST(0 AS BIGINT), CAST(0 AS BIGINT) FROM consents n WHERE n.user_id = $1) x \
                   GROUP BY x.client_id HAVING max(x.used_at) < $3 OR (max(x.used_at) = $3 AND x.client_id > $4) \
                   ORDER BY max(x.used_at) DESC, x.client_id LIMIT $5) t \
                   LEFT JOIN clients c ON c.id = t.client_id LEFT JOIN seen_clients s ON s.id = t.client_id \
                   ORDER BY t.moved_at DESC, t.client_id";
}

/// A client that a person let act for them.
#[derive(Clone, Debug)]
pub struct Acting {
    /// Which.
    pub client_id: ClientId,
    /// What pages say about it.
    pub asking: Asking,
    /// Whether it can act now: a grant lives. Else consent is remembered, and it would get one unasked.
    pub acts: bool,
    /// Whether it stays connected while the person is away.
    pub stays: bool,
    /// What it may do; when it can't act now, what it wouldn't have to ask for.
    pub scope: ScopeSet,
    /// What it may be told beside, by the names that consent remembers.
    pub told: BTreeSet<String>,
    /// Where it acts.
    pub workspaces: BTreeSet<String>,
    /// Since when.
    pub since: Time,
    /// When it got tokens last.
    pub used_at: Option<Time>,
    moved_at: Time,
}

/// Where a page of clients begins.
#[derive(Clone, Debug)]
pub struct Cursor(Time, String);

impl Cursor {
    /// Before all of them.
    pub fn start() -> Self {
        Cursor(Time::from_millis(i64::MAX), String::new())
    }

    /// Reads what [`Acting::cursor`] wrote; anything else is the start.
    pub fn read(text: &str) -> Self {
        let parts = text.split_once('.').filter(|(_, id)| id.len() <= 1024);
        let cursor = parts.and_then(|(at, id)| Some(Cursor(Time::from_millis(at.parse().ok()?), id.to_owned())));
        cursor.unwrap_or_else(Cursor::start)
    }
}

impl Acting {
    /// What comes after this one.
    pub fn cursor(&self) -> String {
        format!("{}.{}", self.moved_at.millis(), self.client_id)
    }

    fn read(app: &App, row: &Row, language: Language) -> Result<Self> {
        let client_id: ClientId = row.id("client_id")?;
        let acts = row.int("acts")? == 1;
        let names = |column| row.text_opt(column).map(Option::unwrap_or_default);
        let scope = names(if acts { "scope" } else { "remembered" })?;
        // In one order, whatever the database made of it.
        let scope: BTreeSet<&str> = scope.split(' ').filter(|name| !name.is_empty()).collect();
        let told = names("told")?;
        Ok(Acting {
            asking: asking(app, &client_id, row, language)?,
            acts,
            stays: row.int("stays")? == 1,
            scope: scope.into_iter().fold(ScopeSet::default(), |mut set, name| {
                set.insert(name);
                set
            }),
            told: if told.is_empty() { BTreeSet::new() } else { row.json("told")? },
            workspaces: names("workspaces")?.split(' ').filter(|slug| !slug.is_empty()).map(str::to_owned).collect(),
            since: row.time("since")?,
            used_at: row.time_opt("used_at")?,
            moved_at: row.time("moved_at")?,
            client_id,
        })
    }
}

/// What is known of the client without asking anyone.
fn asking(app: &App, id: &ClientId, row: &Row, language: Language) -> Result<Asking> {
    if row.text_opt("id")?.is_some() {
        return Ok(describe(app, &Client::read(row)?, language));
    }
    if let Some(client) = cimd::remembered(app, id.as_str()) {
        return Ok(describe(app, &client, language));
    }
    let host = uri::host(id.as_str()).unwrap_or_default();
    let name = row.text_opt("seen_name")?.filter(|name| !name.is_empty()).unwrap_or_else(|| id.to_string());
    Ok(Asking { name, host: host.clone(), from: Some(host), ..Asking::default() })
}

fn describe(app: &App, client: &Client, language: Language) -> Asking {
    let goes_to = client.metadata.redirect_uris.first().map(String::as_str).unwrap_or_default();
    authorize::asking(app, client, goes_to, language)
}

/// Up to `limit` clients that a person let act for them, the one that moved last first.
pub async fn of_user(app: &App, user: &UserId, language: Language, after: &Cursor, limit: i64) -> Result<Vec<Acting>> {
    let mut db: &Db = &app.db;
    let rows = db.all(ACTING, args![user, app.now(), after.0, &after.1, limit]).await?;
    rows.iter().map(|row| Acting::read(app, row, language)).collect()
}

/// Ends what a person allowed a client, and forgets that they did: its tokens are dead when this is committed. Gives how
/// many grants there were; `None` when nothing was allowed.
pub async fn withdraw(
    app: &App,
    tx: &mut Tx,
    user: &UserId,
    client: &ClientId,
) -> std::result::Result<Option<usize>, Fault> {
    // First: who is just being allowed again waits here, and their grant is after all of this or ended by it.
    let remembered = consents::forget(&mut *tx, user, client).await?;
    let ended = grants::end_of_consent(&mut *tx, user, client, app.now()).await?;
    Ok((remembered || ended > 0).then_some(ended))
}
