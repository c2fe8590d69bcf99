//! Grants that live, for those who look after the deployment: of a person, of a client, and how many.

use crate::base::Time;
use crate::base::id::{ClientId, UserId, WorkspaceId};
use crate::db::{Db, On, Result, Row, Tx};
use crate::signin::consents;
use crate::{args, sql};
use serde::Serialize;
use utoipa::ToSchema;

sql! {
    read OF_ALL = "SELECT g.id, g.client_id, g.user_id, u.email, g.scope, g.workspace, g.created_at, g.rotated_at \
               FROM grants g JOIN users u ON u.id = g.user_id WHERE g.id > $1 \
               AND g.revoked_at IS NULL AND g.expires_at > $2 ORDER BY g.id LIMIT $3";
    read OF_WORKSPACE = "SELECT g.id, g.client_id, g.user_id, u.email, g.scope, g.workspace, g.created_at, g.rotated_at \
               FROM grants g JOIN users u ON u.id = g.user_id WHERE g.workspace = $4 AND g.id > $1 \
               AND g.revoked_at IS NULL AND g.expires_at > $2 ORDER BY g.id LIMIT $3";
    read OF_CLIENT = "SELECT g.id, g.client_id, g.user_id, u.email, g.scope, g.workspace, g.created_at, g.rotated_at \
               FROM grants g JOIN users u ON u.id = g.user_id WHERE g.client_id = $4 AND g.id > $1 \
               AND g.revoked_at IS NULL AND g.expires_at > $2 AND ($5 = '' OR g.workspace = $5) ORDER BY g.id LIMIT $3";
    read OF_USER = "SELECT g.id, g.client_id, g.user_id, u.email, g.scope, g.workspace, g.created_at, g.rotated_at \
               FROM grants g JOIN users u ON u.id = g.user_id WHERE g.user_id = $4 AND g.id > $1 \
               AND g.revoked_at IS NULL AND g.expires_at > $2 AND ($5 = '' OR g.workspace = $5) AND ($6 = '' OR g.client_id = $6) ORDER BY g.id LIMIT $3";
    // From one client to the next, never over all grants.
    read APPS = "WITH RECURSIVE apps (id, n) AS (SELECT min(g.client_id), 1 FROM grants g WHERE g.workspace = $4 \
               AND g.client_id > $1 AND g.revoked_at IS NULL AND g.expires_at > $2 UNION ALL \
               SELECT (SELECT min(g.client_id) FROM grants g WHERE g.workspace = $4 AND g.client_id > apps.id \
               AND g.revoked_at IS NULL AND g.expires_at > $2), apps.n + 1 FROM apps WHERE apps.id IS NOT NULL AND apps.n < $3) \
               SELECT apps.id AS client_id, c.name, s.name AS seen_name, (SELECT count(DISTINCT few.user_id) FROM \
               (SELECT g.user_id FROM grants g WHERE g.workspace = $4 AND g.client_id = apps.id AND g.revoked_at IS NULL \
               AND g.expires_at > $2 LIMIT 1000) few) AS people FROM apps LEFT JOIN clients c ON c.id = apps.id \
               LEFT JOIN seen_clients s ON s.id = apps.id WHERE apps.id IS NOT NULL ORDER BY apps.id";
    read WHOSE = "SELECT client_id, user_id FROM grants WHERE id = $1 AND revoked_at IS NULL";
    write END_ONE = "UPDATE grants SET revoked_at = $2, end_reason = $3 WHERE id = $1 AND revoked_at IS NULL \
                     RETURNING client_id, user_id, scope";
    read COUNT = "SELECT count(*) AS n FROM (SELECT 1 AS one FROM grants WHERE revoked_at IS NULL AND expires_at > $1 \
                  LIMIT $2) counted";
}

/// A grant that lives.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = Grant)]
pub struct Living {
    /// Its name.
    pub id: String,
    /// Whom it was given to.
    #[schema(value_type = String)]
    pub client_id: ClientId,
    /// Who gave it.
    #[serde(rename = "user")]
    #[schema(value_type = String)]
    pub user_id: UserId,
    /// Their address.
    pub email: String,
    /// What was granted, space-delimited.
    pub scope: String,
    /// In which workspace it acts.
    #[schema(value_type = Option<String>)]
    pub workspace: Option<WorkspaceId>,
    /// When it was given.
    #[schema(value_type = String, format = DateTime)]
    pub created_at: Time,
    /// When it last got tokens.
    #[schema(value_type = String, format = DateTime)]
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

/// Which of the grants: each of these narrows.
#[derive(Clone, Debug, Default)]
pub struct Which {
    /// Of this person.
    pub user: Option<UserId>,
    /// To this client.
    pub client: Option<ClientId>,
    /// In this workspace.
    pub workspace: Option<WorkspaceId>,
}

impl From<&Whose> for Which {
    fn from(whose: &Whose) -> Self {
        match whose.clone() {
            Whose::Client(id) => Which { client: Some(id), ..Which::default() },
            Whose::User(id) => Which { user: Some(id), ..Which::default() },
        }
    }
}

/// Up to `limit` of them after the identifier `cursor`, by the most telling index.
pub async fn page(mut db: &Db, which: &Which, cursor: &str, limit: i64, now: Time) -> Result<Vec<Living>> {
    let workspace = which.workspace.as_ref().map(WorkspaceId::as_str).unwrap_or_default();
    let client = which.client.as_ref().map(ClientId::as_str).unwrap_or_default();
    let rows = match which {
        Which { user: Some(id), .. } => db.all(OF_USER, args![cursor, now, limit, id, workspace, client]).await?,
        Which { client: Some(id), .. } => db.all(OF_CLIENT, args![cursor, now, limit, id, workspace]).await?,
        Which { workspace: Some(id), .. } => db.all(OF_WORKSPACE, args![cursor, now, limit, id]).await?,
        _ => db.all(OF_ALL, args![cursor, now, limit]).await?,
    };
    rows.iter().map(Living::read).collect()
}

/// A client that acts in a workspace.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = WorkspaceApp)]
pub struct Acts {
    /// Which.
    #[schema(value_type = String)]
    pub client_id: ClientId,
    /// What people see it called.
    pub client_name: String,
    /// For how many people; counting stops at 1,000 grants.
    pub people: i64,
}

/// Up to `limit` clients that act in a workspace, after the identifier `cursor`.
pub async fn apps(mut db: &Db, workspace: &WorkspaceId, cursor: &str, limit: i64, now: Time) -> Result<Vec<Acts>> {
    let rows = db.all(APPS, args![cursor, now, limit, workspace]).await?;
    let read = rows.iter().map(|row| {
        let client_id: ClientId = row.id("client_id")?;
        let name = row.text_opt("name")?.or(row.text_opt("seen_name")?).filter(|name| !name.is_empty());
        Ok(Acts { client_name: name.unwrap_or_else(|| client_id.to_string()), people: row.int("people")?, client_id })
    });
    read.collect()
}

/// Ends one, with its tokens, and forgets the consent behind it: the client isn't given another unasked. Gives whose it
/// was, or `None` when it had ended. Other grants of the same person to the same client live on.
pub async fn end(mut tx: &mut Tx, id: &str, now: Time) -> Result<Option<(ClientId, UserId, String)>> {
    let Some(row) = (&mut tx).one(WHOSE, args![id]).await? else { return Ok(None) };
    // First, as in `acting::withdraw`: who is just being allowed again waits here.
    consents::forget(&mut *tx, &row.id("user_id")?, &row.id("client_id")?).await?;
    let row = (&mut tx).one(END_ONE, args![id, now, "ended_by_admin"]).await?;
    row.map(|row| Ok((row.id("client_id")?, row.id("user_id")?, row.text("scope")?))).transpose()
}

/// How many there are; counting stops at `most`.
pub async fn count(mut db: &Db, most: i64, now: Time) -> Result<i64> {
    db.one(COUNT, args![now, most]).await?.map_or(Ok(0), |row| row.int("n"))
}
