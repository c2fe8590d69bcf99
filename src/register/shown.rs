//! RFC 7591 §3.2.1, RFC 7592 §3: what a client is told about its registration: all that holds, and nothing of ours.

use crate::app::App;
use crate::base::Secret;
use crate::clients::{Client, Metadata};
use serde_json::{Map, Value, json};

/// Lists that say something when they are empty.
const TELLING: [&str; 3] = ["redirect_uris", "grant_types", "response_types"];

/// The client information response: these members, and the metadata that the client registered.
#[derive(utoipa::ToSchema)]
#[schema(as = Registration)]
#[expect(dead_code, reason = "says what `information` makes")]
pub(super) struct Information {
    client_id: String,
    client_id_issued_at: i64,
    /// Shown where it was just made.
    client_secret: Option<String>,
    client_secret_expires_at: Option<i64>,
    registration_access_token: String,
    registration_client_uri: String,
}

/// The client information response.
pub(super) fn information(app: &App, client: &Client, secret: Option<&Secret>, token: &Secret) -> Value {
    let mut members = Map::new();
    let mut add = |name: &str, value: Value| members.insert(name.to_owned(), value);
    add("client_id", json!(client.id));
    add("client_id_issued_at", json!(client.created_at.secs()));
    if let Some(secret) = secret {
        add("client_secret", json!(secret.reveal()));
    }
    if client.metadata.token_endpoint_auth_method.with_secret() {
        // RFC 7591 §3.2.1: 0 means that it doesn't expire.
        add("client_secret_expires_at", json!(0));
    }
    add("registration_access_token", json!(token.reveal()));
    add("registration_client_uri", json!(app.url(&format!("/oauth2/register/{}", client.id))));
    let empty = |value: &Value| value.as_array().is_some_and(Vec::is_empty);
    let told = |(name, value): &(String, Value)| {
        Metadata::is_its_own(name) && (!empty(value) || TELLING.contains(&name.as_str()))
    };
    members.extend(client.metadata.to_members().into_iter().filter(told));
    Value::Object(members)
}
