//! Grants: find those of a client or a person, and end them.

use super::clients::paging;
use super::desk::{Desk, Sent, Trouble, confirmed, missing, stopped};
use super::form::{Field, Form, Kind};
use super::view::{Act, At, Cell, Section, Table, View};
use crate::admin::{clients, grants, users};
use crate::base::id::ClientId;
use crate::lang::Message;
use crate::oauth::living::Whose;
use crate::web::{Params, Stopped};
use axum::response::{IntoResponse, Redirect, Response};

const PATH: &str = "/admin/grants";

/// `GET /admin/grants?user=|client=`
pub(super) async fn get(desk: Desk) -> Result<Response, Stopped> {
    page(&desk, &desk.query, None).await
}

/// Whose grants these are, and the name to type before all of them end.
struct Meant {
    whose: Whose,
    name: String,
    field: &'static str,
    value: String,
}

async fn meant(desk: &Desk, params: &Params) -> Result<Option<Meant>, Stopped> {
    if let Some(name) = params.get("user") {
        let Ok(user) = users::find(&desk.app, name.trim()).await else { return Ok(None) };
        let value = user.id.to_string();
        return Ok(Some(Meant { whose: Whose::User(user.id), name: user.email, field: "user", value }));
    }
    let Some(id) = params.get("client").map(str::trim) else { return Ok(None) };
    let id = ClientId::from(id);
    // One that is described by a document has grants without a row.
    let name = clients::show(&desk.app, &id).await.map_or_else(|_| id.to_string(), |one| one.metadata.client_name);
    let value = id.to_string();
    Ok(Some(Meant { whose: Whose::Client(id), name, field: "client", value }))
}

async fn page(desk: &Desk, params: &Params, trouble: Option<Trouble>) -> Result<Response, Stopped> {
    let text = |name| params.get(name).unwrap_or_default().to_owned();
    let find = Form::asks("find", PATH, Message::new("console-find"))
        .with(Field::new("user", Message::new("console-person"), Kind::Text(text("user"))))
        .with(Field::new("client", Message::new("console-client-id"), Kind::Text(text("client"))));
    let view = View::new(desk, At::Grants, Message::new("console-grants")).lede(Message::new("console-grants-what"));
    let mut section = Section::first().with(find);
    let asked = params.get("user").is_some() || params.get("client").is_some();
    let Some(Meant { whose, name, field, value }) = meant(desk, params).await? else {
        if asked {
            section = section.with(Message::new("console-nobody"));
        }
        return Ok(view.with(section).answer(desk));
    };
    let list = format!("grants/{field}/{value}");
    let paging = paging(desk, &list)?;
    let found = grants::list(&desk.app, &(&whose).into(), &paging.after, paging.limit).await;
    let (found, more) = found.map_err(stopped)?;
    let heads = [
        Message::new("console-client"),
        Message::new("console-person"),
        Message::new("console-field-scope"),
        Message::new("console-workspace"),
        Message::new("console-since"),
        Message::new("console-used"),
        Message::new("console-end"),
    ];
    let mut table = Table::new(Message::new("console-grants"), heads, Message::new("console-no-grants"));
    for grant in &found {
        let end = Act {
            path: format!("{PATH}/end"),
            label: Message::new("console-end"),
            to: format!("{} {}", grant.client_id, grant.email),
            fields: vec![("id", grant.id.clone()), (field, value.clone())],
        };
        let cells = [
            Cell::Link(format!("{PATH}?client={}", escaped(grant.client_id.as_str())), grant.client_id.to_string()),
            Cell::Link(format!("/admin/users/{}", grant.user_id), grant.email.clone()),
            Cell::code(grant.scope.as_str()),
            Cell::text(grant.workspace.as_ref().map(ToString::to_string).unwrap_or_default()),
            Cell::time(grant.created_at),
            Cell::time(grant.used_at),
            Cell::Act(end),
        ];
        table.row(grant.id.as_str(), cells);
    }
    let last = found.last().filter(|_| more).map(|grant| grant.id.as_str());
    section = section.with(table.goes_on(desk, PATH, &list, &paging, last));
    let mut view = view.with(section);
    if !found.is_empty() {
        let all = Form::new("end-all", format!("{PATH}/end-all"), Message::new("console-end-all"))
            .note(Message::new("console-end-all-what"))
            .hidden(field, value)
            .confirmed_by(&name);
        view = view.with(Section::new("danger", Message::new("console-end-all")).with(all));
    }
    Ok(view.troubled("end-all", trouble).answer(desk))
}

fn escaped(value: &str) -> String {
    form_urlencoded::byte_serialize(value.as_bytes()).collect()
}

/// Back to the list that the form was on.
fn back(sent: &Sent) -> Response {
    let field = if sent.form.get("user").is_some() { "user" } else { "client" };
    Redirect::to(&format!("{PATH}?{field}={}", escaped(sent.text(field)))).into_response()
}

/// `POST /admin/grants/end`
pub(super) async fn end(sent: Sent) -> Result<Response, Stopped> {
    grants::end(&sent.desk.app, &sent.desk.who, sent.text("id")).await.map_err(stopped)?;
    Ok(back(&sent))
}

/// `POST /admin/grants/end-all`, with the name typed in `confirm`.
pub(super) async fn end_all(sent: Sent) -> Result<Response, Stopped> {
    let desk = &sent.desk;
    let whose = meant(desk, &sent.form).await?.ok_or_else(missing)?;
    if let Err(trouble) = confirmed(sent.text("confirm"), &whose.name) {
        return page(desk, &sent.form, Some(trouble)).await;
    }
    grants::end_all(&desk.app, &desk.who, &whose.whose).await.map_err(stopped)?;
    Ok(back(&sent))
}
