//! `/openapi.json`: OpenAPI 3.1 of all that programs call, made from what the handlers say of themselves. What holds for
//! many of them, and follows from how they are built, is added here.

use super::rules;
use crate::app::App;
use crate::clients::{ADMIN_SCOPE, TOKENS_SCOPE, WORKSPACES_SCOPE};
use crate::oauth::cors;
use crate::oauth::discovery::KEPT;
use crate::vault::actor;
use crate::web::browser::Cookie;
use crate::web::problem;
use axum::Router;
use axum::body::Bytes;
use axum::http::header;
use axum::middleware::from_fn;
use axum::response::IntoResponse;
use axum::routing::get;
use serde::Serialize;
use serde_json::{Map, Value, json};
use utoipa::PartialSchema;
use utoipa::openapi::OpenApi;

/// What each tag is about, in the order of the reference.
pub(super) const TAGS: [(&str, &str, &str); 23] = [
    ("clients", "Clients", "The applications that people sign in to, and programs of their own (RFC 7591's words)."),
    ("users", "People", "Accounts and sessions."),
    ("invitations", "Invitations", "Who may make an account, or join a workspace, with a link."),
    (
        "tokens",
        "API tokens",
        "What people's own programs show, as `Authorization: Token …`. Their person makes them, in a browser or with a token that \
         they have; administrators list, limit and end them.",
    ),
    (
        "gate",
        "The gate",
        "Whether a request to somebody else's API may pass, and who makes it: for proxies and backends.",
    ),
    ("workspaces", "Workspaces", "What people act in, for those who administer the deployment."),
    (
        "my-workspaces",
        "My workspaces",
        "The workspaces of the person behind the token, for those who own or administer them.",
    ),
    (
        "sources",
        "Sources",
        "Applications of a workspace at other companies, with which people's accounts there are connected. For its owners and admins.",
    ),
    (
        "accounts",
        "Connected accounts",
        "People's accounts at other companies. The vault holds their tokens and keeps them fresh; whoever may reads one, any time.",
    ),
    (
        "sharing",
        "Sharing",
        "An account is its owner's alone until they share it: with a member, a program, or the whole workspace.",
    ),
    ("custody", "Custody", "Refresh tokens that leave the vault: handed over once, acknowledged, or taken back."),
    (
        "external-ids",
        "By external id",
        "Everything that can be done with an account, under its source and what the provider calls it.",
    ),
    (
        "webhooks",
        "Webhooks",
        "Endpoints that are told what happens to connected accounts, signed as Standard Webhooks has it.",
    ),
    ("connect", "Connecting accounts", "Links with which people connect their accounts at other companies."),
    ("grants", "Grants", "What people allowed clients."),
    ("registration", "Registration", "Who may register apps without an administrator."),
    ("audit", "Audit", "Who did what to what, from where."),
    ("keys", "Keys", "The keys that sign tokens."),
    ("settings", "Settings", "What this deployment runs with."),
    ("oauth", "OAuth 2.0", "Tokens: getting them, ending them, asking about them."),
    ("openid", "OpenID Connect", "Who is behind a token."),
    ("discovery", "Discovery", "What this server can do, for programs that meet it."),
    ("health", "Health", "Two questions of load balancers."),
];

/// `GET /openapi.json`, written once.
pub fn routes(document: &Value) -> Router<App> {
    let text = Bytes::from(document.to_string());
    let answer = async move || {
        ([(header::CONTENT_TYPE, "application/json"), (header::CACHE_CONTROL, KEPT)], text.clone()).into_response()
    };
    Router::new().route("/openapi.json", get(answer)).layer(from_fn(cors::everyone))
}

/// The whole document, from what the handlers say.
pub fn document(app: &App, described: &OpenApi) -> Value {
    let mut document = written(described);
    let Some(root) = document.as_object_mut() else { return document };
    root.insert("openapi".to_owned(), json!("3.1.0"));
    root.insert("info".to_owned(), info());
    root.insert("servers".to_owned(), json!([{ "url": app.issuer() }]));
    let tag = |(name, _, what): (&str, &str, &str)| json!({ "name": name, "description": what });
    root.insert("tags".to_owned(), TAGS.into_iter().map(tag).collect());
    let components = root.entry("components").or_insert_with(|| json!({}));
    if let Some(components) = components.as_object_mut() {
        components.insert("securitySchemes".to_owned(), schemes(app));
        let schemas = components.entry("schemas").or_insert_with(|| json!({}));
        if let Some(schemas) = schemas.as_object_mut() {
            complete(schemas);
        }
    }
    let paths = root.get_mut("paths").and_then(Value::as_object_mut).into_iter().flatten();
    for (path, item) in paths {
        for (method, operation) in item.as_object_mut().into_iter().flatten() {
            if let Some(operation) = operation.as_object_mut() {
                rules::apply(path, method, operation);
            }
        }
    }
    document
}

/// What serde writes of our own types can't fail; if it did, the document would lack it, and the tests that walk it say so.
fn written(what: impl Serialize) -> Value {
    serde_json::to_value(what).unwrap_or_else(|why| {
        tracing::error!(%why, "a part of the OpenAPI document can't be written");
        Value::Null
    })
}

fn info() -> Value {
    let description = "All that programs call: the management API, and beside it OAuth 2.0, OpenID Connect and discovery. \
                       What goes wrong is told as RFC 9457 has it, by the OAuth endpoints as RFC 6749 has it.";
    json!({
        "title": "Symbolon",
        "version": env!("CARGO_PKG_VERSION"),
        "description": description,
        "license": { "name": "Apache-2.0", "identifier": "Apache-2.0" },
    })
}

/// What each scope of the vault opens.
const VAULT_SCOPES: [(&str, &str); 8] = [
    (actor::SOURCES_READ, "See sources and their types"),
    (actor::SOURCES_WRITE, "Make and change sources, as an owner or admin of the workspace"),
    (actor::ACCOUNTS_READ, "See connected accounts"),
    (actor::ACCOUNTS_WRITE, "Change, share, refresh and delete connected accounts"),
    (
        actor::ACCOUNTS_CREDENTIALS,
        "Take access tokens of connected accounts; with `:` and a source's slug behind it, of that source's",
    ),
    (actor::ACCOUNTS_CUSTODY, "Bring refresh tokens, and take them out again"),
    (actor::CONNECT_WRITE, "Begin connections for people"),
    (actor::WEBHOOKS_WRITE, "Follow what happens to connected accounts"),
];

/// How callers show who they are.
fn schemes(app: &App) -> Value {
    let scopes = json!({
        ADMIN_SCOPE: "Administer this deployment: for people with the role auditor, admin or owner, and for clients made with `admin`",
        WORKSPACES_SCOPE: "Manage the workspaces that the person owns or administers",
        TOKENS_SCOPE: "Make and end the person's API tokens",
        "openid": "Know who the person is",
    });
    let vault = VAULT_SCOPES.map(|(name, what)| (name.to_owned(), json!(what)));
    let with_vault = |scopes: &Value| {
        let own = scopes.as_object().cloned().unwrap_or_default();
        Value::Object(own.into_iter().chain(vault.clone()).collect())
    };
    json!({
        "oauth2": { "type": "oauth2", "flows": {
            "authorizationCode": {
                "authorizationUrl": app.url("/oauth2/auth"),
                "tokenUrl": app.url("/oauth2/token"),
                "scopes": with_vault(&scopes),
            },
            "clientCredentials": {
                "tokenUrl": app.url("/oauth2/token"),
                "scopes": with_vault(&json!({ ADMIN_SCOPE: "Administer this deployment" })),
            },
        } },
        "bearer": { "type": "http", "scheme": "bearer", "description": "The access token (RFC 6750)" },
        "token": { "type": "apiKey", "in": "header", "name": "Authorization", "description": "`Token` and an API token" },
        "session": { "type": "apiKey", "in": "cookie", "name": Cookie::Session.name(app),
                     "description": "The cookie of a browser that is signed in; changes need `X-CSRF-Token` too" },
        "client": { "type": "http", "scheme": "basic", "description": "`client_id` and `client_secret` (RFC 6749 §2.3.1); \
                    they may stand in the form instead, or an assertion does (RFC 7523 §2.2)" },
    })
}

/// Schemas that are made of others, and those that no handler names.
fn complete(schemas: &mut Map<String, Value>) {
    schemas.insert("Problem".to_owned(), written(problem::Body::schema()));
    schemas.insert("ProblemPlace".to_owned(), written(problem::Wrong::schema()));
    schemas.insert("RefusalError".to_owned(), written(super::vault::Error::schema()));
    let mut refusal = schemas.get("Problem").cloned().unwrap_or_default();
    if let Some(members) = refusal.get_mut("properties").and_then(Value::as_object_mut) {
        members.insert("error".to_owned(), json!({ "$ref": "#/components/schemas/RefusalError" }));
    }
    if let Some(required) = refusal.get_mut("required").and_then(Value::as_array_mut) {
        required.push(json!("error"));
    }
    schemas.insert("Refusal".to_owned(), refusal);
    schemas.insert("OAuthError".to_owned(), written(crate::oauth::error::Wire::schema()));
    let names: Vec<String> = schemas.keys().cloned().collect();
    for name in names {
        if let Some(whole) = schemas.get(&name).and_then(|schema| joined(schemas, schema)) {
            schemas.insert(name, whole);
        }
    }
    for (name, schema) in schemas.iter_mut() {
        without_empty_defaults(schema);
        // What is on a page is shown elsewhere as the same.
        if let (Some(of), Some(items)) = (name.strip_prefix("Page_"), schema.pointer_mut("/properties/data/items")) {
            *items = json!({ "$ref": format!("#/components/schemas/{of}") });
        }
    }
    if let Some(patch) = schemas.get("ClientMetadata").map(patch) {
        schemas.insert("ClientPatch".to_owned(), patch);
    }
    // RFC 7591 §2.2: `client_name#de` and its like.
    let said =
        json!({ "^(client_name|logo_uri|client_uri|policy_uri|tos_uri)#[A-Za-z0-9-]{1,35}$": { "type": "string" } });
    for name in ["ClientMetadata", "ClientRequest", "ClientPatch"] {
        if let Some(schema) = schemas.get_mut(name).and_then(Value::as_object_mut) {
            schema.insert("patternProperties".to_owned(), said.clone());
        }
    }
}

/// What must be given has no default, and nothing is no default worth naming.
fn without_empty_defaults(schema: &mut Value) {
    let required: Vec<String> = schema
        .get("required")
        .and_then(Value::as_array)
        .into_iter()
        .flatten()
        .filter_map(Value::as_str)
        .map(str::to_owned)
        .collect();
    for (name, property) in schema.get_mut("properties").and_then(Value::as_object_mut).into_iter().flatten() {
        let Some(property) = property.as_object_mut() else { continue };
        let empty = property.get("default").is_some_and(|value| value.is_null() || value == "" || value == &json!({}));
        if empty || required.contains(name) {
            property.remove("default");
        }
    }
}

/// One object in the place of `allOf`: parts that refuse members of the other parts would refuse the whole.
fn joined(schemas: &Map<String, Value>, schema: &Value) -> Option<Value> {
    let parts = schema.get("allOf")?.as_array()?;
    let (mut properties, mut required) = (Map::new(), Vec::new());
    let mut strict = false;
    for part in parts {
        let part = match part.get("$ref").and_then(Value::as_str) {
            Some(path) => schemas.get(path.rsplit('/').next()?)?,
            None => part,
        };
        properties.extend(part.get("properties").and_then(Value::as_object).cloned().unwrap_or_default());
        required.extend(part.get("required").and_then(Value::as_array).cloned().unwrap_or_default());
        strict |= part.get("additionalProperties") == Some(&json!(false));
    }
    let mut whole = json!({ "type": "object", "properties": properties });
    let members = whole.as_object_mut()?;
    members.extend(schema.get("description").map(|what| ("description".to_owned(), what.clone())));
    members.extend((!required.is_empty()).then(|| ("required".to_owned(), Value::Array(required.clone()))));
    // What answers may hold isn't said to be all there will ever be.
    members.extend((strict && required.is_empty()).then(|| ("additionalProperties".to_owned(), json!(false))));
    Some(whole)
}

/// RFC 7396: every member may be given, and null takes it away.
fn patch(schema: &Value) -> Value {
    let properties = schema.get("properties").and_then(Value::as_object).into_iter().flatten();
    let nullable = properties.map(|(name, property)| {
        let mut property = property.clone();
        let what = property.as_object_mut().and_then(|members| {
            members.remove("default");
            members.remove("description")
        });
        let mut either = json!({ "anyOf": [property, { "type": "null" }] });
        if let Some(members) = either.as_object_mut() {
            members.extend(what.map(|what| ("description".to_owned(), what)));
        }
        (name.clone(), either)
    });
    let properties: Map<String, Value> = nullable.collect();
    json!({
        "type": "object",
        "description": "RFC 7396: what is named changes, and null sets it back to its default",
        "properties": properties,
        "additionalProperties": false,
    })
}
