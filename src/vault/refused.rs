//! Why something in the vault wasn't done.

use crate::catalogue::Wrong;
use crate::db::Fault;
use crate::web::Problem;
use crate::web::json::BadJson;
use axum::http::StatusCode;
use serde_json::Value;
use std::time::Duration;

/// Why something wasn't done. `code` is stable; `why` says what happened and what to do.
#[derive(Clone, Debug)]
pub struct Refused {
    /// The status.
    pub status: StatusCode,
    /// The name for programs.
    pub code: &'static str,
    /// The sentence for people.
    pub why: String,
    /// The member of the request that is wrong.
    pub field: Option<String>,
    /// More for programs.
    pub details: Option<Box<Value>>,
    /// When to try again.
    pub retry_after: Option<Duration>,
    /// Whether it is a fault of ours; it is logged.
    pub fault: Option<Box<Fault>>,
}

impl Refused {
    /// One with this status.
    pub fn new(status: StatusCode, code: &'static str, why: impl Into<String>) -> Self {
        Refused { status, code, why: why.into(), field: None, details: None, retry_after: None, fault: None }
    }

    /// 404: it isn't there, or not for whoever asks.
    pub fn not_found() -> Self {
        Refused::new(StatusCode::NOT_FOUND, "not_found", "there is nothing here under this name")
    }

    /// 422: a member can't be accepted.
    pub fn field(name: impl Into<String>, why: impl Into<String>) -> Self {
        Refused { field: Some(name.into()), ..Refused::new(StatusCode::UNPROCESSABLE_ENTITY, "field_invalid", why) }
    }

    /// 409.
    pub fn conflict(code: &'static str, why: impl Into<String>) -> Self {
        Refused::new(StatusCode::CONFLICT, code, why)
    }

    /// 403: what was shown isn't enough.
    pub fn scope(scope: &str) -> Self {
        let why = format!("this token lacks the scope {scope}");
        Refused {
            details: Some(Box::new(serde_json::json!({ "scope": scope }))),
            ..Refused::new(StatusCode::FORBIDDEN, "insufficient_scope", why)
        }
    }

    /// 503: later it may work, and nothing was lost.
    pub fn later(code: &'static str, why: impl Into<String>, after: Duration) -> Self {
        Refused { retry_after: Some(after), ..Refused::new(StatusCode::SERVICE_UNAVAILABLE, code, why) }
    }

    /// The same with more for programs.
    pub fn with(self, details: Value) -> Self {
        Refused { details: Some(Box::new(details)), ..self }
    }
}

impl From<Fault> for Refused {
    fn from(fault: Fault) -> Self {
        let problem = Problem::from(fault.clone());
        Refused { fault: Some(Box::new(fault)), ..Refused::new(problem.status, problem.code, problem.detail) }
    }
}

impl From<BadJson> for Refused {
    fn from(bad: BadJson) -> Self {
        Refused::field(bad.member, bad.why)
    }
}

impl From<Wrong> for Refused {
    fn from(wrong: Wrong) -> Self {
        match wrong.field.as_str() {
            "" => Refused::new(StatusCode::UNPROCESSABLE_ENTITY, "field_invalid", wrong.to_string()),
            field => Refused::field(field, wrong.why.clone()),
        }
    }
}

impl std::fmt::Display for Refused {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match &self.field {
            Some(field) => write!(f, "{field}: {}", self.why),
            None => f.write_str(&self.why),
        }
    }
}
