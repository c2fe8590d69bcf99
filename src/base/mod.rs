//! The ground floor: time, chance, identifiers, secrets, scopes, claims and URIs. Imports nothing of ours.

pub mod claims;
pub mod clock;
pub mod encoding;
pub mod entropy;
pub mod failpoint;
pub mod id;
pub mod name;
pub mod scope;
pub mod secret;
pub mod uri;

pub use clock::{Clock, Time};
pub use id::Id;
pub use scope::ScopeSet;
pub use secret::Secret;
