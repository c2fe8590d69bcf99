//! A person's webhooks: endpoints of theirs that are told what happens to the connections that they may see. A line each on the
//! account page; on a page of its own what was sent, and what can be done about what didn't arrive.

use super::connections::actor;
use super::done::Done;
use super::page::{self, Trouble};
use super::sent::{Sent, nothing};
use crate::app::App;
use crate::base::id::Id;
use crate::base::{Secret, Time};
use crate::db::Fault;
use crate::lang::Message;
use crate::people::workspaces::{self, Membership};
use crate::signin::login::Then;
use crate::signin::{self, Session, session};
use crate::vault::actor::Actor;
use crate::vault::hooks::manage::{self, Asked};
use crate::vault::hooks::{Delivery, DeliveryState, Hook, HookId, State as HookState};
use crate::vault::refused::Refused;
use crate::web::browser::Browser;
use crate::web::{Call, Page, Query, Reader, Shell, Stopped};
use askama::Template;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Redirect, Response};

/// Most that are shown of a workspace; nobody can have more.
const MOST: i64 = 20;
/// Most messages of a page.
const MESSAGES: i64 = 50;

/// A webhook as pages show it.
pub(super) struct Line {
    pub id: HookId,
    pub name: String,
    pub host: String,
    pub workspace: Option<String>,
    pub how: Message,
    pub delivered: Option<Time>,
}

/// Where one can be made.
pub(super) struct Place {
    pub slug: String,
    pub name: String,
}

/// What the account page says of webhooks.
pub(super) struct Hooks {
    pub lines: Vec<Line>,
    pub places: Vec<Place>,
    pub typed: String,
}

fn line(hook: &Hook, workspace: Option<String>) -> Line {
    let host = url::Url::parse(&hook.url).ok().and_then(|url| url.host_str().map(str::to_owned));
    let host = host.unwrap_or_default();
    Line {
        id: hook.id.clone(),
        name: if hook.name.is_empty() { host.clone() } else { hook.name.clone() },
        host,
        workspace,
        how: match hook.state {
            HookState::Active => Message::new("hook-active"),
            HookState::Failing => Message::new("hook-failing"),
            HookState::Paused => Message::new("hook-paused"),
        },
        delivered: hook.delivered_at,
    }
}

/// All of a person's, in all their workspaces.
pub(super) async fn all(app: &App, session: &Session) -> Result<Hooks, Fault> {
    let memberships = workspaces::store::of_user(&app.db, &session.user.id).await?;
    let mut lines = Vec::new();
    for one in &memberships {
        let who = actor(session, one, Call::internal("account"));
        let name = (memberships.len() > 1).then(|| one.name.clone());
        let found = manage::page(app, &who, "", MOST).await.map_err(fault)?;
        lines.extend(found.iter().map(|hook| line(hook, name.clone())));
    }
    let place = |one: Membership| Place { slug: one.workspace.to_string(), name: one.name };
    Ok(Hooks { lines, places: memberships.into_iter().map(place).collect(), typed: String::new() })
}

/// People are admitted to their own; what is left is faults.
fn fault(why: Refused) -> Fault {
    why.fault.map_or_else(|| Fault::Bug(why.why.clone()), |fault| *fault)
}

#[derive(Template)]
#[template(path = "webhook.html")]
struct WebhookPage {
    page: Shell,
    csrf: String,
    line: Line,
    url: String,
    why: Option<Message>,
    /// What it is told; empty for everything.
    events: Vec<String>,
    paused: bool,
    /// What signs its messages, this once.
    secret: Option<Secret>,
    messages: Vec<Sending>,
    said: Option<Message>,
    trouble: Option<Message>,
    since: String,
}

/// A message to it.
struct Sending {
    id: String,
    kind: String,
    at: Time,
    how: Message,
    answer: Option<String>,
    tries: usize,
    next: Option<Time>,
    over: bool,
}

fn sending(one: Delivery) -> Sending {
    let open = one.state == DeliveryState::Open;
    Sending {
        id: one.id,
        kind: one.kind,
        at: one.created_at,
        how: match one.state {
            DeliveryState::Open => Message::new("hook-open"),
            DeliveryState::Delivered => Message::new("hook-delivered"),
            DeliveryState::GivenUp => Message::new("hook-given-up"),
        },
        answer: one.answer,
        tries: usize::try_from(one.tries).unwrap_or_default(),
        next: (open && one.tries > 0).then_some(one.due_at),
        over: !open,
    }
}

/// Why it isn't active, in words.
fn why(hook: &Hook) -> Option<Message> {
    match (hook.state, hook.reason.as_deref()) {
        (HookState::Active, _) => None,
        (HookState::Paused, Some("gone")) => Some(Message::new("hook-gone")),
        (HookState::Paused, _) => Some(Message::new("hook-stopped")),
        (HookState::Failing, answer) => {
            Some(Message::new("hook-failed").code("answer", answer.unwrap_or("unreachable")))
        }
    }
}

/// The webhook in one of the person's workspaces, and who they are there.
async fn found(app: &App, session: &Session, call: Call, id: &str) -> Result<(Actor, Hook, Option<String>), Stopped> {
    let id: HookId = Id::from(id);
    let memberships = workspaces::store::of_user(&app.db, &session.user.id).await?;
    for one in &memberships {
        let who = actor(session, one, call.clone());
        match manage::of(app, &who, &id).await {
            Ok(hook) => return Ok((who, hook, (memberships.len() > 1).then(|| one.name.clone()))),
            Err(why) if why.fault.is_some() => return Err(fault(why).into()),
            Err(_) => {}
        }
    }
    Err(nothing())
}

async fn made(
    app: &App,
    (reader, session, browser): (Reader, &Session, &Browser),
    hook: &Hook,
    workspace: Option<String>,
) -> Result<WebhookPage, Stopped> {
    let messages = manage::deliveries(app, hook, "", MESSAGES).await?;
    Ok(WebhookPage {
        page: signin::shell(app, reader, None, Some(session)),
        csrf: browser.csrf(app),
        line: line(hook, workspace),
        url: hook.url.clone(),
        why: why(hook),
        events: hook.events.clone(),
        paused: hook.state == HookState::Paused,
        secret: None,
        messages: messages.into_iter().map(sending).collect(),
        said: None,
        trouble: None,
        since: String::new(),
    })
}

/// `GET /account/webhooks/{id}`
pub(super) async fn get(
    State(app): State<App>,
    Path(id): Path<String>,
    reader: Reader,
    headers: HeaderMap,
    query: Query,
) -> Result<Response, Stopped> {
    let query = query.readable().map_err(Stopped::bad_link)?;
    let Some(session) = session::current(&app, &headers).await? else {
        return Ok(Then::Account.sign_in());
    };
    let (_, hook, workspace) = found(&app, &session, Call::internal("account"), &id).await?;
    let browser = Browser::of(&app, &headers);
    let mut page = made(&app, (reader, &session, &browser), &hook, workspace).await?;
    page.said = match query.get("done") {
        Some("tested") => Some(Message::new("hook-done-tested")),
        Some("again") => Some(Message::new("hook-done-again")),
        Some("changed") => Some(Message::new("hook-done-changed")),
        _ => None,
    };
    Ok((browser.cookie(&app), Page::new(page)).into_response())
}

/// `POST /account/webhooks`: another one. Its secret is shown now, and never again.
pub(super) async fn create(State(app): State<App>, sent: Sent) -> Result<Response, Stopped> {
    let memberships = workspaces::store::of_user(&app.db, &sent.session.user.id).await?;
    let named = sent.params.get("workspace");
    let place = memberships.iter().find(|one| named.is_none_or(|slug| slug == one.workspace.as_str()));
    let place = place.ok_or_else(nothing)?;
    let who = actor(&sent.session, place, sent.call.clone());
    let url = sent.params.get("url").unwrap_or_default().trim().to_owned();
    match manage::create(&app, &who, Asked { url: Some(url), ..Asked::default() }).await {
        Ok((hook, secret)) => {
            let name = (memberships.len() > 1).then(|| place.name.clone());
            with_secret(&app, &sent, &hook, name, secret).await
        }
        Err(why) => {
            let said = match why.code {
                "too_many_webhooks" => Message::new("hook-too-many"),
                "field_invalid" => Message::new("hook-url-wrong"),
                _ => return Err(fault(why).into()),
            };
            page::refuse(&app, &sent, Trouble::Hook(said)).await
        }
    }
}

async fn with_secret(
    app: &App,
    sent: &Sent,
    hook: &Hook,
    workspace: Option<String>,
    secret: Secret,
) -> Result<Response, Stopped> {
    let browser = Browser::of(app, &sent.headers);
    let mut page = made(app, (sent.reader, &sent.session, &browser), hook, workspace).await?;
    page.secret = Some(secret);
    Ok(Page::new(page).into_response())
}

/// `POST /account/webhooks/{id}`: `do` says what.
pub(super) async fn act(State(app): State<App>, Path(id): Path<String>, sent: Sent) -> Result<Response, Stopped> {
    let (who, hook, workspace) = found(&app, &sent.session, sent.call.clone(), &id).await?;
    let text = |name| sent.params.get(name).unwrap_or_default().trim();
    let state = |state| Asked { state: Some(state), ..Asked::default() };
    let (word, done) = match text("do") {
        "test" => ("tested", manage::test(&app, &hook).await.map(drop)),
        "again" => ("again", manage::replay(&app, &hook, Some(text("delivery")), None).await.map(drop)),
        "since" => match moment(text("since")) {
            Some(since) => ("again", manage::replay(&app, &hook, None, Some(since)).await.map(drop)),
            None => ("again", Err(Refused::field("since", ""))),
        },
        "pause" => ("changed", manage::change(&app, &who, hook.clone(), state(HookState::Paused)).await.map(drop)),
        "start" => ("changed", manage::change(&app, &who, hook.clone(), state(HookState::Active)).await.map(drop)),
        "rotate" => match manage::change(&app, &who, hook.clone(), Asked { rotate: true, ..Asked::default() }).await {
            Ok((hook, Some(secret))) => return with_secret(&app, &sent, &hook, workspace, secret).await,
            other => ("changed", other.map(drop)),
        },
        "delete" if sent.params.get("sure").is_some() => match manage::delete(&app, &who, &hook).await {
            Ok(()) => return Ok(Done::Webhook.back()),
            Err(why) => ("changed", Err(why)),
        },
        "delete" => ("changed", Err(Refused::field("sure", ""))),
        _ => return Err(Stopped::invalid(Message::new("stopped-form"))),
    };
    let why = match done {
        Ok(()) => return Ok(Redirect::to(&format!("/account/webhooks/{id}?done={word}")).into_response()),
        Err(why) => why,
    };
    let said = match (why.code, why.field.as_deref()) {
        ("webhook_paused", _) => Message::new("hook-is-paused"),
        ("field_invalid", Some("since")) => Message::new("hook-since-wrong"),
        ("field_invalid", Some("delivery")) => Message::new("hook-not-over"),
        ("field_invalid", Some("sure")) => Message::new("connection-sure-needed"),
        ("not_found", _) => return Err(nothing()),
        _ => return Err(fault(why).into()),
    };
    let browser = Browser::of(&app, &sent.headers);
    let mut page = made(&app, (sent.reader, &sent.session, &browser), &hook, workspace).await?;
    (page.trouble, page.since) = (Some(said), text("since").to_owned());
    Ok(Page::new(page).status(StatusCode::UNPROCESSABLE_ENTITY).into_response())
}

/// What a field for a day and a time gives: without a zone, it is UTC, as pages show it.
fn moment(text: &str) -> Option<Time> {
    let seconds = if text.len() == "2026-01-01T00:00".len() { ":00" } else { "" };
    Time::parse(&format!("{text}{seconds}Z"))
}
