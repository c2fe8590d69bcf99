//! RFC 9112: one keep-alive HTTP/1.1 connection, just enough of it to cost next to nothing.
//!
//! The generator shares the machine with the server that it measures, so every microsecond spent
//! here is missing there: no client library, one buffer for the head, one for the body.

use std::{
    io::{Error, ErrorKind},
    net::SocketAddr,
};

use httparse::{EMPTY_HEADER, Response, Status};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
};

use crate::failure::Failure;

const MOST_HEADERS: usize = 64;
const MOST_BYTES: usize = 8 << 20;

/// A connection that is opened when first used, and again when the server has closed it.
pub struct Connection {
    address: SocketAddr,
    stream: Option<TcpStream>,
    inbox: Vec<u8>,
    body: Vec<u8>,
}

/// The head of an answer, as far as a browser or an OAuth client looks at it.
pub struct Answer {
    /// The status code.
    pub status: u16,
    /// The `Location` header.
    pub location: Option<String>,
    /// Every `Set-Cookie` header, in order.
    pub set_cookies: Vec<String>,
}

impl Connection {
    /// A connection to `address`, not opened yet.
    #[must_use]
    pub fn to(address: SocketAddr) -> Self {
        Self { address, stream: None, inbox: Vec::with_capacity(16 << 10), body: Vec::with_capacity(16 << 10) }
    }

    /// Sends one complete request and reads the complete answer to it.
    ///
    /// # Errors
    /// [`Failure::Transport`] when no well-formed answer arrives; the next call opens a new
    /// connection. Nothing is sent twice: a refresh token that may have been spent would be
    /// taken for a stolen one.
    pub async fn ask(&mut self, request: &[u8]) -> Result<Answer, Failure> {
        // Taken out, not borrowed: whatever fails below also closes the connection.
        let mut stream = match self.stream.take() {
            Some(stream) => stream,
            None => self.open().await?,
        };
        stream.write_all(request).await?;
        self.inbox.clear();
        let head = loop {
            if read_more(&mut stream, &mut self.inbox).await? == 0 {
                return Err(cut_short());
            }
            if let Some(head) = parse_head(&self.inbox)? {
                break head;
            }
        };
        while !self.body_is_complete(&head)? {
            if read_more(&mut stream, &mut self.inbox).await? == 0 {
                if matches!(head.framing, Framing::UntilClose) {
                    break;
                }
                return Err(cut_short());
            }
        }
        if !head.close {
            self.stream = Some(stream);
        }
        Ok(head.answer)
    }

    /// The body of the last answer.
    #[must_use]
    pub fn body(&self) -> &[u8] {
        &self.body
    }

    async fn open(&self) -> Result<TcpStream, Failure> {
        let stream = TcpStream::connect(self.address).await?;
        stream.set_nodelay(true)?;
        Ok(stream)
    }

    fn body_is_complete(&mut self, head: &Head) -> Result<bool, Failure> {
        let rest = self.inbox.get(head.length..).unwrap_or_default();
        self.body.clear();
        match head.framing {
            Framing::Length(length) => {
                self.body.extend_from_slice(rest.get(..length).unwrap_or(rest));
                Ok(rest.len() >= length)
            }
            Framing::Chunked => dechunk(rest, &mut self.body),
            Framing::UntilClose => {
                self.body.extend_from_slice(rest);
                Ok(false)
            }
        }
    }
}

struct Head {
    answer: Answer,
    length: usize,
    framing: Framing,
    close: bool,
}

// §6.3: message body length
enum Framing {
    Length(usize),
    Chunked,
    UntilClose,
}

async fn read_more(stream: &mut TcpStream, inbox: &mut Vec<u8>) -> Result<usize, Failure> {
    if inbox.len() > MOST_BYTES {
        return Err(Failure::Content("the answer is larger than 8 MiB"));
    }
    inbox.reserve(4 << 10);
    Ok(stream.read_buf(inbox).await?)
}

fn parse_head(inbox: &[u8]) -> Result<Option<Head>, Failure> {
    let mut headers = [EMPTY_HEADER; MOST_HEADERS];
    let mut response = Response::new(&mut headers);
    let length = match response.parse(inbox).map_err(malformed)? {
        Status::Complete(length) => length,
        Status::Partial => return Ok(None),
    };
    let mut head = Head {
        answer: Answer { status: response.code.unwrap_or_default(), location: None, set_cookies: Vec::new() },
        length,
        framing: Framing::UntilClose,
        close: response.version == Some(0),
    };
    for header in response.headers.iter() {
        let value = String::from_utf8_lossy(header.value);
        let value = value.trim();
        match header.name {
            name if name.eq_ignore_ascii_case("content-length") => {
                let length = value.parse().map_err(malformed)?;
                head.framing = Framing::Length(length);
            }
            name if name.eq_ignore_ascii_case("transfer-encoding") => {
                head.framing = Framing::Chunked;
            }
            name if name.eq_ignore_ascii_case("connection") => {
                head.close = value.eq_ignore_ascii_case("close");
            }
            name if name.eq_ignore_ascii_case("location") => {
                head.answer.location = Some(value.to_owned());
            }
            name if name.eq_ignore_ascii_case("set-cookie") => {
                head.answer.set_cookies.push(value.to_owned());
            }
            _ => {}
        }
    }
    if matches!(head.answer.status, 100..=199 | 204 | 304) {
        head.framing = Framing::Length(0);
    }
    head.close |= matches!(head.framing, Framing::UntilClose);
    Ok(Some(head))
}

// §7.1: chunked transfer coding
fn dechunk(mut rest: &[u8], body: &mut Vec<u8>) -> Result<bool, Failure> {
    loop {
        let (start, size) = match httparse::parse_chunk_size(rest) {
            Ok(Status::Complete((start, size))) => (start, usize::try_from(size)),
            Ok(Status::Partial) => return Ok(false),
            Err(_) => return Err(malformed("chunk size")),
        };
        let size = size.map_err(malformed)?;
        let chunk = rest.get(start..).unwrap_or_default();
        if size == 0 {
            // An empty line ends the trailers, of which there are usually none.
            return Ok(chunk.starts_with(b"\r\n") || chunk.ends_with(b"\r\n\r\n"));
        }
        let Some(next) = size.checked_add(2).and_then(|end| Some((chunk.get(..size)?, chunk.get(end..)?))) else {
            return Ok(false);
        };
        body.extend_from_slice(next.0);
        rest = next.1;
    }
}

fn malformed(why: impl ToString) -> Failure {
    Failure::Transport(Error::new(ErrorKind::InvalidData, why.to_string()))
}

fn cut_short() -> Failure {
    Failure::Transport(ErrorKind::UnexpectedEof.into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn s7_1_chunks_are_joined_and_half_a_chunk_waits() {
        let mut body = Vec::new();
        assert!(dechunk(b"3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n", &mut body).unwrap());
        assert_eq!(body, b"abcde");
        body.clear();
        assert!(!dechunk(b"3\r\nabc\r\n2\r\nd", &mut body).unwrap());
    }

    #[test]
    fn s6_3_head_tells_length_and_close() {
        let head = parse_head(b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\nConnection: close\r\n\r\nhe").unwrap().unwrap();
        assert!(matches!(head.framing, Framing::Length(5)));
        assert!(head.close);
    }
}
