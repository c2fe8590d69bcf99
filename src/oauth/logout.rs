//! `/logout`: the person ends their session here, and with it what apps hold of it without `offline`.

use super::grants;
use crate::app::App;
use crate::signin::{Asking, session};
use crate::web::browser::{Browser, Cookie, check_form};
use crate::web::{Form, Page, Shell, Stopped};
use askama::Template;
use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::{IntoResponse, Response};

#[derive(Template)]
#[template(path = "logout.html")]
struct LogoutPage {
    page: Shell,
    user_email: Option<String>,
    csrf: String,
    go: Option<String>,
    client: Option<Asking>,
}

#[derive(Template)]
#[template(path = "signed_out.html")]
struct SignedOutPage {
    page: Shell,
    client: Option<Asking>,
}

/// `GET /logout`: asks first.
pub async fn get(State(app): State<App>, headers: HeaderMap) -> Result<Response, Stopped> {
    let session = session::current(&app, &headers).await?;
    let browser = Browser::of(&app, &headers);
    let user_email = session.map(|session| session.user.email);
    let page = LogoutPage { page: Shell::new(&app), user_email, csrf: browser.csrf(&app), go: None, client: None };
    Ok((browser.cookie(&app), Page::new(page)).into_response())
}

/// `POST /logout`
pub async fn post(State(app): State<App>, headers: HeaderMap, Form(form): Form) -> Result<Response, Stopped> {
    let params = form.map_err(Stopped::bad_form)?;
    check_form(&app, &headers, &params).map_err(Stopped::forged)?;
    if let Some(session) = session::current(&app, &headers).await? {
        let mut tx = app.db.begin().await?;
        session::end(&mut tx, &session).await?;
        grants::end_of_session(&mut tx, &session.sid, app.now()).await?;
        tx.commit().await?;
        tracing::info!(user = %session.user.id, "signed out");
    }
    let page = SignedOutPage { page: Shell::new(&app), client: None };
    Ok((Cookie::Session.clear(&app), Page::new(page)).into_response())
}
