//! Signing in: sessions, requests that wait for their person, throttling, remembered consent. Knows no OAuth word.

pub mod consents;
pub mod home;
pub mod interaction;
pub mod login;
pub mod select;
pub mod session;
pub mod setup;
pub mod throttle;

pub use interaction::{Asking, Interaction};
pub use session::Session;

/// The authentication context class of a sign-in with a password (OIDC Core §2, `acr`).
pub const ACR_PASSWORD: &str = "urn:symbolon:acr:password";
/// The authentication context class of a one-click sign-in of `symbolon dev`.
pub const ACR_NONE: &str = "urn:symbolon:acr:none";
/// Those that `serve` can give.
pub const ACR_VALUES: [&str; 1] = [ACR_PASSWORD];
