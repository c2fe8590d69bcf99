//! Who may do what with an account: one function for every door.

use crate::audit;
use crate::base::ScopeSet;
use crate::base::id::{ClientId, UserId, WorkspaceId};
use crate::db::{Fault, Moment, Result};
use crate::people::workspaces::Standing;
use crate::vault::accounts::Account;
use crate::vault::grants::named;
use crate::web::Call;
use serde::Serialize;
use utoipa::ToSchema;

use crate::clients::vault_scopes::source_of;
pub use crate::clients::vault_scopes::{
    ACCOUNTS_CREDENTIALS, ACCOUNTS_CUSTODY, ACCOUNTS_READ, ACCOUNTS_WRITE, CONNECT_WRITE, SOURCES_READ, SOURCES_WRITE,
    VAULT_SCOPES as SCOPES, WEBHOOKS_WRITE,
};

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
    /// As of when they are who they are, where that can be told: what they ask first may be answered as of then.
    pub as_of: Option<Moment>,
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

impl Actor {
    /// Whether what they showed is enough for this scope.
    pub fn may(&self, scope: &str) -> bool {
        self.scopes.as_ref().is_none_or(|scopes| scopes.has(scope))
    }

    /// Whether it is enough to take tokens of accounts of this source.
    pub fn may_take(&self, slug: &str) -> bool {
        self.may(ACCOUNTS_CREDENTIALS) || self.may(&format!("{ACCOUNTS_CREDENTIALS}:{slug}"))
    }

    /// Whether it is enough to take tokens of some account.
    pub fn may_take_any(&self) -> bool {
        let one = |scope: &str| scope == ACCOUNTS_CREDENTIALS || source_of(scope).is_some();
        self.scopes.as_ref().is_none_or(|scopes| scopes.iter().any(one))
    }

    /// Whether it is enough to see accounts of this source: who may use one may see it.
    pub fn may_see(&self, slug: &str) -> bool {
        self.may(ACCOUNTS_READ) || self.may(ACCOUNTS_WRITE) || self.may_take(slug)
    }

    /// Whether it is enough to see sources: who may change them may.
    pub fn may_see_sources(&self) -> bool {
        self.may(SOURCES_READ) || self.may(SOURCES_WRITE)
    }

    /// Whether they look after the workspace: its sources, and accounts that are nobody's own.
    pub fn administers(&self) -> bool {
        self.standing.is_some_and(|standing| standing >= Standing::Admin)
    }

    /// Whether they have a shell on this machine: nothing here is hidden from those.
    pub fn operates(&self) -> bool {
        self.name == audit::Actor::Cli
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
        if self.operates() {
            return Some(Level::Manage);
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
