//! Hot statements: one text that works on a whole set of items, so that many requests share one statement and one commit.

use serde_json::{Map, Value};
use std::sync::OnceLock;

/// The type of a column of the items.
#[derive(Clone, Copy, Debug)]
pub enum Column {
    /// TEXT.
    Text,
    /// BIGINT.
    Int,
    /// BOOLEAN.
    Bool,
}

/// An `UPDATE … FROM {batch} WHERE <table>.id = p.id … RETURNING id, …`. `{batch}` becomes the items as a table `p`:
/// `json_each` on SQLite, `json_to_recordset` on PostgreSQL. Two items of one batch never have the same `id`.
///
/// It must be written so that running it a second time with the same item gives the same row: after a lost connection
/// it is run again.
pub struct Hot {
    /// For the statement table.
    pub name: &'static str,
    text: &'static str,
    columns: &'static [(&'static str, Column)],
    sqlite: OnceLock<String>,
    postgres: OnceLock<String>,
}

impl Hot {
    /// Declares one. `columns` must hold `id`.
    pub const fn new(name: &'static str, text: &'static str, columns: &'static [(&'static str, Column)]) -> Self {
        Hot { name, text, columns, sqlite: OnceLock::new(), postgres: OnceLock::new() }
    }

    /// The statement for SQLite; `$1` is the JSON array of items.
    pub fn sqlite(&'static self) -> &'static str {
        self.sqlite.get_or_init(|| {
            let columns: Vec<String> =
                self.columns.iter().map(|(name, _)| format!("value->>'{name}' AS {name}")).collect();
            // MATERIALIZED: else each mention of a column would read the JSON text once more.
            let batch = format!("WITH p AS MATERIALIZED (SELECT {} FROM json_each($1)) ", columns.join(", "));
            batch + &self.text.replace("{batch}", "p")
        })
    }

    /// The statement for PostgreSQL; `$1` is the JSON array of items.
    pub fn postgres(&'static self) -> &'static str {
        self.postgres.get_or_init(|| {
            let columns: Vec<String> = self
                .columns
                .iter()
                .map(|(name, column)| match column {
                    Column::Text => format!("{name} TEXT"),
                    Column::Int => format!("{name} BIGINT"),
                    Column::Bool => format!("{name} BOOLEAN"),
                })
                .collect();
            let batch = format!("json_to_recordset(CAST($1 AS json)) AS p({})", columns.join(", "));
            self.text.replace("{batch}", &batch)
        })
    }
}

/// One request's share of a hot statement.
#[derive(Clone, Debug)]
pub struct Item {
    /// The primary key that it touches.
    pub id: String,
    members: Map<String, Value>,
}

impl Item {
    /// An item for the row `id`.
    pub fn new(id: String) -> Self {
        let mut members = Map::new();
        members.insert("id".to_owned(), Value::from(id.clone()));
        Item { id, members }
    }

    /// Adds a column.
    pub fn with(mut self, name: &str, value: impl Into<Value>) -> Self {
        self.members.insert(name.to_owned(), value.into());
        self
    }
}

/// The items as the JSON array that a hot statement takes.
pub(super) fn json<'a>(items: impl Iterator<Item = &'a Item>) -> String {
    let mut out = String::from("[");
    for (n, item) in items.enumerate() {
        if n > 0 {
            out.push(',');
        }
        out.push_str(&serde_json::to_string(&item.members).unwrap_or_default());
    }
    out.push(']');
    out
}
