//! Acme CRM in `symbolon dev`: connected, read, broken and healed, by hand and by `dev --check`.

use crate::support::chromium::{Chromium, Scripts};
use crate::support::client::answer;
use crate::support::process::free_port;
use crate::support::{Answer, Browser};
use serde_json::{Value, json};
use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::Duration;
use thirtyfour::prelude::By;

type Form = Vec<(String, String)>;

/// `symbolon dev`, which ends with it.
struct Dev {
    child: Child,
    url: String,
    acme: String,
    token: String,
}

impl Drop for Dev {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn with(mut fields: Form, more: &[(&str, &str)]) -> Form {
    fields.retain(|(have, _)| !more.iter().any(|(name, _)| have == name));
    fields.extend(more.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())));
    fields
}

impl Dev {
    fn start(port: u16, data: Option<&Path>) -> Self {
        let mut command = Command::new(env!("CARGO_BIN_EXE_symbolon"));
        command.args(["dev", "--format", "json", "--listen", &format!("127.0.0.1:{port}")]);
        if let Some(dir) = data {
            command.arg("--data-dir").arg(dir);
        }
        let mut child =
            command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::piped()).spawn().expect("starts");
        let mut log = BufReader::new(child.stderr.take().expect("its log"));
        let mut first = String::new();
        log.read_line(&mut first).expect("reads");
        std::thread::spawn(move || log.lines().map_while(Result::ok).for_each(drop));
        let said: Value = serde_json::from_str(&first).unwrap_or_else(|why| panic!("{why}: {first}"));
        let text = |name: &str| said[name].as_str().unwrap_or_else(|| panic!("no {name}: {said}")).to_owned();
        Dev { child, url: text("issuer"), acme: text("acme"), token: text("api_token") }
    }

    fn browser(&self) -> Browser {
        Browser::to(&self.url)
    }

    /// From the playground, or from `link`, to Acme and back; Ada signs in when she is asked.
    async fn connects(&self, browser: &mut Browser, link: Option<&str>, who: &str, decision: &str) -> String {
        let mut view = match link {
            Some(link) => browser.get(link).await,
            None => {
                let page = browser.get("/dev/acme").await;
                let fields = page.form("form:has(#connect)");
                browser.post("/dev/acme/connect", &fields).await
            }
        };
        if let Some(ada) = view.first("button[name=dev_person]") {
            let fields = view.form(&format!("form:has(button[value='{}'])", ada["value"]));
            view = browser.post("/login", &with(fields, &[("dev_person", &ada["value"])])).await;
        }
        let start = view.first("a#start").unwrap_or_else(|| panic!("no way to Acme: {}", view.body))["href"].clone();
        let there = browser.get_once(&start).await;
        let mut at_acme = Browser::to(&self.acme);
        let page = at_acme.get(there.location()).await;
        let fields = with(page.form("form:has(#allow)"), &[("user", who), ("decision", decision)]);
        let back = at_acme.post_once("/oauth/authorize", &fields).await;
        assert_eq!(back.status, 303, "{}", back.body);
        browser.get(back.location()).await.text()
    }

    async fn asks(&self, path: &str) -> Answer {
        let request = crate::support::http().get(format!("{}{path}", self.url));
        // Seven a second may be asked in one workspace.
        tokio::time::sleep(Duration::from_millis(200)).await;
        answer(request.header("authorization", format!("Token {}", self.token))).await
    }

    async fn reads(&self, who: &str) -> Answer {
        self.asks(&format!("/v1/sources/acme-crm/accounts/{who}?include_credentials=1")).await
    }

    async fn until(&self, who: &str, what: &str, so: impl Fn(&Answer) -> bool) -> Answer {
        let mut last = None;
        for _ in 0..150 {
            let read = self.reads(who).await;
            if so(&read) {
                return read;
            }
            last = Some(read);
        }
        let last = last.expect("asked");
        panic!("never {what}: {} {}", last.status, last.body)
    }

    async fn wishes(&self, next: &str) {
        let form = [("next".to_owned(), next.to_owned())];
        assert_eq!(Browser::to(&self.acme).post_once("/next", &form).await.status, 303, "{next}");
    }

    async fn minutes_pass(&self, browser: &mut Browser, minutes: usize) {
        for _ in 0..minutes {
            let page = browser.get("/dev/acme").await;
            let fields = with(page.form("form.clock"), &[("by", "60")]);
            assert_eq!(browser.post("/dev/clock", &fields).await.status, 200);
        }
    }

    /// How often Acme was asked for a refresh, by its own list.
    async fn refreshes(&self) -> usize {
        Browser::to(&self.acme).get("/calls").await.body.matches("<td>refresh</td>").count()
    }
}

fn token(read: &Answer) -> &str {
    read.body["data"]["credentials"]["oauth_access_token"].as_str().unwrap_or_else(|| panic!("{}", read.body))
}

fn runs(line: &str) -> Value {
    let done = Command::new("sh").args(["-c", line]).output().expect("runs");
    let said = String::from_utf8_lossy(&done.stdout).into_owned();
    serde_json::from_str(&said).unwrap_or_else(|why| panic!("{why}: {line}: {said}"))
}

fn text_of(view: &crate::support::browser::View, selector: &str) -> Vec<String> {
    let html = scraper::Html::parse_document(&view.body);
    let selector = scraper::Selector::parse(selector).expect("a selector");
    html.select(&selector).map(|one| one.text().collect()).collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_account_at_acme_is_connected_and_read_by_the_lines_that_stand_there() {
    let dev = Dev::start(free_port(), None);
    let mut ada = dev.browser();
    let denied = dev.connects(&mut ada, None, "zoe", "deny").await;
    assert!(denied.contains("user_denied") && denied.contains("Nobody is connected yet"), "{denied}");
    let done = dev.connects(&mut ada, None, "zoe", "allow").await;
    assert!(done.contains("Connected.") && done.contains("Zoe Martin"), "{done}");
    let page = ada.get("/dev/acme").await;
    // Whoever reads this takes longer.
    let rest = || tokio::time::sleep(Duration::from_secs(1));
    rest().await;
    let lines = text_of(&page, "pre[data-copy]");
    assert_eq!(lines.len(), 2, "{}", page.body);
    let read = runs(&lines[0]);
    assert_eq!((&read["data"]["external_id"], &read["data"]["state"]), (&json!("zoe"), &json!("active")), "{read}");
    assert_eq!(runs(&lines[1])["contacts"][0], "Harbour Bakery");
    // The button says the same.
    rest().await;
    let fields = with(page.form("form:has(#read-zoe)"), &[("account", "zoe")]);
    let shown = ada.post("/dev/acme/read", &fields).await;
    assert!(
        shown.text().contains("told the contacts: Harbour Bakery") && shown.text().contains("200 OK"),
        "{}",
        shown.text()
    );
    assert!(!shown.body.contains("acme_rt_"), "the refresh token is nobody's");
    // Somebody else in another browser.
    rest().await;
    let both = dev.connects(&mut dev.browser(), None, "yan", "allow").await;
    assert!(both.contains("Zoe Martin") && both.contains("Yan Chen"), "{both}");
    // Forms of other sites don't count here either.
    let fields = page.form("form:has(#connect)");
    ada.fetch_metadata = false;
    ada.headers.insert("sec-fetch-site".to_owned(), "cross-site".to_owned());
    assert_eq!(ada.post_once("/dev/acme/connect", &fields).await.status, 403);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_goes_wrong_at_acme_heals_or_is_explained() {
    let dev = Dev::start(free_port(), None);
    let mut ada = dev.browser();
    dev.connects(&mut ada, None, "zoe", "allow").await;
    let mut last = token(&dev.reads("zoe").await).to_owned();
    // All that passes.
    for (wish, first) in [("fails", None), ("slow", None), ("invalid_client", Some("source_misconfigured"))] {
        dev.wishes(wish).await;
        dev.minutes_pass(&mut ada, 1).await;
        if let Some(code) = first {
            let refused = dev.until("zoe", code, |read| read.status != 200).await;
            assert_eq!(refused.body["error"]["code"], code, "{wish}");
            let account = dev.asks("/v1/sources/acme-crm/accounts/zoe").await;
            assert_eq!(account.body["data"]["state"], "active", "the account is untouched");
            dev.minutes_pass(&mut ada, 2).await;
        }
        let healed = dev.until("zoe", wish, |read| read.status == 200).await;
        assert_ne!(token(&healed), last, "{wish}");
        last = token(&healed).to_owned();
    }
    let office = Browser::to(&dev.acme).get("/").await.text();
    assert!(office.contains("No refresh token was presented twice"), "{office}");
    // What can't be healed here is said, and mended by its person.
    for (wish, reason, minutes) in [("invalid_grant", "revoked", 0), ("lost", "rotation_lost", 4)] {
        dev.wishes(wish).await;
        dev.minutes_pass(&mut ada, 1).await;
        if minutes > 0 {
            let open = dev.until("zoe", "uncertain", |read| read.status == 503).await;
            assert!(
                ["refresh_uncertain", "refresh_in_progress"]
                    .contains(&open.body["error"]["code"].as_str().expect("one"))
            );
            dev.minutes_pass(&mut ada, minutes).await;
        }
        let over = dev.until("zoe", reason, |read| read.status == 409).await;
        assert_eq!(over.body["error"]["details"]["reason"], reason);
        let page = ada.get("/dev/acme").await;
        let again = page.first("li[data-account=zoe] span a").expect("a link")["href"].clone();
        assert!(page.text().contains("Connect it again"), "{}", page.text());
        dev.connects(&mut ada, Some(&again), "zoe", "allow").await;
        dev.until("zoe", "well", |read| read.status == 200).await;
    }
    // The one probe of what nobody could know.
    let calls = Browser::to(&dev.acme).get("/calls").await.text();
    assert!(calls.contains("presented again: 1") && calls.contains("tokens, lost on the way"), "{calls}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_answer_of_acme_that_never_comes_is_waited_for_and_cleared_up() {
    let dev = Dev::start(free_port(), None);
    let mut ada = dev.browser();
    dev.connects(&mut ada, None, "zoe", "allow").await;
    let (first, before) = (dev.reads("zoe").await, dev.refreshes().await);
    dev.wishes("silent").await;
    dev.minutes_pass(&mut ada, 1).await;
    // Nobody is left hanging: it is said that it is being refreshed, and then that nobody knows.
    for code in ["refresh_in_progress", "refresh_uncertain"] {
        let open = dev.until("zoe", code, |read| read.body["error"]["code"] == code).await;
        assert!(open.status == 503 && open.header("retry-after").parse::<u64>().is_ok(), "{}", open.body);
        let account = dev.asks("/v1/sources/acme-crm/accounts/zoe").await;
        assert_eq!(account.body["data"]["state"], "active");
    }
    let calls = Browser::to(&dev.acme).get("/calls").await.text();
    assert!(calls.contains("no answer") && dev.refreshes().await == before + 1, "{calls}");
    // Acme did nothing with it, so the one probe finds the token as it was.
    dev.minutes_pass(&mut ada, 4).await;
    let healed = dev.until("zoe", "healed", |read| read.status == 200).await;
    assert_ne!(token(&healed), token(&first));
    assert_eq!(dev.refreshes().await, before + 2);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn many_readers_at_expiry_and_acme_is_asked_once() {
    let dev = Dev::start(free_port(), None);
    let mut ada = dev.browser();
    dev.connects(&mut ada, None, "zoe", "allow").await;
    let (first, before) = (dev.reads("zoe").await, dev.refreshes().await);
    dev.wishes("slow").await;
    dev.minutes_pass(&mut ada, 1).await;
    let both = tokio::join!(dev.reads("zoe"), dev.reads("zoe"));
    assert_eq!(token(&both.0), token(&both.1));
    assert_ne!(token(&both.0), token(&first));
    assert_eq!(dev.refreshes().await, before + 1);
    // Access tokens may end before their time; whoever says so gets another one.
    assert_eq!(Browser::to(&dev.acme).post_once("/end-access", &[]).await.status, 303);
    let contacts = async |token: &str| {
        answer(crate::support::http().get(format!("{}/api/contacts", dev.acme)).bearer_auth(token)).await.status
    };
    assert_eq!(contacts(token(&both.0)).await, 401);
    let not = symbolon::base::encoding::hex(&symbolon::base::encoding::sha256(token(&both.0).as_bytes()));
    let other = dev.asks(&format!("/v1/sources/acme-crm/accounts/zoe?include_credentials=1&not={not}")).await;
    assert_eq!(contacts(token(&other)).await, 200);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn acme_is_strict_with_whoever_isn_t_in_order() {
    let dev = Dev::start(free_port(), None);
    let mut acme = Browser::to(&dev.acme);
    let mut ada = dev.browser();
    dev.connects(&mut ada, None, "zoe", "allow").await;
    tokio::time::sleep(Duration::from_secs(1)).await;
    let page = ada.get("/dev/acme").await;
    let link = ada.post("/dev/acme/connect", &page.form("form:has(#connect)")).await;
    let there = ada.get_once(&link.first("a#start").expect("a way")["href"].clone()).await;
    let honest = there.location().to_owned();
    assert_eq!(acme.get(&honest).await.status, 200);
    let bent = |name: &str, value: &str| {
        let mut url = url::Url::parse(&honest).expect("a URL");
        let pairs: Form = url.query_pairs().into_owned().collect();
        url.query_pairs_mut().clear().extend_pairs(with(pairs, &[(name, value)]));
        url.to_string()
    };
    for (name, value) in [("client_id", "other"), ("redirect_uri", "https://evil.example/")] {
        let page = acme.get(&bent(name, value)).await;
        assert_eq!((page.status, page.location()), (400, ""), "{name}");
    }
    for (name, value, error) in [
        ("code_challenge_method", "plain", "invalid_request"),
        ("code_challenge", "short", "invalid_request"),
        ("scope", "everything", "invalid_scope"),
        ("response_type", "token", "unsupported_response_type"),
    ] {
        let sent = acme.get_once(&bent(name, value)).await;
        assert_eq!(sent.sent("error").as_deref(), Some(error), "{name}");
    }
    let http = crate::support::http();
    let asks = async |secret: &str, form: &[(&str, &str)]| {
        let request = http.post(format!("{}/oauth/token", dev.acme)).basic_auth("symbolon-dev", Some(secret));
        let answer = answer(request.form(form)).await;
        (answer.status, answer.text("error").to_owned())
    };
    let secret = "acme-secret-for-this-machine-only";
    let refresh = [("grant_type", "refresh_token"), ("refresh_token", "acme_rt_made-up")];
    assert_eq!(asks("wrong", &refresh).await, (401, "invalid_client".to_owned()));
    assert_eq!(asks(secret, &refresh).await, (400, "invalid_grant".to_owned()));
    assert_eq!(asks(secret, &[("grant_type", "password")]).await, (400, "unsupported_grant_type".to_owned()));
    acme.fetch_metadata = false;
    acme.headers.insert("sec-fetch-site".to_owned(), "cross-site".to_owned());
    for path in ["/next", "/end-access", "/oauth/authorize"] {
        let form = [("next".to_owned(), "well".to_owned())];
        assert_eq!(acme.post_once(path, &form).await.status, 400, "{path}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn with_a_data_dir_what_is_connected_stays_so() {
    let (port, dir) = (free_port(), tempfile::tempdir().expect("a directory"));
    let data = dir.path().join("dev");
    let first = Dev::start(port, Some(&data));
    let mut ada = first.browser();
    first.connects(&mut ada, None, "mia", "allow").await;
    let (kept, before) = (first.token.clone(), token(&first.reads("mia").await).to_owned());
    drop(first);
    let second = Dev::start(port, Some(&data));
    assert_eq!(second.token, kept, "a line that was printed works on");
    assert_eq!(token(&second.reads("mia").await), before);
    second.minutes_pass(&mut second.browser(), 1).await;
    assert_ne!(token(&second.reads("mia").await), before, "Acme knows the refresh token too");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn pages_of_acme_are_fit_for_everyone() {
    let dev = Dev::start(free_port(), None);
    let chromium = Chromium::start(Scripts::On).await;
    let goes = async |url: String| chromium.driver.goto(url).await.expect("goes");
    // A click answers before the page that it leads to has come.
    let sees = async |text: &str| {
        for _ in 0..400 {
            if chromium.driver.source().await.is_ok_and(|page| page.contains(text)) {
                return;
            }
            tokio::time::sleep(Duration::from_millis(25)).await;
        }
        panic!("no {text}: {}", chromium.driver.source().await.expect("a page"));
    };
    goes(format!("{}/dev/acme", dev.url)).await;
    chromium.examine("dev-vault-empty").await;
    chromium.click("connect").await;
    sees("dev_person").await;
    let ada = chromium.driver.find(By::Css("button[name=dev_person]")).await.expect("Ada's button");
    ada.click().await.expect("clicks");
    chromium.click("start").await;
    sees("id=\"allow\"").await;
    chromium.examine("acme-authorize").await;
    chromium.click("allow").await;
    sees("id=\"read-zoe\"").await;
    chromium.examine("dev-vault-connected").await;
    chromium.click("read-zoe").await;
    sees("told the contacts").await;
    chromium.examine("dev-vault-read").await;
    chromium.click("office").await;
    chromium.click("lost").await;
    sees("The next refresh: <b>answer lost").await;
    chromium.examine("acme-office").await;
    // The list looks again by itself.
    let asked = crate::support::http().get(format!("{}/api/contacts", dev.acme));
    assert_eq!(answer(asked).await.status, 401);
    sees(">401<").await;
    goes(format!("{}/oauth/authorize?client_id=other", dev.acme)).await;
    chromium.examine("acme-wrong").await;
    let log = chromium.log().await;
    let log: Vec<_> = log.iter().filter(|line| !line.contains("the server responded with a status of 4")).collect();
    assert!(log.is_empty(), "{log:?}");
    chromium.close().await;
}
