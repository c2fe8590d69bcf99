//! People: who they are, what relying parties may learn of them, whether they may act.

pub mod email;
pub mod password;
pub mod role;
pub mod setup;
pub mod store;
pub mod user;
pub mod workspaces;

pub use role::Role;
pub use user::{NewUser, Profile, User};
