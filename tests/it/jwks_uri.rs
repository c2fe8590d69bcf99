//! SS-04, OIDC Core §10.1.1: a client's keys by reference, fetched only from where we may go.

use crate::support::{Answer, Client, House, Kind, assertion};
use std::io::{Read, Write};
use std::net::TcpListener;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;
use symbolon::clients::{AuthMethod, GrantType};
use symbolon::crypto::{Algorithm, SigningKey};

/// A client's own web server: says one thing, and counts who asked.
struct Site {
    url: String,
    says: Arc<Mutex<String>>,
    hits: Arc<AtomicUsize>,
}

impl Site {
    fn open(says: String) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("binds");
        let url = format!("http://{}/jwks.json", listener.local_addr().expect("an address"));
        let (says, hits) = (Arc::new(Mutex::new(says)), Arc::new(AtomicUsize::new(0)));
        let (answer, count) = (says.clone(), hits.clone());
        std::thread::spawn(move || {
            for mut stream in listener.incoming().flatten() {
                count.fetch_add(1, Ordering::SeqCst);
                let _ = stream.read(&mut [0; 4096]);
                let _ = stream.write_all(answer.lock().expect("an answer").as_bytes());
            }
        });
        Site { url, says, hits }
    }

    fn hits(&self) -> usize {
        self.hits.load(Ordering::SeqCst)
    }
}

fn serves(keys: &[&SigningKey]) -> String {
    let keys: Vec<_> = keys.iter().map(|key| key.jwk.clone()).collect();
    let body = serde_json::json!({ "keys": keys }).to_string();
    format!(
        "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: {}\r\nConnection: close\r\n\r\n{body}",
        body.len()
    )
}

async fn registered(house: &House, site: &Site) -> Client {
    house
        .client_with(|m| {
            m.token_endpoint_auth_method = AuthMethod::PrivateKeyJwt;
            m.grant_types = vec![GrantType::ClientCredentials];
            m.response_types.clear();
            m.redirect_uris.clear();
            m.scope = "reports".to_owned();
            m.jwks_uri = Some(site.url.clone());
        })
        .await
}

async fn asserts(house: &House, client: &Client, key: &SigningKey) -> Answer {
    let assertion = assertion::sign(house, &client.id, key);
    let form = [
        ("grant_type", "client_credentials"),
        ("client_assertion_type", assertion::TYPE),
        ("client_assertion", assertion.as_str()),
    ];
    client.token(&form).await
}

fn key() -> SigningKey {
    SigningKey::generate(Algorithm::ES256).expect("a key").0
}

async fn may_reach_loopback() -> House {
    House::with(Kind::Sqlite, |config| config.outbound.allow = vec!["127.0.0.0/8".parse().expect("a network")]).await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn keys_are_fetched_kept_and_fetched_again_for_a_new_one() {
    let house = may_reach_loopback().await;
    let (old, new) = (key(), key());
    let site = Site::open(serves(&[&old]));
    let client = registered(&house, &site).await;
    asserts(&house, &client, &old).await.ok();
    asserts(&house, &client, &old).await.ok();
    assert_eq!(site.hits(), 1, "kept");
    // A key that isn't there is looked for, but not more than once a minute.
    asserts(&house, &client, &new).await.is(401, "invalid_client");
    *site.says.lock().expect("an answer") = serves(&[&old, &new]);
    house.wait(Duration::from_secs(61));
    asserts(&house, &client, &new).await.ok();
    assert_eq!(site.hits(), 2);
    for _ in 0..5 {
        asserts(&house, &client, &key()).await.is(401, "invalid_client");
    }
    assert_eq!(site.hits(), 2, "nobody makes us ask at will");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn keys_that_are_known_stay_while_they_cannot_be_fetched_again() {
    let house = may_reach_loopback().await;
    let (own, other) = (key(), key());
    let site = Site::open(serves(&[&own]));
    let client = registered(&house, &site).await;
    let says = |answer: String| *site.says.lock().expect("an answer") = answer;
    let status = |status: u16| format!("HTTP/1.1 {status} So\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");
    asserts(&house, &client, &own).await.ok();
    // It is asked once a minute, no more; and what is known has nothing to do with changes of the registry.
    house.app.memory.forget();
    for (answer, hits) in [(status(503), 2), (status(404), 3), (serves(&[]).replace("keys", "locks"), 4)] {
        says(answer);
        house.wait(Duration::from_secs(if hits == 2 { 601 } else { 61 }));
        for _ in 0..2 {
            asserts(&house, &client, &own).await.ok();
        }
        asserts(&house, &client, &other).await.is(401, "invalid_client");
        assert_eq!(site.hits(), hits);
    }
    // It comes back with other keys: those it no longer has are worth nothing.
    says(serves(&[&other]));
    house.wait(Duration::from_secs(61));
    asserts(&house, &client, &own).await.is(401, "invalid_client");
    asserts(&house, &client, &other).await.ok();
    // Nor when it has none any more.
    says(serves(&[]));
    house.wait(Duration::from_secs(601));
    asserts(&house, &client, &other).await.is(401, "invalid_client");
    // Down for a day: nobody knows what became of its keys.
    says(serves(&[&own]));
    house.wait(Duration::from_secs(61));
    asserts(&house, &client, &own).await.ok();
    says(status(503));
    house.wait(Duration::from_secs(86_400));
    asserts(&house, &client, &own).await.is(401, "invalid_client");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn ss_02_no_private_address_is_reached_unless_it_is_allowed() {
    let house = House::new(Kind::Sqlite).await;
    let own = key();
    let site = Site::open(serves(&[&own]));
    let client = registered(&house, &site).await;
    asserts(&house, &client, &own).await.is(401, "invalid_client");
    assert_eq!(site.hits(), 0);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn tk_13_id_06_a_key_that_a_jwt_points_to_is_never_fetched() {
    use serde_json::json;
    use symbolon::base::encoding::base64url;
    let house = may_reach_loopback().await;
    house.person("ada").await;
    let (own, foreign) = (key(), key());
    let (site, canary) = (Site::open(serves(&[&own])), Site::open(serves(&[&foreign])));
    let client = registered(&house, &site).await;
    let person = house.client().await;
    let mut browser = house.browser();
    let tokens = person.tokens(&mut browser, "ada", &[]).await;
    let forge = |header: serde_json::Value, claims: &serde_json::Value| {
        let parts = [base64url(header.to_string().as_bytes()), base64url(claims.to_string().as_bytes())].join(".");
        let signature = foreign.sign(parts.as_bytes()).expect("signs");
        format!("{parts}.{}", base64url(&signature))
    };
    for (name, value) in [
        ("jku", json!(canary.url)),
        ("x5u", json!(canary.url)),
        ("jwk", foreign.jwk.clone()),
        ("x5c", json!([canary.url])),
        ("kid", json!(canary.url)),
    ] {
        for kid in [None, Some(&own.kid), Some(&foreign.kid)] {
            let mut header = json!({ "alg": "ES256", "typ": "JWT" });
            header[name] = value.clone();
            if let (Some(kid), true) = (kid, name != "kid") {
                header["kid"] = json!(kid);
            }
            let assertion = forge(header.clone(), &assertion::claims(&house, &client.id));
            let form = [
                ("grant_type", "client_credentials"),
                ("client_assertion_type", assertion::TYPE),
                ("client_assertion", assertion.as_str()),
            ];
            client.token(&form).await.is(401, "invalid_client");
            // ID-06: as a hint, and as an access token.
            let claims = crate::support::client::claims(tokens.text("id_token"));
            let forged = forge(header, &claims);
            let refused = browser.get_once(&person.auth_url(&[("id_token_hint", forged.as_str())])).await;
            assert_eq!(refused.sent("error").as_deref(), Some("invalid_request"), "{name}");
            assert_eq!(person.userinfo(&forged).await.status, 401, "{name}");
        }
    }
    assert_eq!(canary.hits(), 0);
    // The honest way works, and a hit would have been seen.
    asserts(&house, &client, &own).await.ok();
    assert!(site.hits() > 0);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn ss_03_redirects_and_hostile_answers_give_no_keys() {
    let house = may_reach_loopback().await;
    let own = key();
    let elsewhere = Site::open(serves(&[&own]));
    let to = &elsewhere.url;
    let huge = format!("HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n{{\"keys\":[{}", "0,".repeat(600_000));
    let private = serves(&[&own]).replace("\"kty\"", "\"d\":\"AQ\",\"kty\"");
    let answers = [
        format!("HTTP/1.1 302 Found\r\nLocation: {to}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"),
        format!("HTTP/1.1 307 Temporary Redirect\r\nLocation: {to}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"),
        huge,
        private,
        "HTTP/1.1 200 OK\r\nContent-Length: 4\r\nConnection: close\r\n\r\nnull".to_owned(),
        "garbage\r\n\r\n".to_owned(),
        format!("HTTP/1.1 200 OK\r\nContent-Length: 60000\r\nConnection: close\r\n\r\n{}", "[".repeat(60_000)),
    ];
    let mut asking = Vec::new();
    for says in answers {
        let site = Site::open(says.clone());
        let client = registered(&house, &site).await;
        let assertion = assertion::sign(&house, &client.id, &own);
        let answer = tokio::spawn(async move {
            let form = [
                ("grant_type", "client_credentials"),
                ("client_assertion_type", assertion::TYPE),
                ("client_assertion", assertion.as_str()),
            ];
            client.token(&form).await
        });
        asking.push((says, site, answer));
    }
    for (says, site, answer) in asking {
        answer.await.expect("runs").is(401, "invalid_client");
        assert_eq!(site.hits(), 1, "{}", says.chars().take(60).collect::<String>());
    }
    assert_eq!(elsewhere.hits(), 0);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn ss_01_an_address_where_we_would_not_go_cannot_be_registered() {
    use symbolon::admin::{Acting, clients};
    use symbolon::clients::Metadata;
    let house = House::new(Kind::Sqlite).await;
    let acting =
        Acting::new(symbolon::audit::Actor::Cli, symbolon::people::Role::Owner, symbolon::web::Call::internal("test"));
    let with = |uri: &str| Metadata {
        client_name: "Ledgerly".to_owned(),
        redirect_uris: vec!["https://app.example/cb".to_owned()],
        token_endpoint_auth_method: AuthMethod::PrivateKeyJwt,
        jwks_uri: Some(uri.to_owned()),
        ..Metadata::default()
    };
    for bad in [
        "http://app.example/jwks",
        "https://127.0.0.1/jwks",
        "https://2130706433/jwks",
        "https://0x7f.1/jwks",
        "https://[::1]/jwks",
        "https://[::ffff:127.0.0.1]/jwks",
        "https://10.0.0.1/jwks",
        "https://169.254.169.254/latest/meta-data",
        "https://100.64.0.1/jwks",
        "https://192.168.1.1/jwks",
        "https://0.0.0.0/jwks",
        "https://user@app.example/jwks",
        "https://app.example:8443/jwks",
        "file:///etc/passwd",
        "gopher://app.example/",
        "data:application/json,{}",
    ] {
        let refused = clients::create(&house.app, &acting, with(bad), None).await;
        assert!(refused.is_err(), "{bad}");
    }
    let good = clients::create(&house.app, &acting, with("https://app.example/jwks"), None).await;
    assert!(good.is_ok());
}
