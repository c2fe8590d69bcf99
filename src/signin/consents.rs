//! What people have allowed before, so that they are asked only for what is new.

use crate::base::id::{ClientId, UserId};
use crate::base::{ScopeSet, Time};
use crate::db::{Db, Fault, On, Result, Tx};
use crate::{args, sql};
use std::collections::BTreeSet;

sql! {
    read REMEMBERED = "SELECT scope, claims FROM consents WHERE user_id = $1 AND client_id = $2";
    write REMEMBER = "INSERT INTO consents (user_id, client_id, scope, claims, created_at, updated_at) \
                      VALUES ($1, $2, $3, $5, $4, $4) \
                      ON CONFLICT (user_id, client_id) DO UPDATE SET scope = excluded.scope, claims = excluded.claims, \
                      updated_at = excluded.updated_at RETURNING user_id";
    write FORGET = "DELETE FROM consents WHERE user_id = $1 AND client_id = $2 RETURNING user_id";
}

/// What a person has allowed a client.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Allowed {
    /// Scopes.
    pub scope: ScopeSet,
    /// What it may be told beside what its scopes tell, by name.
    pub claims: BTreeSet<String>,
}

/// What a person has allowed a client so far.
pub async fn remembered(mut on: impl On, user: &UserId, client: &ClientId) -> Result<Allowed> {
    match on.one(REMEMBERED, args![user, client]).await? {
        Some(row) => Ok(Allowed { scope: row.scopes("scope")?, claims: row.json("claims")? }),
        None => Ok(Allowed::default()),
    }
}

/// Adds to what a person has allowed a client.
pub async fn remember(mut tx: &mut Tx, user: &UserId, client: &ClientId, more: Allowed, now: Time) -> Result<()> {
    let mut all = remembered(&mut *tx, user, client).await?;
    all.claims.extend(more.claims);
    let claims = serde_json::to_string(&all.claims).map_err(|why| Fault::Bug(why.to_string()))?;
    (&mut tx).run(REMEMBER, args![user, client, &all.scope.union(&more.scope), now, claims]).await.map(|_| ())
}

/// Forgets what a person has allowed a client; false when there was nothing.
pub async fn forget(mut db: &Db, user: &UserId, client: &ClientId) -> Result<bool> {
    Ok(db.one(FORGET, args![user, client]).await?.is_some())
}
