//! What the server tells its operator: lines of log, each with the request that it belongs to.

mod client_ip;
mod metrics;
mod request;
mod trace;

pub use client_ip::{ClientIp, client_ip, is_trusted};
pub use metrics::Metrics;
pub use request::{RequestId, request};
pub use trace::init;
