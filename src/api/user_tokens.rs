//! `/v1/admin/users/{id}/tokens`, `/v1/admin/tokens/{id}`: API tokens of people.

use super::{Admin, Named};
use crate::admin::{Refused, tokens};
use crate::api_tokens::ApiToken;
use crate::app::App;
use crate::base::id::User as Kind;
use crate::web::json::{Json as Body, members};
use crate::web::paging::{Paging, page};
use crate::web::{Problem, Query};
use axum::Json;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use serde::Deserialize;

/// `GET /v1/admin/users/{id}/tokens?limit=&cursor=`
pub(super) async fn list(
    _: Admin,
    State(app): State<App>,
    Named(id): Named<Kind>,
    Query(params): Query,
) -> Result<Response, Problem> {
    let name = format!("users/{id}/tokens");
    let paging = Paging::read(&app.keys.macs(), &name, &params)?;
    let (found, more) = tokens::list(&app, &id, &paging.after, paging.limit).await?;
    let last = found.last().filter(|_| more).map(|token| token.id.as_str());
    Ok(page(&app, &name, &paging, found.iter().map(ApiToken::to_json).collect(), last))
}

/// `DELETE /v1/admin/tokens/{id}`
pub(super) async fn delete(
    Admin(who): Admin,
    State(app): State<App>,
    Path(id): Path<String>,
) -> Result<StatusCode, Problem> {
    tokens::delete(&app, &who, &id).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Another limit.
#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct Ask {
    requests_per_second: Option<u32>,
}

/// `PATCH /v1/admin/tokens/{id}` with `requests_per_second`: a number, 0 for no limit, null for the usual one.
pub(super) async fn limit(
    Admin(who): Admin,
    State(app): State<App>,
    Path(id): Path<String>,
    Body(body): Body,
) -> Result<Response, Problem> {
    if !body.contains_key("requests_per_second") {
        return Err(Problem::field("requests_per_second", "must be given: a number, or null for the usual one"));
    }
    let ask: Ask = members(body).map_err(Refused::from)?;
    let token = tokens::set_per_second(&app, &who, &id, ask.requests_per_second).await?;
    Ok(Json(token.to_json()).into_response())
}
