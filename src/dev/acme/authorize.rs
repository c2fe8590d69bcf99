//! RFC 6749 §4.1.1 at Acme CRM: choose who you are, no password, and allow it or don't.

use super::book::{Ask, USERS, in_scope, user};
use super::{Acme, CLIENT, SCOPE, from_elsewhere, page};
use crate::base::uri;
use crate::web::{Form, Params, Query};
use askama::Template;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Redirect, Response};
use url::Url;

#[derive(Template)]
#[template(path = "dev/acme/authorize.html")]
struct AuthorizePage {
    users: Vec<Choice>,
    scope: &'static str,
    /// All of the request, to be sent again with the decision.
    request: Vec<(String, String)>,
    /// Where the decision goes.
    to: String,
}

struct Choice {
    id: &'static str,
    name: &'static str,
    chosen: bool,
}

#[derive(Template)]
#[template(path = "dev/acme/wrong.html")]
pub(super) struct WrongPage {
    pub why: &'static str,
}

/// Why there is no page to decide on.
enum Wrong {
    /// RFC 6749 §4.1.2.1: nobody to send back to.
    Here(&'static str),
    /// The application is told.
    There(Ask, &'static str),
}

fn read(acme: &Acme, params: &Params) -> Result<Ask, Wrong> {
    let text = |name: &str| params.get(name).unwrap_or_default().to_owned();
    if text("client_id") != CLIENT {
        return Err(Wrong::Here("No application of this client_id is registered."));
    }
    let ask = Ask {
        redirect_uri: text("redirect_uri"),
        state: text("state"),
        challenge: text("code_challenge"),
        login_hint: text("login_hint"),
    };
    if !acme.reads(|book, _| book.knows(&ask.redirect_uri)) {
        return Err(Wrong::Here("The redirect_uri isn’t the one that is registered, byte for byte."));
    }
    match (text("response_type").as_str(), text("code_challenge_method").as_str()) {
        ("code", "S256") if ask.challenge.len() == 43 && in_scope(&text("scope")) => Ok(ask),
        ("code", "S256") if ask.challenge.len() == 43 => Err(Wrong::There(ask, "invalid_scope")),
        ("code", _) => Err(Wrong::There(ask, "invalid_request")),
        _ => Err(Wrong::There(ask, "unsupported_response_type")),
    }
}

/// `GET /oauth/authorize`
pub(super) async fn get(State(acme): State<Acme>, Query(query): Query) -> Response {
    let ask = match read(&acme, &query) {
        Ok(ask) => ask,
        Err(wrong) => return refused(wrong),
    };
    let hint = user(&ask.login_hint).map_or("zoe", |user| user.id);
    let users = USERS.iter().map(|user| Choice { id: user.id, name: user.name, chosen: user.id == hint });
    let origin = uri::origin(&ask.redirect_uri).unwrap_or_default();
    let shown = AuthorizePage {
        users: users.collect(),
        scope: SCOPE,
        request: query.iter().map(|(name, value)| (name.to_owned(), value.to_owned())).collect(),
        to: origin.clone(),
    };
    page(&shown, StatusCode::OK, Some(&origin))
}

/// `POST /oauth/authorize`: what they decided.
pub(super) async fn post(State(acme): State<Acme>, headers: HeaderMap, Form(form): Form) -> Response {
    let Ok(form) = form.map_err(|_| ()) else { return refused(Wrong::Here("The form can’t be read.")) };
    if from_elsewhere(&headers) {
        return refused(Wrong::Here("The form came from another site."));
    }
    let ask = match read(&acme, &form) {
        Ok(ask) => ask,
        Err(wrong) => return refused(wrong),
    };
    match (form.get("decision"), user(form.get("user").unwrap_or_default())) {
        (Some("allow"), Some(user)) => {
            let code = acme.changes(|book, now| {
                book.notes(now, "authorize", "", &format!("allowed by {}", user.id), true);
                book.allows(user, &ask, now)
            });
            back(&ask, "code", &code)
        }
        _ => {
            acme.changes(|book, now| book.notes(now, "authorize", "", "access_denied", false));
            back(&ask, "error", "access_denied")
        }
    }
}

fn refused(wrong: Wrong) -> Response {
    match wrong {
        Wrong::Here(why) => page(&WrongPage { why }, StatusCode::BAD_REQUEST, None),
        Wrong::There(ask, error) => back(&ask, "error", error),
    }
}

fn back(ask: &Ask, name: &str, value: &str) -> Response {
    let Ok(mut url) = Url::parse(&ask.redirect_uri) else {
        return refused(Wrong::Here("The redirect_uri is no address."));
    };
    url.query_pairs_mut().append_pair(name, value).append_pair("state", &ask.state);
    Redirect::to(url.as_str()).into_response()
}
