//! How things should be: what `symbolon apply` reads, out of TOML, YAML or JSON.

use crate::admin::Refused;
use crate::base::Secret;
use crate::base::id::{ClientId, WorkspaceId};
use crate::people::workspaces::{Standing, check_name, check_slug};
use crate::web::json;
use serde::Deserialize;
use serde_json::{Map, Value};
use std::collections::BTreeSet;

/// How things should be.
#[derive(Debug)]
pub struct Wanted {
    pub(super) workspaces: Vec<WantedWorkspace>,
    pub(super) clients: Vec<WantedClient>,
}

#[derive(Debug)]
pub(super) struct WantedWorkspace {
    pub(super) slug: WorkspaceId,
    pub(super) name: String,
    pub(super) members: Vec<WantedMember>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct WantedMember {
    pub(super) user: String,
    pub(super) role: Standing,
}

#[derive(Debug)]
pub(super) struct WantedClient {
    pub(super) id: ClientId,
    pub(super) enabled: bool,
    pub(super) secret: Option<Secret>,
    pub(super) members: Map<String, Value>,
}

/// Where a secret is: descriptions lie in repositories, so that they never hold one.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase", deny_unknown_fields)]
pub enum Reference {
    /// In this environment variable.
    Env(String),
    /// In this file, without the end of its line.
    File(String),
}

#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct Document {
    workspaces: Vec<Map<String, Value>>,
    clients: Vec<Map<String, Value>>,
}

#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct Workspace {
    slug: String,
    name: String,
    members: Vec<WantedMember>,
}

impl Wanted {
    /// Reads a description. `resolve` gives the secret that a reference leads to, or says why there is none.
    pub fn read(
        document: Map<String, Value>,
        resolve: impl Fn(&Reference) -> Result<Secret, String>,
    ) -> Result<Self, Refused> {
        let document: Document = json::members(document)?;
        let workspaces = document
            .workspaces
            .into_iter()
            .enumerate()
            .map(|(n, members)| workspace(members).map_err(|why| super::placed(&format!("workspaces/{n}"), why)));
        let clients =
            document.clients.into_iter().enumerate().map(|(n, members)| {
                client(members, &resolve).map_err(|why| super::placed(&format!("clients/{n}"), why))
            });
        let wanted =
            Wanted { workspaces: workspaces.collect::<Result<_, _>>()?, clients: clients.collect::<Result<_, _>>()? };
        once("workspaces", "slug", wanted.workspaces.iter().map(|one| one.slug.as_str()))?;
        once("clients", "client_id", wanted.clients.iter().map(|one| one.id.as_str()))?;
        Ok(wanted)
    }
}

/// What stands there twice can't be both.
fn once<'a>(list: &str, member: &str, names: impl Iterator<Item = &'a str>) -> Result<(), Refused> {
    let mut seen = BTreeSet::new();
    for (n, name) in names.enumerate() {
        if !seen.insert(name) {
            return Err(Refused::invalid(format!("{list}/{n}/{member}"), "stands in this file twice"));
        }
    }
    Ok(())
}

fn workspace(members: Map<String, Value>) -> Result<WantedWorkspace, Refused> {
    let Workspace { slug, name, members } = json::members(members)?;
    check_slug(&slug).map_err(|why| Refused::invalid("slug", why))?;
    check_name(&name).map_err(|why| Refused::invalid("name", why))?;
    Ok(WantedWorkspace { slug: WorkspaceId::from(slug), name: name.trim().to_owned(), members })
}

fn client(
    mut members: Map<String, Value>,
    resolve: impl Fn(&Reference) -> Result<Secret, String>,
) -> Result<WantedClient, Refused> {
    let id = match members.remove("client_id") {
        Some(Value::String(id)) if !id.is_empty() => ClientId::from(id),
        _ => return Err(Refused::invalid("client_id", "must be given: it is how the client is found again")),
    };
    let enabled = match members.remove("enabled") {
        None => true,
        Some(Value::Bool(enabled)) => enabled,
        Some(_) => return Err(Refused::invalid("enabled", "must be true or false")),
    };
    let secret = members.remove("client_secret").map(|given| secret(given, resolve)).transpose()?;
    Ok(WantedClient { id, enabled, secret, members })
}

fn secret(given: Value, resolve: impl Fn(&Reference) -> Result<Secret, String>) -> Result<Secret, Refused> {
    let why = "must say where the secret is: { env = \"NAME\" } or { file = \"/path\" }; it never stands in this file";
    let reference = serde_json::from_value::<Reference>(given).map_err(|_| Refused::invalid("client_secret", why))?;
    let secret = resolve(&reference).map_err(|why| Refused::invalid("client_secret", why))?;
    let strong = (32..=256).contains(&secret.reveal().len()) && secret.reveal().bytes().all(|b| b.is_ascii_graphic());
    if !strong {
        let why = "must lead to 32 to 256 ASCII characters without spaces, made by chance: openssl rand -base64 32";
        return Err(Refused::invalid("client_secret", why));
    }
    Ok(secret)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn read(document: Value) -> Result<Wanted, (String, String)> {
        let members = document.as_object().cloned().expect("an object");
        let resolve = |reference: &Reference| match reference {
            Reference::Env(name) if name == "GOOD" => Ok(Secret::new("0123456789abcdef0123456789abcdef")),
            Reference::Env(_) => Ok(Secret::new("short")),
            Reference::File(_) => Err("there is no such file".to_owned()),
        };
        Wanted::read(members, resolve).map_err(|why| match why {
            Refused::Invalid { field, why } => (field, why),
            other => panic!("{other:?}"),
        })
    }

    #[test]
    fn what_is_wrong_is_named_with_its_place() {
        let client = |more: Value| {
            let mut client = json!({ "client_id": "shop" });
            client.as_object_mut().expect("an object").extend(more.as_object().cloned().expect("an object"));
            json!({ "clients": [{ "client_id": "first" }, client] })
        };
        for (document, place) in [
            (json!({ "client": [] }), "client"),
            (json!({ "clients": [{ "client_name": "Shop" }] }), "clients/0/client_id"),
            (client(json!({ "enabled": "yes" })), "clients/1/enabled"),
            (client(json!({ "client_secret": "in clear" })), "clients/1/client_secret"),
            (client(json!({ "client_secret": { "env": "WEAK" } })), "clients/1/client_secret"),
            (client(json!({ "client_secret": { "file": "/none" } })), "clients/1/client_secret"),
            (client(json!({ "client_id": "first" })), "clients/1/client_id"),
            (json!({ "workspaces": [{ "slug": "Acme", "name": "Acme" }] }), "workspaces/0/slug"),
            (json!({ "workspaces": [{ "slug": "acme" }] }), "workspaces/0/name"),
            (
                json!({ "workspaces": [{ "slug": "a", "name": "A" }, { "slug": "a", "name": "B" }] }),
                "workspaces/1/slug",
            ),
        ] {
            let (field, why) = read(document.clone()).expect_err(place);
            assert_eq!(field, place, "{document}: {why}");
            assert!(!why.contains("in clear"), "{why}");
        }
        let good = read(client(json!({ "client_secret": { "env": "GOOD" }, "enabled": false }))).expect("good");
        assert_eq!((good.clients.len(), good.clients[1].enabled, good.clients[1].secret.is_some()), (2, false, true));
    }
}
