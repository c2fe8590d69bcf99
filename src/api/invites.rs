//! `/v1/admin/invites`: initial access tokens (RFC 7591 §3).

use super::Admin;
use crate::admin::{Refused, invites};
use crate::app::App;
use crate::clients::invites::Invite;
use crate::web::Problem;
use crate::web::json::{Json as Body, members};
use axum::Json;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use serde_json::{Value, json};
use std::time::Duration;

/// What an invite may be told.
#[derive(Default, serde::Deserialize)]
#[serde(deny_unknown_fields, default)]
struct Ask {
    /// How many clients it registers; 1 if not given.
    uses: Option<u32>,
    /// Seconds for which it is good; 7 days if not given.
    expires_in: Option<u64>,
}

/// `POST /v1/admin/invites`, with `{"uses": 1, "expires_in": seconds}` or nothing. The token is shown once.
pub(super) async fn create(Admin(who): Admin, State(app): State<App>, body: Option<Body>) -> Result<Response, Problem> {
    let ask: Ask = body.map(|Body(body)| members(body)).transpose().map_err(Refused::from)?.unwrap_or_default();
    let lives = ask.expires_in.map_or(invites::LIVES, Duration::from_secs);
    let (token, invite) = invites::create(&app, &who, ask.uses.unwrap_or(1), lives).await?;
    let mut shown = invite.to_json();
    if let Some(members) = shown.as_object_mut() {
        members.insert("initial_access_token".to_owned(), json!(token.reveal()));
    }
    Ok((StatusCode::CREATED, Json(shown)).into_response())
}

/// `GET /v1/admin/invites`: those that aren't over.
pub(super) async fn list(_: Admin, State(app): State<App>) -> Result<Response, Problem> {
    let all: Vec<Value> = invites::list(&app).await?.iter().map(Invite::to_json).collect();
    Ok(Json(json!({ "data": all, "next_cursor": null })).into_response())
}

/// `DELETE /v1/admin/invites/{id}`
pub(super) async fn revoke(
    Admin(who): Admin,
    State(app): State<App>,
    Path(id): Path<String>,
) -> Result<StatusCode, Problem> {
    invites::revoke(&app, &who, &id).await?;
    Ok(StatusCode::NO_CONTENT)
}
