//! Grants that live, for those who look after the deployment: of a person, of a client, and how many.

use crate::base::Time;
use crate::base::id::{ClientId, UserId, WorkspaceId};
use crate::db::{Db, On, Result, Row, Tx};
use crate::{args, sql};

sql! {
    read OF_CLIENT = "SELECT g.id, g.client_id, g.user_id, u.email, g.scope, g.workspace, g.created_at, g.rotated_at \
                      FROM grants g JOIN users u ON u.id = g.user_id WHERE g.client_id = $1 AND g.id > $2 \
                      AND g.revoked_at IS NULL AND g.expires_at > $3 ORDER BY g.id LIMIT $4";
    read OF_USER = "SELECT g.id, g.client_id, g.user_id, u.email, g.scope, g.workspace, g.created_at, g.rotated_at \
                    FROM grants g JOIN users u ON u.id = g.user_id WHERE g.user_id = $1 AND g.id > $2 \
                    AND g.revoked_at IS NULL AND g.expires_at > $3 ORDER BY g.id LIMIT $4";
    write END_ONE = "UPDATE grants SET revoked_at = $2, end_reason = $3 WHERE id = $1 AND revoked_at IS NULL \
                     RETURNING client_id, user_id, scope";
    read COUNT = "SELECT count(*) AS n FROM (SELECT 1 AS one FROM grants WHERE revoked_at IS NULL AND expires_at > $1 \
                  LIMIT $2) counted";
}

/// A grant that lives.
#[derive(Clone, Debug)]
pub struct Living {
    /// Its name.
    pub id: String,
    /// Whom it was given to.
    pub client_id: ClientId,
    /// Who gave it.
    pub user_id: UserId,
    /// Their address.
    pub email: String,
    /// What was granted, space-delimited.
    pub scope: String,
    /// In which workspace it acts.
    pub workspace: Option<WorkspaceId>,
    /// When it was given.
    pub created_at: Time,
    /// When it last got tokens.
    pub used_at: Time,
}

impl Living {
    fn read(row: &Row) -> Result<Self> {
        Ok(Living {
            id: row.text("id")?,
            client_id: row.id("client_id")?,
            user_id: row.id("user_id")?,
            email: row.text("email")?,
            scope: row.text("scope")?,
            workspace: row.id_opt("workspace")?,
            created_at: row.time("created_at")?,
            used_at: row.time("rotated_at")?,
        })
    }
}

/// Whose grants.
#[derive(Clone, Debug)]
pub enum Whose {
    /// Those that were given to this client.
    Client(ClientId),
    /// Those that this person gave.
    User(UserId),
}

/// Up to `limit` of them after the identifier `cursor`.
pub async fn page(mut db: &Db, whose: &Whose, cursor: &str, limit: i64, now: Time) -> Result<Vec<Living>> {
    let rows = match whose {
        Whose::Client(id) => db.all(OF_CLIENT, args![id, cursor, now, limit]).await?,
        Whose::User(id) => db.all(OF_USER, args![id, cursor, now, limit]).await?,
    };
    rows.iter().map(Living::read).collect()
}

/// Ends one, with its tokens; gives whose it was, or `None` when it had ended.
pub async fn end(mut tx: &mut Tx, id: &str, now: Time) -> Result<Option<(ClientId, UserId, String)>> {
    let row = (&mut tx).one(END_ONE, args![id, now, "ended_by_admin"]).await?;
    row.map(|row| Ok((row.id("client_id")?, row.id("user_id")?, row.text("scope")?))).transpose()
}

/// How many there are; counting stops at `most`.
pub async fn count(mut db: &Db, most: i64, now: Time) -> Result<i64> {
    db.one(COUNT, args![now, most]).await?.map_or(Ok(0), |row| row.int("n"))
}
