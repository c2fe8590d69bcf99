//! PostgreSQL: one statement a request from a small pool, and hot statements in batches that form by themselves when
//! requests wait.

use super::batch::{self, Hot, Item};
use super::stmt::bound;
use super::{Arg, Fault, Result, Row};
use sqlx::postgres::PgArguments;
use sqlx::{PgExecutor, PgPool};
use std::collections::{HashSet, VecDeque};
use std::sync::{Arc, Mutex, PoisonError};
use tokio::sync::oneshot;

/// Most items of one statement.
const BATCH: usize = 64;
/// Most hot statements under way at once: beyond this, larger batches beat more connections.
const FLUSHERS: usize = 8;
/// Most items that wait; beyond, the caller is told to come back.
const QUEUE: usize = 4096;

pub(super) struct Postgres {
    pool: PgPool,
    queue: Arc<Mutex<Queue>>,
}

#[derive(Default)]
struct Queue {
    waiting: VecDeque<Waiting>,
    flushers: usize,
    /// Rows that a statement under way touches: two statements never wait for each other's row locks.
    touched: HashSet<String>,
}

struct Waiting {
    hot: &'static Hot,
    item: Item,
    reply: oneshot::Sender<Result<Option<Row>>>,
}

impl Postgres {
    pub(super) fn new(pool: PgPool) -> Self {
        Postgres { pool, queue: Arc::default() }
    }

    pub(super) async fn all(&self, sql: &'static str, writes: bool, args: Vec<Arg>) -> Result<Vec<Row>> {
        match run(&self.pool, sql, args.clone()).await {
            // Nothing was changed by a read, nor by a write that lost a deadlock: again, on another connection.
            Err(Fault::Gone(_)) if !writes => run(&self.pool, sql, args).await,
            Err(Fault::Busy(_)) => run(&self.pool, sql, args).await,
            outcome => outcome,
        }
    }

    pub(super) async fn begin(&self) -> Result<sqlx::Transaction<'static, sqlx::Postgres>> {
        match self.pool.begin().await {
            Ok(tx) => Ok(tx),
            // A connection that died while idle is only noticed now.
            Err(_) => Ok(self.pool.begin().await?),
        }
    }

    pub(super) async fn hot(&self, hot: &'static Hot, item: Item) -> Result<Option<Row>> {
        let (reply, answer) = oneshot::channel();
        let start = {
            let mut queue = lock(&self.queue);
            if queue.waiting.len() >= QUEUE {
                return Err(Fault::Busy("too many writes are waiting".to_owned()));
            }
            queue.waiting.push_back(Waiting { hot, item, reply });
            let start = queue.flushers < FLUSHERS;
            queue.flushers += usize::from(start);
            start
        };
        if start {
            tokio::spawn(flush(self.pool.clone(), self.queue.clone()));
        }
        answer.await.unwrap_or_else(|_| Err(Fault::Gone("the statement was lost".to_owned())))
    }

    pub(super) fn pool(&self) -> &PgPool {
        &self.pool
    }

    pub(super) async fn close(&self) {
        self.pool.close().await;
    }
}

fn lock(queue: &Mutex<Queue>) -> std::sync::MutexGuard<'_, Queue> {
    queue.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Takes batches from the queue until nothing is left for it.
async fn flush(pool: PgPool, queue: Arc<Mutex<Queue>>) {
    loop {
        let taken = take(&mut lock(&queue));
        let Some(hot) = taken.first().map(|first| first.hot) else {
            return;
        };
        let outcome = run_set(&pool, hot, &taken).await;
        let mut queue = lock(&queue);
        for one in &taken {
            queue.touched.remove(&one.item.id);
        }
        answer(taken, outcome);
    }
}

/// The next items of one hot statement, at most one per row, none for a row that is being touched. Taking none ends the
/// flusher, so it gives up its place under the same lock.
fn take(queue: &mut Queue) -> Vec<Waiting> {
    let mut taken: Vec<Waiting> = Vec::new();
    let mut left = VecDeque::with_capacity(queue.waiting.len());
    while let Some(next) = queue.waiting.pop_front() {
        let fits = taken.len() < BATCH && taken.first().is_none_or(|first| std::ptr::eq(first.hot, next.hot));
        if fits && queue.touched.insert(next.item.id.clone()) {
            taken.push(next);
        } else {
            left.push_back(next);
        }
    }
    queue.waiting = left;
    if taken.is_empty() {
        queue.flushers -= 1;
    }
    // Sorted, so that batches of different replicas lock common rows in the same order where the planner lets them.
    taken.sort_by(|a, b| a.item.id.cmp(&b.item.id));
    taken
}

async fn run_set(pool: &PgPool, hot: &'static Hot, items: &[Waiting]) -> Result<Vec<Row>> {
    let set = batch::json(items.iter().map(|one| &one.item));
    let mut outcome = run(pool, hot.postgres(), vec![Arg::from(set.clone())]).await;
    for _ in 0..3 {
        // Hot statements may run twice: a lost connection and a lost deadlock are answered by running again.
        if !outcome.as_ref().is_err_and(Fault::temporary) || pool.is_closed() {
            break;
        }
        outcome = run(pool, hot.postgres(), vec![Arg::from(set.clone())]).await;
    }
    outcome
}

fn answer(items: Vec<Waiting>, outcome: Result<Vec<Row>>) {
    let mut rows: Vec<(String, Row)> = match outcome {
        Ok(rows) => rows.into_iter().filter_map(|row| Some((row.text("id").ok()?, row))).collect(),
        Err(fault) => {
            items.into_iter().for_each(|one| drop(one.reply.send(Err(fault.clone()))));
            return;
        }
    };
    for one in items {
        let at = rows.iter().position(|(id, _)| *id == one.item.id);
        let _ = one.reply.send(Ok(at.map(|at| rows.swap_remove(at).1)));
    }
}

pub(super) async fn run(on: impl PgExecutor<'_>, sql: &'static str, args: Vec<Arg>) -> Result<Vec<Row>> {
    let rows = sqlx::query_with(sql, bound!(PgArguments, args)).fetch_all(on).await?;
    Ok(rows.into_iter().map(Row::Postgres).collect())
}
