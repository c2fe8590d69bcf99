//! PostgreSQL: one statement a request from a small pool, and hot statements in batches that form by themselves when
//! requests wait.

use super::batch::{Hot, Item};
use super::gather::{self, Gather};
use super::stmt::bound;
use super::{Arg, Fault, Result, Row};
use sqlx::postgres::PgArguments;
use sqlx::{Connection, PgConnection, PgExecutor, PgPool};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use tokio::time::Instant;

/// Most hot statements under way at once.
const FLUSHERS: usize = 8;
/// How long a statement may take. The server gives up sooner; this is for one that can't be heard any more.
const ANSWER: Duration = Duration::from_secs(6);
/// A connection that was idle for this long is asked whether it lives, and has as long to say so.
pub(super) const PAUSE: Duration = Duration::from_millis(500);
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

/// Whether a connection says within `PAUSE` that it lives.
pub(super) async fn lives(conn: &mut PgConnection) -> bool {
    matches!(tokio::time::timeout(PAUSE, conn.ping()).await, Ok(Ok(())))
}

impl Line {
    async fn run(&self, sql: &'static str, args: Vec<Arg>) -> Result<Vec<Row>> {
        let outcome = run(&self.pool, sql, args).await;
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

    pub(super) async fn begin(&self) -> Result<sqlx::Transaction<'static, sqlx::Postgres>> {
        match self.line().pool.begin().await {
            Ok(tx) => Ok(tx),
            // A connection that died while idle is only noticed now.
            Err(_) => {
                self.line().noticed();
                Ok(self.line().pool.begin().await?)
            }
        }
    }

    pub(super) async fn hot(&self, hot: &'static Hot, item: Item) -> Result<Option<Arc<Row>>> {
        self.hot.ask(hot, item).await
    }

    pub(super) fn pool(&self) -> &PgPool {
        &self.line().pool
    }

    pub(super) async fn close(&self) {
        self.line().pool.close().await;
    }
}

pub(super) async fn run(on: impl PgExecutor<'_>, sql: &'static str, args: Vec<Arg>) -> Result<Vec<Row>> {
    let rows = sqlx::query_with(sql, bound!(PgArguments, args)).fetch_all(on);
    let rows = tokio::time::timeout(ANSWER, rows).await;
    let rows = rows.map_err(|_| Fault::Gone("no answer in time".to_owned()))??;
    Ok(rows.into_iter().map(Row::Postgres).collect())
}
