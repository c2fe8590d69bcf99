//! RFC 9112 as far as a provider needs it, by hand: only so can an answer end where a test wants it to.

use symbolon::base::Time;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::net::TcpStream;

/// What a connection is made of.
pub trait Wire: AsyncRead + AsyncWrite + Unpin + Send {
    /// What lies below TLS, if there is any.
    fn socket(&self) -> &TcpStream;
}

impl Wire for TcpStream {
    fn socket(&self) -> &TcpStream {
        self
    }
}

impl Wire for tokio_rustls::server::TlsStream<TcpStream> {
    fn socket(&self) -> &TcpStream {
        self.get_ref().0
    }
}

/// A request.
#[derive(Clone, Debug, Default)]
pub struct Request {
    pub method: String,
    pub path: String,
    pub query: Vec<(String, String)>,
    /// Lower-case names.
    pub headers: Vec<(String, String)>,
    pub body: Vec<u8>,
}

impl Request {
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(have, _)| have == name).map(|(_, value)| value.as_str())
    }

    pub fn media(&self) -> &str {
        self.header("content-type").unwrap_or_default().split(';').next().unwrap_or_default().trim()
    }

    /// The parameters of the body: a form, or the texts of a JSON object.
    pub fn params(&self) -> Vec<(String, String)> {
        match self.media() {
            "application/json" => match serde_json::from_slice(&self.body) {
                Ok(serde_json::Value::Object(members)) => {
                    members.into_iter().filter_map(|(k, v)| Some((k, v.as_str()?.to_owned()))).collect()
                }
                _ => Vec::new(),
            },
            "application/x-www-form-urlencoded" => url::form_urlencoded::parse(&self.body).into_owned().collect(),
            _ => Vec::new(),
        }
    }

    /// The credential of `Authorization`, whatever its scheme is called, but for Basic.
    pub fn bearer(&self) -> Option<&str> {
        let (scheme, token) = self.header("authorization")?.split_once(' ')?;
        ["bearer", "token", "oauth"].contains(&&*scheme.to_lowercase()).then_some(token.trim())
    }
}

/// An answer.
#[derive(Clone, Debug)]
pub struct Reply {
    pub status: u16,
    pub headers: Vec<(String, String)>,
    pub body: Vec<u8>,
}

impl Reply {
    pub fn new(status: u16, media: &str, body: impl Into<Vec<u8>>) -> Self {
        Reply { status, headers: Vec::new(), body: body.into() }.with("content-type", media)
    }

    pub fn json(status: u16, body: &serde_json::Value) -> Self {
        Reply::new(status, "application/json", body.to_string()).with("cache-control", "no-store")
    }

    pub fn page(status: u16, body: &str) -> Self {
        Reply::new(status, "text/html; charset=utf-8", format!("<!doctype html><title>Provider</title>{body}"))
    }

    pub fn to(location: &str) -> Self {
        Reply { status: 302, headers: Vec::new(), body: Vec::new() }.with("location", location)
    }

    /// With this header, and no other of its name.
    pub fn with(mut self, name: &str, value: &str) -> Self {
        self.headers.retain(|(have, _)| have != name);
        self.headers.push((name.to_owned(), value.to_owned()));
        self
    }

    /// What goes over the wire.
    pub fn bytes(&self, now: Time) -> Vec<u8> {
        let date = now.civil().strftime("%a, %d %b %Y %H:%M:%S GMT");
        let mut head =
            format!("HTTP/1.1 {} Said\r\nDate: {date}\r\nContent-Length: {}\r\n", self.status, self.body.len());
        for (name, value) in &self.headers {
            head.push_str(&format!("{name}: {value}\r\n"));
        }
        head.push_str("\r\n");
        [head.as_bytes(), &self.body].concat()
    }
}

/// A connection, with what was read too far.
pub struct Connection<W> {
    pub wire: W,
    ahead: Vec<u8>,
}

impl<W: Wire> Connection<W> {
    pub fn new(wire: W) -> Self {
        Connection { wire, ahead: Vec::new() }
    }

    /// Reads some more; false at the end.
    async fn more(&mut self) -> std::io::Result<bool> {
        let mut part = [0; 8192];
        let read = self.wire.read(&mut part).await?;
        self.ahead.extend_from_slice(&part[..read]);
        Ok(read > 0)
    }

    /// The next request, but for its body; `None` when there is none. An error is a peer that went without reading.
    pub async fn head(&mut self) -> std::io::Result<Option<Request>> {
        let end = loop {
            if let Some(at) = self.ahead.windows(4).position(|four| four == b"\r\n\r\n") {
                break at + 4;
            }
            if !self.more().await? {
                return Ok(None);
            }
        };
        let head: Vec<u8> = self.ahead.drain(..end).collect();
        let head = String::from_utf8_lossy(&head);
        let mut lines = head.split("\r\n");
        let mut first = lines.next().unwrap_or_default().split(' ');
        let (method, target) = (first.next().unwrap_or_default(), first.next().unwrap_or_default());
        let (path, query) = target.split_once('?').unwrap_or((target, ""));
        let headers = lines.filter_map(|line| line.split_once(':'));
        Ok(Some(Request {
            method: method.to_owned(),
            path: path.to_owned(),
            query: url::form_urlencoded::parse(query.as_bytes()).into_owned().collect(),
            headers: headers.map(|(k, v)| (k.to_lowercase(), v.trim().to_owned())).collect(),
            body: Vec::new(),
        }))
    }

    /// Reads the body of a request; false when the peer went meanwhile.
    pub async fn body(&mut self, request: &mut Request) -> bool {
        if request.header("expect").is_some() && self.wire.write_all(b"HTTP/1.1 100 Continue\r\n\r\n").await.is_err() {
            return false;
        }
        if request.header("transfer-encoding").is_some() {
            return self.chunks(&mut request.body).await;
        }
        let length = request.header("content-length").and_then(|text| text.parse().ok()).unwrap_or(0);
        self.exactly(length, &mut request.body).await
    }

    async fn exactly(&mut self, length: usize, into: &mut Vec<u8>) -> bool {
        while self.ahead.len() < length {
            if !matches!(self.more().await, Ok(true)) {
                return false;
            }
        }
        into.extend(self.ahead.drain(..length));
        true
    }

    async fn chunks(&mut self, into: &mut Vec<u8>) -> bool {
        loop {
            let end = loop {
                if let Some(at) = self.ahead.windows(2).position(|two| two == b"\r\n") {
                    break at;
                }
                if !matches!(self.more().await, Ok(true)) {
                    return false;
                }
            };
            let line: Vec<u8> = self.ahead.drain(..end + 2).collect();
            let size = String::from_utf8_lossy(&line).trim().split(';').next().map(|n| usize::from_str_radix(n, 16));
            let Some(Ok(size)) = size else { return false };
            let mut ending = Vec::new();
            if !self.exactly(size, into).await || !self.exactly(2, &mut ending).await {
                return false;
            }
            if size == 0 {
                return true;
            }
        }
    }

    /// Comes back when the peer is gone; what it says until then stays for later.
    pub async fn gone(&mut self) {
        while matches!(self.more().await, Ok(true)) {}
    }

    /// Whether the peer is known to be gone.
    pub async fn is_gone(&mut self) -> bool {
        tokio::select! {
            biased;
            () = self.gone() => true,
            () = std::future::ready(()) => false,
        }
    }

    /// Writes all of it; false when the peer didn't take it.
    pub async fn write(&mut self, bytes: &[u8]) -> bool {
        self.wire.write_all(bytes).await.is_ok() && self.wire.flush().await.is_ok()
    }

    /// Ends it in the middle: the peer sees a reset instead of an end.
    pub fn reset(self) {
        let _ = self.wire.socket().set_zero_linger();
    }
}
