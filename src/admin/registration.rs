//! RFC 7591, RFC 7592: what a client does to its own entry in the registry, and what becomes of those that nobody uses.

use super::change::Change;
use super::clients::{self, Registered, Target, erase, happened};
use super::metadata::check_here;
use super::{Acting, Refused};
use crate::app::App;
use crate::audit::Actor;
use crate::base::encoding::{base64url, fingerprint, same};
use crate::base::id::ClientId;
use crate::base::{Secret, entropy};
use crate::clients::{Client, Metadata, Provenance, RegisteredBy, fresh_secret, invites, sector, store};
use crate::config::Approval;
use crate::db::Fault;
use crate::people::Role;
use crate::web::Call;
use serde_json::Value;
use std::time::Duration;

/// Who lets a client register itself.
#[derive(Clone, Debug)]
pub enum By {
    /// Anyone may.
    Anyone,
    /// The bearer of an initial access token.
    Bearer(Secret),
}

/// Why a client can't register itself now.
#[derive(Clone, Debug)]
pub enum Unregistered {
    /// Its initial access token is used up, or has ended.
    Uninvited,
    /// There are as many strangers as there may be.
    Full,
    /// Something about its metadata, or a fault.
    Refused(Refused),
}

impl From<Refused> for Unregistered {
    fn from(why: Refused) -> Self {
        Unregistered::Refused(why)
    }
}

impl From<Fault> for Unregistered {
    fn from(fault: Fault) -> Self {
        Unregistered::Refused(fault.into())
    }
}

/// A client that has just registered itself.
#[derive(Debug)]
pub struct Itself {
    /// The client, with its secret where it has one.
    pub registered: Registered,
    /// Its registration access token, shown once.
    pub token: Secret,
}

/// RFC 7591 §3.2: registers. The metadata are within the policy already.
pub async fn register(app: &App, call: &Call, by: By, metadata: Metadata) -> Result<Itself, Unregistered> {
    metadata.check().map_err(Refused::from)?;
    check_here(app, &metadata)?;
    sector::check(app, &metadata).await.map_err(Refused::from)?;
    let policy = &app.config.registration_policy;
    let id = ClientId::new(app.now());
    let who = Acting::new(Actor::Anonymous, Role::User, call.clone());
    let mut change = Change::begin(app, &who).await?;
    let (by, enabled) = match by {
        By::Bearer(token) => {
            let invite = invites::spend(&mut change.tx, &token, change.now).await?.ok_or(Unregistered::Uninvited)?;
            (RegisteredBy::Invite(invite), true)
        }
        // The change is a lock: nobody registers between counting and writing.
        By::Anyone if store::strangers(&mut change.tx, policy.most).await? >= policy.most => {
            return Err(Unregistered::Full);
        }
        By::Anyone => (RegisteredBy::Open, policy.approval == Approval::None),
    };
    let token = Secret::new(format!("sym_ra_{}", base64url(&entropy::bytes::<32>())));
    let provenance = Provenance::Itself { by, token_hash: fingerprint(token.reveal().as_bytes()) };
    let fresh = metadata.token_endpoint_auth_method.with_secret().then(|| fresh_secret(change.now));
    let (secret, hashes) = fresh.map(|(secret, hash)| (secret, vec![hash])).unzip();
    let secrets = hashes.unwrap_or_default();
    let new = store::New { id: &id, metadata: &metadata, secrets: &secrets, enabled, provenance: &provenance };
    store::insert(&mut change.tx, &new, change.now).await?;
    let client = store::by_id(&mut change.tx, &id).await?.ok_or(Refused::NotFound)?;
    change.commit(happened("client.registered", &id, Value::Null, client.to_json())).await?;
    Ok(Itself { registered: Registered { client, secret }, token })
}

/// RFC 7592 §1.2: the client whose registration access token this is. Whoever has none is told nothing.
pub async fn admit(app: &App, id: &ClientId, token: &Secret) -> Result<Option<Client>, Refused> {
    let client = store::by_id(&app.db, id).await?;
    Ok(client.filter(|client| holds(client, token)))
}

fn holds(client: &Client, token: &Secret) -> bool {
    let presented = fingerprint(token.reveal().as_bytes());
    match &client.provenance {
        Provenance::Itself { token_hash, .. } => same(token_hash.as_bytes(), presented.as_bytes()),
        Provenance::Admin | Provenance::Document => false,
    }
}

/// RFC 7592 §2.2: whether a client may change itself: not when an administrator looked at it before it could act, nor
/// when one has disabled it.
pub fn may_change(app: &App, client: &Client) -> bool {
    let looked_at = client.provenance.stranger() && app.config.registration_policy.approval == Approval::Admin;
    client.enabled != looked_at
}

/// RFC 7592 §2.2: puts other metadata in the place of those that are the client's own.
pub async fn replace(
    app: &App,
    call: &Call,
    client: &Client,
    make: impl Fn(&Client) -> Result<Metadata, Refused>,
) -> Result<Registered, Refused> {
    clients::edit(app, &itself(call, &client.id), &read(client), make).await
}

/// RFC 7592 §2.3: the client goes, with its grants.
pub async fn delete(app: &App, call: &Call, client: &Client) -> Result<(), Refused> {
    clients::delete(app, &itself(call, &client.id), &Target::from(client.id.clone())).await
}

fn itself(call: &Call, id: &ClientId) -> Acting {
    Acting::new(Actor::Client(id.clone()), Role::User, call.clone())
}

/// As it was when its token was checked.
fn read(client: &Client) -> Target {
    Target { id: client.id.clone(), if_match: Some(client.rev) }
}

/// How often it is noted that a client is in use: often enough for any idle time that may be set.
const NOTED: Duration = Duration::from_secs(600);
const BATCH: i64 = 100;

/// Deletes strangers' clients that nobody has used for the time of `registration_policy.idle`, some at a time. A client
/// is in use while there are grants of it. Gives how many went.
pub async fn reap(app: &App) -> Result<usize, Refused> {
    let now = app.now();
    store::note_used(&app.db, now, now - NOTED).await?;
    let before = now - app.config.registration_policy.idle;
    if store::idle(&app.db, before, 1).await?.is_empty() {
        return Ok(0);
    }
    let who = Acting::new(Actor::System, Role::Owner, Call::internal("registration_policy.idle"));
    let mut change = Change::begin(app, &who).await?;
    let mut gone = Vec::new();
    for id in store::idle(&mut change.tx, before, BATCH).await? {
        if let Some(client) = store::by_id(&mut change.tx, &id).await? {
            erase(&mut change.tx, &id).await?;
            gone.push(happened("client.reaped", &id, client.to_json(), Value::Null));
        }
    }
    let n = gone.len();
    change.commit_all(gone).await?;
    Ok(n)
}
