//! RFC 6749 §5.2: refusals of the token endpoint, in the provider's own dress.

use super::mode::Mode;
use super::wire::Reply;
use serde_json::json;

/// Why not.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refusal {
    pub status: u16,
    pub code: String,
    pub description: String,
}

pub fn refuse(code: &str, description: &str) -> Refusal {
    let status = if code == "invalid_client" { 401 } else { 400 };
    Refusal { status, code: code.to_owned(), description: description.to_owned() }
}

impl Refusal {
    /// The client isn't believed.
    pub fn of_client(mode: &Mode, description: &str) -> Self {
        Refusal { status: 401, ..refuse(&mode.client_error, description) }
    }

    /// The refresh token isn't accepted.
    pub fn of_token(mode: &Mode, description: &str) -> Self {
        refuse(&mode.dead_error, description)
    }

    pub fn reply(&self, mode: &Mode) -> Reply {
        let body = json!({ "error": self.code, "error_description": self.description });
        let reply = Reply::json(mode.error_status.unwrap_or(self.status), &body);
        if self.status == 401 { reply.with("www-authenticate", "Basic realm=\"provider\"") } else { reply }
    }
}
