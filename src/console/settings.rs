//! The settings as they are, and where each came from.

use super::desk::Desk;
use super::view::{At, Cell, Section, Table, View};
use crate::config::Origin;
use crate::lang::Message;
use crate::web::Stopped;
use axum::response::Response;

/// `GET /admin/settings`
pub(super) async fn get(desk: Desk) -> Result<Response, Stopped> {
    let heads = [Message::new("console-setting"), Message::new("console-value"), Message::new("console-source")];
    let mut table = Table::new(Message::new("console-settings"), heads, Message::new("console-no-settings"));
    for one in &desk.app.config.written {
        let value = match &one.value {
            Some(value) => Cell::code(value.as_str()),
            None => Cell::Said(Message::new("console-masked")),
        };
        table.row(one.name.as_str(), [Cell::code(one.name.as_str()), value, Cell::Said(source(&one.origin))]);
    }
    let view = View::new(&desk, At::Settings, Message::new("console-settings"))
        .lede(Message::new("console-settings-what"))
        .with(Section::first().with(table));
    Ok(view.answer(&desk))
}

fn source(origin: &Origin) -> Message {
    match origin {
        Origin::Default => Message::new("console-source-default"),
        Origin::File(path) => Message::new("console-source-file").code("path", path.display().to_string()),
        Origin::Env(name) => Message::new("console-source-env").code("name", name),
        Origin::Flag(name) => Message::new("console-source-flag").code("name", name),
        Origin::Derived => Message::new("console-source-derived"),
    }
}
