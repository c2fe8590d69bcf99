//! Bodies are read before anyone is asked: one place for their size (413) and their pace (408), and no handler that
//! holds a lock or a connection while a slow client types.

use super::refusal::last_refusal;
use axum::body::{Body, HttpBody};
use axum::extract::{Request, State};
use axum::http::StatusCode;
use axum::middleware::Next;
use axum::response::Response;
use http_body_util::{BodyExt, LengthLimitError, Limited};
use std::time::Duration;

/// What a body may cost.
#[derive(Clone, Copy, Debug)]
pub(super) struct Allowance {
    /// Bytes.
    pub bytes: usize,
    /// Until the last of them.
    pub time: Duration,
}

/// Middleware: hands the request on with its whole body in memory.
pub(super) async fn body(State(allowed): State<Allowance>, request: Request, next: Next) -> Response {
    let (parts, body) = request.into_parts();
    if body.is_end_stream() {
        return next.run(Request::from_parts(parts, Body::empty())).await;
    }
    let announced = body.size_hint().lower();
    if announced > u64::try_from(allowed.bytes).unwrap_or(u64::MAX) {
        return too_large();
    }
    match tokio::time::timeout(allowed.time, Limited::new(body, allowed.bytes).collect()).await {
        Ok(Ok(whole)) => next.run(Request::from_parts(parts, Body::from(whole.to_bytes()))).await,
        Ok(Err(fault)) if fault.is::<LengthLimitError>() => too_large(),
        Ok(Err(_)) => last_refusal(StatusCode::BAD_REQUEST, "invalid_request", "The request's body is broken."),
        Err(_) => last_refusal(StatusCode::REQUEST_TIMEOUT, "invalid_request", "The request's body came too slowly."),
    }
}

fn too_large() -> Response {
    last_refusal(StatusCode::PAYLOAD_TOO_LARGE, "invalid_request", "The request's body is too large.")
}
