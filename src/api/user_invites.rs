//! `/v1/admin/user-invites`: who may make an account with a link.

use super::Admin;
use crate::admin::{Refused, invitations};
use crate::app::App;
use crate::base::id::WorkspaceId;
use crate::entry::invitations::{Asked, Invitation};
use crate::people::workspaces::Standing;
use crate::web::json::{Json as Body, members};
use crate::web::paging::{Paging, page};
use crate::web::{Problem, Query};
use axum::Json;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use serde::Deserialize;

/// Whom to invite.
#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct Ask {
    email: String,
    name: String,
    workspace: Option<WorkspaceId>,
    role: Option<Standing>,
}

/// `POST /v1/admin/user-invites` with `email` and, where wanted, `name`, `workspace`, `role` (owner, admin, member). The link
/// is shown once, and mailed where mail is set up.
pub(super) async fn create(Admin(who): Admin, State(app): State<App>, Body(body): Body) -> Result<Response, Problem> {
    let ask: Ask = members(body).map_err(Refused::from)?;
    let role = ask.role.unwrap_or_default();
    let asked = Asked { email: ask.email, name: ask.name, workspace: ask.workspace, role };
    let made = invitations::create(&app, &who, asked).await?;
    Ok((StatusCode::CREATED, Json(made.to_json())).into_response())
}

/// `GET /v1/admin/user-invites?limit=&cursor=`: those that nobody has accepted yet.
pub(super) async fn list(_: Admin, State(app): State<App>, Query(params): Query) -> Result<Response, Problem> {
    let paging = Paging::read(&app.keys.macs(), "user-invites", &params)?;
    let (found, more) = invitations::list(&app, &paging.after, paging.limit).await?;
    let last = found.last().filter(|_| more).map(|one| one.id.as_str());
    Ok(page(&app, "user-invites", &paging, found.iter().map(Invitation::to_json).collect(), last))
}

/// `DELETE /v1/admin/user-invites/{id}`
pub(super) async fn revoke(
    Admin(who): Admin,
    State(app): State<App>,
    Path(id): Path<String>,
) -> Result<StatusCode, Problem> {
    invitations::revoke(&app, &who, &id).await?;
    Ok(StatusCode::NO_CONTENT)
}
