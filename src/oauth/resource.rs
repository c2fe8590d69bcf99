//! RFC 9728: our own APIs as protected resources, so that a client which meets one finds out by itself where to get a
//! token for it.

use super::target;
use crate::app::App;
use crate::clients::vault_scopes::{ACCOUNTS_READ, VAULT_SCOPES};
use crate::clients::{ADMIN_SCOPE, TOKENS_SCOPE, WORKSPACES_SCOPE};
use axum::http::header;
use axum::response::IntoResponse;
use axum::routing::{MethodRouter, get};
use serde_json::{Value, json};
use utoipa_axum::router::{OpenApiRouter, UtoipaMethodRouterExt};
use utoipa_axum::routes;

/// One of our own APIs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Resource {
    /// `/userinfo`, and with it the server as a whole.
    Server,
    /// `/v1`.
    Management,
    /// `/v1/workspaces`: for people who manage their own.
    Workspaces,
    /// `/api`: a person's own API tokens.
    Tokens,
    /// `/v1/accounts` and what goes with it: accounts at other companies.
    Vault,
}

impl Resource {
    /// All of them, for the authorization server's own metadata (§4).
    pub const ALL: [Resource; 5] =
        [Resource::Server, Resource::Management, Resource::Workspaces, Resource::Tokens, Resource::Vault];

    fn path(self) -> &'static str {
        match self {
            Resource::Server => "",
            Resource::Management => "/v1",
            Resource::Workspaces => "/v1/workspaces",
            Resource::Tokens => "/api",
            Resource::Vault => "/v1/accounts",
        }
    }

    /// `resource` (§2), as tokens for it name it.
    pub fn identifier(self, app: &App) -> String {
        app.url(self.path())
    }

    /// The scope that opens it.
    pub fn scope(self) -> &'static str {
        match self {
            Resource::Server => "openid",
            Resource::Management => ADMIN_SCOPE,
            Resource::Workspaces => WORKSPACES_SCOPE,
            Resource::Tokens => TOKENS_SCOPE,
            Resource::Vault => ACCOUNTS_READ,
        }
    }

    /// All scopes that open a part of it.
    fn scopes(self) -> Vec<&'static str> {
        if self == Resource::Vault { VAULT_SCOPES.to_vec() } else { vec![self.scope()] }
    }

    /// Whether a token for these resources is for this one (RFC 8707 §2): for nothing in particular, for the whole server,
    /// or for just this API.
    pub fn among(self, app: &App, resources: &[String]) -> bool {
        let (server, ours) = (Resource::Server.identifier(app), self.identifier(app));
        // What is for all of /v1 is for its parts.
        let wider = match self {
            Resource::Workspaces | Resource::Vault => Resource::Management.identifier(app),
            _ => server.clone(),
        };
        resources.is_empty() || [server, wider, ours].iter().any(|known| target::spelling(resources, known).is_some())
    }

    /// §3.1: where its metadata are.
    pub fn metadata_url(self, app: &App) -> String {
        app.url(&format!("{WELL_KNOWN}{}", self.path()))
    }

    fn document(self, app: &App) -> Value {
        let methods: &[&str] = if self == Resource::Server { &["header", "body"] } else { &["header"] };
        json!({
            "resource": self.identifier(app),
            "authorization_servers": [app.issuer()],
            "scopes_supported": self.scopes(),
            "bearer_methods_supported": methods,
        })
    }

    /// The metadata, rendered once.
    fn metadata(self, app: &App) -> MethodRouter<App> {
        let document = axum::body::Bytes::from(self.document(app).to_string());
        get(async move || {
            let headers = [(header::CONTENT_TYPE, "application/json"), (header::CACHE_CONTROL, super::discovery::KEPT)];
            (headers, document.clone()).into_response()
        })
    }
}

/// Where clients learn which tokens our own APIs want.
pub fn routes(app: &App) -> OpenApiRouter<App> {
    OpenApiRouter::default()
        .routes(routes!(of_server).map(|_| Resource::Server.metadata(app)))
        .routes(routes!(of_management).map(|_| Resource::Management.metadata(app)))
        .routes(routes!(of_workspaces).map(|_| Resource::Workspaces.metadata(app)))
        .routes(routes!(of_tokens).map(|_| Resource::Tokens.metadata(app)))
        .routes(routes!(of_accounts).map(|_| Resource::Vault.metadata(app)))
}

/// Which tokens this server takes
///
/// RFC 9728 §3.
#[utoipa::path(get, path = "/.well-known/oauth-protected-resource", operation_id = "protectedResource", tag = "discovery",
    security(()), responses((status = 200, description = "The metadata", body = super::wire::ResourceMetadata)))]
async fn of_server() {}

/// Which tokens the API under /v1 takes
///
/// RFC 9728 §3.
#[utoipa::path(get, path = "/.well-known/oauth-protected-resource/v1", operation_id = "protectedManagement", tag = "discovery",
    security(()), responses((status = 200, description = "The metadata", body = super::wire::ResourceMetadata)))]
async fn of_management() {}

/// Which tokens the API under /v1/workspaces takes
///
/// RFC 9728 §3.
#[utoipa::path(get, path = "/.well-known/oauth-protected-resource/v1/workspaces", operation_id = "protectedWorkspaces",
    tag = "discovery", security(()),
    responses((status = 200, description = "The metadata", body = super::wire::ResourceMetadata)))]
async fn of_workspaces() {}

/// Which tokens the API under /api takes
///
/// RFC 9728 §3.
#[utoipa::path(get, path = "/.well-known/oauth-protected-resource/api", operation_id = "protectedTokens", tag = "discovery",
    security(()), responses((status = 200, description = "The metadata", body = super::wire::ResourceMetadata)))]
async fn of_tokens() {}

/// Which tokens the API under /v1/accounts takes, and those beside it that belong to the vault
///
/// RFC 9728 §3.
#[utoipa::path(get, path = "/.well-known/oauth-protected-resource/v1/accounts", operation_id = "protectedAccounts",
    tag = "discovery", security(()),
    responses((status = 200, description = "The metadata", body = super::wire::ResourceMetadata)))]
async fn of_accounts() {}

/// §3.1: goes before the path of a resource.
const WELL_KNOWN: &str = "/.well-known/oauth-protected-resource";
