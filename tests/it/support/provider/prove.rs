//! RFC 6749 §2.3, RFC 7523 §2.2: who a client is, by secret in the header, form or JSON, by signature, or by name.

use super::ledger::Millis;
use super::mode::{App, Proof};
use super::refusal::{Refusal, refuse};
use super::wire::Request;
use super::world::Virtual;
use serde_json::Value;
use symbolon::base::encoding::from_base64;
use symbolon::crypto::jwt;

const ASSERTION: &str = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";

/// The algorithms that keys may have.
pub const ALGORITHMS: [&str; 4] = ["ES256", "RS256", "PS256", "EdDSA"];

/// What a request says of its client.
struct Claimed {
    proof: Proof,
    id: String,
    secret: String,
}

impl Virtual {
    /// The client of a request, proven.
    pub fn proves(&mut self, request: &Request, now: Millis) -> Result<App, Refusal> {
        let claimed = claimed(request)?;
        if claimed.proof == Proof::PrivateKeyJwt {
            return self.by_assertion(&claimed.secret, now);
        }
        let app = self.apps.get(&claimed.id).cloned();
        let app = app.ok_or_else(|| Refusal::of_client(&self.mode, "there is no such client"))?;
        if !app.proofs.contains(&claimed.proof) {
            return Err(Refusal::of_client(&self.mode, "the client authenticates in another way"));
        }
        if claimed.proof != Proof::None && !app.secrets.contains(&claimed.secret) {
            return Err(Refusal::of_client(&self.mode, "the secret is wrong"));
        }
        Ok(app)
    }

    fn by_assertion(&mut self, assertion: &str, now: Millis) -> Result<App, Refusal> {
        let wrong = |why| Refusal::of_client(&self.mode, why);
        let read = jwt::read(assertion).ok_or_else(|| wrong("the assertion is no JWT"))?;
        let id = read.claims["sub"].as_str().unwrap_or_default();
        let app = self.apps.get(id).cloned().ok_or_else(|| wrong("there is no such client"))?;
        if !app.proofs.contains(&Proof::PrivateKeyJwt) {
            return Err(wrong("the client authenticates in another way"));
        }
        let claims = verified(&app, assertion).ok_or_else(|| wrong("no key of the client made this signature"))?;
        // RFC 7523 §3
        let token_endpoint = format!("{}/token", self.url);
        let aud = claims["aud"].as_str().or_else(|| claims["aud"][0].as_str()).unwrap_or_default();
        if claims["iss"] != claims["sub"] || ![&self.url, &token_endpoint].iter().any(|own| **own == aud) {
            return Err(wrong("the assertion is for or from somebody else"));
        }
        self.timely(&claims, now, 600).map_err(wrong)?;
        let jti = claims["jti"].as_str().map(str::to_owned).ok_or_else(|| wrong("the assertion has no jti"))?;
        if !self.seen.insert(format!("{id} {jti}")) {
            return Err(Refusal::of_client(&self.mode, "the assertion was used before"));
        }
        Ok(app)
    }

    /// `iat` and `exp`, to the second, by the provider's own clock.
    pub fn timely(&self, claims: &Value, now: Millis, longest: i64) -> Result<(), &'static str> {
        let now = self.clock(now).secs();
        let (Some(iat), Some(exp)) = (claims["iat"].as_i64(), claims["exp"].as_i64()) else {
            return Err("iat or exp is missing");
        };
        match () {
            () if iat > now => Err("iat is in the future"),
            () if exp <= now => Err("it has expired"),
            () if exp - now > longest => Err("exp is too far in the future"),
            () => Ok(()),
        }
    }
}

/// The claims of what a key of the client signed.
pub fn verified(app: &App, jwt: &str) -> Option<Value> {
    app.keys.iter().find_map(|key| jwt::verify(jwt, key, &ALGORITHMS))
}

fn claimed(request: &Request) -> Result<Claimed, Refusal> {
    let params = request.params();
    let param = |name: &str| params.iter().find(|(have, _)| have == name).map(|(_, value)| value.clone());
    let basic = request.header("authorization").and_then(|value| value.strip_prefix("Basic "));
    let (id, secret) = (param("client_id"), param("client_secret"));
    if basic.is_some() && (secret.is_some() || param("client_assertion").is_some()) {
        // RFC 6749 §2.3: one way a request
        return Err(refuse("invalid_request", "the client authenticates in two ways"));
    }
    if let Some(basic) = basic {
        let bytes = from_base64(basic).unwrap_or_default();
        let text = String::from_utf8(bytes).unwrap_or_default();
        let (id, secret) = text.split_once(':').unwrap_or_default();
        // RFC 6749 §2.3.1: each is form-encoded
        let decoded = |text: &str| {
            let pair = format!("v={text}");
            url::form_urlencoded::parse(pair.as_bytes()).next().map(|(_, v)| v.into_owned()).unwrap_or_default()
        };
        return Ok(Claimed { proof: Proof::Basic, id: decoded(id), secret: decoded(secret) });
    }
    if let Some(assertion) = param("client_assertion") {
        if param("client_assertion_type").as_deref() != Some(ASSERTION) {
            return Err(refuse("invalid_request", "client_assertion_type is wrong"));
        }
        return Ok(Claimed { proof: Proof::PrivateKeyJwt, id: id.unwrap_or_default(), secret: assertion });
    }
    let proof = match (&secret, request.media()) {
        (None, _) => Proof::None,
        (Some(_), "application/json") => Proof::Json,
        (Some(_), _) => Proof::Post,
    };
    Ok(Claimed { proof, id: id.unwrap_or_default(), secret: secret.unwrap_or_default() })
}
