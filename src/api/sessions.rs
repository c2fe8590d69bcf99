//! `/v1/admin/users/{id}/sessions`: where a person is signed in.

use super::{Admin, Named, NamedIn};
use crate::admin::sessions;
use crate::app::App;
use crate::base::id::{Session, User};
use crate::signin::session::Known;
use crate::web::Problem;
use crate::web::paging::Listed;
use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;

/// List sessions of a person
///
/// Used last first; 200 at most.
#[utoipa::path(get, path = "/v1/admin/users/{id}/sessions", operation_id = "listSessions", tag = "users",
    params(("id" = String, Path, description = "The person's `id`")),
    responses((status = 200, description = "All of them", body = Listed<Known>)))]
pub(super) async fn list(
    _: Admin,
    State(app): State<App>,
    Named(id): Named<User>,
) -> Result<Json<Listed<Known>>, Problem> {
    Ok(Json(Listed::whole(sessions::list(&app, &id).await?)))
}

/// End a session
///
/// The person signs in again there, and the apps that took part in it are told.
#[utoipa::path(delete, path = "/v1/admin/users/{id}/sessions/{sid}", operation_id = "endSession", tag = "users",
    params(("id" = String, Path, description = "The person's `id`"), ("sid" = String, Path, description = "Its `sid`")),
    responses((status = 204, description = "It has ended")))]
pub(super) async fn end(
    Admin(who): Admin,
    State(app): State<App>,
    NamedIn(id, sid): NamedIn<User, Session>,
) -> Result<StatusCode, Problem> {
    sessions::end(&app, &who, &id, &sid).await?;
    Ok(StatusCode::NO_CONTENT)
}
