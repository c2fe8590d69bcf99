//! What the server tells its operator: lines of log, each with the request that it belongs to.

mod client_ip;
mod metrics;
pub mod pulse;
mod request;
mod trace;

pub use client_ip::{ClientIp, client_ip, is_trusted};
pub use metrics::Metrics;
pub use pulse::Pulse;
pub use request::{Asking, Route, request};
pub use trace::init;

use std::sync::Arc;

/// Where each answer is counted.
#[derive(Clone, Default)]
pub struct Counted {
    /// For Prometheus.
    pub metrics: Metrics,
    /// For the console.
    pub pulse: Arc<Pulse>,
}
