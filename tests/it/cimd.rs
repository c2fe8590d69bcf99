//! Client ID metadata documents (standards.md §6.1; security.md, SS-01 to 04, SS-08): a client_id that is a URL.

use crate::support::browser::View;
use crate::support::client::{answer, claims};
use crate::support::stranger::{Reply, Site, document, json, status, trusts_sites};
use crate::support::{Browser, Client, House, Kind, assertion};
use serde_json::{Value, json};
use std::time::Duration;
use symbolon::admin::{Acting, seen};
use symbolon::audit::Actor;
use symbolon::base::id::ClientId;
use symbolon::clients::{AuthMethod, cimd};
use symbolon::config::{Cimd, Config};
use symbolon::crypto::{Algorithm, SigningKey};
use symbolon::web::Call;
use tokio::time::Instant;

const CALLBACK: &str = "https://agent.example/cb";

fn acting() -> Acting {
    Acting::new(Actor::Cli, symbolon::people::Role::Owner, Call::internal("test"))
}

async fn house(kind: Kind, change: impl FnOnce(&mut Config)) -> House {
    let house = House::with(kind, |config| {
        trusts_sites(config);
        config.cimd = Cimd::On;
        change(config);
    })
    .await;
    house.person("ada").await;
    house
}

/// What a good document says.
fn described(id: &str) -> Value {
    json!({
        "client_id": id, "client_name": "Agent", "redirect_uris": [CALLBACK], "client_uri": "https://agent.example/",
        "token_endpoint_auth_method": "none", "grant_types": ["authorization_code"], "scope": "everything",
    })
}

fn with(id: &str, name: &str, value: Value) -> Value {
    let mut document = described(id);
    match value {
        Value::Null => drop(document.as_object_mut().expect("members").remove(name)),
        value => document[name] = value,
    }
    document
}

/// The client at this URL, as the rest of the tests knows clients.
fn client(house: &House, id: &str) -> Client {
    Client {
        id: id.to_owned(),
        secret: None,
        method: AuthMethod::None,
        redirect_uri: CALLBACK.to_owned(),
        url: house.url.clone(),
        http: house.http(),
    }
}

/// It can't be used: a page that sends nobody anywhere and says why.
async fn unusable(house: &House, id: &str, why: &str) {
    let view = house.browser().get(&client(house, id).auth_url(&[])).await;
    view.is_page(400);
    assert_eq!(view.error_code().as_deref(), Some("invalid_client"), "{id}");
    assert!(view.text().contains(why), "{id}: {}", view.text());
}

/// What these are answered, all at once, and after how long.
async fn at_once(house: &House, ids: &[String]) -> Vec<(View, Duration)> {
    let asking = ids.iter().map(|id| {
        let (mut browser, url) = (house.browser(), client(house, id).auth_url(&[]));
        let begun = Instant::now();
        tokio::spawn(async move { (browser.get(&url).await, begun.elapsed()) })
    });
    let mut answers = Vec::new();
    for one in asking.collect::<Vec<_>>() {
        answers.push(one.await.expect("runs"));
    }
    answers
}

/// None of what these sites say is a document; each of them is asked.
async fn none_is_a_document(house: &House, says: Vec<Vec<u8>>) {
    let mut sites = Vec::new();
    for says in says {
        let site = Site::open().await;
        site.is(says);
        sites.push(site);
    }
    let ids: Vec<String> = sites.iter().map(|site| site.url("/client")).collect();
    for ((view, _), site) in at_once(house, &ids).await.iter().zip(&sites) {
        view.is_page(400);
        assert!(view.text().contains("could not be fetched"), "{}", view.text());
        assert_eq!(site.hits(), 1);
    }
}

async fn usable(house: &House, id: &str) {
    let view = house.browser().get(&client(house, id).auth_url(&[])).await;
    assert!(view.first("#sign-in").is_some(), "{id}: {}", view.text());
}

async fn a_stranger_comes_by(kind: Kind) {
    let house = house(kind, |_| {}).await;
    let site = Site::open().await;
    let id = site.url("/client.json");
    site.is(json(&described(&id)));
    let found = answer(house.http().get(format!("{}/.well-known/oauth-authorization-server", house.url))).await.ok();
    assert_eq!(found.body["client_id_metadata_document_supported"], true);

    let agent = client(&house, &id);
    let mut browser = house.browser();
    let view = browser.get(&agent.auth_url(&[("scope", "openid offline email")])).await;
    let asked = browser.signs_in(&view, "ada").await;
    // Whose document it is, and where the answer goes; nobody has approved it.
    for (selector, text) in [("#described-at", "localhost"), ("#goes-to", "agent.example")] {
        assert!(asked.first(selector).is_some(), "{selector}");
        assert!(asked.text().contains(text), "{}", asked.text());
    }
    assert!(asked.first("#local-only").is_none() && !asked.text().contains("approved by"));
    let view = browser.decides(&asked, "allow").await;
    let tokens = agent.redeems(&view.has_code(&agent)).await.ok();
    assert_eq!(tokens.text("scope"), "openid offline email");
    assert_eq!(claims(tokens.text("id_token"))["aud"], id);
    assert_eq!(agent.userinfo(tokens.text("access_token")).await.ok().body["email"], "ada@example.com");
    let api = house.client_with(|m| m.resource_server = true).await;
    assert_eq!(api.introspects(tokens.text("access_token")).await["client_id"], id);

    let mut next = agent.refreshes(tokens.text("refresh_token")).await.ok();
    let mut costs = Vec::new();
    for _ in 0..5 {
        let before = house.app.db.round_trips();
        next = agent.refreshes(next.text("refresh_token")).await.ok();
        costs.push(house.app.db.round_trips() - before);
    }
    agent.userinfo(next.text("access_token")).await.ok();
    // One each; background work may come in between.
    assert!(costs.iter().min() <= Some(&3), "{costs:?}");
    assert!(!api.active(tokens.text("access_token")).await, "one generation at a time");
    // Asked once is enough.
    browser.get(&agent.auth_url(&[("prompt", "none")])).await.has_code(&agent);
    assert_eq!(site.hits(), 1);

    // Wider than the policy, for itself, for administrators: whatever its document says.
    for (scope, error) in [("everything", "invalid_scope"), ("symbolon:admin", "invalid_scope")] {
        browser.get(&agent.auth_url(&[("scope", scope)])).await.is_refusal(&agent, error);
    }
    agent.token(&[("grant_type", "client_credentials")]).await.is(400, "unauthorized_client");
    browser.get(&agent.auth_url(&[("redirect_uri", "https://evil.example/cb")])).await.is_page(400);

    agent.revokes(next.text("refresh_token")).await.ok();
    assert!(!api.active(next.text("access_token")).await);
    agent.refreshes(next.text("refresh_token")).await.is(400, "invalid_grant");

    // No row but the one that says that it came by.
    assert_eq!(house.raw().await.texts("SELECT id FROM clients").await, [api.id.as_str()]);
    cimd::store::write_down(&house.app.db, house.app.sightings.take()).await.expect("writes");
    let (listed, more) = seen::list(&house.app, "", "agent", 10).await.expect("lists");
    assert_eq!((listed[0].id.as_str(), listed[0].name.as_str(), more), (id.as_str(), "Agent", false));
    assert!(listed[0].times > 3 && listed[0].first_at <= listed[0].last_at);
    assert!(seen::list(&house.app, "", "nobody", 10).await.expect("lists").0.is_empty());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_stranger_comes_by_on_sqlite() {
    a_stranger_comes_by(Kind::Sqlite).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_stranger_comes_by_on_postgres() {
    a_stranger_comes_by(Kind::Postgres).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn it_is_off_unless_it_is_turned_on_and_a_list_holds() {
    let site = Site::open().await;
    let id = site.url("/client");
    site.is(json(&described(&id)));
    let off = house(Kind::Sqlite, |config| config.cimd = Cimd::Off).await;
    let found = answer(off.http().get(format!("{}/.well-known/openid-configuration", off.url))).await.ok();
    assert!(found.body.get("client_id_metadata_document_supported").is_none());
    unusable(&off, &id, "no such client here").await;
    client(&off, &id).refreshes("sym_rt_x").await.is(401, "invalid_client");
    let listed = |allow: &'static str| {
        house(Kind::Sqlite, move |config| {
            config.cimd = Cimd::Allowlist;
            config.cimd_policy.allow = vec![allow.to_owned()];
        })
    };
    let elsewhere = listed("*.example.com").await;
    unusable(&elsewhere, &id, "other domains only").await;
    client(&elsewhere, &id).refreshes("sym_rt_x").await.is(401, "invalid_client");
    assert_eq!(site.hits(), 0);
    usable(&listed("localhost").await, &id).await;
    assert_eq!(site.hits(), 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn cimd_s4_a_document_is_held_to_its_rules_and_mistakes_are_not_kept() {
    let house = house(Kind::Sqlite, |_| {}).await;
    let site = Site::open().await;
    let id = site.url("/client");
    let key = SigningKey::generate(Algorithm::ES256).expect("a key").0.jwk;
    let mut private = key.clone();
    private["d"] = json!("AQ");
    let before = house.state().await;
    for (name, value, why) in [
        ("client_name", Value::Null, "client_name"),
        ("client_name", json!("A\u{200b}gent"), "client_name"),
        ("redirect_uris", Value::Null, "redirect_uris"),
        ("redirect_uris", json!([]), "redirect_uris"),
        ("redirect_uris", json!(["http://agent.example/cb"]), "redirect_uris"),
        ("redirect_uris", json!(["javascript:alert(1)"]), "redirect_uris"),
        ("redirect_uris", json!(CALLBACK), "redirect_uris"),
        ("client_secret", json!("s"), "client_secret"),
        ("client_secret_expires_at", json!(0), "client_secret_expires_at"),
        ("token_endpoint_auth_method", json!("client_secret_basic"), "token_endpoint_auth_method"),
        ("token_endpoint_auth_method", json!("client_secret_post"), "token_endpoint_auth_method"),
        ("token_endpoint_auth_method", json!("client_secret_jwt"), "token_endpoint_auth_method"),
        ("token_endpoint_auth_method", json!("private_key_jwt"), "token_endpoint_auth_method"),
        ("token_endpoint_auth_method", json!(["none"]), "token_endpoint_auth_method"),
        ("jwks", json!({ "keys": [private] }), "jwks"),
        ("jwks", json!({ "keys": [{ "kty": "oct", "k": "AQ" }] }), "jwks"),
        ("jwks_uri", json!("https://10.0.0.1/jwks"), "jwks_uri"),
        ("policy_uri", json!("javascript:alert(1)"), "policy_uri"),
        ("application_type", json!("web-ish"), "application_type"),
        ("backchannel_logout_uri", json!("https://agent.example/out"), "backchannel_logout_uri: must have the scheme"),
        ("backchannel_logout_uri", json!(format!("{}:1/out", site.origin)), "backchannel_logout_uri"),
        ("backchannel_logout_uri", json!("javascript:1"), "backchannel_logout_uri"),
        ("frontchannel_logout_uri", json!("https://agent.example/out"), "frontchannel_logout_uri"),
        // At home, but not on an origin of its redirect URIs.
        ("frontchannel_logout_uri", json!(site.url("/out")), "frontchannel_logout_uri"),
    ] {
        site.is(json(&with(&id, name, value)));
        unusable(&house, &id, &format!("invalid_client_metadata: {why}")).await;
        assert!(site.hits() > 0);
    }
    let html = Site::open().await;
    let own = html.url("/client");
    let good = described(&own).to_string();
    for says in [
        document("text/html", "", &good),
        document("application/json", "", [&good[..good.len() - 1], ",\"x\":\"", &"x".repeat(5200), "\"}"].concat()),
        document("application/json", "", format!("{{\"client_id\":\"a\",{}", &good[1..])),
        json(&with(&own, "client_id", Value::Null)),
        json(&with(&own, "client_id", json!(format!("{own}/")))),
        json(&with(&own, "client_id", json!(own.replace("https", "HTTPS")))),
    ] {
        html.is(says);
        unusable(&house, &own, "could not be fetched").await;
    }
    assert_eq!(html.hits(), 6);
    assert_eq!(house.changed_since(&before).await, Vec::<String>::new());
    // At the token endpoint the same, without the details.
    site.is(status(404));
    let refused = client(&house, &id).refreshes("sym_rt_x").await;
    refused.is(401, "invalid_client");
    assert!(refused.text("error_description").contains("could not be fetched"));
    // Put right, it works at once: none of that was kept.
    house.wait(Duration::from_secs(61));
    for good in [
        with(&id, "token_endpoint_auth_method", Value::Null),
        with(&id, "unheard_of", json!({ "x": [1] })),
        with(&id, "trusted", json!(true)),
        with(&id, "logo_uri", json!("https://10.0.0.1/logo.png")),
        with(&id, "jwks", json!({ "keys": [key] })),
        with(&id, "backchannel_logout_uri", json!(site.url("/out"))),
        described(&id),
    ] {
        site.is(json(&good));
        let hits = site.hits();
        usable(&house, &id).await;
        assert_eq!(site.hits(), hits + 1);
        house.wait(Duration::from_secs(61));
    }
    site.is(document("application/cimd+json", "", described(&id).to_string()));
    usable(&house, &id).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn cimd_s3_ss_01_ss_03_identifiers_that_lead_nowhere_are_asked_nothing() {
    let site = Site::open().await;
    let plain = Site::plain().await;
    site.says(|_| Some(status(404)));
    let port = site.origin.rsplit(':').next().expect("a port").to_owned();
    // With what tests are allowed, and with nothing allowed at all.
    let allowed = house(Kind::Sqlite, |_| {}).await;
    for bad in [
        format!("https://localhost:{port}"),
        format!("https://localhost:{port}/a/../client"),
        format!("https://localhost:{port}/%2e%2e/client"),
        format!("https://localhost:{port}/client#x"),
        format!("https://me@localhost:{port}/client"),
        format!("https://me:pw@localhost:{port}/client"),
        format!("HTTPS://localhost:{port}/client"),
        format!("https://LOCALHOST:{port}/client"),
        format!("http://agent.example:{port}/client"),
        format!("ftp://localhost:{port}/client"),
        format!("https://localhost:{port}/{}", "x".repeat(600)),
    ] {
        unusable(&allowed, &bad, "client_id").await;
    }
    let strict = House::with(Kind::Sqlite, |config| config.cimd = Cimd::On).await;
    for host in [
        "localhost",
        "127.0.0.1",
        "127.1",
        "2130706433",
        "0x7f.1",
        "0177.0.0.1",
        "[::1]",
        "[::ffff:127.0.0.1]",
        "[::ffff:7f00:1]",
        "0.0.0.0",
        "10.0.0.1",
        "172.16.0.1",
        "192.168.1.1",
        "169.254.169.254",
        "100.64.0.1",
        "[fd00::1]",
        "[fe80::1]",
        "[64:ff9b::7f00:1]",
        "[2002:7f00:1::]",
        "[2001:db8::1]",
        "255.255.255.255",
        "224.0.0.1",
    ] {
        for url in [
            format!("https://{host}:{port}/client"),
            format!("https://{host}/client"),
            format!("http://{host}:{port}/client"),
        ] {
            let view = strict.browser().get(&client(&strict, &url).auth_url(&[])).await;
            view.is_page(400);
            client(&strict, &url).refreshes("sym_rt_x").await.is(401, "invalid_client");
        }
    }
    assert_eq!((site.hits(), plain.hits()), (0, 0));
    // A redirect is an answer like another; where it leads isn't asked.
    let inside = Site::open().await;
    let to = inside.url("/client");
    let redirects = [301, 302, 303, 307, 308].map(|code| {
        let head = format!("HTTP/1.1 {code} Go\r\nLocation: {to}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");
        head.into_bytes()
    });
    none_is_a_document(&allowed, redirects.to_vec()).await;
    assert_eq!(inside.hits(), 0);
    // SS-09: nobody vouches for the site's certificate.
    let untrusting = House::with(Kind::Sqlite, |config| {
        crate::support::house::allow_loopback(config);
        config.cimd = Cimd::On;
    })
    .await;
    site.is(json(&described(&site.url("/client"))));
    unusable(&untrusting, &site.url("/client"), "could not be fetched").await;
    assert_eq!(site.hits(), 0);
    // Plain http is for this machine, where the settings allow it.
    let id = plain.url("/client");
    plain.is(json(&with(&id, "redirect_uris", json!([CALLBACK]))));
    usable(&untrusting, &id).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn cimd_s4_2_documents_are_kept_as_their_headers_say_within_bounds() {
    let house = house(Kind::Sqlite, |config| {
        config.cimd_policy.keep_least = Duration::from_secs(60);
        config.cimd_policy.keep_most = Duration::from_secs(600);
        config.cimd_policy.keep_stale = Duration::from_secs(3600);
    })
    .await;
    let site = Site::open().await;
    let says = |id: &str, headers: &str| document("application/json", headers, described(id).to_string());
    for (path, headers, fresh, old) in [
        ("/none", "", 59, 61),
        ("/zero", "Cache-Control: no-store\r\n", 59, 61),
        ("/some", "Cache-Control: max-age=300\r\n", 299, 301),
        ("/ever", "Cache-Control: max-age=99999999\r\n", 599, 601),
    ] {
        let id = site.url(path);
        site.is(says(&id, headers));
        usable(&house, &id).await;
        house.wait(Duration::from_secs(fresh));
        usable(&house, &id).await;
        assert_eq!(site.hits_of(path), 1, "{path}");
        house.wait(Duration::from_secs(old - fresh));
        usable(&house, &id).await;
        assert_eq!(site.hits_of(path), 2, "{path}");
    }
    // The site breaks: what it said is believed for a while, and it isn't asked with every request.
    let id = site.url("/stale");
    site.is(says(&id, ""));
    usable(&house, &id).await;
    site.is(status(503));
    house.wait(Duration::from_secs(61));
    for _ in 0..3 {
        usable(&house, &id).await;
    }
    assert_eq!(site.hits_of("/stale"), 2);
    house.wait(Duration::from_secs(3600));
    unusable(&house, &id, "could not be fetched").await;
    // It comes back, and then says that there is no such client: that holds at once.
    site.is(says(&id, ""));
    usable(&house, &id).await;
    house.wait(Duration::from_secs(61));
    site.is(status(410));
    unusable(&house, &id, "could not be fetched").await;
    // So does a document that is no longer one.
    site.is(says(&id, ""));
    usable(&house, &id).await;
    house.wait(Duration::from_secs(61));
    site.is(json(&with(&id, "client_id", json!("https://other.example/"))));
    unusable(&house, &id, "could not be fetched").await;
    site.is(status(503));
    unusable(&house, &id, "could not be fetched").await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_client_that_changes_is_asked_about_again() {
    let house = house(Kind::Postgres, |_| {}).await;
    let site = Site::open().await;
    let id = site.url("/client");
    let agent = client(&house, &id);
    let key = || SigningKey::generate(Algorithm::ES256).expect("a key").0.jwk;
    let mut browser = house.browser();
    for (document, again) in [
        (described(&id), true),
        (with(&id, "contacts", json!(["ops@agent.example"])), false),
        (with(&id, "client_uri", json!("https://agent.example/about")), false),
        (with(&id, "client_name", json!("Your Bank")), true),
        (with(&id, "redirect_uris", json!([CALLBACK, "https://agent.example/cb2"])), true),
        (with(&id, "jwks", json!({ "keys": [key()] })), true),
        (with(&id, "jwks", json!({ "keys": [key()] })), true),
        (described(&id), true),
    ] {
        house.wait(Duration::from_secs(61));
        site.is(json(&document));
        if browser.cookies.contains_key("sym_s") {
            let view = browser.get(&agent.auth_url(&[("prompt", "none")])).await;
            match again {
                true => view.is_refusal(&agent, "consent_required"),
                false => drop(view.has_code(&agent)),
            }
        }
        browser.allows(&agent.auth_url(&[]), "ada").await.has_code(&agent);
    }
}

/// What a page says, but for which client and which request it is about.
fn but_for_names(view: &View) -> String {
    let text = view.text();
    let mut words: Vec<&str> = text.split_whitespace().filter(|word| !word.starts_with("https://")).collect();
    let reference = words.iter().position(|word| *word == "Reference").expect("a reference");
    words.remove(reference + 1);
    words.join(" ")
}

/// Whatever a site does: bounded, and the same answer at the same time, which tells nobody what is there.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn ss_03_ss_07_ss_08_however_a_document_cannot_be_had_looks_the_same() {
    let house = house(Kind::Sqlite, |_| {}).await;
    let patience = house.config.outbound.patience;
    let head = |more: &str| format!("HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n{more}\r\n").into_bytes();
    let text = |text: &str| text.as_bytes().to_vec();
    let replies = vec![
        ("silence", Reply::Begun(Vec::new())),
        ("half a head", Reply::Begun(text("HTTP/1.1 200 OK\r\nContent-Ty"))),
        ("half a body", Reply::Begun([head("Content-Length: 900\r\n"), text("{\"client_id\":")].concat())),
        ("a slow body", Reply::Drip([head("Content-Length: 900\r\n"), text("{\"client_id\":\"")].concat())),
        ("a slow head", Reply::Drip(text("HTTP/1.1 200 OK\r\nX-Slow: "))),
        ("an endless body", Reply::Endless(head(""), vec![b' '; 16_384])),
        ("endless chunks", Reply::Endless(head("Transfer-Encoding: chunked\r\n"), text("1\r\nx\r\n").repeat(2048))),
        (
            "an endless chunk extension",
            Reply::Endless([head("Transfer-Encoding: chunked\r\n"), text("1;")].concat(), vec![b'x'; 16_384]),
        ),
        ("an endless header", Reply::Endless(text("HTTP/1.1 200 OK\r\nX: "), vec![b'x'; 16_384])),
        ("endless headers", Reply::Endless(text("HTTP/1.1 200 OK\r\n"), text("X: y\r\n").repeat(2048))),
        ("a length that lies", Reply::Whole([head("Content-Length: 9\r\nConnection: close\r\n"), text("{}")].concat())),
        ("depth", Reply::Whole(document("application/json", "", "[".repeat(5000)))),
        ("no JSON", Reply::Whole(document("application/json", "", "<html>"))),
        ("no object", Reply::Whole(document("application/json", "", "[]"))),
        ("a page", Reply::Whole(document("text/html", "", "<h1>Intranet</h1>"))),
        ("created", Reply::Whole(status(201))),
        ("not found", Reply::Whole(status(404))),
        ("forbidden", Reply::Whole(status(403))),
        ("a failure", Reply::Whole(status(500))),
        ("no HTTP", Reply::Whole(text("SSH-2.0-OpenSSH_9.6\r\n"))),
    ];
    let (mut ids, mut sites, mut names) = (Vec::new(), Vec::new(), Vec::new());
    for (name, reply) in replies {
        let site = Site::open().await;
        site.replies(reply);
        ids.push(site.url("/client"));
        sites.push(site);
        names.push(name);
    }
    let plain = Site::plain().await;
    ids.push(plain.url("/client").replace("http:", "https:"));
    names.push("no TLS");
    ids.push("https://localhost:1/client".to_owned());
    names.push("nobody listens");
    let mut said = std::collections::BTreeSet::new();
    for ((view, took), name) in at_once(&house, &ids).await.iter().zip(&names) {
        view.is_page(400);
        assert!(*took >= patience && *took < patience * 3, "{name}: {took:?}");
        said.insert(but_for_names(view));
    }
    assert_eq!(said.len(), 1, "{said:#?}");
    for (site, name) in sites.iter().zip(&names) {
        assert_eq!(site.hits(), 1, "{name}");
        // What sockets hold, and no more.
        assert!(site.sent() < 16 * 1024 * 1024, "{name}: {}", site.sent());
    }
    assert_eq!(house.app.documents.weight().0, 0, "none of it is kept");

    // Where a name leads to an address that may not be reached, nobody is asked, and it looks the same.
    let strict = self::house(Kind::Sqlite, |config| {
        config.outbound.allow = vec!["127.0.0.2".parse().expect("an address")];
    })
    .await;
    let inside = Site::open().await;
    inside.is(json(&described(&inside.url("/client"))));
    let unlistened = "https://127.0.0.2:1/client".to_owned();
    for (view, took) in at_once(&strict, &[inside.url("/client"), unlistened]).await {
        assert!(took >= patience && said.contains(&but_for_names(&view)), "{took:?} {}", view.text());
    }
    assert_eq!(inside.hits(), 0);
    // At the token endpoint too.
    let mut refusals = std::collections::BTreeSet::new();
    for id in [inside.url("/other"), "https://127.0.0.2:1/other".to_owned()] {
        let begun = Instant::now();
        let refused = client(&strict, &id).refreshes("sym_rt_x").await;
        refused.is(401, "invalid_client");
        assert!(begun.elapsed() >= patience);
        refusals.insert(refused.text("error_description").to_owned());
    }
    assert_eq!(refusals.len(), 1, "{refusals:?}");
    // What is good comes at once.
    let begun = Instant::now();
    usable(&house, &inside.url("/client")).await;
    assert!(begun.elapsed() < patience);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn ss_08_a_thousand_documents_of_one_hostile_origin_cost_little() {
    let house = house(Kind::Sqlite, |config| config.throttle.waiting = 100_000).await;
    let honest = Site::open().await;
    let id = honest.url("/client");
    honest.is(json(&described(&id)));
    usable(&house, &id).await;

    let hostile = Site::open().await;
    let origin = hostile.origin.clone();
    // Each as large as may be, never to be fresh, and describing itself well.
    hostile.says(move |path| {
        let mut said = described(&format!("{origin}{path}"));
        said["contacts"] = json!(vec!["x".repeat(250); 17]);
        Some(document("application/json", "Cache-Control: no-store\r\n", said.to_string()))
    });
    let fetched = house.app.documents.fetches();
    let mut statuses = std::collections::BTreeMap::new();
    for n in 0..1000 {
        let url = client(&house, &hostile.url(&format!("/{n}"))).auth_url(&[]);
        let status = house.http().get(url).send().await.expect("an answer").status().as_u16();
        *statuses.entry(status).or_insert(0) += 1;
    }
    assert_eq!(house.app.documents.fetches() - fetched, 60, "{statuses:?}");
    assert_eq!((hostile.hits(), statuses.get(&303), statuses.get(&503)), (60, Some(&60), Some(&940)));
    let (entries, weight) = house.app.documents.weight();
    assert!(entries <= 61 && weight < 1024 * 1024, "{entries} {weight}");
    // Nobody else notices.
    usable(&house, &id).await;
    let another = Site::open().await;
    another.is(json(&described(&another.url("/client"))));
    usable(&house, &another.url("/client")).await;
    // What it says of itself is bounded too.
    cimd::store::write_down(&house.app.db, house.app.sightings.take()).await.expect("writes");
    assert!(house.raw().await.texts("SELECT id FROM seen_clients").await.len() <= 62);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn ss_08_many_who_want_the_same_make_one_request_and_silence_holds_nobody_up() {
    let house = house(Kind::Sqlite, |_| {}).await;
    let site = Site::open().await;
    let id = site.url("/client");
    // Silent at first: all wait for the one request.
    site.says(|_| None);
    let crowd: Vec<_> =
        (0..30).map(|_| tokio::spawn(house.http().get(client(&house, &id).auth_url(&[])).send())).collect();
    let asked = async |n: usize| {
        while site.hits() < n {
            tokio::task::yield_now().await;
        }
    };
    asked(1).await;
    // Of one origin only a few at once; then nobody else is held up.
    let others: Vec<_> = (0..30)
        .map(|n| tokio::spawn(house.http().get(client(&house, &site.url(&format!("/{n}"))).auth_url(&[])).send()))
        .collect();
    asked(8).await;
    let other = Site::open().await;
    other.is(json(&described(&other.url("/client"))));
    usable(&house, &other.url("/client")).await;
    let mut statuses = std::collections::BTreeMap::new();
    for one in crowd {
        assert_eq!(one.await.expect("runs").expect("an answer").status(), 400);
    }
    for one in others {
        *statuses.entry(one.await.expect("runs").expect("an answer").status().as_u16()).or_insert(0) += 1;
    }
    assert_eq!(site.hits(), 8, "{statuses:?}");
    assert_eq!(statuses, [(400, 7), (503, 23)].into_iter().collect());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn private_key_jwt_is_mandatory_where_a_document_has_it() {
    let house = house(Kind::Sqlite, |_| {}).await;
    let site = Site::open().await;
    let (own, other) = (
        SigningKey::generate(Algorithm::ES256).expect("a key").0,
        SigningKey::generate(Algorithm::ES256).expect("a key").0,
    );
    let (id, keys) = (site.url("/client"), site.url("/jwks.json"));
    // Some list several methods; the strongest counts.
    let mut said = with(&id, "token_endpoint_auth_method", Value::Null);
    said["token_endpoint_auth_methods_supported"] = json!(["none", "private_key_jwt"]);
    said["jwks_uri"] = json!(keys);
    let jwks = json(&json!({ "keys": [own.jwk] }));
    let document = json(&said);
    site.says(move |path| Some(if path == "/jwks.json" { jwks.clone() } else { document.clone() }));
    let agent = client(&house, &id);
    let code = agent.code(&mut house.browser(), "ada", &[]).await;
    agent.redeems(&code).await.is(401, "invalid_client");
    let presents = async |key: &SigningKey, form: &[(&str, &str)]| {
        let jwt = assertion::sign(&house, &id, key);
        let own = [("client_assertion_type", assertion::TYPE), ("client_assertion", jwt.as_str())];
        let form: Vec<_> = form.iter().chain(&own).copied().collect();
        answer(house.http().post(format!("{}/oauth2/token", house.url)).form(&form)).await
    };
    let redeem = [
        ("grant_type", "authorization_code"),
        ("code", code.as_str()),
        ("redirect_uri", CALLBACK),
        ("code_verifier", crate::support::client::VERIFIER),
    ];
    presents(&other, &redeem).await.is(401, "invalid_client");
    let tokens = presents(&own, &redeem).await.ok();
    let refresh = [("grant_type", "refresh_token"), ("refresh_token", tokens.text("refresh_token"))];
    agent.refreshes(tokens.text("refresh_token")).await.is(401, "invalid_client");
    presents(&own, &refresh).await.ok();
    presents(&own, &[("grant_type", "client_credentials")]).await.is(400, "unauthorized_client");
    assert_eq!((site.hits_of("/client"), site.hits_of("/jwks.json")), (1, 1));
}

async fn an_administrator_stops_one(kind: Kind) {
    let house = house(kind, |_| {}).await;
    let site = Site::open().await;
    let id = site.url("/client");
    site.is(json(&described(&id)));
    let agent = client(&house, &id);
    let mut browser = house.browser();
    let tokens = agent.tokens(&mut browser, "ada", &[]).await;
    let waiting = agent.code(&mut browser, "ada", &[]).await;
    let name = ClientId::from(id.as_str());
    let shown = seen::block(&house.app, &acting(), &name).await.expect("blocked");
    assert_eq!((shown["client_id"].as_str(), shown["enabled"].as_bool()), (Some(id.as_str()), Some(false)));
    assert_eq!(agent.userinfo(tokens.text("access_token")).await.status, 401);
    agent.refreshes(tokens.text("refresh_token")).await.is(401, "invalid_client");
    agent.redeems(&waiting).await.is(401, "invalid_client");
    let view = browser.get(&agent.auth_url(&[])).await;
    view.is_page(400);
    let trail = symbolon::audit::about(&house.app.db, &format!("client:{id}"), 1).await.expect("reads");
    assert_eq!((trail[0].action.as_str(), trail[0].actor.as_str()), ("client.disabled", "cli"));
    let hits = site.hits();
    house.wait(Duration::from_secs(90_000));
    browser.get(&agent.auth_url(&[])).await.is_page(400);
    assert_eq!(site.hits(), hits, "it isn't asked for any more");
    house.wait(Duration::from_secs(1));
    house.app.clock.shift(-90_001_000);
    // A grant that was made elsewhere in this very moment is dead too: its statements look for themselves.
    house.sql("UPDATE grants SET revoked_at = NULL, end_reason = NULL").await;
    assert_eq!(agent.userinfo(tokens.text("access_token")).await.status, 401);
    house.sql("DELETE FROM blocked_clients").await;
    agent.userinfo(tokens.text("access_token")).await.ok();
    seen::block(&house.app, &acting(), &name).await.expect("blocked");
    let shown = seen::unblock(&house.app, &acting(), &name).await.expect("unblocked");
    assert_eq!(shown["enabled"], true);
    // Its old grants stay ended.
    agent.refreshes(tokens.text("refresh_token")).await.is(400, "invalid_grant");
    agent.tokens(&mut browser, "ada", &[("prompt", "consent")]).await;
    // Who isn't trusted any more is nobody, at once.
    assert!(seen::show(&house.app, &ClientId::from("no-url")).await.is_err());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_administrator_stops_one_on_sqlite() {
    an_administrator_stops_one(Kind::Sqlite).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_administrator_stops_one_on_postgres() {
    an_administrator_stops_one(Kind::Postgres).await;
}

/// What settings no longer allow lives nowhere; what they still do, lives.
async fn tokens_end_with_the_trust(kind: Kind) {
    type Change = fn(&mut Config);
    let changes: [(Change, bool); 4] = [
        (|_| {}, true),
        (|config| config.cimd = Cimd::Off, false),
        (|config| config.cimd_policy.allow = vec!["example.com".to_owned()], false),
        // We would no longer go where the document is.
        (|config| config.outbound.allow.clear(), false),
    ];
    for (change, lives) in changes {
        let trusting = house(kind, |config| {
            config.cimd = Cimd::Allowlist;
            config.cimd_policy.allow = vec!["localhost".to_owned()];
        });
        let trusting = trusting.await;
        let site = Site::open().await;
        let id = site.url("/client");
        site.is(json(&described(&id)));
        let (agent, mut browser) = (client(&trusting, &id), trusting.browser());
        let api = trusting.client_with(|m| m.resource_server = true).await;
        let tokens = agent.tokens(&mut browser, "ada", &[]).await;
        let waiting = agent.code(&mut browser, "ada", &[]).await;
        assert!(api.active(tokens.text("access_token")).await);
        let (dir, mut config) = trusting.close().await;
        change(&mut config);
        let house = House::open(kind, dir, config).await;
        let (agent, api) = (client(&house, &id), api.at(&house));
        let access = tokens.text("access_token");
        api.active("sym_at_x").await;
        let mut cost = Vec::new();
        for _ in 0..5 {
            let before = house.app.db.round_trips();
            assert_eq!(agent.userinfo(access).await.status, if lives { 200 } else { 401 });
            cost.push(house.app.db.round_trips() - before);
        }
        // Background work comes in between now and then.
        assert!(cost.iter().min() <= Some(&1), "{cost:?}");
        let known = api.introspects(access).await;
        assert_eq!(known["active"], lives);
        assert!(lives || known.as_object().is_some_and(|members| members.len() == 1), "{known}");
        let (redeemed, refreshed) =
            (agent.redeems(&waiting).await, agent.refreshes(tokens.text("refresh_token")).await);
        for answer in [redeemed, refreshed] {
            match lives {
                true => drop(answer.ok()),
                false => answer.is(401, "invalid_client"),
            }
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn tokens_end_with_the_trust_in_their_domain_on_sqlite() {
    tokens_end_with_the_trust(Kind::Sqlite).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn tokens_end_with_the_trust_in_their_domain_on_postgres() {
    tokens_end_with_the_trust(Kind::Postgres).await;
}

/// What the policy no longer has, tokens that live no longer have.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn tokens_shrink_with_the_policy() {
    let wide = house(Kind::Sqlite, |_| {}).await;
    let site = Site::open().await;
    let id = site.url("/client");
    site.is(json(&described(&id)));
    let tokens = client(&wide, &id).tokens(&mut wide.browser(), "ada", &[("scope", "openid offline email")]).await;
    let api = wide.client_with(|m| m.resource_server = true).await;
    let (dir, mut config) = wide.close().await;
    config.cimd_policy.scopes = vec!["openid".to_owned(), "offline".to_owned()];
    let house = House::open(Kind::Sqlite, dir, config).await;
    let (agent, api) = (client(&house, &id), api.at(&house));
    assert_eq!(api.introspects(tokens.text("access_token")).await["scope"], "openid offline");
    assert!(agent.userinfo(tokens.text("access_token")).await.ok().body.get("email").is_none());
    let next = agent.refreshes(tokens.text("refresh_token")).await.ok();
    assert_eq!(next.text("scope"), "openid offline");
    assert!(agent.userinfo(next.text("access_token")).await.ok().body.get("email").is_none());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_app_that_is_only_on_the_person_s_device_comes_with_a_warning() {
    let house = house(Kind::Sqlite, |_| {}).await;
    let site = Site::open().await;
    let loopback = "http://127.0.0.1/callback";
    for (path, redirects, warned) in [
        ("/local", json!([loopback, "http://localhost/callback"]), true),
        ("/own", json!(["com.example.app:/cb"]), true),
        ("/both", json!([loopback, CALLBACK]), false),
        ("/web", json!([CALLBACK]), false),
    ] {
        let id = site.url(path);
        let mut said = with(&id, "redirect_uris", redirects.clone());
        said["application_type"] = Value::Null;
        site.is(json(&said));
        let mut agent = client(&house, &id);
        agent.redirect_uri = redirects[0].as_str().expect("a URI").replace("127.0.0.1/", "127.0.0.1:50111/");
        let mut browser = house.browser();
        let view = browser.get(&agent.auth_url(&[])).await;
        let asked = browser.signs_in(&view, "ada").await;
        assert_eq!(asked.first("#local-only").is_some(), warned, "{path}: {}", asked.text());
        let code = browser.decides(&asked, "allow").await.has_code(&agent);
        agent.redeems(&code).await.ok();
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn pages_of_such_clients_may_call_the_token_endpoint() {
    let asks = async |house: &House, origin: &str| {
        let preflight = house.http().request(reqwest::Method::OPTIONS, format!("{}/oauth2/token", house.url));
        let preflight = preflight.header("origin", origin).header("access-control-request-method", "POST");
        answer(preflight)
            .await
            .headers
            .get("access-control-allow-origin")
            .map(|v| v.to_str().expect("ASCII").to_owned())
    };
    let on = house(Kind::Sqlite, |_| {}).await;
    let listed = house(Kind::Sqlite, |config| {
        config.cimd = Cimd::Allowlist;
        config.cimd_policy.allow = vec!["agent.example".to_owned()];
    })
    .await;
    for (origin, anyone, on_the_list) in [
        ("https://agent.example", true, true),
        ("https://other.example", true, false),
        ("null", false, false),
        ("https://agent.example/", false, false),
        ("file://", false, false),
    ] {
        assert_eq!(asks(&on, origin).await.is_some(), anyone, "{origin}");
        assert_eq!(asks(&listed, origin).await.is_some(), on_the_list, "{origin}");
    }
}

const PNG: &[u8] = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\x01\0\0\0\x01\x08\x06\0\0\0\x1f\x15\xc4\x89\0\0\0\rIDATx\x9cc\xfc\xcf\xc0P\x0f\0\x04\x85\x01\x80\x84\xa9\x8c!\0\0\0\0IEND\xaeB`\x82";

/// Where the page that asks has the client's picture.
async fn logo(browser: &mut Browser, agent: &Client) -> String {
    let view = browser.get(&agent.auth_url(&[("prompt", "consent")])).await;
    let view = if view.first("#sign-in").is_some() { browser.signs_in(&view, "ada").await } else { view };
    let policy = view.header("content-security-policy");
    assert!(policy.contains("img-src 'self' data:;"), "{policy}");
    view.first(".half img").expect("a picture")["src"].clone()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn s43_cs_04_a_logo_is_shown_from_our_own_origin_and_fetched_once() {
    let house = house(Kind::Sqlite, |_| {}).await;
    let site = Site::open().await;
    let (id, picture) = (site.url("/client"), site.url("/logo.png"));
    let mut said = with(&id, "logo_uri", json!(picture));
    said["policy_uri"] = json!("https://agent.example/privacy");
    said["tos_uri"] = json!("https://agent.example/terms");
    let described = json(&said);
    let says = move |logo: Vec<u8>| {
        let described = described.clone();
        move |path: &str| Some(if path == "/client" { described.clone() } else { logo.clone() })
    };
    site.says(says(document("image/png", "Cache-Control: max-age=7200\r\n", PNG)));
    let agent = client(&house, &id);
    let mut browser = house.browser();
    // Also for somebody who isn't signed in yet.
    let view = browser.get(&agent.auth_url(&[])).await;
    assert!(view.first("img.mini").is_some_and(|img| img["src"].starts_with("/logo?")), "{}", view.body);
    for link in ["https://agent.example/privacy", "https://agent.example/terms", "https://agent.example/"] {
        let anchor = view.first(&format!("a[href='{link}']")).unwrap_or_else(|| panic!("no {link}"));
        assert_eq!(anchor["rel"], "noopener noreferrer");
    }
    assert_eq!(site.hits_of("/logo.png"), 0, "no sooner than somebody looks");
    let src = logo(&mut browser, &agent).await;
    for _ in 0..3 {
        let shown = house.http().get(format!("{}{src}", house.url)).send().await.expect("an answer");
        let header = |name: &str| shown.headers()[name].to_str().expect("ASCII").to_owned();
        assert_eq!((shown.status().as_u16(), header("content-type").as_str()), (200, "image/png"));
        assert_eq!(header("content-security-policy"), "default-src 'none'; sandbox");
        assert_eq!(header("x-content-type-options"), "nosniff");
        assert!(!shown.headers().contains_key("set-cookie"));
        assert_eq!(shown.bytes().await.expect("bytes"), PNG);
    }
    assert_eq!(site.hits_of("/logo.png"), 1);
    // Nobody else's pictures.
    let at = |query: &str| house.http().get(format!("{}/logo{query}", house.url)).send();
    let other = src.replace("logo.png", "secret.png");
    for query in ["", "?uri=x&mac=", &src["/logo".len()..src.len() - 1], &other["/logo".len()..]] {
        assert_eq!(at(query).await.expect("an answer").status(), 404, "{query}");
    }
    assert_eq!(site.hits_of("/secret.png"), 0);
    // What isn't a small picture is a placeholder.
    let huge = [PNG, vec![0; 70_000].as_slice()].concat();
    for hostile in [
        document("image/svg+xml", "", "<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>"),
        document("image/png", "", "<svg onload='alert(1)'/>"),
        document("text/html", "", PNG),
        document("image/png", "", huge),
        status(404),
        b"HTTP/1.1 302 Found\r\nLocation: https://127.0.0.1/\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
            .to_vec(),
    ] {
        house.wait(Duration::from_secs(7201));
        site.says(says(hostile));
        let src = logo(&mut browser, &agent).await;
        let shown = house.http().get(format!("{}{src}", house.url)).send().await.expect("an answer");
        assert_eq!(
            (shown.status().as_u16(), shown.headers()["content-type"].to_str().ok()),
            (200, Some("image/svg+xml"))
        );
        assert_eq!(shown.headers()["cache-control"], "no-store");
        let body = shown.text().await.expect("text");
        assert!(body.contains("<rect") && !body.contains("alert"), "{body}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn s43_a_real_browser_shows_the_logo_and_asks_nobody_else() {
    use crate::support::chromium::{Chromium, Scripts};
    use thirtyfour::prelude::*;
    let house = house(Kind::Sqlite, |_| {}).await;
    let site = Site::open().await;
    let (id, picture) = (site.url("/client"), site.url("/logo.png"));
    let said = json(&with(&id, "logo_uri", json!(picture)));
    let logo = document("image/png", "", PNG);
    site.says(move |path| Some(if path == "/client" { said.clone() } else { logo.clone() }));
    let chromium = Chromium::start(Scripts::On).await;
    chromium.driver.goto(client(&house, &id).auth_url(&[("scope", "openid offline profile")])).await.expect("goes");
    chromium.types("email", "ada@example.com").await;
    chromium.types("password", crate::support::house::PASSWORD).await;
    chromium.click("sign-in").await;
    let image = chromium.driver.find(By::Css(".half img")).await.expect("a picture");
    let width = "return new Promise(done => { const i = arguments[0]; const w = () => done(i.naturalWidth); i.complete ? w() : i.onload = i.onerror = w; })";
    let width = chromium.driver.execute(width, vec![image.to_json().expect("an element")]).await.expect("runs");
    assert_eq!(width.json(), &json!(1));
    assert_eq!((site.hits_of("/client"), site.hits_of("/logo.png")), (1, 1));
    chromium.close().await;
}
