//! Connections to PostgreSQL that are lent from the pool and go back only when they answer. sqlx itself would wait for a silent
//! one for ever, and the pool would be smaller by it: after a failover that nobody told us of, by all.

use super::stmt::bound;
use super::{Arg, Fault, Result, Row};
use sqlx::pool::PoolConnection;
use sqlx::postgres::PgArguments;
use sqlx::{Connection, PgConnection, PgPool, Postgres};
use std::time::Duration;
use tokio::time::timeout;

/// How long a statement may take. The server gives up sooner; this is for one that can't be heard any more.
const ANSWER: Duration = Duration::from_secs(6);
/// A connection that was idle for this long is asked whether it lives, and has as long to say so.
pub(super) const PAUSE: Duration = Duration::from_millis(500);

/// Whether a connection says within [`PAUSE`] that it lives.
pub(super) async fn lives(conn: &mut PgConnection) -> bool {
    matches!(timeout(PAUSE, conn.ping()).await, Ok(Ok(())))
}

/// One of them, by itself or within a transaction.
pub(super) struct Lent {
    conn: Option<PoolConnection<Postgres>>,
    open: Open,
}

/// What has begun on it and not ended.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Open {
    Nothing,
    Statement,
    Transaction,
}

impl Lent {
    pub(super) async fn of(pool: &PgPool) -> Result<Self> {
        Ok(Lent { conn: Some(pool.acquire().await?), open: Open::Nothing })
    }

    pub(super) async fn in_transaction(pool: &PgPool) -> Result<Self> {
        let mut lent = Lent::of(pool).await?;
        lent.says("BEGIN").await?;
        lent.open = Open::Transaction;
        Ok(lent)
    }

    pub(super) async fn all(&mut self, sql: &'static str, args: Vec<Arg>) -> Result<Vec<Row>> {
        let rows = self.in_time(async |conn| sqlx::query_with(sql, bound!(PgArguments, args)).fetch_all(conn).await);
        Ok(rows.await?.into_iter().map(Row::Postgres).collect())
    }

    /// An error means that the outcome is unknown.
    pub(super) async fn commit(mut self) -> Result<()> {
        self.says("COMMIT").await?;
        self.open = Open::Nothing;
        Ok(())
    }

    async fn says(&mut self, word: &'static str) -> Result<()> {
        self.in_time(async |conn| sqlx::raw_sql(word).execute(conn).await).await.map(drop)
    }

    async fn in_time<T>(&mut self, ask: impl AsyncFnOnce(&mut PgConnection) -> sqlx::Result<T>) -> Result<T> {
        let silent = || Fault::Gone("no answer in time".to_owned());
        let conn = self.conn.as_mut().ok_or_else(silent)?;
        let before = self.open;
        if before == Open::Nothing {
            self.open = Open::Statement;
        }
        match timeout(ANSWER, ask(conn)).await {
            Ok(outcome) => {
                self.open = before;
                Ok(outcome?)
            }
            Err(_) => {
                // Nobody waits for it any more, the pool neither.
                drop(self.conn.take().map(PoolConnection::detach));
                Err(silent())
            }
        }
    }
}

impl Drop for Lent {
    fn drop(&mut self) {
        let (Some(mut conn), open) = (self.conn.take(), self.open) else { return };
        if open == Open::Nothing {
            return;
        }
        // Whoever asked went away in the middle. What comes of it is waited for here, in time.
        tokio::spawn(async move {
            let settled = async {
                match open {
                    Open::Transaction => sqlx::raw_sql("ROLLBACK").execute(&mut *conn).await.is_ok(),
                    _ => conn.ping().await.is_ok(),
                }
            };
            if !timeout(ANSWER, settled).await.unwrap_or(false) {
                drop(conn.detach());
            }
        });
    }
}
