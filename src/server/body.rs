//! Bodies are read before anyone is asked: one place for their size (413) and their pace (408), and no handler that
//! holds a lock or a connection while a slow client types.

use super::refusal::last_refusal;
use axum::body::{Body, HttpBody};
use axum::extract::Request;
use axum::http::StatusCode;
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

/// The request with its whole body in memory.
pub(super) async fn whole(allowed: Allowance, request: Request) -> Result<Request, Box<Response>> {
    match request.body().is_end_stream() {
        true => Ok(request),
        // Boxed: most requests have no body and needn't carry the room for this.
        false => Box::pin(read(allowed, request)).await,
    }
}

async fn read(allowed: Allowance, request: Request) -> Result<Request, Box<Response>> {
    let (parts, body) = request.into_parts();
    let announced = body.size_hint().lower();
    if announced > u64::try_from(allowed.bytes).unwrap_or(u64::MAX) {
        return Err(too_large());
    }
    let refused = |status, why| Err(last_refusal(status, "invalid_request", why));
    match tokio::time::timeout(allowed.time, Limited::new(body, allowed.bytes).collect()).await {
        Ok(Ok(whole)) => Ok(Request::from_parts(parts, Body::from(whole.to_bytes()))),
        Ok(Err(fault)) if fault.is::<LengthLimitError>() => Err(too_large()),
        Ok(Err(_)) => refused(StatusCode::BAD_REQUEST, "The request's body is broken."),
        Err(_) => refused(StatusCode::REQUEST_TIMEOUT, "The request's body came too slowly."),
    }
}

fn too_large() -> Box<Response> {
    last_refusal(StatusCode::PAYLOAD_TOO_LARGE, "invalid_request", "The request's body is too large.")
}
