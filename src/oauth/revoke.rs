//! RFC 7009: `/oauth2/revoke`. Once it is answered, nobody accepts the token any more.

use super::access::{Named, named};
use super::client_auth::admit;
use super::error::{Code, Json52, Refusal, no_store};
use super::grants::{self, Which};
use super::store;
use super::token::unique;
use crate::app::App;
use crate::args;
use crate::base::Time;
use crate::base::id::ClientId;
use crate::clients::Client;
use crate::crypto::token::{GrantToken, Kind, MachineToken};
use crate::db::On;
use crate::web::{Call, Form, Query};
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use serde_json::Value;

/// End a token
///
/// RFC 7009: once it is answered, nobody accepts the token any more. A token that isn't known is as good as revoked.
#[utoipa::path(post, path = "/oauth2/revoke", operation_id = "revoke", tag = "oauth", security(("client" = []), ()),
    request_body(content = super::wire::TokenReference, content_type = "application/x-www-form-urlencoded"),
    responses((status = 200, description = "It is revoked"),
        (status = 400, description = "`invalid_request`, `unauthorized_client`"),
        (status = 401, description = "`invalid_client`: the client isn't known, or didn't prove who it is"),
        (status = 413, description = "`invalid_request`: the form is too large"),
        (status = 429, description = "`temporarily_unavailable`: too many failures; `Retry-After` says when to try again"),
        (status = 500, description = "`server_error`: it is in the log"),
        (status = 503, description = "`temporarily_unavailable`: not now; nothing was lost")))]
pub async fn post(
    State(app): State<App>,
    call: Call,
    headers: HeaderMap,
    Query(query): Query,
    Form(form): Form,
) -> Result<Response, Json52> {
    let params = unique(form, &query)?;
    let client = admit(&app, &headers, &params, &call).await?.0;
    let token = params.get("token").ok_or(Refusal::new(Code::InvalidRequest, "token is missing"))?;
    // §2.2: a token that we don't know is as good as revoked.
    match revoke(&app, &client, token).await? {
        Some(owner) if owner != client.id => {
            Err(Refusal::new(Code::UnauthorizedClient, "the token was not issued to this client").into())
        }
        _ => Ok(no_store(StatusCode::OK)),
    }
}

/// Revokes what is the client's; gives whose token it is. The token's prefix tells its kind, so the hint isn't needed.
async fn revoke(app: &App, client: &Client, token: &str) -> Result<Option<ClientId>, Refusal> {
    let (macs, now) = (app.keys.macs(), app.now());
    if let Some(token) = GrantToken::open(Kind::Refresh, &macs, token) {
        return Ok(grants::revoke(&app.db, &token, Which::Refresh, &client.id, now).await?);
    }
    if let Some(token) = GrantToken::open(Kind::Access, &macs, token) {
        return Ok(grants::revoke(&app.db, &token, Which::Access, &client.id, now).await?);
    }
    if let Some(token) = MachineToken::open(&macs, token) {
        let expires_at = Time::from_millis(token.expires_at);
        return machine(app, client, &token.jti, ClientId::from(token.client_id), expires_at).await;
    }
    jwt(app, client, token).await
}

async fn machine(
    app: &App,
    client: &Client,
    jti: &str,
    owner: ClientId,
    expires_at: Time,
) -> Result<Option<ClientId>, Refusal> {
    if owner == client.id {
        let mut db = &app.db;
        db.run(store::REVOKE_MACHINE, args![jti, expires_at]).await?;
    }
    Ok(Some(owner))
}

/// A JWT can be called back only where it is checked with us; whoever checks it offline learns of it when it expires.
async fn jwt(app: &App, client: &Client, token: &str) -> Result<Option<ClientId>, Refusal> {
    let Some(read) = app.keys.now().verify(token).filter(|read| read.typ.as_deref() == Some(super::access::TYP)) else {
        return Ok(None);
    };
    let text = |name| read.claims.get(name).and_then(Value::as_str).unwrap_or_default();
    let owner = ClientId::from(text("client_id"));
    let expires_at = Time::from_secs(read.claims.get("exp").and_then(Value::as_i64).unwrap_or_default());
    match named(text("jti")) {
        Some(Named::Machine(jti)) => machine(app, client, jti, owner, expires_at).await,
        Some(Named::Grant(grant, generation)) if owner == client.id => {
            grants::end_access(&app.db, &grant, generation, &client.id).await?;
            Ok(Some(owner))
        }
        Some(Named::Grant(..)) => Ok(Some(owner)),
        None => Ok(None),
    }
}
