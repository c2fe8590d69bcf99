//! RFC 7662 for all tokens of ours: `/oauth2/introspect`, and the same beside the tokens at `/api/tokens/introspect`.

use crate::api_tokens::{self, Checked};
use crate::app::App;
use crate::clients::Client;
use crate::crypto::api_token::PREFIX;
use crate::oauth::error::{Json52, Refusal, no_store};
use crate::oauth::{introspect, subject};
use crate::web::{Call, Form, Query};
use axum::Json;
use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::Response;
use serde_json::{Value, json};

/// `POST /oauth2/introspect`, `POST /api/tokens/introspect`
pub async fn post(
    State(app): State<App>,
    call: Call,
    headers: HeaderMap,
    Query(query): Query,
    Form(form): Form,
) -> Result<Response, Json52> {
    let (client, token) = introspect::asked(&app, &call, &headers, &query, form).await?;
    let about = match token.reveal().starts_with(PREFIX) {
        true => api_token(&app, &client, token.reveal()).await?,
        false => introspect::about(&app, &client, token.reveal()).await?,
    };
    // §2.2: nothing more about a token that isn't good, or isn't the caller's business.
    Ok(no_store(Json(about.unwrap_or_else(|| json!({ "active": false })))))
}

/// API tokens were issued to no client: they concern resource servers.
async fn api_token(app: &App, client: &Client, token: &str) -> Result<Option<Value>, Refusal> {
    if !client.metadata.resource_server {
        return Ok(None);
    }
    Ok(api_tokens::check(app, token, None).await?.map(|(checked, _)| tell(app, client, &checked)))
}

/// §2.2; `scope` is absent where the token may do all that its person may.
fn tell(app: &App, client: &Client, checked: &Checked) -> Value {
    let token = &checked.token;
    let mut about = json!({
        "active": true,
        "iss": app.issuer(),
        "sub": subject::of(app, &client.metadata, &token.user),
        "token_type": "Token",
        "token_id": token.id,
        "iat": token.created_at.secs(),
    });
    let Some(members) = about.as_object_mut() else {
        return about;
    };
    if let Some(scope) = &token.scope {
        members.insert("scope".to_owned(), json!(scope.to_string()));
    }
    if let Some(at) = token.expires_at {
        members.insert("exp".to_owned(), json!(at.secs()));
    }
    if let Some(workspace) = &token.workspace {
        members.insert("workspace".to_owned(), json!(workspace));
        members.insert("workspace_role".to_owned(), json!(checked.standing));
    }
    // OIDC Core §8.1: it would tell what a pairwise `sub` hides.
    if client.metadata.sector().is_none() {
        members.insert("username".to_owned(), json!(&*checked.email));
    }
    about
}
