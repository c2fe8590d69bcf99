//! Opens what one command needs, beside a running server or before the first start.

use super::output::{Failure, note};
use crate::admin::Acting;
use crate::app::App;
use crate::audit::Actor;
use crate::base::Clock;
use crate::config::{self, Config, Flags};
use crate::db::Place;
use crate::people;
use crate::server::{self, Role};
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
    Ok(config::load_process(flags)?.config)
}

/// The SQLite file, when it isn't there yet.
pub(super) fn absent(config: &Config) -> Option<String> {
    match server::place(config) {
        Place::Sqlite(file) if !file.exists() => Some(file.display().to_string()),
        _ => None,
    }
}

/// The services, on a schema that fits this binary.
pub(super) async fn open(flags: &Flags, start: Start) -> Result<App, Failure> {
    let mut config = config(flags)?;
    // One thing at a time needs no more.
    config.database.max_connections = config.database.max_connections.min(2);
    let absent = absent(&config);
    if let (Start::Existing, Some(file)) = (start, &absent) {
        return Err(Failure::failed(format!("there is no database at {file} yet")).fix(
            "Name the right --data-dir or --database-url, or begin with `symbolon serve`, `symbolon user create` or \
             `symbolon client create`.",
        ));
    }
    let master = config::master_key_source(&config::process_env)?;
    let key_file = config.keys_dir.join("master.key");
    let keyless = master.is_none() && !key_file.exists();
    let started = server::start(config, master, Clock::System, Role::Command, false).await?;
    if let Some(file) = absent {
        note(&format!("note: made a new database at {file}"));
    }
    if keyless && key_file.exists() {
        note(&format!("note: made the master key {}; keep a copy apart from the database", key_file.display()));
    }
    Ok(started.app)
}

/// Whoever has a shell on this machine.
pub(super) fn acting() -> Acting {
    Acting::new(Actor::Cli, people::Role::Owner, Call::internal("cli"))
}
