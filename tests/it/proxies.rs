//! Real proxies with the configurations that `symbolon snippet` prints (issue 5, "Real components"): nginx, Caddy, HAProxy and
//! Apache as Debian has them; a Node client as the seed has it. Traefik and Envoy by what they are known to send.

use crate::support::client::answer;
use crate::support::proxied::{Backend, Guarded};
use crate::support::{Answer, Holder, House, Kind};
use serde_json::{Value, json};
use std::process::Command;
use symbolon::config::{Config, Rule};

fn settings(config: &mut Config) {
    config.proxies.trusted = vec!["127.0.0.0/8".parse().expect("a network")];
    config.gate.rules = vec![
        Rule { path: Some("/admin/*".to_owned()), scopes: vec!["admin".to_owned()], ..Rule::default() },
        Rule { path: Some("/public/*".to_owned()), anonymous: true, ..Rule::default() },
    ];
    config.gate.identity = true;
}

/// Somebody with a token, asking the proxy.
fn through(guarded: &Guarded, holder: &Holder) -> Holder {
    Holder { url: guarded.url.clone(), ..holder.clone() }
}

/// The status that a target gets that no client would send.
async fn raw(guarded: &Guarded, target: &str, headers: &[String]) -> u16 {
    use tokio::io::{AsyncReadExt, AsyncWriteExt};
    let at = guarded.url.trim_start_matches("http://");
    let mut socket = tokio::net::TcpStream::connect(at).await.expect("connects");
    let lines: String = headers.iter().map(|line| format!("{line}\r\n")).collect();
    let text = format!("GET {target} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n{lines}\r\n");
    socket.write_all(text.as_bytes()).await.expect("writes");
    let mut all = Vec::new();
    let _ = socket.read_to_end(&mut all).await;
    let text = String::from_utf8_lossy(&all).into_owned();
    text.split(' ').nth(1).and_then(|code| code.parse().ok()).unwrap_or_else(|| panic!("{text}"))
}

fn challenge(answer: &Answer) -> String {
    answer.challenges().join("; ")
}

async fn guards(proxy: &str) {
    let house = House::with(Kind::Sqlite, settings).await;
    let ada = house.person("ada").await;
    let (id, token) = house.api_token(&ada, Some("default"), Some("files:read")).await;
    let (slow_id, slow) = house.api_token(&ada, Some("default"), None).await;
    let (code, _, err) = house.command(&format!("token limit {slow_id} 1")).await;
    assert_eq!(code, 0, "{err}");
    let backend = Backend::start().await;
    let guarded = Guarded::start(proxy, &house, &backend).await;
    let (caller, slow) = (through(&guarded, &token), through(&guarded, &slow));
    let nobody = Holder { authorization: String::new(), ..caller.clone() };

    // Nobody gets in, and is told how.
    let refused = nobody.does("GET", "/things").await;
    assert_eq!(refused.status, 401, "{proxy}");
    assert!(
        challenge(&refused).contains("Bearer realm=") && challenge(&refused).contains("Token realm="),
        "{proxy} {}",
        challenge(&refused)
    );

    // A good token gets in; the backend knows who it is, and believes nothing that the client wrote.
    let mut spoofing = caller.clone();
    for (name, value) in [
        ("x-symbolon-user", "mallory"),
        ("X-Symbolon-Role", "owner"),
        ("x-symbolon-client", "evil"),
        ("x-symbolon-email", "evil@example.com"),
        ("x-original-url", "https://localhost/public/x"),
        ("x-original-method", "OPTIONS"),
        ("x-forwarded-uri", "/public/x"),
    ] {
        spoofing.headers.push((name.to_owned(), value.to_owned()));
    }
    let body = json!({ "command": "query", "text": "ä".repeat(2000) }).to_string();
    let request = spoofing.request("POST", "/things?x=1").header("content-type", "application/json").body(body.clone());
    let told = answer(request).await;
    assert_eq!(told.status, 200, "{proxy} {}", told.body);
    let seen = |name: &str| told.body["headers"][name].as_str().map(str::to_owned);
    assert_eq!(
        (told.body["method"].as_str(), told.body["uri"].as_str(), told.body["body"].as_str()),
        (Some("POST"), Some("/things?x=1"), Some(&*body)),
        "{proxy}"
    );
    for (name, value) in [
        ("x-symbolon-user", ada.as_str()),
        ("x-symbolon-email", "ada@example.com"),
        ("x-symbolon-workspace", "default"),
        ("x-symbolon-role", "member"),
        ("x-symbolon-scope", "files:read"),
        ("x-symbolon-token-id", &id),
    ] {
        assert_eq!(seen(name).as_deref(), Some(value), "{proxy} {name}");
    }
    assert!(
        seen("x-symbolon-client").is_none_or(|client| client.is_empty()),
        "{proxy} {:?}",
        seen("x-symbolon-client")
    );
    assert!(seen("authorization").is_none_or(|token| token.is_empty()), "{proxy}");
    let identity = seen("x-symbolon-identity").expect("signed");
    assert_eq!(crate::support::client::claims(&identity)["sub"], ada);

    // What a rule asks for, what can be read in two ways, what comes twice.
    let refused = caller.does("GET", "/admin/x").await;
    assert_eq!(refused.status, 403, "{proxy}");
    assert!(
        challenge(&refused).contains("insufficient_scope") && challenge(&refused).contains("scope=\"admin\""),
        "{proxy} {}",
        challenge(&refused)
    );
    let authorization = format!("Authorization: {}", caller.authorization);
    let mine = std::slice::from_ref(&authorization);
    assert_eq!(raw(&guarded, "/things", mine).await, 200, "{proxy}");
    for target in [
        "//admin/x",
        "/public/%2e%2e/admin/x",
        "/public/..%2fadmin/x",
        "/public/..;/admin/x",
        "/x;/admin",
        "/./admin/x",
        "/public/../admin/x",
    ] {
        let status = raw(&guarded, target, mine).await;
        assert!([400, 403, 404].contains(&status), "{proxy} {target} {status}");
        let status = raw(&guarded, target, &[]).await;
        assert!([400, 401, 403, 404].contains(&status), "{proxy} {target} {status}");
    }
    let twice = raw(&guarded, "/things", &[authorization.clone(), authorization.clone()]).await;
    assert!([400, 401].contains(&twice), "{proxy} {twice}");
    let passed = nobody.with("x-symbolon-user", "mallory").does("GET", "/public/x").await.ok();
    let forged = passed.body["headers"]["x-symbolon-user"].as_str().unwrap_or_default();
    assert_eq!(forged, "", "{proxy}: nobody's name is on what anyone may do");

    // Too much is 429, with all that a client needs to know.
    slow.does("GET", "/things").await.ok();
    let limited = slow.does("GET", "/things").await;
    assert_eq!(limited.status, 429, "{proxy}");
    assert_eq!(
        (limited.header("retry-after"), limited.header("ratelimit-policy")),
        ("1", "\"token\";q=1;w=1"),
        "{proxy}"
    );
    assert!(limited.header("ratelimit").starts_with("\"token\";r=0"), "{proxy}");
    // Apache writes a page of its own for the status.
    let words = limited.body["type"].as_str().unwrap_or("urn:symbolon:problem:rate-limited");
    assert!(proxy == "apache" || limited.body.is_object(), "{proxy}");
    assert_eq!(words, "urn:symbolon:problem:rate-limited", "{proxy}");

    // What the API answers itself stays what it is.
    for status in [400, 401, 403, 404, 429, 500, 503] {
        let own = caller.does("GET", &format!("/things?status={status}")).await;
        assert_eq!((own.status, own.body["method"].as_str()), (status, Some("GET")), "{proxy}");
    }

    // What has ended is outside at once; and without the gate nobody is inside.
    assert_eq!(token.deletes(&id).await, 204);
    assert_eq!(caller.does("GET", "/things").await.status, 401, "{proxy}");
    let (_, last) = house.api_token(&ada, Some("default"), None).await;
    let last = through(&guarded, &last);
    last.does("GET", "/things").await.ok();
    house.close().await;
    let gone = last.does("GET", "/things").await.status;
    assert!([500, 502, 503, 504].contains(&gone), "{proxy} {gone}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nginx_guards_an_api_with_the_configuration_that_we_print() {
    guards("nginx").await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn caddy_guards_an_api_with_the_configuration_that_we_print() {
    guards("caddy").await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn haproxy_guards_an_api_with_the_configuration_that_we_print() {
    guards("haproxy").await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn apache_guards_an_api_with_the_configuration_that_we_print() {
    guards("apache").await;
}

/// `shared/seeds/001_4f3b2fbaefd1c811.txt`, with the account name and the token replaced.
const SEED: &str = r"
const response = await fetch(`${process.env.API}/api/commands`, {
  method: 'POST',
  headers: {
    'Authorization': `Token ${process.env.TOKEN}`,
    'Content-Type': 'application/json'
  },
  body: JSON.stringify({
    command: 'fibery.entity/query',
    args: {
      query: {
        'q/from': 'fibery/user',
        'q/select': ['fibery/id', 'user/name'],
        'q/where': ['=', ['fibery/id'], '$my-id'],
        'q/limit': 1
      }
    }
  })
});
const data = await response.json();
console.log(JSON.stringify({ status: response.status, data }));
";

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_example_of_the_seed_works_behind_nginx() {
    let house = House::with(Kind::Sqlite, settings).await;
    let ada = house.person("ada").await;
    let (_, token) = house.api_token(&ada, Some("default"), None).await;
    let backend = Backend::start().await;
    let guarded = Guarded::start("nginx", &house, &backend).await;
    let run = async |token: &str| {
        let node = symbolon::config::process_env("SYMBOLON_TEST_NODE").unwrap_or_else(|| "node".to_owned());
        let mut command = Command::new(node);
        command.args(["--input-type=module", "--eval", SEED]).env("API", &guarded.url).env("TOKEN", token);
        let done =
            tokio::task::spawn_blocking(move || command.output()).await.expect("runs").expect("node; see .ci/setup");
        let out = String::from_utf8(done.stdout).expect("UTF-8");
        serde_json::from_str::<Value>(&out)
            .unwrap_or_else(|_| panic!("{out} {}", String::from_utf8_lossy(&done.stderr)))
    };
    let told = run(token.authorization.trim_start_matches("Token ")).await;
    assert_eq!(told["status"], 200, "{told}");
    assert_eq!(told["data"]["headers"]["x-symbolon-user"], ada);
    let sent: Value = serde_json::from_str(told["data"]["body"].as_str().expect("a body")).expect("JSON");
    assert_eq!(sent["args"]["query"]["q/limit"], 1);
}

/// As Traefik 3 sends it (`pkg/middlewares/auth/forward.go`): GET, the client's headers, and the X-Forwarded ones; as Envoy
/// sends it (`ext_authz_http_impl.cc`): the request's own method and host, `path_prefix` before its path, an empty body.
#[tokio::test]
async fn traefik_and_envoy_are_understood_as_they_are_recorded() {
    let house = House::with(Kind::Sqlite, settings).await;
    let ada = house.person("ada").await;
    let (_, token) = house.api_token(&ada, Some("default"), Some("files:read")).await;
    let authorization = format!("Authorization: {}", token.authorization);
    let traefik = |uri: &str| {
        [
            "Accept: */*",
            "Accept-Encoding: gzip",
            "User-Agent: curl/8.5.0",
            "X-Forwarded-For: 203.0.113.7",
            "X-Forwarded-Host: api.example.com",
            "X-Forwarded-Method: POST",
            "X-Forwarded-Port: 443",
            "X-Forwarded-Proto: https",
            "X-Forwarded-Server: traefik-7d9f",
            "X-Real-Ip: 203.0.113.7",
        ]
        .map(str::to_owned)
        .into_iter()
        .chain([format!("X-Forwarded-Uri: {uri}"), authorization.clone()])
        .collect::<Vec<_>>()
    };
    for (uri, status) in [("/things?x=1", 200), ("/admin/x", 403), ("//admin/x", 400)] {
        let said = house.sends("GET /gate/forward", &traefik(uri), "").await;
        assert_eq!(said.status, status, "{uri}");
        assert_eq!(said.header("x-symbolon-user"), if status == 200 { &ada } else { "" });
    }
    for (uri, status) in [("/things?x=1", 200), ("/admin/x", 403), ("//admin/x", 400)] {
        let envoy = [
            "Content-Length: 0".to_owned(),
            "X-Envoy-Internal: true".to_owned(),
            "X-Forwarded-For: 203.0.113.7".to_owned(),
            "X-Envoy-Expected-Rq-Timeout-Ms: 1000".to_owned(),
            authorization.clone(),
        ];
        let said = house.sends(&format!("POST /gate/envoy{uri}"), &envoy, "").await;
        assert_eq!(said.status, status, "{uri}");
        assert_eq!(said.header("x-symbolon-user"), if status == 200 { &ada } else { "" });
    }
    // All that is printed for them can be read, and names nothing that isn't there.
    for proxy in ["traefik", "envoy"] {
        let (code, out, err) = house
            .command(&format!("snippet {proxy} --gate 10.0.0.2:4444 --backend api:3000 --host api.example.com"))
            .await;
        assert_eq!(code, 0, "{err}");
        let read: Value = serde_saphyr::from_str(&out).unwrap_or_else(|why| panic!("{proxy}: {why}"));
        assert!(read.is_object() && !out.contains('@') || proxy == "envoy", "{out}");
        for header in ["user", "email", "workspace", "role", "client", "scope", "token-id", "identity"] {
            assert!(out.to_lowercase().contains(&format!("x-symbolon-{header}")), "{proxy} {header}");
        }
    }
    for wrong in
        ["snippet iis", "snippet nginx --gate localhost", "snippet nginx --backend a;b:1", "snippet nginx --part lua"]
    {
        let (code, _, err) = house.command(wrong).await;
        assert_eq!(code, 2, "{wrong}: {err}");
    }
}
