//! PostgreSQL: one statement a request from a small pool, and hot statements in batches that form by themselves when
//! requests wait.

use super::batch::{Hot, Item};
use super::gather::{self, Gather};
use super::lent::{Lent, lives};
use super::{Arg, Fault, Found, Result, Row};
use sqlx::PgPool;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use tokio::time::Instant;

/// Most hot statements under way at once.
const FLUSHERS: usize = 8;
/// Until when what may run again runs again: then its requester is about to be told that it takes too long.
const AGAIN: Duration = Duration::from_secs(3);

pub(super) struct Postgres {
    hot: Gather<Line>,
}

/// The connections, and when one of them last turned out to be dead.
#[derive(Clone)]
struct Line {
    pool: PgPool,
    trouble: Trouble,
}

/// When a connection last turned out to be dead.
#[derive(Clone, Default)]
pub(super) struct Trouble(Arc<Mutex<Option<Instant>>>);

impl Trouble {
    /// Whether there was some in the last `span`.
    pub(super) fn within(&self, span: Duration) -> bool {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).is_some_and(|at| at.elapsed() <= span)
    }

    fn noticed(&self) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Some(Instant::now());
    }
}

impl Line {
    async fn run(&self, sql: &'static str, args: Vec<Arg>) -> Result<Vec<Row>> {
        let outcome = match Lent::of(&self.pool).await {
            Ok(mut lent) => lent.all(sql, args).await,
            Err(fault) => Err(fault),
        };
        if matches!(outcome, Err(Fault::Gone(_))) {
            self.noticed();
        }
        outcome
    }

    /// A connection was dead: asks all that idle whether they live, at once. One after the other, as requests meet them, they would
    /// use up the patience of the first.
    fn noticed(&self) {
        self.trouble.noticed();
        while let Some(mut conn) = self.pool.try_acquire() {
            tokio::spawn(async move {
                if !lives(&mut conn).await {
                    drop(conn.detach());
                }
            });
        }
    }
}

impl gather::Line for Line {
    async fn run_set(&self, hot: &'static Hot, set: String) -> Result<Vec<Row>> {
        let begun = Instant::now();
        let mut outcome = self.run(hot.postgres(), vec![Arg::from(set.as_str())]).await;
        for _ in 0..3 {
            // Hot statements may run twice: a lost connection and a lost deadlock are answered by running again.
            if !outcome.as_ref().is_err_and(Fault::temporary) || self.pool.is_closed() || begun.elapsed() > AGAIN {
                break;
            }
            outcome = self.run(hot.postgres(), vec![Arg::from(set.as_str())]).await;
        }
        outcome
    }
}

impl Postgres {
    pub(super) fn new(pool: PgPool, trouble: Trouble) -> Self {
        Postgres { hot: Gather::new(Line { pool, trouble }, FLUSHERS) }
    }

    fn line(&self) -> &Line {
        self.hot.line()
    }

    pub(super) async fn all(&self, sql: &'static str, writes: bool, args: Vec<Arg>) -> Result<Vec<Row>> {
        match self.line().run(sql, args.clone()).await {
            // Nothing was changed by a read, nor by a write that lost a deadlock: again, on another connection.
            Err(Fault::Gone(_)) if !writes => self.line().run(sql, args).await,
            Err(Fault::Busy(_)) => self.line().run(sql, args).await,
            outcome => outcome,
        }
    }

    pub(super) async fn begin(&self) -> Result<Lent> {
        match Lent::in_transaction(&self.line().pool).await {
            Ok(tx) => Ok(tx),
            // A connection that died while idle is only noticed now.
            Err(_) => {
                self.line().noticed();
                Lent::in_transaction(&self.line().pool).await
            }
        }
    }

    pub(super) async fn hot(&self, hot: &'static Hot, item: Item) -> Result<Option<Arc<Found>>> {
        self.hot.ask(hot, item).await
    }

    pub(super) fn pool(&self) -> &PgPool {
        &self.line().pool
    }

    pub(super) async fn close(&self) {
        self.line().pool.close().await;
    }
}
