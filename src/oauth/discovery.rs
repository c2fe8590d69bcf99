//! RFC 8414, OIDC Discovery §3: what this server can do, and the keys that it signs with. Says the truth: what is
//! advertised works, what works is advertised.

use super::resource::Resource;
use super::{assertion, claims};
use crate::app::App;
use crate::clients::{REQUEST_OBJECT_ALGORITHMS, ResponseType};
use crate::config::{Cimd, Registration};
use crate::crypto::Algorithm;
use crate::lang::Language;
use crate::signin::reach;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::{MethodRouter, get};
use serde_json::{Value, json};
use utoipa_axum::router::{OpenApiRouter, UtoipaMethodRouterExt};
use utoipa_axum::routes;

/// How long others may keep the documents, in seconds. A next key is published for longer than this before it signs.
pub const KEPT: &str = "public, max-age=300";

/// What anyone may read to find out the rest.
pub fn routes(app: &App) -> OpenApiRouter<App> {
    OpenApiRouter::default()
        .routes(routes!(openid_configuration).map(|_| metadata(app)))
        .routes(routes!(authorization_server).map(|_| metadata(app)))
        .routes(routes!(jwks))
}

/// What this server can do, for OpenID Connect
///
/// OIDC Discovery §4.
#[utoipa::path(get, path = "/.well-known/openid-configuration", operation_id = "openidConfiguration", tag = "discovery",
    security(()), responses((status = 200, description = "The metadata", body = super::wire::ServerMetadata)))]
async fn openid_configuration() {}

/// What this server can do, for OAuth
///
/// RFC 8414 §3: the same document.
#[utoipa::path(get, path = "/.well-known/oauth-authorization-server", operation_id = "authorizationServer", tag = "discovery",
    security(()), responses((status = 200, description = "The metadata", body = super::wire::ServerMetadata)))]
async fn authorization_server() {}

/// Rendered once, since nothing in it changes while the process runs.
fn metadata(app: &App) -> MethodRouter<App> {
    let document = Bytes::from(document(app).to_string());
    get(async move || {
        let headers = [(header::CONTENT_TYPE, "application/json"), (header::CACHE_CONTROL, KEPT)];
        (headers, document.clone()).into_response()
    })
}

/// The metadata.
pub fn document(app: &App) -> Value {
    let algorithms: Vec<&str> = Algorithm::ALL.iter().map(|alg| alg.name()).collect();
    let methods = ["client_secret_basic", "client_secret_post", "private_key_jwt", "none"];
    let authenticating = ["client_secret_basic", "client_secret_post", "private_key_jwt"];
    let responses = if app.config.legacy_response_types { &ResponseType::ALL[..] } else { &["code"] };
    let mut grants = vec!["authorization_code", "refresh_token", "client_credentials"];
    grants.extend(app.config.legacy_response_types.then_some("implicit"));
    let mut scopes = vec!["openid", "offline", "offline_access", "profile", "email", "address", "phone"];
    scopes.extend(app.config.scopes.keys().map(String::as_str));
    let mut claims: Vec<&str> = claims::supported().collect();
    claims.extend(app.config.legacy_response_types.then_some("c_hash"));
    let mut document = json!({
        "issuer": app.issuer(),
        "authorization_endpoint": app.url("/oauth2/auth"),
        "token_endpoint": app.url("/oauth2/token"),
        "userinfo_endpoint": app.url("/userinfo"),
        "jwks_uri": app.url("/.well-known/jwks.json"),
        "revocation_endpoint": app.url("/oauth2/revoke"),
        "introspection_endpoint": app.url("/oauth2/introspect"),
        "end_session_endpoint": app.url("/oauth2/sessions/logout"),
        "scopes_supported": scopes,
        "response_types_supported": responses,
        "response_modes_supported": ["query", "fragment", "form_post"],
        "grant_types_supported": grants,
        "code_challenge_methods_supported": ["S256"],
        "subject_types_supported": ["public", "pairwise"],
        "id_token_signing_alg_values_supported": algorithms,
        "userinfo_signing_alg_values_supported": algorithms,
        "token_endpoint_auth_methods_supported": methods,
        "token_endpoint_auth_signing_alg_values_supported": assertion::ALGORITHMS,
        "revocation_endpoint_auth_methods_supported": methods,
        "revocation_endpoint_auth_signing_alg_values_supported": assertion::ALGORITHMS,
        "introspection_endpoint_auth_methods_supported": authenticating,
        "introspection_endpoint_auth_signing_alg_values_supported": assertion::ALGORITHMS,
        "acr_values_supported": reach::values(app),
        "prompt_values_supported": ["none", "login", "consent", "select_account"],
        "display_values_supported": ["page"],
        "claim_types_supported": ["normal"],
        "claims_supported": claims,
        "claims_parameter_supported": true,
        "request_parameter_supported": true,
        "request_uri_parameter_supported": true,
        "require_request_uri_registration": true,
        "request_object_signing_alg_values_supported": REQUEST_OBJECT_ALGORITHMS,
        "authorization_response_iss_parameter_supported": true,
        "backchannel_logout_supported": true,
        "backchannel_logout_session_supported": true,
        "frontchannel_logout_supported": true,
        "frontchannel_logout_session_supported": true,
        "ui_locales_supported": Language::all().map(Language::tag).collect::<Vec<_>>(),
        "protected_resources": Resource::ALL.map(|resource| resource.identifier(app)),
    });
    if let Some(members) = document.as_object_mut() {
        members.extend(for_strangers(app));
    }
    document
}

/// RFC 8414 §2, CIMD §5: how clients come in that nobody registered by hand, where they may.
fn for_strangers(app: &App) -> impl Iterator<Item = (String, Value)> {
    let register = (app.config.registration != Registration::Off).then(|| json!(app.url("/oauth2/register")));
    let documents = (app.config.cimd != Cimd::Off).then(|| json!(true));
    let members = [("registration_endpoint", register), ("client_id_metadata_document_supported", documents)];
    members.into_iter().filter_map(|(name, value)| Some((name.to_owned(), value?)))
}

/// The keys that tokens are signed with
///
/// RFC 7517 §5: next, active and retired ones.
#[utoipa::path(get, path = "/.well-known/jwks.json", operation_id = "keys", tag = "discovery", security(()),
    params(("If-None-Match" = Option<String>, Header, description = "The `ETag` of the set that you have")),
    responses((status = 200, description = "The keys", body = super::wire::KeySet),
        (status = 304, description = "You have them")))]
pub async fn jwks(State(app): State<App>, headers: HeaderMap) -> Response {
    let ring = app.keys.complete().await;
    let fresh = headers.get(header::IF_NONE_MATCH).and_then(|v| v.to_str().ok()) == Some(ring.etag.as_str());
    let mut response = match fresh {
        true => StatusCode::NOT_MODIFIED.into_response(),
        false => ring.jwks.clone().into_response(),
    };
    let answer = response.headers_mut();
    answer.insert(header::CACHE_CONTROL, HeaderValue::from_static(KEPT));
    answer.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
    if let Ok(etag) = HeaderValue::from_str(&ring.etag) {
        answer.insert(header::ETAG, etag);
    }
    response
}
