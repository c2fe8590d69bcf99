//! Who is believed to be a client: by secret, by signature, by name; and apps, service accounts, clients on their own.

use super::{CALLBACK, Party, refresh, refused};
use crate::support::assertion::TYPE;
use crate::support::client::answer;
use crate::support::provider::{App, Mode, Proof};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use symbolon::crypto::{Algorithm, SigningKey, jwt};

fn key() -> SigningKey {
    SigningKey::generate(Algorithm::ES256).expect("a key").0
}

#[tokio::test]
async fn a_client_proves_itself_in_its_own_way_with_any_of_its_secrets() {
    let at = Party::with(Mode::default()).await;
    let given = at.given();
    let form = refresh(&given.refresh_token);
    let token = || at.http.post(at.crm.at("token"));
    let posted = |secret| [&form[..], &[("client_id", "vault"), ("client_secret", secret)]].concat();
    let json = |secret| {
        json!({ "grant_type": "refresh_token", "refresh_token": given.refresh_token,
        "client_id": "vault", "client_secret": secret })
    };
    // The same three ways, right and wrong.
    for (secret, right) in [("s3cret", true), ("s3cret2", false), ("", false)] {
        let basic = answer(token().basic_auth("vault", Some(secret)).form(&form)).await;
        let post = answer(token().form(&posted(secret))).await;
        let json = answer(token().json(&json(secret))).await;
        for said in [basic, post, json] {
            if right { drop(said.ok()) } else { refused(&said, 401, "invalid_client") }
        }
    }
    refused(&answer(token().basic_auth("nobody", Some("s3cret")).form(&form)).await, 401, "invalid_client");
    refused(&answer(token().form(&form)).await, 401, "invalid_client");
    let by_name = [&form[..], &[("client_id", "vault")]].concat();
    refused(&answer(token().form(&by_name)).await, 401, "invalid_client");
    // Another client, by its own right secret.
    at.crm.registers(App::new("other", "s3cret", CALLBACK));
    let foreign = token().basic_auth("other", Some("s3cret")).form(&form);
    refused(&answer(foreign).await, 400, "invalid_grant");
    // RFC 6749 §2.3: one way.
    let twice = token().basic_auth("vault", Some("s3cret")).form(&posted("s3cret"));
    refused(&answer(twice).await, 400, "invalid_request");
    // Two live secrets, then only the new one.
    at.crm.secrets_are("vault", &["s3cret", "n3w"]);
    answer(token().form(&posted("s3cret"))).await.ok();
    answer(token().form(&posted("n3w"))).await.ok();
    at.crm.secrets_are("vault", &["n3w"]);
    refused(&answer(token().form(&posted("s3cret"))).await, 401, "invalid_client");
    answer(token().form(&posted("n3w"))).await.ok();
    // Only by name, as public clients do.
    at.crm.registers(App { proofs: vec![Proof::None], ..App::new("vault", "n3w", CALLBACK) });
    refused(&answer(token().form(&posted("n3w"))).await, 401, "invalid_client");
    answer(token().form(&by_name)).await.ok();
    // Its own word for it.
    at.crm.changes(|mode| (mode.client_error, mode.error_status) = ("bad_client".to_owned(), Some(200)));
    let said = answer(token().form(&posted("n3w"))).await;
    assert_eq!((said.status, said.text("error")), (200, "bad_client"));
}

#[tokio::test]
async fn rfc7523_an_assertion_is_for_this_provider_now_and_once() {
    let at = Party::with(Mode::default()).await;
    let (own, foreign) = (key(), key());
    at.crm.registers(App::signing("signer", &own.jwk));
    let given = at.crm.gives("signer", "ada", "");
    let now = at.clock.now().secs();
    let claims = |change: Value| {
        let mut claims = json!({ "iss": "signer", "sub": "signer", "aud": at.crm.url, "iat": now, "exp": now + 60 });
        claims["jti"] = json!(change.to_string());
        change.as_object().expect("an object").iter().for_each(|(name, value)| claims[name] = value.clone());
        claims
    };
    let sends = async |key: &SigningKey, claims: &Value| {
        let assertion = jwt::sign(key, "JWT", claims).expect("signs");
        let proof = [("client_assertion_type", TYPE), ("client_assertion", &*assertion)];
        let form = [&refresh(&given.refresh_token)[..], &proof].concat();
        answer(at.http.post(at.crm.at("token")).form(&form)).await
    };
    for wrong in [
        json!({ "aud": "https://other.example" }),
        json!({ "iss": "vault" }),
        json!({ "sub": "vault" }),
        json!({ "exp": now }),
        json!({ "exp": now + 3601 }),
        json!({ "iat": now + 5 }),
        json!({ "exp": null }),
        json!({ "jti": null }),
    ] {
        let said = sends(&own, &claims(wrong.clone())).await;
        assert_eq!((said.status, said.text("error")), (401, "invalid_client"), "{wrong}");
    }
    let right = claims(json!({}));
    refused(&sends(&foreign, &right).await, 401, "invalid_client");
    sends(&own, &right).await.ok();
    refused(&sends(&own, &right).await, 401, "invalid_client");
    sends(&own, &claims(json!({ "aud": at.crm.at("token") }))).await.ok();
    // Its clock is an hour behind ours, and its answers say so.
    at.crm.changes(|mode| mode.skew = -3600);
    let behind = sends(&own, &claims(json!({ "n": 2 }))).await;
    refused(&behind, 401, "invalid_client");
    let date = behind.headers["date"].to_str().expect("ASCII");
    let date = jiff::fmt::rfc2822::parse(date).unwrap_or_else(|why| panic!("{date}: {why}"));
    let ahead = at.clock.now().secs() - date.timestamp().as_second();
    assert!((3600..3660).contains(&ahead), "{ahead}");
}

#[tokio::test]
async fn clients_and_service_accounts_get_tokens_of_their_own() {
    let at = Party::with(Mode::default()).await;
    let own = at.posts("token", &[("grant_type", "client_credentials"), ("scope", "read")]).await.ok();
    assert_eq!((at.me(own.text("access_token")).await, own.text("scope")), (200, "read"));
    assert!(own.body.get("refresh_token").is_none());
    assert_eq!(at.crm.token_calls(&at.crm.grant_of("vault")), 1);
    refused(&at.posts("token", &[("grant_type", "password")]).await, 400, "unsupported_grant_type");
    refused(&at.posts("token", &[]).await, 400, "invalid_request");

    let robot = key();
    at.crm.registers(App::signing("robot@crm.example", &robot.jwk));
    let now = at.clock.now().secs();
    let mints = async |key: &SigningKey, change: Value| {
        let mut claims = json!({ "iss": "robot@crm.example", "sub": "ada", "aud": at.crm.at("token"),
            "iat": now, "exp": now + 3600, "scope": "read" });
        change.as_object().expect("an object").iter().for_each(|(name, value)| claims[name] = value.clone());
        let assertion = jwt::sign(key, "JWT", &claims).expect("signs");
        let form = [("grant_type", "urn:ietf:params:oauth:grant-type:jwt-bearer"), ("assertion", &*assertion)];
        answer(at.http.post(at.crm.at("token")).form(&form)).await
    };
    let minted = mints(&robot, json!({})).await.ok();
    assert_eq!(at.me(minted.text("access_token")).await, 200);
    for wrong in [json!({ "aud": at.crm.url }), json!({ "iat": now + 9 }), json!({ "exp": now + 3700 })] {
        refused(&mints(&robot, wrong).await, 400, "invalid_grant");
    }
    refused(&mints(&key(), json!({})).await, 400, "invalid_grant");
}

#[tokio::test]
async fn an_app_gets_at_its_installations_by_its_own_signature_with_strict_times() {
    let at = Party::with(Mode::default()).await;
    let own = key();
    let installations = BTreeMap::from([("77".to_owned(), "ada".to_owned())]);
    at.crm.registers(App { installations, ..App::signing("1234", &own.jwk) });
    let now = at.clock.now().secs();
    let proof = |key: &SigningKey, iat: i64, exp: i64, iss: &str| {
        jwt::sign(key, "JWT", &json!({ "iss": iss, "iat": iat, "exp": exp })).expect("signs")
    };
    let right = proof(&own, now - 60, now + 540, "1234");
    let seen = answer(at.http.get(at.crm.at("app/installations/77")).bearer_auth(&right)).await.ok();
    assert_eq!(seen.body, json!({ "id": 77, "account": { "id": "crm-ada" } }));
    let mint = async |id: &str, proof: &str| {
        let path = format!("app/installations/{id}/access_tokens");
        answer(at.http.post(at.crm.at(&path)).bearer_auth(proof)).await
    };
    let minted = mint("77", &right).await;
    assert_eq!(minted.status, 201);
    assert_eq!(at.me(minted.text("token")).await, 200);
    let expected = symbolon::base::Time::parse(minted.text("expires_at")).expect("a time");
    assert!((3590..=3600).contains(&expected.secs_since(at.clock.now())));
    assert_eq!(mint("78", &right).await.status, 404);
    for wrong in [
        proof(&own, now + 5, now + 300, "1234"),
        proof(&own, now - 60, now + 700, "1234"),
        proof(&own, now - 60, now - 1, "1234"),
        proof(&own, now - 60, now + 300, "4321"),
        proof(&key(), now - 60, now + 300, "1234"),
    ] {
        assert_eq!(mint("77", &wrong).await.status, 401);
    }
    // The person sees their own, nobody else's.
    let installed = async |user: &str| {
        let given = at.crm.gives("vault", user, "");
        answer(at.http.get(at.crm.at("user/installations")).bearer_auth(given.access_token)).await.ok().body
    };
    assert_eq!(installed("ada").await, json!({ "installations": [{ "id": 77 }] }));
    assert_eq!(installed("bob").await, json!({ "installations": [] }));
}
