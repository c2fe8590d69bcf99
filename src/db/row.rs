//! A row of either database, read column by column.

use super::{Fault, Result};
use crate::base::{Id, ScopeSet, Time};
use sqlx::Row as _;
use sqlx::postgres::PgRow;
use sqlx::sqlite::SqliteRow;

/// One row that a statement gave.
pub enum Row {
    /// From SQLite.
    Sqlite(SqliteRow),
    /// From PostgreSQL.
    Postgres(PgRow),
}

macro_rules! column {
    ($(#[$doc:meta])* $name:ident, $type:ty) => {
        $(#[$doc])*
        pub fn $name(&self, column: &str) -> Result<$type> {
            let value = match self {
                Row::Sqlite(row) => row.try_get(column),
                Row::Postgres(row) => row.try_get(column),
            };
            value.map_err(Fault::from)
        }
    };
}

impl Row {
    column!(
        /// TEXT NOT NULL.
        text, String
    );
    column!(
        /// TEXT.
        text_opt, Option<String>
    );
    column!(
        /// BIGINT NOT NULL.
        int, i64
    );
    column!(
        /// BIGINT.
        int_opt, Option<i64>
    );
    column!(
        /// BOOLEAN NOT NULL.
        bool, bool
    );
    column!(
        /// BOOLEAN.
        bool_opt, Option<bool>
    );
    column!(
        /// BYTEA NOT NULL.
        bytes, Vec<u8>
    );
    column!(
        /// BYTEA.
        bytes_opt, Option<Vec<u8>>
    );

    /// A BIGINT NOT NULL that holds milliseconds.
    pub fn time(&self, column: &str) -> Result<Time> {
        self.int(column).map(Time::from_millis)
    }

    /// A BIGINT that holds milliseconds.
    pub fn time_opt(&self, column: &str) -> Result<Option<Time>> {
        self.int_opt(column).map(|v| v.map(Time::from_millis))
    }

    /// A TEXT NOT NULL that names a `K`.
    pub fn id<K>(&self, column: &str) -> Result<Id<K>> {
        self.text(column).map(Id::from)
    }

    /// A TEXT that names a `K`.
    pub fn id_opt<K>(&self, column: &str) -> Result<Option<Id<K>>> {
        self.text_opt(column).map(|v| v.map(Id::from))
    }

    /// A TEXT NOT NULL that holds scopes.
    pub fn scopes(&self, column: &str) -> Result<ScopeSet> {
        self.text(column).map(|v| ScopeSet::stored(&v))
    }

    /// A TEXT NOT NULL that holds JSON of a known shape; another shape is a fault of ours.
    pub fn json<T: serde::de::DeserializeOwned>(&self, column: &str) -> Result<T> {
        serde_json::from_str(&self.text(column)?).map_err(|why| Fault::Bug(format!("column {column}: {why}")))
    }
}
