//! Clients: the list, and a new one in two steps: what kind of app it is, then what it is called and where it lives.

mod fields;
pub(super) mod show;

use super::desk::{Desk, Sent, Trouble, stopped};
use super::form::{Field, Form, Kind as Shape};
use super::view::{At, Block, Card, Cell, Code, Link, Section, Table, View};
use crate::admin;
use crate::admin::clients::{self, Registered};
use crate::base::id::ClientId;
use crate::clients::snippets::{self, Filling};
use crate::clients::{Client, GrantType};
use crate::lang::Message;
use crate::web::paging::Paging;
use crate::web::{Problem, Stopped};
use axum::http::StatusCode;
use axum::response::Response;
use fields::Kind;
use serde_json::{Map, Value};

const PATH: &str = "/admin/clients";

/// `GET /admin/clients?search=&cursor=`
pub(super) async fn list(desk: Desk) -> Result<Response, Stopped> {
    let paging = paging(&desk, "clients")?;
    let found = clients::list(&desk.app, &paging.after, &paging.search, paging.limit).await;
    let (found, more) = found.map_err(stopped)?;
    let heads = [
        Message::new("console-name"),
        Message::new("console-client-id"),
        Message::new("console-kind"),
        Message::new("console-state"),
        Message::new("console-since"),
    ];
    let mut table = Table::new(Message::new("console-clients"), heads, Message::new("console-no-clients"));
    for client in &found {
        let (id, name) = (client.id.to_string(), client.metadata.client_name.clone());
        let link = Cell::Link(format!("{PATH}/{id}"), name);
        let kind = Cell::Said(Kind::of(&client.metadata).name());
        table.row(
            id.as_str(),
            [link, Cell::code(id.as_str()), kind, state(client.enabled), Cell::time(client.created_at)],
        );
    }
    let last = found.last().filter(|_| more).map(|client| client.id.as_str());
    let table = table.goes_on(&desk, PATH, "clients", &paging, last);
    let new = Link {
        id: "new-client",
        href: format!("{PATH}/new"),
        label: Message::new("console-new-client"),
        changes: true,
    };
    let view = View::new(&desk, At::Clients, Message::new("console-clients"))
        .with(Section::first().with(new).with(searching(PATH, &paging.search)).with(table));
    Ok(view.answer(&desk))
}

/// Which part of the list is asked for; a link that was bent is a page that says so.
pub(super) fn paging(desk: &Desk, list: &str) -> Result<Paging, Stopped> {
    let bad = |problem: Problem| Stopped::invalid(Message::new("stopped-link")).detail("What is wrong", problem.detail);
    Paging::read(&desk.app.keys.macs(), list, &desk.query).map_err(bad)
}

/// The form above a list.
pub(super) fn searching(path: &str, search: &str) -> Form {
    let field = Field::new("search", Message::new("console-search"), Shape::Text(search.to_owned()));
    Form::asks("search", path, Message::new("console-find")).with(field)
}

pub(super) fn state(enabled: bool) -> Cell {
    Cell::Chip(if enabled { Message::new("console-enabled") } else { Message::new("console-disabled") })
}

/// `GET /admin/clients/new`: which kind of app; with `?kind=`, its form.
pub(super) async fn new(desk: Desk) -> Result<Response, Stopped> {
    desk.for_changes()?;
    let Some(kind) = desk.query.get("kind").and_then(Kind::named) else {
        let card =
            |kind: Kind| Card { href: format!("{PATH}/new?kind={}", kind.id()), name: kind.name(), what: kind.what() };
        let view = View::new(&desk, At::Clients, Message::new("console-new-client"))
            .lede(Message::new("console-which-kind"))
            .back(PATH, Message::new("console-clients"))
            .with(Section::first().with(Block::Cards(Kind::ALL.map(card).into())));
        return Ok(view.answer(&desk));
    };
    let id = ClientId::new(desk.app.now());
    Ok(form(&desk, kind, &id, &kind.start(), None))
}

/// The form of a new client. Its identifier is chosen before: sent twice, the form makes one client.
fn form(desk: &Desk, kind: Kind, id: &ClientId, members: &Map<String, Value>, trouble: Option<Trouble>) -> Response {
    let form = Form::new("register", PATH, Message::new("console-register"))
        .hidden("kind", kind.id())
        .hidden("client_id", id.as_str());
    let form = fields::put(form, kind, members);
    View::new(desk, At::Clients, Message::new("console-new-client"))
        .lede(kind.what())
        .back("/admin/clients/new", Message::new("console-kinds"))
        .with(Section::new("settings", kind.name()).with(form))
        .troubled("register", trouble)
        .answer(desk)
}

/// `POST /admin/clients`: registers, and shows the secret: now and never again.
pub(super) async fn create(sent: Sent) -> Result<Response, Stopped> {
    let kind = Kind::named(sent.text("kind")).unwrap_or(Kind::Web);
    let id = ClientId::from(sent.text("client_id"));
    let members = fields::read(&sent.form, kind.start());
    let desk = &sent.desk;
    let made = match admin::metadata(members.clone()) {
        Ok(metadata) => {
            let chosen = Some(id.clone()).filter(|id| !id.as_str().is_empty());
            clients::create(&desk.app, &desk.who, metadata, chosen).await
        }
        Err(refused) => Err(refused),
    };
    match made {
        Ok(registered) => Ok(made_page(desk, &registered, Message::new("console-client-made"), StatusCode::CREATED)),
        Err(refused) => {
            let trouble = Trouble::of(refused)?;
            // Whoever sends it again, having read this, means another client.
            let id = if trouble.status == StatusCode::CONFLICT { ClientId::new(desk.app.now()) } else { id };
            Ok(form(desk, kind, &id, &members, Some(trouble)))
        }
    }
}

/// A client whose secret was just made.
fn made_page(desk: &Desk, registered: &Registered, said: Message, status: StatusCode) -> Response {
    let client = &registered.client;
    let copied = |id, label, text: &str| Code { id, label, text: text.to_owned(), folded: false, copied: true };
    let mut section = Section::first().with(said);
    section = section.with(copied("client_id", Message::new("console-client-id"), client.id.as_str()));
    if let Some(secret) = &registered.secret {
        section = section.with(copied("client_secret", Message::new("console-secret"), secret.reveal()));
        section = section.with(Block::Caution(Message::new("console-secret-once")));
    }
    let go = Link {
        id: "go-on",
        href: format!("{PATH}/{}", client.id),
        label: Message::new("console-to-client"),
        changes: false,
    };
    View::about(desk, At::Clients, &client.metadata.client_name)
        .with(section.with(go))
        .with(programs(desk, client, registered.secret.as_ref().map(crate::base::Secret::reveal)))
        .status(status)
        .answer(desk)
}

/// Programs that use the client, filled in.
fn programs(desk: &Desk, client: &Client, secret: Option<&str>) -> Section {
    let secret =
        secret.or_else(|| client.metadata.token_endpoint_auth_method.with_secret().then_some("<client_secret>"));
    let redirect_uri = client.metadata.redirect_uris.first().map(String::as_str).unwrap_or_default();
    let filling =
        Filling { issuer: desk.app.issuer(), client_id: client.id.as_str(), client_secret: secret, redirect_uri };
    let machine = if client.may(GrantType::ClientCredentials) { snippets::machine(&filling) } else { Vec::new() };
    let flow = if client.may(GrantType::AuthorizationCode) { snippets::code_flow(&filling) } else { Vec::new() };
    let folded = machine.is_empty();
    let code = machine.into_iter().chain(flow.into_iter().map(|one| snippets::Snippet { id: flow_id(one.id), ..one }));
    let code = code.map(|one| {
        let label = Message::new("console-program").strong("language", one.name).name("library", one.with);
        Code { id: one.id, label, text: one.code, folded, copied: false }
    });
    Section::new("programs", Message::new("console-programs")).with(Message::new("console-programs-what")).all(code)
}

/// A page may hold both programs for curl.
fn flow_id(id: &'static str) -> &'static str {
    if id == "curl" { "curl-flow" } else { id }
}
