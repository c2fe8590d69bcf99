//! Fetch §3.2: which pages of other origins may read our answers. Documents: all. Tokens: the origins that a public
//! client registered. Pages for people: none.

use crate::app::App;
use crate::clients;
use axum::extract::{Request, State};
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};

/// Layer of documents that anyone may read.
pub async fn everyone(request: Request, next: Next) -> Response {
    let preflight = is_preflight(&request);
    let mut response = if preflight { StatusCode::NO_CONTENT.into_response() } else { next.run(request).await };
    allow(response.headers_mut(), HeaderValue::from_static("*"), preflight);
    response
}

/// Layer of the endpoint where apps register: who asks isn't registered yet, and no cookie counts there.
pub async fn registration(request: Request, next: Next) -> Response {
    let mut response = everyone(request, next).await;
    if response.headers().contains_key(header::ACCESS_CONTROL_ALLOW_METHODS) {
        let methods = HeaderValue::from_static("GET, POST, PUT, DELETE");
        response.headers_mut().insert(header::ACCESS_CONTROL_ALLOW_METHODS, methods);
    }
    response
}

/// Layer of endpoints that the pages of public clients call.
pub async fn public_clients(State(app): State<App>, request: Request, next: Next) -> Response {
    let origin = request.headers().get(header::ORIGIN).cloned();
    let allowed = match &origin {
        Some(origin) => registered(&app, origin).await,
        None => false,
    };
    let preflight = is_preflight(&request);
    let mut response = match (preflight, allowed) {
        (true, true) => StatusCode::NO_CONTENT.into_response(),
        (true, false) => StatusCode::FORBIDDEN.into_response(),
        (false, _) => next.run(request).await,
    };
    response.headers_mut().append(header::VARY, HeaderValue::from_static("Origin"));
    if let (Some(origin), true) = (origin, allowed) {
        allow(response.headers_mut(), origin, preflight);
    }
    response
}

fn is_preflight(request: &Request) -> bool {
    request.method() == Method::OPTIONS && request.headers().contains_key(header::ACCESS_CONTROL_REQUEST_METHOD)
}

async fn registered(app: &App, origin: &HeaderValue) -> bool {
    let Ok(origin) = origin.to_str() else {
        return false;
    };
    // Asked in vain, the answer is no: a fault must not open anything.
    clients::is_public_origin(app, origin).await.unwrap_or(false)
}

const METHODS: HeaderValue = HeaderValue::from_static("GET, POST");
const HEADERS: HeaderValue = HeaderValue::from_static("Authorization, Content-Type, MCP-Protocol-Version");
const EXPOSED: HeaderValue = HeaderValue::from_static("WWW-Authenticate, Retry-After, X-Request-Id");

fn allow(headers: &mut HeaderMap, origin: HeaderValue, preflight: bool) {
    let mut set = |name: HeaderName, value: HeaderValue| drop(headers.insert(name, value));
    set(header::ACCESS_CONTROL_ALLOW_ORIGIN, origin);
    set(HeaderName::from_static("cross-origin-resource-policy"), HeaderValue::from_static("cross-origin"));
    if preflight {
        set(header::ACCESS_CONTROL_ALLOW_METHODS, METHODS);
        set(header::ACCESS_CONTROL_ALLOW_HEADERS, HEADERS);
        set(header::ACCESS_CONTROL_MAX_AGE, HeaderValue::from_static("600"));
    } else {
        set(header::ACCESS_CONTROL_EXPOSE_HEADERS, EXPOSED);
    }
}
