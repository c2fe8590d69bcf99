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
}
