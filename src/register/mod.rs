//! RFC 7591, RFC 7592, OIDC Registration: `/oauth2/register`, where apps register themselves and look after what they
//! registered.

mod refusal;
mod shown;
mod wire;

use crate::admin::Refused;
use crate::admin::registration::{self, By};
use crate::app::App;
use crate::base::Secret;
use crate::base::id::ClientId;
use crate::clients::{Client, invites};
use crate::config::Registration;
use crate::oauth::cors;
use crate::oauth::error::no_store;
use crate::signin::throttle::{Gauge, Taken, take};
use crate::web::authorization::{Authorization, authorization};
use crate::web::{Call, json};
use axum::Json;
use axum::body::Bytes;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, Method, StatusCode};
use axum::middleware::from_fn;
use axum::response::Response;
use refusal::Refusal;
use serde_json::{Map, Value};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

/// The routes, where the settings let anyone register.
pub fn routes(app: &App) -> OpenApiRouter<App> {
    if app.config.registration == Registration::Off {
        return OpenApiRouter::default();
    }
    OpenApiRouter::default()
        .routes(routes!(create))
        .routes(routes!(show, replace, delete))
        .layer(from_fn(cors::registration))
}

/// Register an app
///
/// RFC 7591 §3.1, in its words. The token is one that an administrator made; where anyone may register, none is needed.
#[utoipa::path(post, path = "/oauth2/register", operation_id = "register", tag = "oauth", security(("bearer" = []), ()),
    request_body(content = Object, content_type = "application/json"),
    responses((status = 201, description = "What is registered, with its tokens", body = shown::Information),
        (status = 400, description = "`invalid_client_metadata`, `invalid_redirect_uri`"),
        (status = 401, description = "`invalid_token`: the initial access token is missing, or isn't good"),
        (status = 429, description = "`too_many_requests`: `Retry-After` says when to try again"),
        (status = 500, description = "`server_error`: it is in the log"),
        (status = 503, description = "`temporarily_unavailable`: not now")))]
async fn create(State(app): State<App>, call: Call, headers: HeaderMap, body: Bytes) -> Result<Response, Refusal> {
    throttle(&app, &call).await?;
    let by = invited(&app, &headers).await?;
    let members = object(&headers, &body)?;
    let metadata = wire::metadata(&app, &by, members)?;
    let made = registration::register(&app, &call, by, metadata).await?;
    let shown = shown::information(&app, &made.registered.client, made.registered.secret.as_ref(), &made.token);
    Ok(no_store((StatusCode::CREATED, Json(shown))))
}

/// Read a registration
///
/// RFC 7592 §2.1.
#[utoipa::path(get, path = "/oauth2/register/{id}", operation_id = "readRegistration", tag = "oauth",
    params(("id" = String, Path, description = "The `client_id`")),
    security(("bearer" = [])),
    responses((status = 200, description = "What is registered", body = shown::Information),
        (status = 401, description = "`invalid_token`: the registration access token isn't this client's"),
        (status = 429, description = "`too_many_requests`: `Retry-After` says when to try again"),
        (status = 500, description = "`server_error`: it is in the log"),
        (status = 503, description = "`temporarily_unavailable`: not now")))]
async fn show(
    State(app): State<App>,
    call: Call,
    headers: HeaderMap,
    Path(id): Path<String>,
) -> Result<Response, Refusal> {
    let (client, token) = admit(&app, &call, &headers, &id).await?;
    Ok(no_store(Json(shown::information(&app, &client, None, &token))))
}

/// Change a registration
///
/// RFC 7592 §2.2: what isn't given takes its default.
#[utoipa::path(put, path = "/oauth2/register/{id}", operation_id = "changeRegistration", tag = "oauth",
    params(("id" = String, Path, description = "The `client_id`")),
    security(("bearer" = [])),
    request_body(content = Object, content_type = "application/json"),
    responses((status = 200, description = "What is registered", body = shown::Information),
        (status = 400, description = "`invalid_client_metadata`, `invalid_redirect_uri`"),
        (status = 403, description = "`access_denied`: an administrator looks after this client"),
        (status = 401, description = "`invalid_token`: the registration access token isn't this client's"),
        (status = 429, description = "`too_many_requests`: `Retry-After` says when to try again"),
        (status = 500, description = "`server_error`: it is in the log"),
        (status = 503, description = "`temporarily_unavailable`: not now")))]
async fn replace(
    State(app): State<App>,
    call: Call,
    headers: HeaderMap,
    Path(id): Path<String>,
    body: Bytes,
) -> Result<Response, Refusal> {
    let (client, token) = admit(&app, &call, &headers, &id).await?;
    // Each change makes every replica read clients again.
    throttle(&app, &call).await?;
    let mut members = object(&headers, &body)?;
    if !registration::may_change(&app, &client) {
        return Err(Refusal::forbidden("an administrator of this server looks after this client; ask there"));
    }
    let known = wire::identified(&client, &mut members, app.now())?;
    let replaced =
        registration::replace(&app, &call, &client, |client| wire::replacement(&app, client, members.clone()));
    let replaced = replaced.await?;
    let secret = replaced.secret.as_ref().or(known.as_ref());
    Ok(no_store(Json(shown::information(&app, &replaced.client, secret, &token))))
}

/// Take a registration back
///
/// RFC 7592 §2.3.
#[utoipa::path(delete, path = "/oauth2/register/{id}", operation_id = "deleteRegistration", tag = "oauth",
    params(("id" = String, Path, description = "The `client_id`")),
    security(("bearer" = [])),
    responses((status = 204, description = "It is gone"),
        (status = 401, description = "`invalid_token`: the registration access token isn't this client's"),
        (status = 429, description = "`too_many_requests`: `Retry-After` says when to try again"),
        (status = 500, description = "`server_error`: it is in the log"),
        (status = 503, description = "`temporarily_unavailable`: not now")))]
async fn delete(
    State(app): State<App>,
    call: Call,
    headers: HeaderMap,
    Path(id): Path<String>,
) -> Result<Response, Refusal> {
    let (client, _) = admit(&app, &call, &headers, &id).await?;
    registration::delete(&app, &call, &client).await?;
    Ok(no_store(StatusCode::NO_CONTENT))
}

/// So many registrations and changes from one address: many apps may share one, but not all of a botnet's.
async fn throttle(app: &App, call: &Call) -> Result<(), Refusal> {
    let gauge = Gauge::new("register", &call.network(), app.config.registration_policy.per_minute);
    match take(app, &gauge).await? {
        Taken::Yes => Ok(()),
        Taken::Wait(seconds) => Err(Refusal::too_many(seconds)),
    }
}

/// RFC 7591 §3: who lets it register. A token that is shown must be good, also where none is needed.
async fn invited(app: &App, headers: &HeaderMap) -> Result<By, Refusal> {
    let open = app.config.registration == Registration::Open;
    match authorization(headers) {
        Authorization::None if open => Ok(By::Anyone),
        Authorization::None => Err(Refusal::no_token()),
        Authorization::Bearer(token) => match invites::named(&app.db, &token, app.now()).await? {
            Some(_) => Ok(By::Bearer(token)),
            None => Err(Refusal::uninvited()),
        },
        _ => Err(Refusal::uninvited()),
    }
}

/// RFC 7592 §3: the client of the path, by its registration access token. Unknown, deleted, someone else's: one answer.
async fn admit(app: &App, call: &Call, headers: &HeaderMap, id: &str) -> Result<(Client, Secret), Refusal> {
    let counted = format!("register {id} {}", call.network());
    if app.attempts.exhausted(&counted, app.now()) {
        return Err(Refusal::too_many(60));
    }
    let Authorization::Bearer(token) = authorization(headers) else {
        return Err(Refusal::no_token());
    };
    let named = id.len() <= 64 && id.bytes().all(|b| b.is_ascii_graphic());
    let client = match named {
        true => registration::admit(app, &ClientId::from(id), &token).await?,
        false => None,
    };
    match client {
        Some(client) => Ok((client, token)),
        None => {
            app.attempts.count(&counted, app.now());
            Err(Refusal::not_its_token())
        }
    }
}

/// RFC 7591 §3.1: one JSON object.
fn object(headers: &HeaderMap, body: &Bytes) -> Result<Map<String, Value>, Refusal> {
    if !json::is_json(headers, &Method::POST) {
        return Err(Refusal::metadata("", "the Content-Type must be application/json"));
    }
    json::object(body).map_err(|bad| Refusal::from(Refused::from(bad)))
}
