//! STAND-IN, not to be merged: the lead's `oauth/bearer.rs` takes its place.

use crate::app::App;
use crate::base::ScopeSet;
use crate::base::id::{ClientId, UserId};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};

/// Who presents an access token.
#[derive(Clone, Debug)]
pub struct Bearer {
    /// The client that it was given to.
    pub client_id: ClientId,
    /// The person who gave it.
    pub user: Option<UserId>,
    /// What it is good for.
    pub scope: ScopeSet,
    /// Whether the person is an admin.
    pub user_admin: bool,
    /// Whether the client was made with `admin`.
    pub client_admin: bool,
}

/// Always 401.
pub async fn authenticate(_app: &App, _headers: &HeaderMap) -> Result<Bearer, Response> {
    Err((StatusCode::UNAUTHORIZED, [(header::WWW_AUTHENTICATE, "Bearer")]).into_response())
}
