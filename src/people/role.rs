//! What a person may do to this deployment.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// A role in the whole deployment; roles in a workspace are another thing.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// Nothing.
    #[default]
    User,
    /// Looks at everything and changes nothing.
    Auditor,
    /// Administers it; but doesn't say who else does.
    Admin,
    /// Everything.
    Owner,
}

impl Role {
    /// As databases and programs write it.
    pub fn name(self) -> &'static str {
        match self {
            Role::User => "user",
            Role::Auditor => "auditor",
            Role::Admin => "admin",
            Role::Owner => "owner",
        }
    }

    /// Reads what [`Role::name`] gives.
    pub fn named(name: &str) -> Option<Self> {
        [Role::User, Role::Auditor, Role::Admin, Role::Owner].into_iter().find(|role| role.name() == name)
    }

    /// Whether they may change things.
    pub fn administers(self) -> bool {
        self >= Role::Admin
    }

    /// Whether they may look at things.
    pub fn looks(self) -> bool {
        self >= Role::Auditor
    }
}
