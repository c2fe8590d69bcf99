//! RFC 9101, OIDC Core §6: requests that the client signed; oidc.md, 23 and 24; security.md, PR-01 and PR-04.

use crate::on_both;
use crate::support::browser::View;
use crate::support::client::{CALLBACK, VERIFIER, claims};
use crate::support::{Browser, Client, House, Kind, Site, assertion};
use serde_json::{Value, json};
use symbolon::base::encoding::base64url;
use symbolon::clients::Metadata;
use symbolon::crypto::{Algorithm, SigningKey, jwt};
use symbolon::oauth::pkce;

const TYP: &str = "oauth-authz-req+jwt";

fn key(alg: Algorithm) -> SigningKey {
    SigningKey::generate(alg).expect("a key").0
}

fn holder(keys: &[&SigningKey]) -> impl FnOnce(&mut Metadata) + use<> {
    let keys: Vec<Value> = keys.iter().map(|key| key.jwk.clone()).collect();
    move |m| {
        m.jwks = Some(json!({ "keys": keys }));
        m.trusted = true;
    }
}

/// A right request object's claims: with another state than the one beside it.
fn inside(house: &House, client: &Client) -> Value {
    let now = house.now().secs();
    json!({
        "iss": client.id, "aud": house.app.issuer(), "client_id": client.id, "iat": now, "nbf": now, "exp": now + 300,
        "response_type": "code", "redirect_uri": client.redirect_uri, "scope": "openid", "state": "inside",
        "nonce": "n-inside", "code_challenge": pkce::transform(VERIFIER), "code_challenge_method": "S256"
    })
}

fn signed(key: &SigningKey, claims: &Value) -> String {
    jwt::sign(key, TYP, claims).expect("signs")
}

/// RFC 9101 §5: nothing beside the object but `client_id`.
fn bare(client: &Client, name: &str, value: &str) -> String {
    let query = url::form_urlencoded::Serializer::new(String::new())
        .extend_pairs([("client_id", client.id.as_str()), (name, value)])
        .finish();
    format!("{}/oauth2/auth?{query}", client.url)
}

/// The same request, in a form.
async fn posts(browser: &mut Browser, url: &str) -> View {
    let fields: Vec<(String, String)> = url::Url::parse(url).expect("a URL").query_pairs().into_owned().collect();
    browser.post_once("/oauth2/auth", &fields).await
}

#[track_caller]
fn answered(view: &View, client: &Client) -> String {
    let code = view.has_code(client);
    assert_eq!(view.sent("state").as_deref(), Some("inside"));
    code
}

async fn ada(house: &House) -> Browser {
    house.person("ada").await;
    let mut browser = house.browser();
    browser.arrives_as("ada").await;
    browser
}

on_both! {
    async fn s23_what_is_inside_is_all_that_counts(house: House) {
        let mut browser = ada(&house).await;
        let own = key(Algorithm::ES256);
        let client = house.client_with(|m| {
            holder(&[&own])(m);
            m.redirect_uris.push("https://app.example/two".to_owned());
        }).await;
        let object = signed(&own, &inside(&house, &client));
        // By itself, by GET and by POST.
        answered(&browser.get_once(&bare(&client, "request", &object)).await, &client);
        let fields = [("client_id".to_owned(), client.id.clone()), ("request".to_owned(), object.clone())];
        answered(&browser.post_once("/oauth2/auth", &fields).await, &client);
        // As OIDC Core §6.1 has it, with parameters beside: none of them counts, not even those that are only there.
        for beside in [
            ("redirect_uri", "https://app.example/two"),
            ("redirect_uri", "https://evil.example/cb"),
            ("scope", "openid email unheard-of"),
            ("state", "outside"),
            ("nonce", "outside"),
            ("prompt", "none login"),
            ("max_age", "garbage"),
            ("response_type", "token"),
            ("response_mode", "fragment"),
            ("code_challenge", "garbage"),
            ("claims", "garbage"),
            ("resource", "https://api.example/"),
        ] {
            let view = browser.get_once(&client.auth_url(&[beside, ("request", &object)])).await;
            let tokens = client.redeems(&answered(&view, &client)).await.ok();
            assert_eq!((tokens.text("scope"), &claims(tokens.text("id_token"))["nonce"]), ("openid", &json!("n-inside")));
        }
        // The redirect URI inside is held against the registry like any other.
        let mut elsewhere = inside(&house, &client);
        elsewhere["redirect_uri"] = json!("https://evil.example/cb");
        browser.get_once(&client.auth_url(&[("request", &signed(&own, &elsewhere))])).await.is_page(400);
        elsewhere["redirect_uri"] = json!("https://app.example/two");
        let view = browser.get_once(&client.auth_url(&[("request", &signed(&own, &elsewhere))])).await;
        assert!(view.location().starts_with("https://app.example/two?code="), "{}", view.location());
        // So are all rules, with the state of the inside.
        for (name, value, error) in [
            ("prompt", json!("none login"), "invalid_request"),
            ("scope", json!("unheard-of"), "invalid_scope"),
            ("response_type", json!("id_token"), "unsupported_response_type"),
            ("response_type", json!(null), "invalid_request"),
            ("max_age", json!(-1), "invalid_request"),
            ("claims", json!("x"), "invalid_request"),
            ("registration", json!({}), "registration_not_supported"),
        ] {
            let mut other = inside(&house, &client);
            other[name] = value;
            let view = browser.get_once(&client.auth_url(&[("request", &signed(&own, &other))])).await;
            view.refuses(&client, error);
            assert_eq!(view.sent("state").as_deref(), Some("inside"), "{name}");
        }
        // Numbers and structures are what they would be outside.
        house.wait(std::time::Duration::from_secs(100));
        let mut rich = inside(&house, &client);
        rich["max_age"] = json!(3600);
        rich["resource"] = json!(["https://a.example/", "https://b.example/"]);
        rich["claims"] = json!({ "id_token": { "email": { "essential": true } } });
        let view = browser.get_once(&bare(&client, "request", &signed(&own, &rich))).await;
        let tokens = client.redeems(&answered(&view, &client)).await.ok();
        assert_eq!(claims(tokens.text("id_token"))["email"], "ada@example.com");
        let about = client.introspects(tokens.text("access_token")).await;
        assert_eq!(about["aud"], json!(["https://a.example/", "https://b.example/"]));
        rich["max_age"] = json!(10);
        assert!(browser.get(&bare(&client, "request", &signed(&own, &rich))).await.first("#sign-in").is_some());
    }

    async fn s23_through_the_pages_and_back(house: House) {
        house.person("ada").await;
        let own = key(Algorithm::ES256);
        let client = house.client_with(|m| {
            holder(&[&own])(m);
            m.trusted = false;
        }).await;
        let mut browser = house.browser();
        let view = browser.allows(&bare(&client, "request", &signed(&own, &inside(&house, &client))), "ada").await;
        let tokens = client.redeems(&answered(&view, &client)).await.ok();
        assert_eq!(claims(tokens.text("id_token"))["nonce"], "n-inside");
    }

    async fn s24_every_algorithm_that_is_advertised_and_no_other(house: House) {
        let mut browser = ada(&house).await;
        let keys = [Algorithm::ES256, Algorithm::EdDSA, Algorithm::RS256, Algorithm::PS256].map(key);
        let all: Vec<&SigningKey> = keys.iter().collect();
        let any = house.client_with(holder(&all)).await;
        let only = house.client_with(|m| {
            holder(&all)(m);
            m.request_object_signing_alg = Some("ES256".to_owned());
        }).await;
        let document = crate::support::client::answer(any.request("GET", "/.well-known/openid-configuration")).await.ok();
        let mut said: Vec<&str> = document.body["request_object_signing_alg_values_supported"].as_array().expect("an array")
            .iter().map(|alg| alg.as_str().expect("a text")).collect();
        said.sort_unstable();
        let mut names: Vec<&str> = keys.iter().map(|key| key.alg.name()).collect();
        names.sort_unstable();
        assert_eq!(said, names);
        for key in &keys {
            let object = signed(key, &inside(&house, &any));
            answered(&browser.get_once(&bare(&any, "request", &object)).await, &any);
            let view = browser.get_once(&only.auth_url(&[("request", &signed(key, &inside(&house, &only)))])).await;
            match key.alg {
                Algorithm::ES256 => drop(answered(&view, &only)),
                _ => view.is_refusal(&only, "invalid_request_object"),
            }
        }
        for typ in ["JWT", "jwt", "OAUTH-AUTHZ-REQ+JWT", "application/oauth-authz-req+jwt"] {
            let object = jwt::sign(&keys[0], typ, &inside(&house, &any)).expect("signs");
            answered(&browser.get_once(&bare(&any, "request", &object)).await, &any);
        }
        // What can't be verified can't be registered either.
        for (alg, good) in [("ES256", true), ("none", false), ("HS256", false), ("RS512", false)] {
            let mut metadata = Metadata { client_name: "x".to_owned(), redirect_uris: vec![CALLBACK.to_owned()], ..Metadata::default() };
            metadata.request_object_signing_alg = Some(alg.to_owned());
            assert_eq!(metadata.check().expect_err("no keys").field, "request_object_signing_alg");
            holder(&all)(&mut metadata);
            assert_eq!(metadata.check().is_ok(), good, "{alg}");
        }
    }

    async fn pr_04_a_bad_request_object_is_told_to_a_registered_uri_only(house: House) {
        let mut browser = ada(&house).await;
        let (own, other) = (key(Algorithm::ES256), key(Algorithm::ES256));
        let client = house.client_with(holder(&[&own])).await;
        let right = inside(&house, &client);
        let with = |name: &str, value: Value| {
            let mut claims = right.clone();
            claims[name] = value;
            signed(&own, &claims)
        };
        let without = |name: &str| {
            let mut claims = right.clone();
            claims.as_object_mut().expect("an object").remove(name);
            signed(&own, &claims)
        };
        let good = signed(&own, &right);
        let part = |n: usize| good.split('.').nth(n).expect("a part").to_owned();
        let headed = |header: Value| format!("{}.{}.{}", base64url(header.to_string().as_bytes()), part(1), part(2));
        let public = own.jwk.to_string();
        let mac = jsonwebtoken::crypto::sign(
            format!("{}.{}", base64url(br#"{"alg":"HS256"}"#), part(1)).as_bytes(),
            &jsonwebtoken::EncodingKey::from_secret(public.as_bytes()),
            jsonwebtoken::Algorithm::HS256,
        ).expect("signs");
        let twice = base64url(format!("{{\"iss\":\"x\",{}", &right.to_string()[1..]).as_bytes());
        let now = house.now().secs();
        let cases = [
            ("garbage", "garbage".to_owned()),
            ("none", format!("{}.{}.", base64url(br#"{"alg":"none"}"#), part(1))),
            ("none in capitals", format!("{}.{}.", base64url(br#"{"alg":"NONE"}"#), part(1))),
            ("HS256 with the public key", format!("{}.{}.{mac}", base64url(br#"{"alg":"HS256"}"#), part(1))),
            ("no signature", format!("{}.{}.", part(0), part(1))),
            ("another's key", signed(&other, &right)),
            ("a bent signature", good.replace(&part(2)[..4], "AAAA")),
            ("crit", headed(json!({ "alg": "ES256", "crit": ["b64"], "b64": false }))),
            ("encrypted", format!("{good}.x.y")),
            ("typ of an assertion", jwt::sign(&own, "client-authentication+jwt", &right).expect("signs")),
            ("typ of an access token", jwt::sign(&own, "at+jwt", &right).expect("signs")),
            ("a member twice", format!("{}.{twice}.{}", part(0), part(2))),
            ("huge", format!("{}.{}.{}", part(0), "A".repeat(17_000), part(2))),
            ("a client assertion", assertion::sign(&house, &client.id, &own)),
            ("iss", with("iss", json!("someone"))),
            ("no iss", without("iss")),
            ("aud", with("aud", json!("https://other.example"))),
            ("no aud", without("aud")),
            ("aud of others", with("aud", json!(["https://other.example"]))),
            ("client_id", with("client_id", json!("someone"))),
            ("sub", with("sub", json!(client.id))),
            ("expired", with("exp", json!(now - 40))),
            ("exp as text", with("exp", json!((now + 60).to_string()))),
            ("nbf", with("nbf", json!(now + 90))),
            ("iat", with("iat", json!(now + 90))),
            ("request inside", with("request", json!("x"))),
            ("request_uri inside", with("request_uri", json!("https://app.example/r"))),
        ];
        let before = house.state().await;
        for (what, object) in &cases {
            // In a form: one of them is longer than any address.
            let view = posts(&mut browser, &client.auth_url(&[("request", object)])).await;
            view.is_refusal(&client, "invalid_request_object");
            // Where it asked for nothing that is registered, nobody is sent anywhere.
            let view = posts(&mut browser, &bare(&client, "request", object)).await;
            view.is_page(400);
            assert_eq!(view.error_code().as_deref(), Some("invalid_request_object"), "{what}");
            let evil = client.auth_url(&[("request", object), ("redirect_uri", "https://evil.example/cb")]);
            posts(&mut browser, &evil).await.is_page(400);
        }
        assert_eq!(house.state().await, before);
        for fine in [with("aud", json!(["https://other.example", house.app.issuer()])), with("sub", json!("ada")),
                     without("exp"), without("client_id"), good.clone()] {
            answered(&browser.get_once(&bare(&client, "request", &fine)).await, &client);
        }
        // RFC 9101 §5: one of the two, once.
        let both = client.auth_url(&[("request", &good), ("request_uri", "https://app.example/r")]);
        browser.get_once(&both).await.is_refusal(&client, "invalid_request");
        let double = format!("{}&request={good}", client.auth_url(&[("request", &good)]));
        browser.get_once(&double).await.is_refusal(&client, "invalid_request");
        // A request object is no client assertion.
        let form = [("grant_type", "client_credentials"), ("client_assertion_type", assertion::TYPE), ("client_assertion", &good)];
        crate::support::client::answer(client.request("POST", "/oauth2/token").form(&form)).await.is(401, "invalid_client");
        // Nor does another client's object do.
        let two = house.client_with(holder(&[&own])).await;
        browser.get_once(&two.auth_url(&[("request", &good)])).await.is_refusal(&two, "invalid_request_object");
    }

    async fn s23_a_client_without_keys_is_told_that_it_cant(house: House) {
        let mut browser = ada(&house).await;
        let own = key(Algorithm::ES256);
        let client = house.client().await;
        let object = signed(&own, &inside(&house, &client));
        browser.get_once(&client.auth_url(&[("request", &object)])).await.is_refusal(&client, "request_not_supported");
        let by_uri = |client: &Client, uri: &str| client.auth_url(&[("request_uri", uri)]);
        for uri in ["https://app.example/r", "http://127.0.0.1/r", "file:///etc/passwd", "x"] {
            browser.get_once(&by_uri(&client, uri)).await.is_refusal(&client, "request_uri_not_supported");
        }
        for name in ["request", "request_uri"] {
            let evil = client.auth_url(&[(name, "x"), ("redirect_uri", "https://evil.example/cb")]);
            browser.get_once(&evil).await.is_page(400);
        }
        // Room for pushed requests: no name of one is known.
        browser.get_once(&by_uri(&client, "urn:ietf:params:oauth:request_uri:abc")).await.is_refusal(&client, "invalid_request_uri");
    }
}

/// A house that may ask servers on loopback, a client with a registered document, and who signs it.
async fn by_reference(kind: Kind) -> (House, Browser, SigningKey, Site, Client) {
    let house = House::with(kind, |c| c.outbound.allow = vec!["127.0.0.0/8".parse().expect("a network")]).await;
    let browser = ada(&house).await;
    let own = key(Algorithm::ES256);
    let site = Site::open("application/oauth-authz-req+jwt", "");
    let client = house
        .client_with(|m| {
            holder(&[&own])(m);
            m.request_uris = vec![format!("{}?v=1", site.url), site.url.clone()];
        })
        .await;
    (house, browser, own, site, client)
}

on_both! {
    async fn s24_a_request_object_is_fetched_from_where_it_was_registered(house: House) {
        let (house, mut browser, own, site, client) = by_reference(house.kind).await;
        let object = signed(&own, &inside(&house, &client));
        for media in ["application/oauth-authz-req+jwt", "application/jwt", "application/JWT; charset=utf-8"] {
            site.says(media, &object);
            answered(&browser.get_once(&bare(&client, "request_uri", &site.url)).await, &client);
        }
        site.says("application/jwt", &format!("{object}\n"));
        // A fragment says which version it is, and is none of the server's business.
        answered(&browser.get_once(&bare(&client, "request_uri", &format!("{}#GkurKxf5T0Y", site.url))).await, &client);
        answered(&browser.get_once(&bare(&client, "request_uri", &format!("{}?v=1", site.url))).await, &client);
        let hits = site.hits();
        assert_eq!(hits, 5);
        // Anything else is never asked for.
        for other in [format!("{}?v=2", site.url), format!("{}/", site.url), site.url.replace("document", "other"),
                      site.url.replace("127.0.0.1", "localhost"), site.url.to_uppercase(), format!("{}?{}", site.url, "x".repeat(600)),
                      format!("{}#{}", site.url, "x".repeat(500)), "https://app.example/r".to_owned(), "data:,x".to_owned(), String::from("x")] {
            browser.get_once(&client.auth_url(&[("request_uri", &other)])).await.is_refusal(&client, "invalid_request_uri");
        }
        assert_eq!(site.hits(), hits);
    }

    async fn ss_03_what_a_site_may_answer(house: House) {
        let (house, mut browser, own, site, client) = by_reference(house.kind).await;
        let object = signed(&own, &inside(&house, &client));
        let elsewhere = Site::open("application/jwt", &object);
        let redirect = format!("HTTP/1.1 302 Found\r\nLocation: {}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n", elsewhere.url);
        let head = "HTTP/1.1 200 OK\r\nContent-Type: application/jwt\r\nConnection: close\r\n\r\n";
        for answer in [
            redirect,
            format!("{head}{}", "x".repeat(20_000)),
            format!("HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nConnection: close\r\n\r\n{object}"),
            format!("HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nConnection: close\r\n\r\n{object}"),
            format!("HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n{object}"),
            format!("HTTP/1.1 404 Not Found\r\nContent-Type: application/jwt\r\nConnection: close\r\n\r\n{object}"),
            "garbage\r\n\r\n".to_owned(),
            String::new(),
        ] {
            site.answers(answer.clone());
            let view = browser.get_once(&client.auth_url(&[("request_uri", &site.url)])).await;
            view.is_refusal(&client, "invalid_request_uri");
            assert!(!view.location().contains("302"), "how it failed is nobody's business");
            browser.get_once(&bare(&client, "request_uri", &site.url)).await.is_page(400);
        }
        assert_eq!(elsewhere.hits(), 0);
        // What came is no request object.
        for body in ["", "garbage", "a.b.c", &signed(&key(Algorithm::ES256), &inside(&house, &client))] {
            site.says("application/jwt", body);
            let view = browser.get_once(&client.auth_url(&[("request_uri", &site.url)])).await;
            view.is_refusal(&client, "invalid_request_object");
        }
        // However many ask: one address makes us fetch only so often.
        site.says("application/jwt", &object);
        let few = House::with(house.kind, |c| {
            c.outbound.allow = vec!["127.0.0.0/8".parse().expect("a network")];
            c.throttle.waiting = 3;
        }).await;
        let client = few.client_with(|m| {
            holder(&[&own])(m);
            m.request_uris = vec![site.url.clone()];
        }).await;
        let before = site.hits();
        for n in 0..6 {
            let view = few.browser().get_once(&client.auth_url(&[("request_uri", &site.url)])).await;
            let error = if n < 3 { "invalid_request_object" } else { "temporarily_unavailable" };
            view.is_refusal(&client, error);
        }
        assert_eq!(site.hits() - before, 3);
    }

    async fn ss_04_a_request_uri_is_one_where_we_may_go(house: House) {
        let own = key(Algorithm::ES256);
        let site = Site::open("application/jwt", "x");
        let metadata = |uri: &str| {
            let mut metadata = Metadata { client_name: "x".to_owned(), redirect_uris: vec![CALLBACK.to_owned()], ..Metadata::default() };
            holder(&[&own])(&mut metadata);
            metadata.request_uris = vec![uri.to_owned()];
            metadata
        };
        let long = format!("https://app.example/{}", "x".repeat(500));
        for bad in [site.url.as_str(), "http://app.example/r", "https://127.0.0.1/r", "https://2130706433/r", "https://[::1]/r",
                    "https://[::ffff:10.0.0.1]/r", "https://169.254.169.254/latest", "https://u:p@app.example/r",
                    "https://app.example:8443/r", "file:///etc/passwd", "data:,x", "urn:x:y", "/r", "https://app.example/é", "", &long] {
            assert!(house.registers(metadata(bad)).await.is_err(), "{bad}");
        }
        assert!(house.registers(metadata("https://app.example/r#hash")).await.is_ok());
        let mut keyless = metadata("https://app.example/r");
        keyless.jwks = None;
        assert_eq!(keyless.check().expect_err("refused").field, "request_uris");
        // Registered somehow all the same: not fetched.
        house.person("ada").await;
        let client = house.client_with(|m| {
            holder(&[&own])(m);
            m.request_uris = vec![site.url.clone()];
        }).await;
        let view = house.browser().get_once(&client.auth_url(&[("request_uri", &site.url)])).await;
        view.is_refusal(&client, "invalid_request_uri");
        assert_eq!(site.hits(), 0);
    }
}
