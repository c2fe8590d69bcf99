//! SQLite and PostgreSQL behind one door. The only room that knows the drivers; rooms above write portable SQL.

mod batch;
mod fault;
mod found;
mod gather;
mod lent;
mod migrate;
mod open;
mod postgres;
mod recall;
mod row;
mod sqlite;
mod stmt;

pub use batch::{Column, Hot, Item};
pub use fault::Fault;
pub use found::Found;
pub use migrate::Drift;
pub use open::{Place, open};
pub use row::Row;
pub use stmt::{Arg, Stmt, like, params};

use crate::base::Time;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

/// What a statement gives, or the fault that kept it from answering.
pub type Result<T> = std::result::Result<T, Fault>;

type Boxed<'a, T> = Pin<Box<dyn Future<Output = T> + Send + 'a>>;

/// The database. Cloning shares it.
#[derive(Clone)]
pub struct Db(Arc<Shared>);

struct Shared {
    engine: Engine,
    round_trips: AtomicU64,
    #[cfg(feature = "test-hooks")]
    fail_after: std::sync::atomic::AtomicI64,
}

enum Engine {
    Sqlite(Box<sqlite::Sqlite>),
    Postgres(postgres::Postgres),
}

/// A question to a hot read.
#[derive(Clone, Copy)]
pub struct Question<'a> {
    /// Names it: whoever asks the same has the same.
    pub id: &'a str,
    /// For the column `now`.
    pub now: Option<Time>,
    /// When the asking began: an answer as of then will do. Else as of now.
    pub as_of: Option<Moment>,
}

impl<'a> Question<'a> {
    /// With this name alone.
    pub fn named(id: &'a str) -> Self {
        Question { id, now: None, as_of: None }
    }
}

/// What was committed at a moment, as far as that can be told for nothing.
#[derive(Clone, Copy, Debug)]
pub struct Moment(Option<recall::Head>);

/// Something that statements run on: `&Db`, one by one; `&mut Tx`, together.
pub trait On: Send {
    /// Runs a statement and gives its rows.
    fn all<const N: usize>(&mut self, stmt: Stmt<N>, args: [Arg; N]) -> impl Future<Output = Result<Vec<Row>>> + Send;

    /// Runs a statement and gives its first row.
    fn one<const N: usize>(
        &mut self,
        stmt: Stmt<N>,
        args: [Arg; N],
    ) -> impl Future<Output = Result<Option<Row>>> + Send {
        async move { Ok(self.all(stmt, args).await?.into_iter().next()) }
    }

    /// Runs a statement for its effect; gives the number of rows that it returned.
    fn run<const N: usize>(&mut self, stmt: Stmt<N>, args: [Arg; N]) -> impl Future<Output = Result<usize>> + Send {
        async move { Ok(self.all(stmt, args).await?.len()) }
    }
}

impl On for &Db {
    async fn all<const N: usize>(&mut self, stmt: Stmt<N>, args: [Arg; N]) -> Result<Vec<Row>> {
        self.count()?;
        self.send(stmt.sql, stmt.writes, args.into()).await
    }
}

impl Db {
    /// Runs one item of a hot statement that changes something, together with others that are waiting; gives its row. Returns
    /// once the change is durable. Dropping the future doesn't undo it.
    pub async fn hot(&self, hot: &'static Hot, item: Item) -> Result<Option<Arc<Found>>> {
        self.count()?;
        match &self.0.engine {
            Engine::Sqlite(db) => db.hot(hot, item).await,
            Engine::Postgres(db) => db.hot(hot, item).await,
        }
    }

    /// Asks a hot read a question, together with others that are waiting; gives its row. `more` adds the other columns, where the
    /// answer isn't known from before.
    pub async fn look(
        &self,
        hot: &'static Hot,
        question: Question<'_>,
        more: impl FnOnce(Item) -> Item + Send,
    ) -> Result<Option<Arc<Found>>> {
        self.count()?;
        let item = || {
            let item = more(Item::new(question.id.to_owned()));
            question.now.into_iter().fold(item, |item, now| item.with("now", now.millis()))
        };
        match &self.0.engine {
            Engine::Sqlite(db) => db.look(hot, question, item).await,
            Engine::Postgres(db) => db.hot(hot, item()).await,
        }
    }

    /// What is committed right now.
    pub fn moment(&self) -> Moment {
        match &self.0.engine {
            Engine::Sqlite(db) => Moment(db.head()),
            Engine::Postgres(_) => Moment(None),
        }
    }

    /// Runs a hot statement for all of these at once, which have different identifiers; gives how many rows it returned. All of
    /// it is done, or nothing.
    pub async fn set(&self, hot: &'static Hot, items: &[Item]) -> Result<usize> {
        self.count()?;
        let set = vec![Arg::from(batch::json(items.iter()))];
        let sql = match &self.0.engine {
            Engine::Sqlite(_) => hot.sqlite(),
            Engine::Postgres(_) => hot.postgres(),
        };
        Ok(self.send(sql, hot.writes, set).await?.len())
    }

    /// Boxed: the drivers' futures are of five kilobytes, and whoever waits for one carries it from hand to hand.
    fn send(&self, sql: &'static str, writes: bool, args: Vec<Arg>) -> Boxed<'_, Result<Vec<Row>>> {
        match &self.0.engine {
            Engine::Sqlite(db) => Box::pin(db.all(sql, writes, args)),
            Engine::Postgres(db) => Box::pin(db.all(sql, writes, args)),
        }
    }

    /// Begins a transaction. Nothing but SQL may be awaited until it is committed; dropping it rolls back.
    pub async fn begin(&self) -> Result<Tx> {
        self.count()?;
        let open = match &self.0.engine {
            Engine::Sqlite(db) => Open::Sqlite(db.begin().await?),
            Engine::Postgres(db) => Open::Postgres(Box::pin(db.begin()).await?),
        };
        Ok(Tx { open, db: self.clone() })
    }

    /// Questions to the database so far, by which tests hold endpoints to their number of round trips; of hot reads on SQLite
    /// some were answered from what was read before.
    pub fn round_trips(&self) -> u64 {
        self.0.round_trips.load(Ordering::Relaxed)
    }

    /// Which database this is: `sqlite` or `postgres`.
    pub fn kind(&self) -> &'static str {
        match &self.0.engine {
            Engine::Sqlite(_) => "sqlite",
            Engine::Postgres(_) => "postgres",
        }
    }

    /// Finishes what was begun and closes the connections.
    pub async fn close(&self) {
        match &self.0.engine {
            Engine::Sqlite(db) => db.close().await,
            Engine::Postgres(db) => db.close().await,
        }
    }

    /// Makes the n-th statement from now fail, and those after it: what a dying database does.
    #[cfg(feature = "test-hooks")]
    pub fn fail_after(&self, statements: i64) {
        self.0.fail_after.store(statements, Ordering::SeqCst);
    }

    fn count(&self) -> Result<()> {
        self.0.round_trips.fetch_add(1, Ordering::Relaxed);
        #[cfg(feature = "test-hooks")]
        {
            let left = self.0.fail_after.load(Ordering::SeqCst);
            if left == 0 {
                return Err(Fault::Gone("a test made this statement fail".to_owned()));
            } else if left > 0 {
                self.0.fail_after.fetch_sub(1, Ordering::SeqCst);
            }
        }
        Ok(())
    }

    fn new(engine: Engine) -> Self {
        Db(Arc::new(Shared {
            engine,
            round_trips: AtomicU64::new(0),
            #[cfg(feature = "test-hooks")]
            fail_after: std::sync::atomic::AtomicI64::new(-1),
        }))
    }
}

/// An open transaction.
pub struct Tx {
    open: Open,
    db: Db,
}

enum Open {
    Sqlite(sqlite::Lease),
    Postgres(lent::Lent),
}

impl On for &mut Tx {
    async fn all<const N: usize>(&mut self, stmt: Stmt<N>, args: [Arg; N]) -> Result<Vec<Row>> {
        self.db.count()?;
        match &mut self.open {
            Open::Sqlite(lease) => lease.all(stmt.sql, args.into()).await,
            Open::Postgres(lent) => Box::pin(lent.all(stmt.sql, args.into())).await,
        }
    }
}

impl Tx {
    /// Makes it all durable. An error means that the outcome is unknown.
    pub async fn commit(self) -> Result<()> {
        self.db.count()?;
        match self.open {
            Open::Sqlite(lease) => lease.commit().await,
            Open::Postgres(lent) => Box::pin(lent.commit()).await,
        }
    }
}
