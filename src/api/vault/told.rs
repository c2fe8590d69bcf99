//! Every refusal of the vault has the member `error`, whoever refuses: the door, a limit, a body that can't be read.

use axum::body::{Body, to_bytes};
use axum::http::{HeaderValue, header};
use axum::response::Response;
use serde_json::{Value, json};

/// Refusals are small.
const MOST: usize = 64 * 1024;

/// An answer of the vault, with that member where it is a refusal.
pub(in crate::api) async fn told(answer: Response) -> Response {
    let problem = answer.headers().get(header::CONTENT_TYPE).is_some_and(|kind| kind == "application/problem+json");
    // Boxed: most answers aren't refusals.
    if problem { Box::pin(completed(answer)).await } else { answer }
}

/// Whether a path is the vault's.
pub(in crate::api) fn ours(path: &str) -> bool {
    path.starts_with("/v1/") && !["/v1/admin/", "/v1/workspaces"].iter().any(|other| path.starts_with(other))
}

async fn completed(answer: Response) -> Response {
    let (mut parts, body) = answer.into_parts();
    let Ok(bytes) = to_bytes(body, MOST).await else { return Response::from_parts(parts, Body::empty()) };
    let Ok(Value::Object(mut problem)) = serde_json::from_slice(&bytes) else {
        return Response::from_parts(parts, Body::from(bytes));
    };
    if problem.get("error").is_some_and(Value::is_object) {
        return Response::from_parts(parts, Body::from(bytes));
    }
    let text = |name: &str| problem.get(name).and_then(Value::as_str).unwrap_or_default().to_owned();
    let code = text("type").rsplit(':').next().unwrap_or_default().to_owned();
    let error = json!({ "code": code, "message": text("detail") });
    problem.insert("error".to_owned(), error);
    let bytes = Value::Object(problem).to_string();
    parts.headers.insert(header::CONTENT_LENGTH, HeaderValue::from(bytes.len()));
    Response::from_parts(parts, Body::from(bytes))
}
