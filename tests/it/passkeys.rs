//! Passkeys (issue 4, "Sign-in"; WebAuthn Level 3): made on the account page, used at /login and to prove again who is there.

use crate::on_both;
use crate::support::authenticator::Authenticator;
use crate::support::browser::View;
use crate::support::house::PASSWORD;
use crate::support::smtp::Smtp;
use crate::support::{Browser, House, Kind};
use serde_json::Value;
use std::time::Duration;
use symbolon::config::Config;

/// Reached by a name, as passkeys need it.
pub fn named(config: &mut Config) {
    let port = crate::support::process::free_port();
    config.listen = format!("127.0.0.1:{port}").parse().expect("an address");
    config.issuer = format!("http://localhost:{port}");
}

pub async fn named_house(kind: Kind) -> House {
    House::with(kind, named).await
}

/// Signed in, on their account page.
async fn at_home(browser: &mut Browser, name: &str) -> View {
    let view = browser.get("/account").await;
    let view = if view.first("#sign-in").is_some() { browser.signs_in(&view, name).await } else { view };
    assert!(view.first("section#security").is_some(), "{} {}", view.status, view.body);
    view
}

/// What a page asks the browser for.
fn options(view: &View, kind: &str) -> Value {
    let form =
        view.first(&format!("form[data-passkey={kind}]")).unwrap_or_else(|| panic!("no passkey form: {}", view.body));
    serde_json::from_str(form.get("data-options").expect("options")).expect("JSON")
}

fn with(fields: Vec<(String, String)>, more: &[(&str, &str)]) -> Vec<(String, String)> {
    let mut fields = fields;
    fields.retain(|(name, _)| !more.iter().any(|(given, _)| name == given));
    fields.extend(more.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())));
    fields
}

/// The page that makes a passkey.
async fn new_page(browser: &mut Browser, home: &View) -> View {
    browser.post("/account/passkeys/new", &home.form("form:has(#add-passkey)")).await
}

fn made(page: &View, device: &mut Authenticator) -> Vec<(String, String)> {
    let answer = device.creates(&options(page, "create"));
    with(page.form("form[data-passkey]"), &[("answer", &answer)])
}

/// Adds a passkey to the account of who is signed in.
pub async fn adds(browser: &mut Browser, name: &str, device: &mut Authenticator) -> View {
    let home = at_home(browser, name).await;
    let page = new_page(browser, &home).await;
    browser.post("/account/passkeys", &made(&page, device)).await
}

fn signed(page: &View, device: &mut Authenticator) -> Vec<(String, String)> {
    let answer = device.signs(&options(page, "get"));
    with(page.form("form[data-passkey]"), &[("answer", &answer)])
}

/// Signs in with the passkey at the page that it sees.
pub async fn signs_in(browser: &mut Browser, page: &View, device: &mut Authenticator) -> View {
    browser.post_once("/login/passkey", &signed(page, device)).await
}

/// What an ID token says.
pub fn claims(id_token: &str) -> Value {
    let payload = id_token.split('.').nth(1).and_then(symbolon::base::encoding::from_base64url).expect("a JWT");
    serde_json::from_slice(&payload).expect("JSON")
}

fn rows(view: &View) -> Vec<String> {
    let html = scraper::Html::parse_document(&view.body);
    let selector = scraper::Selector::parse("#passkeys > [data-id]").expect("a selector");
    html.select(&selector).map(|row| row.value().attr("data-id").expect("an id").to_owned()).collect()
}

async fn revokes(browser: &mut Browser, home: &View, id: &str) -> View {
    let form = with(home.form("form:has(#add-passkey)"), &[("revoke", id)]);
    browser.post("/account/passkeys", &form).await
}

async fn events(house: &House, sub: &str) -> Vec<String> {
    house.raw().await.texts(&format!("SELECT action FROM audit_events WHERE object = 'user:{sub}' ORDER BY id")).await
}

/// Refused: the same words for everything that can be wrong, and nobody is signed in.
fn refused(view: &View, browser: &Browser, why: &str) -> String {
    assert_eq!(view.status, 422, "{why}: {} {}", view.status, view.body);
    assert!(!browser.cookies.contains_key("sym_s"), "{why}");
    let html = scraper::Html::parse_document(&view.body);
    let alert = scraper::Selector::parse("#problem").expect("a selector");
    html.select(&alert).next().expect("a problem").text().collect()
}

on_both! {
    async fn a_passkey_is_added_told_of_and_signs_in(house: House) {
        let smtp = Smtp::open().await;
        let house = House::with(house.kind, |config| { named(config); smtp.settings(config); }).await;
        let sub = house.person("ada").await;
        let (mut browser, mut device) = (house.browser(), Authenticator::new(&house));
        browser.headers.insert("user-agent".to_owned(), "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 Chrome/141.0 Safari/537.36".to_owned());
        let home = at_home(&mut browser, "ada").await;
        assert!(rows(&home).is_empty());
        let page = new_page(&mut browser, &home).await;
        assert_eq!(page.first("#name").expect("a name")["value"], "Chrome on Linux");
        let fields = made(&page, &mut device);
        let home = browser.post("/account/passkeys", &fields).await;
        assert!(home.url.ends_with("/account?done=passkey-added#security"), "{} {}", home.url, home.text());
        assert_eq!(rows(&home).len(), 1);
        assert!(home.text().contains("Chrome on Linux"));
        // What was made once isn't made twice.
        assert_eq!(browser.post("/account/passkeys", &fields).await.status, 422);
        let told = smtp.mail(1).await;
        assert!(told.text().contains("Chrome on Linux") && told.text().contains("ada@example.com"), "{}", told.text());

        let client = house.client().await;
        let mut elsewhere = house.browser();
        let asks = elsewhere.get(&client.auth_url(&[])).await;
        let page = signs_in(&mut elsewhere, &asks, &mut device).await;
        assert_eq!((page.status, page.location().starts_with("/oauth2/auth/resume?go=")), (303, true), "{}", page.body);
        let to = page.location().to_owned();
        let consent = elsewhere.get(&to).await;
        let sent = elsewhere.decides(&consent, "allow").await;
        let tokens = client.redeems(&sent.sent("code").expect("a code")).await.ok();
        let claims = claims(tokens.text("id_token"));
        assert_eq!((claims["acr"].as_str(), &claims["amr"]), (Some("urn:symbolon:acr:passkey"), &serde_json::json!(["pop", "user", "mfa"])));
        // The other browser was new to the account.
        assert!(smtp.mail(2).await.text().contains("ada@example.com"));
        let seen = events(&house, &sub).await;
        assert!(seen.contains(&"user.passkey_added".to_owned()) && seen.iter().filter(|e| *e == "session.started").count() == 2, "{seen:?}");
    }

    async fn whatever_is_wrong_with_a_passkey_the_words_are_the_same(house: House) {
        let house = named_house(house.kind).await;
        let (ada, _) = (house.person("ada").await, house.person("ben").await);
        let (mut device, mut bens) = (Authenticator::new(&house), Authenticator::new(&house));
        adds(&mut house.browser(), "ada", &mut device).await;
        adds(&mut house.browser(), "ben", &mut bens).await;
        let mut visitor = house.browser();
        let page = visitor.get("/login").await;
        let mut words = Vec::new();
        let mut tries = async |why: &str, fields: Vec<(String, String)>, browser: &mut Browser| {
            let view = browser.post_once("/login/passkey", &fields).await;
            words.push(refused(&view, browser, why));
        };
        // Unknown to us.
        let mut unknown = Authenticator::new(&house);
        tries("unknown", signed(&page, &mut unknown), &mut visitor).await;
        // Not verified by the device.
        device.verifies = false;
        tries("unverified", signed(&page, &mut device), &mut visitor).await;
        device.verifies = true;
        // Another origin, another relying party.
        let origin = std::mem::replace(&mut device.origin, "https://evil.example".to_owned());
        tries("origin", signed(&page, &mut device), &mut visitor).await;
        device.origin = origin;
        device.rp_id = "evil.example".to_owned();
        tries("rp id", signed(&page, &mut device), &mut visitor).await;
        device.rp_id = "localhost".to_owned();
        // Ben's key under Ada's name.
        let answer = device.signs(&options(&page, "get"));
        let theirs = bens.signs(&options(&page, "get"));
        let (mut mixed, theirs): (Value, Value) = (serde_json::from_str(&answer).expect("JSON"), serde_json::from_str(&theirs).expect("JSON"));
        mixed["response"]["userHandle"] = theirs["response"]["userHandle"].clone();
        let form = page.form("form[data-passkey]");
        tries("other person", with(form.clone(), &[("answer", &mixed.to_string())]), &mut visitor).await;
        // A challenge of another browser, one that is too old, no JSON, nothing.
        let other = house.browser().get("/login").await;
        let stolen = signed(&other, &mut device);
        let csrf = page.first("input[name=csrf]").expect("a form")["value"].clone();
        tries("browser", with(stolen, &[("csrf", &csrf)]), &mut visitor).await;
        for answer in ["", "{}", "null", &"x".repeat(20_000)] {
            tries("no answer", with(form.clone(), &[("answer", answer)]), &mut visitor).await;
        }
        let old = signed(&page, &mut device);
        house.wait(Duration::from_secs(601));
        tries("too old", old, &mut visitor).await;
        let page = visitor.get("/login").await;
        // A challenge that was answered before; and the same signature in time.
        let fields = signed(&page, &mut device);
        let mut honest = visitor.clone();
        assert_eq!(honest.post_once("/login/passkey", &fields).await.status, 303);
        tries("replayed", fields, &mut visitor).await;
        tries("challenge replayed", signed(&page, &mut device), &mut visitor).await;
        // A copy: its count lags behind.
        let page = visitor.get("/login").await;
        device.count -= 3;
        tries("a copy", signed(&page, &mut device), &mut visitor).await;
        assert!(events(&house, &ada).await.contains(&"user.passkey_refused".to_owned()));
        device.count += 10;
        assert_eq!(signs_in(&mut visitor.clone(), &page, &mut device).await.status, 303, "the honest one works");
        // Disabled, and removed.
        let page = visitor.get("/login").await;
        house.disables_person(&ada).await;
        tries("disabled", signed(&page, &mut device), &mut visitor).await;
        house.enables_person(&ada).await;
        house.sql("DELETE FROM passkeys").await;
        tries("removed", signed(&page, &mut device), &mut visitor).await;
        assert!(words.len() > 15 && words.iter().all(|said| *said == words[0]), "{words:?}");
    }

    async fn lg_07_passkeys_are_tried_as_often_as_passwords(house: House) {
        let house = named_house(house.kind).await;
        house.person("ada").await;
        let mut visitor = house.browser();
        let page = visitor.get("/login").await;
        let mut unknown = Authenticator::new(&house);
        let mut statuses = Vec::new();
        for _ in 0..25 {
            statuses.push(signs_in(&mut visitor, &page, &mut unknown).await.status);
        }
        assert!(statuses[..20].iter().all(|status| *status == 422) && statuses.contains(&429), "{statuses:?}");
        // LG-10: nor does a form of somebody else's page.
        let mut forged = page.form("form[data-passkey]");
        forged.retain(|(name, _)| name != "csrf");
        assert_eq!(visitor.post_once("/login/passkey", &forged).await.status, 403);
    }

    async fn one_answer_signs_in_once_however_many_come_at_once(house: House) {
        let house = named_house(house.kind).await;
        house.person("ada").await;
        let mut device = Authenticator::new(&house);
        adds(&mut house.browser(), "ada", &mut device).await;
        let mut visitor = house.browser();
        let page = visitor.get("/login").await;
        let fields = signed(&page, &mut device);
        let mut runs = tokio::task::JoinSet::new();
        for _ in 0..12 {
            let (mut browser, fields) = (visitor.clone(), fields.clone());
            runs.spawn(async move { browser.post_once("/login/passkey", &fields).await.status });
        }
        let statuses = runs.join_all().await;
        assert_eq!(statuses.iter().filter(|status| **status == 303).count(), 1, "{statuses:?}");
        // Authenticators without a count are taken again and again, each challenge once.
        device.count = 0;
        house.sql("UPDATE passkeys SET counter = 0").await;
        for _ in 0..2 {
            let page = house.browser().get("/login").await;
            let mut browser = house.browser();
            browser.cookies.insert("sym_b".to_owned(), page.headers["set-cookie"].to_str().expect("ASCII").split(['=', ';']).nth(1).expect("a value").to_owned());
            assert_eq!(signs_in(&mut browser, &page, &mut device).await.status, 303);
        }
    }

    async fn passkeys_are_renamed_and_removed_but_not_the_last_way_in(house: House) {
        let house = named_house(house.kind).await;
        let (ada, _) = (house.person("ada").await, house.person("ben").await);
        let (mut browser, mut bens) = (house.browser(), house.browser());
        let (mut first, mut second) = (Authenticator::new(&house), Authenticator::new(&house));
        adds(&mut browser, "ada", &mut first).await;
        adds(&mut bens, "ben", &mut Authenticator::new(&house)).await;
        // Nobody else's passkey, and not the same one twice.
        assert_eq!(adds(&mut bens, "ben", &mut first).await.status, 422);
        adds(&mut browser, "ada", &mut second).await;
        let home = at_home(&mut browser, "ada").await;
        let ids = rows(&home);
        assert_eq!(ids.len(), 2);
        let of_ben = rows(&at_home(&mut bens, "ben").await);
        assert_eq!(revokes(&mut browser, &home, &of_ben[0]).await.status, 404);
        let rename = |id: &str, name: &str| with(home.form("form:has(#add-passkey)"), &[("rename", id), ("name", name)]);
        assert_eq!(browser.post("/account/passkeys", &rename(&of_ben[0], "mine")).await.status, 404);
        for bad in ["", "a\u{202e}b", &"x".repeat(61)] {
            assert_eq!(browser.post("/account/passkeys", &rename(&ids[0], bad)).await.status, 422, "{bad}");
        }
        let view = browser.post("/account/passkeys", &rename(&ids[0], "Blue <b>key</b>")).await;
        assert!(view.text().contains("Blue <b>key</b>"), "{}", view.text());
        house.sql(&format!("UPDATE users SET password = NULL WHERE id = '{ada}'")).await;
        // Both at once: one stays.
        let mut runs = tokio::task::JoinSet::new();
        for id in ids.clone() {
            let (mut browser, home) = (browser.clone(), home.clone());
            runs.spawn(async move { revokes(&mut browser, &home, &id).await.status });
        }
        let mut statuses = runs.join_all().await;
        statuses.sort_unstable();
        assert_eq!(statuses, [200, 422]);
        let home = at_home(&mut browser, "ada").await;
        assert_eq!(rows(&home).len(), 1);
        house.sets_password(&ada, PASSWORD).await;
        let mut browser = house.browser();
        let home = at_home(&mut browser, "ada").await;
        let left = rows(&home);
        let view = revokes(&mut browser, &home, &left[0]).await;
        assert!(view.url.ends_with("done=passkey-removed#security") && rows(&view).is_empty(), "{}", view.url);
        let mut visitor = house.browser();
        let page = visitor.get("/login").await;
        let view = signs_in(&mut visitor, &page, &mut first).await;
        assert!(!refused(&view, &visitor, "removed").is_empty());
    }

    async fn an_address_without_a_name_has_no_passkeys_and_no_trap(house: House) {
        house.person("ada").await;
        let mut browser = house.browser();
        let page = browser.get("/login").await;
        let form = page.first("form[data-passkey]").expect("a form");
        assert!(form.contains_key("hidden") && !form.contains_key("data-options"));
        assert!(page.first("#passkey").is_some() && page.first("#use-password").is_some());
        assert!(page.first("script").is_none(), "no script where it would do nothing");
        let home = at_home(&mut browser, "ada").await;
        assert!(home.first("#add-passkey").is_none() && home.text().contains("an address with a name"), "{}", home.text());
    }
}
