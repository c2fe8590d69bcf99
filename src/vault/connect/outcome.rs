//! How it ended, told to the person and to whoever sent them: by a redirect, to the window that opened this one, or by a page. No
//! token, code or state is in any of it.

use super::visitor::Visitor;
use super::{Connect, Status, store};
use crate::app::App;
use crate::lang::Message;
use crate::vault::accounts;
use crate::vault::sources::Source;
use crate::web::{Page, Shell, Stopped};
use askama::Template;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde_json::json;
use url::Url;

#[derive(Template)]
#[template(path = "connect_done.html")]
struct DonePage {
    page: Shell,
    /// What happened, with the parts `sentence` and `next`.
    told: Message,
    /// For programs.
    code: String,
    well: bool,
    /// Whether it isn't over, and the page looks again by itself.
    waits: bool,
    /// What the provider didn't grant.
    missing: Vec<String>,
    /// Where they try again.
    again: Option<String>,
    /// For the window that opened this one: what it is told, and windows of which origins may hear it.
    window: Option<(String, String)>,
}

/// The answer to a browser that came back, or came again.
pub(super) async fn answer(
    app: &App,
    visitor: &Visitor,
    connect: &Connect,
    source: &Source,
) -> Result<Response, Stopped> {
    let ended = matches!(connect.status, Status::Connected | Status::Failed)
        || connect.status == Status::Candidate && connect.binding == super::Binding::Verifier;
    if ended && let Some(to) = leads_to(connect) {
        return Ok(see_other(&to));
    }
    let account = match &connect.result {
        Some(id) => accounts::store::one(&app.db, id).await?,
        None => None,
    };
    let account = account.map(|account| account.name).unwrap_or_default();
    let well = ended && connect.status != Status::Failed;
    let told = match (connect.status, connect.error) {
        (Status::Failed, Some(why)) => why.message(),
        _ if !ended => Message::new("connect-waits").strong("provider", &source.name),
        (Status::Connected, _) => {
            Message::new("connect-connected").strong("account", account).strong("provider", &source.name)
        }
        _ => Message::new("connect-received").strong("provider", &source.name),
    };
    let may_go = store::may_go(connect, app.now()) && connect.binding == super::Binding::Session;
    let page = DonePage {
        page: visitor.shell(app),
        told,
        code: connect.error.map_or(connect.status.name(), |why| why.name()).to_owned(),
        well,
        waits: !ended,
        missing: connect.missing.clone(),
        again: (connect.status == Status::Failed && may_go).then(|| format!("/connect/{}", connect.id)),
        window: (ended && !connect.ask.allowed_origins.is_empty())
            .then(|| (told_to_window(connect), json!(connect.ask.allowed_origins).to_string())),
    };
    let status = if connect.status == Status::Failed { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
    let in_window = !connect.ask.allowed_origins.is_empty();
    Ok(Page::new(page).status(status).in_a_window_of_an_app(in_window).into_response())
}

fn told_to_window(connect: &Connect) -> String {
    let error = connect.error.map(|why| why.name());
    json!({ "type": "symbolon:connect", "connect_session": connect.id, "status": connect.status.name(), "error": error })
        .to_string()
}

/// Where its app wants the browser to go; only addresses that the app gave when it made it.
fn leads_to(connect: &Connect) -> Option<String> {
    let to = match connect.status {
        Status::Failed => connect.ask.error_redirect_uri.as_ref().or(connect.ask.success_redirect_uri.as_ref()),
        _ => connect.ask.success_redirect_uri.as_ref(),
    };
    let mut url = Url::parse(to?).ok()?;
    url.query_pairs_mut()
        .append_pair("connect_session", connect.id.as_str())
        .append_pair("status", connect.status.name());
    if let Some(why) = connect.error {
        url.query_pairs_mut().append_pair("error", why.name());
    }
    Some(url.into())
}

fn see_other(location: &str) -> Response {
    let Ok(location) = HeaderValue::from_str(location) else {
        return StatusCode::INTERNAL_SERVER_ERROR.into_response();
    };
    let headers = [(header::LOCATION, location), (header::CACHE_CONTROL, HeaderValue::from_static("no-store"))];
    (StatusCode::SEE_OTHER, headers).into_response()
}
