//! App: the shared services of one process. Cheap to clone, given to every handler.

mod attempts;
mod brand;
mod chores;
mod documents;
mod flights;
mod memory;
mod reads;
mod sightings;
mod spool;
mod turns;
mod uses;

pub use attempts::Attempts;
pub use brand::{Brand, Served};
pub use chores::{Chore, Chores};
pub use documents::{Documents, Unfetched};
pub use flights::{Flight, Flights};
pub use memory::Memory;
pub use reads::{Reader, Reads, Taken};
pub use sightings::{Sighting, Sightings};
pub use spool::Spool;
pub use turns::{Turn, Turns};
pub use uses::{Noted, Used, Uses};

use crate::base::{Clock, Secret, Time};
use crate::catalogue::Catalogue;
use crate::config::Config;
use crate::crypto::password::Passwords;
use crate::db::{Db, Fault};
use crate::keys::{self, DataKeys, Keyring};
use crate::lang::Language;
use crate::limits::Limiter;
use crate::mail::Mailer;
use crate::observe::{Metrics, Pulse};
use crate::outbound::Outbound;
use std::sync::{Arc, OnceLock};
use tokio::sync::Notify;

/// The shared services.
#[derive(Clone)]
pub struct App(Arc<Services>);

/// What every room may use.
pub struct Services {
    /// The settings.
    pub config: Config,
    /// The database.
    pub db: Db,
    /// The time.
    pub clock: Clock,
    /// Signing and MAC keys.
    pub keys: Keyring,
    /// What workspaces' secrets are sealed under.
    pub data_keys: DataKeys,
    /// Password hashing.
    pub passwords: Passwords,
    /// Requests that we make.
    pub outbound: Outbound,
    /// What is known of providers.
    pub catalogue: Catalogue,
    /// What goes on whoever waits for it.
    pub flights: Flights,
    /// What must survive this process.
    pub spool: Spool,
    /// Credentials that were handed out.
    pub reads: Reads,
    /// How much is asked of each provider.
    pub turns: Turns,
    /// Documents that strangers name.
    pub documents: Documents,
    /// Strangers that came by.
    pub sightings: Sightings,
    /// Uses of API tokens.
    pub uses: Uses,
    /// Requests a second.
    pub limits: Limiter,
    /// What is counted.
    pub metrics: Metrics,
    /// Rows that rarely change.
    pub memory: Memory,
    /// Failed client authentications.
    pub attempts: Attempts,
    /// Requests that wait for somebody to sign in.
    pub waiting: Attempts,
    /// Code challenges and nonces that have led to a code lately.
    pub used: Attempts,
    /// Rung when a session has ended and somebody must be told.
    pub logouts: Notify,
    /// The way out for mail.
    pub mailer: Mailer,
    /// Rung when a mail was written down.
    pub mails: Notify,
    /// How pages look.
    pub brand: Brand,
    /// How much happens.
    pub pulse: Arc<Pulse>,
    /// What works in the background.
    pub chores: Chores,
    /// Names this process among others.
    pub process: String,
    /// Whether this is `symbolon dev`.
    pub dev: bool,
    /// What that has set up to try the vault with.
    pub trial: OnceLock<Trial>,
}

/// The vault, to be tried: an account at a company that is made up can be connected and read.
#[derive(Debug)]
pub struct Trial {
    /// Where the company is.
    pub acme: String,
    /// An API token of the person whose accounts they are; none where there couldn't be one.
    pub token: Option<Secret>,
}

impl std::ops::Deref for App {
    type Target = Services;

    fn deref(&self) -> &Services {
        &self.0
    }
}

impl App {
    /// Puts the services together.
    pub fn new(services: Services) -> Self {
        App(Arc::new(services))
    }

    /// Now.
    pub fn now(&self) -> Time {
        self.clock.now()
    }

    /// The issuer identifier (RFC 8414 §2).
    pub fn issuer(&self) -> &str {
        &self.config.issuer
    }

    /// The language for people of whom we know no other.
    pub fn language(&self) -> Language {
        Language::for_tag(&self.config.ui.language).unwrap_or(Language::ENGLISH)
    }

    /// An absolute URL of ours.
    pub fn url(&self, path: &str) -> String {
        format!("{}{path}", self.config.issuer)
    }

    /// Whether browsers reach us over https, so that cookies can be `Secure` and `__Host-`.
    pub fn https(&self) -> bool {
        self.config.issuer.starts_with("https://")
    }

    /// Notices what other processes changed: the registry, the keys. Called often; one small read.
    pub async fn catch_up(&self) -> Result<(), Fault> {
        let epoch = keys::store::epoch(&self.db).await?;
        self.memory.move_on(epoch);
        self.keys.catch_up(epoch, &self.db, self.now()).await
    }
}
