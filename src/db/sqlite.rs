//! SQLite: read-only readers side by side, and one writer that commits many requests together.
//!
//! The writer takes one job, drains what else is waiting, runs all in one transaction and answers after COMMIT returned.
//! So every answer is durable, and 64 requests cost one fsync instead of 64.

use super::batch::{self, Hot, Item};
use super::gather::{self, Gather};
use super::recall::{Head, Recall};
use super::stmt::bound;
use super::{Arg, Fault, Found, Moment, Question, Result, Row};
use sqlx::SqlitePool;
use sqlx::sqlite::{SqliteArguments, SqliteConnectOptions, SqliteConnection};
use std::collections::{HashMap, HashSet, VecDeque};
use std::sync::Arc;
use tokio::sync::{mpsc, oneshot};

/// Most jobs that share a commit.
const BATCH: usize = 256;
/// Most jobs that wait; beyond, the caller is told to come back.
pub(super) const QUEUE: usize = 4096;

/// Most reads of hot statements under way at once.
const READS: usize = 2;

type Reply<T> = oneshot::Sender<Result<T>>;

enum Job {
    Single { sql: &'static str, args: Vec<Arg>, reply: Reply<Vec<Row>> },
    Hot { hot: &'static Hot, item: Item, reply: Reply<Option<Row>> },
    Lease { reply: Reply<Lease> },
}

/// Connections that only read.
#[derive(Clone)]
struct Readers(SqlitePool);

impl Readers {
    async fn run(&self, sql: &'static str, args: Vec<Arg>) -> Result<Vec<Row>> {
        let rows = sqlx::query_with(sql, bound!(SqliteArguments, args)).fetch_all(&self.0).await?;
        Ok(rows.into_iter().map(Row::Sqlite).collect())
    }
}

impl gather::Line for Readers {
    async fn run_set(&self, hot: &'static Hot, set: String) -> Result<Vec<Row>> {
        self.run(hot.sqlite(), vec![Arg::from(set)]).await
    }
}

pub(super) struct Sqlite {
    read: Gather<Readers>,
    recall: Recall,
    options: SqliteConnectOptions,
    jobs: mpsc::Sender<Job>,
    writer: tokio::sync::Mutex<Option<tokio::task::JoinHandle<()>>>,
}

impl Sqlite {
    pub(super) fn new(read: SqlitePool, write: SqliteConnection, options: SqliteConnectOptions) -> Self {
        let (jobs, queue) = mpsc::channel(QUEUE);
        let writer = tokio::spawn(Writer { conn: write, queue, waiting: VecDeque::new() }.run());
        let (read, recall) = (Gather::new(Readers(read), READS), Recall::of(options.get_filename()));
        Sqlite { read, recall, options, jobs, writer: tokio::sync::Mutex::new(Some(writer)) }
    }

    pub(super) async fn all(&self, sql: &'static str, writes: bool, args: Vec<Arg>) -> Result<Vec<Row>> {
        if writes {
            return self.ask(|reply| Job::Single { sql, args, reply }).await;
        }
        self.read.line().run(sql, args).await
    }

    pub(super) async fn hot(&self, hot: &'static Hot, item: Item) -> Result<Option<Arc<Found>>> {
        let row = self.ask(|reply| Job::Hot { hot, item, reply }).await?;
        Ok(row.map(|row| Arc::new(Found::new(row))))
    }

    pub(super) async fn look(
        &self,
        hot: &'static Hot,
        Question { id, now, as_of }: Question<'_>,
        item: impl FnOnce() -> Item + Send,
    ) -> Result<Option<Arc<Found>>> {
        let then = as_of.and_then(|Moment(head)| head);
        if let Some(row) = then.and_then(|then| self.recall.row(&then, hot, id, now)) {
            return Ok(row);
        }
        let head = self.head();
        if let Some(row) = head.filter(|_| head != then).and_then(|head| self.recall.row(&head, hot, id, now)) {
            return Ok(row);
        }
        head.iter().for_each(|head| self.recall.move_on(head));
        let row = Box::pin(self.read.ask(hot, item())).await?;
        if let Some(head) = head {
            self.recall.keep(&head, hot, id, row.as_ref());
        }
        Ok(row)
    }

    pub(super) fn head(&self) -> Option<Head> {
        self.recall.head()
    }

    pub(super) async fn begin(&self) -> Result<Lease> {
        self.ask(|reply| Job::Lease { reply }).await
    }

    pub(super) fn options(&self) -> &SqliteConnectOptions {
        &self.options
    }

    pub(super) async fn close(&self) {
        let (reply, closed) = oneshot::channel();
        // A lease that is taken and dropped comes after everything that was queued before it.
        if self.jobs.send(Job::Lease { reply }).await.is_ok() {
            let _ = closed.await;
        }
        if let Some(writer) = self.writer.lock().await.take() {
            writer.abort();
            let _ = writer.await;
        }
        self.read.line().0.close().await;
        self.recall.close();
    }

    async fn ask<T>(&self, job: impl FnOnce(Reply<T>) -> Job) -> Result<T> {
        let (reply, answer) = oneshot::channel();
        match self.jobs.try_send(job(reply)) {
            Ok(()) => answer.await.unwrap_or_else(|_| Err(Fault::Gone("the writer has stopped".to_owned()))),
            Err(mpsc::error::TrySendError::Full(_)) => Err(Fault::Busy("too many writes are waiting".to_owned())),
            Err(mpsc::error::TrySendError::Closed(_)) => Err(Fault::Gone("the writer has stopped".to_owned())),
        }
    }
}

struct Writer {
    conn: SqliteConnection,
    queue: mpsc::Receiver<Job>,
    /// Jobs that were drained but belong into a later batch.
    waiting: VecDeque<Job>,
}

impl Writer {
    async fn run(mut self) {
        loop {
            if self.waiting.is_empty() {
                match self.queue.recv().await {
                    Some(job) => self.waiting.push_back(job),
                    None => return,
                }
            }
            while self.waiting.len() < BATCH {
                match self.queue.try_recv() {
                    Ok(job) => self.waiting.push_back(job),
                    Err(_) => break,
                }
            }
            match self.waiting.pop_front() {
                Some(Job::Lease { reply }) => self.lend(reply).await,
                Some(job) => {
                    self.waiting.push_front(job);
                    self.batch().await;
                }
                None => {}
            }
        }
    }

    /// Runs the jobs up to the next lease in one transaction; two items for the same row go into different ones.
    async fn batch(&mut self) {
        let mut jobs = Vec::new();
        let mut touched = HashSet::new();
        let mut later = VecDeque::new();
        while let Some(job) = self.waiting.pop_front() {
            match &job {
                Job::Lease { .. } => {
                    later.push_back(job);
                    break;
                }
                Job::Hot { item, .. } if !touched.insert(item.id.clone()) => later.push_back(job),
                _ => jobs.push(job),
            }
        }
        later.append(&mut self.waiting);
        self.waiting = later;
        if let Err((fault, jobs)) = self.together(jobs).await {
            // A fault may have ended the transaction, so nobody's outcome is known from it: each runs again, alone.
            let alone = jobs.len() > 1;
            for job in jobs {
                let outcome = if alone { self.together(vec![job]).await } else { Err((fault.clone(), vec![job])) };
                if let Err((fault, jobs)) = outcome {
                    jobs.into_iter().for_each(|job| job.refuse(fault.clone()));
                }
            }
        }
    }

    async fn together(&mut self, jobs: Vec<Job>) -> std::result::Result<(), (Fault, Vec<Job>)> {
        match self.transact(&jobs).await {
            Ok(rows) => {
                jobs.into_iter().zip(rows).for_each(|(job, rows)| job.answer(rows));
                Ok(())
            }
            Err(fault) => {
                let _ = sqlx::query("ROLLBACK").execute(&mut self.conn).await;
                Err((fault, jobs))
            }
        }
    }

    /// The rows of each job, in order, after they were committed. One statement is a transaction by itself: it saves two
    /// trips to the thread of the connection.
    async fn transact(&mut self, jobs: &[Job]) -> Result<Vec<Vec<Row>>> {
        let works = works(jobs);
        let together = works.len() > 1;
        if together {
            sqlx::query("BEGIN IMMEDIATE").execute(&mut self.conn).await?;
        }
        let mut rows: Vec<Vec<Row>> = jobs.iter().map(|_| Vec::new()).collect();
        for work in works {
            match work {
                Work::Single(n, sql, args) => {
                    if let Some(slot) = rows.get_mut(n) {
                        *slot = execute(&mut self.conn, sql, args.to_vec()).await?;
                    }
                }
                Work::Hot(hot, items) => {
                    let set = Arg::from(batch::json(items.values().map(|(_, item)| *item)));
                    for row in execute(&mut self.conn, hot.sqlite(), vec![set]).await? {
                        let id = row.text("id")?;
                        if let Some(slot) = items.get(id.as_str()).and_then(|(n, _)| rows.get_mut(*n)) {
                            slot.push(row);
                        }
                    }
                }
            }
        }
        if together {
            sqlx::query("COMMIT").execute(&mut self.conn).await?;
        }
        Ok(rows)
    }
}

/// A statement to run, and for which jobs.
enum Work<'a> {
    Single(usize, &'static str, &'a [Arg]),
    Hot(&'static Hot, HashMap<&'a str, (usize, &'a Item)>),
}

/// The statements of these jobs: one for all items of a hot one.
fn works(jobs: &[Job]) -> Vec<Work<'_>> {
    let mut works: Vec<Work<'_>> = Vec::new();
    for (n, job) in jobs.iter().enumerate() {
        match job {
            Job::Single { sql, args, .. } => works.push(Work::Single(n, sql, args)),
            Job::Hot { hot, item, .. } => {
                let same = works.iter_mut().find_map(|work| match work {
                    Work::Hot(have, items) if std::ptr::eq(*have, *hot) => Some(items),
                    _ => None,
                });
                match same {
                    Some(items) => drop(items.insert(&item.id, (n, item))),
                    None => works.push(Work::Hot(hot, HashMap::from([(item.id.as_str(), (n, item))]))),
                }
            }
            Job::Lease { .. } => {}
        }
    }
    works
}

impl Writer {
    /// Serves one transaction of many statements; the other jobs wait.
    async fn lend(&mut self, reply: Reply<Lease>) {
        if let Err(fault) = sqlx::query("BEGIN IMMEDIATE").execute(&mut self.conn).await {
            let _ = reply.send(Err(fault.into()));
            return;
        }
        let (steps, mut asked) = mpsc::channel(1);
        if reply.send(Ok(Lease { steps })).is_ok() {
            while let Some(step) = asked.recv().await {
                match step {
                    Step::Run { sql, args, reply } => {
                        let _ = reply.send(execute(&mut self.conn, sql, args).await);
                    }
                    Step::Commit { reply } => {
                        let done = sqlx::query("COMMIT").execute(&mut self.conn).await;
                        if done.is_err() {
                            let _ = sqlx::query("ROLLBACK").execute(&mut self.conn).await;
                        }
                        let _ = reply.send(done.map(|_| ()).map_err(Fault::from));
                        return;
                    }
                }
            }
        }
        let _ = sqlx::query("ROLLBACK").execute(&mut self.conn).await;
    }
}

async fn execute(conn: &mut SqliteConnection, sql: &'static str, args: Vec<Arg>) -> Result<Vec<Row>> {
    let rows = sqlx::query_with(sql, bound!(SqliteArguments, args)).fetch_all(conn).await?;
    Ok(rows.into_iter().map(Row::Sqlite).collect())
}

impl Job {
    fn answer(self, rows: Vec<Row>) {
        match self {
            Job::Single { reply, .. } => drop(reply.send(Ok(rows))),
            Job::Hot { reply, .. } => drop(reply.send(Ok(rows.into_iter().next()))),
            Job::Lease { .. } => {}
        }
    }

    fn refuse(self, fault: Fault) {
        match self {
            Job::Single { reply, .. } => drop(reply.send(Err(fault))),
            Job::Hot { reply, .. } => drop(reply.send(Err(fault))),
            Job::Lease { reply } => drop(reply.send(Err(fault))),
        }
    }
}

enum Step {
    Run { sql: &'static str, args: Vec<Arg>, reply: Reply<Vec<Row>> },
    Commit { reply: Reply<()> },
}

/// The writer's time, for one transaction. Dropping it rolls back.
pub(super) struct Lease {
    steps: mpsc::Sender<Step>,
}

impl Lease {
    pub(super) async fn all(&mut self, sql: &'static str, args: Vec<Arg>) -> Result<Vec<Row>> {
        self.step(|reply| Step::Run { sql, args, reply }).await
    }

    pub(super) async fn commit(self) -> Result<()> {
        self.step(|reply| Step::Commit { reply }).await
    }

    async fn step<T>(&self, step: impl FnOnce(Reply<T>) -> Step) -> Result<T> {
        let (reply, answer) = oneshot::channel();
        let gone = || Fault::Gone("the writer has stopped".to_owned());
        self.steps.send(step(reply)).await.map_err(|_| gone())?;
        answer.await.unwrap_or_else(|_| Err(gone()))
    }
}
