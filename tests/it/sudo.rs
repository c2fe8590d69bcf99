//! Issue 4, "verify it's you"; security.md LG-09: something dangerous needs a fresh proof, and the form that was sent goes on.

use crate::on_both;
use crate::passkeys::{self, named_house};
use crate::second_step::{text_of, turns_on, with};
use crate::support::Browser;
use crate::support::authenticator::Authenticator;
use crate::support::browser::View;
use crate::support::house::PASSWORD;
use std::time::Duration;

/// Longer than a proof is fresh.
const LATER: Duration = Duration::from_secs(601);

async fn at(browser: &mut Browser, path: &str, name: &str) -> View {
    let view = browser.get(path).await;
    let view = if view.first("#sign-in").is_some() { browser.signs_in(&view, name).await } else { view };
    assert!(view.status == 200 && view.first("#sign-in").is_none(), "{} {}", view.status, view.body);
    view
}

fn asks(view: &View) -> bool {
    view.first("main#verify").is_some()
}

/// Proves it by password on the page that asks.
async fn proves(browser: &mut Browser, asked: &View, action: &str, password: &str) -> View {
    assert!(asks(asked), "{} {}", asked.status, asked.body);
    browser.post(action, &with(asked, "form:has(#verify-password)", &[("proof_password", password)])).await
}

on_both! {
    async fn lg_09_the_form_goes_on_under_a_new_cookie_and_the_old_one_is_dead(house: House) {
        let house = named_house(house.kind).await;
        let sub = house.person("ada").await;
        let mut browser = house.browser();
        let home = at(&mut browser, "/account", "ada").await;
        let form = home.form("form:has(#add-passkey)");
        assert!(!asks(&browser.post("/account/passkeys/new", &form).await), "just signed in");
        house.wait(LATER);
        let asked = browser.post("/account/passkeys/new", &form).await;
        assert_eq!((asked.status, asks(&asked)), (200, true), "{}", asked.body);
        let before = house.state().await;
        for wrong in ["wrong horse", "", &"x".repeat(2000)] {
            let view = proves(&mut browser, &asked, "/account/passkeys/new", wrong).await;
            assert!(asks(&view) && view.first("#create-passkey").is_none(), "{wrong}");
        }
        assert!(house.changed_since(&before).await.iter().all(|table| table == "sessions"));
        let mut copied = browser.clone();
        let old = browser.cookies["sym_s"].clone();
        let page = proves(&mut browser, &asked, "/account/passkeys/new", PASSWORD).await;
        assert!(page.first("#create-passkey").is_some(), "{}", page.body);
        assert_ne!(browser.cookies["sym_s"], old);
        assert!(copied.get_once("/account").await.location().starts_with("/login"), "the copy is dead");
        let mut device = Authenticator::new(&house);
        let added = passkeys::adds(&mut browser, "ada", &mut device).await;
        assert!(added.url.ends_with("done=passkey-added#security"), "no second question: {}", added.body);
        let events = house.raw().await.texts(&format!("SELECT action FROM audit_events WHERE object = 'user:{sub}'")).await;
        assert_eq!(events.iter().filter(|event| *event == "session.verified").count(), 1, "{events:?}");
        // How and when the person signed in stays what it was.
        let rows = house.raw().await.texts("SELECT amr FROM sessions WHERE proved_at > auth_time").await;
        assert_eq!(rows, ["pwd"]);
        // By the passkey, and not by somebody else's.
        house.person("ben").await;
        let mut bens = Authenticator::new(&house);
        passkeys::adds(&mut house.browser(), "ben", &mut bens).await;
        house.wait(LATER);
        let asked = browser.post("/account/passkeys/new", &form).await;
        let by = |asked: &View, device: &mut Authenticator| {
            let options = &asked.first("form[data-passkey]").expect("a form")["data-options"];
            let answer = device.signs(&serde_json::from_str(options).expect("JSON"));
            with(asked, "form[data-passkey]", &[("proof_answer", &answer)])
        };
        let view = browser.post("/account/passkeys/new", &by(&asked, &mut bens)).await;
        assert_eq!((view.status, asks(&view)), (422, true));
        let view = browser.post("/account/passkeys/new", &by(&view, &mut device)).await;
        assert!(view.first("#create-passkey").is_some(), "{}", view.body);
    }

    async fn whatever_is_dangerous_in_the_console_asks_and_then_happens(house: House) {
        let (ada, root) = (house.person("ada").await, house.admin("root").await);
        let client = house.client().await;
        let mut browser = house.browser();
        let page = at(&mut browser, &format!("/admin/users/{ada}"), "root").await;
        let csrf = page.first("input[name=csrf]").expect("a form")["value"].clone();
        let mut adas = house.browser();
        let home = at(&mut adas, "/account", "ada").await;
        let adas_csrf = home.first("input[name=csrf]").expect("a form")["value"].clone();
        house.wait(LATER);
        let user = |act: &str| format!("/admin/users/{ada}/{act}");
        let of_client = |act: &str| format!("/admin/clients/{}/{act}", client.id);
        for path in [user("role"), user("password"), user("delete"), user("reset-factors"), of_client("rotate"), of_client("delete"),
                     "/admin/keys/rotate".to_owned(), "/admin/keys/retire".to_owned()] {
            let before = house.state().await;
            let view = browser.post(&path, &[("csrf".to_owned(), csrf.clone()), ("role".to_owned(), "auditor".to_owned())]).await;
            assert!(asks(&view), "{path}: {} {}", view.status, view.body);
            // Sessions are seen.
            let changed = house.changed_since(&before).await;
            assert!(changed.iter().all(|table| table == "sessions"), "{path}: {changed:?}");
            // For everybody else there is nothing there, and nothing is asked.
            let view = adas.post(&path, &[("csrf".to_owned(), adas_csrf.clone())]).await;
            assert_eq!(view.status, 404, "{path}");
            // LG-10: a form of another page isn't even asked about.
            let view = browser.post(&path, &[("csrf".to_owned(), "x".to_owned()), ("proof_password".to_owned(), PASSWORD.to_owned())]).await;
            assert_eq!(view.error_code().as_deref(), Some("forged_form"), "{path}");
        }
        let asked = browser.post(&user("role"), &[("csrf".to_owned(), csrf), ("role".to_owned(), "auditor".to_owned()), ("x\"><b>".to_owned(), "<script>".to_owned())]).await;
        assert!(!asked.body.contains("<script>") && !asked.body.contains("<b>"), "{}", asked.body);
        let done = proves(&mut browser, &asked, &user("role"), PASSWORD).await;
        assert!(done.url.ends_with(&ada) && done.status == 200, "{} {}", done.url, done.body);
        assert_eq!(house.raw().await.texts(&format!("SELECT role FROM users WHERE id = '{ada}'")).await, ["auditor"]);
        assert_eq!(house.raw().await.texts(&format!("SELECT role FROM users WHERE id = '{root}'")).await, ["owner"]);
    }

    async fn who_has_codes_proves_it_by_one_and_not_by_password(house: House) {
        house.person("ada").await;
        let mut browser = house.browser();
        let (phone, recovery) = turns_on(&house, &mut browser, "ada").await;
        house.wait(LATER);
        let home = browser.get("/account").await;
        let form = home.form("form:has(#renew-recovery)");
        let asked = browser.post("/account/recovery-codes", &form).await;
        assert!(asks(&asked) && asked.first("#totp-code").is_some() && asked.first("#proof_password").is_none(), "{}", asked.body);
        let view = browser.post("/account/recovery-codes", &with(&asked, "form:has(#verify-code)", &[("proof_password", PASSWORD)])).await;
        assert!(asks(&view), "{}", view.body);
        let view = browser.post("/account/recovery-codes", &with(&asked, "form:has(#verify-code)", &[("proof_code", "000000")])).await;
        assert_eq!((view.status, asks(&view)), (422, true));
        assert!(text_of(&view, "#problem").contains("isn’t right"));
        let view = browser.post("/account/recovery-codes", &with(&asked, "form:has(#verify-code)", &[("proof_code", &phone.code(&house))])).await;
        assert!(view.first("#recovery-codes").is_some(), "{}", view.body);
        // A new password isn't had for the password alone either; a recovery code of before is worth nothing.
        house.wait(LATER);
        let home = browser.get("/account").await;
        let change = with(&home, "form:has(#change-password)", &[("current", PASSWORD), ("password", "four otters in a boat")]);
        let asked = browser.post("/account/password", &change).await;
        assert!(asks(&asked), "{}", asked.body);
        let view = browser.post("/account/password", &with(&asked, "form:has(#verify-recovery)", &[("proof_recovery", &recovery[0])])).await;
        assert_eq!(view.status, 422);
        let view = browser.post("/account/password", &with(&asked, "form:has(#verify-code)", &[("proof_code", &phone.code(&house))])).await;
        assert!(view.url.ends_with("done=password#security"), "{} {}", view.url, view.body);
        assert!(browser.get_once("/account").await.status == 200, "under the cookie of the change");
    }

    async fn a_form_that_asks_for_the_password_asks_once(house: House) {
        house.person("ada").await;
        let mut browser = house.browser();
        let home = at(&mut browser, "/account", "ada").await;
        house.wait(LATER);
        let change = |current: &str| with(&home, "form:has(#change-password)", &[("current", current), ("password", "four otters in a boat")]);
        assert_eq!(browser.post("/account/password", &change("wrong horse")).await.status, 422);
        let view = browser.post("/account/password", &change(PASSWORD)).await;
        assert!(view.url.ends_with("done=password#security"), "{}", view.url);
    }

    async fn lg_03_guessing_there_is_as_slow_as_signing_in(house: House) {
        house.person("ada").await;
        let mut browser = house.browser();
        let home = at(&mut browser, "/account", "ada").await;
        house.wait(LATER);
        let form = home.form("form:has(#add-totp)");
        let asked = browser.post("/account/totp/new", &form).await;
        let mut statuses = Vec::new();
        for _ in 0..8 {
            statuses.push(proves(&mut browser, &asked, "/account/totp/new", "wrong horse").await.status);
        }
        assert!(statuses[..5].iter().all(|status| *status == 422) && statuses.contains(&429), "{statuses:?}");
        let view = proves(&mut browser, &asked, "/account/totp/new", PASSWORD).await;
        assert!(view.status == 429 && view.headers.contains_key("retry-after"));
    }
}
