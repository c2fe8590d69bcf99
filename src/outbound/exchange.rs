//! Requests that may happen only once: whether one was sent at all is told apart from whether it was answered.

use super::client::{MAX_BYTES, chain};
use crate::base::Secret;
use reqwest::{Method, Response, header};

/// What is asked.
#[derive(Clone, Copy, Debug)]
pub struct Call<'a> {
    /// How.
    pub method: &'a Method,
    /// Where.
    pub url: &'a str,
    /// With which headers.
    pub headers: &'a [(String, Secret)],
    /// With what, and its media type.
    pub body: Option<(&'static str, &'a Secret)>,
}

/// What was answered, whole.
#[derive(Clone, Debug)]
pub struct Reply {
    /// The status.
    pub status: u16,
    /// RFC 9110 §10.2.3.
    pub retry_after: Option<String>,
    /// RFC 9110 §6.6.1.
    pub date: Option<String>,
    /// RFC 9110 §8.3.
    pub content_type: Option<String>,
    /// All of it, 1 MiB at most.
    pub body: Vec<u8>,
}

/// Why there is no answer. The texts are for the log: they may name hosts and addresses.
#[derive(Clone, Debug)]
pub enum Unanswered {
    /// Not a byte was sent.
    Unsent(String),
    /// Something was sent, and nobody knows what became of it.
    Lost(String),
}

impl Reply {
    pub(super) async fn read(mut answer: Response) -> Result<Self, Unanswered> {
        let text = |name| answer.headers().get(name).and_then(|value: &header::HeaderValue| value.to_str().ok());
        let mut reply = Reply {
            status: answer.status().as_u16(),
            retry_after: text(header::RETRY_AFTER).map(str::to_owned),
            date: text(header::DATE).map(str::to_owned),
            content_type: text(header::CONTENT_TYPE).map(str::to_owned),
            body: Vec::new(),
        };
        loop {
            match answer.chunk().await {
                Ok(Some(piece)) if piece.len() > MAX_BYTES.saturating_sub(reply.body.len()) => {
                    return Err(Unanswered::Lost(format!("the answer has more than {MAX_BYTES} bytes")));
                }
                Ok(Some(piece)) => reply.body.extend_from_slice(&piece),
                Ok(None) => return Ok(reply),
                Err(fault) => return Err(Unanswered::Lost(chain(&fault))),
            }
        }
    }
}
