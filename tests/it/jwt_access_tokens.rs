//! RFC 9068: access tokens that resource servers read by themselves, and what calling one back still means.

use crate::on_both;
use crate::support::Client;
use crate::support::client::{answer, claims};
use serde_json::{Value, json};
use std::time::Duration;
use symbolon::clients::{Format, GrantType, Metadata};

const API: &str = "https://api.example/";

fn jwt(metadata: &mut Metadata) {
    metadata.access_token_format = Format::Jwt;
    metadata.grant_types.push(GrantType::ClientCredentials);
    metadata.scope.push_str(" read");
}

async fn machine(client: &Client, more: &[(&str, &str)]) -> String {
    let form: Vec<(&str, &str)> = [("grant_type", "client_credentials")].iter().chain(more).copied().collect();
    client.token(&form).await.ok().text("access_token").to_owned()
}

on_both! {
    async fn s2_a_resource_server_verifies_it_by_the_published_keys(house: House) {
        let sub = house.person("ada").await;
        let client = house.client_with(jwt).await;
        let tokens = client.tokens(&mut house.browser(), "ada", &[("scope", "openid offline email")]).await;
        let token = tokens.text("access_token");
        let (header, read) = client.verifies(token).await.expect("a good signature");
        // §2.1: the type, and an algorithm that every resource server knows.
        assert_eq!((&header["typ"], &header["alg"]), (&json!("at+jwt"), &json!("RS256")));
        for (name, expected) in [
            ("iss", json!(house.app.issuer())),
            ("aud", json!(house.app.issuer())),
            ("sub", json!(sub)),
            ("client_id", json!(client.id)),
            ("scope", json!("openid offline email")),
        ] {
            assert_eq!(read[name], expected, "{name}");
        }
        let (iat, exp) = (read["iat"].as_i64().expect("iat"), read["exp"].as_i64().expect("exp"));
        assert_eq!(exp - iat, 300, "five minutes: nobody calls it back offline");
        assert_eq!(tokens.body["expires_in"].as_i64(), Some(300));
        let id_token = claims(tokens.text("id_token"));
        assert_eq!(read["auth_time"], id_token["auth_time"]);
        assert_eq!(read["acr"], id_token["acr"]);
        // Two tokens never have the same name.
        let again = client.refreshes(tokens.text("refresh_token")).await.ok();
        assert_ne!(claims(again.text("access_token"))["jti"], read["jti"]);
        // Nothing about the person beyond who they are.
        for name in ["email", "name", "nonce", "sid", "at_hash"] {
            assert!(read.get(name).is_none(), "{name}");
        }
    }

    async fn s2_2_a_machines_token_has_the_client_as_its_subject(house: House) {
        let client = house.client_with(jwt).await;
        let token = machine(&client, &[("scope", "read")]).await;
        let (header, read) = client.verifies(&token).await.expect("a good signature");
        assert_eq!(header["typ"], "at+jwt");
        assert_eq!((&read["sub"], &read["client_id"]), (&json!(client.id), &json!(client.id)));
        assert_eq!(read["scope"], "read");
        assert!(read.get("auth_time").is_none());
        assert_ne!(claims(&machine(&client, &[]).await)["jti"], read["jti"]);
        let about = client.introspects(&token).await;
        assert_eq!((&about["active"], &about["sub"]), (&json!(true), &json!(client.id)));
        // There is no person behind it.
        client.userinfo(&token).await.is(403, "insufficient_scope");
    }

    async fn s3_the_audience_is_the_resource(house: House) {
        house.person("ada").await;
        let client = house.client_with(jwt).await;
        let mut browser = house.browser();
        let other = "https://other.example/v1";
        for (resources, aud) in
            [(vec![], json!(house.app.issuer())), (vec![API], json!(API)), (vec![API, other], json!([API, other]))]
        {
            let mut url = client.auth_url(&[]);
            resources.iter().for_each(|r| {
                url.push_str(&format!(
                    "&resource={}",
                    url::form_urlencoded::byte_serialize(r.as_bytes()).collect::<String>()
                ))
            });
            let code = browser.allows(&url, "ada").await.sent("code").expect("a code");
            let tokens = client.redeems(&code).await.ok();
            assert_eq!(claims(tokens.text("access_token"))["aud"], aud);
            let form: Vec<(&str, &str)> = resources.iter().map(|r| ("resource", *r)).collect();
            assert_eq!(claims(&machine(&client, &form).await)["aud"], aud);
        }
    }

    async fn s4_a_revoke_shows_where_the_server_is_asked(house: House) {
        house.person("ada").await;
        let client = house.client_with(jwt).await;
        let mut browser = house.browser();
        // The token itself; its grant; the refresh that followed.
        let tokens = client.tokens(&mut browser, "ada", &[]).await;
        let token = tokens.text("access_token");
        client.userinfo(token).await.ok();
        assert!(client.active(token).await);
        client.revokes(token).await.ok();
        assert_eq!(client.introspects(token).await, json!({ "active": false }));
        client.userinfo(token).await.is(401, "invalid_token");
        let next = client.refreshes(tokens.text("refresh_token")).await.ok();
        client.userinfo(next.text("access_token")).await.ok();
        client.revokes(next.text("refresh_token")).await.ok();
        assert!(!client.active(next.text("access_token")).await);
        let tokens = client.tokens(&mut browser, "ada", &[]).await;
        let next = client.refreshes(tokens.text("refresh_token")).await.ok();
        client.userinfo(tokens.text("access_token")).await.is(401, "invalid_token");
        client.userinfo(next.text("access_token")).await.ok();
        // A machine's.
        let (one, two) = (machine(&client, &[]).await, machine(&client, &[]).await);
        client.revokes(&one).await.ok();
        assert!(!client.active(&one).await && client.active(&two).await);
        // Another client's are left alone.
        let other = house.client_with(jwt).await;
        other.revokes(&two).await.is(400, "unauthorized_client");
        other.revokes(next.text("access_token")).await.is(400, "unauthorized_client");
        assert!(client.active(&two).await && client.active(next.text("access_token")).await);
    }

    async fn s4_an_expired_one_opens_nothing(house: House) {
        house.person("ada").await;
        let client = house.client_with(jwt).await;
        let tokens = client.tokens(&mut house.browser(), "ada", &[]).await;
        let own = machine(&client, &[]).await;
        house.wait(Duration::from_secs(299));
        client.userinfo(tokens.text("access_token")).await.ok();
        assert!(client.active(&own).await);
        house.wait(Duration::from_secs(2));
        client.userinfo(tokens.text("access_token")).await.is(401, "invalid_token");
        assert!(!client.active(tokens.text("access_token")).await);
        assert!(!client.active(&own).await);
        client.refreshes(tokens.text("refresh_token")).await.ok();
    }

    async fn s4_only_our_own_signature_counts(house: House) {
        use symbolon::crypto::{Algorithm, SigningKey, jwt};
        house.person("ada").await;
        let client = house.client_with(jwt_and_es256).await;
        let tokens = client.tokens(&mut house.browser(), "ada", &[]).await;
        let token = tokens.text("access_token");
        client.userinfo(token).await.ok();
        let (stranger, _) = SigningKey::generate(Algorithm::ES256).expect("a key");
        let read = claims(token);
        let signed = |typ: &str, claims: &Value| jwt::sign(&stranger, typ, claims).expect("signs");
        let kid = jsonwebtoken::decode_header(token).expect("a header").kid.expect("a kid");
        let parts: Vec<&str> = token.split('.').collect();
        let header = |value: Value| symbolon::base::encoding::base64url(value.to_string().as_bytes());
        let with = |head: Value, signature: &str| format!("{}.{}.{signature}", header(head), parts[1]);
        let mut more = read.clone();
        more["scope"] = json!("openid offline email profile phone address");
        let forged = [
            signed("at+jwt", &read),
            with(json!({ "alg": "none", "typ": "at+jwt", "kid": kid }), ""),
            with(json!({ "alg": "RS256", "typ": "at+jwt" }), parts[2]),
            with(json!({ "alg": "PS256", "typ": "at+jwt", "kid": kid }), parts[2]),
            with(json!({ "alg": "HS256", "typ": "at+jwt", "kid": kid }), parts[2]),
            format!("{}.{}.{}", parts[0], header(more), parts[2]),
            format!("{}.{}.", parts[0], parts[1]),
            format!("{}.{}", parts[0], parts[1]),
            format!("{token}.{}", parts[2]),
            format!("{token}=="),
        ];
        for forged in &forged {
            let answer = answer(client.request("GET", "/userinfo").bearer_auth(forged)).await;
            answer.is(401, "invalid_token");
            assert!(!client.active(forged).await, "{forged}");
        }
        client.userinfo(token).await.ok();
    }
}

fn jwt_and_es256(metadata: &mut Metadata) {
    jwt(metadata);
    metadata.id_token_signed_response_alg = Some("ES256".to_owned());
}
