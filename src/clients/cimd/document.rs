//! CIMD §4: what a document says about its client, and what of it we take.

use super::Unusable;
use crate::app::App;
use crate::base::Time;
use crate::base::id::ClientId;
use crate::base::uri;
use crate::clients::{AuthMethod, Client, GrantType, Metadata, Provenance, localized};
use crate::config::CimdPolicy;
use crate::outbound::Fetched;
use crate::web::json;
use serde_json::{Map, Value, json};

/// Where we decide, whatever the document wishes: what such a client may ask for; and how tokens and answers about a person
/// look, which must be the same where nobody reads the document (see [`super::standing`]).
const OURS: [&str; 7] = [
    "scope",
    "grant_types",
    "response_types",
    "subject_type",
    "sector_identifier_uri",
    "userinfo_signed_response_alg",
    "request_uris",
];

/// Where it is told of sign-outs: only where its document is. Elsewhere somebody else would get requests that they didn't
/// ask for.
const AT_HOME: [&str; 2] = ["backchannel_logout_uri", "frontchannel_logout_uri"];

fn unusable<T>(field: &str, why: &str) -> Result<T, Unusable> {
    Err(Unusable::Document(field.to_owned(), why.to_owned()))
}

/// What such a client may do, before its document says how it is called and where it is.
pub(super) fn within(policy: &CimdPolicy) -> Metadata {
    Metadata {
        scope: policy.scopes.join(" "),
        grant_types: vec![GrantType::AuthorizationCode, GrantType::RefreshToken],
        token_endpoint_auth_method: AuthMethod::None,
        ..Metadata::default()
    }
}

/// §4.1: whether it is JSON that names the very URL where it is. Only of such a document anyone is told what is wrong with
/// it: whoever wrote it wants it to be read.
pub(super) fn names_itself(id: &str, fetched: &Fetched) -> bool {
    let media_type = fetched.media_type.as_str();
    let json =
        media_type == "application/json" || (media_type.starts_with("application/") && media_type.ends_with("+json"));
    let names = |members: Map<String, Value>| members.get("client_id").and_then(Value::as_str) == Some(id);
    json && json::object(&fetched.body).is_ok_and(names)
}

/// The client that a document describes.
pub(super) fn client(app: &App, id: &str, fetched: &Fetched, now: Time) -> Result<Client, Unusable> {
    let members = json::object(&fetched.body).map_err(|bad| Unusable::Document(bad.member, bad.why))?;
    let metadata = metadata(app, id, members)?;
    Ok(Client {
        id: ClientId::from(id),
        metadata,
        secrets: Vec::new(),
        enabled: true,
        provenance: Provenance::Document,
        not_before: Time::from_millis(0),
        rev: 0,
        created_at: now,
        updated_at: now,
    })
}

fn metadata(app: &App, id: &str, mut members: Map<String, Value>) -> Result<Metadata, Unusable> {
    for secret in ["client_secret", "client_secret_expires_at"] {
        if members.contains_key(secret) {
            return unusable(secret, "has no place in a document that anyone can read");
        }
    }
    let method = auth_method(&members)?;
    members.retain(|name, value| Metadata::is_its_own(name) && !OURS.contains(&name.as_str()) && !value.is_null());
    members.insert("token_endpoint_auth_method".to_owned(), json!(method));
    drop_logo(app, &mut members);
    for field in AT_HOME {
        let to = members.get(field).and_then(Value::as_str);
        if to.is_some_and(|to| uri::origin(to) != uri::origin(id)) {
            return unusable(field, "must have the scheme, host and port of client_id");
        }
    }
    for required in ["client_name", "redirect_uris"] {
        if !members.contains_key(required) {
            return unusable(required, "must be given");
        }
    }
    let Ok(Value::Object(mut all)) = serde_json::to_value(within(&app.config.cimd_policy)) else {
        return unusable("", "the policy of this server can't be read");
    };
    all.extend(members);
    localized::fold(&mut all);
    let mut metadata: Metadata = json::members(all).map_err(|bad| Unusable::Document(bad.member, bad.why))?;
    if metadata.application_type.is_none() && metadata.redirect_uris.iter().any(|to| uri::impersonable(to)) {
        metadata.application_type = Some(crate::clients::ApplicationType::Native);
    }
    metadata.check().map_err(|bad| Unusable::Document(bad.field.to_owned(), bad.why))?;
    if metadata.jwks_uri.as_deref().is_some_and(|uri| app.outbound.check(uri).is_err()) {
        return unusable("jwks_uri", "must be an https URL with a public host on port 443");
    }
    Ok(metadata)
}

/// §4.1: no shared secret. Some clients list several methods (OIDC RP Metadata Choices); the strongest counts.
fn auth_method(members: &Map<String, Value>) -> Result<AuthMethod, Unusable> {
    let field = "token_endpoint_auth_method";
    let method = |name: &str| match name {
        "none" => Some(AuthMethod::None),
        "private_key_jwt" => Some(AuthMethod::PrivateKeyJwt),
        _ => None,
    };
    let why = "must be none or private_key_jwt: a document has no secret";
    match members.get(field) {
        Some(Value::String(name)) => method(name).map_or_else(|| unusable(field, why), Ok),
        Some(Value::Null) | None => {
            let field = "token_endpoint_auth_methods_supported";
            let listed: Vec<&str> = match members.get(field) {
                Some(Value::Array(names)) => names.iter().filter_map(Value::as_str).collect(),
                _ => return Ok(AuthMethod::None),
            };
            let keys = members.contains_key("jwks") || members.contains_key("jwks_uri");
            match (keys && listed.contains(&"private_key_jwt"), listed.contains(&"none")) {
                (true, _) => Ok(AuthMethod::PrivateKeyJwt),
                (false, true) => Ok(AuthMethod::None),
                (false, false) => unusable(field, why),
            }
        }
        Some(_) => unusable(field, "must be a string"),
    }
}

/// A picture isn't worth a refusal: one from where we wouldn't go is as good as none.
fn drop_logo(app: &App, members: &mut Map<String, Value>) {
    let logo = members.get("logo_uri").and_then(Value::as_str);
    if logo.is_some_and(|logo| app.outbound.check(logo).is_err()) {
        members.remove("logo_uri");
    }
}
