//! Temporary.
/// Outbound.
pub struct Outbound;
