//! `symbolon dev`: one command, no file, no question, no network.

use super::listener::serve as accept;
use super::{Role, Started, Stop, listen, serve_all, start};
use crate::base::{Clock, Secret};
use crate::config::{Config, Limits};
use crate::dev::acme::{self, Acme};
use crate::dev::check::{Check, Place};
use crate::dev::greeting::{Greeting, Where};
use crate::dev::http::Http;
use crate::dev::{Format, Home, Options, crm, demo};
use crate::observe;
use std::io::{ErrorKind, IsTerminal, stderr};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use tokio::net::TcpListener;
use tokio::signal::unix::{SignalKind, signal};
use tokio::task::JoinSet;
use tokio::time::Instant;

/// Where it listens unless it is told otherwise; the ports after it are tried too.
const PORT: u16 = 4444;
const PORTS: u16 = 10;
/// Where Acme CRM does.
const ACME: u16 = 4460;

/// Runs until Ctrl-C, or walks through every step once; true when all is well.
pub async fn run(options: Options) -> bool {
    match begin(&options).await {
        Ok(good) => good,
        Err(why) => {
            // The last words of a process that never came to serve.
            eprintln!("symbolon dev: {why}");
            false
        }
    }
}

async fn begin(options: &Options) -> Result<bool, String> {
    let begun = Instant::now();
    let home = Home::new(options)?;
    let (listeners, port) = if options.check { bind(0).await? } else { listeners(options.listen).await? };
    let mut config = home.config(port)?;
    let terminal = stderr().is_terminal() && options.format == Format::Human;
    if options.check {
        // What refused steps provoke is no news.
        config.log.level = "error".to_owned();
        // Nobody walks as fast as this.
        (config.limits.token_per_second, config.limits.workspace_per_second) = (0, 0);
    }
    observe::init(&config.log, terminal);
    let opened = Instant::now();
    let clock = Clock::shiftable();
    let (acme, doors) = company(options, &home, &clock).await?;
    let place = place(&config, port);
    let started = start(config, None, clock, Role::Server, true).await.map_err(|why| why.to_string())?;
    demo::settle(&started.app).await?;
    crm::settle(&started.app, &acme, home.dir()).await?;
    let stop = Stop::new();
    let open = opens(&acme, doors, &started.app.config.limits);
    listen(stop.clone())
        .and_then(|()| until_hung_up(stop.clone()))
        .map_err(|why| format!("signals can't be heard: {why}"))?;
    if options.check {
        let token = started.app.trial.get().and_then(|trial| trial.token.as_ref()).map(Secret::reveal);
        let http = Http::new(started.app.issuer())?;
        let check = Check::new(&http, &acme, token.unwrap_or_default().to_owned(), options.format);
        return walk(check, started, listeners, stop, place).await;
    }
    let addresses: Vec<SocketAddr> = listeners.iter().filter_map(|listener| listener.local_addr().ok()).collect();
    let moved = (options.listen.is_none() && port != PORT).then_some(PORT);
    let place = Where { dir: home.dir().to_owned(), stays: home.stays(), addresses, moved };
    let greeting = Greeting::new(&started.app, terminal);
    greeting.say(&place, opened.elapsed(), begun.elapsed());
    let late = tokio::spawn(async move { greeting.say_keys(opened).await });
    serve_all(started, listeners, stop).await;
    late.abort();
    drop(open);
    Ok(true)
}

/// Acme CRM, and where it is reached. What it gave it knows again where our data stays too.
async fn company(options: &Options, home: &Home, clock: &Clock) -> Result<(Acme, Vec<TcpListener>), String> {
    let (doors, port) = if options.check { bind(0).await? } else { first_free(ACME).await? };
    let file = home.stays().then(|| home.dir().join("acme.json"));
    Ok((Acme::new(format!("http://localhost:{port}"), clock.clone(), file), doors))
}

/// Opens its doors; they close with what this gives.
fn opens(acme: &Acme, doors: Vec<TcpListener>, limits: &Limits) -> JoinSet<()> {
    let mut open = JoinSet::new();
    for door in doors {
        let (front, limits) = (acme::routes(acme).into(), limits.clone());
        open.spawn(async move { accept(door, front, &limits, Stop::new()).await });
    }
    open
}

/// Where another process may serve the same data.
fn place(config: &Config, port: u16) -> Place {
    let (data, keys) = (config.data_dir.clone(), config.keys_dir.clone());
    Place { issuer: config.issuer.clone(), listen: format!("127.0.0.1:{port}"), data, keys }
}

/// A terminal that is closed ends it too, in order: the temporary directory goes with it.
fn until_hung_up(stop: Stop) -> std::io::Result<()> {
    let mut hangup = signal(SignalKind::hangup())?;
    tokio::spawn(async move {
        if hangup.recv().await.is_some() {
            stop.begin();
        }
    });
    Ok(())
}

/// Serves beside the walk. Then this server ends, so that others can be killed over its data.
async fn walk(
    mut check: Check,
    started: Started,
    at: Vec<TcpListener>,
    stop: Stop,
    place: Place,
) -> Result<bool, String> {
    let serving = tokio::spawn(serve_all(started, at, stop.clone()));
    check.walks().await;
    stop.begin();
    serving.await.map_err(|why| format!("the server ended in a bug of ours: {why}"))?;
    check.kills(place).await;
    Ok(check.ends())
}

/// The listeners, and their port: the one that was asked for, or the first that is free.
async fn listeners(asked: Option<SocketAddr>) -> Result<(Vec<TcpListener>, u16), String> {
    if let Some(asked) = asked {
        if !asked.ip().is_loopback() {
            let why =
                "is for this machine only: everyone knows its passwords. Listen at 127.0.0.1, or use `symbolon serve`";
            return Err(format!("{asked} can't be listened at: dev mode {why}"));
        }
        return bind(asked.port()).await;
    }
    first_free(PORT).await
}

async fn first_free(first: u16) -> Result<(Vec<TcpListener>, u16), String> {
    for port in first..first.saturating_add(PORTS) {
        if let Ok(bound) = bind(port).await {
            return Ok(bound);
        }
    }
    bind(0).await
}

/// Both names of this machine. Browsers try `[::1]` first, so a port where someone else has that one is taken.
async fn bind(port: u16) -> Result<(Vec<TcpListener>, u16), String> {
    let unusable = |why: std::io::Error| format!("port {port} can't be listened at: {why}");
    let v4 = TcpListener::bind(SocketAddr::new(IpAddr::V4(Ipv4Addr::LOCALHOST), port)).await.map_err(unusable)?;
    let port = v4.local_addr().map_err(unusable)?.port();
    match TcpListener::bind(SocketAddr::new(IpAddr::V6(Ipv6Addr::LOCALHOST), port)).await {
        Ok(v6) => Ok((vec![v4, v6], port)),
        Err(why) if why.kind() == ErrorKind::AddrInUse => Err(unusable(why)),
        // A machine without IPv6.
        Err(_) => Ok((vec![v4], port)),
    }
}
