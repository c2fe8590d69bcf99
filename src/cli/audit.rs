//! `symbolon audit`: who did what, for people, for other programs, and whether anybody touched it.

use super::open::{self, Start};
use super::output::{Failure, Printed, bold, table};
use crate::app::App;
use crate::audit::chain::{self, Head, Verified};
use crate::audit::export::Shape;
use crate::audit::{Filter, Recorded, trail};
use crate::base::Time;
use crate::config::Flags;
use clap::{Args, Subcommand};
use serde_json::json;
use std::io::Write;
use std::path::PathBuf;

/// `symbolon audit …`
#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// List the newest events
    List {
        #[command(flatten)]
        wanted: Wanted,
        /// How many at most
        #[arg(long, default_value_t = 50)]
        limit: usize,
    },
    /// Write all events for another program, newest first
    Export {
        #[command(flatten)]
        wanted: Wanted,
        /// jsonl: one JSON object a line; csv: for spreadsheets
        #[arg(long = "as", value_parser = shape, default_value = "jsonl", value_name = "SHAPE")]
        shape: Shape,
        /// Into this file instead of standard output
        #[arg(long, value_name = "FILE")]
        out: Option<PathBuf>,
    },
    /// Follow the chain from its beginning: was anything changed, removed or slipped in?
    Verify {
        /// The end that an earlier run printed: then a chain that was cut short shows too
        #[arg(long, value_name = "NUMBER:MAC")]
        head: Option<Head>,
    },
}

/// Which events. Each of them narrows.
#[derive(Debug, Args)]
pub(super) struct Wanted {
    /// Who did it, as user:ID, client:ID, cli, system or anonymous
    #[arg(long)]
    actor: Option<String>,
    /// What was done, as client.created
    #[arg(long)]
    action: Option<String>,
    /// To what, as client:ID, user:ID, grant:ID or workspace:SLUG
    #[arg(long)]
    object: Option<String>,
    /// Not before this moment, as 2026-11-22T08:00:00Z or 2026-11-22
    #[arg(long, value_parser = moment, value_name = "TIME")]
    since: Option<Time>,
    /// Before this moment
    #[arg(long, value_parser = moment, value_name = "TIME")]
    until: Option<Time>,
}

fn moment(text: &str) -> Result<Time, &'static str> {
    Time::parse(text).ok_or("write it as 2026-11-22T08:00:00Z or 2026-11-22")
}

fn shape(text: &str) -> Result<Shape, &'static str> {
    Shape::named(text).ok_or("one of jsonl, csv")
}

impl Wanted {
    fn filter(self) -> Filter {
        let Wanted { actor, action, object, since, until } = self;
        Filter { actor, action, object, since, until }
    }
}

pub(super) async fn run(flags: &Flags, command: Command) -> Result<Printed, Failure> {
    let app = open::open(flags, Start::Existing).await?;
    let printed = match command {
        Command::List { wanted, limit } => list(&app, &wanted.filter(), limit).await,
        Command::Export { wanted, shape, out } => export(&app, &wanted.filter(), shape, out).await,
        Command::Verify { head } => verify(&app, head.as_ref()).await,
    };
    app.db.close().await;
    printed
}

async fn list(app: &App, filter: &Filter, limit: usize) -> Result<Printed, Failure> {
    let found = trail::page(&app.db, filter, "", limit.clamp(1, 10_000)).await?;
    let row = |event: &Recorded| {
        let when: String = event.at.chars().take(19).collect();
        let address = event.address.clone().unwrap_or_default();
        vec![when.replace('T', " "), event.actor.clone(), event.action.clone(), event.object.clone(), address]
    };
    let rows: Vec<_> = found.iter().map(row).collect();
    let text = table(&["WHEN (UTC)", "WHO", "WHAT", "TO WHAT", "FROM"], &rows, "Nothing of this kind has happened.");
    let json = found.iter().map(|event| json!(event)).collect();
    Ok(Printed::new(text, json))
}

const PAGE: usize = 500;

async fn export(app: &App, filter: &Filter, shape: Shape, out: Option<PathBuf>) -> Result<Printed, Failure> {
    let unwritten = |why: std::io::Error| Failure::failed(format!("the export couldn't be written: {why}"));
    let mut to: Box<dyn Write> = match &out {
        Some(file) => Box::new(std::io::BufWriter::new(std::fs::File::create(file).map_err(unwritten)?)),
        None => Box::new(std::io::BufWriter::new(std::io::stdout().lock())),
    };
    to.write_all(shape.head().as_bytes()).map_err(unwritten)?;
    let (mut cursor, mut count) = (String::new(), 0_usize);
    loop {
        let page = trail::page(&app.db, filter, &cursor, PAGE).await?;
        for event in &page {
            to.write_all(shape.line(event).as_bytes()).map_err(unwritten)?;
        }
        count += page.len();
        match page.last() {
            Some(last) if page.len() == PAGE => cursor.clone_from(&last.id),
            _ => break,
        }
    }
    to.flush().map_err(unwritten)?;
    match out {
        Some(file) => {
            let text = format!("{count} events are in {}.", file.display());
            Ok(Printed::new(text, json!({ "events": count, "file": file })))
        }
        None => Ok(Printed::silent()),
    }
}

async fn verify(app: &App, kept: Option<&Head>) -> Result<Printed, Failure> {
    Ok(match chain::verify(&app.db, &app.keys.macs(), kept).await? {
        Verified::Whole(head) => {
            let text = format!(
                "The audit trail is whole: {} events, each linked to the one before.\nIts end: {}\nKeep this line \
                 elsewhere; with `--head` it shows later whether the end was cut off.",
                head.n,
                bold(&head.to_string())
            );
            Printed::new(text, json!({ "whole": true, "events": head.n, "head": head.to_string() }))
        }
        Verified::Broken { n, event, what } => {
            let place = if n == 0 { "outside the chain".to_owned() } else { format!("at link {n}") };
            let text = format!("The audit trail was touched {place} (event {event}): {what}.");
            let json = json!({ "whole": false, "link": n, "event": event, "what": what });
            Printed { good: false, ..Printed::new(text, json) }
        }
    })
}
