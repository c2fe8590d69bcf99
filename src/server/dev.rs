//! `symbolon dev`: one command, no file, no question, no network.

use super::{Role, Started, Stop, listen, serve_all, start};
use crate::base::Clock;
use crate::dev::greeting::{Greeting, Where};
use crate::dev::http::Http;
use crate::dev::{Format, Home, Options, check, demo};
use crate::observe;
use std::io::{ErrorKind, IsTerminal, stderr};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use tokio::net::TcpListener;
use tokio::signal::unix::{SignalKind, signal};
use tokio::time::Instant;

/// Where it listens unless it is told otherwise; the ports after it are tried too.
const PORT: u16 = 4444;
const PORTS: u16 = 10;

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
    let started = start(config, None, Clock::shiftable(), Role::Server, true).await.map_err(|why| why.to_string())?;
    demo::settle(&started.app).await?;
    let stop = Stop::new();
    listen(stop.clone())
        .and_then(|()| until_hung_up(stop.clone()))
        .map_err(|why| format!("signals can't be heard: {why}"))?;
    if options.check {
        return walk(started, listeners, stop, options.format).await;
    }
    let addresses: Vec<SocketAddr> = listeners.iter().filter_map(|listener| listener.local_addr().ok()).collect();
    let moved = (options.listen.is_none() && port != PORT).then_some(PORT);
    let place = Where { dir: home.dir().to_owned(), stays: home.stays(), addresses, moved };
    let greeting = Greeting::new(&started.app, terminal);
    greeting.say(&place, opened.elapsed(), begun.elapsed());
    let late = tokio::spawn(async move { greeting.say_keys(opened).await });
    serve_all(started, listeners, stop).await;
    late.abort();
    Ok(true)
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

/// Serves beside the walk, and ends with it.
async fn walk(started: Started, at: Vec<TcpListener>, stop: Stop, format: Format) -> Result<bool, String> {
    let http = Http::new(started.app.issuer())?;
    let serving = tokio::spawn(serve_all(started, at, stop.clone()));
    let good = check::run(&http, format).await;
    stop.begin();
    serving.await.map_err(|why| format!("the server ended in a bug of ours: {why}"))?;
    Ok(good)
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
    for port in PORT..PORT.saturating_add(PORTS) {
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
