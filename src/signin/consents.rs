//! What people have allowed before, so that they are asked only for what is new.

use crate::base::id::{ClientId, UserId};
use crate::base::{ScopeSet, Time};
use crate::db::{Db, On, Result, Tx};
use crate::{args, sql};

sql! {
    read REMEMBERED = "SELECT scope FROM consents WHERE user_id = $1 AND client_id = $2";
    write REMEMBER = "INSERT INTO consents (user_id, client_id, scope, created_at, updated_at) VALUES ($1, $2, $3, $4, $4) \
                      ON CONFLICT (user_id, client_id) DO UPDATE SET scope = excluded.scope, updated_at = excluded.updated_at \
                      RETURNING user_id";
    write FORGET = "DELETE FROM consents WHERE user_id = $1 AND client_id = $2 RETURNING user_id";
}

/// The scopes that a person has allowed a client.
pub async fn remembered(mut on: impl On, user: &UserId, client: &ClientId) -> Result<ScopeSet> {
    let row = on.one(REMEMBERED, args![user, client]).await?;
    row.map_or_else(|| Ok(ScopeSet::default()), |row| row.scopes("scope"))
}

/// Adds scopes to what a person has allowed a client.
pub async fn remember(mut tx: &mut Tx, user: &UserId, client: &ClientId, scope: &ScopeSet, now: Time) -> Result<()> {
    let all = remembered(&mut *tx, user, client).await?.union(scope);
    (&mut tx).run(REMEMBER, args![user, client, &all, now]).await.map(|_| ())
}

/// Forgets what a person has allowed a client; false when there was nothing.
pub async fn forget(mut db: &Db, user: &UserId, client: &ClientId) -> Result<bool> {
    Ok(db.one(FORGET, args![user, client]).await?.is_some())
}
