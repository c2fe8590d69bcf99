//! `/recover/new`: a new password, by a link that is good once. All sessions end with the old one.

use super::{event, links, tell_password_changed};
use crate::app::App;
use crate::audit::{self, Actor};
use crate::base::Secret;
use crate::base::id::UserId;
use crate::lang::Message;
use crate::oauth::logout;
use crate::people::{self, User, password};
use crate::web::browser::{Browser, check_form};
use crate::web::{Call, Form, Page, Params, Query, Reader, Shell, Stopped};
use askama::Template;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use links::Purpose;
use serde_json::json;

#[derive(Template)]
#[template(path = "reset.html")]
struct ResetPage {
    page: Shell,
    csrf: String,
    token: String,
    email: String,
    error: Option<Message>,
}

#[derive(Template)]
#[template(path = "reset_done.html")]
struct DonePage {
    page: Shell,
}

/// `GET /recover/new?token=…`
pub async fn get(
    State(app): State<App>,
    reader: Reader,
    headers: HeaderMap,
    query: Query,
) -> Result<Response, Stopped> {
    let query = query.readable().map_err(Stopped::bad_link)?;
    let user = whose(&app, &query).await?;
    Ok(form(&app, reader, (&headers, &query), &user, None))
}

/// `POST /recover/new`
pub async fn post(
    State(app): State<App>,
    call: Call,
    reader: Reader,
    headers: HeaderMap,
    Form(body): Form,
) -> Result<Response, Stopped> {
    let params = body.map_err(Stopped::bad_form)?;
    check_form(&app, &headers, &params).map_err(Stopped::forged)?;
    let user = whose(&app, &params).await?;
    let chosen = Secret::new(params.get("password").unwrap_or_default());
    let name = user.profile.text("name").unwrap_or_default();
    if let Err(why) =
        password::check(chosen.reveal(), password::Context { email: &user.email, name, brand: &app.config.name })
    {
        return Ok(form(&app, reader, (&headers, &params), &user, Some(why)));
    }
    let hash = app.passwords.hash(chosen).await?;
    if !set(&app, &call, &params, &hash).await? {
        return Err(used_up());
    }
    app.mails.notify_one();
    app.logouts.notify_one();
    tracing::info!(user = %user.id, "a password was set by link");
    Ok(Page::new(DonePage { page: Shell::of(&app, reader.language()) }).into_response())
}

/// All or nothing; false when the link isn't good any more.
async fn set(app: &App, call: &Call, params: &Params, hash: &str) -> Result<bool, Stopped> {
    let now = app.now();
    let mut tx = app.db.begin().await?;
    let token = params.get("token").unwrap_or_default();
    let Some(id) = links::spend(&mut tx, token, Purpose::Reset, now).await? else {
        return Ok(false);
    };
    people::store::set_password(&mut tx, &id, hash).await?;
    logout::sign_out_everywhere(app, &mut tx, &id).await?;
    if let Some(user) = people::store::by_id(&mut tx, &id).await? {
        tell_password_changed(app, &mut tx, &user, now).await?;
    }
    let happened = event(call, Actor::User(id.clone()), "user.password_reset", &id, json!({ "by": "link" }));
    audit::record(&mut tx, &happened, now).await?;
    tx.commit().await?;
    Ok(true)
}

async fn whose(app: &App, params: &Params) -> Result<User, Stopped> {
    let token = params.get("token").unwrap_or_default();
    let id: Option<UserId> = links::good(&app.db, token, Purpose::Reset, app.now()).await?;
    let user = match id {
        Some(id) => people::store::by_id(&app.db, &id).await?,
        None => None,
    };
    user.ok_or_else(used_up)
}

fn form(
    app: &App,
    reader: Reader,
    (headers, params): (&HeaderMap, &Params),
    user: &User,
    error: Option<Message>,
) -> Response {
    let status = if error.is_some() { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
    let browser = Browser::of(app, headers);
    let reader = reader.own(user.profile.text("locale"));
    let page = ResetPage {
        page: Shell::of(app, reader.language()),
        csrf: browser.csrf(app),
        token: params.get("token").unwrap_or_default().to_owned(),
        email: user.email.clone(),
        error,
    };
    (browser.cookie(app), Page::new(page).status(status)).into_response()
}

fn used_up() -> Stopped {
    Stopped::told(StatusCode::BAD_REQUEST, "reset_link_invalid", Message::new("stopped-reset-link"))
}
