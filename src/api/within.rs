//! `/v1/workspaces`: the workspaces of whoever asks, for those who own or administer them. For whoever isn't in one,
//! there is none.

use super::asked::Person;
use super::workspaces::{Name, NewMember, Role, page_of_apps, page_of_members};
use super::{Named, NamedIn, made, shown};
use crate::admin::workspaces::Changed;
use crate::admin::{Refused, workspaces};
use crate::app::App;
use crate::base::id::{User, Workspace as Kind};
use crate::oauth::living::Acts;
use crate::people::workspaces::{Member, Membership, Workspace};
use crate::web::json::{Json as Body, members as read};
use crate::web::paging::{Listed, Paging, Search};
use crate::web::{Problem, Query};
use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;

const LIST: &str = "workspaces";

/// List my workspaces
///
/// By name; 200 at most.
#[utoipa::path(get, path = "/v1/workspaces", operation_id = "listMyWorkspaces", tag = "my-workspaces",
    responses((status = 200, description = "All of them, and my role in each", body = Listed<Membership>)))]
pub(super) async fn list(
    Person { id, .. }: Person,
    State(app): State<App>,
) -> Result<Json<Listed<Membership>>, Problem> {
    Ok(Json(Listed::whole(workspaces::of_user(&app, &id).await?)))
}

/// Show one of my workspaces
#[utoipa::path(get, path = "/v1/workspaces/{slug}", operation_id = "getMyWorkspace", tag = "my-workspaces",
    params(("slug" = String, Path, description = "Its slug")),
    responses((status = 200, description = "The workspace", body = Workspace)))]
pub(super) async fn show(
    Person { who, .. }: Person,
    State(app): State<App>,
    Named(slug): Named<Kind>,
) -> Result<Response, Problem> {
    Ok(shown(workspaces::show(&app, &who, &slug).await?))
}

/// Rename one of my workspaces
///
/// A merge patch (RFC 7396); for its owners and admins.
#[utoipa::path(patch, path = "/v1/workspaces/{slug}", operation_id = "renameMyWorkspace", tag = "my-workspaces",
    params(("slug" = String, Path, description = "Its slug")), request_body = Name,
    responses((status = 200, description = "The workspace", body = Workspace)))]
pub(super) async fn rename(
    Person { who, .. }: Person,
    State(app): State<App>,
    Named(slug): Named<Kind>,
    Body(body): Body,
) -> Result<Response, Problem> {
    let ask: Name = read(body).map_err(Refused::from)?;
    if ask.requests_per_second.is_some() {
        return Err(Problem::field("requests_per_second", "is for administrators of the deployment"));
    }
    let Name { name, break_glass, .. } = ask;
    if name.is_none() && break_glass.is_none() {
        return Err(Problem::field("name", "must be given, or break_glass"));
    }
    Ok(shown(workspaces::change(&app, &who, &slug, Changed { name, break_glass, per_second: None }).await?))
}

/// List apps that act in one of my workspaces
///
/// By `client_id`; for its owners and admins.
#[utoipa::path(get, path = "/v1/workspaces/{slug}/apps", operation_id = "listMyWorkspaceApps", tag = "my-workspaces",
    params(("slug" = String, Path, description = "The workspace"), Paging),
    responses((status = 200, description = "A page of apps", body = Listed<Acts>)))]
pub(super) async fn apps(
    Person { who, .. }: Person,
    State(app): State<App>,
    Named(slug): Named<Kind>,
    Query(params): Query,
) -> Result<Response, Problem> {
    page_of_apps(&app, &who, &slug, LIST, &params).await
}

/// List members of one of my workspaces
///
/// In the order in which their accounts were made; `search` looks at how addresses begin, and puts them in that order.
#[utoipa::path(get, path = "/v1/workspaces/{slug}/members", operation_id = "listMyMembers", tag = "my-workspaces",
    params(("slug" = String, Path, description = "The workspace"), Paging, Search),
    responses((status = 200, description = "A page of members", body = Listed<Member>)))]
pub(super) async fn members(
    Person { who, .. }: Person,
    State(app): State<App>,
    Named(slug): Named<Kind>,
    Query(params): Query,
) -> Result<Response, Problem> {
    page_of_members(&app, &who, &slug, LIST, &params).await
}

/// Take a person into one of my workspaces
///
/// Admins take in members, owners anyone.
#[utoipa::path(post, path = "/v1/workspaces/{slug}/members", operation_id = "addMyMember", tag = "my-workspaces",
    params(("slug" = String, Path, description = "The workspace")), request_body = NewMember,
    responses((status = 201, description = "The member", body = Member),
        (status = 409, description = "`member-exists`: they are in it already")))]
pub(super) async fn add(
    Person { who, .. }: Person,
    State(app): State<App>,
    Named(slug): Named<Kind>,
    body: Body,
) -> Result<Response, Problem> {
    let (user, role) = NewMember::read(body)?;
    let added = workspaces::add(&app, &who, &slug, &user, role).await?;
    Ok(made(&app, &format!("/v1/{LIST}/{slug}/members/{user}"), added))
}

/// Show a member of one of my workspaces
#[utoipa::path(get, path = "/v1/workspaces/{slug}/members/{user}", operation_id = "getMyMember", tag = "my-workspaces",
    params(("slug" = String, Path, description = "The workspace"), ("user" = String, Path, description = "The person")),
    responses((status = 200, description = "The member", body = Member)))]
pub(super) async fn member(
    Person { who, .. }: Person,
    State(app): State<App>,
    NamedIn(slug, user): NamedIn<Kind, User>,
) -> Result<Response, Problem> {
    Ok(shown(workspaces::member(&app, &who, &slug, &user).await?))
}

/// Give a member of one of my workspaces another role
///
/// A merge patch (RFC 7396); for its owners.
#[utoipa::path(patch, path = "/v1/workspaces/{slug}/members/{user}", operation_id = "setMyMemberRole", tag = "my-workspaces",
    params(("slug" = String, Path, description = "The workspace"), ("user" = String, Path, description = "The person")),
    request_body = Role,
    responses((status = 200, description = "The member", body = Member),
        (status = 409, description = "`last-owner`: make another member an owner first")))]
pub(super) async fn set_role(
    Person { who, .. }: Person,
    State(app): State<App>,
    NamedIn(slug, user): NamedIn<Kind, User>,
    body: Body,
) -> Result<Response, Problem> {
    let role = Role::read(body)?;
    Ok(shown(workspaces::set_role(&app, &who, &slug, &user, role).await?))
}

/// Let a member of one of my workspaces go
///
/// What they allowed in it ends at once. Anyone may let themselves go.
#[utoipa::path(delete, path = "/v1/workspaces/{slug}/members/{user}", operation_id = "removeMyMember", tag = "my-workspaces",
    params(("slug" = String, Path, description = "The workspace"), ("user" = String, Path, description = "The person")),
    responses((status = 204, description = "They are in it no more"),
        (status = 409, description = "`last-owner`: make another member an owner first")))]
pub(super) async fn remove(
    Person { who, .. }: Person,
    State(app): State<App>,
    NamedIn(slug, user): NamedIn<Kind, User>,
) -> Result<StatusCode, Problem> {
    workspaces::remove(&app, &who, &slug, &user).await?;
    Ok(StatusCode::NO_CONTENT)
}
