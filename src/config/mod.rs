//! The settings of a deployment, checked before anything binds. `default.toml` is the documentation and the defaults.

mod allowed;
mod amend;
mod brand;
mod check;
mod environment;
mod file;
mod gate;
mod limits;
mod load;
mod mail;
mod refused;
mod signin;
mod strangers;
mod vault;

pub use allowed::Allowed;
pub use amend::{Amendment, Difference};
pub use brand::{Brand, Ui};
pub use environment::{check_names, master_key_source, process_env, process_env_names, program, temporary};
pub use gate::{Gate, GateDefault, Rule};
pub use limits::{ApiTokens, Limits, Metrics, Proxies};
pub use load::{Flags, Loaded, Origin, Written, load, load_process};
pub use mail::{Mail, Tls, Transport};
pub use refused::Refused;
pub use signin::{SelfRegistration, Signin};
pub use strangers::{Approval, Cimd, CimdPolicy, Registration, RegistrationPolicy, host_among};
pub use vault::Vault;

use crate::base::Secret;
use crate::base::id::WorkspaceId;
use serde::Deserialize;
use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::Duration;

/// All settings.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Config {
    /// The public address: a bare origin without trailing slash, and forever the same.
    pub issuer: String,
    /// Where to listen.
    pub listen: SocketAddr,
    /// Where the SQLite database lives.
    pub data_dir: PathBuf,
    /// Where `master.key` lives.
    pub keys_dir: PathBuf,
    /// A PostgreSQL URL; none means SQLite in `data_dir`.
    #[serde(deserialize_with = "unless_empty")]
    pub database_url: Option<Secret>,
    /// What people see this deployment called.
    pub name: String,
    /// Who may register a client over HTTP.
    pub registration: Registration,
    /// Whether an https URL may be a `client_id`.
    pub cimd: Cimd,
    /// Whether clients may be registered for tokens that come through the browser.
    pub legacy_response_types: bool,
    /// Logging.
    pub log: Log,
    /// The database.
    pub database: Database,
    /// How long things live, where a client doesn't say otherwise.
    pub lifetimes: Lifetimes,
    /// Password hashing.
    pub passwords: Passwords,
    /// Guessing.
    pub throttle: Throttle,
    /// Authorization requests.
    pub authorization: Authorization,
    /// What one connection and one request may cost.
    pub limits: Limits,
    /// Reverse proxies in front.
    pub proxies: Proxies,
    /// API tokens.
    pub api_tokens: ApiTokens,
    /// What answers proxies and backends.
    pub gate: Gate,
    /// Where what is counted can be read.
    pub metrics: Metrics,
    /// Requests that we make.
    pub outbound: Outbound,
    /// Accounts at providers.
    pub vault: Vault,
    /// What a client that registers itself gets.
    pub registration_policy: RegistrationPolicy,
    /// What a client that is described by a document gets.
    pub cimd_policy: CimdPolicy,
    /// Workspaces.
    pub workspaces: Workspaces,
    /// Signing in.
    pub signin: Signin,
    /// Signing out.
    pub logout: Logout,
    /// Signing keys.
    pub keys: Keys,
    /// Mail.
    pub mail: Mail,
    /// Pages.
    pub ui: Ui,
    /// How they look.
    pub brand: Brand,
    /// What scopes mean, in words for the consent page.
    pub scopes: BTreeMap<String, ScopeText>,
    /// All of them once more, as they were written, with where each came from: for people. No secrets.
    #[serde(skip)]
    pub written: Vec<Written>,
}

/// Logging.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Log {
    /// A tracing filter: `info`, or `info,symbolon=debug`.
    pub level: String,
    /// Lines for people or for machines.
    pub format: LogFormat,
}

/// Lines for people or for machines.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum LogFormat {
    /// Human on a terminal, JSON otherwise.
    Auto,
    /// One coloured line an event.
    Human,
    /// One JSON object an event.
    Json,
}

/// The database.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Database {
    /// Most connections to PostgreSQL.
    pub max_connections: u32,
}

/// How long things live.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Lifetimes {
    /// An authorization code.
    #[serde(with = "span")]
    pub code: Duration,
    /// An access token.
    #[serde(with = "span")]
    pub access_token: Duration,
    /// An RFC 9068 JWT access token, which can't be revoked where it is checked offline.
    #[serde(with = "span")]
    pub jwt_access_token: Duration,
    /// An ID token.
    #[serde(with = "span")]
    pub id_token: Duration,
    /// A refresh token that isn't used.
    #[serde(with = "span")]
    pub refresh_idle: Duration,
    /// A refresh token, however much it is used.
    #[serde(with = "span")]
    pub refresh_absolute: Duration,
    /// For how long a refresh token that was just used is answered with the same successor.
    #[serde(with = "span")]
    pub replay_window: Duration,
    /// A browser session that isn't used.
    #[serde(with = "span")]
    pub session_idle: Duration,
    /// A browser session, however much it is used.
    #[serde(with = "span")]
    pub session_absolute: Duration,
    /// A sign-in or consent page that waits for its person.
    #[serde(with = "span")]
    pub interaction: Duration,
}

/// Password hashing: argon2id with one lane.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Passwords {
    /// Memory of one hash, in KiB.
    pub memory_kib: u32,
    /// Passes over it.
    pub passes: u32,
    /// Hashes at once; 0 means one per core.
    pub at_once: usize,
}

/// Guessing: failures a minute before answers slow down to 429.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Throttle {
    /// Of one account.
    pub account: u32,
    /// From one IPv4 address or IPv6 /64.
    pub address: u32,
    /// Of one client's authentication from one address.
    pub client: u32,
    /// Requests a minute from one address that may wait for somebody to sign in.
    pub waiting: u32,
}

/// Authorization requests.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Authorization {
    /// Whether a client that sends the same `code_challenge` or `nonce` again and again is refused.
    pub refuse_reused: bool,
}

/// Requests that we make.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Outbound {
    /// What may be reached although it isn't public, and over plain http.
    pub allow: Vec<Allowed>,
    /// A PEM file with certificates to trust beside the usual ones.
    #[serde(deserialize_with = "unless_empty")]
    pub extra_ca: Option<PathBuf>,
    /// What someone else's document may take; one that can't be had is told of only then.
    #[serde(with = "span")]
    pub patience: Duration,
}

/// Workspaces.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Workspaces {
    /// The slug of the one that new accounts are in from the start; empty for none.
    pub join: String,
}

impl Workspaces {
    /// Where a new account is taken in.
    pub fn joined(&self) -> Option<WorkspaceId> {
        Some(self.join.as_str()).filter(|slug| !slug.is_empty()).map(WorkspaceId::from)
    }
}

/// Signing out.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Logout {
    /// What becomes of grants with `offline` when the session ends in which they were given.
    pub offline_grants: OfflineGrants,
    /// How long a client that can't be reached is tried.
    #[serde(with = "span")]
    pub give_up_after: Duration,
}

/// What becomes of grants with `offline` when the session ends in which they were given.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum OfflineGrants {
    /// They stay: that is what `offline` means (OIDC Back-Channel Logout §2.7).
    Keep,
    /// They end like the others.
    End,
}

/// Signing keys.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Keys {
    /// Age at which an active key hands over to the next one.
    #[serde(with = "span")]
    pub rotate_after: Duration,
    /// How long a key is published before it signs.
    #[serde(with = "span")]
    pub publish_before: Duration,
    /// How long a retired key is still published.
    #[serde(with = "span")]
    pub keep_retired: Duration,
}

/// What a scope means.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ScopeText {
    /// "See your files".
    pub title: String,
    /// A longer sentence; may be empty.
    #[serde(default)]
    pub detail: String,
    /// The narrower scopes that who allowed this one has allowed too.
    #[serde(default)]
    pub implies: Vec<String>,
    /// The same words in other languages.
    #[serde(default, rename = "in")]
    pub translated: BTreeMap<String, ScopeWords>,
}

/// What a scope means, in one language.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ScopeWords {
    /// "Ihre Dateien sehen".
    pub title: String,
    /// A longer sentence; may be empty.
    #[serde(default)]
    pub detail: String,
}

/// An empty text means that the setting isn't made.
fn unless_empty<'de, D: serde::Deserializer<'de>, T: From<String>>(d: D) -> Result<Option<T>, D::Error> {
    let text = String::deserialize(d)?;
    Ok((!text.is_empty()).then(|| T::from(text)))
}

/// Durations as people write them: `500ms`, `60s`, `10m`, `12h`, `30d`.
pub mod span {
    use super::Duration;
    use serde::{Deserialize, Deserializer, de::Error};

    /// For serde.
    pub fn deserialize<'de, D: Deserializer<'de>>(d: D) -> Result<Duration, D::Error> {
        let text = String::deserialize(d)?;
        parse(&text)
            .ok_or_else(|| D::Error::custom(format!("\"{text}\" isn't a duration; write 500ms, 60s, 10m, 12h or 30d")))
    }

    /// Reads one; `None` when it isn't of that form.
    pub fn parse(text: &str) -> Option<Duration> {
        let digits = text.find(|c: char| !c.is_ascii_digit())?;
        let (number, unit) = text.split_at_checked(digits)?;
        let number: u64 = number.parse().ok()?;
        let millis = match unit {
            "ms" => 1,
            "s" => 1000,
            "m" => 60_000,
            "h" => 3_600_000,
            "d" => 86_400_000,
            _ => return None,
        };
        number.checked_mul(millis).map(Duration::from_millis)
    }

    /// Writes one in its largest whole unit.
    pub fn show(span: Duration) -> String {
        let millis = span.as_millis();
        let units = [(86_400_000, "d"), (3_600_000, "h"), (60_000, "m"), (1000, "s")];
        match units.iter().find(|(size, _)| millis > 0 && millis.is_multiple_of(*size)) {
            Some((size, unit)) => format!("{}{unit}", millis / size),
            None => format!("{millis}ms"),
        }
    }
}
