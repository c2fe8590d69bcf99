//! `/v1/admin/clients`: the registry, in RFC 7591's words.

use super::{Admin, Named, made, shown};
use crate::admin::clients::{self, OVERLAP, Target};
use crate::admin::{self, Refused, seen};
use crate::app::App;
use crate::base::id::{Client as Kind, ClientId};
use crate::clients::cimd::store::{Seen, Shown};
use crate::clients::{Client, Entry, Metadata, cimd};
use crate::web::json::{Json as Body, members};
use crate::web::paging::{Listed, Paging, Search, page};
use crate::web::{Problem, Query};
use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use serde_json::Value;
use std::time::Duration;
use utoipa::ToSchema;

const LIST: &str = "admin/clients";
const SEEN: &str = "admin/clients/seen";

/// List clients
///
/// In the order in which they came; `search` looks at names and identifiers.
#[utoipa::path(get, path = "/v1/admin/clients", operation_id = "listClients", tag = "clients", params(Paging, Search),
    responses((status = 200, description = "A page of clients", body = Listed<Entry<'static>>)))]
pub(super) async fn list(_: Admin, State(app): State<App>, Query(params): Query) -> Result<Response, Problem> {
    let paging = Paging::read(&app.keys.macs(), LIST, &params)?;
    let (found, more) = clients::list(&app, &paging.after, &paging.search, paging.limit).await?;
    let last = found.last().filter(|_| more).map(|client| client.id.as_str());
    Ok(page(&app, LIST, &paging, found.iter().map(Client::entry).collect(), last))
}

/// A client to be.
#[derive(ToSchema)]
#[schema(as = ClientRequest)]
#[expect(dead_code, reason = "says what `admin::metadata` reads")]
pub(super) struct Ask {
    /// 3 to 64 letters, digits or `. _ ~ -`; made up if not given.
    #[schema(pattern = "^[A-Za-z0-9._~-]{3,64}$")]
    client_id: Option<String>,
    #[schema(inline)]
    #[serde(flatten)]
    metadata: Metadata,
}

/// Register a client
///
/// RFC 7591 §3.1, in its words; what isn't given takes its default. Where the client has a secret it is shown once.
#[utoipa::path(post, path = "/v1/admin/clients", operation_id = "createClient", tag = "clients", request_body = Ask,
    responses((status = 201, description = "The client as it is registered", body = Entry<'static>),
        (status = 409, description = "`client-exists`: there is a client of this identifier")))]
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
    Ok(made(&app, &format!("/v1/admin/clients/{}", created.client.id), created.to_json()))
}

/// Show a client
#[utoipa::path(get, path = "/v1/admin/clients/{id}", operation_id = "getClient", tag = "clients",
    params(("id" = String, Path, description = "The `client_id`; one that is a URL is percent-encoded")),
    responses((status = 200, description = "The client", body = inline(Either))))]
pub(super) async fn show(_: Admin, State(app): State<App>, Named(id): Named<Kind>) -> Result<Response, Problem> {
    if cimd::is_document(id.as_str()) {
        return Ok(Json(seen::show(&app, &id).await?).into_response());
    }
    Ok(shown(clients::show(&app, &id).await?.entry()))
}

/// A client that is registered, or one that is described by a document of its own.
#[derive(ToSchema)]
#[serde(untagged)]
#[expect(dead_code, reason = "says what is answered")]
pub(super) enum Either {
    Registered(Entry<'static>),
    Seen(Shown<'static>),
}

/// List clients that came by
///
/// Those that are described by documents of their own, and have no entry in the registry.
#[utoipa::path(get, path = "/v1/admin/clients/seen", operation_id = "listSeenClients", tag = "registration",
    params(Paging, Search),
    responses((status = 200, description = "A page of clients", body = Listed<Shown<'static>>)))]
pub(super) async fn seen(_: Admin, State(app): State<App>, Query(params): Query) -> Result<Response, Problem> {
    let paging = Paging::read(&app.keys.macs(), SEEN, &params)?;
    let (found, more) = seen::list(&app, &paging.after, &paging.search, paging.limit).await?;
    let last = found.last().filter(|_| more).map(|seen| seen.id.as_str());
    Ok(page(&app, SEEN, &paging, found.iter().map(Seen::shown).collect(), last))
}

/// Replace what is registered of a client
///
/// RFC 7592 §2.2: what isn't given takes its default. What was shown may be put back as it is.
#[utoipa::path(put, path = "/v1/admin/clients/{id}", operation_id = "replaceClient", tag = "clients",
    params(("id" = String, Path, description = "The `client_id`; one that is a URL is percent-encoded")),
    request_body = Metadata,
    responses((status = 200, description = "The client as it is now", body = Entry<'static>),
        (status = 409, description = "`client-is-caller`: it would lock itself out; use another client")))]
pub(super) async fn replace(
    Admin(who): Admin,
    State(app): State<App>,
    Named(id): Named<Kind>,
    Body(body): Body,
) -> Result<Response, Problem> {
    Ok(shown(clients::replace(&app, &who, &Target::from(id), body).await?.to_json()))
}

/// Change a client
///
/// A merge patch (RFC 7396): null sets a member back to its default.
#[utoipa::path(patch, path = "/v1/admin/clients/{id}", operation_id = "changeClient", tag = "clients",
    params(("id" = String, Path, description = "The `client_id`; one that is a URL is percent-encoded")),
    request_body = ClientPatch,
    responses((status = 200, description = "The client as it is now", body = Entry<'static>),
        (status = 409, description = "`client-is-caller`: it would lock itself out; use another client")))]
pub(super) async fn patch(
    Admin(who): Admin,
    State(app): State<App>,
    Named(id): Named<Kind>,
    Body(body): Body,
) -> Result<Response, Problem> {
    Ok(shown(clients::patch(&app, &who, &Target::from(id), body).await?.to_json()))
}

/// Delete a client
///
/// With its grants and consents.
#[utoipa::path(delete, path = "/v1/admin/clients/{id}", operation_id = "deleteClient", tag = "clients",
    params(("id" = String, Path, description = "The `client_id`; one that is a URL is percent-encoded")),
    responses((status = 204, description = "It is gone"),
        (status = 409, description = "`client-is-caller`: it would lock itself out; use another client")))]
pub(super) async fn delete(
    Admin(who): Admin,
    State(app): State<App>,
    Named(id): Named<Kind>,
) -> Result<StatusCode, Problem> {
    clients::delete(&app, &who, &Target::from(id)).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// What `rotate-secret` may be told.
#[derive(Default, serde::Deserialize, ToSchema)]
#[serde(deny_unknown_fields, default)]
#[schema(as = RotationRequest)]
pub(super) struct Rotation {
    /// Seconds for which the current secret still works; a day if not given.
    #[schema(maximum = 2_592_000)]
    overlap: Option<u64>,
}

/// Make a new secret
///
/// It is shown once. The current one works beside it for `overlap`, any older one ends now.
#[utoipa::path(post, path = "/v1/admin/clients/{id}/rotate-secret", operation_id = "rotateClientSecret", tag = "clients",
    params(("id" = String, Path, description = "The `client_id`; one that is a URL is percent-encoded")),
    request_body = Option<Rotation>,
    responses((status = 200, description = "The client, with its new secret", body = Entry<'static>),
        (status = 409, description = "`client-without-secret`: it authenticates in another way, or not at all")))]
pub(super) async fn rotate_secret(
    Admin(who): Admin,
    State(app): State<App>,
    Named(id): Named<Kind>,
    body: Option<Body>,
) -> Result<Response, Problem> {
    let told: Rotation = body.map(|Body(body)| members(body)).transpose().map_err(Refused::from)?.unwrap_or_default();
    let overlap = told.overlap.map_or(OVERLAP, Duration::from_secs);
    Ok(shown(clients::rotate_secret(&app, &who, &Target::from(id), overlap).await?.to_json()))
}

/// Let a client act again
///
/// Its old grants stay ended.
#[utoipa::path(post, path = "/v1/admin/clients/{id}/enable", operation_id = "enableClient", tag = "clients",
    params(("id" = String, Path, description = "The `client_id`; one that is a URL is percent-encoded")),
    responses((status = 200, description = "The client", body = inline(Either))))]
pub(super) async fn enable(
    Admin(who): Admin,
    State(app): State<App>,
    Named(id): Named<Kind>,
) -> Result<Response, Problem> {
    if cimd::is_document(id.as_str()) {
        return Ok(Json(seen::unblock(&app, &who, &id).await?).into_response());
    }
    Ok(shown(clients::enable(&app, &who, &Target::from(id)).await?.entry()))
}

/// Stop a client
///
/// Its grants end and its machine tokens are void, at once and for good.
#[utoipa::path(post, path = "/v1/admin/clients/{id}/disable", operation_id = "disableClient", tag = "clients",
    params(("id" = String, Path, description = "The `client_id`; one that is a URL is percent-encoded")),
    responses((status = 200, description = "The client", body = inline(Either)),
        (status = 409, description = "`client-is-caller`: it would lock itself out; use another client")))]
pub(super) async fn disable(
    Admin(who): Admin,
    State(app): State<App>,
    Named(id): Named<Kind>,
) -> Result<Response, Problem> {
    if cimd::is_document(id.as_str()) {
        return Ok(Json(seen::block(&app, &who, &id).await?).into_response());
    }
    Ok(shown(clients::disable(&app, &who, &Target::from(id)).await?.entry()))
}

/// All of it may be given, and null sets it back: made from [`Metadata`] where the document is put together.
#[derive(ToSchema)]
pub(super) struct ClientPatch {}
