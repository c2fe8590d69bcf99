//! `/logout`: the person says that they want to leave, is signed out here and at the apps, and goes on where the app that
//! asked wants them.

use super::request::{self, LogoutRequest};
use super::{Participant, frontchannel, participants, wind_up};
use crate::app::App;
use crate::audit::{self, Actor, Event};
use crate::base::uri;
use crate::clients::Client;
use crate::db::Fault;
use crate::signin::{self, Asking, Session, session};
use crate::web::browser::{Browser, Cookie, check_form};
use crate::web::{Call, Form, Page, Params, Reader, Shell, Stopped};
use askama::Template;
use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::{IntoResponse, Redirect, Response};
use serde_json::json;

#[derive(Template)]
#[template(path = "logout.html")]
struct LogoutPage {
    page: Shell,
    user_email: Option<String>,
    csrf: String,
    client: Option<Asking>,
    fields: Vec<(&'static str, String)>,
    trouble: Option<&'static str>,
}

#[derive(Template)]
#[template(path = "signed_out.html")]
struct SignedOutPage {
    page: Shell,
    client: Option<Asking>,
    frames: Vec<String>,
    onward: Option<String>,
}

/// `GET /logout`: asks first.
pub async fn get(State(app): State<App>, reader: Reader, headers: HeaderMap) -> Result<Response, Stopped> {
    let session = session::current(&app, &headers).await?;
    let nobody = request::read(&app, &Params::default()).await?;
    Ok(ask(&app, reader, &headers, session, nobody))
}

/// Asks whether to sign out, on behalf of an app where one asks.
pub(super) fn ask(
    app: &App,
    reader: Reader,
    headers: &HeaderMap,
    session: Option<Session>,
    ask: LogoutRequest,
) -> Response {
    let browser = Browser::of(app, headers);
    let leads_to = ask.farewell.as_ref().and_then(|farewell| uri::origin(farewell.uri()));
    let page = LogoutPage {
        page: signin::shell(app, reader, None, session.as_ref()),
        user_email: session.map(|session| session.user.email),
        csrf: browser.csrf(app),
        client: ask.client.as_deref().map(asking),
        fields: fields(&ask, reader),
        trouble: ask.trouble,
    };
    // Browsers hold the redirect that follows the form to `form-action`.
    (browser.cookie(app), Page::new(page).leads_to(leads_to)).into_response()
}

/// What the form brings back: the same request, by the name of its client. Held against the registry again then.
fn fields(ask: &LogoutRequest, reader: Reader) -> Vec<(&'static str, String)> {
    let language = reader.wished().map(|language| ("ui_locales", language.tag().to_owned()));
    let (Some(client), Some(farewell)) = (&ask.client, &ask.farewell) else {
        return ask.client.iter().map(|client| ("client_id", client.id.to_string())).chain(language).collect();
    };
    let mut fields =
        vec![("client_id", client.id.to_string()), ("post_logout_redirect_uri", farewell.uri().to_owned())];
    fields.extend(farewell.state().map(|state| ("state", state.to_owned())));
    fields.extend(language);
    fields
}

/// `POST /logout`: the person pressed the button.
pub async fn post(
    State(app): State<App>,
    call: Call,
    reader: Reader,
    headers: HeaderMap,
    Form(form): Form,
) -> Result<Response, Stopped> {
    let params = form.map_err(Stopped::bad_form)?;
    check_form(&app, &headers, &params).map_err(Stopped::forged)?;
    let ask = request::read(&app, &params).await?;
    let session = session::current(&app, &headers).await?;
    sign_out(&app, &call, reader.asked(params.get("ui_locales")), session, ask).await
}

/// Ends the session of this browser, if there still is one, and goes on. What fails at an app is no concern of the person.
pub(super) async fn sign_out(
    app: &App,
    call: &Call,
    reader: Reader,
    session: Option<Session>,
    ask: LogoutRequest,
) -> Result<Response, Stopped> {
    let LogoutRequest { client, farewell, .. } = ask;
    let participants = match &session {
        Some(session) => end(app, call, session, client.as_deref()).await?,
        None => Vec::new(),
    };
    let frames = frontchannel::frames(app, &participants);
    let onward = farewell.map(|farewell| farewell.location());
    let gone = Cookie::Session.clear(app);
    if let Some(location) = onward.as_deref().filter(|_| frames.is_empty()) {
        return Ok((gone, Redirect::to(location)).into_response());
    }
    let origins = frames.iter().filter_map(|to| uri::origin(to)).collect();
    let page = signin::shell(app, reader, None, session.as_ref());
    let page = SignedOutPage { page, client: client.as_deref().map(asking), frames, onward };
    Ok((gone, Page::new(page).frames(origins)).into_response())
}

/// Gives who took part in the session.
async fn end(app: &App, call: &Call, session: &Session, client: Option<&Client>) -> Result<Vec<Participant>, Fault> {
    let mut tx = app.db.begin().await?;
    if !session::end(&mut tx, session).await? {
        // The form was sent twice at once; the browser shows the answer of one, so both have the frames.
        return participants(app, &mut tx, &session.sid).await;
    }
    let participants = wind_up(app, &mut tx, &session.user.id, &session.sid).await?;
    audit::record(&mut tx, &signed_out(call, session, client), app.now()).await?;
    tx.commit().await?;
    app.logouts.notify_one();
    tracing::info!(user = %session.user.id, "signed out");
    Ok(participants)
}

fn signed_out(call: &Call, session: &Session, client: Option<&Client>) -> Event {
    let user = session.user.id.clone();
    Event {
        object: format!("user:{user}"),
        actor: Actor::User(user),
        action: "session.ended",
        request_id: call.request_id.clone(),
        address: call.address.to_string(),
        detail: json!({ "sid": session.sid, "asked_by": client.map(|client| &client.id) }),
    }
}

/// What the pages say about the app.
fn asking(client: &Client) -> Asking {
    let metadata = &client.metadata;
    // A stranger's app may call any site its home; where its answers go is its own.
    let home = metadata.client_uri.iter().filter(|_| client.provenance.vouched_for());
    let own = home.chain(&metadata.redirect_uris);
    let host = own.filter_map(|uri| uri::host(uri)).next().unwrap_or_default();
    Asking { name: metadata.client_name.clone(), host, ..Asking::default() }
}
