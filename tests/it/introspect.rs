//! RFC 7662: introspection; security.md, RV-06 to RV-08.

use crate::on_both;
use crate::support::client::answer;
use serde_json::json;
use std::time::Duration;
use symbolon::clients::{AuthMethod, GrantType};

const API: &str = "https://api.example/";

on_both! {
    async fn s2_2_an_access_token_is_told_in_full(house: House) {
        let sub = house.person("ada").await;
        let client = house.client().await;
        let tokens = client.tokens(&mut house.browser(), "ada", &[("scope", "openid offline email")]).await;
        let about = client.introspects(tokens.text("access_token")).await;
        let (iat, exp) = (about["iat"].as_i64().expect("iat"), about["exp"].as_i64().expect("exp"));
        assert_eq!(exp - iat, 3600);
        assert!((house.now().secs() - iat).abs() <= 5);
        for (name, expected) in [
            ("active", json!(true)),
            ("iss", json!(house.app.issuer())),
            ("client_id", json!(client.id)),
            ("sub", json!(sub)),
            ("username", json!("ada@example.com")),
            ("scope", json!("openid offline email")),
            ("token_type", json!("Bearer")),
            ("aud", json!(house.app.issuer())),
        ] {
            assert_eq!(about[name], expected, "{name}");
        }
        let refresh = client.introspects(tokens.text("refresh_token")).await;
        assert_eq!((&refresh["active"], &refresh["sub"]), (&json!(true), &json!(sub)));
        assert!(refresh.get("token_type").is_none(), "a refresh token is no Bearer token: {refresh}");
        // The address is for those who were allowed to hear of it.
        for (scope, told) in [("openid profile", false), ("openid email", true)] {
            let tokens = client.tokens(&mut house.browser(), "ada", &[("scope", scope)]).await;
            let about = client.introspects(tokens.text("access_token")).await;
            assert_eq!((about.get("username").is_some(), &about["sub"]), (told, &json!(sub)), "{scope}");
        }
    }

    async fn rv_06_only_clients_that_authenticate_may_ask(house: House) {
        house.person("ada").await;
        let client = house.client().await;
        let public = house.client_with(|m| m.token_endpoint_auth_method = AuthMethod::None).await;
        let tokens = client.tokens(&mut house.browser(), "ada", &[]).await;
        let form = [("token", tokens.text("access_token")), ("client_id", client.id.as_str())];
        answer(client.request("POST", "/oauth2/introspect").form(&form[..1])).await.is(401, "invalid_client");
        answer(client.request("POST", "/oauth2/introspect").form(&form)).await.is(401, "invalid_client");
        public.post("/oauth2/introspect", &form[..1]).await.is(401, "invalid_client");
        // Nor is a token a way to authenticate here.
        let bearer = client.request("POST", "/oauth2/introspect").bearer_auth(tokens.text("access_token"));
        answer(bearer.form(&form[..1])).await.is(401, "invalid_client");
        client.post("/oauth2/introspect", &[]).await.is(400, "invalid_request");
        assert_eq!(answer(client.request("GET", "/oauth2/introspect")).await.status, 405);
        assert!(client.active(tokens.text("access_token")).await);
    }

    async fn rv_07_a_token_is_nobody_elses_business(house: House) {
        house.person("ada").await;
        let client = house.client().await;
        let other = house.client().await;
        let any = house.client_with(|m| m.resource_server = true).await;
        let api = house
            .client_with(|m| {
                m.resource_server = true;
                m.resources = vec![API.to_owned()];
            })
            .await;
        let mut browser = house.browser();
        let plain = client.tokens(&mut browser, "ada", &[]).await;
        let elsewhere = client.tokens(&mut browser, "ada", &[("resource", "https://elsewhere.example/")]).await;
        let for_api = client.tokens(&mut browser, "ada", &[("resource", API)]).await;
        let nothing = json!({ "active": false });
        for (who, asker, sees) in [
            ("its client", &client, [true, true, true]),
            ("another client", &other, [false, false, false]),
            ("a resource server", &any, [true, false, false]),
            ("the resource server of the API", &api, [true, false, true]),
        ] {
            for (tokens, sees) in [&plain, &elsewhere, &for_api].into_iter().zip(sees) {
                let about = asker.introspects(tokens.text("access_token")).await;
                assert_eq!(about["active"], sees, "{who}: {about}");
                assert!(sees || about == nothing, "{who}: {about}");
            }
            // Refresh tokens concern their client alone.
            let about = asker.introspects(plain.text("refresh_token")).await;
            assert!(if who == "its client" { about["active"] == true } else { about == nothing }, "{who}: {about}");
        }
    }

    async fn rv_08_whatever_isnt_a_good_token_is_inactive_and_nothing_else(house: House) {
        house.person("ada").await;
        let client = house
            .client_with(|m| {
                m.grant_types.push(GrantType::ClientCredentials);
                m.scope.push_str(" read");
            })
            .await;
        let mut browser = house.browser();
        let tokens = client.tokens(&mut browser, "ada", &[]).await;
        let code = client.code(&mut browser, "ada", &[]).await;
        let revoked = client.tokens(&mut browser, "ada", &[]).await;
        client.revokes(revoked.text("refresh_token")).await.ok();
        let superseded = client.tokens(&mut browser, "ada", &[]).await;
        client.refreshes(superseded.text("refresh_token")).await.ok();
        let mut bent = tokens.text("access_token").to_owned();
        bent.replace_range(40..41, if &bent[40..41] == "A" { "B" } else { "A" });
        let disguised = tokens.text("refresh_token").replace("sym_rt_", "sym_at_");
        let renamed = code.replace("sym_ac_", "sym_at_");
        let mut cases = vec![
            ("code", code.clone()),
            ("code as access token", renamed),
            ("refresh as access token", disguised),
            ("session cookie", browser.cookies["sym_s"].clone()),
            ("browser cookie", browser.cookies["sym_b"].clone()),
            ("API token", "sym_pat_AAAAAAAAAAAAAAAAAAAAAAAA".to_owned()),
            ("client secret", client.secret.clone().expect("a secret")),
            ("ID token", tokens.text("id_token").to_owned()),
            ("revoked access", revoked.text("access_token").to_owned()),
            ("revoked refresh", revoked.text("refresh_token").to_owned()),
            ("superseded access", superseded.text("access_token").to_owned()),
            ("superseded refresh", superseded.text("refresh_token").to_owned()),
            ("bent", bent),
            ("padded", format!("{}=", tokens.text("access_token"))),
            ("twice", format!("{0}{0}", tokens.text("access_token"))),
            ("garbage", "\u{1f980}' OR 1=1--".to_owned()),
            ("long", "A".repeat(60_000)),
        ];
        let nothing = json!({ "active": false });
        for (what, token) in &cases {
            assert_eq!(client.introspects(token).await, nothing, "{what}");
        }
        assert!(client.active(tokens.text("access_token")).await);
        // The code was looked at, not spent.
        client.redeems(&code).await.ok();
        let own = client.token(&[("grant_type", "client_credentials")]).await.ok();
        assert!(client.active(own.text("access_token")).await);
        house.wait(Duration::from_secs(3601));
        cases = vec![
            ("expired access", tokens.text("access_token").to_owned()),
            ("expired machine", own.text("access_token").to_owned()),
        ];
        for (what, token) in &cases {
            assert_eq!(client.introspects(token).await, nothing, "{what}");
        }
        assert!(client.active(tokens.text("refresh_token")).await);
        house.wait(Duration::from_secs(31 * 86_400));
        assert_eq!(client.introspects(tokens.text("refresh_token")).await, nothing);
    }

    async fn rv_08_a_fault_is_told_as_a_fault(house: House) {
        house.person("ada").await;
        let client = house.client().await;
        let tokens = client.tokens(&mut house.browser(), "ada", &[]).await;
        house.app.db.fail_after(0);
        let refused = client.post("/oauth2/introspect", &[("token", tokens.text("access_token"))]).await;
        let userinfo = client.userinfo(tokens.text("access_token")).await;
        house.app.db.fail_after(-1);
        refused.is(503, "temporarily_unavailable");
        userinfo.is(503, "temporarily_unavailable");
        assert!(client.active(tokens.text("access_token")).await);
    }
}
