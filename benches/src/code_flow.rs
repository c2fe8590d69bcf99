//! RFC 6749 §4.1 with RFC 7636: from a browser to tokens.

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use serde_json::Value;
use sha2::{Digest, Sha256};
use url::form_urlencoded::Serializer;

use crate::{browser::Browser, connection::Connection, failure::Failure, random, target::Target};

/// What the token endpoint gave.
pub struct Tokens {
    /// The `access_token`.
    pub access: String,
    /// The `refresh_token`, when there is one.
    pub refresh: Option<String>,
}

/// One complete flow: authorization request, whatever pages come, token request.
///
/// # Errors
/// When any step of it is refused.
pub async fn run(target: &Target, browser: &mut Browser, connection: &mut Connection) -> Result<Tokens, Failure> {
    let verifier = random::token(32)?;
    let state = random::token(12)?;
    // RFC 7636 §4.2: S256
    let challenge = URL_SAFE_NO_PAD.encode(Sha256::digest(&verifier));
    let client = &target.client;
    let query = Serializer::new(String::new())
        .extend_pairs([
            ("response_type", "code"),
            ("client_id", &client.id),
            ("redirect_uri", &client.redirect_uri),
            ("scope", &client.scope),
            ("state", &state),
            ("nonce", &random::token(12)?),
            ("code_challenge", &challenge),
            ("code_challenge_method", "S256"),
        ])
        .finish();
    let path = format!("{}?{query}", target.authorization);
    let arrived = browser.walk(target, connection, path).await?;
    let parameter = |name| arrived.query_pairs().find(|(key, _)| key == name);
    // §10.12: the state comes back
    if parameter("state").is_none_or(|(_, value)| value != state) {
        return Err(Failure::Content("the state did not come back"));
    }
    let Some((_, code)) = parameter("code") else {
        return Err(Failure::Content("the authorization was refused"));
    };
    let request = target.post_as_client(
        &target.token,
        &[
            ("grant_type", "authorization_code"),
            ("code", &code),
            ("redirect_uri", &client.redirect_uri),
            ("code_verifier", &verifier),
        ],
    );
    let answer = connection.ask(&request).await?;
    tokens(answer.status, connection.body())
}

/// Reads a token response (§5.1).
///
/// # Errors
/// When it is a refusal or has no access token.
pub fn tokens(status: u16, body: &[u8]) -> Result<Tokens, Failure> {
    if status != 200 {
        return Err(Failure::Status(status));
    }
    let mut response: Value =
        serde_json::from_slice(body).map_err(|_| Failure::Content("an answer that is not JSON"))?;
    let mut take = |name| match response.get_mut(name).map(Value::take) {
        Some(Value::String(token)) => Some(token),
        _ => None,
    };
    Ok(Tokens {
        access: take("access_token").ok_or(Failure::Content("no access token"))?,
        refresh: take("refresh_token"),
    })
}
