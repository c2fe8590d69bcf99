//! One schema, two databases: the same tables, columns, types, nullability, keys and indexes.

use crate::support::{House, Kind};
use std::collections::BTreeSet;

/// `table.column TYPE NOT NULL`, in both databases' words for the same.
async fn columns(house: &House) -> BTreeSet<String> {
    let mut raw = house.raw().await;
    let sql = match house.kind {
        Kind::Sqlite => {
            "SELECT t.name, c.name, c.type, CASE WHEN c.\"notnull\" = 1 THEN 'NOT NULL' ELSE 'NULL' END \
             FROM sqlite_schema t JOIN pragma_table_info(t.name) c WHERE t.type = 'table'"
        }
        Kind::Postgres => {
            "SELECT table_name::text, column_name::text, upper(data_type)::text, \
             CASE WHEN is_nullable = 'NO' THEN 'NOT NULL' ELSE 'NULL' END \
             FROM information_schema.columns WHERE table_schema = 'public'"
        }
    };
    let rows = raw.rows(sql).await.into_iter().filter(|row| ours(&row[0]));
    rows.map(|row| format!("{}.{} {} {}", row[0], row[1], row[2], row[3])).collect()
}

fn ours(table: &str) -> bool {
    table != "_sqlx_migrations" && !table.starts_with("sqlite_")
}

/// `table UNIQUE (a, b)`: what keys and indexes there are, by their columns.
async fn indexes(house: &House) -> BTreeSet<String> {
    let mut raw = house.raw().await;
    let sql = match house.kind {
        Kind::Sqlite => {
            "SELECT t.name, CASE WHEN i.\"unique\" = 1 THEN 'UNIQUE' ELSE '' END, \
             (SELECT group_concat(x.name, ', ') FROM (SELECT name FROM pragma_index_info(i.name) ORDER BY seqno) x), \
             CASE WHEN i.partial = 1 THEN 'WHERE' ELSE '' END \
             FROM sqlite_schema t JOIN pragma_index_list(t.name) i WHERE t.type = 'table'"
        }
        Kind::Postgres => {
            "SELECT c.relname::text, CASE WHEN i.indisunique THEN 'UNIQUE' ELSE '' END, \
             (SELECT string_agg(a.attname::text, ', ' ORDER BY k.n) FROM unnest(i.indkey::int2[]) WITH ORDINALITY k(att, n) \
              JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = k.att), \
             CASE WHEN i.indpred IS NULL THEN '' ELSE 'WHERE' END \
             FROM pg_index i JOIN pg_class c ON c.oid = i.indrelid JOIN pg_namespace n ON n.oid = c.relnamespace \
             WHERE n.nspname = 'public'"
        }
    };
    let rows = raw.rows(sql).await.into_iter().filter(|row| ours(&row[0]));
    rows.map(|row| format!("{} {} ({}) {}", row[0], row[1], row[2], row[3])).collect()
}

/// `table (column) -> table (column) CASCADE`.
async fn references(house: &House) -> BTreeSet<String> {
    let mut raw = house.raw().await;
    let sql = match house.kind {
        Kind::Sqlite => {
            "SELECT t.name, f.\"from\", f.\"table\", f.\"to\", f.on_delete \
             FROM sqlite_schema t JOIN pragma_foreign_key_list(t.name) f WHERE t.type = 'table'"
        }
        Kind::Postgres => {
            "SELECT k.table_name::text, k.column_name::text, u.table_name::text, u.column_name::text, r.delete_rule::text \
             FROM information_schema.referential_constraints r \
             JOIN information_schema.key_column_usage k ON k.constraint_name = r.constraint_name \
             JOIN information_schema.key_column_usage u ON u.constraint_name = r.unique_constraint_name \
             AND u.ordinal_position = k.position_in_unique_constraint \
             WHERE k.table_schema = 'public'"
        }
    };
    let rows = raw.rows(sql).await.into_iter();
    rows.map(|row| format!("{} ({}) -> {} ({}) {}", row[0], row[1], row[2], row[3], row[4])).collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn both_databases_have_the_same_schema() {
    let (sqlite, postgres) = (House::new(Kind::Sqlite).await, House::new(Kind::Postgres).await);
    let both = (columns(&sqlite).await, columns(&postgres).await);
    assert!(both.0.len() > 100, "{:?}", both.0);
    assert_eq!(both.0.symmetric_difference(&both.1).collect::<Vec<_>>(), Vec::<&String>::new());
    let both = (indexes(&sqlite).await, indexes(&postgres).await);
    assert!(both.0.len() > 20, "{:?}", both.0);
    assert_eq!(both.0.symmetric_difference(&both.1).collect::<Vec<_>>(), Vec::<&String>::new());
    let both = (references(&sqlite).await, references(&postgres).await);
    assert!(both.0.len() > 3, "{:?}", both.0);
    assert_eq!(both.0.symmetric_difference(&both.1).collect::<Vec<_>>(), Vec::<&String>::new());
}

/// The portable types (DESIGN §4): what both databases read back as it was written.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn columns_have_one_of_four_types() {
    let house = House::new(Kind::Sqlite).await;
    for column in columns(&house).await {
        let portable = ["TEXT", "BIGINT", "BOOLEAN", "BYTEA"].iter().any(|t| column.split(' ').nth(1) == Some(t));
        assert!(portable, "{column}");
    }
}

/// The migrations leave no trace in the file but what they say: also the one that edits SQLite's schema.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_file_is_sound_after_all_migrations() {
    let house = House::new(Kind::Sqlite).await;
    let mut raw = house.raw().await;
    assert_eq!(raw.texts("SELECT integrity_check FROM pragma_integrity_check").await, ["ok"]);
    assert_eq!(raw.texts("SELECT \"table\" FROM pragma_foreign_key_check").await, Vec::<String>::new());
    let of = "SELECT sql FROM sqlite_schema WHERE type = 'table' AND name IN ('grants', 'consents')";
    for sql in raw.texts(of).await {
        assert!(sql.contains("REFERENCES users") && !sql.contains("REFERENCES clients"), "{sql}");
    }
    assert_eq!(raw.texts("SELECT name FROM sqlite_schema WHERE name = 'reread'").await, Vec::<String>::new());
}
