//! The server: takes connections, and carries each call past the gates and faults that stand in its way.

use super::control;
use super::fault::{Fault, When, dress};
use super::hold::Verdict;
use super::ledger::{Answered, Call, Kind, Millis, Outcome, Presented};
use super::wire::{Connection, Reply, Request, Wire};
use super::world::{Virtual, World};
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::Duration;
use symbolon::base::Time;
use tokio::net::TcpListener;
use tokio_rustls::TlsAcceptor;

/// The world, and its lock.
pub type Shared = Arc<Mutex<World>>;

pub fn lock(world: &Shared) -> MutexGuard<'_, World> {
    world.lock().expect("a world")
}

pub async fn accept(listener: TcpListener, world: Shared, tls: Option<TlsAcceptor>) {
    while let Ok((stream, _)) = listener.accept().await {
        if lock(&world).down {
            continue;
        }
        let _ = stream.set_nodelay(true);
        let (world, tls) = (world.clone(), tls.clone());
        tokio::spawn(async move {
            match tls {
                None => talk(world, stream).await,
                Some(tls) => {
                    if let Ok(stream) = tls.accept(stream).await {
                        talk(world, stream).await;
                    }
                }
            }
        });
    }
}

/// A call of a virtual provider that is under way.
struct Under {
    world: Shared,
    name: String,
    endpoint: String,
    id: u64,
}

impl Under {
    /// Does something with its provider, at a moment of the provider's clock.
    fn with<T>(&self, does: impl FnOnce(&mut Virtual, Millis) -> T) -> T {
        let mut world = lock(&self.world);
        let now = world.now();
        does(world.at(&self.name), now)
    }

    fn ends(&self, answered: Answered) {
        self.with(|provider, _| provider.ledger.ends(self.id, answered));
        lock(&self.world).tells();
    }
}

async fn talk<W: Wire>(world: Shared, wire: W) {
    let mut connection = Connection::new(wire);
    let mut last: Option<Under> = None;
    loop {
        let request = match connection.head().await {
            Ok(Some(request)) => request,
            Ok(None) => return,
            // A reset instead of an end: the peer's process is gone, and hadn't read what we sent.
            Err(_) => return last.iter().for_each(|under| under.ends(Answered::Lost)),
        };
        let stays = request.header("connection").is_none_or(|value| !value.eq_ignore_ascii_case("close"));
        let under = begins(&world, &request);
        let Some(back) = (match &under {
            Some(under) => exchange(connection, request, under).await,
            None => aside(&world, connection, request).await,
        }) else {
            return under.iter().for_each(|under| under.ends(Answered::Lost));
        };
        (connection, last) = (back, under);
        if !stays {
            return;
        }
    }
}

/// Writes a call down; `None` when it is for no virtual provider.
fn begins(shared: &Shared, request: &Request) -> Option<Under> {
    let mut world = lock(shared);
    let now = world.now();
    let (name, path) = match request.path.strip_prefix("/p/") {
        Some(rest) => rest.split_once('/')?,
        // RFC 8414 §3.1: before the path of the issuer
        None => {
            let (document, name) = request.path.split_once("/p/")?;
            (name, document.strip_prefix('/').filter(|document| document.starts_with(".well-known/"))?)
        }
    };
    let provider = world.providers.get_mut(name)?;
    let endpoint = provider.mode.paths.get(path).cloned().unwrap_or_else(|| path.to_owned());
    let id = provider.ledger.begins(Call {
        id: 0,
        at: now,
        endpoint: endpoint.clone(),
        method: request.method.clone(),
        headers: request.headers.clone(),
        params: request.query.clone(),
        client: None,
        grant: None,
        status: 0,
        error: None,
        answered: Answered::Pending,
        began: 0,
        ended: None,
    });
    let under = Under { world: shared.clone(), name: name.to_owned(), endpoint, id };
    world.tells();
    Some(under)
}

/// What is for no provider: the control API, and nothing.
async fn aside<W: Wire>(world: &Shared, mut connection: Connection<W>, mut request: Request) -> Option<Connection<W>> {
    if !connection.body(&mut request).await {
        return None;
    }
    let reply = control::answers(world, &request).await;
    let now = lock(world).clock.now();
    connection.write(&reply.bytes(now)).await.then_some(connection)
}

/// The whole of a call; gives the connection back when all of the answer was taken.
async fn exchange<W: Wire>(connection: Connection<W>, mut request: Request, under: &Under) -> Option<Connection<W>> {
    let faults = under.with(|provider, _| provider.meets(&under.endpoint, None, true));
    let mut connection = passes(connection, under, When::Unread, None).await?;
    let mut said = None;
    connection = suffers(connection, under, &faults, When::Unread, &mut said).await?;
    if !connection.body(&mut request).await {
        return None;
    }
    let (grant, faults) = reads(under, &request);
    connection = passes(connection, under, When::Read, grant.as_deref()).await?;
    connection = suffers(connection, under, &faults, When::Read, &mut said).await?;
    if said.is_none() {
        said = Some(decides(under, &request, &faults));
    }
    let grant = under.with(|provider, _| provider.ledger.call(under.id).grant.clone());
    connection = passes(connection, under, When::Done, grant.as_deref()).await?;
    connection = suffers(connection, under, &faults, When::Done, &mut said).await?;
    let reply = dress(said?, &faults);
    let bytes = reply.bytes(under.with(|provider, now| provider.clock(now)));
    // Whoever is gone doesn't take anything, though the system would.
    if connection.is_gone().await {
        return None;
    }
    // Before the caller can read it and call again; taken back when it can't be written.
    under.ends(Answered::Whole);
    connection.write(&bytes).await.then_some(connection)
}

/// Waits at the gates that stand there.
async fn passes<W: Wire>(
    mut connection: Connection<W>,
    under: &Under,
    when: When,
    grant: Option<&str>,
) -> Option<Connection<W>> {
    let gate = under.with(|provider, _| provider.gate(when, &under.endpoint, grant));
    let Some(gate) = gate else { return Some(connection) };
    let verdict = tokio::select! {
        verdict = gate.wait(under.id) => verdict,
        () = connection.gone() => Verdict::Close,
    };
    if verdict != Verdict::Release {
        under.ends(Answered::Lost);
    }
    match verdict {
        Verdict::Release => Some(connection),
        Verdict::Close => None,
        Verdict::Reset => {
            connection.reset();
            None
        }
    }
}

/// What goes wrong here; what is said instead of an answer goes into `said`.
async fn suffers<W: Wire>(
    mut connection: Connection<W>,
    under: &Under,
    faults: &[(When, Fault)],
    here: When,
    said: &mut Option<Reply>,
) -> Option<Connection<W>> {
    for (_, fault) in faults.iter().filter(|(when, _)| *when == here) {
        match fault {
            Fault::Late(millis) => {
                tokio::select! {
                    () = tokio::time::sleep(Duration::from_millis(*millis)) => {}
                    () = connection.gone() => return None,
                }
            }
            Fault::Says(says) => *said = Some(says.reply()),
            Fault::Hang => {
                connection.gone().await;
                return None;
            }
            Fault::Close => {
                under.ends(Answered::Lost);
                return None;
            }
            Fault::Reset => {
                under.ends(Answered::Lost);
                connection.reset();
                return None;
            }
            Fault::Continue => {
                connection.write(b"HTTP/1.1 100 Continue\r\n\r\n").await;
                connection.gone().await;
                return None;
            }
            Fault::Half | Fault::Stall => {
                let reply =
                    said.take().unwrap_or_else(|| Reply::json(200, &serde_json::json!({ "access_token": "x" })));
                let bytes = reply.bytes(Time::from_millis(0));
                if *fault == Fault::Half {
                    under.ends(Answered::Lost);
                }
                connection.write(&bytes[..bytes.len() - reply.body.len() / 2 - 1]).await;
                if *fault == Fault::Stall {
                    connection.gone().await;
                }
                return None;
            }
            Fault::Drip => {
                let mut alive = connection.write(b"HTTP/1.1 200 Said\r\nContent-Length: 1000000\r\n\r\n").await;
                while alive {
                    tokio::time::sleep(Duration::from_millis(20)).await;
                    alive = connection.write(b" ").await;
                }
                return None;
            }
            _ => {}
        }
    }
    Some(connection)
}

/// The request is known: whose it is, and what it will meet.
fn reads(under: &Under, request: &Request) -> (Option<String>, Vec<(When, Fault)>) {
    let params = request.params();
    // RFC 7009 §2.1 names it otherwise.
    let named = |name: &str| name == "refresh_token" || name == "token";
    let presented = params.iter().find(|(name, _)| named(name)).map(|(_, value)| value.as_str());
    under.with(|provider, now| {
        let refresh = presented.and_then(|value| provider.ledger.find(value, Kind::Refresh));
        let access = request.bearer().and_then(|value| provider.ledger.find(value, Kind::Access));
        let grant = refresh.or(access).map(|index| provider.ledger.tokens[index].grant);
        let grant = grant.map(|index| provider.ledger.grants[index].id.clone());
        let faults = provider.meets(&under.endpoint, grant.as_deref(), false);
        let call = provider.ledger.call(under.id);
        call.params.extend(params.iter().cloned());
        call.grant = grant.clone();
        if let Some(index) = refresh.filter(|_| under.endpoint == "token") {
            // Until it is decided, which a fault, a gate or a wrong secret may prevent.
            let token = &mut provider.ledger.tokens[index];
            let spent_before = token.spent.is_some();
            token.presented.push(Presented { call: under.id, at: now, outcome: Outcome::Undecided, spent_before });
        }
        (grant, faults)
    })
}

/// It takes effect.
fn decides(under: &Under, request: &Request, faults: &[(When, Fault)]) -> Reply {
    under.with(|provider, now| {
        let reply = provider.answers(under, request, now, faults);
        provider.ledger.call(under.id).status = reply.status;
        reply
    })
}

impl Virtual {
    fn answers(&mut self, under: &Under, request: &Request, now: Millis, faults: &[(When, Fault)]) -> Reply {
        let id = under.id;
        match (&*request.method, &*under.endpoint) {
            ("GET", "authorize") => self.asks(request, now),
            ("POST", "authorize") => self.decided(request, now),
            ("POST", "token") => self.token(request, id, now, faults),
            ("POST", "migrate") => self.migrates(request, id, now, faults),
            ("POST", "revoke") => self.revokes(request, id, now),
            ("POST", "introspect") => self.introspects(request, now),
            ("GET", ".well-known/openid-configuration" | ".well-known/oauth-authorization-server") => self.metadata(),
            ("GET", "jwks") => self.jwks(),
            (_, "authorize" | "token" | "revoke" | "introspect" | "jwks") => Reply::page(405, "<h1>Not so</h1>"),
            (_, path) if path.starts_with("app/installations/") => self.installations(path, request, id, now),
            (_, path) => self.api(path, request, id, now, faults),
        }
    }
}
