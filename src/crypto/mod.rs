//! The only room that names cryptographic crates, beside the hashes of `base::encoding`.

pub mod api_token;
pub mod jwe;
pub mod jwk;
pub mod jwt;
pub mod mac;
pub mod master;
pub mod passkey;
pub mod password;
pub mod private;
pub mod seal;
pub mod signing;
pub mod token;
pub mod totp;

pub use mac::MacRing;
pub use master::MasterKey;
pub use private::PrivateKey;
pub use signing::{Algorithm, SigningKey};
