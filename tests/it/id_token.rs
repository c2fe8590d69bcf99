//! OIDC Core §2, §3.1.3.6, RFC 8725: ID tokens, keys, and JWTs that aren't what they say; security.md, group G.

use crate::on_both;
use crate::support::client::{answer, claims};
use crate::support::{Answer, Browser, Client, assertion};
use crate::support::{House, Kind};
use serde_json::{Value, json};
use std::collections::BTreeSet;
use std::time::Duration;
use symbolon::base::encoding::{base64url, from_base64url};
use symbolon::clients::{AuthMethod, Format, GrantType, Metadata};
use symbolon::crypto::{Algorithm, SigningKey, jwt};
use symbolon::keys::rotation;

async fn jwks(client: &Client) -> Vec<Value> {
    let set = answer(client.request("GET", "/.well-known/jwks.json")).await.ok().body;
    set["keys"].as_array().expect("keys").clone()
}

fn alg(name: &str) -> impl FnOnce(&mut Metadata) {
    let name = name.to_owned();
    move |metadata| metadata.id_token_signed_response_alg = Some(name)
}

/// Whether an authorization request with this hint goes on, for somebody who is signed in and has consented.
async fn hinted(client: &Client, browser: &mut Browser, hint: &str) -> bool {
    let view = browser.get(&client.auth_url(&[("id_token_hint", hint), ("prompt", "none")])).await;
    match (view.sent("code"), view.sent("error")) {
        (Some(_), None) => true,
        (None, Some(error)) => {
            assert!(["invalid_request", "login_required"].contains(&error.as_str()), "{error}");
            false
        }
        _ => panic!("{} {} {}", view.status, view.location(), view.body),
    }
}

/// Shows a JWT wherever one could be taken for something; none of them takes it, and none of them breaks.
async fn nobody_takes(what: &str, client: &Client, browser: &mut Browser, token: &str) {
    let refused = |place: &str, answer: &Answer| {
        let status = answer.status;
        assert!((400..500).contains(&status), "{what} at {place}: {status} {}", answer.body);
    };
    if reqwest::header::HeaderValue::from_str(&format!("Bearer {token}")).is_ok() {
        let bearer = client.request("GET", "/userinfo").header("authorization", format!("Bearer {token}"));
        refused("userinfo", &answer(bearer).await);
    }
    refused("userinfo, form", &answer(client.request("POST", "/userinfo").form(&[("access_token", token)])).await);
    let about = client.post("/oauth2/introspect", &[("token", token)]).await;
    assert!(about.status == 413 || about.body == json!({ "active": false }), "{what}: {} {}", about.status, about.body);
    let revoked = client.post("/oauth2/revoke", &[("token", token)]).await;
    assert!([200, 413].contains(&revoked.status), "{what}: {}", revoked.body);
    let form =
        [("grant_type", "client_credentials"), ("client_assertion_type", assertion::TYPE), ("client_assertion", token)];
    refused("client_assertion", &answer(client.request("POST", "/oauth2/token").form(&form)).await);
    let url = client.auth_url(&[("id_token_hint", token), ("prompt", "none")]);
    if url.len() < 8000 {
        assert!(!hinted(client, browser, token).await, "{what} as id_token_hint");
    }
}

on_both! {
    async fn id_01_a_relying_party_can_check_everything(house: House) {
        let sub = house.person("ada").await;
        let mut browser = house.browser();
        for name in ["RS256", "ES256", "EdDSA", "PS256"] {
            let client = house.client_with(alg(name)).await;
            let nonce = "n".repeat(64);
            let tokens = client.tokens(&mut browser, "ada", &[("nonce", &nonce)]).await;
            let (header, read) = client.verifies(tokens.text("id_token")).await.expect("a good signature");
            assert_eq!((&header["alg"], &header["typ"]), (&json!(name), &json!("JWT")));
            assert!(jwks(&client).await.iter().any(|key| key["kid"] == header["kid"] && key["alg"] == name));
            let now = house.now().secs();
            assert_eq!(
                (&read["iss"], &read["sub"], &read["aud"]),
                (&json!(house.app.issuer()), &json!(sub), &json!(client.id))
            );
            assert_eq!(read["nonce"], nonce);
            let time = |name: &str| read[name].as_i64().unwrap_or_else(|| panic!("{name} is no whole number"));
            assert!((now - time("iat")).abs() <= 5 && time("exp") > now && time("exp") - time("iat") <= 3600);
            assert!(time("auth_time") <= time("iat") && now - time("auth_time") < 60);
            assert_eq!(read["acr"], symbolon::signin::ACR_PASSWORD);
            assert_eq!(read["amr"], json!(["pwd"]));
            assert!(!read["sid"].as_str().expect("a sid").is_empty());
            // §3.1.3.6, with the hash of the algorithm; Ed25519 hashes with SHA-512.
            use sha2::Digest;
            let access = tokens.text("access_token").as_bytes();
            let half = if name == "EdDSA" {
                sha2::Sha512::digest(access)[..32].to_vec()
            } else {
                sha2::Sha256::digest(access)[..16].to_vec()
            };
            assert_eq!(read["at_hash"], base64url(&half), "{name}");
        }
    }

    async fn id_01_a_nonce_is_echoed_whole_and_its_absence_kept(house: House) {
        house.person("ada").await;
        let client = house.client().await;
        let mut browser = house.browser();
        for nonce in ["x", &"n".repeat(384), "\u{e9}\u{1f980} +&=%00\"\\", ""] {
            let tokens = client.tokens(&mut browser, "ada", &[("nonce", nonce)]).await;
            assert_eq!(
                claims(tokens.text("id_token")).get("nonce").and_then(Value::as_str),
                Some(nonce).filter(|n| !n.is_empty())
            );
        }
        let without = client.tokens(&mut browser, "ada", &[("scope", "offline email")]).await;
        assert!(without.body.get("id_token").is_none(), "no openid, no ID token: {}", without.body);
    }

    async fn oidc_07_the_algorithm_is_rs256_unless_the_client_says_otherwise(house: House) {
        house.person("ada").await;
        let client = house.client_with(|m| m.id_token_signed_response_alg = None).await;
        let tokens = client.tokens(&mut house.browser(), "ada", &[]).await;
        let (header, _) = client.verifies(tokens.text("id_token")).await.expect("a good signature");
        assert_eq!(header["alg"], "RS256");
        for bad in ["none", "HS256", "RS1", "ES512", ""] {
            let metadata = Metadata {
                id_token_signed_response_alg: Some(bad.to_owned()),
                client_name: "x".to_owned(),
                redirect_uris: vec!["https://app.example/cb".to_owned()],
                ..Metadata::default()
            };
            assert_eq!(metadata.check().expect_err("a refusal").field, "id_token_signed_response_alg", "{bad}");
        }
    }

    async fn oidc_14_auth_time_belongs_to_the_sign_in(house: House) {
        house.person("ada").await;
        let client = house.client().await;
        let mut browser = house.browser();
        let auth_time = |tokens: &Answer| claims(tokens.text("id_token"))["auth_time"].as_i64().expect("whole seconds");
        let first = client.tokens(&mut browser, "ada", &[("max_age", "600")]).await;
        house.wait(Duration::from_secs(300));
        let silent = client.tokens(&mut browser, "ada", &[("prompt", "none"), ("max_age", "600")]).await;
        assert_eq!(auth_time(&silent), auth_time(&first));
        let again = client.tokens(&mut browser, "ada", &[("prompt", "login")]).await;
        assert!(auth_time(&again) >= auth_time(&first) + 300);
        let (one, two) = (claims(first.text("id_token")), claims(again.text("id_token")));
        assert_eq!(one["sid"], two["sid"], "the same person goes on in the same session");
    }

    async fn id_02_and_04_the_key_set_is_public_and_strong(house: House) {
        let client = house.client().await;
        let keys = jwks(&client).await;
        for key in &keys {
            let members: BTreeSet<&str> = key.as_object().expect("a key").keys().map(String::as_str).collect();
            let known = ["kty", "crv", "x", "y", "n", "e", "kid", "alg", "use"];
            assert!(members.iter().all(|name| known.contains(name)), "{members:?}");
            assert_eq!(key["use"], "sig");
            assert_eq!(key["kid"].as_str().map(str::len), Some(43), "an RFC 7638 thumbprint");
            let bytes = |name: &str| from_base64url(key[name].as_str().expect("a number")).expect("base64url").len();
            match key["kty"].as_str() {
                Some("RSA") => {
                    assert!(bytes("n") >= 384 && ["RS256", "PS256"].contains(&key["alg"].as_str().expect("an alg")))
                }
                Some("EC") => assert_eq!(
                    (&key["crv"], &key["alg"], bytes("x"), bytes("y")),
                    (&json!("P-256"), &json!("ES256"), 32, 32)
                ),
                Some("OKP") => {
                    assert_eq!((&key["crv"], &key["alg"], bytes("x")), (&json!("Ed25519"), &json!("EdDSA"), 32))
                }
                other => panic!("{other:?}"),
            }
        }
        let kids: BTreeSet<&str> = keys.iter().filter_map(|key| key["kid"].as_str()).collect();
        assert!(kids.len() == keys.len() && keys.len() >= 4);
        // Weak or private keys of clients aren't registered.
        let weak = json!({ "kty": "RSA", "e": "AQAB", "n": base64url(&[0xc5; 128]) });
        let metadata = Metadata {
            jwks: Some(json!({ "keys": [weak] })),
            client_name: "x".to_owned(),
            redirect_uris: vec!["https://app.example/cb".to_owned()],
            ..Metadata::default()
        };
        assert_eq!(metadata.check().expect_err("a refusal").field, "jwks");
    }

    async fn oidc_08_a_rotated_key_is_published_at_once_and_the_old_one_stays(house: House) {
        house.person("ada").await;
        let client = house.client().await;
        let mut browser = house.browser();
        let before = client.tokens(&mut browser, "ada", &[]).await;
        let old = client.verifies(before.text("id_token")).await.expect("a good signature").0["kid"].clone();
        let etag = answer(client.request("GET", "/.well-known/jwks.json")).await.headers["etag"].clone();
        let app = &house.app;
        let new = rotation::rotate_now(&app.keys, &app.db, Algorithm::ES256, app.now()).await.expect("rotates");
        let kids: Vec<Value> = jwks(&client).await.iter().map(|key| key["kid"].clone()).collect();
        assert!(kids.contains(&json!(new)) && kids.contains(&old) && old != json!(new));
        let after = client.tokens(&mut browser, "ada", &[]).await;
        let (header, _) = client.verifies(after.text("id_token")).await.expect("a good signature");
        assert_eq!(header["kid"], new);
        client.verifies(before.text("id_token")).await.expect("still good");
        assert!(hinted(&client, &mut browser, before.text("id_token")).await);
        let unchanged = answer(client.request("GET", "/.well-known/jwks.json").header("if-none-match", etag)).await;
        assert_eq!(unchanged.status, 200, "a cache must notice");
        // It goes when nothing that it signed can be good any more.
        house.wait(house.config.keys.keep_retired + Duration::from_secs(1));
        rotation::tick(&app.keys, &app.db, &app.config.keys, app.now()).await.expect("looks after the keys");
        assert!(client.verifies(before.text("id_token")).await.is_none());
        assert!(
            house.config.keys.keep_retired > house.config.lifetimes.id_token + house.config.lifetimes.jwt_access_token
        );
    }

    async fn id_10_keys_change_under_load_and_no_relying_party_notices(house: House) {
        let house = House::with(house.kind, |config| {
            let hours = |n: u64| Duration::from_secs(n * 3600);
            (config.keys.rotate_after, config.keys.publish_before, config.keys.keep_retired) = (hours(4), hours(1), hours(2));
        });
        let house = house.await;
        house.person("ada").await;
        let client = house.client().await;
        let app = &house.app;
        let mut tokens = client.tokens(&mut house.browser(), "ada", &[]).await;
        let (mut cached, mut read, mut kids, mut lately) = (jwks(&client).await, house.now(), BTreeSet::new(), Vec::new());
        for _ in 0..120 {
            house.wait(Duration::from_secs(241));
            rotation::tick(&app.keys, &app.db, &app.config.keys, app.now()).await.expect("looks after the keys");
            // As long as the answer says that it may be kept.
            if house.now().secs_since(read) >= 300 {
                (cached, read) = (jwks(&client).await, house.now());
            }
            tokens = client.refreshes(tokens.text("refresh_token")).await.ok();
            lately.push((house.now(), tokens.text("id_token").to_owned()));
            lately.retain(|(made, _)| house.now().secs_since(*made) < 3600);
            for (_, token) in &lately {
                let kid = symbolon::crypto::jwt::read(token).expect("a JWT").kid;
                let key = cached.iter().find(|key| key["kid"].as_str() == kid.as_deref()).expect("the key is published");
                assert!(symbolon::crypto::jwt::verify(token, key, &["ES256"]).is_some());
                kids.insert(kid);
            }
        }
        assert!(kids.len() >= 3, "{kids:?}");
    }

    async fn id_03_a_forged_hint_is_nobodys_sign_in(house: House) {
        let sub = house.person("ada").await;
        house.person("ben").await;
        let client = house.client().await;
        let mut browser = house.browser();
        let tokens = client.tokens(&mut browser, "ada", &[]).await;
        let good = tokens.text("id_token");
        let bens = client.tokens(&mut house.browser(), "ben", &[]).await;
        assert!(hinted(&client, &mut browser, good).await);
        assert!(!hinted(&client, &mut browser, bens.text("id_token")).await, "somebody else is meant");
        let (header, read) = client.verifies(good).await.expect("a good signature");
        let key = jwks(&client).await.into_iter().find(|key| key["kid"] == header["kid"]).expect("its key");
        let encode = |value: &Value| base64url(value.to_string().as_bytes());
        // HS256 with what is public as the secret.
        for secret in [
            key.to_string(),
            key["x"].as_str().expect("x").to_owned(),
            header["kid"].as_str().expect("a kid").to_owned(),
        ] {
            let message =
                format!("{}.{}", encode(&json!({ "alg": "HS256", "typ": "JWT", "kid": header["kid"] })), encode(&read));
            let mac = jsonwebtoken::crypto::sign(
                message.as_bytes(),
                &jsonwebtoken::EncodingKey::from_secret(secret.as_bytes()),
                jsonwebtoken::Algorithm::HS256,
            );
            assert!(!hinted(&client, &mut browser, &format!("{message}.{}", mac.expect("signs"))).await);
        }
        let none =
            format!("{}.{}.", encode(&json!({ "alg": "none", "typ": "JWT", "kid": header["kid"] })), encode(&read));
        assert!(!hinted(&client, &mut browser, &none).await);
        let (stranger, _) = SigningKey::generate(Algorithm::ES256).expect("a key");
        assert!(!hinted(&client, &mut browser, &jwt::sign(&stranger, "JWT", &read).expect("signs")).await);
        let mut elsewhere = read.clone();
        elsewhere["iss"] = json!("https://other.example");
        let signed = house.app.keys.sign(Algorithm::ES256, "JWT", elsewhere).await.expect("signs");
        assert!(!hinted(&client, &mut browser, &signed).await, "another issuer's sub isn't ours");
        // §3.1.2.1: an expired one still says who is meant.
        house.wait(Duration::from_secs(7200));
        assert!(hinted(&client, &mut browser, good).await);
        assert_eq!(read["sub"], sub);
    }

    async fn id_05_to_08_headers_and_shapes_lead_nowhere(house: House) {
        let canary = std::net::TcpListener::bind("127.0.0.1:0").expect("binds");
        canary.set_nonblocking(true).expect("doesn't wait");
        let trap = format!("http://{}/keys", canary.local_addr().expect("an address"));
        house.person("ada").await;
        let client = house.client().await;
        let mut browser = house.browser();
        let tokens = client.tokens(&mut browser, "ada", &[]).await;
        let (header, read) = client.verifies(tokens.text("id_token")).await.expect("a good signature");
        let (stranger, _) = SigningKey::generate(Algorithm::ES256).expect("a key");
        let signed = |header: Value| {
            let message =
                format!("{}.{}", base64url(header.to_string().as_bytes()), base64url(read.to_string().as_bytes()));
            let signature = base64url(&stranger.sign(message.as_bytes()).expect("signs"));
            format!("{message}.{signature}")
        };
        let with = |more: Value| {
            let mut header = json!({ "alg": "ES256", "typ": "JWT" });
            header.as_object_mut().expect("an object").extend(more.as_object().expect("an object").clone());
            signed(header)
        };
        let kid = &header["kid"];
        let mut cases = Vec::new();
        for odd in [
            json!("../../dev/null"),
            json!("' OR 1=1--"),
            json!(["a"]),
            json!({"a": 1}),
            json!(7),
            json!(null),
            json!("k".repeat(3000)),
            json!("\u{0}"),
        ] {
            cases.push((format!("kid {odd:.20}"), with(json!({ "kid": odd }))));
        }
        for (name, value) in [
            ("jku", json!(trap)),
            ("x5u", json!(trap)),
            ("jwk", stranger.jwk.clone()),
            ("x5c", json!(["MIIB"])),
            ("crit", json!(["exp"])),
            ("b64", json!(false)),
            ("zip", json!("DEF")),
            ("cty", json!("JWT")),
        ] {
            cases.push((name.to_owned(), with(json!({ name: value }))));
            cases.push((format!("{name} and our kid"), with(json!({ name: value, "kid": kid }))));
        }
        let encode = |value: Value| base64url(value.to_string().as_bytes());
        let jwe = encode(
            json!({ "alg": "PBES2-HS512+A256KW", "enc": "A256GCM", "p2c": 2_147_483_647, "p2s": "AAAA", "zip": "DEF", "kid": kid }),
        );
        let good = tokens.text("id_token");
        let parts: Vec<&str> = good.split('.').collect();
        let deep = format!("{}{}", "[".repeat(5000), "]".repeat(5000));
        let deep_claims = format!("{{\"a\":{deep}}}");
        cases.extend([
            ("JWE".to_owned(), format!("{jwe}.AAAA.AAAA.AAAA.AAAA")),
            ("dots".to_owned(), ".".repeat(5000)),
            ("many dots".to_owned(), ".".repeat(60_000)),
            ("beyond the body limit".to_owned(), "A".repeat(1 << 20)),
            ("two dots".to_owned(), "..".to_owned()),
            ("deep header".to_owned(), format!("{}.{}.AA", base64url(deep_claims.as_bytes()), parts[1])),
            ("deep claims".to_owned(), format!("{}.{}.{}", parts[0], base64url(deep_claims.as_bytes()), parts[2])),
            ("array claims".to_owned(), format!("{}.{}.{}", parts[0], base64url(b"[]"), parts[2])),
            ("no claims".to_owned(), format!("{}..{}", parts[0], parts[2])),
            ("padded".to_owned(), format!("{}=.{}.{}", parts[0], parts[1], parts[2])),
            ("spaces".to_owned(), format!(" {good}")),
            ("invalid UTF-8".to_owned(), format!("{}.{}.{}", base64url(b"{\"alg\":\"\xff\"}"), parts[1], parts[2])),
            (
                "signed ours, typ changed".to_owned(),
                format!("{}.{}.{}", encode(json!({"alg": "ES256", "typ": "at+jwt", "kid": kid})), parts[1], parts[2]),
            ),
        ]);
        for (what, token) in &cases {
            nobody_takes(what, &client, &mut browser, token).await;
        }
        assert!(hinted(&client, &mut browser, good).await);
        assert!(canary.accept().is_err(), "somebody went where a token sent them");
    }

    async fn id_08_numbers_of_an_assertion_are_numbers(house: House) {
        let (key, _) = SigningKey::generate(Algorithm::ES256).expect("a key");
        let client = house
            .client_with(|m| {
                m.token_endpoint_auth_method = AuthMethod::PrivateKeyJwt;
                m.jwks = Some(json!({ "keys": [key.jwk] }));
                m.grant_types.push(GrantType::ClientCredentials);
            })
            .await;
        let now = house.now().secs();
        for (name, value) in [
            ("exp", json!(format!("{}", now + 60))),
            ("exp", json!(1e308)),
            ("exp", json!(-1)),
            ("exp", json!(null)),
            ("exp", json!([now + 60])),
            ("exp", json!(i64::MAX)),
            ("exp", json!(u64::MAX)),
            ("iat", json!("x")),
            ("iat", json!(i64::MAX)),
            ("nbf", json!(now + 3600)),
            ("nbf", json!(1e300)),
        ] {
            let mut wrong = assertion::claims(&house, &client.id);
            wrong[name] = value.clone();
            let signed = jwt::sign(&key, "JWT", &wrong).expect("signs");
            let form = [
                ("grant_type", "client_credentials"),
                ("client_assertion_type", assertion::TYPE),
                ("client_assertion", &signed),
            ];
            let refused = client.token(&form).await;
            assert_eq!((refused.status, &refused.body["error"]), (401, &json!("invalid_client")), "{name} {value}");
        }
        let signed = assertion::sign(&house, &client.id, &key);
        let form = [
            ("grant_type", "client_credentials"),
            ("client_assertion_type", assertion::TYPE),
            ("client_assertion", &signed),
        ];
        client.token(&form).await.ok();
    }

    async fn id_09_signatures_have_one_form(house: House) {
        house.person("ada").await;
        let mut browser = house.browser();
        for name in ["ES256", "EdDSA", "RS256"] {
            let client = house.client_with(alg(name)).await;
            let tokens = client.tokens(&mut browser, "ada", &[]).await;
            let (message, signature) = tokens.text("id_token").rsplit_once('.').expect("a signature");
            let raw = from_base64url(signature).expect("base64url");
            let mut cases = vec![
                ("empty", vec![]),
                ("truncated", raw[..raw.len() - 1].to_vec()),
                ("longer", [&raw[..], &[0]].concat()),
                ("zero", vec![0; raw.len()]),
                ("bent", [&raw[..raw.len() - 1], &[raw[raw.len() - 1] ^ 1]].concat()),
                ("swapped", [&raw[raw.len() / 2..], &raw[..raw.len() / 2]].concat()),
            ];
            if name == "ES256" {
                let number = |half: &[u8]| {
                    let padded = if half[0] & 0x80 == 0 { half.to_vec() } else { [&[0], half].concat() };
                    [&[2, u8::try_from(padded.len()).expect("short")], padded.as_slice()].concat()
                };
                let both = [number(&raw[..32]), number(&raw[32..])].concat();
                cases.push(("DER", [&[0x30, u8::try_from(both.len()).expect("short")], both.as_slice()].concat()));
            }
            if name == "EdDSA" {
                // RFC 8032 §5.1.7: s + L verifies the same equation, and must be refused.
                let order = symbolon::base::encoding::from_hex::<32>(
                    "edd3f55c1a631258d69cf7a2def9de1400000000000000000000000000000010",
                )
                .expect("L");
                let (mut carry, mut higher) = (0u16, raw.clone());
                for (byte, l) in higher[32..].iter_mut().zip(order) {
                    carry += u16::from(*byte) + u16::from(l);
                    *byte = u8::try_from(carry & 0xff).expect("a byte");
                    carry >>= 8;
                }
                cases.push(("s + L", higher));
            }
            for (what, bent) in cases {
                assert!(
                    !hinted(&client, &mut browser, &format!("{message}.{}", base64url(&bent))).await,
                    "{name} {what}"
                );
            }
            assert!(hinted(&client, &mut browser, tokens.text("id_token")).await, "{name}");
        }
    }

    async fn id_11_another_server_with_the_same_keys_is_another_issuer(house: House) {
        // Houses of one run have the same blueprint: the same signing keys, under the same kid, and the same MAC keys.
        let other = House::new(house.kind).await;
        let (mut browser, mut elsewhere) = (house.browser(), other.browser());
        house.person("ada").await;
        other.person("ada").await;
        let jwt = |m: &mut Metadata| m.access_token_format = Format::Jwt;
        for opaque in [true, false] {
            let here = if opaque { house.client().await } else { house.client_with(jwt).await };
            let there = if opaque { other.client().await } else { other.client_with(jwt).await };
            let tokens = here.tokens(&mut browser, "ada", &[]).await;
            let theirs = there.tokens(&mut elsewhere, "ada", &[]).await;
            assert_eq!(jwks(&here).await, jwks(&there).await);
            assert!(
                there.verifies(tokens.text("id_token")).await.is_some(),
                "the signature is good, and that isn't enough"
            );
            there.userinfo(tokens.text("access_token")).await.is(401, "invalid_token");
            assert!(
                !there.active(tokens.text("access_token")).await && !there.active(tokens.text("refresh_token")).await
            );
            there.refreshes(tokens.text("refresh_token")).await.is(400, "invalid_grant");
            assert!(!hinted(&there, &mut elsewhere, tokens.text("id_token")).await);
            there.revokes(tokens.text("access_token")).await;
            here.userinfo(tokens.text("access_token")).await.ok();
            there.userinfo(theirs.text("access_token")).await.ok();
        }
    }

    async fn id_12_no_header_changes_what_we_say_about_ourselves(house: House) {
        house.person("ada").await;
        let client = house.client().await;
        let evil = "evil.example";
        let paths = [
            "/",
            "/login",
            "/logout",
            "/setup",
            "/consent",
            "/nowhere",
            "/userinfo",
            "/health/ready",
            "/oauth2/auth",
            "/oauth2/auth/resume?go=x",
            "/.well-known/openid-configuration",
            "/.well-known/oauth-authorization-server",
            "/.well-known/jwks.json",
        ];
        let headers = [
            ("host", evil.to_owned()),
            ("x-forwarded-host", evil.to_owned()),
            ("x-forwarded-proto", format!("https{evil}")),
            ("x-forwarded-port", "66".to_owned()),
            ("x-forwarded-prefix", format!("/{evil}")),
            ("forwarded", format!("host={evil};proto=https")),
            ("x-original-url", format!("/{evil}")),
            ("x-rewrite-url", format!("/{evil}")),
            ("x-forwarded-server", evil.to_owned()),
            ("origin", format!("https://{evil}")),
            ("referer", format!("https://{evil}/")),
        ];
        let auth = client.auth_url(&[]).replace(&client.url, "");
        for path in paths.iter().copied().chain([auth.as_str()]) {
            for method in ["GET", "POST"] {
                for (name, value) in &headers {
                    let request = client.request(method, path).header(*name, value);
                    let response = if method == "POST" { request.form(&[("a", "b")]) } else { request }
                        .send()
                        .await
                        .expect("an answer");
                    let said = format!("{:?} {}", response.headers().clone(), response.text().await.expect("a body"));
                    assert!(!said.contains(evil) && !said.contains(":66"), "{method} {path} {name}: {said}");
                }
            }
        }
        let document = client.request("GET", "/.well-known/openid-configuration").header("host", evil);
        assert_eq!(answer(document).await.ok().body["issuer"], house.app.issuer());
        // An absolute target that contradicts the Host header, or names another one in both.
        use tokio::io::{AsyncReadExt, AsyncWriteExt};
        let own = client.url.trim_start_matches("http://").to_owned();
        for host in [own.as_str(), evil] {
            let mut socket = tokio::net::TcpStream::connect(&own).await.expect("connects");
            let target = format!("http://{evil}/.well-known/openid-configuration");
            let request = format!("GET {target} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n");
            socket.write_all(request.as_bytes()).await.expect("writes");
            let mut said = String::new();
            socket.read_to_string(&mut said).await.expect("reads");
            assert!(!said.contains(evil), "{said}");
            assert!(
                said.starts_with("HTTP/1.1 400") || said.contains(&format!("\"issuer\":\"{}\"", house.app.issuer())),
                "{said}"
            );
        }
    }

    async fn id_13_each_jwt_is_good_for_one_thing(house: House) {
        let sub = house.person("ada").await;
        let (key, _) = SigningKey::generate(Algorithm::ES256).expect("a key");
        let client = house
            .client_with(|m| {
                m.token_endpoint_auth_method = AuthMethod::PrivateKeyJwt;
                m.jwks = Some(json!({ "keys": [key.jwk] }));
                m.access_token_format = Format::Jwt;
                m.grant_types.push(GrantType::ClientCredentials);
            })
            .await;
        let proof = || assertion::sign(&house, &client.id, &key);
        let token = async |form: &[(&str, &str)]| {
            let proof = proof();
            let more = [("client_assertion_type", assertion::TYPE), ("client_assertion", proof.as_str())];
            client.token(&[form, &more].concat()).await
        };
        let mut browser = house.browser();
        let code = client.code(&mut browser, "ada", &[]).await;
        let verifier = crate::support::client::VERIFIER;
        let redeem = [
            ("grant_type", "authorization_code"),
            ("code", &code),
            ("redirect_uri", &client.redirect_uri),
            ("code_verifier", verifier),
        ];
        let tokens = token(&redeem).await.ok();
        let own = token(&[("grant_type", "client_credentials")]).await.ok();
        let sealed = house.client_with(|m| m.userinfo_signed_response_alg = Some("RS256".to_owned())).await;
        let at_sealed = sealed.tokens(&mut browser, "ada", &[]).await;
        let told = sealed.request("GET", "/userinfo").bearer_auth(at_sealed.text("access_token"));
        let userinfo = told.send().await.expect("an answer").text().await.expect("a text");
        assert!(sealed.verifies(&userinfo).await.is_some());
        let now = house.now().secs();
        let request = json!({
            "iss": client.id, "aud": house.app.issuer(), "client_id": client.id, "exp": now + 60, "iat": now, "jti": "r",
            "response_type": "code", "redirect_uri": client.redirect_uri, "scope": "openid"
        });
        let artefacts = [
            ("signed UserInfo", userinfo),
            ("request object", jwt::sign(&key, "oauth-authz-req+jwt", &request).expect("signs")),
            ("request object without type", jwt::sign(&key, "JWT", &request).expect("signs")),
            ("ID token", tokens.text("id_token").to_owned()),
            ("access token", tokens.text("access_token").to_owned()),
            ("machine's token", own.text("access_token").to_owned()),
            ("assertion", proof()),
            // What a client signs can say that it is something else.
            (
                "assertion as ID token",
                jwt::sign(
                    &key,
                    "JWT",
                    &json!({ "iss": house.app.issuer(), "sub": sub, "aud": client.id, "exp": house.now().secs() + 60 }),
                )
                .expect("signs"),
            ),
            (
                "assertion as access token",
                jwt::sign(&key, "at+jwt", &claims(tokens.text("access_token"))).expect("signs"),
            ),
            (
                "assertion of another type",
                jwt::sign(&key, "at+jwt", &assertion::claims(&house, &client.id)).expect("signs"),
            ),
        ];
        for (what, jwt) in &artefacts {
            let person = client.userinfo(jwt).await.status == 200;
            let proof = proof();
            let form =
                [("token", jwt.as_str()), ("client_assertion_type", assertion::TYPE), ("client_assertion", &proof)];
            let introspected = client.post("/oauth2/introspect", &form).await.ok().body["active"] == true;
            let hint = hinted(&client, &mut browser, jwt).await;
            let form = [
                ("grant_type", "client_credentials"),
                ("client_assertion_type", assertion::TYPE),
                ("client_assertion", jwt),
            ];
            let admitted = client.token(&form).await.status == 200;
            let refreshed = token(&[("grant_type", "refresh_token"), ("refresh_token", jwt)]).await.status == 200;
            let redeemed =
                token(&[("grant_type", "authorization_code"), ("code", jwt), ("redirect_uri", &client.redirect_uri)])
                    .await
                    .status
                    == 200;
            let view = browser.get(&client.auth_url(&[("request", jwt), ("prompt", "none")])).await;
            let requested = view.sent("error").as_deref() != Some("invalid_request_object");
            let bye = house.browser().get_once(&format!("/oauth2/sessions/logout?id_token_hint={jwt}")).await;
            let signs_out = bye.first("#trouble").is_none();
            let places = [person, introspected, hint, admitted, refreshed, redeemed, requested, signs_out];
            let expected = match *what {
                "ID token" => [false, false, true, false, false, false, false, true],
                "access token" => [true, true, false, false, false, false, false, false],
                "machine's token" => [false, true, false, false, false, false, false, false],
                "assertion" => [false, false, false, true, false, false, false, false],
                "request object" | "request object without type" => [false, false, false, false, false, false, true, false],
                _ => [false; 8],
            };
            assert_eq!(
                places, expected,
                "{what}: userinfo, introspection, hint, client authentication, refresh, code, request object, sign-out"
            );
        }
        assert_eq!(house.kind == Kind::Sqlite, house.app.db.kind() == "sqlite");
    }
}
