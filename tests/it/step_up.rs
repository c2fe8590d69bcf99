//! security.md LG-19; OIDC Core §3.1.2.1, §5.5.1.1; RFC 9470: `acr_values`, an essential `acr`, and what tokens say.

use crate::on_both;
use crate::passkeys::{self, claims, named_house};
use crate::second_step::{turns_on, with};
use crate::support::authenticator::Authenticator;
use crate::support::{Browser, Client, House};
use serde_json::json;

const PASSWORD: &str = "urn:symbolon:acr:password";
const TWO_STEPS: &str = "urn:symbolon:acr:two-steps";
const PASSKEY: &str = "urn:symbolon:acr:passkey";

fn essential(acr: &str) -> String {
    json!({ "id_token": { "acr": { "essential": true, "values": [acr] } } }).to_string()
}

async fn trusted(house: &House) -> Client {
    house.client_with(|m| m.trusted = true).await
}

/// Signed in by password alone.
async fn arrived(house: &House, name: &str) -> Browser {
    let mut browser = house.browser();
    let page = browser.get("/login").await;
    browser.signs_in(&page, name).await;
    browser
}

async fn acr_of(client: &Client, code: Option<String>) -> (String, serde_json::Value) {
    let tokens = client.redeems(&code.expect("a code")).await.ok();
    let said = claims(tokens.text("id_token"));
    let introspected = client.introspects(tokens.text("access_token")).await;
    assert_eq!(introspected["acr"], said["acr"], "introspection says the same");
    (said["acr"].as_str().expect("an acr").to_owned(), said["amr"].clone())
}

on_both! {
    async fn lg_19_what_a_person_cannot_meet_is_refused_and_never_told_as_met(house: House) {
        house.person("ada").await;
        let client = trusted(&house).await;
        for acr in [TWO_STEPS, PASSKEY] {
            for (name, value) in [("acr_values", acr.to_owned()), ("claims", essential(acr))] {
                for prompt in ["", "none", "login"] {
                    let mut browser = arrived(&house, "ada").await;
                    let mut view = browser.get(&client.auth_url(&[(name, &value), ("prompt", prompt)])).await;
                    if prompt == "login" {
                        view = browser.signs_in(&view, "ada").await;
                    }
                    assert_eq!(view.sent("error").as_deref(), Some("unmet_authentication_requirements"), "{name} {acr} {prompt}: {}", view.body);
                }
            }
        }
        let mut browser = arrived(&house, "ada").await;
        // What they can meet is met; what nobody knows changes nothing.
        for (name, value) in [("acr_values", PASSWORD.to_owned()), ("claims", essential(PASSWORD)), ("acr_values", format!("{PASSKEY} {PASSWORD}")), ("acr_values", "1 2".to_owned())] {
            let view = browser.get_once(&client.auth_url(&[(name, &value)])).await;
            assert_eq!(acr_of(&client, view.sent("code")).await.0, PASSWORD, "{value}");
        }
    }

    async fn lg_19_a_session_of_before_is_led_to_the_missing_step(house: House) {
        house.person("ada").await;
        let client = trusted(&house).await;
        let mut browsers = [arrived(&house, "ada").await, arrived(&house, "ada").await];
        let (phone, _) = turns_on(&house, &mut house.browser(), "ada").await;
        let view = browsers[0].get_once(&client.auth_url(&[("acr_values", TWO_STEPS), ("prompt", "none")])).await;
        assert_eq!(view.sent("error").as_deref(), Some("login_required"));
        let wishes = [("acr_values", TWO_STEPS.to_owned()), ("claims", essential(TWO_STEPS))];
        for (browser, (name, value)) in browsers.iter_mut().zip(wishes) {
            let page = browser.get(&client.auth_url(&[(name, &value)])).await;
            assert!(page.first("#sign-in").is_some() && page.text().contains("asks for more than you signed in with"), "{}", page.body);
            let second = browser.signs_in(&page, "ada").await;
            let view = browser.post("/login/code", &with(&second, "form:has(#send-code)", &[("code", &phone.code(&house))])).await;
            let (acr, amr) = acr_of(&client, view.sent("code")).await;
            assert_eq!((&*acr, amr), (TWO_STEPS, json!(["pwd", "otp", "mfa"])));
            // From now on the session has it: no page at all.
            let view = browser.get_once(&client.auth_url(&[(name, &value), ("prompt", "none")])).await;
            assert_eq!(acr_of(&client, view.sent("code")).await.0, TWO_STEPS);
            house.wait(std::time::Duration::from_secs(60));
        }
        // Out of reach it stays.
        let view = browsers[0].get_once(&client.auth_url(&[("acr_values", PASSKEY)])).await;
        assert_eq!(view.sent("error").as_deref(), Some("unmet_authentication_requirements"));
    }

    async fn lg_19_only_a_passkey_will_do_where_it_is_asked_for(house: House) {
        let house = named_house(house.kind).await;
        house.person("ada").await;
        let client = trusted(&house).await;
        let mut device = Authenticator::new(&house);
        passkeys::adds(&mut house.browser(), "ada", &mut device).await;
        for acr in [PASSKEY, TWO_STEPS] {
            let mut browser = arrived(&house, "ada").await;
            let page = browser.get(&client.auth_url(&[("acr_values", acr)])).await;
            assert!(page.first("#passkey").is_some() && page.first("#password").is_none(), "{acr}: {}", page.body);
            assert!(page.text().contains("asks for a sign-in with your passkey"));
            let view = passkeys::signs_in(&mut browser, &page, &mut device).await;
            let view = browser.get(view.location()).await;
            let (told, amr) = acr_of(&client, view.sent("code")).await;
            // What was named and is met: a client that compares finds it.
            assert_eq!((&*told, amr), (acr, json!(["pop", "user", "mfa"])));
            let view = browser.get_once(&client.auth_url(&[("claims", &essential(PASSWORD)), ("prompt", "none")])).await;
            assert_eq!(acr_of(&client, view.sent("code")).await.0, PASSWORD);
            let view = browser.get_once(&client.auth_url(&[("prompt", "none")])).await;
            assert_eq!(acr_of(&client, view.sent("code")).await.0, PASSKEY);
        }
        let mut browser = arrived(&house, "ada").await;
        // Trying it with the password anyway leads back to the question.
        let page = browser.get(&client.auth_url(&[("acr_values", PASSKEY)])).await;
        let mut fields = page.form("form[data-passkey]");
        fields.retain(|(name, _)| name == "csrf" || name == "go");
        fields.extend([("email".to_owned(), "ada@example.com".to_owned()), ("password".to_owned(), crate::support::house::PASSWORD.to_owned())]);
        let view = browser.post("/login", &fields).await;
        assert!(view.first("#passkey").is_some() && view.sent("code").is_none(), "{} {}", view.status, view.location());
    }

    async fn s16_what_is_published_is_what_this_deployment_can_give(house: House) {
        let by_name = named_house(house.kind).await;
        for (house, expected) in [(&by_name, json!([PASSWORD, TWO_STEPS, PASSKEY])), (&house, json!([PASSWORD, TWO_STEPS]))] {
            let document = house.http().get(format!("{}/.well-known/openid-configuration", house.url)).send().await.expect("an answer");
            let document: serde_json::Value = document.json().await.expect("JSON");
            assert_eq!(document["acr_values_supported"], expected);
        }
    }
}
