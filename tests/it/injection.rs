//! security.md Q: SQL, NUL, broken encodings, templates and odd JSON in everything that can be sent.

use crate::on_both;
use crate::support::browser::View;
use crate::support::client::{Answer, CALLBACK, VERIFIER, answer};
use crate::support::{Browser, Client, House, Kind};
use symbolon::clients::GrantType;

/// What breaks out of a statement that was glued together; none may differ from any other odd text.
const SQL: [&str; 12] = [
    "'",
    "' OR 1=1--",
    "'; DROP TABLE grants;--",
    "\" OR \"\"=\"",
    "\\'; --",
    "%' OR '1'='1",
    "1) OR (1=1",
    "$1",
    "{batch}",
    "NULL",
    "'||(SELECT value FROM meta)||'",
    "x' UNION SELECT * FROM users--",
];

/// NUL, overlong forms, stray bytes, surrogates, broken escapes: percent-encoded as they would come.
const BROKEN: [&str; 10] =
    ["%00", "a%00b", "%ff", "%fe%ff", "%c0%80", "%c0%af", "%e0%80%af", "%ed%a0%80", "%f8%88%80%80%80", "%zz"];

struct Sent {
    what: String,
    status: u16,
    body: String,
    location: String,
}

/// Method, path, parameters.
type Endpoint = (&'static str, &'static str, Vec<(&'static str, String)>);

/// Every endpoint that takes parameters, with an honest request for each.
struct Honest {
    endpoints: Vec<Endpoint>,
    csrf: String,
    go: String,
}

const AUTH: &str = "/oauth2/auth";

async fn honest(browser: &mut Browser, client: &Client) -> Honest {
    let page = browser.get(&client.auth_url(&[])).await;
    let consent = browser.signs_in(&page, "ada").await;
    let field = |name: &str| consent.first(&format!("input[name={name}]")).expect("a field")["value"].clone();
    let (csrf, go) = (field("csrf"), field("go"));
    let of = |pairs: &[(&'static str, &str)]| pairs.iter().map(|(k, v)| (*k, (*v).to_owned())).collect::<Vec<_>>();
    let client_id = client.id.as_str();
    let challenge = symbolon::oauth::pkce::transform(VERIFIER);
    let auth = of(&[
        ("response_type", "code"),
        ("client_id", client_id),
        ("redirect_uri", CALLBACK),
        ("scope", "openid"),
        ("state", "s"),
        ("nonce", "n"),
        ("code_challenge", &challenge),
        ("code_challenge_method", "S256"),
        ("prompt", "consent"),
        ("max_age", "60"),
        ("login_hint", "ada@example.com"),
        ("id_token_hint", ""),
        ("ui_locales", "en"),
        ("acr_values", ""),
        ("claims", "{}"),
        ("display", "page"),
        ("resource", ""),
        ("response_mode", "query"),
        ("request", ""),
        ("anything", ""),
    ]);
    let endpoints = vec![
        ("GET", AUTH, auth.clone()),
        ("POST", AUTH, auth),
        ("GET", "/oauth2/auth/resume", of(&[("go", &go)])),
        ("GET", "/login", of(&[("go", &go)])),
        (
            "POST",
            "/login",
            of(&[("csrf", &csrf), ("go", &go), ("email", "ada@example.com"), ("password", "wrong horse")]),
        ),
        ("GET", "/consent", of(&[("go", &go)])),
        (
            "POST",
            "/consent",
            of(&[("csrf", &csrf), ("go", &go), ("decision", ""), ("scope", "openid"), ("offline", "on")]),
        ),
        ("POST", "/logout", of(&[("csrf", "")])),
        ("GET", "/setup", of(&[("token", "x")])),
        (
            "POST",
            "/setup",
            of(&[
                ("csrf", &csrf),
                ("token", "x"),
                ("name", "x"),
                ("email", "x@example.com"),
                ("password", "correct horse battery"),
            ]),
        ),
        (
            "POST",
            "/oauth2/token",
            of(&[
                ("grant_type", "authorization_code"),
                ("code", "x"),
                ("redirect_uri", CALLBACK),
                ("code_verifier", VERIFIER),
                ("resource", ""),
                ("client_id", client_id),
            ]),
        ),
        (
            "POST",
            "/oauth2/token",
            of(&[
                ("grant_type", "refresh_token"),
                ("refresh_token", "x"),
                ("scope", "openid"),
                ("client_id", client_id),
            ]),
        ),
        (
            "POST",
            "/oauth2/token",
            of(&[
                ("grant_type", "x"),
                ("client_secret", ""),
                ("client_assertion", ""),
                ("client_assertion_type", ""),
                ("client_id", client_id),
            ]),
        ),
        (
            "POST",
            "/oauth2/revoke",
            of(&[("token", "x"), ("token_type_hint", "refresh_token"), ("client_id", client_id)]),
        ),
        ("POST", "/oauth2/introspect", of(&[("token", "x"), ("token_type_hint", ""), ("client_id", client_id)])),
        ("POST", "/userinfo", of(&[("access_token", "x")])),
    ];
    Honest { endpoints, csrf, go }
}

/// Sends each parameter of each endpoint once in every bad form. `raw` is percent-encoded already.
async fn every_parameter(house: &House, client: &Client, bad: &[&str], raw: bool) -> Vec<Sent> {
    let mut browser = house.browser();
    let honest = honest(&mut browser, client).await;
    assert!(!honest.csrf.is_empty() && !honest.go.is_empty());
    let cookies = browser.cookies.iter().map(|(k, v)| format!("{k}={v}")).collect::<Vec<_>>().join("; ");
    let http = house.http();
    let mut all = Vec::new();
    let encode = |text: &str| url::form_urlencoded::byte_serialize(text.as_bytes()).collect::<String>();
    for (method, path, params) in &honest.endpoints {
        for (name, _) in params {
            for value in bad {
                let encoded = if raw { (*value).to_owned() } else { encode(value) };
                let pairs = params
                    .iter()
                    .map(|(k, v)| if k == name { format!("{k}={encoded}") } else { format!("{k}={}", encode(v)) });
                let body = pairs.collect::<Vec<_>>().join("&");
                let request = match *method {
                    "GET" => http.get(format!("{}{path}?{body}", house.url)),
                    _ => http
                        .post(format!("{}{path}", house.url))
                        .header("content-type", "application/x-www-form-urlencoded")
                        .body(body),
                };
                let person = !path.starts_with("/oauth2/") || *path == AUTH || path.ends_with("/resume");
                let request = match (person, *name) {
                    (true, _) => request.header("cookie", &cookies).header("sec-fetch-site", "same-origin"),
                    (false, "client_id" | "client_secret" | "client_assertion") => request,
                    (false, _) => request.basic_auth(&client.id, client.secret.clone()),
                };
                let response = request.send().await.expect("an answer");
                let location = response.headers().get("location").map(|v| v.to_str().expect("ASCII").to_owned());
                let status = response.status().as_u16();
                let what = format!("{method} {path} {name}={value}");
                all.push(Sent {
                    what,
                    status,
                    body: response.text().await.expect("text"),
                    location: location.unwrap_or_default(),
                });
            }
        }
    }
    all
}

async fn quiet_house(kind: Kind) -> House {
    let house = House::with(kind, |config| {
        (config.throttle.account, config.throttle.address, config.throttle.client) = (100_000, 100_000, 100_000);
    });
    let house = house.await;
    house.person("ada").await;
    house
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn in_01_sql_in_any_parameter_is_only_a_text() {
    for kind in [Kind::Sqlite, Kind::Postgres] {
        let house = quiet_house(kind).await;
        let client = house.client().await;
        let before = house.tables().await;
        let sent = every_parameter(&house, &client, &SQL, false).await;
        assert!(sent.len() > 500);
        for Sent { what, status, body, .. } in &sent {
            assert!(*status < 500, "{what}: {status} {body}");
            for leak in ["syntax error", "sqlite", "postgres", "SELECT", "relation"] {
                assert!(!body.contains(leak) || what.contains(leak), "{what}: {body}");
            }
        }
        let mut changed = house.changed_since(&before).await;
        // The person who signed in, and requests that wait with an odd `state`.
        changed.retain(|table| !matches!(&**table, "sessions" | "interactions"));
        assert_eq!(changed, Vec::<String>::new());
        // Everything is still there.
        client.tokens(&mut house.browser(), "ada", &[]).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn in_02_in_03_nul_and_broken_utf8_are_refused_everywhere() {
    for kind in [Kind::Sqlite, Kind::Postgres] {
        let house = quiet_house(kind).await;
        let client = house.client().await;
        let before = house.tables().await;
        for Sent { what, status, body, location } in every_parameter(&house, &client, &BROKEN, true).await {
            let public = what.contains(AUTH)
                && !what.contains("resume")
                && !what.contains("client_id=")
                && !what.contains("redirect_uri=");
            if public {
                // §4.1.2.1: the client hears of it, by the query, whatever mode was asked for.
                assert_eq!(status, 303, "{what}: {body}");
                assert!(
                    location.starts_with(CALLBACK) && location.contains("error=invalid_request"),
                    "{what}: {location}"
                );
            } else {
                assert_eq!(status, 400, "{what}: {body}");
                assert_eq!(location, "", "{what}");
            }
        }
        let mut changed = house.changed_since(&before).await;
        changed.retain(|table| !matches!(&**table, "sessions" | "interactions"));
        assert_eq!(changed, Vec::<String>::new());
    }
}

on_both! {
    async fn in_01_odd_headers_are_only_texts(house: House) {
        house.person("ada").await;
        let client = house.client().await;
        let tokens = client.tokens(&mut house.browser(), "ada", &[]).await;
        let before = house.tables().await;
        let http = house.http();
        for odd in SQL.iter().copied().chain(["\u{fc}\u{f6}", "%00", "a\tb", "{{1337*1337}}", "${jndi:ldap://evil.example/a}"]) {
            let value = reqwest::header::HeaderValue::from_bytes(odd.as_bytes()).expect("a header");
            for name in ["authorization", "cookie", "origin", "user-agent", "accept", "accept-language", "x-request-id", "x-forwarded-for", "sec-fetch-site", "if-none-match", "referer", "dpop"] {
                for (method, path) in [("GET", "/"), ("GET", "/login"), ("GET", "/userinfo"), ("POST", "/oauth2/token"), ("POST", "/oauth2/revoke"), ("GET", "/.well-known/jwks.json"), ("GET", "/nowhere")] {
                    let request = http.request(method.parse().expect("a method"), format!("{}{path}", house.url)).header(name, &value);
                    let response = request.send().await.expect("an answer");
                    assert!(response.status().as_u16() < 500, "{method} {path} {name}: {odd}");
                    let echoed = response.headers().values().any(|have| odd.len() > 4 && have.as_bytes() == odd.as_bytes());
                    assert!(!echoed, "{method} {path} {name}: {odd}");
                }
            }
            for cookie in ["sym_s", "sym_b", "sym_d"] {
                let view = http.get(format!("{}/", house.url)).header("cookie", format!("{cookie}={}", odd.replace(|c: char| !c.is_ascii() || c == '\t', "?")));
                assert_eq!(view.send().await.expect("an answer").status(), 200, "{cookie}={odd}");
            }
            for (id, secret) in [(odd, "x"), (client.id.as_str(), odd), (odd, odd)] {
                let refused = http.post(format!("{}/oauth2/token", house.url)).basic_auth(id, Some(secret));
                let refused = answer(refused.form(&[("grant_type", "client_credentials")])).await;
                assert!(matches!(refused.status, 401 | 429), "{id} {secret}: {}", refused.status);
            }
        }
        assert_eq!(house.changed_since(&before).await, Vec::<String>::new());
        client.userinfo(tokens.text("access_token")).await.ok();
    }

    async fn in_02_nul_in_raw_headers_and_credentials(house: House) {
        use base64::Engine;
        for (what, expected, bytes) in [
            ("NUL in a field", 400, "GET /login HTTP/1.1\r\nHost: x\r\nX-A: a\0b\r\nConnection: close\r\n\r\n".to_owned()),
            ("NUL in the target", 400, "GET /login?a=\0 HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n".to_owned()),
            ("NUL in the credentials", 401, format!(
                "POST /oauth2/token HTTP/1.1\r\nHost: x\r\nConnection: close\r\nAuthorization: Basic {}\r\n\
                 Content-Type: application/x-www-form-urlencoded\r\nContent-Length: 29\r\n\r\ngrant_type=client_credentials",
                base64::prelude::BASE64_STANDARD.encode("a\0b:c\0d")
            )),
        ] {
            let said = house.hears(bytes).await;
            assert_eq!(said.status, expected, "{what}: {}", said.all);
        }
    }

    async fn in_04_in_08_odd_json_is_refused_at_once(house: House) {
        house.person("ada").await;
        let client = house.client().await;
        let mut browser = house.browser();
        let deep = format!("{{\"id_token\":{{\"a\":{}{}}}}}", "[".repeat(1000), "]".repeat(1000));
        let refused = [
            "{\"id_token\":{\"acr\":{\"value\":\"\\ud800\"}}}",
            "{\"id_token\":{\"acr\":{\"value\":\"\\udc00\\ud800\"}}}",
            "{\"id_token\":{\"acr\":{\"value\":1e400}}}",
            "{\"id_token\":{\"acr\":{\"value\":NaN}}}",
            "{\"id_token\":{\"acr\":null},\"id_token\":{\"sub\":null}}",
            "{\"id_token\":{\"acr\":null,\"acr\":{\"essential\":true}}}",
            "{\"id_token\":{\"acr\":{\"value\":\"\\u0000\"}}}",
            &deep, "[]", "null", "\"x\"", "{", "{\"id_token\":[]}", "{\"id_token\":{\"acr\":7}}", "{\"userinfo\":\"x\"} x",
        ];
        let honest = "{\"id_token\":{\"acr\":null,\"auth_time\":{\"essential\":true}},\"userinfo\":{\"name\":null,\"x\":{\"value\":\"\\u00fc\"}}}";
        for claims in refused {
            let view = browser.get_once(&client.auth_url(&[("claims", claims)])).await;
            assert_eq!((view.status, view.sent("error").as_deref()), (303, Some("invalid_request")), "{claims}");
        }
        // As long as a form may be.
        let wide = format!("{{\"id_token\":{{{}}}}}", (0..5000).map(|n| format!("\"a{n}\":null")).collect::<Vec<_>>().join(","));
        let fields = url::Url::parse(&client.auth_url(&[("claims", &wide)])).expect("a URL");
        let fields: Vec<(String, String)> = fields.query_pairs().into_owned().collect();
        let view = browser.post_once(AUTH, &fields).await;
        assert!(view.status == 413 || view.sent("error").as_deref() == Some("invalid_request"), "{}", view.status);
        let view = browser.allows(&client.auth_url(&[("claims", honest)]), "ada").await;
        assert!(view.sent("code").is_some(), "{} {}", view.status, view.body);
    }

    async fn in_09_numbers_are_digits_within_reason(house: House) {
        house.person("ada").await;
        let client = house.client().await;
        let mut browser = house.browser();
        for odd in ["-1", "0x10", "+5", " 5", "5 ", "1e3", "5.0", "\u{665}", "9223372036854775808", "18446744073709551616", "99999999999999999999", "", "5,6"] {
            let view = browser.get_once(&client.auth_url(&[("max_age", odd), ("state", "s")])).await;
            if odd.is_empty() {
                assert_eq!(view.sent("error"), None);
                continue;
            }
            assert_eq!((view.status, view.sent("error").as_deref()), (303, Some("invalid_request")), "{odd:?}");
        }
        for fine in ["0", "1", "0060", "1000000000"] {
            let view = browser.get_once(&client.auth_url(&[("max_age", fine)])).await;
            assert!(view.location().starts_with("/login"), "{fine}: {}", view.location());
        }
    }

    async fn in_07_what_looks_like_a_template_or_markup_is_shown_as_it_is(house: House) {
        let names = ["{{1337*1337}}", "${jndi:ldap://evil.example/a}", "<img src=x onerror=alert(1)>", "\"><script>alert(1)</script>", "{% include \"/etc/passwd\" %}", "#{1337*1337} &lt;b&gt;"];
        for (n, odd) in names.into_iter().enumerate() {
            let name = format!("ada{n}");
            house.person_with(&name, serde_json::json!({ "name": odd }), false).await;
            let client = house.client_with(|m| m.client_name = odd.to_owned()).await;
            let mut browser = house.browser();
            let sign_in = browser.get(&client.auth_url(&[("login_hint", odd), ("state", odd), ("ui_locales", odd)])).await;
            shows(&sign_in, odd);
            assert_eq!(sign_in.first("#email").expect("a field")["value"], odd);
            let mut fields = sign_in.form("form:has(#sign-in)");
            fields.retain(|(name, _)| matches!(&**name, "csrf" | "go"));
            fields.extend([("email".to_owned(), odd.to_owned()), ("password".to_owned(), "x".to_owned())]);
            let again = browser.post_once("/login", &fields).await;
            assert_eq!(again.status, 422);
            shows(&again, odd);
            assert_eq!(again.first("#email").expect("a field")["value"], odd);
            let consent = browser.signs_in(&sign_in, &name).await;
            shows(&consent, odd);
            shows(&browser.get_once("/").await, odd);
            // A page with what was received for the developer to see.
            let wrong = browser.get_once(&client.auth_url(&[("redirect_uri", odd)])).await;
            assert_eq!(wrong.error_code().as_deref(), Some("invalid_redirect_uri"));
            shows(&wrong, odd);
            let sent = browser.decides(&consent, "allow").await;
            assert_eq!(sent.sent("state").as_deref(), Some(odd));
        }
    }
}

/// The text stands there as text, and brings no element of its own.
fn shows(view: &View, odd: &str) {
    assert!(view.text().contains(odd), "{odd} in {}", view.body);
    assert!(!view.text().contains("1787569"), "{odd}");
    for selector in ["img[onerror]", "main script", "main b:empty"] {
        assert!(view.first(selector).is_none(), "{odd}: {selector}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn in_01_the_same_odd_words_in_a_machine_s_scope_and_resource() {
    for kind in [Kind::Sqlite, Kind::Postgres] {
        let house = quiet_house(kind).await;
        let machine = house.client_with(|m| {
            m.grant_types = vec![GrantType::ClientCredentials];
            m.response_types.clear();
            m.redirect_uris.clear();
            m.scope = "files:read".to_owned();
        });
        let machine = machine.await;
        let ask = |name: &'static str, value: &str| {
            let (machine, value) = (machine.clone(), value.to_owned());
            async move { machine.token(&[("grant_type", "client_credentials"), (name, &value)]).await }
        };
        for odd in SQL {
            let refused: [Answer; 2] = [ask("scope", odd).await, ask("resource", odd).await];
            for answer in refused {
                assert_eq!(answer.status, 400, "{odd}: {}", answer.body);
            }
        }
        ask("scope", "files:read").await.ok();
    }
}
