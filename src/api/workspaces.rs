//! `/v1/admin/workspaces`: workspaces and their members.

use super::{Admin, Named};
use crate::admin::{Refused, workspaces};
use crate::app::App;
use crate::base::id::{UserId, Workspace as Kind, WorkspaceId};
use crate::people::workspaces::{Member, Standing, Workspace};
use crate::web::json::{Json as Body, members as read};
use crate::web::paging::{Paging, page};
use crate::web::{Problem, Query};
use axum::Json;
use axum::extract::{Path, State};
use axum::http::{StatusCode, header};
use axum::response::{AppendHeaders, IntoResponse, Response};
use serde::Deserialize;

/// `GET /v1/admin/workspaces?limit=&cursor=&search=`
pub(super) async fn list(_: Admin, State(app): State<App>, Query(params): Query) -> Result<Response, Problem> {
    let paging = Paging::read(&app.keys.macs(), "workspaces", &params)?;
    let (found, more) = workspaces::list(&app, &paging.after, &paging.search, paging.limit).await?;
    let last = found.last().filter(|_| more).map(|one| one.slug.as_str());
    Ok(page(&app, "workspaces", &paging, found.iter().map(Workspace::to_json).collect(), last))
}

/// A workspace, as it is asked for.
#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct Ask {
    slug: String,
    name: String,
}

/// `POST /v1/admin/workspaces` with `slug` and `name`.
pub(super) async fn create(Admin(who): Admin, State(app): State<App>, Body(body): Body) -> Result<Response, Problem> {
    let ask: Ask = read(body).map_err(Refused::from)?;
    let made = workspaces::create(&app, &who, &ask.slug, &ask.name).await?;
    let location = app.url(&format!("/v1/admin/workspaces/{}", made.slug));
    Ok((StatusCode::CREATED, AppendHeaders([(header::LOCATION, location)]), shown(&made)).into_response())
}

/// `GET /v1/admin/workspaces/{slug}`
pub(super) async fn show(
    Admin(who): Admin,
    State(app): State<App>,
    Named(slug): Named<Kind>,
) -> Result<Response, Problem> {
    Ok(shown(&workspaces::show(&app, &who, &slug).await?))
}

/// Another name.
#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct Name {
    name: String,
}

/// `PATCH /v1/admin/workspaces/{slug}` with `name`.
pub(super) async fn rename(
    Admin(who): Admin,
    State(app): State<App>,
    Named(slug): Named<Kind>,
    Body(body): Body,
) -> Result<Response, Problem> {
    let ask: Name = read(body).map_err(Refused::from)?;
    Ok(shown(&workspaces::rename(&app, &who, &slug, &ask.name).await?))
}

/// `DELETE /v1/admin/workspaces/{slug}`
pub(super) async fn delete(
    Admin(who): Admin,
    State(app): State<App>,
    Named(slug): Named<Kind>,
) -> Result<StatusCode, Problem> {
    workspaces::delete(&app, &who, &slug).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// `GET /v1/admin/workspaces/{slug}/members?limit=&cursor=&search=`
pub(super) async fn members(
    Admin(who): Admin,
    State(app): State<App>,
    Named(slug): Named<Kind>,
    Query(params): Query,
) -> Result<Response, Problem> {
    let paging = Paging::read(&app.keys.macs(), "members", &params)?;
    let part = (paging.after.as_str(), paging.search.as_str());
    let (found, more) = workspaces::members(&app, &who, &slug, part, paging.limit).await?;
    let last = found.last().filter(|_| more).map(|one| one.place(&paging.search));
    Ok(page(&app, "members", &paging, found.iter().map(Member::to_json).collect(), last.as_deref()))
}

/// Who is taken in, as what.
#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct NewMember {
    user: Option<UserId>,
    role: Standing,
}

/// `POST /v1/admin/workspaces/{slug}/members` with `user` (their identifier) and, where wanted, `role`.
pub(super) async fn add(
    Admin(who): Admin,
    State(app): State<App>,
    Named(slug): Named<Kind>,
    Body(body): Body,
) -> Result<Response, Problem> {
    let ask: NewMember = read(body).map_err(Refused::from)?;
    let user = ask.user.ok_or_else(|| Problem::field("user", "must be the identifier of an account"))?;
    let added = workspaces::add(&app, &who, &slug, &user, ask.role).await?;
    Ok((StatusCode::CREATED, Json(added.to_json())).into_response())
}

/// Another role.
#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct Role {
    role: Option<Standing>,
}

/// `PATCH /v1/admin/workspaces/{slug}/members/{user}` with `role`: owner, admin or member.
pub(super) async fn set_role(
    Admin(who): Admin,
    State(app): State<App>,
    Path((slug, user)): Path<(WorkspaceId, UserId)>,
    Body(body): Body,
) -> Result<Response, Problem> {
    let ask: Role = read(body).map_err(Refused::from)?;
    let role = ask.role.ok_or_else(|| Problem::field("role", "must be owner, admin or member"))?;
    Ok(Json(workspaces::set_role(&app, &who, &slug, &user, role).await?.to_json()).into_response())
}

/// `DELETE /v1/admin/workspaces/{slug}/members/{user}`
pub(super) async fn remove(
    Admin(who): Admin,
    State(app): State<App>,
    Path((slug, user)): Path<(WorkspaceId, UserId)>,
) -> Result<StatusCode, Problem> {
    workspaces::remove(&app, &who, &slug, &user).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// The workspace; its entity tag is its revision.
fn shown(one: &Workspace) -> Response {
    let tag = AppendHeaders([(header::ETAG, format!("\"{}\"", one.rev))]);
    (tag, Json(one.to_json())).into_response()
}
