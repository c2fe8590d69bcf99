//! Sharing (vault.md §3.7): an account is its owner's alone until they share it.

use super::accounts::{self, AccountId};
use super::actor::{Actor, Level};
use super::look::Seen;
use super::manage::note;
use super::refused::Refused;
use crate::app::App;
use crate::base::Time;
use crate::clients;
use crate::db::{On, Result, Row};
use crate::people::workspaces::store as members;
use crate::{args, sql};
use axum::http::StatusCode;
use serde::Serialize;
use serde_json::json;
use utoipa::ToSchema;

sql! {
    read OF_ACCOUNT = "SELECT subject, level, expires_at, created_by, created_at FROM shares WHERE account = $1 ORDER BY subject LIMIT 500";
    write PUT = "INSERT INTO shares (account, subject, level, expires_at, created_by, created_at) VALUES ($1, $2, $3, $4, $5, $6) \
                 ON CONFLICT (account, subject) DO UPDATE SET level = $3, expires_at = $4, created_by = $5 RETURNING subject";
    write DELETE = "DELETE FROM shares WHERE account = $1 AND subject = $2 RETURNING subject";
    write PURGE = "DELETE FROM shares WHERE expires_at IS NOT NULL AND expires_at < $1 RETURNING account";
}

/// With whom an account is shared.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Share {
    /// `user:…`, `client:…`, or `workspace` for all its members.
    pub subject: String,
    /// What they may.
    pub level: Level,
    /// Until when.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub expires_at: Option<Time>,
    /// Who shared it.
    pub created_by: String,
    /// Since when.
    #[schema(value_type = String, format = DateTime)]
    pub created_at: Time,
}

impl Share {
    fn read(row: &Row) -> Result<Self> {
        Ok(Share {
            subject: row.text("subject")?,
            level: Level::read(&row.text("level")?)?,
            expires_at: row.time_opt("expires_at")?,
            created_by: row.text("created_by")?,
            created_at: row.time("created_at")?,
        })
    }
}

/// With whom an account is shared.
pub async fn of(app: &App, account: &AccountId) -> Result<Vec<Share>> {
    (&app.db).all(OF_ACCOUNT, args![account]).await?.iter().map(Share::read).collect()
}

/// Shares one, or changes how.
pub async fn put(
    app: &App,
    who: &Actor,
    seen: &Seen,
    subject: &str,
    level: Level,
    expires_at: Option<Time>,
) -> std::result::Result<(), Refused> {
    let now = app.now();
    if expires_at.is_some_and(|at| at <= now) {
        return Err(Refused::field("expires_at", "is over already"));
    }
    known(app, who, subject).await?;
    let mut tx = app.db.begin().await?;
    (&mut tx).run(PUT, args![&seen.account.id, subject, level.name(), expires_at, who.name.to_string(), now]).await?;
    if let Some(seq) = accounts::store::step(&mut tx, &seen.account.id, now).await? {
        let detail = json!({ "subject": subject, "level": level, "expires_at": expires_at });
        note(&mut tx, who, &seen.account, seq, ("account.shared", detail), now).await?;
    }
    tx.commit().await?;
    Ok(())
}

/// Whoever it is shared with must be there: in the workspace, or registered.
async fn known(app: &App, who: &Actor, subject: &str) -> std::result::Result<(), Refused> {
    let refused = |why| {
        Err(Refused {
            field: Some("subject".to_owned()),
            ..Refused::new(StatusCode::UNPROCESSABLE_ENTITY, "not_a_member", why)
        })
    };
    match subject.split_once(':') {
        None if subject == "workspace" => Ok(()),
        Some(("user", id)) => match members::member(&app.db, &who.workspace, &id.into()).await? {
            Some(_) => Ok(()),
            None => refused("isn't a member of this workspace; take them in first"),
        },
        Some(("client", id)) => match clients::find(app, id).await? {
            Some(_) => Ok(()),
            None => refused("isn't a client that is registered here"),
        },
        _ => Err(Refused::field("subject", "must be user:ID, client:ID, or workspace")),
    }
}

/// Shares one no more; false when it wasn't.
pub async fn delete(app: &App, who: &Actor, seen: &Seen, subject: &str) -> std::result::Result<bool, Refused> {
    let now = app.now();
    let mut tx = app.db.begin().await?;
    let gone = (&mut tx).run(DELETE, args![&seen.account.id, subject]).await? > 0;
    if gone && let Some(seq) = accounts::store::step(&mut tx, &seen.account.id, now).await? {
        note(&mut tx, who, &seen.account, seq, ("account.unshared", json!({ "subject": subject })), now).await?;
    }
    tx.commit().await?;
    Ok(gone)
}

/// Forgets what is over.
pub async fn purge(app: &App) -> Result<usize> {
    (&app.db).run(PURGE, args![app.now()]).await
}
