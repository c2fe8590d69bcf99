//! Who took part in a session, and who of them is still to be told that it ended.

use super::Participant;
use super::backchannel::Notice;
use crate::base::Time;
use crate::base::id::{ClientId, SessionId, UserId};
use crate::clients::Metadata;
use crate::db::{Db, On, Result, Row, Tx};
use crate::{args, sql};

sql! {
    read PARTICIPANTS = "SELECT g.client_id, c.metadata FROM (SELECT DISTINCT client_id FROM grants \
                         WHERE sid = $1 AND redeemed_at IS NOT NULL) g LEFT JOIN clients c ON c.id = g.client_id \
                         WHERE c.enabled OR (g.client_id LIKE '%://%' AND NOT EXISTS \
                         (SELECT 1 FROM blocked_clients b WHERE b.id = g.client_id)) ORDER BY g.client_id";
    read PARTICIPANTS_OF = "SELECT g.client_id, c.metadata, g.sid FROM (SELECT DISTINCT client_id, sid FROM grants \
                            WHERE user_id = $1 AND redeemed_at IS NOT NULL) g LEFT JOIN clients c ON c.id = g.client_id \
                            WHERE c.enabled OR (g.client_id LIKE '%://%' AND NOT EXISTS \
                            (SELECT 1 FROM blocked_clients b WHERE b.id = g.client_id)) ORDER BY g.client_id, g.sid";
    write ENQUEUE = "INSERT INTO logout_notices (id, client_id, user_id, sid, attempts, created_at, due_at) \
                     VALUES ($1, $2, $3, $4, 0, $5, $5) RETURNING id";
    read WAITING = "SELECT count(*) AS n FROM (SELECT 1 AS one FROM logout_notices LIMIT $1) counted";
    read DUE = "SELECT id FROM logout_notices WHERE due_at <= $1 ORDER BY due_at LIMIT 1";
    write CLAIM = "UPDATE logout_notices SET due_at = $2, attempts = attempts + 1 WHERE due_at <= $1 AND id IN \
                   (SELECT d.id FROM (SELECT id, client_id, due_at, \
                   row_number() OVER (PARTITION BY client_id ORDER BY due_at, id) AS n, \
                   row_number() OVER (PARTITION BY CASE WHEN client_id LIKE '%://%' THEN 1 ELSE 0 END ORDER BY due_at, id) AS m \
                   FROM logout_notices WHERE due_at <= $1) d WHERE d.n <= 2 AND (d.m <= 4 OR d.client_id NOT LIKE '%://%') \
                   ORDER BY d.due_at, d.id LIMIT 16) \
                   RETURNING id, client_id, user_id, sid, attempts, created_at";
    write DONE = "DELETE FROM logout_notices WHERE id = $1 AND attempts = $2 RETURNING id";
    write TAKE_OVERDUE = "DELETE FROM logout_notices WHERE id IN (SELECT id FROM logout_notices WHERE client_id = $1 \
                          AND created_at <= $2 AND due_at <= $3 ORDER BY id LIMIT 100) \
                          RETURNING id, client_id, user_id, sid, attempts, created_at";
    write LATER = "UPDATE logout_notices SET due_at = $3 WHERE id = $1 AND attempts = $2 RETURNING id";
    write WAIT_TOO = "UPDATE logout_notices SET due_at = $3 WHERE client_id = $1 AND due_at <= $2 RETURNING id";
}

/// Who got tokens in a session.
pub async fn participants(mut on: impl On, sid: &SessionId) -> Result<Vec<Participant>> {
    let rows = on.all(PARTICIPANTS, args![sid]).await?;
    let read = rows
        .iter()
        .map(|row| Ok(Participant { client_id: row.id("client_id")?, metadata: metadata(row)?, sid: sid.clone() }));
    read.collect()
}

/// Who got tokens about a person, by session.
pub async fn participants_of(mut on: impl On, user: &UserId) -> Result<Vec<Participant>> {
    let rows = on.all(PARTICIPANTS_OF, args![user]).await?;
    let read = rows
        .iter()
        .map(|row| Ok(Participant { client_id: row.id("client_id")?, metadata: metadata(row)?, sid: row.id("sid")? }));
    read.collect()
}

/// A client with a document has no row.
fn metadata(row: &Row) -> Result<Option<Metadata>> {
    row.text_opt("metadata")?.map(|_| row.json("metadata")).transpose()
}

/// Writes a notice that is due at once.
pub(super) async fn enqueue(mut on: impl On, id: &str, user: &UserId, to: &Participant, now: Time) -> Result<()> {
    on.run(ENQUEUE, args![id, &to.client_id, user, &to.sid, now]).await.map(|_| ())
}

/// How many notices there are; counting stops at `most`.
pub async fn waiting(mut db: &Db, most: i64) -> Result<i64> {
    db.one(WAITING, args![most]).await?.map_or(Ok(0), |row| row.int("n"))
}

/// Takes a few notices that are due, no more than two of one client, and no more than four of clients with documents: of
/// those anyone can make any number that let us wait. Nobody else gets them before `lease` is over.
pub(super) async fn claim(mut db: &Db, now: Time, lease: Time) -> Result<Vec<Notice>> {
    // Most of the time there is nothing: that costs no write.
    if db.one(DUE, args![now]).await?.is_none() {
        return Ok(Vec::new());
    }
    db.all(CLAIM, args![now, lease]).await?.iter().map(notice).collect()
}

fn notice(row: &Row) -> Result<Notice> {
    Ok(Notice {
        id: row.text("id")?,
        client_id: row.id("client_id")?,
        user_id: row.id("user_id")?,
        sid: row.id("sid")?,
        attempts: row.int("attempts")?,
        created_at: row.time("created_at")?,
    })
}

/// Forgets notices of a client that are due and were written down by `oldest` or before, a hundred at a time.
pub(super) async fn take_overdue(mut tx: &mut Tx, client: &ClientId, oldest: Time, now: Time) -> Result<Vec<Notice>> {
    (&mut tx).all(TAKE_OVERDUE, args![client, oldest, now]).await?.iter().map(notice).collect()
}

/// Forgets a notice; false when the lease was over and somebody else has it.
pub(super) async fn done(mut on: impl On, notice: &Notice) -> Result<bool> {
    Ok(on.one(DONE, args![&notice.id, notice.attempts]).await?.is_some())
}

/// Puts a notice off, and with it all others that are due at its client: one that can't be reached is asked by one notice
/// at a time, however many wait.
pub(super) async fn later(mut db: &Db, notice: &Notice, now: Time, at: Time) -> Result<()> {
    db.run(LATER, args![&notice.id, notice.attempts, at]).await?;
    db.run(WAIT_TOO, args![&notice.client_id, now, at]).await.map(|_| ())
}
