//! Lines of oidc.md that hold across rooms: metadata, keys, claims.

use crate::on_both;
use crate::support::client::answer;
use serde_json::Value;
use std::collections::BTreeSet;

/// RFC 8414 §2, Discovery §3, the logout specifications, RFC 7591, 7636, 8628, 8705, 9101, 9126, 9207, 9449, 9728, CIMD.
const KNOWN: &str = "issuer authorization_endpoint token_endpoint userinfo_endpoint jwks_uri registration_endpoint \
    revocation_endpoint introspection_endpoint end_session_endpoint check_session_iframe device_authorization_endpoint \
    pushed_authorization_request_endpoint require_pushed_authorization_requests scopes_supported claims_supported \
    response_types_supported response_modes_supported grant_types_supported acr_values_supported subject_types_supported \
    id_token_signing_alg_values_supported id_token_encryption_alg_values_supported \
    id_token_encryption_enc_values_supported userinfo_signing_alg_values_supported \
    userinfo_encryption_alg_values_supported userinfo_encryption_enc_values_supported \
    request_object_signing_alg_values_supported request_object_encryption_alg_values_supported \
    request_object_encryption_enc_values_supported token_endpoint_auth_methods_supported \
    token_endpoint_auth_signing_alg_values_supported revocation_endpoint_auth_methods_supported \
    revocation_endpoint_auth_signing_alg_values_supported introspection_endpoint_auth_methods_supported \
    introspection_endpoint_auth_signing_alg_values_supported display_values_supported claim_types_supported \
    service_documentation claims_locales_supported ui_locales_supported claims_parameter_supported \
    request_parameter_supported request_uri_parameter_supported require_request_uri_registration op_policy_uri op_tos_uri \
    code_challenge_methods_supported authorization_response_iss_parameter_supported prompt_values_supported \
    frontchannel_logout_supported frontchannel_logout_session_supported backchannel_logout_supported \
    backchannel_logout_session_supported tls_client_certificate_bound_access_tokens mtls_endpoint_aliases \
    dpop_signing_alg_values_supported require_signed_request_object protected_resources signed_metadata \
    client_id_metadata_document_supported";

on_both! {
    async fn s04_no_member_of_the_metadata_is_unknown_empty_or_relative(house: House) {
        let client = house.client().await;
        let known: BTreeSet<&str> = KNOWN.split_whitespace().collect();
        for path in ["/.well-known/openid-configuration", "/.well-known/oauth-authorization-server"] {
            let document = answer(client.request("GET", path)).await.ok().body;
            for (name, value) in document.as_object().expect("an object") {
                assert!(known.contains(name.as_str()), "{name} is in no specification");
                match value {
                    Value::Bool(_) => assert!(name.contains("support") || name.starts_with("require"), "{name}"),
                    Value::Array(values) => {
                        let texts: BTreeSet<&str> = values.iter().map(|value| value.as_str().expect("a text")).collect();
                        assert!(texts.len() == values.len() && !texts.is_empty() && !texts.contains(""), "{name}: {value}");
                    }
                    // Every other member is a URL; this server has no other kind.
                    Value::String(text) => {
                        let url = url::Url::parse(text).unwrap_or_else(|why| panic!("{name}: {why}"));
                        assert!(url.fragment().is_none() && text.starts_with(house.app.issuer()), "{name}: {text}");
                    }
                    other => panic!("{name}: {other}"),
                }
            }
        }
    }

    async fn s07_every_id_token_names_its_key_and_has_the_clients_algorithm(house: House) {
        house.person("ada").await;
        let mut browser = house.browser();
        for registered in [None, Some("RS256"), Some("PS256"), Some("ES256"), Some("EdDSA")] {
            let alg = registered.unwrap_or("RS256");
            let client = house.client_with(|m| m.id_token_signed_response_alg = registered.map(str::to_owned)).await;
            let keys = answer(client.request("GET", "/.well-known/jwks.json")).await.ok().body["keys"].clone();
            let tokens = client.tokens(&mut browser, "ada", &[]).await;
            let refreshed = client.refreshes(tokens.text("refresh_token")).await.ok();
            for token in [tokens.text("id_token"), refreshed.text("id_token")] {
                let (header, claims) = client.verifies(token).await.expect("a signature that holds");
                assert_eq!((&header["alg"], &claims["aud"]), (&alg.into(), &client.id.as_str().into()));
                let key = keys.as_array().expect("keys").iter().find(|key| key["kid"] == header["kid"]);
                assert_eq!(key.expect("a published key")["alg"], alg);
            }
        }
    }

    async fn s39_claims_are_told_by_value_and_never_point_elsewhere(house: House) {
        house.person("ada").await;
        let client = house.client().await;
        let document = answer(client.request("GET", "/.well-known/openid-configuration")).await.ok().body;
        assert_eq!(document["claim_types_supported"], serde_json::json!(["normal"]));
        let scope = [("scope", "openid profile email address phone")];
        let tokens = client.tokens(&mut house.browser(), "ada", &scope).await;
        let person = client.userinfo(tokens.text("access_token")).await.ok().body;
        assert_eq!(person["email"], "ada@example.com");
        for told in [person, crate::support::client::claims(tokens.text("id_token"))] {
            assert!(told.get("_claim_names").is_none() && told.get("_claim_sources").is_none(), "{told}");
        }
    }
}
