//! What is said to a third party and what its answers mean: pure functions between a definition and HTTP. No database,
//! no network, no clock.

mod authorize;
mod body;
mod callback;
mod classes;
mod client;
mod evidence;
mod expiry;
mod fill;
mod id_token;
mod identity;
mod introspect;
mod metadata;
mod read;
#[cfg(test)]
mod tests;
mod tokens;
mod typed;

pub use crate::catalogue::Wrong;
pub use authorize::{AskToAuthorize, authorize};
pub use callback::{callback, genuine};
pub use client::{assertion_key, takes_key};
pub use evidence::{Evidence, Identity, Unidentified, external_id};
pub use expiry::Expiry;
pub use identity::{identity, revoke, revokes};
pub use introspect::{Introspected, introspect, introspected};
pub use metadata::{Metadata, discovery};
pub use read::{Answer, MAX_BYTES, Outcome, Probed, Tokens, probed, read};
pub use tokens::{Code, exchange, migrate, mint, probe, refresh};
pub use typed::typed;

pub(super) use fill::lands;
pub(super) use metadata::ENDPOINTS;

use crate::base::{Secret, Time};
use axum::http::Method;
use std::collections::BTreeMap;
use std::fmt;

/// What a source, and the account or connection at hand, are set up with.
#[derive(Clone, Copy, Debug)]
pub struct Setup<'a> {
    /// The client id at the third party.
    pub client_id: &'a str,
    /// Its secret, or the app's private key in PEM.
    pub client_secret: Option<&'a Secret>,
    /// RFC 7523 §2.2: its private key, which then stands for the secret.
    pub client_key: Option<Signs<'a>>,
    /// Parameters by name: the source's, the connection's, the callback's, and what was kept of answers.
    pub params: &'a BTreeMap<String, String>,
    /// What somebody typed into the key form, as [`typed`] gives it.
    pub fields: &'a BTreeMap<String, Secret>,
    /// What discovery found, for types that have it.
    pub metadata: Option<&'a Metadata>,
}

/// A private key of the client, and what one assertion of it needs.
#[derive(Clone, Copy, Debug)]
pub struct Signs<'a> {
    /// PEM or JWK.
    pub key: &'a Secret,
    /// `jti`: never the same twice.
    pub name: [u8; 16],
    /// When it is signed.
    pub now: Time,
}

/// A request, ready to be sent. Its host has passed the type's list; redirects must not be followed.
#[derive(Clone)]
pub struct Call {
    /// GET, POST or DELETE.
    pub method: Method,
    /// Where to. A few providers want tokens in the query, so it is not for logs: [`Call::place`] is.
    pub url: String,
    /// Headers, beside `User-Agent` and those of the body.
    pub headers: Vec<(String, Secret)>,
    /// Media type and body.
    pub body: Option<(&'static str, Secret)>,
}

impl Call {
    /// Where it goes, without its query: for logs.
    pub fn place(&self) -> &str {
        self.url.split(['?', '#']).next().unwrap_or_default()
    }
}

impl fmt::Debug for Call {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "[{} {}]", self.method, self.place())
    }
}
