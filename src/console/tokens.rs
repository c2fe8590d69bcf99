//! API tokens of a person, on their page: which there are, and the end of each.

use super::desk::{self, Desk, Sent, stopped};
use super::view::{Act, Cell, Section, Table};
use crate::admin::tokens;
use crate::base::id::{User as Marker, UserId};
use crate::lang::Message;
use crate::web::Stopped;
use axum::response::{IntoResponse, Redirect, Response};

/// More than anyone has; the management API has pages.
const MOST: usize = 200;

/// The section of a person's page.
pub(super) async fn section(desk: &Desk, user: &UserId) -> Result<Section, Stopped> {
    let (found, _) = tokens::list(&desk.app, user, "", MOST).await.map_err(stopped)?;
    let heads = [
        Message::new("console-name"),
        Message::new("console-token-ends"),
        Message::new("console-workspace"),
        Message::new("console-field-scope"),
        Message::new("console-since"),
        Message::new("console-used"),
        Message::new("console-token-until"),
        Message::new("console-end"),
    ];
    let mut table = Table::new(Message::new("console-tokens"), heads, Message::new("console-no-tokens"));
    for token in found {
        let end = Act {
            path: format!("/admin/users/{user}/tokens"),
            label: Message::new("console-end"),
            to: token.name.clone(),
            fields: vec![("id", token.id.clone())],
        };
        let cells = [
            Cell::text(&token.name),
            Cell::code(&token.hint),
            Cell::text(token.workspace.as_ref().map(ToString::to_string).unwrap_or_default()),
            Cell::Codes(token.scope.iter().flat_map(|scope| scope.iter()).map(str::to_owned).collect()),
            Cell::time(token.created_at),
            Cell::time_opt(token.used_at),
            Cell::time_opt(token.expires_at),
            Cell::Act(end),
        ];
        table.row(token.id.as_str(), cells);
    }
    Ok(Section::new("tokens", Message::new("console-tokens")).with(table))
}

/// `POST /admin/users/{id}/tokens`: ends the one that `id` names.
pub(super) async fn end(desk::Named(user): desk::Named<Marker>, sent: Sent) -> Result<Response, Stopped> {
    tokens::delete(&sent.desk.app, &sent.desk.who, sent.text("id")).await.map_err(stopped)?;
    Ok(Redirect::to(&format!("/admin/users/{user}#tokens")).into_response())
}
