//! From settings to a running server: database, keys, services, routes, background work.

use super::health::health;
use super::layers::{layered, not_found};
use super::listener::serve as accept;
use super::routes::routes;
use super::stop::Stop;
use crate::app::{App, Attempts, Brand, Chores, Documents, Memory, Services, Sightings};
use crate::base::{Clock, Secret};
use crate::config::Config;
use crate::crypto::password::{Cost, Passwords};
use crate::db::{self, Db, Fault};
use crate::keys;
use crate::mail::Mailer;
use crate::outbound::Outbound;
use std::fs::{DirBuilder, File, OpenOptions, TryLockError};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::sync::Arc;
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
    let services = Services {
        config,
        db,
        clock,
        keys: ring,
        passwords,
        documents: Documents::new(outbound.clone()),
        sightings: Sightings::default(),
        outbound,
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
    };
    let app = App::new(services);
    app.catch_up().await?;
    Ok(Started { app, lock })
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
    let Started { app, lock } = started;
    let jobs = crate::jobs::start(&app);
    let asked = app.clone();
    let ready = move || {
        let app = asked.clone();
        async move {
            let well = matches!(tokio::time::timeout(READY, app.catch_up()).await, Ok(Ok(())));
            vec![("database", well)]
        }
    };
    let router = routes(&app).merge(health(stop.clone(), ready)).fallback(not_found);
    let router = layered(router, &app.config, app.pulse.clone(), stop.clone());
    let mut accepting = JoinSet::new();
    for listener in listeners {
        let (router, limits, stop) = (router.clone(), app.config.limits.clone(), stop.clone());
        accepting.spawn(async move { accept(listener, router, &limits, stop).await });
    }
    accepting.join_all().await;
    drop(jobs);
    app.db.close().await;
    drop(lock);
}
