//! `/v1/admin/user-invites`: who may make an account with a link.

use super::{Admin, Named};
use crate::admin::invitations::Shown;
use crate::admin::{Refused, invitations};
use crate::app::App;
use crate::base::id::WorkspaceId;
use crate::entry::invitations::{Asked, Invitation};
use crate::people::workspaces::Standing;
use crate::web::json::{Json as Body, members};
use crate::web::paging::{Listed, Paging, page};
use crate::web::{Problem, Query};
use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use serde::Deserialize;
use utoipa::ToSchema;

const LIST: &str = "admin/user-invites";

/// Whom to invite.
#[derive(Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, default)]
#[schema(as = InvitationRequest)]
pub(super) struct Ask {
    #[schema(required, example = "ada@example.com")]
    email: String,
    /// What to call them.
    name: String,
    /// Into which workspace; if not given, they make an account as the settings have it.
    #[schema(value_type = Option<String>)]
    workspace: Option<WorkspaceId>,
    /// Their role there; member if not given.
    role: Option<Standing>,
}

/// Invite a person
///
/// Makes a link with which they make an account, or join the workspace with the one that they have. It is shown once, and
/// mailed where mail is set up. An earlier invitation of the same address to the same workspace is good no more.
#[utoipa::path(post, path = "/v1/admin/user-invites", operation_id = "inviteUser", tag = "invitations", request_body = Ask,
    responses((status = 201, description = "The invitation, with its link", body = Shown<'static>),
        (status = 409, description = "`user-exists`: there is an account with this address, and no workspace is named")))]
pub(super) async fn create(Admin(who): Admin, State(app): State<App>, Body(body): Body) -> Result<Response, Problem> {
    let ask: Ask = members(body).map_err(Refused::from)?;
    let role = ask.role.unwrap_or_default();
    let asked = Asked { email: ask.email, name: ask.name, workspace: ask.workspace, role };
    let made = invitations::create(&app, &who, asked).await?;
    Ok((StatusCode::CREATED, Json(made.to_json())).into_response())
}

/// List invitations
///
/// Those that nobody has accepted yet, oldest first.
#[utoipa::path(get, path = "/v1/admin/user-invites", operation_id = "listInvitations", tag = "invitations", params(Paging),
    responses((status = 200, description = "A page of invitations", body = Listed<Invitation>)))]
pub(super) async fn list(_: Admin, State(app): State<App>, Query(params): Query) -> Result<Response, Problem> {
    let paging = Paging::read(&app.keys.macs(), LIST, &params)?;
    let (found, more) = invitations::list(&app, &paging.after, paging.limit).await?;
    let last = found.last().filter(|_| more).map(|one| one.id.clone());
    Ok(page(&app, LIST, &paging, found, last.as_deref()))
}

/// Take an invitation back
#[utoipa::path(delete, path = "/v1/admin/user-invites/{id}", operation_id = "revokeInvitation", tag = "invitations",
    params(("id" = String, Path, description = "Its `id`")),
    responses((status = 204, description = "Its link is good no more")))]
pub(super) async fn revoke(
    Admin(who): Admin,
    State(app): State<App>,
    Named(id): Named<()>,
) -> Result<StatusCode, Problem> {
    invitations::revoke(&app, &who, id.as_str()).await?;
    Ok(StatusCode::NO_CONTENT)
}
