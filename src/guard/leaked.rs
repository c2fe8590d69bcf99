//! `/v1/token_scanning/report`: secret scanners tell us of tokens that they found. The form is GitHub's: a list of what was
//! found, answered with what it was.

use crate::api_tokens::leaked;
use crate::app::App;
use crate::base::encoding::{base64, sha256};
use crate::crypto::api_token::well_formed;
use crate::limits::{Cell, Policy};
use crate::web::json::{is_json, object};
use crate::web::limited::{self, Ledger};
use crate::web::{Call, Problem};
use axum::Json;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, Method, StatusCode};
use axum::response::{IntoResponse, Response};
use serde_json::{Value, json};

/// Most in one report.
const MOST: usize = 100;
/// Reports a second from one address.
const REPORTS: u32 = 5;

/// `POST /v1/token_scanning/report` with `[{"token": …, "type": …, "url": …}]`, or one such object.
pub(super) async fn report(
    State(app): State<App>,
    call: Call,
    headers: HeaderMap,
    body: Bytes,
) -> Result<Response, Response> {
    let cell = Cell { policy: Policy::Invalid, key: format!("report {}", call.network()), per_second: REPORTS };
    limited::take(&app, &Ledger::default(), &[cell]).await.map_err(IntoResponse::into_response)?;
    let found = found(&headers, &body).map_err(IntoResponse::into_response)?;
    let mut answers = Vec::new();
    for (token, url) in found {
        let ended = leaked::report(&app, &call, &token, url.as_deref()).await;
        let ended = ended.map_err(|fault| Problem::from(fault).into_response())?;
        answers.push(json!({
            "token_hash": base64(&sha256(token.as_bytes())),
            "token_type": if well_formed(&token) { "symbolon_api_token" } else { "unknown" },
            "label": if ended.is_some() { "true_positive" } else { "false_positive" },
        }));
    }
    Ok(Json(answers).into_response())
}

fn found(headers: &HeaderMap, body: &Bytes) -> Result<Vec<(String, Option<String>)>, Problem> {
    if !is_json(headers, &Method::POST) {
        let detail = "the Content-Type must be application/json";
        return Err(Problem::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, "unsupported-media-type", detail));
    }
    // A list, read as strictly as objects are.
    let text = body.trim_ascii();
    let wrapped = if text.starts_with(b"[") { [b"{\"all\":".as_slice(), text, b"}"].concat() } else { text.to_vec() };
    let bad = |detail: String| Problem::new(StatusCode::BAD_REQUEST, "invalid-json", detail);
    let mut members = object(&wrapped).map_err(|why| bad(why.to_string()))?;
    let all = match members.remove("all") {
        Some(Value::Array(all)) => all,
        _ => vec![Value::Object(members)],
    };
    if all.is_empty() || all.len() > MOST {
        return Err(bad(format!("a report has 1 to {MOST} tokens")));
    }
    let one = |one: &Value| {
        let text = |name| one.get(name).and_then(Value::as_str).map(|text| text.chars().take(2000).collect::<String>());
        text("token").map(|token| (token, text("url")))
    };
    all.iter()
        .map(one)
        .collect::<Option<Vec<_>>>()
        .ok_or_else(|| Problem::field("token", "must be a text in each of them"))
}
