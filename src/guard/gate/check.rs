//! `POST /gate/check`: the gate for backends that no proxy stands before. They ask in JSON and act on the answer themselves.

use super::judge;
use super::original::{Known, named, split};
use crate::app::App;
use crate::guard::Asked;
use crate::web::json::{Json as Body, members};
use crate::web::limited::Told;
use crate::web::{Call, Problem};
use axum::Json;
use axum::extract::State;
use axum::http::{HeaderMap, HeaderValue, header};
use axum::response::{IntoResponse, Response};
use serde::Deserialize;
use utoipa::ToSchema;

/// The request that the backend got.
#[derive(Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, default)]
#[schema(as = GateQuestion)]
struct Ask {
    /// Its Authorization header, whole.
    authorization: Option<String>,
    /// In capitals; rules look at it.
    method: Option<String>,
    /// Absolute; rules look at it.
    url: Option<String>,
}

/// Whether the request may pass, and who makes it; absent what isn't so.
#[derive(ToSchema)]
#[schema(as = GateAnswer)]
#[expect(dead_code, reason = "says what `Answer::json` makes")]
struct Verdict {
    allowed: bool,
    /// 200, or what the backend answers: 400, 401, 403, 429, 503.
    status: u16,
    /// Their `sub`; absent for machines.
    user: Option<String>,
    /// Of an access token: with the scope `email`.
    email: Option<String>,
    workspace: Option<String>,
    /// What they are in the workspace: owner, admin, member.
    role: Option<String>,
    client: Option<String>,
    /// Absent: all that the person may.
    scope: Option<String>,
    token_id: Option<String>,
    /// Nothing was shown, and nothing is needed.
    anonymous: Option<bool>,
    /// With `gate.identity`: the same, signed.
    identity: Option<String>,
    /// Why not, for people.
    detail: Option<String>,
    /// What the backend answers with a 401 or 403.
    www_authenticate: Option<Vec<String>>,
    /// Seconds, with 429.
    retry_after: Option<u64>,
}

/// Ask whether a request may pass
///
/// For backends that no proxy stands before: they send what they got, and act on `status`.
#[utoipa::path(post, path = "/gate/check", operation_id = "checkRequest", tag = "gate", security(()), request_body = Ask,
    responses((status = 200, description = "Whether it may", body = Verdict),
        (status = 400, description = "`invalid-json`: the body is no JSON object, or has a member twice"),
        (status = 413, description = "`too-large`: the body is larger than `limits.body_bytes`"),
        (status = 415, description = "`unsupported-media-type`: the Content-Type isn't JSON"),
        (status = 422, description = "`invalid-field`: a member can't be accepted; `errors` says which"),
        (status = 500, description = "`internal`: something went wrong on our side; it is in the log"),
        (status = 503, description = "`unavailable`, `busy`: not now; `Retry-After` says when to try again")))]
pub(super) async fn post(
    State(app): State<App>,
    call: Call,
    Told(ledger): Told,
    Body(body): Body,
) -> Result<Response, Problem> {
    let ask: Ask = members(body).map_err(|bad| Problem::field(bad.member, bad.why))?;
    let mut headers = HeaderMap::new();
    if let Some(text) = &ask.authorization {
        let value = HeaderValue::from_str(text);
        let value = value.map_err(|_| Problem::field("authorization", "must be what can stand in a header"))?;
        headers.insert(header::AUTHORIZATION, value);
    }
    let asked = Asked { headers: &headers, call, ledger };
    let known = known(&ask)?;
    Ok(Json(judge(&app, &asked, &|| known.clone()).await.json()).into_response())
}

/// Whoever asks is who acts on it: what they say of the request is believed.
fn known(ask: &Ask) -> Result<Known, Problem> {
    let (method, url) = match (&ask.method, &ask.url) {
        (Some(method), Some(url)) => (method, url),
        (None, None) => return Ok(Err("rules look at the request: send method and url")),
        (None, Some(_)) => return Err(Problem::field("method", "must be given beside url")),
        (Some(_), None) => return Err(Problem::field("url", "must be given beside method")),
    };
    let (host, path) = split(url).ok_or_else(|| Problem::field("url", "must be an absolute http(s) URL"))?;
    named(method, host, path).map(Ok).map_err(|why| Problem::field("method", why))
}
