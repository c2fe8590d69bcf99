//! OIDC RP-Initiated Logout 1.0; oidc.md 45 and security.md I, LO-01 to LO-03: who may sign whom out, and where to.

use crate::on_both;
use crate::support::client::{CALLBACK, claims};
use crate::support::house::House;
use crate::support::{Browser, Client, Kind, browser::View};
use serde_json::{Value, json};
use std::time::Duration;
use symbolon::base::encoding::base64url;
use symbolon::clients::Metadata;
use symbolon::config::OfflineGrants;
use symbolon::crypto::{Algorithm, SigningKey, jwt};
use symbolon::keys::rotation;

const PATH: &str = "/oauth2/sessions/logout";
const BYE: &str = "https://app.example/bye";

async fn client(house: &House) -> Client {
    house.client_with(|m| m.post_logout_redirect_uris = vec![BYE.to_owned()]).await
}

fn url(params: &[(&str, &str)]) -> String {
    format!("{PATH}?{}", url::form_urlencoded::Serializer::new(String::new()).extend_pairs(params).finish())
}

/// Signed in through the client, with what it got.
async fn signed_in(house: &House, client: &Client, name: &str, scope: &str) -> (Browser, Value) {
    let mut browser = house.browser();
    let tokens = client.tokens(&mut browser, name, &[("scope", scope)]).await;
    (browser, tokens.body)
}

async fn lives(browser: &mut Browser, client: &Client) -> bool {
    let view = browser.get(&client.auth_url(&[("prompt", "none"), ("scope", "openid")])).await;
    match view.sent("error") {
        None => true,
        Some(error) => {
            assert_eq!(error, "login_required");
            false
        }
    }
}

/// The page that asks: it sends nobody anywhere.
#[track_caller]
fn asks(view: &View) {
    assert_eq!((view.status, view.location()), (200, ""), "{}", view.body);
    assert!(view.first("#sign-out").is_some(), "{}", view.body);
    assert_eq!(view.header("x-frame-options"), "DENY");
    assert_eq!(view.header("cache-control"), "no-store");
}

#[track_caller]
fn says_goodbye(view: &View) {
    assert_eq!((view.status, view.location()), (200, ""), "{}", view.body);
    assert!(view.text().contains("You are signed out"), "{}", view.body);
    assert!(view.first("#onward").is_none() && view.first("iframe").is_none());
}

async fn presses(browser: &mut Browser, view: &View) -> View {
    let fields = view.form("form:has(#sign-out)");
    browser.post_once("/logout", &fields).await
}

/// A JWT with these changes to header and claims; signed by nobody, or by a key.
fn forged(id_token: &str, header: Value, change: impl FnOnce(&mut Value), key: Option<&SigningKey>) -> String {
    let mut claims = claims(id_token);
    change(&mut claims);
    let message = format!("{}.{}", base64url(header.to_string().as_bytes()), base64url(claims.to_string().as_bytes()));
    let signature = key.map(|key| base64url(&key.sign(message.as_bytes()).expect("signs"))).unwrap_or_default();
    format!("{message}.{signature}")
}

on_both! {
    async fn s45_a_hint_of_this_session_signs_out_at_once_and_leads_back(house: House) {
        house.person("ada").await;
        let client = client(&house).await;
        for (state, expected) in [(Some("s t&a=te"), format!("{BYE}?state=s+t%26a%3Dte")), (None, BYE.to_owned())] {
            let (mut browser, tokens) = signed_in(&house, &client, "ada", "openid").await;
            let hint = tokens["id_token"].as_str().expect("an ID token");
            let mut thief = browser.clone();
            assert!(lives(&mut browser, &client).await);
            // Long after the ID token has expired.
            house.wait(Duration::from_secs(2 * 86_400));
            let mut params = vec![("id_token_hint", hint), ("post_logout_redirect_uri", BYE), ("ui_locales", "de fr")];
            params.extend([("client_id", client.id.as_str()), ("logout_hint", "ada@example.com")]);
            params.extend(state.map(|state| ("state", state)));
            let view = browser.get_once(&url(&params)).await;
            assert_eq!((view.status, view.location()), (303, expected.as_str()), "{}", view.body);
            assert!(!browser.cookies.contains_key("sym_s"), "the cookie is taken away");
            assert!(!lives(&mut browser, &client).await);
            assert!(!lives(&mut thief, &client).await);
            // Once more, from a second tab: nothing is left to end, and the app still gets its person back.
            let again = browser.get_once(&url(&params)).await;
            assert_eq!((again.status, again.location()), (303, expected.as_str()));
        }
    }

    async fn s45_a_post_means_the_same_though_browsers_hold_cookies_back(house: House) {
        house.person("ada").await;
        let client = client(&house).await;
        let (mut browser, tokens) = signed_in(&house, &client, "ada", "openid").await;
        let fields = [("id_token_hint", tokens["id_token"].as_str().expect("an ID token")), ("post_logout_redirect_uri", BYE), ("state", "x")];
        let fields: Vec<_> = fields.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        // From another site: without cookies, which come back with the GET that follows.
        let mut without = house.browser();
        without.fetch_metadata = false;
        without.headers.insert("sec-fetch-site".to_owned(), "cross-site".to_owned());
        let led = without.post_once(PATH, &fields).await;
        assert_eq!(led.status, 303);
        assert!(led.location().starts_with(PATH), "{}", led.location());
        assert!(lives(&mut browser, &client).await, "the form alone ends nothing");
        let view = browser.get_once(led.location()).await;
        assert_eq!((view.status, view.location()), (303, "https://app.example/bye?state=x"));
        assert!(!lives(&mut browser, &client).await);
    }

    async fn s45_without_parameters_a_button_signs_out(house: House) {
        house.person("ada").await;
        let client = client(&house).await;
        for path in [PATH, "/logout"] {
            let (mut browser, _) = signed_in(&house, &client, "ada", "openid").await;
            let view = browser.get_once(path).await;
            asks(&view);
            assert!(view.text().contains("ada@example.com"));
            assert!(lives(&mut browser, &client).await, "LO-01: asking ends nothing");
            says_goodbye(&presses(&mut browser, &view).await);
            assert!(!lives(&mut browser, &client).await);
        }
        // Whoever isn't signed in may press it all the same.
        let mut nobody = house.browser();
        let view = nobody.get_once(PATH).await;
        asks(&view);
        says_goodbye(&presses(&mut nobody, &view).await);
    }

    async fn s45_lo_01_lo_03_what_proves_nothing_asks_first_and_leads_nowhere(house: House) {
        house.person("ada").await;
        house.person("bob").await;
        let (client, other) = (client(&house).await, house.client().await);
        let jwt_client = house.client_with(|m| m.access_token_format = symbolon::clients::Format::Jwt).await;
        let (mut browser, tokens) = signed_in(&house, &client, "ada", "openid").await;
        let hint = tokens["id_token"].as_str().expect("an ID token");
        let at_jwt = jwt_client.tokens(&mut browser, "ada", &[]).await;
        let own = SigningKey::generate(Algorithm::ES256).expect("a key").0;
        let kid = jwt::read(hint).expect("a JWT").kid.expect("a kid");
        let head = |alg: &str, typ: &str| json!({ "alg": alg, "typ": typ, "kid": kid });
        let unsigned = |alg: &str| forged(hint, json!({ "alg": alg, "typ": "JWT" }), |_| {}, None);
        let letter = if hint.as_bytes()[hint.len() - 9] == b'x' { 'y' } else { 'x' };
        let bent = format!("{}{letter}{}", &hint[..hint.len() - 9], &hint[hint.len() - 8..]);
        let logout_token = house.app.keys.sign(Algorithm::ES256, "logout+jwt", &claims(hint)).await.expect("signs");
        let elsewhere = {
            let mut claims = claims(hint);
            claims["iss"] = json!("https://other.example");
            house.app.keys.sign(Algorithm::ES256, "JWT", &claims).await.expect("signs")
        };
        let nobody_s = {
            let mut claims = claims(hint);
            claims["aud"] = json!("no-such-client");
            house.app.keys.sign(Algorithm::ES256, "JWT", &claims).await.expect("signs")
        };
        let hints = [
            ("alg none", unsigned("none")),
            ("alg None", unsigned("None")),
            ("alg none with our kid", forged(hint, head("none", "JWT"), |_| {}, None)),
            ("a foreign key under our kid", forged(hint, head("ES256", "JWT"), |_| {}, Some(&own))),
            ("a foreign key under its own kid", jwt::sign(&own, "JWT", &claims(hint)).expect("signs")),
            ("a bent signature", bent),
            ("another sub under the old signature", {
                let (message, signature) = hint.rsplit_once('.').expect("parts");
                let head = message.split('.').next().expect("a header");
                let mut changed = claims(hint);
                changed["nonce"] = json!("other");
                format!("{head}.{}.{signature}", base64url(changed.to_string().as_bytes()))
            }),
            ("an access token", at_jwt.text("access_token").to_owned()),
            ("a logout token (LO-04)", logout_token),
            ("another issuer's", elsewhere),
            ("for no client of ours", nobody_s),
            ("garbage", "x.y.z".to_owned()),
            ("long", format!("{hint}{}", "A".repeat(4000))),
        ];
        let refuses = async |browser: &mut Browser, params: &[(&str, &str)], what: &str| {
            let view = browser.get_once(&url(params)).await;
            assert_eq!(view.status, 200, "{what}: {} {}", view.location(), view.body);
            asks(&view);
            assert!(view.first("#trouble").is_some(), "{what}: the developer isn't told");
            assert!(lives(browser, &client).await, "{what}");
            // Even when the person presses the button.
            says_goodbye(&presses(&mut browser.clone(), &view).await);
        };
        for (what, bad) in &hints {
            let (mut browser, _) = signed_in(&house, &client, "ada", "openid").await;
            refuses(&mut browser, &[("id_token_hint", bad), ("post_logout_redirect_uri", BYE)], what).await;
            let (mut browser, _) = signed_in(&house, &client, "ada", "openid").await;
            let named = [("id_token_hint", bad.as_str()), ("post_logout_redirect_uri", BYE), ("client_id", &client.id)];
            refuses(&mut browser, &named, what).await;
        }
        let (mut browser, tokens) = signed_in(&house, &client, "ada", "openid").await;
        let hint = tokens["id_token"].as_str().expect("an ID token");
        let named = [("id_token_hint", hint), ("post_logout_redirect_uri", BYE), ("client_id", other.id.as_str())];
        refuses(&mut browser, &named, "issued to another client than the one that asks").await;
        // A disabled client is none.
        let gone = self::client(&house).await;
        let (mut browser, tokens) = signed_in(&house, &gone, "ada", "openid").await;
        house.disables_client(&gone).await;
        let hint = tokens["id_token"].as_str().expect("an ID token");
        let view = browser.get_once(&url(&[("id_token_hint", hint), ("post_logout_redirect_uri", BYE)])).await;
        asks(&view);
    }

    async fn s45_lo_03_a_hint_about_somebody_else_asks_first(house: House) {
        house.person("ada").await;
        house.person("bob").await;
        let client = client(&house).await;
        let (_, bobs) = signed_in(&house, &client, "bob", "openid").await;
        let (_, elsewhere) = signed_in(&house, &client, "ada", "openid").await;
        for foreign in [bobs, elsewhere] {
            let (mut browser, _) = signed_in(&house, &client, "ada", "openid").await;
            let hint = foreign["id_token"].as_str().expect("an ID token");
            let view = browser.get_once(&url(&[("id_token_hint", hint), ("post_logout_redirect_uri", BYE), ("state", "x")])).await;
            asks(&view);
            assert!(view.text().contains("ada@example.com") && !view.text().contains("bob@"), "{}", view.text());
            assert!(lives(&mut browser, &client).await);
            // The person agrees; the app is a real one, so they may go back to it.
            let gone = presses(&mut browser, &view).await;
            assert_eq!((gone.status, gone.location()), (303, "https://app.example/bye?state=x"));
            assert!(!lives(&mut browser, &client).await);
        }
    }

    async fn s45_a_client_without_a_hint_gets_its_person_back_when_they_agree(house: House) {
        house.person("ada").await;
        let client = client(&house).await;
        let (mut browser, _) = signed_in(&house, &client, "ada", "openid").await;
        let view = browser.get_once(&url(&[("client_id", &client.id), ("post_logout_redirect_uri", BYE), ("state", "x")])).await;
        asks(&view);
        assert!(view.text().contains("Ledgerly") && view.header("content-security-policy").contains("form-action 'self' https://app.example;"));
        let gone = presses(&mut browser, &view).await;
        assert_eq!((gone.status, gone.location()), (303, "https://app.example/bye?state=x"));
        assert!(!lives(&mut browser, &client).await);
        // Without a client there is nobody whose address that could be.
        let (mut browser, _) = signed_in(&house, &client, "ada", "openid").await;
        for params in [vec![("post_logout_redirect_uri", BYE)], vec![("post_logout_redirect_uri", BYE), ("client_id", "unknown")]] {
            let view = browser.get_once(&url(&params)).await;
            asks(&view);
            assert!(view.first("input[name=post_logout_redirect_uri]").is_none() && view.first("#trouble").is_some());
        }
        // Nor does the form itself lead where nobody registered.
        let mut fields = browser.get_once(PATH).await.form("form:has(#sign-out)");
        fields.extend([("client_id", client.id.as_str()), ("post_logout_redirect_uri", "https://evil.example/")].map(|(n, v)| (n.to_owned(), v.to_owned())));
        says_goodbye(&browser.post_once("/logout", &fields).await);
    }

    async fn s45_the_address_is_compared_letter_by_letter(house: House) {
        house.person("ada").await;
        let registered = ["https://app.example/bye?a=b", "http://127.0.0.1:7001/bye"];
        let client = house.client_with(|m| m.post_logout_redirect_uris = registered.map(str::to_owned).to_vec()).await;
        let other = self::client(&house).await;
        let bad = [
            "https://app.example/bye", "https://app.example/bye?a=b&", "https://app.example/bye?a=b#x", "https://app.example/bye/?a=b",
            "https://APP.example/bye?a=b", "https://app.example:443/bye?a=b", "https://app.example/%62ye?a=b", "http://app.example/bye?a=b",
            "https://app.example/x/../bye?a=b", "https://app.example.evil.example/bye?a=b", "https://app.example@evil.example/bye?a=b",
            "http://127.0.0.1:7002/bye", "//app.example/bye?a=b", "/bye?a=b", "javascript:alert(1)", CALLBACK, BYE, "https://app.example/bye?a=b\r\nx:y",
        ];
        for uri in bad {
            let (mut browser, tokens) = signed_in(&house, &client, "ada", "openid").await;
            let hint = tokens["id_token"].as_str().expect("an ID token");
            let view = browser.get_once(&url(&[("id_token_hint", hint), ("post_logout_redirect_uri", uri)])).await;
            says_goodbye(&view);
            assert!(!lives(&mut browser, &client).await, "the person wanted to leave");
        }
        // The other client registered what this one may not use; and the honest request works.
        let (mut browser, tokens) = signed_in(&house, &other, "ada", "openid").await;
        let hint = tokens["id_token"].as_str().expect("an ID token");
        assert_eq!(browser.get_once(&url(&[("id_token_hint", hint), ("post_logout_redirect_uri", BYE)])).await.location(), BYE);
        for (uri, state, expected) in [
            (registered[0], Some("x"), "https://app.example/bye?a=b&state=x"),
            (registered[0], None, registered[0]),
            (registered[1], Some("x"), "http://127.0.0.1:7001/bye?state=x"),
        ] {
            let (mut browser, tokens) = signed_in(&house, &client, "ada", "openid").await;
            let hint = tokens["id_token"].as_str().expect("an ID token");
            let mut params = vec![("id_token_hint", hint), ("post_logout_redirect_uri", uri)];
            params.extend(state.map(|state| ("state", state)));
            assert_eq!(browser.get_once(&url(&params)).await.location(), expected);
        }
    }

    async fn s45_a_hint_signed_by_a_retired_key_is_good(house: House) {
        house.person("ada").await;
        let client = client(&house).await;
        let (mut browser, tokens) = signed_in(&house, &client, "ada", "openid").await;
        let app = &house.app;
        rotation::rotate_now(&app.keys, &app.db, Algorithm::ES256, app.now()).await.expect("rotates");
        rotation::rotate_now(&app.keys, &app.db, Algorithm::ES256, app.now()).await.expect("rotates");
        let hint = tokens["id_token"].as_str().expect("an ID token");
        let view = browser.get_once(&url(&[("id_token_hint", hint), ("post_logout_redirect_uri", BYE)])).await;
        assert_eq!((view.status, view.location()), (303, BYE));
        assert!(!lives(&mut browser, &client).await);
    }

    async fn lo_02_a_form_from_another_site_signs_nobody_out(house: House) {
        house.person("ada").await;
        let client = client(&house).await;
        let (mut browser, _) = signed_in(&house, &client, "ada", "openid").await;
        let honest = browser.get_once("/logout").await.form("form:has(#sign-out)");
        let without: Vec<_> = honest.iter().filter(|(name, _)| name != "csrf").cloned().collect();
        let foreign = house.browser().get_once("/logout").await.form("form:has(#sign-out)");
        for (fields, header) in [
            (&without, None),
            (&foreign, None),
            (&honest, Some(("sec-fetch-site", "cross-site"))),
            (&honest, Some(("origin", "https://evil.example"))),
        ] {
            let mut browser = browser.clone();
            if let Some((name, value)) = header {
                browser.fetch_metadata = false;
                browser.headers.insert(name.to_owned(), value.to_owned());
            }
            let view = browser.post_once("/logout", fields).await;
            assert_eq!((view.status, view.error_code().as_deref()), (403, Some("forged_form")));
        }
        assert!(lives(&mut browser, &client).await);
        says_goodbye(&browser.post_once("/logout", &honest).await);
        assert!(!lives(&mut browser, &client).await);
    }

    async fn s45_a_request_that_makes_no_sense_is_a_page(house: House) {
        house.person("ada").await;
        let client = client(&house).await;
        let (mut browser, _) = signed_in(&house, &client, "ada", "openid").await;
        let before = house.tables().await;
        let long = "x".repeat(2049);
        for query in [
            "state=a&state=b".to_owned(), "client_id=a&client_id=a".to_owned(), "state=%ff".to_owned(), "state=%00".to_owned(), "state=%zz".to_owned(),
            format!("state={long}"),
        ] {
            browser.get_once(&format!("{PATH}?{query}")).await.is_page(400);
            let form = reqwest_form(&house, &query).await;
            assert!([400, 303].contains(&form), "{query}: {form}");
        }
        assert_eq!(house.changed_since(&before).await, Vec::<String>::new());
        assert!(lives(&mut browser, &client).await);
        let no_form = house.http().post(format!("{}{PATH}", house.url)).header("content-type", "application/json").body("{}");
        assert_eq!(no_form.send().await.expect("an answer").status(), 400);
    }

    async fn s45_grants_without_offline_end_with_the_session_and_the_others_as_configured(house: House) {
        for (rest, stays) in [(OfflineGrants::Keep, true), (OfflineGrants::End, false)] {
            let house = House::with(house.kind, |config| config.logout.offline_grants = rest).await;
            house.person("ada").await;
            let client = client(&house).await;
            let (mut browser, online) = signed_in(&house, &client, "ada", "openid").await;
            let offline = client.tokens(&mut browser, "ada", &[("scope", "openid offline")]).await.body;
            let waiting = client.code(&mut browser, "ada", &[("scope", "openid offline")]).await;
            // The same person in another browser is another session.
            let (mut elsewhere, far) = signed_in(&house, &client, "ada", "openid").await;
            let access = |tokens: &Value| tokens["access_token"].as_str().expect("a token").to_owned();
            let hint = online["id_token"].as_str().expect("an ID token");
            assert_eq!(browser.get_once(&url(&[("id_token_hint", hint), ("post_logout_redirect_uri", BYE)])).await.status, 303);
            assert!(!client.active(&access(&online)).await);
            assert_eq!(client.active(&access(&offline)).await, stays);
            let refreshed = client.refreshes(offline["refresh_token"].as_str().expect("a token")).await;
            assert_eq!(refreshed.status, if stays { 200 } else { 400 });
            client.redeems(&waiting).await.is(400, "invalid_grant");
            assert!(client.active(&access(&far)).await && lives(&mut elsewhere, &client).await);
        }
    }

    async fn s45_pressed_many_times_at_once_it_ends_once(house: House) {
        let house = house.reaching_loopback().await;
        let rp = crate::support::Rp::open().await;
        let sub = house.person("ada").await;
        let client = house.client_with(|m| rp.registers(m)).await;
        let (mut browser, _) = signed_in(&house, &client, "ada", "openid").await;
        let fields = browser.get_once(&url(&[("client_id", &client.id), ("post_logout_redirect_uri", &format!("{}/bye", rp.url))])).await.form("form:has(#sign-out)");
        let presses = (0..10).map(|_| {
            let (mut browser, fields) = (browser.clone(), fields.clone());
            tokio::spawn(async move { browser.post_once("/logout", &fields).await })
        });
        for view in futures_all(presses).await {
            assert_eq!((view.status, view.location()), (303, format!("{}/bye", rp.url).as_str()), "{}", view.body);
        }
        rp.told(1).await;
        let events = symbolon::audit::about(&house.app.db, &format!("user:{sub}"), 50).await.expect("reads");
        assert_eq!(events.iter().filter(|event| event.action == "session.ended").count(), 1);
        settled(&house).await;
        assert_eq!(rp.notices().len(), 1);
    }

    async fn s46_a_session_has_one_sid_at_each_client_however_often(house: House) {
        house.person("ada").await;
        let (one, two) = (house.client().await, house.client().await);
        let mut browser = house.browser();
        let sid = |tokens: &crate::support::Answer| claims(tokens.text("id_token"))["sid"].as_str().expect("a sid").to_owned();
        let first = one.tokens(&mut browser, "ada", &[]).await;
        let again = one.tokens(&mut browser, "ada", &[("prompt", "login")]).await;
        let other = two.tokens(&mut browser, "ada", &[]).await;
        let refreshed = one.refreshes(first.text("refresh_token")).await.ok();
        let elsewhere = one.tokens(&mut house.browser(), "ada", &[]).await;
        let others_refreshed = two.refreshes(other.text("refresh_token")).await.ok();
        assert!([&again, &refreshed].iter().all(|tokens| sid(tokens) == sid(&first)));
        assert_eq!(sid(&others_refreshed), sid(&other));
        assert!(sid(&elsewhere) != sid(&first) && sid(&other) != sid(&first), "nobody else knows the session by this name");
        let page = browser.get_once("/logout").await;
        says_goodbye(&presses(&mut browser, &page).await);
        assert_ne!(sid(&one.tokens(&mut browser, "ada", &[]).await), sid(&first));
    }
}

async fn reqwest_form(house: &House, body: &str) -> u16 {
    let form = house.http().post(format!("{}{PATH}", house.url));
    let form = form.header("content-type", "application/x-www-form-urlencoded").body(body.to_owned());
    form.send().await.expect("an answer").status().as_u16()
}

async fn futures_all(tasks: impl Iterator<Item = tokio::task::JoinHandle<View>>) -> Vec<View> {
    let mut views = Vec::new();
    for task in tasks.collect::<Vec<_>>() {
        views.push(task.await.expect("ends"));
    }
    views
}

/// No notice waits any more.
async fn settled(house: &House) {
    for _ in 0..1000 {
        if house.tables().await["logout_notices"].is_empty() {
            return;
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    panic!("{:?}", house.tables().await["logout_notices"]);
}

#[test]
fn s41_addresses_for_signing_out_are_checked_by_their_names() {
    type Change = fn(&mut Metadata, &str);
    let base = || Metadata {
        client_name: "Ledgerly".to_owned(),
        redirect_uris: vec![CALLBACK.to_owned(), "http://127.0.0.1:7001/cb".to_owned()],
        ..Metadata::default()
    };
    let fields: [(&str, Change, &[&str], &[&str]); 3] = [
        (
            "post_logout_redirect_uris",
            |m, uri| m.post_logout_redirect_uris = vec![uri.to_owned()],
            &[
                "https://app.example/bye",
                "https://elsewhere.example/?a=b",
                "http://localhost:3000/bye",
                "http://[::1]:1/",
            ],
            &[],
        ),
        (
            "backchannel_logout_uri",
            |m, uri| m.backchannel_logout_uri = Some(uri.to_owned()),
            &["https://app.example/out", "https://api.elsewhere.example:8443/out?a=b", "http://127.0.0.1:7001/out"],
            &["com.example.app:/out"],
        ),
        (
            "frontchannel_logout_uri",
            |m, uri| m.frontchannel_logout_uri = Some(uri.to_owned()),
            &["https://app.example/out?a=b", "http://127.0.0.1:7001/out"],
            &[
                "https://elsewhere.example/out",
                "https://app.example:8443/out",
                "http://127.0.0.1:7002/out",
                "com.example.app:/out",
            ],
        ),
    ];
    let bad = [
        "",
        "/out",
        "app.example/out",
        "http://app.example/out",
        "https://app.example/out#x",
        "https://app.example/out#",
        "https://u:p@app.example/out",
        "https://*.app.example/out",
        "javascript:alert(1)",
        "data:text/html,x",
        "file:///etc/passwd",
        "https://app.example/a b",
        "https://APP.example/out",
    ];
    for (field, change, good, own) in fields {
        for uri in good {
            let mut metadata = base();
            change(&mut metadata, uri);
            assert_eq!(metadata.check(), Ok(()), "{field} {uri}");
        }
        for uri in bad.iter().chain(own) {
            let mut metadata = base();
            change(&mut metadata, uri);
            assert_eq!(metadata.check().expect_err(uri).field, field, "{uri}");
        }
    }
    let mut many = base();
    many.post_logout_redirect_uris = vec!["https://app.example/bye".to_owned(); 51];
    assert_eq!(many.check().expect_err("too many").field, "post_logout_redirect_uris");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn s45_s46_s47_discovery_says_what_there_is() {
    let house = House::new(Kind::Sqlite).await;
    let client = house.client().await;
    let document =
        crate::support::client::answer(client.request("GET", "/.well-known/openid-configuration")).await.body;
    assert_eq!(document["end_session_endpoint"], format!("{}{PATH}", house.url));
    for name in
        ["backchannel_logout", "backchannel_logout_session", "frontchannel_logout", "frontchannel_logout_session"]
    {
        assert_eq!(document[format!("{name}_supported")], true, "{name}");
    }
    assert!(document.get("check_session_iframe").is_none());
}
