//! `symbolon serve`: the server, until it is told to stop.

use super::output::{Failure, Printed};
use crate::app::App;
#[cfg(not(feature = "test-hooks"))]
use crate::base::Clock;
use crate::config::{self, Config, Flags};
use crate::db::Fault;
use crate::server::{self, Role, Stop};
use crate::{observe, people};
use serde_json::Value;
use std::io::IsTerminal;
use tokio::net::TcpListener;

/// Serves.
pub(super) fn run(flags: &Flags) -> Result<Printed, Failure> {
    // Before the first secret is read.
    server::keep_to_itself().map_err(|why| Failure::failed(format!("core dumps can't be switched off: {why}")))?;
    let mut loaded = config::load_process(flags)?;
    let master = config::master_key_source(&config::process_env)?;
    observe::init(&loaded.config.log, std::io::stderr().is_terminal());
    loaded.config.limits.connections = server::room_for(loaded.config.limits.connections);
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build();
    let runtime = runtime.map_err(|why| Failure::failed(format!("no work can be begun: {why}")))?;
    runtime.block_on(serve(loaded.config, master))?;
    Ok(Printed::silent())
}

async fn serve(config: Config, master: Option<crate::base::Secret>) -> Result<(), Failure> {
    let listener = bind(&config).await?;
    let started = server::start(config, master, clock(), Role::Server, false).await?;
    let stop = Stop::new();
    server::listen(stop.clone()).map_err(|why| Failure::failed(format!("signals can't be heard: {why}")))?;
    let app = started.app.clone();
    tracing::info!(issuer = app.issuer(), listen = %app.config.listen, database = app.db.kind(), "ready");
    if app.issuer().starts_with("http://") && !app.config.listen.ip().is_loopback() {
        tracing::warn!(
            "others can reach this address, but the issuer is plain http for this machine; set an https `issuer`"
        );
    }
    invite(&app).await?;
    server::serve(started, listener, stop).await;
    tracing::info!("stopped");
    Ok(())
}

#[cfg(feature = "test-hooks")]
use crate::server::hooks::clock;

/// The machine's own.
#[cfg(not(feature = "test-hooks"))]
fn clock() -> Clock {
    Clock::System
}

async fn bind(config: &Config) -> Result<TcpListener, Failure> {
    TcpListener::bind(config.listen).await.map_err(|why| {
        Failure::failed(format!("can't listen on {}: {why}", config.listen))
            .fix("Stop what is listening there, or choose another address with --listen or SYMBOLON_LISTEN.")
    })
}

/// On a deployment without an administrator: the link with which the first one makes their account. It goes to the
/// terminal of whoever started the server, not into the log, which more people read.
async fn invite(app: &App) -> Result<(), Fault> {
    if people::store::another_admin(&app.db, None).await? {
        return Ok(());
    }
    if !std::io::stdout().is_terminal() {
        tracing::warn!("there is no administrator yet; make a set-up link with: symbolon user setup-link");
        return Ok(());
    }
    let link = super::user::setup_link(app).await?;
    let text = format!(
        "\nCreate the first administrator (once, within 60 minutes):\n  {link}\nA new link: symbolon user setup-link\n"
    );
    Printed::new(text, Value::Null).print(super::Format::Human);
    Ok(())
}
