//! Looking into a house's database past the server.

use super::{House, Kind};
use sqlx::postgres::{PgConnectOptions, PgConnection};
use sqlx::sqlite::{SqliteConnectOptions, SqliteConnection};
use sqlx::{AssertSqlSafe, ConnectOptions, Executor, Row};
use std::collections::BTreeMap;

/// A connection of our own.
pub enum Raw {
    Sqlite(SqliteConnection),
    Postgres(PgConnection),
}

impl House {
    pub async fn raw(&self) -> Raw {
        match self.kind {
            Kind::Sqlite => {
                let options = SqliteConnectOptions::new().filename(self.dir.join("data/symbolon.db"));
                Raw::Sqlite(options.connect().await.expect("connects"))
            }
            Kind::Postgres => {
                let url = self.config.database_url.as_ref().expect("a URL").reveal();
                let options: PgConnectOptions = url.parse().expect("a URL");
                Raw::Postgres(options.connect().await.expect("connects"))
            }
        }
    }

    /// What the audit trail says of a grant's code: the actions, newest first.
    pub async fn trail_of_code(&self, code: &str) -> Vec<String> {
        use symbolon::crypto::token::{GrantToken, Kind};
        let token = GrantToken::open(Kind::Code, &self.app.keys.macs(), code).expect("a code of ours");
        let object = format!("grant:{}", symbolon::base::encoding::hex(&token.grant));
        let events = symbolon::audit::about(&self.app.db, &object, 10).await.expect("reads");
        events.into_iter().map(|event| event.action).collect()
    }

    /// 0Δ: every row but the audit trail, which may grow, the counters of attempts, and what the last minutes were like.
    pub async fn state(&self) -> BTreeMap<String, Vec<String>> {
        let mut tables = self.tables().await;
        tables.retain(|name, _| !name.starts_with("audit_") && !["throttles", "measures"].contains(&name.as_str()));
        tables
    }

    /// Every row of every table as text.
    pub async fn tables(&self) -> BTreeMap<String, Vec<String>> {
        let mut raw = self.raw().await;
        let mut dump = BTreeMap::new();
        for table in raw.tables().await {
            let sql = match raw {
                Raw::Postgres(_) => format!("SELECT t::text FROM \"{table}\" t ORDER BY 1"),
                Raw::Sqlite(_) => {
                    let columns = raw.texts(&format!("SELECT name FROM pragma_table_info('{table}')")).await;
                    let quoted: Vec<String> = columns.iter().map(|name| format!("quote(\"{name}\")")).collect();
                    format!("SELECT {} FROM \"{table}\" ORDER BY 1", quoted.join(" || ',' || "))
                }
            };
            dump.insert(table, raw.texts(&sql).await);
        }
        dump
    }
}

impl Raw {
    /// Our tables, without those of the databases and of the migrations.
    pub async fn tables(&mut self) -> Vec<String> {
        let sql = match self {
            Raw::Sqlite(_) => {
                "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%' ORDER BY 1"
            }
            Raw::Postgres(_) => "SELECT tablename::text FROM pg_tables WHERE schemaname = 'public' ORDER BY 1",
        };
        let mut tables = self.texts(sql).await;
        tables.retain(|name| name != "_sqlx_migrations");
        tables
    }

    /// The first column of each row.
    pub async fn texts(&mut self, sql: &str) -> Vec<String> {
        self.rows(sql).await.into_iter().map(|row| row.into_iter().next().unwrap_or_default()).collect()
    }

    /// Rows of texts and numbers; NULL is empty.
    pub async fn rows(&mut self, sql: &str) -> Vec<Vec<String>> {
        macro_rules! read {
            ($conn:expr) => {{
                let rows =
                    $conn.fetch_all(AssertSqlSafe(sql.to_owned())).await.unwrap_or_else(|why| panic!("{sql}: {why}"));
                let number = |row: &_, n| Row::get::<i64, usize>(row, n).to_string();
                let text = |row: &_, n| match Row::try_get::<Option<String>, usize>(row, n) {
                    Ok(text) => text.unwrap_or_default(),
                    Err(_) => number(row, n),
                };
                rows.iter().map(|row| (0..row.len()).map(|n| text(row, n)).collect()).collect()
            }};
        }
        match self {
            Raw::Sqlite(conn) => read!(conn),
            Raw::Postgres(conn) => read!(conn),
        }
    }

    /// Has the database parse and plan a statement.
    pub async fn prepare(&mut self, sql: &'static str) -> Result<(), sqlx::Error> {
        use sqlx::SqlSafeStr;
        match self {
            Raw::Sqlite(conn) => conn.prepare(sql.into_sql_str()).await.map(drop),
            Raw::Postgres(conn) => conn.prepare(sql.into_sql_str()).await.map(drop),
        }
    }
}
