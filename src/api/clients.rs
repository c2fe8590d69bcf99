//! `/v1/admin/clients`: the registry, in RFC 7591's words.

use super::{Admin, IfMatch, Named};
use crate::admin::clients::{self, OVERLAP, Registered, Target};
use crate::admin::{self, Refused, seen};
use crate::app::App;
use crate::base::id::{Client as Kind, ClientId};
use crate::clients::cimd::store::Seen;
use crate::clients::{Client, cimd};
use crate::web::json::{Json as Body, members};
use crate::web::paging::{Paging, page};
use crate::web::{Problem, Query};
use axum::Json;
use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::{AppendHeaders, IntoResponse, Response};
use serde_json::Value;
use std::time::Duration;

/// `GET /v1/admin/clients?limit=&cursor=&search=`
pub(super) async fn list(_: Admin, State(app): State<App>, Query(params): Query) -> Result<Response, Problem> {
    let paging = Paging::read(&app.keys.macs(), "clients", &params)?;
    let (found, more) = clients::list(&app, &paging.after, &paging.search, paging.limit).await?;
    let last = found.last().filter(|_| more).map(|client| client.id.as_str());
    Ok(page(&app, "clients", &paging, found.iter().map(Client::to_json).collect(), last))
}

/// `POST /v1/admin/clients`: RFC 7591 §3.1. A `client_id` may be chosen.
pub(super) async fn create(
    Admin(who): Admin,
    State(app): State<App>,
    Body(mut body): Body,
) -> Result<Response, Problem> {
    let id = match body.remove("client_id") {
        None => None,
        Some(Value::String(id)) => Some(ClientId::from(id)),
        Some(_) => return Err(Problem::field("client_id", "must be a string")),
    };
    let created = clients::create(&app, &who, admin::metadata(body)?, id).await?;
    let location = app.url(&format!("/v1/admin/clients/{}", created.client.id));
    Ok((StatusCode::CREATED, AppendHeaders([(header::LOCATION, location)]), shown(created)).into_response())
}

/// `GET /v1/admin/clients/{id}`
pub(super) async fn show(_: Admin, State(app): State<App>, Named(id): Named<Kind>) -> Result<Response, Problem> {
    if cimd::is_document(id.as_str()) {
        return Ok(Json(seen::show(&app, &id).await?).into_response());
    }
    Ok(bare(clients::show(&app, &id).await?))
}

/// `GET /v1/admin/clients/seen?limit=&cursor=&search=`: clients that are described by documents of their own.
pub(super) async fn seen(_: Admin, State(app): State<App>, Query(params): Query) -> Result<Response, Problem> {
    let paging = Paging::read(&app.keys.macs(), "clients/seen", &params)?;
    let (found, more) = seen::list(&app, &paging.after, &paging.search, paging.limit).await?;
    let last = found.last().filter(|_| more).map(|seen| seen.id.as_str());
    Ok(page(&app, "clients/seen", &paging, found.iter().map(Seen::to_json).collect(), last))
}

/// `PUT /v1/admin/clients/{id}`: RFC 7592 §2.2, what isn't given takes its default.
pub(super) async fn replace(
    Admin(who): Admin,
    State(app): State<App>,
    Named(id): Named<Kind>,
    IfMatch(if_match): IfMatch,
    Body(body): Body,
) -> Result<Response, Problem> {
    Ok(shown(clients::replace(&app, &who, &Target { id, if_match }, body).await?))
}

/// `PATCH /v1/admin/clients/{id}`: RFC 7396.
pub(super) async fn patch(
    Admin(who): Admin,
    State(app): State<App>,
    Named(id): Named<Kind>,
    IfMatch(if_match): IfMatch,
    Body(body): Body,
) -> Result<Response, Problem> {
    Ok(shown(clients::patch(&app, &who, &Target { id, if_match }, body).await?))
}

/// `DELETE /v1/admin/clients/{id}`
pub(super) async fn delete(
    Admin(who): Admin,
    State(app): State<App>,
    Named(id): Named<Kind>,
    IfMatch(if_match): IfMatch,
) -> Result<StatusCode, Problem> {
    clients::delete(&app, &who, &Target { id, if_match }).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// What `rotate-secret` may be told.
#[derive(Default, serde::Deserialize)]
#[serde(deny_unknown_fields, default)]
struct Rotation {
    /// Seconds for which the current secret still works.
    overlap: Option<u64>,
}

/// `POST /v1/admin/clients/{id}/rotate-secret`, with `{"overlap": seconds}` or nothing.
pub(super) async fn rotate_secret(
    Admin(who): Admin,
    State(app): State<App>,
    Named(id): Named<Kind>,
    IfMatch(if_match): IfMatch,
    body: Option<Body>,
) -> Result<Response, Problem> {
    let told: Rotation = body.map(|Body(body)| members(body)).transpose().map_err(Refused::from)?.unwrap_or_default();
    let overlap = told.overlap.map_or(OVERLAP, Duration::from_secs);
    Ok(shown(clients::rotate_secret(&app, &who, &Target { id, if_match }, overlap).await?))
}

/// `POST /v1/admin/clients/{id}/enable`
pub(super) async fn enable(
    Admin(who): Admin,
    State(app): State<App>,
    Named(id): Named<Kind>,
    IfMatch(if_match): IfMatch,
) -> Result<Response, Problem> {
    if cimd::is_document(id.as_str()) {
        return Ok(Json(seen::unblock(&app, &who, &id).await?).into_response());
    }
    Ok(bare(clients::enable(&app, &who, &Target { id, if_match }).await?))
}

/// `POST /v1/admin/clients/{id}/disable`
pub(super) async fn disable(
    Admin(who): Admin,
    State(app): State<App>,
    Named(id): Named<Kind>,
    IfMatch(if_match): IfMatch,
) -> Result<Response, Problem> {
    if cimd::is_document(id.as_str()) {
        return Ok(Json(seen::block(&app, &who, &id).await?).into_response());
    }
    Ok(bare(clients::disable(&app, &who, &Target { id, if_match }).await?))
}

fn bare(client: Client) -> Response {
    shown(Registered { client, secret: None })
}

/// RFC 7591 §3.2.1: the client as it is registered; its entity tag is its revision.
fn shown(registered: Registered) -> Response {
    let tag = AppendHeaders([(header::ETAG, format!("\"{}\"", registered.client.rev))]);
    (tag, Json(registered.to_json())).into_response()
}
