//! The vault: custody of people's accounts at other companies. We hold the refresh token, keep exactly one access token fresh,
//! and hand it out to those who may have it. `docs/vault.md` tells how; `docs/decisions/0009-vault.md` why.

pub mod accounts;
pub mod actor;
mod arrive;
pub mod break_glass;
pub mod connect;
pub mod credentials;
pub mod custody;
pub mod events;
pub mod figures;
pub mod grants;
pub mod handed;
mod held;
pub mod hooks;
mod identify;
pub mod import;
mod introspect;
mod kept;
pub mod leave;
pub mod look;
pub mod manage;
pub mod parting;
mod prints;
pub mod reads;
pub mod refresh;
pub mod refused;
pub mod reject;
pub mod reseal;
mod revoke;
mod setup;
pub mod shares;
pub mod sources;
pub mod take;
pub mod view;
pub mod words;

pub use held::Held;
