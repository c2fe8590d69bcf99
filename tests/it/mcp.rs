//! MCP authorization, revision 2026-07-28 (standards.md §6.2): a server and a client made with MCP's own SDK, MCP's
//! conformance runner, and those lines that no other module has. Elsewhere are: `iss` (az_11), exact redirect URIs
//! (redirect_uri), S256 and nothing else (pkce, oidc_03), rotation (refresh), invalid_target (resource), bursts of
//! registrations (dc_06), CORS (cors, registration), private_key_jwt (client_auth), our own APIs (rfc9728).

use crate::clients::{passes, program};
use crate::support::client::{VERIFIER, answer, claims};
use crate::support::house::PASSWORD;
use crate::support::process::{Process, free_port};
use crate::support::stranger::{Site, json, trusts_sites};
use crate::support::{Answer, Browser, Client, House, Kind};
use serde_json::json;
use std::process::Command;
use std::time::Duration;
use symbolon::admin::{Acting, invites};
use symbolon::audit::Actor;
use symbolon::clients::{AuthMethod, Format, GrantType, Metadata, Rotation};
use symbolon::config::{Cimd, Registration, ScopeText};
use symbolon::web::Call;

const CALLBACK: &str = "http://127.0.0.1:9999/callback";
const SCOPES: &str = "openid offline_access files files:read files:write";
const SERVER: &str = "https://mcp.example/mcp";

/// A deployment for MCP clients: they come with a document or register themselves, and there are files to get at.
async fn house(kind: Kind, registration: Registration) -> House {
    let house = House::with(kind, |config| {
        trusts_sites(config);
        config.registration = registration;
        config.cimd = Cimd::On;
        for (name, title, implies) in [
            ("files", "See and change your files", &["files:read", "files:write"][..]),
            ("files:read", "See your files", &[]),
            ("files:write", "Change your files", &[]),
        ] {
            let implies = implies.iter().map(|name| (*name).to_owned()).collect();
            let text = ScopeText { title: title.to_owned(), implies, ..ScopeText::default() };
            config.scopes.insert(name.to_owned(), text);
        }
        let scopes: Vec<String> = SCOPES.split(' ').map(str::to_owned).collect();
        config.registration_policy.scopes = scopes.clone();
        config.cimd_policy.scopes = scopes;
    })
    .await;
    house.person("ada").await;
    house
}

/// A public client on a person's device, or with `change` another one.
async fn agent(house: &House, change: impl FnOnce(&mut Metadata)) -> Client {
    house
        .client_with(|m| {
            m.redirect_uris = vec![CALLBACK.to_owned()];
            m.token_endpoint_auth_method = AuthMethod::None;
            m.scope = SCOPES.to_owned();
            change(m);
        })
        .await
}

const PLACE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/clients/mcp");

/// A Node that is new enough for everything in tests/clients.
pub fn node() -> Command {
    // Where this machine's Node is too old for MCP's packages, `make setup` brings one along.
    let along = ["x64", "arm64"].map(|cpu| format!("{PLACE}/node_modules/node-linux-{cpu}/bin/node"));
    let along = along.into_iter().find(|node| std::path::Path::new(node).exists());
    Command::new(along.unwrap_or_else(|| program("SYMBOLON_TEST_NODE", "node".to_owned())))
}

/// A program of tests/clients/mcp that knows the issuer and the person.
fn script(issuer: &str, name: &str) -> Command {
    let mut command = node();
    command
        .arg(format!("{PLACE}/{name}"))
        .env("ISSUER", issuer)
        .env("EMAIL", "ada@example.com")
        .env("PASSWORD", PASSWORD);
    command
}

async fn sdk(kind: Kind, registration: Registration) {
    let house = house(kind, registration).await;
    let root = house.client_with(|m| {
        (m.admin, m.scope) = (true, "symbolon:admin".to_owned());
        m.grant_types = vec![GrantType::ClientCredentials];
        m.response_types.clear();
        m.redirect_uris.clear();
    });
    let root = root.await;
    let mut command = script(house.app.issuer(), "flow.mjs");
    command.env("ADMIN_CLIENT_ID", &root.id).env("ADMIN_CLIENT_SECRET", root.secret.clone().expect("a secret"));
    let site = Site::open().await;
    if registration == Registration::Token {
        let acting = Acting::new(Actor::Cli, symbolon::people::Role::Owner, Call::internal("test"));
        let made = invites::create(&house.app, &acting, 1, Duration::from_secs(3600)).await.expect("made");
        command.env("INITIAL_ACCESS_TOKEN", made.0.reveal());
    } else {
        let id = site.url("/agent.json");
        site.is(json(&json!({
            "client_id": id, "client_name": "Agent", "redirect_uris": [CALLBACK], "token_endpoint_auth_method": "none",
        })));
        command.env("CLIENT_METADATA_URL", id);
    }
    passes(command).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn mcp_the_sdk_walks_the_whole_way_from_registration_and_document_on_sqlite() {
    sdk(Kind::Sqlite, Registration::Open).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn mcp_the_sdk_walks_the_whole_way_from_registration_and_document_on_postgres() {
    sdk(Kind::Postgres, Registration::Open).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn mcp_the_sdk_walks_the_whole_way_with_an_invite_on_sqlite() {
    sdk(Kind::Sqlite, Registration::Token).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn mcp_the_sdk_walks_the_whole_way_with_an_invite_on_postgres() {
    sdk(Kind::Postgres, Registration::Token).await;
}

/// What stands between the fences of docs/mcp.md, the first time in this language.
fn written(language: &str) -> &'static str {
    let page = include_str!("../../docs/mcp.md");
    let (_, block) = page.split_once(&format!("```{language}\n")).expect("a block in this language");
    block.split_once("```").expect("its end").0
}

/// Settings, command and server, each as it is written there; only the names of the machines are others.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn mcp_the_documentation_s_server_runs_as_it_is_written() {
    let dir = tempfile::tempdir().expect("a directory");
    let config = crate::support::house::config(dir.path(), None);
    std::fs::write(dir.path().join("symbolon.toml"), written("toml")).expect("writes");
    let port = free_port();
    let resource = format!("http://127.0.0.1:{port}/mcp");
    let symbolon = |words: &[&str], input: &str| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_symbolon"));
        command.args(words).args(["--format", "json"]).env_clear().current_dir(dir.path());
        command.env("SYMBOLON_DATA_DIR", &config.data_dir).env("SYMBOLON_KEYS_DIR", &config.keys_dir);
        let pipe = || std::process::Stdio::piped();
        let mut child = command.stdin(pipe()).stdout(pipe()).spawn().expect("starts");
        std::io::Write::write_all(child.stdin.as_mut().expect("a pipe"), input.as_bytes()).expect("writes");
        let done = child.wait_with_output().expect("ends");
        assert!(done.status.success(), "{words:?}");
        serde_json::from_slice::<serde_json::Value>(&done.stdout).expect("JSON")
    };
    symbolon(&["user", "create", "--email", "ada@example.com", "--password-stdin"], PASSWORD);
    let line = written("sh").replace("https://mcp.example.com/mcp", &resource);
    let words: Vec<&str> = line.split_whitespace().collect();
    assert_eq!(words.first(), Some(&"symbolon"));
    let made = symbolon(&words[1..], "");
    let (id, secret) = (made["client_id"].as_str().expect("an id"), made["client_secret"].as_str().expect("a secret"));
    let process = Process::serve(&config, free_port()).await;

    std::fs::write(dir.path().join("server.mjs"), written("js")).expect("writes");
    std::os::unix::fs::symlink(format!("{PLACE}/node_modules"), dir.path().join("node_modules")).expect("links");
    let mut command = node();
    command.arg(dir.path().join("server.mjs")).env("ISSUER", &process.url).env("RESOURCE", &resource);
    command.env("CLIENT_SECRET", secret).env("PORT", port.to_string()).stdout(std::process::Stdio::piped());
    let mut server = command.spawn().expect("node");
    let mut first = String::new();
    let out = server.stdout.as_mut().expect("a pipe");
    std::io::BufRead::read_line(&mut std::io::BufReader::new(out), &mut first).expect("a line");
    assert!(first.contains(&resource), "it says {first:?}");
    let mut command = script(&process.url, "flow.mjs");
    command.env("RESOURCE", &resource).env("SERVER_CLIENT_ID", id).env("SERVER_CLIENT_SECRET", secret);
    let walked = tokio::spawn(passes(command)).await;
    server.kill().expect("kills");
    server.wait().expect("is gone");
    walked.expect("every step passes");
}

async fn conformance(kind: Kind) {
    let house = house(kind, Registration::Open).await;
    let client = agent(&house, |m| m.redirect_uris = vec!["http://127.0.0.1/callback".to_owned()]).await;
    let reports = tempfile::tempdir().expect("a directory");
    let mut command = script(house.app.issuer(), "conformance.mjs");
    command.env("CLIENT_ID", &client.id).env("RESOURCE", SERVER).env("OUTPUT_DIR", reports.path());
    passes(command).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn mcp_conformance_has_no_complaint_and_no_warning_on_sqlite() {
    conformance(Kind::Sqlite).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn mcp_conformance_has_no_complaint_and_no_warning_on_postgres() {
    conformance(Kind::Postgres).await;
}

/// What a client finds before it asks anybody: an issuer is a bare origin, so that the forms with and without a path
/// between fall together, and those with a path are somebody else's.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn mcp_metadata_are_at_the_addresses_of_a_bare_origin_and_at_no_other() {
    let house = house(Kind::Sqlite, Registration::Open).await;
    let get = |path: &str| answer(house.http().get(format!("{}{path}", house.url)));
    for path in ["/.well-known/oauth-authorization-server", "/.well-known/openid-configuration"] {
        let found = get(path).await.ok().body;
        assert_eq!(found["issuer"], house.app.issuer(), "{path}");
        assert_eq!(found["code_challenge_methods_supported"], json!(["S256"]), "{path}");
        assert_eq!(found["authorization_response_iss_parameter_supported"], true, "{path}");
        assert_eq!(found["client_id_metadata_document_supported"], true, "{path}");
        assert_eq!(found["registration_endpoint"], house.app.url("/oauth2/register"), "{path}");
        let scopes = found["scopes_supported"].as_array().expect("scopes");
        assert!(["offline_access", "files", "files:read"].iter().all(|name| scopes.contains(&json!(name))), "{path}");
    }
    for path in [
        "/.well-known/oauth-authorization-server/mcp",
        "/.well-known/openid-configuration/mcp",
        "/mcp/.well-known/openid-configuration",
        "/.well-known/oauth-authorization-server/",
    ] {
        let nothing = get(path).await;
        assert_eq!((nothing.status, nothing.headers.get("location")), (404, None), "{path}");
        assert!(nothing.body.is_null(), "{path}: {}", nothing.body);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn mcp_a_post_is_never_redirected() {
    let house = house(Kind::Sqlite, Registration::Open).await;
    for endpoint in ["token", "revoke", "introspect", "register"] {
        for path in [
            format!("/oauth2/{endpoint}"),
            format!("/oauth2/{endpoint}/"),
            format!("//oauth2/{endpoint}"),
            format!("/OAUTH2/{endpoint}"),
        ] {
            let answer = answer(house.http().post(format!("{}{path}", house.url)).form(&[("a", "b")])).await;
            assert!(
                (400..500).contains(&answer.status) && answer.headers.get("location").is_none(),
                "{path}: {}",
                answer.status
            );
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn mcp_a_public_client_s_refresh_tokens_always_rotate() {
    let public = |rotation| Metadata {
        client_name: "Agent".to_owned(),
        redirect_uris: vec![CALLBACK.to_owned()],
        token_endpoint_auth_method: AuthMethod::None,
        rotation,
        ..Metadata::default()
    };
    let refused = public(Rotation::Static).check().expect_err("a token that stays");
    assert_eq!(refused.field, "rotation");
    public(Rotation::Strict).check().unwrap_or_else(|why| panic!("{}", why.why));
    let confidential = AuthMethod::ClientSecretBasic;
    let confidential = Metadata { token_endpoint_auth_method: confidential, ..public(Rotation::Static) };
    confidential.check().unwrap_or_else(|why| panic!("{}", why.why));
    let house = house(Kind::Sqlite, Registration::Open).await;
    let agent = agent(&house, |_| {}).await;
    let tokens = agent.tokens(&mut house.browser(), "ada", &[("scope", "files:read offline_access")]).await;
    let next = agent.refreshes(tokens.text("refresh_token")).await.ok();
    assert_ne!(next.text("refresh_token"), tokens.text("refresh_token"));
}

async fn redeems(client: &Client, code: &str, resource: &str) -> Answer {
    let redirect_uri = client.redirect_uri.clone();
    client
        .token(&[
            ("grant_type", "authorization_code"),
            ("code", code),
            ("redirect_uri", &redirect_uri),
            ("code_verifier", VERIFIER),
            ("resource", resource),
        ])
        .await
}

/// The code for one resource, as it is spelled.
async fn code(browser: &mut Browser, client: &Client, resource: &str) -> String {
    client.code(browser, "ada", &[("scope", "files:read offline_access"), ("resource", resource)]).await
}

async fn one_resource_however_it_is_spelled(kind: Kind) {
    let house = house(kind, Registration::Open).await;
    let resource_server = |uri: &'static str| {
        house.client_with(move |m| {
            (m.resource_server, m.resources) = (true, vec![uri.to_owned()]);
        })
    };
    let (plain, slash) = (resource_server(SERVER).await, resource_server("https://mcp.example/mcp/").await);
    let other = resource_server("https://mcp.example/other").await;
    let mut browser = house.browser();
    let spellings = [SERVER, "HTTPS://MCP.Example/mcp", "https://mcp.example:443/mcp", "https://mcp.example/mcp/"];
    for format in [Format::Opaque, Format::Jwt] {
        let free = agent(&house, |m| m.access_token_format = format).await;
        let bound = agent(&house, |m| (m.access_token_format, m.resources) = (format, vec![SERVER.to_owned()])).await;
        for client in [&free, &bound] {
            for spelled in spellings {
                let usual = if client.id == bound.id || !spelled.ends_with('/') { SERVER } else { spelled };
                let code = code(&mut browser, client, spelled).await;
                redeems(client, &code, "https://mcp.example/other").await.is(400, "invalid_target");
                // Spelled otherwise at the token endpoint, it is still the same.
                let mut tokens = redeems(client, &code, "https://MCP.EXAMPLE/mcp").await.ok();
                for again in ["HTTPS://mcp.example/mcp/", ""] {
                    if format == Format::Jwt {
                        assert_eq!(claims(tokens.text("access_token"))["aud"], usual, "{spelled}");
                    }
                    // Each resource server finds itself, as it spelled itself.
                    for (server, own) in [(&plain, SERVER), (&slash, "https://mcp.example/mcp/")] {
                        let about = server.introspects(tokens.text("access_token")).await;
                        assert_eq!((&about["active"], &about["aud"]), (&json!(true), &json!(own)), "{spelled}");
                    }
                    assert!(!other.active(tokens.text("access_token")).await, "{spelled}");
                    let refresh = [
                        ("grant_type", "refresh_token"),
                        ("refresh_token", tokens.text("refresh_token")),
                        ("resource", again),
                    ];
                    tokens = client.token(&refresh).await.ok();
                }
            }
        }
        for bad in ["/mcp", "mcp.example", "https://mcp.example/mcp#x", "https://"] {
            let view = browser.get(&free.auth_url(&[("scope", "files:read"), ("resource", bad)])).await;
            view.is_refusal(&free, "invalid_target");
        }
        let view = browser.get(&bound.auth_url(&[("scope", "files:read"), ("resource", "https://mcp.example/")])).await;
        view.is_refusal(&bound, "invalid_target");
    }
    // Two spellings are one resource, in both requests; more than a few are refused.
    let free = agent(&house, |m| m.access_token_format = Format::Jwt).await;
    let twice = format!(
        "{}&resource={SERVER}/",
        free.auth_url(&[("scope", "files:read offline_access"), ("resource", SERVER)])
    );
    let code = browser.allows(&twice, "ada").await.has_code(&free);
    let tokens = redeems(&free, &code, SERVER).await.ok();
    let mut refresh = vec![("grant_type", "refresh_token"), ("refresh_token", tokens.text("refresh_token"))];
    refresh.extend([("resource", "https://mcp.example/mcp/"), ("resource", SERVER)]);
    assert_eq!(claims(free.token(&refresh).await.ok().text("access_token"))["aud"], SERVER);
    refresh.extend([("resource", SERVER); 9]);
    free.token(&refresh).await.is(400, "invalid_target");
    // A machine's token too.
    let machine = house.client_with(|m| {
        m.grant_types = vec![GrantType::ClientCredentials];
        m.response_types.clear();
        m.redirect_uris.clear();
        (m.scope, m.resources) = ("files:read".to_owned(), vec![SERVER.to_owned()]);
    });
    let machine = machine.await;
    let token =
        machine.token(&[("grant_type", "client_credentials"), ("resource", "HTTPS://mcp.example/mcp/")]).await.ok();
    assert_eq!(machine.introspects(token.text("access_token")).await["aud"], SERVER);
    machine
        .token(&[("grant_type", "client_credentials"), ("resource", "https://mcp.example/x")])
        .await
        .is(400, "invalid_target");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn mcp_one_resource_however_it_is_spelled_on_sqlite() {
    one_resource_however_it_is_spelled(Kind::Sqlite).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn mcp_one_resource_however_it_is_spelled_on_postgres() {
    one_resource_however_it_is_spelled(Kind::Postgres).await;
}

/// What the consent page asks for and what it names as allowed before.
fn lines(view: &crate::support::browser::View) -> (Vec<String>, Vec<String>) {
    let html = scraper::Html::parse_document(&view.body);
    let of = |selector: &str| {
        let lines = scraper::Selector::parse(selector).expect("a selector");
        html.select(&lines).filter_map(|line| line.value().attr("data-scope").map(str::to_owned)).collect()
    };
    (of("ul.scopes:not(.before) li"), of("ul.scopes.before li"))
}

async fn stepping_up(kind: Kind) {
    let house = house(kind, Registration::Open).await;
    let agent = agent(&house, |m| m.redirect_uris = vec!["https://agent.example/cb".to_owned()]).await;
    let mut browser = house.browser();
    let view = browser.get(&agent.auth_url(&[("scope", "files:read offline_access")])).await;
    let view = browser.signs_in(&view, "ada").await;
    assert_eq!(lines(&view), (vec!["files:read".to_owned()], vec![]));
    let first = agent.redeems(&browser.decides(&view, "allow").await.has_code(&agent)).await.ok();
    assert_eq!(first.text("scope"), "files:read offline_access");

    // More: the person is asked for the difference; the answer names all of it, and the first grant stays.
    let more = [("scope", "files:read files:write offline_access")];
    browser.get(&agent.auth_url(&[more[0], ("prompt", "none")])).await.is_refusal(&agent, "consent_required");
    let view = browser.get(&agent.auth_url(&more)).await;
    assert_eq!(lines(&view), (vec!["files:write".to_owned()], vec!["files:read".to_owned()]));
    let second = agent.redeems(&browser.decides(&view, "allow").await.has_code(&agent)).await.ok();
    assert_eq!(second.text("scope"), "files:read files:write offline_access");
    let kept = agent.refreshes(first.text("refresh_token")).await.ok();
    assert_eq!(kept.text("scope"), "files:read offline_access");

    // A wider scope is new; what it implies isn't asked for again, by anyone who allowed it.
    let view = browser.get(&agent.auth_url(&[("scope", "files files:read")])).await;
    assert_eq!(lines(&view), (vec!["files".to_owned()], vec!["files:read".to_owned()]));
    browser.decides(&view, "allow").await.has_code(&agent);
    let other = house.client_with(|m| (m.scope, m.resource_server) = (SCOPES.to_owned(), true)).await;
    let view = browser.get(&other.auth_url(&[("scope", "files")])).await;
    assert_eq!(lines(&view), (vec!["files".to_owned()], vec![]));
    let wide = other.redeems(&browser.decides(&view, "allow").await.has_code(&other)).await.ok();
    // A resource server sees what was granted, not what follows from it.
    assert_eq!(other.introspects(wide.text("access_token")).await["scope"], "files");
    let view = browser.get(&other.auth_url(&[("scope", "files:read files:write"), ("prompt", "none")])).await;
    let narrow = other.redeems(&view.has_code(&other)).await.ok();
    assert_eq!(narrow.text("scope"), "files:read files:write");
    // It goes one way only.
    let third = house.client_with(|m| m.scope = SCOPES.to_owned()).await;
    let view = browser.get(&third.auth_url(&[("scope", "files:read files:write")])).await;
    browser.decides(&view, "allow").await.has_code(&third);
    browser
        .get(&third.auth_url(&[("scope", "files"), ("prompt", "none")]))
        .await
        .is_refusal(&third, "consent_required");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn mcp_stepping_up_asks_for_the_difference_on_sqlite() {
    stepping_up(Kind::Sqlite).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn mcp_stepping_up_asks_for_the_difference_on_postgres() {
    stepping_up(Kind::Postgres).await;
}
