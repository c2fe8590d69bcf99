//! `/verify`: this address is mine. Opening the link changes nothing, since programs that look through mail open links too;
//! pressing the button does.

use super::{Purpose, event, links};
use crate::app::App;
use crate::audit::{self, Actor};
use crate::keys;
use crate::lang::Message;
use crate::people::{self, User};
use crate::web::browser::{Browser, check_form};
use crate::web::{Call, Form, Page, Query, Reader, Shell, Stopped};
use askama::Template;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use serde_json::json;

#[derive(Template)]
#[template(path = "verify.html")]
struct VerifyPage {
    page: Shell,
    csrf: String,
    token: String,
    email: String,
    done: bool,
}

/// `GET /verify?token=…`
pub async fn get(
    State(app): State<App>,
    reader: Reader,
    headers: HeaderMap,
    query: Query,
) -> Result<Response, Stopped> {
    let query = query.readable().map_err(Stopped::bad_link)?;
    let token = query.get("token").unwrap_or_default();
    let id = links::good(&app.db, token, Purpose::Verify, app.now()).await?.ok_or_else(used_up)?;
    let user = people::store::by_id(&app.db, &id).await?.ok_or_else(used_up)?;
    Ok(shown(&app, reader, &headers, (&user, token), false))
}

/// `POST /verify`
pub async fn post(
    State(app): State<App>,
    call: Call,
    reader: Reader,
    headers: HeaderMap,
    Form(body): Form,
) -> Result<Response, Stopped> {
    let params = body.map_err(Stopped::bad_form)?;
    check_form(&app, &headers, &params).map_err(Stopped::forged)?;
    let now = app.now();
    let mut tx = app.db.begin().await?;
    // The lock under which accounts are changed: a claim that somebody else sets meanwhile isn't lost.
    keys::store::bump(&mut tx).await?;
    let token = params.get("token").unwrap_or_default();
    let id = links::spend(&mut tx, token, Purpose::Verify, now).await?.ok_or_else(used_up)?;
    let user = people::store::by_id(&mut tx, &id).await?.ok_or_else(used_up)?;
    people::store::set_profile(&mut tx, &id, &user.profile.clone().verified(), user.role, now).await?;
    let happened = event(&call, Actor::User(id.clone()), "user.email_verified", &id, json!({ "by": "link" }));
    audit::record(&mut tx, &happened, now).await?;
    tx.commit().await?;
    Ok(shown(&app, reader, &headers, (&user, ""), true))
}

fn shown(app: &App, reader: Reader, headers: &HeaderMap, (user, token): (&User, &str), done: bool) -> Response {
    let browser = Browser::of(app, headers);
    let reader = reader.own(user.profile.text("locale"));
    let page = VerifyPage {
        page: Shell::of(app, reader.language()),
        csrf: browser.csrf(app),
        token: token.to_owned(),
        email: user.email.clone(),
        done,
    };
    (browser.cookie(app), Page::new(page)).into_response()
}

fn used_up() -> Stopped {
    Stopped::told(StatusCode::BAD_REQUEST, "verify_link_invalid", Message::new("stopped-verify-link"))
}
