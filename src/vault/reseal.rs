//! Fresh data keys. What the old ones sealed is sealed again a few rows at a time while everything goes on; a process that ends
//! in the middle leaves rows of both kinds, all readable, and the next one goes on.

use crate::app::App;
use crate::audit;
use crate::base::Time;
use crate::base::id::WorkspaceId;
use crate::crypto::seal::Place;
use crate::db::{On, Result, Row, Stmt};
use crate::keys::{DataKey, data};
use crate::web::Call;
use crate::{args, sql};
use serde_json::json;
use std::time::Duration;

sql! {
    read DATA_KEYS = "SELECT k.id, k.workspace, k.active, k.created_at, k.retired_at, \
                      (SELECT count(*) FROM vault_secrets s WHERE s.key = k.id) + (SELECT count(*) FROM sources s WHERE s.key = k.id) \
                      + (SELECT count(*) FROM hooks h WHERE h.key = k.id) AS holds \
                      FROM data_keys k ORDER BY k.workspace, k.id";
    read RETIRED_KEYS = "SELECT id, workspace FROM data_keys WHERE retired_at IS NOT NULL ORDER BY id";
    read TOKENS_UNDER = "SELECT id, sealed FROM vault_secrets WHERE key = $1 ORDER BY id LIMIT $2";
    read SOURCES_UNDER = "SELECT id, secrets AS sealed FROM sources WHERE key = $1 ORDER BY id LIMIT $2";
    read HOOKS_UNDER = "SELECT id, secrets AS sealed FROM hooks WHERE key = $1 ORDER BY id LIMIT $2";
    write RESEAL_TOKEN = "UPDATE vault_secrets SET sealed = $3, key = $4 WHERE id = $1 AND sealed = $2 RETURNING id";
    write RESEAL_SOURCE = "UPDATE sources SET secrets = $3, key = $4 WHERE id = $1 AND secrets = $2 RETURNING id";
    write RESEAL_HOOK = "UPDATE hooks SET secrets = $3, key = $4 WHERE id = $1 AND secrets = $2 RETURNING id";
    write FORGET_KEYS = "DELETE FROM data_keys WHERE retired_at < $1 \
                         AND NOT EXISTS (SELECT 1 FROM vault_secrets s WHERE s.key = data_keys.id) \
                         AND NOT EXISTS (SELECT 1 FROM sources s WHERE s.key = data_keys.id) \
                         AND NOT EXISTS (SELECT 1 FROM hooks h WHERE h.key = data_keys.id) \
                         AND NOT EXISTS (SELECT 1 FROM connects c WHERE c.key = data_keys.id) RETURNING id";
}

/// What is sealed under data keys and stays; connecting and the spool are over within a day.
const KEPT: [Kept; 3] = [
    Kept { table: "vault_secrets", column: "sealed", under: TOKENS_UNDER, reseal: RESEAL_TOKEN },
    Kept { table: "sources", column: "secrets", under: SOURCES_UNDER, reseal: RESEAL_SOURCE },
    Kept { table: "hooks", column: "secrets", under: HOOKS_UNDER, reseal: RESEAL_HOOK },
];

struct Kept {
    table: &'static str,
    column: &'static str,
    under: Stmt<2>,
    reseal: Stmt<4>,
}

/// Rows at once: one transaction.
const ROWS: i64 = 200;
/// How long a key stays after it sealed the last time: an answer in the spool of a server that is down opens with nothing else.
const STAYS: Duration = Duration::from_secs(30 * 86_400);

/// A data key, and how much is sealed under it.
#[derive(Clone, Debug)]
pub struct Shown {
    /// Its name.
    pub id: String,
    /// Whose.
    pub workspace: String,
    /// Whether it seals.
    pub active: bool,
    /// Made.
    pub created_at: Time,
    /// Sealed the last time.
    pub retired_at: Option<Time>,
    /// Rows.
    pub holds: i64,
}

/// All data keys, by workspace.
pub async fn list(app: &App) -> Result<Vec<Shown>> {
    let read = |row: Row| {
        Ok(Shown {
            id: row.text("id")?,
            workspace: row.text("workspace")?,
            active: row.bool("active")?,
            created_at: row.time("created_at")?,
            retired_at: row.time_opt("retired_at")?,
            holds: row.int("holds")?,
        })
    };
    (&app.db).all(DATA_KEYS, args![]).await?.into_iter().map(read).collect()
}

/// Lets a fresh key seal in a workspace from now on. Gives its name.
pub async fn renew(app: &App, who: &audit::Actor, call: &Call, workspace: &WorkspaceId) -> Result<String> {
    let (mut tx, now) = (app.db.begin().await?, app.now());
    let id = data::renew(&app.keys, &mut tx, workspace, now).await?;
    let event = audit::Event {
        actor: who.clone(),
        action: "data_key.renewed",
        object: format!("workspace:{workspace}"),
        request_id: call.request_id.clone(),
        address: call.address.to_string(),
        detail: json!({ "data_key": id }),
    };
    audit::record(&mut tx, &event, now).await?;
    tx.commit().await?;
    Ok(id)
}

/// Seals some of what is under old keys again; gives how much, nothing when all is done.
pub async fn some(app: &App) -> Result<usize> {
    for row in (&app.db).all(RETIRED_KEYS, args![]).await? {
        let (old, workspace): (String, WorkspaceId) = (row.text("id")?, row.id("workspace")?);
        for kept in &KEPT {
            let rows = (&app.db).all(kept.under, args![old.as_str(), ROWS]).await?;
            if !rows.is_empty() {
                return kept.seal_again(app, &old, &workspace, &rows).await;
            }
        }
    }
    Ok(0)
}

impl Kept {
    async fn seal_again(&self, app: &App, old: &str, workspace: &WorkspaceId, rows: &[Row]) -> Result<usize> {
        let old = app.data_keys.named(&app.keys, &app.db, old).await?;
        let fresh = app.data_keys.sealing(&app.keys, &app.db, workspace, app.now()).await?;
        let again = |row: &Row| {
            let (id, sealed) = (row.text("id")?, row.bytes("sealed")?);
            let fresh = self.again(&old, &fresh, &id, &sealed)?;
            Ok((id, sealed, fresh))
        };
        let all: Vec<(String, Vec<u8>, Vec<u8>)> = rows.iter().map(again).collect::<Result<_>>()?;
        let (mut tx, mut done) = (app.db.begin().await?, 0_usize);
        for (id, sealed, again) in all {
            // Where somebody changed it meanwhile, theirs stays.
            let changed = (&mut tx).run(self.reseal, args![id, sealed, again, fresh.id.as_str()]).await?;
            done = done.saturating_add(changed);
        }
        tx.commit().await?;
        Ok(done)
    }

    fn again(&self, old: &DataKey, fresh: &DataKey, row: &str, sealed: &[u8]) -> Result<Vec<u8>> {
        let place = Place { table: self.table, row, column: self.column };
        fresh.seal(place, &old.open(place, sealed)?)
    }
}

/// Deletes old keys under which nothing is sealed any more.
pub async fn forget(app: &App) -> Result<()> {
    let gone = (&app.db).run(FORGET_KEYS, args![app.now() - STAYS]).await?;
    if gone > 0 {
        tracing::info!(n = gone, "old data keys were deleted: nothing is sealed under them");
    }
    Ok(())
}
