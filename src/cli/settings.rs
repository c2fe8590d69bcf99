//! `symbolon settings`: what this installation runs with.

use super::open::{self, Start};
use super::output::{Failure, Printed, table};
use crate::admin::settings::{self, Setting};
use crate::config::Flags;
use serde_json::json;

pub(super) async fn run(flags: &Flags) -> Result<Printed, Failure> {
    let app = open::open(flags, Start::Existing).await?;
    let all = settings::all(&app);
    app.db.close().await;
    let row = |one: &Setting| {
        let value = one.value.clone().unwrap_or_else(|| "(secret)".to_owned());
        let source = one.from.as_ref().map_or(one.source.to_owned(), |from| format!("{} {from}", one.source));
        vec![one.name.clone(), value, source]
    };
    let text = table(&["SETTING", "VALUE", "FROM"], &all.iter().map(row).collect::<Vec<_>>(), "No settings.");
    Ok(Printed::new(text, json!(all)))
}
