//! Signing in: sessions, requests that wait for their person, throttling, remembered consent. Knows no OAuth word.

pub mod by_passkey;
pub mod codes;
pub mod consents;
pub mod counts;
pub mod device;
pub mod home;
pub mod interaction;
pub mod login;
pub mod newcomer;
pub mod notice;
pub mod passkey;
pub mod proof;
pub mod reach;
pub mod second;
pub mod select;
pub mod session;
pub mod setup;
pub mod sudo;
pub mod throttle;
pub mod underway;

pub use device::Arrival;
pub use interaction::{Asking, Interaction};
pub use proof::{ACR_NONE, ACR_PASSKEY, ACR_PASSWORD, ACR_TWO_STEPS, ACR_VALUES, Proof};
pub use session::Session;

use crate::app::App;
use crate::web::{Reader, Shell};

/// The frame of a page, in the language of its reader: as the app wishes that they are on the way to, else as their
/// account says, else as their browser says.
pub fn shell(app: &App, reader: Reader, waiting: Option<&interaction::Waiting>, session: Option<&Session>) -> Shell {
    let reader = reader.asked(waiting.and_then(|waiting| waiting.language.as_deref()));
    let reader = reader.own(session.and_then(|session| session.user.profile.text("locale")));
    Shell::of(app, reader.language())
}
