//! `Idempotency-Key` (draft-ietf-httpapi-idempotency-key-header) on every POST here: sent twice, done once.

use crate::admin::repeats::{self, Claim, Found};
use crate::app::App;
use crate::audit::Actor;
use crate::base::encoding::fingerprint;
use crate::guard;
use crate::web::Problem;
use axum::body::{Body, Bytes, to_bytes};
use axum::extract::Request;
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use serde::{Deserialize, Serialize};

const KEY: &str = "idempotency-key";
const REPLAYED: HeaderName = HeaderName::from_static("idempotency-replayed");
/// What an answer is beside its body.
const KEPT: [HeaderName; 3] = [header::CONTENT_TYPE, header::LOCATION, header::ETAG];

/// Whether a request is to be done once however often it comes.
pub(super) fn asks(request: &Request) -> bool {
    request.method() == Method::POST && request.headers().contains_key(KEY)
}

/// Does it, or says what came of it before.
pub(super) async fn once(app: &App, request: Request, next: Next) -> Response {
    keyed(app, request, next).await.unwrap_or_else(|refused| refused)
}

async fn keyed(app: &App, request: Request, next: Next) -> Result<Response, Response> {
    let (parts, body) = request.into_parts();
    let caller = caller(app, &parts).await?;
    let key = key(&parts.headers).map_err(Problem::into_response)?;
    let body = to_bytes(body, app.config.limits.body_bytes).await.map_err(|_| too_large().into_response())?;
    let line = format!(
        "{} {}\n{:?}",
        parts.method,
        parts.uri,
        [header::CONTENT_TYPE, header::IF_MATCH].map(|name| parts.headers.get(name))
    );
    let asked = fingerprint(&[line.as_bytes(), b"\n", &body].concat());
    let found =
        repeats::claim(app, &caller, &key, &asked).await.map_err(|fault| Problem::from(fault).into_response())?;
    match found {
        Found::Mine(claim) => {
            let answer = next.run(Request::from_parts(parts, Body::from(body))).await;
            Ok(settle(app, &claim, answer).await)
        }
        Found::Done(kept) => Ok(Answer::read(&kept).map_or_else(unreadable, Answer::again)),
        Found::Running(seconds) => {
            let detail = "a request with this Idempotency-Key is being worked on; try again as Retry-After says";
            let mut refused = Problem::new(StatusCode::CONFLICT, "idempotency-key-in-use", detail).into_response();
            refused.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(seconds.min(5)));
            Err(refused)
        }
        Found::Another => {
            let detail = "this Idempotency-Key stood for another request within the last 24 hours; choose another key";
            Err(Problem::new(StatusCode::UNPROCESSABLE_ENTITY, "idempotency-key-reused", detail).into_response())
        }
    }
}

/// Keys are each caller's own.
async fn caller(app: &App, parts: &Parts) -> Result<Actor, Response> {
    let path = parts.uri.path();
    match path.strip_prefix("/v1/").and_then(|rest| rest.split('/').next()) {
        Some("admin") => guard::admin(app, parts).await.map(|(actor, _)| actor),
        Some("workspaces") => guard::member(app, parts).await.map(Actor::User),
        _ => guard::actor(app, parts).await.map(|who| who.name),
    }
}

fn key(headers: &HeaderMap) -> Result<String, Problem> {
    let mut all = headers.get_all(KEY).iter();
    match (all.next().map(HeaderValue::to_str), all.next()) {
        (Some(Ok(key)), None) if (1..=255).contains(&key.len()) && key.bytes().all(|b| b.is_ascii_graphic()) => {
            Ok(key.to_owned())
        }
        _ => {
            let detail = "Idempotency-Key must be 1 to 255 visible characters, as a UUID; one of them";
            Err(Problem::new(StatusCode::BAD_REQUEST, "invalid-idempotency-key", detail))
        }
    }
}

fn too_large() -> Problem {
    Problem::new(StatusCode::PAYLOAD_TOO_LARGE, "too-large", "the request body is too large")
}

/// An answer as it is kept.
#[derive(Serialize, Deserialize)]
struct Answer {
    status: u16,
    headers: Vec<(String, String)>,
    body: String,
}

impl Answer {
    fn read(kept: &[u8]) -> Option<Self> {
        serde_json::from_slice(kept).ok()
    }

    fn of(status: StatusCode, headers: &HeaderMap, body: &Bytes) -> Option<Self> {
        let kept =
            KEPT.iter().filter_map(|name| Some((name.to_string(), headers.get(name)?.to_str().ok()?.to_owned())));
        let body = std::str::from_utf8(body).ok()?.to_owned();
        Some(Answer { status: status.as_u16(), headers: kept.collect(), body })
    }

    /// The same once more, and that it is.
    fn again(self) -> Response {
        let mut response = Response::new(Body::from(self.body));
        *response.status_mut() = StatusCode::from_u16(self.status).unwrap_or(StatusCode::OK);
        for (name, value) in &self.headers {
            if let (Ok(name), Ok(value)) = (HeaderName::try_from(name), HeaderValue::try_from(value)) {
                response.headers_mut().insert(name, value);
            }
        }
        response.headers_mut().insert(REPLAYED, HeaderValue::from_static("true"));
        response
    }
}

fn unreadable() -> Response {
    tracing::error!("an answer that was kept for an Idempotency-Key can't be read");
    Problem::new(StatusCode::INTERNAL_SERVER_ERROR, "internal", "something went wrong on our side; it has been logged")
        .into_response()
}

/// Marks an answer of which no copy is kept: its handler gives the same again, for as long as it may.
#[derive(Clone, Copy, Debug)]
pub(in crate::api) struct Unkept;

/// Keeps what was done. What was refused changed nothing: the key is free again, for what was put right.
async fn settle(app: &App, claim: &Claim, answer: Response) -> Response {
    if !answer.status().is_success() || answer.extensions().get::<Unkept>().is_some() {
        told(repeats::release(app, claim).await);
        return answer;
    }
    let (parts, body) = answer.into_parts();
    let Ok(body) = to_bytes(body, usize::MAX).await else {
        return unreadable();
    };
    let kept = Answer::of(parts.status, &parts.headers, &body).and_then(|answer| serde_json::to_vec(&answer).ok());
    if let Some(kept) = kept.map(zeroize::Zeroizing::new) {
        told(repeats::settle(app, claim, &kept).await);
    }
    Response::from_parts(parts, Body::from(body))
}

/// The work is done and must be answered so; until the lease is over the key says that it is being worked on.
fn told(outcome: Result<(), crate::db::Fault>) {
    if let Err(fault) = outcome {
        tracing::warn!(%fault, "what became of an Idempotency-Key couldn't be written down");
    }
}
