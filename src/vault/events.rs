//! What happened to accounts, in order: their timeline, and what webhooks tell. Written in the transaction of the change.

use crate::app::App;
use crate::audit::Actor;
use crate::base::Time;
use crate::base::encoding::hex;
use crate::base::id::{WorkspaceId, uuid7};
use crate::db::{Db, On, Result, Row};
use crate::vault::accounts::AccountId;
use crate::vault::hooks;
use crate::vault::sources::SourceId;
use crate::{args, sql};
use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;

sql! {
    write NOTE = "INSERT INTO account_events (id, at, workspace, account, source, seq, kind, actor, detail) \
                  VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) RETURNING id";
    read OF_ACCOUNT = "SELECT id, at, seq, kind, actor, detail FROM account_events WHERE account = $1 \
                       AND ($2 = '' OR id < $2) ORDER BY id DESC LIMIT $3";
    write PURGE = "DELETE FROM account_events WHERE id IN (SELECT id FROM account_events WHERE at < $1 AND kind IN ('account.refreshed', 'account.rejected') \
                   ORDER BY id LIMIT 500) RETURNING id";
}

/// One thing that happened.
pub struct Event<'a> {
    /// In which workspace.
    pub workspace: &'a WorkspaceId,
    /// To which account; none when it is about the source.
    pub account: Option<&'a AccountId>,
    /// To which source.
    pub source: &'a SourceId,
    /// Where it stands in the account's order.
    pub seq: i64,
    /// `account.connected` and its like.
    pub kind: &'static str,
    /// Whose doing it was.
    pub actor: &'a Actor,
    /// The rest; no secrets.
    pub detail: Value,
}

/// Writes one down, and for whom it is.
pub async fn note(mut on: impl On, event: &Event<'_>, now: Time) -> Result<()> {
    let id = hex(&uuid7(now));
    let args = args![
        &id,
        now,
        event.workspace,
        event.account,
        event.source,
        event.seq,
        event.kind,
        event.actor.to_string(),
        event.detail.to_string()
    ];
    on.run(NOTE, args).await?;
    hooks::note(&mut on, event, &id, now).await
}

/// One of an account's.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Happened {
    /// Names it.
    pub id: String,
    /// When.
    #[schema(value_type = String, format = DateTime)]
    pub at: Time,
    /// Where it stands in the account's order.
    pub seq: i64,
    /// What.
    #[serde(rename = "type")]
    pub kind: String,
    /// Whose doing it was.
    pub actor: String,
    /// The rest.
    pub detail: Value,
}

impl Happened {
    fn read(row: &Row) -> Result<Self> {
        Ok(Happened {
            id: row.text("id")?,
            at: row.time("at")?,
            seq: row.int("seq")?,
            kind: row.text("kind")?,
            actor: row.text("actor")?,
            detail: row.json("detail")?,
        })
    }
}

/// What happened to an account, the latest first.
pub async fn of_account(app: &App, account: &AccountId, before: &str, most: i64) -> Result<Vec<Happened>> {
    (&app.db).all(OF_ACCOUNT, args![account, before, most]).await?.iter().map(Happened::read).collect()
}

/// Forgets refreshes from before `before`, and what led to them; everything else stays.
pub async fn purge(mut db: &Db, before: Time) -> Result<usize> {
    db.run(PURGE, args![before]).await
}
