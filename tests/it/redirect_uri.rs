//! RFC 6749 §3.1.2, RFC 8252 §7, RFC 9700 §2.1: answers go to the URIs that were registered, and nowhere else (RU).

use crate::on_both;
use crate::support::client::{CALLBACK, VERIFIER};
use crate::support::{Client, House};
use symbolon::clients::{AuthMethod, Metadata};

fn public(m: &mut Metadata) {
    m.token_endpoint_auth_method = AuthMethod::None;
}

/// Each of them gets a page; nobody is sent anywhere and nothing is written.
async fn none_matches(house: &House, client: &Client, presented: &[&str]) {
    let before = house.state().await;
    for uri in presented {
        let view = house.browser().get_once(&client.auth_url(&[("redirect_uri", uri)])).await;
        assert_eq!((view.status, view.location()), (400, ""), "{uri:?}");
        view.is_page(400);
        assert_eq!(view.error_code().as_deref(), Some("invalid_redirect_uri"), "{uri:?}");
    }
    assert_eq!(house.state().await, before);
}

/// The request waits for a sign-in, so the URI was accepted.
async fn matches(house: &House, client: &Client, uri: &str) {
    let view = house.browser().get_once(&client.auth_url(&[("redirect_uri", uri)])).await;
    assert!(view.location().starts_with("/login?go="), "{uri:?} {} {}", view.status, view.body);
}

/// Which member refuses the registration of this URI; none when it is accepted.
fn registration(uri: &str, method: AuthMethod) -> Option<&'static str> {
    let metadata = Metadata {
        client_name: "Ledgerly".to_owned(),
        redirect_uris: vec![uri.to_owned()],
        token_endpoint_auth_method: method,
        ..Metadata::default()
    };
    metadata.check().err().map(|why| why.field)
}

#[track_caller]
fn cannot_be_registered(uris: &[&str]) {
    for uri in uris {
        for method in [AuthMethod::ClientSecretBasic, AuthMethod::None] {
            assert_eq!(registration(uri, method), Some("redirect_uris"), "{uri:?} {method:?}");
        }
    }
}

on_both! {
    async fn ru_01_only_the_very_bytes_match(house: House) {
        let client = house
            .client_with(|m| {
                m.redirect_uris = vec![
                    CALLBACK.to_owned(),
                    "https://app.example/q?b=1&a=2".to_owned(),
                    "https://app.example".to_owned(),
                ];
            })
            .await;
        none_matches(
            &house,
            &client,
            &[
                "https://app.example/cb/",
                "https://app.example/CB",
                "https://app.example/Cb",
                "https://APP.example/cb",
                "HTTPS://app.example/cb",
                "https://app.example:443/cb",
                "https://app.example:/cb",
                "https://app.example:8443/cb",
                "https://app.example./cb",
                "https://app.example/cb?",
                "https://app.example/cb?x=1",
                "https://app.example/cb#",
                "https://app.example/cb#x",
                "https://app.example/cb?#",
                "https://app.example/%63b",
                "https://app.example/c%62",
                "https://app.example/%2e/cb",
                "https://app.example%2Fcb",
                "https://app.example/%2Fcb",
                "https://app.example/cb%2F",
                "https://app.example/cb%20",
                "https://app.example/cb ",
                " https://app.example/cb",
                "https://app.example/cb\t",
                "https://app.example/cb\n",
                "\u{feff}https://app.example/cb",
                "https://app.example/c b",
                "https://app.example/cb;x",
                "https://app.example/cb\u{200b}",
                "http://app.example/cb",
                "https:/app.example/cb",
                "https:app.example/cb",
                "//app.example/cb",
                "/cb",
                "cb",
                "https://app.example\\cb",
                "https:\\\\app.example\\cb",
                "https://app.example/cb\\",
                "https://app.example/q",
                "https://app.example/q?a=2&b=1",
                "https://app.example/q?b=1",
                "https://app.example/q?b=1&a=2&",
                "https://app.example/q?b=1&a=2&c=3",
                "https://app.example/q?b=1&amp;a=2",
                "https://app.example/q?b=%31&a=2",
                "https://app.example/",
                "https://app.example?",
                "view-source:https://app.example/cb",
                "javascript:alert(1)",
                "*",
            ],
        )
        .await;
        for uri in [CALLBACK, "https://app.example/q?b=1&a=2", "https://app.example"] {
            matches(&house, &client, uri).await;
        }
    }

    async fn ru_02_path_tricks_dont_match(house: House) {
        let client = house.client().await;
        none_matches(
            &house,
            &client,
            &[
                "https://app.example/../cb",
                "https://app.example/x/../cb",
                "https://app.example/..;/cb",
                "https://app.example/%2e%2e/cb",
                "https://app.example/.%2e/cb",
                "https://app.example//cb",
                "https://app.example/./cb",
                "https://app.example/cb/.",
                "https://app.example/cb/..",
                "https://app.example/cb/../cb",
                "https://app.example/cb/%2e%2e/%2e%2e/evil",
                "https://app.example/cb\\..\\evil",
            ],
        )
        .await;
        matches(&house, &client, CALLBACK).await;
    }

    async fn ru_03_user_information_neither_matches_nor_registers(house: House) {
        let tricks = [
            "https://app.example@evil.test/cb",
            "https://app.example:x@evil.test/cb",
            "https://app.example:x@evil.test",
            "https://user@app.example/cb",
            "https://user:@app.example/cb",
            "https://:x@app.example/cb",
            "https://@app.example/cb",
            "https://evil.test\\@app.example/cb",
            "https://app.example%40evil.test/cb",
        ];
        let client = house.client().await;
        none_matches(&house, &client, &tricks).await;
        matches(&house, &client, CALLBACK).await;
        cannot_be_registered(&tricks);
    }

    async fn ru_04_neither_prefix_nor_suffix_nor_pattern_matches(house: House) {
        let client = house.client().await;
        none_matches(
            &house,
            &client,
            &[
                "https://app.example.evil.test/cb",
                "https://appXexample/cb",
                "https://app.example/cb.evil",
                "https://app.example/cbx",
                "https://xapp.example/cb",
                "https://x.app.example/cb",
                "https://evil.test/https://app.example/cb",
                "https://evil.test/?https://app.example/cb",
                "https://evil.test#https://app.example/cb",
                "https://app.exampl/cb",
                "https://app.example/c",
                "https://app.example/.*",
                "https://app.example/*",
                "https://*/cb",
            ],
        )
        .await;
        matches(&house, &client, CALLBACK).await;
        cannot_be_registered(&[
            "https://*.example/cb",
            "https://app.example/*",
            "https://app.example/cb*",
            "*",
            "https://*",
        ]);
    }

    async fn ru_05_only_the_port_of_a_loopback_address_is_free(house: House) {
        for host in ["127.0.0.1", "[::1]", "localhost"] {
            let own = format!("http://{host}:4711/cb");
            let client = house
                .client_with(|m| {
                    public(m);
                    m.redirect_uris = vec![own.clone()];
                })
                .await;
            for port in ["", ":1", ":4711", ":65535"] {
                matches(&house, &client, &format!("http://{host}{port}/cb")).await;
            }
            let others = ["127.0.0.1", "[::1]", "localhost"].into_iter().filter(|other| *other != host);
            let mut tricks: Vec<String> = others.map(|other| format!("http://{other}:4711/cb")).collect();
            tricks.extend([
                format!("http://{host}:4711/cb/"),
                format!("http://{host}:4711/other"),
                format!("http://{host}:4711/cb?x=1"),
                format!("http://{host}:4711/cb#x"),
                format!("http://{host}:4711"),
                format!("https://{host}:4711/cb"),
                format!("http://{host}:0/cb"),
                format!("http://{host}:04711/cb"),
                format!("http://{host}:99999/cb"),
                format!("http://{host}:+1/cb"),
                format!("http://{host}:/cb"),
                format!("http://{host}:1:2/cb"),
                format!("http://{host}:1@evil.test/cb"),
                format!("http://{host}@evil.test/cb"),
                format!("http://{host}.evil.test/cb"),
                format!("http://{host}:4711\\@evil.test/cb"),
                format!("HTTP://{host}:4711/cb"),
                format!("http://{host}:4711//cb"),
                "http://127.0.0.2:4711/cb".to_owned(),
                "http://127.1:4711/cb".to_owned(),
                "http://0x7f000001:4711/cb".to_owned(),
                "http://2130706433:4711/cb".to_owned(),
                "http://localhost.evil.test:4711/cb".to_owned(),
                "http://127.0.0.1.evil.test:4711/cb".to_owned(),
                "http://[::ffff:127.0.0.1]:4711/cb".to_owned(),
                "http://LOCALHOST:4711/cb".to_owned(),
                "http://[0:0:0:0:0:0:0:1]:4711/cb".to_owned(),
                "http://0.0.0.0:4711/cb".to_owned(),
            ]);
            none_matches(&house, &client, &tricks.iter().map(String::as_str).collect::<Vec<_>>()).await;
            // A client with a secret runs on a server that knows its port.
            let exact = house.client_with(|m| m.redirect_uris = vec![own.clone()]).await;
            matches(&house, &exact, &own).await;
            none_matches(&house, &exact, &[&format!("http://{host}:4712/cb"), &format!("http://{host}/cb")]).await;
        }
        cannot_be_registered(&[
            "http://127.0.0.2/cb",
            "http://127.1/cb",
            "http://localhost.evil.test/cb",
            "http://0.0.0.0/cb",
            "http://10.0.0.1/cb",
        ]);
    }

    async fn ru_06_dangerous_uris_cannot_be_registered(house: House) {
        let dangerous = [
            "javascript:alert(1)",
            "JaVaScRiPt:alert(1)",
            "javascript://app.example/%0aalert(1)",
            "data:text/html,x",
            "vbscript:x",
            "file:///etc/passwd",
            "blob:https://app.example/1",
            "about:blank",
            "view-source:https://app.example",
            "http://app.example/cb",
            "ftp://app.example/cb",
            "ws://app.example/cb",
            "/cb",
            "cb",
            "//app.example/cb",
            "",
            " ",
            "https://app.example/cb#",
            "https://app.example/cb#x",
            "https://app.example/c\rb",
            "https://app.example/c\nb",
            "https://app.example/c\tb",
            "https://app.example/c\0b",
            "https://app.example/c b",
            "https://app.example/\u{7f}",
            "app:/cb",
            "app://cb",
            "mailto:a@b.example",
            "https://",
            "https:///cb",
            "https:app.example/cb",
            "https://app.example\\cb",
            "https://app.example:443/cb",
            "https://app.example/a/../cb",
            "HTTPS://app.example/cb",
            "https://App.example/cb",
            "https://app.example/%2e%2e/cb",
            "https://0x7f000001/cb",
            "https://app.example/\"",
            "https://app.example/<x>",
        ];
        cannot_be_registered(&dangerous);
        let before = house.state().await;
        for uri in dangerous {
            let metadata = Metadata {
                client_name: "Ledgerly".to_owned(),
                redirect_uris: vec![CALLBACK.to_owned(), uri.to_owned()],
                ..Metadata::default()
            };
            assert!(house.registers(metadata).await.is_err(), "{uri:?}");
        }
        assert_eq!(house.state().await, before);
        let long = format!("https://app.example/{}", "x".repeat(2048));
        cannot_be_registered(&[&long]);
        assert_eq!(registration(CALLBACK, AuthMethod::ClientSecretBasic), None);
        // RFC 8252 §7.1: only for those who can't keep a secret, and only with a name that someone owns.
        assert_eq!(registration("com.app:/cb", AuthMethod::None), None);
        assert_eq!(registration("com.app:/cb", AuthMethod::ClientSecretBasic), Some("redirect_uris"));
    }

    async fn ru_07_no_uri_answers_for_itself(house: House) {
        let polluted = ["code", "state", "iss", "error", "error_description", "id_token", "access_token", "response"];
        let mut uris: Vec<String> = polluted.iter().map(|name| format!("https://app.example/cb?{name}=x")).collect();
        uris.extend(
            ["https://app.example/cb?a=1&code=", "https://app.example/cb?%63ode=x", "https://app.example/cb#code=x"]
                .map(str::to_owned),
        );
        let uris: Vec<&str> = uris.iter().map(String::as_str).collect();
        cannot_be_registered(&uris);
        let client = house.client().await;
        none_matches(&house, &client, &uris).await;
        matches(&house, &client, CALLBACK).await;
        assert_eq!(registration("https://app.example/cb?coder=x", AuthMethod::ClientSecretBasic), None);
    }

    async fn ru_08_uris_are_ascii(house: House) {
        let look_alikes = [
            "https://ａｐｐ.example/cb",
            "https://app。example/cb",
            "https://app．example/cb",
            "https://bücher.example/cb",
            "https://app.example/café",
            "https://app.example/cafe\u{301}",
            "https://аpp.example/cb",
            "https://app.example/ｃb",
            "https://app.example／cb",
            "https://app.exampl\u{ad}e/cb",
        ];
        cannot_be_registered(&look_alikes);
        let client = house.client_with(|m| m.redirect_uris.push("https://xn--bcher-kva.example/cb".to_owned())).await;
        none_matches(&house, &client, &look_alikes).await;
        matches(&house, &client, "https://xn--bcher-kva.example/cb").await;
    }

    async fn ru_09_redirect_uri_is_always_sent(house: House) {
        let one = house.client().await;
        let two = house.client_with(|m| m.redirect_uris.push("https://app.example/two".to_owned())).await;
        for client in [&one, &two] {
            none_matches(&house, client, &[""]).await;
            house
                .browser()
                .get_once(&format!("{}&redirect_uri=", client.auth_url(&[("redirect_uri", "")])))
                .await
                .is_page(400);
            matches(&house, client, CALLBACK).await;
        }
    }

    async fn ru_10_a_code_is_bound_to_its_redirect_uri(house: House) {
        house.person("ada").await;
        let clients = [
            house
                .client_with(|m| {
                    m.trusted = true;
                    m.redirect_uris.push("https://app.example/two".to_owned());
                })
                .await,
            house
                .client_with(|m| {
                    m.trusted = true;
                    public(m);
                    m.redirect_uris.push("https://app.example/two".to_owned());
                })
                .await,
        ];
        let mut browser = house.browser();
        for client in &clients {
            for other in ["https://app.example/two", "https://evil.test/cb", "https://app.example/cb/", ""] {
                let code = client.code(&mut browser, "ada", &[]).await;
                let mut form =
                    vec![("grant_type", "authorization_code"), ("code", code.as_str()), ("code_verifier", VERIFIER)];
                if !other.is_empty() {
                    form.push(("redirect_uri", other));
                }
                client.token(&form).await.is(400, "invalid_grant");
                // Burned: the rightful owner can't use it any more either.
                client.redeems(&code).await.is(400, "invalid_grant");
            }
            let code = client.code(&mut browser, "ada", &[("redirect_uri", "https://app.example/two")]).await;
            client.redeems(&code).await.is(400, "invalid_grant");
            let code = client.code(&mut browser, "ada", &[]).await;
            client.redeems(&code).await.ok();
        }
    }

    async fn ru_11_signing_out_sends_nobody_anywhere(house: House) {
        house.person("ada").await;
        let client = house.client().await;
        let mut browser = house.browser();
        let hint = client.tokens(&mut browser, "ada", &[]).await.text("id_token").to_owned();
        for uri in ["https://evil.test", "https://app.example/cb/", "//evil.test", "javascript:alert(1)"] {
            let query = url::form_urlencoded::Serializer::new(String::new())
                .append_pair("post_logout_redirect_uri", uri)
                .append_pair("id_token_hint", &hint)
                .finish();
            let view = browser.get_once(&format!("/logout?{query}")).await;
            assert_eq!((view.status, view.location()), (200, ""));
            assert!(view.first("#sign-out").is_some() && !view.body.contains("evil"));
            let mut fields = view.form("form");
            fields.push(("post_logout_redirect_uri".to_owned(), uri.to_owned()));
            fields.push(("go".to_owned(), uri.to_owned()));
            let view = browser.clone().post_once("/logout", &fields).await;
            assert_eq!((view.status, view.location()), (200, ""));
            assert!(!view.body.contains("evil") && !view.body.contains("javascript:"));
        }
    }

    async fn ru_12_our_pages_lead_only_to_ourselves(house: House) {
        house.person("ada").await;
        for to in [
            "//evil.test",
            "/\\evil.test",
            "\\\\evil.test",
            "https:evil.test",
            "https://evil.test",
            "/%09/evil.test",
            "\t//evil.test",
            "/%5cevil.test",
            "%2f%2fevil.test",
            "javascript:alert(1)",
            "data:text/html,x",
            "///evil.test",
            "http:/evil.test",
            "/\t/evil.test",
            ".evil.test",
            "@evil.test",
            "/login/../..//evil.test",
            "https:\\\\evil.test",
        ] {
            let mut browser = house.browser();
            let query = url::form_urlencoded::Serializer::new(String::new())
                .append_pair("return_to", to)
                .append_pair("next", to)
                .append_pair("redirect_uri", to)
                .finish();
            let login = browser.get_once(&format!("/login?{query}")).await;
            assert!(!login.body.contains("evil"), "{}", login.body);
            let mut fields = login.form("form:has(#sign-in)");
            fields.retain(|(name, _)| name == "csrf");
            fields.extend(
                [
                    ("email", "ada@example.com"),
                    ("password", crate::support::house::PASSWORD),
                    ("return_to", to),
                    ("next", to),
                ]
                .map(|(name, value)| (name.to_owned(), value.to_owned())),
            );
            let mut with_go = fields.clone();
            let view = browser.post_once(&format!("/login?{query}"), &fields).await;
            assert_eq!((view.status, view.location()), (303, "/"));
            with_go.push(("go".to_owned(), to.to_owned()));
            let view = house
                .browser()
                .get_once(&format!(
                    "/login?{}",
                    url::form_urlencoded::Serializer::new(String::new()).append_pair("go", to).finish()
                ))
                .await;
            assert!(matches!(view.status, 200 | 400) && view.location().is_empty());
            let view = browser.post_once("/login", &with_go).await;
            assert!(view.location().is_empty() || view.location() == "/", "{}", view.location());
        }
    }

    async fn ru_13_a_native_app_gets_its_answer_unharmed(house: House) {
        house.person("ada").await;
        let client = house
            .client_with(|m| {
                public(m);
                m.redirect_uris = vec!["com.app:/cb".to_owned()];
            })
            .await;
        let mut browser = house.browser();
        let evil = "\"><script>alert(1)</script>";
        let view = browser.allows(&client.auth_url(&[("state", evil)]), "ada").await;
        assert_eq!(view.answer_to(&client)["state"], evil);
        assert_eq!(view.body, "");
        client.redeems(&view.sent("code").expect("a code")).await.ok();
        let view = browser.allows(&client.auth_url(&[("state", evil), ("response_mode", "form_post")]), "ada").await;
        assert_eq!(view.first("form").expect("a form")["action"], "com.app:/cb");
        assert_eq!(view.body.matches("<script").count(), 1);
        let policy = view.header("content-security-policy");
        assert!(policy.contains("script-src 'self';") && policy.contains("form-action 'self' com.app:;"), "{policy}");
        none_matches(
            &house,
            &client,
            &["com.app:/CB", "com.app://cb", "COM.APP:/cb", "com.app:/cb/", "com.application:/cb", "com.app:cb"],
        )
        .await;
    }

    async fn ru_14_a_client_without_redirect_uris_is_told_nothing(house: House) {
        let client = house
            .client_with(|m| {
                m.redirect_uris.clear();
                m.grant_types = vec![symbolon::clients::GrantType::ClientCredentials];
                m.response_types.clear();
                m.scope = "reports".to_owned();
            })
            .await;
        none_matches(&house, &client, &["https://app.example/cb", "https://evil.test/cb", ""]).await;
        client.token(&[("grant_type", "client_credentials")]).await.ok();
    }
}
