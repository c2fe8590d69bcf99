//! `/v1/admin/invites`: initial access tokens (RFC 7591 §3).

use super::{Admin, Named};
use crate::admin::{Refused, invites};
use crate::app::App;
use crate::clients::invites::Invite;
use crate::web::Problem;
use crate::web::json::{Json as Body, members};
use crate::web::paging::Listed;
use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use serde::{Deserialize, Serialize};
use std::time::Duration;
use utoipa::ToSchema;

/// What an invite may be told.
#[derive(Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, default)]
#[schema(as = InviteRequest)]
pub(super) struct Ask {
    /// How many clients it registers; 1 if not given.
    #[schema(minimum = 1, maximum = 1_000_000)]
    uses: Option<u32>,
    /// Seconds for which it is good; 7 days if not given.
    #[schema(minimum = 60, maximum = 31_536_000)]
    expires_in: Option<u64>,
}

/// An invite that was just made.
#[derive(Serialize, ToSchema)]
#[schema(as = NewInvite)]
struct Made {
    #[serde(flatten)]
    invite: Invite,
    /// For whoever registers an app; shown once.
    initial_access_token: String,
}

/// Make an initial access token
///
/// Whoever has it registers so many apps with it at `/oauth2/register` (RFC 7591 §3). The token is shown once.
#[utoipa::path(post, path = "/v1/admin/invites", operation_id = "createInvite", tag = "registration",
    request_body = Option<Ask>,
    responses((status = 201, description = "The invite, with its token", body = Made)))]
pub(super) async fn create(Admin(who): Admin, State(app): State<App>, body: Option<Body>) -> Result<Response, Problem> {
    let ask: Ask = body.map(|Body(body)| members(body)).transpose().map_err(Refused::from)?.unwrap_or_default();
    let lives = ask.expires_in.map_or(invites::LIVES, Duration::from_secs);
    let (token, invite) = invites::create(&app, &who, ask.uses.unwrap_or(1), lives).await?;
    let made = Made { invite, initial_access_token: token.reveal().to_owned() };
    Ok((StatusCode::CREATED, Json(made)).into_response())
}

/// List initial access tokens
///
/// Those that aren't over, oldest first; 500 at most.
#[utoipa::path(get, path = "/v1/admin/invites", operation_id = "listInvites", tag = "registration",
    responses((status = 200, description = "All of them", body = Listed<Invite>)))]
pub(super) async fn list(_: Admin, State(app): State<App>) -> Result<Json<Listed<Invite>>, Problem> {
    Ok(Json(Listed::whole(invites::list(&app).await?)))
}

/// End an initial access token
///
/// Clients that it registered stay.
#[utoipa::path(delete, path = "/v1/admin/invites/{id}", operation_id = "revokeInvite", tag = "registration",
    params(("id" = String, Path, description = "Its `id`")),
    responses((status = 204, description = "It is good no more")))]
pub(super) async fn revoke(
    Admin(who): Admin,
    State(app): State<App>,
    Named(id): Named<()>,
) -> Result<StatusCode, Problem> {
    invites::revoke(&app, &who, id.as_str()).await?;
    Ok(StatusCode::NO_CONTENT)
}
