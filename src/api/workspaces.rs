//! `/v1/admin/workspaces`: workspaces and their members.

use super::{Admin, Named, NamedIn, made, shown};
use crate::admin::workspaces::Changed;
use crate::admin::{Acting, Refused, workspaces};
use crate::app::App;
use crate::base::id::{User, UserId, Workspace as Kind, WorkspaceId};
use crate::oauth::living::Acts;
use crate::people::workspaces::{Member, Standing, Workspace};
use crate::web::json::{Json as Body, members as read};
use crate::web::paging::{Listed, Paging, Search, page};
use crate::web::{Params, Problem, Query};
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use serde::Deserialize;
use utoipa::ToSchema;

const LIST: &str = "admin/workspaces";

/// List workspaces
///
/// By slug.
#[utoipa::path(get, path = "/v1/admin/workspaces", operation_id = "listWorkspaces", tag = "workspaces",
    params(Paging, Search),
    responses((status = 200, description = "A page of workspaces", body = Listed<Workspace>)))]
pub(super) async fn list(_: Admin, State(app): State<App>, Query(params): Query) -> Result<Response, Problem> {
    let paging = Paging::read(&app.keys.macs(), LIST, &params)?;
    let (found, more) = workspaces::list(&app, &paging.after, &paging.search, paging.limit).await?;
    let last = found.last().filter(|_| more).map(|one| one.slug.to_string());
    Ok(page(&app, LIST, &paging, found, last.as_deref()))
}

/// A workspace to be.
#[derive(Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, default)]
#[schema(as = WorkspaceRequest)]
pub(super) struct Ask {
    /// Its name towards programs; never changes.
    #[schema(required, pattern = "^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$", example = "acme")]
    slug: String,
    /// Its name towards people.
    #[schema(required, min_length = 1, max_length = 100, example = "Acme")]
    name: String,
}

/// Make a workspace
#[utoipa::path(post, path = "/v1/admin/workspaces", operation_id = "createWorkspace", tag = "workspaces",
    request_body = Ask,
    responses((status = 201, description = "The workspace", body = Workspace),
        (status = 409, description = "`workspace-exists`: there is one of this slug")))]
pub(super) async fn create(Admin(who): Admin, State(app): State<App>, Body(body): Body) -> Result<Response, Problem> {
    let ask: Ask = read(body).map_err(Refused::from)?;
    let one = workspaces::create(&app, &who, &ask.slug, &ask.name).await?;
    Ok(made(&app, &format!("/v1/admin/workspaces/{}", one.slug), one))
}

/// Show a workspace
#[utoipa::path(get, path = "/v1/admin/workspaces/{slug}", operation_id = "getWorkspace", tag = "workspaces",
    params(("slug" = String, Path, description = "Its slug")),
    responses((status = 200, description = "The workspace", body = Workspace)))]
pub(super) async fn show(
    Admin(who): Admin,
    State(app): State<App>,
    Named(slug): Named<Kind>,
) -> Result<Response, Problem> {
    Ok(shown(workspaces::show(&app, &who, &slug).await?))
}

/// Another name, another limit.
#[derive(Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, default)]
#[schema(as = WorkspacePatch)]
pub(super) struct Name {
    /// Its name towards people.
    #[schema(min_length = 1, max_length = 100)]
    pub name: Option<String>,
    /// Requests a second with tokens of the workspace: 0 for no limit, null for the usual one.
    #[schema(maximum = 1_000_000)]
    pub requests_per_second: Option<u32>,
    /// Whether its owners and admins may open members' connected accounts in an emergency; for its owners to say.
    pub break_glass: Option<bool>,
}

/// Rename a workspace
///
/// A merge patch (RFC 7396).
#[utoipa::path(patch, path = "/v1/admin/workspaces/{slug}", operation_id = "renameWorkspace", tag = "workspaces",
    params(("slug" = String, Path, description = "Its slug")), request_body = Name,
    responses((status = 200, description = "The workspace", body = Workspace)))]
pub(super) async fn rename(
    Admin(who): Admin,
    State(app): State<App>,
    Named(slug): Named<Kind>,
    Body(body): Body,
) -> Result<Response, Problem> {
    let limited = body.contains_key("requests_per_second");
    let ask: Name = read(body).map_err(Refused::from)?;
    let Name { name, requests_per_second, break_glass } = ask;
    if name.is_none() && break_glass.is_none() && !limited {
        return Err(Problem::field("name", "must be given, or requests_per_second, or break_glass"));
    }
    let changed = Changed { name, per_second: limited.then_some(requests_per_second), break_glass };
    Ok(shown(workspaces::change(&app, &who, &slug, changed).await?))
}

/// Delete a workspace
///
/// All that was allowed in it ends; its people stay.
#[utoipa::path(delete, path = "/v1/admin/workspaces/{slug}", operation_id = "deleteWorkspace", tag = "workspaces",
    params(("slug" = String, Path, description = "Its slug")),
    responses((status = 204, description = "It is gone")))]
pub(super) async fn delete(
    Admin(who): Admin,
    State(app): State<App>,
    Named(slug): Named<Kind>,
) -> Result<StatusCode, Problem> {
    workspaces::delete(&app, &who, &slug).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// List apps that act in a workspace
///
/// By `client_id`.
#[utoipa::path(get, path = "/v1/admin/workspaces/{slug}/apps", operation_id = "listWorkspaceApps", tag = "workspaces",
    params(("slug" = String, Path, description = "The workspace"), Paging),
    responses((status = 200, description = "A page of apps", body = Listed<Acts>)))]
pub(super) async fn apps(
    Admin(who): Admin,
    State(app): State<App>,
    Named(slug): Named<Kind>,
    Query(params): Query,
) -> Result<Response, Problem> {
    page_of_apps(&app, &who, &slug, LIST, &params).await
}

/// Those that act in a workspace; `list` is where the asker's workspaces are.
pub(super) async fn page_of_apps(
    app: &App,
    who: &Acting,
    slug: &WorkspaceId,
    list: &str,
    params: &Params,
) -> Result<Response, Problem> {
    let list = format!("{list}/{slug}/apps");
    let paging = Paging::read(&app.keys.macs(), &list, params)?;
    let (found, more) = workspaces::apps(app, who, slug, &paging.after, paging.limit).await?;
    let last = found.last().filter(|_| more).map(|one| one.client_id.to_string());
    Ok(page(app, &list, &paging, found, last.as_deref()))
}

/// List members
///
/// In the order in which their accounts were made; `search` looks at how addresses begin, and puts them in that order.
#[utoipa::path(get, path = "/v1/admin/workspaces/{slug}/members", operation_id = "listMembers", tag = "workspaces",
    params(("slug" = String, Path, description = "The workspace"), Paging, Search),
    responses((status = 200, description = "A page of members", body = Listed<Member>)))]
pub(super) async fn members(
    Admin(who): Admin,
    State(app): State<App>,
    Named(slug): Named<Kind>,
    Query(params): Query,
) -> Result<Response, Problem> {
    page_of_members(&app, &who, &slug, LIST, &params).await
}

/// Those who are in a workspace; `list` is where the asker's workspaces are.
pub(super) async fn page_of_members(
    app: &App,
    who: &Acting,
    slug: &WorkspaceId,
    list: &str,
    params: &Params,
) -> Result<Response, Problem> {
    let list = format!("{list}/{slug}/members");
    let paging = Paging::read(&app.keys.macs(), &list, params)?;
    let part = (paging.after.as_str(), paging.search.as_str());
    let (found, more) = workspaces::members(app, who, slug, part, paging.limit).await?;
    let last = found.last().filter(|_| more).map(|one| one.place(&paging.search));
    Ok(page(app, &list, &paging, found, last.as_deref()))
}

/// Who is taken in, as what.
#[derive(Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, default)]
#[schema(as = MemberRequest)]
pub(super) struct NewMember {
    /// The identifier of their account.
    #[schema(value_type = String, required)]
    pub user: Option<UserId>,
    /// Member if not given.
    pub role: Standing,
}

impl NewMember {
    pub fn read(body: Body) -> Result<(UserId, Standing), Problem> {
        let ask: NewMember = read(body.0).map_err(Refused::from)?;
        let user = ask.user.ok_or_else(|| Problem::field("user", "must be the identifier of an account"))?;
        Ok((user, ask.role))
    }
}

/// Take a person in
#[utoipa::path(post, path = "/v1/admin/workspaces/{slug}/members", operation_id = "addMember", tag = "workspaces",
    params(("slug" = String, Path, description = "The workspace")), request_body = NewMember,
    responses((status = 201, description = "The member", body = Member),
        (status = 409, description = "`member-exists`: they are in it already")))]
pub(super) async fn add(
    Admin(who): Admin,
    State(app): State<App>,
    Named(slug): Named<Kind>,
    body: Body,
) -> Result<Response, Problem> {
    let (user, role) = NewMember::read(body)?;
    let added = workspaces::add(&app, &who, &slug, &user, role).await?;
    Ok(made(&app, &format!("/v1/{LIST}/{slug}/members/{user}"), added))
}

/// Show a member
#[utoipa::path(get, path = "/v1/admin/workspaces/{slug}/members/{user}", operation_id = "getMember", tag = "workspaces",
    params(("slug" = String, Path, description = "The workspace"), ("user" = String, Path, description = "The person")),
    responses((status = 200, description = "The member", body = Member)))]
pub(super) async fn member(
    Admin(who): Admin,
    State(app): State<App>,
    NamedIn(slug, user): NamedIn<Kind, User>,
) -> Result<Response, Problem> {
    Ok(shown(workspaces::member(&app, &who, &slug, &user).await?))
}

/// Another role.
#[derive(Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, default)]
#[schema(as = MemberPatch)]
pub(super) struct Role {
    pub role: Option<Standing>,
}

impl Role {
    pub fn read(body: Body) -> Result<Standing, Problem> {
        let ask: Role = read(body.0).map_err(Refused::from)?;
        ask.role.ok_or_else(|| Problem::field("role", "must be owner, admin or member"))
    }
}

/// Give a member another role
///
/// A merge patch (RFC 7396).
#[utoipa::path(patch, path = "/v1/admin/workspaces/{slug}/members/{user}", operation_id = "setMemberRole", tag = "workspaces",
    params(("slug" = String, Path, description = "The workspace"), ("user" = String, Path, description = "The person")),
    request_body = Role,
    responses((status = 200, description = "The member", body = Member)))]
pub(super) async fn set_role(
    Admin(who): Admin,
    State(app): State<App>,
    NamedIn(slug, user): NamedIn<Kind, User>,
    body: Body,
) -> Result<Response, Problem> {
    let role = Role::read(body)?;
    Ok(shown(workspaces::set_role(&app, &who, &slug, &user, role).await?))
}

/// Let a member go
///
/// What they allowed in the workspace ends at once.
#[utoipa::path(delete, path = "/v1/admin/workspaces/{slug}/members/{user}", operation_id = "removeMember", tag = "workspaces",
    params(("slug" = String, Path, description = "The workspace"), ("user" = String, Path, description = "The person")),
    responses((status = 204, description = "They are in it no more")))]
pub(super) async fn remove(
    Admin(who): Admin,
    State(app): State<App>,
    NamedIn(slug, user): NamedIn<Kind, User>,
) -> Result<StatusCode, Problem> {
    workspaces::remove(&app, &who, &slug, &user).await?;
    Ok(StatusCode::NO_CONTENT)
}
