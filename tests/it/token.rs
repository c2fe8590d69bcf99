//! `/oauth2/token`: RFC 6749 §3.2, §5 (TK-07 to TK-12, TK-16 to TK-20, TK-23).

use crate::on_both;
use crate::support::client::answer;
use crate::support::{Answer, Client, House, http};
use std::collections::BTreeSet;
use symbolon::clients::{AuthMethod, GrantType, Metadata};

fn trusted(m: &mut Metadata) {
    m.trusted = true;
}

fn machine(m: &mut Metadata) {
    m.trusted = true;
    m.grant_types.push(GrantType::ClientCredentials);
    m.scope = "openid offline email profile reports files:read".to_owned();
}

fn spa(m: &mut Metadata) {
    m.trusted = true;
    m.token_endpoint_auth_method = AuthMethod::None;
    m.redirect_uris = vec!["https://spa.example/cb".to_owned()];
}

fn url(house: &House) -> String {
    format!("{}/oauth2/token", house.url)
}

/// RFC 6749 §5.2: what a description may consist of.
#[track_caller]
fn describes(answer: &Answer, input: &str) {
    let said = answer.text("error_description");
    assert!(said.bytes().all(|b| matches!(b, 0x20..=0x21 | 0x23..=0x5b | 0x5d..=0x7e)), "{said}");
    assert!(!answer.body.to_string().contains(input) && !said.is_empty(), "{said}");
    assert_eq!(answer.headers["content-type"], "application/json");
}

fn scopes(answer: &Answer) -> BTreeSet<String> {
    answer.text("scope").split(' ').filter(|name| !name.is_empty()).map(str::to_owned).collect()
}

fn set(names: &str) -> BTreeSet<String> {
    names.split(' ').filter(|name| !name.is_empty()).map(str::to_owned).collect()
}

on_both! {
    async fn tk_07_only_registered_grants_and_none_that_take_passwords(house: House) {
        house.person("ada").await;
        let mut browser = house.browser();
        let code_only = house
            .client_with(|m| {
                trusted(m);
                m.grant_types = vec![GrantType::AuthorizationCode];
            })
            .await;
        let machine_only = house
            .client_with(|m| {
                machine(m);
                m.grant_types = vec![GrantType::ClientCredentials];
                m.redirect_uris.clear();
                m.response_types.clear();
            })
            .await;
        let usual = house.client_with(trusted).await;
        let public = house.client_with(spa).await;
        let all = house.client_with(machine).await;
        for (client, may) in [
            (&code_only, &["authorization_code"][..]),
            (&machine_only, &["client_credentials"]),
            (&usual, &["authorization_code", "refresh_token"]),
            (&public, &["authorization_code", "refresh_token"]),
            (&all, &["authorization_code", "refresh_token", "client_credentials"]),
        ] {
            for (grant, own) in
                [("authorization_code", "code"), ("refresh_token", "refresh_token"), ("client_credentials", "x")]
            {
                let answer = client.token(&[("grant_type", grant), (own, "x")]).await;
                match (may.contains(&grant), grant) {
                    (false, _) => answer.is(400, "unauthorized_client"),
                    (true, "client_credentials") => drop(answer.ok()),
                    (true, _) => answer.is(400, "invalid_grant"),
                }
            }
            for grant in [
                "password",
                "implicit",
                "none",
                "AUTHORIZATION_CODE",
                "authorization_code ",
                "urn:ietf:params:oauth:grant-type:jwt-bearer",
                "urn:ietf:params:oauth:grant-type:device_code",
                "urn:ietf:params:oauth:grant-type:token-exchange",
            ] {
                let form = [
                    ("grant_type", grant),
                    ("username", "ada@example.com"),
                    ("password", crate::support::house::PASSWORD),
                ];
                client.token(&form).await.is(400, "unsupported_grant_type");
            }
            client.token(&[("x", "y")]).await.is(400, "invalid_request");
        }
        // Whoever can't refresh gets nothing to refresh with, and whoever has no people gets no code.
        let tokens = code_only.tokens(&mut browser, "ada", &[]).await;
        assert!(tokens.body.get("refresh_token").is_none());
        assert_eq!(scopes(&tokens), set("openid"));
        assert!(usual.tokens(&mut browser, "ada", &[]).await.body.get("refresh_token").is_some());
        let tokens = usual.tokens(&mut browser, "ada", &[]).await;
        house.changes_client(&usual, serde_json::json!({ "grant_types": ["authorization_code"] })).await;
        usual.refreshes(tokens.text("refresh_token")).await.is(400, "unauthorized_client");
    }

    async fn tk_08_nothing_secret_travels_in_the_url(house: House) {
        house.person("ada").await;
        let client = house.client_with(machine).await;
        let code = client.code(&mut house.browser(), "ada", &[]).await;
        let secret = client.secret.clone().expect("a secret");
        for query in [
            format!("client_id={}&client_secret={secret}", client.id),
            format!("code={code}"),
            "grant_type=client_credentials".to_owned(),
            "x=y".to_owned(),
            "client_secret=".to_owned(),
        ] {
            for form in [&[("grant_type", "client_credentials")][..], &[]] {
                let request = http().post(format!("{}?{query}", url(&house))).basic_auth(&client.id, Some(&secret));
                answer(request.form(form)).await.is(400, "invalid_request");
            }
            for path in ["revoke", "introspect"] {
                let request =
                    http().post(format!("{}/oauth2/{path}?{query}", house.url)).basic_auth(&client.id, Some(&secret));
                answer(request.form(&[("token", "x")])).await.is(400, "invalid_request");
            }
        }
        client.redeems(&code).await.ok();
    }

    async fn tk_09_tokens_are_for_post(house: House) {
        for path in ["/oauth2/token", "/oauth2/revoke", "/oauth2/introspect"] {
            for method in ["GET", "PUT", "DELETE", "PATCH", "TRACE", "HEAD", "OPTIONS", "BREW"] {
                let answer = house.sends(&format!("{method} {path}?grant_type=client_credentials"), &[], "").await;
                assert_eq!((answer.status, answer.header("allow")), (405, "POST"), "{method} {path}");
                assert!(!answer.body().contains("access_token"));
            }
        }
    }

    async fn tk_10_a_request_is_a_form(house: House) {
        let client = house.client_with(machine).await;
        let secret = client.secret.clone();
        let body = "grant_type=client_credentials";
        let post = |content_type: Option<&str>, body: &str| {
            let request = http().post(url(&house)).basic_auth(&client.id, secret.as_ref()).body(body.to_owned());
            match content_type {
                Some(content_type) => request.header("content-type", content_type),
                None => request,
            }
        };
        for (content_type, body) in [
            (Some("application/json"), "{\"grant_type\":\"client_credentials\"}"),
            (Some("application/json"), body),
            (None, body),
            (
                Some("multipart/form-data; boundary=x"),
                "--x\r\nContent-Disposition: form-data; name=\"grant_type\"\r\n\r\nclient_credentials\r\n--x--",
            ),
            (Some("text/plain"), body),
            (Some("application/x-www-form-urlencodedx"), body),
            (Some(""), body),
            (Some("application/xml"), "<a/>"),
            (Some("application/x-www-form-urlencoded"), ""),
            (Some("application/x-www-form-urlencoded"), "grant_type"),
            (Some("application/x-www-form-urlencoded"), "grant_type=client_credentials&x=%00"),
            (Some("application/x-www-form-urlencoded"), "grant_type=client_credentials&x=%ff"),
            (Some("application/x-www-form-urlencoded"), "grant_type=client_credentials&x=%zz"),
            (Some("application/x-www-form-urlencoded"), "grant_type=client_credentials&%c0%80=x"),
            (Some("application/x-www-form-urlencoded"), "{\"grant_type\":\"client_credentials\"}"),
        ] {
            answer(post(content_type, body)).await.is(400, "invalid_request");
        }
        for content_type in [
            "application/x-www-form-urlencoded",
            "application/x-www-form-urlencoded; charset=UTF-8",
            "APPLICATION/X-WWW-FORM-URLENCODED",
        ] {
            answer(post(Some(content_type), body)).await.ok();
        }
    }

    async fn tk_11_a_parameter_comes_once(house: House) {
        house.person("ada").await;
        let client = house
            .client_with(|m| {
                machine(m);
                m.token_endpoint_auth_method = AuthMethod::ClientSecretPost;
            })
            .await;
        let code = client.code(&mut house.browser(), "ada", &[]).await;
        let verifier = crate::support::client::VERIFIER;
        let form = [
            ("grant_type", "authorization_code"),
            ("code", code.as_str()),
            ("redirect_uri", client.redirect_uri.as_str()),
            ("code_verifier", verifier),
            ("scope", "openid"),
            ("unknown", "x"),
        ];
        for (name, own) in form
            .iter()
            .chain(&[("client_id", client.id.as_str()), ("client_secret", client.secret.as_deref().expect("a secret"))])
        {
            for second in [own, "other", ""] {
                // The client's own two are added once more by its library.
                let more: Vec<_> = form.iter().copied().chain([(*name, second)]).collect();
                client.token(&more).await.is(400, "invalid_request");
            }
        }
        // Nothing of that spent the code; and resources may repeat (RFC 8707 §2).
        let machines = [
            ("grant_type", "client_credentials"),
            ("resource", "https://a.example"),
            ("resource", "https://b.example"),
        ];
        client.token(&machines).await.ok();
        client.redeems(&code).await.ok();
    }

    async fn tk_12_no_grant_gives_more_scope_than_was_allowed(house: House) {
        house.person("ada").await;
        let mut browser = house.browser();
        browser.arrives_as("ada").await;
        let client = house.client_with(machine).await;
        for beyond in ["openid phone", "openid symbolon:admin", "openid REPORTS", "openid reports,email", "*"] {
            browser.get_once(&client.auth_url(&[("scope", beyond)])).await.is_refusal(&client, "invalid_scope");
        }
        for bad in ["a\"b", "a\\b", "é", "a\tb"] {
            browser.get_once(&client.auth_url(&[("scope", bad)])).await.is_refusal(&client, "invalid_request");
        }
        let tokens = client.tokens(&mut browser, "ada", &[("scope", "openid offline email openid")]).await;
        assert_eq!(scopes(&tokens), set("openid offline email"));
        // `scope` at the code's redemption isn't a parameter (RFC 6749 §4.1.3) and changes nothing.
        let code = client.code(&mut browser, "ada", &[("scope", "openid")]).await;
        let form = [
            ("grant_type", "authorization_code"),
            ("code", code.as_str()),
            ("redirect_uri", client.redirect_uri.as_str()),
            ("code_verifier", crate::support::client::VERIFIER),
            ("scope", "openid email reports offline"),
        ];
        assert_eq!(scopes(&client.token(&form).await.ok()), set("openid"));
        // What the request leaves out is all that the client may ask for, but for what lasts or administers.
        let silent = client.tokens(&mut browser, "ada", &[("scope", "")]).await;
        assert_eq!(scopes(&silent), set("openid email profile reports files:read"));
        let refresh = |scope: &'static str| {
            let (client, token) = (client.clone(), tokens.text("refresh_token").to_owned());
            async move {
                client.token(&[("grant_type", "refresh_token"), ("refresh_token", &token), ("scope", scope)]).await
            }
        };
        for beyond in ["openid offline email profile", "reports", "email phone", "symbolon:admin", "a\"b"] {
            refresh(beyond).await.is(400, "invalid_scope");
        }
        let narrow = refresh("openid").await.ok();
        assert_eq!(scopes(&narrow), set("openid"));
        assert!(client.userinfo(narrow.text("access_token")).await.ok().body.get("email").is_none());
        let wide = client.refreshes(narrow.text("refresh_token")).await.ok();
        assert_eq!(scopes(&wide), set("openid offline email"));
        for beyond in ["openid", "offline", "email", "reports email", "phone", "symbolon:admin", "reports REPORTS"] {
            client.token(&[("grant_type", "client_credentials"), ("scope", beyond)]).await.is(400, "invalid_scope");
        }
        assert_eq!(
            scopes(&client.token(&[("grant_type", "client_credentials")]).await.ok()),
            set("reports files:read")
        );
        let one = client.token(&[("grant_type", "client_credentials"), ("scope", "reports")]).await.ok();
        assert_eq!(scopes(&one), set("reports"));
        assert_eq!(client.introspects(one.text("access_token")).await["scope"], "reports");
    }

    async fn tk_16_only_pages_of_public_clients_may_call(house: House) {
        house.person("ada").await;
        let public = house.client_with(spa).await;
        let off = house
            .client_with(|m| {
                spa(m);
                m.redirect_uris = vec!["https://off.example/cb".to_owned()];
            })
            .await;
        house.disables_client(&off).await;
        house.client_with(|m| m.redirect_uris = vec!["https://confidential.example/cb".to_owned()]).await;
        house
            .client_with(|m| {
                spa(m);
                m.redirect_uris = vec!["com.app:/cb".to_owned()];
            })
            .await;
        let preflight = |path: &str, origin: &str| {
            let lines = [
                format!("Origin: {origin}"),
                "Access-Control-Request-Method: POST".to_owned(),
                "Access-Control-Request-Headers: authorization".to_owned(),
            ];
            let line = format!("OPTIONS {path}");
            let house = &house;
            async move { house.sends(&line, &lines, "").await }
        };
        for path in ["/oauth2/token", "/oauth2/revoke", "/userinfo"] {
            let answer = preflight(path, "https://spa.example").await;
            assert_eq!(
                (answer.status, answer.header("access-control-allow-origin")),
                (204, "https://spa.example"),
                "{path}"
            );
            assert!(
                answer.header("access-control-allow-methods").contains("POST")
                    && answer.header("vary").contains("Origin")
            );
            assert_eq!(answer.header("access-control-allow-credentials"), "");
            for origin in [
                "https://evil.test",
                "null",
                "https://spa.example.evil.test",
                "http://spa.example",
                "https://spa.example:8443",
                "https://SPA.example",
                "https://spa.example/",
                "https://confidential.example",
                "https://off.example",
                "com.app:",
                "com.app://",
                "*",
                "https://spa.example, https://evil.test",
            ] {
                let answer = preflight(path, origin).await;
                assert_eq!((answer.status, answer.header("access-control-allow-origin")), (403, ""), "{path} {origin}");
            }
        }
        for path in ["/oauth2/introspect", "/oauth2/auth", "/login", "/consent"] {
            let answer = preflight(path, "https://spa.example").await;
            assert_eq!(answer.header("access-control-allow-origin"), "", "{path}");
        }
        let code = public.code(&mut house.browser(), "ada", &[]).await;
        let form = [
            ("grant_type", "authorization_code"),
            ("code", code.as_str()),
            ("redirect_uri", public.redirect_uri.as_str()),
            ("code_verifier", crate::support::client::VERIFIER),
            ("client_id", public.id.as_str()),
        ];
        let elsewhere =
            answer(http().post(url(&house)).header("origin", "https://evil.test").form(&[("x", "y")])).await;
        assert!(!elsewhere.headers.contains_key("access-control-allow-origin"));
        let here = answer(http().post(url(&house)).header("origin", "https://spa.example").form(&form)).await.ok();
        assert_eq!(here.headers["access-control-allow-origin"], "https://spa.example");
        assert!(!here.headers.contains_key("access-control-allow-credentials"));
        // Refusals can be read too.
        let refused = answer(http().post(url(&house)).header("origin", "https://spa.example").form(&form)).await;
        refused.is(400, "invalid_grant");
        assert_eq!(refused.headers["access-control-allow-origin"], "https://spa.example");
        let documents =
            answer(http().get(format!("{}/.well-known/jwks.json", house.url)).header("origin", "https://any.example"))
                .await
                .ok();
        assert_eq!(documents.headers["access-control-allow-origin"], "*");
    }

    async fn tk_17_a_session_cookie_means_nothing_here(house: House) {
        house.person("ada").await;
        let client = house.client_with(machine).await;
        let mut browser = house.browser();
        let tokens = client.tokens(&mut browser, "ada", &[]).await;
        let cookies: Vec<String> = browser.cookies.iter().map(|(name, value)| format!("{name}={value}")).collect();
        assert!(cookies.iter().any(|cookie| cookie.starts_with("sym_s=")));
        let refresh = tokens.text("refresh_token");
        for form in [
            vec![("grant_type", "client_credentials")],
            vec![("grant_type", "client_credentials"), ("client_id", client.id.as_str())],
            vec![("grant_type", "refresh_token"), ("refresh_token", refresh)],
        ] {
            let plain = answer(http().post(url(&house)).form(&form)).await;
            let dressed = answer(http().post(url(&house)).header("cookie", cookies.join("; ")).form(&form)).await;
            plain.is(401, "invalid_client");
            assert_eq!((dressed.status, &dressed.body), (plain.status, &plain.body));
            assert!(!dressed.headers.contains_key("set-cookie"));
        }
        let userinfo = answer(http().get(format!("{}/userinfo", house.url)).header("cookie", cookies.join("; "))).await;
        assert_eq!(userinfo.status, 401);
        client.refreshes(refresh).await.ok();
    }

    async fn tk_18_no_answer_is_kept_by_anyone(house: House) {
        house.person("ada").await;
        let client = house.client_with(machine).await;
        let mut browser = house.browser();
        let tokens = client.tokens(&mut browser, "ada", &[]).await;
        let access = tokens.text("access_token");
        let wrong = Client { secret: Some("wrong".to_owned()), ..client.clone() };
        let answers = [
            client.refreshes(tokens.text("refresh_token")).await,
            client.token(&[("grant_type", "client_credentials")]).await,
            client.refreshes("x").await,
            wrong.refreshes("x").await,
            client.token(&[("grant_type", "x")]).await,
            client.post("/oauth2/introspect", &[("token", access)]).await,
            client.post("/oauth2/introspect", &[]).await,
            wrong.post("/oauth2/introspect", &[("token", access)]).await,
            client.revokes("x").await,
            wrong.revokes("x").await,
            client.userinfo(access).await,
            client.userinfo("x").await,
            answer(http().post(url(&house)).body("x")).await,
            answer(http().get(url(&house))).await,
            answer(http().post(url(&house)).body("x".repeat(100_000))).await,
        ];
        let mut statuses = BTreeSet::new();
        for answer in answers.iter().chain([&tokens]) {
            assert_eq!(answer.headers["cache-control"], "no-store", "{} {}", answer.status, answer.body);
            statuses.insert(answer.status);
        }
        assert_eq!(statuses, BTreeSet::from([200, 400, 401, 405, 413]));
        assert_eq!(tokens.headers["pragma"], "no-cache");
    }

    async fn tk_19_descriptions_are_plain_and_echo_nothing(house: House) {
        let client = house.client_with(machine).await;
        for evil in ["<script>canary</script>", "can\"ary\\", "canary\r\nX: y", "cänary", "canary\u{7f}\u{1}", "canary"]
        {
            for form in [
                vec![("grant_type", evil)],
                vec![("grant_type", "authorization_code"), ("code", evil)],
                vec![
                    ("grant_type", "authorization_code"),
                    ("code", evil),
                    ("redirect_uri", evil),
                    ("code_verifier", evil),
                ],
                vec![("grant_type", "refresh_token"), ("refresh_token", evil)],
                vec![("grant_type", "client_credentials"), ("scope", evil)],
                vec![("grant_type", "client_credentials"), ("resource", evil)],
                vec![("grant_type", "client_credentials"), (evil, "x"), (evil, "x")],
                vec![("grant_type", "client_credentials"), ("client_assertion", evil)],
                vec![("grant_type", "client_credentials"), ("client_id", evil)],
            ] {
                let answer = client.token(&form).await;
                assert!(answer.status == 400, "{form:?} {}", answer.body);
                describes(&answer, "ary");
            }
            let stranger = Client { id: evil.to_owned(), method: AuthMethod::ClientSecretPost, ..client.clone() };
            let answer = stranger.token(&[("grant_type", "client_credentials")]).await;
            answer.is(401, "invalid_client");
            describes(&answer, "ary");
            let revoked = client.post("/oauth2/revoke", &[("token", evil)]).await.ok();
            assert!(revoked.body.is_null());
            assert_eq!(client.introspects(evil).await, serde_json::json!({ "active": false }));
        }
    }

    async fn tk_20_large_requests_are_turned_away_early(house: House) {
        let form = "Content-Type: application/x-www-form-urlencoded".to_owned();
        // Announced and never sent: refused before a byte of it came.
        let announced =
            house.sends("POST /oauth2/token", &[form.clone(), "Content-Length: 1048576".to_owned()], "").await;
        assert_eq!(announced.status, 413);
        let chunked = format!("10000\r\n{}\r\n1\r\nx\r\n0\r\n\r\n", "x".repeat(0x10000));
        let host = house.url.strip_prefix("http://").expect("plain http");
        let head = format!(
            "POST /oauth2/token HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n{form}\r\nTransfer-Encoding: chunked\r\n\r\n"
        );
        assert_eq!(house.hears(format!("{head}{chunked}").as_bytes()).await.status, 413);
        let basic = house
            .sends(
                "POST /oauth2/token",
                &[form.clone(), format!("Authorization: Basic {}", "QUFB".repeat(16 * 1024))],
                "x=y",
            )
            .await;
        assert_eq!(basic.status, 431);
        let many: Vec<String> = (0..200).map(|n| format!("X-{n}: y")).collect();
        assert_eq!(house.sends("POST /oauth2/token", &many, "x=y").await.status, 431);
        // As much as is allowed is read.
        let client = house.client_with(machine).await;
        client.token(&[("grant_type", "client_credentials"), ("x", &"y".repeat(60_000))]).await.ok();
    }

    async fn tk_23_a_machine_is_nobody(house: House) {
        let sub = house.person("ada").await;
        let client = house.client_with(machine).await;
        let jwts = house
            .client_with(|m| {
                machine(m);
                m.access_token_format = symbolon::clients::Format::Jwt;
            })
            .await;
        for client in [&client, &jwts] {
            client.token(&[("grant_type", "client_credentials"), ("scope", "openid")]).await.is(400, "invalid_scope");
            client
                .token(&[("grant_type", "client_credentials"), ("scope", "reports offline")])
                .await
                .is(400, "invalid_scope");
            let tokens = client.token(&[("grant_type", "client_credentials")]).await.ok();
            let names: Vec<&str> = tokens.body.as_object().expect("an object").keys().map(String::as_str).collect();
            assert_eq!(names, ["access_token", "token_type", "expires_in", "scope"]);
            let answer = client.userinfo(tokens.text("access_token")).await;
            assert_eq!((answer.status, answer.body["error"].as_str()), (403, Some("insufficient_scope")));
            assert!(answer.headers["www-authenticate"].to_str().expect("ASCII").contains("insufficient_scope"));
            let about = client.introspects(tokens.text("access_token")).await;
            assert_eq!(about["sub"], client.id.as_str());
            assert_ne!(about["sub"], sub.as_str());
            assert!(about.get("username").is_none() && about.get("auth_time").is_none());
        }
    }

    async fn s5_1_a_success_has_just_what_the_specification_says(house: House) {
        house.person("ada").await;
        let client = house.client_with(trusted).await;
        let tokens = client.tokens(&mut house.browser(), "ada", &[]).await;
        let names: BTreeSet<&str> = tokens.body.as_object().expect("an object").keys().map(String::as_str).collect();
        assert_eq!(
            names,
            BTreeSet::from(["access_token", "token_type", "expires_in", "refresh_token", "scope", "id_token"])
        );
        assert!(tokens.body["expires_in"].as_u64().is_some_and(|seconds| (1..=3600).contains(&seconds)));
        assert_eq!(tokens.headers["content-type"], "application/json");
        for name in ["access_token", "refresh_token", "id_token"] {
            assert!(tokens.text(name).bytes().all(|b| b.is_ascii_graphic()) && tokens.text(name).len() >= 32);
        }
    }

    async fn s5_2_every_refusal_is_400_but_for_clients_that_arent_admitted(house: House) {
        house.person("ada").await;
        let (client, other) = (house.client_with(trusted).await, house.client_with(trusted).await);
        let mut browser = house.browser();
        let tokens = client.tokens(&mut browser, "ada", &[]).await;
        let refresh = tokens.text("refresh_token");
        other.refreshes(refresh).await.is(400, "invalid_grant");
        client.refreshes(tokens.text("access_token")).await.is(400, "invalid_grant");
        client.redeems(refresh).await.is(400, "invalid_grant");
        client.refreshes(&client.code(&mut browser, "ada", &[]).await).await.is(400, "invalid_grant");
        let anonymous =
            answer(http().post(url(&house)).form(&[("grant_type", "refresh_token"), ("refresh_token", refresh)])).await;
        anonymous.is(401, "invalid_client");
        assert!(anonymous.headers["www-authenticate"].to_str().expect("ASCII").starts_with("Basic realm="));
        client.refreshes(refresh).await.ok();
    }
}
