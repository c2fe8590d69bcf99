//! The way of a person and a code: the page, what it refuses, what the code gives and when it doesn't.

use super::{CALLBACK, Party, param, refused, secs};
use crate::support::Browser;
use crate::support::client::{VERIFIER, answer};
use crate::support::provider::mode::{Iss, Offline};
use crate::support::provider::{App, Mode};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use symbolon::crypto::jwt;
use symbolon::oauth::pkce;

#[tokio::test]
async fn a_person_picks_who_they_are_and_the_client_gets_tokens_that_work() {
    let at = Party::with(Mode::default()).await;
    let challenge = pkce::transform(VERIFIER);
    let url = at.authorize(&[
        ("scope", "openid read write"),
        ("nonce", "n-1"),
        ("code_challenge", &challenge),
        ("code_challenge_method", "S256"),
    ]);
    let mut browser = Browser::to(&at.provider.origin);
    let page = browser.get(&url).await;
    assert_eq!(page.status, 200);
    assert!(page.text().contains("vault wants to use your account"), "{}", page.text());
    let mut fields = page.form("form#consent");
    assert_eq!(fields.iter().filter(|(name, _)| name == "scope").count(), 3);
    // Bob, and not `write`.
    fields.retain(|(name, value)| name != "user" && value != "write");
    fields.extend([("user", "bob"), ("decision", "allow")].map(|(name, value)| (name.to_owned(), value.to_owned())));
    let back = browser.post(&at.crm.at("authorize"), &fields).await;
    assert_eq!((back.status, back.sent("state").as_deref(), back.sent("iss")), (302, Some("xyz"), None));
    assert!(back.location().starts_with(CALLBACK));
    let again = browser.post(&at.crm.at("authorize"), &fields).await;
    assert_eq!(again.status, 400, "a page decides once");

    let code = back.sent("code").expect("a code");
    let tokens = at.redeems(&code, &[("code_verifier", VERIFIER)]).await.ok();
    assert_eq!((tokens.text("scope"), &tokens.body["expires_in"]), ("openid read", &json!(3600)));
    let keys = answer(at.http.get(at.crm.at("jwks"))).await.body;
    let claims = jwt::verify(tokens.text("id_token"), &keys["keys"][0], &["ES256"]).expect("signed");
    let [iss, aud, sub] = ["iss", "aud", "sub"].map(|name| claims[name].as_str().expect("a text"));
    assert_eq!((iss, aud, sub, &claims["nonce"]), (&*at.crm.url, "vault", "crm-bob", &json!("n-1")));

    let access = tokens.text("access_token");
    assert_eq!(at.me(access).await, 200);
    assert_eq!(at.me("crm-access-no").await, 401);
    let person = answer(at.http.get(at.crm.at("userinfo")).bearer_auth(access)).await.ok().body;
    assert_eq!((&person["sub"], &person["email"]), (&json!("crm-bob"), &json!("bob@crm.example")));
    assert_eq!(at.posts("introspect", &[("token", access)]).await.ok().body["active"], true);
    at.posts("revoke", &[("token", tokens.text("refresh_token"))]).await.ok();
    assert_eq!(at.me(access).await, 401);
    assert_eq!(at.posts("introspect", &[("token", access)]).await.ok().body, json!({ "active": false }));
    refused(&at.refreshes(tokens.text("refresh_token")).await, 400, "invalid_grant");
}

#[tokio::test]
async fn the_page_refuses_what_isnt_registered_and_tells_the_client_the_rest() {
    let at = Party::with(Mode { pkce_required: true, ..Mode::default() }).await;
    let challenge = pkce::transform(VERIFIER);
    let right = [("code_challenge", &*challenge), ("code_challenge_method", "S256")];
    let with = |more: &[(&str, &str)]| at.authorize(&[&right[..], more].concat());
    let mut browser = Browser::to(&at.provider.origin);
    for wrong in [
        ("client_id", "nobody"),
        ("redirect_uri", "https://vault.example/connect/callback/crm/"),
        ("redirect_uri", "https://vault.example/connect/callback/crm?x=1"),
        ("redirect_uri", ""),
    ] {
        let view = browser.get(&with(&[wrong])).await;
        assert_eq!((view.status, view.location()), (400, ""), "{wrong:?}");
    }
    for (wrong, error) in [
        (("response_type", "token"), "unsupported_response_type"),
        (("code_challenge_method", "plain"), "invalid_request"),
        (("code_challenge", ""), "invalid_request"),
        (("code_challenge", "short"), "invalid_request"),
        (("prompt", "none"), "login_required"),
    ] {
        let view = browser.get(&with(&[wrong])).await;
        assert_eq!((view.status, view.sent("error").as_deref()), (302, Some(error)), "{wrong:?}");
        assert_eq!(view.sent("state").as_deref(), Some("xyz"));
    }
    let denied = at.crm.denies(&with(&[])).await;
    assert_eq!((param(&denied, "error").as_deref(), param(&denied, "code")), (Some("access_denied"), None));
    let allowed = at.crm.allows(&with(&[]), "cyd").await;
    assert!(param(&allowed, "code").is_some());
    assert_eq!(at.crm.hits("authorize"), 4 + 5 + 2 + 2);
}

#[tokio::test]
async fn a_code_is_for_its_client_its_redirect_uri_its_verifier_once_and_for_thirty_seconds() {
    let at = Party::with(Mode { decides: Some("ada".to_owned()), ..Mode::default() }).await;
    at.crm.registers(App::new("other", "s3cret", CALLBACK));
    let challenge = pkce::transform(VERIFIER);
    let url = at.authorize(&[("code_challenge", &challenge), ("code_challenge_method", "S256")]);
    let code = async || {
        let sent = at.http.get(&url).send().await.expect("an answer");
        param(sent.headers()["location"].to_str().expect("ASCII"), "code").expect("a code")
    };
    let right = [("code_verifier", VERIFIER)];
    let first = code().await;
    for wrong in [
        &[("code_verifier", "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXX")][..],
        &[],
        &[("code_verifier", VERIFIER), ("redirect_uri", "https://vault.example/other")],
        &[("code_verifier", VERIFIER), ("code", "no")],
    ] {
        refused(&at.redeems(&first, wrong).await, 400, "invalid_grant");
    }
    let form = [("grant_type", "authorization_code"), ("code", &*first), ("redirect_uri", CALLBACK), right[0]];
    let foreign = at.http.post(at.crm.at("token")).basic_auth("other", Some("s3cret")).form(&form);
    refused(&answer(foreign).await, 400, "invalid_grant");
    let tokens = at.redeems(&first, &right).await.ok();
    // §4.1.2: used twice, it ends what it gave.
    assert_eq!(at.me(tokens.text("access_token")).await, 200);
    refused(&at.redeems(&first, &right).await, 400, "invalid_grant");
    assert_eq!(at.me(tokens.text("access_token")).await, 401);
    refused(&at.refreshes(tokens.text("refresh_token")).await, 400, "invalid_grant");

    let late = code().await;
    at.wait(secs(31));
    refused(&at.redeems(&late, &right).await, 400, "invalid_grant");
    let soon = code().await;
    at.wait(secs(15));
    at.redeems(&soon, &right).await.ok();
    // RFC 9700 §2.1.1: a verifier for a request that had no challenge.
    let sent = at.http.get(at.authorize(&[])).send().await.expect("an answer");
    let bare = param(sent.headers()["location"].to_str().expect("ASCII"), "code").expect("a code");
    refused(&at.redeems(&bare, &right).await, 400, "invalid_grant");
    at.redeems(&bare, &[]).await.ok();
}

#[tokio::test]
async fn the_callback_names_who_it_should_and_what_else_there_is() {
    let callback = BTreeMap::from([("realmId".to_owned(), "realm-{user}".to_owned())]);
    let at = Party::with(Mode { iss: Iss::Own, callback, ..Mode::default() }).await;
    let url = at.authorize(&[]);
    let sent = at.crm.allows(&url, "bob").await;
    let (iss, realm) = (param(&sent, "iss"), param(&sent, "realmId"));
    assert_eq!((iss.as_deref(), realm.as_deref()), (Some(&*at.crm.url), Some("realm-crm-bob")));
    let metadata = answer(at.http.get(at.crm.at(".well-known/openid-configuration"))).await.ok().body;
    assert_eq!(metadata["authorization_response_iss_parameter_supported"], true);
    assert_eq!(metadata["issuer"], json!(at.crm.url));
    // RFC 8414 §3.1
    let other = format!("{}/.well-known/oauth-authorization-server/p/crm", at.provider.origin);
    assert_eq!(answer(at.http.get(other)).await.ok().body, metadata);
    at.crm.changes(|mode| mode.iss = Iss::Other("https://evil.example".to_owned()));
    assert_eq!(param(&at.crm.allows(&url, "bob").await, "iss").as_deref(), Some("https://evil.example"));
    // Another place to return to, and other people.
    at.crm.returns_to("vault", "https://vault.example/new?a=b");
    at.crm.knows(&["dora"]);
    let url = at.authorize(&[("redirect_uri", "https://vault.example/new?a=b")]);
    assert!(at.crm.allows(&url, "dora").await.starts_with("https://vault.example/new?a=b&code="));
}

#[tokio::test]
async fn a_refresh_token_comes_when_the_provider_gives_one() {
    let at = Party::with(Mode::default()).await;
    let cases = [
        (Offline::Always, &[][..], true),
        (Offline::Never, &[("scope", "offline_access")], false),
        (Offline::Scope, &[("scope", "read")], false),
        (Offline::Scope, &[("scope", "read offline_access")], true),
        (Offline::Asked, &[("prompt", "consent")], false),
        (Offline::Asked, &[("access_type", "offline")], false),
        (Offline::Asked, &[("access_type", "offline"), ("prompt", "consent")], true),
        (Offline::Asked, &[("access_type", "offline"), ("login_hint", "cyd")], true),
    ];
    for (offline, more, expected) in cases {
        at.crm.changes(|mode| mode.offline = offline);
        let user = if more.iter().any(|(name, _)| *name == "login_hint") { "cyd" } else { "ada" };
        let code = param(&at.crm.allows(&at.authorize(more), user).await, "code").expect("a code");
        let tokens = at.redeems(&code, &[]).await.ok().body;
        assert_eq!(tokens["refresh_token"].is_string(), expected, "{offline:?} {more:?}");
    }
}

#[tokio::test]
async fn answers_and_identities_have_the_shape_of_any_vendor() {
    let at = Party::with(Mode {
        answer: Some(json!({
            "ok": true,
            "authed_user": { "id": "$user", "access_token": "$access_token", "refresh": "$refresh_token" },
            "team": { "id": "T1" },
            "nothing": "$id_token",
        })),
        identity: BTreeMap::from([("2/users/me".to_owned(), json!({ "data": [{ "id": "$user" }] }))]),
        tenants: vec![json!({ "tenantId": "t-1" }), json!({ "tenantId": "t-2", "owner": "$user" })],
        paths: BTreeMap::from([("api/oauth.v2.access".to_owned(), "token".to_owned())]),
        ..Mode::default()
    })
    .await;
    let given = at.given();
    let tokens = at.posts("api/oauth.v2.access", &super::refresh(&given.refresh_token)).await.ok().body;
    assert_eq!(tokens["authed_user"]["id"], "crm-ada");
    assert_eq!((&tokens["authed_user"]["refresh"], &tokens["nothing"]), (&Value::Null, &Value::Null));
    let access = tokens["authed_user"]["access_token"].as_str().expect("a token");
    let get = async |path: &str| answer(at.http.get(at.crm.at(path)).bearer_auth(access)).await;
    assert_eq!(get("2/users/me").await.ok().body["data"][0]["id"], "crm-ada");
    assert_eq!(get("2/users/you").await.status, 404);
    let tenants = get("api/connections").await.ok().body;
    assert_eq!(tenants, json!([{ "tenantId": "t-1" }, { "tenantId": "t-2", "owner": "crm-ada" }]));
    assert_eq!((at.crm.hits("token"), at.crm.token_calls(&given.grant)), (1, 1));
}
