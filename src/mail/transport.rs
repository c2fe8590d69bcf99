//! The way out: a mail server, files, the log, or none. The operator names the server, so it may be on an inside address;
//! nobody else can make us talk to one.

use super::letter::Letter;
use super::{Mailbox, Rendered};
use crate::base::Time;
use crate::config::{Config, Tls as Protection, Transport as Way};
use lettre::message::Mailbox as Address;
use lettre::transport::smtp::authentication::Credentials;
use lettre::transport::smtp::client::{Certificate, Tls, TlsParameters};
use lettre::transport::smtp::extension::ClientId;
use lettre::{AsyncSmtpTransport, AsyncTransport, Tokio1Executor};
use std::path::{Path, PathBuf};
use std::time::Duration;
use url::Url;

type Smtp = AsyncSmtpTransport<Tokio1Executor>;

/// How long a mail server may take for a connection, and for all of a mail.
const CONNECT: Duration = Duration::from_secs(10);
const TOTAL: Duration = Duration::from_secs(60);

/// Puts mails in words and hands them over.
pub struct Mailer {
    brand: String,
    issuer: String,
    domain: String,
    give_up_after: Duration,
    way: Out,
    /// What came in `symbolon dev`.
    pub mailbox: Option<Mailbox>,
}

enum Out {
    Off,
    Log,
    File(PathBuf, Address),
    Smtp(Box<Smtp>, Address),
}

/// A mail that nobody took.
#[derive(Debug)]
pub struct Undelivered {
    /// What happened, for the operator.
    pub why: String,
    /// Whether trying again is no use.
    pub forever: bool,
}

fn for_now(why: impl Into<String>) -> Undelivered {
    Undelivered { why: why.into(), forever: false }
}

fn forever(why: impl Into<String>) -> Undelivered {
    Undelivered { why: why.into(), forever: true }
}

impl Mailer {
    /// The way out of these settings; the text of a refusal says what to do.
    pub fn new(config: &Config, dev: bool) -> Result<Self, String> {
        let host = Url::parse(&config.issuer).ok().and_then(|url| url.host_str().map(str::to_owned));
        let domain = host.unwrap_or_else(|| "localhost".to_owned());
        let mail = &config.mail;
        let from = || {
            mail.from
                .parse::<Address>()
                .map_err(|why| format!("mail.from isn't an address ({why}); write \"Example <no-reply@example.com>\""))
        };
        let way = match mail.transport {
            Way::Off => Out::Off,
            Way::Log => Out::Log,
            Way::File => Out::File(mail.directory.clone(), from()?),
            Way::Smtp => Out::Smtp(Box::new(smtp(config, &domain)?), from()?),
        };
        Ok(Mailer {
            brand: config.name.clone(),
            issuer: config.issuer.clone(),
            domain,
            give_up_after: mail.give_up_after,
            way,
            mailbox: dev.then(Mailbox::default),
        })
    }

    /// Whether mail leaves at all.
    pub fn on(&self) -> bool {
        !matches!(self.way, Out::Off)
    }

    pub(super) fn give_up_after(&self) -> Duration {
        self.give_up_after
    }

    /// Hands one over; `id` tells it from others, also when it is sent twice.
    pub async fn send(&self, id: &str, letter: &Letter, now: Time) -> Result<(), Undelivered> {
        let mail = Rendered::of(letter, &self.brand, &self.issuer);
        if let Some(mailbox) = &self.mailbox {
            mailbox.take(mail.clone(), now);
        }
        match &self.way {
            Out::Off => Err(forever("mail is off")),
            Out::Log => {
                let link = letter.link().filter(|_| self.mailbox.is_some());
                tracing::info!(to = mail.to, subject = mail.subject, link, "mail");
                Ok(())
            }
            Out::File(directory, from) => {
                let mime = mail.mime(id, from, &self.domain, now).map_err(forever)?;
                let name = format!("{}-{id}.eml", now.millis());
                write(directory, &name, &mime.formatted()).await.map_err(for_now)
            }
            Out::Smtp(smtp, from) => {
                let mime = mail.mime(id, from, &self.domain, now).map_err(forever)?;
                match tokio::time::timeout(TOTAL, smtp.send(mime)).await {
                    Ok(Ok(_)) => Ok(()),
                    Ok(Err(fault)) => Err(refused(&fault)),
                    Err(_) => Err(for_now("the mail server took too long")),
                }
            }
        }
    }

    /// Whether the mail server can be reached and lets us in; in words when it can't.
    pub async fn reach(&self) -> Result<(), String> {
        let Out::Smtp(smtp, _) = &self.way else {
            return Ok(());
        };
        match tokio::time::timeout(TOTAL, smtp.test_connection()).await {
            Ok(Ok(true)) => Ok(()),
            Ok(Ok(false)) => Err("the mail server hung up".to_owned()),
            Ok(Err(fault)) => Err(refused(&fault).why),
            Err(_) => Err("the mail server took too long".to_owned()),
        }
    }
}

fn smtp(config: &Config, domain: &str) -> Result<Smtp, String> {
    let mail = &config.mail;
    let tls = match mail.tls {
        Protection::None => Tls::None,
        Protection::Starttls => Tls::Required(certified(config)?),
        Protection::Implicit => Tls::Wrapper(certified(config)?),
    };
    let port = if mail.port == 0 { mail.tls.port() } else { mail.port };
    let way = Smtp::builder_dangerous(mail.host.as_str()).port(port).tls(tls).timeout(Some(CONNECT));
    let way = way.hello_name(ClientId::Domain(domain.to_owned()));
    Ok(match &mail.password {
        Some(password) => {
            way.credentials(Credentials::new(mail.username.clone(), password.reveal().to_owned())).build()
        }
        None => way.build(),
    })
}

/// The usual authorities, and those of `outbound.extra_ca`.
fn certified(config: &Config) -> Result<TlsParameters, String> {
    let mut tls = TlsParameters::builder(config.mail.host.clone());
    if let Some(file) = &config.outbound.extra_ca {
        let pem = std::fs::read(file).map_err(|why| format!("outbound.extra_ca: {}: {why}", file.display()))?;
        let wrong = |why| format!("outbound.extra_ca: {} holds no certificate: {why}", file.display());
        tls = tls.add_root_certificate(Certificate::from_pem(&pem).map_err(wrong)?);
    }
    tls.build_rustls().map_err(|why| format!("mail.tls can't be used: {why}"))
}

/// RFC 5321 §4.2.1: 5yz is for good. But what is refused to us, and not to the recipient, changes when somebody mends it.
fn refused(fault: &lettre::transport::smtp::Error) -> Undelivered {
    let status = fault.status().map(u16::from);
    let mut why = fault.to_string();
    let mut source = std::error::Error::source(fault);
    while let Some(deeper) = source {
        why = format!("{why}: {deeper}");
        source = deeper.source();
    }
    Undelivered { why, forever: matches!(status, Some(550..=553)) }
}

async fn write(directory: &Path, name: &str, text: &[u8]) -> Result<(), String> {
    let (directory, file, text) = (directory.to_owned(), directory.join(name), text.to_owned());
    let written = tokio::task::spawn_blocking(move || {
        std::fs::create_dir_all(&directory)?;
        std::fs::write(&file, text)
    });
    match written.await {
        Ok(Ok(())) => Ok(()),
        Ok(Err(why)) => Err(format!("mail.directory can't be written to: {why}")),
        Err(_) => Err("the writing was stopped".to_owned()),
    }
}
