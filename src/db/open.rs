//! Opening a database: pools, pragmas, file modes.

use super::postgres::Trouble;
use super::{Db, Engine, Fault, Result, lent, migrate, postgres, sqlite};
use crate::base::Secret;
use sqlx::ConnectOptions;
use sqlx::postgres::{PgConnectOptions, PgPoolOptions};
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::{Path, PathBuf};
use std::str::FromStr;
use std::time::Duration;

/// Where the database is.
#[derive(Clone, Debug)]
pub enum Place {
    /// A SQLite file; made on first use, mode 0600.
    Sqlite(PathBuf),
    /// A PostgreSQL URL and the most connections to it.
    Postgres(Secret, u32),
}

/// How long a request waits for a connection.
const PATIENCE: Duration = Duration::from_secs(3);

/// Opens the database. Doesn't migrate it.
pub async fn open(place: &Place) -> Result<Db> {
    match place {
        Place::Sqlite(file) => open_sqlite(file).await,
        Place::Postgres(url, connections) => open_postgres(url, *connections).await,
    }
}

async fn open_sqlite(file: &Path) -> Result<Db> {
    let unusable = |fault: std::io::Error| Fault::Gone(format!("{}: {fault}", file.display()));
    if let Some(dir) = file.parent().filter(|dir| !dir.as_os_str().is_empty()) {
        std::fs::DirBuilder::new().recursive(true).mode(0o700).create(dir).map_err(unusable)?;
    }
    // SQLite gives its -wal and -shm files the mode of the database file.
    std::fs::OpenOptions::new().create(true).append(true).mode(0o600).open(file).map_err(unusable)?;
    let options = SqliteConnectOptions::new()
        .filename(file)
        .journal_mode(SqliteJournalMode::Wal)
        // With NORMAL a power loss could undo a revoke that was answered.
        .synchronous(SqliteSynchronous::Full)
        .busy_timeout(Duration::from_secs(5))
        .foreign_keys(true)
        .statement_cache_capacity(256)
        .pragma("wal_autocheckpoint", "4000")
        .pragma("cache_size", "-8000");
    let write = options.clone().connect().await?;
    let readers = SqlitePoolOptions::new().max_connections(4).acquire_timeout(PATIENCE).test_before_acquire(false);
    let read = readers.connect_with(options.clone().read_only(true).pragma("query_only", "ON")).await?;
    Ok(Db::new(Engine::Sqlite(Box::new(sqlite::Sqlite::new(read, write, options)))))
}

async fn open_postgres(url: &Secret, connections: u32) -> Result<Db> {
    let options = PgConnectOptions::from_str(url.reveal())
        .map_err(|_| Fault::Bug("database_url isn't a PostgreSQL URL".to_owned()))?
        .application_name("symbolon")
        .statement_cache_capacity(256)
        .options([("synchronous_commit", "on"), ("statement_timeout", "5000")]);
    let trouble = Trouble::default();
    let seen = trouble.clone();
    let pool = PgPoolOptions::new()
        .max_connections(connections)
        .acquire_timeout(PATIENCE)
        .idle_timeout(Duration::from_secs(300))
        // To ask before each statement would double the round trips. After a pause it doesn't matter, and when one
        // connection was found dead those from before are under suspicion; so what died in the pool harms nobody.
        .test_before_acquire(false)
        .before_acquire(move |conn, meta| {
            let fresh = meta.idle_for < lent::PAUSE && !seen.within(meta.idle_for);
            Box::pin(async move { Ok(fresh || lent::lives(conn).await) })
        })
        .connect_with(options)
        .await?;
    Ok(Db::new(Engine::Postgres(postgres::Postgres::new(pool, trouble))))
}

impl Db {
    /// Brings the schema up to date; gives the number of migrations that were run.
    pub async fn migrate(&self) -> Result<usize> {
        let before = self.drift().await?;
        match &self.0.engine {
            Engine::Sqlite(db) => migrate::sqlite(db.options()).await?,
            Engine::Postgres(db) => migrate::postgres(db.pool()).await?,
        }
        Ok(before.missing)
    }

    /// How the schema differs from what this binary expects.
    pub async fn drift(&self) -> Result<migrate::Drift> {
        match &self.0.engine {
            Engine::Sqlite(db) => migrate::drift_sqlite(db.options()).await,
            Engine::Postgres(db) => migrate::drift_postgres(db.pool()).await,
        }
    }
}
