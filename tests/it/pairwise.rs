//! OIDC Core §8: what clients know people by; oidc.md, 44.

use crate::on_both;
use crate::support::client::claims;
use crate::support::{Browser, Client, Rp, Site};
use serde_json::{Value, json};
use std::collections::BTreeSet;
use symbolon::clients::{Format, Metadata, SubjectType};

fn at(uris: &[&str]) -> impl FnOnce(&mut Metadata) + use<> {
    let uris: Vec<String> = uris.iter().map(|uri| (*uri).to_owned()).collect();
    move |m| {
        m.redirect_uris = uris;
        m.subject_type = SubjectType::Pairwise;
        m.trusted = true;
    }
}

/// Every text in it, at whatever depth; no names of members.
fn texts(value: &Value, into: &mut BTreeSet<String>) {
    match value {
        Value::String(text) => drop(into.insert(text.clone())),
        Value::Array(many) => many.iter().for_each(|one| texts(one, into)),
        Value::Object(members) => members.values().for_each(|one| texts(one, into)),
        _ => {}
    }
}

async fn sub(client: &Client, browser: &mut Browser, name: &str) -> String {
    let tokens = client.tokens(browser, name, &[]).await;
    claims(tokens.text("id_token"))["sub"].as_str().expect("a sub").to_owned()
}

on_both! {
    async fn s44_a_sector_has_its_own_name_for_everyone(house: House) {
        let ada = house.person("ada").await;
        house.person("ben").await;
        let public = house.client_with(|m| m.trusted = true).await;
        let one = house.client_with(at(&["https://one.example/cb", "https://one.example/two"])).await;
        let also_one = house.client_with(at(&["https://one.example/other"])).await;
        let two = house.client_with(at(&["https://two.example/cb"])).await;
        let (mut adas, mut bens) = (house.browser(), house.browser());
        assert_eq!(sub(&public, &mut adas, "ada").await, ada);
        let known = sub(&one, &mut adas, "ada").await;
        assert!(known != ada && known.len() == 43);
        assert_eq!(sub(&one, &mut adas, "ada").await, known, "stable");
        assert_eq!(sub(&also_one, &mut adas, "ada").await, known, "one sector");
        let elsewhere = sub(&two, &mut adas, "ada").await;
        let bens_name = sub(&one, &mut bens, "ben").await;
        assert!(elsewhere != known && elsewhere != ada && bens_name != known);
        // Not stored anywhere, and the same after a restart with the same keys.
        let dump = format!("{:?}", house.tables().await);
        assert!(!dump.contains(&known) && !dump.contains(&elsewhere));
    }

    async fn s44_every_place_that_tells_a_sub_tells_the_same(house: House) {
        let ada = house.person("ada").await;
        let with = |format: Format| move |m: &mut Metadata| {
            at(&["https://one.example/cb"])(m);
            m.access_token_format = format;
        };
        let api = house.client_with(|m| m.resource_server = true).await;
        let mut browser = house.browser();
        for format in [Format::Opaque, Format::Jwt] {
            let client = house.client_with(with(format)).await;
            let tokens = client.tokens(&mut browser, "ada", &[("scope", "openid offline email")]).await;
            let refreshed = client.refreshes(tokens.text("refresh_token")).await.ok();
            let known = claims(tokens.text("id_token"))["sub"].clone();
            assert_ne!(known, json!(ada));
            assert_eq!(claims(refreshed.text("id_token"))["sub"], known);
            let token = refreshed.text("access_token");
            assert_eq!(client.userinfo(token).await.ok().body["sub"], known);
            for about in [client.introspects(token).await, api.introspects(token).await] {
                assert_eq!((&about["active"], &about["sub"]), (&json!(true), &known));
                assert!(about.get("username").is_none(), "an address would tell who it is");
            }
            assert_eq!(client.introspects(refreshed.text("refresh_token")).await["sub"], known);
            if format == Format::Jwt {
                assert_eq!(claims(token)["sub"], known);
            }
            let told = format!("{} {}", tokens.body, refreshed.body);
            let payloads = [tokens.text("id_token"), refreshed.text("id_token")].map(|jwt| claims(jwt).to_string());
            assert!(!told.contains(&ada) && payloads.iter().all(|payload| !payload.contains(&ada)));
        }
    }

    async fn s44_nothing_that_two_clients_are_told_links_a_person(house: House) {
        let house = house.reaching_loopback().await;
        let rps = [Rp::open().await, Rp::open().await];
        house.person("ada").await;
        let mut browser = house.browser();
        let api = house.client_with(|m| m.resource_server = true).await;
        let (mut told, mut clients) = (Vec::new(), Vec::new());
        for (n, rp) in rps.iter().enumerate() {
            let client = house.client_with(|m| {
                at(&[&format!("https://app{n}.example/cb"), &format!("{}/cb", rp.url)])(m);
                m.sector_identifier_uri = Some(format!("https://app{n}.example/uris"));
                m.backchannel_logout_uri = rp.backchannel();
                m.frontchannel_logout_uri = Some(format!("{}/frame", rp.url));
                m.access_token_format = if n == 0 { Format::Opaque } else { Format::Jwt };
            }).await;
            let tokens = client.tokens(&mut browser, "ada", &[("scope", "openid offline profile email")]).await;
            let refreshed = client.refreshes(tokens.text("refresh_token")).await.ok();
            let token = refreshed.text("access_token").to_owned();
            let mut values = BTreeSet::new();
            texts(&claims(tokens.text("id_token")), &mut values);
            texts(&claims(refreshed.text("id_token")), &mut values);
            texts(&client.introspects(&token).await, &mut values);
            texts(&api.introspects(&token).await, &mut values);
            texts(&client.introspects(refreshed.text("refresh_token")).await, &mut values);
            if n == 1 {
                texts(&claims(&token), &mut values);
            }
            told.push(values);
            clients.push((client, tokens));
        }
        let page = browser.get("/logout").await;
        let gone = browser.post("/logout", &page.form("form")).await;
        let html = scraper::Html::parse_document(&gone.body);
        let frames: Vec<String> = html.select(&scraper::Selector::parse("iframe").expect("a selector"))
            .map(|frame| frame.value().attr("src").expect("a source").to_owned()).collect();
        assert_eq!(frames.len(), 2, "{}", gone.body);
        for ((values, rp), (client, tokens)) in told.iter_mut().zip(&rps).zip(&clients) {
            let (_, notice) = client.is_told(&rp.told(1).await[0]).await;
            texts(&notice, values);
            let frame = url::Url::parse(frames.iter().find(|frame| frame.starts_with(&rp.url)).expect("its frame")).expect("a URL");
            values.extend(frame.query_pairs().map(|(_, value)| value.into_owned()));
            // All of them call the session what this client's ID tokens call it.
            let sid = claims(tokens.text("id_token"))["sid"].as_str().expect("a sid").to_owned();
            assert_eq!(notice["sid"], json!(sid));
            assert!(frame.query_pairs().any(|(name, value)| name == "sid" && value == sid));
        }
        let both: Vec<&String> = told[0].intersection(&told[1]).collect();
        let same = [house.app.issuer(), symbolon::signin::ACR_PASSWORD, "pwd", "Bearer", "openid offline profile email", "refresh_token", "n-0S6_WzA2Mj",
            // Where the person acts, which resource servers need; many act there.
            "default", "member"];
        let links: Vec<&&String> = both.iter().filter(|value| !same.contains(&value.as_str())).collect();
        assert!(links.is_empty(), "{links:?}");
        assert!(both.len() >= 4 && told.iter().all(|values| values.len() > 8), "{told:?}");
    }

    async fn s44_hints_and_wishes_speak_of_the_same_sub(house: House) {
        let ada = house.person("ada").await;
        house.person("ben").await;
        let client = house.client_with(at(&["https://one.example/cb"])).await;
        let (mut adas, mut bens) = (house.browser(), house.browser());
        let tokens = client.tokens(&mut adas, "ada", &[]).await;
        let known = claims(tokens.text("id_token"))["sub"].as_str().expect("a sub").to_owned();
        client.tokens(&mut bens, "ben", &[]).await;
        let hint = client.auth_url(&[("prompt", "none"), ("id_token_hint", tokens.text("id_token"))]);
        adas.get_once(&hint).await.has_code(&client);
        bens.get_once(&hint).await.is_refusal(&client, "login_required");
        let wish = |sub: &str| json!({ "id_token": { "sub": { "value": sub } } }).to_string();
        let asks = |sub: &str| client.auth_url(&[("prompt", "none"), ("claims", &wish(sub))]);
        adas.get_once(&asks(&known)).await.has_code(&client);
        adas.get_once(&asks(&ada)).await.is_refusal(&client, "login_required");
        bens.get_once(&asks(&known)).await.is_refusal(&client, "login_required");
    }

    async fn s44_a_sign_out_is_about_the_same_sub(house: House) {
        let house = house.reaching_loopback().await;
        let rp = Rp::open().await;
        house.person("ada").await;
        let client = house.client_with(|m| {
            rp.registers(m);
            m.subject_type = SubjectType::Pairwise;
            m.trusted = true;
        }).await;
        let mut browser = house.browser();
        let tokens = client.tokens(&mut browser, "ada", &[]).await;
        let id_token = tokens.text("id_token");
        // The hint is the client's own: nobody is asked.
        let bye = format!("{}/bye", rp.url);
        let query = url::form_urlencoded::Serializer::new(String::new())
            .extend_pairs([("id_token_hint", id_token), ("post_logout_redirect_uri", &bye)])
            .finish();
        let view = browser.get_once(&format!("/oauth2/sessions/logout?{query}")).await;
        assert_eq!((view.status, view.location()), (303, bye.as_str()), "{}", view.body);
        let told = claims(&rp.told(1).await[0].token());
        assert_eq!((&told["sub"], &told["sid"]), (&claims(id_token)["sub"], &claims(id_token)["sid"]));
    }

    async fn s44_several_hosts_need_a_document_that_lists_them(house: House) {
        let house = house.reaching_loopback().await;
        house.person("ada").await;
        let uris = ["https://one.example/cb", "https://two.example/cb"];
        let listed = json!(["https://one.example/cb", "https://two.example/cb", "https://three.example/cb"]).to_string();
        let site = Site::open("application/json", &listed);
        let metadata = |sector: Option<&str>| {
            let mut metadata = Metadata { client_name: "x".to_owned(), ..Metadata::default() };
            at(&uris)(&mut metadata);
            metadata.sector_identifier_uri = sector.map(str::to_owned);
            metadata
        };
        let field = |refused: symbolon::admin::Refused| match refused {
            symbolon::admin::Refused::Invalid { field, .. } => field,
            other => panic!("{other}"),
        };
        assert_eq!(field(house.registers(metadata(None)).await.expect_err("refused")), "sector_identifier_uri");
        let made = house.registers(metadata(Some(&site.url))).await.expect("registered");
        assert_eq!(house.app.documents.fetches(), 1, "bounded like all that strangers name");
        assert_eq!((site.hits(), made.client.metadata.sector().as_deref()), (1, Some("127.0.0.1")));
        // What the document doesn't say can't be registered, now or later.
        for (media, body) in [("application/json", "[\"https://one.example/cb\"]"), ("application/json", "{}"), ("text/html", "<p>")] {
            site.says(media, body);
            assert_eq!(field(house.registers(metadata(Some(&site.url))).await.expect_err("refused")), "sector_identifier_uri");
        }
        site.answers(format!("HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n[\"{}\"]", "x".repeat(70_000)));
        assert_eq!(field(house.registers(metadata(Some(&site.url))).await.expect_err("refused")), "sector_identifier_uri");
        site.answers("HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1:1/\r\nContent-Length: 0\r\nConnection: close\r\n\r\n".to_owned());
        assert_eq!(field(house.registers(metadata(Some(&site.url))).await.expect_err("refused")), "sector_identifier_uri");
        // A change asks again, when it is about the sector, and only then.
        let client = Client { id: made.client.id.to_string(), ..house.client().await };
        let before = site.hits();
        house.changes_client(&client, json!({ "client_name": "y" })).await;
        assert_eq!(site.hits(), before);
        site.says("application/json", &listed);
        house.changes_client(&client, json!({ "redirect_uris": ["https://three.example/cb"] })).await;
        assert_eq!(site.hits(), before + 1);
        let refused = house.tries_to_change(&client, json!({ "redirect_uris": ["https://four.example/cb"] })).await;
        assert_eq!(field(refused.expect_err("refused")), "sector_identifier_uri");
    }

    async fn ss_04_a_sector_document_is_fetched_only_from_where_we_may_go(house: House) {
        let site = Site::open("application/json", "[\"https://one.example/cb\"]");
        for uri in [site.url.as_str(), "https://127.0.0.1/s", "https://169.254.169.254/", "https://[::1]/", "http://one.example/s",
                    "file:///etc/passwd", "https://u@one.example/s", "https://one.example:8443/s"] {
            let mut metadata = Metadata { client_name: "x".to_owned(), ..Metadata::default() };
            at(&["https://one.example/cb"])(&mut metadata);
            metadata.sector_identifier_uri = Some(uri.to_owned());
            assert!(house.registers(metadata).await.is_err(), "{uri}");
        }
        assert_eq!(site.hits(), 0);
        let mut metadata = Metadata { client_name: "x".to_owned(), ..Metadata::default() };
        at(&["https://one.example/cb"])(&mut metadata);
        assert!(house.registers(metadata).await.is_ok());
    }
}
