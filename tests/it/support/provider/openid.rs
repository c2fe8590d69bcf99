//! OpenID Connect Discovery 1.0, Core §2: who the provider is, its key, and what it says of a person.

use super::fault::Fault;
use super::token::Asking;
use super::wire::Reply;
use super::world::Virtual;
use serde_json::{Value, json};
use symbolon::crypto::jwt;

impl Virtual {
    pub fn metadata(&self) -> Reply {
        let at = |path: &str| format!("{}/{path}", self.url);
        Reply::json(
            200,
            &json!({
                "issuer": self.url,
                "authorization_endpoint": at("authorize"),
                "token_endpoint": at("token"),
                "revocation_endpoint": at("revoke"),
                "introspection_endpoint": at("introspect"),
                "userinfo_endpoint": at("userinfo"),
                "jwks_uri": at("jwks"),
                "response_types_supported": ["code"],
                "grant_types_supported": ["authorization_code", "refresh_token", "client_credentials"],
                "subject_types_supported": ["public"],
                "id_token_signing_alg_values_supported": ["ES256"],
                "scopes_supported": ["openid", "email", "offline_access", "read", "write"],
                "code_challenge_methods_supported": ["S256"],
                "token_endpoint_auth_methods_supported": [
                    "client_secret_basic", "client_secret_post", "private_key_jwt", "none",
                ],
                "authorization_response_iss_parameter_supported": self.mode.iss != super::mode::Iss::None,
            }),
        )
    }

    pub fn jwks(&self) -> Reply {
        Reply::json(200, &json!({ "keys": [self.key.jwk] }))
    }

    /// §2
    pub fn id_token(&self, ask: &Asking<'_>, client: &str, user: &str, nonce: Option<&str>) -> String {
        let other = ask.faults.iter().find_map(|(_, fault)| match fault {
            Fault::Other(user) => Some(user.as_str()),
            _ => None,
        });
        let now = self.clock(ask.now).secs();
        let mut claims = self.person(other.unwrap_or(user));
        claims["iss"] = json!(self.url);
        claims["aud"] = json!(client);
        claims["iat"] = json!(now);
        claims["exp"] = json!(now + 600);
        if let Some(nonce) = nonce {
            claims["nonce"] = json!(nonce);
        }
        jwt::sign(&self.key, "JWT", &claims).expect("signs")
    }

    /// What it says of somebody.
    pub fn person(&self, user: &str) -> Value {
        json!({
            "sub": self.id_of(user),
            "id": self.id_of(user),
            "name": user,
            "email": format!("{user}@{}.example", self.name),
            "email_verified": true,
        })
    }
}
