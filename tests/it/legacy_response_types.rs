//! OIDC Core §3.2, §3.3: tokens that come through the browser, behind a switch; oidc.md, 17, 21 and 22.

use crate::on_both;
use crate::support::browser::View;
use crate::support::client::{CALLBACK, answer, claims};
use crate::support::{Client, House, Kind};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::time::Duration;
use symbolon::base::encoding::{base64url, sha256};
use symbolon::clients::{AuthMethod, Format, GrantType, Metadata, ResponseType};

const LEGACY: [&str; 5] = ["id_token", "id_token token", "code id_token", "code token", "code id_token token"];

fn everything(m: &mut Metadata) {
    m.trusted = true;
    m.response_types = ResponseType::ALL.map(str::to_owned).to_vec();
    m.grant_types = vec![GrantType::AuthorizationCode, GrantType::Implicit, GrantType::RefreshToken];
}

async fn open(kind: Kind) -> House {
    House::with(kind, |config| config.legacy_response_types = true).await
}

/// What was sent in the fragment; nothing was sent in the query.
#[track_caller]
fn fragment(view: &View, client: &Client) -> BTreeMap<String, String> {
    assert_eq!((view.status, view.header("cache-control")), (303, "no-store"), "{}", view.body);
    let url = url::Url::parse(view.location()).expect("a URL");
    assert_eq!(url.query(), None, "{url}");
    let start = format!("{}#", client.redirect_uri);
    let fragment = view.location().strip_prefix(&start).unwrap_or_else(|| panic!("{url}"));
    url::form_urlencoded::parse(fragment.as_bytes()).into_owned().collect()
}

fn half(text: &str) -> String {
    base64url(&sha256(text.as_bytes())[..16])
}

on_both! {
    async fn s22_each_response_type_brings_what_it_says(house: House) {
        let house = open(house.kind).await;
        let sub = house.person_with("ada", json!({ "name": "Ada", "nickname": "Countess" }), false).await;
        let client = house.client_with(everything).await;
        let mut browser = house.browser();
        browser.arrives_as("ada").await;
        for response_type in LEGACY {
            let words: Vec<&str> = response_type.split(' ').collect();
            let scope = "openid offline profile";
            let url = client.auth_url(&[("response_type", response_type), ("scope", scope)]);
            let sent = fragment(&browser.get_once(&url).await, &client);
            let mut expected = vec!["iss", "state"];
            expected.extend(words.contains(&"code").then_some("code"));
            expected.extend(words.contains(&"id_token").then_some("id_token"));
            if words.contains(&"token") {
                expected.extend(["access_token", "token_type", "expires_in", "scope"]);
            }
            expected.sort_unstable();
            assert_eq!(sent.keys().map(String::as_str).collect::<Vec<_>>(), expected, "{response_type}");
            assert_eq!(sent["state"], "af0ifjsldkj");
            if let Some(jwt) = sent.get("id_token") {
                let (_, told) = client.verifies(jwt).await.expect("signed by us");
                assert_eq!((&told["sub"], &told["aud"], &told["nonce"]), (&json!(sub), &json!(client.id), &json!("n-0S6_WzA2Mj")));
                let of = |name: &str| sent.get(name).map_or(Value::Null, |text| json!(half(text)));
                assert_eq!((&told["at_hash"], &told["c_hash"]), (&of("access_token"), &of("code")), "{response_type}");
                // §5.4: scope claims only where there is no access token for UserInfo, now or later.
                assert_eq!(told.get("nickname").is_some(), response_type == "id_token", "{response_type}");
            }
            if let Some(token) = sent.get("access_token") {
                assert!(token.starts_with("sym_at_"));
                assert_eq!((sent["token_type"].as_str(), sent["expires_in"].as_str()), ("Bearer", "3600"));
                assert_eq!(client.userinfo(token).await.ok().body["nickname"], "Countess");
                let about = client.introspects(token).await;
                assert_eq!((&about["active"], &about["sub"], &about["scope"]), (&json!(true), &json!(sub), &json!(sent["scope"])));
            }
            if let Some(code) = sent.get("code") {
                let tokens = client.redeems(code).await.ok();
                let id_token = claims(tokens.text("id_token"));
                assert_eq!((&id_token["sub"], &id_token["nonce"]), (&json!(sub), &json!("n-0S6_WzA2Mj")));
                assert!(tokens.text("refresh_token").starts_with("sym_rt_"));
                // The token of the page is another one, and lives on.
                if let Some(token) = sent.get("access_token") {
                    assert!(client.active(token).await && token != tokens.text("access_token"));
                }
            } else {
                assert!(sent.get("scope").is_none_or(|scope| scope == "openid profile"), "only a code brings what lasts");
            }
        }
    }

    async fn s22_a_token_of_the_browser_is_revoked_and_ends_like_others(house: House) {
        let house = open(house.kind).await;
        let sub = house.person("ada").await;
        let client = house.client_with(|m| {
            everything(m);
            m.access_token_format = Format::Jwt;
        }).await;
        let mut browser = house.browser();
        browser.arrives_as("ada").await;
        let mut ask = async || {
            let url = client.auth_url(&[("response_type", "code id_token token")]);
            fragment(&browser.get_once(&url).await, &client)
        };
        let (one, two, three, four) = (ask().await, ask().await, ask().await, ask().await);
        let token = |sent: &BTreeMap<String, String>| sent["access_token"].clone();
        assert!(token(&one).starts_with("sym_at_"), "opaque, whatever the client's format: {}", token(&one));
        client.revokes(&token(&one)).await.ok();
        assert!(!client.active(&token(&one)).await && client.active(&token(&two)).await);
        client.redeems(&one["code"]).await.ok();
        // It isn't a code's token: using a code twice ends that code's alone.
        client.redeems(&two["code"]).await.ok();
        client.redeems(&two["code"]).await.is(400, "invalid_grant");
        assert!(client.active(&token(&two)).await);
        // Nor is it a code or a refresh token.
        for (name, value) in [("code", token(&two)), ("code", token(&two).replace("sym_at_", "sym_ac_"))] {
            client.token(&[("grant_type", "authorization_code"), (name, &value), ("redirect_uri", CALLBACK)]).await.is(400, "invalid_grant");
        }
        client.refreshes(&token(&two).replace("sym_at_", "sym_rt_")).await.is(400, "invalid_grant");
        client.userinfo(&token(&two)).await.ok();
        house.wait(Duration::from_secs(301));
        client.userinfo(&token(&three)).await.is(401, "invalid_token");
        let five = ask().await;
        house.disables_person(&sub).await;
        assert!(!client.active(&token(&four)).await && !client.active(&token(&five)).await);
    }

    async fn s22_tokens_never_travel_in_a_query(house: House) {
        let house = open(house.kind).await;
        house.person("ada").await;
        let client = house.client_with(everything).await;
        let mut browser = house.browser();
        browser.arrives_as("ada").await;
        for response_type in LEGACY {
            for more in [[("response_mode", "query"), ("x", "y")], [("response_mode", "query.jwt"), ("x", "y")], [("prompt", "foo"), ("x", "y")]] {
                let mut ask = vec![("response_type", response_type)];
                ask.extend(more);
                let sent = fragment(&browser.get_once(&client.auth_url(&ask)).await, &client);
                assert_eq!((sent["error"].as_str(), sent.contains_key("access_token")), ("invalid_request", false));
                assert_eq!(sent["state"], "af0ifjsldkj");
            }
            // oidc.md, 21
            let view = browser.get_once(&client.auth_url(&[("response_type", response_type), ("response_mode", "form_post")])).await;
            assert_eq!((view.status, view.location(), view.header("cache-control")), (200, "", "no-store"));
            let fields: BTreeMap<String, String> = view.form("form").into_iter().collect();
            for word in response_type.split(' ') {
                assert!(fields.contains_key(if word == "token" { "access_token" } else { word }), "{response_type}");
            }
            let refused = [("response_type", response_type), ("response_mode", "form_post"), ("prompt", "foo")];
            let view = browser.get_once(&client.auth_url(&refused)).await;
            let fields: BTreeMap<String, String> = view.form("form").into_iter().collect();
            assert_eq!(fields["error"], "invalid_request");
        }
        let sent = browser.get_once(&client.auth_url(&[("response_mode", "query")])).await;
        sent.has_code(&client);
    }

    async fn s17_an_id_token_of_the_browser_needs_a_nonce(house: House) {
        let house = open(house.kind).await;
        house.person("ada").await;
        let client = house.client_with(everything).await;
        let mut browser = house.browser();
        browser.arrives_as("ada").await;
        for response_type in LEGACY {
            let ask = [("response_type", response_type), ("nonce", "")];
            let sent = fragment(&browser.get_once(&client.auth_url(&ask)).await, &client);
            match response_type.contains("id_token") {
                true => assert_eq!(sent["error"], "invalid_request", "{response_type}"),
                false => assert!(sent.contains_key("code"), "{response_type}"),
            }
            let ask = [("response_type", response_type), ("scope", "email")];
            let sent = fragment(&browser.get_once(&client.auth_url(&ask)).await, &client);
            match response_type.contains("id_token") {
                true => assert_eq!(sent["error"], "invalid_scope", "{response_type}"),
                false => assert!(sent.contains_key("access_token"), "{response_type}"),
            }
        }
        browser.get_once(&client.auth_url(&[("nonce", "")])).await.has_code(&client);
    }

    async fn s22_pages_silence_and_clients_without_secret(house: House) {
        let house = open(house.kind).await;
        house.person("ada").await;
        let client = house.client_with(|m| {
            everything(m);
            m.trusted = false;
            m.token_endpoint_auth_method = AuthMethod::None;
        }).await;
        let mut browser = house.browser();
        let no_pkce = [("code_challenge", ""), ("code_challenge_method", "")];
        let with = |more: &[(&'static str, &'static str)]| client.auth_url(&[&no_pkce[..], more].concat());
        // Through sign-in and consent.
        let view = browser.allows(&with(&[("response_type", "id_token token")]), "ada").await;
        let sent = fragment(&view, &client);
        assert_eq!(claims(&sent["id_token"])["at_hash"], json!(half(&sent["access_token"])));
        // Silent renewal.
        let silent = [("response_type", "id_token"), ("prompt", "none")];
        let sent = fragment(&browser.get_once(&with(&silent)).await, &client);
        assert!(sent.contains_key("id_token") && !sent.contains_key("access_token"));
        let stranger = fragment(&house.browser().get_once(&with(&silent)).await, &client);
        assert_eq!(stranger["error"], "login_required");
        // A code still needs PKCE.
        let sent = fragment(&browser.get_once(&with(&[("response_type", "code id_token")])).await, &client);
        assert_eq!(sent["error"], "invalid_request");
        let sent = fragment(&browser.allows(&client.auth_url(&[("response_type", "code id_token")]), "ada").await, &client);
        client.redeems(&sent["code"]).await.ok();
        assert_eq!(house.tables().await["interactions"].len(), 0);
    }

    async fn s22_what_waits_is_held_against_the_registration_again(house: House) {
        let house = open(house.kind).await;
        house.person("ada").await;
        let client = house.client_with(everything).await;
        let (mut kept, mut changed) = (house.browser(), house.browser());
        let url = client.auth_url(&[("response_type", "id_token token")]);
        let (before, login) = (kept.get(&url).await, changed.get(&url).await);
        assert!(fragment(&kept.signs_in(&before, "ada").await, &client).contains_key("access_token"));
        house.changes_client(&client, json!({ "response_types": ["code"] })).await;
        let view = changed.signs_in(&login, "ada").await;
        view.is_page(400);
        assert!(view.location().is_empty(), "{}", view.location());
        changed.get_once(&client.auth_url(&[])).await.has_code(&client);
    }

    async fn s22_nothing_of_it_is_there_unless_the_server_and_the_client_say_so(house: House) {
        house.person("ada").await;
        let mut browser = house.browser();
        browser.arrives_as("ada").await;
        let on = open(house.kind).await;
        on.person("ada").await;
        let metadata = || {
            let mut metadata = Metadata { client_name: "x".to_owned(), redirect_uris: vec![CALLBACK.to_owned()], ..Metadata::default() };
            everything(&mut metadata);
            metadata
        };
        // The server: what is registered somehow isn't served, and can't be registered.
        let client = house.client_with(everything).await;
        for response_type in LEGACY {
            let view = browser.get_once(&client.auth_url(&[("response_type", response_type)])).await;
            view.is_refusal(&client, "unsupported_response_type");
        }
        browser.get_once(&client.auth_url(&[])).await.has_code(&client);
        assert!(house.registers(metadata()).await.is_err());
        assert!(on.registers(metadata()).await.is_ok());
        // The client.
        let client = on.client_with(|m| {
            everything(m);
            m.response_types = vec!["id_token".to_owned()];
            m.grant_types = vec![GrantType::Implicit];
        }).await;
        let mut browser = on.browser();
        browser.arrives_as("ada").await;
        for response_type in ["code", "id_token token", "code id_token"] {
            let view = browser.get_once(&client.auth_url(&[("response_type", response_type)])).await;
            view.is_refusal(&client, "unauthorized_client");
        }
        fragment(&browser.get_once(&client.auth_url(&[("response_type", "id_token")])).await, &client);
        for never in ["token", "none", "code none", "id_token id_token"] {
            let view = browser.get_once(&client.auth_url(&[("response_type", never)])).await;
            view.is_refusal(&client, "unsupported_response_type");
        }
        client.token(&[("grant_type", "implicit")]).await.is(400, "unsupported_grant_type");
        // Discovery says which it is.
        for (house, responses, grants) in [(&house, 1, 3), (&on, 6, 4)] {
            let document = answer(house.http().get(format!("{}/.well-known/openid-configuration", house.url))).await.ok().body;
            let count = |name: &str| document[name].as_array().expect("an array").len();
            assert_eq!((count("response_types_supported"), count("grant_types_supported")), (responses, grants));
            let c_hash = document["claims_supported"].as_array().expect("an array").contains(&json!("c_hash"));
            assert_eq!(c_hash, responses == 6);
        }
    }

    async fn s41_response_types_and_grant_types_agree(house: House) {
        let house = open(house.kind).await;
        let read = |value: Value| {
            let mut members = value.as_object().cloned().expect("an object");
            members.insert("client_name".to_owned(), json!("x"));
            members.insert("redirect_uris".to_owned(), json!([CALLBACK]));
            symbolon::admin::metadata(members).map_err(|why| why.to_string())
        };
        let grants = |value: Value| serde_json::to_value(read(value).expect("valid").grant_types).expect("JSON");
        assert_eq!(grants(json!({ "response_types": ["id_token"] })), json!(["implicit"]));
        assert_eq!(grants(json!({ "response_types": ["code id_token"] })), json!(["authorization_code", "implicit", "refresh_token"]));
        assert_eq!(grants(json!({ "response_types": ["token code"] })), json!(["authorization_code", "implicit", "refresh_token"]));
        for (bad, field) in [
            (json!({ "response_types": ["token"] }), "response_types"),
            (json!({ "response_types": ["none"] }), "response_types"),
            (json!({ "response_types": ["code", 7] }), "response_types"),
            (json!({ "response_types": ["code", "id_token"], "grant_types": ["authorization_code"] }), "grant_types"),
            (json!({ "response_types": ["code"], "grant_types": ["authorization_code", "implicit"] }), "grant_types"),
            (json!({ "response_types": ["id_token"], "grant_types": ["authorization_code", "implicit"] }), "response_types"),
            (json!({ "response_types": ["code"], "grant_types": ["implicit"] }), "response_types"),
            (json!({ "grant_types": ["implicit"] }), "grant_types"),
            (json!({ "response_types": ["id_token"], "response_modes": ["query"] }), "response_modes"),
        ] {
            let why = read(bad.clone()).expect_err("refused");
            assert!(why.starts_with(field), "{bad}: {why}");
        }
        // A patch of one thing leaves the rest as it is; one of the types brings the grants along.
        let client = house.client_with(|m| m.grant_types.push(GrantType::ClientCredentials)).await;
        house.changes_client(&client, json!({ "response_types": ["code", "id_token"] })).await;
        let made = house.tries_to_change(&client, json!({ "client_name": "y" })).await.expect("patches").client.metadata;
        assert_eq!(made.response_types, ["code", "id_token"]);
        assert_eq!(serde_json::to_value(&made.grant_types).expect("JSON"), json!(["authorization_code", "implicit", "refresh_token", "client_credentials"]));
        house.changes_client(&client, json!({ "response_types": ["code"] })).await;
        let made = house.tries_to_change(&client, json!({ "client_name": "z" })).await.expect("patches").client.metadata;
        assert_eq!(serde_json::to_value(&made.grant_types).expect("JSON"), json!(["authorization_code", "refresh_token", "client_credentials"]));
    }
}
