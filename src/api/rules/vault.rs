//! The same for the vault: which scopes open an operation, and what all of them refuse.

use super::{gives, lists, once, refuses, takes};
use crate::vault::actor::{
    ACCOUNTS_CREDENTIALS, ACCOUNTS_CUSTODY, ACCOUNTS_READ, ACCOUNTS_WRITE, CONNECT_WRITE, SOURCES_READ, SOURCES_WRITE,
    WEBHOOKS_WRITE,
};
use serde_json::{Map, Value, json};

/// The scopes of which one is enough. Who may take tokens of one source only has `accounts:credentials:` and its slug.
fn scopes(path: &str, method: &str) -> &'static [&'static [&'static str]] {
    match (path, method) {
        (path, "get") if path.starts_with("/v1/source_types") => &[&[SOURCES_READ], &[SOURCES_WRITE]],
        ("/v1/sources" | "/v1/sources/{id}", "get") => &[&[SOURCES_READ], &[SOURCES_WRITE]],
        (path, _) if path.starts_with("/v1/connect_sessions") => &[&[CONNECT_WRITE]],
        (path, _) if path.starts_with("/v1/webhooks") => &[&[WEBHOOKS_WRITE]],
        ("/v1/credentials/batch", _) => &[&[ACCOUNTS_CREDENTIALS]],
        (path, _) if path.ends_with("/reject") => &[&[ACCOUNTS_CREDENTIALS]],
        (path, _) if path.contains("/custody/") => &[&[ACCOUNTS_WRITE, ACCOUNTS_CUSTODY]],
        (path, "get") if path.contains("/accounts") => &[&[ACCOUNTS_READ], &[ACCOUNTS_WRITE], &[ACCOUNTS_CREDENTIALS]],
        (path, _) if path.contains("/accounts") => &[&[ACCOUNTS_WRITE]],
        _ => &[&[SOURCES_WRITE]],
    }
}

/// Completes an operation of the vault.
pub(super) fn acted(path: &str, method: &str, operation: &mut Map<String, Value>) {
    let enough = scopes(path, method).iter().map(|scopes| json!({ "oauth2": scopes }));
    let doors: Vec<Value> = enough.chain([json!({ "token": [] }), json!({ "bearer": [] })]).collect();
    operation.insert("security".to_owned(), Value::Array(doors));
    let what = "The slug of the workspace: for programs of their own, which act in none by themselves. A person's token acts in the \
                one for which it was made";
    takes(
        operation,
        "Symbolon-Workspace",
        what,
        json!({ "type": "string", "minLength": 1, "maxLength": 200, "pattern": "^[!-~]+$" }),
    );
    let what = "`invalid_request`: the Authorization header, `Symbolon-Workspace` or a parameter can't be read";
    refuses(operation, "400", what);
    lists(operation);
    refuses(operation, "401", "`invalid_token`: nothing was shown that is good here; the challenges say what is");
    refuses(operation, "403", "`insufficient_scope`: the token lacks the scope that `error.details.scope` names");
    let what = "`forbidden`: the token acts in no workspace, or the caller may see this and not do it; `error.message` says which";
    refuses(operation, "403", what);
    refuses(
        operation,
        "404",
        "`not_found`: there is nothing under this name for whoever asks, or they aren't in the workspace",
    );
    if method == "post" {
        once(operation);
    }
    if operation.contains_key("requestBody") {
        refuses(operation, "400", "`invalid-json`: the body is no JSON object, or has a member twice");
        if method != "post" {
            refuses(operation, "413", "`too-large`: the body is larger than `limits.body_bytes`");
        }
        refuses(operation, "415", "`unsupported-media-type`: the Content-Type isn't JSON");
        refuses(operation, "422", "`field_invalid`: a member can't be accepted; `errors` and `error.field` say which");
    }
    refuses(operation, "429", "`rate-limited`: too many requests; `Retry-After` says when to try again");
    refuses(operation, "500", "`internal`: something went wrong on our side; it is in the log");
    refuses(operation, "503", "`unavailable`, `busy`: not now; `Retry-After` says when to try again");
    gives(method, operation);
}
