//! security.md H: sessions of browsers, their cookies, their end.

use crate::on_both;
use crate::support::house::PASSWORD;
use crate::support::{Browser, House, Kind};
use std::time::Duration;
use symbolon::base::id::UserId;
use symbolon::signin::session;

const DAY: Duration = Duration::from_secs(86_400);

async fn signs_in(browser: &mut Browser, name: &str) {
    let view = browser.get("/login").await;
    let view = browser.signs_in(&view, name).await;
    assert_eq!(view.status, 200, "{}", view.body);
}

async fn signed_in(browser: &mut Browser) -> bool {
    browser.get("/").await.text().contains("You are signed in")
}

async fn signs_out(browser: &mut Browser) {
    let view = browser.get("/logout").await;
    let view = browser.post("/logout", &view.form("form:has(#sign-out)")).await;
    assert_eq!(view.status, 200, "{}", view.body);
}

/// Another browser with the same cookies: stolen, or from a backup.
fn copy(browser: &Browser) -> Browser {
    browser.clone()
}

on_both! {
    async fn lg_09_every_sign_in_gives_a_new_session_and_ends_the_old(house: House) {
        house.person("ada").await;
        house.person("bob").await;
        // A cookie that an attacker planted.
        let mut browser = house.browser();
        let planted = "A".repeat(43);
        browser.cookies.insert("sym_s".to_owned(), planted.clone());
        signs_in(&mut browser, "ada").await;
        let first = browser.cookies["sym_s"].clone();
        assert_ne!(first, planted);
        let mut attacker = house.browser();
        attacker.cookies.insert("sym_s".to_owned(), planted);
        assert!(!signed_in(&mut attacker).await);
        // The same person again, as a client's `prompt=login` has it; then another one.
        for name in ["ada", "bob"] {
            let (mut before, old) = (copy(&browser), browser.cookies["sym_s"].clone());
            assert!(signed_in(&mut before).await);
            signs_in(&mut browser, name).await;
            assert_ne!(browser.cookies["sym_s"], old, "{name}");
            assert!(!signed_in(&mut before).await, "{name}");
            assert!(signed_in(&mut browser).await, "{name}");
        }
        // A planted cookie beside the real one makes neither count.
        let mut twice = house.browser();
        twice.headers.insert("cookie".to_owned(), format!("sym_s={}; sym_s={}", "A".repeat(43), browser.cookies["sym_s"]));
        assert!(!signed_in(&mut twice).await);
    }

    async fn lg_12_a_session_that_ended_is_nobody_s_at_once_and_on_every_server(house: House) {
        let twin = if house.kind == Kind::Postgres { Some(house.twin().await) } else { None };
        for end in ["sign-out", "disable", "delete", "end all sessions"] {
            let name = end.replace([' ', '-'], "");
            let sub = UserId::from(house.person(&name).await);
            let mut browser = house.browser();
            signs_in(&mut browser, &name).await;
            let mut thief = copy(&browser);
            assert!(signed_in(&mut thief).await, "{end}");
            if let Some(twin) = &twin {
                assert!(signed_in(&mut thief.at(twin)).await, "{end}");
            }
            let mut tx = house.app.db.begin().await.expect("begins");
            match end {
                "sign-out" => {
                    drop(tx);
                    signs_out(&mut browser).await;
                    assert!(!browser.cookies.contains_key("sym_s"), "the cookie is taken away");
                }
                "disable" => {
                    symbolon::people::store::set_enabled(&mut tx, &sub, false, house.now()).await.expect("disables");
                    tx.commit().await.expect("commits");
                }
                "delete" => {
                    symbolon::people::store::delete(&mut tx, &sub).await.expect("deletes");
                    tx.commit().await.expect("commits");
                }
                _ => {
                    session::end_all(&mut tx, &sub).await.expect("ends");
                    tx.commit().await.expect("commits");
                }
            }
            assert!(!signed_in(&mut thief).await, "{end}");
            if let Some(twin) = &twin {
                assert!(!signed_in(&mut thief.at(twin)).await, "{end}");
            }
        }
    }

    async fn lg_12_what_was_signed_out_does_not_come_back_with_the_next_sign_in(house: House) {
        house.person("ada").await;
        let mut browser = house.browser();
        signs_in(&mut browser, "ada").await;
        let mut thief = copy(&browser);
        signs_out(&mut browser).await;
        signs_in(&mut browser, "ada").await;
        assert!(signed_in(&mut browser).await);
        assert!(!signed_in(&mut thief).await);
    }

    async fn lg_22_sessions_end_when_unused_and_at_last_whatever_is_done(house: House) {
        house.person("ada").await;
        // Unused for seven days.
        let mut idle = house.browser();
        signs_in(&mut idle, "ada").await;
        house.wait(7 * DAY - Duration::from_secs(60));
        assert!(signed_in(&mut copy(&idle)).await);
        house.wait(7 * DAY - Duration::from_secs(60));
        assert!(signed_in(&mut copy(&idle)).await);
        house.wait(7 * DAY + Duration::from_secs(1));
        assert!(!signed_in(&mut idle).await);
        // Used all the time, and signed in again on the way: thirty days.
        let mut busy = house.browser();
        signs_in(&mut busy, "ada").await;
        for day in 1..30 {
            house.wait(DAY);
            assert!(signed_in(&mut busy).await, "day {day}");
            if day == 15 {
                signs_in(&mut busy, "ada").await;
            }
        }
        house.wait(DAY + Duration::from_secs(60));
        assert!(!signed_in(&mut busy).await);
    }

    async fn lg_21_a_sign_in_is_finished_in_the_browser_that_began_it(house: House) {
        house.person("ada").await;
        let client = house.client_with(|m| m.trusted = true).await;
        let mut victim = house.browser();
        let page = victim.get(&client.auth_url(&[])).await;
        let mut other = house.browser();
        let view = other.get_once(page.url.strip_prefix(&house.url).expect("ours")).await;
        assert_eq!((view.status, view.error_code().as_deref()), (400, Some("interaction_expired")));
        // Nor does it help to have signed in there.
        signs_in(&mut other, "ada").await;
        let go = page.first("input[name=go]").expect("a field")["value"].clone();
        let view = other.get_once(&format!("/oauth2/auth/resume?go={go}")).await;
        assert_eq!((view.status, view.sent("code")), (400, None));
        assert!(victim.signs_in(&page, "ada").await.sent("code").is_some());
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn lg_11_cookies_are_kept_as_tight_as_browsers_can() {
    for (issuer, prefix, secure) in [("https://id.example", "__Host-", true), ("http://127.0.0.1:4444", "", false)] {
        let house = House::with(Kind::Sqlite, |config| config.issuer = issuer.to_owned()).await;
        house.person("ada").await;
        let mut browser = house.browser();
        let mut set = Vec::new();
        let page = browser.get_once("/login").await;
        set.extend(page.headers.get_all("set-cookie").iter().cloned());
        let mut fields = page.form("form:has(#sign-in)");
        fields.retain(|(name, _)| name == "csrf");
        fields.push(("email".to_owned(), "ada@example.com".to_owned()));
        fields.push(("password".to_owned(), PASSWORD.to_owned()));
        let view = browser.post_once("/login", &fields).await;
        assert_eq!(view.status, 303, "{}", view.body);
        set.extend(view.headers.get_all("set-cookie").iter().cloned());
        let page = browser.get_once("/logout").await;
        let view = browser.post_once("/logout", &page.form("form:has(#sign-out)")).await;
        set.extend(view.headers.get_all("set-cookie").iter().cloned());
        let mut names = Vec::new();
        for cookie in &set {
            let cookie = cookie.to_str().expect("ASCII");
            let mut parts = cookie.split("; ");
            let (name, value) = parts.next().and_then(|pair| pair.split_once('=')).expect("a pair");
            let attributes: Vec<&str> = parts.collect();
            assert!(name.starts_with(prefix), "{cookie}");
            for needed in ["Path=/", "HttpOnly", "SameSite=Lax"] {
                assert!(attributes.contains(&needed), "{cookie}");
            }
            assert_eq!(attributes.contains(&"Secure"), secure, "{cookie}");
            assert!(!attributes.iter().any(|attribute| attribute.starts_with("Domain")), "{cookie}");
            // 22 characters of base64url are 128 bits; an empty one takes the cookie away.
            let taken = value.is_empty() && attributes.contains(&"Max-Age=0");
            assert!((taken || value.len() >= 22) && cookie.len() <= 4096, "{cookie}");
            names.push((name.trim_start_matches("__Host-").to_owned(), taken));
        }
        names.sort();
        let expected = [("sym_b", false), ("sym_d", false), ("sym_s", false), ("sym_s", true)];
        assert_eq!(names, expected.map(|(name, taken)| (name.to_owned(), taken)));
    }
}
