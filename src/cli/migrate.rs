//! `symbolon migrate`: the schema, brought up to date or looked at.

use super::open;
use super::output::{Failure, Printed};
use crate::config::Flags;
use crate::db::{self, Drift};
use crate::server;
use clap::Args;
use serde_json::json;

/// `symbolon migrate`
#[derive(Debug, Args)]
pub(super) struct Migrate {
    /// Change nothing; exit with 1 when the schema isn't what this version expects
    #[arg(long)]
    check: bool,
}

pub(super) async fn run(flags: &Flags, command: Migrate) -> Result<Printed, Failure> {
    let config = open::config(flags)?;
    if let (true, Some(file)) = (command.check, open::absent(&config)) {
        let text = format!("There is no database at {file} yet. `symbolon migrate` makes it.");
        return Ok(Printed { good: false, ..Printed::new(text, json!({ "up_to_date": false, "database": null })) });
    }
    let db = db::open(&server::place(&config)).await?;
    let drift = db.drift().await?;
    if command.check {
        db.close().await;
        return Ok(checked(&drift));
    }
    if let Some(why) = foreign(&drift) {
        return Err(Failure::failed(why));
    }
    let ran = db.migrate().await?;
    db.close().await;
    let text = match ran {
        0 => "The schema is up to date; nothing was to be done.".to_owned(),
        1 => "The schema is up to date; 1 migration was run.".to_owned(),
        ran => format!("The schema is up to date; {ran} migrations were run."),
    };
    Ok(Printed::new(text, json!({ "up_to_date": true, "ran": ran })))
}

fn checked(drift: &Drift) -> Printed {
    let mut differs = Vec::new();
    if drift.missing > 0 {
        differs.push(format!("{} migration(s) haven't run yet: run `symbolon migrate`", drift.missing));
    }
    differs.extend(foreign(drift));
    let json = json!({
        "up_to_date": drift.none(),
        "missing": drift.missing,
        "unknown": drift.unknown,
        "changed": drift.changed,
    });
    let text = match differs.is_empty() {
        true => "The schema is what this version expects.".to_owned(),
        false => format!("The schema isn't what this version expects:\n  {}", differs.join("\n  ")),
    };
    Printed { text, json, good: drift.none() }
}

/// What only another binary could have done to the schema.
fn foreign(drift: &Drift) -> Option<String> {
    if drift.unknown > 0 {
        return Some(format!(
            "the database was migrated by a newer Symbolon ({} migration(s) are unknown here); run that version",
            drift.unknown
        ));
    }
    let changed = drift.changed;
    (changed > 0).then(|| format!("{changed} migration(s) that ran on this database aren't those of this binary"))
}
