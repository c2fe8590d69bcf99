//! RFC 6750: requests that carry an access token.

use super::access::{self, Access};
use super::error::{Refusal, Wire};
use super::resource::Resource;
use crate::app::App;
use crate::base::ScopeSet;
use crate::base::id::{ClientId, UserId};
use crate::db::Fault;
use crate::people::Role;
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
    /// It doesn't allow this.
    InsufficientScope,
}

impl Challenge {
    fn parts(self) -> (StatusCode, Option<&'static str>, &'static str) {
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
            Challenge::InsufficientScope => {
                (StatusCode::FORBIDDEN, Some("insufficient_scope"), "the access token does not allow this")
            }
        }
    }

    /// The header (§3, RFC 9728 §5.1): what is wrong, which scope would do, and where to learn the rest.
    pub fn header(self, app: &App, at: Resource) -> HeaderValue {
        let (_, error, description) = self.parts();
        let mut challenge = "Bearer realm=\"symbolon\"".to_owned();
        if let Some(error) = error {
            challenge.push_str(&format!(", error=\"{error}\", error_description=\"{description}\""));
        }
        challenge.push_str(&format!(", scope=\"{}\", resource_metadata=\"{}\"", at.scope(), at.metadata_url(app)));
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
    if token.starts_with("sym_pat_") {
        return Err(refused(Challenge::WrongScheme));
    }
    let access = access::resolve(app, &token).await.map_err(unavailable)?;
    match access.filter(|access| at.among(app, &access.resource)) {
        Some(access) => Ok(access),
        None => Err(refused(Challenge::InvalidToken)),
    }
}

/// Who calls one of our own APIs.
#[derive(Clone, Debug)]
pub struct Bearer {
    /// The client.
    pub client_id: ClientId,
    /// The person, where there is one.
    pub user: Option<UserId>,
    /// What the token allows.
    pub scope: ScopeSet,
    /// What the person may do to this deployment.
    pub user_role: Role,
    /// Whether the client is an admins' one.
    pub client_admin: bool,
}

/// Who calls, by an access token; else the complete answer.
pub async fn authenticate(app: &App, headers: &HeaderMap, at: Resource) -> Result<Bearer, Response> {
    let access = admit(app, headers, None, at).await?;
    Ok(Bearer {
        client_id: access.client_id,
        user_role: access.person.as_ref().map(|person| person.user_role).unwrap_or_default(),
        user: access.person.map(|person| person.grant.user_id.clone()),
        scope: access.scope,
        client_admin: access.client.admin,
    })
}
