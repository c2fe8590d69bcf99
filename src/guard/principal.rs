//! Somebody who has shown who they are, and what they may.

use crate::api_tokens::Checked;
use crate::app::App;
use crate::base::encoding::hex;
use crate::base::id::{ClientId, UserId, WorkspaceId};
use crate::base::{ScopeSet, Time};
use crate::db::Moment;
use crate::limits::{Cell, Policy};
use crate::oauth::access::Access;
use crate::oauth::budget;
use crate::people::Role;
use crate::people::workspaces::Standing;
use crate::signin::Session;
use std::sync::Arc;

/// Whoever calls.
#[derive(Clone, Debug)]
pub struct Principal {
    /// What they showed.
    pub by: By,
    /// The person; none for a machine.
    pub user: Option<UserId>,
    /// Their address, as far as what they showed tells it.
    pub email: Option<Arc<str>>,
    /// What they may do to this deployment.
    pub user_role: Role,
    /// Where they act.
    pub workspace: Option<WorkspaceId>,
    /// What they are there.
    pub standing: Option<Standing>,
    /// The client that acts for them, or for itself.
    pub client: Option<ClientId>,
    /// Whether that is an admins' one.
    pub client_admin: bool,
    /// What they may do of what their person may.
    pub may: May,
    /// For which resources an access token is; empty for none in particular, and for everything that isn't one.
    pub resource: Vec<String>,
    /// Names the token, the grant or the session; no secret.
    pub token_id: Arc<str>,
    /// When what they showed ends, where that is known.
    pub expires_at: Option<Time>,
    /// The budgets that they take from.
    pub cells: Vec<Cell>,
    /// As of when it is so, where that can be told.
    pub as_of: Option<Moment>,
}

/// What somebody shows.
#[derive(Clone, Debug)]
pub enum By {
    /// The cookie of a browser.
    Session(Box<Session>),
    /// An API token.
    ApiToken(Arc<Checked>),
    /// An access token.
    AccessToken,
}

/// What somebody may do of all that their person may.
#[derive(Clone, Debug)]
pub enum May {
    /// All of it.
    All,
    /// This.
    Only(ScopeSet),
}

impl May {
    /// Whether it is enough for this scope.
    pub fn has(&self, scope: &str) -> bool {
        match self {
            May::All => true,
            May::Only(scopes) => scopes.has(scope),
        }
    }

    /// Whether it names this scope, which isn't in "all".
    pub fn names(&self, scope: &str) -> bool {
        matches!(self, May::Only(scopes) if scopes.has(scope))
    }

    /// The scopes; none for all.
    pub fn scopes(&self) -> Option<&ScopeSet> {
        match self {
            May::All => None,
            May::Only(scopes) => Some(scopes),
        }
    }
}

impl Principal {
    pub(super) fn of_session(app: &App, session: Session) -> Self {
        let user = &session.user;
        let key = session.sid.shared();
        Principal {
            user: Some(user.id.clone()),
            email: Some(user.email.as_str().into()),
            user_role: user.role,
            workspace: None,
            standing: None,
            client: None,
            client_admin: false,
            may: May::All,
            resource: Vec::new(),
            token_id: Arc::clone(&key),
            expires_at: None,
            cells: vec![Cell { policy: Policy::Token, key, per_second: app.config.limits.token_per_second }],
            as_of: None,
            by: By::Session(Box::new(session)),
        }
    }

    pub(super) fn of_api_token(app: &App, checked: &Arc<Checked>, as_of: Moment) -> Self {
        let Checked { token, email, user_role, standing, workspace_per_second, .. } = &**checked;
        let limits = &app.config.limits;
        let per_second = token.per_second.unwrap_or(limits.token_per_second);
        let mut cells = vec![Cell { policy: Policy::Token, key: token.id.shared(), per_second }];
        if let Some(workspace) = &token.workspace {
            let per_second = workspace_per_second.unwrap_or(limits.workspace_per_second);
            cells.push(Cell { policy: Policy::Workspace, key: workspace.shared(), per_second });
        }
        Principal {
            by: By::ApiToken(Arc::clone(checked)),
            user: Some(token.user.clone()),
            email: Some(Arc::clone(email)),
            user_role: *user_role,
            workspace: token.workspace.clone(),
            standing: *standing,
            client: None,
            client_admin: false,
            may: token.scope.clone().map_or(May::All, May::Only),
            resource: Vec::new(),
            token_id: token.id.shared(),
            expires_at: token.expires_at,
            cells,
            as_of: Some(as_of),
        }
    }

    pub(super) fn of_access(app: &App, access: Access) -> Self {
        let cells = budget::cells(app, &access);
        let Access { client_id, client, scope, resource, expires_at, person, .. } = access;
        // OIDC Core §5.4: the address is what the scope `email` tells; §8.1: it would tell what a pairwise `sub` hides too.
        let email = person.as_ref().filter(|_| scope.has("email") && client.sector().is_none());
        Principal {
            by: By::AccessToken,
            email: email.map(|person| person.user_email.as_str().into()),
            user: person.as_ref().map(|person| person.grant.user_id.clone()),
            user_role: person.as_ref().map(|person| person.user_role).unwrap_or_default(),
            workspace: person.as_ref().and_then(|person| person.grant.workspace.clone()),
            standing: person.as_ref().and_then(|person| person.standing),
            token_id: person.as_ref().map_or_else(|| client_id.shared(), |person| hex(&person.grant.id).into()),
            client_admin: client.admin,
            client: Some(client_id),
            may: May::Only(scope),
            resource,
            expires_at: Some(expires_at),
            cells,
            as_of: None,
        }
    }
}
