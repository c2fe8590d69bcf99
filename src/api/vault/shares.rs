//! Sharing an account.

use super::{Stopped, Who};
use crate::api::{Named, NamedIn};
use crate::app::App;
use crate::base::Time;
use crate::base::id::Id;
use crate::vault::accounts::AccountKind;
use crate::vault::actor::Level;
use crate::vault::look::Which;
use crate::vault::manage;
use crate::vault::refused::Refused;
use crate::vault::shares::{self, Share};
use crate::web::json::{Json as Body, members};
use crate::web::paging::Listed;
use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use serde::Deserialize;
use utoipa::ToSchema;

/// With whom an account is shared
#[utoipa::path(get, path = "/v1/accounts/{id}/shares", operation_id = "listShares", tag = "sharing",
    params(("id" = String, Path, description = "Its id")),
    responses((status = 200, description = "All of them", body = Listed<Share>)))]
pub(in crate::api) async fn shares(
    Who(who): Who,
    State(app): State<App>,
    Named(id): Named<AccountKind>,
) -> Result<Response, Stopped> {
    let seen = manage::at_least(&app, &who, &Which::Id(id), Level::Manage).await?;
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
    Who(who): Who,
    State(app): State<App>,
    NamedIn(id, subject): NamedIn<AccountKind, Subject>,
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
    let seen = manage::managed(&app, &who, &Which::Id(id)).await?;
    shares::put(&app, &who, &seen, subject.as_str(), level, until.transpose()?).await?;
    Ok(StatusCode::NO_CONTENT.into_response())
}

/// Marker of a share's subject.
pub(in crate::api) enum Subject {}

/// Share an account no more
#[utoipa::path(delete, path = "/v1/accounts/{id}/shares/{subject}", operation_id = "unshareAccount", tag = "sharing",
    params(("id" = String, Path, description = "Its id"), ("subject" = String, Path, description = "With whom")),
    responses((status = 204, description = "It isn't shared with them")))]
pub(in crate::api) async fn unshare(
    Who(who): Who,
    State(app): State<App>,
    NamedIn(id, subject): NamedIn<AccountKind, Subject>,
) -> Result<Response, Stopped> {
    let subject: Id<Subject> = subject;
    let seen = manage::managed(&app, &who, &Which::Id(id)).await?;
    match shares::delete(&app, &who, &seen, subject.as_str()).await? {
        true => Ok(StatusCode::NO_CONTENT.into_response()),
        false => Err(Refused::not_found().into()),
    }
}
