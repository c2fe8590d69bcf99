//! security.md, RT-13, RV-05: the database fails, at every statement and altogether. An outage is 503,
//! never the client's or the person's mistake, and everything works again when it is over.

use crate::support::browser::View;
use crate::support::client::Answer;
use crate::support::house::PASSWORD;
use crate::support::{Browser, Client, House, Kind, Proxy};
use std::time::Duration;
use symbolon::clients::{Format, GrantType};

/// What of an answer matters here.
#[derive(Debug)]
struct Seen {
    status: u16,
    retry_after: Option<u64>,
    error: Option<String>,
}

fn retry_after(headers: &reqwest::header::HeaderMap) -> Option<u64> {
    headers.get("retry-after")?.to_str().ok()?.parse().ok()
}

impl From<&View> for Seen {
    fn from(view: &View) -> Self {
        let error = view.error_code().or_else(|| view.sent("error"));
        Seen { status: view.status, retry_after: retry_after(&view.headers), error }
    }
}

impl From<&Answer> for Seen {
    fn from(answer: &Answer) -> Self {
        let error = answer.body["error"].as_str().map(str::to_owned);
        Seen { status: answer.status, retry_after: retry_after(&answer.headers), error }
    }
}

impl Seen {
    #[track_caller]
    fn is_an_outage(&self, what: &str) {
        assert_eq!((self.status, self.error.as_deref()), (503, Some("temporarily_unavailable")), "{what}: {self:?}");
        assert!(self.retry_after.is_some_and(|seconds| (1..=60).contains(&seconds)), "{what}: {self:?}");
    }

    fn went_well(&self) -> bool {
        self.status < 400 && self.error.is_none()
    }
}

/// Lets the first statement of a request fail, then the second, and so on, until the request gets through. Until then
/// it is answered with 503 and has changed nothing.
async fn holds(house: &House, what: &str, mut act: impl AsyncFnMut() -> Seen) {
    for n in 0..40 {
        let before = house.tables().await;
        // What is remembered costs no statement; here it shall.
        house.app.memory.forget();
        house.app.db.fail_after(n);
        let seen = act().await;
        house.app.db.fail_after(-1);
        let what = format!("{what}, statement {n}, {:?}", house.kind);
        if seen.went_well() {
            assert!(n > 0, "{what}: it asks the database nothing");
            return;
        }
        seen.is_an_outage(&what);
        assert_eq!(house.changed_since(&before).await, Vec::<String>::new(), "{what}");
    }
    panic!("{what}: never got through");
}

fn machine(m: &mut symbolon::clients::Metadata) {
    m.grant_types = vec![GrantType::ClientCredentials];
    m.response_types.clear();
    m.redirect_uris.clear();
    m.scope = "files:read".to_owned();
}

async fn unthrottled(kind: Kind) -> House {
    let house = House::with(kind, |config| {
        (config.throttle.account, config.throttle.address, config.throttle.client) = (100_000, 100_000, 100_000);
    });
    house.await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn r_10_any_statement_of_the_pages_may_fail() {
    for kind in [Kind::Sqlite, Kind::Postgres] {
        let house = unthrottled(kind).await;
        house.person("ada").await;
        let client = house.client().await;
        let mut browser = house.browser();
        let mut view = browser.get("/login").await;
        let csrf = view.first("input[name=csrf]").expect("a field")["value"].clone();

        holds(&house, "GET /oauth2/auth, signed out", async || {
            view = browser.get_once(&client.auth_url(&[])).await;
            Seen::from(&view)
        })
        .await;
        let login = view.location().to_owned();
        assert!(login.starts_with("/login?go="), "{login}");
        holds(&house, "GET /login", async || {
            view = browser.get_once(&login).await;
            Seen::from(&view)
        })
        .await;
        let mut fields = view.form("form:has(#sign-in)");
        fields.retain(|(name, _)| matches!(&**name, "csrf" | "go"));
        fields
            .extend([("email".to_owned(), "ada@example.com".to_owned()), ("password".to_owned(), PASSWORD.to_owned())]);
        holds(&house, "POST /login", async || {
            view = browser.post_once("/login", &fields).await;
            assert!(view.status == 303 || view.headers.get("set-cookie").is_none());
            Seen::from(&view)
        })
        .await;
        let resume = view.location().to_owned();
        holds(&house, "GET /oauth2/auth/resume, to consent", async || {
            view = browser.get_once(&resume).await;
            Seen::from(&view)
        })
        .await;
        let consent = view.location().to_owned();
        holds(&house, "GET /consent", async || {
            view = browser.get_once(&consent).await;
            Seen::from(&view)
        })
        .await;
        let mut fields = view.form("form:has(#allow)");
        fields.push(("decision".to_owned(), "allow".to_owned()));
        holds(&house, "POST /consent", async || {
            view = browser.post_once("/consent", &fields).await;
            Seen::from(&view)
        })
        .await;
        let resume = view.location().to_owned();
        holds(&house, "GET /oauth2/auth/resume, to the app", async || {
            view = browser.get_once(&resume).await;
            Seen::from(&view)
        })
        .await;
        client.redeems(&view.sent("code").expect("a code")).await.ok();
        holds(&house, "GET /oauth2/auth, allowed before", async || {
            view = browser.get_once(&client.auth_url(&[])).await;
            Seen::from(&view)
        })
        .await;
        client.redeems(&view.sent("code").expect("a code")).await.ok();
        holds(&house, "GET /", async || Seen::from(&browser.get_once("/").await)).await;

        // The way of a person who declines.
        let asked = browser.get(&client.auth_url(&[("prompt", "consent")])).await;
        let mut fields = asked.form("form:has(#allow)");
        fields.push(("decision".to_owned(), "deny".to_owned()));
        let said = browser.post_once("/consent", &fields).await;
        holds(&house, "GET /oauth2/auth/resume, declined", async || {
            view = browser.get_once(said.location()).await;
            let declined = view.sent("error").as_deref() == Some("access_denied");
            if declined { Seen { status: 303, retry_after: None, error: None } } else { Seen::from(&view) }
        })
        .await;

        let token = symbolon::people::setup::create(&house.app.db, house.now()).await.expect("creates");
        holds(&house, "GET /setup", async || {
            Seen::from(&browser.get_once(&format!("/setup?token={}", token.reveal())).await)
        })
        .await;
        let set_up = [
            ("csrf", csrf.as_str()),
            ("token", token.reveal()),
            ("email", "root@example.com"),
            ("name", "Root"),
            ("password", PASSWORD),
        ];
        let set_up: Vec<_> = set_up.iter().map(|(k, v)| ((*k).to_owned(), (*v).to_owned())).collect();
        holds(&house, "POST /setup", async || Seen::from(&browser.post_once("/setup", &set_up).await)).await;

        holds(&house, "GET /logout", async || Seen::from(&browser.get_once("/logout").await)).await;
        let field = [("csrf".to_owned(), csrf.clone())];
        holds(&house, "POST /logout", async || {
            view = browser.post_once("/logout", &field).await;
            assert!(
                view.status == 200 || view.headers.get("set-cookie").is_none(),
                "the cookie stays while the session does"
            );
            Seen::from(&view)
        })
        .await;
    }
}

impl Seen {
    /// Of the management API, whose refusals are problems (RFC 9457) or those of RFC 6750.
    fn managing(answer: &Answer) -> Self {
        let unavailable = answer.body["type"] == "urn:symbolon:problem:unavailable";
        let error = unavailable.then(|| "temporarily_unavailable".to_owned());
        Seen { error: error.or_else(|| Seen::from(answer).error), ..Seen::from(answer) }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn ad_07_nothing_is_managed_unless_the_audit_trail_has_it() {
    for kind in [Kind::Sqlite, Kind::Postgres] {
        let house = unthrottled(kind).await;
        house.admin("root").await;
        let manager = house
            .client_with(|m| {
                machine(m);
                (m.scope, m.admin) = ("symbolon:admin".to_owned(), true);
            })
            .await;
        let token = manager.token(&[("grant_type", "client_credentials"), ("scope", "symbolon:admin")]).await.ok();
        let token = token.text("access_token").to_owned();
        let shop = serde_json::json!({ "client_name": "Shop", "redirect_uris": ["https://shop.example/cb"] });
        let ada = serde_json::json!({ "email": "ada@example.com", "password": PASSWORD });
        let mut made = Vec::new();
        for (method, path, body) in [
            ("POST", "clients", Some(&shop)),
            ("PATCH", "clients/{}", Some(&serde_json::json!({ "client_name": "Bazaar" }))),
            ("PUT", "clients/{}", Some(&shop)),
            ("POST", "clients/{}/rotate-secret", None),
            ("POST", "clients/{}/disable", None),
            ("POST", "clients/{}/enable", None),
            ("DELETE", "clients/{}", None),
            ("POST", "users", Some(&ada)),
            ("POST", "users/{}/promote", None),
            ("POST", "users/{}/demote", None),
            ("POST", "users/{}/disable", None),
            ("POST", "users/{}/enable", None),
            ("POST", "users/{}/password", Some(&serde_json::json!({ "password": "another horse entirely" }))),
            ("DELETE", "users/{}", None),
        ] {
            let path = path.replace("{}", made.last().map_or("", String::as_str));
            let trail = house.tables().await["audit_events"].len();
            let what = format!("{method} {path}");
            holds(&house, &what, async || {
                let method = method.parse().expect("a method");
                let ask = house.http().request(method, format!("{}/v1/admin/{path}", house.url)).bearer_auth(&token);
                let answer = crate::support::client::answer(match body {
                    Some(body) => ask.json(body),
                    None => ask,
                });
                let answer = answer.await;
                let id = answer.body.get("client_id").or(answer.body.get("id"));
                made.extend(id.and_then(|id| id.as_str()).map(str::to_owned));
                assert!(answer.status < 400 || answer.body.get("client_secret").is_none());
                Seen::managing(&answer)
            })
            .await;
            assert_eq!(house.tables().await["audit_events"].len(), trail + 1, "{what}");
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn r_10_rt_13_rv_05_any_statement_of_the_endpoints_may_fail() {
    for kind in [Kind::Sqlite, Kind::Postgres] {
        let house = unthrottled(kind).await;
        house.person("ada").await;
        for format in [Format::Opaque, Format::Jwt] {
            let client = house.client_with(|m| m.access_token_format = format).await;
            let mut browser = house.browser();
            let code = client.code(&mut browser, "ada", &[("scope", "openid offline email")]).await;
            let mut got = None;
            holds(&house, "redeem", async || {
                let answer = client.redeems(&code).await;
                let seen = Seen::from(&answer);
                got = Some(answer);
                seen
            })
            .await;
            let first = got.take().expect("an answer");
            let (access, refresh) = (first.text("access_token"), first.text("refresh_token"));
            holds(&house, "userinfo", async || Seen::from(&client.userinfo(access).await)).await;
            for token in [access, refresh] {
                holds(&house, "introspect", async || {
                    Seen::from(&client.post("/oauth2/introspect", &[("token", token)]).await)
                })
                .await;
            }
            holds(&house, "revoke an access token", async || Seen::from(&client.revokes(access).await)).await;
            assert!(!client.active(access).await);
            holds(&house, "refresh", async || {
                let answer = client.refreshes(refresh).await;
                let seen = Seen::from(&answer);
                got = Some(answer);
                seen
            })
            .await;
            let second = got.take().expect("an answer").text("refresh_token").to_owned();
            holds(&house, "refresh with less scope", async || {
                let form = [("grant_type", "refresh_token"), ("refresh_token", second.as_str()), ("scope", "openid")];
                let answer = client.token(&form).await;
                let seen = Seen::from(&answer);
                got = Some(answer);
                seen
            })
            .await;
            let third = got.take().expect("an answer").text("refresh_token").to_owned();
            assert!(client.active(&third).await);
            holds(&house, "revoke", async || Seen::from(&client.revokes(&third).await)).await;
            assert!(!client.active(&third).await);
        }
        for format in [Format::Opaque, Format::Jwt] {
            let change = |m: &mut symbolon::clients::Metadata| {
                machine(m);
                m.access_token_format = format;
            };
            let machine = house.client_with(change).await;
            let mut token = String::new();
            holds(&house, "client credentials", async || {
                let answer = machine.token(&[("grant_type", "client_credentials")]).await;
                if answer.status == 200 {
                    token = answer.text("access_token").to_owned();
                }
                Seen::from(&answer)
            })
            .await;
            holds(&house, "introspect a machine's token", async || {
                Seen::from(&machine.post("/oauth2/introspect", &[("token", &token)]).await)
            })
            .await;
            holds(&house, "revoke a machine's token", async || Seen::from(&machine.revokes(&token).await)).await;
            assert!(!machine.active(&token).await);
        }
    }
}

/// What people and clients hold when the lights go out.
struct World {
    client: Client,
    machine: Client,
    /// Signed in, and has allowed the client.
    browser: Browser,
    code: String,
    access: String,
    refresh: String,
    doomed: String,
}

async fn world(house: &House) -> World {
    let client = house.client().await;
    let machine = house.client_with(machine).await;
    let mut browser = house.browser();
    let kept = client.tokens(&mut browser, "ada", &[]).await;
    let doomed = client.tokens(&mut browser, "ada", &[]).await;
    let code = client.code(&mut browser, "ada", &[]).await;
    let text = |answer: &Answer, name: &str| answer.text(name).to_owned();
    World {
        client,
        machine,
        browser,
        code,
        access: text(&kept, "access_token"),
        refresh: text(&kept, "refresh_token"),
        doomed: text(&doomed, "refresh_token"),
    }
}

impl World {
    /// One of each request, by name. What changes state comes last.
    async fn everything(&mut self) -> Vec<(&'static str, Seen)> {
        let client = &self.client;
        let mut stranger = self.browser.clone();
        stranger.cookies.clear();
        vec![
            ("GET /userinfo", Seen::from(&client.userinfo(&self.access).await)),
            ("introspect", Seen::from(&client.post("/oauth2/introspect", &[("token", &self.access)]).await)),
            ("introspect refresh", Seen::from(&client.post("/oauth2/introspect", &[("token", &self.refresh)]).await)),
            ("GET /oauth2/auth, stranger", Seen::from(&stranger.get_once(&client.auth_url(&[])).await)),
            ("GET /oauth2/auth", Seen::from(&self.browser.get_once(&client.auth_url(&[])).await)),
            ("prompt=none", Seen::from(&self.browser.get_once(&client.auth_url(&[("prompt", "none")])).await)),
            ("GET /", Seen::from(&self.browser.get_once("/").await)),
            ("GET /logout", Seen::from(&self.browser.get_once("/logout").await)),
            ("refresh", Seen::from(&client.refreshes(&self.refresh).await)),
            ("revoke", Seen::from(&client.revokes(&self.doomed).await)),
            ("redeem", Seen::from(&client.redeems(&self.code).await)),
        ]
    }

    async fn finds_an_outage(&mut self, house: &House) {
        for (what, seen) in self.everything().await {
            seen.is_an_outage(what);
        }
        // With the client in memory the answer may be a token; without, the client isn't told to be unknown.
        house.app.memory.forget();
        Seen::from(&self.machine.token(&[("grant_type", "client_credentials")]).await)
            .is_an_outage("client credentials");
        assert_eq!(house.browser().get_once("/health/ready").await.status, 503);
        for path in ["/health/alive", "/.well-known/openid-configuration", "/.well-known/jwks.json", "/login"] {
            assert_eq!(house.browser().get_once(path).await.status, 200, "{path}");
        }
    }

    async fn finds_all_well(&mut self, house: &House) {
        for (what, seen) in self.everything().await {
            assert!(seen.went_well(), "{what}: {seen:?}");
        }
        self.machine.token(&[("grant_type", "client_credentials")]).await.ok();
        assert_eq!(house.browser().get_once("/health/ready").await.status, 200);
        assert!(!self.client.active(&self.doomed).await);
    }
}

async fn house_behind(proxy: &Proxy, change: impl FnOnce(&mut symbolon::config::Config)) -> House {
    let house = House::with(Kind::Postgres, |config| {
        proxy.stand_before(config);
        change(config);
    });
    let house = house.await;
    house.person("ada").await;
    house
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn r_07_a_database_that_is_gone_is_503_and_its_return_is_noticed_at_once() {
    let proxy = Proxy::new().await;
    let house = house_behind(&proxy, |_| {}).await;
    let mut world = world(&house).await;
    for _ in 0..2 {
        proxy.cut().await;
        world.finds_an_outage(&house).await;
    }
    proxy.restore();
    world.finds_all_well(&house).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn r_07_connections_that_died_while_idle_harm_no_request() {
    let proxy = Proxy::new().await;
    let house = house_behind(&proxy, |_| {}).await;
    let mut first = world(&house).await;
    let mut second = world(&house).await;
    // As many connections as there may be, each used a moment ago.
    let busy = (0..12).map(|_| {
        let (client, access) = (first.client.clone(), first.access.clone());
        tokio::spawn(async move { client.userinfo(&access).await.status })
    });
    for one in busy.collect::<Vec<_>>() {
        assert_eq!(one.await.expect("ends"), 200);
    }
    proxy.cut().await;
    proxy.restore();
    first.finds_all_well(&house).await;
    second.finds_all_well(&house).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn r_09_a_silent_database_is_503_in_time_and_ready_says_so_sooner() {
    let proxy = Proxy::new().await;
    let house = house_behind(&proxy, |config| config.limits.handler = Duration::from_secs(4)).await;
    let (mut world, spare) = (world(&house).await, world(&house).await);
    proxy.falls_silent();
    let begun = tokio::time::Instant::now();
    assert_eq!(house.browser().get_once("/health/ready").await.status, 503);
    assert!(begun.elapsed() < Duration::from_secs(3), "{:?}", begun.elapsed());
    let (client, refresh, access) = (spare.client.clone(), spare.refresh.clone(), spare.access.clone());
    let refreshing = tokio::spawn(async move { Seen::from(&client.refreshes(&refresh).await) });
    let client = spare.client.clone();
    let looking = tokio::spawn(async move { Seen::from(&client.userinfo(&access).await) });
    for (what, seen) in [("refresh", refreshing.await), ("userinfo", looking.await)] {
        seen.expect("ends").is_an_outage(what);
    }
    proxy.restore();
    world.finds_all_well(&house).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn r_09_half_open_connections_are_given_up() {
    let proxy = Proxy::new().await;
    let house = house_behind(&proxy, |_| {}).await;
    let (mut world, spare) = (world(&house).await, world(&house).await);
    proxy.falls_silent();
    // These wait on connections that will never answer, nor ever end.
    let stuck: Vec<_> = (0..4)
        .map(|n| {
            let (client, refresh, doomed) = (spare.client.clone(), spare.refresh.clone(), spare.doomed.clone());
            tokio::spawn(async move {
                Seen::from(&if n % 2 == 0 { client.refreshes(&refresh).await } else { client.revokes(&doomed).await })
            })
        })
        .collect();
    proxy.has_swallowed(3).await;
    proxy.restore_for_new_ones();
    for one in stuck {
        let seen = one.await.expect("ends");
        // Some may have met a new connection already.
        if !seen.went_well() {
            seen.is_an_outage("stuck");
        }
    }
    world.finds_all_well(&house).await;
    // And what was stuck goes on.
    spare.client.refreshes(&spare.refresh).await.ok();
    spare.client.revokes(&spare.doomed).await.ok();
    assert!(!spare.client.active(&spare.doomed).await);
}
