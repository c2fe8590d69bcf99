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

/// The request that the backend got.
#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct Ask {
    /// Its Authorization header, whole.
    authorization: Option<String>,
    method: Option<String>,
    /// Absolute.
    url: Option<String>,
}

/// `POST /gate/check` with `authorization`, `method` and `url` of the request.
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
    Ok(Json(judge(&app, &asked, &known(&ask)?).await.json()).into_response())
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
