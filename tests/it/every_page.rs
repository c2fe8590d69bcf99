//! Every page in a real browser, on a desk and on a phone, in the light and in the dark: axe-core finds nothing serious,
//! nothing scrolls sideways, no page weighs more than 60 KiB, the server takes less than 100 ms, and the browser has
//! nothing to complain about.

use crate::support::chromium::{Chromium, Scripts};
use crate::support::house::PASSWORD;
use crate::support::process::free_port;
use crate::support::smtp::Smtp;
use crate::support::{House, Kind};
use serde_json::{Value, json};
use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Stdio};
use symbolon::config::{ScopeText, SelfRegistration};
use symbolon::people::workspaces::Standing;
use thirtyfour::prelude::By;

/// Bytes that come over the wire for one page, its files and all.
const HEAVIEST: u64 = 60 * 1024;
/// Milliseconds from the request to the first byte of its answer.
const SLOWEST: f64 = 100.0;

const WEIGHT: &str = "return performance.getEntriesByType('navigation').concat(performance.getEntriesByType('resource'))\
    .reduce((sum, entry) => sum + entry.transferSize, 0)";
const TIME: &str =
    "const [page] = performance.getEntriesByType('navigation'); return page.responseStart - page.requestStart";
/// A browser that looks closely.
struct Eye {
    chromium: Chromium,
    url: String,
    seen: usize,
}

impl Eye {
    async fn open(url: &str) -> Self {
        let chromium = Chromium::start(Scripts::On).await;
        chromium.tells("Network.enable", json!({})).await;
        chromium.tells("Network.setCacheDisabled", json!({ "cacheDisabled": true })).await;
        Eye { chromium, url: url.to_owned(), seen: 0 }
    }

    async fn goes(&self, path: &str) {
        let url = if path.starts_with("http") { path.to_owned() } else { format!("{}{path}", self.url) };
        self.chromium.driver.goto(url).await.expect("goes");
    }

    async fn number(&self, script: &str) -> f64 {
        self.chromium.driver.execute(script, vec![]).await.expect("runs").convert().expect("a number")
    }

    /// Goes there and looks.
    async fn visits(&mut self, name: &str, path: &str) {
        self.goes(path).await;
        let weight = self.number(WEIGHT).await as u64;
        assert!((500..HEAVIEST).contains(&weight), "{name}: {weight} bytes");
        // The machine may be busy with other things for a moment, not five times.
        let mut times = Vec::new();
        while times.iter().all(|time| *time >= SLOWEST) {
            assert!(times.len() < 5, "{name}: {times:?} ms");
            times.push(self.number(TIME).await);
            if times.last().is_some_and(|time| *time >= SLOWEST) {
                self.goes(path).await;
            }
        }
        self.looks(name).await;
    }

    /// Looks at the page that is there.
    async fn looks(&mut self, name: &str) {
        self.seen += 1;
        self.chromium.examine(name).await;
    }

    async fn signs_in(&self, email: &str, password: &str) {
        self.chromium.types("email", email).await;
        self.chromium.types("password", password).await;
        self.chromium.click("sign-in").await;
    }

    /// Refused forms and pages that aren't there are noted by the browser as what they are.
    async fn closes(self) -> usize {
        let log = self.chromium.log().await;
        let expected = |line: &&String| !line.contains("the server responded with a status of 4");
        let log: Vec<_> = log.iter().filter(expected).collect();
        assert!(log.is_empty(), "{log:?}");
        self.chromium.close().await;
        self.seen
    }
}

/// The path of a link that a command printed: commands believe that the issuer is the default.
fn path_of(printed: &str, member: &str) -> String {
    let printed: Value = serde_json::from_str(printed).expect("JSON");
    printed[member].as_str().unwrap_or_else(|| panic!("no {member}")).replace("http://127.0.0.1:4444", "")
}

async fn prints(house: &House, line: &str, member: &str) -> String {
    let (code, out, err) = house.command(line).await;
    assert_eq!(code, 0, "{line}: {err}");
    path_of(&out, member)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn pages_of_people_are_fit_for_everyone() {
    let smtp = Smtp::open().await;
    let house = House::with(Kind::Sqlite, |config| {
        smtp.settings(config);
        config.signin.registration = SelfRegistration::Open;
    })
    .await;
    let setup = symbolon::people::setup::create(&house.app.db, house.now()).await.expect("creates");
    let mut eye = Eye::open(&house.url).await;
    eye.visits("set-up", &format!("/setup?token={}", setup.reveal())).await;
    eye.chromium.types("name", "Root").await;
    eye.chromium.types("email", "root@example.com").await;
    eye.chromium.types("password", PASSWORD).await;
    eye.chromium.click("create-admin").await;
    eye.looks("set-up-done").await;
    let ada = house.person_with("ada", json!({ "name": "Ada Lovelace" }), false).await;
    for slug in ["north", "south"] {
        house.workspace(slug, &[(&ada, Standing::Admin)]).await;
    }
    eye.visits("home", "/").await;
    eye.visits("bad-request", "/oauth2/auth?client_id=nobody").await;
    eye.visits("recover", "/recover").await;
    eye.chromium.types("email", "ada@example.com").await;
    eye.chromium.click("send-link").await;
    eye.looks("recover-sent").await;
    let invite =
        prints(&house, "user invite --email eve@example.com --workspace north --format json", "invite_link").await;
    eye.visits("invitation", &invite).await;
    eye.chromium.types("name", "Eve").await;
    eye.chromium.types("password", PASSWORD).await;
    eye.chromium.click("accept").await;
    eye.looks("invitation-done").await;
    let reset = prints(&house, "user reset-link eve@example.com --format json", "reset_link").await;
    eye.visits("reset", &reset).await;
    eye.chromium.types("password", "password1").await;
    eye.chromium.click("set-password").await;
    eye.looks("reset-refused").await;
    eye.visits("sign-up", "/signup").await;
    eye.chromium.types("email", "new@example.com").await;
    eye.chromium.click("sign-up").await;
    eye.looks("sign-up-sent").await;
    eye.visits("sign-in", "/login").await;
    eye.signs_in("ada@example.com", "wrong horse").await;
    eye.looks("sign-in-refused").await;
    let client = house.client_with(|m| m.policy_uri = Some("https://shop.example/policy".to_owned())).await;
    let asks = client.auth_url(&[("scope", "openid profile email phone address offline")]);
    eye.visits("sign-in-for-app", &asks).await;
    eye.signs_in("ada@example.com", PASSWORD).await;
    eye.looks("consent").await;
    eye.visits("select-account", &client.auth_url(&[("prompt", "select_account")])).await;
    client.tokens(&mut house.browser(), "ada", &[]).await;
    eye.visits("home-signed-in", "/").await;
    eye.visits("account", "/account").await;
    eye.visits("account-done", "/account?done=profile").await;
    eye.visits("sign-out", "/logout").await;
    eye.chromium.click("sign-out").await;
    eye.looks("signed-out").await;
    assert_eq!(eye.closes().await, 22);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn pages_of_the_console_are_fit_for_everyone() {
    let house = House::new(Kind::Sqlite).await;
    let ada = house.admin("ada").await;
    house.workspace("north", &[(&ada, Standing::Owner)]).await;
    let client = house.client().await;
    client.tokens(&mut house.browser(), "ada", &[]).await;
    let mut eye = Eye::open(&house.url).await;
    eye.goes("/admin").await;
    eye.signs_in("ada@example.com", PASSWORD).await;
    eye.chromium.arrives_at(&format!("{}/admin", house.url)).await;
    let pages = [
        ("overview", "/admin".to_owned()),
        ("clients", "/admin/clients".to_owned()),
        ("clients-none", "/admin/clients?search=nothing".to_owned()),
        ("client-kinds", "/admin/clients/new".to_owned()),
        ("client-new", "/admin/clients/new?kind=web".to_owned()),
        ("client", format!("/admin/clients/{}", client.id)),
        ("users", "/admin/users".to_owned()),
        ("user-new", "/admin/users/new".to_owned()),
        ("invitations", "/admin/invitations".to_owned()),
        ("user", format!("/admin/users/{ada}")),
        ("workspaces", "/admin/workspaces".to_owned()),
        ("workspace", "/admin/workspaces/north".to_owned()),
        ("connections", "/admin/connections".to_owned()),
        ("connections-of", "/admin/connections?workspace=north".to_owned()),
        ("grants", format!("/admin/grants?user={ada}")),
        ("keys", "/admin/keys".to_owned()),
        ("registration", "/admin/registration".to_owned()),
        ("audit", "/admin/audit".to_owned()),
        ("jobs", "/admin/jobs".to_owned()),
        ("settings", "/admin/settings".to_owned()),
        ("console-missing", "/admin/clients/nothing".to_owned()),
    ];
    for (name, path) in &pages {
        eye.visits(name, path).await;
    }
    eye.goes("/admin/clients/new?kind=web").await;
    eye.chromium.types("client_name", "Shop").await;
    eye.chromium.types("redirect_uris", "nowhere").await;
    eye.chromium.driver.find(By::Css("#register button")).await.expect("a button").click().await.expect("clicks");
    eye.looks("client-refused").await;
    assert_eq!(eye.closes().await, pages.len() + 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn pages_with_api_tokens_are_fit_for_everyone() {
    let house = House::with(Kind::Sqlite, |config| {
        for (name, title) in [("files:read", "See your files"), ("reports:write", "Write reports")] {
            config.scopes.insert(name.to_owned(), ScopeText { title: title.to_owned(), ..ScopeText::default() });
        }
    })
    .await;
    let ada = house.admin("ada").await;
    house.workspace("north", &[(&ada, Standing::Owner)]).await;
    let (_, used) = house.api_token(&ada, Some("default"), None).await;
    used.lists().await.ok();
    symbolon::api_tokens::write_uses_down(&house.app.db, house.app.uses.take()).await.expect("writes");
    house.api_token(&ada, Some("north"), Some("files:read reports:write symbolon:tokens")).await;
    let mut eye = Eye::open(&house.url).await;
    eye.goes("/account").await;
    eye.signs_in("ada@example.com", PASSWORD).await;
    eye.chromium.arrives_at(&format!("{}/account", house.url)).await;
    eye.visits("account-tokens", "/account").await;
    let name = "The nightly backup of everything in the Northern Division's archive";
    eye.chromium.driver.find(By::Id("token-name")).await.expect("a field").send_keys(name).await.expect("types");
    eye.chromium.click("make-token").await;
    eye.chromium.driver.find(By::Id("new-token")).await.expect("the token");
    eye.looks("account-token-made").await;
    eye.visits("console-tokens", &format!("/admin/users/{ada}")).await;
    eye.chromium
        .driver
        .find(By::Id("limit-token-requests_per_second"))
        .await
        .expect("a field")
        .send_keys("many")
        .await
        .expect("types");
    eye.chromium.driver.find(By::Css("#limit-token button")).await.expect("a button").click().await.expect("clicks");
    eye.looks("console-token-limit-refused").await;
    eye.visits("console-workspace-limit", "/admin/workspaces/north").await;
    assert_eq!(eye.closes().await, 5);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn pages_of_the_reference_are_fit_for_everyone() {
    let house = House::new(Kind::Sqlite).await;
    let mut eye = Eye::open(&house.url).await;
    eye.visits("reference", "/docs/api").await;
    let links =
        "return [...document.querySelectorAll('main a[href^=\"/docs/api/\"]')].map(a => a.getAttribute('href'))";
    let links = eye.chromium.driver.execute(links, vec![]).await.expect("runs").json().clone();
    let mut links: Vec<String> = serde_json::from_value(links).expect("addresses");
    links.iter_mut().for_each(|link| link.truncate(link.find('#').unwrap_or(link.len())));
    links.sort();
    links.dedup();
    assert!(links.len() >= 8, "{links:?}");
    // All weigh what they may; the longest is looked at.
    for link in links.iter().filter(|link| !link.ends_with("/clients")) {
        eye.goes(link).await;
        let weight = eye.number(WEIGHT).await as u64;
        assert!((500..HEAVIEST).contains(&weight), "{link}: {weight} bytes");
    }
    eye.visits("reference-clients", "/docs/api/clients").await;
    assert_eq!(eye.closes().await, 2);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn pages_of_the_playground_are_fit_for_everyone() {
    let port = free_port();
    let mut command = Command::new(env!("CARGO_BIN_EXE_symbolon"));
    command.args(["dev", "--format", "json", "--listen", &format!("127.0.0.1:{port}")]).stderr(Stdio::piped());
    let mut dev = Ends(command.spawn().expect("starts"));
    let mut said = String::new();
    BufReader::new(dev.0.stderr.take().expect("its log")).read_line(&mut said).expect("reads");
    let mut eye = Eye::open(&path_of(&said, "issuer")).await;
    eye.visits("dev", "/dev").await;
    eye.visits("dev-inspect", "/dev/inspect").await;
    eye.visits("dev-snippets", "/dev/snippets").await;
    eye.visits("dev-mail", "/dev/mail").await;
    eye.visits("dev-sign-in", "/login").await;
    assert_eq!(eye.closes().await, 5);
}

/// A process that ends with its test, however that goes.
struct Ends(Child);

impl Drop for Ends {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}
