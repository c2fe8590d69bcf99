//! The page behind the counter: what shall go wrong next, and what was asked.

use super::{ACCESS_LIFE, Acme, Mishap, from_elsewhere, page};
use crate::base::Time;
use crate::web::Form;
use askama::Template;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Redirect, Response};

#[derive(Template)]
#[template(path = "dev/acme/office.html")]
struct OfficePage {
    mishaps: [Mishap; 6],
    next: Option<Mishap>,
    life: u64,
    calls: Vec<Line>,
    reuses: u32,
}

#[derive(Template)]
#[template(path = "dev/acme/calls.html")]
struct Calls {
    calls: Vec<Line>,
    reuses: u32,
    next: Option<Mishap>,
}

struct Line {
    /// `14:05:09`
    at: String,
    what: String,
    user: String,
    token: String,
    answer: String,
    good: bool,
}

/// The newest first.
fn lines(acme: &Acme) -> Vec<Line> {
    let line = |call: super::Call| {
        let at = Time::from_secs(Time::from_millis(call.at).secs()).rfc3339();
        let at = at.split(['T', 'Z']).nth(1).unwrap_or_default().to_owned();
        Line { at, what: call.what, user: call.user, token: call.token, answer: call.answer, good: call.good }
    };
    acme.calls().into_iter().rev().take(30).map(line).collect()
}

/// `GET /`
pub(super) async fn get(State(acme): State<Acme>) -> Response {
    let next = acme.reads(|book, _| book.next);
    let (calls, reuses) = (lines(&acme), acme.reuses());
    let shown = OfficePage { mishaps: Mishap::ALL, next, life: ACCESS_LIFE.as_secs(), calls, reuses };
    page(&shown, StatusCode::OK, None)
}

/// `GET /calls`: the list alone, which a script of the page asks for again and again.
pub(super) async fn calls(State(acme): State<Acme>) -> Response {
    let shown = Calls { calls: lines(&acme), reuses: acme.reuses(), next: acme.reads(|book, _| book.next) };
    page(&shown, StatusCode::OK, None)
}

/// `POST /next`: what becomes of the next refresh.
pub(super) async fn next(State(acme): State<Acme>, headers: HeaderMap, Form(form): Form) -> Response {
    let mishap = form.ok().and_then(|form| form.get("next").map(str::to_owned));
    match mishap.as_deref().map(|name| (name, Mishap::named(name))) {
        Some((name, mishap)) if (mishap.is_some() || name == "well") && !from_elsewhere(&headers) => {
            acme.changes(|book, _| book.next = mishap);
            Redirect::to("/").into_response()
        }
        _ => odd(),
    }
}

/// `POST /end-access`: all access tokens stop working before their time.
pub(super) async fn end_access(State(acme): State<Acme>, headers: HeaderMap) -> Response {
    if from_elsewhere(&headers) {
        return odd();
    }
    acme.changes(|book, now| {
        book.ends_access();
        book.notes(now, "here", "", "access tokens ended", true);
    });
    Redirect::to("/").into_response()
}

fn odd() -> Response {
    page(&super::authorize::WrongPage { why: "That isn’t a button of this page." }, StatusCode::BAD_REQUEST, None)
}

/// `GET /acme.css`
pub(super) async fn css() -> Response {
    ([(header::CONTENT_TYPE, "text/css; charset=utf-8")], include_str!("acme.css")).into_response()
}

/// `GET /acme.js`
pub(super) async fn js() -> Response {
    ([(header::CONTENT_TYPE, "text/javascript; charset=utf-8")], include_str!("acme.js")).into_response()
}
