//! Migrations: embedded, forward only, one folder for both databases.

use super::{Fault, Result};
use sqlx::migrate::{Migrate, MigrateError, Migration, MigrationType, Migrator};
use sqlx::sqlite::SqliteConnectOptions;
use sqlx::{ConnectOptions, PgPool, SqlSafeStr};
use std::borrow::Cow;

/// Number, name, text. A name that ends in `.sqlite` or `.postgres` is for that database only.
const ALL: &[(i64, &str, &str)] = &[
    (1, "init", include_str!("../../migrations/0001_init.sql")),
    (2, "fillfactor.postgres", include_str!("../../migrations/0002_fillfactor.postgres.sql")),
    (3, "logout", include_str!("../../migrations/0003_logout.sql")),
    (
        4,
        "registration.sqlite",
        concat!(
            include_str!("../../migrations/0004_registration.sql"),
            include_str!("../../migrations/0004_registration.sqlite.sql")
        ),
    ),
    (
        4,
        "registration.postgres",
        concat!(
            include_str!("../../migrations/0004_registration.sql"),
            include_str!("../../migrations/0004_registration.postgres.sql")
        ),
    ),
    (5, "claims", include_str!("../../migrations/0005_claims.sql")),
    (9, "workspaces", include_str!("../../migrations/0009_workspaces.sql")),
    (
        10,
        "audit.sqlite",
        concat!(
            include_str!("../../migrations/0010_audit.sql"),
            include_str!("../../migrations/0010_audit.sqlite.sql")
        ),
    ),
    (
        10,
        "audit.postgres",
        concat!(
            include_str!("../../migrations/0010_audit.sql"),
            include_str!("../../migrations/0010_audit.postgres.sql")
        ),
    ),
    (11, "sessions", include_str!("../../migrations/0011_sessions.sql")),
    (12, "idempotency", include_str!("../../migrations/0012_idempotency.sql")),
    (13, "mail", include_str!("../../migrations/0013_mail.sql")),
    (14, "signin", include_str!("../../migrations/0014_signin.sql")),
    (15, "tokens", include_str!("../../migrations/0015_tokens.sql")),
    (16, "lists.sqlite", include_str!("../../migrations/0016_lists.sql")),
    (
        16,
        "lists.postgres",
        concat!(
            include_str!("../../migrations/0016_lists.sql"),
            include_str!("../../migrations/0016_lists.postgres.sql")
        ),
    ),
    (17, "vault", include_str!("../../migrations/0017_vault.sql")),
    (18, "custody", include_str!("../../migrations/0018_custody.sql")),
    (19, "connect", include_str!("../../migrations/0019_connect.sql")),
    (20, "hooks", include_str!("../../migrations/0020_hooks.sql")),
    (21, "reseal", include_str!("../../migrations/0021_reseal.sql")),
    (22, "break_glass", include_str!("../../migrations/0022_break_glass.sql")),
    (23, "reads", include_str!("../../migrations/0023_reads.sql")),
    (24, "parting", include_str!("../../migrations/0024_parting.sql")),
];

/// How a schema differs from what this binary expects.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Drift {
    /// Migrations that haven't run yet.
    pub missing: usize,
    /// Migrations that this binary doesn't know: the database is newer than it.
    pub unknown: usize,
    /// Migrations whose text is not what ran.
    pub changed: usize,
}

impl Drift {
    /// Whether the schema is just what this binary expects.
    pub fn none(&self) -> bool {
        *self == Drift { missing: 0, unknown: 0, changed: 0 }
    }
}

fn migrator(other: &str) -> Migrator {
    let mine = ALL.iter().filter(|(_, name, _)| !name.ends_with(other));
    Migrator::with_migrations(
        mine.map(|(number, name, text)| {
            let sql = text.into_sql_str();
            Migration::new(*number, Cow::Borrowed(name), MigrationType::Simple, sql, false)
        })
        .collect(),
    )
}

pub(super) async fn sqlite(options: &SqliteConnectOptions) -> Result<()> {
    let mut conn = options.clone().connect().await?;
    migrator(".postgres").run_direct(None, &mut conn, false).await.map_err(refused)
}

pub(super) async fn postgres(pool: &PgPool) -> Result<()> {
    // sqlx holds an advisory lock meanwhile: replicas that start together migrate once.
    migrator(".sqlite").run(pool).await.map_err(refused)
}

pub(super) async fn drift_sqlite(options: &SqliteConnectOptions) -> Result<Drift> {
    let mut conn = options.clone().connect().await?;
    drift(&mut conn, &migrator(".postgres")).await
}

pub(super) async fn drift_postgres(pool: &PgPool) -> Result<Drift> {
    drift(&mut *pool.acquire().await?, &migrator(".sqlite")).await
}

async fn drift(conn: &mut impl Migrate, migrator: &Migrator) -> Result<Drift> {
    conn.ensure_migrations_table("_sqlx_migrations").await.map_err(refused)?;
    let ran = conn.list_applied_migrations("_sqlx_migrations").await.map_err(refused)?;
    let known: Vec<&Migration> = migrator.iter().collect();
    let is = |version: i64| known.iter().find(|m| m.version == version);
    Ok(Drift {
        missing: known.iter().filter(|m| !ran.iter().any(|r| r.version == m.version)).count(),
        unknown: ran.iter().filter(|r| is(r.version).is_none()).count(),
        changed: ran.iter().filter(|r| is(r.version).is_some_and(|m| m.checksum != r.checksum)).count(),
    })
}

fn refused(error: MigrateError) -> Fault {
    match error {
        MigrateError::Execute(error) => error.into(),
        MigrateError::VersionMissing(number) => Fault::Bug(format!(
            "the database was migrated by a newer Symbolon (migration {number} is unknown here); run that version"
        )),
        other => Fault::Bug(other.to_string()),
    }
}
