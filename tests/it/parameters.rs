//! OIDC Core §3.1.2.1: the parameters of an authorization request; oidc.md, 9 to 19, where no other file has the line.

use crate::on_both;
use crate::support::browser::View;
use crate::support::client::claims;
use crate::support::{Browser, House};
use serde_json::json;
use std::time::Duration;
use symbolon::clients::Metadata;

fn trusted(m: &mut Metadata) {
    m.trusted = true;
}

/// The parameters of an authorization request, for a form.
fn form(url: &str) -> Vec<(String, String)> {
    url::Url::parse(url).expect("a URL").query_pairs().into_owned().collect()
}

/// The page that asks as whom to go on.
#[track_caller]
fn shows_choice(view: &View, email: &str) {
    assert!(view.first("button#continue").is_some(), "{} {}", view.status, view.body);
    assert!(view.text().contains(email) && view.first("a#another").is_some(), "{}", view.text());
}

async fn continues(browser: &mut Browser, view: &View) -> View {
    browser.post("/select", &view.form("form")).await
}

on_both! {
    async fn s09_the_order_of_parameters_and_scopes_means_nothing(house: House) {
        house.person("ada").await;
        let client = house.client().await;
        let mut browser = house.browser();
        client.code(&mut browser, "ada", &[("scope", "openid offline email profile")]).await;
        for scope in ["profile openid offline email", "email  offline profile openid", "openid openid email"] {
            let mut fields = form(&client.auth_url(&[("scope", scope), ("made_up", "x"), ("x-forwarded", "y")]));
            for _ in 0..2 {
                fields.reverse();
                browser.post_once("/oauth2/auth", &fields).await.has_code(&client);
                let query = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(&fields).finish();
                browser.get_once(&format!("/oauth2/auth?{query}")).await.has_code(&client);
            }
        }
    }

    async fn s11_a_response_type_that_isnt_one_is_told_in_the_query(house: House) {
        let client = house.client().await;
        for mode in ["", "query", "fragment"] {
            let view = house.browser().get_once(&client.auth_url(&[("response_type", ""), ("response_mode", mode)])).await;
            assert_eq!(view.sent("error").as_deref(), Some("invalid_request"));
            let view = house.browser().get_once(&client.auth_url(&[("response_type", "id_token"), ("response_mode", mode)])).await;
            assert_eq!(view.sent("error").as_deref(), Some("unsupported_response_type"));
            assert_eq!(view.sent("state").as_deref(), Some("af0ifjsldkj"));
            if mode != "fragment" {
                view.is_refusal(&client, "unsupported_response_type");
            }
        }
    }

    async fn s13_select_account_is_a_page_of_its_own(house: House) {
        house.person("ada").await;
        house.person("ben").await;
        let client = house.client_with(trusted).await;
        let url = client.auth_url(&[("prompt", "select_account")]);
        // Nobody is signed in: that is a choice too.
        let mut browser = house.browser();
        let login = browser.get(&url).await;
        let code = browser.signs_in(&login, "ada").await.has_code(&client);
        let first = claims(client.redeems(&code).await.ok().text("id_token"));
        house.wait(Duration::from_secs(120));
        // The one who is signed in goes on, without a password, and `auth_time` stays what it was.
        let page = browser.get(&url).await;
        shows_choice(&page, "ada@example.com");
        assert!(page.text().contains("Ledgerly") && page.first("input[type=password]").is_none());
        assert_eq!(browser.get(&url).await.status, 200, "asked each time");
        let code = continues(&mut browser, &page).await.has_code(&client);
        let again = claims(client.redeems(&code).await.ok().text("id_token"));
        assert_eq!((&again["sub"], &again["auth_time"]), (&first["sub"], &first["auth_time"]));
        // It was for one request: another one asks again, and this one is spent.
        shows_choice(&browser.get(&url).await, "ada@example.com");
        browser.get_once(&format!("/oauth2/auth/resume?go={}", page.go())).await.is_page(400);
        // Or somebody else signs in.
        let page = browser.get(&url).await;
        let login = browser.get_once(&page.first("a#another").expect("a link")["href"]).await;
        assert!(login.text().contains("Sign in to") && !login.text().contains("Confirm"), "{}", login.text());
        let wrong = browser.signs_in_with(&login, "ben", "not the password").await;
        assert_eq!(wrong.status, 422);
        assert!(!wrong.text().contains("Confirm"), "still somebody else: {}", wrong.text());
        let code = browser.signs_in(&wrong, "ben").await.has_code(&client);
        assert_ne!(claims(client.redeems(&code).await.ok().text("id_token"))["sub"], first["sub"]);
    }

    async fn s13_the_address_is_filled_in_where_it_is_known(house: House) {
        house.person("ada").await;
        let client = house.client_with(trusted).await;
        let mut browser = house.browser();
        browser.arrives_as("ada").await;
        let address = |page: &crate::support::browser::View| page.first("#email").expect("a field")["value"].clone();
        let again = browser.get(&client.auth_url(&[("prompt", "login")])).await;
        assert_eq!(address(&again), "ada@example.com");
        // Who wants to be somebody else may be who the app expects, but isn't who is signed in.
        for (hint, filled) in [("ben@example.com", "ben@example.com"), ("ada@example.com", "")] {
            let page = browser.get(&client.auth_url(&[("prompt", "select_account"), ("login_hint", hint)])).await;
            let login = browser.get_once(&page.first("a#another").expect("a link")["href"]).await;
            assert_eq!(address(&login), filled);
        }
    }

    async fn s13_a_choice_is_for_who_was_shown(house: House) {
        let (ada, _) = (house.person("ada").await, house.person("ben").await);
        let client = house.client_with(trusted).await;
        let url = client.auth_url(&[("prompt", "select_account")]);
        let mut browser = house.browser();
        browser.arrives_as("ada").await;
        let page = browser.get(&url).await;
        // Ben signs in to the same browser before Ada's page is sent.
        let mut elsewhere = browser.clone();
        let login = elsewhere.get("/login").await;
        elsewhere.signs_in(&login, "ben").await;
        let view = continues(&mut elsewhere, &page).await;
        shows_choice(&view, "ben@example.com");
        // Another site can't press the button, and another browser has no such request.
        let mut forged = page.form("form");
        forged.retain(|(name, _)| name != "csrf");
        browser.post_once("/select", &forged).await.is_page(403);
        house.browser().get_once(&format!("/select?go={}", page.go())).await.is_page(400);
        browser.get_once("/select?go=made-up").await.is_page(400);
        browser.get_once("/select").await.is_page(400);
        // Who isn't signed in any more, signs in.
        let mut gone = house.browser();
        let kept: Vec<_> = elsewhere.cookies.iter().filter(|(name, _)| *name != "sym_s").map(|(k, v)| (k.clone(), v.clone())).collect();
        gone.cookies = kept.into_iter().collect();
        assert!(gone.get(&format!("/select?go={}", page.go())).await.first("#sign-in").is_some());
        assert!(house.tables().await["interactions"].iter().all(|row| !row.contains(&format!("\"chosen\": \"{ada}"))));
    }

    async fn s13_prompts_come_in_any_combination(house: House) {
        house.person("ada").await;
        let client = house.client().await;
        let mut browser = house.browser();
        client.code(&mut browser, "ada", &[]).await;
        house.wait(Duration::from_secs(60));
        for (prompt, pages) in [
            ("login", &["sign-in"][..]),
            ("consent", &["allow"]),
            ("select_account", &["continue"]),
            ("login consent", &["sign-in", "allow"]),
            ("consent login", &["sign-in", "allow"]),
            ("select_account consent", &["continue", "allow"]),
            // Whoever signs in has chosen.
            ("select_account login", &["sign-in"]),
            ("login select_account consent login", &["sign-in", "allow"]),
        ] {
            let mut view = browser.get(&client.auth_url(&[("prompt", prompt)])).await;
            for page in pages {
                assert!(view.first(&format!("#{page}")).is_some(), "{prompt}: {page}: {}", view.text());
                view = match *page {
                    "sign-in" => browser.signs_in(&view, "ada").await,
                    "allow" => browser.decides(&view, "allow").await,
                    _ => continues(&mut browser, &view).await,
                };
            }
            view.has_code(&client);
            house.wait(Duration::from_secs(60));
        }
        // With max_age, a choice isn't enough.
        let aged = client.auth_url(&[("prompt", "select_account"), ("max_age", "30")]);
        assert!(browser.get(&aged).await.first("#sign-in").is_some());
        for bad in ["none select_account", "select_account none", "none none login"] {
            browser.get_once(&client.auth_url(&[("prompt", bad)])).await.is_refusal(&client, "invalid_request");
        }
    }

    async fn s14_max_age_always_brings_auth_time(house: House) {
        house.person("ada").await;
        let client = house.client_with(trusted).await;
        let mut browser = house.browser();
        let first = client.tokens(&mut browser, "ada", &[]).await;
        house.wait(Duration::from_secs(100));
        for max_age in ["100000", "0"] {
            let asked_at = house.now().secs();
            let view = browser.get(&client.auth_url(&[("max_age", max_age)])).await;
            let view = if max_age == "0" { browser.signs_in(&view, "ada").await } else { view };
            let id_token = claims(client.redeems(&view.has_code(&client)).await.ok().text("id_token"));
            let auth_time = id_token["auth_time"].as_i64().expect("whole seconds");
            match max_age {
                "0" => assert!(auth_time >= asked_at),
                _ => assert_eq!(Some(auth_time), claims(first.text("id_token"))["auth_time"].as_i64()),
            }
        }
        let silent = client.auth_url(&[("max_age", "0"), ("prompt", "none")]);
        browser.get_once(&silent).await.is_refusal(&client, "login_required");
    }

    async fn s15_locales_and_displays_never_fail(house: House) {
        house.person("ada").await;
        let client = house.client_with(trusted).await;
        let mut browser = house.browser();
        browser.arrives_as("ada").await;
        let long = "de-".repeat(300);
        for name in ["ui_locales", "claims_locales", "display", "login_hint", "acr_values"] {
            for value in ["x-klingon", "de-CH-1996 fr", "é 東京", "   ", "a\tb", "*", "\"'<>", long.as_str()] {
                let url = client.auth_url(&[(name, value)]);
                browser.get_once(&url).await.has_code(&client);
                browser.post_once("/oauth2/auth", &form(&url)).await.has_code(&client);
            }
            let too_long = "x".repeat(2049);
            browser.get_once(&client.auth_url(&[(name, &too_long)])).await.is_refusal(&client, "invalid_request");
        }
    }

    async fn s18_iss_is_in_answers_and_refusals_and_nothing_beside(house: House) {
        house.person("ada").await;
        let client = house.client_with(trusted).await;
        let mut browser = house.browser();
        browser.arrives_as("ada").await;
        let keys = |view: &View| view.answer_to(&client).into_keys().collect::<Vec<_>>();
        assert_eq!(keys(&browser.get_once(&client.auth_url(&[])).await), ["code", "iss", "state"]);
        assert_eq!(keys(&browser.get_once(&client.auth_url(&[("state", "")])).await), ["code", "iss"]);
        let refused = browser.get_once(&client.auth_url(&[("scope", "unheard-of")])).await;
        assert_eq!(keys(&refused), ["error", "error_description", "iss", "state"]);
    }

    async fn s19_codes_are_long_short_lived_and_used_once(house: House) {
        house.person("ada").await;
        let client = house.client_with(trusted).await;
        let mut browser = house.browser();
        let (one, two) = (client.code(&mut browser, "ada", &[]).await, client.code(&mut browser, "ada", &[]).await);
        // 16 random bytes under a MAC of 16 more.
        assert!(one.len() > 60 && one != two);
        client.redeems(&one).await.ok();
        client.redeems(&one).await.is(400, "invalid_grant");
        house.wait(Duration::from_secs(61));
        client.redeems(&two).await.is(400, "invalid_grant");
    }
}

/// A page of its own, without scripts, and for those who see little.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn s57_the_page_to_choose_an_account_is_a_plain_form() {
    let house = House::new(crate::support::Kind::Sqlite).await;
    house.person_with("ada", json!({ "name": "<b>Ada</b>" }), false).await;
    let client = house.client_with(trusted).await;
    let mut browser = house.browser();
    browser.arrives_as("ada").await;
    let page = browser.get(&client.auth_url(&[("prompt", "select_account")])).await;
    assert_eq!((page.status, page.header("cache-control")), (200, "no-store"));
    assert!(page.first("script").is_none() && page.first("html[lang]").is_some());
    assert!(page.first("button#continue[autofocus]").is_some() && !page.body.contains("<b>Ada</b>"));
    assert!(page.text().contains("<b>Ada</b>"));
    assert!(page.header("content-security-policy").contains("form-action 'self' https://app.example"));
}
