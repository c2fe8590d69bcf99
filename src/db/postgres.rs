//! PostgreSQL: one statement a request from a small pool, and hot statements in batches that form by themselves when
//! requests wait.

use super::batch::{self, Hot, Item};
use super::stmt::bound;
use super::{Arg, Fault, Result, Row};
use sqlx::postgres::PgArguments;
use sqlx::{PgExecutor, PgPool};
use std::collections::{HashSet, VecDeque};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use tokio::sync::oneshot;
use tokio::time::Instant;

/// Most items of one statement.
const BATCH: usize = 64;
/// Most hot statements under way at once: beyond this, larger batches beat more connections.
const FLUSHERS: usize = 8;
/// Most items that wait; beyond, the caller is told to come back.
const QUEUE: usize = 4096;
/// How long a statement may take. The server gives up sooner; this is for one that can't be heard any more.
const ANSWER: Duration = Duration::from_secs(6);
/// Until when what may run again runs again: then its requester is about to be told that it takes too long.
const AGAIN: Duration = Duration::from_secs(3);

pub(super) struct Postgres {
    line: Line,
    queue: Arc<Mutex<Queue>>,
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
        let outcome = run(&self.pool, sql, args).await;
        if matches!(outcome, Err(Fault::Gone(_))) {
            self.trouble.noticed();
        }
        outcome
    }
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
    pub(super) fn new(pool: PgPool, trouble: Trouble) -> Self {
        Postgres { line: Line { pool, trouble }, queue: Arc::default() }
    }

    pub(super) async fn all(&self, sql: &'static str, writes: bool, args: Vec<Arg>) -> Result<Vec<Row>> {
        match self.line.run(sql, args.clone()).await {
            // Nothing was changed by a read, nor by a write that lost a deadlock: again, on another connection.
            Err(Fault::Gone(_)) if !writes => self.line.run(sql, args).await,
            Err(Fault::Busy(_)) => self.line.run(sql, args).await,
            outcome => outcome,
        }
    }

    pub(super) async fn begin(&self) -> Result<sqlx::Transaction<'static, sqlx::Postgres>> {
        match self.line.pool.begin().await {
            Ok(tx) => Ok(tx),
            // A connection that died while idle is only noticed now.
            Err(_) => {
                self.line.trouble.noticed();
                Ok(self.line.pool.begin().await?)
            }
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
            tokio::spawn(flush(self.line.clone(), self.queue.clone()));
        }
        answer.await.unwrap_or_else(|_| Err(Fault::Gone("the statement was lost".to_owned())))
    }

    pub(super) fn pool(&self) -> &PgPool {
        &self.line.pool
    }

    pub(super) async fn close(&self) {
        self.line.pool.close().await;
    }
}

fn lock(queue: &Mutex<Queue>) -> std::sync::MutexGuard<'_, Queue> {
    queue.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Takes batches from the queue until nothing is left for it.
async fn flush(line: Line, queue: Arc<Mutex<Queue>>) {
    loop {
        let taken = take(&mut lock(&queue));
        let Some(hot) = taken.first().map(|first| first.hot) else {
            return;
        };
        let outcome = run_set(&line, hot, &taken).await;
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

async fn run_set(line: &Line, hot: &'static Hot, items: &[Waiting]) -> Result<Vec<Row>> {
    let set = batch::json(items.iter().map(|one| &one.item));
    let begun = Instant::now();
    let mut outcome = line.run(hot.postgres(), vec![Arg::from(set.clone())]).await;
    for _ in 0..3 {
        // Hot statements may run twice: a lost connection and a lost deadlock are answered by running again.
        if !outcome.as_ref().is_err_and(Fault::temporary) || line.pool.is_closed() || begun.elapsed() > AGAIN {
            break;
        }
        outcome = line.run(hot.postgres(), vec![Arg::from(set.clone())]).await;
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
    let rows = sqlx::query_with(sql, bound!(PgArguments, args)).fetch_all(on);
    let rows = tokio::time::timeout(ANSWER, rows).await;
    let rows = rows.map_err(|_| Fault::Gone("no answer in time".to_owned()))??;
    Ok(rows.into_iter().map(Row::Postgres).collect())
}
