//! RFC 6749 §4.1.3, §4.4.2, §6, RFC 7523 §2.1: what is sent to the token endpoint.

use super::client::{authenticate, basic};
use super::fill::{Values, pairs, with_query};
use super::{Call, Setup, Wrong};
use crate::base::encoding::base64;
use crate::base::{Secret, Time};
use crate::catalogue::{
    Algorithm, Assertion, Body, Kind, Method, RequestAuth, RequestRule, SourceType, Template, TokenEndpoint,
};
use crate::crypto::jwt;
use axum::http;
use serde_json::{Map, Value};
use std::collections::BTreeMap;

/// A code, and what proves that it was meant for us.
#[derive(Clone, Copy, Debug)]
pub struct Code<'a> {
    /// The code.
    pub code: &'a Secret,
    /// RFC 7636 §4.1.
    pub code_verifier: &'a Secret,
    /// The redirect URI that the browser was sent with.
    pub redirect_uri: &'a str,
}

/// RFC 6749 §4.1.3.
pub fn exchange(kind: &SourceType, setup: &Setup<'_>, code: Code<'_>) -> Result<Call, Wrong> {
    let endpoint = endpoint(kind)?;
    let mut asked = Asked::of(kind, setup, endpoint);
    asked.put("grant_type", "authorization_code");
    asked.put("code", code.code.reveal());
    asked.put("redirect_uri", code.redirect_uri);
    if kind.authorize.as_ref().is_some_and(|rules| rules.pkce == crate::catalogue::Pkce::S256) {
        asked.put("code_verifier", code.code_verifier.reveal());
    }
    asked.extra(&endpoint.extra)?;
    asked.call(&endpoint.url)
}

/// RFC 6749 §6.
pub fn refresh(kind: &SourceType, setup: &Setup<'_>, refresh_token: &Secret, scopes: &[String]) -> Result<Call, Wrong> {
    let endpoint = endpoint(kind)?;
    let mut asked = Asked::of(kind, setup, endpoint);
    asked.put("grant_type", "refresh_token");
    asked.put("refresh_token", refresh_token.reveal());
    if endpoint.refresh_scopes {
        asked.put("scope", &scopes.join(&kind.scopes.separator));
    }
    asked.extra(&endpoint.refresh_extra)?;
    asked.call(endpoint.refresh_url.as_ref().unwrap_or(&endpoint.url))
}

/// The exchange of an access token that doesn't expire for a pair.
pub fn migrate(kind: &SourceType, setup: &Setup<'_>, old: &Secret) -> Result<Call, Wrong> {
    let rules = kind.migrate.as_ref();
    let rules = rules.ok_or_else(|| Wrong::field("migrate", format!("isn't known of {}", kind.name)))?;
    let usual = endpoint(kind)?;
    let client_auth = rules.client_auth.unwrap_or(usual.client_auth);
    let endpoint = TokenEndpoint { client_auth, body: rules.body, omit: Vec::new(), ..usual.clone() };
    let mut asked = Asked::of(kind, setup, &endpoint);
    asked.put(&rules.token_param, old.reveal());
    asked.extra(&rules.extra)?;
    asked.call(&rules.url)
}

/// A token without a refresh token: from the client's own secret (RFC 6749 §4.4.2), from a JWT that the account's key
/// signs (RFC 7523 §2.1), or for an installation, with a JWT that the app's key signs.
pub fn mint(kind: &SourceType, setup: &Setup<'_>, scopes: &[String], now: Time) -> Result<Call, Wrong> {
    let endpoint = endpoint(kind)?;
    let scopes = kind.scopes_to_ask(scopes).join(&kind.scopes.separator);
    let mut asked = Asked::of(kind, setup, endpoint);
    match kind.kind {
        Kind::ClientCredentials => {
            asked.put("grant_type", "client_credentials");
            asked.put("scope", &scopes);
        }
        Kind::JwtBearer => {
            asked.put("grant_type", "urn:ietf:params:oauth:grant-type:jwt-bearer");
            let jwt = assertion(kind, setup, &scopes, now)?;
            asked.put("assertion", jwt.reveal());
        }
        Kind::AppInstallation => {
            let jwt = assertion(kind, setup, &scopes, now)?;
            asked.headers.push(("authorization".to_owned(), Secret::new(format!("Bearer {}", jwt.reveal()))));
        }
        _ => {
            return Err(Wrong::field(
                "kind",
                "mints no tokens; only client_credentials, jwt_bearer and app_installation do",
            ));
        }
    }
    asked.extra(&endpoint.extra)?;
    asked.call(&endpoint.url)
}

/// A harmless request that tells a wrong client secret from a right one: a made-up code (RFC 6749 §5.2 has
/// `invalid_client` for the one and `invalid_grant` for the other), or a token for nobody. `None` where the source has
/// no secret to verify.
pub fn probe(kind: &SourceType, setup: &Setup<'_>, redirect_uri: &str, now: Time) -> Result<Option<Call>, Wrong> {
    if let Some(rule) = &kind.probe {
        return request(Values::of(kind, setup), rule, None, now).map(Some);
    }
    match kind.kind {
        Kind::Oauth2Code => {
            let bogus = Secret::new("symbolon-verifies-this-source");
            // RFC 7636 §4.1: 43 characters at least.
            let verifier = Secret::new("symbolon-verifies-this-source-and-nobody-connects");
            let code = Code { code: &bogus, code_verifier: &verifier, redirect_uri };
            exchange(kind, setup, code).map(Some)
        }
        Kind::ClientCredentials if kind.fields.is_empty() => mint(kind, setup, &[], now).map(Some),
        _ => Ok(None),
    }
}

fn endpoint(kind: &SourceType) -> Result<&TokenEndpoint, Wrong> {
    kind.token.as_ref().ok_or_else(|| Wrong::field("kind", "has no token endpoint"))
}

/// Parameters on their way.
struct Asked<'a> {
    values: Values<'a>,
    endpoint: &'a TokenEndpoint,
    pairs: Vec<(String, String)>,
    headers: Vec<(String, Secret)>,
}

impl<'a> Asked<'a> {
    fn of(kind: &'a SourceType, setup: &'a Setup<'a>, endpoint: &'a TokenEndpoint) -> Self {
        Asked { values: Values::of(kind, setup), endpoint, pairs: Vec::new(), headers: Vec::new() }
    }

    fn put(&mut self, name: &str, value: &str) {
        if !value.is_empty() && !self.endpoint.omit.iter().any(|omitted| omitted == name) {
            self.pairs.push((name.to_owned(), value.to_owned()));
        }
    }

    fn extra(&mut self, extra: &BTreeMap<String, Template>) -> Result<(), Wrong> {
        for (name, template) in extra {
            let value = self.values.text(template)?;
            self.put(name, &value);
        }
        Ok(())
    }

    fn call(mut self, url: &Template) -> Result<Call, Wrong> {
        for (name, template) in &self.endpoint.headers {
            let value = self.values.header(name, template)?;
            self.headers.push((name.to_ascii_lowercase(), Secret::new(value)));
        }
        if !self.endpoint.headers.keys().any(|name| name.eq_ignore_ascii_case("accept")) {
            self.headers.push(("accept".to_owned(), Secret::new("application/json")));
        }
        // The JWT of an app stands in the header already.
        if self.values.kind.kind != Kind::AppInstallation && self.values.kind.kind != Kind::JwtBearer {
            authenticate(&self.values, self.endpoint, &mut self.pairs, &mut self.headers)?;
        }
        let url = self.values.url(url)?;
        Ok(written(http::Method::POST, url, self.endpoint.body, &self.pairs, self.headers))
    }
}

/// The request with its parameters where the provider wants them.
pub(super) fn written(
    method: http::Method,
    url: url::Url,
    body: Body,
    asked: &[(String, String)],
    headers: Vec<(String, Secret)>,
) -> Call {
    let post = method == http::Method::POST;
    match body {
        Body::Query => Call { method, url: with_query(url, asked), headers, body: None },
        _ if asked.is_empty() && !post => Call { method, url: url.into(), headers, body: None },
        Body::Form => {
            let body = Some(("application/x-www-form-urlencoded", Secret::new(pairs(asked))));
            Call { method, url: url.into(), headers, body }
        }
        Body::Json => {
            let members: Map<String, Value> =
                asked.iter().map(|(name, value)| (name.clone(), Value::String(value.clone()))).collect();
            let body = Some(("application/json", Secret::new(Value::Object(members).to_string())));
            Call { method, url: url.into(), headers, body }
        }
    }
}

/// The JWT that we sign. Its `jti` is left out: no type here wants one, and chance isn't ours to take.
fn assertion(kind: &SourceType, setup: &Setup<'_>, scopes: &str, now: Time) -> Result<Secret, Wrong> {
    let rules = kind.assertion.as_ref().ok_or_else(|| Wrong::field("assertion", "isn't defined"))?;
    let values = Values::of(kind, setup);
    let key = if rules.key == "client_secret" { setup.client_secret } else { setup.fields.get(&rules.key) };
    let key = key.ok_or_else(|| Wrong::field(&rules.key, "is missing; it holds the private key"))?;
    let claims = claims(rules, &values, scopes, now)?;
    let kid = rules.kid.as_ref().map(|kid| values.text(kid)).transpose()?.filter(|kid| !kid.is_empty());
    let signed = jwt::assert(key.reveal(), algorithm(rules.alg), kid.as_deref(), &claims);
    signed.map(Secret::new).map_err(|_| {
        let what =
            "isn't a private key that this type can sign with; paste the whole PEM text, from -----BEGIN to END-----";
        Wrong::field(&rules.key, what)
    })
}

fn claims(rules: &Assertion, values: &Values<'_>, scopes: &str, now: Time) -> Result<Value, Wrong> {
    let mut claims = Map::new();
    for (name, template) in &rules.claims {
        let value = values.text(template)?;
        if !value.is_empty() {
            claims.insert(name.clone(), Value::String(value));
        }
    }
    if rules.scope_claim && !scopes.is_empty() {
        claims.insert("scope".to_owned(), Value::String(scopes.to_owned()));
    }
    let from = now - rules.backdate.unwrap_or_default();
    claims.insert("iat".to_owned(), from.secs().into());
    claims.insert("exp".to_owned(), (from + rules.lifetime).secs().into());
    Ok(Value::Object(claims))
}

fn algorithm(alg: Algorithm) -> crate::crypto::Algorithm {
    match alg {
        Algorithm::RS256 => crate::crypto::Algorithm::RS256,
        Algorithm::PS256 => crate::crypto::Algorithm::PS256,
        Algorithm::ES256 => crate::crypto::Algorithm::ES256,
        Algorithm::EdDSA => crate::crypto::Algorithm::EdDSA,
    }
}

/// A request of a definition: who an account is, or whether a key is good.
pub(super) fn request(
    values: Values<'_>,
    rule: &RequestRule,
    access_token: Option<&Secret>,
    now: Time,
) -> Result<Call, Wrong> {
    let mut headers = vec![("accept".to_owned(), Secret::new("application/json"))];
    let mut asked = Vec::new();
    let bearer = |token: &str| ("authorization".to_owned(), Secret::new(format!("Bearer {token}")));
    match rule.auth {
        RequestAuth::Bearer => {
            let token = access_token.ok_or_else(|| Wrong::field("auth", "is bearer, but there is no access token"))?;
            headers.push(bearer(token.reveal()));
        }
        RequestAuth::Assertion => headers.push(bearer(assertion(values.kind, values.setup, "", now)?.reveal())),
        RequestAuth::Client => authenticate(&values, endpoint(values.kind)?, &mut asked, &mut headers)?,
        RequestAuth::ClientBasic => {
            let secret = values.setup.client_secret.ok_or_else(|| Wrong::field("client_secret", "is missing"))?;
            headers.push(basic(values.client_id(), secret.reveal()));
        }
        RequestAuth::None => {}
    }
    if let Some(both) = &rule.basic {
        let both = values.text(both)?;
        headers.push(("authorization".to_owned(), Secret::new(format!("Basic {}", base64(both.as_bytes())))));
    }
    for (name, template) in &rule.headers {
        let value = values.header(name, template)?;
        headers.retain(|(have, _)| !have.eq_ignore_ascii_case(name));
        headers.push((name.to_ascii_lowercase(), Secret::new(value)));
    }
    let url = values.url(&rule.url)?;
    let mut call = written(method(rule.method), url, Body::Form, &asked, headers);
    if let Some(body) = &rule.body {
        call.body = Some(("application/json", Secret::new(body.clone())));
    }
    Ok(call)
}

pub(super) fn method(method: Method) -> http::Method {
    match method {
        Method::Get => http::Method::GET,
        Method::Post => http::Method::POST,
        Method::Delete => http::Method::DELETE,
    }
}
