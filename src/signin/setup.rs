//! `/setup`: the one-time link with which the first administrator makes their account.

use crate::app::App;
use crate::audit::{self, Actor, Event};
use crate::base::Secret;
use crate::lang::Message;
use crate::people::{self, NewUser, Profile, Role};
use crate::web::browser::{Browser, check_form};
use crate::web::{Call, Form, Page, Params, Query, Reader, Shell, Stopped};
use askama::Template;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use serde_json::json;

#[derive(Template)]
#[template(path = "setup.html")]
struct SetupPage {
    page: Shell,
    csrf: String,
    token: String,
    error: Option<Message>,
    email: String,
    name: String,
}

#[derive(Template)]
#[template(path = "setup_done.html")]
struct DonePage {
    page: Shell,
}

/// `GET /setup?token=…`
pub async fn get(
    State(app): State<App>,
    reader: Reader,
    headers: HeaderMap,
    query: Query,
) -> Result<Response, Stopped> {
    let query = query.readable().map_err(Stopped::bad_link)?;
    let token = query.get("token").unwrap_or_default();
    if !people::setup::good(&app.db, token, app.now()).await? {
        return Err(used_up());
    }
    Ok(form(&app, reader, (&headers, &query), None))
}

/// `POST /setup`
pub async fn post(
    State(app): State<App>,
    call: Call,
    reader: Reader,
    headers: HeaderMap,
    Form(body): Form,
) -> Result<Response, Stopped> {
    let params = body.map_err(Stopped::bad_form)?;
    check_form(&app, &headers, &params).map_err(Stopped::forged)?;
    let again = |why: Message| form(&app, reader, (&headers, &params), Some(why));
    let new = NewUser {
        email: params.get("email").unwrap_or_default().to_owned(),
        password: Some(Secret::new(params.get("password").unwrap_or_default())),
        profile: Profile::default().named(params.get("name").unwrap_or_default()),
        role: Role::Owner,
        joins: app.config.workspaces.joined(),
    };
    if let Err((_, why)) = new.check(&app.config.name) {
        return Ok(again(why));
    }
    if !people::setup::good(&app.db, params.get("token").unwrap_or_default(), app.now()).await? {
        return Err(used_up());
    }
    let hash = app.passwords.hash(new.password.clone().unwrap_or_default()).await?;
    match make(&app, &call, &params, &new, hash).await? {
        Made::Yes => Ok(Page::new(DonePage { page: Shell::of(&app, reader.language()) }).into_response()),
        Made::AddressTaken => Ok(again(Message::new("setup-taken"))),
        Made::LinkUsed => Err(used_up()),
    }
}

enum Made {
    Yes,
    AddressTaken,
    LinkUsed,
}

async fn make(app: &App, call: &Call, params: &Params, new: &NewUser, hash: String) -> Result<Made, Stopped> {
    let now = app.now();
    let mut tx = app.db.begin().await?;
    if !people::setup::spend(&mut tx, params.get("token").unwrap_or_default(), now).await? {
        return Ok(Made::LinkUsed);
    }
    let Some(id) = people::store::create(&mut tx, new, Some(hash), now).await? else {
        return Ok(Made::AddressTaken);
    };
    let event = Event {
        actor: Actor::Anonymous,
        action: "user.created",
        object: format!("user:{id}"),
        request_id: call.request_id.clone(),
        address: call.address.to_string(),
        detail: json!({ "by": "setup link", "role": Role::Owner }),
    };
    audit::record(&mut tx, &event, now).await?;
    tx.commit().await?;
    Ok(Made::Yes)
}

fn form(app: &App, reader: Reader, (headers, params): (&HeaderMap, &Params), error: Option<Message>) -> Response {
    let status = if error.is_some() { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
    let browser = Browser::of(app, headers);
    let text = |name| params.get(name).unwrap_or_default().to_owned();
    let page = SetupPage {
        page: Shell::of(app, reader.language()),
        csrf: browser.csrf(app),
        token: text("token"),
        error,
        email: text("email"),
        name: text("name"),
    };
    (browser.cookie(app), Page::new(page).status(status)).into_response()
}

fn used_up() -> Stopped {
    Stopped::told(StatusCode::FORBIDDEN, "setup_link_invalid", Message::new("stopped-setup-link"))
}
