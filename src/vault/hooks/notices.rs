//! What is told because time passed: a grant that keeps failing, and one that a person must renew.

use crate::app::App;
use crate::audit::Actor;
use crate::base::Time;
use crate::db::{On, Result, Tx};
use crate::vault::accounts;
use crate::vault::events::{self, Event};
use crate::vault::grants::GrantId;
use crate::{args, sql};
use serde_json::{Value, json};
use std::time::Duration;

/// Shorter failures aren't worth telling.
const NOTICE: Duration = Duration::from_secs(15 * 60);
const MONTH: Duration = Duration::from_secs(30 * 86_400);

sql! {
    // While a source is misconfigured, that is what is told.
    write DEGRADED = "UPDATE vault_grants SET degraded_told = $2 WHERE id IN (SELECT g.id FROM vault_grants g \
                      JOIN sources s ON s.id = g.source WHERE g.failing_since IS NOT NULL AND g.failing_since <= $1 AND g.state = 'live' \
                      AND s.state = 'active' AND (g.degraded_told IS NULL OR g.degraded_told < g.failing_since) \
                      ORDER BY g.failing_since, g.id LIMIT 100) RETURNING id, failing_since, error";
    // 30, 14, 7 and 1 days before: the moment of the latest of those that has come, if nobody was told since.
    write ENDING = "UPDATE vault_grants SET ending_told = $1 WHERE id IN (SELECT id FROM vault_grants WHERE ends_at > $1 AND ends_at <= $2 \
                    AND state = 'live' AND (ending_told IS NULL OR ending_told < CASE WHEN ends_at - 86400000 <= $1 THEN ends_at - 86400000 \
                    WHEN ends_at - 604800000 <= $1 THEN ends_at - 604800000 WHEN ends_at - 1209600000 <= $1 THEN ends_at - 1209600000 \
                    ELSE ends_at - 2592000000 END) ORDER BY ends_at, id LIMIT 100) RETURNING id, ends_at";
}

/// Tells what is due; gives how many grants it was about.
pub async fn tell(app: &App) -> Result<usize> {
    let now = app.now();
    let mut tx = app.db.begin().await?;
    let failing = (&mut tx).all(DEGRADED, args![now - NOTICE, now]).await?;
    for row in &failing {
        let error = row.text_opt("error")?.and_then(|text| serde_json::from_str::<Value>(&text).ok());
        let detail = json!({ "since": row.time_opt("failing_since")?, "error": error });
        note(&mut tx, &row.id("id")?, "account.degraded", detail, now).await?;
    }
    let ending = (&mut tx).all(ENDING, args![now, now + MONTH]).await?;
    for row in &ending {
        let ends_at = row.time("ends_at")?;
        let days = ends_at.secs_since(now).saturating_add(86_399) / 86_400;
        let detail = json!({ "authorization_expires_at": ends_at, "days": days });
        note(&mut tx, &row.id("id")?, "account.reauthorization_due", detail, now).await?;
    }
    tx.commit().await?;
    Ok(failing.len().saturating_add(ending.len()))
}

async fn note(tx: &mut Tx, grant: &GrantId, kind: &'static str, detail: Value, now: Time) -> Result<()> {
    for account in accounts::store::of_grant(&mut *tx, grant).await? {
        let Some(seq) = accounts::store::step(&mut *tx, &account.id, now).await? else { continue };
        let (workspace, source, detail) = (&account.workspace, &account.source, detail.clone());
        let event = Event { workspace, account: Some(&account.id), source, seq, kind, actor: &Actor::System, detail };
        events::note(&mut *tx, &event, now).await?;
    }
    Ok(())
}
