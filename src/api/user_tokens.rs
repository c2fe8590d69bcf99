//! `/v1/admin/users/{id}/tokens`, `/v1/admin/tokens/{id}`: API tokens of people.

use super::{Admin, Named};
use crate::admin::{Refused, tokens};
use crate::api_tokens::Shown;
use crate::app::App;
use crate::base::id::{Session as AnyId, User as Kind};
use crate::web::json::{Json as Body, members};
use crate::web::paging::{Listed, Paging, page};
use crate::web::{Problem, Query};
use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use serde::Deserialize;
use utoipa::ToSchema;

/// List API tokens of a person
///
/// In the order in which they were made.
#[utoipa::path(get, path = "/v1/admin/users/{id}/tokens", operation_id = "listTokens", tag = "tokens",
    params(("id" = String, Path, description = "The person's `id`"),
        ("limit" = Option<i64>, Query, description = "How many at most; 50 if not given", minimum = 1, maximum = 200),
        ("cursor" = Option<String>, Query, description = "What `next_cursor` gave")),
    responses((status = 200, description = "A page of them", body = Listed<Shown>)))]
pub(super) async fn list(
    _: Admin,
    State(app): State<App>,
    Named(id): Named<Kind>,
    Query(params): Query,
) -> Result<Response, Problem> {
    let name = format!("users/{id}/tokens");
    let paging = Paging::read(&app.keys.macs(), &name, &params)?;
    let (found, more) = tokens::list(&app, &id, &paging.after, paging.limit).await?;
    let last = found.last().filter(|_| more).map(|token| token.id.to_string());
    let data: Vec<Shown> = found.into_iter().map(Shown::from).collect();
    Ok(page(&app, &name, &paging, data, last.as_deref()))
}

/// Delete an API token
///
/// It opens nothing any more, at once.
#[utoipa::path(delete, path = "/v1/admin/tokens/{id}", operation_id = "deleteToken", tag = "tokens",
    params(("id" = String, Path, description = "Its `id`")), responses((status = 204, description = "It is gone")))]
pub(super) async fn delete(
    Admin(who): Admin,
    State(app): State<App>,
    Named(id): Named<AnyId>,
) -> Result<StatusCode, Problem> {
    tokens::delete(&app, &who, id.as_str()).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Another limit.
#[derive(Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, default)]
#[schema(as = ApiTokenPatch)]
pub(super) struct Ask {
    /// A number, 0 for no limit, null for what the settings say.
    #[schema(maximum = 1_000_000)]
    requests_per_second: Option<u32>,
}

/// Limit an API token
///
/// How many requests a second it may make.
#[utoipa::path(patch, path = "/v1/admin/tokens/{id}", operation_id = "limitToken", tag = "tokens",
    params(("id" = String, Path, description = "Its `id`")), request_body = Ask,
    responses((status = 200, description = "The token", body = Shown)))]
pub(super) async fn limit(
    Admin(who): Admin,
    State(app): State<App>,
    Named(id): Named<AnyId>,
    Body(body): Body,
) -> Result<Json<Shown>, Problem> {
    if !body.contains_key("requests_per_second") {
        return Err(Problem::field("requests_per_second", "must be given: a number, or null for the usual one"));
    }
    let ask: Ask = members(body).map_err(Refused::from)?;
    Ok(Json(tokens::set_per_second(&app, &who, id.as_str(), ask.requests_per_second).await?.into()))
}
