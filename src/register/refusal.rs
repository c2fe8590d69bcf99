//! RFC 7591 §3.2.2, RFC 7592 §2: how a registration is refused; each refusal names the member and says what to do.

use crate::admin::Refused;
use crate::admin::registration::Unregistered;
use crate::db::Fault;
use crate::oauth::error::no_store;
use axum::Json;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde_json::json;

/// A refusal.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Refusal {
    status: StatusCode,
    error: &'static str,
    description: String,
    retry_after: Option<i64>,
}

impl Refusal {
    fn new(status: StatusCode, error: &'static str, description: impl Into<String>) -> Self {
        Refusal { status, error, description: description.into(), retry_after: None }
    }

    /// §3.2.2: something about the metadata; `field` is empty when it is the whole.
    pub(super) fn metadata(field: &str, why: &str) -> Self {
        let redirect = field.split('/').next() == Some("redirect_uris");
        let error = if redirect { "invalid_redirect_uri" } else { "invalid_client_metadata" };
        let description = if field.is_empty() { why.to_owned() } else { format!("{field}: {why}") };
        Refusal::new(StatusCode::BAD_REQUEST, error, description)
    }

    /// §3.2.2: a software statement, which isn't one or isn't for us.
    pub(super) fn software_statement(readable: bool) -> Self {
        let (error, why) = match readable {
            true => (
                "unapproved_software_statement",
                "software_statement: this server trusts no issuer of software statements; register without one",
            ),
            false => {
                ("invalid_software_statement", "software_statement: this is not a signed JWT; register without one")
            }
        };
        Refusal::new(StatusCode::BAD_REQUEST, error, why)
    }

    /// No token is shown.
    pub(super) fn no_token() -> Self {
        let why = "send the token that you were given: Authorization: Bearer ...";
        Refusal::new(StatusCode::UNAUTHORIZED, "invalid_token", why)
    }

    /// The initial access token isn't good.
    pub(super) fn uninvited() -> Self {
        let why =
            "the initial access token is unknown, used up or expired; ask the administrator of this server for one";
        Refusal::new(StatusCode::UNAUTHORIZED, "invalid_token", why)
    }

    /// RFC 7592 §3: the registration access token isn't this client's.
    pub(super) fn not_its_token() -> Self {
        let why = "the registration access token is not the one of this client, or the client is gone";
        Refusal::new(StatusCode::UNAUTHORIZED, "invalid_token", why)
    }

    /// RFC 7592 §2.2: it may not be changed.
    pub(super) fn forbidden(why: &str) -> Self {
        Refusal::new(StatusCode::FORBIDDEN, "access_denied", why)
    }

    /// Too many from one address.
    pub(super) fn too_many(seconds: i64) -> Self {
        let why = "too many requests from this address; wait as Retry-After says";
        let refusal = Refusal::new(StatusCode::TOO_MANY_REQUESTS, "temporarily_unavailable", why);
        Refusal { retry_after: Some(seconds), ..refusal }
    }

    fn unavailable(why: &str, seconds: i64) -> Self {
        let refusal = Refusal::new(StatusCode::SERVICE_UNAVAILABLE, "temporarily_unavailable", why);
        Refusal { retry_after: Some(seconds), ..refusal }
    }
}

impl From<Fault> for Refusal {
    fn from(fault: Fault) -> Self {
        tracing::error!(%fault, "the database failed a registration");
        if fault.temporary() {
            return Refusal::unavailable(
                "the server cannot do this right now; nothing was lost, try again in a moment",
                2,
            );
        }
        let why = "something went wrong on our side; it has been logged";
        Refusal::new(StatusCode::INTERNAL_SERVER_ERROR, "server_error", why)
    }
}

impl From<Refused> for Refusal {
    fn from(refused: Refused) -> Self {
        match refused {
            Refused::Invalid { field, why } => Refusal::metadata(&field, &why),
            Refused::NotFound => Refusal::not_its_token(),
            Refused::Stale | Refused::Forbidden(_) | Refused::Conflict { .. } => {
                Refusal::unavailable("somebody else changed this client just now; read it again and repeat", 1)
            }
            Refused::Busy => Refusal::unavailable("the server is busy; try again in a moment", 2),
            Refused::Fault(fault) => fault.into(),
        }
    }
}

impl From<Unregistered> for Refusal {
    fn from(why: Unregistered) -> Self {
        match why {
            Unregistered::Uninvited => Refusal::uninvited(),
            Unregistered::Full => {
                tracing::warn!("a registration was refused: there are as many as registration_policy.most allows");
                Refusal::unavailable("as many clients as this server takes have registered; try again later", 3600)
            }
            Unregistered::Refused(refused) => refused.into(),
        }
    }
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        tracing::info!(error = self.error, description = self.description, "a registration was refused");
        let body = json!({ "error": self.error, "error_description": ascii(&self.description) });
        let mut response = (self.status, no_store(Json(body))).into_response();
        let headers = response.headers_mut();
        if self.status == StatusCode::UNAUTHORIZED {
            // RFC 6750 §3
            let challenge = HeaderValue::from_static("Bearer realm=\"symbolon\", error=\"invalid_token\"");
            headers.insert(header::WWW_AUTHENTICATE, challenge);
        }
        if let Some(seconds) = self.retry_after {
            headers.insert(header::RETRY_AFTER, HeaderValue::from(seconds));
        }
        response
    }
}

/// RFC 6749 §5.2: printable ASCII without quotes and backslashes.
fn ascii(text: &str) -> String {
    let text = text.replace('\u{a7}', "section ").replace(['"', '`'], "'");
    text.chars().map(|c| if matches!(c, ' '..='~') && c != '\\' { c } else { '?' }).collect()
}
