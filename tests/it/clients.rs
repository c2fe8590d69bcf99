//! Strangers' relying parties, made with libraries that know nothing of us, against a running server.

use crate::on_both;
use crate::support::house::PASSWORD;
use crate::support::{Client, House};
use std::process::Command;
use symbolon::clients::{AuthMethod, GrantType, Metadata};
use symbolon::crypto::{Algorithm, SigningKey};

#[path = "../clients/openidconnect.rs"]
mod openidconnect;

const CALLBACK: &str = "http://127.0.0.1:9999/callback";
const BYE: &str = "http://127.0.0.1:9999/bye";

/// The clients of a flow, as its environment names them.
struct Registered {
    web: Client,
    machine: Client,
    public: Client,
}

/// The client that does most.
async fn web(house: &House) -> Client {
    let change = |m: &mut Metadata| {
        m.redirect_uris = vec![CALLBACK.to_owned()];
        m.post_logout_redirect_uris = vec![BYE.to_owned()];
    };
    house.client_with(change).await
}

async fn register(house: &House) -> Registered {
    let with_callback = |m: &mut Metadata| m.redirect_uris = vec![CALLBACK.to_owned()];
    Registered {
        web: web(house).await,
        machine: house
            .client_with(|m| {
                m.redirect_uris.clear();
                m.response_types.clear();
                m.grant_types = vec![GrantType::ClientCredentials];
                m.scope = "reports".to_owned();
            })
            .await,
        public: house
            .client_with(|m| {
                with_callback(m);
                m.token_endpoint_auth_method = AuthMethod::None;
            })
            .await,
    }
}

fn flow(house: &House, program: String, script: &str, clients: &Registered) -> Command {
    let dir = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/clients").join(script);
    let mut command = Command::new(program);
    command.arg(dir).env("ISSUER", house.app.issuer()).env("REDIRECT_URI", CALLBACK);
    command.env("CLIENT_ID", &clients.web.id).env("CLIENT_SECRET", clients.web.secret.clone().expect("a secret"));
    command.env("MACHINE_CLIENT_ID", &clients.machine.id).env("MACHINE_SCOPE", "reports");
    command.env("MACHINE_CLIENT_SECRET", clients.machine.secret.clone().expect("a secret"));
    command
        .env("EMAIL", "ada@example.com")
        .env("PASSWORD", PASSWORD)
        .env("SCOPE", "openid offline_access email profile");
    command.env("OAUTHLIB_INSECURE_TRANSPORT", "1");
    command.env("POST_LOGOUT_REDIRECT_URI", BYE).env("ROTATE_KEYS", rotate(house));
    command
}

/// What an operator types beside the running server.
fn rotate(house: &House) -> String {
    let url = house.config.database_url.as_ref().map(|url| format!("SYMBOLON_DATABASE_URL='{}' ", url.reveal()));
    let (dir, url, program) = (house.dir.display(), url.unwrap_or_default(), env!("CARGO_BIN_EXE_symbolon"));
    format!("cd '{dir}' && {url}'{program}' keys rotate --alg ES256 --format json")
}

pub async fn passes(mut command: Command) {
    let ran = tokio::task::spawn_blocking(move || command.output()).await.expect("runs");
    let ran = ran.unwrap_or_else(|why| panic!("{why}; run: make setup"));
    let (out, err) = (String::from_utf8_lossy(&ran.stdout), String::from_utf8_lossy(&ran.stderr));
    assert!(ran.status.success(), "{out}\n{err}");
    println!("{out}");
}

#[expect(clippy::disallowed_methods, reason = "make says which interpreters it has set up")]
pub fn program(name: &str, otherwise: String) -> String {
    std::env::var(name).unwrap_or(otherwise)
}

on_both! {
    async fn requests_oauthlib_walks_the_whole_way(house: House) {
        house.person("ada").await;
        let clients = register(&house).await;
        let venv = format!("{}/tests/clients/python/.venv/bin/python", env!("CARGO_MANIFEST_DIR"));
        passes(flow(&house, program("SYMBOLON_TEST_PYTHON", venv), "python/flow.py", &clients)).await;
    }

    async fn openid_client_walks_the_whole_way(house: House) {
        house.person("ada").await;
        let clients = register(&house).await;
        let (key, pkcs8) = SigningKey::generate(Algorithm::ES256).expect("a key");
        let signer = house
            .client_with(|m| {
                m.redirect_uris = vec![CALLBACK.to_owned()];
                m.token_endpoint_auth_method = AuthMethod::PrivateKeyJwt;
                m.jwks = Some(serde_json::json!({ "keys": [key.jwk] }));
            })
            .await;
        let mut command = flow(&house, program("SYMBOLON_TEST_NODE", "node".to_owned()), "node/flow.mjs", &clients);
        command.env("PUBLIC_CLIENT_ID", &clients.public.id).env("JWT_CLIENT_ID", &signer.id);
        command.env("PRIVATE_JWK", private_jwk(&key, &pkcs8).to_string());
        passes(command).await;
    }

    async fn the_openidconnect_crate_walks_the_whole_way(house: House) {
        house.person("ada").await;
        let client = web(&house).await;
        openidconnect::flow(&house, &client).await;
        openidconnect::silent_renewal(&house, &client).await;
        openidconnect::form_post(&house, &client).await;
        openidconnect::logout(&house, &client, BYE).await;
    }

    async fn s08_the_openidconnect_crate_outlives_its_keys(house: House) {
        house.person("ada").await;
        let client = web(&house).await;
        openidconnect::key_rotation(&house, &client, &rotate(&house)).await;
    }
}

/// RFC 7518 §6.2.2: the public JWK and `d`, which stands behind the OCTET STRING of 32 bytes in the PKCS #8 form.
fn private_jwk(key: &SigningKey, pkcs8: &[u8]) -> serde_json::Value {
    let at = pkcs8.windows(3).position(|w| w == [0x02, 0x01, 0x01]).expect("an ECPrivateKey") + 5;
    let mut jwk = key.jwk.clone();
    jwk["d"] = symbolon::base::encoding::base64url(&pkcs8[at..at + 32]).into();
    jwk
}
