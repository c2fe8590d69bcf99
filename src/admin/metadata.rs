//! RFC 7591 §2, RFC 7396: client metadata out of JSON, with what follows from other members filled in.

use super::Refused;
use crate::app::App;
use crate::clients::{ADMIN_SCOPE, Client, GrantType, Metadata};
use crate::web::json;
use serde_json::{Map, Value};

/// Members of a client that are shown and can't be written. What was shown may be sent back as it was.
const SHOWN: [&str; 6] =
    ["client_id", "client_id_issued_at", "client_secret", "client_secret_expires_at", "client_secrets", "enabled"];
/// Moves with every change; whatever is sent of it means nothing.
const MOVES: &str = "updated_at";

/// Reads and checks metadata. `response_types` follows the grant types where it isn't given; a client without people
/// gets no scopes that are about people.
pub fn read(members: Map<String, Value>) -> Result<Metadata, Refused> {
    let given = |name: &str| members.contains_key(name);
    let (types_given, scope_given) = (given("response_types"), given("scope"));
    let mut metadata: Metadata = json::members(members)?;
    let people = metadata.grant_types.contains(&GrantType::AuthorizationCode);
    if !types_given {
        metadata.response_types = if people { vec!["code".to_owned()] } else { Vec::new() };
    }
    if !scope_given && !people {
        metadata.scope = if metadata.admin { ADMIN_SCOPE.to_owned() } else { String::new() };
    }
    metadata.check()?;
    Ok(metadata)
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
    // They follow the grant types, which the patch may change.
    members.remove("response_types");
    leave_out_shown(client, &mut patch)?;
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
    let ours = [("jwks_uri", &metadata.jwks_uri), ("backchannel_logout_uri", &metadata.backchannel_logout_uri)];
    for (field, uri) in ours {
        if uri.as_deref().is_some_and(|uri| app.outbound.check(uri).is_err()) {
            let why = "must be an https URL with a public host on port 443; others only inside `outbound.allow`";
            return Err(Refused::invalid(field, why));
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

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
