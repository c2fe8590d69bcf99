//! What people do with their own tokens: each is one transaction with its audit event inside.

use super::{ApiToken, Asked, Unmade, create, delete, one};
use crate::app::App;
use crate::audit::{self, Actor, Event};
use crate::base::Secret;
use crate::base::id::{UserId, WorkspaceId};
use crate::db::Fault;
use crate::people::workspaces::{self, Membership};
use crate::web::Call;
use serde_json::{Value, json};

/// Makes a token for the person who asks.
pub async fn make(app: &App, call: &Call, asked: &Asked) -> Result<(Secret, ApiToken), Unmade> {
    let mut tx = app.db.begin().await?;
    let (secret, token) = create(app, &mut tx, asked).await?;
    audit::record(&mut tx, &event(call, Actor::User(token.user.clone()), "token.created", &token), app.now()).await?;
    tx.commit().await?;
    app.metrics.token("api_token");
    tracing::info!(user = %token.user, token = %token.id, "an API token was made");
    Ok((secret, token))
}

/// Deletes a token of the person who asks, in this workspace or in any; false when they have none of this identifier.
pub async fn end(app: &App, call: &Call, user: &UserId, within: Option<&WorkspaceId>, id: &str) -> Result<bool, Fault> {
    let mut tx = app.db.begin().await?;
    let mine = |token: &ApiToken| token.user == *user && (within.is_none() || token.workspace.as_ref() == within);
    let Some(token) = one(&mut tx, id).await?.filter(mine) else {
        return Ok(false);
    };
    if !delete(&mut tx, id).await? {
        return Ok(false);
    }
    audit::record(&mut tx, &event(call, Actor::User(user.clone()), "token.deleted", &token), app.now()).await?;
    tx.commit().await?;
    tracing::info!(%user, token = %id, "an API token was deleted");
    Ok(true)
}

/// For the audit trail: what happened to one of a person's tokens.
pub fn event(call: &Call, actor: Actor, action: &'static str, token: &ApiToken) -> Event {
    Event {
        actor,
        action,
        object: format!("user:{}", token.user),
        request_id: call.request_id.clone(),
        address: call.address.to_string(),
        detail: told(token),
    }
}

/// What the audit trail says of a token.
pub fn told(token: &ApiToken) -> Value {
    json!({
        "token": token.id,
        "name": token.name,
        "workspace": token.workspace,
        "scopes": token.scopes(),
        "expires_at": token.expires_at.map(|at| at.rfc3339()),
    })
}

/// Where a person's new token acts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Place {
    /// There; nowhere, for people without a workspace.
    In(Option<WorkspaceId>),
    /// They must say which of these.
    OneOf(Vec<Membership>),
    /// They aren't in the one that they said.
    NotIn,
}

/// The workspace that they name, or the only one that they are in.
pub async fn place(app: &App, user: &UserId, named: Option<&WorkspaceId>) -> Result<Place, Fault> {
    let all = workspaces::store::of_user(&app.db, user).await?;
    Ok(match (named, all.as_slice()) {
        (Some(named), _) if all.iter().any(|one| one.workspace == *named) => Place::In(Some(named.clone())),
        (Some(_), _) => Place::NotIn,
        (None, []) => Place::In(None),
        (None, [only]) => Place::In(Some(only.workspace.clone())),
        (None, _) => Place::OneOf(all),
    })
}
