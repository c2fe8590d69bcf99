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
use crate::web::limited::{self, Ledger};
use crate::web::{Call, json};
use axum::body::Bytes;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, Method, StatusCode};
use axum::middleware::from_fn;
use axum::response::Response;
use axum::routing::{get, post};
use axum::{Json, Router};
use refusal::Refusal;
use serde_json::{Map, Value};

/// The routes, where the settings let anyone register.
pub fn routes(app: &App) -> Router<App> {
    if app.config.registration == Registration::Off {
        return Router::new();
    }
    Router::new()
        .route("/oauth2/register", post(create))
        .route("/oauth2/register/{id}", get(show).put(replace).delete(delete))
        .layer(from_fn(cors::registration))
}

/// `POST /oauth2/register`: RFC 7591 §3.1.
async fn create(State(app): State<App>, call: Call, headers: HeaderMap, body: Bytes) -> Result<Response, Refusal> {
    throttle(&app, &call).await?;
    let by = invited(&app, &headers).await?;
    let members = object(&headers, &body)?;
    let metadata = wire::metadata(&app, &by, members)?;
    let made = registration::register(&app, &call, by, metadata).await?;
    let shown = shown::information(&app, &made.registered.client, made.registered.secret.as_ref(), &made.token);
    Ok(no_store((StatusCode::CREATED, Json(shown))))
}

/// `GET /oauth2/register/{client_id}`: RFC 7592 §2.1.
async fn show(
    State(app): State<App>,
    call: Call,
    headers: HeaderMap,
    Path(id): Path<String>,
) -> Result<Response, Refusal> {
    let (client, token) = admit(&app, &call, &headers, &id).await?;
    Ok(no_store(Json(shown::information(&app, &client, None, &token))))
}

/// `PUT /oauth2/register/{client_id}`: RFC 7592 §2.2.
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

/// `DELETE /oauth2/register/{client_id}`: RFC 7592 §2.3.
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
    if let Err(limited) = limited::of_address(app, &Ledger::default(), call, "register").await {
        return Err(Refusal::too_many(i64::try_from(limited.seconds()).unwrap_or(1)));
    }
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
