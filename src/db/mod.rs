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
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

/// What a statement gives, or the fault that kept it from answering.
pub type Result<T> = std::result::Result<T, Fault>;

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
        match &self.0.engine {
            Engine::Sqlite(db) => db.all(stmt.sql, stmt.writes, args.into()).await,
            Engine::Postgres(db) => db.all(stmt.sql, stmt.writes, args.into()).await,
        }
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

    /// Asks a hot read the question that `id` names, together with others that are waiting; gives its row. `more` adds the other
    /// columns, where the answer isn't known from before.
    pub async fn look(
        &self,
        hot: &'static Hot,
        id: &str,
        now: Option<Time>,
        more: impl FnOnce(Item) -> Item + Send,
    ) -> Result<Option<Arc<Found>>> {
        self.count()?;
        let item = || {
            let item = more(Item::new(id.to_owned()));
            now.into_iter().fold(item, |item, now| item.with("now", now.millis()))
        };
        match &self.0.engine {
            Engine::Sqlite(db) => db.look(hot, id, now, item).await,
            Engine::Postgres(db) => db.hot(hot, item()).await,
        }
    }

    /// Runs a hot statement for all of these at once, which have different identifiers; gives how many rows it returned. All of
    /// it is done, or nothing.
    pub async fn set(&self, hot: &'static Hot, items: &[Item]) -> Result<usize> {
        self.count()?;
        let set = vec![Arg::from(batch::json(items.iter()))];
        let rows = match &self.0.engine {
            Engine::Sqlite(db) => db.all(hot.sqlite(), hot.writes, set).await?,
            Engine::Postgres(db) => db.all(hot.postgres(), hot.writes, set).await?,
        };
        Ok(rows.len())
    }

    /// Begins a transaction. Nothing but SQL may be awaited until it is committed; dropping it rolls back.
    pub async fn begin(&self) -> Result<Tx> {
        self.count()?;
        let open = match &self.0.engine {
            Engine::Sqlite(db) => Open::Sqlite(db.begin().await?),
            Engine::Postgres(db) => Open::Postgres(db.begin().await?),
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
            Open::Postgres(lent) => lent.all(stmt.sql, args.into()).await,
        }
    }
}

impl Tx {
    /// Makes it all durable. An error means that the outcome is unknown.
    pub async fn commit(self) -> Result<()> {
        self.db.count()?;
        match self.open {
            Open::Sqlite(lease) => lease.commit().await,
            Open::Postgres(lent) => lent.commit().await,
        }
    }
}
