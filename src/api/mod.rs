//! The management API: JSON in, JSON out, RFC 9457 for what goes wrong, nothing of it kept in any cache.

mod audit;
mod clients;
mod invites;
mod user_invites;
mod users;
mod workspaces;

use crate::admin::Acting;
use crate::app::App;
use crate::base::Id;
use crate::guard;
use crate::web::{Call, Problem};
use axum::Router;
use axum::extract::{FromRequestParts, Path};
use axum::http::request::Parts;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use tower_http::set_header::SetResponseHeaderLayer;

/// All routes under `/v1/admin`.
pub fn routes() -> Router<App> {
    Router::new()
        .route("/v1/admin/clients", get(clients::list).post(clients::create))
        .route("/v1/admin/clients/seen", get(clients::seen))
        .route(
            "/v1/admin/clients/{id}",
            get(clients::show).put(clients::replace).patch(clients::patch).delete(clients::delete),
        )
        .route("/v1/admin/clients/{id}/rotate-secret", post(clients::rotate_secret))
        .route("/v1/admin/clients/{id}/enable", post(clients::enable))
        .route("/v1/admin/clients/{id}/disable", post(clients::disable))
        .route("/v1/admin/invites", get(invites::list).post(invites::create))
        .route("/v1/admin/invites/{id}", axum::routing::delete(invites::revoke))
        .route("/v1/admin/audit", get(audit::list))
        .route("/v1/admin/audit/export", get(audit::export))
        .route("/v1/admin/workspaces", get(workspaces::list).post(workspaces::create))
        .route("/v1/admin/workspaces/{id}", get(workspaces::show).patch(workspaces::rename).delete(workspaces::delete))
        .route("/v1/admin/workspaces/{id}/members", get(workspaces::members).post(workspaces::add))
        .route(
            "/v1/admin/workspaces/{id}/members/{user}",
            axum::routing::patch(workspaces::set_role).delete(workspaces::remove),
        )
        .route("/v1/admin/user-invites", get(user_invites::list).post(user_invites::create))
        .route("/v1/admin/user-invites/{id}", axum::routing::delete(user_invites::revoke))
        .route("/v1/admin/users/{id}/reset-link", post(users::reset_link))
        .route("/v1/admin/users/{id}/reset-factors", post(users::reset_factors))
        .route("/v1/admin/users/{id}/verify-email", post(users::verify))
        .route("/v1/admin/users", get(users::list).post(users::create))
        .route("/v1/admin/users/{id}", get(users::show).delete(users::delete))
        .route("/v1/admin/users/{id}/enable", post(users::enable))
        .route("/v1/admin/users/{id}/disable", post(users::disable))
        .route("/v1/admin/users/{id}/sign-out", post(users::sign_out))
        .route("/v1/admin/users/{id}/role", post(users::set_role))
        .route("/v1/admin/users/{id}/promote", post(users::promote))
        .route("/v1/admin/users/{id}/demote", post(users::demote))
        .route("/v1/admin/users/{id}/password", post(users::set_password))
        .method_not_allowed_fallback(wrong_method)
        .layer(SetResponseHeaderLayer::overriding(header::CACHE_CONTROL, HeaderValue::from_static("no-store")))
}

async fn wrong_method() -> Problem {
    let detail = "this address doesn't take this method; the Allow header names those that it takes";
    Problem::new(StatusCode::METHOD_NOT_ALLOWED, "method-not-allowed", detail)
}

/// The administrator who asks. The first argument of every handler here: what follows isn't even read for others.
struct Admin(Acting);

impl FromRequestParts<App> for Admin {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Response> {
        let (actor, role) = guard::admin(app, &parts.headers).await?;
        if !parts.method.is_safe() && !role.administers() {
            return Err(guard::only_looks().into_response());
        }
        let Ok(call) = Call::from_request_parts(parts, app).await;
        Ok(Admin(Acting { actor, role, call }))
    }
}

/// The identifier in the path. What can't be one is answered like one that nobody has.
struct Named<K>(Id<K>);

impl<K> FromRequestParts<App> for Named<K> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Problem> {
        match Path::<String>::from_request_parts(parts, app).await {
            Ok(Path(text)) if text.len() <= 512 && text.bytes().all(|b| b.is_ascii_graphic()) => Ok(Named(text.into())),
            _ => Err(Problem::not_found()),
        }
    }
}

/// RFC 9110 §13.1.1: the revision that the caller has read.
struct IfMatch(Option<i64>);

impl FromRequestParts<App> for IfMatch {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &App) -> Result<Self, Problem> {
        let mut all = parts.headers.get_all(header::IF_MATCH).iter();
        match (all.next().map(HeaderValue::to_str), all.next()) {
            (None, _) | (Some(Ok("*")), None) => Ok(IfMatch(None)),
            (Some(Ok(tag)), None) => {
                match tag.strip_prefix('"').and_then(|tag| tag.strip_suffix('"')).map(str::parse) {
                    Some(Ok(rev)) => Ok(IfMatch(Some(rev))),
                    _ => Err(unmatched()),
                }
            }
            _ => Err(unmatched()),
        }
    }
}

fn unmatched() -> Problem {
    let detail = "If-Match must be one entity tag, just as the ETag header gave it";
    Problem::new(StatusCode::PRECONDITION_FAILED, "precondition-failed", detail)
}
