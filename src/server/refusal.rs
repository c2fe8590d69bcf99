//! What the server itself answers where no room is asked: RFC 6749 §5.2's JSON, since most of our callers are clients.

use axum::body::Body;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::Response;

/// `{"error":…,"error_description":…}`.
pub(super) fn refusal(status: StatusCode, error: &'static str, description: &'static str) -> Response {
    let body = serde_json::json!({ "error": error, "error_description": description }).to_string();
    let mut response = Response::new(Body::from(body));
    *response.status_mut() = status;
    response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
    response
}

/// The same, and the connection ends: what is left of the request can't be told from the next one.
pub(super) fn last_refusal(status: StatusCode, error: &'static str, description: &'static str) -> Box<Response> {
    let mut response = refusal(status, error, description);
    response.headers_mut().insert(header::CONNECTION, HeaderValue::from_static("close"));
    Box::new(response)
}
