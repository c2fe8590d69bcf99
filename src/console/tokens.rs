//! API tokens of a person, on their page: which there are, how often each may ask, and its end.

use super::desk::{self, Desk, Sent, Trouble, stopped};
use super::form::{Choice, Field, Form, Kind};
use super::view::{Act, Cell, Section, Table};
use crate::admin::tokens;
use crate::base::id::{User as Marker, UserId};
use crate::lang::Message;
use crate::web::{Params, Stopped};
use axum::response::{IntoResponse, Redirect, Response};

/// More than anyone has; the management API has pages.
const MOST: usize = 200;

/// The section of a person's page.
pub(super) async fn section(desk: &Desk, user: &UserId) -> Result<Section, Stopped> {
    let (found, _) = tokens::list(&desk.app, user, "", MOST).await.map_err(stopped)?;
    let heads = [
        Message::new("console-token-one"),
        Message::new("console-workspace"),
        Message::new("console-field-scope"),
        Message::new("console-field-limit"),
        Message::new("console-used"),
        Message::new("console-token-until"),
        Message::new("console-end"),
    ];
    let mut table = Table::new(Message::new("console-tokens"), heads, Message::new("console-no-tokens"));
    let mut choices = Vec::new();
    for token in found {
        let label = Message::new("console-token-named").name("name", &token.name).code("hint", &token.hint);
        let chosen = choices.is_empty();
        choices.push(Choice { value: token.id.to_string().into(), label: label.clone(), chosen });
        let end = Act {
            path: format!("/admin/users/{user}/tokens"),
            label: Message::new("console-end"),
            to: token.name.clone(),
            fields: vec![("id", token.id.to_string())],
        };
        let cells = [
            Cell::Said(label),
            Cell::text(token.workspace.as_ref().map(ToString::to_string).unwrap_or_default()),
            Cell::Codes(token.scope.iter().flat_map(|scope| scope.iter()).map(str::to_owned).collect()),
            Cell::text(token.per_second.map(|rate| rate.to_string()).unwrap_or_default()),
            Cell::time_opt(token.used_at),
            Cell::time_opt(token.expires_at),
            Cell::Act(end),
        ];
        table.row(token.id.as_str(), cells);
    }
    let section = Section::new("tokens", Message::new("console-tokens")).with(table);
    if choices.is_empty() {
        return Ok(section);
    }
    let form = Form::new(LIMIT, format!("/admin/users/{user}/tokens/limit"), Message::new("console-limit"))
        .with(Field::new("id", Message::new("console-token-one"), Kind::One(choices)))
        .with(limit_field(None));
    Ok(section.with(form))
}

/// The form that limits a token.
pub(super) const LIMIT: &str = "limit-token";

/// How many requests a second; empty for what the settings say.
pub(super) fn limit_field(now: Option<u32>) -> Field {
    let text = now.map(|rate| rate.to_string()).unwrap_or_default();
    let label = Message::new("console-field-limit");
    Field::new("requests_per_second", label.clone(), Kind::Text(text)).hint(label.part("hint"))
}

/// What was put into it.
pub(super) fn limit(form: &Params) -> Result<Option<u32>, Trouble> {
    match form.get("requests_per_second").unwrap_or_default().trim() {
        "" => Ok(None),
        text => match text.parse() {
            Ok(rate) => Ok(Some(rate)),
            Err(_) => Err(Trouble::field("requests_per_second", Message::new("console-limit-wrong"))),
        },
    }
}

/// `POST /admin/users/{id}/tokens/limit`: how many requests a second the one that `id` names may make.
pub(super) async fn set_limit(desk::Named(user): desk::Named<Marker>, sent: Sent) -> Result<Response, Stopped> {
    let desk = &sent.desk;
    let rate = match limit(&sent.form) {
        Ok(rate) => rate,
        Err(trouble) => return super::users::page(desk, &user, Some((LIMIT, trouble))).await,
    };
    match tokens::set_per_second(&desk.app, &desk.who, sent.text("id"), rate).await {
        Ok(_) => Ok(Redirect::to(&format!("/admin/users/{user}#tokens")).into_response()),
        Err(refused) => super::users::page(desk, &user, Some((LIMIT, Trouble::of(refused)?))).await,
    }
}

/// `POST /admin/users/{id}/tokens`: ends the one that `id` names.
pub(super) async fn end(desk::Named(user): desk::Named<Marker>, sent: Sent) -> Result<Response, Stopped> {
    tokens::delete(&sent.desk.app, &sent.desk.who, sent.text("id")).await.map_err(stopped)?;
    Ok(Redirect::to(&format!("/admin/users/{user}#tokens")).into_response())
}
