//! OIDC Core §5.5 and beyond: claims by name, signed UserInfo, attributes that the operator made; oidc.md, 34 to 38.

use crate::on_both;
use crate::support::browser::View;
use crate::support::client::{CALLBACK, answer, claims};
use crate::support::{Browser, Client, House};
use serde_json::{Value, json};
use std::collections::BTreeSet;
use symbolon::clients::{AuthMethod, CustomClaim, Metadata};
use symbolon::people::Profile;

fn ada() -> Value {
    json!({
        "name": "Ada Lovelace", "nickname": "Countess", "locale": "en-GB", "email_verified": true,
        "phone_number": "+44 20 7946 0000",
        "attributes": { "team": "engines", "groups": ["math", "poetry"], "badge": 7, "secret_note": "canary-7319" }
    })
}

fn names(object: &Value) -> BTreeSet<&str> {
    object.as_object().expect("an object").keys().map(String::as_str).collect()
}

/// What the consent page says is new.
fn asked(view: &View) -> Vec<String> {
    let html = scraper::Html::parse_document(&view.body);
    let lines = scraper::Selector::parse("ul.scopes:not(.before) li").expect("a selector");
    html.select(&lines).map(|line| line.value().attr("data-scope").expect("a name").to_owned()).collect()
}

fn told_as(claim: &str, id_token: bool, userinfo: bool) -> CustomClaim {
    CustomClaim { claim: claim.to_owned(), id_token, userinfo }
}

async fn tells(client: &Client, view: &View) -> (Value, Value) {
    let tokens = client.redeems(&view.sent("code").unwrap_or_else(|| panic!("{}", view.body))).await.ok();
    let me = client.userinfo(tokens.text("access_token")).await.ok().body;
    (claims(tokens.text("id_token")), me)
}

/// The URL of a request for `openid` and these claims.
fn wishing(client: &Client, wishes: &Value) -> String {
    client.auth_url(&[("scope", "openid"), ("claims", &wishes.to_string())])
}

on_both! {
    async fn s36_a_claim_asked_for_by_name_is_not_its_whole_scope(house: House) {
        house.person_with("ada", ada(), false).await;
        let client = house.client().await;
        let mut browser = house.browser();
        let wishes = json!({ "userinfo": { "email": null, "nickname": { "essential": true } },
                             "id_token": { "locale": { "values": ["en-GB"] } } });
        let login = browser.get(&wishing(&client, &wishes)).await;
        let page = browser.signs_in(&login, "ada").await;
        assert_eq!(asked(&page), ["claim:email", "claim:locale", "claim:nickname"]);
        assert!(page.text().contains("See your e-mail address") && page.text().contains("See your language"));
        let view = browser.decides(&page, "allow").await;
        let (id_token, me) = tells(&client, &view).await;
        assert_eq!(names(&me), ["email", "nickname", "sub"].into(), "neither email_verified nor the rest of profile");
        assert_eq!((&id_token["locale"], id_token.get("email"), id_token.get("nickname")), (&json!("en-GB"), None, None));
        // Remembered by name: asked again only for what is new.
        browser.get(&wishing(&client, &wishes)).await.has_code(&client);
        let less = json!({ "id_token": { "email": null } });
        let (id_token, me) = tells(&client, &browser.get(&wishing(&client, &less)).await).await;
        assert_eq!((&id_token["email"], names(&me)), (&json!("ada@example.com"), ["sub"].into()));
        let more = json!({ "userinfo": { "email": null, "phone_number": null } });
        let silent = format!("{}&prompt=none", wishing(&client, &more));
        browser.get(&silent).await.is_refusal(&client, "consent_required");
        let page = browser.get(&wishing(&client, &more)).await;
        assert_eq!(asked(&page), ["claim:phone_number"]);
        assert!(page.first("ul.before li[data-scope='claim:email']").is_some());
        // And the scope is more than the claim was.
        let page = browser.get(&client.auth_url(&[("scope", "openid email")])).await;
        assert_eq!(asked(&page), ["email"]);
        let view = browser.decides(&page, "allow").await;
        assert_eq!(names(&tells(&client, &view).await.1), ["email", "email_verified", "sub"].into());
        // A scope that was allowed before covers its claims.
        let verified = json!({ "id_token": { "email_verified": null } });
        let (id_token, _) = tells(&client, &browser.get(&wishing(&client, &verified)).await).await;
        assert_eq!(id_token["email_verified"], true);
    }

    async fn s36_what_was_allowed_by_name_lasts_through_refreshes_and_ends_with_the_registration(house: House) {
        house.person_with("ada", ada(), false).await;
        let client = house.client().await;
        let wishes = json!({ "userinfo": { "email": null }, "id_token": { "nickname": null } }).to_string();
        let more = [("scope", "openid offline"), ("claims", wishes.as_str())];
        let first = client.tokens(&mut house.browser(), "ada", &more).await;
        let second = client.refreshes(first.text("refresh_token")).await.ok();
        assert_eq!(claims(second.text("id_token"))["nickname"], "Countess");
        let me = client.userinfo(second.text("access_token")).await.ok().body;
        assert_eq!(me["email"], "ada@example.com");
        house.changes_client(&client, json!({ "scope": "openid offline" })).await;
        let me = client.userinfo(second.text("access_token")).await.ok().body;
        assert_eq!(names(&me), ["sub"].into(), "what an admin takes away is gone");
        let third = client.refreshes(second.text("refresh_token")).await.ok();
        assert!(claims(third.text("id_token")).get("nickname").is_none());
    }

    async fn s36_only_what_is_known_and_permitted_is_heard_of(house: House) {
        house.person_with("ada", ada(), false).await;
        let client = house.client_with(|m| m.scope = "openid email".to_owned()).await;
        let mut browser = house.browser();
        let wishes = json!({
            "userinfo": { "phone_number": { "essential": true }, "groups": null, "attributes": null, "team": null,
                          "password": null, "email#de": null, "https://x.example/y": null, "sub": null },
            "id_token": { "nickname": { "essential": true }, "auth_time": { "essential": true }, "acr": null, "iss": null },
            "attributes": { "team": null }, "unheard_of": 7
        });
        let login = browser.get(&wishing(&client, &wishes)).await;
        let page = browser.signs_in(&login, "ada").await;
        assert_eq!(asked(&page), Vec::<String>::new());
        let (id_token, me) = tells(&client, &browser.decides(&page, "allow").await).await;
        assert_eq!(names(&me), ["sub"].into());
        let usual = ["iss", "sub", "aud", "exp", "iat", "auth_time", "nonce", "acr", "amr", "at_hash", "sid"];
        assert_eq!(names(&id_token), usual.into_iter().collect());
        // Without openid there is nobody that claims could be about.
        let plain = [("scope", "email"), ("claims", "{\"id_token\":{\"email\":null}}")];
        let view = browser.allows(&client.auth_url(&plain), "ada").await;
        let tokens = client.redeems(&view.has_code(&client)).await.ok();
        assert!(tokens.body.get("id_token").is_none());
    }

    async fn s36_a_sub_with_a_value_lets_nobody_else_pass(house: House) {
        let (ada, ben) = (house.person("ada").await, house.person("ben").await);
        let client = house.client_with(|m| m.trusted = true).await;
        let mut browser = house.browser();
        browser.arrives_as("ada").await;
        for (entry, passes) in [
            (json!({ "value": ada }), true),
            (json!({ "values": [ben, ada] }), true),
            (json!({ "value": ben, "essential": true }), false),
            (json!({ "values": [ben, "nobody"] }), false),
            (json!({ "values": [] }), false),
            (json!({ "value": 7 }), false),
            (json!({ "essential": true }), true),
            (json!(null), true),
        ] {
            for place in ["id_token", "userinfo"] {
                let wishes = json!({ place: { "sub": entry } });
                let silent = browser.get(&format!("{}&prompt=none", wishing(&client, &wishes))).await;
                match passes {
                    true => drop(silent.has_code(&client)),
                    false => silent.is_refusal(&client, "login_required"),
                }
            }
        }
        // With pages, the other person is asked for; signing in as anyone else fails.
        let wishes = json!({ "id_token": { "sub": { "value": ben } } });
        let login = browser.get(&wishing(&client, &wishes)).await;
        browser.clone().signs_in(&login, "ada").await.is_refusal(&client, "login_required");
        browser.signs_in(&login, "ben").await.is_page(400);
        let login = browser.get(&wishing(&client, &wishes)).await;
        let code = browser.signs_in(&login, "ben").await.has_code(&client);
        assert_eq!(claims(client.redeems(&code).await.ok().text("id_token"))["sub"], json!(ben));
    }

    async fn s16_default_acr_values_and_auth_time_are_taken_at_registration(house: House) {
        house.person("ada").await;
        let client = house
            .client_with(|m| {
                m.default_acr_values = vec!["urn:mace:incommon:iap:silver".to_owned()];
                m.require_auth_time = true;
                m.default_max_age = Some(3600);
                m.initiate_login_uri = Some("https://app.example/begin".to_owned());
            })
            .await;
        let tokens = client.tokens(&mut house.browser(), "ada", &[]).await;
        let id_token = claims(tokens.text("id_token"));
        assert!(id_token["auth_time"].is_i64() && id_token["acr"] == "urn:symbolon:acr:password");
        let wrong = |change: &dyn Fn(&mut Metadata)| {
            let mut metadata = Metadata { client_name: "x".to_owned(), redirect_uris: vec![CALLBACK.to_owned()], ..Metadata::default() };
            change(&mut metadata);
            metadata.check().expect_err("refused").field
        };
        assert_eq!(wrong(&|m| m.default_acr_values = vec!["a b".to_owned()]), "default_acr_values");
        assert_eq!(wrong(&|m| m.default_acr_values = vec!["x".to_owned(); 11]), "default_acr_values");
        // oidc.md, 41 and 42
        for bad in ["http://app.example/begin", "javascript:1", "/begin", "https://u@app.example/", ""] {
            assert_eq!(wrong(&|m| m.initiate_login_uri = Some(bad.to_owned())), "initiate_login_uri", "{bad}");
        }
    }

    async fn s38_userinfo_is_signed_where_the_client_wants_it(house: House) {
        let sub = house.person_with("ada", ada(), false).await;
        let mut browser = house.browser();
        for alg in ["ES256", "RS256", "PS256", "EdDSA"] {
            let client = house.client_with(|m| {
                m.userinfo_signed_response_alg = Some(alg.to_owned());
                m.trusted = true;
            }).await;
            let tokens = client.tokens(&mut browser, "ada", &[("scope", "openid email")]).await;
            let request = client.request("GET", "/userinfo").bearer_auth(tokens.text("access_token"));
            let response = request.send().await.expect("an answer");
            assert_eq!(response.headers()["content-type"], "application/jwt");
            assert_eq!(response.headers()["cache-control"], "no-store");
            let jwt = response.text().await.expect("a body");
            let (header, me) = client.verifies(&jwt).await.expect("signed by us");
            assert_eq!(header["alg"], alg);
            assert_eq!(
                me,
                json!({ "iss": house.app.issuer(), "aud": client.id, "sub": sub, "email": "ada@example.com", "email_verified": true })
            );
            // It is no ID token, and no access token.
            browser.get_once(&client.auth_url(&[("id_token_hint", &jwt)])).await.is_refusal(&client, "invalid_request");
            client.userinfo(&jwt).await.is(401, "invalid_token");
            let posted = client.request("POST", "/userinfo").form(&[("access_token", tokens.text("access_token"))]);
            assert_eq!(answer(posted).await.headers["content-type"], "application/jwt");
        }
        for bad in ["none", "HS256", "ES512", ""] {
            let metadata = Metadata { client_name: "x".to_owned(), redirect_uris: vec![CALLBACK.to_owned()],
                                      userinfo_signed_response_alg: Some(bad.to_owned()), ..Metadata::default() };
            assert_eq!(metadata.check().expect_err("refused").field, "userinfo_signed_response_alg");
        }
    }

    async fn s37_attributes_are_told_as_the_clients_map_has_it(house: House) {
        house.person_with("ada", ada(), false).await;
        house.person("ben").await;
        let client = house.client_with(|m| {
            m.custom_claims = [
                ("team".to_owned(), told_as("https://corp.example/team", true, false)),
                ("groups".to_owned(), told_as("groups", true, true)),
                ("badge".to_owned(), told_as("badge", false, true)),
                ("unset".to_owned(), told_as("unset", true, true)),
            ].into();
        }).await;
        let mut browser = house.browser();
        let url = client.auth_url(&[("scope", "openid")]);
        let login = browser.get(&url).await;
        let page = browser.signs_in(&login, "ada").await;
        let lines = ["claim:attributes.badge", "claim:attributes.groups", "claim:attributes.team", "claim:attributes.unset"];
        assert_eq!(asked(&page), lines);
        assert!(page.text().contains("See your team"));
        let (id_token, me) = tells(&client, &browser.decides(&page, "allow").await).await;
        assert_eq!(me, json!({ "sub": id_token["sub"], "groups": ["math", "poetry"], "badge": 7 }));
        assert_eq!((&id_token["https://corp.example/team"], &id_token["groups"]), (&json!("engines"), &json!(["math", "poetry"])));
        assert!(id_token.get("badge").is_none() && id_token.get("unset").is_none());
        assert!(!format!("{id_token} {me}").contains("canary-7319"), "what isn't mapped isn't told");
        // Who has none of it is told about without.
        let tokens = client.tokens(&mut house.browser(), "ben", &[("scope", "openid")]).await;
        let me = client.userinfo(tokens.text("access_token")).await.ok().body;
        assert_eq!(names(&me), ["sub"].into());
        // An attribute that comes into the map later was never allowed.
        browser.get(&url).await.has_code(&client);
        let map = json!({ "custom_claims": { "secret_note": { "claim": "note" } } });
        let tokens = client.tokens(&mut browser, "ada", &[("scope", "openid")]).await;
        house.changes_client(&client, map).await;
        let me = client.userinfo(tokens.text("access_token")).await.ok().body;
        assert!(me.get("note").is_none() && me["badge"] == 7, "{me}");
        let page = browser.get(&url).await;
        assert_eq!(asked(&page), ["claim:attributes.secret_note"]);
        let me = tells(&client, &browser.decides(&page, "allow").await).await.1;
        assert_eq!(me["note"], "canary-7319");
        // And one that is taken out is told no more.
        house.changes_client(&client, json!({ "custom_claims": { "badge": null } })).await;
        let tokens = client.tokens(&mut browser, "ada", &[("scope", "openid")]).await;
        assert!(client.userinfo(tokens.text("access_token")).await.ok().body.get("badge").is_none());
    }

    async fn s37_a_map_never_gives_a_name_that_means_something(house: House) {
        let check = |attribute: &str, claim: CustomClaim| {
            let metadata = Metadata { client_name: "x".to_owned(), redirect_uris: vec![CALLBACK.to_owned()],
                                      custom_claims: [(attribute.to_owned(), claim)].into(), ..Metadata::default() };
            metadata.check().map_err(|why| why.field)
        };
        for reserved in ["sub", "iss", "aud", "exp", "nonce", "acr", "amr", "azp", "sid", "at_hash", "cnf", "act", "scope",
                         "client_id", "email", "email_verified", "name", "address", "_claim_names", "active", "events",
                         "", "a b", "x\"y", "é", "name#de", &"x".repeat(201)] {
            assert_eq!(check("team", told_as(reserved, false, true)), Err("custom_claims"), "{reserved}");
        }
        for bad in ["", "a b", "é", "a/b", &"x".repeat(65)] {
            assert_eq!(check(bad, told_as("team", false, true)), Err("custom_claims"), "{bad}");
        }
        assert_eq!(check("team", told_as("team", false, false)), Err("custom_claims"));
        assert_eq!(check("team", told_as("https://corp.example/team", true, true)), Ok(()));
        let twice = Metadata { client_name: "x".to_owned(), redirect_uris: vec![CALLBACK.to_owned()],
            custom_claims: [("a".to_owned(), told_as("c", true, true)), ("b".to_owned(), told_as("c", true, true))].into(),
            ..Metadata::default() };
        assert_eq!(twice.check().expect_err("refused").field, "custom_claims");
        // What people may have of attributes.
        for (attributes, good) in [
            (json!({}), true),
            (json!({ "a": "x", "b": true, "c": 1.5, "d": [], "e": ["x"] }), true),
            (json!([]), false),
            (json!({ "a": null }), false),
            (json!({ "a": {} }), false),
            (json!({ "a": [1] }), false),
            (json!({ "a": "" }), false),
            (json!({ "a": "x".repeat(1001) }), false),
            (json!({ "a": vec!["x"; 101] }), false),
            (json!({ "a": vec!["x".repeat(1000); 5] }), false),
            (json!({ "a b": "x" }), false),
            (Value::Object((0..33).map(|n| (format!("a{n}"), json!(1))).collect()), false),
        ] {
            assert_eq!(Profile::parse(json!({ "attributes": attributes })).is_ok(), good, "{attributes}");
        }
        drop(house);
    }
}

/// A native app is asked for its claims each time, and never told more than was allowed.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn s36_who_declines_tells_nothing() {
    let house = House::new(crate::support::Kind::Sqlite).await;
    house.person_with("ada", ada(), false).await;
    let client = house.client_with(|m| m.token_endpoint_auth_method = AuthMethod::None).await;
    let mut browser: Browser = house.browser();
    let wishes = json!({ "userinfo": { "email": null } });
    let login = browser.get(&wishing(&client, &wishes)).await;
    let page = browser.signs_in(&login, "ada").await;
    browser.decides(&page, "deny").await.is_refusal(&client, "access_denied");
    assert_eq!(asked(&browser.get(&wishing(&client, &wishes)).await), ["claim:email"]);
}
