//! security.md J and P at `/api/tokens`, the scanners' report and the gate, and what issue 5 calls bad input: whatever the
//! door, the same is refused in the same way, and the honest request beside it works.

use crate::support::client::answer;
use crate::support::{Holder, House, Kind};
use serde_json::json;
use std::time::Duration;
use symbolon::config::{Config, Registration};

const GATES: [&str; 3] = ["/gate/nginx", "/gate/forward", "/gate/envoy/x"];

fn unlimited(config: &mut Config) {
    config.proxies.trusted = vec!["127.0.0.0/8".parse().expect("a network")];
    (config.limits.token_per_second, config.limits.workspace_per_second) = (0, 0);
}

async fn world() -> (House, Holder) {
    let house = House::with(Kind::Sqlite, unlimited).await;
    let ada = house.person("ada").await;
    let (_, holder) = house.api_token(&ada, Some("default"), None).await;
    (house, holder)
}

/// The status of a request to this path with these header lines.
async fn raw(house: &House, path: &str, lines: &[u8]) -> u16 {
    let host = house.url.strip_prefix("http://").expect("plain http");
    let head = format!("GET {path} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n");
    house.hears([head.as_bytes(), lines, b"\r\n\r\n"].concat()).await.status
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn at_09_at_10_at_11_one_header_one_scheme_at_every_door() {
    let (house, holder) = world().await;
    let (shown, token) = (holder.authorization.clone(), holder.authorization.trim_start_matches("Token ").to_owned());
    let bare = Holder { authorization: String::new(), ..holder.clone() };
    for path in GATES.into_iter().chain(["/api/tokens"]) {
        assert_eq!(raw(&house, path, format!("Authorization: {shown}").as_bytes()).await, 200, "{path}");
        // Twice, and both schemes: in two headers, in one.
        for (second, status) in [(shown.clone(), 400), (format!("Bearer {token}"), 400), ("Basic eDp5".to_owned(), 400)]
        {
            let lines = format!("Authorization: {shown}\r\nAuthorization: {second}");
            assert_eq!(raw(&house, path, lines.as_bytes()).await, status, "{path} {second}");
        }
        for one in [
            format!("{shown}, Bearer {token}"),
            format!("Token {token} Bearer {token}"),
            format!("Token  {token}"),
            format!("Bearer {token}"),
            format!("Digest {token}"),
        ] {
            let refused = Holder { authorization: one.clone(), ..holder.clone() }.does("GET", path).await;
            assert_eq!(refused.status, 401, "{path} {one}");
            // Which schemes would do, in one header at the gate.
            let challenges = refused.challenges().join(", ");
            assert!(
                challenges.contains("Bearer realm=") && challenges.contains(", Token realm="),
                "{path} {challenges}"
            );
        }
        // Bytes that are no header, and more of them than there may be.
        for (lines, status) in [
            ([b"Authorization: ".as_slice(), shown.as_bytes(), b"\0"].concat(), 400),
            ([b"Authorization: ".as_slice(), shown.as_bytes(), b"\xff"].concat(), 401),
            ([b"Authorization: Token ".as_slice(), &[b'a'; 10 * 1024]].concat(), 401),
            ([b"Authorization: Token ".as_slice(), &[b'a'; 40 * 1024]].concat(), 431),
            ([b"X-Original-URL: https://a/".as_slice(), &[b'a'; 40 * 1024]].concat(), 431),
            ((0..101).map(|n| format!("X-{n}: y\r\n")).collect::<String>().trim_end().as_bytes().to_vec(), 431),
        ] {
            assert_eq!(raw(&house, path, &lines).await, status, "{path} {}", String::from_utf8_lossy(&lines[..40]));
        }
        // Elsewhere than in its header a token is none: not in our query, a cookie, another header.
        for field in ["token", "access_token", "api_token"] {
            assert_eq!(bare.does("GET", &format!("{path}?{field}={token}")).await.status, 401, "{path} {field}");
        }
        for (name, value) in
            [("cookie", format!("sym_s={token}")), ("x-api-key", token.clone()), ("proxy-authorization", shown.clone())]
        {
            assert_eq!(bare.with(name, &value).does("GET", path).await.status, 401, "{path} {name}");
        }
    }
    // Nor in the query of the request that a proxy asks about.
    let about = bare.with("x-original-method", "GET");
    let about = about.with("x-original-url", &format!("https://api.example.com/x?access_token={token}"));
    assert_eq!(about.does("GET", "/gate/nginx").await.status, 401);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nobody_says_who_they_are_with_headers() {
    let (house, holder) = world().await;
    let mallory = house.person("mallory").await;
    house.workspace("acme", &[(&mallory, symbolon::people::workspaces::Standing::Owner)]).await;
    for path in GATES {
        let honest = holder.does("GET", path).await.ok();
        let mut spoofing = holder.clone();
        for (name, value) in [
            ("x-symbolon-user", mallory.as_str()),
            ("x-symbolon-workspace", "acme"),
            ("x-symbolon-role", "owner"),
            ("x-symbolon-scope", "symbolon:admin"),
            ("x-workspace-id", "acme"),
            ("x-workspace", "acme"),
            ("x-user", mallory.as_str()),
            ("x-forwarded-user", mallory.as_str()),
            ("x-original-url", "https://acme.example/"),
            ("forwarded", "for=203.0.113.9;host=acme"),
        ] {
            spoofing.headers.push((name.to_owned(), value.to_owned()));
        }
        let told = spoofing.does("GET", path).await.ok();
        for name in ["user", "email", "workspace", "role", "scope", "client", "token-id"] {
            let name = format!("x-symbolon-{name}");
            assert_eq!(told.headers.get(&name), honest.headers.get(&name), "{path} {name}");
        }
        assert_eq!(honest.header("x-symbolon-workspace"), "default", "{path}");
    }
    let made = holder.with("x-workspace-id", "acme").with("x-symbolon-user", &mallory).named("mine").await;
    assert_eq!((made.status, made.text("workspace")), (201, "default"));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn ht_09_to_ht_16_as_everywhere() {
    let (house, holder) = world().await;
    let id = holder.lists().await.ok().body["data"][0]["id"].as_str().expect("an id").to_owned();
    let one = format!("/api/tokens/{id}");
    let nobody = Holder { authorization: String::new(), ..holder.clone() };

    // HT-09: a method is what stands in the first line.
    for (name, value) in
        [("x-http-method-override", "DELETE"), ("x-method-override", "DELETE"), ("x-http-method", "DELETE")]
    {
        holder.with(name, value).does("GET", &one).await.ok();
    }
    assert_eq!(
        holder.with("x-http-method-override", "DELETE").does("POST", &format!("{one}?_method=DELETE")).await.status,
        405
    );
    holder.does("GET", &one).await.ok();

    let report = json!([{ "token": "sym_pat_x" }]).to_string();
    for (who, method, path, body, status) in [
        (&holder, "GET", "/api/tokens", "", 200),
        (&holder, "GET", &*one, "", 200),
        (&holder, "GET", "/gate/nginx", "", 200),
        (&holder, "GET", "/gate/forward", "", 200),
        (&holder, "GET", "/gate/envoy/x", "", 200),
        (&nobody, "GET", "/api/tokens", "", 401),
        (&nobody, "GET", "/gate/nginx", "", 401),
        (&nobody, "POST", "/gate/check", "{}", 200),
        (&nobody, "POST", "/gate/check", "{", 400),
        (&nobody, "POST", "/v1/token_scanning/report", &*report, 200),
        (&nobody, "PUT", "/gate/check", "{}", 405),
        (&nobody, "OPTIONS", "/api/tokens", "", 405),
        (&nobody, "OPTIONS", "/v1/token_scanning/report", "", 405),
        (&nobody, "DELETE", "/api/tokens", "", 405),
    ] {
        let mut request = who.request(method, path).header("origin", "https://evil.example");
        request = request
            .header("access-control-request-method", "POST")
            .header("access-control-request-headers", "authorization");
        // HT-16: none of these makes a part of an answer, or an old one.
        request = request.header("range", "bytes=0-1").header("if-none-match", "*");
        request = request.header("if-modified-since", "Sat, 01 Jan 2050 00:00:00 GMT");
        if !body.is_empty() {
            request = request.header("content-type", "application/json").body(body.to_owned());
        }
        let told = answer(request).await;
        assert_eq!(told.status, status, "{method} {path} {}", told.body);
        // HT-10, HT-11.
        assert_eq!(told.header("x-content-type-options"), "nosniff", "{method} {path}");
        assert_eq!(told.header("cache-control"), "no-store", "{method} {path}");
        for none in [
            "access-control-allow-origin",
            "access-control-allow-credentials",
            "etag",
            "last-modified",
            "accept-ranges",
            "content-range",
        ] {
            assert!(!told.headers.contains_key(none), "{method} {path} {none}");
        }
        let allowed = told.headers.contains_key("allow");
        assert_eq!(allowed, status == 405, "{method} {path}");
    }
    // HT-12.
    for alias in [
        "/gate/check/",
        "//gate/check",
        "/gate//check",
        "/GATE/check",
        "/gate/%63heck",
        "/gate/x/../check",
        "/gate/nginx/",
        "/gate/Nginx",
        "/gate/forward/",
        "/v1/token_scanning/report/",
        "/v1//token_scanning/report",
        "/api/tokens/",
        "/gate",
        "/gate/",
    ] {
        let lines = format!("Authorization: {}", holder.authorization);
        assert_eq!(raw(&house, alias, lines.as_bytes()).await, 404, "{alias}");
    }
    // HT-01.
    let large = format!("{{\"authorization\":\"{}\"}}", "a".repeat(400 * 1024));
    for path in ["/gate/check", "/api/tokens", "/v1/token_scanning/report"] {
        let told =
            answer(holder.request("POST", path).header("content-type", "application/json").body(large.clone())).await;
        assert_eq!(told.status, 413, "{path}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn rl_09_at_the_gate_a_wrong_token_takes_nothing_from_a_right_one() {
    let house = House::with(Kind::Sqlite, |config| config.limits.token_per_second = 1).await;
    let ada = house.person("ada").await;
    let (_, holder) = house.api_token(&ada, Some("default"), None).await;
    let token = holder.authorization.clone();
    let last = if token.ends_with('A') { "B" } else { "A" };
    let bent = Holder { authorization: format!("{}{last}", &token[..token.len() - 1]), ..holder.clone() };
    for path in GATES {
        house.wait(Duration::from_secs(2));
        for _ in 0..6 {
            assert_eq!(bent.does("GET", path).await.status, 401, "{path}");
        }
        holder.does("GET", path).await.ok();
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn rl_10_registration_has_a_budget_for_each_address() {
    let house = House::with(Kind::Sqlite, |config| {
        config.registration = Registration::Open;
        config.limits.address_per_second = 2;
        config.proxies.trusted = vec!["127.0.0.0/8".parse().expect("a network")];
    })
    .await;
    let begun = house.now().millis();
    let registers = async |n: i64, from: &str| {
        house.stands_at(begun + n);
        let ask = json!({ "redirect_uris": ["https://app.example/cb"] });
        let request = house.http().post(format!("{}/oauth2/register", house.url)).header("x-forwarded-for", from);
        answer(request.json(&ask)).await
    };
    let mut statuses = Vec::new();
    for n in 0..4 {
        let told = registers(n, "203.0.113.1").await;
        assert_eq!(told.headers.contains_key("retry-after"), told.status == 429);
        statuses.push(told.status);
    }
    assert_eq!(statuses, [201, 201, 429, 429]);
    assert_eq!(registers(5, "203.0.113.2").await.status, 201, "another address has its own");
    assert_eq!(registers(1500, "203.0.113.1").await.status, 201, "waiting helps");
}
