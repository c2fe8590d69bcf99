//! security.md P: HTTP, through the whole server: headers on every answer, paths, hosts, framing.

use crate::on_both;
use crate::support::browser::View;
use crate::support::client::answer;
use crate::support::socket::Said;
use crate::support::{Browser, Client, House, Kind};
use reqwest::Method;
use std::collections::BTreeMap;

/// Every route, with a method that it has.
const ROUTES: [(&str, &str); 29] = [
    ("GET", "/"),
    ("GET", "/login"),
    ("POST", "/login"),
    ("GET", "/consent"),
    ("POST", "/consent"),
    ("GET", "/logout"),
    ("POST", "/logout"),
    ("GET", "/account"),
    ("POST", "/account/profile"),
    ("POST", "/account/apps"),
    ("POST", "/account/password"),
    ("POST", "/account/sessions"),
    ("GET", "/.well-known/change-password"),
    ("GET", "/setup"),
    ("POST", "/setup"),
    ("GET", "/oauth2/auth"),
    ("POST", "/oauth2/auth"),
    ("GET", "/oauth2/auth/resume"),
    ("POST", "/oauth2/token"),
    ("POST", "/oauth2/revoke"),
    ("POST", "/oauth2/introspect"),
    ("GET", "/userinfo"),
    ("POST", "/userinfo"),
    ("GET", "/.well-known/openid-configuration"),
    ("GET", "/.well-known/oauth-authorization-server"),
    ("GET", "/.well-known/jwks.json"),
    ("GET", "/assets/form_post.js"),
    ("GET", "/health/alive"),
    ("GET", "/health/ready"),
];

/// Paths whose answers are the same for everyone.
fn document(path: &str) -> bool {
    (path.starts_with("/.well-known/") && !path.ends_with("/change-password")) || path.starts_with("/assets/")
}

/// What stands on every answer (security.md §7.2).
fn check_headers(what: &str, status: u16, headers: &BTreeMap<String, String>, https: bool) {
    let has = |name: &str| headers.get(name).map(String::as_str);
    assert_eq!(has("x-content-type-options"), Some("nosniff"), "{what}");
    assert_eq!(has("referrer-policy"), Some("no-referrer"), "{what}");
    assert!(matches!(has("cross-origin-resource-policy"), Some("same-origin" | "cross-origin")), "{what}");
    assert!(has("permissions-policy").is_some_and(|policy| policy.contains("camera=()")), "{what}");
    assert_eq!(has("strict-transport-security"), https.then_some("max-age=63072000; includeSubDomains"), "{what}");
    assert_eq!((has("server"), has("x-powered-by")), (None, None), "{what}");
    assert!(has("x-request-id").is_some_and(|id| id.len() == 8), "{what}");
    let caching = has("cache-control").unwrap_or_else(|| panic!("{what}: no Cache-Control"));
    assert!(caching == "no-store" || (caching.starts_with("public, max-age=") && status < 400), "{what}: {caching}");
    if has("content-type").is_some_and(|mime| mime.starts_with("text/html")) {
        assert_eq!(
            (has("x-frame-options"), has("cross-origin-opener-policy")),
            (Some("DENY"), Some("same-origin")),
            "{what}"
        );
        assert_eq!(caching, "no-store", "{what}");
        let policy = has("content-security-policy").unwrap_or_else(|| panic!("{what}: no policy"));
        for needed in [
            "default-src 'none'",
            "style-src 'self'",
            "base-uri 'none'",
            "frame-ancestors 'none'",
            "form-action 'self'",
        ] {
            assert!(policy.split("; ").any(|rule| rule.starts_with(needed)), "{what}: {policy}");
        }
        assert!(!policy.contains("unsafe") && !policy.contains('*') && !policy.contains("http:;"), "{what}: {policy}");
    }
}

fn headers_of(headers: &reqwest::header::HeaderMap) -> BTreeMap<String, String> {
    headers.iter().map(|(name, value)| (name.to_string(), value.to_str().expect("ASCII").to_owned())).collect()
}

fn check_view(what: &str, view: &View, https: bool) {
    check_headers(what, view.status, &headers_of(&view.headers), https);
    // AZ-17: a page loads nothing from elsewhere, and runs nothing that is written into it.
    let html = scraper::Html::parse_document(&view.body);
    let all = scraper::Selector::parse("[src], link[href], [style], script, [onclick], [onload]").expect("a selector");
    for element in html.select(&all) {
        let element = element.value();
        let from = element.attr("src").or(element.attr("href")).unwrap_or_default();
        assert!(
            from.starts_with('/') && !from.starts_with("//") && element.attr("style").is_none(),
            "{what}: {element:?}"
        );
    }
}

fn check_said(what: &str, said: &Said) {
    let headers = said.headers.iter().cloned().collect();
    check_headers(what, said.status, &headers, false);
}

/// Goes to every page that there is, as people come to see it.
pub(crate) async fn every_page(house: &House, browser: &mut Browser, client: &Client) -> Vec<(&'static str, View)> {
    let mut pages = Vec::new();
    pages.push(("home", browser.get_once("/").await));
    pages.push(("error page", browser.get_once("/oauth2/auth?client_id=nobody").await));
    pages.push(("to sign-in", browser.get_once(&client.auth_url(&[])).await));
    let sign_in = browser.get(&client.auth_url(&[])).await;
    pages.push(("sign-in again", browser.signs_in_with(&sign_in, "ada", "wrong horse").await));
    let consent = browser.signs_in(&sign_in, "ada").await;
    pages.push(("sign-in", sign_in));
    pages.push(("denied", browser.clone().decides(&consent, "deny").await));
    pages.push(("consent", consent));
    let consent = browser.get(&client.auth_url(&[("response_mode", "form_post")])).await;
    let form_post = browser.decides(&consent, "allow").await;
    assert!(form_post.body.contains("form_post.js"), "{}", form_post.body);
    pages.push(("form_post", form_post));
    pages.push(("home, signed in", browser.get_once("/").await));
    pages.push(("account", browser.get_once("/account").await));
    let sign_out = browser.get_once("/logout").await;
    pages.push(("signed out", browser.post_once("/logout", &sign_out.form("form:has(#sign-out)")).await));
    pages.push(("sign-out", sign_out));
    let token = symbolon::people::setup::create(&house.app.db, house.now()).await.expect("creates");
    let set_up = browser.get_once(&format!("/setup?token={}", token.reveal())).await;
    let mut fields = set_up.form("form:has(#create-admin)");
    fields.retain(|(name, _)| matches!(&**name, "csrf" | "token"));
    fields.extend(
        [("email", "root@example.com"), ("password", "correct horse battery")]
            .map(|(k, v)| (k.to_owned(), v.to_owned())),
    );
    pages.push(("set up", browser.post_once("/setup", &fields).await));
    pages.push(("set-up", set_up));
    pages
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn ht_10_ht_14_lg_16_security_headers_stand_on_every_answer() {
    for (issuer, https) in [("http://127.0.0.1:4444", false), ("https://id.example", true)] {
        let house = House::with(Kind::Sqlite, |config| config.issuer = issuer.to_owned()).await;
        house.person("ada").await;
        let client = house.client().await;
        for (what, view) in every_page(&house, &mut house.browser(), &client).await {
            check_view(what, &view, https);
        }
        let http = house.http();
        for (method, path) in ROUTES {
            for method in [method, "GET", "POST", "PUT", "DELETE", "PATCH", "OPTIONS", "HEAD", "TRACE", "BREW"] {
                let method = Method::from_bytes(method.as_bytes()).expect("a method");
                for (accept, origin) in [("*/*", None), ("application/json", Some("https://evil.example"))] {
                    let mut request =
                        http.request(method.clone(), format!("{}{path}", house.url)).header("accept", accept);
                    if let Some(origin) = origin {
                        request = request.header("origin", origin);
                    }
                    let response = request.send().await.expect("an answer");
                    let what = format!("{method} {path} {}", response.status());
                    check_headers(&what, response.status().as_u16(), &headers_of(response.headers()), https);
                    assert!(response.status().as_u16() < 500, "{what}");
                }
            }
        }
        for path in
            ["/nowhere", "/assets/nothing.css", "/oauth2", "/.well-known/", "/api/nothing", "/metrics", "/debug"]
        {
            let view = house.browser().get_once(path).await;
            assert_eq!(view.status, 404, "{path}");
            check_view(path, &view, https);
            assert!(!view.body.contains(path), "{path} is echoed");
        }
        if https {
            continue;
        }
        let long = "x".repeat(70_000);
        let head = "Host: x\r\nConnection: close\r\n";
        for (what, status, bytes) in [
            (
                "too large",
                413,
                format!(
                    "POST /oauth2/token HTTP/1.1\r\n{head}Content-Type: application/x-www-form-urlencoded\r\nContent-Length: 70000\r\n\r\n{long}"
                ),
            ),
            ("too long", 414, format!("GET /oauth2/auth?{} HTTP/1.1\r\n{head}\r\n", &long[..9000])),
            ("unreadable", 400, "GET /oauth2/auth HTTP/1.1 x\r\nHost: x\r\n\r\n".to_owned()),
            ("a ClientHello", 400, "\u{16}\u{3}\u{1}\u{2}\0\u{1}\0\u{1}\u{fc}\u{3}\u{3}\r\n\r\n".to_owned()),
            ("large head", 431, format!("GET / HTTP/1.1\r\nHost: x\r\nX: {}\r\n\r\n", &long[..40_000])),
            ("no host", 400, "GET / HTTP/1.1\r\nConnection: close\r\n\r\n".to_owned()),
        ] {
            let said = house.hears(bytes).await;
            assert_eq!(said.status, status, "{what}: {}", said.all);
            check_said(what, &said);
        }
    }
}

on_both! {
    async fn ht_10_what_is_about_someone_is_kept_by_nobody(house: House) {
        house.person("ada").await;
        let client = house.client().await;
        let tokens = client.tokens(&mut house.browser(), "ada", &[("scope", "openid offline")]).await;
        assert_eq!(tokens.headers["cache-control"], "no-store");
        for (method, path) in ROUTES {
            let response = house.http().request(method.parse().expect("a method"), format!("{}{path}", house.url));
            let response = response.send().await.expect("an answer");
            let caching = response.headers()["cache-control"].to_str().expect("ASCII").to_owned();
            assert_eq!(caching == "no-store", !document(path), "{path}: {caching}");
        }
        // HT-16: whatever is asked for by halves is answered in full.
        let access = tokens.text("access_token");
        for (name, value) in [("range", "bytes=0-3"), ("if-modified-since", "Sat, 01 Jan 2050 00:00:00 GMT"), ("if-none-match", "*")] {
            let request = house.http().get(format!("{}/userinfo", house.url)).bearer_auth(access).header(name, value);
            let me = answer(request).await.ok();
            assert_eq!(me.headers["cache-control"], "no-store", "{name}");
            assert!(me.body["sub"].is_string() && !me.headers.contains_key("etag") && !me.headers.contains_key("last-modified"), "{name}");
        }
    }

    async fn ht_10_the_sign_in_and_consent_forms_may_lead_on_to_the_app_and_nowhere_else(house: House) {
        house.person("ada").await;
        let client = house.client_with(|m| m.trusted = true).await;
        let native = house.client_with(|m| {
            m.token_endpoint_auth_method = symbolon::clients::AuthMethod::None;
            m.redirect_uris = vec!["com.example.app:/cb".to_owned()];
        });
        let native = native.await;
        let policy = |view: &View| view.headers["content-security-policy"].to_str().expect("ASCII").to_owned();
        // Browsers hold the redirects that follow a form to `form-action`: here POST /login leads to the app at once.
        let mut browser = house.browser();
        let sign_in = browser.get(&client.auth_url(&[])).await;
        assert!(policy(&sign_in).contains("form-action 'self' https://app.example;"), "{}", policy(&sign_in));
        let again = browser.signs_in_with(&sign_in, "ada", "wrong horse").await;
        assert!(policy(&again).contains("form-action 'self' https://app.example;"), "{}", policy(&again));
        assert!(browser.signs_in(&sign_in, "ada").await.sent("code").is_some());
        let consent = browser.get(&native.auth_url(&[])).await;
        assert!(policy(&consent).contains("form-action 'self' com.example.app:;"), "{}", policy(&consent));
        assert!(browser.decides(&consent, "allow").await.location().starts_with("com.example.app:/cb?code="));
        // By itself it leads home.
        let alone = house.browser().get("/login").await;
        assert!(policy(&alone).contains("form-action 'self';"), "{}", policy(&alone));
    }

    async fn ad_08_nothing_of_the_inside_is_served(house: House) {
        for path in [
            "/metrics", "/debug", "/debug/pprof/", "/debug/vars", "/actuator", "/actuator/env", "/swagger", "/swagger-ui/", "/api-docs",
            "/graphql", "/server-status", "/.env", "/.git/config", "/symbolon.toml", "/keys/master.key", "/data/symbolon.db", "/playground",
            "/dev", "/console", "/v1/admin", "/v1/admin/", "/v1/admin/audit.log", "/health", "/oauth2", "/oauth2/register",
        ] {
            let view = house.browser().get_once(path).await;
            assert_eq!(view.status, 404, "{path}");
        }
        // What is open says nothing of it.
        for path in ["/health/alive", "/health/ready"] {
            let view = house.browser().get_once(path).await;
            assert_eq!(view.status, 200, "{path}");
            for word in [env!("CARGO_PKG_VERSION"), "sqlite", "postgres", "symbolon.db", "127.0.0.1"] {
                assert!(!view.body.contains(word), "{path}: {}", view.body);
            }
        }
    }

    async fn ht_12_paths_have_no_aliases(house: House) {
        house.person("ada").await;
        let client = house.client().await;
        let tokens = client.tokens(&mut house.browser(), "ada", &[]).await;
        let refresh = tokens.text("refresh_token");
        let form = [("grant_type", "refresh_token"), ("refresh_token", refresh)];
        for path in [
            "/oauth2/token/", "//oauth2/token", "/OAUTH2/TOKEN", "/oauth2/%74oken", "/oauth2//token", "/oauth2/token;x=y",
            "/oauth2/./token%2f", "/oauth2%2ftoken", "/./oauth2%2Ftoken", "/oauth2/token%00", "/oauth2/token%20", "/x/../oauth2%2ftoken",
        ] {
            let refused = client.post(path, &form).await;
            assert_eq!(refused.status, 404, "{path}");
        }
        for raw in ["/oauth2/../oauth2/token", "/./oauth2/token", "/oauth2/token#x", "/oauth2/token\\", "*"] {
            let said = house.hears(format!("POST {raw} HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: 0\r\n\r\n")).await;
            assert!(matches!(said.status, 400 | 404), "{raw}: {}", said.all);
        }
        client.refreshes(refresh).await.ok();
    }

    async fn ht_09_a_method_is_what_it_says(house: House) {
        house.person("ada").await;
        let client = house.client().await;
        let tokens = client.tokens(&mut house.browser(), "ada", &[]).await;
        let (id, secret) = (client.id.clone(), client.secret.clone());
        let url = format!("{}/oauth2/token", house.url);
        for name in ["x-http-method-override", "x-http-method", "x-method-override"] {
            let request = house.http().get(&url).header(name, "POST").basic_auth(&id, secret.clone());
            let refused = request.form(&[("grant_type", "refresh_token"), ("refresh_token", tokens.text("refresh_token"))]);
            let refused = refused.send().await.expect("an answer");
            assert_eq!((refused.status().as_u16(), refused.headers()["allow"].to_str().ok()), (405, Some("POST")), "{name}");
        }
        let refused = client.post("/logout", &[("_method", "GET")]).await;
        assert_eq!(refused.status, 403);
        client.token(&[("grant_type", "refresh_token"), ("refresh_token", tokens.text("refresh_token")), ("_method", "GET")]).await.ok();
    }

    async fn ht_08_exactly_one_plain_host(house: House) {
        let get = |fields: &str, target: &str| format!("GET {target} HTTP/1.1\r\n{fields}Connection: close\r\n\r\n");
        for (fields, target) in [
            ("", "/login"),
            ("Host: a\r\nHost: a\r\n", "/login"),
            ("Host: a\r\nHost: b\r\n", "/login"),
            ("Host: user@a\r\n", "/login"),
            ("Host: user:pw@a\r\n", "/login"),
            ("Host: a b\r\n", "/login"),
            ("Host: a/b\r\n", "/login"),
            ("Host: a\r\n", "http://b/login"),
            ("Host: a\r\n", "http://user@a/login"),
        ] {
            let said = house.hears(get(fields, target)).await;
            assert_eq!(said.status, 400, "{fields:?} {target}: {}", said.all);
        }
        for (fields, target) in [("Host: a\r\n", "/login"), ("Host: a:1\r\n", "/login"), ("Host: a\r\n", "http://a/login")] {
            let said = house.hears(get(fields, target)).await;
            assert_eq!(said.status, 200, "{fields:?} {target}: {}", said.all);
        }
    }

    async fn ht_07_nobody_smuggles_a_request_past_the_first(house: House) {
        house.person("ada").await;
        let client = house.client().await;
        let tokens = client.tokens(&mut house.browser(), "ada", &[]).await;
        let body = format!("token={}&client_id={}", tokens.text("refresh_token"), client.id);
        let basic = {
            use base64::Engine;
            base64::prelude::BASE64_STANDARD.encode(format!("{}:{}", client.id, client.secret.clone().expect("a secret")))
        };
        let revoke = |fields: &str, body: &str| {
            format!(
                "POST /oauth2/revoke HTTP/1.1\r\nHost: x\r\nAuthorization: Basic {basic}\r\n\
                 Content-Type: application/x-www-form-urlencoded\r\n{fields}\r\n{body}"
            )
        };
        let length = body.len();
        let chunked = format!("{length:x}\r\n{body}\r\n0\r\n\r\n");
        for (fields, sent) in [
            (format!("Content-Length: {length}\r\nTransfer-Encoding: chunked\r\n"), &chunked),
            (format!("Transfer-Encoding: chunked\r\nContent-Length: {length}\r\n"), &chunked),
            (format!("Content-Length: {length}\r\nContent-Length: {length}\r\n"), &body),
            (format!("Content-Length: {length}\r\nContent-Length: 0\r\n"), &body),
            ("Transfer-Encoding: xchunked\r\n".to_owned(), &chunked),
            ("Transfer-Encoding: chunked, identity\r\n".to_owned(), &chunked),
            (format!("Content-Length: {length}\r\n folded: x\r\n"), &body),
            (format!("Content-Length : {length}\r\n"), &body),
            (format!("Content-Length: {length}\nX: bare\r\n"), &body),
            (format!("Content-Length: +{length}\r\n"), &body),
        ] {
            let smuggled = "GET /smuggled HTTP/1.1\r\nHost: x\r\n\r\n";
            let said = house.hears(format!("{}{smuggled}", revoke(&fields, sent))).await;
            assert_eq!(said.status, 400, "{fields:?}: {}", said.all);
            assert_eq!(said.all.matches("HTTP/1.1 ").count(), 1, "{fields:?}: {}", said.all);
        }
        assert!(client.active(tokens.text("refresh_token")).await);
        let honest = revoke(&format!("Connection: close\r\nContent-Length: {length}\r\n"), &body);
        assert_eq!(house.hears(honest).await.status, 200);
        assert!(!client.active(tokens.text("refresh_token")).await);
    }

    async fn ht_01_ht_02_what_is_too_large_is_refused_at_once(house: House) {
        let client = house.client().await;
        let refused = client.token(&[("grant_type", "authorization_code"), ("code", &"x".repeat(70_000))]).await;
        refused.is(413, "invalid_request");
        let long = "x".repeat(65 * 1024);
        let said = house.hears(format!("GET / HTTP/1.1\r\nHost: x\r\nAuthorization: Basic {long}\r\n\r\n")).await;
        assert_eq!(said.status, 431, "{}", said.all);
        let many: String = (0..101).map(|n| format!("X-{n}: y\r\n")).collect();
        let said = house.hears(format!("GET / HTTP/1.1\r\nHost: x\r\n{many}\r\n")).await;
        assert_eq!(said.status, 431, "{}", said.all);
        client.token(&[("grant_type", "authorization_code"), ("code", "x")]).await.is(400, "invalid_grant");
    }

    async fn in_11_no_path_leads_out_of_the_assets(house: House) {
        let css = house.browser().get_once("/login").await.first("link[rel=stylesheet]").expect("a stylesheet")["href"].clone();
        assert_eq!(house.browser().get_once(&css).await.status, 200);
        for path in [
            "/assets/..%2fCargo.toml", "/assets/..%5c..%5cetc%5cpasswd", "/assets/%2e%2e/login", "/assets/%2e%2e%2f%2e%2e%2fetc%2fpasswd",
            "/assets/....//etc/passwd", "/assets/%252e%252e%252f", "/assets/app.css%00.svg", "/assets/", "/assets/C:%5c", "/assets//etc/passwd",
        ] {
            let said = house.hears(format!("GET {path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")).await;
            assert!(matches!(said.status, 400 | 404), "{path}: {}", said.all);
            assert!(!said.all.contains("root:"), "{path}");
        }
    }
}
