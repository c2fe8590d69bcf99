//! How much happens: counted in memory, and by the hour in the database, all processes together. For the charts of the
//! console; whoever needs more has the log.

use crate::base::Time;
use crate::db::{Db, On, Result};
use crate::{args, sql};
use std::sync::atomic::{AtomicI64, Ordering};

sql! {
    write ADD = "INSERT INTO measures (name, hour, n) VALUES ($1, $2, $3) \
                 ON CONFLICT (name, hour) DO UPDATE SET n = measures.n + excluded.n RETURNING n";
    write SET = "INSERT INTO measures (name, hour, n) VALUES ($1, $2, $3) ON CONFLICT (name, hour) DO NOTHING RETURNING n";
    read KNOWN = "SELECT n FROM measures WHERE name = $1 AND hour = $2";
    read SINCE = "SELECT name, hour, n FROM measures WHERE hour > $1 ORDER BY name, hour";
    write FORGET = "DELETE FROM measures WHERE hour < $1 RETURNING hour";
}

/// What is measured.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Measure {
    /// Requests of all kinds.
    Requests,
    /// Those that failed because of us: answers of 500 and above.
    Errors,
    /// People who signed in.
    SignIns,
    /// Grants that lived at the beginning of the hour.
    Grants,
}

impl Measure {
    /// As the database calls it.
    pub fn name(self) -> &'static str {
        match self {
            Measure::Requests => "requests",
            Measure::Errors => "errors",
            Measure::SignIns => "sign_ins",
            Measure::Grants => "grants",
        }
    }
}

/// What this process counted and hasn't written down.
#[derive(Debug, Default)]
pub struct Pulse {
    requests: AtomicI64,
    errors: AtomicI64,
    sign_ins: AtomicI64,
}

/// How long measures are kept.
const KEPT_HOURS: i64 = 8 * 24;

impl Pulse {
    /// Counts a request by its answer.
    pub fn answered(&self, status: u16) {
        self.requests.fetch_add(1, Ordering::Relaxed);
        if status >= 500 {
            self.errors.fetch_add(1, Ordering::Relaxed);
        }
    }

    /// Counts somebody who signed in.
    pub fn signed_in(&self) {
        self.sign_ins.fetch_add(1, Ordering::Relaxed);
    }

    /// Writes down what was counted. What can't be written is counted on.
    pub async fn write_down(&self, mut db: &Db, now: Time) -> Result<()> {
        let counters =
            [(Measure::Requests, &self.requests), (Measure::Errors, &self.errors), (Measure::SignIns, &self.sign_ins)];
        for (measure, counter) in counters {
            let n = counter.swap(0, Ordering::Relaxed);
            if n == 0 {
                continue;
            }
            if let Err(fault) = db.run(ADD, args![measure.name(), hour(now), n]).await {
                counter.fetch_add(n, Ordering::Relaxed);
                return Err(fault);
            }
        }
        Ok(())
    }
}

/// The hours since 1970.
pub fn hour(now: Time) -> i64 {
    now.secs().div_euclid(3600)
}

/// Whether this was measured in the hour of `now`.
pub async fn known(mut db: &Db, measure: Measure, now: Time) -> Result<bool> {
    Ok(db.one(KNOWN, args![measure.name(), hour(now)]).await?.is_some())
}

/// Notes how much there is in the hour of `now`; whoever was first has said it.
pub async fn set(mut db: &Db, measure: Measure, n: i64, now: Time) -> Result<()> {
    db.one(SET, args![measure.name(), hour(now), n]).await.map(drop)
}

/// The last 24 hours of everything that is measured, the present one last.
#[derive(Clone, Debug)]
pub struct Day {
    first: i64,
    rows: Vec<(String, i64, i64)>,
}

impl Day {
    /// Reads it.
    pub async fn read(mut db: &Db, now: Time) -> Result<Self> {
        let first = hour(now) - 23;
        let rows = db.all(SINCE, args![first - 1]).await?;
        let rows = rows.iter().map(|row| Ok((row.text("name")?, row.int("hour")?, row.int("n")?)));
        Ok(Day { first, rows: rows.collect::<Result<_>>()? })
    }

    /// One number for each hour; `None` where nothing is known.
    pub fn of(&self, measure: Measure) -> [Option<i64>; 24] {
        let mut hours = [None; 24];
        for (_, hour, n) in self.rows.iter().filter(|(name, ..)| name == measure.name()) {
            let at = usize::try_from(hour - self.first).unwrap_or(usize::MAX);
            if let Some(slot) = hours.get_mut(at) {
                *slot = Some(*n);
            }
        }
        hours
    }
}

/// Deletes what is older than anybody looks at.
pub async fn purge(mut db: &Db, now: Time) -> Result<usize> {
    db.run(FORGET, args![hour(now) - KEPT_HOURS]).await
}
