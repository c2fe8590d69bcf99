//! The protocol: OAuth 2.0 and OpenID Connect, one file per rule or endpoint.

pub mod bearer;
pub mod grants;
pub mod store;
