//! A relying party: knows its credentials, builds requests, redeems, refreshes, revokes.

use super::{Browser, House};
use serde_json::Value;
use symbolon::base::id::ClientId;
use symbolon::clients::{self, AuthMethod, Metadata};
use symbolon::oauth::pkce;

pub const CALLBACK: &str = "https://app.example/cb";
pub const VERIFIER: &str = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";

#[derive(Clone)]
pub struct Client {
    pub id: String,
    pub secret: Option<String>,
    pub method: AuthMethod,
    pub redirect_uri: String,
    pub url: String,
    pub http: reqwest::Client,
}

/// A JSON answer.
#[derive(Clone, Debug)]
pub struct Answer {
    pub status: u16,
    pub headers: reqwest::header::HeaderMap,
    pub body: Value,
}

impl Answer {
    pub fn text(&self, name: &str) -> &str {
        self.body[name].as_str().unwrap_or_else(|| panic!("no {name} in {} {}", self.status, self.body))
    }

    /// It is this OAuth error (RFC 6749 §5.2), kept by nobody.
    #[track_caller]
    pub fn is(&self, status: u16, error: &str) {
        assert_eq!((self.status, self.body["error"].as_str()), (status, Some(error)), "{}", self.body);
        assert_eq!(self.headers.get("cache-control").map(|v| v.to_str().expect("ASCII")), Some("no-store"));
        assert!(self.body.get("access_token").is_none());
    }

    #[track_caller]
    pub fn ok(self) -> Self {
        assert_eq!(self.status, 200, "{}", self.body);
        self
    }
}

impl Client {
    pub async fn register(house: &House, change: impl FnOnce(&mut Metadata)) -> Self {
        let mut metadata = Metadata {
            client_name: "Ledgerly".to_owned(),
            redirect_uris: vec![CALLBACK.to_owned()],
            scope: "openid offline offline_access profile email address phone".to_owned(),
            id_token_signed_response_alg: Some("ES256".to_owned()),
            ..Metadata::default()
        };
        change(&mut metadata);
        metadata.check().unwrap_or_else(|why| panic!("{}: {}", why.field, why.why));
        let now = house.now();
        let (id, method) = (ClientId::new(now), metadata.token_endpoint_auth_method);
        let (secret, hash) = clients::fresh_secret(now);
        let secrets = if method.with_secret() { vec![hash] } else { Vec::new() };
        let mut tx = house.app.db.begin().await.expect("begins");
        assert!(clients::store::create(&mut tx, &id, &metadata, &secrets, now).await.expect("creates"));
        tx.commit().await.expect("commits");
        house.app.memory.forget();
        Client {
            id: id.to_string(),
            secret: method.with_secret().then(|| secret.reveal().to_owned()),
            method,
            redirect_uri: metadata.redirect_uris.first().cloned().unwrap_or_default(),
            url: house.url.clone(),
            http: house.http(),
        }
    }

    /// The same client, asking another server.
    pub fn at(&self, house: &House) -> Self {
        self.to(&house.url)
    }

    /// The same client, asking the server at this address.
    pub fn to(&self, url: &str) -> Self {
        Client { url: url.to_owned(), ..self.clone() }
    }

    /// The URL of an authorization request; later parameters replace earlier ones, and an empty value removes one.
    pub fn auth_url(&self, more: &[(&str, &str)]) -> String {
        let challenge = pkce::transform(VERIFIER);
        let mut params: Vec<(&str, &str)> = vec![
            ("response_type", "code"),
            ("client_id", &self.id),
            ("redirect_uri", &self.redirect_uri),
            ("scope", "openid offline"),
            ("state", "af0ifjsldkj"),
            ("nonce", "n-0S6_WzA2Mj"),
            ("code_challenge", &challenge),
            ("code_challenge_method", "S256"),
        ];
        for (name, value) in more {
            params.retain(|(have, _)| have != name);
            if !value.is_empty() {
                params.push((name, value));
            }
        }
        let query = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(params).finish();
        format!("{}/oauth2/auth?{query}", self.url)
    }

    /// A code that the person gave by the whole way through the pages.
    pub async fn code(&self, browser: &mut Browser, name: &str, more: &[(&str, &str)]) -> String {
        let view = browser.allows(&self.auth_url(more), name).await;
        view.sent("code").unwrap_or_else(|| panic!("no code: {} {} {}", view.status, view.location(), view.body))
    }

    /// Posts a form to an endpoint with the client's authentication.
    pub async fn post(&self, path: &str, form: &[(&str, &str)]) -> Answer {
        self.try_post(path, form).await.expect("an answer")
    }

    /// The same, to a server that may be gone.
    pub async fn try_post(&self, path: &str, form: &[(&str, &str)]) -> Option<Answer> {
        let mut form: Vec<(&str, &str)> = form.to_vec();
        let mut request = self.http.post(format!("{}{path}", self.url));
        match (self.method, &self.secret) {
            (AuthMethod::ClientSecretBasic, Some(secret)) => request = request.basic_auth(&self.id, Some(secret)),
            (AuthMethod::ClientSecretPost, Some(secret)) => {
                form.extend([("client_id", self.id.as_str()), ("client_secret", secret)])
            }
            (AuthMethod::None, _) => form.push(("client_id", &self.id)),
            _ => {}
        }
        try_answer(request.form(&form)).await
    }

    pub async fn token(&self, form: &[(&str, &str)]) -> Answer {
        self.post("/oauth2/token", form).await
    }

    pub async fn redeems(&self, code: &str) -> Answer {
        self.try_redeems(code).await.expect("an answer")
    }

    pub async fn try_redeems(&self, code: &str) -> Option<Answer> {
        let redirect_uri = self.redirect_uri.clone();
        let form = [
            ("grant_type", "authorization_code"),
            ("code", code),
            ("redirect_uri", &redirect_uri),
            ("code_verifier", VERIFIER),
        ];
        self.try_post("/oauth2/token", &form).await
    }

    pub async fn refreshes(&self, token: &str) -> Answer {
        self.token(&[("grant_type", "refresh_token"), ("refresh_token", token)]).await
    }

    pub async fn revokes(&self, token: &str) -> Answer {
        self.post("/oauth2/revoke", &[("token", token)]).await
    }

    pub async fn introspects(&self, token: &str) -> Value {
        self.post("/oauth2/introspect", &[("token", token)]).await.ok().body
    }

    pub async fn active(&self, token: &str) -> bool {
        self.introspects(token).await["active"] == true
    }

    /// A request to an endpoint, with nothing that says whose it is.
    pub fn request(&self, method: &str, path: &str) -> reqwest::RequestBuilder {
        self.http.request(method.parse().expect("a method"), format!("{}{path}", self.url))
    }

    /// Header and claims of a JWT, when a key of the published set verifies it, as a relying party would do it.
    pub async fn verifies(&self, jwt: &str) -> Option<(Value, Value)> {
        let header = jsonwebtoken::decode_header(jwt).ok()?;
        let jwks: jsonwebtoken::jwk::JwkSet =
            serde_json::from_value(answer(self.request("GET", "/.well-known/jwks.json")).await.body)
                .expect("a key set");
        let key = jsonwebtoken::DecodingKey::from_jwk(jwks.find(header.kid.as_ref()?)?).expect("a key");
        let mut rules = jsonwebtoken::Validation::new(header.alg);
        // Times and audience are the caller's to check: houses have clocks of their own.
        (rules.validate_exp, rules.validate_aud) = (false, false);
        rules.required_spec_claims.clear();
        let claims = jsonwebtoken::decode::<Value>(jwt, &key, &rules).ok()?.claims;
        Some((serde_json::to_value(header).expect("a header"), claims))
    }

    pub async fn userinfo(&self, token: &str) -> Answer {
        answer(self.http.get(format!("{}/userinfo", self.url)).bearer_auth(token)).await
    }

    /// Tokens that the person gave by the whole way through the pages.
    pub async fn tokens(&self, browser: &mut Browser, name: &str, more: &[(&str, &str)]) -> Answer {
        let code = self.code(browser, name, more).await;
        self.redeems(&code).await.ok()
    }
}

/// Sends a request and reads the answer as JSON, or as null where there is none.
pub async fn answer(request: reqwest::RequestBuilder) -> Answer {
    try_answer(request).await.expect("an answer")
}

async fn try_answer(request: reqwest::RequestBuilder) -> Option<Answer> {
    let response = request.send().await.ok()?;
    let (status, headers) = (response.status().as_u16(), response.headers().clone());
    let body = response.bytes().await.ok()?;
    Some(Answer { status, headers, body: serde_json::from_slice(&body).unwrap_or(Value::Null) })
}

/// The claims of a JWT, unverified.
pub fn claims(jwt: &str) -> Value {
    symbolon::crypto::jwt::read(jwt).unwrap_or_else(|| panic!("no JWT: {jwt}")).claims
}

/// The grant that a code, an access or a refresh token belongs to, as rows and audit events name it.
pub fn grant_of(token: &str) -> String {
    symbolon::base::encoding::hex(&payload(token)[2..18])
}

/// What a token of ours holds, between prefix and MAC included.
pub fn payload(token: &str) -> Vec<u8> {
    let text = token.splitn(3, '_').nth(2).expect("a token with a prefix");
    symbolon::base::encoding::from_base64url(text).expect("base64url")
}
