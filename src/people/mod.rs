//! People: who they are, what relying parties may learn of them, whether they may act.

pub mod email;
pub mod password;
pub mod setup;
pub mod store;
pub mod user;

pub use user::{NewUser, Profile, User};
