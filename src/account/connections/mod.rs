//! Accounts at other companies that a person has connected, or that others share with them: how they are, and a page for each.

use super::sent::{Sent, nothing};
use crate::app::App;
use crate::audit::Actor as Name;
use crate::base::Time;
use crate::base::id::{Id, WorkspaceId};
use crate::db::Fault;
use crate::lang::Message;
use crate::people::{self, workspaces};
use crate::signin::login::Then;
use crate::signin::{self, Session, session};
use crate::vault::accounts::{AccountId, Reason, State as AccountState};
use crate::vault::actor::{Actor, Level};
use crate::vault::events::Happened;
use crate::vault::grants::Health;
use crate::vault::look::{self, Filter, PRIMARY, Seen, Which};
use crate::vault::manage::{self, Changed, Revoke};
use crate::vault::refused::Refused;
use crate::vault::shares::Share;
use crate::vault::{events, reads, shares};
use crate::web::browser::Browser;
use crate::web::{Call, Page, Query, Reader, Shell, Stopped};
use askama::Template;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Redirect, Response};

/// Most that are shown of a workspace.
const MOST: i64 = 100;
/// Most of a timeline.
const EVENTS: i64 = 30;

/// A connection as the account page shows it.
pub(super) struct Line {
    pub id: AccountId,
    pub name: String,
    pub source: String,
    pub workspace: Option<String>,
    pub how: Message,
    pub why: Option<Message>,
    pub shared: bool,
    pub refreshed: Option<Time>,
}

/// All of a person's, in all their workspaces.
pub(super) async fn all(app: &App, session: &Session) -> Result<Vec<Line>, Fault> {
    let memberships = workspaces::store::of_user(&app.db, &session.user.id).await?;
    let mut lines = Vec::new();
    for one in &memberships {
        let who = actor(session, one, Call::internal("account"));
        for seen in look::list(app, &who, &Filter::default(), "", MOST).await? {
            lines.push(line(&seen, (memberships.len() > 1).then(|| one.name.clone()), session));
        }
    }
    Ok(lines)
}

fn actor(session: &Session, one: &workspaces::Membership, call: Call) -> Actor {
    let user = session.user.id.clone();
    Actor {
        workspace: one.workspace.clone(),
        standing: Some(one.role),
        client: None,
        scopes: None,
        name: Name::User(user.to_string()),
        user: Some(user),
        call,
    }
}

fn line(seen: &Seen, workspace: Option<String>, session: &Session) -> Line {
    let account = &seen.account;
    Line {
        id: account.id.clone(),
        name: account.name.clone(),
        source: seen.slug.clone(),
        workspace,
        how: how(seen),
        why: account.disabled_reason.map(why),
        shared: account.owner.as_ref() != Some(&session.user.id),
        refreshed: seen.grant.as_ref().map(|grant| grant.refreshed_at),
    }
}

/// How it is at a glance.
fn how(seen: &Seen) -> Message {
    let health = seen.grant.as_ref().map_or(Health::Ok, |grant| grant.health);
    match (seen.account.state, health) {
        (AccountState::Disabled, _) => Message::new("connection-disabled"),
        (AccountState::Active, Health::Ok) => Message::new("connection-active"),
        (AccountState::Active, Health::Degraded) => Message::new("connection-degraded"),
        (AccountState::Active, Health::Uncertain) => Message::new("connection-uncertain"),
    }
}

/// What happened, whose doing it was, what to do.
fn why(reason: Reason) -> Message {
    match reason {
        Reason::Revoked => Message::new("connection-why-revoked"),
        Reason::RotationLost => Message::new("connection-why-lost"),
        Reason::AuthorizationExpired => Message::new("connection-why-expired"),
        Reason::Uninstalled => Message::new("connection-why-uninstalled"),
        Reason::ScopeLost => Message::new("connection-why-scope"),
        Reason::OwnerRemoved => Message::new("connection-why-owner"),
        Reason::User => Message::new("connection-why-user"),
        Reason::CustodyFreed => Message::new("connection-why-freed"),
    }
}

#[derive(Template)]
#[template(path = "connection.html")]
struct ConnectionPage {
    page: Shell,
    csrf: String,
    line: Line,
    external_id: String,
    verified: bool,
    scopes: Vec<String>,
    until: Option<Time>,
    active: bool,
    enables: bool,
    reconnect: Option<String>,
    manages: bool,
    shares: Vec<Shared>,
    events: Vec<Event>,
    reads: Vec<Taken>,
    trouble: Option<Message>,
    typed: String,
}

struct Shared {
    subject: String,
    name: String,
    level: Message,
    until: Option<Time>,
}

struct Event {
    at: Time,
    said: Option<Message>,
    kind: String,
}

struct Taken {
    at: Time,
    actor: String,
    address: String,
    purpose: String,
}

fn event(one: Happened) -> Event {
    let said = match one.kind.as_str() {
        "account.connected" => Some(Message::new("connection-event-connected")),
        "account.reconnected" => Some(Message::new("connection-event-reconnected")),
        "account.refreshed" => Some(Message::new("connection-event-refreshed")),
        "account.recovered" => Some(Message::new("connection-event-recovered")),
        "account.degraded" => Some(Message::new("connection-event-degraded")),
        "account.updated" => Some(Message::new("connection-event-updated")),
        "account.disabled" => Some(Message::new("connection-event-disabled")),
        "account.enabled" => Some(Message::new("connection-event-enabled")),
        "account.shared" => Some(Message::new("connection-event-shared")),
        "account.unshared" => Some(Message::new("connection-event-unshared")),
        "account.transferred" => Some(Message::new("connection-event-transferred")),
        "account.custody_freeing" | "account.custody_freed" => Some(Message::new("connection-event-freed")),
        "account.custody_taken" => Some(Message::new("connection-event-taken")),
        _ => None,
    };
    Event { at: one.at, said, kind: one.kind }
}

/// The connection in one of the person's workspaces, and who they are there.
async fn found(app: &App, session: &Session, call: Call, id: &str) -> Result<(Actor, Seen, Option<String>), Stopped> {
    let id: AccountId = Id::from(id);
    let memberships = workspaces::store::of_user(&app.db, &session.user.id).await?;
    for one in &memberships {
        let who = actor(session, one, call.clone());
        if let Some(seen) = look::look(app, &who, &Which::Id(id.clone()), PRIMARY, app.now()).await? {
            return Ok((who, seen, (memberships.len() > 1).then(|| one.name.clone())));
        }
    }
    Err(nothing())
}

/// `GET /account/connections/{id}`
pub(super) async fn get(
    State(app): State<App>,
    Path(id): Path<String>,
    reader: Reader,
    headers: HeaderMap,
    query: Query,
) -> Result<Response, Stopped> {
    query.readable().map_err(Stopped::bad_link)?;
    let Some(session) = session::current(&app, &headers).await? else {
        return Ok(Then::Account.sign_in());
    };
    let (_, seen, workspace) = found(&app, &session, Call::internal("account"), &id).await?;
    let browser = Browser::of(&app, &headers);
    let page = made(&app, reader, &session, &browser, &seen, workspace).await?;
    Ok((browser.cookie(&app), Page::new(page)).into_response())
}

async fn made(
    app: &App,
    reader: Reader,
    session: &Session,
    browser: &Browser,
    seen: &Seen,
    workspace: Option<String>,
) -> Result<ConnectionPage, Stopped> {
    let (account, grant) = (&seen.account, seen.grant.as_ref());
    let manages = seen.level == Level::Manage;
    let mut shared = Vec::new();
    let mut taken = Vec::new();
    if manages {
        for one in shares::of(app, &account.id).await? {
            shared.push(share(app, one).await?);
        }
        let reads = reads::of_account(app, &account.id, "", EVENTS).await?;
        let read =
            |one: reads::Taken| Taken { at: one.at, actor: one.actor, address: one.address, purpose: one.purpose };
        taken = reads.into_iter().map(read).collect();
    }
    let happened = events::of_account(app, &account.id, "", EVENTS).await?;
    let helps = account.disabled_reason.is_some_and(Reason::reconnects);
    Ok(ConnectionPage {
        page: signin::shell(app, reader, None, Some(session)),
        csrf: browser.csrf(app),
        external_id: account.external_id.clone(),
        verified: account.verified,
        scopes: grant.map(|one| one.scope.split_whitespace().map(str::to_owned).collect()).unwrap_or_default(),
        until: grant.and_then(|grant| grant.ends_at),
        active: account.state == AccountState::Active,
        enables: !helps,
        reconnect: (manages && (helps || account.state == AccountState::Active))
            .then(|| format!("/connect/again/{}", account.id)),
        manages,
        shares: shared,
        events: happened.into_iter().map(event).collect(),
        reads: taken,
        trouble: None,
        typed: String::new(),
        line: line(seen, workspace, session),
    })
}

async fn share(app: &App, one: Share) -> Result<Shared, Fault> {
    let level = match one.level {
        Level::View => Message::new("connection-level-view"),
        Level::Use => Message::new("connection-level-use"),
        Level::Manage => Message::new("connection-level-manage"),
    };
    let name = match one.subject.split_once(':') {
        Some(("user", id)) => people::store::by_id(&app.db, &id.into()).await?.map(|user| user.email),
        Some((_, id)) => Some(id.to_owned()),
        None => None,
    };
    Ok(Shared { name: name.unwrap_or_default(), subject: one.subject, level, until: one.expires_at })
}

/// `POST /account/connections/{id}`: `do` says what.
pub(super) async fn act(State(app): State<App>, Path(id): Path<String>, sent: Sent) -> Result<Response, Stopped> {
    let (who, seen, workspace) = found(&app, &sent.session, sent.call.clone(), &id).await?;
    if seen.level < Level::Manage {
        return Err(nothing());
    }
    let state = |state| Changed { state: Some(state), ..Changed::default() };
    let done = match sent.params.get("do").unwrap_or_default() {
        "disable" => manage::change(&app, &who, seen, state(AccountState::Disabled)).await,
        "enable" => manage::change(&app, &who, seen, state(AccountState::Active)).await,
        "share" => shares_with(&app, &who, &seen, &sent).await,
        "unshare" => {
            let subject = sent.params.get("subject").unwrap_or_default();
            shares::delete(&app, &who, &seen, subject).await.map(drop)
        }
        "delete" if sent.params.get("sure") == Some("1") => {
            manage::delete(&app, &who, seen, Revoke::Auto).await.map_err(|why| stopped(&why))?;
            return Ok(Redirect::to("/account?done=connection#connections").into_response());
        }
        "delete" => Err(Refused::field("sure", "")),
        _ => return Err(Stopped::invalid(Message::new("stopped-form"))),
    };
    match done {
        Ok(()) => Ok(Redirect::to(&format!("/account/connections/{id}")).into_response()),
        Err(why) => again(&app, &sent, &id, workspace, &why).await,
    }
}

async fn shares_with(app: &App, who: &Actor, seen: &Seen, sent: &Sent) -> Result<(), Refused> {
    let level = match sent.params.get("level") {
        Some("use") => Level::Use,
        Some("manage") => Level::Manage,
        _ => Level::View,
    };
    let email = sent.params.get("email").unwrap_or_default().trim().to_owned();
    let subject = match email.is_empty() {
        true => "workspace".to_owned(),
        false => match member(app, &who.workspace, &email).await? {
            Some(subject) => subject,
            None => return Err(Refused::new(StatusCode::UNPROCESSABLE_ENTITY, "not_a_member", "")),
        },
    };
    shares::put(app, who, seen, &subject, level, None).await
}

async fn member(app: &App, workspace: &WorkspaceId, email: &str) -> Result<Option<String>, Fault> {
    let Some(user) = people::store::by_email(&app.db, email).await? else { return Ok(None) };
    let member = workspaces::store::member(&app.db, workspace, &user.id).await?;
    Ok(member.map(|_| format!("user:{}", user.id)))
}

async fn again(
    app: &App,
    sent: &Sent,
    id: &str,
    workspace: Option<String>,
    why: &Refused,
) -> Result<Response, Stopped> {
    let said = match why.code {
        "not_a_member" => Message::new("connection-not-member"),
        "reconnect_needed" => Message::new("connection-reconnect-needed"),
        "provider_unreachable" => Message::new("connection-unreachable"),
        "field_invalid" if why.field.as_deref() == Some("sure") => Message::new("connection-sure-needed"),
        _ => return Err(stopped(why)),
    };
    let (_, seen, _) = found(app, &sent.session, sent.call.clone(), id).await?;
    let browser = Browser::of(app, &sent.headers);
    let mut page = made(app, sent.reader, &sent.session, &browser, &seen, workspace).await?;
    page.trouble = Some(said);
    page.typed = sent.params.get("email").unwrap_or_default().to_owned();
    Ok(Page::new(page).status(StatusCode::UNPROCESSABLE_ENTITY).into_response())
}

fn stopped(why: &Refused) -> Stopped {
    match &why.fault {
        Some(fault) => Stopped::from((**fault).clone()),
        None if why.code == "not_found" => nothing(),
        None => Stopped::invalid(Message::new("stopped-form")),
    }
}
