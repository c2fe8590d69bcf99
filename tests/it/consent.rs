//! Consent and signing out: nothing is allowed that a person didn't see and say (CS, LO).

use crate::on_both;
use crate::support::browser::View;
use crate::support::{Browser, Client, House};
use serde_json::json;
use std::time::Duration;
use symbolon::clients::{AuthMethod, Metadata};

/// Ada's browser on the consent page of a client.
async fn asked(house: &House, client: &Client, more: &[(&str, &str)]) -> (Browser, View) {
    let mut browser = house.browser();
    let login = browser.get(&client.auth_url(more)).await;
    let page = browser.signs_in(&login, "ada").await;
    assert!(page.first("#allow").is_some(), "{} {}", page.status, page.body);
    (browser, page)
}

/// The form of a consent page with a decision and further fields.
fn decided(page: &View, decision: &str, more: &[(&str, &str)]) -> Vec<(String, String)> {
    let mut fields = page.form("form:has(#allow)");
    fields.push(("decision".to_owned(), decision.to_owned()));
    fields.extend(more.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())));
    fields
}

/// The scopes that a page shows as asked for now.
fn shown(page: &View) -> Vec<String> {
    let html = scraper::Html::parse_document(&page.body);
    let lines = scraper::Selector::parse("ul.scopes:not(.before) li").expect("a selector");
    html.select(&lines).filter_map(|line| line.value().attr("data-scope").map(str::to_owned)).collect()
}

fn register(change: impl FnOnce(&mut Metadata)) -> Option<&'static str> {
    let mut metadata = Metadata {
        client_name: "Ledgerly".to_owned(),
        redirect_uris: vec!["https://app.example/cb".to_owned()],
        ..Metadata::default()
    };
    change(&mut metadata);
    metadata.check().err().map(|why| why.field)
}

on_both! {
    async fn cs_01_another_site_cannot_allow(house: House) {
        house.person("ada").await;
        let client = house.client().await;
        let (mut browser, page) = asked(&house, &client, &[]).await;
        let fields = decided(&page, "allow", &[]);
        let before = house.state().await;
        let post = |headers: &[(&'static str, &'static str)], fields: &[(String, String)]| {
            let cookies: Vec<String> = browser.cookies.iter().map(|(name, value)| format!("{name}={value}")).collect();
            let body = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish();
            let mut lines = vec![
                format!("Cookie: {}", cookies.join("; ")),
                "Content-Type: application/x-www-form-urlencoded".to_owned(),
            ];
            lines.extend(headers.iter().map(|(name, value)| format!("{name}: {value}")));
            (lines, body)
        };
        let without: Vec<_> = fields.iter().filter(|(name, _)| name != "csrf").cloned().collect();
        let stranger = house.browser().get("/login").await.form("form");
        let foreign = stranger.into_iter().filter(|(name, _)| name == "csrf").chain(without.clone()).collect();
        let empty: Vec<_> = without.iter().cloned().chain([("csrf".to_owned(), String::new())]).collect();
        for (headers, fields) in [
            (vec![("Sec-Fetch-Site", "cross-site"), ("Origin", "null")], fields.clone()),
            (vec![("Sec-Fetch-Site", "same-site")], fields.clone()),
            (vec![("Origin", "https://evil.test")], fields.clone()),
            (vec![("Origin", "null")], fields.clone()),
            (vec![("Sec-Fetch-Site", "same-origin"), ("Origin", "https://evil.test")], fields.clone()),
            (vec![], without),
            (vec![], foreign),
            (vec![], empty),
        ] {
            let (lines, body) = post(&headers, &fields);
            let answer = house.sends("POST /consent", &lines, &body).await;
            assert_eq!((answer.status, answer.header("location")), (403, ""), "{headers:?} {fields:?}");
        }
        assert_eq!(house.state().await, before);
        browser.post("/consent", &fields).await.has_code(&client);
    }

    async fn cs_02_an_app_that_could_be_another_never_passes_unseen(house: House) {
        house.person("ada").await;
        for uri in ["http://127.0.0.1:4711/cb", "com.app:/cb"] {
            let native = house
                .client_with(|m| {
                    m.token_endpoint_auth_method = AuthMethod::None;
                    m.redirect_uris = vec![uri.to_owned()];
                })
                .await;
            let (mut browser, page) = asked(&house, &native, &[]).await;
            browser.decides(&page, "allow").await.has_code(&native);
            browser.get_once(&native.auth_url(&[("prompt", "none")])).await.is_refusal(&native, "consent_required");
            let page = browser.get(&native.auth_url(&[])).await;
            browser.decides(&page, "allow").await.has_code(&native);
        }
        // One at an address that only its owner answers for does.
        let web = house.client_with(|m| m.token_endpoint_auth_method = AuthMethod::None).await;
        let (mut browser, page) = asked(&house, &web, &[]).await;
        browser.decides(&page, "allow").await.has_code(&web);
        browser.get_once(&web.auth_url(&[("prompt", "none")])).await.has_code(&web);
    }

    async fn cs_03_a_form_never_allows_more_and_may_allow_less(house: House) {
        house.person("ada").await;
        let client = house.client().await;
        let (mut browser, page) = asked(&house, &client, &[("scope", "openid email profile offline")]).await;
        let before = house.state().await;
        for more in ["phone", "openid address", "symbolon:admin", "email  nothing"] {
            browser.post_once("/consent", &decided(&page, "allow", &[("scope", more)])).await.is_page(400);
        }
        browser.post_once("/consent", &decided(&page, "", &[])).await.is_page(400);
        browser.post_once("/consent", &decided(&page, "ALLOW", &[])).await.is_page(400);
        assert_eq!(house.state().await, before);
        let view = browser.post("/consent", &decided(&page, "allow", &[("scope", "openid"), ("scope", "email")])).await;
        let tokens = client.redeems(&view.has_code(&client)).await.ok();
        assert_eq!(tokens.text("scope"), "openid email");
        assert!(tokens.body.get("refresh_token").is_none());
        // What wasn't allowed is asked for again.
        let page = browser.get(&client.auth_url(&[("scope", "openid email profile")])).await;
        assert_eq!(shown(&page), ["profile"]);
    }

    async fn cs_04_hostile_names_are_refused_or_only_text(house: House) {
        house.person("ada").await;
        for name in [
            "",
            "  ",
            "a\nb",
            "a\tb",
            "a\0b",
            "\u{1b}[31m",
            "a\u{202e}b",
            "a\u{200b}b",
            "a\u{2066}b",
            "\u{feff}a",
            "a\u{61c}b",
            "a\u{2028}b",
            "a\u{ad}b",
            "a\u{180e}b",
            "a\u{e0041}b",
            "a\u{3164}b",
            &"x".repeat(10_000),
            &"x".repeat(101),
        ] {
            assert_eq!(register(|m| m.client_name = name.to_owned()), Some("client_name"), "{name:?}");
        }
        for uri in
            ["javascript:alert(1)", "http://app.example", "data:text/html,x", "https://u:p@app.example", "/privacy", ""]
        {
            assert_eq!(register(|m| m.policy_uri = Some(uri.to_owned())), Some("policy_uri"), "{uri:?}");
            assert_eq!(register(|m| m.tos_uri = Some(uri.to_owned())), Some("tos_uri"), "{uri:?}");
            assert_eq!(register(|m| m.client_uri = Some(uri.to_owned())), Some("client_uri"), "{uri:?}");
        }
        for name in [
            "<img src=https://evil.test/x>",
            "\"><script>alert(1)</script>",
            "{{7*7}}",
            "' onmouseover='x",
            "&lt;b&gt;",
            "Łódź 東京 😀 أ",
        ] {
            let client = house
                .client_with(|m| {
                    m.client_name = name.to_owned();
                    m.policy_uri = Some("https://app.example/?a=\"><script>".replace(['"', '<', '>'], "%22"));
                })
                .await;
            let mut browser = house.browser();
            let login = browser.get(&client.auth_url(&[])).await;
            let consent = browser.signs_in(&login, "ada").await;
            let error = browser.get_once(&client.auth_url(&[("redirect_uri", "https://evil.example/")])).await;
            for page in [&login, &consent, &error] {
                assert!(page.text().contains(name), "{name} isn't in {}", page.text());
                assert!(
                    page.first("script").is_none()
                        && page.first("img[src^=http]").is_none()
                        && page.first("[onmouseover]").is_none()
                );
                assert!(page.header("content-security-policy").contains("img-src 'self' data:;"));
            }
        }
    }

    async fn cs_05_a_decision_counts_once(house: House) {
        house.person("ada").await;
        let client = house.client().await;
        let (mut browser, page) = asked(&house, &client, &[]).await;
        let fields = decided(&page, "allow", &[]);
        let first = browser.post_once("/consent", &fields).await;
        assert_eq!(first.status, 303);
        browser.post_once("/consent", &fields).await.is_page(409);
        browser.post_once("/consent", &decided(&page, "deny", &[])).await.is_page(409);
        let resume = first.location().to_owned();
        browser.get_once(&resume).await.has_code(&client);
        browser.get_once(&resume).await.is_page(400);
        browser.post_once("/consent", &fields).await.is_page(400);
        assert_eq!(house.tables().await["grants"].len(), 1);
        // Two tabs at once.
        let again = browser.get(&client.auth_url(&[("prompt", "consent")])).await;
        let fields = decided(&again, "allow", &[]);
        let (mut one, mut two) = (browser.clone(), browser.clone());
        let (one, two) = tokio::join!(one.post_once("/consent", &fields), two.post_once("/consent", &fields));
        let mut statuses = [one.status, two.status];
        statuses.sort_unstable();
        assert_eq!(statuses, [303, 409]);
        let resume = format!("/oauth2/auth/resume?go={}", again.go());
        let (mut one, mut two) = (browser.clone(), browser.clone());
        let (one, two) = tokio::join!(one.get_once(&resume), two.get_once(&resume));
        let mut statuses = [one.status, two.status];
        statuses.sort_unstable();
        assert_eq!(statuses, [303, 400]);
        assert_eq!(house.tables().await["grants"].len(), 2);
    }

    async fn cs_06_consent_is_for_one_client_and_what_was_shown(house: House) {
        house.person("ada").await;
        house.person("ben").await;
        let (client, other) = (house.client().await, house.client().await);
        let (mut browser, page) = asked(&house, &client, &[("scope", "openid email")]).await;
        assert_eq!(shown(&page), ["email"]);
        browser.decides(&page, "allow").await.has_code(&client);
        browser.get_once(&client.auth_url(&[("scope", "openid email")])).await.has_code(&client);
        browser.get_once(&client.auth_url(&[("scope", "openid")])).await.has_code(&client);
        let page = browser.get(&other.auth_url(&[("scope", "openid email")])).await;
        assert_eq!(shown(&page), ["email"]);
        let page = browser.get(&client.auth_url(&[("scope", "openid email phone")])).await;
        assert_eq!(shown(&page), ["phone"]);
        assert!(page.first("ul.before li[data-scope=email]").is_some());
        let page = browser.get(&client.auth_url(&[("scope", "openid email offline")])).await;
        assert!(page.first("input#offline").is_some());
        let mut bens = house.browser();
        let login = bens.get(&client.auth_url(&[("scope", "openid email")])).await;
        assert_eq!(shown(&bens.signs_in(&login, "ben").await), ["email"]);
        let page = browser.get(&client.auth_url(&[("scope", "openid email"), ("prompt", "consent")])).await;
        assert_eq!(shown(&page), ["email"]);
    }

    async fn cs_06_who_switches_accounts_decides_for_themselves(house: House) {
        house.person("ada").await;
        house.person("ben").await;
        let client = house.client().await;
        let (mut browser, page) = asked(&house, &client, &[]).await;
        // Ada allows; before the answer is fetched, Ben signs in to the same browser.
        let sent = browser.post_once("/consent", &decided(&page, "allow", &[])).await;
        let login = browser.get_once(&format!("/login?go={}", page.go())).await;
        let view = browser.signs_in(&login, "ben").await;
        assert!(view.location().is_empty(), "Ben decided nothing: {}", view.location());
        assert!(browser.get(sent.location()).await.location().is_empty());
    }

    async fn cs_07_who_declines_gives_nothing(house: House) {
        house.person("ada").await;
        let client = house.client().await;
        let (mut browser, page) = asked(&house, &client, &[]).await;
        browser.decides(&page, "deny").await.is_refusal(&client, "access_denied");
        let tables = house.tables().await;
        assert!(tables["grants"].is_empty() && tables["consents"].is_empty() && tables["interactions"].is_empty());
        assert!(tables["audit_events"].iter().any(|row| row.contains("consent.declined")));
        let page = browser.get(&client.auth_url(&[])).await;
        browser.decides(&page, "allow").await.has_code(&client);
        let page = browser.get(&client.auth_url(&[("prompt", "consent")])).await;
        browser.decides(&page, "deny").await.is_refusal(&client, "access_denied");
    }

    async fn cs_08_an_old_page_decides_nothing(house: House) {
        house.person("ada").await;
        let client = house.client().await;
        let (mut browser, page) = asked(&house, &client, &[]).await;
        house.wait(Duration::from_secs(11 * 60));
        let before = house.state().await;
        browser.post_once("/consent", &decided(&page, "allow", &[])).await.is_page(400);
        browser.get_once(&format!("/oauth2/auth/resume?go={}", page.go())).await.is_page(400);
        let after = house.state().await;
        assert_eq!((&after["grants"], &after["consents"]), (&before["grants"], &before["consents"]));
        let page = browser.get(&client.auth_url(&[])).await;
        house.wait(Duration::from_secs(9 * 60));
        browser.decides(&page, "allow").await.has_code(&client);
    }

    async fn cs_09_lasting_access_is_shown_and_can_be_left_out(house: House) {
        house.person("ada").await;
        let client = house.client().await;
        for name in ["offline", "offline_access"] {
            let scope = format!("openid {name}");
            let (mut browser, page) = asked(&house, &client, &[("scope", &scope), ("prompt", "consent")]).await;
            assert!(page.first("input#offline[type=checkbox][checked]").is_some(), "{}", page.body);
            assert!(page.text().contains("Stay connected"));
            let mut unticked = decided(&page, "allow", &[]);
            unticked.retain(|(name, _)| name != "offline");
            let view = browser.post("/consent", &unticked).await;
            let tokens = client.redeems(&view.has_code(&client)).await.ok();
            assert_eq!(tokens.text("scope"), "openid");
            assert!(tokens.body.get("refresh_token").is_none());
        }
        let (mut browser, page) = asked(&house, &client, &[("scope", "openid email")]).await;
        assert!(page.first("input#offline").is_none());
        // A tick that nobody was offered adds nothing.
        let view = browser.post("/consent", &decided(&page, "allow", &[("offline", "1")])).await;
        let tokens = client.redeems(&view.has_code(&client)).await.ok();
        assert!(tokens.body.get("refresh_token").is_none() && tokens.text("scope") == "openid email");
        let page = browser.get(&client.auth_url(&[("scope", "openid email offline")])).await;
        let tokens = client.redeems(&browser.decides(&page, "allow").await.has_code(&client)).await.ok();
        assert!(tokens.text("refresh_token").starts_with("sym_rt_"));
    }

    async fn cs_10_a_decision_is_held_against_the_registry_of_its_moment(house: House) {
        house.person("ada").await;
        let client = house.client_with(|m| m.redirect_uris.push("https://app.example/two".to_owned())).await;
        let (mut browser, page) = asked(&house, &client, &[("scope", "openid email phone")]).await;
        house.changes_client(&client, json!({ "scope": "openid email" })).await;
        let view = browser.decides(&page, "allow").await;
        assert_eq!(client.redeems(&view.has_code(&client)).await.ok().text("scope"), "openid email");

        let two = Client { redirect_uri: "https://app.example/two".to_owned(), ..client.clone() };
        let page = browser.get(&two.auth_url(&[("scope", "openid email"), ("prompt", "consent")])).await;
        house.changes_client(&client, json!({ "redirect_uris": ["https://app.example/cb"] })).await;
        browser.post_once("/consent", &decided(&page, "allow", &[])).await.is_page(400);

        let page = browser.get(&client.auth_url(&[("scope", "openid email"), ("prompt", "consent")])).await;
        let sent = browser.post_once("/consent", &decided(&page, "allow", &[])).await;
        house.disables_client(&client).await;
        browser.get_once(sent.location()).await.is_page(400);
        house.enables_client(&client).await;
        browser.get_once(sent.location()).await.has_code(&client);
    }

    async fn lo_01_a_link_signs_nobody_out(house: House) {
        house.person("ada").await;
        let client = house.client_with(|m| m.trusted = true).await;
        let mut browser = house.browser();
        client.code(&mut browser, "ada", &[]).await;
        for query in ["", "?id_token_hint=garbage", "?client_id=x&state=y", "?logout=1"] {
            let view = browser.get_once(&format!("/logout{query}")).await;
            assert_eq!((view.status, view.location()), (200, ""));
            assert!(view.first("button#sign-out").is_some());
            browser.get_once(&client.auth_url(&[("prompt", "none")])).await.has_code(&client);
        }
        let page = browser.get("/logout").await;
        let cookie = browser.clone();
        assert_eq!(browser.post("/logout", &page.form("form")).await.status, 200);
        browser.get_once(&client.auth_url(&[("prompt", "none")])).await.is_refusal(&client, "login_required");
        // Not only forgotten by the browser: the session has ended.
        cookie.clone().get_once(&client.auth_url(&[("prompt", "none")])).await.is_refusal(&client, "login_required");
        // Twice does no harm.
        let page = browser.get("/logout").await;
        assert_eq!(browser.post("/logout", &page.form("form")).await.status, 200);
    }

    async fn lo_02_another_site_cannot_sign_out(house: House) {
        house.person("ada").await;
        let client = house.client_with(|m| m.trusted = true).await;
        let mut browser = house.browser();
        client.code(&mut browser, "ada", &[]).await;
        let fields = browser.get("/logout").await.form("form");
        let body = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(&fields).finish();
        let cookies: Vec<String> = browser.cookies.iter().map(|(name, value)| format!("{name}={value}")).collect();
        let form = "Content-Type: application/x-www-form-urlencoded".to_owned();
        for (line, body) in [
            ("Sec-Fetch-Site: cross-site", body.as_str()),
            ("Origin: https://evil.test", &body),
            ("Origin: null", &body),
            ("X: y", ""),
            ("X: y", "csrf=wrong"),
        ] {
            let lines = [format!("Cookie: {}", cookies.join("; ")), form.clone(), line.to_owned()];
            assert_eq!(house.sends("POST /logout", &lines, body).await.status, 403, "{line} {body}");
        }
        browser.get_once(&client.auth_url(&[("prompt", "none")])).await.has_code(&client);
    }

    async fn lo_03_anothers_hint_signs_nobody_out(house: House) {
        house.person("ada").await;
        house.person("ben").await;
        let client = house.client_with(|m| m.trusted = true).await;
        let (mut ada, mut ben) = (house.browser(), house.browser());
        let hint = client.tokens(&mut ben, "ben", &[]).await.text("id_token").to_owned();
        client.code(&mut ada, "ada", &[]).await;
        let view = ada
            .get_once(&format!("/logout?id_token_hint={hint}&post_logout_redirect_uri=https%3A%2F%2Fapp.example%2Fcb"))
            .await;
        assert_eq!((view.status, view.location()), (200, ""));
        assert!(view.text().contains("ada@example.com"));
        for browser in [&mut ada, &mut ben] {
            browser.get_once(&client.auth_url(&[("prompt", "none")])).await.has_code(&client);
        }
    }
}
