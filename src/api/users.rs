//! `/v1/admin/users`: accounts.

use super::{Admin, Named, made, shown};
use crate::admin::{Refused, users};
use crate::app::App;
use crate::base::Secret;
use crate::base::id::{User as Kind, WorkspaceId};
use crate::people::user::Account;
use crate::people::{NewUser, Profile, Role, User};
use crate::web::json::{Json as Body, members};
use crate::web::paging::{Listed, Paging, Search, page};
use crate::web::{Problem, Query};
use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use utoipa::ToSchema;

const LIST: &str = "admin/users";

/// List people
///
/// In the order in which they came; `search` looks at how addresses begin, and puts them in that order.
#[utoipa::path(get, path = "/v1/admin/users", operation_id = "listUsers", tag = "users", params(Paging, Search),
    responses((status = 200, description = "A page of people", body = Listed<Account<'static>>)))]
pub(super) async fn list(_: Admin, State(app): State<App>, Query(params): Query) -> Result<Response, Problem> {
    let paging = Paging::read(&app.keys.macs(), LIST, &params)?;
    let (found, more) = users::list(&app, &paging.after, &paging.search, paging.limit).await?;
    let last = found.last().filter(|_| more).map(|user| user.place(&paging.search));
    Ok(page(&app, LIST, &paging, found.iter().map(User::account).collect(), last.as_deref()))
}

/// An account to be.
#[derive(Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = UserRequest)]
pub(super) struct Ask {
    #[serde(default)]
    #[schema(required, example = "ada@example.com")]
    email: String,
    /// The claim `name`.
    #[serde(default)]
    name: String,
    #[serde(default)]
    #[schema(value_type = Profile)]
    claims: Map<String, Value>,
    /// Without one they can't sign in with a password; a reset link lets them choose one.
    #[schema(value_type = Option<String>, format = Password)]
    password: Option<Secret>,
    /// The same as the role `admin`.
    #[serde(default)]
    admin: bool,
    /// User if not given. Only owners give another.
    role: Option<Role>,
    /// The slug of the workspace that they are in; if not given, as the settings have it.
    #[schema(value_type = Option<String>)]
    workspace: Option<WorkspaceId>,
}

/// Make an account
#[utoipa::path(post, path = "/v1/admin/users", operation_id = "createUser", tag = "users", request_body = Ask,
    responses((status = 201, description = "The account", body = Account<'static>),
        (status = 409, description = "`user-exists`: there is an account with this address")))]
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
    Ok(made(&app, &format!("/v1/admin/users/{}", user.id), user.account()))
}

/// Show a person
#[utoipa::path(get, path = "/v1/admin/users/{id}", operation_id = "getUser", tag = "users", params(("id" = String, Path, description = "Their `id`")),
    responses((status = 200, description = "The account", body = Account<'static>)))]
pub(super) async fn show(_: Admin, State(app): State<App>, Named(id): Named<Kind>) -> Result<Response, Problem> {
    Ok(shown(users::show(&app, &id).await?.account()))
}

/// Delete a person
///
/// With their sessions, grants and consents. Their `sub` is never given again.
#[utoipa::path(delete, path = "/v1/admin/users/{id}", operation_id = "deleteUser", tag = "users", params(("id" = String, Path, description = "Their `id`")),
    responses((status = 204, description = "They are gone"),
        (status = 409, description = "`last-admin`: somebody must stay who can let others in")))]
pub(super) async fn delete(
    Admin(who): Admin,
    State(app): State<App>,
    Named(id): Named<Kind>,
) -> Result<StatusCode, Problem> {
    users::delete(&app, &who, &id).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Let a person act again
///
/// What ended when they were disabled stays ended.
#[utoipa::path(post, path = "/v1/admin/users/{id}/enable", operation_id = "enableUser", tag = "users", params(("id" = String, Path, description = "Their `id`")),
    responses((status = 200, description = "The account", body = Account<'static>)))]
pub(super) async fn enable(
    Admin(who): Admin,
    State(app): State<App>,
    Named(id): Named<Kind>,
) -> Result<Response, Problem> {
    Ok(shown(users::enable(&app, &who, &id).await?.account()))
}

/// Stop a person
///
/// Their sessions and grants end at once.
#[utoipa::path(post, path = "/v1/admin/users/{id}/disable", operation_id = "disableUser", tag = "users", params(("id" = String, Path, description = "Their `id`")),
    responses((status = 200, description = "The account", body = Account<'static>),
        (status = 409, description = "`last-admin`: somebody must stay who can let others in")))]
pub(super) async fn disable(
    Admin(who): Admin,
    State(app): State<App>,
    Named(id): Named<Kind>,
) -> Result<Response, Problem> {
    Ok(shown(users::disable(&app, &who, &id).await?.account()))
}

/// Make a person an administrator
///
/// Only owners give roles.
#[utoipa::path(post, path = "/v1/admin/users/{id}/promote", operation_id = "promoteUser", tag = "users", params(("id" = String, Path, description = "Their `id`")),
    responses((status = 200, description = "The account", body = Account<'static>)))]
pub(super) async fn promote(
    Admin(who): Admin,
    State(app): State<App>,
    Named(id): Named<Kind>,
) -> Result<Response, Problem> {
    Ok(shown(users::promote(&app, &who, &id).await?.account()))
}

/// Make an administrator an ordinary person
///
/// Only owners take roles.
#[utoipa::path(post, path = "/v1/admin/users/{id}/demote", operation_id = "demoteUser", tag = "users", params(("id" = String, Path, description = "Their `id`")),
    responses((status = 200, description = "The account", body = Account<'static>),
        (status = 409, description = "`last-admin`: somebody must stay who can let others in")))]
pub(super) async fn demote(
    Admin(who): Admin,
    State(app): State<App>,
    Named(id): Named<Kind>,
) -> Result<Response, Problem> {
    Ok(shown(users::demote(&app, &who, &id).await?.account()))
}

/// Another role.
#[derive(Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, default)]
#[schema(as = RoleRequest)]
pub(super) struct NewRole {
    #[schema(value_type = Role, required)]
    role: Option<Role>,
}

/// Give a person another role in this deployment
///
/// Only owners say who else looks after it.
#[utoipa::path(post, path = "/v1/admin/users/{id}/role", operation_id = "setUserRole", tag = "users", params(("id" = String, Path, description = "Their `id`")), request_body = NewRole,
    responses((status = 200, description = "The account", body = Account<'static>),
        (status = 409, description = "`last-admin`: somebody must stay who can let others in")))]
pub(super) async fn set_role(
    Admin(who): Admin,
    State(app): State<App>,
    Named(id): Named<Kind>,
    Body(body): Body,
) -> Result<Response, Problem> {
    let ask: NewRole = members(body).map_err(Refused::from)?;
    let role = ask.role.ok_or_else(|| Problem::field("role", "must be owner, admin, auditor or user"))?;
    Ok(shown(users::set_role(&app, &who, &id, role).await?.account()))
}

/// End all sessions of a person
///
/// They sign in again everywhere, and their apps are told.
#[utoipa::path(post, path = "/v1/admin/users/{id}/sign-out", operation_id = "signUserOut", tag = "users", params(("id" = String, Path, description = "Their `id`")),
    responses((status = 200, description = "The account", body = Account<'static>)))]
pub(super) async fn sign_out(
    Admin(who): Admin,
    State(app): State<App>,
    Named(id): Named<Kind>,
) -> Result<Response, Problem> {
    Ok(shown(users::sign_out(&app, &who, &id).await?.account()))
}

/// A new password.
#[derive(Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = PasswordRequest)]
pub(super) struct Chosen {
    #[schema(value_type = String, required, format = Password)]
    password: Option<Secret>,
}

/// Give a person another password
///
/// Their sessions end, and they are told by mail.
#[utoipa::path(post, path = "/v1/admin/users/{id}/password", operation_id = "setUserPassword", tag = "users", params(("id" = String, Path, description = "Their `id`")), request_body = Chosen,
    responses((status = 200, description = "The account", body = Account<'static>)))]
pub(super) async fn set_password(
    Admin(who): Admin,
    State(app): State<App>,
    Named(id): Named<Kind>,
    Body(body): Body,
) -> Result<Response, Problem> {
    let chosen: Chosen = members(body).map_err(Refused::from)?;
    let password = chosen.password.ok_or_else(|| Problem::field("password", "must be given"))?;
    Ok(shown(users::set_password(&app, &who, &id, password).await?.account()))
}

/// A link for a new password.
#[derive(Serialize, ToSchema)]
pub(super) struct ResetLink {
    /// For the person; shown once.
    reset_link: String,
}

/// Make a link for a new password
///
/// For whoever hands it to the person; good once, for half an hour. It is shown once.
#[utoipa::path(post, path = "/v1/admin/users/{id}/reset-link", operation_id = "makeResetLink", tag = "users", params(("id" = String, Path, description = "Their `id`")),
    responses((status = 201, description = "The link", body = ResetLink),
        (status = 409, description = "`user-disabled`: enable the account first")))]
pub(super) async fn reset_link(
    Admin(who): Admin,
    State(app): State<App>,
    Named(id): Named<Kind>,
) -> Result<Response, Problem> {
    let link = users::reset_link(&app, &who, &id).await?;
    Ok((StatusCode::CREATED, Json(ResetLink { reset_link: link.reveal().to_owned() })).into_response())
}

/// Say that an address is the person's own
///
/// Whoever calls this has seen to it.
#[utoipa::path(post, path = "/v1/admin/users/{id}/verify-email", operation_id = "verifyUserEmail", tag = "users", params(("id" = String, Path, description = "Their `id`")),
    responses((status = 200, description = "The account", body = Account<'static>)))]
pub(super) async fn verify(
    Admin(who): Admin,
    State(app): State<App>,
    Named(id): Named<Kind>,
) -> Result<Response, Problem> {
    Ok(shown(users::verify(&app, &who, &id).await?.account()))
}

/// Remove passkeys and codes
///
/// For a person who has lost them: passkeys, the app that shows codes, and recovery codes are no more. All their sessions end, and
/// they are told by mail.
#[utoipa::path(post, path = "/v1/admin/users/{id}/reset-factors", operation_id = "resetUserFactors", tag = "users", params(("id" = String, Path, description = "Their `id`")),
    responses((status = 200, description = "The account", body = Account<'static>)))]
pub(super) async fn reset_factors(
    Admin(who): Admin,
    State(app): State<App>,
    Named(id): Named<Kind>,
) -> Result<Response, Problem> {
    Ok(shown(users::reset_factors(&app, &who, &id).await?.account()))
}
