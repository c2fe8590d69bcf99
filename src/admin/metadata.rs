//! RFC 7591 §2, RFC 7396: client metadata out of JSON, with what follows from other members filled in.

use super::Refused;
use crate::app::App;
use crate::clients::{ADMIN_SCOPE, Client, GrantType, Metadata, ResponseType, localized};
use crate::web::json;
use serde_json::{Map, Value, json};

/// Members of a client that are shown and can't be written. What was shown may be sent back as it was.
const SHOWN: [&str; 7] = [
    "client_id",
    "client_id_issued_at",
    "client_secret",
    "client_secret_expires_at",
    "client_secrets",
    "enabled",
    "registered_by",
];
/// Moves with every change; whatever is sent of it means nothing.
const MOVES: &str = "updated_at";

/// Reads and checks metadata. Of `response_types` and `grant_types`, one that isn't given follows the other; a client
/// without people gets no scopes that are about people.
pub fn read(mut members: Map<String, Value>) -> Result<Metadata, Refused> {
    localized::fold(&mut members);
    let given = |name: &str| members.contains_key(name);
    let (types_given, grants_given, scope_given) = (given("response_types"), given("grant_types"), given("scope"));
    let mut metadata: Metadata = json::members(members)?;
    match (types_given, grants_given) {
        (false, _) => metadata.response_types = responses_of(&metadata.grant_types),
        (true, false) if metadata.legacy() => {
            metadata.grant_types = grants_of(&metadata.grant_types, &metadata.response_types);
        }
        _ => {}
    }
    if !scope_given && !metadata.may_have_people() {
        metadata.scope = if metadata.admin { ADMIN_SCOPE.to_owned() } else { String::new() };
    }
    metadata.check()?;
    Ok(metadata)
}

/// What follows from the grants alone; legacy response types are always chosen.
fn responses_of(grants: &[GrantType]) -> Vec<String> {
    let code = grants.contains(&GrantType::AuthorizationCode);
    if code { vec!["code".to_owned()] } else { Vec::new() }
}

/// OIDC Registration §2: grants with those that the response types take, and without those that none of them takes.
fn grants_of(grants: &[GrantType], responses: &[String]) -> Vec<GrantType> {
    let read: Option<Vec<ResponseType>> = responses.iter().map(|text| ResponseType::parse(text)).collect();
    let Some(read) = read else {
        return grants.to_vec();
    };
    let (code, implicit) = (read.iter().any(|one| one.code), read.iter().any(|one| one.legacy()));
    let begin = [(GrantType::AuthorizationCode, code), (GrantType::Implicit, implicit)];
    let begins = begin.into_iter().filter(|(_, taken)| *taken).map(|(grant, _)| grant);
    let others = grants.iter().copied().filter(|grant| match grant {
        GrantType::AuthorizationCode | GrantType::Implicit => false,
        GrantType::RefreshToken => code,
        GrantType::ClientCredentials => true,
    });
    begins.chain(others).collect()
}

/// Metadata that take the place of all there is.
pub(super) fn replacement(client: &Client, mut members: Map<String, Value>) -> Result<Metadata, Refused> {
    leave_out_shown(client, &mut members)?;
    read(members)
}

/// Takes out what is only shown, and refuses it where it differs from what is there.
fn leave_out_shown(client: &Client, members: &mut Map<String, Value>) -> Result<(), Refused> {
    members.remove(MOVES);
    let shown = client.to_json();
    for name in SHOWN {
        if let Some(value) = members.remove(name)
            && shown.get(name) != Some(&value)
        {
            return Err(Refused::invalid(name, written_otherwise(name)));
        }
    }
    Ok(())
}

fn written_otherwise(name: &str) -> &'static str {
    match name {
        "enabled" => "is changed by enabling and disabling the client",
        "client_id" => "is never changed; register another client",
        "client_secret" | "client_secret_expires_at" | "client_secrets" => "is changed by rotate-secret",
        _ => "can't be set; leave it out",
    }
}

/// Metadata with a patch over them.
pub(super) fn patched(client: &Client, mut patch: Map<String, Value>) -> Result<Metadata, Refused> {
    let mut members = match serde_json::to_value(&client.metadata) {
        Ok(Value::Object(members)) => members,
        _ => Map::new(),
    };
    // Each follows the other where the patch changes only that.
    match (patch.contains_key("grant_types"), patch.get("response_types")) {
        (true, None) if !client.metadata.legacy() => drop(members.remove("response_types")),
        (false, Some(Value::Array(given))) => {
            let given: Vec<String> = given.iter().filter_map(Value::as_str).map(str::to_owned).collect();
            members.insert("grant_types".to_owned(), json!(grants_of(&client.metadata.grant_types, &given)));
        }
        _ => {}
    }
    leave_out_shown(client, &mut patch)?;
    localized::fold(&mut patch);
    merge(&mut members, patch);
    read(members)
}

/// RFC 7396 §2: null removes, objects merge, everything else replaces.
fn merge(target: &mut Map<String, Value>, patch: Map<String, Value>) {
    for (name, value) in patch {
        match value {
            Value::Null => {
                target.remove(&name);
            }
            Value::Object(inner) => {
                let mut merged = match target.remove(&name) {
                    Some(Value::Object(members)) => members,
                    _ => Map::new(),
                };
                merge(&mut merged, inner);
                target.insert(name, Value::Object(merged));
            }
            other => {
                target.insert(name, other);
            }
        }
    }
}

/// Checks what depends on the settings of this deployment: where we are to go must be where we would go.
pub(super) fn check_here(app: &App, metadata: &Metadata) -> Result<(), Refused> {
    let keys = metadata.jwks_uri.iter().map(|uri| ("jwks_uri", uri));
    let logo = metadata.logo_uri.iter().map(|uri| ("logo_uri", uri));
    let requests = metadata.request_uris.iter().map(|uri| ("request_uris", uri));
    let notices = metadata.backchannel_logout_uri.iter().map(|uri| ("backchannel_logout_uri", uri));
    let mut ours = keys.chain(logo).chain(requests).chain(notices);
    if let Some((field, _)) = ours.find(|(_, uri)| app.outbound.check(uri).is_err()) {
        let why = "must be an https URL with a public host on port 443; others only inside `outbound.allow`";
        return Err(Refused::invalid(field, why));
    }
    if metadata.legacy() && !app.config.legacy_response_types {
        let why =
            "must be [\"code\"]; the others bring tokens through browsers and need `legacy_response_types = true`";
        return Err(Refused::invalid("response_types", why));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn map(value: Value) -> Map<String, Value> {
        value.as_object().cloned().expect("object")
    }

    #[test]
    fn rfc7396_appendix_a() {
        for (target, patch, result) in [
            (json!({"a": "b"}), json!({"a": "c"}), json!({"a": "c"})),
            (json!({"a": "b"}), json!({"b": "c"}), json!({"a": "b", "b": "c"})),
            (json!({"a": "b"}), json!({"a": null}), json!({})),
            (json!({"a": "b", "b": "c"}), json!({"a": null}), json!({"b": "c"})),
            (json!({"a": ["b"]}), json!({"a": "c"}), json!({"a": "c"})),
            (json!({"a": "c"}), json!({"a": ["b"]}), json!({"a": ["b"]})),
            (json!({"a": {"b": "c"}}), json!({"a": {"b": "d", "c": null}}), json!({"a": {"b": "d"}})),
            (json!({"a": [{"b": "c"}]}), json!({"a": [1]}), json!({"a": [1]})),
            (json!({"e": null}), json!({"a": 1}), json!({"e": null, "a": 1})),
            (json!({}), json!({"a": {"bb": {"ccc": null}}}), json!({"a": {"bb": {}}})),
        ] {
            let mut merged = map(target);
            merge(&mut merged, map(patch));
            assert_eq!(Value::Object(merged), result);
        }
    }

    #[test]
    fn dc_03_dc_05_hostile_metadata_are_refused_by_member() {
        let base = json!({"client_name": "Shop", "redirect_uris": ["https://shop.example/cb"]});
        for (name, value) in [
            ("owner", json!("mallory")),
            ("client_secret", json!("chosen")),
            ("skip_consent", json!(true)),
            ("grant_types", json!(["implicit"])),
            ("grant_types", json!(["password"])),
            ("client_name", json!("x".repeat(101))),
            ("redirect_uris", json!(vec!["https://shop.example/cb"; 1000])),
            ("redirect_uris", json!("https://shop.example/cb")),
            ("jwks", json!({"keys": [{"kty": "oct", "k": "AQ"}]})),
            ("token_endpoint_auth_method", json!("tls_client_auth")),
            ("access_token_lifetime", json!(-1)),
            ("access_token_lifetime", json!(1.5)),
            ("trusted", json!("yes")),
        ] {
            let mut members = map(base.clone());
            members.insert(name.to_owned(), value);
            match read(members) {
                Err(Refused::Invalid { field, .. }) => assert_eq!(field, name),
                other => panic!("{name}: {other:?}"),
            }
        }
        assert!(read(map(base)).is_ok());
    }

    #[test]
    fn a_machine_needs_no_more_than_its_grant_type() {
        let read = |value| read(map(value)).expect("valid");
        let machine = read(json!({"client_name": "Job", "grant_types": ["client_credentials"]}));
        assert_eq!((machine.scope.as_str(), machine.response_types.len()), ("", 0));
        let admin = read(json!({"client_name": "Ops", "grant_types": ["client_credentials"], "admin": true}));
        assert_eq!(admin.scope, "symbolon:admin");
    }
}
