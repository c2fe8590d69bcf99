//! What a mail says, before it is in any language: kept sealed until it is handed over.

use crate::base::Time;
use crate::base::encoding::hex;
use crate::lang::{Language, Message};
use serde::{Deserialize, Serialize};
use std::net::IpAddr;
use std::time::Duration;

/// A mail. It has no `Debug`: links in it are secrets.
#[derive(Clone, Serialize, Deserialize)]
pub struct Letter {
    /// To which address.
    pub to: String,
    /// In which language (BCP 47).
    pub language: String,
    /// And what.
    pub says: Says,
}

/// What it is about.
#[derive(Clone, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Says {
    /// Somebody typed this address because they forgot their password. Whether there is an account shows on delivery, so
    /// that the page that took it does the same for every address.
    Forgotten {
        /// The request in which they did.
        request_id: String,
        /// From where.
        address: IpAddr,
    },
    /// Here is a new password to be set.
    Reset {
        /// The one-time link.
        link: String,
        /// Minutes for which it is good.
        minutes: usize,
    },
    /// The password is another one.
    PasswordChanged {
        /// Since when, in milliseconds.
        at: i64,
        /// Where to set another.
        link: String,
    },
    /// Somebody typed this address because they want an account. Whether there is one shows on delivery, as above.
    SignUp {
        /// The request in which they did.
        request_id: String,
        /// From where.
        address: IpAddr,
        /// The request that waits for them.
        go: Option<String>,
    },
    /// Your account is one page away.
    FinishSignUp {
        /// The one-time link.
        link: String,
        /// Hours for which it is good.
        hours: usize,
    },
    /// You have an account already.
    HaveAccount {
        /// Where to sign in.
        link: String,
        /// Where to set another password.
        forgot: String,
    },
    /// Is this your address?
    Verify {
        /// The one-time link.
        link: String,
        /// Days for which it is good.
        days: usize,
    },
    /// Come in.
    Invitation {
        /// The one-time link.
        link: String,
        /// The name of the workspace.
        workspace: Option<String>,
        /// Days for which it is good.
        days: usize,
    },
    /// Somebody signed in from a browser that hasn't been seen.
    NewSignIn {
        /// When, in milliseconds.
        at: i64,
        /// From which address.
        address: String,
        /// With which browser on what.
        device: String,
        /// Where to set another password.
        link: String,
    },
    /// An API token was found in public, and has ended.
    TokenLeaked {
        /// What its person called it.
        name: String,
        /// Its last four characters.
        hint: String,
        /// Where it was found, as whoever reported it said.
        url: Option<String>,
        /// When, in milliseconds.
        at: i64,
        /// Where they look after their tokens.
        link: String,
    },
    /// A way into the account was added, taken away or used up.
    SignInChanged {
        /// Which.
        what: Changed,
        /// When, in milliseconds.
        at: i64,
        /// Where to set another password.
        link: String,
    },
    /// Somebody who looks after the workspace opened a connected account of theirs.
    ConnectionOpened {
        /// What its owner calls it.
        connection: String,
        /// Their address.
        by: String,
        /// Why, as they said.
        reason: String,
        /// When, in milliseconds.
        at: i64,
        /// Until when, in milliseconds.
        until: i64,
        /// Where its owner sees what they did.
        link: String,
    },
    /// Does mail arrive?
    Test,
}

/// What changed about how a person signs in.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Changed {
    /// A passkey was added, of this name.
    PasskeyAdded(String),
    /// A passkey of this name was removed.
    PasskeyRemoved(String),
    /// Codes of an app are asked for from now on.
    CodesOn,
    /// They aren't any more.
    CodesOff,
    /// There are new recovery codes.
    RecoveryNew,
    /// One was used; how many are left.
    RecoveryUsed(usize),
    /// An administrator removed all of it.
    Reset,
}

impl Changed {
    fn in_words(&self, to: &str) -> Message {
        match self {
            Changed::PasskeyAdded(name) => Message::new("mail-passkey-added").strong("email", to).name("passkey", name),
            Changed::PasskeyRemoved(name) => {
                Message::new("mail-passkey-removed").strong("email", to).name("passkey", name)
            }
            Changed::CodesOn => Message::new("mail-codes-on").strong("email", to),
            Changed::CodesOff => Message::new("mail-codes-off").strong("email", to),
            Changed::RecoveryNew => Message::new("mail-recovery-new").strong("email", to),
            Changed::RecoveryUsed(left) => Message::new("mail-recovery-used").strong("email", to).count("left", left),
            Changed::Reset => Message::new("mail-factors-reset").strong("email", to),
        }
    }
}

impl Says {
    /// A name for logs and the audit trail.
    pub fn kind(&self) -> &'static str {
        match self {
            Says::Forgotten { .. } => "forgotten",
            Says::SignUp { .. } => "sign_up",
            Says::FinishSignUp { .. } => "finish_sign_up",
            Says::HaveAccount { .. } => "have_account",
            Says::Reset { .. } => "reset",
            Says::PasswordChanged { .. } => "password_changed",
            Says::Verify { .. } => "verify",
            Says::Invitation { .. } => "invitation",
            Says::NewSignIn { .. } => "new_sign_in",
            Says::TokenLeaked { .. } => "token_leaked",
            Says::SignInChanged { .. } => "sign_in_changed",
            Says::ConnectionOpened { .. } => "connection_opened",
            Says::Test => "test",
        }
    }
}

/// A mail in words: one action at most.
pub(super) struct Words {
    pub subject: Message,
    pub before: Vec<Message>,
    /// What to press, and where it leads.
    pub action: Option<(Message, String)>,
    pub after: Vec<Message>,
}

impl Letter {
    /// A mail in this language.
    pub fn new(to: &str, language: Language, says: Says) -> Self {
        Letter { to: to.to_owned(), language: language.tag().to_owned(), says }
    }

    /// The one-time link in it; for the log of `symbolon dev`.
    pub(super) fn link(&self) -> Option<&str> {
        match &self.says {
            Says::Reset { link, .. }
            | Says::Verify { link, .. }
            | Says::Invitation { link, .. }
            | Says::FinishSignUp { link, .. } => Some(link),
            _ => None,
        }
    }

    pub(super) fn words(&self) -> Words {
        let to = self.to.as_str();
        match &self.says {
            Says::Forgotten { .. } | Says::SignUp { .. } | Says::Test => Words {
                subject: Message::new("mail-test"),
                before: vec![Message::new("mail-test-what")],
                action: None,
                after: Vec::new(),
            },
            Says::Reset { link, minutes } => Words {
                subject: Message::new("mail-reset"),
                before: vec![Message::new("mail-reset-why").strong("email", to)],
                action: Some((Message::new("mail-reset-do"), link.clone())),
                after: vec![
                    Message::new("mail-reset-valid").count("minutes", minutes),
                    Message::new("mail-reset-not-you"),
                ],
            },
            Says::FinishSignUp { link, hours } => Words {
                subject: Message::new("mail-signup"),
                before: vec![Message::new("mail-signup-why").strong("email", to)],
                action: Some((Message::new("mail-signup-do"), link.clone())),
                after: vec![Message::new("mail-hours").count("hours", hours), Message::new("mail-not-you")],
            },
            Says::HaveAccount { link, forgot } => Words {
                subject: Message::new("mail-have"),
                before: vec![Message::new("mail-have-why").strong("email", to)],
                action: Some((Message::new("page-sign-in"), link.clone())),
                after: vec![Message::new("mail-have-forgot").code("link", forgot), Message::new("mail-not-you")],
            },
            Says::PasswordChanged { at, link } => Words {
                subject: Message::new("mail-changed"),
                before: vec![
                    Message::new("mail-changed-what").strong("email", to).time("at", &moment(*at)),
                    Message::new("mail-changed-not-you"),
                ],
                action: Some((Message::new("mail-reset-do"), link.clone())),
                after: Vec::new(),
            },
            Says::Verify { link, days } => Words {
                subject: Message::new("mail-verify"),
                before: vec![Message::new("mail-verify-why").strong("email", to)],
                action: Some((Message::new("mail-verify-do"), link.clone())),
                after: vec![Message::new("mail-days").count("days", days), Message::new("mail-not-you")],
            },
            Says::Invitation { link, workspace, days } => Words {
                subject: Message::new("mail-invite"),
                before: match workspace {
                    Some(name) => vec![
                        Message::new("mail-invite-why").strong("email", to),
                        Message::new("mail-invite-workspace").strong("workspace", name),
                    ],
                    None => vec![Message::new("mail-invite-why").strong("email", to)],
                },
                action: Some((Message::new("mail-invite-do"), link.clone())),
                after: vec![Message::new("mail-days").count("days", days), Message::new("mail-not-you")],
            },
            Says::TokenLeaked { name, hint, url, at, link } => {
                let token = format!("{name} (…{hint})");
                let at = moment(*at);
                let mut before =
                    vec![Message::new("mail-leaked-what").name("token", token).strong("email", to).time("at", &at)];
                before.extend(url.as_ref().map(|url| Message::new("mail-leaked-where").code("url", url)));
                before.push(Message::new("mail-leaked-next"));
                let action = Some((Message::new("mail-leaked-do"), link.clone()));
                Words { subject: Message::new("mail-leaked"), before, action, after: Vec::new() }
            }
            Says::SignInChanged { what, at, link } => Words {
                subject: Message::new("mail-signin-changed"),
                before: vec![
                    what.in_words(to),
                    Message::new("mail-signin-when").time("at", &moment(*at)),
                    Message::new("mail-signin-changed-not-you"),
                ],
                action: Some((Message::new("mail-reset-do"), link.clone())),
                after: vec![Message::new("mail-signin-you")],
            },
            Says::ConnectionOpened { connection, by, reason, at, until, link } => Words {
                subject: Message::new("mail-opened"),
                before: vec![
                    Message::new("mail-opened-what")
                        .strong("who", by)
                        .strong("connection", connection)
                        .time("at", &moment(*at)),
                    Message::new("mail-opened-why").name("reason", reason),
                    Message::new("mail-opened-until").time("until", &moment(*until)),
                ],
                action: Some((Message::new("mail-opened-do"), link.clone())),
                after: vec![Message::new("mail-opened-not-right")],
            },
            Says::NewSignIn { at, address, device, link } => Words {
                subject: Message::new("mail-signin"),
                before: vec![
                    Message::new("mail-signin-what").strong("email", to),
                    Message::new("mail-signin-when").time("at", &moment(*at)),
                    Message::new("mail-signin-where").code("address", address),
                    Message::new("mail-signin-device").name("device", device),
                    Message::new("mail-signin-not-you"),
                ],
                action: Some((Message::new("mail-reset-do"), link.clone())),
                after: vec![Message::new("mail-signin-you")],
            },
        }
    }
}

fn moment(millis: i64) -> Time {
    Time::from_millis(millis)
}

/// RFC 5322 §3.6.4: unique, on our own domain, and the same when a mail is sent again.
pub(super) fn message_id(id: &str, domain: &str) -> String {
    let name = hex(&crate::base::encoding::sha256(id.as_bytes()));
    format!("<{}@{domain}>", name.get(..32).unwrap_or(&name))
}

/// How long after it was written down a mail is tried again for the n-th time.
pub(super) fn pause(attempts: i64) -> Duration {
    let doublings = u32::try_from(attempts.saturating_sub(1)).unwrap_or(u32::MAX);
    Duration::from_secs(10).saturating_mul(2_u32.saturating_pow(doublings)).min(Duration::from_secs(3600))
}
