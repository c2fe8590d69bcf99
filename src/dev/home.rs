//! Where a dev server lives: a temporary directory that goes with it, or one that stays; settings without a file.

use super::{Options, demo};
use crate::base::encoding::hex;
use crate::base::entropy;
use crate::config::{self, Allowed, Cimd, Config, Flags, LogFormat, Registration, ScopeText, Transport};
use std::fs::DirBuilder;
use std::os::unix::fs::DirBuilderExt;
use std::path::{Path, PathBuf};
use std::time::Duration;

/// The directory of one run.
#[derive(Debug)]
pub struct Home {
    dir: PathBuf,
    stays: bool,
}

impl Home {
    /// Makes it; mode 0700, since keys live in it.
    pub fn new(options: &Options) -> Result<Self, String> {
        let (dir, stays) = match &options.data_dir {
            // A check leaves nothing behind, wherever it was told to live.
            Some(dir) if !options.check => (dir.clone(), true),
            _ => (config::temporary().join(format!("symbolon-dev-{}", hex(&entropy::bytes::<8>()))), false),
        };
        let made = DirBuilder::new().recursive(stays).mode(0o700).create(&dir);
        made.map_err(|why| format!("{} can't be made: {why}", dir.display()))?;
        Ok(Home { dir, stays })
    }

    /// The directory.
    pub fn dir(&self) -> &Path {
        &self.dir
    }

    /// Whether it is still there afterwards.
    pub fn stays(&self) -> bool {
        self.stays
    }

    /// The defaults, for `port` on loopback: no file and no environment is asked.
    pub fn config(&self, port: u16) -> Result<Config, String> {
        let place = |name: &str| Some(self.dir.join(name).display().to_string());
        let flags = Flags {
            config: Some(PathBuf::from("/dev/null")),
            issuer: Some(format!("http://localhost:{port}")),
            listen: Some(format!("127.0.0.1:{port}")),
            data_dir: place("data"),
            keys_dir: place("keys"),
            database_url: None,
        };
        let mut config = config::load(&flags, &|_| None).map_err(|refused| refused.to_string())?.config;
        // Demo passwords are known to everyone anyway.
        config.passwords.memory_kib = 1024;
        config.passwords.passes = 1;
        config.limits.shutdown_delay = Duration::ZERO;
        config.limits.shutdown_drain = Duration::from_secs(2);
        // Room for a first signature that waits for its RSA key, and for a playground step of several requests.
        config.limits.handler = Duration::from_secs(30);
        // The playground is an app that is told of sign-outs, and it lives here.
        config.outbound.allow = vec![Allowed::Host("localhost".to_owned())];
        let notes = ScopeText {
            title: "Read your notes".to_owned(),
            detail: "All of them, and who wrote them.".to_owned(),
            translated: demo::notes(),
            ..ScopeText::default()
        };
        config.scopes.insert(demo::OWN_SCOPE.to_owned(), notes);
        config.log.format = LogFormat::Auto;
        // Nobody wants to watch a company that doesn't answer for two minutes.
        config.vault.answer_within = Duration::from_secs(10);
        // Mails are shown at /dev/mail.
        config.mail.transport = Transport::Log;
        config.mail.from = "Symbolon <symbolon@localhost>".to_owned();
        strangers_welcome(&mut config)?;
        Ok(config)
    }
}

/// Apps that are being made register themselves, and describe themselves at addresses of this machine: also without TLS.
fn strangers_welcome(config: &mut Config) -> Result<(), String> {
    config.registration = Registration::Open;
    config.cimd = Cimd::On;
    for network in ["127.0.0.0/8", "::1/128"] {
        config.outbound.allow.push(network.parse()?);
    }
    Ok(())
}

impl Drop for Home {
    fn drop(&mut self) {
        if !self.stays {
            // It lies in the system's temporary directory: what can't be deleted now is cleaned up there.
            let _ = std::fs::remove_dir_all(&self.dir);
        }
    }
}
