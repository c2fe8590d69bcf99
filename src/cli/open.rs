//! Opens the database, the keys and the services for one command, beside a running server or before the first start.

use super::config_standin::{self as load, Flags};
use super::output::{Failure, note};
use crate::admin::Acting;
use crate::app::{App, Memory, Services};
use crate::audit::Actor;
use crate::base::Clock;
use crate::config::Config;
use crate::crypto::password::{Cost, Passwords};
use crate::db::{self, Db, Drift, Place};
use crate::keys::{self, Keyring};
use crate::outbound::Outbound;
use crate::web::Call;

/// Whether a command may make what isn't there yet.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Start {
    /// The first client or user comes before the first `serve`: database and master key are made.
    Fresh,
    /// It looks at what is there; a mistyped directory isn't filled with an empty database.
    Existing,
}

/// The settings.
pub(super) fn config(flags: &Flags) -> Result<Config, Failure> {
    let loaded = load::load(flags, &load::process_env).map_err(|why| Failure::usage(why.to_string()))?;
    Ok(loaded.config)
}

/// Where the database is.
pub(super) fn place(config: &Config) -> Place {
    match &config.database_url {
        Some(url) => Place::Postgres(url.clone(), config.database.max_connections.min(2)),
        None => Place::Sqlite(config.data_dir.join("symbolon.db")),
    }
}

/// The SQLite file, when it isn't there yet.
pub(super) fn absent(place: &Place) -> Option<String> {
    match place {
        Place::Sqlite(file) if !file.exists() => Some(file.display().to_string()),
        _ => None,
    }
}

/// The services, on a schema that fits this binary.
pub(super) async fn open(flags: &Flags, start: Start) -> Result<App, Failure> {
    let config = config(flags)?;
    let place = place(&config);
    let absent = absent(&place);
    if let (Start::Existing, Some(file)) = (start, &absent) {
        return Err(Failure::failed(format!("there is no database at {file} yet")).fix(
            "Name the right --data-dir or --database-url, or begin with `symbolon serve`, `symbolon user create` or \
             `symbolon client create`.",
        ));
    }
    let db = db::open(&place).await?;
    fit_schema(&db).await?;
    let app = services(config, db).await?;
    if let Some(file) = absent {
        note(&format!("note: made a new database at {file}"));
    }
    Ok(app)
}

/// Refuses a schema that isn't this binary's. SQLite is migrated on the way, as a server does when it starts.
async fn fit_schema(db: &Db) -> Result<(), Failure> {
    let drift = db.drift().await?;
    if let Some(why) = foreign(&drift) {
        return Err(Failure::failed(why));
    }
    match (drift.missing, db.kind()) {
        (0, _) => Ok(()),
        (_, "sqlite") => db.migrate().await.map(|_| ()).map_err(Failure::from),
        (missing, _) => Err(Failure::failed(format!("the database's schema lacks {missing} migration(s)"))
            .fix("Run `symbolon migrate`, then this command again.")),
    }
}

/// What only another binary could have done to the schema.
pub(super) fn foreign(drift: &Drift) -> Option<String> {
    if drift.unknown > 0 {
        return Some(format!(
            "the database was migrated by a newer Symbolon ({} migration(s) are unknown here); run that version",
            drift.unknown
        ));
    }
    let changed = drift.changed;
    (changed > 0).then(|| format!("{changed} migration(s) that ran on this database aren't those of this binary"))
}

async fn services(config: Config, db: Db) -> Result<App, Failure> {
    let clock = Clock::System;
    let given = load::master_key_source(&load::process_env).map_err(|why| Failure::usage(why.to_string()))?;
    let key_file = config.keys_dir.join("master.key");
    let made_here = given.is_none() && !key_file.exists();
    let master = keys::master(&db, &config, given).await?;
    if made_here {
        note(&format!("note: made the master key {}; keep a copy apart from the database", key_file.display()));
    }
    // Without making signing keys: the server does that when it starts.
    let keys = Keyring::load(master, &db, config.keys.keep_retired, clock.now()).await?;
    let cost = Cost { memory_kib: config.passwords.memory_kib, passes: config.passwords.passes };
    let passwords = Passwords::new(cost, 1);
    let passwords =
        passwords.map_err(|_| Failure::usage("`passwords.memory_kib` or `passwords.passes` can't be used"))?;
    // merge: outbound as the server makes it
    let outbound = Outbound;
    let memory = Memory::default();
    Ok(App::new(Services { config, db, clock, keys, passwords, outbound, memory, dev: false }))
}

/// Whoever has a shell on this machine.
pub(super) fn acting() -> Acting {
    Acting { actor: Actor::Cli, call: Call::internal("cli") }
}
