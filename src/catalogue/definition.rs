//! vault.md §4: a source type, as its definition says it.

use super::endpoints::{Assertion, Authorize, Introspect, Migrate, RequestRule, Revoke, TokenEndpoint};
use super::example::Example;
use super::form::{Asked, Field, Param};
use super::host::HostPattern;
use super::identity::Recipe;
use super::rules::{AnswerRules, ErrorRule, Lifetimes, Policy, Rotation};
use super::template::Template;
use super::wrong::Wrong;
use serde::Deserialize;
use std::collections::BTreeMap;
use std::time::Duration;

/// One kind of third party: where it is asked, how, what its answers mean and who an account of it is.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SourceType {
    /// Its name for programs, as `quickbooks`; the name of its file.
    pub key: String,
    /// Its name for people.
    pub name: String,
    /// Counted up with every change that sources would notice.
    pub version: u32,
    /// The day on which somebody last went through its facts, as 2026-11-22. What couldn't be compared with the vendor
    /// then stands in `unverified`.
    pub last_checked: String,
    /// How its tokens come about.
    pub kind: Kind,
    /// Whether its addresses come from the source's parameters: for third parties that no definition knows, by admins
    /// only.
    #[serde(default)]
    pub generic: bool,
    /// Which hosts may be talked to. Everything that is sent has a host of this list.
    pub hosts: Vec<HostPattern>,
    /// Whether Symbolon must hold the refresh token.
    pub custody: Custody,
    /// What the external id of an account is, in words.
    pub external_id_meaning: String,
    /// What the secret of a source is, in words.
    #[serde(default = "client_secret")]
    pub secret_meaning: String,
    /// What an operator should know of this third party, in words.
    #[serde(default)]
    pub notes: String,
    /// Facts that nobody could verify without the vendor, in words.
    #[serde(default)]
    pub unverified: Vec<String>,
    /// Pages of the vendor.
    #[serde(default)]
    pub docs: Vec<String>,
    /// Scopes.
    #[serde(default)]
    pub scopes: Scopes,
    /// What URLs and requests need to be told.
    #[serde(default, rename = "param")]
    pub params: Vec<Param>,
    /// What the key form of an account asks for.
    #[serde(default, rename = "field")]
    pub fields: Vec<Field>,
    /// OpenID Connect Discovery §4, RFC 8414 §3: where the endpoints are described.
    #[serde(default)]
    pub discovery: Option<Template>,
    /// Where people allow us in.
    #[serde(default)]
    pub authorize: Option<Authorize>,
    /// Where tokens come from.
    #[serde(default)]
    pub token: Option<TokenEndpoint>,
    /// The JWT that we sign instead of having a refresh token.
    #[serde(default)]
    pub assertion: Option<Assertion>,
    /// Where an answer has what.
    #[serde(default)]
    pub answer: AnswerRules,
    /// What errors mean here, before the usual meaning counts.
    #[serde(default, rename = "error")]
    pub errors: Vec<ErrorRule>,
    /// What becomes of a refresh token that was used.
    #[serde(default)]
    pub rotation: Rotation,
    /// How long things live.
    #[serde(default)]
    pub lifetimes: Lifetimes,
    /// How often tokens may be asked for.
    #[serde(default)]
    pub throttle: Throttle,
    /// How a token from before there were refresh tokens is exchanged for a pair.
    #[serde(default)]
    pub migrate: Option<Migrate>,
    /// Where it says whether a token is good.
    #[serde(default)]
    pub introspect: Option<Introspect>,
    /// How a token is taken back.
    #[serde(default)]
    pub revoke: Option<Revoke>,
    /// A harmless request that tells a wrong secret from a right one, where a made-up code doesn't.
    #[serde(default)]
    pub probe: Option<RequestRule>,
    /// Who an account is.
    pub identity: Recipe,
    /// Answers as the vendor documents them, and what we read in them.
    #[serde(default, rename = "example")]
    pub examples: Vec<Example>,
    /// The definition as it was written: what options of a source change is changed in it.
    #[serde(skip)]
    pub(super) written: toml::Table,
}

fn client_secret() -> String {
    "the client secret".to_owned()
}

/// How tokens come about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// RFC 6749 §4.1: somebody allows us in, in their browser.
    Oauth2Code,
    /// RFC 6749 §4.4: a client's own id and secret.
    ClientCredentials,
    /// RFC 7523 §2.1: a JWT that an account's key signs.
    JwtBearer,
    /// GitHub: a JWT that the source's key signs, for one installation.
    AppInstallation,
    /// A key that somebody types in.
    ApiKey,
    /// A name and a password that somebody types in.
    Basic,
    /// Whatever the form asks for.
    CustomFields,
}

impl Kind {
    /// As definitions and the API write it.
    pub fn name(self) -> &'static str {
        match self {
            Kind::Oauth2Code => "oauth2_code",
            Kind::ClientCredentials => "client_credentials",
            Kind::JwtBearer => "jwt_bearer",
            Kind::AppInstallation => "app_installation",
            Kind::ApiKey => "api_key",
            Kind::Basic => "basic",
            Kind::CustomFields => "custom_fields",
        }
    }

    /// Whether a browser goes to the third party.
    pub fn connects_in_browser(self) -> bool {
        matches!(self, Kind::Oauth2Code | Kind::AppInstallation)
    }

    /// Whether access tokens are made anew whenever one is needed, without a refresh token.
    pub fn mints(self) -> bool {
        matches!(self, Kind::ClientCredentials | Kind::JwtBearer | Kind::AppInstallation)
    }

    /// Whether what somebody typed in is itself the credential.
    pub fn typed_in(self) -> bool {
        matches!(self, Kind::ApiKey | Kind::Basic | Kind::CustomFields)
    }
}

/// vault.md §3.5: whether Symbolon must hold the refresh token.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Custody {
    /// Two holders would destroy each other's tokens.
    Required,
    /// Another copy does no harm.
    Optional,
    /// There is no refresh token.
    None,
}

impl Custody {
    /// As definitions and the API write it.
    pub fn name(self) -> &'static str {
        match self {
            Custody::Required => "required",
            Custody::Optional => "optional",
            Custody::None => "none",
        }
    }
}

/// The scopes of a third party.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Scopes {
    /// What stands between them.
    pub separator: String,
    /// Asked for when a source names none.
    pub default: Vec<String>,
    /// Always asked for: without them there would be no refresh token.
    pub always: Vec<String>,
    /// Some that exist, for the form.
    pub known: Vec<String>,
}

impl Default for Scopes {
    fn default() -> Self {
        Scopes { separator: " ".to_owned(), default: Vec::new(), always: Vec::new(), known: Vec::new() }
    }
}

/// vault.md §3.9: how often one grant may be refreshed.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Throttle {
    /// The shortest time between two refreshes of one grant.
    #[serde(deserialize_with = "super::read::maybe_span")]
    pub min_interval: Option<Duration>,
    /// How many refreshes of one grant the vendor allows …
    pub refreshes: Option<u32>,
    /// … in this time.
    #[serde(deserialize_with = "super::read::maybe_span")]
    pub per: Option<Duration>,
}

impl Throttle {
    /// How long a grant that was refreshed is left in peace; none where the vendor doesn't count.
    pub fn interval(&self) -> Option<Duration> {
        let even = self.per.zip(self.refreshes).map(|(per, refreshes)| per / refreshes.max(1));
        self.min_interval.max(even)
    }
}

impl SourceType {
    /// `slack@2`: what a source remembers of it.
    pub fn at_version(&self) -> String {
        format!("{}@{}", self.key, self.version)
    }

    /// What becomes of a refresh token that was used. Where there is none, nothing can be spent.
    pub fn policy(&self) -> Policy {
        match self.kind {
            Kind::Oauth2Code if self.custody != Custody::None => self.rotation.policy,
            kind if kind.mints() => Policy::Minted,
            _ => Policy::None,
        }
    }

    /// The type as it is while a token from before is exchanged: what becomes of that one, [`Migrate::policy`] says.
    pub fn migrating(&self) -> Option<SourceType> {
        let policy = self.migrate.as_ref()?.policy;
        let rotation = Rotation { policy, flaky_invalid_grant: false, ..self.rotation.clone() };
        Some(SourceType { rotation, ..self.clone() })
    }

    /// What is asked for: the given scopes, or the type's own when there are none; and those without which nothing
    /// works.
    pub fn scopes_to_ask(&self, given: &[String]) -> Vec<String> {
        let wanted = if given.is_empty() { &self.scopes.default } else { given };
        let mut scopes: Vec<String> = Vec::new();
        for scope in wanted.iter().chain(&self.scopes.always) {
            if !scopes.contains(scope) {
                scopes.push(scope.clone());
            }
        }
        scopes
    }

    /// The form's field that gives this name: itself, or a part of a key file.
    pub fn field(&self, name: &str) -> Option<&Field> {
        self.fields.iter().find(|field| field.name == name || field.json.contains_key(name))
    }

    /// The parameters that are asked of somebody.
    pub fn params_of(&self, asked: Asked) -> impl Iterator<Item = &Param> {
        self.params.iter().filter(move |param| param.asked == asked)
    }

    /// Checks what somebody said: nothing that isn't asked of them, nothing missing, every value as it must be.
    pub fn check_params(&self, asked: Asked, given: &BTreeMap<String, String>) -> Result<(), Wrong> {
        if let Some(unknown) = given.keys().find(|name| !self.params_of(asked).any(|param| param.name == **name)) {
            let known: Vec<&str> = self.params_of(asked).map(|param| param.name.as_str()).collect();
            let known = if known.is_empty() { "none".to_owned() } else { known.join(", ") };
            return Err(Wrong::field(unknown, format!("isn't a parameter of {}; it has {known}", self.name)));
        }
        for param in self.params_of(asked) {
            match given.get(&param.name) {
                Some(value) => param.check(value)?,
                None if param.optional || param.default.is_some() => {}
                None => return Err(Wrong::field(&param.name, format!("is needed: {}", param.meaning()))),
            }
        }
        Ok(())
    }

    /// `login.example.com, *.example.com`.
    pub fn hosts_in_words(&self) -> String {
        self.hosts.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ")
    }
}
