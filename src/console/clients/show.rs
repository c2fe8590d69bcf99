//! One client: what it is, its secrets, a redirect URI to try, and what can be done to it.

use super::fields::{self, Kind};
use super::{PATH, made_page, programs, state};
use crate::admin::Refused;
use crate::admin::clients::{self, OVERLAP, Target};
use crate::base::id::Client as Named;
use crate::base::id::ClientId;
use crate::base::{Time, uri};
use crate::clients::Client;
use crate::console::desk::{self, Desk, Sent, Trouble, confirmed, stopped};
use crate::console::form::{Choice, Field, Form, Kind as Shape};
use crate::console::view::{At, Block, Cell, Section, Table, View};
use crate::lang::Message;
use crate::web::Stopped;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use serde_json::{Map, Value};
use std::time::Duration;

type Id = desk::Named<Named>;

/// `GET /admin/clients/{id}?redirect_uri=`: with a redirect URI, whether it would match.
pub(in crate::console) async fn get(desk: Desk, Id { 0: id }: Id) -> Result<Response, Stopped> {
    page(&desk, &id, None, None).await
}

/// What was typed into the form that changes the client, and from which revision.
struct Typed {
    members: Map<String, Value>,
}

async fn page(
    desk: &Desk,
    id: &ClientId,
    typed: Option<Typed>,
    trouble: Option<(&'static str, Trouble)>,
) -> Result<Response, Stopped> {
    let client = clients::show(&desk.app, id).await.map_err(stopped)?;
    let members = typed.map_or_else(|| fields::of(&client.metadata), |typed| typed.members);
    let edit =
        Form::new("edit", format!("{PATH}/{id}"), Message::new("console-save")).hidden("rev", client.rev.to_string());
    let edit = fields::put(edit, Kind::of(&client.metadata), &members);
    let (form, trouble) = trouble.map_or(("", None), |(form, trouble)| (form, Some(trouble)));
    let view = View::about(desk, At::Clients, &client.metadata.client_name)
        .with(facts(&client))
        .with(redirects(desk, &client))
        .with(secrets(&client, desk.app.now()))
        .with(Section::new("edit-settings", Message::new("console-edit")).with(edit))
        .with(programs(desk, &client, None))
        .with(ends(&client))
        .troubled(form, trouble);
    Ok(view.answer(desk))
}

fn facts(client: &Client) -> Section {
    let metadata = &client.metadata;
    let codes = |texts: &[String]| Cell::Codes(texts.to_vec());
    let mut facts = vec![
        (Message::new("console-client-id"), Cell::code(client.id.as_str())),
        (Message::new("console-state"), state(client.enabled)),
        (Message::new("console-kind"), Cell::Said(Kind::of(metadata).name())),
        (Message::new("console-field-redirect"), codes(&metadata.redirect_uris)),
        (Message::new("console-field-scope"), Cell::code(metadata.scope.as_str())),
        (Message::new("console-field-grants"), Cell::Codes(fields::grants(metadata))),
        (Message::new("console-field-auth"), Cell::code(metadata.token_endpoint_auth_method.name())),
        (Message::new("console-since"), Cell::time(client.created_at)),
        (Message::new("console-changed"), Cell::time(client.updated_at)),
    ];
    if let Some(by) = client.provenance.name() {
        facts.push((Message::new("console-registered-by"), Cell::code(by)));
    }
    let id = client.id.as_str();
    facts.push((Message::new("console-grants"), Cell::Link(format!("/admin/grants?client={id}"), id.to_owned())));
    facts.push((
        Message::new("console-audit"),
        Cell::Link(format!("/admin/audit?object=client:{id}"), format!("client:{id}")),
    ));
    Section::first().with(Block::Facts(facts))
}

/// Holds a redirect URI against those that are registered.
fn redirects(desk: &Desk, client: &Client) -> Section {
    let tried = desk.query.get("redirect_uri").map(str::trim);
    let field =
        Field::new("redirect_uri", Message::new("console-try-uri"), Shape::Text(tried.unwrap_or_default().to_owned()));
    let form = Form::asks("try", format!("{PATH}/{}", client.id), Message::new("console-try")).with(field);
    let section =
        Section::new("redirect", Message::new("console-try-title")).with(Message::new("console-try-what")).with(form);
    let Some(tried) = tried else { return section };
    if let Some(registered) = client.redirect_uri(tried) {
        return section.with(Message::new("console-matches").code("uri", registered));
    }
    let mut table = Table::new(
        Message::new("console-matches-not"),
        [Message::new("console-field-redirect"), Message::new("console-differs")],
        Message::new("console-no-uris"),
    );
    for registered in &client.metadata.redirect_uris {
        table.row("", [Cell::code(registered.as_str()), Cell::Said(difference(registered, tried))]);
    }
    section.with(Block::Caution(Message::new("console-matches-not"))).with(table)
}

fn difference(registered: &str, tried: &str) -> Message {
    match uri::difference(registered, tried) {
        "only by a trailing slash" => Message::new("console-differs-slash"),
        "only in upper and lower case" => Message::new("console-differs-case"),
        "in the scheme" => Message::new("console-differs-scheme"),
        "in the port" => Message::new("console-differs-port"),
        "only in the query" => Message::new("console-differs-query"),
        "in the path" => Message::new("console-differs-path"),
        _ => Message::new("console-differs-host"),
    }
}

const OVERLAPS: [&str; 4] = ["0", "3600", "86400", "604800"];

fn secrets(client: &Client, now: Time) -> Section {
    let section = Section::new("secrets", Message::new("console-secrets"));
    if !client.metadata.token_endpoint_auth_method.with_secret() {
        return section.with(Message::new("console-no-secret"));
    }
    let heads = [Message::new("console-ends-in"), Message::new("console-since"), Message::new("console-until")];
    let mut table = Table::new(Message::new("console-secrets"), heads, Message::new("console-no-secret"));
    for secret in client.secrets.iter().filter(|secret| secret.expires_at.is_none_or(|at| at > now.millis())) {
        let until = match secret.expires_at {
            Some(at) => Cell::time(Time::from_millis(at)),
            None => Cell::Chip(Message::new("console-current")),
        };
        let made = Cell::time(Time::from_millis(secret.created_at));
        table.row(secret.hint.as_str(), [Cell::code(format!("…{}", secret.hint)), made, until]);
    }
    let choice = |value: &'static str| {
        let hours = value.parse::<usize>().unwrap_or(0) / 3600;
        Choice {
            value: value.into(),
            label: Message::new("console-overlap-hours").count("hours", hours),
            chosen: value == "86400",
        }
    };
    let overlap = Field::new("overlap", Message::new("console-overlap"), Shape::One(OVERLAPS.map(choice).into()));
    let rotate = Form::new("rotate", format!("{PATH}/{}/rotate", client.id), Message::new("console-rotate-secret"));
    section.with(table).with(rotate.with(overlap))
}

fn ends(client: &Client) -> Section {
    let act = |what: &str| format!("{PATH}/{}/{what}", client.id);
    let section = Section::new("danger", Message::new("console-danger"));
    let section = match client.enabled {
        true => section.with(
            Form::new("disable", act("disable"), Message::new("console-disable"))
                .danger()
                .note(Message::new("console-disable-client-what")),
        ),
        false => section.with(Form::new("enable", act("enable"), Message::new("console-enable"))),
    };
    let delete = Form::new("delete", act("delete"), Message::new("console-delete-client"))
        .note(Message::new("console-delete-client-what"))
        .confirmed_by(&client.metadata.client_name);
    section.with(delete)
}

fn back(id: &ClientId) -> Response {
    Redirect::to(&format!("{PATH}/{id}")).into_response()
}

async fn done<T>(
    sent: &Sent,
    id: &ClientId,
    form: &'static str,
    what: Result<T, Refused>,
) -> Result<Response, Stopped> {
    match what {
        Ok(_) => Ok(back(id)),
        Err(refused) => page(&sent.desk, id, None, Some((form, Trouble::of(refused)?))).await,
    }
}

/// `POST /admin/clients/{id}`
pub(in crate::console) async fn edit(Id { 0: id }: Id, sent: Sent) -> Result<Response, Stopped> {
    let patch = fields::read(&sent.form, Map::new());
    let if_match = sent.text("rev").parse().ok();
    let target = Target { id: id.clone(), if_match };
    let desk = &sent.desk;
    match clients::patch(&desk.app, &desk.who, &target, patch.clone()).await {
        // It needs a secret since this change.
        Ok(changed) if changed.secret.is_some() => {
            Ok(made_page(desk, &changed, Message::new("console-secret-made"), StatusCode::OK))
        }
        Ok(_) => Ok(back(&id)),
        Err(refused) => {
            let trouble = Trouble::of(refused)?;
            page(desk, &id, Some(Typed { members: patch }), Some(("edit", trouble))).await
        }
    }
}

/// `POST /admin/clients/{id}/rotate`
pub(in crate::console) async fn rotate(Id { 0: id }: Id, sent: Sent) -> Result<Response, Stopped> {
    let overlap = sent.text("overlap").parse().map_or(OVERLAP, Duration::from_secs);
    let desk = &sent.desk;
    match clients::rotate_secret(&desk.app, &desk.who, &Target::from(id.clone()), overlap).await {
        Ok(rotated) => Ok(made_page(desk, &rotated, Message::new("console-secret-made"), StatusCode::OK)),
        Err(refused) => page(desk, &id, None, Some(("rotate", Trouble::of(refused)?))).await,
    }
}

/// `POST /admin/clients/{id}/enable`
pub(in crate::console) async fn enable(Id { 0: id }: Id, sent: Sent) -> Result<Response, Stopped> {
    let what = clients::enable(&sent.desk.app, &sent.desk.who, &Target::from(id.clone())).await;
    done(&sent, &id, "enable", what).await
}

/// `POST /admin/clients/{id}/disable`
pub(in crate::console) async fn disable(Id { 0: id }: Id, sent: Sent) -> Result<Response, Stopped> {
    let what = clients::disable(&sent.desk.app, &sent.desk.who, &Target::from(id.clone())).await;
    done(&sent, &id, "disable", what).await
}

/// `POST /admin/clients/{id}/delete`, with its name typed in `confirm`.
pub(in crate::console) async fn delete(Id { 0: id }: Id, sent: Sent) -> Result<Response, Stopped> {
    let desk = &sent.desk;
    let client = clients::show(&desk.app, &id).await.map_err(stopped)?;
    if let Err(trouble) = confirmed(sent.text("confirm"), &client.metadata.client_name) {
        return page(desk, &id, None, Some(("delete", trouble))).await;
    }
    match clients::delete(&desk.app, &desk.who, &Target { id: id.clone(), if_match: Some(client.rev) }).await {
        Ok(()) => Ok(Redirect::to(PATH).into_response()),
        Err(refused) => page(desk, &id, None, Some(("delete", Trouble::of(refused)?))).await,
    }
}
