//! Requests as bytes, for what no honest client would send.

use super::House;
use std::time::Duration;
use tokio::io::{AsyncReadExt, AsyncWriteExt};

/// The first answer on a connection, as text.
#[derive(Clone, Debug)]
pub struct Said {
    pub status: u16,
    /// Lower-case names, in order.
    pub headers: Vec<(String, String)>,
    /// Everything that came until the connection ended.
    pub all: String,
}

impl Said {
    fn read(all: String) -> Self {
        let head = all.split("\r\n\r\n").next().unwrap_or_default();
        let mut lines = head.split("\r\n");
        let status = lines.next().and_then(|line| line.split(' ').nth(1)?.parse().ok()).unwrap_or(0);
        let headers = lines.filter_map(|line| line.split_once(": ")).map(|(k, v)| (k.to_lowercase(), v.to_owned()));
        Said { status, headers: headers.collect(), all: all.clone() }
    }

    /// A header by its lower-case name, or nothing.
    pub fn header(&self, name: &str) -> &str {
        self.headers.iter().find(|(have, _)| have == name).map(|(_, value)| value.as_str()).unwrap_or_default()
    }

    /// What follows the headers.
    pub fn body(&self) -> &str {
        self.all.split_once("\r\n\r\n").map(|(_, body)| body).unwrap_or_default()
    }
}

impl House {
    /// Sends bytes on a fresh connection and reads until the server ends it; they should ask it to.
    pub async fn hears(&self, bytes: impl AsRef<[u8]>) -> Said {
        let address = self.url.strip_prefix("http://").expect("plain http");
        let mut socket = tokio::net::TcpStream::connect(address).await.expect("connects");
        // What can't be written any more has been refused already.
        let _ = socket.write_all(bytes.as_ref()).await;
        let mut all = Vec::new();
        let ended = tokio::time::timeout(Duration::from_secs(20), socket.read_to_end(&mut all)).await;
        assert!(ended.is_ok(), "still open after {:?}", String::from_utf8_lossy(&all));
        Said::read(String::from_utf8_lossy(&all).into_owned())
    }

    /// A request with this method, target, further header lines and body, on a connection of its own.
    pub async fn sends(&self, request_line: &str, headers: &[String], body: &str) -> Said {
        let host = self.url.strip_prefix("http://").expect("plain http");
        let mut text = format!("{request_line} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n");
        headers.iter().for_each(|line| text.push_str(&format!("{line}\r\n")));
        if !body.is_empty() {
            text.push_str(&format!("Content-Length: {}\r\n", body.len()));
        }
        self.hears(format!("{text}\r\n{body}")).await
    }
}
