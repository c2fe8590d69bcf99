//! OIDC Core §5: userinfo, claims, the claims parameter; security.md, RV-09 to RV-12; oidc.md, 33 to 37.

use crate::on_both;
use crate::support::client::{answer, claims};
use crate::support::{Client, House};
use serde_json::{Value, json};
use std::collections::BTreeSet;
use symbolon::clients::{AuthMethod, GrantType};

/// A person of whom everything is known.
fn everything() -> Value {
    json!({
        "name": "Ada Lovelace", "given_name": "Ada", "family_name": "Lovelace", "middle_name": "King",
        "nickname": "Countess", "preferred_username": "ada", "profile": "https://ada.example/",
        "picture": "https://ada.example/me.png", "website": "https://analytical.example/", "gender": "female",
        "birthdate": "1815-12-10", "zoneinfo": "Europe/London", "locale": "en-GB", "email_verified": true,
        "phone_number": "+44 20 7946 0000", "phone_number_verified": false,
        "address": {
            "formatted": "12 St James's Square\nLondon", "street_address": "12 St James's Square",
            "locality": "London", "region": "Westminster", "postal_code": "SW1Y 4JH", "country": "UK"
        }
    })
}

const PROFILE: [&str; 14] = [
    "name",
    "family_name",
    "given_name",
    "middle_name",
    "nickname",
    "preferred_username",
    "profile",
    "picture",
    "website",
    "gender",
    "birthdate",
    "zoneinfo",
    "locale",
    "updated_at",
];

/// The claims of each scope (§5.4).
fn of_scope(scope: &str) -> Vec<&'static str> {
    match scope {
        "profile" => PROFILE.to_vec(),
        "email" => vec!["email", "email_verified"],
        "address" => vec!["address"],
        "phone" => vec!["phone_number", "phone_number_verified"],
        _ => vec![],
    }
}

fn names(object: &Value) -> BTreeSet<&str> {
    object.as_object().expect("an object").keys().map(String::as_str).collect()
}

/// What a request with this scope and `claims` gives: the ID token's claims and userinfo's.
async fn told(house: &House, client: &Client, scope: &str, claims_parameter: &str) -> (Value, Value) {
    let more = [("scope", scope), ("claims", claims_parameter)];
    let tokens = client.tokens(&mut house.browser(), "ada", &more).await;
    let me = client.userinfo(tokens.text("access_token")).await.ok();
    (claims(tokens.text("id_token")), me.body)
}

on_both! {
    async fn s5_3_the_token_comes_by_header_or_form(house: House) {
        house.person("ada").await;
        let client = house.client().await;
        let tokens = client.tokens(&mut house.browser(), "ada", &[]).await;
        let token = tokens.text("access_token");
        let sub = claims(tokens.text("id_token"))["sub"].clone();
        for scheme in ["Bearer", "bearer", "BEARER"] {
            for method in ["GET", "POST"] {
                let request = client.request(method, "/userinfo").header("authorization", format!("{scheme} {token}"));
                let me = answer(request).await.ok();
                assert_eq!(me.body["sub"], sub);
                assert_eq!(me.headers["content-type"], "application/json");
                assert_eq!(me.headers["cache-control"], "no-store");
            }
        }
        let form = client.request("POST", "/userinfo").form(&[("access_token", token)]);
        assert_eq!(answer(form).await.ok().body["sub"], sub);
        // RFC 6750 §2.2: not with GET.
        assert_eq!(answer(client.request("GET", "/userinfo").form(&[("access_token", token)])).await.status, 401);
    }

    async fn rv_09_what_isnt_a_good_token_is_told_by_a_challenge(house: House) {
        house.person("ada").await;
        let client = house
            .client_with(|m| {
                m.grant_types.push(GrantType::ClientCredentials);
                m.scope.push_str(" read");
            })
            .await;
        let mut browser = house.browser();
        let tokens = client.tokens(&mut browser, "ada", &[]).await;
        let token = tokens.text("access_token");
        let challenge = |answer: &crate::support::Answer| {
            answer.headers.get("www-authenticate").map(|v| v.to_str().expect("ASCII").to_owned()).expect("a challenge")
        };
        // RFC 6750 §3.1: who shows nothing is told only what to show.
        for path in ["/userinfo".to_owned(), format!("/userinfo?access_token={token}")] {
            let none = answer(client.request("GET", &path)).await;
            assert_eq!(none.status, 401);
            assert!(
                challenge(&none).starts_with("Bearer ") && !challenge(&none).contains("error"),
                "{}",
                challenge(&none)
            );
        }
        let without = client.tokens(&mut browser, "ada", &[("scope", "offline profile")]).await;
        let own = client.token(&[("grant_type", "client_credentials")]).await.ok();
        for token in [without.text("access_token"), own.text("access_token")] {
            let refused = client.userinfo(token).await;
            refused.is(403, "insufficient_scope");
            assert!(
                challenge(&refused).contains("error=\"insufficient_scope\"")
                    && challenge(&refused).contains("scope=\"openid\"")
            );
        }
        client.userinfo(token).await.ok();
        let revoked = client.tokens(&mut browser, "ada", &[]).await;
        client.revokes(revoked.text("access_token")).await.ok();
        let refused = client.userinfo(revoked.text("access_token")).await;
        refused.is(401, "invalid_token");
        assert!(challenge(&refused).contains("error=\"invalid_token\""));
        house.wait(std::time::Duration::from_secs(3601));
        client.userinfo(token).await.is(401, "invalid_token");
    }

    async fn rv_10_nothing_but_an_access_token_is_one(house: House) {
        house.person("ada").await;
        let client = house.client().await;
        let mut browser = house.browser();
        let tokens = client.tokens(&mut browser, "ada", &[]).await;
        let code = client.code(&mut browser, "ada", &[]).await;
        let cases = [
            ("ID token", tokens.text("id_token").to_owned()),
            ("refresh token", tokens.text("refresh_token").to_owned()),
            ("code", code.clone()),
            ("code renamed", code.replace("sym_ac_", "sym_at_")),
            ("refresh renamed", tokens.text("refresh_token").replace("sym_rt_", "sym_at_")),
            ("API token", "sym_pat_AAAAAAAAAAAAAAAAAAAAAAAAAAAA".to_owned()),
            ("client secret", client.secret.clone().expect("a secret")),
            ("session cookie", browser.cookies["sym_s"].clone()),
            ("browser cookie", browser.cookies["sym_b"].clone()),
        ];
        for (what, token) in &cases {
            let refused = client.userinfo(token).await;
            assert_eq!((refused.status, &refused.body["error"]), (401, &json!("invalid_token")), "{what}");
            let form = client.request("POST", "/userinfo").form(&[("access_token", token.as_str())]);
            assert_eq!(answer(form).await.status, 401, "{what}");
        }
        // None of it was spent by being shown in the wrong place.
        client.redeems(&code).await.ok();
        client.refreshes(tokens.text("refresh_token")).await.ok();
    }

    async fn rv_11_one_token_in_one_place(house: House) {
        house.person("ada").await;
        let client = house.client().await;
        let tokens = client.tokens(&mut house.browser(), "ada", &[]).await;
        let token = tokens.text("access_token");
        let bearer = || client.request("POST", "/userinfo").bearer_auth(token);
        answer(bearer().bearer_auth(token)).await.is(400, "invalid_request");
        answer(bearer().header("authorization", "Basic eDp5")).await.is(400, "invalid_request");
        answer(bearer().form(&[("access_token", token)])).await.is(400, "invalid_request");
        let twice = client.request("POST", "/userinfo").form(&[("access_token", token), ("access_token", token)]);
        answer(twice).await.is(400, "invalid_request");
        answer(bearer().header("content-type", "text/plain").body("access_token=x")).await.is(400, "invalid_request");
        answer(bearer()).await.ok();
    }

    async fn rv_12_each_scheme_has_its_own_tokens(house: House) {
        house.person("ada").await;
        let client = house.client().await;
        let tokens = client.tokens(&mut house.browser(), "ada", &[]).await;
        let token = tokens.text("access_token");
        for header in [
            format!("Token {token}"),
            format!("DPoP {token}"),
            format!("Basic {token}"),
            token.to_owned(),
            "Bearer".to_owned(),
            format!("Bearer {token} {token}"),
            format!("Bearer\t{token}"),
            "Bearer sym_pat_AAAAAAAAAAAAAAAAAAAAAAAAAAAA".to_owned(),
            "Token sym_pat_AAAAAAAAAAAAAAAAAAAAAAAAAAAA".to_owned(),
        ] {
            let refused = answer(client.request("GET", "/userinfo").header("authorization", &header)).await;
            assert_eq!(refused.status, 401, "{header}");
            assert!(refused.headers.contains_key("www-authenticate"), "{header}");
        }
        client.userinfo(token).await.ok();
    }

    async fn s5_4_each_scope_tells_its_claims_and_no_other(house: House) {
        let sub = house.person_with("ada", everything(), false).await;
        let client = house.client().await;
        let mut browser = house.browser();
        for scope in [
            "openid",
            "openid profile",
            "openid email",
            "openid address",
            "openid phone",
            "openid profile email address phone",
        ] {
            let tokens = client.tokens(&mut browser, "ada", &[("scope", scope)]).await;
            let me = client.userinfo(tokens.text("access_token")).await.ok().body;
            let expected: BTreeSet<&str> = scope.split(' ').flat_map(of_scope).chain(["sub"]).collect();
            assert_eq!(names(&me), expected, "{scope}");
            assert_eq!(me["sub"], sub);
            for (name, value) in everything().as_object().expect("an object") {
                assert!(me.get(name).is_none_or(|told| told == value), "{name}");
            }
            // oidc.md 36, 37: claims by scope go to userinfo alone.
            let id_token = claims(tokens.text("id_token"));
            let allowed = ["iss", "sub", "aud", "exp", "iat", "auth_time", "nonce", "acr", "amr", "at_hash", "sid"];
            assert_eq!(names(&id_token), allowed.into_iter().collect(), "{scope}");
        }
    }

    async fn s5_1_types_are_those_of_the_standard(house: House) {
        house.person_with("ada", everything(), false).await;
        let client = house.client().await;
        let (_, me) = told(&house, &client, "openid profile email address phone", "").await;
        for name in PROFILE.iter().filter(|name| **name != "updated_at").chain(&["email", "phone_number"]) {
            assert!(me[*name].as_str().is_some_and(|text| !text.trim().is_empty()), "{name}");
        }
        assert!(me["email_verified"].is_boolean() && me["phone_number_verified"].is_boolean());
        let updated = me["updated_at"].as_i64().expect("whole seconds");
        assert!((house.now().secs() - updated).abs() < 60);
        assert!(names(&me["address"]).contains("formatted"));
    }

    async fn s5_3_2_what_isnt_known_is_left_out(house: House) {
        house.person_with("ada", json!({}), false).await;
        let client = house.client().await;
        let asked = json!({ "userinfo": { "nickname": { "essential": true }, "phone_number": null } }).to_string();
        let (_, me) = told(&house, &client, "openid profile email address phone", &asked).await;
        assert_eq!(names(&me), ["sub", "email", "email_verified", "updated_at"].into_iter().collect());
        assert_eq!(me["email_verified"], false);
    }

    async fn s5_5_claims_can_be_asked_for_by_name(house: House) {
        house.person_with("ada", everything(), false).await;
        let client = house.client().await;
        let asked = json!({
            "userinfo": { "given_name": { "essential": true }, "unheard_of": null, "https://x.example/y": { "essential": true } },
            "id_token": { "email": null, "nickname": { "value": "Countess" }, "auth_time": { "essential": true },
                          "locale": { "values": ["en-GB", "de"] }, "password": null, "admin": { "essential": true } }
        });
        let (id_token, me) = told(&house, &client, "openid", &asked.to_string()).await;
        assert_eq!(me["given_name"], "Ada");
        assert_eq!(
            (&id_token["email"], &id_token["nickname"], &id_token["locale"]),
            (&json!("ada@example.com"), &json!("Countess"), &json!("en-GB"))
        );
        for name in ["unheard_of", "https://x.example/y", "password", "admin", "address", "phone_number"] {
            assert!(me.get(name).is_none() && id_token.get(name).is_none(), "{name}");
        }
        assert!(id_token.get("given_name").is_none(), "it was asked for at userinfo");
    }

    async fn s5_5_asking_by_name_needs_the_same_permission_as_by_scope(house: House) {
        house.person_with("ada", everything(), false).await;
        let asked = json!({ "userinfo": { "email": null, "phone_number": null }, "id_token": { "email": { "essential": true } } }).to_string();
        // The person is asked, and hears what it is about.
        let client = house.client_with(|m| m.scope = "openid offline email".to_owned()).await;
        let mut browser = house.browser();
        client.tokens(&mut browser, "ada", &[("scope", "openid")]).await;
        let url = client.auth_url(&[("scope", "openid"), ("claims", &asked)]);
        let view = browser.get(&url).await;
        assert!(
            view.first("#allow").is_some() && view.text().contains("e-mail"),
            "{} {}",
            view.location(),
            view.text()
        );
        let silent = browser.get(&format!("{url}&prompt=none")).await;
        assert_eq!(silent.sent("error").as_deref(), Some("consent_required"));
        let view = browser.decides(&view, "allow").await;
        let tokens = client.redeems(&view.sent("code").expect("a code")).await.ok();
        assert_eq!(tokens.text("scope"), "openid", "a claim is less than its scope");
        assert_eq!(claims(tokens.text("id_token"))["email"], "ada@example.com");
        let me = client.userinfo(tokens.text("access_token")).await.ok().body;
        assert_eq!(me["email"], "ada@example.com");
        // What the client isn't registered for isn't to be had by another name.
        assert!(me.get("phone_number").is_none(), "{me}");
        let client = house.client_with(|m| m.scope = "openid offline".to_owned()).await;
        let (id_token, me) = told(&house, &client, "openid", &asked).await;
        assert!(id_token.get("email").is_none() && me.get("email").is_none(), "{id_token} {me}");
    }

    async fn s5_5_a_claims_parameter_that_isnt_one_is_refused(house: House) {
        house.person("ada").await;
        let client = house.client().await;
        let mut browser = house.browser();
        let deep = format!("{{\"userinfo\":{}1{}}}", "{\"a\":".repeat(150), "}".repeat(150));
        let long = json!({ "userinfo": { "x".repeat(4200): null } }).to_string();
        for bad in [
            "x",
            "[]",
            "null",
            "\"userinfo\"",
            "{",
            "{\"userinfo\":[]}",
            "{\"id_token\":{\"email\":true}}",
            &deep,
            &long,
        ] {
            let view = browser.get(&client.auth_url(&[("claims", bad)])).await;
            assert_eq!(
                view.sent("error").as_deref(),
                Some("invalid_request"),
                "{bad:.60}: {} {}",
                view.status,
                view.location()
            );
        }
        for good in [
            "{}",
            "{\"userinfo\":{}}",
            "{\"unheard_of\":{\"x\":null}}",
            "{\"userinfo\":{\"email\":{\"essential\":false}}}",
        ] {
            let view = browser.allows(&client.auth_url(&[("claims", good)]), "ada").await;
            assert!(view.sent("code").is_some(), "{good}: {}", view.location());
        }
    }

    async fn s5_5_1_an_essential_acr_is_met_or_refused(house: House) {
        house.person("ada").await;
        let client = house.client().await;
        let mut browser = house.browser();
        client.tokens(&mut browser, "ada", &[]).await;
        let ours = symbolon::signin::ACR_PASSWORD;
        for (request, met) in [
            (json!({ "essential": true, "value": ours }), true),
            (json!({ "essential": true, "values": ["urn:other", ours] }), true),
            (json!({ "value": "urn:other" }), true),
            (json!(null), true),
            (json!({ "essential": true }), true),
            (json!({ "essential": true, "value": "urn:other" }), false),
            (json!({ "essential": true, "values": ["urn:other"] }), false),
        ] {
            let asked = json!({ "id_token": { "acr": request } }).to_string();
            let view = browser.get(&client.auth_url(&[("claims", &asked)])).await;
            if met {
                let tokens = client.redeems(&view.sent("code").expect("a code")).await.ok();
                assert_eq!(claims(tokens.text("id_token"))["acr"], ours, "{request}");
            } else {
                assert_eq!(view.sent("error").as_deref(), Some("unmet_authentication_requirements"), "{request}");
            }
        }
    }

    async fn s5_5_1_another_sub_than_the_one_asked_for_gets_nothing(house: House) {
        let (ada, ben) = (house.person("ada").await, house.person("ben").await);
        let client = house.client().await;
        let mut browser = house.browser();
        client.tokens(&mut browser, "ada", &[]).await;
        for place in ["id_token", "userinfo"] {
            let asking = |sub: &str| json!({ place: { "sub": { "value": sub } } }).to_string();
            let view = browser.get(&client.auth_url(&[("claims", &asking(&ben)), ("prompt", "none")])).await;
            assert_eq!(view.sent("error").as_deref(), Some("login_required"), "{}", view.location());
            let view = browser.get(&client.auth_url(&[("claims", &asking(&ada)), ("prompt", "none")])).await;
            assert!(view.sent("code").is_some(), "{}", view.location());
        }
    }

    async fn oidc_33_a_public_client_asks_from_its_page(house: House) {
        house.person("ada").await;
        let client = house.client_with(|m| m.token_endpoint_auth_method = AuthMethod::None).await;
        let tokens = client.tokens(&mut house.browser(), "ada", &[]).await;
        let preflight = client
            .request("OPTIONS", "/userinfo")
            .header("origin", "https://app.example")
            .header("access-control-request-method", "GET")
            .header("access-control-request-headers", "authorization");
        let allowed = answer(preflight).await;
        assert_eq!(
            (allowed.status, &allowed.headers["access-control-allow-origin"]),
            (204, &"https://app.example".parse().expect("a value"))
        );
        let asked = client
            .request("GET", "/userinfo")
            .header("origin", "https://app.example")
            .bearer_auth(tokens.text("access_token"));
        assert_eq!(answer(asked).await.ok().headers["access-control-allow-origin"], "https://app.example");
        let stranger = client
            .request("GET", "/userinfo")
            .header("origin", "https://evil.example")
            .bearer_auth(tokens.text("access_token"));
        assert!(!answer(stranger).await.headers.contains_key("access-control-allow-origin"));
    }
}
