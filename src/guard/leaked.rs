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
use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;

/// Most in one report.
const MOST: usize = 100;
/// Reports a second from one address.
const REPORTS: u32 = 5;

/// A token that was found.
#[derive(ToSchema)]
#[schema(as = FoundToken)]
#[expect(dead_code, reason = "says what `found` reads")]
struct Found {
    token: String,
    /// What the scanner takes it for.
    r#type: Option<String>,
    /// Where it was found.
    url: Option<String>,
}

/// What a token was that was reported.
#[derive(Serialize, ToSchema)]
#[schema(as = ReportedToken)]
struct Reported {
    /// Base64 of the SHA-256 of the token.
    token_hash: String,
    /// `symbolon_api_token` or `unknown`.
    token_type: &'static str,
    /// `true_positive`: it was good, and ended. Else `false_positive`.
    label: &'static str,
}

/// Report API tokens that were found in public
///
/// In the form of GitHub's secret scanning: a list, or one object. Each of them that is good ends, and its person hears of it.
/// Whoever holds a token may report it, so nobody is asked who they are.
#[utoipa::path(post, path = "/v1/token_scanning/report", operation_id = "reportTokens", tag = "tokens", security(()),
    request_body(content = Vec<Found>),
    responses((status = 200, description = "What each of them was", body = Vec<Reported>),
        (status = 400, description = "`invalid-json`: the body is no JSON, or has no token or more than 100"),
        (status = 413, description = "`too-large`: the body is larger than `limits.body_bytes`"),
        (status = 415, description = "`unsupported-media-type`: the Content-Type isn't JSON"),
        (status = 422, description = "`invalid-field`: one of them has no `token`"),
        (status = 429, description = "`rate-limited`: too many reports from one address; `Retry-After` says when to try again"),
        (status = 500, description = "`internal`: something went wrong on our side; it is in the log"),
        (status = 503, description = "`unavailable`, `busy`: not now; `Retry-After` says when to try again")))]
pub(super) async fn report(
    State(app): State<App>,
    call: Call,
    headers: HeaderMap,
    body: Bytes,
) -> Result<Response, Response> {
    let cell = Cell { policy: Policy::Invalid, key: format!("report {}", call.network()).into(), per_second: REPORTS };
    limited::take(&app, &Ledger::default(), &[cell]).await.map_err(IntoResponse::into_response)?;
    let found = found(&headers, &body).map_err(IntoResponse::into_response)?;
    let mut answers = Vec::new();
    for (token, url) in found {
        let ended = leaked::report(&app, &call, &token, url.as_deref()).await;
        let ended = ended.map_err(|fault| Problem::from(fault).into_response())?;
        answers.push(Reported {
            token_hash: base64(&sha256(token.as_bytes())),
            token_type: if well_formed(&token) { "symbolon_api_token" } else { "unknown" },
            label: if ended.is_some() { "true_positive" } else { "false_positive" },
        });
    }
    Ok(Json(answers).into_response())
}

/// A token, and where it was found.
type Leaked = (String, Option<String>);

fn found(headers: &HeaderMap, body: &Bytes) -> Result<Vec<Leaked>, Problem> {
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
    all.iter().map(one).collect()
}

fn one(found: &Value) -> Result<Leaked, Problem> {
    let text = |name| match found.get(name) {
        Some(Value::String(text)) => Ok(Some(text.chars().take(2000).collect::<String>())),
        None | Some(Value::Null) => Ok(None),
        Some(_) => Err(Problem::field(name, "must be a text in each of them")),
    };
    text("type")?;
    let token = text("token")?.ok_or_else(|| Problem::field("token", "must be a text in each of them"))?;
    Ok((token, text("url")?))
}
