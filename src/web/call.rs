//! Who and where one request is, for logs, limits and the audit trail.

use crate::observe::Asking;
use axum::extract::FromRequestParts;
use axum::http::Extensions;
use axum::http::request::Parts;
use std::net::{IpAddr, Ipv4Addr};
use std::sync::Arc;

/// One request, as the audit trail names it.
#[derive(Clone, Debug)]
pub struct Call {
    /// The reference that answers carry as `X-Request-Id`.
    pub request_id: Arc<str>,
    /// The address of whoever asks.
    pub address: IpAddr,
}

impl Call {
    /// Work that no request asked for: a command, a background job.
    pub fn internal(what: &str) -> Self {
        Call { request_id: what.into(), address: IpAddr::V4(Ipv4Addr::LOCALHOST) }
    }

    /// Of the request with these extensions.
    pub fn of(extensions: &Extensions) -> Self {
        match extensions.get::<Asking>() {
            Some(asking) => Call::from(asking),
            None => Call { request_id: "".into(), address: IpAddr::V4(Ipv4Addr::UNSPECIFIED) },
        }
    }

    /// What attempts are counted by: an IPv4 address, or the /64 of an IPv6 one, of which one customer has all.
    pub fn network(&self) -> String {
        match self.address.to_canonical() {
            IpAddr::V4(v4) => v4.to_string(),
            IpAddr::V6(v6) => {
                let [a, b, c, d, ..] = v6.segments();
                format!("{a:x}:{b:x}:{c:x}:{d:x}::/64")
            }
        }
    }
}

impl From<&Asking> for Call {
    fn from(Asking { id, client, .. }: &Asking) -> Self {
        Call { request_id: Arc::clone(id), address: client.0 }
    }
}

impl<S: Send + Sync> FromRequestParts<S> for Call {
    type Rejection = std::convert::Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Self::Rejection> {
        Ok(Call::of(&parts.extensions))
    }
}
