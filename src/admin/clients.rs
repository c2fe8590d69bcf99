//! The client registry, as administrators change it.

use super::change::{Change, Happened};
use super::metadata;
use super::{Acting, Refused};
use crate::app::App;
use crate::audit::Actor;
use crate::base::id::ClientId;
use crate::base::{Secret, Time};
use crate::clients::{ADMIN_SCOPE, AuthMethod, Client, Metadata, SecretHash, fresh_secret, sector, store};
use crate::db::Tx;
use crate::oauth::grants;
use crate::signin::consents;
use serde_json::{Map, Value, json};
use std::time::Duration;

/// A client after a change.
#[derive(Debug)]
pub struct Registered {
    /// The client.
    pub client: Client,
    /// Its new secret, where one was made: shown now and never again.
    pub secret: Option<Secret>,
}

impl Registered {
    /// RFC 7591 §3.2.1: the metadata, with the secret where one was made.
    pub fn to_json(&self) -> Value {
        let mut shown = self.client.entry();
        if let Some(secret) = &self.secret {
            shown.client_secret = Some(secret.reveal());
            shown.client_secret_expires_at = Some(0);
        }
        json!(shown)
    }
}

/// Which client, and in which state the caller believes it to be.
#[derive(Clone, Debug)]
pub struct Target {
    /// `client_id`.
    pub id: ClientId,
    /// RFC 9110 §13.1.1: the revision that was read; none changes whatever is there.
    pub if_match: Option<i64>,
}

impl From<ClientId> for Target {
    fn from(id: ClientId) -> Self {
        Target { id, if_match: None }
    }
}

/// How long an old secret works beside the new one, unless the caller says otherwise.
pub const OVERLAP: Duration = Duration::from_secs(86_400);
const LONGEST_OVERLAP: Duration = Duration::from_secs(30 * 86_400);

/// Registers a client, under an identifier of its own or one that the administrator chose.
pub async fn create(app: &App, who: &Acting, metadata: Metadata, id: Option<ClientId>) -> Result<Registered, Refused> {
    metadata.check()?;
    metadata::check_here(app, &metadata)?;
    sector::check(app, &metadata).await?;
    let id = match id {
        Some(id) => chosen(id)?,
        None => ClientId::new(app.now()),
    };
    let mut change = Change::begin(app, who).await?;
    let fresh = metadata.token_endpoint_auth_method.with_secret().then(|| fresh_secret(change.now));
    let (secret, hashes) = fresh.map(|(secret, hash)| (secret, vec![hash])).unzip();
    let hashes = hashes.unwrap_or_default();
    if !store::create(&mut change.tx, &id, &metadata, &hashes, change.now).await? {
        return Err(Refused::conflict(
            "client-exists",
            format!("there is a client {id} already; choose another identifier"),
        ));
    }
    // A request that was under way while a client of this name was deleted may have left a grant of that one.
    grants::erase_of_client(&mut change.tx, &id).await?;
    let client = store::by_id(&mut change.tx, &id).await?.ok_or(Refused::NotFound)?;
    change.commit(happened("client.created", &id, Value::Null, client.to_json())).await?;
    Ok(Registered { client, secret })
}

/// An identifier that people may choose: short, and nothing in it that must be escaped anywhere.
pub fn chosen(id: ClientId) -> Result<ClientId, Refused> {
    let text = id.as_str();
    let plain = |b: u8| b.is_ascii_alphanumeric() || b"._~-".contains(&b);
    // A name that is only dots would be a step in a path.
    let dots = text.bytes().all(|b| b == b'.');
    if matches!(text, "seen" | "new") {
        return Err(Refused::invalid(
            "client_id",
            "is the name of something else in the management API and the console; choose another",
        ));
    }
    if (3..=64).contains(&text.len()) && text.bytes().all(plain) && !dots {
        return Ok(id);
    }
    Err(Refused::invalid("client_id", "must have 3 to 64 letters, digits or . _ ~ -"))
}

/// The client of this identifier.
pub async fn show(app: &App, id: &ClientId) -> Result<Client, Refused> {
    store::by_id(&app.db, id).await?.ok_or(Refused::NotFound)
}

/// Up to `limit` clients after `cursor` whose name or identifier contains `search`, in the order of their identifiers,
/// and whether there are more.
pub async fn list(app: &App, cursor: &str, search: &str, limit: usize) -> Result<(Vec<Client>, bool), Refused> {
    let one_more = i64::try_from(limit.saturating_add(1)).unwrap_or(i64::MAX);
    let mut clients = store::page(&app.db, cursor, search, one_more).await?;
    let more = clients.len() > limit;
    clients.truncate(limit);
    Ok((clients, more))
}

/// Puts other metadata in the place of all there is.
pub async fn replace(
    app: &App,
    who: &Acting,
    target: &Target,
    members: Map<String, Value>,
) -> Result<Registered, Refused> {
    edit(app, who, target, |client| metadata::replacement(client, members.clone())).await
}

/// Changes the metadata that a merge patch names (RFC 7396).
pub async fn patch(app: &App, who: &Acting, target: &Target, patch: Map<String, Value>) -> Result<Registered, Refused> {
    edit(app, who, target, |client| metadata::patched(client, patch.clone())).await
}

pub(super) async fn edit(
    app: &App,
    who: &Acting,
    target: &Target,
    make: impl Fn(&Client) -> Result<Metadata, Refused>,
) -> Result<Registered, Refused> {
    let seen = sector_seen(app, target, &make).await?;
    let mut change = Change::begin(app, who).await?;
    let mut client = locked(&mut change, target).await?;
    let before = client.to_json();
    client.metadata = make(&client)?;
    if !(client.metadata.admin && client.scope().has(ADMIN_SCOPE)) {
        not_itself(who, &client.id)?;
    }
    metadata::check_here(app, &client.metadata)?;
    // Someone else was faster: what was fetched isn't about what is there now.
    if sector_of(&client.metadata) != seen {
        return Err(Refused::Stale);
    }
    let secret = fit_secrets(&mut client, change.now);
    store::save(&mut change.tx, &client).await?;
    change.commit(happened("client.updated", &client.id, before, client.to_json())).await?;
    Ok(Registered { client, secret })
}

/// What the document of a sector is about: its address, and the redirect URIs that it must list.
type Sector = Option<(String, Vec<String>)>;

fn sector_of(metadata: &Metadata) -> Sector {
    metadata.sector_identifier_uri.clone().map(|uri| (uri, metadata.redirect_uris.clone()))
}

/// Fetches the document of the sector that a change makes, where it makes one: before the transaction, in which nothing
/// but SQL happens.
async fn sector_seen(
    app: &App,
    target: &Target,
    make: impl Fn(&Client) -> Result<Metadata, Refused>,
) -> Result<Sector, Refused> {
    let client = show(app, &target.id).await?;
    let wanted = make(&client)?;
    let sector = sector_of(&wanted);
    if sector != sector_of(&client.metadata) {
        sector::check(app, &wanted).await?;
    }
    Ok(sector)
}

/// A client that now needs a secret gets one; one that needs none any more loses them, so that they don't come back to
/// life with a later change.
fn fit_secrets(client: &mut Client, now: Time) -> Option<Secret> {
    if !client.metadata.token_endpoint_auth_method.with_secret() {
        client.secrets.clear();
        return None;
    }
    if client.secrets.iter().any(|secret| live(secret, now)) {
        return None;
    }
    let (secret, hash) = fresh_secret(now);
    client.secrets = vec![hash];
    Some(secret)
}

fn live(secret: &SecretHash, now: Time) -> bool {
    secret.expires_at.is_none_or(|at| at > now.millis())
}

/// Lets a client act again. Its old grants stay ended.
pub async fn enable(app: &App, who: &Acting, target: &Target) -> Result<Client, Refused> {
    let mut change = Change::begin(app, who).await?;
    let mut client = locked(&mut change, target).await?;
    if client.enabled {
        drop(change);
        return show(app, &target.id).await;
    }
    let before = client.to_json();
    client.enabled = true;
    store::save(&mut change.tx, &client).await?;
    change.commit(happened("client.enabled", &client.id, before, client.to_json())).await?;
    Ok(client)
}

/// Nobody cuts the branch that they sit on: a program that lost its own rights could undo nothing any more.
fn not_itself(who: &Acting, id: &ClientId) -> Result<(), Refused> {
    if who.role.administers() && who.actor == Actor::Client(id.clone()) {
        let why = "this is the client that asks, and it would lock itself out; use another, or the command line";
        return Err(Refused::conflict("client-is-caller", why));
    }
    Ok(())
}

/// Stops a client: its grants end and its machine tokens are void, at once and for good.
pub async fn disable(app: &App, who: &Acting, target: &Target) -> Result<Client, Refused> {
    not_itself(who, &target.id)?;
    let mut change = Change::begin(app, who).await?;
    let mut client = locked(&mut change, target).await?;
    let before = client.to_json();
    client.enabled = false;
    client.not_before = change.now;
    store::save(&mut change.tx, &client).await?;
    grants::end_of_client(&mut change.tx, &client.id, "client_disabled", change.now).await?;
    change.commit(happened("client.disabled", &client.id, before, client.to_json())).await?;
    Ok(client)
}

/// Makes a new secret. The current one works for `overlap` more, so that the client can be changed without downtime;
/// any older one ends now.
pub async fn rotate_secret(app: &App, who: &Acting, target: &Target, overlap: Duration) -> Result<Registered, Refused> {
    if overlap > LONGEST_OVERLAP {
        return Err(Refused::invalid("overlap", "must be at most 30 days"));
    }
    let mut change = Change::begin(app, who).await?;
    let mut client = locked(&mut change, target).await?;
    let method = client.metadata.token_endpoint_auth_method;
    if !method.with_secret() {
        return Err(Refused::conflict("client-without-secret", without_secret(method)));
    }
    let before = client.to_json();
    let (secret, hash) = fresh_secret(change.now);
    client.secrets = rotated(std::mem::take(&mut client.secrets), hash, overlap, change.now);
    store::save(&mut change.tx, &client).await?;
    change.commit(happened("client.secret_rotated", &client.id, before, client.to_json())).await?;
    Ok(Registered { client, secret: Some(secret) })
}

/// Puts a secret that the administrator chose in the place of all others.
pub(super) async fn set_secret(app: &App, who: &Acting, target: &Target, secret: &Secret) -> Result<(), Refused> {
    let mut change = Change::begin(app, who).await?;
    let mut client = locked(&mut change, target).await?;
    let before = client.to_json();
    client.secrets = vec![SecretHash::of(secret, change.now)];
    store::save(&mut change.tx, &client).await?;
    change.commit(happened("client.secret_rotated", &client.id, before, client.to_json())).await
}

fn without_secret(method: AuthMethod) -> String {
    format!("this client has no secret: its token_endpoint_auth_method is {}", method.name())
}

/// The newest of the old secrets, for as long as it may live beside the new one, and the new one.
fn rotated(old: Vec<SecretHash>, new: SecretHash, overlap: Duration, now: Time) -> Vec<SecretHash> {
    let until = (now + overlap).millis();
    let newest = old.into_iter().filter(|secret| live(secret, now)).max_by_key(|secret| secret.created_at);
    let kept = newest.map(|secret| {
        let expires_at = Some(secret.expires_at.map_or(until, |at| at.min(until)));
        SecretHash { expires_at, ..secret }
    });
    kept.into_iter().filter(|secret| live(secret, now)).chain([new]).collect()
}

/// Deletes a client with its grants and consents.
pub async fn delete(app: &App, who: &Acting, target: &Target) -> Result<(), Refused> {
    not_itself(who, &target.id)?;
    let mut change = Change::begin(app, who).await?;
    let client = locked(&mut change, target).await?;
    erase(&mut change.tx, &client.id).await?;
    change.commit(happened("client.deleted", &client.id, client.to_json(), Value::Null)).await
}

/// All that there is of a client. Grants and consents don't refer to its row: those of clients without one have none.
pub(super) async fn erase(tx: &mut Tx, id: &ClientId) -> Result<(), Refused> {
    store::delete(tx, id).await?;
    grants::erase_of_client(&mut *tx, id).await?;
    consents::erase_of_client(&mut *tx, id).await?;
    Ok(())
}

pub(super) async fn locked(change: &mut Change<'_>, target: &Target) -> Result<Client, Refused> {
    let client = store::lock(&mut change.tx, &target.id, change.now).await?.ok_or(Refused::NotFound)?;
    // Locking counts a revision on.
    match target.if_match {
        Some(read) if read.checked_add(1) != Some(client.rev) => Err(Refused::Stale),
        _ => Ok(client),
    }
}

pub(super) fn happened(action: &'static str, id: &ClientId, before: Value, after: Value) -> Happened {
    Happened { action, object: format!("client:{id}"), before, after }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hash(hint: &str, created_at: i64, expires_at: Option<i64>) -> SecretHash {
        SecretHash { hash: hint.to_owned(), hint: hint.to_owned(), created_at, expires_at }
    }

    #[test]
    fn at_most_two_secrets_live() {
        let now = Time::from_millis(1000);
        let hints = |secrets: Vec<SecretHash>| -> Vec<(String, Option<i64>)> {
            secrets.into_iter().map(|secret| (secret.hint, secret.expires_at)).collect()
        };
        let of = |old, overlap| hints(rotated(old, hash("new", 1000, None), Duration::from_millis(overlap), now));
        let one = |hint: &str, at| (hint.to_owned(), at);
        assert_eq!(of(vec![hash("a", 1, None)], 500), [one("a", Some(1500)), one("new", None)]);
        assert_eq!(of(vec![hash("a", 1, None)], 0), [one("new", None)]);
        let two = vec![hash("a", 1, Some(1200)), hash("b", 2, None)];
        assert_eq!(of(two, 500), [one("b", Some(1500)), one("new", None)]);
        assert_eq!(of(vec![hash("a", 1, Some(1200))], 500), [one("a", Some(1200)), one("new", None)]);
        assert_eq!(of(vec![hash("a", 1, Some(900))], 500), [one("new", None)]);
    }

    #[test]
    fn a_chosen_identifier_needs_no_escaping() {
        for good in ["abc", "my-client_1.example~x", &"a".repeat(64)] {
            assert!(chosen(ClientId::from(good)).is_ok(), "{good}");
        }
        for bad in ["", "ab", "...", "https://a", "a b c", "a/b", "a%00", "\u{e4}bc", "a\0b", &"a".repeat(65)] {
            assert!(chosen(ClientId::from(bad)).is_err(), "{bad}");
        }
    }
}
