//! RFC 6749 §4.1.2.1, §5.2: one vocabulary of refusals, and the three exits that they may take.

use crate::db::Fault;
use axum::Json;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};

/// Error codes under their registered names.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "the names are those of the specifications")]
pub enum Code {
    InvalidRequest,
    InvalidClient,
    InvalidGrant,
    UnauthorizedClient,
    UnsupportedGrantType,
    InvalidScope,
    InvalidTarget,
    AccessDenied,
    UnsupportedResponseType,
    LoginRequired,
    ConsentRequired,
    InteractionRequired,
    InvalidRequestObject,
    InvalidRequestUri,
    RequestNotSupported,
    RequestUriNotSupported,
    RegistrationNotSupported,
    UnmetAuthenticationRequirements,
    TooManyAttempts,
    TooLarge,
    TemporarilyUnavailable,
    ServerError,
}

impl Code {
    /// The name on the wire, and the status where the answer is JSON.
    pub const fn wire(self) -> (&'static str, StatusCode) {
        match self {
            Code::InvalidRequest => ("invalid_request", StatusCode::BAD_REQUEST),
            Code::InvalidClient => ("invalid_client", StatusCode::UNAUTHORIZED),
            Code::InvalidGrant => ("invalid_grant", StatusCode::BAD_REQUEST),
            Code::UnauthorizedClient => ("unauthorized_client", StatusCode::BAD_REQUEST),
            Code::UnsupportedGrantType => ("unsupported_grant_type", StatusCode::BAD_REQUEST),
            Code::InvalidScope => ("invalid_scope", StatusCode::BAD_REQUEST),
            Code::InvalidTarget => ("invalid_target", StatusCode::BAD_REQUEST),
            Code::AccessDenied => ("access_denied", StatusCode::BAD_REQUEST),
            Code::UnsupportedResponseType => ("unsupported_response_type", StatusCode::BAD_REQUEST),
            Code::LoginRequired => ("login_required", StatusCode::BAD_REQUEST),
            Code::ConsentRequired => ("consent_required", StatusCode::BAD_REQUEST),
            Code::InteractionRequired => ("interaction_required", StatusCode::BAD_REQUEST),
            Code::InvalidRequestObject => ("invalid_request_object", StatusCode::BAD_REQUEST),
            Code::InvalidRequestUri => ("invalid_request_uri", StatusCode::BAD_REQUEST),
            Code::RequestNotSupported => ("request_not_supported", StatusCode::BAD_REQUEST),
            Code::RequestUriNotSupported => ("request_uri_not_supported", StatusCode::BAD_REQUEST),
            Code::RegistrationNotSupported => ("registration_not_supported", StatusCode::BAD_REQUEST),
            Code::UnmetAuthenticationRequirements => ("unmet_authentication_requirements", StatusCode::BAD_REQUEST),
            Code::TooManyAttempts => ("temporarily_unavailable", StatusCode::TOO_MANY_REQUESTS),
            Code::TooLarge => ("invalid_request", StatusCode::PAYLOAD_TOO_LARGE),
            Code::TemporarilyUnavailable => ("temporarily_unavailable", StatusCode::SERVICE_UNAVAILABLE),
            Code::ServerError => ("server_error", StatusCode::INTERNAL_SERVER_ERROR),
        }
    }
}

/// A refusal: a code, a literal sentence for the developer of the client, and what the log should know beside. The
/// sentence is a literal by type, so that no input is ever echoed.
#[derive(Clone, Debug)]
pub struct Refusal {
    /// The code.
    pub code: Code,
    /// For the developer of the client: ASCII, without quotes and backslashes (RFC 6749 §5.2).
    pub description: &'static str,
    /// For the log.
    pub detail: String,
}

impl Refusal {
    /// A refusal with nothing beside for the log.
    pub const fn new(code: Code, description: &'static str) -> Self {
        Refusal { code, description, detail: String::new() }
    }

    /// With something beside for the log.
    pub fn because(self, detail: impl Into<String>) -> Self {
        Refusal { detail: detail.into(), ..self }
    }

    /// Writes it to the log, once, where it is answered.
    pub fn log(&self, exit: &'static str) {
        let (error, status) = self.code.wire();
        let (description, detail) = (self.description, self.detail.as_str());
        if status.is_server_error() {
            tracing::error!(error, description, detail, exit, "refused");
        } else {
            tracing::info!(error, description, detail, exit, "refused");
        }
    }
}

/// A fault of ours is never told as the client's mistake.
impl From<Fault> for Refusal {
    fn from(fault: Fault) -> Self {
        let (code, description) = if fault.temporary() {
            (
                Code::TemporarilyUnavailable,
                "the server cannot do this right now; nothing was lost, try again in a moment",
            )
        } else {
            (Code::ServerError, "something went wrong on our side; it has been logged")
        };
        Refusal::new(code, description).because(fault.to_string())
    }
}

impl From<crate::keys::NoKey> for Refusal {
    fn from(_: crate::keys::NoKey) -> Self {
        Refusal::new(Code::TemporarilyUnavailable, "the signing key is not ready; try again in a moment")
    }
}

/// RFC 6749 §5.2, RFC 6750 §3: an error, as programs are told.
#[derive(serde::Serialize, utoipa::ToSchema)]
#[schema(as = OAuthError)]
pub struct Wire {
    /// A name of the specification's.
    #[schema(value_type = String, example = "invalid_request")]
    pub error: &'static str,
    /// What happened and what to do.
    #[schema(value_type = String)]
    pub error_description: &'static str,
}

/// RFC 6749 §5.2: the exit of endpoints that programs call.
#[derive(Clone, Debug)]
pub struct Json52(pub Refusal);

impl From<Refusal> for Json52 {
    fn from(refusal: Refusal) -> Self {
        Json52(refusal)
    }
}

impl From<Fault> for Json52 {
    fn from(fault: Fault) -> Self {
        Json52(fault.into())
    }
}

impl IntoResponse for Json52 {
    fn into_response(self) -> Response {
        self.0.log("json");
        let (error, status) = self.0.code.wire();
        let body = Wire { error, error_description: self.0.description };
        let mut response = (status, no_store(Json(body))).into_response();
        let headers = response.headers_mut();
        if status == StatusCode::UNAUTHORIZED {
            headers.insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Basic realm=\"symbolon\""));
        }
        if matches!(status, StatusCode::SERVICE_UNAVAILABLE | StatusCode::TOO_MANY_REQUESTS) {
            let seconds = if status == StatusCode::TOO_MANY_REQUESTS { "60" } else { "2" };
            headers.insert(header::RETRY_AFTER, HeaderValue::from_static(seconds));
        }
        response
    }
}

/// RFC 6749 §5.1: answers with tokens, and those about them, are kept by nobody.
pub fn no_store(body: impl IntoResponse) -> Response {
    let mut response = body.into_response();
    response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response.headers_mut().insert(header::PRAGMA, HeaderValue::from_static("no-cache"));
    response
}
