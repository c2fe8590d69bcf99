//! The one HTTP client for everything that leaves: public addresses over https, and what the operator allows beside.

mod address;
mod allow;
mod client;
mod exchange;
mod freshness;

pub use address::is_public;
pub use client::{Fetched, Outbound, Refused, Wanted};
pub use exchange::{Call, Reply, Unanswered};
