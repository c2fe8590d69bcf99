//! Tokens that must be fresh now, and tokens that failed.

use super::credentials::role;
use super::named::On;
use super::{Data, Stopped, one};
use crate::app::App;
use crate::vault::actor::{ACCOUNTS_WRITE, Level};
use crate::vault::look::look;
use crate::vault::manage;
use crate::vault::refused::Refused;
use crate::vault::reject::{self, Rejected};
use crate::vault::view::Shown;
use crate::web::json::{Json as Body, members};
use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use serde::Deserialize;
use serde_json::json;
use std::time::Duration;
use utoipa::ToSchema;

/// Which version is to be refreshed.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = RefreshAsk)]
pub(in crate::api) struct Refresh {
    /// The version that was seen: nothing happens when there is a newer one.
    version: Option<i64>,
    /// Which of its credentials, where a provider gives several.
    role: Option<String>,
}

/// Refresh an account's credentials
///
/// Once for each version, however often it is asked for.
#[utoipa::path(post, path = "/v1/accounts/{id}/refresh", operation_id = "refreshAccount", tag = "accounts",
    params(("id" = String, Path, description = "Its id")), request_body = Refresh,
    responses((status = 200, description = "The account", body = Data<Shown>),
        (status = 409, description = "`not_refreshable`"),
        (status = 503, description = "`provider_rate_limited`: it was refreshed a moment ago, and the provider counts")))]
pub(in crate::api) async fn refresh(
    On(who, which): On,
    State(app): State<App>,
    Body(body): Body,
) -> Result<Response, Stopped> {
    let ask: Refresh = members(body).map_err(Refused::from)?;
    if !who.may(ACCOUNTS_WRITE) {
        return Err(Refused::scope(ACCOUNTS_WRITE).into());
    }
    let role = role(ask.role.as_deref())?;
    let seen = manage::with_role(&app, &who, &which, &role, Level::Use).await?;
    manage::refresh(&app, &seen, ask.version, Duration::from_secs(20)).await?;
    let seen = look(&app, &who, &which, &role, app.now()).await?.ok_or_else(Refused::not_found)?;
    Ok(one(Shown::of(&app, &seen, None)))
}

/// A token that failed.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = RejectedToken)]
pub(in crate::api) struct Reject {
    /// Its SHA-256, in lower-case hexadecimal digits.
    token_sha256: Option<String>,
    /// Or its version.
    version: Option<i64>,
    /// Which of the account's credentials it is; its digest tells that, too.
    role: Option<String>,
    /// The provider's status.
    #[schema(minimum = 100, maximum = 599)]
    status: Option<u16>,
    /// The provider's error. The account's history shows the first 200 characters of it to people who look into it.
    provider_error: Option<String>,
}

/// Report a token that failed
///
/// It is refreshed only if it is still the current one; what is said of it stands in the account's history then, once for each
/// version.
#[utoipa::path(post, path = "/v1/accounts/{id}/reject", operation_id = "rejectToken", tag = "accounts",
    params(("id" = String, Path, description = "Its id")), request_body = Reject,
    responses((status = 202, description = "Whether it was the current one", body = Data<Object>)))]
pub(in crate::api) async fn reject(
    On(who, which): On,
    State(app): State<App>,
    Body(body): Body,
) -> Result<Response, Stopped> {
    let ask: Reject = members(body).map_err(Refused::from)?;
    let digits = |text: &String| text.len() == 64 && text.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f'));
    if !ask.token_sha256.iter().all(digits) {
        return Err(Refused::field("token_sha256", "must be 64 lower-case hexadecimal digits").into());
    }
    if ask.status.is_some_and(|status| !(100..=599).contains(&status)) {
        return Err(Refused::field("status", "must be the status of the provider's answer, from 100 to 599").into());
    }
    let role = ask.role.as_deref().map(|text| role(Some(text))).transpose()?;
    let Reject { token_sha256, version, status, provider_error, .. } = ask;
    let rejected = Rejected { role, token_sha256, version, status, provider_error };
    let current = reject::reject(&app, &who, &which, rejected).await?;
    Ok((StatusCode::ACCEPTED, Json(json!({ "data": { "current": current } }))).into_response())
}
