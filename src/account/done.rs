//! What a form did, told by the page that it leads back to. A fixed word in the address: nobody can put another text there.

use crate::lang::Message;
use axum::response::{IntoResponse, Redirect, Response};

/// What was done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Done {
    Profile,
    Stale,
    App,
    Password,
    PasskeyAdded,
    PasskeyRenamed,
    PasskeyRemoved,
    CodesOff,
    Session,
    Sessions,
    Token,
    Connection,
    ConnectionGiven,
    Webhook,
}

impl Done {
    const ALL: [Done; 14] = [
        Done::Profile,
        Done::Stale,
        Done::App,
        Done::Password,
        Done::PasskeyAdded,
        Done::PasskeyRenamed,
        Done::PasskeyRemoved,
        Done::CodesOff,
        Done::Session,
        Done::Sessions,
        Done::Token,
        Done::Connection,
        Done::ConnectionGiven,
        Done::Webhook,
    ];

    fn name(self) -> &'static str {
        match self {
            Done::Profile => "profile",
            Done::Stale => "stale",
            Done::App => "app",
            Done::Password => "password",
            Done::PasskeyAdded => "passkey-added",
            Done::PasskeyRenamed => "passkey-renamed",
            Done::PasskeyRemoved => "passkey-removed",
            Done::CodesOff => "codes-off",
            Done::Session => "session",
            Done::Sessions => "sessions",
            Done::Token => "token",
            Done::Connection => "connection",
            Done::ConnectionGiven => "connection-given",
            Done::Webhook => "webhook",
        }
    }

    pub fn named(name: &str) -> Option<Self> {
        Done::ALL.into_iter().find(|done| done.name() == name)
    }

    /// The section that it belongs to.
    pub fn section(self) -> &'static str {
        match self {
            Done::Profile | Done::Stale => "profile",
            Done::App => "apps",
            Done::Password | Done::PasskeyAdded | Done::PasskeyRenamed | Done::PasskeyRemoved | Done::CodesOff => {
                "security"
            }
            Done::Session | Done::Sessions => "sessions",
            Done::Token => "tokens",
            Done::Connection | Done::ConnectionGiven => "connections",
            Done::Webhook => "webhooks",
        }
    }

    pub fn message(self) -> Message {
        match self {
            Done::Profile => Message::new("account-profile-saved"),
            Done::Stale => Message::new("account-profile-stale"),
            Done::App => Message::new("account-app-ended"),
            Done::Password => Message::new("account-password-changed"),
            Done::PasskeyAdded => Message::new("passkey-added"),
            Done::PasskeyRenamed => Message::new("passkey-renamed"),
            Done::PasskeyRemoved => Message::new("passkey-removed"),
            Done::CodesOff => Message::new("codes-off"),
            Done::Session => Message::new("account-session-ended"),
            Done::Sessions => Message::new("account-sessions-ended"),
            Done::Token => Message::new("account-token-ended"),
            Done::Connection => Message::new("connection-deleted"),
            Done::ConnectionGiven => Message::new("connection-given"),
            Done::Webhook => Message::new("hook-deleted"),
        }
    }

    /// Back to the section.
    pub fn back(self) -> Response {
        Redirect::to(&format!("/account?done={}#{}", self.name(), self.section())).into_response()
    }
}

#[cfg(test)]
mod tests {
    use super::Done;

    #[test]
    fn each_word_is_read_as_it_is_written() {
        for done in Done::ALL {
            assert_eq!(Done::named(done.name()), Some(done));
        }
        assert_eq!(Done::named("//evil.example"), None);
    }
}
