//! Where a third party is asked, and in which words.

use super::rules::Policy;
use super::template::Template;
use serde::Deserialize;
use std::collections::BTreeMap;
use std::time::Duration;

/// RFC 6749 §3.1: where people allow us in.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Authorize {
    /// The endpoint.
    pub url: Template,
    /// RFC 7636; `off` only where the provider refuses parameters that it doesn't know.
    #[serde(default)]
    pub pkce: Pkce,
    /// OpenID Connect Core §3.1.2.1: whether an ID token comes of it, so that a nonce is sent and checked.
    #[serde(default)]
    pub nonce: bool,
    /// The name of the parameter that holds the client id.
    #[serde(default = "client_id")]
    pub client_id_param: String,
    /// The name of the parameter that holds the scopes; empty when the provider takes none here.
    #[serde(default = "scope")]
    pub scope_param: String,
    /// The name of the parameter that says whose account is meant, where there is one.
    #[serde(default)]
    pub login_hint_param: Option<String>,
    /// The name of the callback's parameter that holds the code.
    #[serde(default = "code")]
    pub code_param: String,
    /// The name of the callback's parameter that holds its MAC, where the provider signs it with the client secret.
    #[serde(default)]
    pub callback_hmac: Option<String>,
    /// The name of the callback's parameter that must be the host to which the browser was sent.
    #[serde(default)]
    pub callback_host: Option<String>,
    /// Standard parameters that this provider must not get.
    #[serde(default)]
    pub omit: Vec<String>,
    /// Further parameters; values may name parameters of the source in braces.
    #[serde(default)]
    pub extra: BTreeMap<String, Template>,
}

fn client_id() -> String {
    "client_id".to_owned()
}

fn client_secret() -> String {
    "client_secret".to_owned()
}

fn scope() -> String {
    "scope".to_owned()
}

fn code() -> String {
    "code".to_owned()
}

fn token() -> String {
    "token".to_owned()
}

/// RFC 7636 §4.2.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
pub enum Pkce {
    /// A challenge is sent.
    #[default]
    S256,
    /// None is.
    #[serde(rename = "off")]
    Off,
}

/// RFC 6749 §3.2: where tokens come from.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TokenEndpoint {
    /// The endpoint.
    pub url: Template,
    /// Where it is another one for refreshing.
    #[serde(default)]
    pub refresh_url: Option<Template>,
    /// RFC 6749 §2.3.1: how the client proves itself with a secret.
    #[serde(default)]
    pub client_auth: ClientAuth,
    /// RFC 7523 §2.2: how it proves itself with a private key, where this provider takes that. A source that holds a key does.
    #[serde(default)]
    pub client_key: Option<ClientKey>,
    /// How parameters are written.
    #[serde(default)]
    pub body: Body,
    /// The name of the parameter that holds the client id.
    #[serde(default = "client_id")]
    pub client_id_param: String,
    /// The name of the parameter that holds the secret.
    #[serde(default = "client_secret")]
    pub client_secret_param: String,
    /// Further headers.
    #[serde(default)]
    pub headers: BTreeMap<String, Template>,
    /// Standard parameters that this provider must not get.
    #[serde(default)]
    pub omit: Vec<String>,
    /// Further parameters when a code is exchanged, or a token is minted.
    #[serde(default)]
    pub extra: BTreeMap<String, Template>,
    /// Further parameters when a token is refreshed.
    #[serde(default)]
    pub refresh_extra: BTreeMap<String, Template>,
    /// Whether the granted scopes are named again when a token is refreshed.
    #[serde(default)]
    pub refresh_scopes: bool,
}

/// RFC 6749 §2.3.1: how a client proves itself.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ClientAuth {
    /// Id and secret are parameters.
    #[default]
    Post,
    /// Id and secret in `Authorization: Basic`.
    Basic,
    /// The secret alone in `Authorization: Basic`, as Stripe has it.
    BasicSecret,
    /// The id is a parameter, and there is no secret.
    None,
    /// RFC 7523 §2.2: only with a private key, as `client_key` says.
    PrivateKeyJwt,
}

/// RFC 7523 §2.2: the JWT that a private key of the client signs in the place of its secret.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct ClientKey {
    /// `aud`; the token endpoint where it is empty.
    pub audience: Option<Template>,
    /// What an RSA key signs with that doesn't say it itself.
    pub rsa: RsaAlgorithm,
}

/// RFC 7518 §3.3, §3.5.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[expect(missing_docs, reason = "as in RFC 7518 §3.1")]
pub enum RsaAlgorithm {
    #[default]
    RS256,
    PS256,
}

impl From<RsaAlgorithm> for crate::crypto::Algorithm {
    fn from(alg: RsaAlgorithm) -> Self {
        match alg {
            RsaAlgorithm::RS256 => crate::crypto::Algorithm::RS256,
            RsaAlgorithm::PS256 => crate::crypto::Algorithm::PS256,
        }
    }
}

/// How parameters are written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Body {
    /// `application/x-www-form-urlencoded`.
    #[default]
    Form,
    /// `application/json`.
    Json,
    /// In the query of the URL, with an empty body.
    Query,
}

/// What is done to a resource.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
#[expect(missing_docs, reason = "as in RFC 9110 §9.3")]
pub enum Method {
    #[default]
    Get,
    Post,
    Delete,
}

/// The JWT that stands for a refresh token (RFC 7523 §2.1) or for an app.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Assertion {
    /// RFC 7518 §3.1.
    pub alg: Algorithm,
    /// The field of the account that holds the private key in PEM; `client_secret` for that of the source.
    pub key: String,
    /// The header's `kid`.
    #[serde(default)]
    pub kid: Option<Template>,
    /// Claims, as texts; those that come out empty are left out.
    pub claims: BTreeMap<String, Template>,
    /// Whether the scopes are a claim.
    #[serde(default)]
    pub scope_claim: bool,
    /// From `iat` to `exp`.
    #[serde(deserialize_with = "super::read::span")]
    pub lifetime: Duration,
    /// How far `iat` lies in the past: the provider's clock may be behind ours.
    #[serde(default, deserialize_with = "super::read::maybe_span")]
    pub backdate: Option<Duration>,
}

/// Signature algorithms that assertions are signed with.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[expect(missing_docs, reason = "as in RFC 7518 §3.1")]
pub enum Algorithm {
    RS256,
    PS256,
    ES256,
    EdDSA,
}

/// Where an access token that doesn't expire becomes one that does, with a refresh token: once, and there is no way back.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Migrate {
    /// The endpoint.
    pub url: Template,
    /// The name of the parameter that holds the old token.
    #[serde(default = "token")]
    pub token_param: String,
    /// What becomes of the old token: good once, where nothing is known; `grace(7d)` where the exchange may be repeated for that
    /// long; `none` where it stays good.
    #[serde(default)]
    pub policy: Policy,
    /// How the client proves itself, where that isn't as at the token endpoint.
    #[serde(default)]
    pub client_auth: Option<ClientAuth>,
    /// How parameters are written.
    #[serde(default)]
    pub body: Body,
    /// Further parameters.
    #[serde(default)]
    pub extra: BTreeMap<String, Template>,
}

/// RFC 7662: where a provider says whether a token is good. It is asked only when somebody saw one fail.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Introspect {
    /// The endpoint.
    pub url: Template,
    /// Who asks.
    #[serde(default)]
    pub auth: RequestAuth,
}

/// RFC 7009, or what a provider has instead.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Revoke {
    /// The endpoint.
    pub url: Template,
    /// POST, unless it says otherwise.
    #[serde(default = "post")]
    pub method: Method,
    /// Which token is named.
    #[serde(default)]
    pub token: TokenKind,
    /// The name of the parameter that holds it.
    #[serde(default = "token")]
    pub token_param: String,
    /// Who asks.
    #[serde(default)]
    pub auth: RequestAuth,
    /// How parameters are written.
    #[serde(default)]
    pub body: Body,
    /// Further parameters.
    #[serde(default)]
    pub extra: BTreeMap<String, Template>,
    /// Whether it ends more than the one grant, so that it must not be called while others live.
    #[serde(default)]
    pub ends_all: bool,
}

fn post() -> Method {
    Method::Post
}

/// Which token is named.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum TokenKind {
    /// The refresh token; the access token where there is none.
    #[default]
    Refresh,
    /// The access token.
    Access,
    /// None: the request's own authorization says it.
    None,
}

/// Who asks.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RequestAuth {
    /// As at the token endpoint.
    #[default]
    Client,
    /// `Authorization: Basic` with client id and secret.
    ClientBasic,
    /// `Authorization: Bearer` with the access token.
    Bearer,
    /// `Authorization: Bearer` with the JWT that we sign.
    Assertion,
    /// Nobody; or what the headers say.
    None,
}

/// A request that reads something: who an account is, whether a key is good.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RequestRule {
    /// What is asked.
    pub url: Template,
    /// GET, unless it says otherwise.
    #[serde(default)]
    pub method: Method,
    /// Who asks.
    #[serde(default = "bearer")]
    pub auth: RequestAuth,
    /// `name:password`, with fields of the account in braces, for `Authorization: Basic`.
    #[serde(default)]
    pub basic: Option<Template>,
    /// Further headers; values may name fields of the account and parameters in braces.
    #[serde(default)]
    pub headers: BTreeMap<String, Template>,
    /// A JSON body, as it is.
    #[serde(default)]
    pub body: Option<String>,
}

fn bearer() -> RequestAuth {
    RequestAuth::Bearer
}
