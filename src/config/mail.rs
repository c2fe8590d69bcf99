//! Mail: how it leaves this machine, if at all.

use super::{span, unless_empty};
use crate::base::Secret;
use serde::Deserialize;
use std::path::PathBuf;
use std::time::Duration;

/// Mail.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Mail {
    /// How it leaves.
    pub transport: Transport,
    /// From whom it comes, as `Example <no-reply@example.com>`.
    pub from: String,
    /// The mail server.
    pub host: String,
    /// Its port; 0 for the usual one of `tls`.
    pub port: u16,
    /// How the connection is protected.
    pub tls: Tls,
    /// The name to sign in with; empty for none.
    pub username: String,
    /// And the password.
    #[serde(deserialize_with = "unless_empty")]
    pub password: Option<Secret>,
    /// Where `file` writes.
    pub directory: PathBuf,
    /// How long a mail is tried that can't be handed over.
    #[serde(with = "span")]
    pub give_up_after: Duration,
}

impl Mail {
    /// Whether mail is set up.
    pub fn on(&self) -> bool {
        self.transport != Transport::Off
    }
}

/// How mail leaves.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Transport {
    /// Not at all: administrators hand links over.
    Off,
    /// A line in the log says to whom something would have gone.
    Log,
    /// A file for each.
    File,
    /// To a mail server (RFC 5321).
    Smtp,
}

/// How the connection to the mail server is protected.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Tls {
    /// RFC 3207: it begins in clear and must change to TLS before anything is said.
    Starttls,
    /// RFC 8314 §3: TLS from the first byte.
    Implicit,
    /// Not at all; only on this machine.
    None,
}

impl Tls {
    /// Where servers listen for it.
    pub fn port(self) -> u16 {
        match self {
            Tls::Starttls => 587,
            Tls::Implicit => 465,
            Tls::None => 25,
        }
    }
}
