//! What stands around every route, from the outside in: name and log line, security headers, panics, refusals, the
//! body, the time.

use super::body::{Allowance, whole};
use super::gate::gate;
use super::refusal::refusal;
use super::{Phase, Stop};
use crate::config::Config;
use crate::observe::{self, Counted};
use crate::web::Problem;
use axum::Router;
use axum::extract::{Request, State};
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode, Uri, header};
use axum::middleware::{Next, from_fn_with_state};
use axum::response::{IntoResponse, Response};
use futures_util::FutureExt;
use ipnet::IpNet;
use std::any::Any;
use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::time::Duration;

/// Puts the layers around all routes of `router`, and around its fallback; whoever wants one sets it before, as
/// `.fallback(`[`not_found`]`)`.
pub fn layered(router: Router, config: &Config, counted: Counted, stop: Stop) -> Router {
    let around = Around {
        trusted: config.proxies.trusted.clone(),
        headers: security_headers(config.issuer.starts_with("https:")),
        allowed: Allowance { bytes: config.limits.body_bytes, time: config.limits.body_read },
        handler: config.limits.handler,
        counted,
        stop,
    };
    router.layer(from_fn_with_state(Arc::new(around), around_each))
}

/// What stands around every request. One middleware and not six: each costs a boxed future and a cloned service.
struct Around {
    trusted: Vec<IpNet>,
    headers: Vec<(HeaderName, HeaderValue)>,
    allowed: Allowance,
    handler: Duration,
    counted: Counted,
    stop: Stop,
}

async fn around_each(State(around): State<Arc<Around>>, request: Request, next: Next) -> Response {
    observe::request(&around.trusted, &around.counted.metrics, request, async |request| {
        let mut response = match admitted(&around, request).await {
            Ok(request) => in_time(around.handler + patience(request.uri().path()), caught(next.run(request))).await,
            Err(refusal) => *refusal,
        };
        around.mark(&mut response);
        around.counted.pulse.answered(response.status().as_u16());
        response
    })
    .await
}

async fn admitted(around: &Around, request: Request) -> Result<Request, Box<Response>> {
    gate(&request)?;
    whole(around.allowed, request).await
}

impl Around {
    /// What stands on every answer, unless its handler knew better. One that names its own `nosniff` is for no browser: a proxy
    /// reads its headers and throws it away.
    fn mark(&self, response: &mut Response) {
        let headers = response.headers_mut();
        if !headers.contains_key(header::X_CONTENT_TYPE_OPTIONS) {
            headers.reserve(self.headers.len());
            for (name, value) in &self.headers {
                headers.entry(name).or_insert_with(|| value.clone());
            }
        }
        // Clients that keep their connection would never turn to another server.
        if self.stop.phase() != Phase::Running {
            headers.insert(header::CONNECTION, HeaderValue::from_static("close"));
        }
    }
}

/// A fallback for paths that nobody serves. RFC 9457 under `/v1` and for whoever asks for JSON, else a line of text; never
/// the path.
pub async fn not_found(uri: Uri, headers: HeaderMap) -> Response {
    let accept = headers.get(header::ACCEPT).and_then(|accept| accept.to_str().ok()).unwrap_or_default();
    if accept.contains("json") || uri.path().starts_with("/v1/") {
        Problem::not_found().into_response()
    } else {
        (StatusCode::NOT_FOUND, "There is nothing here.\n").into_response()
    }
}

/// OWASP ASVS 5.0 §3.4. A handler that sets one of them itself knows better.
fn security_headers(https: bool) -> Vec<(HeaderName, HeaderValue)> {
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
    headers.into_iter().map(|(name, value)| (name, HeaderValue::from_static(value))).collect()
}

/// Nothing that a page could ask a person's device for, but passkeys, for our own origin.
const NO_PERMISSIONS: &str = "accelerometer=(), autoplay=(), camera=(), display-capture=(), \
     encrypted-media=(), fullscreen=(), geolocation=(), gyroscope=(), hid=(), idle-detection=(), \
     local-fonts=(), magnetometer=(), microphone=(), midi=(), payment=(), picture-in-picture=(), \
     publickey-credentials-create=(self), publickey-credentials-get=(self), screen-wake-lock=(), serial=(), sync-xhr=(), usb=(), xr-spatial-tracking=()";

/// A bug in a handler ends its request, and nothing else.
async fn caught(answer: impl Future<Output = Response>) -> Response {
    // What a handler had half done is dropped with it.
    AssertUnwindSafe(answer).catch_unwind().await.unwrap_or_else(|payload| panicked(payload.as_ref()))
}

fn panicked(payload: &(dyn Any + Send)) -> Response {
    let text = payload.downcast_ref::<&str>().copied();
    let text = text.or_else(|| payload.downcast_ref::<String>().map(String::as_str)).unwrap_or_default();
    tracing::error!(panic = text, "a request ended in a bug of ours; the others go on");
    refusal(StatusCode::INTERNAL_SERVER_ERROR, "server_error", "Something went wrong on our side.")
}

/// Whoever asks for what a provider has to give says how long they wait for it, and it isn't we who take that time.
fn patience(path: &str) -> Duration {
    let asks = ["/v1/accounts", "/v1/credentials", "/v1/sources", "/v1/connect_sessions", "/connect/"];
    if asks.iter().any(|begin| path.starts_with(begin)) { Duration::from_secs(40) } else { Duration::ZERO }
}

/// 503 when there is no answer in time. What the handler was doing is dropped where it waits.
async fn in_time(limit: Duration, answer: impl Future<Output = Response>) -> Response {
    match tokio::time::timeout(limit, answer).await {
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
