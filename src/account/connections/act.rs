//! What people do with a connection of theirs: switch it, share it, give it away, give its access back, delete it.

use super::{Trouble, Typed, found, made};
use crate::account::done::Done;
use crate::account::sent::{Sent, nothing};
use crate::app::App;
use crate::base::Time;
use crate::lang::Message;
use crate::people::workspaces;
use crate::vault::accounts::State as AccountState;
use crate::vault::actor::{Actor, Level};
use crate::vault::look::Seen;
use crate::vault::manage::{self, Changed, Revoke};
use crate::vault::refused::Refused;
use crate::vault::{custody, shares};
use crate::web::browser::Browser;
use crate::web::{Page, Stopped};
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};

/// The connection, for those who manage it.
async fn managed(app: &App, sent: &Sent, id: &str) -> Result<(Actor, Seen), Stopped> {
    let (who, seen, _) = found(app, &sent.session, sent.call.clone(), id).await?;
    if seen.level == Level::Manage { Ok((who, seen)) } else { Err(nothing()) }
}

fn back(id: &str, done: &str) -> Response {
    Redirect::to(&format!("/account/connections/{id}?done={done}")).into_response()
}

/// `POST /account/connections/{id}`: `do` says what.
pub(in crate::account) async fn act(
    State(app): State<App>,
    Path(id): Path<String>,
    sent: Sent,
) -> Result<Response, Stopped> {
    let (who, seen) = managed(&app, &sent, &id).await?;
    let state = |state| Changed { state: Some(state), ..Changed::default() };
    let (at, word, done) = match sent.params.get("do").unwrap_or_default() {
        "disable" => ("state", "disabled", manage::change(&app, &who, seen, state(AccountState::Disabled)).await),
        "enable" => ("state", "enabled", manage::change(&app, &who, seen, state(AccountState::Active)).await),
        "share" => ("shares", "shared", share(&app, &who, &seen, &sent).await),
        "unshare" => {
            let subject = sent.params.get("subject").unwrap_or_default();
            ("shares", "unshared", shares::delete(&app, &who, &seen, subject).await.map(drop))
        }
        _ => return Err(Stopped::invalid(Message::new("stopped-form"))),
    };
    match done {
        Ok(()) => Ok(back(&id, word)),
        Err(why) => again(&app, &sent, &id, at, &why).await,
    }
}

fn refused(code: &'static str) -> Refused {
    Refused::new(StatusCode::UNPROCESSABLE_ENTITY, code, "")
}

/// With a member, with all of them, or with a program.
async fn share(app: &App, who: &Actor, seen: &Seen, sent: &Sent) -> Result<(), Refused> {
    let level = match sent.params.get("level") {
        Some("use") => Level::Use,
        Some("manage") => Level::Manage,
        _ => Level::View,
    };
    let named = sent.params.get("who").unwrap_or_default().trim();
    let subject = match sent.params.get("with") {
        Some("workspace") => "workspace".to_owned(),
        Some("client") => format!("client:{named}"),
        _ => match workspaces::member_of(&app.db, &who.workspace, named).await? {
            Some(user) => format!("user:{user}"),
            None => return Err(refused("not_a_member")),
        },
    };
    let until = match sent.params.get("until").unwrap_or_default().trim() {
        "" => None,
        // To the end of the day: so it is meant.
        day => Some(Time::parse(&format!("{day}T23:59:59Z")).ok_or_else(|| Refused::field("expires_at", ""))?),
    };
    shares::put(app, who, seen, &subject, level, until).await.map_err(|why| match (why.code, subject.split_once(':')) {
        ("not_a_member", Some(("client", _))) => refused("no_client"),
        _ => why,
    })
}

/// `POST /account/connections/{id}/give`: to a member, or to the workspace where nobody is named.
pub(in crate::account) async fn give(
    State(app): State<App>,
    Path(id): Path<String>,
    sent: Sent,
) -> Result<Response, Stopped> {
    let (who, seen) = managed(&app, &sent, &id).await?;
    let email = sent.params.get("to").unwrap_or_default().trim();
    let owner = match email.is_empty() && who.administers() {
        true => Some(None),
        false => workspaces::member_of(&app.db, &who.workspace, email).await?.map(Some),
    };
    let done = match (owner, sent.params.get("sure")) {
        (_, None) => Err(Refused::field("sure", "")),
        (None, _) => Err(refused("not_a_member")),
        (Some(owner), _) => {
            let changed = Changed { owner: Some(owner), ..Changed::default() };
            manage::change(&app, &who, seen, changed).await
        }
    };
    if let Err(why) = done {
        return again(&app, &sent, &id, "give", &why).await;
    }
    match managed(&app, &sent, &id).await {
        Ok(_) => Ok(back(&id, "given")),
        // It isn't theirs to see any more.
        Err(_) => Ok(Done::ConnectionGiven.back()),
    }
}

/// `POST /account/connections/{id}/free`: our access is given back to the service, and forgotten here. The connection stays.
pub(in crate::account) async fn free(
    State(app): State<App>,
    Path(id): Path<String>,
    sent: Sent,
) -> Result<Response, Stopped> {
    let (who, seen) = managed(&app, &sent, &id).await?;
    let done = match sent.params.get("sure") {
        Some(_) => custody::revoke(&app, &who, &seen).await,
        None => Err(Refused::field("sure", "")),
    };
    match done {
        Ok(true) => Ok(back(&id, "freed")),
        Ok(false) => Ok(back(&id, "freed-here")),
        Err(why) => again(&app, &sent, &id, "free", &why).await,
    }
}

/// `POST /account/connections/{id}/delete`
pub(in crate::account) async fn delete(
    State(app): State<App>,
    Path(id): Path<String>,
    sent: Sent,
) -> Result<Response, Stopped> {
    let (who, seen) = managed(&app, &sent, &id).await?;
    let done = match sent.params.get("sure") {
        Some(_) => manage::delete(&app, &who, seen, Revoke::Auto).await,
        None => Err(Refused::field("sure", "")),
    };
    match done {
        Ok(()) => Ok(Done::Connection.back()),
        Err(why) => again(&app, &sent, &id, "delete", &why).await,
    }
}

/// The page with what is wrong, and what was typed.
async fn again(app: &App, sent: &Sent, id: &str, at: &'static str, why: &Refused) -> Result<Response, Stopped> {
    let said = match (why.code, why.field.as_deref()) {
        ("not_a_member", _) => Message::new("connection-not-member"),
        ("no_client", _) => Message::new("connection-no-client"),
        ("reconnect_needed", _) => Message::new("connection-reconnect-needed"),
        ("provider_unreachable", _) => Message::new("connection-unreachable"),
        ("refresh_uncertain", _) => Message::new("connection-busy"),
        ("field_invalid", Some("sure")) => Message::new("connection-sure-needed"),
        ("field_invalid", Some("expires_at")) => Message::new("connection-until-wrong"),
        _ => return Err(stopped(why)),
    };
    let found = found(app, &sent.session, sent.call.clone(), id).await?;
    let browser = Browser::of(app, &sent.headers);
    let mut page = made(app, sent.reader, &sent.session, &browser, &found).await?;
    page.trouble = Some(Trouble { at, why: said });
    let typed = |name| sent.params.get(name).unwrap_or_default().to_owned();
    page.typed = Typed { with: typed("with"), who: typed("who"), until: typed("until"), to: typed("to") };
    Ok(Page::new(page).status(StatusCode::UNPROCESSABLE_ENTITY).into_response())
}

fn stopped(why: &Refused) -> Stopped {
    match &why.fault {
        Some(fault) => Stopped::from((**fault).clone()),
        None if why.code == "not_found" => nothing(),
        None => Stopped::invalid(Message::new("stopped-form")),
    }
}
