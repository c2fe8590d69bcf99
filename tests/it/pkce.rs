//! RFC 7636, RFC 9700 §4.8: only who began a flow can finish it (PK-05 to PK-10).

use crate::on_both;
use crate::support::client::VERIFIER;
use crate::support::{Browser, Client, House};
use symbolon::clients::{AuthMethod, Metadata};
use symbolon::oauth::pkce;

fn trusted(m: &mut Metadata) {
    m.trusted = true;
}

fn public(m: &mut Metadata) {
    m.trusted = true;
    m.token_endpoint_auth_method = AuthMethod::None;
}

async fn ada(house: &House) -> Browser {
    house.person("ada").await;
    let mut browser = house.browser();
    browser.arrives_as("ada").await;
    browser
}

/// Presents a code with this verifier, or with none.
async fn presents(client: &Client, code: &str, verifier: Option<&str>) -> crate::support::Answer {
    let mut form =
        vec![("grant_type", "authorization_code"), ("code", code), ("redirect_uri", client.redirect_uri.as_str())];
    form.extend(verifier.map(|verifier| ("code_verifier", verifier)));
    client.token(&form).await
}

const BARE: [(&str, &str); 2] = [("code_challenge", ""), ("code_challenge_method", "")];

/// What the audit trail says of a client's reuse: which parameter, newest first.
async fn told(house: &House, client: &Client) -> Vec<String> {
    let events = symbolon::audit::about(&house.app.db, &format!("client:{}", client.id), 20).await.expect("reads");
    let reused = events.into_iter().filter(|event| event.action == "client.pkce_challenge_reused");
    reused.map(|event| event.detail["parameter"].as_str().expect("a name").to_owned()).collect()
}

on_both! {
    async fn pk_15_a_challenge_that_stays_the_same_is_told(house: House) {
        let mut browser = ada(&house).await;
        let client = house.client_with(trusted).await;
        let code = async |browser: &mut Browser, nonce: &str, verifier: &str| {
            let challenge = pkce::transform(verifier);
            let view = browser.get_once(&client.auth_url(&[("nonce", nonce), ("code_challenge", &challenge)])).await;
            view.sent("code").expect("a code")
        };
        let other = "a-verifier-that-nobody-has-used-before-00000000";
        code(&mut browser, "n1", VERIFIER).await;
        code(&mut browser, "n2", other).await;
        assert_eq!(told(&house, &client).await, Vec::<String>::new());
        code(&mut browser, "n3", VERIFIER).await;
        assert_eq!(told(&house, &client).await, ["code_challenge"]);
        // Once is enough for ten minutes, and everybody is served.
        let code_in_time = code(&mut browser, "n3", VERIFIER).await;
        assert_eq!(told(&house, &client).await.len(), 1);
        client.redeems(&code_in_time).await.ok();
        house.wait(std::time::Duration::from_secs(601));
        code(&mut browser, "n4", VERIFIER).await;
        assert_eq!(told(&house, &client).await.len(), 1, "the time is over");
        code(&mut browser, "n4", "another-verifier-that-nobody-has-used-before-00").await;
        assert_eq!(told(&house, &client).await, ["nonce", "code_challenge"]);
        // Another client has its own.
        let second = house.client_with(trusted).await;
        browser.get_once(&second.auth_url(&[])).await.sent("code").expect("a code");
        assert_eq!(told(&house, &second).await, Vec::<String>::new());
    }

    async fn pk_15_where_it_is_wanted_the_third_is_refused(house: House) {
        let house = House::with(house.kind, |config| config.authorization.refuse_reused = true).await;
        let mut browser = ada(&house).await;
        let client = house.client_with(trusted).await;
        for nonce in ["n1", "n2"] {
            browser.get_once(&client.auth_url(&[("nonce", nonce)])).await.sent("code").expect("a code");
        }
        let refused = browser.get_once(&client.auth_url(&[("nonce", "n3")])).await;
        assert_eq!((refused.sent("error").as_deref(), refused.sent("code")), (Some("invalid_request"), None));
        let fresh = pkce::transform("a-verifier-that-nobody-has-used-before-00000000");
        let view = browser.get_once(&client.auth_url(&[("nonce", "n4"), ("code_challenge", &fresh)])).await;
        view.sent("code").expect("a code");
        house.wait(std::time::Duration::from_secs(601));
        browser.get_once(&client.auth_url(&[("nonce", "n5")])).await.sent("code").expect("a code");
    }

    async fn pk_05_who_must_use_pkce_must(house: House) {
        let mut browser = ada(&house).await;
        let loopback = house
            .client_with(|m| {
                public(m);
                m.redirect_uris = vec!["http://127.0.0.1:1/cb".to_owned()];
            })
            .await;
        let web = house.client_with(public).await;
        let strict = house
            .client_with(|m| {
                m.trusted = true;
                m.require_pkce = true;
            })
            .await;
        for client in [&loopback, &web, &strict] {
            let before = house.state().await;
            browser.get_once(&client.auth_url(&BARE)).await.is_refusal(client, "invalid_request");
            browser.get_once(&client.auth_url(&[("code_challenge", "")])).await.is_refusal(client, "invalid_request");
            assert_eq!(house.state().await, before);
        }
        for client in [&web, &strict] {
            let code = client.code(&mut browser, "ada", &[]).await;
            client.redeems(&code).await.ok();
        }
        // RFC 6749 clients with a secret do without.
        let legacy = house.client_with(trusted).await;
        let code = legacy.code(&mut browser, "ada", &BARE).await;
        presents(&legacy, &code, None).await.ok();
    }

    async fn pk_06_the_method_is_s256(house: House) {
        let mut browser = ada(&house).await;
        for client in [house.client_with(trusted).await, house.client_with(public).await] {
            for method in ["plain", "", "s256", "S512", "S256 plain", "none"] {
                browser
                    .get_once(&client.auth_url(&[("code_challenge_method", method)]))
                    .await
                    .is_refusal(&client, "invalid_request");
            }
            let plain = [("code_challenge", VERIFIER), ("code_challenge_method", "plain")];
            browser.get_once(&client.auth_url(&plain)).await.is_refusal(&client, "invalid_request");
            let lonely = [("code_challenge", ""), ("code_challenge_method", "S256")];
            browser.get_once(&client.auth_url(&lonely)).await.is_refusal(&client, "invalid_request");
            browser.get_once(&client.auth_url(&[])).await.has_code(&client);
        }
    }

    async fn pk_07_a_challenge_wants_its_verifier(house: House) {
        let mut browser = ada(&house).await;
        for client in [house.client_with(trusted).await, house.client_with(public).await] {
            for verifier in [None, Some("")] {
                let code = client.code(&mut browser, "ada", &[]).await;
                presents(&client, &code, verifier).await.is(400, "invalid_grant");
                client.redeems(&code).await.is(400, "invalid_grant");
            }
            let code = client.code(&mut browser, "ada", &[]).await;
            client.redeems(&code).await.ok();
        }
    }

    async fn pk_08_a_verifier_wants_its_challenge(house: House) {
        let mut browser = ada(&house).await;
        let legacy = house.client_with(trusted).await;
        let code = legacy.code(&mut browser, "ada", &BARE).await;
        presents(&legacy, &code, Some(VERIFIER)).await.is(400, "invalid_grant");
        presents(&legacy, &code, None).await.is(400, "invalid_grant");
        let code = legacy.code(&mut browser, "ada", &BARE).await;
        presents(&legacy, &code, None).await.ok();
    }

    async fn pk_09_only_the_very_verifier_will_do(house: House) {
        let mut browser = ada(&house).await;
        let client = house.client_with(public).await;
        let challenge = pkce::transform(VERIFIER);
        let wrong = [
            VERIFIER.to_uppercase(),
            VERIFIER.to_lowercase(),
            format!("{VERIFIER}A"),
            VERIFIER.replace('d', "e"),
            challenge,
            "a".repeat(128),
        ];
        for verifier in &wrong {
            let code = client.code(&mut browser, "ada", &[]).await;
            presents(&client, &code, Some(verifier)).await.is(400, "invalid_grant");
            client.redeems(&code).await.is(400, "invalid_grant");
            assert_eq!(
                house.trail_of_code(&code).await.last().map(String::as_str),
                Some("grant.code_injection_suspected")
            );
        }
        let code = client.code(&mut browser, "ada", &[]).await;
        let malformed = [
            "a".repeat(42),
            "a".repeat(129),
            format!("{VERIFIER}\n"),
            format!("{VERIFIER}="),
            format!("{VERIFIER} "),
            format!(" {VERIFIER}"),
            format!("{VERIFIER}+"),
            format!("{VERIFIER}/"),
            format!("{VERIFIER}é"),
            "x".to_owned(),
            format!("\u{feff}{VERIFIER}"),
        ];
        for verifier in &malformed {
            presents(&client, &code, Some(verifier)).await.is(400, "invalid_request");
        }
        // A request that isn't one has presented nothing.
        client.redeems(&code).await.ok();
        // RFC 7636 §4.1: the shortest and the longest.
        for verifier in ["a".repeat(43), "Z9-._~".repeat(21) + "ab"] {
            let code = client.code(&mut browser, "ada", &[("code_challenge", &pkce::transform(&verifier))]).await;
            presents(&client, &code, Some(&verifier)).await.ok();
        }
    }

    async fn pk_10_a_challenge_is_43_characters_of_base64url(house: House) {
        let mut browser = ada(&house).await;
        let client = house.client_with(trusted).await;
        let good = pkce::transform(VERIFIER);
        for bad in [
            "x",
            &good[..42],
            &format!("{good}A"),
            &format!("{good}="),
            &good.replace('-', "+"),
            &good.replace('-', "/"),
            &good.replace('E', "é"),
            &good.replace('E', " "),
            &"A".repeat(86),
            &format!("{}.", &good[..42]),
            &format!("{}\n", &good[..42]),
            // Not canonical: the last character carries bits that no hash has.
            &format!("{}N", &good[..42]),
        ] {
            let before = house.state().await;
            browser.get_once(&client.auth_url(&[("code_challenge", bad)])).await.is_refusal(&client, "invalid_request");
            assert_eq!(house.state().await, before);
        }
        browser.get_once(&client.auth_url(&[])).await.has_code(&client);
    }
}
