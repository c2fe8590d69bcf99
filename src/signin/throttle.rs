//! Guessing is slow: a generic cell rate (GCRA) per account and per address, exact across replicas.

use crate::app::App;
use crate::base::Time;
use crate::db::{On, Result};
use crate::{args, sql};
use std::time::Duration;

sql! {
    write TAKE = "INSERT INTO throttles (id, free_at) VALUES ($1, CAST($2 AS BIGINT) + $3) ON CONFLICT (id) DO UPDATE SET \
                  free_at = CASE WHEN throttles.free_at BETWEEN $2 AND $5 THEN throttles.free_at ELSE $2 END + $3 \
                  WHERE throttles.free_at <= $4 OR throttles.free_at > $5 RETURNING free_at";
    read FREE_AT = "SELECT free_at FROM throttles WHERE id = $1";
    write REFUND = "UPDATE throttles SET free_at = free_at - $2 WHERE id = $1 RETURNING id";
    write PURGE = "DELETE FROM throttles WHERE id IN (SELECT id FROM throttles WHERE free_at < $1 ORDER BY free_at LIMIT 500) \
                   RETURNING id";
}

/// A gauge by the minute is never full for longer. One that seems to be is from before the clock was set back.
const UNHEARD_OF: Duration = Duration::from_secs(120);

/// What attempts are counted by.
pub struct Gauge {
    id: String,
    interval: i64,
    burst: i64,
    unheard_of: Duration,
}

impl Gauge {
    /// `per_minute` attempts at once, then one every `60 / per_minute` seconds.
    pub fn new(kind: &str, name: &str, per_minute: u32) -> Self {
        let burst = i64::from(per_minute.max(1));
        let id = format!("{kind}:{}", crate::base::encoding::fingerprint(name.as_bytes()));
        Gauge { id, interval: 60_000 / burst, burst, unheard_of: UNHEARD_OF }
    }

    /// `burst` attempts at once, then one in each `interval`.
    pub fn every(kind: &str, name: &str, burst: u32, interval: Duration) -> Self {
        let millis = i64::try_from(interval.as_millis()).unwrap_or(i64::MAX / 1024);
        let unheard_of = interval.saturating_mul(burst.saturating_add(1));
        Gauge { interval: millis, burst: i64::from(burst.max(1)), unheard_of, ..Gauge::new(kind, name, 1) }
    }
}

/// Whether an attempt may be made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Taken {
    /// It is counted.
    Yes,
    /// Too many; seconds until the next one. It isn't counted, so waiting always helps.
    Wait(i64),
}

/// Counts an attempt, before it is made.
pub async fn take(app: &App, gauge: &Gauge) -> Result<Taken> {
    take_on(&app.db, gauge, app.now()).await
}

/// The same, together with what else a transaction does.
pub async fn take_on(mut on: impl On, gauge: &Gauge, now: Time) -> Result<Taken> {
    let latest = now.millis() + (gauge.burst - 1) * gauge.interval;
    if on.one(TAKE, args![&gauge.id, now, gauge.interval, latest, now + gauge.unheard_of]).await?.is_some() {
        return Ok(Taken::Yes);
    }
    let free_at = on.one(FREE_AT, args![&gauge.id]).await?.map_or(Ok(0), |row| row.int("free_at"))?;
    Ok(Taken::Wait(((free_at - latest).max(0) / 1000) + 1))
}

/// Takes an attempt back: it succeeded.
pub async fn refund(app: &App, gauge: &Gauge) -> Result<()> {
    let mut db = &app.db;
    db.run(REFUND, args![&gauge.id, gauge.interval]).await.map(|_| ())
}

/// Deletes gauges that have been full again for a while.
pub async fn purge(app: &App) -> Result<usize> {
    let mut db = &app.db;
    db.run(PURGE, args![app.now()]).await
}
