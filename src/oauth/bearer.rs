//! RFC 6750: requests that carry an access token.

use super::access::{self, Access};
use super::error::{Refusal, Wire};
use super::resource::Resource;
use crate::app::App;
use crate::crypto::api_token::PREFIX;
use crate::db::Fault;
use crate::web::Params;
use crate::web::authorization::{Authorization, authorization};
use axum::Json;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};

/// Why a request isn't let in (§3.1).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Challenge {
    /// It shows no token.
    NoToken,
    /// Two ways at once, or a header that can't be read.
    InvalidRequest,
    /// The token isn't good (any more).
    InvalidToken,
    /// It is an API token, sent as a Bearer.
    WrongScheme,
    /// It is an access token, sent as an API token.
    AccessTokenAsToken,
    /// The API token isn't good (any more).
    InvalidApiToken,
    /// It shows nothing, where an API token would do as well.
    NothingShown,
    /// A scheme that opens nothing here, or a header that can't be read.
    OtherScheme,
    /// It doesn't allow this.
    InsufficientScope,
}

impl Challenge {
    /// Status, error code and a sentence for the developer of the client.
    pub fn parts(self) -> (StatusCode, Option<&'static str>, &'static str) {
        match self {
            Challenge::NoToken => (StatusCode::UNAUTHORIZED, None, "send an access token: Authorization: Bearer ..."),
            Challenge::InvalidRequest => {
                (StatusCode::BAD_REQUEST, Some("invalid_request"), "send one access token, in one Authorization header")
            }
            Challenge::InvalidToken => {
                (StatusCode::UNAUTHORIZED, Some("invalid_token"), "the access token is unknown, expired or revoked")
            }
            Challenge::WrongScheme => (
                StatusCode::UNAUTHORIZED,
                Some("invalid_token"),
                "this looks like an API token; send it as: Authorization: Token ...",
            ),
            Challenge::AccessTokenAsToken => (
                StatusCode::UNAUTHORIZED,
                Some("invalid_token"),
                "this looks like an OAuth access token; send it as: Authorization: Bearer ...",
            ),
            Challenge::InvalidApiToken => {
                (StatusCode::UNAUTHORIZED, Some("invalid_token"), "the API token is unknown, expired or deleted")
            }
            Challenge::NothingShown => (
                StatusCode::UNAUTHORIZED,
                None,
                "send an API token as Authorization: Token ..., or an OAuth access token as Authorization: Bearer ...",
            ),
            Challenge::OtherScheme => (
                StatusCode::UNAUTHORIZED,
                Some("invalid_token"),
                "send one header: Authorization: Token ... for an API token, Authorization: Bearer ... for an access token",
            ),
            Challenge::InsufficientScope => {
                (StatusCode::FORBIDDEN, Some("insufficient_scope"), "the access token does not allow this")
            }
        }
    }

    /// Whether something was shown that isn't good: the only refusals that are worth something to who guesses.
    pub fn guessed(self) -> bool {
        matches!(self, Challenge::InvalidToken | Challenge::InvalidApiToken)
    }

    /// The header (§3, RFC 9728 §5.1): what is wrong, which scope would do, and where to learn the rest.
    pub fn header(self, app: &App, at: Resource) -> HeaderValue {
        self.header_for(app, at, at.scope())
    }

    /// The same, where these scopes would do; none where any token does.
    pub fn header_for(self, app: &App, at: Resource, scope: &str) -> HeaderValue {
        let (_, error, description) = self.parts();
        let mut challenge = "Bearer realm=\"symbolon\"".to_owned();
        if let Some(error) = error {
            challenge.push_str(&format!(", error=\"{error}\", error_description=\"{description}\""));
        }
        if !scope.is_empty() {
            challenge.push_str(&format!(", scope=\"{scope}\""));
        }
        challenge.push_str(&format!(", resource_metadata=\"{}\"", at.metadata_url(app)));
        // An issuer that is a URL can stand in a header.
        HeaderValue::from_str(&challenge).unwrap_or_else(|_| HeaderValue::from_static("Bearer realm=\"symbolon\""))
    }

    /// The whole answer.
    pub fn answer(self, app: &App, at: Resource) -> Response {
        let (status, error, description) = self.parts();
        let body = Wire { error: error.unwrap_or("invalid_token"), error_description: description };
        let mut response = super::error::no_store(Json(body));
        *response.status_mut() = status;
        response.headers_mut().insert(header::WWW_AUTHENTICATE, self.header(app, at));
        response
    }
}

/// A fault of ours, as programs are told.
pub fn unavailable(fault: Fault) -> Response {
    super::error::Json52(Refusal::from(fault)).into_response()
}

/// The access token of a request, when it is for this API of ours: in the header (§2.1), or in a form where `form` is
/// given (§2.2); never in the URL.
pub async fn admit(app: &App, headers: &HeaderMap, form: Option<&Params>, at: Resource) -> Result<Access, Response> {
    let refused = |challenge: Challenge| challenge.answer(app, at);
    let posted = form.and_then(|form| form.get("access_token"));
    let token = match (authorization(headers), posted) {
        (Authorization::None, Some(token)) => token.to_owned(),
        (Authorization::None, None) => return Err(refused(Challenge::NoToken)),
        (Authorization::Bearer(_), Some(_)) | (Authorization::Repeated, _) => {
            return Err(refused(Challenge::InvalidRequest));
        }
        (Authorization::Bearer(token), None) => token.reveal().to_owned(),
        _ => return Err(refused(Challenge::InvalidToken)),
    };
    if token.starts_with(PREFIX) {
        return Err(refused(Challenge::WrongScheme));
    }
    let access = access::resolve(app, &token).await.map_err(unavailable)?;
    match access.filter(|access| at.among(app, &access.resource)) {
        Some(access) => Ok(access),
        None => Err(refused(Challenge::InvalidToken)),
    }
}
