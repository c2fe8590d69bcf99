//! Credentials: the reads that jobs and backends live on.

use super::{Asks, Stopped, Who};
use crate::app::App;
use crate::base::id::Id;
use crate::vault::credentials::{self, Ask};
use crate::vault::look::{PRIMARY, Which};
use crate::vault::refused::Refused;
use crate::vault::view::Shown;
use crate::web::Query;
use crate::web::json::{Json as Body, members};
use axum::Json;
use axum::extract::{FromRequestParts, State};
use axum::http::StatusCode;
use axum::http::request::Parts;
use axum::response::{IntoResponse, Response};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use std::convert::Infallible;
use std::time::Duration;
use utoipa::ToSchema;

/// The parameters of a read.
pub(in crate::api) const KNOWN: [&str; 5] = ["include_credentials", "min_ttl", "wait", "not", "role"];

const MOST_WAIT: u64 = 30;
const WAIT: u64 = 10;
const MOST_TTL: u64 = 86_400;

/// What a read asks for; none when it asks for no credentials.
pub(in crate::api) fn asked(asks: &Asks<'_>, Purpose(purpose): Purpose) -> Result<Option<Ask>, Refused> {
    if !asks.flag("include_credentials")? {
        return Ok(None);
    }
    let bad = |why: &str| Refused::new(StatusCode::BAD_REQUEST, "invalid_request", why);
    let not = asks.text("not").map(str::to_owned);
    let digits =
        |text: &String| (8..=64).contains(&text.len()) && text.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f'));
    if !not.iter().all(digits) {
        return Err(bad("not must be the beginning of the token's SHA-256: 8 to 64 lower-case hexadecimal digits"));
    }
    Ok(Some(Ask {
        min_ttl: asks.number("min_ttl", MOST_TTL)?.map(Duration::from_secs),
        wait: Duration::from_secs(asks.number("wait", MOST_WAIT)?.unwrap_or(WAIT)),
        not,
        role: role(asks.text("role"))?,
        purpose,
    }))
}

/// Which of an account's grants.
pub(in crate::api) fn role(text: Option<&str>) -> Result<String, Refused> {
    let role = text.unwrap_or(PRIMARY);
    let plain = role.len() <= 32 && role.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_');
    match plain && !role.is_empty() {
        true => Ok(role.to_owned()),
        false => {
            Err(Refused::new(StatusCode::BAD_REQUEST, "invalid_request", "role must be up to 32 lower-case letters"))
        }
    }
}

/// What callers say that a token is for, as far as it can be written down.
pub(in crate::api) struct Purpose(pub String);

impl<S: Send + Sync> FromRequestParts<S> for Purpose {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Infallible> {
        let said = parts.headers.get("symbolon-purpose").and_then(|value| value.to_str().ok()).unwrap_or_default();
        Ok(Purpose(said.chars().filter(|c| !c.is_control()).take(200).collect()))
    }
}

/// Which credentials.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = CredentialsBatch)]
pub(in crate::api) struct Batch {
    /// Ids of accounts, 100 at most.
    #[schema(required, max_items = 100)]
    ids: Option<Vec<String>>,
    /// For how many seconds they must still work.
    min_ttl: Option<u32>,
}

/// The outcome for one account.
#[derive(Serialize, ToSchema)]
#[schema(as = CredentialsOutcome)]
pub(in crate::api) struct Outcome {
    id: String,
    /// The account with its credentials.
    #[serde(skip_serializing_if = "Option::is_none")]
    data: Option<Shown>,
    /// Why there are none.
    #[serde(skip_serializing_if = "Option::is_none")]
    error: Option<Value>,
}

const MOST: usize = 100;

/// Read credentials of many accounts
///
/// Each has its own outcome. Nobody waits for a refresh longer than for one.
#[utoipa::path(post, path = "/v1/credentials/batch", operation_id = "readCredentials", tag = "accounts", request_body = Batch,
    responses((status = 200, description = "One outcome for each", body = super::Data<Vec<Outcome>>)))]
pub(in crate::api) async fn batch(
    Who(who): Who,
    State(app): State<App>,
    Query(params): Query,
    Purpose(purpose): Purpose,
    Body(body): Body,
) -> Result<Response, Stopped> {
    Asks::of(&params, &[])?;
    if !who.may_take_any() {
        return Err(Refused::scope(crate::vault::actor::ACCOUNTS_CREDENTIALS).into());
    }
    let batch: Batch = members(body).map_err(Refused::from)?;
    let ids = batch.ids.ok_or_else(|| Refused::field("ids", "must be given: a list of accounts' ids"))?;
    if ids.is_empty() || ids.len() > MOST || ids.iter().any(|id| id.len() > 200) {
        return Err(Refused::field("ids", "must be 1 to 100 ids of accounts").into());
    }
    if batch.min_ttl.is_some_and(|least| u64::from(least) > MOST_TTL) {
        return Err(Refused::field("min_ttl", "must be a number of seconds, 86400 at most").into());
    }
    let ask = Ask {
        min_ttl: batch.min_ttl.map(|least| Duration::from_secs(u64::from(least))),
        wait: Duration::from_secs(WAIT),
        not: None,
        role: PRIMARY.to_owned(),
        purpose,
    };
    let reads = ids.into_iter().map(|id| {
        let (app, who, ask) = (app.clone(), who.clone(), ask.clone());
        async move {
            let which = Which::Id(Id::from(id.as_str()));
            match credentials::read(&app, &who, &which, &ask).await {
                Ok(given) => Outcome { id, data: Some(Shown::with(&app, given)), error: None },
                Err(refused) => {
                    let error = json!({ "code": refused.code, "message": refused.why, "status": refused.status.as_u16(),
                        "retry_after": refused.retry_after.map(|after| after.as_secs().max(1)), "details": refused.details });
                    Outcome { id, data: None, error: Some(error) }
                }
            }
        }
    });
    let outcomes: Vec<Outcome> = futures_util::future::join_all(reads).await;
    Ok(Json(super::Data { data: outcomes }).into_response())
}
