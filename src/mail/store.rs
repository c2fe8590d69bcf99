//! The rows of mails that wait.

use crate::base::Time;
use crate::db::{Db, On, Result};
use crate::{args, sql};

sql! {
    write ENQUEUE = "INSERT INTO mails (id, kind, sealed, attempts, created_at, due_at) VALUES ($1, $2, $3, 0, $4, $4) RETURNING id";
    read WAITING = "SELECT count(*) AS n FROM (SELECT 1 AS one FROM mails LIMIT $1) counted";
    read DUE = "SELECT id FROM mails WHERE due_at <= $1 ORDER BY due_at LIMIT 1";
    write CLAIM = "UPDATE mails SET due_at = $2, attempts = attempts + 1 WHERE due_at <= $1 AND id IN \
                   (SELECT id FROM mails WHERE due_at <= $1 ORDER BY due_at, id LIMIT 8) \
                   RETURNING id, sealed, attempts, created_at";
    write DONE = "DELETE FROM mails WHERE id = $1 AND attempts = $2 RETURNING id";
    write LATER = "UPDATE mails SET due_at = $3 WHERE id = $1 AND attempts = $2 RETURNING id";
}

/// A row that somebody has taken.
pub(super) struct Taken {
    pub id: String,
    pub sealed: Vec<u8>,
    /// This one included.
    pub attempts: i64,
    pub created_at: Time,
}

pub(super) async fn enqueue(mut on: impl On, id: &str, kind: &str, sealed: Vec<u8>, now: Time) -> Result<()> {
    on.run(ENQUEUE, args![id, kind, sealed, now]).await.map(|_| ())
}

/// How many there are; counting stops at `most`.
pub async fn waiting(mut db: &Db, most: i64) -> Result<i64> {
    db.one(WAITING, args![most]).await?.map_or(Ok(0), |row| row.int("n"))
}

/// Takes a few that are due. Nobody else gets them before `lease` is over.
pub(super) async fn claim(mut db: &Db, now: Time, lease: Time) -> Result<Vec<Taken>> {
    // Most of the time there is nothing: that costs no write.
    if db.one(DUE, args![now]).await?.is_none() {
        return Ok(Vec::new());
    }
    let read = |row: &crate::db::Row| {
        Ok(Taken {
            id: row.text("id")?,
            sealed: row.bytes("sealed")?,
            attempts: row.int("attempts")?,
            created_at: row.time("created_at")?,
        })
    };
    db.all(CLAIM, args![now, lease]).await?.iter().map(read).collect()
}

/// Forgets one; false when the lease was over and somebody else has it.
pub(super) async fn done(mut on: impl On, id: &str, attempts: i64) -> Result<bool> {
    Ok(on.one(DONE, args![id, attempts]).await?.is_some())
}

pub(super) async fn later(mut on: impl On, id: &str, attempts: i64, at: Time) -> Result<()> {
    on.run(LATER, args![id, attempts, at]).await.map(|_| ())
}
