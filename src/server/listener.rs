//! The accept loop: HTTP/1.1 with a limit for everything that a client may take from us (axum's own has none).

use super::layers::Front;
use super::patience::{Patience, Room};
use super::wire::{Ambiguous, Seen, Unreadable, Wire};
use super::{Phase, Stop};
use crate::config::Limits;
use axum::body::{Body, HttpBody};
use axum::http::{HeaderValue, header};
use axum::response::Response;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper_util::rt::TokioIo;
use std::convert::Infallible;
use std::future::poll_fn;
use std::io::ErrorKind;
use std::net::{IpAddr, SocketAddr};
use std::pin::{Pin, pin};
use std::sync::Arc;
use std::time::Duration;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{OwnedSemaphorePermit, Semaphore, watch};
use tokio_io_timeout::TimeoutStream;

/// The most bytes of a request's head (431).
const MAX_HEAD: usize = 32 * 1024;
/// How long the accept loop rests when the system has no sockets left.
const REST: Duration = Duration::from_millis(100);
/// How long we go on reading after our last answer, and how much.
const LINGER: (Duration, usize) = (Duration::from_millis(500), 1024 * 1024);

/// Serves `front` until `stop`; returns when the last connection is gone, or when
/// the time to drain is over.
pub async fn serve(listener: TcpListener, front: Front, limits: &Limits, stop: Stop) {
    let seats = Arc::new(Semaphore::new(limits.connections));
    let room = Room::new(Arc::clone(&seats), limits);
    let house = Arc::new(House { front, http: http(limits), room, write: limits.write, stop });
    let (open, _) = watch::channel(());
    let mut closing = pin!(close_after(&house.stop, limits.shutdown_delay));
    loop {
        let (socket, peer, seat) = tokio::select! {
            biased;
            () = &mut closing => break,
            admitted = admit(&listener, &seats) => admitted,
        };
        let (house, mut gone) = (Arc::clone(&house), open.subscribe());
        tokio::spawn(async move {
            let _seat = seat;
            tokio::select! {
                () = converse(socket, peer, &house) => {}
                // The time to drain is over.
                _ = gone.changed() => {}
            }
        });
    }
    drop(listener);
    let all = u32::try_from(limits.connections).unwrap_or(u32::MAX);
    if tokio::time::timeout(limits.shutdown_drain, seats.acquire_many(all)).await.is_err() {
        tracing::warn!("some requests were still in flight after limits.shutdown_drain, and were cut");
    }
}

/// What all connections share.
struct House {
    front: Front,
    http: http1::Builder,
    room: Room,
    write: Duration,
    stop: Stop,
}

fn http(limits: &Limits) -> http1::Builder {
    let mut http = http1::Builder::new();
    // Runs from the first moment and again from each answer on; `Patience` tells the silence between from a slow head.
    http.header_read_timeout(limits.header_read)
        // More than 100 fields are 431 as well: hyper's own default, which it keeps on the stack. To say it here again
        // would cost an allocation a request.
        .max_header_size(MAX_HEAD)
        .max_buf_size(2 * MAX_HEAD)
        // Most answers are small: to copy a body behind its head takes less than to tell the kernel of two places.
        .writev(false)
        .half_close(false)
        .keep_alive(true);
    http
}

async fn close_after(stop: &Stop, delay: Duration) {
    tokio::select! {
        () = stop.reached(Phase::Closing) => {}
        () = async {
            stop.reached(Phase::Draining).await;
            tokio::time::sleep(delay).await;
        } => stop.advance(Phase::Closing),
    }
}

/// Waits for a free seat, then for a connection: what we can't serve waits in the kernel's queue.
async fn admit(listener: &TcpListener, seats: &Arc<Semaphore>) -> (TcpStream, SocketAddr, OwnedSemaphorePermit) {
    loop {
        // Nobody closes the semaphore; if someone did, there would be no seats.
        let Ok(seat) = Arc::clone(seats).acquire_owned().await else {
            return std::future::pending().await;
        };
        match listener.accept().await {
            Ok((socket, peer)) => return (socket, SocketAddr::new(peer.ip().to_canonical(), peer.port()), seat),
            // One client that vanished on its way in.
            Err(fault) if one_clients_trouble(fault.kind()) => {}
            Err(fault) => {
                tracing::warn!(%fault, "no connection can be accepted; trying again");
                tokio::time::sleep(REST).await;
            }
        }
    }
}

fn one_clients_trouble(kind: ErrorKind) -> bool {
    matches!(kind, ErrorKind::ConnectionAborted | ErrorKind::ConnectionReset | ErrorKind::Interrupted)
}

/// One connection, from its first request to its last.
async fn converse(socket: TcpStream, peer: SocketAddr, house: &House) {
    // Answers are one write each; waiting for more would only delay them.
    let _ = socket.set_nodelay(true);
    let seen = Arc::new(Seen::default());
    let mut io = TimeoutStream::new(Wire::new(socket, Arc::clone(&seen)));
    io.set_write_timeout(Some(house.write));
    let (mut io, mut in_time) = talk(Box::pin(io), peer, house, &seen).await;
    if seen.refused().is_some() {
        // hyper gave up on a head; now the wire reads as a request that our own layers can refuse.
        (io, in_time) = talk(io, peer, house, &seen).await;
    }
    // Who doesn't write their request or doesn't read our answer gets no more of our time.
    if in_time {
        linger(io).await;
    }
}

/// A socket with a limit for how long a write may take.
type Socket = Pin<Box<TimeoutStream<Wire>>>;

/// Serves a connection until one side has had enough. Gives it back, and whether the client kept to our times.
async fn talk(io: Socket, peer: SocketAddr, house: &House, seen: &Arc<Seen>) -> (Socket, bool) {
    let service = hyper::service::service_fn(|request| Box::pin(answer(&house.front, request, peer.ip(), seen)));
    let mut http = house.http.clone();
    http.timer(Patience::new(Arc::clone(seen), house.room.clone()));
    let mut talk = http.serve_connection(TokioIo::new(io), service);
    let ended = tokio::select! {
        ended = poll_fn(|cx| talk.poll_without_shutdown(cx)) => ended,
        () = house.stop.reached(Phase::Closing) => {
            Pin::new(&mut talk).graceful_shutdown();
            poll_fn(|cx| talk.poll_without_shutdown(cx)).await
        }
    };
    (talk.into_parts().io.into_inner(), !ended.is_err_and(|fault| fault.is_timeout()))
}

async fn answer(
    front: &Front,
    request: hyper::Request<Incoming>,
    peer: IpAddr,
    seen: &Seen,
) -> Result<Response, Infallible> {
    let mut request = request.map(|body| if body.is_end_stream() { Body::empty() } else { Body::new(body) });
    if let Some(status) = seen.refused() {
        request.extensions_mut().insert(Unreadable(status));
    } else if seen.ambiguous() {
        request.extensions_mut().insert(Ambiguous);
    }
    let mut response = front.answer(request, peer).await;
    if seen.ambiguous() || seen.chunked() {
        response.headers_mut().insert(header::CONNECTION, HeaderValue::from_static("close"));
    }
    Ok(response)
}

/// RFC 9112 §9.6: closing with unread bytes in the socket resets it, and then the client may never see our answer
/// (413). So we end our side and read on for a moment.
async fn linger(mut io: Socket) {
    let (time, mut bytes) = LINGER;
    let rest = async {
        io.shutdown().await?;
        let mut sink = [0u8; 4096];
        loop {
            match io.read(&mut sink).await? {
                0 => return Ok::<(), std::io::Error>(()),
                read if read > bytes => return Ok(()),
                read => bytes = bytes.saturating_sub(read),
            }
        }
    };
    // Either way the connection is over.
    let _ = tokio::time::timeout(time, rest).await;
}
