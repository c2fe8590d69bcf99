//! A provider that isn't ours: many of them, on one real socket, with a ledger, and with failures on command.
//!
//! It has a thread of its own, so it outlives servers that are killed. Tests make virtual providers with
//! [`Provider::at`]; each is at `/p/<name>/…`, and can be changed at any time, from here or through `/control/…`.
//!
//! ```ignore
//! let provider = Provider::start(house.app.clock.clone()).await;
//! let crm = provider.at("crm", Mode { refresh_kills_access: true, ..Rotation::StrictFamily.into() });
//! crm.registers(App::new("vault", "s3cret", redirect_uri));
//! let callback = crm.allows(&authorization_url, "ada").await;
//! let held = crm.holds_after_rotation();
//! held.arrived(1).await; // The token is spent, the answer isn't sent: kill the server here.
//! held.releases();
//! assert!(crm.grants_lost().is_empty() && crm.presented_at_once().is_empty());
//! ```

mod api;
mod authorize;
mod control;
pub mod fault;
pub mod hold;
pub mod ledger;
pub mod mode;
mod openid;
mod prove;
mod refusal;
mod rotate;
mod serve;
mod token;
pub mod told;
mod wire;
mod world;

pub use fault::{Fault, Plan, Says, When};
pub use hold::Held;
pub use mode::{App, Mode, Proof, Rotation};

use hold::Gate;
use ledger::{Death, Millis};
use serve::{Shared, lock};
use std::sync::{Arc, Mutex};
use std::time::Duration;
use symbolon::base::Clock;
use token::Asking;
use tokio::sync::oneshot;
use tokio_rustls::TlsAcceptor;
use world::{Virtual, World};

/// The process of all virtual providers; it ends with this.
pub struct Provider {
    /// `http://127.0.0.1:…`, or `https://localhost:…`.
    pub origin: String,
    world: Shared,
    _alive: oneshot::Sender<()>,
}

/// One virtual provider.
#[derive(Clone)]
pub struct At {
    world: Shared,
    name: String,
    /// `…/p/<name>`: the issuer.
    pub url: String,
}

/// What a test holds that was given a grant without anyone consenting.
#[derive(Clone, Debug, serde::Serialize)]
pub struct Given {
    pub grant: String,
    pub refresh_token: String,
    pub access_token: String,
    pub expires_in: i64,
}

impl Provider {
    /// Without TLS.
    pub async fn start(clock: Clock) -> Self {
        Provider::serve(clock, None).await
    }

    /// With a certificate that [`super::stranger::trusts_sites`] makes a house trust.
    pub async fn start_tls(clock: Clock) -> Self {
        Provider::start_with(clock, super::stranger::tls()).await
    }

    /// With another certificate.
    pub async fn start_with(clock: Clock, tls: TlsAcceptor) -> Self {
        Provider::serve(clock, Some(tls)).await
    }

    async fn serve(clock: Clock, tls: Option<TlsAcceptor>) -> Self {
        let listener = std::net::TcpListener::bind("127.0.0.1:0").expect("binds");
        listener.set_nonblocking(true).expect("doesn't block");
        let port = listener.local_addr().expect("an address").port();
        let origin = match tls {
            Some(_) => format!("https://localhost:{port}"),
            None => format!("http://127.0.0.1:{port}"),
        };
        let world: Shared = Arc::new(Mutex::new(World::new(clock, origin.clone())));
        let (alive, ended) = oneshot::channel::<()>();
        let shared = world.clone();
        std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build();
            let runtime = runtime.expect("a runtime");
            runtime.block_on(async {
                let listener = tokio::net::TcpListener::from_std(listener).expect("a listener");
                tokio::spawn(serve::accept(listener, shared, tls));
                let _ = ended.await;
            });
            runtime.shutdown_background();
        });
        Provider { origin, world, _alive: alive }
    }

    /// From now on new connections end before a byte of theirs is read, in the handshake where there is TLS; or not.
    pub fn is_down(&self, down: bool) {
        lock(&self.world).down = down;
    }

    /// The virtual provider of this name: made, or given these rules.
    pub fn at(&self, name: &str, mode: impl Into<Mode>) -> At {
        lock(&self.world).sets(name, mode.into());
        At::new(&self.world, name)
    }
}

impl At {
    fn new(world: &Shared, name: &str) -> Self {
        let url = lock(world).at(name).url.clone();
        At { world: world.clone(), name: name.to_owned(), url }
    }

    fn with<T>(&self, does: impl FnOnce(&mut Virtual, Millis) -> T) -> T {
        let mut world = lock(&self.world);
        let now = world.now();
        does(world.at(&self.name), now)
    }

    /// A URL of its.
    pub fn at(&self, path: &str) -> String {
        format!("{}/{path}", self.url)
    }

    /// Changes its rules.
    pub fn changes(&self, change: impl FnOnce(&mut Mode)) {
        self.with(|v, _| change(&mut v.mode));
    }

    /// Registers a client, or changes what is registered.
    pub fn registers(&self, app: App) {
        self.with(|v, _| v.apps.insert(app.id.clone(), app));
    }

    /// From now on these are the secrets of a client.
    pub fn secrets_are(&self, client: &str, secrets: &[&str]) {
        let secrets = secrets.iter().map(|&secret| secret.to_owned()).collect();
        self.with(|v, _| v.apps.get_mut(client).expect("a client").secrets = secrets);
    }

    /// From now on a client may return here too.
    pub fn returns_to(&self, client: &str, redirect_uri: &str) {
        self.with(|v, _| v.apps.get_mut(client).expect("a client").redirect_uris.push(redirect_uri.to_owned()));
    }

    /// These people have accounts, beside ada, bob and cyd.
    pub fn knows(&self, users: &[&str]) {
        self.with(|v, _| v.users.extend(users.iter().map(|&user| user.to_owned())));
    }

    /// Something goes wrong.
    pub fn meets(&self, plan: Plan) {
        self.with(|v, _| v.plans.push(plan));
    }

    /// Nothing goes wrong any more.
    pub fn behaves(&self) {
        self.with(|v, _| v.plans.clear());
    }

    /// Token calls wait where the tokens are rotated and the answer isn't sent.
    pub fn holds_after_rotation(&self) -> Held {
        self.holds(When::Done, "token", None)
    }

    /// Calls wait there.
    pub fn holds(&self, when: When, endpoint: &str, grant: Option<&str>) -> Held {
        let gate = Gate::new(when, endpoint, grant);
        self.with(|v, _| v.gates.push(gate.clone()));
        Held { gate }
    }

    /// A grant, as if somebody had consented and all answers had arrived.
    pub fn gives(&self, client: &str, user: &str, scope: &str) -> Given {
        self.with(|v, now| {
            let ask = Asking { call: 0, now, faults: &[], params: &[] };
            let issued = v.grants(&ask, client, user, scope, true);
            let value = |index: usize| v.ledger.tokens[index].value.clone();
            Given {
                grant: v.ledger.grants[issued.grant].id.clone(),
                refresh_token: value(issued.refresh.expect("a refresh token")),
                access_token: value(issued.access),
                expires_in: v.mode.says_life.unwrap_or(v.mode.access_life),
            }
        })
    }

    /// The person takes a grant back, at the provider.
    pub fn withdraws(&self, grant: &str) {
        self.with(|v, _| {
            let grant = v.ledger.grant(grant).expect("a grant");
            v.ledger.kills(grant, Death::Withdrawn);
        });
    }

    /// A person at this authorization URL picks who they are, and allows all of it; gives where they are sent.
    pub async fn allows(&self, url: &str, user: &str) -> String {
        self.decides(url, &[("user", user), ("decision", "allow")]).await
    }

    /// A person at this authorization URL denies it; gives where they are sent.
    pub async fn denies(&self, url: &str) -> String {
        self.decides(url, &[("decision", "deny")]).await
    }

    async fn decides(&self, url: &str, choice: &[(&str, &str)]) -> String {
        let mut browser = super::Browser::to(lock(&self.world).origin.as_str());
        let page = browser.get(url).await;
        let mut fields = page.form("form#consent");
        fields.retain(|(name, _)| choice.iter().all(|(chosen, _)| chosen != name));
        fields.extend(choice.iter().map(|&(name, value)| (name.to_owned(), value.to_owned())));
        let view = browser.post(&self.at("authorize"), &fields).await;
        assert_eq!(view.status, 302, "{} {}", page.body, view.body);
        view.location().to_owned()
    }

    /// Waits until this is so; asked whenever something has happened here.
    pub async fn until(&self, so: impl Fn(&At) -> bool) {
        let mut happened = lock(&self.world).happened.subscribe();
        let seen = async {
            while !so(self) {
                happened.changed().await.expect("a world");
            }
        };
        let seen = tokio::time::timeout(Duration::from_secs(60), seen).await;
        assert!(seen.is_ok(), "it never came to that");
    }
}
