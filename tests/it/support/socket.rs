//! Requests as bytes, for what no well-behaved library sends.

use super::House;
use std::time::Duration;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

/// An answer as it came.
#[derive(Clone, Debug)]
pub struct Said {
    pub status: u16,
    /// Header lines, without the status line.
    pub head: Vec<String>,
    pub body: String,
}

impl Said {
    /// A header, or nothing.
    pub fn header(&self, name: &str) -> &str {
        let found =
            self.head.iter().filter_map(|line| line.split_once(':')).find(|(have, _)| have.eq_ignore_ascii_case(name));
        found.map(|(_, value)| value.trim()).unwrap_or_default()
    }
}

impl House {
    /// Sends the bytes and reads until the server has said all it has to say.
    pub async fn says(&self, bytes: &[u8]) -> Said {
        let address = self.url.strip_prefix("http://").expect("plain http");
        let mut socket = TcpStream::connect(address).await.expect("connects");
        // A refusal may come before the last byte went out.
        let _ = socket.write_all(bytes).await;
        let mut answer = Vec::new();
        let mut piece = [0; 4096];
        let read = async {
            while let Ok(n) = socket.read(&mut piece).await {
                if n == 0 {
                    break;
                }
                answer.extend_from_slice(&piece[..n]);
            }
        };
        tokio::time::timeout(Duration::from_secs(30), read).await.expect("an answer and its end");
        let text = String::from_utf8_lossy(&answer).into_owned();
        let (head, body) = text.split_once("\r\n\r\n").unwrap_or_else(|| panic!("no answer: {text:?}"));
        let mut lines = head.split("\r\n").map(str::to_owned);
        let status = lines.next().expect("a status line");
        let status = status.split(' ').nth(1).and_then(|code| code.parse().ok()).expect("a status");
        Said { status, head: lines.collect(), body: body.to_owned() }
    }

    /// A request with this method, target, further header lines and body, on a connection of its own.
    pub async fn sends(&self, request_line: &str, headers: &[String], body: &str) -> Said {
        let host = self.url.strip_prefix("http://").expect("plain http");
        let mut text = format!("{request_line} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n");
        headers.iter().for_each(|line| text.push_str(&format!("{line}\r\n")));
        if !body.is_empty() {
            text.push_str(&format!("Content-Length: {}\r\n", body.len()));
        }
        self.says(format!("{text}\r\n{body}").as_bytes()).await
    }
}
