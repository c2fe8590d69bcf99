//! `/v1/admin/users`: accounts.

use super::{Admin, Named};
use crate::admin::{Refused, users};
use crate::app::App;
use crate::base::Secret;
use crate::base::id::{User as Kind, WorkspaceId};
use crate::people::{NewUser, Profile, Role, User};
use crate::web::json::{Json as Body, members};
use crate::web::paging::{Paging, page};
use crate::web::{Problem, Query};
use axum::Json;
use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::{AppendHeaders, IntoResponse, Response};
use serde::Deserialize;
use serde_json::{Map, Value};

/// `GET /v1/admin/users?limit=&cursor=&search=`
pub(super) async fn list(_: Admin, State(app): State<App>, Query(params): Query) -> Result<Response, Problem> {
    let paging = Paging::read(&app.keys.macs(), "users", &params)?;
    let (found, more) = users::list(&app, &paging.after, &paging.search, paging.limit).await?;
    let last = found.last().filter(|_| more).map(|user| user.place(&paging.search));
    Ok(page(&app, "users", &paging, found.iter().map(User::to_json).collect(), last.as_deref()))
}

/// A new account, as it is asked for.
#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct Ask {
    email: String,
    name: String,
    claims: Map<String, Value>,
    password: Option<Secret>,
    admin: bool,
    role: Option<Role>,
    workspace: Option<WorkspaceId>,
}

/// `POST /v1/admin/users` with `email` and, where wanted, `name`, `claims`, `password`, `role` (or `admin`), `workspace`.
pub(super) async fn create(Admin(who): Admin, State(app): State<App>, Body(body): Body) -> Result<Response, Problem> {
    let ask: Ask = members(body).map_err(Refused::from)?;
    let profile = Profile::parse(Value::Object(ask.claims)).map_err(|why| Problem::field("claims", why))?;
    // The name is a claim like the others and is checked like them.
    let profile =
        Profile::parse(Value::Object(profile.named(&ask.name).0)).map_err(|why| Problem::field("name", why))?;
    let role = ask.role.unwrap_or(if ask.admin { Role::Admin } else { Role::User });
    let joins = ask.workspace.or_else(|| app.config.workspaces.joined());
    let new = NewUser { email: ask.email, password: ask.password, profile, role, joins };
    let user = users::create(&app, &who, new).await?;
    let location = app.url(&format!("/v1/admin/users/{}", user.id));
    Ok((StatusCode::CREATED, AppendHeaders([(header::LOCATION, location)]), shown(&user)).into_response())
}

/// `GET /v1/admin/users/{id}`
pub(super) async fn show(_: Admin, State(app): State<App>, Named(id): Named<Kind>) -> Result<Response, Problem> {
    Ok(shown(&users::show(&app, &id).await?))
}

/// `DELETE /v1/admin/users/{id}`
pub(super) async fn delete(
    Admin(who): Admin,
    State(app): State<App>,
    Named(id): Named<Kind>,
) -> Result<StatusCode, Problem> {
    users::delete(&app, &who, &id).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// `POST /v1/admin/users/{id}/enable`
pub(super) async fn enable(
    Admin(who): Admin,
    State(app): State<App>,
    Named(id): Named<Kind>,
) -> Result<Response, Problem> {
    Ok(shown(&users::enable(&app, &who, &id).await?))
}

/// `POST /v1/admin/users/{id}/disable`
pub(super) async fn disable(
    Admin(who): Admin,
    State(app): State<App>,
    Named(id): Named<Kind>,
) -> Result<Response, Problem> {
    Ok(shown(&users::disable(&app, &who, &id).await?))
}

/// `POST /v1/admin/users/{id}/promote`
pub(super) async fn promote(
    Admin(who): Admin,
    State(app): State<App>,
    Named(id): Named<Kind>,
) -> Result<Response, Problem> {
    Ok(shown(&users::promote(&app, &who, &id).await?))
}

/// `POST /v1/admin/users/{id}/demote`
pub(super) async fn demote(
    Admin(who): Admin,
    State(app): State<App>,
    Named(id): Named<Kind>,
) -> Result<Response, Problem> {
    Ok(shown(&users::demote(&app, &who, &id).await?))
}

/// Another role.
#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct NewRole {
    role: Option<Role>,
}

/// `POST /v1/admin/users/{id}/role` with `role`: owner, admin, auditor or user.
pub(super) async fn set_role(
    Admin(who): Admin,
    State(app): State<App>,
    Named(id): Named<Kind>,
    Body(body): Body,
) -> Result<Response, Problem> {
    let ask: NewRole = members(body).map_err(Refused::from)?;
    let role = ask.role.ok_or_else(|| Problem::field("role", "must be owner, admin, auditor or user"))?;
    Ok(shown(&users::set_role(&app, &who, &id, role).await?))
}

/// `POST /v1/admin/users/{id}/sign-out`
pub(super) async fn sign_out(
    Admin(who): Admin,
    State(app): State<App>,
    Named(id): Named<Kind>,
) -> Result<Response, Problem> {
    Ok(shown(&users::sign_out(&app, &who, &id).await?))
}

/// A new password.
#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct Chosen {
    password: Option<Secret>,
}

/// `POST /v1/admin/users/{id}/password` with `password`.
pub(super) async fn set_password(
    Admin(who): Admin,
    State(app): State<App>,
    Named(id): Named<Kind>,
    Body(body): Body,
) -> Result<Response, Problem> {
    let chosen: Chosen = members(body).map_err(Refused::from)?;
    let password = chosen.password.ok_or_else(|| Problem::field("password", "must be given"))?;
    Ok(shown(&users::set_password(&app, &who, &id, password).await?))
}

/// `POST /v1/admin/users/{id}/reset-link`: a link for the person, good once, for half an hour; it is shown once.
pub(super) async fn reset_link(
    Admin(who): Admin,
    State(app): State<App>,
    Named(id): Named<Kind>,
) -> Result<Response, Problem> {
    let link = users::reset_link(&app, &who, &id).await?;
    Ok((StatusCode::CREATED, Json(serde_json::json!({ "reset_link": link.reveal() }))).into_response())
}

/// `POST /v1/admin/users/{id}/verify-email`: the address is theirs, the administrator says.
pub(super) async fn verify(
    Admin(who): Admin,
    State(app): State<App>,
    Named(id): Named<Kind>,
) -> Result<Response, Problem> {
    Ok(shown(&users::verify(&app, &who, &id).await?))
}

/// `POST /v1/admin/users/{id}/reset-factors`: passkeys, codes and recovery codes are no more, for who has lost them.
pub(super) async fn reset_factors(
    Admin(who): Admin,
    State(app): State<App>,
    Named(id): Named<Kind>,
) -> Result<Response, Problem> {
    Ok(shown(&users::reset_factors(&app, &who, &id).await?))
}

/// The account; its entity tag is its revision.
fn shown(user: &User) -> Response {
    let tag = AppendHeaders([(header::ETAG, format!("\"{}\"", user.rev))]);
    (tag, Json(user.to_json())).into_response()
}
