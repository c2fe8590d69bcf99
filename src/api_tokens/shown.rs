//! A token as everyone may see it who may see it at all: in the API, in the management API, on the command line.

use super::ApiToken;
use crate::base::Time;
use crate::base::id::WorkspaceId;
use crate::crypto::api_token::PREFIX;
use serde::Serialize;
use utoipa::ToSchema;

/// An API token, but for the token itself.
#[derive(Serialize, ToSchema)]
#[schema(as = ApiToken)]
pub struct Shown {
    id: String,
    /// What its person calls it.
    name: String,
    /// What all tokens begin with.
    #[schema(value_type = String)]
    prefix: &'static str,
    last_four: String,
    #[schema(value_type = Option<String>)]
    workspace: Option<WorkspaceId>,
    /// Null: all that its person may do.
    scopes: Option<Vec<String>>,
    /// Null: as the settings say.
    requests_per_second: Option<u32>,
    #[schema(value_type = String, format = DateTime)]
    created_at: Time,
    /// To the minute.
    #[schema(value_type = Option<String>, format = DateTime)]
    last_used_at: Option<Time>,
    /// From which network.
    last_used_from: Option<String>,
    #[schema(value_type = Option<String>, format = DateTime)]
    expires_at: Option<Time>,
}

impl From<ApiToken> for Shown {
    fn from(token: ApiToken) -> Self {
        Shown {
            scopes: token.scopes(),
            id: token.id.to_string(),
            name: token.name,
            prefix: PREFIX,
            last_four: token.hint,
            workspace: token.workspace,
            requests_per_second: token.per_second,
            created_at: token.created_at,
            last_used_at: token.used_at,
            last_used_from: token.used_from,
            expires_at: token.expires_at,
        }
    }
}
