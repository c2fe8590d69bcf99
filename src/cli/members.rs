//! Client metadata as flags: what is given becomes RFC 7591 members, what isn't stays away.

use super::ask;
use super::output::Failure;
use super::token::{Rate, rate};
use crate::config::span;
use clap::{Args, ValueEnum};
use serde_json::{Map, Value, json};
use std::path::PathBuf;

/// What can be said about a client.
#[derive(Debug, Args)]
pub(super) struct Members {
    /// What people see it called when they decide
    #[arg(long, value_name = "NAME")]
    name: Option<String>,
    /// Where people are sent back to, compared letter by letter; may be given several times
    #[arg(long = "redirect-uri", value_name = "URI", num_args = 1..)]
    redirect_uris: Option<Vec<String>>,
    /// Where people may be sent after signing out, compared letter by letter; may be given several times
    #[arg(long = "post-logout-redirect-uri", value_name = "URI", num_args = 1..)]
    post_logout_redirect_uris: Option<Vec<String>>,
    /// Where it is told that somebody signed out, by a request of ours (OIDC Back-Channel Logout)
    #[arg(long, value_name = "URL")]
    backchannel_logout_uri: Option<String>,
    /// What browsers load when somebody signs out, in a hidden frame (OIDC Front-Channel Logout)
    #[arg(long, value_name = "URL")]
    frontchannel_logout_uri: Option<String>,
    /// What it may ask for, in one text: "openid offline profile email"
    #[arg(long, value_name = "SCOPES")]
    scope: Option<String>,
    /// How it gets tokens; may be given several times: authorization_code (a person signs in), refresh_token (and stays
    /// signed in), client_credentials (it acts for itself)
    #[arg(long = "grant-type", value_enum, value_name = "GRANT", num_args = 1.., value_delimiter = ',')]
    #[arg(hide_possible_values = true)]
    grant_types: Option<Vec<Grant>>,
    /// What comes back from the authorization endpoint: code, or one of the legacy response types, in quotes, where the
    /// server lets them in: "id_token", "id_token token", "code id_token", "code token", "code id_token token"
    #[arg(long = "response-type", value_name = "TYPE", num_args = 1..)]
    response_types: Option<Vec<String>>,
    /// How it proves who it is: client_secret_basic, client_secret_post, private_key_jwt (signed with a key of its own),
    /// or none (apps on people's devices and in their browsers)
    #[arg(long, value_enum, value_name = "METHOD", hide_possible_values = true)]
    auth_method: Option<Method>,
    /// A file with its public keys (JWK set) for private_key_jwt; - is standard input
    #[arg(long, value_name = "FILE", conflicts_with = "jwks_uri")]
    jwks: Option<PathBuf>,
    /// Where it serves its public keys
    #[arg(long, value_name = "URL")]
    jwks_uri: Option<String>,
    /// Don't ask people for consent: it is ours
    #[arg(long, num_args = 0..=1, require_equals = true, default_missing_value = "true")]
    #[arg(value_name = "BOOL", hide_possible_values = true)]
    trusted: Option<bool>,
    /// Let it use the management API with tokens of its own
    #[arg(long, num_args = 0..=1, require_equals = true, default_missing_value = "true")]
    #[arg(value_name = "BOOL", hide_possible_values = true)]
    admin: Option<bool>,
    /// Refuse its requests without PKCE; always so for clients without a secret
    #[arg(long, num_args = 0..=1, require_equals = true, default_missing_value = "true")]
    #[arg(value_name = "BOOL", hide_possible_values = true)]
    require_pkce: Option<bool>,
    /// Let it introspect other clients' tokens: it is an API that they are shown to
    #[arg(long, num_args = 0..=1, require_equals = true, default_missing_value = "true")]
    #[arg(value_name = "BOOL", hide_possible_values = true)]
    resource_server: Option<bool>,
    /// A JSON file with any members of RFC 7591, under their registered names; flags win over it. - is standard input
    #[arg(long, value_name = "FILE")]
    metadata: Option<PathBuf>,
    #[command(flatten)]
    tokens: Tokens,
    #[command(flatten)]
    openid: OpenId,
}

/// What it learns of people, and how it asks.
#[derive(Debug, Args)]
#[command(next_help_heading = "OpenID Connect")]
struct OpenId {
    /// What people are known by: public, the same everywhere, or pairwise, a name that only this client's sector knows
    #[arg(long, value_enum, value_name = "TYPE", hide_possible_values = true)]
    subject_type: Option<Subjects>,
    /// A document that lists the redirect URIs of a pairwise client's sector; its host is the sector
    #[arg(long, value_name = "URL")]
    sector_identifier_uri: Option<String>,
    /// Sign UserInfo answers: RS256, ES256, EdDSA or PS256
    #[arg(long, value_enum, value_name = "ALG", ignore_case = true, hide_possible_values = true)]
    userinfo_alg: Option<Alg>,
    /// Where a request object of it may be fetched; may be given several times
    #[arg(long = "request-uri", value_name = "URL", num_args = 1..)]
    request_uris: Option<Vec<String>>,
}

/// What its tokens are like.
#[derive(Debug, Args)]
#[command(next_help_heading = "Tokens")]
struct Tokens {
    /// What becomes of a used refresh token: used again soon it gives the same answer again (replay), it ends the grant
    /// (strict), or it simply stays (static)
    #[arg(long, value_enum, value_name = "POLICY", hide_possible_values = true)]
    rotation: Option<Rotation>,
    /// What soon means for replay, as 60s
    #[arg(long, value_parser = seconds, value_name = "TIME")]
    replay_window: Option<u64>,
    /// opaque access tokens, or jwt: resource servers can check those offline, but nobody can call them back
    #[arg(long, value_enum, value_name = "FORMAT", hide_possible_values = true)]
    access_token_format: Option<TokenFormat>,
    /// Requests a second with the tokens of one grant: a number, 0 for no limit, or default for what the settings say
    #[arg(long, value_parser = rate, value_name = "N")]
    requests_per_second: Option<Rate>,
    /// What ID tokens are signed with: RS256, ES256, EdDSA or PS256
    #[arg(long, value_enum, value_name = "ALG", ignore_case = true, hide_possible_values = true)]
    id_token_alg: Option<Alg>,
    /// A resource (API) that it may ask tokens for; may be given several times
    #[arg(long = "resource", value_name = "URI", num_args = 1..)]
    resources: Option<Vec<String>>,
    /// How long a code lives
    #[arg(long, value_parser = seconds, value_name = "TIME")]
    code_lifetime: Option<u64>,
    /// How long an access token lives
    #[arg(long, value_parser = seconds, value_name = "TIME")]
    access_token_lifetime: Option<u64>,
    /// How long an ID token lives
    #[arg(long, value_parser = seconds, value_name = "TIME")]
    id_token_lifetime: Option<u64>,
    /// How long an unused refresh token lives
    #[arg(long, value_parser = seconds, value_name = "TIME")]
    refresh_idle_lifetime: Option<u64>,
    /// How long a refresh token lives, however much it is used
    #[arg(long, value_parser = seconds, value_name = "TIME")]
    refresh_absolute_lifetime: Option<u64>,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum Subjects {
    Public,
    Pairwise,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
#[value(rename_all = "snake_case")]
enum Grant {
    AuthorizationCode,
    Implicit,
    RefreshToken,
    ClientCredentials,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
#[value(rename_all = "snake_case")]
enum Method {
    ClientSecretBasic,
    ClientSecretPost,
    PrivateKeyJwt,
    None,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum Rotation {
    Replay,
    Strict,
    Static,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum TokenFormat {
    Opaque,
    Jwt,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum Alg {
    #[value(name = "RS256")]
    Rs256,
    #[value(name = "ES256")]
    Es256,
    #[value(name = "EdDSA")]
    EdDsa,
    #[value(name = "PS256")]
    Ps256,
}

fn seconds(text: &str) -> Result<u64, &'static str> {
    let span = span::parse(text).ok_or("write 60s, 10m, 12h or 30d")?;
    if span.subsec_millis() == 0 { Ok(span.as_secs()) } else { Err("whole seconds, please") }
}

fn name<T: ValueEnum>(value: T) -> Value {
    value.to_possible_value().map_or(Value::Null, |value| json!(value.get_name()))
}

fn names<T: ValueEnum>(values: Vec<T>) -> Value {
    values.into_iter().map(name).collect()
}

impl Members {
    /// The members that were given.
    pub(super) fn given(self) -> Result<Map<String, Value>, Failure> {
        let mut members = match &self.metadata {
            Some(file) => ask::object("--metadata", file)?,
            None => Map::new(),
        };
        let jwks = self.jwks.as_deref().map(|file| ask::object("--jwks", file)).transpose()?.map(key_set);
        let (tokens, openid) = (self.tokens, self.openid);
        let flags = [
            ("client_name", self.name.map(Value::from)),
            ("redirect_uris", self.redirect_uris.map(Value::from)),
            ("post_logout_redirect_uris", self.post_logout_redirect_uris.map(Value::from)),
            ("backchannel_logout_uri", self.backchannel_logout_uri.map(Value::from)),
            ("frontchannel_logout_uri", self.frontchannel_logout_uri.map(Value::from)),
            ("scope", self.scope.map(Value::from)),
            ("grant_types", self.grant_types.map(names)),
            ("response_types", self.response_types.map(Value::from)),
            ("token_endpoint_auth_method", self.auth_method.map(name)),
            ("jwks", jwks),
            ("jwks_uri", self.jwks_uri.map(Value::from)),
            ("trusted", self.trusted.map(Value::from)),
            ("admin", self.admin.map(Value::from)),
            ("require_pkce", self.require_pkce.map(Value::from)),
            ("resource_server", self.resource_server.map(Value::from)),
            ("rotation", tokens.rotation.map(name)),
            ("replay_window", tokens.replay_window.map(Value::from)),
            ("access_token_format", tokens.access_token_format.map(name)),
            ("requests_per_second", tokens.requests_per_second.map(|Rate(rate)| json!(rate))),
            ("id_token_signed_response_alg", tokens.id_token_alg.map(name)),
            ("resources", tokens.resources.map(Value::from)),
            ("code_lifetime", tokens.code_lifetime.map(Value::from)),
            ("access_token_lifetime", tokens.access_token_lifetime.map(Value::from)),
            ("id_token_lifetime", tokens.id_token_lifetime.map(Value::from)),
            ("refresh_idle_lifetime", tokens.refresh_idle_lifetime.map(Value::from)),
            ("refresh_absolute_lifetime", tokens.refresh_absolute_lifetime.map(Value::from)),
            ("subject_type", openid.subject_type.map(name)),
            ("sector_identifier_uri", openid.sector_identifier_uri.map(Value::from)),
            ("userinfo_signed_response_alg", openid.userinfo_alg.map(name)),
            ("request_uris", openid.request_uris.map(Value::from)),
        ];
        members.extend(flags.into_iter().filter_map(|(name, value)| Some((name.to_owned(), value?))));
        Ok(members)
    }
}

/// A single key is a set of one.
fn key_set(keys: Map<String, Value>) -> Value {
    if keys.contains_key("kty") && !keys.contains_key("keys") { json!({ "keys": [keys] }) } else { Value::Object(keys) }
}

/// The flag that gives a member.
pub(super) fn flag(member: &str) -> Option<&'static str> {
    Some(match member.split('/').next().unwrap_or_default() {
        "client_id" => "--id",
        "client_name" => "--name",
        "redirect_uris" => "--redirect-uri",
        "post_logout_redirect_uris" => "--post-logout-redirect-uri",
        "backchannel_logout_uri" => "--backchannel-logout-uri",
        "frontchannel_logout_uri" => "--frontchannel-logout-uri",
        "scope" => "--scope",
        "grant_types" => "--grant-type",
        "response_types" => "--response-type",
        "token_endpoint_auth_method" => "--auth-method",
        "jwks" => "--jwks",
        "jwks_uri" => "--jwks-uri",
        "trusted" => "--trusted",
        "admin" => "--admin",
        "require_pkce" => "--require-pkce",
        "resource_server" => "--resource-server",
        "rotation" => "--rotation",
        "replay_window" => "--replay-window",
        "access_token_format" => "--access-token-format",
        "id_token_signed_response_alg" => "--id-token-alg",
        "resources" => "--resource",
        "code_lifetime" => "--code-lifetime",
        "access_token_lifetime" => "--access-token-lifetime",
        "id_token_lifetime" => "--id-token-lifetime",
        "refresh_idle_lifetime" => "--refresh-idle-lifetime",
        "refresh_absolute_lifetime" => "--refresh-absolute-lifetime",
        "subject_type" => "--subject-type",
        "sector_identifier_uri" => "--sector-identifier-uri",
        "userinfo_signed_response_alg" => "--userinfo-alg",
        "request_uris" => "--request-uri",
        "overlap" => "--overlap",
        _ => return None,
    })
}

/// What a command line leaves to be understood when a client is made.
pub(super) fn complete(members: &mut Map<String, Value>) {
    let has = |members: &Map<String, Value>, name: &str| members.contains_key(name);
    let is = |members: &Map<String, Value>, name: &str, value: Value| members.get(name) == Some(&value);
    if !has(members, "token_endpoint_auth_method") && (has(members, "jwks") || has(members, "jwks_uri")) {
        members.insert("token_endpoint_auth_method".to_owned(), json!("private_key_jwt"));
    }
    let admin = is(members, "admin", json!(true));
    // Otherwise they follow from the response types.
    if !has(members, "grant_types") && !has(members, "response_types") {
        let public = is(members, "token_endpoint_auth_method", json!("none"));
        let people = has(members, "redirect_uris") || (public && !admin);
        let grants =
            if people { json!(["authorization_code", "refresh_token"]) } else { json!(["client_credentials"]) };
        members.insert("grant_types".to_owned(), grants);
    }
    if admin {
        administers(members);
    }
}

/// A client for the management API gets its own tokens, with its scope in them.
fn administers(members: &mut Map<String, Value>) {
    let wanted = json!("client_credentials");
    if let Some(Value::Array(grants)) = members.get_mut("grant_types")
        && !grants.contains(&wanted)
    {
        grants.push(wanted);
    }
    let mut scope = match members.get("scope") {
        Some(Value::String(scope)) => scope.clone(),
        Some(_) => return,
        None if members.get("grant_types") == Some(&json!(["client_credentials"])) => String::new(),
        None => crate::clients::Metadata::default().scope,
    };
    if !scope.split(' ').any(|name| name == crate::clients::ADMIN_SCOPE) {
        scope = format!("{scope} {}", crate::clients::ADMIN_SCOPE).trim().to_owned();
    }
    members.insert("scope".to_owned(), Value::from(scope));
}

#[cfg(test)]
mod tests {
    use super::*;

    fn completed(members: Value) -> Value {
        let mut members = members.as_object().cloned().expect("object");
        complete(&mut members);
        Value::Object(members)
    }

    #[test]
    fn a_client_without_redirects_is_a_machine() {
        assert_eq!(completed(json!({}))["grant_types"], json!(["client_credentials"]));
        let uri = json!({"redirect_uris": ["https://a.example/cb"]});
        assert_eq!(completed(uri)["grant_types"], json!(["authorization_code", "refresh_token"]));
        // So that the refusal is about the redirect URI that is missing.
        let public = json!({"token_endpoint_auth_method": "none"});
        assert_eq!(completed(public)["grant_types"], json!(["authorization_code", "refresh_token"]));
    }

    #[test]
    fn admin_brings_its_grant_and_its_scope() {
        let ops = completed(json!({"admin": true}));
        assert_eq!((&ops["grant_types"], &ops["scope"]), (&json!(["client_credentials"]), &json!("symbolon:admin")));
        let both = completed(json!({"admin": true, "redirect_uris": ["https://a.example/cb"], "scope": "openid"}));
        assert_eq!(both["grant_types"], json!(["authorization_code", "refresh_token", "client_credentials"]));
        assert_eq!(both["scope"], json!("openid symbolon:admin"));
    }

    #[test]
    fn keys_bring_their_method() {
        let with = completed(json!({"jwks_uri": "https://a.example/jwks"}));
        assert_eq!(with["token_endpoint_auth_method"], json!("private_key_jwt"));
    }
}
