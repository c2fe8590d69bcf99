//! The audit trail, newest first: who did what to what, and all of it to take along.

use super::clients::paging;
use super::desk::Desk;
use super::form::{Field, Form, Kind};
use super::view::{At, Block, Cell, Link, Section, Table, View};
use crate::admin::trail as asked;
use crate::audit::{Recorded, trail};
use crate::base::Time;
use crate::lang::Message;
use crate::web::{Params, Problem, Stopped};
use axum::response::Response;

const PATH: &str = "/admin/audit";

fn bad(problem: Problem) -> Stopped {
    Stopped::invalid(Message::new("stopped-link")).detail("What is wrong", problem.detail)
}

/// `GET /admin/audit?actor=&action=&object=&since=&until=&cursor=`
pub(super) async fn list(desk: Desk) -> Result<Response, Stopped> {
    let paging = paging(&desk, "audit")?;
    let filter = asked::filter(&desk.query).map_err(bad)?;
    let found = trail::page(&desk.app.db, &filter, &paging.after, paging.limit).await?;
    let heads = [
        Message::new("console-action"),
        Message::new("console-actor"),
        Message::new("console-object"),
        Message::new("console-when"),
        Message::new("console-address"),
        Message::new("console-detail"),
    ];
    let mut table = Table::new(Message::new("console-audit"), heads, Message::new("console-no-events"));
    for event in &found {
        table.row(event.id.as_str(), cells(event));
    }
    // A page that is just full may be the last one: the next is then empty.
    let last = found.last().filter(|_| found.len() == paging.limit).map(|event| event.id.as_str());
    let table = table.goes_on(&desk, PATH, "audit", &paging, last);
    let view = View::new(&desk, At::Audit, Message::new("console-audit"))
        .with(Section::first().with(narrowing(&desk.query)).with(exports(&desk.query)).with(table));
    Ok(view.answer(&desk))
}

fn cells(event: &Recorded) -> [Cell; 6] {
    let about = |name: &str| match name.split_once(':') {
        Some(("user", id)) => Cell::Link(format!("/admin/users/{id}"), name.to_owned()),
        Some(("client", id)) if !id.contains("://") => Cell::Link(format!("/admin/clients/{id}"), name.to_owned()),
        Some(("workspace", id)) => Cell::Link(format!("/admin/workspaces/{id}"), name.to_owned()),
        _ => Cell::code(name),
    };
    [
        Cell::code(event.action.as_str()),
        about(&event.actor),
        about(&event.object),
        Time::parse(&event.at).map_or_else(|| Cell::text(event.at.as_str()), Cell::time),
        Cell::code(event.address.as_deref().unwrap_or_default()),
        Cell::code(shortened(&event.detail.to_string())),
    ]
}

/// The whole is in the export.
fn shortened(detail: &str) -> String {
    let short: String = detail.chars().take(240).collect();
    if short.len() < detail.len() { short + "…" } else { short }
}

fn narrowing(query: &Params) -> Form {
    let text =
        |name, label: Message| Field::new(name, label, Kind::Text(query.get(name).unwrap_or_default().to_owned()));
    Form::asks("filter", PATH, Message::new("console-find"))
        .with(text("actor", Message::new("console-actor")))
        .with(text("action", Message::new("console-action")))
        .with(text("object", Message::new("console-object")))
        .with(text("since", Message::new("console-from")))
        .with(text("until", Message::new("console-until")))
}

fn exports(query: &Params) -> Block {
    let href = |shape: &str| {
        let mut wanted = Params::default();
        wanted.push("as", shape);
        let known = |name: &str| ["actor", "action", "object", "since", "until"].contains(&name);
        query
            .iter()
            .filter(|(name, value)| known(name) && !value.is_empty())
            .for_each(|(name, value)| wanted.push(name, value));
        format!("{PATH}/export?{}", wanted.encode())
    };
    let link = |id, shape, label| Link { id, href: href(shape), label, changes: false };
    Block::Links(vec![
        link("export-jsonl", "jsonl", Message::new("console-export").name("shape", "JSONL")),
        link("export-csv", "csv", Message::new("console-export").name("shape", "CSV")),
    ])
}

/// `GET /admin/audit/export?as=jsonl|csv&…`
pub(super) async fn export(desk: Desk) -> Result<Response, Stopped> {
    asked::export(desk.app.clone(), &desk.query).map_err(bad)
}
