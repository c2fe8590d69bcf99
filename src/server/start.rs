//! From settings to a running server: database, keys, services, routes, background work.

use super::health::{Well, health, measured};
use super::layers::{Front, not_found};
use super::listener::serve as accept;
use super::routes::routes;
use super::stop::Stop;
use crate::api_tokens;
use crate::app::{
    App, Attempts, Brand, Chores, Documents, Flights, Memory, Reads, Services, Sightings, Spool, Turns, Uses,
};
use crate::base::encoding::hex;
use crate::base::{Clock, Secret, entropy};
use crate::catalogue::Catalogue;
use crate::config::Config;
use crate::crypto::password::{Cost, Passwords};
use crate::db::{self, Db, Fault};
use crate::keys::{self, DataKeys};
use crate::limits::{Limiter, Store};
use crate::mail::Mailer;
use crate::observe::{Counted, Metrics};
use crate::outbound::Outbound;
use std::fs::{DirBuilder, File, OpenOptions, TryLockError};
use std::net::SocketAddr;
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::sync::{Arc, OnceLock};
use std::time::Duration;
use tokio::net::TcpListener;
use tokio::sync::Notify;
use tokio::task::JoinSet;

/// Why a server can't start: one block that says what, why and what to do.
#[derive(Debug)]
pub struct Refused(pub String);

impl std::fmt::Display for Refused {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

impl From<Fault> for Refused {
    fn from(fault: Fault) -> Self {
        Refused(fault.to_string())
    }
}

impl From<keys::Refused> for Refused {
    fn from(refused: keys::Refused) -> Self {
        Refused(refused.0)
    }
}

/// How a process uses the database.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Role {
    /// It serves: alone, on SQLite.
    Server,
    /// It does one thing, beside a server or without.
    Command,
}

/// Where the database of these settings is.
pub fn place(config: &Config) -> db::Place {
    match &config.database_url {
        Some(url) => db::Place::Postgres(url.clone(), config.database.max_connections),
        None => db::Place::Sqlite(config.data_dir.join("symbolon.db")),
    }
}

/// Opens the database and sees that its schema is what this binary expects. SQLite is brought up to date on the way.
pub async fn open(config: &Config) -> Result<Db, Refused> {
    let db = db::open(&place(config)).await?;
    let drift = db.drift().await?;
    if drift.unknown > 0 {
        return Err(Refused(
            "the database was migrated by a newer Symbolon; run that version, or restore a backup".to_owned(),
        ));
    }
    if drift.changed > 0 {
        return Err(Refused(
            "the database's migrations aren't the ones of this release; see `symbolon migrate --check`".to_owned(),
        ));
    }
    if drift.missing > 0 && db.kind() == "postgres" {
        let why = format!("the database lacks {} migrations; run: symbolon migrate", drift.missing);
        return Err(Refused(why));
    }
    db.migrate().await?;
    Ok(db)
}

/// Everything that handlers need.
pub struct Started {
    /// The services.
    pub app: App,
    /// Held for as long as the process serves from SQLite.
    pub lock: Option<File>,
    /// Where metrics are read.
    pub metrics: Option<TcpListener>,
}

/// Puts the services together.
pub async fn start(
    config: Config,
    master: Option<Secret>,
    clock: Clock,
    role: Role,
    dev: bool,
) -> Result<Started, Refused> {
    let lock = match (&config.database_url, role) {
        (None, Role::Server) => Some(lock(&config).await?),
        _ => None,
    };
    let db = open(&config).await?;
    let master = keys::master(&db, &config, master).await?;
    let ring = keys::start(&db, &config, master, &clock).await?;
    if role == Role::Server {
        keys::make_rest(&ring, &db, &clock).await?;
    }
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    let at_once = if config.passwords.at_once == 0 { cores } else { config.passwords.at_once };
    let cost = Cost { memory_kib: config.passwords.memory_kib, passes: config.passwords.passes };
    let passwords = Passwords::new(cost, at_once)
        .map_err(|_| Refused("passwords.memory_kib or passwords.passes can't be used".to_owned()))?;
    let outbound = Outbound::new(&config.outbound).map_err(|why| Refused(why.to_string()))?;
    let mailer = Mailer::new(&config, dev).map_err(Refused)?;
    let attempts = Attempts::new(config.throttle.client);
    let waiting = Attempts::new(config.throttle.waiting);
    let used = Attempts::within(Duration::from_secs(600), 1);
    let brand = Brand::open(&config.brand).map_err(Refused)?;
    let limits = Limiter::new(&config.limits, &clock).map_err(Refused)?;
    let metrics = match (config.metrics.listen, role) {
        (Some(at), Role::Server) => Some(measured_at(at).await?),
        _ => None,
    };
    let catalogue =
        Catalogue::load(config.vault.catalogue_dir.as_deref()).map_err(|wrong| Refused(wrong.to_string()))?;
    let spool_dir = config.vault.spool_dir.clone().unwrap_or_else(|| config.data_dir.join("spool"));
    let spool = if role == Role::Server { Spool::open(&spool_dir) } else { Spool::beside(&spool_dir) };
    let services = Services {
        config,
        db,
        clock,
        keys: ring,
        data_keys: DataKeys::default(),
        catalogue,
        flights: Flights::default(),
        spool,
        reads: Reads::default(),
        turns: Turns::default(),
        process: process(),
        passwords,
        documents: Documents::new(outbound.clone()),
        sightings: Sightings::default(),
        outbound,
        uses: Uses::default(),
        limits,
        metrics: Metrics::default(),
        memory: Memory::default(),
        attempts,
        waiting,
        used,
        logouts: Notify::new(),
        mailer,
        mails: Notify::new(),
        brand,
        pulse: Arc::default(),
        chores: Chores::default(),
        dev,
        trial: OnceLock::new(),
    };
    let app = App::new(services);
    app.catch_up().await?;
    Ok(Started { app, lock, metrics })
}

/// Names this process among others.
fn process() -> String {
    #[cfg(feature = "test-hooks")]
    if let Some(name) = super::hooks::process() {
        return name;
    }
    hex(&entropy::bytes::<8>())
}

async fn measured_at(at: SocketAddr) -> Result<TcpListener, Refused> {
    if !at.ip().is_loopback() {
        tracing::warn!(listen = %at, "metrics can be read by whoever reaches this address; a loopback address is safer");
    }
    TcpListener::bind(at).await.map_err(|why| Refused(format!("can't listen on {at} (metrics.listen): {why}")))
}

/// Two servers over one SQLite file would each believe to be the only writer.
async fn lock(config: &Config) -> Result<File, Refused> {
    let file = config.data_dir.join("symbolon.lock");
    let unusable = |why: std::io::Error| Refused(format!("{} can't be used: {why}", file.display()));
    DirBuilder::new().recursive(true).mode(0o700).create(&config.data_dir).map_err(unusable)?;
    let lock = OpenOptions::new().create(true).append(true).mode(0o600).open(&file).map_err(unusable)?;
    // Whoever served before may be on the way out.
    for _ in 0..10 {
        match lock.try_lock() {
            Ok(()) => return Ok(lock),
            Err(TryLockError::WouldBlock) => tokio::time::sleep(Duration::from_millis(100)).await,
            Err(TryLockError::Error(why)) => return Err(unusable(why)),
        }
    }
    Err(Refused(format!(
        "another Symbolon is serving from {}. Stop it first, or set database_url: several servers share PostgreSQL.",
        config.data_dir.display()
    )))
}

/// How long the database may take to answer before load balancers are told to turn away.
const READY: Duration = Duration::from_secs(2);

/// Serves until it is stopped: new connections are turned away, what is in flight is finished, nothing is cut.
pub async fn serve(started: Started, listener: TcpListener, stop: Stop) {
    serve_all(started, vec![listener], stop).await;
}

/// The same at several addresses.
pub async fn serve_all(started: Started, listeners: Vec<TcpListener>, stop: Stop) {
    let Started { app, lock, metrics } = started;
    let jobs = crate::jobs::start(&app);
    let asked = app.clone();
    let ready = move || {
        let app = asked.clone();
        async move {
            let well = matches!(tokio::time::timeout(READY, app.catch_up()).await, Ok(Ok(())));
            app.limits.look().await;
            let limits = match app.limits.store() {
                Store::Gone => Well::Degraded,
                Store::Local | Store::Shared => Well::Yes,
            };
            vec![("database", if well { Well::Yes } else { Well::No }), ("limits", limits)]
        }
    };
    let router = routes(&app).merge(health(stop.clone(), ready)).fallback(not_found);
    let counted = Counted { metrics: app.metrics.clone(), pulse: app.pulse.clone() };
    let front = Front::layered(router, Some(&app), &app.config, counted.clone(), stop.clone());
    let mut accepting = JoinSet::new();
    for listener in listeners {
        let (front, limits, stop) = (front.clone(), app.config.limits.clone(), stop.clone());
        accepting.spawn(async move { accept(listener, front, &limits, stop).await });
    }
    if let Some(listener) = metrics {
        let (limits, stop) = (app.config.limits.clone(), stop.clone());
        let front = Front::layered(measured(&app).fallback(not_found), None, &app.config, counted, stop.clone());
        accepting.spawn(async move { accept(listener, front, &limits, stop).await });
    }
    accepting.join_all().await;
    drop(jobs);
    // Whatever a provider is answering right now may be the only copy there will ever be.
    app.flights.close();
    let patience = app.config.vault.answer_within + Duration::from_secs(10);
    if !app.flights.all_landed(patience).await {
        tracing::warn!("providers were still asked for tokens after vault.answer_within; what they answer is lost");
    }
    // What was used is known of the last minute too.
    if let Err(fault) = api_tokens::write_uses_down(&app.db, app.uses.take()).await {
        tracing::warn!(%fault, "when API tokens were used last couldn't be written down");
    }
    app.db.close().await;
    drop(lock);
}
