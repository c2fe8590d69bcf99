//! RFC 6749 §2.3, RFC 7523, OIDC Core §9: a client proves who it is by the one method that it registered (TK-01 to TK-06,
//! TK-13 to TK-15, TK-21, TK-22).

use crate::on_both;
use crate::support::client::answer;
use crate::support::{Answer, Client, House};
use base64::Engine;
use serde_json::{Value, json};
use std::sync::OnceLock;
use std::time::Duration;
use symbolon::base::encoding::base64url;
use symbolon::clients::{AuthMethod, GrantType, Metadata};
use symbolon::crypto::{Algorithm, SigningKey, jwt};

const TYPE: &str = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";

/// Clients that want tokens for themselves: the shortest way to see whether one is admitted.
fn machine(m: &mut Metadata) {
    m.grant_types.push(GrantType::ClientCredentials);
    m.scope = "openid offline reports".to_owned();
}

fn by(method: AuthMethod) -> impl FnOnce(&mut Metadata) {
    move |m| {
        machine(m);
        m.token_endpoint_auth_method = method;
    }
}

async fn signer(house: &House, keys: &[&SigningKey]) -> Client {
    let jwks: Vec<&Value> = keys.iter().map(|key| &key.jwk).collect();
    house
        .client_with(|m| {
            by(AuthMethod::PrivateKeyJwt)(m);
            m.jwks = Some(json!({ "keys": jwks }));
        })
        .await
}

fn key(alg: Algorithm) -> SigningKey {
    SigningKey::generate(alg).expect("generates").0
}

/// RSA keys take long to make: one is enough for both databases.
fn rsa(alg: Algorithm) -> SigningKey {
    static PKCS8: OnceLock<Vec<u8>> = OnceLock::new();
    let pkcs8 = PKCS8.get_or_init(|| SigningKey::generate(Algorithm::RS256).expect("generates").1.to_vec());
    SigningKey::from_pkcs8(alg, pkcs8).expect("reads")
}

/// A right set of claims, each time with another `jti`.
fn right(house: &House, client: &Client) -> Value {
    let now = house.now().secs();
    let jti = symbolon::base::encoding::hex(&symbolon::base::id::uuid7(house.now()));
    json!({ "iss": client.id, "sub": client.id, "aud": house.url, "exp": now + 60, "iat": now, "jti": jti })
}

/// Asks for a token of its own with this assertion.
async fn asserts(client: &Client, assertion: &str) -> Answer {
    client
        .token(&[
            ("grant_type", "client_credentials"),
            ("client_assertion_type", TYPE),
            ("client_assertion", assertion),
        ])
        .await
}

/// A request with this Authorization header.
async fn with_header(house: &House, header: &[u8], form: &[(&str, &str)]) -> Answer {
    let header = reqwest::header::HeaderValue::from_bytes(header).expect("a header");
    answer(http(None).post(format!("{}/oauth2/token", house.url)).header("authorization", header).form(form)).await
}

#[expect(clippy::disallowed_methods, reason = "a relying party of the test, at an address of its choice")]
fn http(from: Option<std::net::IpAddr>) -> reqwest::Client {
    reqwest::Client::builder().no_proxy().local_address(from).build().expect("a client")
}

fn basic(id: &str, secret: &str) -> Vec<u8> {
    let pair = base64::prelude::BASE64_STANDARD.encode(format!("{id}:{secret}"));
    format!("Basic {pair}").into_bytes()
}

/// A compact JWS of any header, signed by anything.
fn forged(header: &Value, claims: &Value, sign: impl FnOnce(&[u8]) -> Vec<u8>) -> String {
    let message = format!("{}.{}", base64url(header.to_string().as_bytes()), base64url(claims.to_string().as_bytes()));
    let signature = base64url(&sign(message.as_bytes()));
    format!("{message}.{signature}")
}

fn hs256(key: &[u8], message: &[u8]) -> Vec<u8> {
    use hmac::{Hmac, KeyInit, Mac};
    let mut mac = Hmac::<sha2::Sha256>::new_from_slice(key).expect("any length");
    mac.update(message);
    mac.finalize().into_bytes().to_vec()
}

/// ERR(401, invalid_client), with the challenge that says how to do it.
#[track_caller]
fn refused(answer: &Answer, why: &str) {
    assert_eq!((answer.status, answer.body["error"].as_str()), (401, Some("invalid_client")), "{why}: {}", answer.body);
    answer.is(401, "invalid_client");
    let challenge = answer.headers.get("www-authenticate").map(|v| v.to_str().expect("ASCII")).unwrap_or_default();
    assert!(challenge.starts_with("Basic "), "{why}");
}

const MACHINE: [(&str, &str); 1] = [("grant_type", "client_credentials")];

on_both! {
    async fn tk_01_a_wrong_secret_looks_like_an_unknown_client(house: House) {
        let client = house.client_with(machine).await;
        let off = house.client_with(machine).await;
        house.disables_client(&off).await;
        let secret = client.secret.clone().expect("a secret");
        let ids = [&client.id, "0123456789abcdef0123456789abcdef", &off.id];
        let mut answers = Vec::new();
        for id in ids {
            for method in [AuthMethod::ClientSecretBasic, AuthMethod::ClientSecretPost] {
                let wrong =
                    Client { id: id.to_owned(), secret: Some("sym_cs_wrong".to_owned()), method, ..client.clone() };
                let answer = wrong.token(&MACHINE).await;
                refused(&answer, id);
                let mut headers: Vec<(String, String)> = answer
                    .headers
                    .iter()
                    .filter(|(name, _)| !["date", "x-request-id"].contains(&name.as_str()))
                    .map(|(name, value)| (name.to_string(), value.to_str().expect("ASCII").to_owned()))
                    .collect();
                headers.sort();
                answers.push((headers, answer.body.to_string()));
            }
        }
        answers.dedup();
        assert_eq!(answers.len(), 1, "{answers:#?}");
        refused(&Client { secret: off.secret.clone(), ..off }.token(&MACHINE).await, "disabled");
        refused(
            &Client { secret: Some(secret[..secret.len() - 1].to_owned()), ..client.clone() }.token(&MACHINE).await,
            "a prefix",
        );
        refused(&Client { secret: Some(format!("{secret} ")), ..client.clone() }.token(&MACHINE).await, "a space more");
        client.token(&MACHINE).await.ok();
    }

    async fn tk_02_one_method_at_a_time(house: House) {
        let client = house.client_with(machine).await;
        let secret = client.secret.clone().expect("a secret");
        let good = basic(&client.id, &secret);
        let assertion = jwt::sign(&key(Algorithm::ES256), "JWT", &right(&house, &client)).expect("signs");
        let with = |more: &[(&'static str, &str)]| -> Vec<(&'static str, String)> {
            MACHINE.iter().chain(more).map(|(name, value)| (*name, (*value).to_owned())).collect()
        };
        for form in [
            with(&[("client_id", &client.id), ("client_secret", &secret)]),
            with(&[("client_secret", &secret)]),
            with(&[("client_assertion_type", TYPE), ("client_assertion", &assertion)]),
            with(&[("client_id", "another")]),
        ] {
            let form: Vec<(&str, &str)> = form.iter().map(|(name, value)| (*name, value.as_str())).collect();
            with_header(&house, &good, &form).await.is(400, "invalid_request");
        }
        let both = with(&[
            ("client_id", &client.id),
            ("client_secret", &secret),
            ("client_assertion_type", TYPE),
            ("client_assertion", &assertion),
        ]);
        let both: Vec<(&str, &str)> = both.iter().map(|(name, value)| (*name, value.as_str())).collect();
        let url = format!("{}/oauth2/token", house.url);
        answer(http(None).post(&url).form(&both)).await.is(400, "invalid_request");
        let twice = http(None)
            .post(&url)
            .basic_auth(&client.id, Some(&secret))
            .header("authorization", "Bearer x")
            .form(&MACHINE);
        answer(twice).await.is(400, "invalid_request");
        // Some libraries send the identifier in both places.
        with_header(&house, &good, &[("grant_type", "client_credentials"), ("client_id", &client.id)]).await.ok();
    }

    async fn tk_03_no_method_stands_in_for_another(house: House) {
        let own = key(Algorithm::ES256);
        let mut clients = vec![
            house.client_with(by(AuthMethod::ClientSecretBasic)).await,
            house.client_with(by(AuthMethod::ClientSecretPost)).await,
            signer(&house, &[&own]).await,
        ];
        clients.push(house.client_with(|m| m.token_endpoint_auth_method = AuthMethod::None).await);
        for client in &clients {
            let secret = client.secret.clone().unwrap_or_else(|| "x".to_owned());
            for shown in [
                AuthMethod::ClientSecretBasic,
                AuthMethod::ClientSecretPost,
                AuthMethod::PrivateKeyJwt,
                AuthMethod::None,
            ] {
                let posing = Client { method: shown, secret: Some(secret.clone()), ..client.clone() };
                let assertion = jwt::sign(&own, "JWT", &right(&house, client)).expect("signs");
                let mut form = MACHINE.to_vec();
                if shown == AuthMethod::PrivateKeyJwt {
                    form.extend([("client_assertion_type", TYPE), ("client_assertion", assertion.as_str())]);
                }
                let answer = posing.token(&form).await;
                match (shown == client.method, client.method) {
                    // It is known; this grant isn't for it.
                    (true, AuthMethod::None) => answer.is(400, "unauthorized_client"),
                    (true, _) => drop(answer.ok()),
                    (false, _) => refused(&answer, &format!("{:?} by {shown:?}", client.method)),
                }
            }
            let empty = with_header(&house, &basic(&client.id, ""), &MACHINE).await;
            refused(&empty, "an empty secret");
        }
    }

    async fn tk_04_basic_is_form_decoded_or_refused(house: House) {
        let client = house.client_with(machine).await;
        let (id, secret) = (client.id.as_str(), client.secret.clone().expect("a secret"));
        let all_escaped: String = secret.bytes().map(|b| format!("%{b:02X}")).collect();
        for good in [
            basic(id, &secret),
            basic(id, &all_escaped),
            basic(&format!("%{:02x}{}", id.as_bytes()[0], &id[1..]), &secret),
        ] {
            with_header(&house, &good, &MACHINE).await.ok();
        }
        let lower = String::from_utf8(basic(id, &secret)).expect("ASCII").replace("Basic", "bAsIC");
        with_header(&house, lower.as_bytes(), &MACHINE).await.ok();
        let padded = String::from_utf8(basic(id, &secret)).expect("ASCII");
        for bad in [
            b"Basic".to_vec(),
            b"Basic ".to_vec(),
            b"Basic !!!".to_vec(),
            b"Basic YQ==".to_vec(),
            b"Basic =".to_vec(),
            b"Basic \xff\xfe".to_vec(),
            b"Basic //79".to_vec(),
            b"\xff".to_vec(),
            b"Basic Og==".to_vec(),
            format!("{padded} x").into_bytes(),
            format!("{padded}=").into_bytes(),
            padded.replace("Basic ", "Basic  ").into_bytes(),
            padded.replace("Basic ", "Basic\t").into_bytes(),
            padded.replace("Basic ", "Basic").into_bytes(),
            basic(id, "%zz"),
            basic(id, "%00"),
            basic(id, "%ff"),
            basic(id, &format!("{secret}:x")),
            basic(id, &format!(":{secret}")),
            basic("", &secret),
            basic(id, &secret.to_uppercase()),
            basic(&"x".repeat(5000), "y"),
            basic("%00", "y"),
            basic("'; DROP TABLE clients; --", "y"),
            basic(id, &format!("{secret}&a=b")),
            basic(id, &format!("{secret}+")),
            format!("Bearer {secret}").into_bytes(),
            format!("Token {secret}").into_bytes(),
            b"Digest username=x".to_vec(),
            b"Negotiate YQ==".to_vec(),
        ] {
            refused(&with_header(&house, &bad, &MACHINE).await, &String::from_utf8_lossy(&bad));
        }
        with_header(&house, &basic(id, &secret), &MACHINE).await.ok();
    }

    async fn tk_05_the_database_has_only_a_hash_of_a_secret(house: House) {
        let client = house.client_with(machine).await;
        let secret = client.secret.clone().expect("a secret");
        let text = house.tables().await["clients"].join("\n");
        assert!(text.contains(&client.id) && text.contains(&symbolon::base::encoding::fingerprint(secret.as_bytes())));
        assert!(!text.contains(&secret) && !text.contains(&secret[7..]));
    }

    async fn tk_06_guessing_is_counted_by_client_and_address(house: House) {
        let (client, other) = (house.client_with(machine).await, house.client_with(machine).await);
        let wrong = Client { secret: Some("sym_cs_wrong".to_owned()), ..client.clone() };
        for _ in 0..20 {
            refused(&wrong.token(&MACHINE).await, "wrong");
        }
        for stopped in [&wrong, &client] {
            let answer = stopped.token(&MACHINE).await;
            answer.is(429, "temporarily_unavailable");
            assert!(
                answer.headers["retry-after"].to_str().expect("ASCII").parse::<u32>().is_ok_and(|seconds| seconds > 0)
            );
        }
        // Nobody is locked out from elsewhere, nor another client from here.
        other.token(&MACHINE).await.ok();
        let elsewhere = http(Some([127, 0, 0, 2].into())).post(format!("{}/oauth2/token", house.url));
        answer(elsewhere.basic_auth(&client.id, client.secret.as_ref()).form(&MACHINE)).await.ok();
        // What a proxy would say counts only from a proxy that is trusted.
        let posing = http(None).post(format!("{}/oauth2/token", house.url)).header("x-forwarded-for", "192.0.2.7");
        answer(posing.basic_auth(&client.id, client.secret.as_ref()).form(&MACHINE))
            .await
            .is(429, "temporarily_unavailable");
        house.wait(Duration::from_secs(61));
        client.token(&MACHINE).await.ok();
    }

    async fn tk_13_only_the_clients_own_assertion_for_us_now(house: House) {
        let house = House::with(house.kind, |config| config.throttle.client = 1000).await;
        let own = key(Algorithm::ES256);
        let foreign = key(Algorithm::ES256);
        let client = signer(&house, &[&own]).await;
        let other = signer(&house, &[&foreign]).await;
        let now = house.now().secs();
        let changed = |name: &str, value: Value| {
            let mut claims = right(&house, &client);
            claims[name] = value;
            claims
        };
        let without = |name: &str| {
            let mut claims = right(&house, &client);
            claims.as_object_mut().expect("an object").remove(name);
            claims
        };
        let token_url = format!("{}/oauth2/token", house.url);
        let claims = [
            ("iss of another", changed("iss", json!(other.id))),
            ("no iss", without("iss")),
            ("iss is the server", changed("iss", json!(house.url))),
            ("sub of another", changed("sub", json!(other.id))),
            ("no sub", without("sub")),
            ("sub is a number", changed("sub", json!(7))),
            ("aud of another", changed("aud", json!("https://other.example"))),
            ("no aud", without("aud")),
            ("aud is the token endpoint", changed("aud", json!(token_url))),
            ("aud with a slash", changed("aud", json!(format!("{}/", house.url)))),
            ("aud is an array", changed("aud", json!([house.url]))),
            ("aud with a stranger", changed("aud", json!([house.url, "https://evil.test"]))),
            ("no exp", without("exp")),
            ("exp is text", changed("exp", json!((now + 60).to_string()))),
            ("exp is huge", changed("exp", json!(1e300))),
            ("exp is a fraction", changed("exp", serde_json::from_str(&format!("{}.5", now + 60)).expect("a number"))),
            ("exp is null", changed("exp", json!(null))),
            ("exp is over", changed("exp", json!(now - 31))),
            ("exp is negative", changed("exp", json!(-1))),
            ("exp is the largest number", changed("exp", json!(i64::MAX))),
            ("nbf to come", changed("nbf", json!(now + 61))),
            ("nbf is text", changed("nbf", json!("now"))),
            ("iat to come", changed("iat", json!(now + 61))),
            ("iat is text", changed("iat", json!("now"))),
            ("no jti", without("jti")),
            ("jti is empty", changed("jti", json!(""))),
            ("jti is a number", changed("jti", json!(7))),
            ("jti is long", changed("jti", json!("x".repeat(257)))),
            ("not an object", json!([1])),
        ];
        for (why, claims) in &claims {
            refused(&asserts(&client, &jwt::sign(&own, "JWT", claims).expect("signs")).await, why);
        }
        let claims = right(&house, &client);
        let sign = |message: &[u8]| own.sign(message).expect("signs");
        let point = [own.jwk["x"].as_str().expect("x"), own.jwk["y"].as_str().expect("y")].concat();
        let header = |alg: &str| json!({ "alg": alg, "typ": "JWT", "kid": own.kid });
        let with = |name: &str, value: Value| {
            let mut header = header("ES256");
            header[name] = value;
            header
        };
        let good = jwt::sign(&own, "JWT", &claims).expect("signs");
        let (message, signature) = good.rsplit_once('.').expect("a signature");
        let cut = |n: usize| format!("{message}.{}", &signature[..n]);
        let own_jwk = |key: &SigningKey| json!({ "alg": "ES256", "typ": "JWT", "jwk": key.jwk });
        let by_foreign = |message: &[u8]| foreign.sign(message).expect("signs");
        let assertions = [
            ("alg none", forged(&header("none"), &claims, |_| Vec::new())),
            ("alg None", forged(&header("None"), &claims, |_| Vec::new())),
            ("HS256 with the JWK", forged(&header("HS256"), &claims, |m| hs256(own.jwk.to_string().as_bytes(), m))),
            ("HS256 with the point", forged(&header("HS256"), &claims, |m| hs256(point.as_bytes(), m))),
            ("HS256 with nothing", forged(&header("HS256"), &claims, |m| hs256(b"", m))),
            ("another alg than the key's", forged(&header("ES384"), &claims, sign)),
            ("RS256 for an EC key", forged(&header("RS256"), &claims, sign)),
            ("no alg", forged(&json!({ "typ": "JWT", "kid": own.kid }), &claims, sign)),
            ("unknown kid", forged(&with("kid", json!("nobody")), &claims, sign)),
            ("kid is a path", forged(&with("kid", json!("../../dev/null")), &claims, sign)),
            ("kid is SQL", forged(&with("kid", json!("' OR 1=1--")), &claims, sign)),
            ("crit", forged(&with("crit", json!(["exp"])), &claims, sign)),
            ("typ of an access token", forged(&with("typ", json!("at+jwt")), &claims, sign)),
            ("another's key", forged(&header("ES256"), &claims, by_foreign)),
            ("another's key, its kid", jwt::sign(&foreign, "JWT", &claims).expect("signs")),
            ("key in the header", forged(&own_jwk(&foreign), &claims, by_foreign)),
            ("jku", forged(&json!({ "alg": "ES256", "jku": "https://evil.test/jwks" }), &claims, by_foreign)),
            ("x5u", forged(&json!({ "alg": "ES256", "x5u": "https://evil.test/x" }), &claims, by_foreign)),
            ("our own signature", house.app.keys.sign(Algorithm::ES256, "JWT", claims.clone()).await.expect("signs")),
            ("no signature", format!("{message}.")),
            ("half a signature", cut(43)),
            ("two parts", message.to_owned()),
            ("five parts", format!("{good}.x.y")),
            ("zeros", format!("{message}.{}", base64url(&[0; 64]))),
            (
                "other claims, same signature",
                format!(
                    "{}.{signature}",
                    forged(&header("ES256"), &right(&house, &client), |_| Vec::new()).trim_end_matches('.')
                ),
            ),
            ("nothing", "..".to_owned()),
            ("text", "hello".to_owned()),
            ("dots", ".".repeat(2000)),
            ("long", format!("{good}{}", "A".repeat(20_000))),
        ];
        for (why, assertion) in &assertions {
            refused(&asserts(&client, assertion).await, why);
        }
        // Another's assertion under this client's name, and the type that goes with it.
        let theirs = jwt::sign(&foreign, "JWT", &right(&house, &other)).expect("signs");
        let form = [
            ("grant_type", "client_credentials"),
            ("client_id", client.id.as_str()),
            ("client_assertion_type", TYPE),
            ("client_assertion", &theirs),
        ];
        refused(&client.token(&form).await, "client_id of another");
        let form =
            [("grant_type", "client_credentials"), ("client_assertion_type", "urn:x"), ("client_assertion", &theirs)];
        client.token(&form).await.is(400, "invalid_request");
        asserts(&other, &theirs).await.ok();
        let named = jwt::sign(&own, "client-authentication+jwt", &right(&house, &client)).expect("signs");
        asserts(&client, &named).await.ok();
        let untyped = forged(&json!({ "alg": "ES256" }), &right(&house, &client), sign);
        asserts(&client, &untyped).await.ok();
    }

    async fn tk_14_an_assertion_is_used_once(house: House) {
        let own = key(Algorithm::ES256);
        let client = signer(&house, &[&own]).await;
        let assertion = jwt::sign(&own, "JWT", &right(&house, &client)).expect("signs");
        asserts(&client, &assertion).await.ok();
        refused(&asserts(&client, &assertion).await, "again");
        refused(
            &client
                .post(
                    "/oauth2/revoke",
                    &[("token", "x"), ("client_assertion_type", TYPE), ("client_assertion", &assertion)],
                )
                .await,
            "elsewhere",
        );
        // The very jti of one client doesn't get in another's way.
        let other = signer(&house, &[&own]).await;
        let mut claims = right(&house, &client);
        asserts(&client, &jwt::sign(&own, "JWT", &claims).expect("signs")).await.ok();
        claims["iss"] = json!(other.id);
        claims["sub"] = json!(other.id);
        asserts(&other, &jwt::sign(&own, "JWT", &claims).expect("signs")).await.ok();
        // Of many at once, one.
        let assertion = jwt::sign(&own, "JWT", &right(&house, &client)).expect("signs");
        let mut runs = tokio::task::JoinSet::new();
        for _ in 0..10 {
            let (client, assertion) = (client.clone(), assertion.clone());
            runs.spawn(async move { asserts(&client, &assertion).await.status });
        }
        let mut statuses = runs.join_all().await;
        statuses.sort_unstable();
        assert_eq!(statuses, [[200].as_slice(), &[401; 9]].concat());
    }

    async fn tk_15_an_assertion_is_soon_over_and_forgotten(house: House) {
        let own = key(Algorithm::ES256);
        let client = signer(&house, &[&own]).await;
        let lasting = |seconds: i64| {
            let mut claims = right(&house, &client);
            claims["exp"] = json!(house.now().secs() + seconds);
            jwt::sign(&own, "JWT", &claims).expect("signs")
        };
        for seconds in [30 * 86_400, 3600, 340] {
            refused(&asserts(&client, &lasting(seconds)).await, "too long");
        }
        for seconds in [300, 60, 1] {
            asserts(&client, &lasting(seconds)).await.ok();
        }
        // Clocks differ a little.
        let mut claims = right(&house, &client);
        claims["iat"] = json!(house.now().secs() + 10);
        claims["nbf"] = json!(house.now().secs() + 10);
        asserts(&client, &jwt::sign(&own, "JWT", &claims).expect("signs")).await.ok();
        assert_eq!(house.tables().await["assertions"].len(), 4);
        // Forgotten a day after they ended: no clock that was ahead for a while makes a spent one good again.
        house.wait(Duration::from_secs(331 + 86_400));
        assert!(symbolon::oauth::grants::purge(&house.app.db, "", house.now()).await.expect("purges").is_none());
        assert!(house.tables().await["assertions"].is_empty());
    }

    async fn tk_21_an_old_secret_ends_with_its_overlap(house: House) {
        house.person("ada").await;
        let old = house
            .client_with(|m| {
                machine(m);
                m.trusted = true;
            })
            .await;
        let new = house.rotates_secret(&old, Duration::from_secs(60)).await;
        assert_ne!(old.secret, new.secret);
        old.token(&MACHINE).await.ok();
        new.token(&MACHINE).await.ok();
        house.wait(Duration::from_secs(61));
        refused(&old.token(&MACHINE).await, "after the overlap");
        new.token(&MACHINE).await.ok();
        let newest = house.rotates_secret(&new, Duration::ZERO).await;
        refused(&new.token(&MACHINE).await, "without overlap");
        let machines = newest.token(&MACHINE).await.ok();
        let persons = newest.tokens(&mut house.browser(), "ada", &[]).await;
        let watcher = house.client_with(|m| m.resource_server = true).await;
        assert!(
            watcher.active(machines.text("access_token")).await && watcher.active(persons.text("access_token")).await
        );
        house.deletes_client(&newest).await;
        refused(&newest.token(&MACHINE).await, "deleted");
        refused(&newest.refreshes(persons.text("refresh_token")).await, "deleted");
        for token in [machines.text("access_token"), persons.text("access_token")] {
            assert!(!watcher.active(token).await);
            assert_eq!(watcher.userinfo(token).await.status, 401);
        }
    }

    async fn tk_22_empty_is_missing_and_matches_nothing(house: House) {
        let own = key(Algorithm::ES256);
        let (secretful, keyed) =
            (house.client_with(by(AuthMethod::ClientSecretPost)).await, signer(&house, &[&own]).await);
        for client in [&secretful, &keyed] {
            let bare = Client { method: AuthMethod::PrivateKeyJwt, ..client.clone() };
            for more in [
                vec![("client_id", client.id.as_str()), ("client_secret", "")],
                vec![("client_id", client.id.as_str()), ("client_assertion_type", TYPE), ("client_assertion", "")],
                vec![("client_id", ""), ("client_secret", "")],
                vec![("client_id", ""), ("client_secret", "x")],
                vec![],
            ] {
                let form = [MACHINE.to_vec(), more].concat();
                refused(&bare.token(&form).await, &format!("{form:?}"));
            }
            refused(&with_header(&house, &basic("", ""), &MACHINE).await, "nothing");
        }
        for (grant, name) in [("authorization_code", "code"), ("refresh_token", "refresh_token")] {
            secretful.token(&[("grant_type", grant), (name, "")]).await.is(400, "invalid_request");
            secretful.token(&[("grant_type", grant)]).await.is(400, "invalid_request");
        }
        secretful.token(&[("grant_type", "")]).await.is(400, "invalid_request");
        secretful.post("/oauth2/revoke", &[("token", "")]).await.is(400, "invalid_request");
        secretful.post("/oauth2/introspect", &[("token", "")]).await.is(400, "invalid_request");
        secretful.token(&[("grant_type", "client_credentials"), ("scope", "")]).await.ok();
    }

    async fn oidc_s9_every_published_method_and_algorithm_works(house: House) {
        for method in [AuthMethod::ClientSecretBasic, AuthMethod::ClientSecretPost] {
            house.client_with(by(method)).await.token(&MACHINE).await.ok();
        }
        for key in [key(Algorithm::ES256), key(Algorithm::EdDSA), rsa(Algorithm::RS256), rsa(Algorithm::PS256)] {
            let client = signer(&house, &[&key]).await;
            let assertion = jwt::sign(&key, "JWT", &right(&house, &client)).expect("signs");
            asserts(&client, &assertion).await.ok();
            let about = client
                .post(
                    "/oauth2/introspect",
                    &[
                        ("token", "x"),
                        ("client_id", &client.id),
                        ("client_assertion_type", TYPE),
                        ("client_assertion", &jwt::sign(&key, "JWT", &right(&house, &client)).expect("signs")),
                    ],
                )
                .await
                .ok();
            assert_eq!(about.body, json!({ "active": false }));
        }
        // Two keys while one takes over from the other.
        let (old, new) = (key(Algorithm::ES256), key(Algorithm::EdDSA));
        let client = signer(&house, &[&old, &new]).await;
        for key in [&old, &new] {
            asserts(&client, &jwt::sign(key, "JWT", &right(&house, &client)).expect("signs")).await.ok();
        }
    }
}
