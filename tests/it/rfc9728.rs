//! RFC 9728: our own APIs say where a token for them comes from, and a token for one of them opens that one.

use crate::on_both;
use crate::support::House;
use reqwest::Response;
use serde_json::{Value, json};
use symbolon::clients::GrantType;

const DOCUMENT: &str = "/.well-known/oauth-protected-resource";

async fn asks(house: &House, path: &str, token: Option<&str>) -> Response {
    let request = crate::support::http().get(format!("{}{path}", house.url));
    let request = match token {
        Some(token) => request.bearer_auth(token),
        None => request,
    };
    request.send().await.expect("an answer")
}

fn challenge(answer: &Response) -> &str {
    answer.headers()["www-authenticate"].to_str().expect("ASCII")
}

on_both! {
    async fn s3_the_documents_name_the_resource_and_its_authorization_server(house: House) {
        let issuer = house.app.issuer().to_owned();
        for (path, scope, methods) in [
            ("", "openid", json!(["header", "body"])),
            ("/v1", "symbolon:admin", json!(["header"])),
            ("/v1/workspaces", "symbolon:workspaces", json!(["header"])),
        ] {
            let answer = asks(&house, &format!("{DOCUMENT}{path}"), None).await;
            assert_eq!(answer.status(), 200);
            assert_eq!(answer.headers()["content-type"], "application/json");
            assert_eq!(answer.headers()["access-control-allow-origin"], "*");
            let document: Value = answer.json().await.expect("JSON");
            // §3.3: byte for byte what the client derived the address from.
            assert_eq!(document, json!({
                "resource": format!("{issuer}{path}"),
                "authorization_servers": [issuer],
                "scopes_supported": [scope],
                "bearer_methods_supported": methods,
            }));
        }
        assert_eq!(asks(&house, &format!("{DOCUMENT}/v2"), None).await.status(), 404);
    }

    async fn s5_1_a_challenge_leads_from_the_api_to_its_document(house: House) {
        for (api, path, scope) in [
            ("/userinfo", "", "openid"),
            ("/v1/admin/clients", "/v1", "symbolon:admin"),
            ("/v1/workspaces", "/v1/workspaces", "symbolon:workspaces"),
        ] {
            let document = format!("resource_metadata=\"{}{DOCUMENT}{path}\"", house.app.issuer());
            let stranger = asks(&house, api, None).await;
            assert_eq!(stranger.status(), 401);
            // RFC 6750 §3.1: no error code for who didn't try.
            assert_eq!(challenge(&stranger), format!("Bearer realm=\"symbolon\", scope=\"{scope}\", {document}"));
            let forger = asks(&house, api, Some("sym_at_forged")).await;
            assert_eq!(forger.status(), 401);
            assert!(challenge(&forger).contains("error=\"invalid_token\"") && challenge(&forger).ends_with(&document));
            // The address in the challenge is one that answers.
            let found = asks(&house, &format!("{DOCUMENT}{path}"), None).await;
            assert_eq!(found.status(), 200);
        }
        let client = house.client_with(|m| {
            m.grant_types = vec![GrantType::ClientCredentials];
            m.response_types.clear();
            m.redirect_uris.clear();
            m.scope = "read".to_owned();
        });
        let token = client.await.token(&[("grant_type", "client_credentials")]).await.ok();
        let narrow = asks(&house, "/v1/admin/clients", Some(token.text("access_token"))).await;
        assert_eq!(narrow.status(), 403);
        assert!(challenge(&narrow).contains("error=\"insufficient_scope\"") && challenge(&narrow).contains(&format!("{DOCUMENT}/v1")));
    }

    async fn rfc8707_s2_a_token_opens_the_api_that_it_is_for(house: House) {
        let client = house.client_with(|m| {
            m.grant_types = vec![GrantType::ClientCredentials];
            m.response_types.clear();
            m.redirect_uris.clear();
            m.resources.clear();
            m.scope = "symbolon:admin".to_owned();
            m.admin = true;
        });
        let client = client.await;
        let issuer = house.app.issuer().to_owned();
        let v1 = format!("{issuer}/v1");
        let slash = format!("{issuer}/v1/").replace("http", "HTTP");
        let others = [format!("{issuer}/v"), format!("{issuer}/v1//"), "https://evil.example/v1".to_owned(), "https://api.example/".to_owned()];
        for (resource, status) in [(&issuer, 200), (&v1, 200), (&slash, 200)].into_iter().chain(others.iter().map(|other| (other, 401))) {
            let token = client.token(&[("grant_type", "client_credentials"), ("resource", resource)]).await.ok();
            let answer = asks(&house, "/v1/admin/clients", Some(token.text("access_token"))).await;
            assert_eq!(answer.status(), status, "{resource}");
        }
    }
}
