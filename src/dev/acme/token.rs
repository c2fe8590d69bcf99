//! RFC 6749 §3.2 at Acme CRM: codes and refresh tokens become tokens, or what was wished for goes wrong.

use super::book::{Given, Refusal, is_client};
use super::mishap::SLOW;
use super::{ACCESS_LIFE, Acme, Mishap, SCOPE};
use crate::base::encoding::from_base64;
use crate::web::{Form, Params};
use axum::Json;
use axum::body::{Body, Bytes};
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{Html, IntoResponse, Response};
use futures_util::stream;
use serde_json::{Value, json};
use std::io;
use std::time::Duration;

/// Longer than anybody waits.
const NEVER: Duration = Duration::from_secs(600);

/// `POST /oauth/token`
pub(super) async fn post(State(acme): State<Acme>, headers: HeaderMap, Form(form): Form) -> Response {
    let Ok(form) = form.map_err(|_| ()) else { return refused(("invalid_request", "the form can't be read")) };
    if !proves(&headers) {
        acme.changes(|book, now| book.notes(now, "token", "", "invalid_client", false));
        return refused(("invalid_client", "client_id and secret aren't those of an application"));
    }
    match form.get("grant_type") {
        Some("authorization_code") => code(&acme, &form),
        Some("refresh_token") => refresh(&acme, form.get("refresh_token").unwrap_or_default()).await,
        _ => refused(("unsupported_grant_type", "authorization_code and refresh_token are known here")),
    }
}

/// RFC 6749 §2.3.1: with HTTP Basic.
fn proves(headers: &HeaderMap) -> bool {
    let given = headers.get(header::AUTHORIZATION).and_then(|value| value.to_str().ok());
    let pair = given.and_then(|value| value.strip_prefix("Basic ")).and_then(from_base64);
    let pair = pair.and_then(|pair| String::from_utf8(pair).ok()).unwrap_or_default();
    pair.split_once(':').is_some_and(|(id, secret)| is_client(id, secret))
}

fn code(acme: &Acme, form: &Params) -> Response {
    let text = |name: &str| form.get(name).unwrap_or_default();
    let done = acme.changes(|book, now| {
        let done = book.redeems(text("code"), text("redirect_uri"), text("code_verifier"), now);
        match &done {
            Ok(given) => book.notes(now, "code", &given.refresh_token, "tokens", true),
            Err((error, _)) => book.notes(now, "code", "", error, false),
        }
        done
    });
    told(done)
}

async fn refresh(acme: &Acme, token: &str) -> Response {
    let notes = |answer: &str, good| acme.changes(|book, now| book.notes(now, "refresh", token, answer, good));
    let mishap = acme.changes(|book, _| book.next.take());
    match mishap {
        Some(Mishap::InvalidGrant) => {
            notes("invalid_grant", false);
            acme.changes(|book, _| book.revokes(token));
            return refused(("invalid_grant", "its person removed the application"));
        }
        Some(Mishap::InvalidClient) => {
            notes("invalid_client", false);
            return refused(("invalid_client", "as you wished"));
        }
        Some(Mishap::Fails) => {
            notes("500", false);
            return (StatusCode::INTERNAL_SERVER_ERROR, Html("<h1>Something broke</h1>")).into_response();
        }
        Some(Mishap::Silent) => {
            notes("no answer", false);
            tokio::time::sleep(NEVER).await;
            return StatusCode::GATEWAY_TIMEOUT.into_response();
        }
        Some(Mishap::Lost | Mishap::Slow) | None => {}
    }
    let done = acme.changes(|book, now| book.refreshes(token, now));
    match &done {
        Ok(_) if mishap == Some(Mishap::Lost) => notes("tokens, lost on the way", false),
        Ok(_) => notes("tokens", true),
        Err((error, _)) => notes(error, false),
    }
    acme.passes().await;
    match mishap {
        Some(Mishap::Lost) => half(),
        Some(Mishap::Slow) => {
            tokio::time::sleep(SLOW).await;
            told(done)
        }
        _ => told(done),
    }
}

/// The connection ends in the middle of the answer.
fn half() -> Response {
    let cut = io::Error::from(io::ErrorKind::ConnectionReset);
    let pieces = [Ok(Bytes::from_static(b"{\"access_token\":\"acme_")), Err(cut)];
    let kind = [(header::CONTENT_TYPE, "application/json")];
    (kind, Body::from_stream(stream::iter(pieces))).into_response()
}

/// `POST /oauth/revoke` (RFC 7009).
pub(super) async fn revoke(State(acme): State<Acme>, headers: HeaderMap, Form(form): Form) -> Response {
    let Ok(form) = form.map_err(|_| ()) else { return refused(("invalid_request", "the form can't be read")) };
    if !proves(&headers) {
        return refused(("invalid_client", "client_id and secret aren't those of an application"));
    }
    let token = form.get("token").unwrap_or_default();
    acme.changes(|book, now| {
        book.notes(now, "revoke", token, "gone", true);
        book.revokes(token);
    });
    StatusCode::OK.into_response()
}

fn told(done: Result<Given, Refusal>) -> Response {
    match done {
        Ok(given) => kept_by_nobody(
            StatusCode::OK,
            json!({
                "access_token": given.access_token,
                "token_type": "Bearer",
                "expires_in": ACCESS_LIFE.as_secs(),
                "refresh_token": given.refresh_token,
                "scope": SCOPE,
            }),
        ),
        Err(refusal) => refused(refusal),
    }
}

/// §5.2
fn refused((error, why): Refusal) -> Response {
    let status = if error == "invalid_client" { StatusCode::UNAUTHORIZED } else { StatusCode::BAD_REQUEST };
    kept_by_nobody(status, json!({ "error": error, "error_description": why }))
}

fn kept_by_nobody(status: StatusCode, body: Value) -> Response {
    (status, [(header::CACHE_CONTROL, "no-store")], Json(body)).into_response()
}
