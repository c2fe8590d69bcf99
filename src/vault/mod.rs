//! The vault: custody of third-party accounts, whose tokens are always fresh and never lost.

pub mod catalogue;
pub mod trial;
pub mod wire;
