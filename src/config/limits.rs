//! Settings for what others may take from us: connections, bytes, time, requests a second; and where it is counted.

use super::span;
use crate::base::Secret;
use ipnet::IpNet;
use serde::{Deserialize, Deserializer};
use std::net::SocketAddr;
use std::time::Duration;

/// What one connection and one request may cost.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Limits {
    /// Connections at once; more wait in the kernel's queue.
    pub connections: usize,
    /// To send the header of a request.
    #[serde(with = "span")]
    pub header_read: Duration,
    /// Between an answer and the next request on the same connection.
    #[serde(with = "span")]
    pub idle: Duration,
    /// To send the body of a request.
    #[serde(with = "span")]
    pub body_read: Duration,
    /// For us to answer.
    #[serde(with = "span")]
    pub handler: Duration,
    /// To take our answer.
    #[serde(with = "span")]
    pub write: Duration,
    /// Requests a second with one API token, or with the tokens of one grant; 0 for no limit.
    pub token_per_second: u32,
    /// Requests a second with tokens of one workspace; 0 for no limit.
    pub workspace_per_second: u32,
    /// Requests a second of one client to the token endpoint; 0 for no limit.
    pub client_per_second: u32,
    /// Requests a second from one address to sign-in, the token endpoint and registration; 0 for no limit.
    pub address_per_second: u32,
    /// A Redis or Valkey that replicas count in together.
    #[serde(deserialize_with = "super::unless_empty")]
    pub url: Option<Secret>,
    /// How many replicas there are: the share of each while the store is gone.
    pub replicas: u32,
    /// Bytes of a form or JSON body.
    pub body_bytes: usize,
    /// After SIGTERM: how long to keep accepting, with `/health/ready` saying no.
    #[serde(with = "span")]
    pub shutdown_delay: Duration,
    /// After that: how long requests in flight may take.
    #[serde(with = "span")]
    pub shutdown_drain: Duration,
}

/// Reverse proxies in front.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Proxies {
    /// Whose `X-Forwarded-For` and `X-Request-Id` are believed.
    pub trusted: Vec<IpNet>,
}

/// API tokens.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ApiTokens {
    /// How many a person may have in one workspace.
    pub max_per_user: u32,
}

/// Where what is counted can be read.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Metrics {
    /// A listener of its own for `/metrics`; none for nowhere.
    #[serde(deserialize_with = "address")]
    pub listen: Option<SocketAddr>,
}

fn address<'de, D: Deserializer<'de>>(d: D) -> Result<Option<SocketAddr>, D::Error> {
    let text = String::deserialize(d)?;
    let parsed = (!text.is_empty()).then(|| text.parse()).transpose();
    parsed.map_err(|_| serde::de::Error::custom("not an IP address and a port, as 127.0.0.1:9464"))
}
