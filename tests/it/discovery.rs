//! RFC 8414, OIDC Discovery §3: what is advertised works, and what works is advertised; oidc.md, 1 to 8.

use crate::on_both;
use crate::support::client::{CALLBACK, answer, claims};
use crate::support::{Browser, Client, House, Kind, assertion};
use serde_json::{Value, json};
use std::collections::BTreeSet;
use symbolon::base::encoding::base64url;
use symbolon::clients::{AuthMethod, GrantType, Metadata, ResponseType};
use symbolon::config::{Cimd, Registration};
use symbolon::crypto::{Algorithm, SigningKey};

const OPENID: &str = "/.well-known/openid-configuration";
const OAUTH: &str = "/.well-known/oauth-authorization-server";

async fn document(client: &Client) -> Value {
    answer(client.request("GET", OPENID)).await.ok().body
}

fn texts<'a>(document: &'a Value, name: &str) -> Vec<&'a str> {
    let values = document[name].as_array().unwrap_or_else(|| panic!("no {name}"));
    values.iter().map(|value| value.as_str().unwrap_or_else(|| panic!("{name} holds {value}"))).collect()
}

/// Everything that the issuer says, tried; nothing beside it, tried too.
async fn exactly<T: AsRef<str>>(document: &Value, name: &str, others: &[T], mut works: impl AsyncFnMut(&str) -> bool) {
    let said = texts(document, name);
    assert!(!said.is_empty(), "{name} is empty");
    assert_eq!(said.iter().collect::<BTreeSet<_>>().len(), said.len(), "{name} repeats itself");
    for value in &said {
        assert!(works(value).await, "{name} says {value}, but it doesn't work");
    }
    for value in others.iter().map(AsRef::as_ref) {
        assert!(!said.contains(&value), "{name}: the test is wrong about {value}");
        assert!(!works(value).await, "{value} works, but {name} doesn't say so");
    }
}

/// Paths under `.route(` in the source of the routes.
/// Those that describe themselves, and the pages beside.
async fn routes(house: &House) -> Vec<String> {
    let source = include_str!("../../src/server/routes.rs");
    let after = source.split(".route(\"").skip(1);
    let pages = after.map(|rest| rest.split('"').next().expect("a path").to_owned());
    let described = crate::openapi::document(house).await;
    let described = described["paths"].as_object().expect("paths").keys().cloned();
    pages.chain(described).collect()
}

fn machine(metadata: &mut Metadata) {
    metadata.grant_types.push(GrantType::ClientCredentials);
    metadata.scope.push_str(" read");
}

fn encode(value: &Value) -> String {
    base64url(value.to_string().as_bytes())
}

/// Keys for every algorithm that assertions may have.
struct Keys {
    p256: SigningKey,
    ed25519: SigningKey,
    rsa: SigningKey,
    rsa_pss: SigningKey,
    p384: aws_lc_rs::signature::EcdsaKeyPair,
}

impl Keys {
    fn generate() -> Self {
        let (rsa, pkcs8) = SigningKey::generate(Algorithm::RS256).expect("a key");
        Keys {
            p256: SigningKey::generate(Algorithm::ES256).expect("a key").0,
            ed25519: SigningKey::generate(Algorithm::EdDSA).expect("a key").0,
            rsa_pss: SigningKey::from_pkcs8(Algorithm::PS256, &pkcs8).expect("a key"),
            rsa,
            p384: aws_lc_rs::signature::EcdsaKeyPair::generate(&aws_lc_rs::signature::ECDSA_P384_SHA384_FIXED_SIGNING)
                .expect("a key"),
        }
    }

    fn public(&self) -> Value {
        use aws_lc_rs::signature::KeyPair;
        let point = self.p384.public_key().as_ref();
        let p384 = json!({ "kty": "EC", "crv": "P-384", "x": base64url(&point[1..49]), "y": base64url(&point[49..]) });
        let mut rsa = self.rsa.jwk.clone();
        for name in ["alg", "kid"] {
            rsa.as_object_mut().expect("a key").remove(name);
        }
        json!({ "keys": [self.p256.jwk, self.ed25519.jwk, rsa, p384] })
    }

    /// An assertion under this name of an algorithm; nonsense for those that we don't know.
    fn sign(&self, alg: &str, claims: &Value) -> String {
        let message = format!("{}.{}", encode(&json!({ "alg": alg, "typ": "JWT" })), encode(claims));
        let signature = match alg {
            "ES256" => self.p256.sign(message.as_bytes()).expect("signs"),
            "EdDSA" | "Ed25519" => self.ed25519.sign(message.as_bytes()).expect("signs"),
            "RS256" => self.rsa.sign(message.as_bytes()).expect("signs"),
            "PS256" => self.rsa_pss.sign(message.as_bytes()).expect("signs"),
            "ES384" => self
                .p384
                .sign(&aws_lc_rs::rand::SystemRandom::new(), message.as_bytes())
                .expect("signs")
                .as_ref()
                .to_vec(),
            "HS256" => {
                let key = jsonwebtoken::EncodingKey::from_secret(self.public()["keys"][0].to_string().as_bytes());
                let mac = jsonwebtoken::crypto::sign(message.as_bytes(), &key, jsonwebtoken::Algorithm::HS256)
                    .expect("signs");
                symbolon::base::encoding::from_base64url(&mac).expect("base64url")
            }
            _ => Vec::new(),
        };
        format!("{message}.{}", base64url(&signature))
    }
}

/// An authorization request of somebody who is signed in and has consented: sent back with a code?
async fn gives_code(client: &Client, browser: &mut Browser, more: &[(&str, &str)]) -> bool {
    let view = browser.allows(&client.auth_url(more), "ada").await;
    view.sent("code").is_some() || view.first("form input[name=code]").is_some()
}

/// Each member, and the test that tries whether it's true.
const TRIED: &[(&str, &str)] = &[
    ("issuer", "discovery::oidc_01_the_documents_are_where_they_must_be"),
    ("authorization_endpoint", ENDPOINTS),
    ("token_endpoint", ENDPOINTS),
    ("userinfo_endpoint", ENDPOINTS),
    ("jwks_uri", ENDPOINTS),
    ("revocation_endpoint", ENDPOINTS),
    ("introspection_endpoint", ENDPOINTS),
    ("end_session_endpoint", ENDPOINTS),
    ("protected_resources", ENDPOINTS),
    ("registration_endpoint", "registration::s40_register_read_change_delete_on_sqlite"),
    ("client_id_metadata_document_supported", "cimd::s43_cs_04_a_logo_is_shown_from_our_own_origin_and_fetched_once"),
    ("scopes_supported", AUTHORIZE),
    ("response_types_supported", AUTHORIZE),
    ("response_modes_supported", AUTHORIZE),
    ("code_challenge_methods_supported", AUTHORIZE),
    ("prompt_values_supported", AUTHORIZE),
    ("acr_values_supported", AUTHORIZE),
    ("display_values_supported", AUTHORIZE),
    ("ui_locales_supported", AUTHORIZE),
    ("authorization_response_iss_parameter_supported", AUTHORIZE),
    ("grant_types_supported", "discovery::oidc_03_what_the_token_endpoint_can_do"),
    ("subject_types_supported", REGISTERED),
    ("userinfo_signing_alg_values_supported", REGISTERED),
    ("id_token_signing_alg_values_supported", "discovery::oidc_03_what_id_tokens_are_signed_with"),
    ("token_endpoint_auth_methods_supported", AUTHENTICATE),
    ("token_endpoint_auth_signing_alg_values_supported", AUTHENTICATE),
    ("revocation_endpoint_auth_methods_supported", AUTHENTICATE),
    ("revocation_endpoint_auth_signing_alg_values_supported", AUTHENTICATE),
    ("introspection_endpoint_auth_methods_supported", AUTHENTICATE),
    ("introspection_endpoint_auth_signing_alg_values_supported", AUTHENTICATE),
    ("claim_types_supported", "oidc::s39_claims_are_told_by_value_and_never_point_elsewhere"),
    ("claims_supported", "discovery::oidc_03_which_claims_there_are"),
    ("claims_parameter_supported", "userinfo::s5_5_claims_can_be_asked_for_by_name"),
    ("request_parameter_supported", "request_objects::s23_what_is_inside_is_all_that_counts"),
    ("request_uri_parameter_supported", REQUEST_URI),
    ("require_request_uri_registration", REQUEST_URI),
    (
        "request_object_signing_alg_values_supported",
        "request_objects::s24_every_algorithm_that_is_advertised_and_no_other",
    ),
    ("backchannel_logout_supported", BACK),
    ("backchannel_logout_session_supported", BACK),
    ("frontchannel_logout_supported", FRONT),
    ("frontchannel_logout_session_supported", FRONT),
];
const ENDPOINTS: &str = "discovery::oidc_03_every_endpoint_that_is_advertised_is_there_and_the_other_way_round";
const AUTHORIZE: &str = "discovery::oidc_03_what_the_authorization_endpoint_can_do";
const AUTHENTICATE: &str = "discovery::oidc_03_how_clients_may_authenticate";
const REGISTERED: &str = "discovery::oidc_03_what_clients_may_register_about_people";
const REQUEST_URI: &str = "request_objects::s24_a_request_object_is_fetched_from_where_it_was_registered";
const BACK: &str = "backchannel::s46_each_client_of_the_session_is_told_by_a_token_that_it_can_verify";
const FRONT: &str = "frontchannel::s47_the_page_frames_every_app_of_the_session_and_nothing_else";

#[tokio::test]
async fn oidc_03_every_member_has_a_test_that_tries_it() {
    let house = House::with(Kind::Sqlite, |config| {
        config.registration = Registration::Open;
        config.cimd = Cimd::On;
        config.legacy_response_types = true;
    });
    let house = house.await;
    let document = document(&house.client().await).await;
    let members: BTreeSet<&str> = document.as_object().expect("an object").keys().map(String::as_str).collect();
    let tried: BTreeSet<&str> = TRIED.iter().map(|(member, _)| *member).collect();
    assert_eq!(members, tried);
    assert_eq!(tried.len(), TRIED.len());
    // Discovery §3, RFC 8414 §2: left out, these would say something else than that we can't.
    for said in [
        "request_uri_parameter_supported",
        "response_modes_supported",
        "grant_types_supported",
        "token_endpoint_auth_methods_supported",
        "revocation_endpoint_auth_methods_supported",
    ] {
        assert!(members.contains(said), "{said}");
    }
    for (member, test) in TRIED {
        assert!(crate::conformance::is_a_test(test), "{member}: {test}");
    }
}

on_both! {
    async fn oidc_03_what_clients_may_register_about_people(house: House) {
        let ada = house.person("ada").await;
        let document = document(&house.client().await).await;
        let mut browser = house.browser();
        let registered = |name: &str, value: &str| {
            let said = json!({ "client_name": "x", "redirect_uris": [CALLBACK], name: value });
            let metadata = symbolon::admin::metadata(said.as_object().cloned().expect("an object")).ok()?;
            metadata.check().is_ok().then_some(metadata)
        };
        exactly(&document, "subject_types_supported", &["ephemeral", "PUBLIC", "x"], async |value| {
            let Some(metadata) = registered("subject_type", value) else { return false };
            let client = house.client_with(|m| *m = metadata).await;
            let tokens = client.tokens(&mut browser, "ada", &[]).await;
            let sub = claims(tokens.text("id_token"))["sub"].clone();
            (sub == json!(ada)) == (value == "public") && client.userinfo(tokens.text("access_token")).await.ok().body["sub"] == sub
        })
        .await;
        exactly(&document, "userinfo_signing_alg_values_supported", &["none", "HS256", "ES384", "RS512"], async |alg| {
            let Some(metadata) = registered("userinfo_signed_response_alg", alg) else { return false };
            let client = house.client_with(|m| *m = metadata).await;
            let tokens = client.tokens(&mut browser, "ada", &[]).await;
            let told = client.request("GET", "/userinfo").bearer_auth(tokens.text("access_token")).send().await.expect("an answer");
            let signed = told.headers()["content-type"] == "application/jwt";
            let jwt = told.text().await.expect("a text");
            signed && client.verifies(&jwt).await.is_some_and(|(header, _)| header["alg"] == alg)
        })
        .await;
    }

    async fn oidc_03_what_the_authorization_endpoint_can_do_where_tokens_may_come_through_the_browser(house: House) {
        let house = House::with(house.kind, |config| config.legacy_response_types = true).await;
        house.person("ada").await;
        let client = house
            .client_with(|m| {
                m.trusted = true;
                m.response_types = ResponseType::ALL.map(str::to_owned).to_vec();
                m.grant_types.push(GrantType::Implicit);
            })
            .await;
        let document = document(&client).await;
        let mut browser = house.browser();
        browser.arrives_as("ada").await;
        exactly(&document, "response_types_supported", &["token", "none", "code none", "code code"], async |value| {
            let view = browser.get_once(&client.auth_url(&[("response_type", value)])).await;
            let sent = url::Url::parse(view.location()).expect("a URL");
            let (query, fragment) = (sent.query().unwrap_or_default(), sent.fragment().unwrap_or_default());
            let sent = format!("&{query}&{fragment}");
            value.split(' ').all(|word| sent.contains(&format!("&{}=", if word == "token" { "access_token" } else { word })))
        })
        .await;
        assert!(texts(&document, "grant_types_supported").contains(&"implicit"));
        assert!(texts(&document, "claims_supported").contains(&"c_hash"));
    }

    async fn oidc_01_the_documents_are_where_they_must_be(house: House) {
        let client = house.client().await;
        let mut seen = Vec::new();
        for path in [OPENID, OAUTH] {
            let document = answer(client.request("GET", path)).await.ok();
            assert_eq!(document.headers["content-type"], "application/json");
            assert_eq!(document.body["issuer"], house.app.issuer());
            assert_eq!(document.headers["access-control-allow-origin"], "*");
            assert!(document.headers["cache-control"].to_str().expect("ASCII").contains("max-age="));
            let preflight = client
                .request("OPTIONS", path)
                .header("origin", "https://any.example")
                .header("access-control-request-method", "GET");
            assert_eq!(answer(preflight).await.status, 204);
            for method in ["POST", "PUT", "DELETE"] {
                assert_eq!(answer(client.request(method, path)).await.status, 405);
            }
            seen.push(document.body);
        }
        assert_eq!(seen[0], seen[1]);
        assert_eq!(answer(client.request("OPTIONS", "/.well-known/jwks.json")).await.status, 405);
    }

    async fn oidc_02_to_05_members_have_their_types(house: House) {
        let client = house.client().await;
        let document = document(&client).await;
        for name in ["issuer", "authorization_endpoint", "token_endpoint", "jwks_uri", "userinfo_endpoint"] {
            assert!(document[name].is_string(), "{name}");
        }
        for (name, value) in document.as_object().expect("an object") {
            let right = match name.as_str() {
                "issuer" | "jwks_uri" => value.is_string(),
                "require_request_uri_registration" => value.is_boolean(),
                name if name.ends_with("_endpoint") => value.is_string(),
                name if name.ends_with("_supported") && value.is_boolean() => true,
                name if name.ends_with("_supported") || name == "protected_resources" => {
                    value.as_array().is_some_and(|values| !values.is_empty() && values.iter().all(Value::is_string))
                }
                _ => false,
            };
            assert!(right, "{name}: {value}");
        }
        for (name, must) in [
            ("id_token_signing_alg_values_supported", &["RS256", "ES256"][..]),
            ("response_types_supported", &["code"]),
            ("subject_types_supported", &["public", "pairwise"]),
            ("code_challenge_methods_supported", &["S256"]),
            ("grant_types_supported", &["authorization_code", "refresh_token"]),
            ("scopes_supported", &["openid", "profile", "email", "address", "phone", "offline_access", "offline"]),
            ("claims_supported", &["sub", "iss", "auth_time", "email"]),
        ] {
            let said = texts(&document, name);
            assert!(must.iter().all(|value| said.contains(value)), "{name}: {said:?}");
        }
        assert_eq!(document["request_uri_parameter_supported"], true);
        assert_eq!(document["request_parameter_supported"], true);
        assert_eq!(document["require_request_uri_registration"], true);
        assert!(!texts(&document, "id_token_signing_alg_values_supported").contains(&"none"));
    }

    async fn oidc_03_every_endpoint_that_is_advertised_is_there_and_the_other_way_round(house: House) {
        let client = house.client().await;
        let document = document(&client).await;
        let mut advertised = BTreeSet::new();
        for (name, value) in document.as_object().expect("an object") {
            if name.ends_with("_endpoint") || name == "jwks_uri" {
                let path = value
                    .as_str()
                    .and_then(|url| url.strip_prefix(house.app.issuer()))
                    .unwrap_or_else(|| panic!("{name} is elsewhere"));
                let method = if ["jwks_uri", "authorization_endpoint", "userinfo_endpoint"].contains(&name.as_str()) {
                    "GET"
                } else {
                    "POST"
                };
                let status = answer(client.request(method, path)).await.status;
                assert!(![404, 405, 500, 501].contains(&status), "{name}: {status}");
                advertised.insert(path.to_owned());
            }
        }
        // RFC 9728 §4: resources are named by themselves; their documents follow from their names.
        for resource in texts(&document, "protected_resources") {
            let path = resource.strip_prefix(house.app.issuer()).expect("one of ours");
            let path = format!("/.well-known/oauth-protected-resource{path}");
            assert_eq!(answer(client.request("GET", &path)).await.ok().body["resource"], resource);
            advertised.insert(path);
        }
        let routes = routes(&house).await;
        assert!(routes.len() >= 15 && routes.contains(&"/oauth2/token".to_owned()), "{routes:?}");
        // The documents themselves, and the second half of the authorization endpoint, which only our pages name.
        let unnamed = [OPENID, OAUTH, "/oauth2/auth/resume"];
        let protocol = routes
            .iter()
            .filter(|path| path.starts_with("/oauth2/") || path.starts_with("/.well-known/") || *path == "/userinfo");
        let built: BTreeSet<String> = protocol.filter(|path| !unnamed.contains(&path.as_str())).cloned().collect();
        assert_eq!(built, advertised);
    }

    async fn oidc_03_what_the_authorization_endpoint_can_do(house: House) {
        house.person("ada").await;
        let client = house.client_with(|m| m.scope.push_str(" read")).await;
        let mut browser = house.browser();
        let document = document(&client).await;
        assert!(gives_code(&client, &mut browser, &[]).await);
        exactly(
            &document,
            "response_types_supported",
            &["token", "id_token", "code id_token", "code token", "none", "CODE"],
            async |value| gives_code(&client, &mut browser, &[("response_type", value)]).await,
        )
        .await;
        exactly(&document, "response_modes_supported", &["query.jwt", "web_message", "jwt", "QUERY"], async |value| {
            gives_code(&client, &mut browser, &[("response_mode", value)]).await
        })
        .await;
        exactly(&document, "code_challenge_methods_supported", &["plain", "s256", "S512"], async |value| {
            gives_code(&client, &mut browser, &[("code_challenge_method", value)]).await
        })
        .await;
        exactly(&document, "prompt_values_supported", &["create", "NONE", "x"], async |value| {
            let mut browser = browser.clone();
            gives_code(&client, &mut browser, &[("prompt", value)]).await
        })
        .await;
        // Whatever can be given: somebody who signed in that way.
        gives_code(&client, &mut browser, &[]).await;
        house.sql("UPDATE sessions SET acr = 'urn:symbolon:acr:passkey'").await;
        exactly(
            &document,
            "acr_values_supported",
            &["urn:mace:incommon:iap:silver", "0", symbolon::signin::ACR_NONE],
            async |value| {
                let asked = json!({ "id_token": { "acr": { "essential": true, "value": value } } }).to_string();
                gives_code(&client, &mut browser, &[("claims", &asked)]).await
            },
        )
        .await;
        exactly(&document, "scopes_supported", &["unheard-of", "OPENID"], async |value| {
            gives_code(&client, &mut browser, &[("scope", value)]).await
        })
        .await;
        // OIDC Core §3.1.2.1: those that we don't have mustn't be errors either.
        for (name, more) in [("display_values_supported", "display"), ("ui_locales_supported", "ui_locales")] {
            for value in texts(&document, name).into_iter().chain(["popup", "tlh", "x x"]) {
                assert!(gives_code(&client, &mut browser, &[(more, value)]).await, "{name} {value}");
            }
        }
        assert_eq!(document["authorization_response_iss_parameter_supported"], true);
        let answers = [
            browser.allows(&client.auth_url(&[]), "ada").await,
            browser.get(&client.auth_url(&[("scope", "unheard-of")])).await,
        ];
        assert!(answers.iter().all(|view| view.sent("iss").as_deref() == Some(house.app.issuer())));
    }

    async fn oidc_03_what_the_token_endpoint_can_do(house: House) {
        house.person("ada").await;
        let client = house.client_with(machine).await;
        let mut browser = house.browser();
        let document = document(&client).await;
        let others = [
            "password",
            "implicit",
            "urn:ietf:params:oauth:grant-type:jwt-bearer",
            "urn:ietf:params:oauth:grant-type:device_code",
            "urn:ietf:params:oauth:grant-type:token-exchange",
            "urn:openid:params:grant-type:ciba",
            "AUTHORIZATION_CODE",
        ];
        exactly(&document, "grant_types_supported", &others, async |value| {
            let answer = match value {
                "authorization_code" => {
                    let code = client.code(&mut browser, "ada", &[]).await;
                    client.redeems(&code).await
                }
                "refresh_token" => {
                    let tokens = client.tokens(&mut browser, "ada", &[]).await;
                    client.refreshes(tokens.text("refresh_token")).await
                }
                other => {
                    client
                        .token(&[
                            ("grant_type", other),
                            ("username", "ada@example.com"),
                            ("password", crate::support::house::PASSWORD),
                        ])
                        .await
                }
            };
            if answer.status != 200 {
                answer.is(400, "unsupported_grant_type");
            }
            answer.status == 200
        })
        .await;
    }

    async fn oidc_03_how_clients_may_authenticate(house: House) {
        house.person("ada").await;
        let keys = Keys::generate();
        let with = async |method: AuthMethod| {
            house
                .client_with(|m| {
                    m.token_endpoint_auth_method = method;
                    m.jwks = (method == AuthMethod::PrivateKeyJwt).then(|| keys.public());
                })
                .await
        };
        let mut clients = Vec::new();
        for method in
            [AuthMethod::ClientSecretBasic, AuthMethod::ClientSecretPost, AuthMethod::PrivateKeyJwt, AuthMethod::None]
        {
            clients.push(with(method).await);
        }
        let document = document(&clients[0]).await;
        let signing = &clients[2];
        // Each method at each endpoint, by a request that goes through if the client is known.
        let asks = async |path: &str, method: &str, alg: &str| {
            let Some(client) = clients.iter().find(|client| client.method.name() == method) else {
                let form = [
                    ("token", "x"),
                    ("grant_type", "refresh_token"),
                    ("refresh_token", "x"),
                    ("client_id", &clients[0].id),
                ];
                let secret = keys.sign("HS256", &assertion::claims(&house, &clients[0].id));
                let more = [("client_assertion_type", assertion::TYPE), ("client_assertion", secret.as_str())];
                return answer(clients[0].request("POST", path).form(&[&form[..], &more].concat())).await.status != 401;
            };
            let mut form = vec![("grant_type", "refresh_token"), ("refresh_token", "x"), ("token", "x")];
            let proof = keys.sign(alg, &assertion::claims(&house, &client.id));
            if client.method == AuthMethod::PrivateKeyJwt {
                form.extend([("client_assertion_type", assertion::TYPE), ("client_assertion", proof.as_str())]);
            }
            client.post(path, &form).await.status != 401
        };
        let algorithms = ["HS256", "none", "RS1", "ES512", "ES256K", "RS512"];
        for (path, endpoint) in
            [("/oauth2/token", "token"), ("/oauth2/revoke", "revocation"), ("/oauth2/introspect", "introspection")]
        {
            let mut others = vec!["client_secret_jwt", "tls_client_auth"];
            others.extend((endpoint == "introspection").then_some("none"));
            let name = format!("{endpoint}_endpoint_auth_methods_supported");
            exactly(&document, &name, &others, async |method| asks(path, method, "ES256").await).await;
            let name = format!("{endpoint}_endpoint_auth_signing_alg_values_supported");
            exactly(&document, &name, &algorithms, async |alg| asks(path, signing.method.name(), alg).await).await;
        }
    }

    async fn oidc_03_what_id_tokens_are_signed_with(house: House) {
        house.person("ada").await;
        let mut browser = house.browser();
        let client = house.client().await;
        let document = document(&client).await;
        exactly(
            &document,
            "id_token_signing_alg_values_supported",
            &["none", "HS256", "ES384", "RS512"],
            async |alg| {
                let wanted = Metadata {
                    client_name: "x".to_owned(),
                    redirect_uris: vec![CALLBACK.to_owned()],
                    id_token_signed_response_alg: Some(alg.to_owned()),
                    ..Metadata::default()
                };
                if wanted.check().is_err() {
                    return false;
                }
                let client = house.client_with(|m| m.id_token_signed_response_alg = Some(alg.to_owned())).await;
                let tokens = client.tokens(&mut browser, "ada", &[]).await;
                client.verifies(tokens.text("id_token")).await.is_some_and(|(header, _)| header["alg"] == alg)
            },
        )
        .await;
    }

    async fn oidc_03_which_claims_there_are(house: House) {
        let everything = json!({
            "name": "Ada", "given_name": "Ada", "family_name": "L", "middle_name": "K", "nickname": "A", "preferred_username": "ada",
            "profile": "https://a.example/", "picture": "https://a.example/p", "website": "https://a.example/w", "gender": "f", "birthdate": "1815-12-10",
            "zoneinfo": "Europe/London", "locale": "en", "email_verified": true, "phone_number": "+44", "phone_number_verified": true,
            "address": { "country": "UK" }
        });
        house.person_with("ada", everything, false).await;
        let client = house.client().await;
        let document = document(&client).await;
        assert_eq!(document["claims_parameter_supported"], true);
        let mut browser = house.browser();
        let scope = "openid offline profile email address phone";
        exactly(
            &document,
            "claims_supported",
            &["password", "admin", "c_hash", "azp", "groups", "roles", "id", "email_key"],
            async |name| {
                let asked = json!({ "id_token": { name: null } }).to_string();
                let tokens = client.tokens(&mut browser, "ada", &[("claims", &asked), ("scope", scope)]).await;
                let told = &claims(tokens.text("id_token"))[name];
                !told.is_null() && *told != json!("")
            },
        )
        .await;
    }

    async fn oidc_06_the_key_set_may_be_kept_for_as_long_as_it_says(house: House) {
        let client = house.client().await;
        let set = answer(client.request("GET", "/.well-known/jwks.json")).await.ok();
        assert_eq!(set.headers["content-type"], "application/json");
        assert_eq!(set.headers["access-control-allow-origin"], "*");
        let kept = set.headers["cache-control"]
            .to_str()
            .expect("ASCII")
            .split("max-age=")
            .nth(1)
            .expect("an age")
            .parse()
            .expect("seconds");
        let rules = &house.config.keys;
        assert!(
            rules.publish_before > std::time::Duration::from_secs(kept),
            "a next key is known everywhere before it signs"
        );
        let again =
            client.request("GET", "/.well-known/jwks.json").header("if-none-match", set.headers["etag"].clone());
        assert_eq!(answer(again).await.status, 304);
        let other = client.request("GET", "/.well-known/jwks.json").header("if-none-match", "\"x\"");
        assert_eq!(answer(other).await.status, 200);
    }

    async fn oidc_29_a_token_answer_is_as_the_specification_has_it(house: House) {
        house.person("ada").await;
        let client = house.client().await;
        let tokens = client.tokens(&mut house.browser(), "ada", &[]).await;
        let members: BTreeSet<&str> = tokens.body.as_object().expect("an object").keys().map(String::as_str).collect();
        assert_eq!(members, ["access_token", "token_type", "expires_in", "scope", "refresh_token", "id_token"].into());
        assert_eq!(tokens.body["token_type"], "Bearer");
        assert!(
            tokens.body["expires_in"].as_u64().is_some_and(|seconds| (3590..=3600).contains(&seconds)),
            "a number: {}",
            tokens.body
        );
        assert_eq!(tokens.headers["cache-control"], "no-store");
        assert_eq!(tokens.headers["content-type"], "application/json");
        for name in ["access_token", "refresh_token"] {
            let token = tokens.text(name);
            // RFC 6750 §2.1, and more than 128 bits that nobody can guess.
            assert!(
                token.bytes().all(|b| b.is_ascii_alphanumeric() || b"-._~+/".contains(&b)) && token.len() > 60,
                "{token}"
            );
        }
        let again = client.tokens(&mut house.browser(), "ada", &[]).await;
        assert_ne!(again.text("access_token")[7..40], tokens.text("access_token")[7..40]);
    }
}
