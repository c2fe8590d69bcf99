//! The client registry: who may ask for what, and how they prove who they are. Managed by admins.

mod application;
mod choices;
pub mod cimd;
pub mod custom_claims;
mod invalid;
pub mod invites;
pub mod localized;
mod logout;
mod mark;
pub mod metadata;
mod openid;
mod provenance;
mod response_types;
pub mod sector;
pub mod snippets;
pub mod store;
pub mod vault_scopes;

pub use application::{ASSERTION_ALGORITHMS, ApplicationType};
pub use custom_claims::CustomClaim;
pub use metadata::{AuthMethod, Format, GrantType, Invalid, Metadata, Rotation, SubjectType};
pub use openid::REQUEST_OBJECT_ALGORITHMS;
pub use provenance::{Provenance, RegisteredBy};
pub use response_types::ResponseType;

use crate::app::App;
use crate::base::encoding::{base64url, fingerprint, same};
use crate::base::id::ClientId;
use crate::base::{ScopeSet, Secret, Time, entropy, uri};
use crate::config::{Cimd, host_among};
use crate::crypto::Algorithm;
use crate::db::{Fault, Row};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};
use std::sync::Arc;
use std::time::Duration;

/// The scope of the management API.
pub const ADMIN_SCOPE: &str = "symbolon:admin";
/// With it an app, or an API token, looks after its person's API tokens.
pub const TOKENS_SCOPE: &str = "symbolon:tokens";
/// The scope with which somebody manages the workspaces that they own or administer.
pub const WORKSPACES_SCOPE: &str = "symbolon:workspaces";

/// A registered client.
#[derive(Clone, Debug)]
pub struct Client {
    /// `client_id`.
    pub id: ClientId,
    /// What it may do.
    pub metadata: Metadata,
    /// At most two that are live.
    pub secrets: Vec<SecretHash>,
    /// Whether it may do anything at all.
    pub enabled: bool,
    /// Who says what it is.
    pub provenance: Provenance,
    /// Machine tokens from before are void.
    pub not_before: Time,
    /// Counts changes.
    pub rev: i64,
    /// When it was registered.
    pub created_at: Time,
    /// When it last changed.
    pub updated_at: Time,
}

/// What is kept of a client secret.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct SecretHash {
    /// Fingerprint of the secret.
    pub hash: String,
    /// Its last four characters, by which people tell secrets apart.
    pub hint: String,
    /// Milliseconds since the epoch.
    pub created_at: i64,
    /// When it stops working, in milliseconds since the epoch; none for the current one.
    pub expires_at: Option<i64>,
}

/// A fresh client secret: 256 random bits, shown once.
pub fn fresh_secret(now: Time) -> (Secret, SecretHash) {
    let secret = Secret::new(format!("sym_cs_{}", base64url(&entropy::bytes::<32>())));
    let hash = SecretHash::of(&secret, now);
    (secret, hash)
}

impl SecretHash {
    /// What is kept of a secret that works from now on.
    pub fn of(secret: &Secret, now: Time) -> Self {
        let hint = secret.reveal().chars().rev().take(4).collect::<Vec<_>>().into_iter().rev().collect();
        let hash = fingerprint(secret.reveal().as_bytes());
        SecretHash { hash, hint, created_at: now.millis(), expires_at: None }
    }
}

impl Client {
    /// From a row with all columns of `clients` that say what it is.
    pub fn read(row: &Row) -> crate::db::Result<Self> {
        Ok(Client {
            id: row.id("id")?,
            metadata: row.json("metadata")?,
            secrets: row.json("secrets")?,
            enabled: row.bool("enabled")?,
            provenance: Provenance::read(row)?,
            not_before: row.time("not_before")?,
            rev: row.int("rev")?,
            created_at: row.time("created_at")?,
            updated_at: row.time("updated_at")?,
        })
    }

    /// Whether the client can't keep a secret (RFC 6749 §2.1).
    pub fn public(&self) -> bool {
        self.metadata.public()
    }

    /// Whether `presented` is one of the live secrets.
    pub fn has_secret(&self, presented: &Secret, now: Time) -> bool {
        let hash = fingerprint(presented.reveal().as_bytes());
        let live = self.secrets.iter().filter(|secret| secret.expires_at.is_none_or(|at| at > now.millis()));
        live.fold(false, |found, secret| found | same(secret.hash.as_bytes(), hash.as_bytes()))
    }

    /// Whether this is the secret that stays: not an older one that still works for a while.
    pub fn keeps_secret(&self, secret: &Secret) -> bool {
        let hash = fingerprint(secret.reveal().as_bytes());
        self.secrets.iter().any(|kept| kept.expires_at.is_none() && same(kept.hash.as_bytes(), hash.as_bytes()))
    }

    /// The registered redirect URI that a presented one matches (RFC 6749 §3.1.2.3, RFC 8252 §7.3).
    pub fn redirect_uri(&self, presented: &str) -> Option<&str> {
        let mut registered = self.metadata.redirect_uris.iter();
        registered.find(|uri| uri::redirect_uri_matches(uri, presented, self.metadata.native())).map(String::as_str)
    }

    /// Whether the client may use this grant type.
    pub fn may(&self, grant: GrantType) -> bool {
        self.metadata.may(grant)
    }

    /// The scopes that it may ask for.
    pub fn scope(&self) -> ScopeSet {
        ScopeSet::stored(&self.metadata.scope)
    }

    /// How long its codes live.
    pub fn code_lifetime(&self, app: &App) -> Duration {
        seconds(self.metadata.code_lifetime).unwrap_or(app.config.lifetimes.code)
    }

    /// How long its access tokens live.
    pub fn access_token_lifetime(&self, app: &App) -> Duration {
        let default = match self.metadata.access_token_format {
            Format::Opaque => app.config.lifetimes.access_token,
            Format::Jwt => app.config.lifetimes.jwt_access_token,
        };
        seconds(self.metadata.access_token_lifetime).unwrap_or(default)
    }

    /// How long its ID tokens live.
    pub fn id_token_lifetime(&self, app: &App) -> Duration {
        seconds(self.metadata.id_token_lifetime).unwrap_or(app.config.lifetimes.id_token)
    }

    /// How long its unused refresh tokens live.
    pub fn refresh_idle(&self, app: &App) -> Duration {
        seconds(self.metadata.refresh_idle_lifetime).unwrap_or(app.config.lifetimes.refresh_idle)
    }

    /// How long its grants live at most.
    pub fn refresh_absolute(&self, app: &App) -> Duration {
        seconds(self.metadata.refresh_absolute_lifetime).unwrap_or(app.config.lifetimes.refresh_absolute)
    }

    /// For how long a used refresh token is answered with the same successor; zero when it is strict.
    pub fn replay_window(&self, app: &App) -> Duration {
        match self.metadata.rotation {
            Rotation::Replay => seconds(self.metadata.replay_window).unwrap_or(app.config.lifetimes.replay_window),
            Rotation::Strict | Rotation::Static => Duration::ZERO,
        }
    }

    /// What its ID tokens are signed with (OIDC Registration §2: RS256 unless it says otherwise).
    pub fn id_token_alg(&self) -> Algorithm {
        self.metadata.id_token_signed_response_alg.as_deref().and_then(Algorithm::named).unwrap_or(Algorithm::RS256)
    }

    /// The metadata as RFC 7591 §3.2.1 shows them, without secrets.
    pub fn to_json(&self) -> Value {
        json!(self.entry())
    }

    /// The same before it is JSON.
    pub fn entry(&self) -> Entry<'_> {
        let secret = |secret: &SecretHash| SecretShown {
            hint: secret.hint.clone(),
            created_at: Time::from_millis(secret.created_at),
            expires_at: secret.expires_at.map(Time::from_millis),
        };
        Entry {
            client_id: &self.id,
            metadata: self.metadata.to_members(),
            enabled: self.enabled,
            registered_by: self.provenance.name(),
            client_id_issued_at: self.created_at.secs(),
            updated_at: self.updated_at,
            client_secrets: self.secrets.iter().map(secret).collect(),
            client_secret: None,
            client_secret_expires_at: None,
        }
    }
}

/// A client as administrators see it.
#[derive(Debug, Serialize, utoipa::ToSchema)]
#[schema(as = Client)]
pub struct Entry<'a> {
    #[schema(value_type = String)]
    client_id: &'a ClientId,
    #[serde(flatten)]
    #[schema(value_type = Metadata)]
    metadata: Map<String, Value>,
    /// Whether it may do anything at all.
    enabled: bool,
    /// Who registered it, where no administrator did: `open` or `invite:…`.
    #[serde(skip_serializing_if = "Option::is_none")]
    registered_by: Option<String>,
    /// Seconds since the epoch (RFC 7591 §3.2.1).
    client_id_issued_at: i64,
    #[schema(value_type = String, format = DateTime)]
    updated_at: Time,
    /// What is known of its secrets; at most two are live.
    client_secrets: Vec<SecretShown>,
    /// Its new secret, where one was just made: shown now and never again.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>)]
    pub client_secret: Option<&'a str>,
    /// RFC 7591 §3.2.1: 0 means that it doesn't expire.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub client_secret_expires_at: Option<i64>,
}

/// What can be said of a client secret.
#[derive(Debug, Serialize, utoipa::ToSchema)]
#[schema(as = ClientSecret)]
struct SecretShown {
    /// Its last four characters.
    hint: String,
    #[schema(value_type = String, format = DateTime)]
    created_at: Time,
    /// When it stops working; null for the current one.
    #[schema(value_type = Option<String>, format = DateTime)]
    expires_at: Option<Time>,
}

fn seconds(text: Option<u64>) -> Option<Duration> {
    text.map(Duration::from_secs)
}

/// What there is under a `client_id`.
pub enum Lookup {
    /// A client; disabled ones are found too.
    Known(Arc<Client>),
    /// Nothing.
    Unknown,
    /// A URL whose document can't be used.
    Unusable(cimd::Unusable),
}

/// What there is under this identifier, from memory where possible.
pub async fn look_up(app: &App, id: &str) -> Result<Lookup, Fault> {
    if cimd::is_document(id) {
        return Ok(match cimd::find(app, id).await? {
            cimd::Found::Client(client) => Lookup::Known(client),
            cimd::Found::Nobody => Lookup::Unknown,
            cimd::Found::Unusable(why) => Lookup::Unusable(why),
        });
    }
    if let Some(client) = app.memory.recall::<Client>(id) {
        return Ok(Lookup::Known(client));
    }
    if id.len() > 256 {
        return Ok(Lookup::Unknown);
    }
    let epoch = app.memory.epoch();
    let Some(client) = store::by_id(&app.db, &ClientId::from(id)).await?.map(Arc::new) else {
        return Ok(Lookup::Unknown);
    };
    app.memory.keep(id, epoch, client.clone());
    Ok(Lookup::Known(client))
}

/// The client of this identifier, if there is one. Disabled ones are found too.
pub async fn find(app: &App, id: &str) -> Result<Option<Arc<Client>>, Fault> {
    Ok(match look_up(app, id).await? {
        Lookup::Known(client) => Some(client),
        Lookup::Unknown | Lookup::Unusable(_) => None,
    })
}

/// The metadata that a row holds in revision `rev`, parsed once.
pub fn metadata_of(
    app: &App,
    id: &ClientId,
    rev: i64,
    parse: impl FnOnce() -> crate::db::Result<Metadata>,
) -> crate::db::Result<Arc<Metadata>> {
    let known = app.memory.recall::<(i64, Arc<Metadata>)>(id.as_str());
    if let Some(known) = known.filter(|known| known.0 == rev) {
        return Ok(known.1.clone());
    }
    let (epoch, metadata) = (app.memory.epoch(), Arc::new(parse()?));
    app.memory.keep(id.as_str(), epoch, Arc::new((rev, metadata.clone())));
    Ok(metadata)
}

/// Whether pages of this origin belong to a public client, whose browser code calls us itself.
pub async fn is_public_origin(app: &App, origin: &str) -> Result<bool, Fault> {
    // Any page there may be one of a client that is described by a document.
    let documented = match app.config.cimd {
        Cimd::Off => false,
        Cimd::Allowlist => uri::host(origin).is_some_and(|host| host_among(&app.config.cimd_policy.allow, &host)),
        Cimd::On => true,
    };
    if documented && uri::origin(origin).is_some_and(|same| same == origin) {
        return Ok(true);
    }
    let key = format!("origin {origin}");
    if let Some(known) = app.memory.recall::<bool>(&key) {
        return Ok(*known);
    }
    if origin.len() > 256 {
        return Ok(false);
    }
    let epoch = app.memory.epoch();
    let registered = store::is_origin(&app.db, origin).await?;
    app.memory.keep(&key, epoch, Arc::new(registered));
    Ok(registered)
}

#[cfg(test)]
impl Client {
    /// A client as the defaults have it, for tests of pure functions.
    pub(crate) fn sample(id: &str) -> Self {
        let (created_at, updated_at, not_before) = (Time::from_secs(1), Time::from_secs(1), Time::from_millis(0));
        let (id, metadata, secrets) = (ClientId::from(id), Metadata::default(), Vec::new());
        let provenance = Provenance::Admin;
        Client { id, metadata, secrets, enabled: true, provenance, not_before, rev: 1, created_at, updated_at }
    }
}
