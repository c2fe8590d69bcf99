//! The keys of a deployment: one master key outside the database, signing keys sealed inside it, MAC keys derived.

pub mod data;
mod ring;
pub mod rotation;
mod start;
pub mod store;

pub use data::{DataKey, DataKeys, broken};
pub use ring::{Keyring, NoKey, Ring};
pub use start::{Refused, make_rest, master, start};
