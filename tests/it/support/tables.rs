//! What the database holds, row by row, read beside the server: to see that nothing changed, or that a secret isn't there.

use super::{House, Kind};
use sqlx::{AssertSqlSafe, ConnectOptions, Connection};
use std::collections::BTreeMap;

/// Rows as text, by table.
pub type Tables = BTreeMap<String, Vec<String>>;

impl House {
    /// Every row of every table.
    pub async fn tables(&self) -> Tables {
        match self.kind {
            Kind::Sqlite => self.sqlite_tables().await,
            Kind::Postgres => self.postgres_tables().await,
        }
    }

    /// 0Δ: every row but the audit trail, which may grow, and the counters of attempts.
    pub async fn state(&self) -> Tables {
        let mut tables = self.tables().await;
        tables.retain(|name, _| name != "audit_events" && name != "throttles");
        tables
    }

    async fn sqlite_tables(&self) -> Tables {
        let file = self.config.data_dir.join("symbolon.db");
        let mut conn =
            sqlx::sqlite::SqliteConnectOptions::new().filename(file).read_only(true).connect().await.expect("opens");
        let names = "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite%'";
        let names: Vec<String> = sqlx::query_scalar(names).fetch_all(&mut conn).await.expect("lists tables");
        let mut tables = Tables::new();
        for name in names {
            let columns = format!(
                "SELECT group_concat('quote(' || name || ')', ' || ''|'' || ') FROM pragma_table_info('{name}')"
            );
            let columns: String =
                sqlx::query_scalar(AssertSqlSafe(columns)).fetch_one(&mut conn).await.expect("lists columns");
            let rows = format!("SELECT {columns} FROM {name} ORDER BY 1");
            tables.insert(name, sqlx::query_scalar(AssertSqlSafe(rows)).fetch_all(&mut conn).await.expect("reads"));
        }
        conn.close().await.expect("closes");
        tables
    }

    async fn postgres_tables(&self) -> Tables {
        let url = self.config.database_url.as_ref().expect("a URL").reveal();
        let options: sqlx::postgres::PgConnectOptions = url.parse().expect("a URL");
        let mut conn = options.connect().await.expect("connects");
        let names = "SELECT tablename::text FROM pg_tables WHERE schemaname = 'public'";
        let names: Vec<String> = sqlx::query_scalar(names).fetch_all(&mut conn).await.expect("lists tables");
        let mut tables = Tables::new();
        for name in names {
            let rows = format!("SELECT t::text FROM {name} t ORDER BY 1");
            tables.insert(name, sqlx::query_scalar(AssertSqlSafe(rows)).fetch_all(&mut conn).await.expect("reads"));
        }
        conn.close().await.expect("closes");
        tables
    }

    /// What the audit trail says of a grant's code: the actions, newest first.
    pub async fn trail_of_code(&self, code: &str) -> Vec<String> {
        use symbolon::crypto::token::{GrantToken, Kind};
        let token = GrantToken::open(Kind::Code, &self.app.keys.macs(), code).expect("a code of ours");
        let object = format!("grant:{}", symbolon::base::encoding::hex(&token.grant));
        let events = symbolon::audit::about(&self.app.db, &object, 10).await.expect("reads");
        events.into_iter().map(|event| event.action).collect()
    }
}
