//! RFC 9457: errors of the JSON APIs that aren't OAuth's own.

use crate::db::Fault;
use axum::Json;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use utoipa::ToSchema;

/// A problem: a status, a short name for programs, a sentence for people that says what to do.
#[derive(Debug, Clone)]
pub struct Problem {
    /// The HTTP status.
    pub status: StatusCode,
    /// A stable short name, the last part of `type`.
    pub code: &'static str,
    /// What happened and what to do.
    pub detail: String,
    /// The member of the request that is wrong.
    pub field: Option<String>,
}

impl Problem {
    /// A problem with a status, a name and a sentence.
    pub fn new(status: StatusCode, code: &'static str, detail: impl Into<String>) -> Self {
        Problem { status, code, detail: detail.into(), field: None }
    }

    /// 422 with the name of the member that is wrong.
    pub fn field(name: impl Into<String>, why: impl Into<String>) -> Self {
        Problem { field: Some(name.into()), ..Problem::new(StatusCode::UNPROCESSABLE_ENTITY, "invalid-field", why) }
    }

    /// 404, also for what exists but isn't the caller's to see.
    pub fn not_found() -> Self {
        Problem::new(StatusCode::NOT_FOUND, "not-found", "there is nothing here under this name")
    }

    fn body(&self) -> Body<'_> {
        let place = |field: &String| vec![Wrong { pointer: format!("/{field}"), detail: &self.detail }];
        Body {
            r#type: format!("urn:symbolon:problem:{}", self.code),
            title: self.status.canonical_reason().unwrap_or_default(),
            status: self.status.as_u16(),
            detail: &self.detail,
            errors: self.field.as_ref().map(place),
        }
    }
}

/// RFC 9457: what went wrong. The header `X-Request-Id` of the answer names the request in the log.
#[derive(Serialize, ToSchema)]
#[schema(as = Problem)]
pub struct Body<'a> {
    /// `urn:symbolon:problem:` and a short name that stays the same.
    #[schema(example = "urn:symbolon:problem:not-found")]
    r#type: String,
    /// The name of the status.
    #[schema(value_type = String)]
    title: &'static str,
    /// The HTTP status.
    #[schema(value_type = i64, minimum = 400, maximum = 599)]
    status: u16,
    /// What happened and what to do.
    #[schema(value_type = String)]
    detail: &'a str,
    /// Which member of the request is wrong, where it is one.
    #[serde(skip_serializing_if = "Option::is_none")]
    errors: Option<Vec<Wrong<'a>>>,
}

/// A member of the request that is wrong.
#[derive(Serialize, ToSchema)]
#[schema(as = ProblemPlace)]
pub struct Wrong<'a> {
    /// RFC 6901.
    #[schema(example = "/redirect_uris")]
    pointer: String,
    #[schema(value_type = String)]
    detail: &'a str,
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let mut response = (self.status, Json(self.body())).into_response();
        let headers = response.headers_mut();
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/problem+json"));
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
        if self.status == StatusCode::SERVICE_UNAVAILABLE {
            headers.insert(header::RETRY_AFTER, HeaderValue::from_static("2"));
        }
        response
    }
}

impl From<Fault> for Problem {
    fn from(fault: Fault) -> Self {
        tracing::error!(%fault, "the database failed a request");
        if fault.temporary() {
            let detail = "the database can't be reached right now; nothing was lost, try again in a moment";
            return Problem::new(StatusCode::SERVICE_UNAVAILABLE, "unavailable", detail);
        }
        Problem::new(
            StatusCode::INTERNAL_SERVER_ERROR,
            "internal",
            "something went wrong on our side; it has been logged",
        )
    }
}
