//! What people have allowed before, so that they are asked only for what is new.

use crate::base::id::{ClientId, UserId, WorkspaceId};
use crate::base::{ScopeSet, Time};
use crate::db::{Fault, On, Result, Tx};
use crate::{args, sql};
use std::collections::BTreeSet;

sql! {
    read REMEMBERED = "SELECT scope, claims, workspace FROM consents WHERE user_id = $1 AND client_id = $2 \
                       AND client_mark IS NOT DISTINCT FROM $3";
    write REMEMBER = "INSERT INTO consents (user_id, client_id, client_mark, scope, claims, workspace, created_at, updated_at) \
                      VALUES ($1, $2, $6, $3, $5, $7, $4, $4) \
                      ON CONFLICT (user_id, client_id) DO UPDATE SET scope = excluded.scope, claims = excluded.claims, \
                      client_mark = excluded.client_mark, workspace = excluded.workspace, updated_at = excluded.updated_at RETURNING user_id";
    write FORGET = "DELETE FROM consents WHERE user_id = $1 AND client_id = $2 RETURNING user_id";
    write FORGET_ALL = "DELETE FROM consents WHERE user_id = $1 RETURNING client_id";
    write ERASE_OF_CLIENT = "DELETE FROM consents WHERE client_id = $1 RETURNING user_id";
}

/// To whom a person says yes.
#[derive(Clone, Copy, Debug)]
pub struct Whom<'a> {
    /// The client.
    pub client: &'a ClientId,
    /// What it looked like when they did, where nobody vouches for it: when it looks different, they are asked again.
    pub mark: Option<&'a str>,
}

/// What a person has allowed a client.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Allowed {
    /// Scopes.
    pub scope: ScopeSet,
    /// What it may be told beside what its scopes tell, by name.
    pub claims: BTreeSet<String>,
    /// In which workspace, the last time.
    pub workspace: Option<WorkspaceId>,
}

/// What a person has allowed a client so far, as it is now.
pub async fn remembered(mut on: impl On, user: &UserId, whom: Whom<'_>) -> Result<Allowed> {
    match on.one(REMEMBERED, args![user, whom.client, whom.mark]).await? {
        Some(row) => {
            let workspace = row.id_opt("workspace")?;
            Ok(Allowed { scope: row.scopes("scope")?, claims: row.json("claims")?, workspace })
        }
        None => Ok(Allowed::default()),
    }
}

/// Adds to what a person has allowed a client.
pub async fn remember(mut tx: &mut Tx, user: &UserId, whom: Whom<'_>, more: Allowed, now: Time) -> Result<()> {
    let mut all = remembered(&mut *tx, user, whom).await?;
    all.claims.extend(more.claims);
    let claims = serde_json::to_string(&all.claims).map_err(|why| Fault::Bug(why.to_string()))?;
    let args = args![user, whom.client, &all.scope.union(&more.scope), now, claims, whom.mark, more.workspace.as_ref()];
    (&mut tx).run(REMEMBER, args).await.map(|_| ())
}

/// Forgets what a person has allowed a client; false when there was nothing.
pub async fn forget(mut on: impl On, user: &UserId, client: &ClientId) -> Result<bool> {
    Ok(on.one(FORGET, args![user, client]).await?.is_some())
}

/// Forgets all that a person has allowed.
pub async fn forget_all(mut on: impl On, user: &UserId) -> Result<usize> {
    on.run(FORGET_ALL, args![user]).await
}

/// Forgets what anyone has allowed a client: it was deleted.
pub async fn erase_of_client(mut on: impl On, client: &ClientId) -> Result<usize> {
    on.run(ERASE_OF_CLIENT, args![client]).await
}
