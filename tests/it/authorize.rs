//! `/oauth2/auth`: attacks on the authorization endpoint (AZ), and OIDC Core §3.1.2 as relying parties see it.

use crate::on_both;
use crate::support::browser::View;
use crate::support::client::claims;
use crate::support::{Browser, House};
use serde_json::json;
use std::collections::BTreeSet;
use std::time::Duration;
use symbolon::clients::Metadata;

fn trusted(m: &mut Metadata) {
    m.trusted = true;
}

fn minutes(n: u64) -> Duration {
    Duration::from_secs(60 * n)
}

/// The page without what differs from request to request.
fn masked(view: &View, client_id: &str) -> String {
    let body = view.body.replace(view.header("x-request-id"), "REFERENCE");
    if client_id.is_empty() { body.replace("\"></code>", "\">ID</code>") } else { body.replace(client_id, "ID") }
}

/// The parameters of an authorization request, for a form.
fn form(url: &str) -> Vec<(String, String)> {
    url::Url::parse(url).expect("a URL").query_pairs().into_owned().collect()
}

/// Other origins from which the page would fetch something.
fn fetched_from_elsewhere(view: &View) -> Vec<String> {
    let html = scraper::Html::parse_document(&view.body);
    let all = scraper::Selector::parse("[src], link[href], object[data], [srcset], [background], [poster]")
        .expect("a selector");
    let values = html.select(&all).flat_map(|el| ["src", "href", "data", "srcset"].map(|name| el.value().attr(name)));
    values.flatten().filter(|url| !url.starts_with('/') || url.starts_with("//")).map(str::to_owned).collect()
}

/// The page of a request that waits for a sign-in.
async fn waits_for_sign_in(browser: &mut Browser, url: &str) -> View {
    let view = browser.get(url).await;
    assert!(view.first("#sign-in").is_some(), "{} {}", view.status, view.body);
    view
}

on_both! {
    async fn az_01_unknown_disabled_and_deleted_clients_get_the_same_page(house: House) {
        let (client, off, gone) = (house.client().await, house.client().await, house.client().await);
        house.disables_client(&off).await;
        house.deletes_client(&gone).await;
        let before = house.state().await;
        let mut pages = BTreeSet::new();
        for id in ["0123456789abcdef0123456789abcdef", "", &off.id, &gone.id, "<b>bold</b>", &"x".repeat(300)] {
            let url = client.auth_url(&[("client_id", id), ("redirect_uri", "https://evil.test/cb")]);
            let view = house.browser().get_once(&url).await;
            view.is_page(400);
            assert!(!view.body.contains("evil.test") && !view.body.contains("<b>bold"));
            if !id.starts_with('<') {
                pages.insert(masked(&view, id));
            }
        }
        assert_eq!(pages.len(), 1, "{pages:#?}");
        assert_eq!(house.state().await, before);
        waits_for_sign_in(&mut house.browser(), &client.auth_url(&[])).await;
    }

    async fn az_02_response_type_is_code_and_nothing_else(house: House) {
        let client = house.client().await;
        let before = house.state().await;
        for (response_type, error) in [
            ("", "invalid_request"),
            ("token", "unsupported_response_type"),
            ("id_token token", "unsupported_response_type"),
            ("code token", "unsupported_response_type"),
            ("code id_token", "unsupported_response_type"),
            ("none", "unsupported_response_type"),
            ("CODE", "unsupported_response_type"),
            ("code code", "unsupported_response_type"),
            (" code", "unsupported_response_type"),
        ] {
            let view = house.browser().get_once(&client.auth_url(&[("response_type", response_type)])).await;
            view.is_refusal(&client, error);
        }
        assert_eq!(house.state().await, before);
        waits_for_sign_in(&mut house.browser(), &client.auth_url(&[])).await;
    }

    async fn az_03_response_mode_is_one_that_is_registered(house: House) {
        house.person("ada").await;
        let mut browser = house.browser();
        browser.arrives_as("ada").await;
        let plain = house
            .client_with(|m| {
                trusted(m);
                m.response_modes = vec!["query".to_owned()];
            })
            .await;
        let poster = house
            .client_with(|m| {
                trusted(m);
                m.response_modes = vec!["form_post".to_owned()];
            })
            .await;
        let any = house.client_with(trusted).await;
        let before = house.state().await;
        for (client, mode) in [
            (&plain, "fragment"),
            (&plain, "form_post"),
            (&plain, "query.jwt"),
            (&plain, "Query"),
            (&plain, "x"),
            (&any, "query.jwt"),
            (&any, "web_message"),
            (&any, "query fragment"),
            (&poster, "query"),
            (&poster, "fragment"),
            (&poster, ""),
        ] {
            browser.get_once(&client.auth_url(&[("response_mode", mode)])).await.is_refusal(client, "invalid_request");
        }
        assert_eq!(house.state().await, before);
        browser.get_once(&plain.auth_url(&[("response_mode", "query")])).await.has_code(&plain);
        browser.get_once(&plain.auth_url(&[])).await.has_code(&plain);
        let view = browser.get_once(&any.auth_url(&[("response_mode", "fragment")])).await;
        assert!(view.location().starts_with("https://app.example/cb#code="), "{}", view.location());
        assert_eq!(view.sent("iss").as_deref(), Some(house.app.issuer()));
        let view = browser.get_once(&poster.auth_url(&[("response_mode", "form_post")])).await;
        assert_eq!((view.status, view.location()), (200, ""));
        assert!(view.form("form").iter().any(|(name, _)| name == "code"));
    }

    async fn az_04_a_parameter_comes_once(house: House) {
        let client = house.client().await;
        let before = house.state().await;
        let url = client.auth_url(&[("prompt", "login"), ("response_mode", "query")]);
        for (name, own) in form(&url) {
            for second in [own.as_str(), "other"] {
                let pair = url::form_urlencoded::Serializer::new(String::new()).append_pair(&name, second).finish();
                let in_query = house.browser().get_once(&format!("{url}&{pair}")).await;
                let in_both = house.browser().post_once(&format!("/oauth2/auth?{pair}"), &form(&url)).await;
                let mut twice = form(&url);
                twice.insert(0, (name.clone(), second.to_owned()));
                let in_body = house.browser().post_once("/oauth2/auth", &twice).await;
                for view in [in_query, in_both, in_body] {
                    match name.as_str() {
                        "client_id" | "redirect_uri" => view.is_page(400),
                        // Which of two states would be the right one can't be known.
                        "state" => {
                            view.refuses(&client, "invalid_request");
                            assert_eq!(view.sent("state"), None);
                        }
                        _ => view.is_refusal(&client, "invalid_request"),
                    }
                }
            }
        }
        assert_eq!(house.state().await, before);
        // RFC 8707 §2: this one may repeat.
        let url = format!("{}&resource=https%3A%2F%2Fa.example&resource=https%3A%2F%2Fb.example", client.auth_url(&[]));
        waits_for_sign_in(&mut house.browser(), &url).await;
    }

    async fn az_05_prompt_none_never_shows_a_page(house: House) {
        house.person("ada").await;
        let client = house.client().await;
        let silent = client.auth_url(&[("prompt", "none")]);
        let mut browser = house.browser();
        browser.get_once(&silent).await.is_refusal(&client, "login_required");
        browser.arrives_as("ada").await;
        browser.get_once(&silent).await.is_refusal(&client, "consent_required");
        browser.allows(&client.auth_url(&[]), "ada").await.has_code(&client);
        house.wait(minutes(2));
        let aged = client.auth_url(&[("prompt", "none"), ("max_age", "60")]);
        browser.get_once(&aged).await.is_refusal(&client, "login_required");
        let more = client.auth_url(&[("prompt", "none"), ("scope", "openid offline email")]);
        browser.get_once(&more).await.is_refusal(&client, "consent_required");
        let mut stranger = browser.clone();
        stranger.cookies.insert("sym_s".to_owned(), "made-up".to_owned());
        stranger.get_once(&silent).await.is_refusal(&client, "login_required");
        let young = client.auth_url(&[("prompt", "none"), ("max_age", "600")]);
        let code = browser.get_once(&young).await.has_code(&client);
        client.redeems(&code).await.ok();
        browser.get_once(&silent).await.has_code(&client);
    }

    async fn az_06_prompt_is_a_known_word_and_none_stands_alone(house: House) {
        let client = house.client().await;
        for prompt in [
            "none login",
            "login none",
            "none consent",
            "none select_account",
            "foo",
            "none foo",
            "LOGIN",
            "login,consent",
        ] {
            let view = house.browser().get_once(&client.auth_url(&[("prompt", prompt)])).await;
            view.is_refusal(&client, "invalid_request");
        }
        for prompt in ["login", "consent", "select_account", "login consent", "consent login select_account"] {
            waits_for_sign_in(&mut house.browser(), &client.auth_url(&[("prompt", prompt)])).await;
        }
        // RFC 6749 §3.1: empty is absent.
        waits_for_sign_in(&mut house.browser(), &format!("{}&prompt=", client.auth_url(&[]))).await;
    }

    async fn az_07_max_age_is_a_number_of_seconds(house: House) {
        house.person("ada").await;
        let client = house.client_with(trusted).await;
        let mut browser = house.browser();
        browser.arrives_as("ada").await;
        for bad in ["-1", "abc", "+5", "1.5", "1e3", "0x10", " 5", "99999999999999999999", "18446744073709551615", "٣"] {
            browser.get_once(&client.auth_url(&[("max_age", bad)])).await.is_refusal(&client, "invalid_request");
        }
        for good in ["1000000000", "4294967295"] {
            browser.get_once(&client.auth_url(&[("max_age", good)])).await.has_code(&client);
        }
        house.wait(minutes(5));
        let asked_at = house.now().secs();
        let view = waits_for_sign_in(&mut browser, &client.auth_url(&[("max_age", "0")])).await;
        assert!(view.text().contains("Confirm"), "{}", view.text());
        let code = browser.signs_in(&view, "ada").await.has_code(&client);
        let id_token = claims(client.redeems(&code).await.ok().text("id_token"));
        assert!(id_token["auth_time"].as_i64().expect("seconds") >= asked_at);
        // Registration §2: the client's own most, where the request says none.
        let strict = house
            .client_with(|m| {
                trusted(m);
                m.default_max_age = Some(60);
            })
            .await;
        browser.get_once(&strict.auth_url(&[])).await.has_code(&strict);
        house.wait(minutes(2));
        waits_for_sign_in(&mut browser, &strict.auth_url(&[])).await;
        browser.get_once(&strict.auth_url(&[("max_age", "600")])).await.has_code(&strict);
    }

    async fn az_08_back_and_reload_dont_get_around_a_fresh_sign_in(house: House) {
        house.person("ada").await;
        let client = house.client_with(trusted).await;
        let mut browser = house.browser();
        browser.arrives_as("ada").await;
        for wish in [("prompt", "login"), ("max_age", "0"), ("max_age", "60"), ("prompt", "select_account login")] {
            house.wait(minutes(2));
            let view = waits_for_sign_in(&mut browser, &client.auth_url(&[wish])).await;
            let resume = format!("/oauth2/auth/resume?go={}", view.go());
            for _ in 0..2 {
                let back = browser.get_once(&resume).await;
                assert_eq!(
                    (back.status, back.location()),
                    (303, format!("/login?go={}", view.go()).as_str()),
                    "{wish:?}"
                );
            }
            let old = browser.clone();
            let code = browser.signs_in(&view, "ada").await.has_code(&client);
            client.redeems(&code).await.ok();
            // The request is spent, for the new session as for the old one.
            browser.get_once(&resume).await.is_page(400);
            old.clone().get_once(&resume).await.is_page(400);
        }
    }

    async fn az_09_long_and_many_parameters_cost_little(house: House) {
        let client = house.client().await;
        let url = client.auth_url(&[]);
        let scope = ["word"; 50_000].join("+");
        let huge = house.sends(&format!("GET /oauth2/auth?scope={scope}"), &[], "").await;
        assert!(matches!(huge.status, 414 | 431), "{}", huge.status);
        let long = house.browser().get_once(&format!("{url}&x={}", "y".repeat(9000))).await;
        assert_eq!((long.status, long.location()), (414, ""));
        let words = ["word"; 300].join(" ");
        let (state, much) = ("s".repeat(2100), "n".repeat(2100));
        house.browser().get_once(&client.auth_url(&[("scope", &words)])).await.is_refusal(&client, "invalid_request");
        house.browser().get_once(&client.auth_url(&[("nonce", &much)])).await.is_refusal(&client, "invalid_request");
        house
            .browser()
            .get_once(&client.auth_url(&[("login_hint", &much)]))
            .await
            .is_refusal(&client, "invalid_request");
        let view = house.browser().get_once(&client.auth_url(&[("state", &state)])).await;
        view.refuses(&client, "invalid_request");
        assert_eq!(view.sent("state"), Some(state));
        let mut many = form(&url);
        many.extend((0..500).map(|n| (format!("x{n}"), "1".to_owned())));
        let query = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(&many).finish();
        waits_for_sign_in(&mut house.browser(), &format!("/oauth2/auth?{query}")).await;
        many.extend((0..5_000).map(|n| (format!("y{n}"), String::new())));
        let view = house.browser().post_once("/oauth2/auth", &many).await;
        assert_eq!((view.status, view.location().starts_with("/login?go=")), (303, true));
        many.push(("state2".to_owned(), "s".repeat(1 << 20)));
        assert_eq!(house.browser().post_once("/oauth2/auth", &many).await.status, 413);
    }

    async fn az_10_hostile_characters_are_only_ever_data(house: House) {
        house.person("ada").await;
        let client = house.client_with(trusted).await;
        let mut browser = house.browser();
        browser.arrives_as("ada").await;
        let honest = house.sends(&format!("GET {}", path(&client.auth_url(&[]))), &[cookies(&browser)], "").await;
        assert_eq!(honest.status, 303);
        for name in ["state", "nonce", "login_hint", "ui_locales", "acr_values", "claims_locales", "display"] {
            for evil in [
                "a\r\nX-Evil: 1",
                "a\nSet-Cookie: x=y",
                "\"><script>alert(1)</script>",
                "' onfocus=x '",
                "\u{2028}\u{202e}é+&=%00",
            ] {
                let target = path(&client.auth_url(&[(name, evil)]));
                let answer = house.sends(&format!("GET {target}"), &[cookies(&browser)], "").await;
                assert_eq!((answer.status, answer.headers.len()), (303, honest.headers.len()), "{name} {evil:?} {answer:?}");
                assert!(!answer.headers.iter().any(|(name, _)| name.starts_with("x-evil")));
                if name == "state" {
                    let sent = url::Url::parse(answer.header("location")).expect("a URL");
                    let state = sent.query_pairs().find(|(name, _)| name == "state").expect("a state").1.into_owned();
                    assert_eq!(state, evil);
                }
                let page = house.browser().get(&client.auth_url(&[(name, evil)])).await;
                assert!(page.first("#sign-in").is_some() && page.first("script").is_none(), "{}", page.body);
                let email = page.first("input[name=email]").expect("an input");
                assert!(!email.contains_key("onfocus"));
                if name == "login_hint" && !evil.contains('\n') {
                    assert_eq!(email["value"], evil);
                }
            }
            let nul = format!("{}&{name}=a%00b", client.auth_url(&[(name, "")]));
            browser.get_once(&nul).await.refuses(&client, "invalid_request");
            let not_utf8 = format!("{}&{name}=%ff", client.auth_url(&[(name, "")]));
            browser.get_once(&not_utf8).await.refuses(&client, "invalid_request");
        }
        let bare = house.hears(b"GET /oauth2/auth?state=a\rb HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n").await;
        assert_eq!(bare.status, 400);
    }

    async fn az_11_the_issuer_is_in_every_answer_and_metadata_says_so(house: House) {
        house.person("ada").await;
        let client = house.client_with(trusted).await;
        let view = house.browser().get_once(&format!("{}/.well-known/openid-configuration", house.url)).await;
        let metadata: serde_json::Value = serde_json::from_str(&view.body).expect("JSON");
        assert_eq!(metadata["authorization_response_iss_parameter_supported"], true);
        let mut browser = house.browser();
        browser.arrives_as("ada").await;
        for (mode, more) in [("query", ("prompt", "")), ("query", ("prompt", "x")), ("fragment", ("prompt", "x"))] {
            let view = browser.get_once(&client.auth_url(&[("response_mode", mode), more])).await;
            assert_eq!(view.sent("iss").as_deref(), metadata["issuer"].as_str(), "{}", view.location());
        }
    }

    async fn az_12_every_redirect_after_a_form_is_303(house: House) {
        house.person("ada").await;
        let client = house.client().await;
        let mut browser = house.browser();
        let mut sent = browser.post_once("/oauth2/auth", &form(&client.auth_url(&[]))).await;
        assert_eq!(sent.status, 303);
        let login = browser.get_once(sent.location()).await;
        let mut fields = login.form("form:has(#sign-in)");
        fields.retain(|(name, _)| name != "email" && name != "password");
        fields.push(("email".to_owned(), "ada@example.com".to_owned()));
        fields.push(("password".to_owned(), crate::support::house::PASSWORD.to_owned()));
        sent = browser.post_once("/login", &fields).await;
        assert_eq!(sent.status, 303);
        let consent = browser.get(sent.location()).await;
        for decision in ["allow", "deny"] {
            let mut browser = browser.clone();
            let view = match decision {
                "allow" => consent.clone(),
                _ => browser.get(&client.auth_url(&[("prompt", "consent")])).await,
            };
            let mut fields = view.form("form");
            fields.push(("decision".to_owned(), decision.to_owned()));
            let sent = browser.post_once("/consent", &fields).await;
            assert_eq!(sent.status, 303, "{}", sent.body);
            assert_eq!(browser.get_once(sent.location()).await.status, 303);
        }
        let view = browser.get("/logout").await;
        let out = browser.post_once("/logout", &view.form("form")).await;
        assert!(matches!(out.status, 200 | 303));
    }

    async fn az_13_a_waiting_request_belongs_to_the_browser_that_brought_it(house: House) {
        house.person("ada").await;
        let mallory = house.person("mallory").await;
        let client = house.client().await;
        let mut attacker = house.browser();
        let login = waits_for_sign_in(&mut attacker, &client.auth_url(&[])).await;
        let go = login.go();
        let mut victim = house.browser();
        victim.arrives_as("ada").await;
        for page in ["/login", "/consent", "/oauth2/auth/resume"] {
            victim.get_once(&format!("{page}?go={go}")).await.is_page(400);
        }
        let mut fields = victim.get("/login").await.form("form");
        fields.retain(|(name, _)| name == "csrf");
        fields.push(("go".to_owned(), go.clone()));
        let mut deciding = fields.clone();
        fields.push(("email".to_owned(), "ada@example.com".to_owned()));
        fields.push(("password".to_owned(), crate::support::house::PASSWORD.to_owned()));
        victim.post_once("/login", &fields).await.is_page(400);
        deciding.push(("decision".to_owned(), "allow".to_owned()));
        victim.post_once("/consent", &deciding).await.is_page(400);
        // What the victim did moved nothing: the attacker's browser is where it was, and goes on as the attacker.
        let back = attacker.get_once(&format!("/oauth2/auth/resume?go={go}")).await;
        assert_eq!(back.location(), format!("/login?go={go}"));
        let consent = attacker.signs_in(&login, "mallory").await;
        let code = attacker.decides(&consent, "allow").await.has_code(&client);
        let tokens = client.redeems(&code).await.ok();
        assert_eq!(client.introspects(tokens.text("access_token")).await["sub"], mallory);
    }

    async fn az_14_no_step_can_be_skipped(house: House) {
        house.person("ada").await;
        let client = house.client().await;
        let (mut browser, mut other) = (house.browser(), house.browser());
        let login = waits_for_sign_in(&mut browser, &client.auth_url(&[])).await;
        let (go, before) = (login.go(), house.state().await);
        let csrf = login.form("form").into_iter().find(|(name, _)| name == "csrf").expect("a csrf value");
        let early = vec![csrf, ("go".to_owned(), go.clone()), ("decision".to_owned(), "allow".to_owned())];
        browser.post_once("/consent", &early).await.is_page(400);
        let resume = format!("/oauth2/auth/resume?go={go}");
        assert_eq!(browser.get_once(&resume).await.location(), format!("/login?go={go}"));
        assert_eq!(browser.get_once(&format!("/consent?go={go}")).await.location(), format!("/login?go={go}"));
        assert_eq!(house.state().await, before);
        let consent = browser.signs_in(&login, "ada").await;
        assert!(consent.first("#allow").is_some());
        assert_eq!(browser.get_once(&resume).await.location(), format!("/consent?go={go}"));
        // Consent to this request from another browser, whose own request waits too.
        waits_for_sign_in(&mut other, &client.auth_url(&[])).await;
        other.arrives_as("ada").await;
        let mut foreign = consent.form("form");
        foreign.push(("decision".to_owned(), "allow".to_owned()));
        let view = other.post_once("/consent", &foreign).await;
        assert!(matches!(view.status, 400 | 403), "{}", view.status);
        assert_eq!(browser.get_once(&resume).await.location(), format!("/consent?go={go}"));
        for bad in ["", "nobody", &"x".repeat(500), "%00", "'%20OR%20'1'%3D'1"] {
            browser.get_once(&format!("/oauth2/auth/resume?go={bad}")).await.is_page(400);
            browser.get_once(&format!("/consent?go={bad}")).await.is_page(400);
        }
        browser.decides(&consent, "allow").await.has_code(&client);
    }

    async fn az_15_fields_that_dont_exist_change_nothing(house: House) {
        house.person("ada").await;
        let client = house.client().await;
        let other = house.client().await;
        let tampered: Vec<(String, String)> = [
            ("client_id", other.id.as_str()),
            ("redirect_uri", "https://evil.test/cb"),
            ("response_type", "token"),
            ("prompt", "none"),
            ("nonce", "x"),
            ("state", "x"),
            ("return_to", "https://evil.test"),
        ]
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
        .to_vec();
        let mut browser = house.browser();
        let login = waits_for_sign_in(&mut browser, &client.auth_url(&[])).await;
        assert_eq!(names(&login, "form:has(#sign-in)"), ["csrf", "email", "go", "password"]);
        let mut fields = login.form("form:has(#sign-in)");
        fields.retain(|(name, _)| name != "email" && name != "password");
        fields.push(("email".to_owned(), "ada@example.com".to_owned()));
        fields.push(("password".to_owned(), crate::support::house::PASSWORD.to_owned()));
        fields.extend(tampered.clone());
        let consent = browser.post("/login", &fields).await;
        assert_eq!(names(&consent, "form"), ["csrf", "go", "offline"]);
        let mut fields = consent.form("form");
        fields.push(("decision".to_owned(), "allow".to_owned()));
        fields.extend(tampered);
        let view = browser.post("/consent", &fields).await;
        assert_eq!(view.sent("state").as_deref(), Some("af0ifjsldkj"));
        let tokens = client.redeems(&view.has_code(&client)).await.ok();
        assert_eq!(tokens.text("scope"), "openid offline");
        assert_eq!(claims(tokens.text("id_token"))["nonce"], "n-0S6_WzA2Mj");
    }

    async fn az_17_no_page_tells_others_where_it_was(house: House) {
        house.person("ada").await;
        let client = house
            .client_with(|m| {
                m.policy_uri = Some("https://app.example/privacy".to_owned());
                m.tos_uri = Some("https://app.example/terms".to_owned());
            })
            .await;
        let mut browser = house.browser();
        let login = browser.get(&client.auth_url(&[])).await;
        let consent = browser.signs_in(&login, "ada").await;
        let error = browser.get_once(&client.auth_url(&[("redirect_uri", "https://evil.test/cb")])).await;
        let logout = browser.get("/logout").await;
        let posts = browser.get(&client.auth_url(&[("response_mode", "form_post"), ("prompt", "none")])).await;
        for page in [login, consent, error, logout, posts] {
            assert_eq!(page.header("referrer-policy"), "no-referrer", "{}", page.url);
            assert_eq!(page.header("cache-control"), "no-store", "{}", page.url);
            assert!(page.header("content-security-policy").contains("default-src 'none'"), "{}", page.url);
            assert_eq!(fetched_from_elsewhere(&page), Vec::<String>::new(), "{}", page.url);
        }
    }

    async fn az_18_a_code_is_never_served_twice(house: House) {
        house.person("ada").await;
        let client = house.client_with(trusted).await;
        let mut browser = house.browser();
        browser.arrives_as("ada").await;
        let mut codes = BTreeSet::new();
        for _ in 0..5 {
            codes.insert(browser.get_once(&client.auth_url(&[])).await.has_code(&client));
        }
        assert_eq!(codes.len(), 5);
    }

    async fn az_19_requests_that_nobody_follows_go_away(house: House) {
        let client = house.client().await;
        let before = house.state().await;
        house.browser().get_once(&client.auth_url(&[("prompt", "none")])).await.is_refusal(&client, "login_required");
        assert_eq!(house.state().await, before);
        let mut browser = house.browser();
        let login = waits_for_sign_in(&mut browser, &client.auth_url(&[])).await;
        house.wait(Duration::from_secs(9 * 60));
        assert_eq!(browser.get_once(&format!("/login?go={}", login.go())).await.status, 200);
        house.wait(minutes(2));
        browser.get_once(&format!("/login?go={}", login.go())).await.is_page(400);
        while symbolon::signin::interaction::purge(&house.app).await.expect("purges") > 0 {}
        assert_eq!(house.state().await, before);
    }

    async fn az_19_only_so_many_requests_of_one_address_wait(house: House) {
        let house = House::with(house.kind, |config| config.throttle.waiting = 5).await;
        house.person("ada").await;
        let client = house.client_with(trusted).await;
        let mut ada = house.browser();
        ada.arrives_as("ada").await;
        for _ in 0..5 {
            waits_for_sign_in(&mut house.browser(), &client.auth_url(&[])).await;
        }
        let before = house.state().await;
        assert_eq!(before["interactions"].len(), 5);
        let stopped = house.browser().get_once(&client.auth_url(&[])).await;
        stopped.is_page(503);
        assert!(!stopped.header("retry-after").is_empty());
        assert_eq!(house.state().await, before);
        // Who needs no page waits for nothing.
        ada.get_once(&client.auth_url(&[])).await.has_code(&client);
        house.wait(Duration::from_secs(61));
        waits_for_sign_in(&mut house.browser(), &client.auth_url(&[])).await;
    }

    async fn az_20_what_we_dont_do_is_said(house: House) {
        house.person("ada").await;
        let client = house
            .client_with(|m| {
                trusted(m);
                m.access_token_format = symbolon::clients::Format::Jwt;
            })
            .await;
        let mut browser = house.browser();
        browser.arrives_as("ada").await;
        let tokens = client.tokens(&mut browser, "ada", &[]).await;
        let deep = format!("{{\"id_token\":{{\"a\":{}{}}}}}", "[".repeat(400), "]".repeat(400));
        let long = format!("{{\"userinfo\":{{\"{}\":null}}}}", "a".repeat(5000));
        for (name, value, error) in [
            ("claims", "x", "invalid_request"),
            ("claims", "[]", "invalid_request"),
            ("claims", "\"id_token\"", "invalid_request"),
            ("claims", "{\"id_token\":1}", "invalid_request"),
            ("claims", "{\"userinfo\":{\"email\":true}}", "invalid_request"),
            ("claims", "{\"userinfo\":{\"email\":null}", "invalid_request"),
            ("claims", &deep, "invalid_request"),
            ("claims", &long, "invalid_request"),
            ("request", "eyJhbGciOiJub25lIn0.e30.", "request_not_supported"),
            ("request_uri", "https://app.example/request.jwt", "request_uri_not_supported"),
            ("registration", "{}", "registration_not_supported"),
            ("id_token_hint", "garbage", "invalid_request"),
            ("id_token_hint", "a.b.c", "invalid_request"),
            ("id_token_hint", "eyJhbGciOiJub25lIn0.e30.", "invalid_request"),
            // An access token of ours is signed by us too, and isn't an ID token.
            ("id_token_hint", tokens.text("access_token"), "invalid_request"),
        ] {
            browser.get_once(&client.auth_url(&[(name, value)])).await.is_refusal(&client, error);
        }
        browser.get_once(&client.auth_url(&[("id_token_hint", tokens.text("id_token"))])).await.has_code(&client);
        browser
            .get_once(&client.auth_url(&[("claims", "{\"userinfo\":{\"email\":null},\"x\":1}")]))
            .await
            .has_code(&client);
    }

    async fn s09_get_and_post_mean_the_same(house: House) {
        house.person("ada").await;
        let client = house.client().await;
        for backwards in [false, true] {
            let mut fields = form(&client.auth_url(&[("scope", "offline openid"), ("unknown", "x"), ("x_y", "é")]));
            if backwards {
                fields.reverse();
            }
            let mut browser = house.browser();
            // From the client's own site, without any value of ours.
            browser.fetch_metadata = false;
            let login = browser.post("/oauth2/auth", &fields).await;
            browser.fetch_metadata = true;
            let mut view = browser.signs_in(&login, "ada").await;
            if view.first("#allow").is_some() {
                view = browser.decides(&view, "allow").await;
            }
            assert_eq!(view.sent("state").as_deref(), Some("af0ifjsldkj"));
            let tokens = client.redeems(&view.has_code(&client)).await.ok();
            assert_eq!(claims(tokens.text("id_token"))["nonce"], "n-0S6_WzA2Mj");
            assert_eq!(tokens.text("scope"), "offline openid");
        }
        let json = house.sends("POST /oauth2/auth", &["Content-Type: application/json".to_owned()], "{}").await;
        assert_eq!((json.status, json.header("location")), (400, ""));
    }

    async fn s10_a_registered_query_survives(house: House) {
        house.person("ada").await;
        let client = house
            .client_with(|m| {
                trusted(m);
                m.redirect_uris = vec!["https://app.example/cb?tenant=a%20b&x=1".to_owned()];
            })
            .await;
        let mut browser = house.browser();
        browser.arrives_as("ada").await;
        let view = browser.get_once(&client.auth_url(&[])).await;
        assert!(
            view.location().starts_with("https://app.example/cb?tenant=a%20b&x=1&code=sym_ac_"),
            "{}",
            view.location()
        );
        client.redeems(&view.sent("code").expect("a code")).await.ok();
        browser.get_once(&client.auth_url(&[("prompt", "x")])).await.is_refusal(&client, "invalid_request");
    }

    async fn s12_state_comes_back_as_it_was(house: House) {
        house.person("ada").await;
        let client = house.client_with(trusted).await;
        let mut browser = house.browser();
        browser.arrives_as("ada").await;
        let long = "x".repeat(2048);
        for state in [long.as_str(), "a+b c%20d", "{\"a\":\"é&=#?\"}", "…—", "=", "a&code=evil&iss=evil"] {
            for prompt in ["", "x"] {
                let view = browser.get_once(&client.auth_url(&[("state", state), ("prompt", prompt)])).await;
                assert_eq!(view.answer_to(&client)["state"], state);
            }
        }
        let view = browser.get_once(&client.auth_url(&[("state", ""), ("nonce", "")])).await;
        let code = view.has_code(&client);
        assert_eq!(view.sent("state"), None);
        assert!(claims(client.redeems(&code).await.ok().text("id_token")).get("nonce").is_none());
    }

    async fn s17_a_nonce_is_echoed_exactly(house: House) {
        house.person("ada").await;
        let client = house.client_with(trusted).await;
        let mut browser = house.browser();
        for nonce in ["n".repeat(64), "n".repeat(384), "a+b/c=é \"\\".to_owned()] {
            let tokens = client.tokens(&mut browser, "ada", &[("nonce", &nonce)]).await;
            assert_eq!(claims(tokens.text("id_token"))["nonce"], nonce);
        }
    }

    async fn s13_prompt_login_and_consent_are_honoured(house: House) {
        house.person("ada").await;
        let client = house.client().await;
        let mut browser = house.browser();
        let first = client.tokens(&mut browser, "ada", &[]).await;
        house.wait(minutes(1));
        let view = browser.get(&client.auth_url(&[("prompt", "consent"), ("scope", "openid offline_access")])).await;
        assert!(view.first("input#offline").is_some(), "{}", view.body);
        let code = browser.decides(&view, "allow").await.has_code(&client);
        let asked = client.redeems(&code).await.ok();
        assert!(asked.text("refresh_token").starts_with("sym_rt_"));
        assert_eq!(asked.text("scope"), "openid offline_access");
        let view = waits_for_sign_in(&mut browser, &client.auth_url(&[("prompt", "login")])).await;
        let code = browser.signs_in(&view, "ada").await.has_code(&client);
        let again = client.redeems(&code).await.ok();
        let auth_time = |answer: &crate::support::Answer| claims(answer.text("id_token"))["auth_time"].as_i64();
        assert_eq!(auth_time(&asked), auth_time(&first));
        assert!(auth_time(&again) >= auth_time(&first).map(|at| at + 60));
    }

    async fn s14_auth_time_is_the_sessions(house: House) {
        house.person("ada").await;
        let client = house.client_with(trusted).await;
        let mut browser = house.browser();
        let first = client.tokens(&mut browser, "ada", &[]).await;
        let of = |answer: &crate::support::Answer| {
            let id_token = claims(answer.text("id_token"));
            assert!(id_token["auth_time"].is_i64());
            (id_token["auth_time"].clone(), id_token["sid"].clone(), id_token["sub"].clone())
        };
        house.wait(minutes(3));
        let silent = client.tokens(&mut browser, "ada", &[("prompt", "none")]).await;
        let aged = client.tokens(&mut browser, "ada", &[("max_age", "3600")]).await;
        let refreshed = client.refreshes(first.text("refresh_token")).await.ok();
        for answer in [silent, aged, refreshed] {
            assert_eq!(of(&answer), of(&first));
        }
    }

    async fn s15_id_token_hint_names_who_is_expected(house: House) {
        house.person("ada").await;
        house.person("ben").await;
        let client = house.client_with(trusted).await;
        let (mut ada, mut ben) = (house.browser(), house.browser());
        let hint = client.tokens(&mut ada, "ada", &[]).await.text("id_token").to_owned();
        client.tokens(&mut ben, "ben", &[]).await;
        house.wait(minutes(120));
        assert!(claims(&hint)["exp"].as_i64().expect("seconds") < house.now().secs());
        let silent = client.auth_url(&[("prompt", "none"), ("id_token_hint", &hint)]);
        ada.get_once(&silent).await.has_code(&client);
        ben.get_once(&silent).await.is_refusal(&client, "login_required");
        // With pages, the other person is asked to sign in; whoever does, the answer is never about someone else.
        let view = waits_for_sign_in(&mut ben, &client.auth_url(&[("id_token_hint", &hint)])).await;
        ben.clone().signs_in(&view, "ben").await.is_refusal(&client, "login_required");
        let sub = claims(&hint)["sub"].as_str().expect("a sub").to_owned();
        let wanted = json!({ "id_token": { "sub": { "value": sub } } }).to_string();
        let silent = client.auth_url(&[("prompt", "none"), ("claims", &wanted)]);
        ada.get_once(&silent).await.has_code(&client);
        ben.get_once(&silent).await.is_refusal(&client, "login_required");
        let letter = if hint.as_bytes()[hint.len() - 10] == b'A' { 'B' } else { 'A' };
        let bent = format!("{}{letter}{}", &hint[..hint.len() - 10], &hint[hint.len() - 9..]);
        ada.get_once(&client.auth_url(&[("id_token_hint", &bent)])).await.is_refusal(&client, "invalid_request");
    }

    async fn s15_hints_help_and_never_fail(house: House) {
        house.person("ada").await;
        let client = house.client_with(trusted).await;
        let view =
            waits_for_sign_in(&mut house.browser(), &client.auth_url(&[("login_hint", "ada@example.com")])).await;
        assert_eq!(view.first("input[name=email]").expect("an input")["value"], "ada@example.com");
        let mut browser = house.browser();
        browser.arrives_as("ada").await;
        for more in [
            ("ui_locales", "de-CH fr x-klingon"),
            ("claims_locales", "tlh"),
            ("display", "page"),
            ("display", "popup"),
            ("display", "touch"),
            ("display", "wap"),
            ("display", "hologram"),
            ("login_hint", "nobody"),
            ("acr_values", "1 2"),
        ] {
            browser.get_once(&client.auth_url(&[more])).await.has_code(&client);
        }
    }

    async fn s16_acr_is_one_that_is_published(house: House) {
        house.person("ada").await;
        let client = house.client_with(trusted).await;
        let mut browser = house.browser();
        let acr = "urn:symbolon:acr:password";
        for more in [("acr_values", ""), ("acr_values", acr), ("acr_values", "urn:other urn:symbolon:acr:password")] {
            assert_eq!(claims(client.tokens(&mut browser, "ada", &[more]).await.text("id_token"))["acr"], acr);
        }
        for (value, met) in [
            (json!({ "value": acr }), true),
            (json!({ "values": ["x", acr] }), true),
            (json!({ "values": ["x"] }), false),
        ] {
            for essential in [true, false] {
                let mut ask = value.clone();
                ask["essential"] = json!(essential);
                let ask = json!({ "id_token": { "acr": ask } }).to_string();
                let view = browser.get_once(&client.auth_url(&[("claims", &ask)])).await;
                if met || !essential {
                    view.has_code(&client);
                } else {
                    view.is_refusal(&client, "unmet_authentication_requirements");
                }
            }
        }
    }

    async fn s21_form_post_carries_answers_and_refusals(house: House) {
        house.person("ada").await;
        let client = house.client_with(trusted).await;
        let mut browser = house.browser();
        browser.arrives_as("ada").await;
        let evil = "\"><script>alert(1)</script>&amp;é";
        for prompt in ["", "foo"] {
            let url = client.auth_url(&[("response_mode", "form_post"), ("prompt", prompt), ("state", evil)]);
            let view = browser.get_once(&url).await;
            assert_eq!((view.status, view.location(), view.header("cache-control")), (200, "", "no-store"));
            let form = view.first("form").expect("a form");
            assert_eq!((form["action"].as_str(), form["method"].as_str()), (client.redirect_uri.as_str(), "post"));
            assert!(!form.contains_key("enctype") && view.first("button#continue").is_some());
            let policy = view.header("content-security-policy");
            assert!(policy.contains("form-action 'self' https://app.example;"), "{policy}");
            let mut fields = view.form("form");
            fields.sort();
            let names: Vec<&str> = fields.iter().map(|(name, _)| name.as_str()).collect();
            assert!(fields.contains(&("state".to_owned(), evil.to_owned())));
            assert!(fields.contains(&("iss".to_owned(), house.url.clone())));
            assert_eq!(view.body.matches("<script").count(), 1, "only our own: {}", view.body);
            if prompt.is_empty() {
                assert_eq!(names, ["code", "iss", "state"]);
                client.redeems(&fields[0].1).await.ok();
            } else {
                assert_eq!(names, ["error", "error_description", "iss", "state"]);
            }
        }
    }
}

fn path(url: &str) -> String {
    let url = url::Url::parse(url).expect("a URL");
    format!("{}?{}", url.path(), url.query().expect("a query"))
}

fn cookies(browser: &Browser) -> String {
    let pairs: Vec<String> = browser.cookies.iter().map(|(name, value)| format!("{name}={value}")).collect();
    format!("Cookie: {}", pairs.join("; "))
}

/// The names of the form's fields, but for the buttons.
fn names(view: &View, form: &str) -> Vec<String> {
    let mut names: Vec<String> = view.form(form).into_iter().map(|(name, _)| name).collect();
    names.sort();
    names
}
