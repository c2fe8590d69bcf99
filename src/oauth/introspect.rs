//! RFC 7662: `/oauth2/introspect`, what a token stands for, told to whom it concerns.

use super::access::{self, Access};
use super::client_auth::admit;
use super::error::{Code, Json52, Refusal, no_store};
use super::grants::Which;
use super::token::unique;
use super::{presentation, subject, target};
use crate::app::App;
use crate::clients::Client;
use crate::crypto::token::{GrantToken, Kind};
use crate::web::{Call, Form, Query};
use axum::Json;
use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::Response;
use serde_json::{Value, json};

/// Ask about a token
///
/// RFC 7662: whether it is good and what it stands for, told to whom it concerns.
#[utoipa::path(post, path = "/oauth2/introspect", operation_id = "introspect", tag = "oauth", security(("client" = []), ()),
    request_body(content = super::wire::TokenReference, content_type = "application/x-www-form-urlencoded"),
    responses((status = 200, description = "What it stands for", body = super::wire::Introspection),
        (status = 400, description = "`invalid_request`"),
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
    if client.public() {
        return Err(Refusal::new(Code::InvalidClient, "introspection is for clients that authenticate").into());
    }
    let token = params.get("token").ok_or(Refusal::new(Code::InvalidRequest, "token is missing"))?;
    let about = if token.starts_with(Kind::Refresh.prefix()) {
        refresh(&app, &client, token).await?
    } else {
        let access = access::resolve(&app, token).await?.filter(|access| concerns(&client, access));
        access.map(|access| tell(&app, spelled(&client, access)))
    };
    // §2.2: nothing more about a token that isn't good, or isn't the caller's business.
    Ok(no_store(Json(about.unwrap_or_else(|| json!({ "active": false })))))
}

/// A token concerns the client that it was issued to, and a resource server for whose resources it is.
fn concerns(client: &Client, access: &Access) -> bool {
    let own = access.client_id == client.id;
    let for_it =
        access.resource.iter().any(|resource| target::spelling(&client.metadata.resources, resource).is_some());
    own || (client.metadata.resource_server && (access.resource.is_empty() || for_it))
}

/// A resource server finds itself in `aud` as it spelled itself, and may compare strings.
fn spelled(client: &Client, mut access: Access) -> Access {
    for resource in &mut access.resource {
        if let Some(own) = target::spelling(&client.metadata.resources, resource) {
            *resource = own.to_owned();
        }
    }
    access
}

/// §2.2
fn tell(app: &App, access: Access) -> Value {
    let mut about = json!({
        "active": true,
        "iss": app.issuer(),
        "client_id": access.client_id,
        "scope": access.scope.to_string(),
        "token_type": "Bearer",
        "iat": access.issued_at.secs(),
        "exp": access.expires_at.secs(),
        "aud": access.audience(app),
    });
    let Some(members) = about.as_object_mut() else {
        return about;
    };
    match &access.person {
        Some(person) => {
            members.insert("sub".to_owned(), json!(subject::of(app, &access.client, &person.grant.user_id)));
            // The address is what the scope `email` tells. OIDC Core §8.1: it would tell what a pairwise `sub` hides too.
            if access.scope.has("email") && access.client.sector().is_none() {
                members.insert("username".to_owned(), json!(person.user_email));
            }
            if let Some(workspace) = &person.grant.workspace {
                members.insert("workspace".to_owned(), json!(workspace));
                members.insert("workspace_role".to_owned(), json!(person.standing));
            }
            members.insert("auth_time".to_owned(), json!(person.grant.auth_time.secs()));
            members.insert("acr".to_owned(), json!(person.grant.acr));
        }
        // RFC 9068 §2.2: the subject of a machine's token is the client.
        None => drop(members.insert("sub".to_owned(), json!(access.client_id))),
    }
    about
}

async fn refresh(app: &App, client: &Client, token: &str) -> Result<Option<Value>, Refusal> {
    let Some(token) = GrantToken::open(Kind::Refresh, &app.keys.macs(), token) else {
        return Ok(None);
    };
    let found = presentation::present(app, &token, Which::Refresh, app.now()).await?;
    Ok(found.filter(|found| found.grant.client_id == client.id).map(|found| {
        let grant = &found.grant;
        json!({
            "active": true,
            "iss": app.issuer(),
            "client_id": grant.client_id,
            "sub": subject::of(app, &found.client, &grant.user_id),
            "scope": grant.scope.to_string(),
            "token_use": "refresh_token",
            "iat": grant.rotated_at.secs(),
            "exp": grant.idle_expires_at.min(grant.expires_at).secs(),
        })
    }))
}
