//! A source type as the API and the command line show it: what is asked for, what is known, and what nobody verified.

use super::definition::SourceType;
use super::form::{Asked, Param};
use serde::Serialize;
use utoipa::ToSchema;

/// A kind of third party, in a line.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct SourceTypeSummary {
    /// Its name for programs.
    #[schema(example = "quickbooks")]
    pub key: String,
    /// Its name for people.
    pub name: String,
    /// Counted up with every change that sources would notice.
    pub version: u32,
    /// How its tokens come about: oauth2_code, client_credentials, jwt_bearer, app_installation, api_key, basic,
    /// custom_fields.
    pub kind: &'static str,
    /// Whether its addresses come from the source's parameters.
    pub generic: bool,
    /// What becomes of a refresh token that was used: none, grace(30m), strict, strict_family, minted.
    #[schema(example = "strict")]
    pub rotation: String,
    /// Whether Symbolon must hold the refresh token: required, optional, none.
    pub custody: &'static str,
    /// The day on which its facts were last gone through.
    #[schema(example = "2026-11-22")]
    pub last_checked: String,
}

/// A kind of third party, with what is asked for and what is known.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct SourceTypeShown {
    /// In a line.
    #[serde(flatten)]
    pub summary: SourceTypeSummary,
    /// Hosts that may be talked to.
    pub hosts: Vec<String>,
    /// What the external id of an account is.
    pub external_id_meaning: String,
    /// What the secret of a source is.
    pub secret_meaning: String,
    /// Whether a source may hold a private key instead, and sign with it (`private_key_jwt`).
    pub private_key: bool,
    /// Whether an access token that doesn't expire can be exchanged for one that does and a refresh token (`migrate`).
    pub migrate: bool,
    /// What an operator should know.
    pub notes: String,
    /// Facts that nobody could verify without the vendor.
    pub unverified: Vec<String>,
    /// Pages of the vendor.
    pub docs: Vec<String>,
    /// Values that a source, a connection or the provider brings.
    pub params: Vec<ParamShown>,
    /// What the key form asks for.
    pub fields: Vec<FieldShown>,
    /// Scopes.
    pub scopes: ScopesShown,
    /// Lifetimes.
    pub lifetimes: LifetimesShown,
}

/// A value that a source, a connection or the provider brings.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct ParamShown {
    /// Its name for programs.
    pub name: String,
    /// Its name for people.
    pub label: String,
    /// Who says it: source, connect, callback, answer.
    pub asked: &'static str,
    /// The values that it may have, where they are few.
    pub choices: Vec<String>,
    /// What it is when nobody says it.
    pub default: Option<String>,
    /// Whether it may be missing.
    pub optional: bool,
    /// One that would do.
    pub example: Option<String>,
    /// What it is, for people.
    pub help: String,
}

/// A field of a key form.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct FieldShown {
    /// Its name for programs.
    pub name: String,
    /// Its name for people.
    pub label: String,
    /// Whether it is never shown again.
    pub secret: bool,
    /// Whether it may be missing.
    pub optional: bool,
    /// Whether it has several lines.
    pub lines: bool,
    /// Where to find it.
    pub help: String,
}

/// The scopes of a third party.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct ScopesShown {
    /// Asked for when a source names none.
    pub default: Vec<String>,
    /// Always asked for.
    pub always: Vec<String>,
    /// Some that exist.
    pub known: Vec<String>,
}

/// How long things live: as 1h, 100d, never or unknown.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct LifetimesShown {
    /// An access token, where the answer doesn't say it.
    pub access: String,
    /// A refresh token that isn't used.
    pub refresh_idle: String,
    /// A refresh token, from the moment of consent.
    pub refresh_absolute: String,
}

impl SourceType {
    /// For a list.
    pub fn summary(&self) -> SourceTypeSummary {
        SourceTypeSummary {
            key: self.key.clone(),
            name: self.name.clone(),
            version: self.version,
            kind: self.kind.name(),
            generic: self.generic,
            rotation: self.policy().to_string(),
            custody: self.custody.name(),
            last_checked: self.last_checked.clone(),
        }
    }

    /// For a page of its own.
    pub fn shown(&self) -> SourceTypeShown {
        let fields = self.fields.iter().map(|field| FieldShown {
            name: field.name.clone(),
            label: field.label.clone(),
            secret: field.secret,
            optional: field.optional,
            lines: field.lines,
            help: field.help.clone(),
        });
        // What the provider says isn't anybody's to fill in, but belongs to what is kept.
        let asked = [Asked::Source, Asked::Connect, Asked::Callback, Asked::Answer];
        SourceTypeShown {
            summary: self.summary(),
            hosts: self.hosts.iter().map(ToString::to_string).collect(),
            external_id_meaning: self.external_id_meaning.clone(),
            secret_meaning: self.secret_meaning.clone(),
            private_key: super::wire::takes_key(self),
            migrate: self.migrate.is_some(),
            notes: self.notes.clone(),
            unverified: self.unverified.clone(),
            docs: self.docs.clone(),
            params: asked.into_iter().flat_map(|who| self.params_of(who)).map(param).collect(),
            fields: fields.collect(),
            scopes: ScopesShown {
                default: self.scopes_to_ask(&[]),
                always: self.scopes.always.clone(),
                known: self.scopes.known.clone(),
            },
            lifetimes: LifetimesShown {
                access: self.lifetimes.access.to_string(),
                refresh_idle: self.lifetimes.refresh_idle.to_string(),
                refresh_absolute: self.lifetimes.refresh_absolute.to_string(),
            },
        }
    }
}

fn param(param: &Param) -> ParamShown {
    ParamShown {
        name: param.name.clone(),
        label: param.meaning().to_owned(),
        asked: param.asked.name(),
        choices: param.choices.clone(),
        default: param.default.clone(),
        optional: param.optional,
        example: param.example.clone(),
        help: param.help.clone(),
    }
}
