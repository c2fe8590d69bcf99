//! A proxy between a house and PostgreSQL that can be cut and restored: what a network or a failing database does.

use std::sync::{Arc, Mutex};
use symbolon::base::Secret;
use symbolon::config::Config;
use tokio::io::AsyncReadExt;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;

/// What becomes of connections.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Line {
    /// Bytes pass.
    Open,
    /// Connections end at once, old ones and new ones.
    Cut,
    /// Nothing passes, and nobody says so.
    Silent,
    /// Bytes of new connections pass; old ones stay silent.
    HalfOpen,
}

/// The proxy; clones share it.
#[derive(Clone)]
pub struct Proxy {
    port: u16,
    target: Arc<Mutex<Option<String>>>,
    line: watch::Sender<Line>,
    /// Connections that reach the database.
    carried: watch::Sender<usize>,
    /// Connections of which something was swallowed.
    swallowed: watch::Sender<usize>,
}

impl Proxy {
    pub async fn new() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("binds");
        let port = listener.local_addr().expect("an address").port();
        let proxy = Proxy {
            port,
            target: Arc::default(),
            line: watch::Sender::new(Line::Open),
            carried: watch::Sender::new(0),
            swallowed: watch::Sender::new(0),
        };
        let this = proxy.clone();
        tokio::spawn(async move {
            while let Ok((socket, _)) = listener.accept().await {
                tokio::spawn(this.clone().carry(socket));
            }
        });
        proxy
    }

    /// Puts itself between a house that is about to open and its database.
    pub fn stand_before(&self, config: &mut Config) {
        let mut url = url::Url::parse(config.database_url.as_ref().expect("PostgreSQL").reveal()).expect("a URL");
        let target = format!("{}:{}", url.host_str().expect("a host"), url.port().expect("a port"));
        self.target.lock().expect("not poisoned").replace(target);
        url.set_port(Some(self.port)).expect("has a port");
        config.database_url = Some(Secret::new(url.as_str()));
    }

    /// Ends every connection, and every new one as soon as it is made. When this returns, none is left.
    pub async fn cut(&self) {
        self.line.send_replace(Line::Cut);
        let _ = self.carried.subscribe().wait_for(|n| *n == 0).await;
    }

    /// Lets nothing through, as when packets are dropped.
    pub fn falls_silent(&self) {
        self.line.send_replace(Line::Silent);
    }

    /// Lets new connections through. Those from before stay dead.
    pub fn restore(&self) {
        self.line.send_replace(Line::Open);
    }

    /// Lets new connections through; those from before stay silent, as after a failover.
    pub fn restore_for_new_ones(&self) {
        self.line.send_replace(Line::HalfOpen);
    }

    async fn carry(self, mut near: TcpStream) {
        let mut line = self.line.subscribe();
        if matches!(*line.borrow_and_update(), Line::Cut | Line::Silent) {
            return self.silence(near, line).await;
        }
        let target = self.target.lock().expect("not poisoned").clone().expect("a target");
        let Ok(mut far) = TcpStream::connect(target).await else { return };
        self.carried.send_modify(|n| *n += 1);
        let stopped = tokio::select! {
            _ = tokio::io::copy_bidirectional(&mut near, &mut far) => None,
            _ = line.changed() => Some(*line.borrow()),
        };
        match stopped {
            Some(Line::Silent | Line::HalfOpen) => {
                self.carried.send_modify(|n| *n -= 1);
                self.silence(near, line).await;
            }
            _ => {
                drop(near);
                self.carried.send_modify(|n| *n -= 1);
            }
        }
    }

    /// Holds a connection and swallows what comes, for as long as the line is silent.
    async fn silence(self, mut near: TcpStream, mut line: watch::Receiver<Line>) {
        let swallow = async {
            let mut sink = [0; 4096];
            if near.read(&mut sink).await.is_ok_and(|read| read > 0) {
                self.swallowed.send_modify(|n| *n += 1);
            }
            while near.read(&mut sink).await.is_ok_and(|read| read > 0) {}
        };
        tokio::select! {
            () = swallow => {}
            _ = line.wait_for(|line| !matches!(line, Line::Silent | Line::HalfOpen)) => {}
        }
    }

    /// Waits until so many connections have said something in vain.
    pub async fn has_swallowed(&self, connections: usize) {
        let mut swallowed = self.swallowed.subscribe();
        let _ = swallowed.wait_for(|n| *n >= connections).await;
    }
}
