//! What stands around every route, from the outside in: name and log line, security headers, panics, refusals, the
//! body, the time.

use super::body::{Allowance, body};
use super::gate::gate;
use super::refusal::refusal;
use super::{Phase, Stop};
use crate::config::Config;
use crate::observe;
use axum::Router;
use axum::extract::{Request, State};
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use axum::middleware::{Next, from_fn, from_fn_with_state};
use axum::response::{IntoResponse, Response};
use ipnet::IpNet;
use std::any::Any;
use std::sync::Arc;
use std::time::Duration;
use tower::ServiceBuilder;
use tower_http::catch_panic::CatchPanicLayer;

/// Puts the layers around all routes of `router`, and around its fallback; whoever wants one sets it before, as
/// `.fallback(`[`not_found`]`)`.
pub fn layered(router: Router, config: &Config, stop: Stop) -> Router {
    let trusted: Arc<[IpNet]> = config.proxies.trusted.clone().into();
    let allowed = Allowance { bytes: config.limits.body_bytes, time: config.limits.body_read };
    let always = Always { headers: security_headers(config.issuer.starts_with("https:")).into(), stop };
    router.layer(
        ServiceBuilder::new()
            .layer(from_fn_with_state(trusted, observe::request_id))
            .layer(from_fn_with_state(always, on_every_answer))
            .layer(CatchPanicLayer::custom(panicked))
            .layer(from_fn(gate))
            .layer(from_fn_with_state(allowed, body))
            .layer(from_fn_with_state(config.limits.handler, in_time)),
    )
}

/// A fallback for paths that nobody serves. RFC 9457 for whoever asks for JSON, else a line of text; never the path.
pub async fn not_found(headers: HeaderMap) -> Response {
    let accept = headers.get(header::ACCEPT).and_then(|accept| accept.to_str().ok()).unwrap_or_default();
    if accept.contains("json") {
        let problem = r#"{"type":"about:blank","title":"Not Found","status":404}"#;
        (StatusCode::NOT_FOUND, [(header::CONTENT_TYPE, "application/problem+json")], problem).into_response()
    } else {
        (StatusCode::NOT_FOUND, "There is nothing here.\n").into_response()
    }
}

/// OWASP ASVS 5.0 §3.4. A handler that sets one of them itself knows better.
fn security_headers(https: bool) -> Vec<(HeaderName, &'static str)> {
    let mut headers = vec![
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::REFERRER_POLICY, "no-referrer"),
        (HeaderName::from_static("cross-origin-resource-policy"), "same-origin"),
        (HeaderName::from_static("permissions-policy"), NO_PERMISSIONS),
        // What we answer is about someone, unless its handler says otherwise.
        (header::CACHE_CONTROL, "no-store"),
    ];
    if https {
        headers.push((header::STRICT_TRANSPORT_SECURITY, "max-age=63072000; includeSubDomains"));
    }
    headers
}

/// Nothing that a page could ask a person's device for. Passkeys aren't among it: they stay with our own origin.
const NO_PERMISSIONS: &str = "accelerometer=(), autoplay=(), bluetooth=(), camera=(), display-capture=(), \
     encrypted-media=(), fullscreen=(), geolocation=(), gyroscope=(), hid=(), idle-detection=(), \
     local-fonts=(), magnetometer=(), microphone=(), midi=(), payment=(), picture-in-picture=(), \
     screen-wake-lock=(), serial=(), sync-xhr=(), usb=(), xr-spatial-tracking=()";

/// What stands on every answer. (tower-http's layer would clone a boxed maker for each header of each request.)
#[derive(Clone)]
struct Always {
    headers: Arc<[(HeaderName, &'static str)]>,
    stop: Stop,
}

async fn on_every_answer(State(always): State<Always>, request: Request, next: Next) -> Response {
    let mut response = next.run(request).await;
    for (name, value) in always.headers.iter() {
        response.headers_mut().entry(name).or_insert(HeaderValue::from_static(value));
    }
    // Clients that keep their connection would never turn to another server.
    if always.stop.phase() != Phase::Running {
        response.headers_mut().insert(header::CONNECTION, HeaderValue::from_static("close"));
    }
    response
}

fn panicked(payload: Box<dyn Any + Send>) -> Response {
    let text = payload.downcast_ref::<&str>().copied();
    let text = text.or_else(|| payload.downcast_ref::<String>().map(String::as_str)).unwrap_or_default();
    tracing::error!(panic = text, "a request ended in a bug of ours; the others go on");
    refusal(StatusCode::INTERNAL_SERVER_ERROR, "server_error", "Something went wrong on our side.")
}

/// Middleware: 503 when there is no answer in time. What the handler was doing is dropped where it waits.
async fn in_time(State(limit): State<Duration>, request: Request, next: Next) -> Response {
    match tokio::time::timeout(limit, next.run(request)).await {
        Ok(response) => response,
        Err(_) => {
            tracing::warn!("a request was given up at the time limit of limits.handler");
            let text = "The server is too busy; try again.";
            let mut response = refusal(StatusCode::SERVICE_UNAVAILABLE, "temporarily_unavailable", text);
            response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from_static("5"));
            response
        }
    }
}
