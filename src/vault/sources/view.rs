//! Sources as the API, the command line and pages show them: never with a secret.

use super::{ClientSecret, Policy, Proof, Source, SourceId, State};
use crate::app::App;
use crate::base::Time;
use crate::base::id::WorkspaceId;
use crate::catalogue::{SourceType, wire};
use crate::db::Result;
use serde::Serialize;
use serde_json::Value;
use std::collections::BTreeMap;
use utoipa::ToSchema;

/// A source. Its secrets are never shown.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Source)]
pub struct Shown {
    #[schema(value_type = String)]
    id: SourceId,
    #[schema(value_type = String)]
    workspace: WorkspaceId,
    /// Its name in addresses.
    slug: String,
    /// Its name for people.
    name: String,
    /// The key of its type.
    r#type: String,
    /// The type's version when it was made.
    type_version: i64,
    /// What the provider calls us.
    client_id: String,
    /// Names of its client secrets, the one that is tried first first.
    client_secrets: Vec<SecretShown>,
    /// Its private keys, as others may see them. They are tried before secrets.
    private_keys: Vec<KeyShown>,
    /// What accounts are asked for; empty for what is usual for its type.
    scopes: Vec<String>,
    /// What its addresses need to be told.
    params: BTreeMap<String, String>,
    policy: Policy,
    state: State,
    /// Why it isn't active, where the provider refuses it: its error code.
    state_reason: Option<String>,
    #[schema(value_type = String, format = DateTime)]
    state_since: Time,
    /// What must be registered at the provider, exactly.
    redirect_uri: String,
    #[schema(value_type = String, format = DateTime)]
    created_at: Time,
    #[schema(value_type = String, format = DateTime)]
    updated_at: Time,
}

/// A client secret, but for itself.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = SourceSecret)]
struct SecretShown {
    id: String,
    #[schema(value_type = String, format = DateTime)]
    added_at: Time,
}

/// A private key, but for itself.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = SourceKey)]
struct KeyShown {
    id: String,
    #[schema(value_type = String, format = DateTime)]
    added_at: Time,
    /// Its public half as a JWK, to be registered at the provider.
    #[schema(value_type = Object)]
    public_key: Value,
}

/// The public half of a source's key; null where its type takes none any more.
pub fn public(kind: Option<&SourceType>, key: &ClientSecret) -> Value {
    kind.and_then(|kind| wire::assertion_key(kind, &key.value).ok()).map(|key| key.public()).unwrap_or_default()
}

impl Shown {
    /// A source as it is.
    pub async fn of(app: &App, source: &Source) -> Result<Self> {
        let all = source.secrets(app).await?;
        let kind = app.catalogue.get(&source.kind);
        let (keys, secrets): (Vec<_>, Vec<_>) = all.into_iter().partition(|one| one.proof == Proof::PrivateKey);
        let key = |one: ClientSecret| KeyShown {
            public_key: public(kind.map(std::convert::AsRef::as_ref), &one),
            added_at: Time::from_millis(one.added_at),
            id: one.id,
        };
        Ok(Shown {
            id: source.id.clone(),
            workspace: source.workspace.clone(),
            slug: source.slug.clone(),
            name: source.name.clone(),
            r#type: source.kind.clone(),
            type_version: source.kind_version,
            client_id: source.client_id.clone(),
            client_secrets: secrets
                .into_iter()
                .map(|one| SecretShown { id: one.id, added_at: Time::from_millis(one.added_at) })
                .collect(),
            private_keys: keys.into_iter().map(key).collect(),
            scopes: source.scope.split_whitespace().map(str::to_owned).collect(),
            params: source.params.clone(),
            policy: source.policy.clone(),
            state: source.state,
            state_reason: source.reason.clone(),
            state_since: source.state_at,
            redirect_uri: source.redirect_uri(app),
            created_at: source.created_at,
            updated_at: source.updated_at,
        })
    }
}
