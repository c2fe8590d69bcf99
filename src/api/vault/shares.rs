//! Sharing an account.

use super::Stopped;
use super::named::On;
use crate::api::asked::can_be;
use crate::app::App;
use crate::base::Time;
use crate::vault::actor::Level;
use crate::vault::manage;
use crate::vault::refused::Refused;
use crate::vault::shares::{self, Share};
use crate::web::json::{Json as Body, members};
use crate::web::paging::Listed;
use axum::Json;
use axum::extract::{FromRequestParts, RawPathParams, State};
use axum::http::StatusCode;
use axum::http::request::Parts;
use axum::response::{IntoResponse, Response};
use serde::Deserialize;
use utoipa::ToSchema;

/// With whom it is shared, as the path says it.
pub(in crate::api) struct With(String);

impl FromRequestParts<App> for With {
    type Rejection = Stopped;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Stopped> {
        let names = RawPathParams::from_request_parts(parts, app).await.map_err(|_| Refused::not_found())?;
        let said = names.iter().find(|(name, value)| *name == "subject" && can_be(value));
        said.map(|(_, value)| With(value.to_owned())).ok_or_else(|| Refused::not_found().into())
    }
}

/// With whom an account is shared
#[utoipa::path(get, path = "/v1/accounts/{id}/shares", operation_id = "listShares", tag = "sharing",
    params(("id" = String, Path, description = "Its id")),
    responses((status = 200, description = "All of them", body = Listed<Share>)))]
pub(in crate::api) async fn shares(On(who, which): On, State(app): State<App>) -> Result<Response, Stopped> {
    let seen = manage::at_least(&app, &who, &which, Level::Manage).await?;
    Ok(Json(Listed::whole(shares::of(&app, &seen.account.id).await?)).into_response())
}

/// How an account is shared.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = ShareAsk)]
pub(in crate::api) struct Sharing {
    /// `view`, `use` or `manage`.
    #[schema(required)]
    level: Option<String>,
    /// Until when; for ever if not given.
    expires_at: Option<String>,
}

/// Share an account
#[utoipa::path(put, path = "/v1/accounts/{id}/shares/{subject}", operation_id = "shareAccount", tag = "sharing",
    params(("id" = String, Path, description = "Its id"),
        ("subject" = String, Path, description = "`user:ID`, `client:ID`, or `workspace` for all its members")),
    request_body = Sharing, responses((status = 204, description = "It is shared so")))]
pub(in crate::api) async fn share(
    On(who, which): On,
    State(app): State<App>,
    With(subject): With,
    Body(body): Body,
) -> Result<Response, Stopped> {
    let ask: Sharing = members(body).map_err(Refused::from)?;
    let level = match ask.level.as_deref() {
        Some("view") => Level::View,
        Some("use") => Level::Use,
        Some("manage") => Level::Manage,
        _ => return Err(Refused::field("level", "must be view, use or manage").into()),
    };
    let until = ask.expires_at.as_deref().map(|text| {
        Time::parse(text).ok_or_else(|| Refused::field("expires_at", "must be a date and time as RFC 3339 writes it"))
    });
    let seen = manage::managed(&app, &who, &which).await?;
    shares::put(&app, &who, &seen, &subject, level, until.transpose()?).await?;
    Ok(StatusCode::NO_CONTENT.into_response())
}

/// Share an account no more
#[utoipa::path(delete, path = "/v1/accounts/{id}/shares/{subject}", operation_id = "unshareAccount", tag = "sharing",
    params(("id" = String, Path, description = "Its id"), ("subject" = String, Path, description = "With whom")),
    responses((status = 204, description = "It isn't shared with them")))]
pub(in crate::api) async fn unshare(
    On(who, which): On,
    State(app): State<App>,
    With(subject): With,
) -> Result<Response, Stopped> {
    let seen = manage::managed(&app, &who, &which).await?;
    match shares::delete(&app, &who, &seen, &subject).await? {
        true => Ok(StatusCode::NO_CONTENT.into_response()),
        false => Err(Refused::not_found().into()),
    }
}
