//! Signing in: sessions, requests that wait for their person, throttling, remembered consent. Knows no OAuth word.

pub mod consents;
pub mod counts;
pub mod device;
pub mod home;
pub mod interaction;
pub mod login;
pub mod newcomer;
pub mod select;
pub mod session;
pub mod setup;
pub mod throttle;

pub use device::Arrival;
pub use interaction::{Asking, Interaction};
pub use session::Session;

use crate::app::App;
use crate::web::{Reader, Shell};

/// The authentication context class of a sign-in with a password (OIDC Core §2, `acr`).
pub const ACR_PASSWORD: &str = "urn:symbolon:acr:password";
/// The authentication context class of a one-click sign-in of `symbolon dev`.
pub const ACR_NONE: &str = "urn:symbolon:acr:none";
/// Those that `serve` can give.
pub const ACR_VALUES: [&str; 1] = [ACR_PASSWORD];

/// The frame of a page, in the language of its reader: as the app wishes that they are on the way to, else as their
/// account says, else as their browser says.
pub fn shell(app: &App, reader: Reader, waiting: Option<&interaction::Waiting>, session: Option<&Session>) -> Shell {
    let reader = reader.asked(waiting.and_then(|waiting| waiting.language.as_deref()));
    let reader = reader.own(session.and_then(|session| session.user.profile.text("locale")));
    Shell::of(app, reader.language())
}
