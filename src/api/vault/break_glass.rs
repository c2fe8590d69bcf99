//! Opening a member's account in an emergency.

use super::named::On;
use super::{Data, Stopped, one};
use crate::app::App;
use crate::vault::break_glass;
use crate::vault::refused::Refused;
use crate::vault::view::Shown;
use crate::web::json::{Json as Body, members};
use axum::extract::State;
use axum::response::Response;
use serde::Deserialize;
use utoipa::ToSchema;

/// Why somebody else's account is opened.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = BreakGlassAsk)]
pub(in crate::api) struct Ask {
    /// What for. The account's owner reads it.
    #[schema(required, min_length = 1, max_length = 500)]
    reason: Option<String>,
}

/// Open a member's account
///
/// For owners and admins of the workspace, in an emergency: they may manage it until `break_glass_until`. It is in the trail and in
/// the account's timeline, and its owner is told by mail.
#[utoipa::path(post, path = "/v1/accounts/{id}/break_glass", operation_id = "breakGlass", tag = "sharing",
    params(("id" = String, Path, description = "Its id")), request_body = Ask,
    responses((status = 200, description = "The account", body = Data<Shown>),
        (status = 403, description = "`forbidden`; `break_glass_off`: the workspace doesn't let anybody"),
        (status = 409, description = "`open_already`: the caller manages it as it is")))]
pub(in crate::api) async fn open(
    On(who, which): On,
    State(app): State<App>,
    Body(body): Body,
) -> Result<Response, Stopped> {
    let ask: Ask = members(body).map_err(Refused::from)?;
    let seen = break_glass::open(&app, &who, &which, ask.reason.as_deref().unwrap_or_default()).await?;
    Ok(one(Shown::of(&app, &seen, None)))
}
