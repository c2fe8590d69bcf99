//! RFC 9112 §6: where one request ends and the next begins. hyper repairs what it may (`Content-Length` beside
//! `Transfer-Encoding`, doubled lengths, bare line feeds); a proxy in front may repair it the other way, and then one
//! of the two smuggles. So the bytes are watched on their way in, and such a request is refused.

use axum::http::StatusCode;
use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU16, Ordering};
use std::task::{Context, Poll};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;

/// Extension of a request on a connection where a message could be read in two ways.
#[derive(Clone, Copy, Debug)]
pub(super) struct Ambiguous;

/// Extension of the request that stands for one that couldn't be read at all.
#[derive(Clone, Copy, Debug)]
pub(super) struct Unreadable(pub StatusCode);

/// What the watcher saw of a connection so far.
#[derive(Debug, Default)]
pub(super) struct Seen {
    ambiguous: AtomicBool,
    chunked: AtomicBool,
    begun: AtomicBool,
    refused: AtomicU16,
}

impl Seen {
    /// Something could be read in two ways.
    pub(super) fn ambiguous(&self) -> bool {
        self.ambiguous.load(Ordering::Relaxed)
    }

    /// A chunked body came. Its end isn't followed here, so its request must be the connection's last.
    pub(super) fn chunked(&self) -> bool {
        self.chunked.load(Ordering::Relaxed)
    }

    /// A request has begun whose end hasn't come yet.
    pub(super) fn begun(&self) -> bool {
        self.begun.load(Ordering::Relaxed)
    }

    /// The status with which hyper refused a head that it couldn't read; its answer was held back.
    pub(super) fn refused(&self) -> Option<StatusCode> {
        StatusCode::from_u16(self.refused.load(Ordering::Relaxed)).ok()
    }
}

/// What stands for a head that nobody could read, so that it gets an answer of ours.
const STAND_IN: &[u8] = b"GET /unreadable HTTP/1.1\r\n\r\n";

/// A socket whose incoming bytes are watched, and which doesn't let hyper's own refusals out: they have no headers and
/// no body, and no line in the log.
pub(super) struct Wire {
    socket: TcpStream,
    framing: Framing,
    seen: Arc<Seen>,
    /// To be read before anything else.
    stand_in: Option<&'static [u8]>,
}

impl Wire {
    pub(super) fn new(socket: TcpStream, seen: Arc<Seen>) -> Self {
        Wire { socket, framing: Framing::default(), seen, stand_in: None }
    }

    /// Whether these bytes are hyper's own refusal, the last that it writes. From then on the wire reads as a request
    /// that can be read.
    fn holds_back(&mut self, bytes: &[u8]) -> bool {
        let Some(status) = own_refusal(bytes) else {
            return false;
        };
        self.seen.refused.store(status.as_u16(), Ordering::Relaxed);
        self.stand_in = Some(STAND_IN);
        true
    }
}

/// hyper's own refusal is a head alone. Ours all have a name (see `observe`).
fn own_refusal(bytes: &[u8]) -> Option<StatusCode> {
    let rest = bytes.strip_prefix(b"HTTP/1.1 4").or_else(|| bytes.strip_prefix(b"HTTP/1.0 4"))?;
    let head = bytes.strip_suffix(b"\r\n\r\n")?;
    let named = head.split(|byte| *byte == b'\n').any(|line| line.starts_with(b"x-request-id:"));
    let status = [&b"4"[..], rest.get(..2)?].concat();
    StatusCode::from_bytes(&status).ok().filter(|_| !named)
}

impl AsyncRead for Wire {
    fn poll_read(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        if let Some(stand_in) = self.stand_in.take() {
            buf.put_slice(stand_in);
            return Poll::Ready(Ok(()));
        }
        let before = buf.filled().len();
        let polled = Pin::new(&mut self.socket).poll_read(cx, buf);
        let this = &mut *self;
        this.framing.watch(buf.filled().get(before..).unwrap_or_default(), &this.seen);
        this.seen.begun.store(this.framing.begun(), Ordering::Relaxed);
        polled
    }
}

impl AsyncWrite for Wire {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        if self.holds_back(bytes) {
            return Poll::Ready(Ok(bytes.len()));
        }
        Pin::new(&mut self.socket).poll_write(cx, bytes)
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.socket).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.socket).poll_shutdown(cx)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bytes: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        if let [only] = bytes
            && self.holds_back(only)
        {
            return Poll::Ready(Ok(only.len()));
        }
        Pin::new(&mut self.socket).poll_write_vectored(cx, bytes)
    }

    fn is_write_vectored(&self) -> bool {
        self.socket.is_write_vectored()
    }
}

/// Follows heads line by line and counts bodies with a length over.
#[derive(Debug, Default)]
struct Framing {
    at: At,
    /// The beginning of the current line; what matters here is short.
    line: Vec<u8>,
    after_cr: bool,
    in_head: bool,
    length: Option<u64>,
    chunked: bool,
}

#[derive(Clone, Copy, Debug, Default)]
enum At {
    #[default]
    Head,
    /// That many bytes of a body are to come.
    Body(u64),
    /// Beyond what is followed: nothing after this is ever answered.
    Rest,
}

/// Longer than any line that says how long a body is.
const LINE: usize = 128;

impl Framing {
    /// Within a message, or beyond what is followed.
    fn begun(&self) -> bool {
        self.in_head || self.after_cr || !self.line.is_empty() || !matches!(self.at, At::Head)
    }

    fn watch(&mut self, mut bytes: &[u8], seen: &Seen) {
        loop {
            match self.at {
                At::Rest => return,
                At::Body(left) => {
                    let here = bytes.len().min(usize::try_from(left).unwrap_or(usize::MAX));
                    let left = left.saturating_sub(u64::try_from(here).unwrap_or(u64::MAX));
                    self.at = if left == 0 { At::Head } else { At::Body(left) };
                    bytes = bytes.get(here..).unwrap_or_default();
                }
                At::Head => {
                    let (clear, rest) = self.head(bytes);
                    bytes = rest;
                    if clear.is_none() {
                        self.at = At::Rest;
                        seen.ambiguous.store(true, Ordering::Relaxed);
                    }
                }
            }
            if self.chunked && matches!(self.at, At::Rest) {
                seen.chunked.store(true, Ordering::Relaxed);
            }
            if bytes.is_empty() {
                return;
            }
        }
    }

    /// Takes a line, where all of it is there; else what there is of it, and then byte by byte. `None` when the head is ambiguous.
    fn head<'b>(&mut self, bytes: &'b [u8]) -> (Option<()>, &'b [u8]) {
        let end = match self.after_cr {
            true => 0,
            false => memchr::memchr2(b'\r', b'\n', bytes).unwrap_or(bytes.len()),
        };
        let (plain, rest) = bytes.split_at_checked(end).unwrap_or((bytes, &[]));
        if let (true, false, Some(rest)) = (self.line.is_empty(), self.after_cr, rest.strip_prefix(b"\r\n")) {
            return (self.end_of_line(plain.get(..LINE).unwrap_or(plain)), rest);
        }
        let room = LINE.saturating_sub(self.line.len()).min(plain.len());
        self.line.extend_from_slice(plain.get(..room).unwrap_or_default());
        match rest.split_first() {
            None => (Some(()), rest),
            Some((byte, rest)) => (self.step(*byte), rest),
        }
    }

    /// A byte of a line's end; `None` when the head is ambiguous.
    fn step(&mut self, byte: u8) -> Option<()> {
        match (byte, self.after_cr) {
            (b'\n', true) => {
                self.after_cr = false;
                let line = std::mem::take(&mut self.line);
                self.end_of_line(&line)?;
                self.line = line;
                self.line.clear();
            }
            // §2.2: a bare CR or LF is a line end for some and none for others.
            (b'\n', false) | (_, true) => return None,
            _ => self.after_cr = true,
        }
        Some(())
    }

    fn end_of_line(&mut self, line: &[u8]) -> Option<()> {
        match (line.is_empty(), self.in_head) {
            // §2.2: empty lines before a request are nothing.
            (true, false) => {}
            (true, true) => self.end_of_head(),
            (false, false) => self.in_head = true,
            (false, true) => self.field(line)?,
        }
        Some(())
    }

    fn end_of_head(&mut self) {
        self.at = match (self.chunked, self.length.take()) {
            (true, _) => At::Rest,
            (false, Some(length)) if length > 0 => At::Body(length),
            _ => At::Head,
        };
        self.in_head = false;
    }

    fn field(&mut self, line: &[u8]) -> Option<()> {
        let colon = memchr::memchr(b':', line).unwrap_or(line.len());
        let (name, value) = line.split_at_checked(colon)?;
        let value = value.strip_prefix(b":").unwrap_or_default().trim_ascii();
        // §5.2: folded lines; §5.1: space before the colon. hyper refuses both; here they end the watch.
        if name.trim_ascii() != name {
            return None;
        }
        if name.eq_ignore_ascii_case(b"content-length") {
            // §6.3: one length, of digits, and none beside `Transfer-Encoding`.
            let digits = !value.is_empty() && value.iter().all(u8::is_ascii_digit);
            let length = std::str::from_utf8(value).ok().filter(|_| digits)?.parse().ok()?;
            let first = self.length.replace(length).is_none();
            return (first && !self.chunked && line.len() < LINE).then_some(());
        }
        if name.eq_ignore_ascii_case(b"transfer-encoding") {
            let first = !std::mem::replace(&mut self.chunked, true);
            return (first && self.length.is_none() && value.eq_ignore_ascii_case(b"chunked")).then_some(());
        }
        Some(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// Whether the bytes are ambiguous, and whether they are chunked, when they come in pieces of `size`.
    fn seen(bytes: &[u8], size: usize) -> (bool, bool) {
        let (mut framing, seen) = (Framing::default(), Seen::default());
        bytes.chunks(size).for_each(|piece| framing.watch(piece, &seen));
        (seen.ambiguous(), seen.chunked())
    }

    #[test]
    fn clear_messages_pass_however_they_are_cut() {
        let two =
            b"\r\nPOST /a HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n\r\n\n\n\r\rxGET / HTTP/1.1\r\nhost: x\r\n\r\n";
        let chunked = b"POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n1\nx\n";
        for size in 1..two.len() {
            assert_eq!(seen(two, size), (false, false), "{size}");
            assert_eq!(seen(chunked, size), (false, true), "{size}");
        }
        let long = format!("GET / HTTP/1.1\r\nX: {}\r\nContent-Length: 0\r\n\r\nGET", "y".repeat(5000));
        assert_eq!(seen(long.as_bytes(), 1000), (false, false));
    }

    #[test]
    fn what_two_parsers_could_read_in_two_ways_is_noticed() {
        for fields in [
            "Content-Length: 5\r\nTransfer-Encoding: chunked\r\n",
            "Transfer-Encoding: chunked\r\nContent-Length: 5\r\n",
            "Content-Length: 5\r\nContent-Length: 5\r\n",
            "Content-Length: 5\r\nContent-Length: 6\r\n",
            "Content-Length: 5, 5\r\n",
            "Content-Length: +5\r\n",
            "Content-Length: 0x5\r\n",
            "Content-Length:\r\n",
            "Content-Length: 99999999999999999999\r\n",
            "Content-Length : 5\r\n",
            " Content-Length: 5\r\n",
            "Transfer-Encoding: xchunked\r\n",
            "Transfer-Encoding: gzip, chunked\r\n",
            "Transfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\n",
            "Transfer-Encoding\t: chunked\r\n",
            "X: y\r\n folded\r\n",
            "X: y\nZ: bare\r\n",
            "X: y\rZ: bare\r\n",
        ] {
            let bytes = format!("POST / HTTP/1.1\r\nHost: x\r\n{fields}\r\n");
            for size in [1, 7, 1000] {
                assert!(seen(bytes.as_bytes(), size).0, "{fields:?}");
            }
        }
    }

    proptest! {
        #[test]
        fn no_bytes_break_the_watcher(bytes: Vec<u8>, size in 1..9usize) {
            prop_assert_eq!(seen(&bytes, size), seen(&bytes, bytes.len().max(1)));
        }
    }
}
