//! Invitations: somebody with this address may make an account, or join a workspace with the one that they have.

use super::token;
use crate::base::encoding::{fingerprint, hex};
use crate::base::id::{WorkspaceId, uuid7};
use crate::base::{Secret, Time};
use crate::db::{Db, Fault, On, Result, Row, Tx};
use crate::people::email;
use crate::people::workspaces::Standing;
use crate::{args, sql};
use serde::Serialize;
use serde_json::{Value, json};
use std::time::Duration;
use utoipa::ToSchema;

/// How long one is good.
pub const LIVES: Duration = Duration::from_secs(7 * 86_400);

sql! {
    write CREATE = "INSERT INTO invitations (id, token, email, email_key, name, workspace, role, invited_by, created_at, expires_at) \
                    VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) RETURNING id";
    write REPLACE = "DELETE FROM invitations WHERE email_key = $1 AND workspace IS NOT DISTINCT FROM $2 RETURNING id";
    read BY_TOKEN = "SELECT id, email, name, workspace, role, invited_by, created_at, expires_at FROM invitations \
                     WHERE token = $1 AND expires_at > $2";
    read BY_ID = "SELECT id, email, name, workspace, role, invited_by, created_at, expires_at FROM invitations \
                  WHERE id = $1 AND expires_at > $2";
    read PAGE = "SELECT id, email, name, workspace, role, invited_by, created_at, expires_at FROM invitations \
                 WHERE id > $1 AND expires_at > $2 ORDER BY id LIMIT $3";
    read INTO_WORKSPACE = "SELECT id, email, name, workspace, role, invited_by, created_at, expires_at FROM invitations \
                           WHERE workspace = $1 AND expires_at > $2 ORDER BY id LIMIT 200";
    write SPEND = "DELETE FROM invitations WHERE id = $1 AND expires_at > $2 RETURNING id";
    write PURGE = "DELETE FROM invitations WHERE id IN (SELECT id FROM invitations WHERE expires_at < $1 ORDER BY expires_at \
                   LIMIT 500) RETURNING id";
}

/// One that nobody has accepted yet.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Invitation {
    /// Names it; not a secret.
    pub id: String,
    /// Whom.
    pub email: String,
    /// What to call them; may be empty.
    pub name: String,
    /// Into which workspace, if not the usual one.
    #[schema(value_type = Option<String>)]
    pub workspace: Option<WorkspaceId>,
    /// As what.
    pub role: Standing,
    /// By whom, as the audit trail names them.
    pub invited_by: String,
    /// Since when.
    #[schema(value_type = String, format = DateTime)]
    pub created_at: Time,
    /// Until when.
    #[schema(value_type = String, format = DateTime)]
    pub expires_at: Time,
}

impl Invitation {
    /// As the command line and the JSON API show it.
    pub fn to_json(&self) -> Value {
        json!(self)
    }

    fn read(row: &Row) -> Result<Self> {
        let role = row.text("role")?;
        Ok(Invitation {
            id: row.text("id")?,
            email: row.text("email")?,
            name: row.text("name")?,
            workspace: row.id_opt("workspace")?,
            role: Standing::named(&role).ok_or_else(|| Fault::Bug(format!("an invitation has the role `{role}`")))?,
            invited_by: row.text("invited_by")?,
            created_at: row.time("created_at")?,
            expires_at: row.time("expires_at")?,
        })
    }
}

/// Whom to invite, and to what.
pub struct Asked {
    /// Whom.
    pub email: String,
    /// What to call them; may be empty.
    pub name: String,
    /// Into which workspace, if not the usual one.
    pub workspace: Option<WorkspaceId>,
    /// As what.
    pub role: Standing,
}

/// Makes one in the place of an earlier one; gives its token beside.
pub async fn create(mut tx: &mut Tx, asked: &Asked, by: &str, now: Time) -> Result<(Secret, Invitation)> {
    let (token, id, key) = (token(), hex(&uuid7(now)), email::canonical(&asked.email));
    (&mut tx).run(REPLACE, args![&key, asked.workspace.as_ref()]).await?;
    let invitation = Invitation {
        id,
        email: asked.email.trim().to_owned(),
        name: asked.name.trim().to_owned(),
        workspace: asked.workspace.clone(),
        role: asked.role,
        invited_by: by.to_owned(),
        created_at: now,
        expires_at: now + LIVES,
    };
    let args = args![
        &invitation.id,
        fingerprint(token.reveal().as_bytes()),
        &invitation.email,
        key,
        &invitation.name,
        invitation.workspace.as_ref(),
        invitation.role.name(),
        by,
        now,
        invitation.expires_at,
    ];
    (&mut tx).run(CREATE, args).await?;
    Ok((token, invitation))
}

/// The one of this token.
pub async fn by_token(mut db: &Db, token: &str, now: Time) -> Result<Option<Invitation>> {
    db.one(BY_TOKEN, args![fingerprint(token.as_bytes()), now]).await?.as_ref().map(Invitation::read).transpose()
}

/// The one of this id.
pub async fn by_id(mut on: impl On, id: &str, now: Time) -> Result<Option<Invitation>> {
    on.one(BY_ID, args![id, now]).await?.as_ref().map(Invitation::read).transpose()
}

/// The open ones into a workspace, oldest first; at most 200.
pub async fn into_workspace(mut db: &Db, slug: &WorkspaceId, now: Time) -> Result<Vec<Invitation>> {
    db.all(INTO_WORKSPACE, args![slug, now]).await?.iter().map(Invitation::read).collect()
}

/// Those that are open after `cursor`, oldest first.
pub async fn page(mut db: &Db, cursor: &str, limit: i64, now: Time) -> Result<Vec<Invitation>> {
    db.all(PAGE, args![cursor, now, limit]).await?.iter().map(Invitation::read).collect()
}

/// Uses one up, or takes it back; false when it isn't open.
pub async fn spend(mut tx: &mut Tx, id: &str, now: Time) -> Result<bool> {
    Ok((&mut tx).one(SPEND, args![id, now]).await?.is_some())
}

/// Deletes those whose time is over, a few hundred at a time.
pub async fn purge(mut db: &Db, now: Time) -> Result<usize> {
    db.run(PURGE, args![now]).await
}
