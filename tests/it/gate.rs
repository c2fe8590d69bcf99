//! The gate: issue 5, each proxy's convention, rules, path confusion, what backends are told.

use crate::on_both;
use crate::support::client::{answer, claims};
use crate::support::{Answer, Client, Holder, House};
use serde_json::{Value, json};
use std::time::Duration;
use symbolon::clients::GrantType;
use symbolon::config::{Config, GateDefault, Rule};

fn trusting(config: &mut Config) {
    config.proxies.trusted = vec!["127.0.0.0/8".parse().expect("a network")];
}

/// What the tests of rules go by.
fn ruled(config: &mut Config) {
    trusting(config);
    let rules = r#"
        [[rules]]
        path = "/public/*"
        anonymous = true
        [[rules]]
        path = "/admin/*"
        scopes = ["admin"]
        [[rules]]
        host = "reports.example.com"
        methods = ["GET"]
        scopes = ["reports:read"]
        [[rules]]
        host = "*.partner.example"
        audience = "https://partner.example/api"
        [[rules]]
        path = "/slow"
        limit = "slow"
        per_second = 1
    "#;
    #[derive(serde::Deserialize)]
    struct Rules {
        rules: Vec<Rule>,
    }
    config.gate.rules = toml::from_str::<Rules>(rules).expect("rules").rules;
}

/// A request as it came to a proxy.
struct Sent<'a> {
    method: &'a str,
    host: &'a str,
    uri: &'a str,
}

const fn get<'a>(uri: &'a str) -> Sent<'a> {
    Sent { method: "GET", host: "api.example.com", uri }
}

/// The proxies, each in its own words.
const PROXIES: [&str; 4] = ["nginx", "forward", "envoy", "check"];

/// What the gate says to this proxy about that request.
async fn asks(holder: &Holder, proxy: &str, sent: &Sent<'_>) -> Answer {
    let Sent { method, host, uri } = *sent;
    match proxy {
        "nginx" => {
            let request = holder.request("GET", "/gate/nginx").header("x-original-method", method);
            answer(request.header("x-original-url", format!("https://{host}{uri}"))).await
        }
        "forward" => {
            let request = holder.request("GET", "/gate/forward").header("x-forwarded-method", method);
            answer(request.header("x-forwarded-host", host).header("x-forwarded-uri", uri)).await
        }
        "check" => {
            let mut ask = json!({ "method": method, "url": format!("https://{host}{uri}") });
            if !holder.authorization.is_empty() {
                ask["authorization"] = json!(holder.authorization);
            }
            let bare = Holder { authorization: String::new(), headers: Vec::new(), ..holder.clone() };
            let told = answer(bare.request("POST", "/gate/check").json(&ask)).await.ok();
            let status = u16::try_from(told.body["status"].as_u64().expect("a status")).expect("a status");
            assert_eq!(told.body["allowed"], status == 200, "{}", told.body);
            Answer { status, ..told }
        }
        _ => {
            // reqwest would tidy the path up.
            let mut lines = vec![format!("Host: {host}")];
            if !holder.authorization.is_empty() {
                lines.push(format!("Authorization: {}", holder.authorization));
            }
            raw(&holder.url, &format!("{method} /gate/envoy{uri}"), &lines).await
        }
    }
}

async fn raw(url: &str, line: &str, headers: &[String]) -> Answer {
    use tokio::io::{AsyncReadExt, AsyncWriteExt};
    let mut socket = tokio::net::TcpStream::connect(url.trim_start_matches("http://")).await.expect("connects");
    let text = format!("{line} HTTP/1.1\r\n{}\r\nConnection: close\r\n\r\n", headers.join("\r\n"));
    socket.write_all(text.as_bytes()).await.expect("writes");
    let mut all = Vec::new();
    socket.read_to_end(&mut all).await.expect("reads");
    let text = String::from_utf8_lossy(&all).into_owned();
    let (head, body) = text.split_once("\r\n\r\n").expect("an answer");
    let mut told = reqwest::header::HeaderMap::new();
    for line in head.lines().skip(1) {
        let (name, value) = line.split_once(": ").expect("a header");
        let name = reqwest::header::HeaderName::from_bytes(name.as_bytes()).expect("a name");
        told.append(name, value.parse().expect("a value"));
    }
    let status = head.split(' ').nth(1).and_then(|code| code.parse().ok()).expect("a status");
    Answer { status, headers: told, body: serde_json::from_str(body).unwrap_or(Value::Null) }
}

/// What a backend is told under this name, by header or by member.
fn told(answer: &Answer, name: &str) -> String {
    let member = answer.body[name.replace('-', "_")].as_str().unwrap_or_default();
    let header =
        answer.headers.get(format!("x-symbolon-{name}")).map(|v| String::from_utf8_lossy(v.as_bytes()).into_owned());
    header.unwrap_or_else(|| member.to_owned())
}

async fn bearer(house: &House, client: &Client, scope: &str, more: &[(&str, &str)]) -> Holder {
    let mut asked = vec![("scope", scope), ("prompt", "consent")];
    asked.extend(more);
    let tokens = client.tokens(&mut house.browser(), "ada", &asked).await;
    Holder { authorization: format!("Bearer {}", tokens.text("access_token")), ..Holder::of(house, "") }
}

on_both! {
    async fn every_proxy_learns_who_is_calling(house: House) {
        let house = House::with(house.kind, trusting).await;
        let ada = house.person("ada").await;
        let (id, token) = house.api_token(&ada, Some("default"), Some("files:read")).await;
        let client = house.client_with(|m| m.scope.push_str(" files:read")).await;
        let opaque = bearer(&house, &client, "openid email files:read", &[]).await;
        let jwts = house.client_with(|m| m.access_token_format = symbolon::clients::Format::Jwt).await;
        let jwt = bearer(&house, &jwts, "openid", &[]).await;
        let machine = house.client_with(|m| {
            m.grant_types.push(GrantType::ClientCredentials);
            m.scope.push_str(" files:read");
        }).await;
        let own = machine.token(&[("grant_type", "client_credentials"), ("scope", "files:read")]).await.ok();
        let own = Holder { authorization: format!("Bearer {}", own.text("access_token")), ..token.clone() };
        let nobody = Holder { authorization: String::new(), ..token.clone() };
        for proxy in PROXIES {
            let told_of = async |holder: &Holder| {
                let answer = asks(holder, proxy, &get("/v2/things?x=1")).await;
                assert_eq!(answer.status, 200, "{proxy} {}", answer.body);
                ["user", "email", "workspace", "role", "client", "scope", "token-id"].map(|name| told(&answer, name))
            };
            assert_eq!(told_of(&token).await, [&*ada, "ada@example.com", "default", "member", "", "files:read", &id], "{proxy}");
            let by_app = told_of(&opaque).await;
            assert_eq!(by_app[..6], [&*ada, "ada@example.com", "default", "member", &client.id, "openid email files:read"], "{proxy}");
            let by_jwt = told_of(&jwt).await;
            // The address is what the scope `email` tells.
            assert_eq!(by_jwt[..6], [&*ada, "", "default", "member", &jwts.id, "openid"], "{proxy}");
            assert_eq!(told_of(&own).await[..6], ["", "", "", "", &*machine.id, "files:read"], "{proxy}");
            let refused = asks(&nobody, proxy, &get("/")).await;
            assert_eq!(refused.status, 401, "{proxy}");
            let challenge = match proxy {
                "check" => refused.body["www_authenticate"][0].as_str().unwrap_or_default().to_owned(),
                _ => refused.challenges().join("; "),
            };
            assert!(challenge.starts_with("Bearer realm=") && challenge.contains(", Token realm="), "{proxy} {challenge}");
            assert!(challenge.contains("/.well-known/oauth-protected-resource\"") && !challenge.contains("scope="), "{challenge}");
            let bent = Holder { authorization: format!("{}A", token.authorization), ..token.clone() };
            assert_eq!(asks(&bent, proxy, &get("/")).await.status, 401, "{proxy}");
        }
    }

    async fn what_is_ended_is_refused_at_once(house: House) {
        let house = House::with(house.kind, trusting).await;
        let ada = house.person("ada").await;
        let (id, token) = house.api_token(&ada, Some("default"), None).await;
        let client = house.client().await;
        let tokens = client.tokens(&mut house.browser(), "ada", &[]).await;
        let app = Holder { authorization: format!("Bearer {}", tokens.text("access_token")), ..token.clone() };
        for proxy in PROXIES {
            assert_eq!((asks(&token, proxy, &get("/")).await.status, asks(&app, proxy, &get("/")).await.status), (200, 200), "{proxy}");
        }
        assert_eq!(token.deletes(&id).await, 204);
        client.revokes(tokens.text("refresh_token")).await.ok();
        for proxy in PROXIES {
            assert_eq!((asks(&token, proxy, &get("/")).await.status, asks(&app, proxy, &get("/")).await.status), (401, 401), "{proxy}");
        }
    }

    async fn rules_ask_for_scopes_audiences_and_nothing(house: House) {
        let house = House::with(house.kind, ruled).await;
        let ada = house.person("ada").await;
        let (_, all) = house.api_token(&ada, Some("default"), None).await;
        let (_, reads) = house.api_token(&ada, Some("default"), Some("reports:read")).await;
        let nobody = Holder { authorization: String::new(), ..all.clone() };
        let wrong = Holder { authorization: "Token sym_pat_x".to_owned(), ..all.clone() };
        let client = house.client_with(|m| {
            m.resources = vec!["https://partner.example/api".to_owned(), "https://other.example/".to_owned()];
        }).await;
        let partner = bearer(&house, &client, "openid", &[("resource", "https://partner.example/api")]).await;
        let other = bearer(&house, &client, "openid", &[("resource", "https://other.example/")]).await;
        let plain = bearer(&house, &client, "openid", &[("resource", "")]).await;
        let at = |host, method, uri| Sent { method, host, uri };
        for proxy in PROXIES {
            for (holder, sent, status) in [
                (&nobody, get("/public/x"), 200), (&nobody, get("/public"), 200), (&nobody, get("/publicity"), 401),
                (&wrong, get("/public/x"), 401), (&all, get("/public/x"), 200),
                (&all, get("/admin/x"), 200), (&reads, get("/admin/x"), 403), (&reads, get("/admin"), 403), (&reads, get("/admin/"), 403),
                (&reads, get("/%61dmin/x"), 403), (&reads, get("/administer"), 200), (&nobody, get("/admin/x"), 401),
                (&reads, at("reports.example.com", "GET", "/x"), 200), (&partner, at("reports.example.com", "GET", "/x"), 401),
                (&plain, at("reports.example.com", "GET", "/x"), 403), (&plain, at("reports.example.com", "POST", "/x"), 200),
                (&plain, at("REPORTS.example.com:8443", "GET", "/x"), 403), (&plain, at("reports.example.com.", "GET", "/x"), 403),
                (&partner, at("a.partner.example", "GET", "/x"), 200), (&other, at("a.partner.example", "GET", "/x"), 401),
                (&plain, at("a.partner.example", "GET", "/x"), 401), (&all, at("a.partner.example", "GET", "/x"), 200),
                (&other, get("/x"), 401), (&plain, get("/x"), 200),
            ] {
                let answer = asks(holder, proxy, &sent).await;
                assert_eq!(answer.status, status, "{proxy} {} {}{} {}", sent.method, sent.host, sent.uri, answer.body);
            }
            let refused = asks(&reads, proxy, &get("/admin/x")).await;
            let challenge = refused.body["www_authenticate"][0].as_str().map(str::to_owned).unwrap_or_else(|| refused.challenges().join("; "));
            assert!(challenge.contains("error=\"insufficient_scope\"") && challenge.contains("scope=\"admin\""), "{challenge}");
        }
        for (default, anonymous, known) in [
            (GateDefault::Authenticated, 401, 200), (GateDefault::Anonymous, 200, 200), (GateDefault::Deny, 403, 403),
        ] {
            let house = House::with(house.kind, |config| config.gate.default = default).await;
            let ada = house.person("ada").await;
            let (_, all) = house.api_token(&ada, Some("default"), None).await;
            let nobody = Holder { authorization: String::new(), ..all.clone() };
            for proxy in PROXIES {
                let statuses = (asks(&nobody, proxy, &get("/x")).await.status, asks(&all, proxy, &get("/x")).await.status);
                assert_eq!(statuses, (anonymous, known), "{proxy} {default:?}");
            }
        }
    }

    async fn path_confusion_is_refused_and_not_guessed_at(house: House) {
        let house = House::with(house.kind, ruled).await;
        let ada = house.person("ada").await;
        let (_, reads) = house.api_token(&ada, Some("default"), Some("reports:read")).await;
        for proxy in PROXIES {
            for uri in [
                "//admin/x", "/x//admin", "/./admin/x", "/public/../admin/x", "/public/%2e%2e/admin/x", "/public/..%2fadmin",
                "/public/..;/admin/x", "/admin;x=1", "/;a/admin", "/public%2f..%2fadmin", "/public%5c..%5cadmin", "/%252e%252e/admin",
                "/public/%00/admin", "/public\\..\\admin", "/admin%", "/admin%zz",
            ] {
                let answer = asks(&reads, proxy, &get(uri)).await;
                assert_eq!(answer.status, 400, "{proxy} {uri} {}", answer.body);
            }
            // What can be read in one way only is read so, also in a query.
            assert_eq!(asks(&reads, proxy, &get("/x?next=//admin/..;%2f")).await.status, 200, "{proxy}");
        }
        // Where no rule looks at it, it is nobody's business but the backend's.
        let open = House::with(house.kind, trusting).await;
        let ada = open.person("ada").await;
        let (_, token) = open.api_token(&ada, Some("default"), None).await;
        assert_eq!(asks(&token, "nginx", &get("/x//y;a=1/%2f")).await.status, 200);
    }

    async fn only_trusted_proxies_say_what_was_asked_for_and_only_in_their_own_words(house: House) {
        let trusting = House::with(house.kind, ruled).await;
        let untrusting = House::with(house.kind, |config| {
            ruled(config);
            config.proxies.trusted.clear();
        }).await;
        let ada = untrusting.person("ada").await;
        let (_, all) = untrusting.api_token(&ada, Some("default"), None).await;
        for proxy in ["nginx", "forward", "envoy"] {
            let answer = asks(&all, proxy, &get("/public/x")).await;
            assert_eq!(answer.status, 400, "{proxy}");
            assert!(answer.text("detail").contains("proxies.trusted"), "{proxy} {}", answer.body);
        }
        // Without rules nothing depends on it, so nobody needs to be trusted.
        let open = House::new(house.kind).await;
        let bob = open.person("bob").await;
        let (_, token) = open.api_token(&bob, Some("default"), None).await;
        for path in ["/gate/nginx", "/gate/forward", "/gate/envoy", "/gate/envoy/a/b"] {
            for method in ["GET", "POST", "DELETE"] {
                assert_eq!(token.does(method, path).await.status, 200, "{method} {path}");
            }
        }
        let ada = trusting.person("ada").await;
        let (_, reads) = trusting.api_token(&ada, Some("default"), Some("reports:read")).await;
        let nginx = |more: &[(&str, &str)]| more.iter().fold(reads.request("GET", "/gate/nginx"), |r, (k, v)| r.header(*k, *v));
        let url = ("x-original-url", "https://api.example.com/admin/x");
        let method = ("x-original-method", "GET");
        assert_eq!(answer(nginx(&[url, method])).await.status, 403);
        for (what, more) in [
            ("no url", vec![method]), ("no method", vec![url]),
            ("twice", vec![url, ("x-original-url", "https://api.example.com/public/x"), method]),
            ("a path only", vec![("x-original-url", "/public/x"), method]),
            ("another proxy's words", vec![("x-forwarded-uri", "/public/x"), ("x-forwarded-method", "GET"), ("x-forwarded-host", "a")]),
            ("a method that is none", vec![url, ("x-original-method", "get")]),
        ] {
            assert_eq!(answer(nginx(&more)).await.status, 400, "{what}");
        }
        // Words of other proxies beside change nothing.
        for beside in [("x-forwarded-uri", "/public/x"), ("x-rewrite-url", "/public/x"), ("x-http-method-override", "POST"), ("x-original-uri", "/public/x")] {
            assert_eq!(answer(nginx(&[url, method, beside])).await.status, 403, "{beside:?}");
        }
    }

    async fn the_gate_takes_from_the_same_budgets_and_from_those_of_rules(house: House) {
        let house = House::with(house.kind, |config| {
            ruled(config);
            config.limits.token_per_second = 3;
        }).await;
        let ada = house.person("ada").await;
        let (_, token) = house.api_token(&ada, Some("default"), None).await;
        let begun = house.now().millis();
        let mut statuses = Vec::new();
        for (n, proxy) in PROXIES.iter().cycle().take(6).enumerate() {
            house.app.clock.shift(begun + i64::try_from(n).expect("a number") - house.now().millis());
            statuses.push(asks(&token, proxy, &get("/x")).await);
        }
        assert_eq!(statuses.iter().map(|answer| answer.status).collect::<Vec<_>>(), [200, 200, 200, 429, 429, 429]);
        assert_eq!(statuses[3].body["retry_after"], 1);
        assert_eq!((statuses[4].header("retry-after"), statuses[4].header("ratelimit-policy")), ("1", "\"token\";q=3;w=1"));
        assert_eq!(token.lists().await.status, 429, "our own doors count with it");
        house.wait(Duration::from_secs(2));
        assert_eq!(asks(&token, "nginx", &get("/slow")).await.status, 200);
        let slow = asks(&token, "nginx", &get("/slow")).await;
        assert_eq!((slow.status, slow.body["violated-policies"].as_str()), (429, Some("slow")));
        assert_eq!(asks(&token, "nginx", &get("/x")).await.status, 200);
    }

    async fn a_signed_answer_needs_no_trust_in_headers(house: House) {
        let house = House::with(house.kind, |config| {
            ruled(config);
            config.gate.identity = true;
            config.gate.audience = Some("https://api.example.com".to_owned());
        }).await;
        let ada = house.person("ada").await;
        let (id, token) = house.api_token(&ada, Some("default"), Some("files:read")).await;
        let client = house.client().await;
        let jwt = told(&asks(&token, "nginx", &get("/x")).await, "identity");
        let (header, told_of) = client.verifies(&jwt).await.expect("a key of the published set");
        assert_eq!((header["typ"].as_str(), header["alg"].as_str()), (Some("gate+jwt"), Some("ES256")));
        assert_eq!(told_of["iss"], house.app.issuer());
        assert_eq!((&told_of["sub"], &told_of["aud"]), (&json!(ada), &json!("https://api.example.com")));
        assert_eq!((&told_of["workspace"], &told_of["scope"], &told_of["token_id"]), (&json!("default"), &json!("files:read"), &json!(id)));
        assert_eq!(told_of["exp"].as_i64().expect("a time") - told_of["iat"].as_i64().expect("a time"), 60);
        let partner = told(&asks(&token, "check", &Sent { method: "GET", host: "a.partner.example", uri: "/" }).await, "identity");
        assert_eq!(claims(&partner)["aud"], "https://partner.example/api");
        // It opens none of our own doors.
        for authorization in [format!("Bearer {jwt}"), format!("Token {jwt}")] {
            assert_eq!(Holder { authorization, ..token.clone() }.lists().await.status, 401);
        }
        assert_eq!(client.userinfo(&jwt).await.status, 401);
        assert!(!client.active(&jwt).await);
    }

    async fn a_browser_may_pass_where_its_session_is_let(house: House) {
        let house = House::with(house.kind, |config| {
            trusting(config);
            config.gate.session = true;
        }).await;
        let ada = house.person("ada").await;
        let browser = Holder::in_browser(&house, "ada").await;
        let post = Sent { method: "POST", ..get("/x") };
        for proxy in ["nginx", "forward"] {
            let passed = asks(&browser, proxy, &get("/x")).await;
            assert_eq!((passed.status, told(&passed, "user")), (200, ada.clone()), "{proxy}");
            assert_eq!(asks(&browser, proxy, &post).await.status, 200, "from a page of ours");
            // Another site can make a browser post, with its cookie.
            for (name, value) in [("sec-fetch-site", "cross-site"), ("origin", "https://evil.example")] {
                assert_eq!(asks(&browser.with(name, value), proxy, &post).await.status, 401, "{proxy} {name}");
            }
            assert_eq!(asks(&browser.without("sec-fetch-site").without("origin"), proxy, &post).await.status, 401);
        }
        let shut = House::with(house.kind, trusting).await;
        shut.person("ada").await;
        let browser = Holder::in_browser(&shut, "ada").await;
        assert_eq!(asks(&browser, "nginx", &get("/x")).await.status, 401);
    }

    async fn a_check_costs_one_read_and_a_forgery_none(house: House) {
        let house = House::with(house.kind, trusting).await;
        let ada = house.person("ada").await;
        let (_, token) = house.api_token(&ada, Some("default"), None).await;
        let client = house.client().await;
        let app = bearer(&house, &client, "openid", &[]).await;
        asks(&token, "nginx", &get("/x")).await;
        for (what, holder, most) in [
            ("API token", token.clone(), 1),
            ("access token", app.clone(), 1),
            ("forged API token", Holder { authorization: format!("Token sym_pat_{}", "A".repeat(52)), ..token.clone() }, 0),
            ("forged access token", Holder { authorization: format!("{}A", app.authorization), ..token.clone() }, 0),
            ("nothing", Holder { authorization: String::new(), ..token.clone() }, 0),
        ] {
            let mut costs = Vec::new();
            for _ in 0..9 {
                let before = house.app.db.round_trips();
                asks(&holder, "nginx", &get("/x")).await;
                costs.push(house.app.db.round_trips() - before);
            }
            costs.sort_unstable();
            assert_eq!(costs[2], most, "{what}: {costs:?}");
        }
    }

    async fn bad_questions_are_answered_plainly(house: House) {
        let nobody = Holder { authorization: String::new(), ..Holder::of(&house, "") };
        let ask = async |body: Value| answer(nobody.request("POST", "/gate/check").json(&body)).await;
        for (bad, pointer) in [
            (json!({ "url": "https://a/" }), "/method"), (json!({ "method": "GET" }), "/url"), (json!({ "method": "GET", "url": "/x" }), "/url"),
            (json!({ "method": "get", "url": "https://a/" }), "/method"), (json!({ "authorization": 7 }), "/authorization"),
            (json!({ "authorization": "Token a\nb" }), "/authorization"), (json!({ "token": "x" }), "/token"),
        ] {
            let refused = ask(bad.clone()).await;
            refused.is_problem(422, "invalid-field");
            assert_eq!(refused.body["errors"][0]["pointer"], pointer, "{bad}");
        }
        assert_eq!(ask(json!({})).await.ok().body["status"], 401);
        assert_eq!(ask(json!([])).await.status, 400);
        answer(nobody.request("POST", "/gate/check").body("x")).await.is_problem(415, "unsupported-media-type");
        assert_eq!(nobody.does("GET", "/gate/check").await.status, 405);
        assert_eq!(nobody.does("GET", "/gate/other").await.status, 404);
    }
}
