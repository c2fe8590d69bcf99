//! `/select`: as whom to go on? A browser has one session, so this is the account that is signed in, or another one.

use super::{Asking, interaction, session};
use crate::app::App;
use crate::web::browser::{Browser, check_form};
use crate::web::{Form, Page, Query, Reader, Shell, Stopped};
use askama::Template;
use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::{IntoResponse, Redirect, Response};

#[derive(Template)]
#[template(path = "select.html")]
struct SelectPage {
    page: Shell,
    client: Option<Asking>,
    user: String,
    name: String,
    email: String,
    csrf: String,
    go: String,
    another_href: String,
}

/// `GET /select?go=…`
pub async fn get(
    State(app): State<App>,
    reader: Reader,
    headers: HeaderMap,
    query: Query,
) -> Result<Response, Stopped> {
    let query = query.readable().map_err(Stopped::bad_link)?;
    let go = query.get("go").unwrap_or_default();
    let browser = Browser::of(&app, &headers);
    let waiting = interaction::find(&app, &browser, go).await?.ok_or_else(Stopped::expired)?.waiting;
    let Some(session) = session::current(&app, &headers).await? else {
        return Ok(Redirect::to(&format!("/login?go={go}")).into_response());
    };
    let page = SelectPage {
        page: super::shell(&app, reader, Some(&waiting), Some(&session)),
        client: waiting.asking,
        user: session.user.id.to_string(),
        name: session.user.display_name().to_owned(),
        email: session.user.email,
        csrf: browser.csrf(&app),
        go: go.to_owned(),
        another_href: format!("/login?go={go}&another=1"),
    };
    Ok((browser.cookie(&app), Page::new(page).leads_to(waiting.leads_to)).into_response())
}

/// `POST /select`: goes on with the account that the page showed.
pub async fn post(State(app): State<App>, headers: HeaderMap, Form(form): Form) -> Result<Response, Stopped> {
    let params = form.map_err(Stopped::bad_form)?;
    check_form(&app, &headers, &params).map_err(Stopped::forged)?;
    let go = params.get("go").unwrap_or_default();
    let browser = Browser::of(&app, &headers);
    let waiting = interaction::find(&app, &browser, go).await?.ok_or_else(Stopped::expired)?;
    let session = session::current(&app, &headers).await?;
    // The person chose what they saw: if someone else has signed in meanwhile, they must see that first.
    match session.filter(|session| Some(session.user.id.as_str()) == params.get("user")) {
        None => Ok(Redirect::to(&format!("/select?go={}", waiting.id)).into_response()),
        Some(session) if interaction::choose(&app, &browser, go, &session.user.id).await? => {
            Ok(Redirect::to(&waiting.resume()).into_response())
        }
        Some(_) => Err(Stopped::expired()),
    }
}
