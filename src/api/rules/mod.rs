//! What holds for every operation of a kind: who may call it, what it refuses, which headers it takes and gives.

mod vault;

use crate::clients::{ADMIN_SCOPE, TOKENS_SCOPE, WORKSPACES_SCOPE};
use serde_json::{Map, Value, json};

/// Objects that are answered with an entity tag.
const TAGGED: [&str; 4] = ["Client", "User", "Workspace", "Member"];

/// Completes one operation.
pub(super) fn apply(path: &str, method: &str, operation: &mut Map<String, Value>) {
    match Kind::of(path) {
        Kind::Management => managed(path, method, operation),
        Kind::OwnTokens => own(path, method, operation),
        Kind::Vault => vault::acted(path, method, operation),
        Kind::Gate => asked_by_proxies(operation),
        Kind::Problems | Kind::Protocol => {}
    }
    if Kind::of(path) != Kind::Protocol {
        body(method, operation);
    }
    too_long(operation);
    fill(path, operation);
}

/// What kind of endpoint it is.
#[derive(PartialEq, Eq)]
enum Kind {
    /// The management API.
    Management,
    /// `/api/tokens`.
    OwnTokens,
    /// Accounts at other companies.
    Vault,
    /// What proxies ask.
    Gate,
    /// Others that tell what goes wrong as RFC 9457 has it.
    Problems,
    /// Those of OAuth and OpenID Connect.
    Protocol,
}

impl Kind {
    fn of(path: &str) -> Self {
        match path {
            "/api/tokens" | "/api/tokens/{id}" => Kind::OwnTokens,
            "/v1/token_scanning/report" | "/gate/check" => Kind::Problems,
            path if ["/v1/admin/", "/v1/workspaces"].iter().any(|begin| path.starts_with(begin)) => Kind::Management,
            path if path.starts_with("/v1/") => Kind::Vault,
            path if path.starts_with("/gate/") => Kind::Gate,
            _ => Kind::Protocol,
        }
    }
}

/// A person's own tokens.
fn own(path: &str, method: &str, operation: &mut Map<String, Value>) {
    let doors = json!([{ "token": [] }, { "session": [] }, { "oauth2": [TOKENS_SCOPE] }, { "bearer": [] }]);
    operation.insert("security".to_owned(), doors);
    let what = "`invalid_request`: the Authorization header can't be read, or is there twice";
    refuses(operation, "400", what);
    refuses(operation, "401", "`invalid_token`: nothing was shown that is good here; the challenges say what is");
    refuses(operation, "403", "`insufficient_scope`: the token lacks the scope `symbolon:tokens`");
    refuses(operation, "403", "`forbidden`: machines have no API tokens");
    refuses(operation, "429", "`rate-limited`: too many requests; `Retry-After` says when to try again");
    lists(operation);
    if path.contains('{') {
        refuses(operation, "404", "`not-found`: you have none of this `id`");
    }
    if method != "get" {
        refuses(operation, "403", "`csrf`: with a cookie, `X-CSRF-Token` must be sent, from a page of this origin");
        let what = "Of browsers: what `GET /api/tokens` answered under this name";
        takes(operation, "X-CSRF-Token", what, json!({ "type": "string" }));
    }
    if operation.contains_key("requestBody") {
        refuses(operation, "400", "`invalid-json`: the body is no JSON object, or has a member twice");
        refuses(operation, "400", "`unknown-member`: there is a member that can't be set");
        refuses(operation, "413", "`too-large`: the body is too large");
        refuses(operation, "415", "`unsupported-media-type`: the Content-Type isn't JSON");
        refuses(operation, "422", "`invalid-field`: a member can't be accepted; `errors` says which");
    }
    refuses(operation, "500", "`internal`: a fault of ours; it is logged");
    refuses(operation, "503", "`unavailable`, `busy`: not now; `Retry-After` says when to try again");
    gives(method, operation);
}

/// What the gate tells of who makes a request.
const TOLD: [(&str, &str); 8] = [
    ("X-Symbolon-User", "Their `sub`; absent for machines"),
    ("X-Symbolon-Email", "Of an access token: with the scope `email`"),
    ("X-Symbolon-Workspace", "Where they act"),
    ("X-Symbolon-Role", "What they are there: owner, admin, member"),
    ("X-Symbolon-Client", "The app that acts"),
    ("X-Symbolon-Scope", "Absent: all that the person may"),
    ("X-Symbolon-Token-Id", "Names what was shown; no secret"),
    ("X-Symbolon-Identity", "With `gate.identity`: the same, signed"),
];

fn asked_by_proxies(operation: &mut Map<String, Value>) {
    operation.insert("security".to_owned(), json!([{ "token": [] }, { "bearer": [] }, {}]));
    let what = "`unclear`: the request can be read in two ways, or there are rules and its proxy isn't trusted";
    refuses(operation, "400", what);
    refuses(operation, "401", "`invalid_token`: the request shows no token, or none that is good here");
    refuses(operation, "403", "`insufficient_scope`: the token lacks a scope that the rule asks for");
    refuses(operation, "403", "`denied`: no rule lets anyone do this");
    refuses(operation, "429", "`rate-limited`: too many requests; `Retry-After` says when to try again");
    refuses(operation, "500", "`internal`: a fault of ours; it is logged");
    refuses(operation, "503", "`unavailable`, `busy`: not now; `Retry-After` says when to try again");
    let responses = operation.get_mut("responses").and_then(Value::as_object_mut);
    if let Some(passed) = responses.and_then(|all| all.get_mut("200")).and_then(Value::as_object_mut) {
        let told = |(name, what): (&str, &str)| {
            (name.to_owned(), json!({ "description": what, "schema": { "type": "string" } }))
        };
        passed.insert("headers".to_owned(), Value::Object(TOLD.into_iter().map(told).collect()));
    }
}

/// What is answered before anyone looks where an address leads, in the form of the OAuth endpoints.
fn too_long(operation: &mut Map<String, Value>) {
    refuses(operation, "414", "`invalid_request`: the address is longer than 8 KiB");
    let content = json!({ "application/json": { "schema": { "$ref": "#/components/schemas/OAuthError" } } });
    if let Some(response) = operation.get_mut("responses").and_then(|all| all.get_mut("414")) {
        response["content"] = content;
    }
}

/// What lists refuse, by the parameters that they take.
fn lists(operation: &mut Map<String, Value>) {
    let asks = names(operation);
    for (name, what) in [
        ("limit", "`invalid_limit`: `limit` is no whole number from 1 to 200"),
        ("cursor", "`invalid_cursor`: `cursor` isn't what `next_cursor` gave; begin again without one"),
        ("search", "`invalid_search`: `search` is too long"),
        ("since", "`invalid_query`: a parameter can't be read"),
    ] {
        if asks.iter().any(|have| have == name) {
            refuses(operation, "400", what);
        }
    }
}

/// The management API.
fn managed(path: &str, method: &str, operation: &mut Map<String, Value>) {
    let scope = if path.starts_with("/v1/admin/") { ADMIN_SCOPE } else { WORKSPACES_SCOPE };
    operation.insert("security".to_owned(), json!([{ "oauth2": [scope] }, { "bearer": [] }]));
    let (about, changes) = (path.contains('{'), method != "get");
    let body = operation.contains_key("requestBody");
    refuses(operation, "400", "`invalid_request`: the Authorization header can't be read");
    lists(operation);
    refuses(operation, "401", "`invalid_token`: there is no access token, or it is unknown, expired or revoked");
    refuses(operation, "403", "`forbidden`: the token lacks the scope, or the caller the role");
    if about {
        refuses(operation, "404", "`not-found`: there is nothing under this name");
    }
    if about && changes {
        let what = "The `ETag` of what you have read: the change is made only if nobody changed it since";
        takes(operation, "If-Match", what, json!({ "type": "string" }));
        refuses(operation, "412", "`precondition-failed`: it was changed since you read it");
    }
    if method == "post" {
        once(operation);
    }
    if body {
        refuses(operation, "400", "`invalid-json`: the body is no JSON object, or has a member twice");
        if method != "post" {
            refuses(operation, "413", "`too-large`: the body is too large");
        }
        refuses(operation, "415", "`unsupported-media-type`: the Content-Type isn't JSON");
        refuses(operation, "422", "`invalid-field`: a member can't be accepted; `errors` says which");
    }
    refuses(operation, "500", "`internal`: a fault of ours; it is logged");
    refuses(operation, "503", "`unavailable`, `busy`: not now; `Retry-After` says when to try again");
    gives(method, operation);
}

/// What a POST takes and refuses for being done once.
fn once(operation: &mut Map<String, Value>) {
    let what = "1 to 255 visible characters of yours, as a UUID: sent twice with the same body within 24 hours, the request \
                is done once, and answered the same";
    takes(operation, "Idempotency-Key", what, json!({ "type": "string", "pattern": "^[!-~]{1,255}$" }));
    refuses(operation, "400", "`invalid-idempotency-key`: it isn't 1 to 255 visible characters");
    refuses(operation, "409", "`idempotency-key-in-use`: a request with this key is being worked on");
    refuses(operation, "413", "`too-large`: the body is too large");
    refuses(operation, "422", "`idempotency-key-reused`: the key stood for another request");
}

/// The names of its parameters.
fn names(operation: &Map<String, Value>) -> Vec<String> {
    let parameters = operation.get("parameters").and_then(Value::as_array).into_iter().flatten();
    parameters.filter_map(|one| one.get("name")?.as_str()).map(str::to_owned).collect()
}

fn takes(operation: &mut Map<String, Value>, header: &str, what: &str, schema: Value) {
    let parameter = json!({ "name": header, "in": "header", "description": what, "required": false, "schema": schema });
    let parameters = operation.entry("parameters").or_insert_with(|| json!([]));
    if let Some(parameters) = parameters.as_array_mut() {
        parameters.push(parameter);
    }
}

/// A body that may be left out is said to be that, and a patch may be called one.
fn body(method: &str, operation: &mut Map<String, Value>) {
    let Some(body) = operation.get_mut("requestBody").and_then(Value::as_object_mut) else { return };
    let Some(content) = body.get_mut("content").and_then(Value::as_object_mut) else { return };
    let mut optional = false;
    if let Some(schema) = content.get_mut("application/json").and_then(|json| json.get_mut("schema")) {
        let either = schema.get("oneOf").and_then(Value::as_array).cloned().unwrap_or_default();
        if let Some(given) = either.iter().find(|one| one.get("$ref").is_some()) {
            optional = true;
            *schema = given.clone();
        }
    }
    if method == "patch"
        && let Some(json) = content.get("application/json").cloned()
    {
        content.insert("application/merge-patch+json".to_owned(), json);
    }
    body.insert("required".to_owned(), json!(!optional));
}

/// Adds one more reason to a status.
fn refuses(operation: &mut Map<String, Value>, status: &str, why: &str) {
    let responses = operation.entry("responses").or_insert_with(|| json!({}));
    let Some(responses) = responses.as_object_mut() else { return };
    let response = responses.entry(status).or_insert_with(|| json!({ "description": "" }));
    let Some(said) = response.get_mut("description") else { return };
    let text = said.as_str().unwrap_or_default();
    *said = if text.is_empty() { json!(why) } else { json!(format!("{text}\n\n{why}")) };
}

/// Headers of what is answered.
fn gives(method: &str, operation: &mut Map<String, Value>) {
    for (status, response) in operation.get_mut("responses").and_then(Value::as_object_mut).into_iter().flatten() {
        let Some(response) = response.as_object_mut() else { continue };
        // A client of the registry may have all the members of one with a document, too.
        if let Some(schema) =
            response.get_mut("content").and_then(|content| content.pointer_mut("/application~1json/schema"))
            && let Some(members) = schema.as_object_mut()
            && let Some(several) = members.remove("oneOf")
        {
            members.insert("anyOf".to_owned(), several);
        }
        let schema =
            response.get("content").and_then(|content| content.get("application/json")?.get("schema").cloned());
        let schema = schema.unwrap_or_default();
        let several = ["oneOf", "anyOf"].iter().filter_map(|name| schema.get(name)?.as_array()).flatten();
        let named = several.chain([&schema]).find_map(|schema| schema.get("$ref")?.as_str()).unwrap_or_default();
        let name = named.rsplit('/').next().unwrap_or_default();
        let mut headers = Map::new();
        let mut header = |name: &str, what: &str| {
            headers.insert(name.to_owned(), json!({ "description": what, "schema": { "type": "string" } }));
        };
        if TAGGED.contains(&name) {
            header("ETag", "What to send as `If-Match` with a change");
        }
        if name.starts_with("Page_") {
            header("Link", "RFC 8288: the next page, where there is one");
        }
        if status == "401" || status == "403" {
            header("WWW-Authenticate", "RFC 6750 §3: what is wrong with the token, and which scope would do");
        }
        if status == "503" || status == "409" {
            header("Retry-After", "Seconds");
        }
        if method == "post" && status.starts_with('2') {
            header("Idempotency-Replayed", "`true` when this is the answer that was given before");
        }
        if !headers.is_empty() {
            response.insert("headers".to_owned(), Value::Object(headers));
        }
    }
}

/// Errors are told in one way, by each kind of endpoint its own.
fn fill(path: &str, operation: &mut Map<String, Value>) {
    let kind = Kind::of(path);
    let ours = kind != Kind::Protocol;
    for (status, response) in operation.get_mut("responses").and_then(Value::as_object_mut).into_iter().flatten() {
        let Some(response) = response.as_object_mut() else { continue };
        if !status.starts_with(['4', '5']) || response.contains_key("content") {
            continue;
        }
        let (media, schema) = match kind {
            Kind::Protocol => ("application/json", "OAuthError"),
            Kind::Vault => ("application/problem+json", "Refusal"),
            _ => ("application/problem+json", "Problem"),
        };
        let mut content = json!({ "schema": { "$ref": format!("#/components/schemas/{schema}") } });
        let said = response.get("description").and_then(Value::as_str).unwrap_or_default();
        if let (true, Some(members)) = (ours, content.as_object_mut()) {
            members.insert("examples".to_owned(), examples(status, said));
        }
        response.insert("content".to_owned(), json!({ media: content }));
    }
}

/// One problem for each code that the description names.
fn examples(status: &str, said: &str) -> Value {
    let number: u16 = status.parse().unwrap_or_default();
    let title = axum::http::StatusCode::from_u16(number).ok().and_then(|status| status.canonical_reason());
    let mut all = Map::new();
    for line in said.split("\n\n") {
        let (codes, why) = line.split_once(": ").unwrap_or((line, line));
        for code in codes.split(", ") {
            let code = code.trim_matches('`');
            let value = json!({
                "type": format!("urn:symbolon:problem:{code}"),
                "title": title.unwrap_or_default(),
                "status": number,
                "detail": why.replace('`', ""),
            });
            all.insert(code.to_owned(), json!({ "value": value }));
        }
    }
    Value::Object(all)
}
