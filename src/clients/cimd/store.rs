//! Which of the clients without a row came by, and which of them may not act.

use crate::app::Sighting;
use crate::base::Time;
use crate::base::id::ClientId;
use crate::db::{Db, On, Result, Row, Tx, like};
use crate::{args, sql};
use serde::Serialize;
use serde_json::{Value, json};
use std::collections::HashMap;
use std::time::Duration;

sql! {
    read IS_BLOCKED = "SELECT id FROM blocked_clients WHERE id = $1";
    write BLOCK = "INSERT INTO blocked_clients (id, blocked_at) VALUES ($1, $2) ON CONFLICT (id) DO NOTHING RETURNING id";
    write UNBLOCK = "DELETE FROM blocked_clients WHERE id = $1 RETURNING id";
    write SEEN = "INSERT INTO seen_clients (id, name, first_at, last_at, times) VALUES ($1, $2, $3, $4, $5) \
                  ON CONFLICT (id) DO UPDATE SET name = excluded.name, times = seen_clients.times + excluded.times, \
                  last_at = CASE WHEN excluded.last_at > seen_clients.last_at THEN excluded.last_at ELSE seen_clients.last_at END \
                  RETURNING id";
    read PAGE = "SELECT s.id, s.name, s.first_at, s.last_at, s.times, b.blocked_at FROM seen_clients s \
                 LEFT JOIN blocked_clients b ON b.id = s.id WHERE s.id > $1 AND (s.id LIKE $2 ESCAPE '!' \
                 OR lower(s.name) LIKE $2 ESCAPE '!') ORDER BY s.id LIMIT $3";
    read ONE = "SELECT s.id, s.name, s.first_at, s.last_at, s.times, b.blocked_at FROM seen_clients s \
                LEFT JOIN blocked_clients b ON b.id = s.id WHERE s.id = $1";
    write FORGET = "DELETE FROM seen_clients WHERE last_at < $1 RETURNING id";
    write TRIM = "DELETE FROM seen_clients WHERE id IN (SELECT id FROM seen_clients ORDER BY last_at DESC, id \
                  LIMIT 1000 OFFSET $1) RETURNING id";
}

/// The most that are remembered.
const MOST: i64 = 10_000;
/// How long one is remembered that doesn't come again.
const REMEMBERED: Duration = Duration::from_secs(90 * 86_400);

/// A client that came by.
#[derive(Clone, Debug)]
pub struct Seen {
    /// Its URL.
    pub id: ClientId,
    /// What it called itself last.
    pub name: String,
    /// When it came first.
    pub first_at: Time,
    /// When it came last.
    pub last_at: Time,
    /// How often it was looked at.
    pub times: i64,
    /// When an administrator blocked it.
    pub blocked_at: Option<Time>,
}

impl Seen {
    fn read(row: &Row) -> Result<Self> {
        Ok(Seen {
            id: row.id("id")?,
            name: row.text("name")?,
            first_at: row.time("first_at")?,
            last_at: row.time("last_at")?,
            times: row.int("times")?,
            blocked_at: row.time_opt("blocked_at")?,
        })
    }

    /// For administrators.
    pub fn to_json(&self) -> Value {
        json!(self.shown())
    }

    /// The same before it is JSON.
    pub fn shown(&self) -> Shown<'_> {
        Shown {
            client_id: &self.id,
            client_name: Some(&self.name),
            enabled: self.blocked_at.is_none(),
            registered_by: "document",
            first_seen: Some(self.first_at),
            last_seen: Some(self.last_at),
            times_seen: Some(self.times),
        }
    }
}

/// A client that is described by a document of its own, as administrators see it.
#[derive(Debug, Serialize, utoipa::ToSchema)]
#[schema(as = SeenClient)]
pub struct Shown<'a> {
    /// Its URL.
    #[schema(value_type = String)]
    client_id: &'a ClientId,
    /// What it called itself last.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>)]
    client_name: Option<&'a str>,
    /// Whether it may act.
    enabled: bool,
    /// Always `document`.
    #[schema(value_type = String)]
    registered_by: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, format = DateTime)]
    first_seen: Option<Time>,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, format = DateTime)]
    last_seen: Option<Time>,
    #[serde(skip_serializing_if = "Option::is_none")]
    times_seen: Option<i64>,
}

impl<'a> Shown<'a> {
    /// One that never came by.
    pub fn unseen(client_id: &'a ClientId, enabled: bool) -> Self {
        let (client_name, first_seen, last_seen, times_seen) = (None, None, None, None);
        Shown { client_id, client_name, enabled, registered_by: "document", first_seen, last_seen, times_seen }
    }
}

/// Whether an administrator has blocked it.
pub async fn is_blocked(mut db: &Db, id: &ClientId) -> Result<bool> {
    Ok(db.one(IS_BLOCKED, args![id]).await?.is_some())
}

/// Blocks it; false when it was.
pub async fn block(mut tx: &mut Tx, id: &ClientId, now: Time) -> Result<bool> {
    Ok((&mut tx).one(BLOCK, args![id, now]).await?.is_some())
}

/// Lets it act again; false when it wasn't blocked.
pub async fn unblock(mut tx: &mut Tx, id: &ClientId) -> Result<bool> {
    Ok((&mut tx).one(UNBLOCK, args![id]).await?.is_some())
}

/// Those after `cursor` whose URL or name contains `search`.
pub async fn page(mut db: &Db, cursor: &str, search: &str, limit: i64) -> Result<Vec<Seen>> {
    db.all(PAGE, args![cursor, like(&search.to_lowercase()), limit]).await?.iter().map(Seen::read).collect()
}

/// One of them.
pub async fn one(mut on: impl On, id: &ClientId) -> Result<Option<Seen>> {
    on.one(ONE, args![id]).await?.as_ref().map(Seen::read).transpose()
}

/// Writes down who came by, in one transaction.
pub async fn write_down(db: &Db, seen: HashMap<String, Sighting>) -> Result<()> {
    if seen.is_empty() {
        return Ok(());
    }
    let mut tx = db.begin().await?;
    // In one order, or two replicas could wait for each other.
    let mut seen: Vec<_> = seen.into_iter().collect();
    seen.sort_unstable_by(|(a, _), (b, _)| a.cmp(b));
    for (id, Sighting { name, first, last, times }) in seen {
        (&mut tx).run(SEEN, args![id, name, first, last, times]).await?;
    }
    tx.commit().await
}

/// Forgets those that haven't come for long, and the oldest of too many. Gives how many.
pub async fn forget(mut db: &Db, now: Time) -> Result<usize> {
    let old = db.run(FORGET, args![now - REMEMBERED]).await?;
    Ok(old + db.run(TRIM, args![MOST]).await?)
}
