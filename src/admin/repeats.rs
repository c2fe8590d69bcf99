//! draft-ietf-httpapi-idempotency-key-header: a request that is sent twice is done once. Claim, work, settle: whoever dies
//! in between leaves a claim whose lease ends, and then the key may be tried again, so that work which was done just
//! before may be done twice.

use crate::app::App;
use crate::audit::Actor;
use crate::base::Time;
use crate::base::encoding::fingerprint;
use crate::crypto::seal;
use crate::db::{Db, Fault, On, Result};
use crate::{args, sql};
use std::time::Duration;
use zeroize::Zeroizing;

sql! {
    write CLAIM = "INSERT INTO repeats (id, request, attempts, leased_until, expires_at) VALUES ($1, $2, 1, $3, $4) \
                   ON CONFLICT (id) DO UPDATE SET request = excluded.request, attempts = repeats.attempts + 1, \
                   leased_until = excluded.leased_until, sealed = NULL, expires_at = excluded.expires_at \
                   WHERE repeats.expires_at <= $5 OR (repeats.sealed IS NULL AND repeats.leased_until <= $5 \
                   AND repeats.request = excluded.request) RETURNING attempts";
    read KNOWN = "SELECT request, leased_until, sealed FROM repeats WHERE id = $1";
    write SETTLE = "UPDATE repeats SET sealed = $3 WHERE id = $1 AND attempts = $2 AND sealed IS NULL RETURNING id";
    write RELEASE = "DELETE FROM repeats WHERE id = $1 AND attempts = $2 AND sealed IS NULL RETURNING id";
    write PURGE = "DELETE FROM repeats WHERE id IN (SELECT id FROM repeats WHERE expires_at <= $1 ORDER BY expires_at LIMIT 500) \
                   RETURNING id";
}

/// How long an answer is kept.
const KEPT: Duration = Duration::from_secs(86_400);
/// Beyond what a handler may take: more than the clocks of replicas differ.
const LEASE: Duration = Duration::from_secs(50);

/// The right to do the work of one key.
pub struct Claim {
    id: String,
    attempts: i64,
}

/// What there is under a key.
pub enum Found {
    /// Nothing: the work is the caller's.
    Mine(Claim),
    /// Somebody is at it, for so many seconds at most.
    Running(i64),
    /// It was done; this was the answer.
    Done(Zeroizing<Vec<u8>>),
    /// The key stood for another request.
    Another,
}

/// Claims a key of a caller for a request.
pub async fn claim(app: &App, caller: &Actor, key: &str, request: &str) -> Result<Found> {
    let id = fingerprint(format!("{caller}\0{key}").as_bytes());
    let now = app.now();
    let lease = now + app.config.limits.handler + LEASE;
    let mut db = &app.db;
    // Between the claim and the look another may give up.
    for _ in 0..3 {
        let args = args![&id, request, lease, now + KEPT, now];
        if let Some(row) = db.one(CLAIM, args).await? {
            return Ok(Found::Mine(Claim { attempts: row.int("attempts")?, id }));
        }
        let Some(row) = db.one(KNOWN, args![&id]).await? else { continue };
        if row.text("request")? != request {
            return Ok(Found::Another);
        }
        return match row.bytes_opt("sealed")? {
            None => Ok(Found::Running(row.time("leased_until")?.secs_since(now).max(1))),
            Some(sealed) => seal::open(app.keys.master(), place(&id), &sealed)
                .map(Found::Done)
                .map_err(|_| Fault::Bug("a kept answer can't be opened with this master key".to_owned())),
        };
    }
    Ok(Found::Running(1))
}

/// Keeps the answer; whoever comes with the same key and request is told the same.
pub async fn settle(app: &App, claim: &Claim, answer: &[u8]) -> Result<()> {
    let sealed = seal::seal(app.keys.master(), place(&claim.id), answer);
    let sealed = sealed.map_err(|_| Fault::Bug("an answer can't be sealed".to_owned()))?;
    let mut db = &app.db;
    db.run(SETTLE, args![&claim.id, claim.attempts, sealed]).await.map(|_| ())
}

/// Gives the key back: nothing was done.
pub async fn release(app: &App, claim: &Claim) -> Result<()> {
    let mut db = &app.db;
    db.run(RELEASE, args![&claim.id, claim.attempts]).await.map(|_| ())
}

/// Forgets those whose time is over, a few hundred at a time.
pub async fn purge(mut db: &Db, now: Time) -> Result<usize> {
    db.run(PURGE, args![now]).await
}

fn place(id: &str) -> seal::Place<'_> {
    seal::Place { table: "repeats", row: id, column: "sealed" }
}
