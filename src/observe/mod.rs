//! What the server tells its operator: lines of log, each with the request that it belongs to.

mod client_ip;
pub mod pulse;
mod request;
mod trace;

pub use client_ip::{ClientIp, client_ip};
pub use pulse::Pulse;
pub use request::{RequestId, request};
pub use trace::init;
