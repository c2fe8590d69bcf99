//! What stands around every route, from the outside in: name and log line, security headers, panics, refusals, the
//! body, the time.

use super::body::{Allowance, whole};
use super::gate::gate;
use super::refusal::refusal;
use super::{Phase, Stop};
use crate::app::App;
use crate::config::Config;
use crate::guard::gate::{Convention, answer};
use crate::observe::{self, Asking, Counted, Route};
use crate::web::Problem;
use axum::Router;
use axum::extract::{Request, State};
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode, Uri, header};
use axum::middleware::{Next, from_fn_with_state};
use axum::response::{IntoResponse, Response};
use futures_util::FutureExt;
use ipnet::IpNet;
use std::any::Any;
use std::future::poll_fn;
use std::net::{IpAddr, Ipv4Addr};
use std::panic::AssertUnwindSafe;
use std::pin::pin;
use std::sync::Arc;
use std::task::Poll;
use std::time::Duration;
use tower::ServiceExt;

/// What a listener serves: routes, and what proxies ask of the gate.
#[derive(Clone)]
pub struct Front {
    router: Router,
    gate: Option<(App, Arc<Around>)>,
}

impl From<Router> for Front {
    /// With no layers around them.
    fn from(router: Router) -> Self {
        Front { router, gate: None }
    }
}

impl Front {
    /// These routes, and the gate of this house, with the layers around each; around a fallback too, which whoever wants one
    /// sets before, as `.fallback(`[`not_found`]`)`.
    pub fn layered(router: Router, gate: Option<&App>, config: &Config, counted: Counted, stop: Stop) -> Self {
        let around = Arc::new(Around {
            trusted: config.proxies.trusted.clone(),
            headers: security_headers(config.issuer.starts_with("https:")),
            allowed: Allowance { bytes: config.limits.body_bytes, time: config.limits.body_read },
            handler: config.limits.handler,
            counted,
            stop,
        });
        let router = router.layer(from_fn_with_state(Arc::clone(&around), around_route));
        Front { router, gate: gate.map(|app| (app.clone(), around)) }
    }

    /// Answers a request that came from `peer`.
    pub(super) async fn answer(&self, mut request: Request, peer: IpAddr) -> Response {
        let proxies = self.gate.as_ref().zip(Convention::at(request.uri().path()));
        if let Some(((app, around), convention)) = proxies {
            // Boxed: each of the layers would carry it from hand to hand.
            let ask = async |request, asking: Asking| Box::pin(answer(app, request, &asking, convention)).await;
            return around.each(Route::Named(convention.route()), peer, request, ask).await;
        }
        request.extensions_mut().insert(Peer(peer));
        let Ok(response) = self.router.clone().oneshot(request).await;
        response
    }
}

/// The other end of a connection; an extension of requests on their way to a route.
#[derive(Clone, Copy)]
struct Peer(IpAddr);

/// What stands around every request. One and not six: each costs a boxed future and a cloned service.
struct Around {
    trusted: Vec<IpNet>,
    headers: Vec<(HeaderName, HeaderValue)>,
    allowed: Allowance,
    handler: Duration,
    counted: Counted,
    stop: Stop,
}

async fn around_route(State(around): State<Arc<Around>>, mut request: Request, next: Next) -> Response {
    let peer = request.extensions_mut().remove::<Peer>().map_or(IpAddr::V4(Ipv4Addr::UNSPECIFIED), |Peer(peer)| peer);
    let route = Route::Matched(request.extensions().get().cloned());
    let run = async |mut request: Request, asking: Asking| {
        request.extensions_mut().insert(asking);
        next.run(request).await
    };
    around.each(route, peer, request, run).await
}

async fn admitted(around: &Around, request: Request) -> Result<Request, Box<Response>> {
    gate(&request)?;
    whole(around.allowed, request).await
}

impl Around {
    async fn each(
        &self,
        route: Route,
        peer: IpAddr,
        request: Request,
        answer: impl AsyncFnOnce(Request, Asking) -> Response,
    ) -> Response {
        observe::request(&self.trusted, &self.counted.metrics, route, peer, request, async |request, asking| {
            let mut response = match admitted(self, request).await {
                Ok(request) => {
                    let limit = self.handler + patience(request.uri().path());
                    in_time(limit, caught(answer(request, asking))).await
                }
                Err(refusal) => *refusal,
            };
            self.mark(&mut response);
            self.counted.pulse.answered(response.status().as_u16());
            response
        })
        .await
    }

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
    let mut answer = pin!(answer);
    // Most answers are there at once, and need no clock.
    if let Poll::Ready(response) = poll_fn(|cx| Poll::Ready(answer.as_mut().poll(cx))).await {
        return response;
    }
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
