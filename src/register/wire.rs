//! RFC 7591 §2, §3.1: from what a client says about itself to metadata within our policy. What isn't a client's own to
//! say is left out; everything else goes the way of all metadata.

use super::refusal::Refusal;
use crate::admin::{self, Refused, registration::By};
use crate::app::App;
use crate::base::{ScopeSet, Secret, Time, uri};
use crate::clients::{ApplicationType, Client, GrantType, Metadata};
use crate::config::host_among;
use serde_json::{Map, Value, json};

/// The most bytes of what a client says about itself.
const MOST_BYTES: usize = 16 * 1024;

/// The metadata of a client that is to be.
pub(super) fn metadata(app: &App, by: &By, mut members: Map<String, Value>) -> Result<Metadata, Refusal> {
    software_statement(&members)?;
    members.retain(|name, value| own(name, value));
    let metadata = complete(app, Map::new(), members, &ScopeSet::default())?;
    match by {
        By::Anyone if metadata.grant_types.contains(&GrantType::ClientCredentials) => {
            let why = "client_credentials is only for clients that an administrator lets in";
            Err(Refusal::metadata("grant_types", why))
        }
        _ => Ok(metadata),
    }
}

/// RFC 7592 §2.2: the request names the client, and shows nothing that isn't its to change; gives the secret that it
/// showed, where it is the right one.
pub(super) fn identified(
    client: &Client,
    members: &mut Map<String, Value>,
    now: Time,
) -> Result<Option<Secret>, Refusal> {
    software_statement(members)?;
    if members.remove("client_id") != Some(json!(client.id)) {
        return Err(Refusal::metadata("client_id", "must be given, and be the one of this client"));
    }
    let given =
        ["registration_access_token", "registration_client_uri", "client_secret_expires_at", "client_id_issued_at"];
    if let Some(name) = given.iter().find(|name| members.contains_key(**name)) {
        return Err(Refusal::metadata(name, "is not the client's to set; leave it out"));
    }
    match members.remove("client_secret") {
        None | Some(Value::Null) => Ok(None),
        Some(Value::String(secret)) if client.has_secret(&Secret::new(secret.as_str()), now) => {
            Ok(Some(Secret::new(secret)))
        }
        Some(_) => Err(Refusal::metadata("client_secret", "is not the one of this client; it cannot be chosen")),
    }
}

/// RFC 7592 §2.2: what takes the place of the client's own metadata. What administrators set stays.
pub(super) fn replacement(app: &App, client: &Client, mut members: Map<String, Value>) -> Result<Metadata, Refused> {
    members.retain(|name, value| own(name, value));
    let mut ours = match serde_json::to_value(&client.metadata) {
        Ok(Value::Object(members)) => members,
        _ => Map::new(),
    };
    ours.retain(|name, _| !Metadata::is_its_own(name));
    let metadata = complete(app, ours, members, &client.scope())?;
    let machine = GrantType::ClientCredentials;
    if client.provenance.stranger() && metadata.may(machine) && !client.may(machine) {
        let why = "client_credentials is only for clients that an administrator lets in";
        return Err(invalid("grant_types", why));
    }
    Ok(metadata)
}

/// RFC 7591 §2.3
fn software_statement(members: &Map<String, Value>) -> Result<(), Refusal> {
    match members.get("software_statement") {
        None | Some(Value::Null) => Ok(()),
        Some(Value::String(jwt)) => Err(Refusal::software_statement(jwt.split('.').count() == 3)),
        Some(_) => Err(Refusal::software_statement(false)),
    }
}

/// §2: what is null isn't given; what isn't known, or isn't the client's to say, is ignored.
fn own(name: &str, value: &mut Value) -> bool {
    Metadata::is_its_own(name) && !value.is_null()
}

fn invalid(field: impl Into<String>, why: impl Into<String>) -> Refused {
    Refused::Invalid { field: field.into(), why: why.into() }
}

/// What follows from other members, what the policy leaves, and the checks that all metadata go through. `has` is what
/// the client may ask for already.
fn complete(
    app: &App,
    ours: Map<String, Value>,
    mut own: Map<String, Value>,
    has: &ScopeSet,
) -> Result<Metadata, Refused> {
    let redirects = redirect_uris(&own)?;
    if !own.contains_key("application_type") {
        own.insert("application_type".to_owned(), json!(application_type(&redirects)));
    }
    if !own.contains_key("client_name") {
        let host = redirects.first().and_then(|redirect| uri::host(redirect));
        own.insert("client_name".to_owned(), json!(host.unwrap_or_else(|| "An app without a name".to_owned())));
    }
    if let Some(scope) = scope(app, &mut own, has)? {
        own.insert("scope".to_owned(), json!(scope.to_string()));
    }
    check_redirects(&own, &redirects)?;
    hosts(app, "redirect_uris", &redirects)?;
    small(&own)?;
    let mut all = ours;
    all.extend(own);
    let metadata = admin::metadata(all)?;
    // After signing out people go there, and we post there: no more a place of anyone's choice than where answers go.
    hosts(app, "post_logout_redirect_uris", &metadata.post_logout_redirect_uris)?;
    hosts(app, "backchannel_logout_uri", metadata.backchannel_logout_uri.as_slice())?;
    Ok(metadata)
}

/// Many may register themselves, and each is kept in memory.
fn small(own: &Map<String, Value>) -> Result<(), Refused> {
    match serde_json::to_string(own).is_ok_and(|text| text.len() <= MOST_BYTES) {
        true => Ok(()),
        false => Err(invalid("", "the metadata must have at most 16 KiB in all")),
    }
}

/// Whether people sign in to it; so it is when it doesn't say.
fn has_people(own: &Map<String, Value>) -> bool {
    let grants = own.get("grant_types").and_then(Value::as_array);
    grants.is_none_or(|grants| ["authorization_code", "implicit"].iter().any(|with| grants.contains(&json!(with))))
}

/// What is checked for all clients anyway; but here a redirect URI is named by its place, not by its text.
fn check_redirects(own: &Map<String, Value>, redirects: &[String]) -> Result<(), Refused> {
    let native = own.get("application_type") == Some(&json!("native"));
    let refused = redirects.iter().enumerate().find_map(|(n, redirect)| {
        let why = uri::check_redirect_uri(redirect, native).err()?;
        Some(invalid(format!("redirect_uris/{n}"), why))
    });
    refused.map_or(Ok(()), Err)
}

fn redirect_uris(own: &Map<String, Value>) -> Result<Vec<String>, Refused> {
    match own.get("redirect_uris") {
        None => Ok(Vec::new()),
        Some(value) => {
            serde_json::from_value(value.clone()).map_err(|_| invalid("redirect_uris", "must be an array of strings"))
        }
    }
}

/// OIDC Registration §2 has `web` for those that don't say; but apps on people's devices often don't.
fn application_type(redirects: &[String]) -> ApplicationType {
    match redirects.iter().any(|redirect| uri::impersonable(redirect)) {
        true => ApplicationType::Native,
        false => ApplicationType::Web,
    }
}

/// RFC 7591 §2: what a client names is a wish; it is told what it may ask for. People are asked before an app of theirs
/// gets anything, so that one may name little now and ask for more later (a step up): it gets the policy. A machine, for
/// which nobody is asked, gets no more than it names.
fn scope(app: &App, own: &mut Map<String, Value>, has: &ScopeSet) -> Result<Option<ScopeSet>, Refused> {
    let policy = ScopeSet::stored(&app.config.registration_policy.scopes.join(" ")).union(has);
    let named = own.remove("scope").map(|asked| named(&asked, &policy)).transpose()?;
    Ok(if has_people(own) { Some(policy) } else { named })
}

/// What of the policy is named; none of it is an error, which tells the developer more than a refusal later.
fn named(asked: &Value, policy: &ScopeSet) -> Result<ScopeSet, Refused> {
    let Value::String(text) = asked else {
        return Err(invalid("scope", "must be a string"));
    };
    let asked = match text.is_empty() {
        true => ScopeSet::default(),
        false => ScopeSet::parse(text)
            .map_err(|_| invalid("scope", "must be a space-delimited list of scope names, 1024 bytes at most"))?,
    };
    let left = asked.only(|name| policy.has(name));
    match left.is_empty() && !asked.is_empty() {
        true => Err(invalid("scope", "none of these may be had by a client that registers itself")),
        false => Ok(left),
    }
}

/// The hosts that the policy names, where it names any.
fn hosts(app: &App, field: &str, uris: &[String]) -> Result<(), Refused> {
    let allowed = &app.config.registration_policy.redirect_hosts;
    let stray = |to: &String| !uri::host(to).is_some_and(|host| host_among(allowed, &host));
    match uris.iter().position(stray) {
        Some(n) if !allowed.is_empty() => {
            let why = "its host is not one that clients may register themselves with here";
            let place = if field.ends_with('s') { format!("{field}/{n}") } else { field.to_owned() };
            Err(invalid(place, why))
        }
        _ => Ok(()),
    }
}
