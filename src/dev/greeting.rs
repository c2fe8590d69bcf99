//! What `symbolon dev` says first: where everything is, and a line to try.

use super::{crm, demo};
use crate::app::App;
use crate::crypto::Algorithm;
use serde_json::Value;
use std::io::Write;
use std::net::SocketAddr;
use std::path::PathBuf;
use tokio::time::{Duration, Instant};

/// Where it is.
pub struct Where {
    /// The data.
    pub dir: PathBuf,
    /// Whether it is still there afterwards.
    pub stays: bool,
    /// Where it listens.
    pub addresses: Vec<SocketAddr>,
    /// The port that it would have liked.
    pub moved: Option<u16>,
}

/// Speaks to a person at a terminal, or else in log lines.
pub struct Greeting {
    app: App,
    terminal: bool,
}

impl Greeting {
    /// For this server.
    pub fn new(app: &App, terminal: bool) -> Self {
        Greeting { app: app.clone(), terminal }
    }

    /// Says what is ready; `opened` is what database and first keys took, `all` the time since the command began.
    pub fn say(&self, place: &Where, opened: Duration, all: Duration) {
        if self.terminal {
            // Nobody reads a terminal that is gone.
            let _ = write!(anstream::stderr(), "{}", self.text(place, opened, all));
        } else {
            self.log(place, all);
        }
    }

    fn text(&self, place: &Where, opened: Duration, all: Duration) -> String {
        let (version, issuer) = (env!("CARGO_PKG_VERSION"), self.app.issuer());
        let vault = self.app.trial.get().filter(|trial| trial.token.is_some()).map(|trial| {
            let [read, _] = crm::curls(&self.app, trial, "zoe");
            format!("  Connected   {read}\n")
        });
        let vault = vault.unwrap_or_default();
        let (id, secret, password) = (demo::CLIENT, demo::SECRET, demo::PASSWORD);
        let data = place.dir.display();
        let fate = if place.stays { "kept" } else { "deleted at the end" };
        let moved = match place.moved {
            Some(port) => {
                format!("  \x1b[33m!\x1b[0m port {port} is taken, so this is another one; --listen chooses\n")
            }
            None => String::new(),
        };
        format!(
            "\n  \x1b[1mSymbolon {version}\x1b[0m · dev mode (loopback only, throw-away secrets, no telemetry)\n\n\
             \x20 {MARK} store   SQLite in {data}, {fate}  {DIM}{}{END}\n\
             \x20 {MARK} keys    {}; RSA in the background\n\
             \x20 {MARK} ready   \x1b[1m{issuer}\x1b[0m  {DIM}{}{END}\n{moved}\n\
             \x20 Playground  {LINK}{issuer}/dev{END}   every flow in the browser, step by step\n\
             \x20 Sign-in     {LINK}{issuer}/login{END}   one click: Ada (admin) or Ben (member); password: {password}\n\
             \x20 Vault       {LINK}{issuer}/dev/acme{END}   connect Acme CRM, a company that is made up; break it, watch it heal\n\
             \x20 Mailbox     {LINK}{issuer}/dev/mail{END}   nothing leaves this machine\n\
             \x20 Discovery   {LINK}{issuer}/.well-known/openid-configuration{END}\n\
             \x20 Demo app    client_id {id} · secret {secret}\n\
             \x20             redirect {issuer}{} or {}\n\n\
             \x20 Try         curl -u {id}:{secret} {issuer}/oauth2/token -d grant_type=client_credentials\n\
             {vault}\
             \x20 Check       symbolon dev --check   walks every step by itself\n\
             \x20 End         Ctrl-C\n\n",
            millis(opened),
            self.keys(&[Algorithm::ES256, Algorithm::EdDSA]),
            millis(all),
            demo::CALLBACK,
            demo::SNIPPET_CALLBACK,
        )
    }

    fn log(&self, place: &Where, all: Duration) {
        let issuer = self.app.issuer();
        tracing::info!(
            issuer,
            playground = self.app.url("/dev"),
            vault = self.app.url("/dev/acme"),
            acme = self.app.trial.get().map(|trial| trial.acme.as_str()),
            api_token = self.app.trial.get().and_then(|trial| trial.token.as_ref()).map(crate::base::Secret::reveal),
            discovery = self.app.url("/.well-known/openid-configuration"),
            client_id = demo::CLIENT,
            client_secret = demo::SECRET,
            password = demo::PASSWORD,
            data_dir = %place.dir.display(),
            kept = place.stays,
            listen = ?place.addresses,
            port_taken = place.moved,
            millis = u64::try_from(all.as_millis()).unwrap_or(u64::MAX),
            "dev mode is ready"
        );
    }

    /// Waits for the keys that are being made since `opened`, and says when they are there.
    pub async fn say_keys(&self, opened: Instant) {
        self.app.keys.complete().await;
        let (names, took) = (self.keys(&[Algorithm::RS256, Algorithm::PS256]), opened.elapsed());
        if self.terminal {
            let _ = writeln!(anstream::stderr(), "  {MARK} keys    {names}  {DIM}{}{END}\n", millis(took));
        } else {
            tracing::info!(
                keys = names,
                millis = u64::try_from(took.as_millis()).unwrap_or(u64::MAX),
                "all keys are ready"
            );
        }
    }

    /// `ES256 hT0n…`
    fn keys(&self, algorithms: &[Algorithm]) -> String {
        let ring = self.app.keys.now();
        let jwks: Value = serde_json::from_slice(&ring.jwks).unwrap_or_default();
        let keys = jwks.get("keys").and_then(Value::as_array).cloned().unwrap_or_default();
        let text = |key: &Value, name: &str| key.get(name).and_then(Value::as_str).unwrap_or_default().to_owned();
        let named = algorithms.iter().filter_map(|alg| {
            let key = keys.iter().find(|key| text(key, "alg") == alg.name())?;
            Some(format!("{} {}…", alg.name(), text(key, "kid").chars().take(4).collect::<String>()))
        });
        named.collect::<Vec<_>>().join("  ")
    }
}

const MARK: &str = "\x1b[32m✔\x1b[0m";
const DIM: &str = "\x1b[2m";
const LINK: &str = "\x1b[36;4m";
const END: &str = "\x1b[0m";

fn millis(took: Duration) -> String {
    format!("{} ms", took.as_millis())
}
