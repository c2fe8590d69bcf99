//! `/v1/admin/settings`: the effective settings.

use super::Admin;
use crate::admin::settings::{self, Setting};
use crate::app::App;
use crate::web::paging::Listed;
use axum::Json;
use axum::extract::State;

/// List the effective settings
///
/// Each with where it came from; secrets are masked.
#[utoipa::path(get, path = "/v1/admin/settings", operation_id = "listSettings", tag = "settings",
    responses((status = 200, description = "All of them", body = Listed<Setting>)))]
pub(super) async fn list(_: Admin, State(app): State<App>) -> Json<Listed<Setting>> {
    Json(Listed::whole(settings::all(&app)))
}
