//! Hot statements: one text that works on a whole set of items, so that many requests share one statement and one commit.

use serde::Serialize;
use std::io;
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

/// A statement on a whole set of items. `{batch}` becomes the items as a table `p`: `json_each` on SQLite,
/// `json_to_recordset` on PostgreSQL. Each row that it gives has the `id` of its item.
///
/// It must be written so that running it a second time with the same item gives the same row: after a lost connection
/// it is run again.
pub struct Hot {
    /// For the statement table.
    pub name: &'static str,
    /// Whether it changes anything.
    pub writes: bool,
    text: &'static str,
    columns: &'static [(&'static str, Column)],
    sqlite: OnceLock<String>,
    postgres: OnceLock<String>,
}

impl Hot {
    /// Declares an `UPDATE … FROM {batch} WHERE <table>.id = p.id … RETURNING id, …`. `columns` must hold `id`, the primary
    /// key of the row; two items of one batch never have the same.
    pub const fn write(name: &'static str, text: &'static str, columns: &'static [(&'static str, Column)]) -> Self {
        Hot { name, writes: true, text, columns, sqlite: OnceLock::new(), postgres: OnceLock::new() }
    }

    /// Declares a `SELECT p.id, … FROM {batch} JOIN …`. Items with the same `id` are the same question. Where the answer depends
    /// on the time, `now` is a column, and the column `until` says from when on there is another answer, if ever.
    pub const fn read(name: &'static str, text: &'static str, columns: &'static [(&'static str, Column)]) -> Self {
        Hot { name, writes: false, text, columns, sqlite: OnceLock::new(), postgres: OnceLock::new() }
    }

    /// The statement for SQLite; `$1` is the JSON array of items.
    pub fn sqlite(&'static self) -> &'static str {
        self.sqlite.get_or_init(|| {
            let columns: Vec<String> =
                self.columns.iter().map(|(name, _)| format!("value->>'{name}' AS {name}")).collect();
            // MATERIALIZED: else each mention of a column would read the JSON text once more.
            let batch = format!("WITH p AS MATERIALIZED (SELECT {} FROM json_each($1)) ", columns.join(", "));
            batch + self.text.replace("{batch}", "p").as_str()
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

/// One request's share of a hot statement: a JSON object that is written as it grows.
#[derive(Clone, Debug)]
pub struct Item {
    /// The primary key that it is about.
    pub id: String,
    json: String,
}

impl Item {
    /// An item for the row `id`.
    pub fn new(id: String) -> Self {
        let mut json = String::with_capacity(512);
        json.push('{');
        Item { json, id: id.clone() }.with("id", id)
    }

    /// Adds a column.
    pub fn with(mut self, name: &str, value: impl Serialize) -> Self {
        if self.json.len() > 1 {
            self.json.push(',');
        }
        self.json.push('"');
        self.json.push_str(name);
        self.json.push_str("\":");
        let before = self.json.len();
        if serde_json::to_writer(Pen(&mut self.json), &value).is_err() {
            self.json.truncate(before);
            self.json.push_str("null");
        }
        self
    }
}

/// Writes JSON where it is to stand.
struct Pen<'a>(&'a mut String);

impl io::Write for Pen<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.push_str(std::str::from_utf8(bytes).map_err(io::Error::other)?);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// The items as the JSON array that a hot statement takes.
pub(super) fn json<'a>(items: impl Iterator<Item = &'a Item>) -> String {
    let mut out = String::from("[");
    for (n, item) in items.enumerate() {
        if n > 0 {
            out.push(',');
        }
        out.push_str(&item.json);
        out.push('}');
    }
    out.push(']');
    out
}
