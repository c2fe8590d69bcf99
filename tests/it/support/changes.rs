//! What changed in the database between two moments ("0Δ" when nothing did), and statements of a test's own.

use super::House;
use super::raw::Raw;
use sqlx::{AssertSqlSafe, Executor};
use std::collections::BTreeMap;

/// Written by refusals too: the trail with its chain, and the counters of throttling and of the console.
const APART: [&str; 4] = ["audit_events", "audit_chain", "measures", "throttles"];

impl House {
    /// The tables that aren't as they were (see [`House::dump`]), but for the audit trail and counters.
    pub async fn changed_since(&self, before: &BTreeMap<String, Vec<String>>) -> Vec<String> {
        let now = self.tables().await;
        let changed = now.into_iter().filter(|(name, rows)| before.get(name) != Some(rows)).map(|(name, _)| name);
        changed.filter(|name| !APART.contains(&name.as_str())).collect()
    }

    /// Runs a statement beside the server.
    pub async fn sql(&self, statement: &str) {
        let sql = AssertSqlSafe(statement.to_owned());
        let done = match &mut self.raw().await {
            Raw::Sqlite(conn) => conn.execute(sql).await.map(drop),
            Raw::Postgres(conn) => conn.execute(sql).await.map(drop),
        };
        done.unwrap_or_else(|why| panic!("{statement}: {why}"));
    }
}
