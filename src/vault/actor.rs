//! Who may do what with an account: one function for every door.

use crate::audit;
use crate::base::ScopeSet;
use crate::base::id::{ClientId, UserId, WorkspaceId};
use crate::db::{Fault, Result};
use crate::people::workspaces::Standing;
use crate::vault::accounts::Account;
use crate::vault::grants::named;
use crate::web::Call;
use serde::Serialize;
use utoipa::ToSchema;

/// Somebody who acts in a workspace.
#[derive(Clone, Debug)]
pub struct Actor {
    /// Where.
    pub workspace: WorkspaceId,
    /// The person; none for a program of its own.
    pub user: Option<UserId>,
    /// What they are in the workspace.
    pub standing: Option<Standing>,
    /// The client that acts for them, or for itself.
    pub client: Option<ClientId>,
    /// What they may of what their person may; none for all of it.
    pub scopes: Option<ScopeSet>,
    /// As the trail names them.
    pub name: audit::Actor,
    /// From where.
    pub call: Call,
}

/// How much somebody may do with an account; each includes those before it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Level {
    /// See that it is there and how it is.
    View,
    /// Take its access tokens.
    Use,
    /// Change, share, reconnect, free it.
    Manage,
}

named!(Level, "a level", View = "view", Use = "use", Manage = "manage");

/// See sources and their types.
pub const SOURCES_READ: &str = "sources:read";
/// Make and change sources.
pub const SOURCES_WRITE: &str = "sources:write";
/// See accounts.
pub const ACCOUNTS_READ: &str = "accounts:read";
/// Change accounts.
pub const ACCOUNTS_WRITE: &str = "accounts:write";
/// Take access tokens of all sources. With `:` and a slug behind it, of one.
pub const ACCOUNTS_CREDENTIALS: &str = "accounts:credentials";
/// Take custody of refresh tokens, and give it away.
pub const ACCOUNTS_CUSTODY: &str = "accounts:custody";
/// Begin connections for people.
pub const CONNECT_WRITE: &str = "connect:write";
/// Follow what happens.
pub const WEBHOOKS_WRITE: &str = "webhooks:write";

/// All of them, for metadata and forms.
pub const SCOPES: [&str; 8] = [
    SOURCES_READ,
    SOURCES_WRITE,
    ACCOUNTS_READ,
    ACCOUNTS_WRITE,
    ACCOUNTS_CREDENTIALS,
    ACCOUNTS_CUSTODY,
    CONNECT_WRITE,
    WEBHOOKS_WRITE,
];

impl Actor {
    /// Whether what they showed is enough for this scope.
    pub fn may(&self, scope: &str) -> bool {
        self.scopes.as_ref().is_none_or(|scopes| scopes.has(scope))
    }

    /// Whether it is enough to take tokens of accounts of this source.
    pub fn may_take(&self, slug: &str) -> bool {
        self.may(ACCOUNTS_CREDENTIALS) || self.may(&format!("{ACCOUNTS_CREDENTIALS}:{slug}"))
    }

    /// Whether it is enough to see accounts of this source: who may use one may see it.
    pub fn may_see(&self, slug: &str) -> bool {
        self.may(ACCOUNTS_READ) || self.may(ACCOUNTS_WRITE) || self.may_take(slug)
    }

    /// Whether they look after the workspace: its sources, and accounts that are nobody's own.
    pub fn administers(&self) -> bool {
        self.standing.is_some_and(|standing| standing >= Standing::Admin)
    }

    /// As shares name them.
    pub(super) fn subjects(&self) -> [String; 2] {
        let user = self.user.as_ref().map(|id| format!("user:{id}"));
        let client = self.client.as_ref().map(|id| format!("client:{id}"));
        [user.unwrap_or_default(), client.unwrap_or_default()]
    }

    /// What they may do with an account, where `shared` is the highest level that somebody gave them. None: for them it isn't
    /// there.
    pub(super) fn level(&self, account: &Account, shared: Option<Level>) -> Option<Level> {
        if account.workspace != self.workspace {
            return None;
        }
        let own = match &account.owner {
            Some(owner) => self.user.as_ref() == Some(owner),
            None => self.user.is_some() && self.administers(),
        };
        if own { Some(Level::Manage) } else { shared }
    }
}

/// Reads a level as statements count it.
pub(super) fn counted(n: Option<i64>) -> Option<Level> {
    match n? {
        1 => Some(Level::View),
        2 => Some(Level::Use),
        _ => Some(Level::Manage),
    }
}
