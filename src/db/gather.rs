//! Requests that wait gather: whoever comes while a hot statement is under way shares the next one.

use super::batch::{self, Hot, Item};
use super::{Fault, Found, Result, Row};
use std::collections::{HashMap, HashSet, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use tokio::sync::oneshot;

/// Most items of one statement.
const BATCH: usize = 64;
/// Most items that wait; beyond, the caller is told to come back.
const QUEUE: usize = 4096;

/// What hot statements are sent along.
pub(super) trait Line: Clone + Send + Sync + 'static {
    /// Runs a hot statement on the items of a JSON array.
    fn run_set(&self, hot: &'static Hot, set: String) -> impl Future<Output = Result<Vec<Row>>> + Send;
}

/// The items that wait for a line, and those who send them. Cloning shares it.
#[derive(Clone)]
pub(super) struct Gather<L> {
    line: L,
    queue: Arc<Mutex<Queue>>,
    /// Most statements under way at once: beyond this, larger batches beat more statements.
    flushers: usize,
}

#[derive(Default)]
struct Queue {
    waiting: VecDeque<Waiting>,
    flushers: usize,
    /// Rows that a statement under way changes: two statements never wait for each other's row locks.
    touched: HashSet<String>,
}

struct Waiting {
    hot: &'static Hot,
    item: Item,
    reply: oneshot::Sender<Result<Option<Arc<Found>>>>,
}

impl<L: Line> Gather<L> {
    pub(super) fn new(line: L, flushers: usize) -> Self {
        Gather { line, queue: Arc::default(), flushers }
    }

    pub(super) fn line(&self) -> &L {
        &self.line
    }

    /// The row that the statement gave for this item.
    pub(super) async fn ask(&self, hot: &'static Hot, item: Item) -> Result<Option<Arc<Found>>> {
        let (reply, answer) = oneshot::channel();
        let start = {
            let mut queue = self.lock();
            if queue.waiting.len() >= QUEUE {
                return Err(Fault::Busy("too many statements are waiting".to_owned()));
            }
            queue.waiting.push_back(Waiting { hot, item, reply });
            let start = queue.flushers < self.flushers;
            queue.flushers += usize::from(start);
            start
        };
        if start {
            tokio::spawn(self.clone().flush());
        }
        answer.await.unwrap_or_else(|_| Err(Fault::Gone("the statement was lost".to_owned())))
    }

    /// Takes batches from the queue until nothing is left for it.
    async fn flush(self) {
        // Whoever is about to ask comes along: with one statement for each the threads' turns would cost more than the reads.
        tokio::task::yield_now().await;
        loop {
            let taken = take(&mut self.lock());
            let Some(hot) = taken.first().map(|first| first.hot) else {
                return;
            };
            let outcome = self.line.run_set(hot, batch::json(distinct(&taken))).await;
            if hot.writes {
                let mut queue = self.lock();
                for one in &taken {
                    queue.touched.remove(&one.item.id);
                }
            }
            answer(taken, outcome);
        }
    }

    fn lock(&self) -> MutexGuard<'_, Queue> {
        self.queue.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The next items of one hot statement; of those that change rows at most one per row, and none for a row that is being
/// changed. Taking none ends the flusher, so it gives up its place under the same lock.
fn take(queue: &mut Queue) -> Vec<Waiting> {
    let mut taken: Vec<Waiting> = Vec::new();
    let mut left = VecDeque::new();
    while let Some(next) = queue.waiting.pop_front() {
        let fits = taken.len() < BATCH && taken.first().is_none_or(|first| std::ptr::eq(first.hot, next.hot));
        if fits && (!next.hot.writes || queue.touched.insert(next.item.id.clone())) {
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

/// Each question once, however many ask it.
fn distinct(sorted: &[Waiting]) -> impl Iterator<Item = &Item> {
    let mut last = None;
    sorted.iter().map(|one| &one.item).filter(move |item| last.replace(&item.id) != Some(&item.id))
}

fn answer(items: Vec<Waiting>, outcome: Result<Vec<Row>>) {
    let rows: Result<HashMap<String, Arc<Found>>> =
        outcome.and_then(|rows| rows.into_iter().map(|row| Ok((row.text("id")?, Arc::new(Found::new(row))))).collect());
    for one in items {
        let mine = rows.as_ref().map(|rows| rows.get(&one.item.id).cloned());
        let _ = one.reply.send(mine.map_err(Fault::clone));
    }
}
