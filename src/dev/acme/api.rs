//! What Acme CRM is there for: who somebody is, and whom they know. RFC 6750.

use super::Acme;
use super::book::User;
use axum::Json;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde_json::{Value, json};

/// `GET /api/me`
pub(super) async fn me(State(acme): State<Acme>, headers: HeaderMap) -> Response {
    answer(&acme, &headers, "me", |user| json!({ "id": user.id, "name": user.name }))
}

/// `GET /api/contacts`
pub(super) async fn contacts(State(acme): State<Acme>, headers: HeaderMap) -> Response {
    answer(&acme, &headers, "contacts", |user| json!({ "of": user.name, "contacts": user.contacts }))
}

fn answer(acme: &Acme, headers: &HeaderMap, what: &str, tells: impl FnOnce(&User) -> Value) -> Response {
    let given = headers.get(header::AUTHORIZATION).and_then(|value| value.to_str().ok());
    let token = given.and_then(|value| value.strip_prefix("Bearer ")).unwrap_or_default();
    let user = acme.changes(|book, now| {
        let user = book.bearer(token, now);
        book.notes(now, what, token, if user.is_some() { "200" } else { "401" }, user.is_some());
        user
    });
    match user {
        Some(user) => ([(header::CACHE_CONTROL, "no-store")], Json(tells(user))).into_response(),
        None => {
            let challenge = [(header::WWW_AUTHENTICATE, "Bearer error=\"invalid_token\"")];
            (StatusCode::UNAUTHORIZED, challenge, Json(json!({ "error": "invalid_token" }))).into_response()
        }
    }
}
