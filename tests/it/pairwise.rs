//! OIDC Core §8: what clients know people by; oidc.md, 44.

use crate::on_both;
use crate::support::client::claims;
use crate::support::{Browser, Client, Rp, Site};
use serde_json::json;
use symbolon::clients::{Format, Metadata, SubjectType};

fn at(uris: &[&str]) -> impl FnOnce(&mut Metadata) + use<> {
    let uris: Vec<String> = uris.iter().map(|uri| (*uri).to_owned()).collect();
    move |m| {
        m.redirect_uris = uris;
        m.subject_type = SubjectType::Pairwise;
        m.trusted = true;
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
