//! The vault: custody of people's accounts at other companies. We hold the refresh token, keep exactly one access token fresh,
//! and hand it out to those who may have it. `docs/vault.md` tells how; `docs/decisions/0009-vault.md` why.

pub mod accounts;
pub mod actor;
pub mod credentials;
pub mod events;
pub mod grants;
mod held;
pub mod look;
mod prints;
pub mod reads;
pub mod refresh;
pub mod refused;
pub mod sources;
pub mod view;
pub mod wire;
