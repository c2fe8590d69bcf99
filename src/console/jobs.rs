//! What works in the background, how it has gone, and what waits for it.

use super::desk::Desk;
use super::overview::counted;
use super::view::{At, Block, Cell, Section, Table, View};
use crate::app::Chore;
use crate::lang::Message;
use crate::mail::queue;
use crate::oauth::logout::backchannel;
use crate::web::Stopped;
use axum::response::Response;
use std::time::Duration;

/// Counting stops here.
const MOST: i64 = 10_000;

/// `GET /admin/jobs`
pub(super) async fn get(desk: Desk) -> Result<Response, Stopped> {
    let app = &desk.app;
    let waiting = vec![
        (Message::new("console-mails-waiting"), counted(queue::waiting(&app.db, MOST).await?)),
        (Message::new("console-notices-waiting"), counted(backchannel::waiting(app, MOST).await?)),
    ];
    let heads = [
        Message::new("console-job"),
        Message::new("console-state"),
        Message::new("console-ran"),
        Message::new("console-rests"),
        Message::new("console-took"),
        Message::new("console-runs"),
        Message::new("console-failures"),
    ];
    let mut table = Table::new(Message::new("console-jobs"), heads, Message::new("console-no-jobs"));
    for (name, chore) in app.chores.all() {
        table.row(name, cells(name, &chore));
    }
    let view = View::new(&desk, At::Jobs, Message::new("console-jobs"))
        .lede(Message::new("console-jobs-what"))
        .with(Section::new("waiting", Message::new("console-waiting")).with(Block::Numbers(waiting)))
        .with(Section::new("jobs", Message::new("console-here")).with(table));
    Ok(view.answer(&desk))
}

fn cells(name: &'static str, chore: &Chore) -> [Cell; 7] {
    let well = if chore.well { Message::new("console-well") } else { Message::new("console-job-failed") };
    let span = |span: Duration| {
        let count = |n: u128| usize::try_from(n).unwrap_or(usize::MAX);
        match span.as_millis() {
            short @ ..1000 => Cell::Said(Message::new("console-millis").count("n", count(short))),
            long => Cell::Said(Message::new("console-seconds").count("n", count(long / 1000))),
        }
    };
    let times = |n: u64| Cell::number(i64::try_from(n).unwrap_or(i64::MAX));
    [
        Cell::Said(what(name)),
        Cell::Chip(well),
        Cell::time(chore.ran_at),
        span(chore.every),
        span(chore.took),
        times(chore.runs),
        times(chore.failures),
    ]
}

fn what(name: &str) -> Message {
    match name {
        "notice" => Message::new("console-job-notice"),
        "keys" => Message::new("console-job-keys"),
        "purge" => Message::new("console-job-purge"),
        "registry" => Message::new("console-job-registry"),
        "sightings" => Message::new("console-job-sightings"),
        "trail" => Message::new("console-job-trail"),
        "pulse" => Message::new("console-job-pulse"),
        "sign-outs" => Message::new("console-job-sign-outs"),
        "mails" => Message::new("console-job-mails"),
        other => Message::new("console-named").name("name", other),
    }
}
