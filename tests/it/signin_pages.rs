//! The pages of signing in, in Chromium with a virtual authenticator: with scripts and without, wide and narrow, by day and
//! by night.

use crate::passkeys::named_house;
use crate::second_step::Phone;
use crate::support::browser::View;
use crate::support::chromium::{Chromium, Scripts};
use crate::support::house::PASSWORD;
use crate::support::smtp::Smtp;
use crate::support::{House, Kind};
use serde_json::json;
use std::time::Duration;
use symbolon::config::SelfRegistration;
use thirtyfour::prelude::*;

/// A device with a fingerprint reader, whose person is verified or isn't.
async fn device(chromium: &Chromium, verifies: bool) -> String {
    chromium.tells("WebAuthn.enable", json!({})).await;
    let options = json!({
        "protocol": "ctap2", "transport": "internal", "hasResidentKey": true, "hasUserVerification": true,
        "isUserVerified": verifies, "automaticPresenceSimulation": true,
    });
    let added = chromium.tells("WebAuthn.addVirtualAuthenticator", json!({ "options": options })).await;
    added["authenticatorId"].as_str().unwrap_or_else(|| panic!("no authenticator: {added}")).to_owned()
}

async fn goes(house: &House, chromium: &Chromium, path: &str) {
    chromium.driver.goto(format!("{}{path}", house.app.issuer())).await.expect("goes");
}

async fn signs_in(house: &House, chromium: &Chromium) {
    goes(house, chromium, "/login?then=account").await;
    chromium.types("email", "ada@example.com").await;
    chromium.types("password", PASSWORD).await;
    chromium.click("sign-in").await;
}

async fn is_at(house: &House, chromium: &Chromium, path: &str) -> String {
    chromium.arrives_at(&format!("{}{path}", house.app.issuer())).await
}

/// Once it is there and to be seen.
async fn waits_for(chromium: &Chromium, css: &str) {
    for _ in 0..400 {
        if let Ok(found) = chromium.driver.find(By::Css(css)).await
            && found.is_displayed().await.unwrap_or(false)
        {
            return;
        }
        tokio::time::sleep(Duration::from_millis(25)).await;
    }
    panic!("no {css}: {}", chromium.driver.source().await.expect("a page"));
}

async fn is_quiet(chromium: &Chromium) {
    assert_eq!(chromium.log().await, Vec::<String>::new());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_passkey_is_made_and_signs_in_by_the_button() {
    let house = named_house(Kind::Sqlite).await;
    house.person("ada").await;
    let chromium = Chromium::start(Scripts::On).await;
    device(&chromium, true).await;
    signs_in(&house, &chromium).await;
    is_at(&house, &chromium, "/account").await;
    chromium.click("add-passkey").await;
    waits_for(&chromium, "#create-passkey").await;
    chromium.examine("passkey-new").await;
    chromium.click("create-passkey").await;
    is_at(&house, &chromium, "/account?done=passkey-added").await;
    waits_for(&chromium, "#passkeys [data-id] button[name=revoke]").await;
    chromium.examine("account-passkeys").await;
    // The same device again.
    chromium.click("add-passkey").await;
    waits_for(&chromium, "#create-passkey").await;
    chromium.click("create-passkey").await;
    waits_for(&chromium, "[data-says=known]").await;
    is_quiet(&chromium).await;
    chromium.driver.delete_all_cookies().await.expect("forgets");
    goes(&house, &chromium, "/login?then=account").await;
    // Where the browser suggests passkeys by itself and one is at hand, there may be nothing left to press.
    if let Ok(button) = chromium.driver.find(By::Id("passkey")).await {
        let _ = button.click().await;
    }
    is_at(&house, &chromium, "/account").await;
    waits_for(&chromium, "#passkeys").await;
    let amr = house.raw().await.texts("SELECT amr FROM sessions ORDER BY auth_time DESC, amr").await;
    assert!(amr.contains(&"pop user mfa".to_owned()), "{amr:?}");
    // "Verify it's you", by the same passkey: the form goes on.
    house.wait(Duration::from_secs(601));
    chromium.click("add-passkey").await;
    waits_for(&chromium, "#verify-passkey").await;
    chromium.examine("sudo").await;
    chromium.click("verify-passkey").await;
    waits_for(&chromium, "#create-passkey").await;
    is_quiet(&chromium).await;
    chromium.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_person_whom_the_device_does_not_verify_stays_outside_and_is_told() {
    let house = named_house(Kind::Sqlite).await;
    house.person("ada").await;
    let chromium = Chromium::start(Scripts::On).await;
    let id = device(&chromium, true).await;
    signs_in(&house, &chromium).await;
    is_at(&house, &chromium, "/account").await;
    chromium.click("add-passkey").await;
    waits_for(&chromium, "#create-passkey").await;
    chromium.click("create-passkey").await;
    is_at(&house, &chromium, "/account?done=passkey-added").await;
    chromium.tells("WebAuthn.setUserVerified", json!({ "authenticatorId": id, "isUserVerified": false })).await;
    chromium.driver.delete_all_cookies().await.expect("forgets");
    goes(&house, &chromium, "/login?then=account").await;
    waits_for(&chromium, "#passkey").await;
    chromium.examine("login").await;
    chromium.click("passkey").await;
    waits_for(&chromium, "[data-says=failed]").await;
    chromium.examine("login-failed").await;
    // The way beside it is one press away.
    chromium.click("use-password").await;
    chromium.types("email", "ada@example.com").await;
    chromium.types("password", PASSWORD).await;
    chromium.click("sign-in").await;
    is_at(&house, &chromium, "/account").await;
    is_quiet(&chromium).await;
    chromium.close().await;
}

/// Codes, by typing alone: the pages are the same with scripts and without.
async fn second_step(scripts: Scripts) {
    let house = named_house(Kind::Sqlite).await;
    house.person("ada").await;
    let chromium = Chromium::start(scripts).await;
    signs_in(&house, &chromium).await;
    is_at(&house, &chromium, "/account").await;
    chromium.click("add-totp").await;
    // Scripts are off for some: what stands there comes from the source.
    waits_for(&chromium, "#totp-secret").await;
    if scripts == Scripts::On {
        chromium.examine("totp-new").await;
    }
    let body = chromium.driver.source().await.expect("a page");
    let view = View { status: 200, url: String::new(), headers: reqwest::header::HeaderMap::new(), body };
    let phone = Phone::scans(&view);
    chromium.types("code", &phone.code(&house)).await;
    chromium.click("confirm-code").await;
    waits_for(&chromium, "#recovery-codes").await;
    if scripts == Scripts::On {
        chromium.examine("recovery-codes").await;
    }
    chromium.click("kept").await;
    waits_for(&chromium, "#recovery-left").await;
    chromium.driver.delete_all_cookies().await.expect("forgets");
    house.wait(Duration::from_secs(60));
    signs_in(&house, &chromium).await;
    waits_for(&chromium, "#totp-code").await;
    if scripts == Scripts::On {
        chromium.examine("second").await;
    }
    chromium.types("code", &phone.code(&house)).await;
    chromium.click("send-code").await;
    is_at(&house, &chromium, "/account").await;
    waits_for(&chromium, "#renew-recovery").await;
    house.wait(Duration::from_secs(601));
    chromium.click("renew-recovery").await;
    waits_for(&chromium, "#totp-code").await;
    chromium.types("proof_code", &phone.code(&house)).await;
    chromium.click("verify-code").await;
    waits_for(&chromium, "#recovery-codes").await;
    is_quiet(&chromium).await;
    chromium.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn codes_are_set_up_and_asked_for_with_scripts() {
    second_step(Scripts::On).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn codes_are_set_up_and_asked_for_without_scripts() {
    second_step(Scripts::Off).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn without_scripts_there_is_the_password_and_no_button_that_does_nothing() {
    let house = named_house(Kind::Sqlite).await;
    house.person("ada").await;
    let chromium = Chromium::start(Scripts::Off).await;
    goes(&house, &chromium, "/login").await;
    let button = chromium.driver.find(By::Id("passkey")).await.expect("in the page");
    assert!(!button.is_displayed().await.expect("an answer"));
    signs_in(&house, &chromium).await;
    is_at(&house, &chromium, "/account").await;
    chromium.click("add-passkey").await;
    waits_for(&chromium, ".caution").await;
    assert!(chromium.driver.source().await.expect("a page").contains("Passkeys need scripts"));
    is_quiet(&chromium).await;
    chromium.close().await;
}

/// An account of one's own making, with the meter where the password is chosen.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_account_is_made_and_the_meter_says_how_good_its_password_is() {
    let smtp = Smtp::open().await;
    let house = House::with(Kind::Sqlite, |config| {
        crate::passkeys::named(config);
        smtp.settings(config);
        config.signin.registration = SelfRegistration::Open;
    });
    let house = house.await;
    let chromium = Chromium::start(Scripts::On).await;
    goes(&house, &chromium, "/login").await;
    chromium.click("signup").await;
    chromium.examine("signup").await;
    chromium.types("email", "eve@example.com").await;
    chromium.click("sign-up").await;
    waits_for(&chromium, "#sent").await;
    chromium.examine("signup-sent").await;
    goes(&house, &chromium, &smtp.mail(1).await.link()).await;
    chromium.types("name", "Eve").await;
    let field = chromium.driver.find(By::Id("password")).await.expect("a field");
    for (typed, level) in
        [("short", 0), ("Password123!", 1), ("eve@example.com", 1), ("horsebatter", 2), ("lighthouse keeper", 4)]
    {
        field.clear().await.expect("clears");
        field.send_keys(typed).await.expect("types");
        let shown = chromium.driver.find(By::Css(format!("[data-level='{level}']"))).await.expect("a sentence");
        assert!(shown.is_displayed().await.expect("an answer"), "{typed}");
        let meter = chromium.driver.find(By::Css("[data-meter] meter")).await.expect("a meter");
        assert_eq!(meter.prop("value").await.expect("a value").as_deref(), Some(&*level.to_string()), "{typed}");
    }
    chromium.examine("signup-finish").await;
    chromium.click("finish").await;
    is_at(&house, &chromium, "/account").await;
    is_quiet(&chromium).await;
    chromium.close().await;
}
