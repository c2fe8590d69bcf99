//! W and R: how fast the database commits one statement after the other, and reads by key.
//!
//! Through sqlx and one connection, as a server would that rotates each token in a commit of its
//! own. Grouping commits is what beats W.

use std::{
    path::Path,
    time::{Duration, Instant},
};

use sqlx::{
    ConnectOptions, Connection, Executor, PgConnection, SqliteConnection,
    sqlite::{SqliteConnectOptions, SqliteJournalMode, SqliteSynchronous},
};
use tokio::runtime::{Builder, Runtime};

use crate::{facts::rate, failure::Fault, random};

const ROWS: i64 = 1000;
/// As narrow as a row that holds one grant.
const CREATE: &str =
    "CREATE TABLE symbolon_bench (id BIGINT PRIMARY KEY, generation BIGINT NOT NULL, hash VARCHAR(44) NOT NULL)";
const DROP: &str = "DROP TABLE IF EXISTS symbolon_bench";
const INSERT: &str = "INSERT INTO symbolon_bench (id, generation, hash) VALUES ($1, 0, $2)";
const COMMIT: &str = "UPDATE symbolon_bench SET generation = generation + 1, hash = $2 WHERE id = $1";
const READ: &str = "SELECT id FROM symbolon_bench WHERE id = $1 AND generation >= 0";

/// One connection to the kind of database that the server uses, with a table of its own.
pub struct Probe {
    runtime: Runtime,
    connection: Kind,
}

enum Kind {
    Sqlite(SqliteConnection),
    Postgres(PgConnection),
}

impl Probe {
    /// Opens a fresh SQLite file in `directory`, as durable as SQLite can be: WAL and FULL.
    ///
    /// # Errors
    /// When it can't be written.
    pub fn sqlite(directory: &Path) -> Result<Self, Fault> {
        let options = SqliteConnectOptions::new()
            .filename(directory.join("commits.db"))
            .create_if_missing(true)
            .journal_mode(SqliteJournalMode::Wal)
            .synchronous(SqliteSynchronous::Full);
        Self::ready(async { Ok(Kind::Sqlite(options.connect().await?)) })
    }

    /// Opens a PostgreSQL database, in which a table `symbolon_bench` comes and goes.
    ///
    /// # Errors
    /// When it can't be reached or the table can't be made.
    pub fn postgres(url: &str) -> Result<Self, Fault> {
        Self::ready(async { Ok(Kind::Postgres(PgConnection::connect(url).await?)) })
    }

    /// Statements per second that each commit one row, one after the other.
    ///
    /// # Errors
    /// When a statement fails.
    pub fn commits_per_second(&mut self, each: Duration) -> Result<f64, Fault> {
        let hash = random::token(32)?;
        self.repeat(each, async |connection, id| connection.write(COMMIT, id, &hash).await)
    }

    /// Reads per second by primary key, one after the other.
    ///
    /// # Errors
    /// When a statement fails.
    pub fn reads_per_second(&mut self, each: Duration) -> Result<f64, Fault> {
        self.repeat(each, async |connection, id| connection.read(id).await)
    }

    fn ready(open: impl Future<Output = Result<Kind, Fault>>) -> Result<Self, Fault> {
        let runtime = Builder::new_current_thread().enable_all().build()?;
        let connection = runtime.block_on(async {
            let mut connection = open.await?;
            connection.run(DROP).await?;
            connection.run(CREATE).await?;
            connection.run("BEGIN").await?;
            for id in 0..ROWS {
                connection.write(INSERT, id, "").await?;
            }
            connection.run("COMMIT").await?;
            Ok::<_, Fault>(connection)
        })?;
        Ok(Self { runtime, connection })
    }

    fn repeat(
        &mut self,
        each: Duration,
        step: impl AsyncFn(&mut Kind, i64) -> Result<(), Fault>,
    ) -> Result<f64, Fault> {
        let connection = &mut self.connection;
        self.runtime.block_on(async {
            let begun = Instant::now();
            let mut done = 0;
            for id in (0..ROWS).cycle() {
                if begun.elapsed() >= each {
                    break;
                }
                step(connection, id).await?;
                done += 1;
            }
            Ok(rate(done, begun.elapsed()))
        })
    }
}

impl Drop for Probe {
    fn drop(&mut self) {
        let connection = &mut self.connection;
        // The run is over and has its figures; a table left behind is dropped by the next run.
        drop(self.runtime.block_on(connection.run(DROP)));
    }
}

impl Kind {
    async fn run(&mut self, statement: &'static str) -> Result<(), Fault> {
        match self {
            Self::Sqlite(connection) => {
                connection.execute(statement).await?;
            }
            Self::Postgres(connection) => {
                connection.execute(statement).await?;
            }
        }
        Ok(())
    }

    async fn write(&mut self, statement: &'static str, id: i64, hash: &str) -> Result<(), Fault> {
        let changed = match self {
            Self::Sqlite(connection) => {
                let query = sqlx::query(statement).bind(id).bind(hash);
                query.execute(connection).await?.rows_affected()
            }
            Self::Postgres(connection) => {
                let query = sqlx::query(statement).bind(id).bind(hash);
                query.execute(connection).await?.rows_affected()
            }
        };
        if changed == 1 {
            return Ok(());
        }
        Err("the commit probe changed no row".into())
    }

    async fn read(&mut self, id: i64) -> Result<(), Fault> {
        match self {
            Self::Sqlite(connection) => {
                sqlx::query(READ).bind(id).fetch_one(connection).await?;
            }
            Self::Postgres(connection) => {
                sqlx::query(READ).bind(id).fetch_one(connection).await?;
            }
        }
        Ok(())
    }
}
