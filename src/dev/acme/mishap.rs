//! What may go wrong at a company, one kind each.

use serde::{Deserialize, Serialize};
use std::time::Duration;

/// What becomes of the next refresh.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Mishap {
    /// Its person took the access back: RFC 6749 §5.2 `invalid_grant`, and it stays so.
    InvalidGrant,
    /// The application isn't taken, once: `invalid_client`.
    InvalidClient,
    /// 500, with nothing done.
    Fails,
    /// No answer ever, with nothing done.
    Silent,
    /// The new tokens are made, the old one is spent, and half of the answer arrives.
    Lost,
    /// The answer takes its time.
    Slow,
}

/// How long a slow answer takes.
pub(super) const SLOW: Duration = Duration::from_secs(6);

impl Mishap {
    /// All of them, as they are offered.
    pub const ALL: [Mishap; 6] =
        [Mishap::Fails, Mishap::Slow, Mishap::Silent, Mishap::InvalidClient, Mishap::InvalidGrant, Mishap::Lost];

    /// The one with this name.
    pub fn named(name: &str) -> Option<Self> {
        Mishap::ALL.into_iter().find(|one| one.name() == name)
    }

    /// Whether it is what comes next.
    pub fn is(&self, next: &Option<Mishap>) -> bool {
        next.as_ref() == Some(self)
    }

    /// As forms have it.
    pub fn name(self) -> &'static str {
        match self {
            Mishap::InvalidGrant => "invalid_grant",
            Mishap::InvalidClient => "invalid_client",
            Mishap::Fails => "fails",
            Mishap::Silent => "silent",
            Mishap::Lost => "lost",
            Mishap::Slow => "slow",
        }
    }

    /// For people.
    pub fn title(self) -> &'static str {
        match self {
            Mishap::InvalidGrant => "invalid_grant",
            Mishap::InvalidClient => "invalid_client",
            Mishap::Fails => "500",
            Mishap::Silent => "timeout",
            Mishap::Lost => "answer lost",
            Mishap::Slow => "slow",
        }
    }

    /// What the company does then.
    pub fn does(self) -> &'static str {
        match self {
            Mishap::InvalidGrant => "Acme forgets the connection, as when its person removes the app there.",
            Mishap::InvalidClient => "Acme refuses the application’s secret, once.",
            Mishap::Fails => "An error page, and nothing done.",
            Mishap::Silent => "Acme never answers, and does nothing.",
            Mishap::Lost => "Acme spends the old token, and half of the answer arrives.",
            Mishap::Slow => "The answer takes 6 seconds.",
        }
    }

    /// What the vault makes of it.
    pub fn heals(self) -> &'static str {
        match self {
            Mishap::InvalidGrant => {
                "The account is disabled, since nobody here can mend it: its reason says so, with a link to connect again."
            }
            Mishap::InvalidClient => {
                "The source is misconfigured and the account untouched. Within two minutes the vault finds by itself that the secret is right."
            }
            Mishap::Fails => "The vault tries again after a second. Readers wait, or get 503 with retry_after.",
            Mishap::Silent => {
                "Given up after 10 seconds. Was the token spent? Nobody knows, so it is presented again only after 150 seconds; then all is well."
            }
            Mishap::Lost => {
                "The one thing that can’t be healed where a token is good once. After 150 seconds the vault says so: rotation_lost, nobody’s fault."
            }
            Mishap::Slow => "Readers wait. However many ask, Acme is asked once.",
        }
    }
}
