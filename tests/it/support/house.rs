//! A house: a real server on a real socket with a database, a clock and keys of its own.

use super::postgres;
use super::{Browser, Client};
use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::time::Duration;
use symbolon::app::App;
use symbolon::base::id::{UserId, WorkspaceId};
use symbolon::base::{Clock, Secret, Time};
use symbolon::clients::Metadata;
use symbolon::config::Config;
use symbolon::people::workspaces::{self, Standing};
use symbolon::people::{self, NewUser, Profile};
use symbolon::server::{self, Role, Stop};
use tokio::sync::OnceCell;

/// On which database.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    Sqlite,
    Postgres,
}

/// The password of everyone who lives here.
pub const PASSWORD: &str = "correct horse battery";

/// Lets a house reach relying parties on loopback.
pub fn allow_loopback(config: &mut Config) {
    config.outbound.allow = vec!["127.0.0.0/8".parse().expect("a network")];
}

pub struct House {
    pub app: App,
    pub kind: Kind,
    /// The issuer, and where it listens.
    pub url: String,
    pub dir: PathBuf,
    pub config: Config,
    /// Making one is slow, so there is one a house.
    http: reqwest::Client,
    kept: AtomicBool,
    stop: Stop,
    serving: Option<tokio::task::JoinHandle<()>>,
}

/// Keys and schema that all houses begin with: RSA keys are made once a run.
struct Blueprint {
    dir: PathBuf,
    postgres: OnceCell<String>,
}

static BLUEPRINT: OnceCell<Blueprint> = OnceCell::const_new();
static COUNT: AtomicU32 = AtomicU32::new(0);

async fn blueprint() -> &'static Blueprint {
    BLUEPRINT
        .get_or_init(|| async {
            let dir = fresh_dir();
            let config = config(&dir, None);
            settle(config).await;
            Blueprint { dir, postgres: OnceCell::new() }
        })
        .await
}

/// Opens once, waits for all keys, closes.
async fn settle(config: Config) {
    let started = server::start(config, None, Clock::System, Role::Server, false).await.expect("starts");
    started.app.keys.complete().await;
    started.app.db.close().await;
}

pub fn fresh_dir() -> PathBuf {
    let name = format!("symbolon-house-{}-{}", std::process::id(), COUNT.fetch_add(1, Ordering::SeqCst));
    let dir = std::env::temp_dir().join(name);
    std::fs::create_dir_all(&dir).expect("a directory");
    dir
}

/// The settings of a house in `dir`: the defaults, but for places, cheap passwords and short waits.
pub fn config(dir: &std::path::Path, database_url: Option<String>) -> Config {
    let mut config: Config = toml::from_str(include_str!("../../../src/config/default.toml")).expect("the defaults");
    config.data_dir = dir.join("data");
    config.keys_dir = dir.join("keys");
    config.database_url = database_url.map(Secret::new);
    config.database.max_connections = 6;
    config.passwords.memory_kib = 8;
    config.passwords.passes = 1;
    config.limits.shutdown_delay = Duration::ZERO;
    config.outbound.patience = Duration::from_secs(2);
    // Tests of limits set their own.
    for limit in [
        &mut config.limits.token_per_second,
        &mut config.limits.workspace_per_second,
        &mut config.limits.client_per_second,
        &mut config.limits.address_per_second,
    ] {
        *limit = 0;
    }
    config.listen = "127.0.0.1:0".parse().expect("an address");
    config
}

impl House {
    pub async fn new(kind: Kind) -> Self {
        House::with(kind, |_| {}).await
    }

    /// A house with other settings.
    pub async fn with(kind: Kind, change: impl FnOnce(&mut Config)) -> Self {
        let blueprint = blueprint().await;
        let dir = fresh_dir();
        copy(&blueprint.dir.join("keys"), &dir.join("keys"));
        let url = match kind {
            Kind::Sqlite => {
                copy(&blueprint.dir.join("data"), &dir.join("data"));
                None
            }
            Kind::Postgres => Some(postgres_house(blueprint).await),
        };
        let mut config = config(&dir, url);
        change(&mut config);
        House::open(kind, dir, config).await
    }

    /// A house on an empty PostgreSQL database of this address.
    pub async fn at(url: String, change: impl FnOnce(&mut Config)) -> Self {
        let dir = fresh_dir();
        copy(&blueprint().await.dir.join("keys"), &dir.join("keys"));
        let mut config = config(&dir, Some(url));
        change(&mut config);
        let db = symbolon::db::open(&server::place(&config)).await.expect("opens");
        db.migrate().await.expect("migrates");
        db.close().await;
        settle(config.clone()).await;
        House::open(Kind::Postgres, dir, config).await
    }

    /// Another house on the same database system that may reach relying parties on loopback.
    pub async fn reaching_loopback(&self) -> Self {
        House::with(self.kind, allow_loopback).await
    }

    /// Serves from what is there already.
    pub async fn open(kind: Kind, dir: PathBuf, mut config: Config) -> Self {
        let listener = tokio::net::TcpListener::bind(config.listen).await.expect("binds");
        let address = listener.local_addr().expect("an address");
        if config.issuer == "http://127.0.0.1:4444" {
            config.issuer = format!("http://{address}");
        }
        let url = format!("http://{address}");
        let started = server::start(config.clone(), None, Clock::shiftable(), Role::Server, false).await;
        let started = started.unwrap_or_else(|why| panic!("{why}"));
        let stop = Stop::new();
        let app = started.app.clone();
        let serving = tokio::spawn(server::serve(started, listener, stop.clone()));
        House {
            app,
            kind,
            url,
            dir,
            config,
            http: super::http(),
            kept: AtomicBool::new(false),
            stop,
            serving: Some(serving),
        }
    }

    /// Another server over the same PostgreSQL database, with the same clock setting and keys.
    pub async fn twin(&self) -> House {
        assert_eq!(self.kind, Kind::Postgres);
        let mut config = self.config.clone();
        config.issuer = self.app.issuer().to_owned();
        House::open(self.kind, self.dir.clone(), config).await
    }

    /// Keeps what is on disk for as long as the result lives, beyond the house.
    pub fn keep(&self) -> Kept {
        self.kept.store(true, Ordering::SeqCst);
        Kept(self.dir.clone())
    }

    /// Stops serving and lets go of the database.
    pub async fn close(mut self) -> (PathBuf, Config) {
        self.stop.begin();
        if let Some(serving) = self.serving.take() {
            serving.await.expect("stops");
        }
        // Whoever opens it again cleans up.
        (std::mem::take(&mut self.dir), self.config.clone())
    }

    /// The process ends and another begins: what only lived in memory is gone; the time goes on from where it was.
    pub async fn restarts(self) -> House {
        let (kind, offset) = (self.kind, self.app.clock.offset());
        let (dir, config) = self.close().await;
        let house = House::open(kind, dir, config).await;
        house.app.clock.shift(offset);
        house
    }

    pub fn now(&self) -> Time {
        self.app.now()
    }

    /// Lets time pass.
    pub fn wait(&self, span: Duration) {
        self.app.clock.shift(i64::try_from(span.as_millis()).expect("a span"));
    }

    /// However slow the machine is: since the last call, and since `then` at first, 300 ms have passed.
    pub fn goes_slowly(&self, then: &mut Time) {
        *then = *then + Duration::from_millis(300);
        self.app.clock.shift(then.millis() - self.now().millis());
    }

    /// Waits until the server has noticed another key set than the one with this entity tag.
    pub async fn notices_keys(&self, etag: &str) {
        for _ in 0..400 {
            if self.app.keys.now().etag != etag {
                return;
            }
            tokio::time::sleep(Duration::from_millis(25)).await;
        }
        panic!("the key set is still {etag}");
    }

    /// An HTTP client that follows nothing and keeps nothing.
    pub fn http(&self) -> reqwest::Client {
        self.http.clone()
    }

    pub fn browser(&self) -> Browser {
        Browser::new(self)
    }

    /// Somebody who lives here; `ada` becomes ada@example.com.
    pub async fn person(&self, name: &str) -> String {
        self.person_with(name, serde_json::json!({ "name": name }), false).await
    }

    pub async fn admin(&self, name: &str) -> String {
        self.person_with(name, serde_json::json!({ "name": name }), true).await
    }

    pub async fn person_with(&self, name: &str, claims: serde_json::Value, admin: bool) -> String {
        let profile = Profile::parse(claims).expect("claims");
        let email = format!("{name}@example.com");
        let role = if admin { people::Role::Owner } else { people::Role::User };
        let joins = self.config.workspaces.joined();
        let new = NewUser { email, password: Some(Secret::new(PASSWORD)), profile, role, joins };
        let hash = self.app.passwords.hash(Secret::new(PASSWORD)).await.expect("hashes");
        let id = people::store::create(&self.app.db, &new, Some(hash), self.now()).await.expect("creates");
        id.expect("a new address").to_string()
    }

    /// Runs a command of `symbolon` on this house's database; gives its exit code, stdout and stderr.
    pub async fn command(&self, line: &str) -> (i32, String, String) {
        let mut command = std::process::Command::new(env!("CARGO_BIN_EXE_symbolon"));
        command.env_clear().current_dir(&self.dir).args(line.split_whitespace()).stdin(std::process::Stdio::null());
        if let Some(url) = &self.config.database_url {
            command.env("SYMBOLON_DATABASE_URL", url.reveal());
        }
        let done = tokio::task::spawn_blocking(move || command.output()).await.expect("runs").expect("runs");
        let text = |bytes: Vec<u8>| String::from_utf8(bytes).expect("UTF-8");
        (done.status.code().expect("a status"), text(done.stdout), text(done.stderr))
    }

    /// A workspace with these people in it, as owner, admin or member.
    pub async fn workspace(&self, slug: &str, people: &[(&str, Standing)]) {
        let (slug, now) = (WorkspaceId::from(slug), self.now());
        assert!(workspaces::store::create(&self.app.db, &slug, slug.as_str(), now).await.expect("creates"));
        for (user, role) in people {
            let user = UserId::from(*user);
            assert!(workspaces::store::add(&self.app.db, &slug, &user, *role, now).await.expect("adds"));
        }
    }

    /// Takes one more person into a workspace.
    pub async fn joins(&self, slug: &str, user: &str, role: Standing) {
        let (slug, user) = (WorkspaceId::from(slug), UserId::from(user));
        assert!(workspaces::store::add(&self.app.db, &slug, &user, role, self.now()).await.expect("adds"));
    }

    /// The id of somebody who lives here.
    pub async fn user_id(&self, name: &str) -> String {
        let sql = format!("SELECT id FROM users WHERE email = '{name}@example.com'");
        self.raw().await.texts(&sql).await.pop().expect("a person")
    }

    /// A confidential client with the usual scopes.
    pub async fn client(&self) -> Client {
        self.client_with(|_| {}).await
    }

    /// A client with other metadata.
    pub async fn client_with(&self, change: impl FnOnce(&mut Metadata)) -> Client {
        Client::register(self, change).await
    }
}

impl Drop for House {
    fn drop(&mut self) {
        self.stop.begin();
        if !self.kept.load(Ordering::SeqCst) {
            // Twins share the directory; whoever is last finds it gone already.
            let _ = std::fs::remove_dir_all(&self.dir);
        }
    }
}

/// A directory that goes with this.
pub struct Kept(PathBuf);

impl Drop for Kept {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

async fn postgres_house(blueprint: &Blueprint) -> String {
    let cluster = postgres::cluster().await;
    let template = blueprint.postgres.get_or_init(|| async {
        let name = cluster.database(None).await;
        let config = config(&blueprint.dir, Some(cluster.url(&name)));
        let db = symbolon::db::open(&server::place(&config)).await.expect("opens");
        db.migrate().await.expect("migrates");
        db.close().await;
        settle(config).await;
        name
    });
    cluster.url(&cluster.database(Some(template.await)).await)
}

fn copy(from: &std::path::Path, to: &std::path::Path) {
    let done = std::process::Command::new("cp").arg("-a").arg(from).arg(to).status().expect("cp");
    assert!(done.success());
}
