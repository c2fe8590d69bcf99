//! Sources that go with their accounts (security.md CV-27). They are gone for everybody at once; their provider is told of each
//! grant afterwards (RFC 7009), in its own time. Until then what that needs stays sealed where it was, and nothing else does.

use super::grants::{self, GrantId};
use super::refresh;
use super::revoke::{Told, possible, tell};
use super::sources::{self, Source, SourceId};
use crate::app::App;
use crate::audit::{self, Actor};
use crate::base::Time;
use crate::db::{On, Result, Tx};
use crate::{args, sql};
use futures_util::future::join_all;
use serde_json::json;
use std::time::Duration;

sql! {
    write LEAVE = "UPDATE sources SET gone_at = $2, updated_at = $2 WHERE id = $1 AND gone_at IS NULL RETURNING id";
    write PART = "UPDATE vault_grants SET state = 'parting', next_at = NULL, retry_at = NULL, fails = 0 \
                  WHERE source = $1 AND state IN ('live', 'freeing') \
                  AND EXISTS (SELECT 1 FROM account_grants b JOIN accounts a ON a.id = b.account \
                  WHERE b.grant_id = vault_grants.id AND a.deleted_at IS NULL) \
                  AND NOT EXISTS (SELECT 1 FROM account_grants b JOIN vault_releases r ON r.account = b.account \
                  WHERE b.grant_id = vault_grants.id AND r.state = 'open') RETURNING id";
    write DROP_ACCOUNTS = "DELETE FROM accounts WHERE source = $1 RETURNING id";
    write DROP_CONNECTS = "DELETE FROM connects WHERE source = $1 RETURNING id";
    write DROP_GRANTS = "DELETE FROM vault_grants WHERE source = $1 AND state <> 'parting' RETURNING id";
    write DROP_SECRETS = "DELETE FROM vault_secrets WHERE status <> 'current' \
                          AND grant_id IN (SELECT id FROM vault_grants WHERE source = $1) RETURNING id";
    read NEXT = "SELECT id FROM vault_grants WHERE source = $1 AND state = 'parting' AND (retry_at IS NULL OR retry_at <= $2) \
                 AND (lease_until IS NULL OR lease_until < $2) ORDER BY id LIMIT $3";
    write CLAIM = "UPDATE vault_grants SET lease_until = $3, fails = fails + 1 WHERE id = $1 AND state = 'parting' \
                   AND (lease_until IS NULL OR lease_until < $2) RETURNING fails";
    write LATER = "UPDATE vault_grants SET lease_until = NULL, retry_at = $2 WHERE id = $1 AND state = 'parting' RETURNING id";
    write FORGET = "DELETE FROM vault_grants WHERE id = $1 AND state = 'parting' RETURNING id";
    write GIVE_UP = "DELETE FROM vault_grants WHERE source = $1 AND state = 'parting' RETURNING id";
    write COUNT = "UPDATE sources SET told = told + $2, untold = untold + $3 WHERE id = $1 AND gone_at IS NOT NULL RETURNING id";
    write END = "DELETE FROM sources WHERE id = $1 AND gone_at IS NOT NULL \
                 AND NOT EXISTS (SELECT 1 FROM vault_grants g WHERE g.source = sources.id) RETURNING told, untold";
}

/// How often a provider that doesn't hear is told of one grant.
const TRIES: i64 = 6;
/// How long a source stays at most for that: then what it still holds is wiped.
const STAYS: Duration = Duration::from_secs(86_400);
/// The first pause; each is four times the one before.
const PAUSE: Duration = Duration::from_secs(60);
/// How long whoever tells a provider may be silent before somebody else does.
const LEASE: Duration = Duration::from_secs(300);
/// How many grants of one source in one round.
const ROUND: i64 = 100;

/// Takes a source away, with all that belongs to it, in the transaction of whoever deletes it.
pub(super) async fn leave(app: &App, tx: &mut Tx, source: &Source, now: Time) -> Result<()> {
    if !possible(app, source) || (&mut *tx).run(PART, args![&source.id]).await? == 0 {
        return sources::store::delete(tx, &source.id).await.map(drop);
    }
    (&mut *tx).run(LEAVE, args![&source.id, now]).await?;
    strip(tx, &source.id).await
}

/// Leaves of it what its provider is told with.
async fn strip(tx: &mut Tx, source: &SourceId) -> Result<()> {
    for drops in [DROP_ACCOUNTS, DROP_CONNECTS, DROP_GRANTS, DROP_SECRETS] {
        (&mut *tx).run(drops, args![source]).await?;
    }
    Ok(())
}

/// Tells providers of some of what went; gives how many grants that were.
pub async fn some(app: &App) -> Result<usize> {
    let gone = sources::store::gone(&app.db).await?;
    let rounds = join_all(gone.iter().map(|(source, at)| round(app, source, *at))).await;
    let mut told = 0_usize;
    for (outcome, (source, _)) in rounds.into_iter().zip(&gone) {
        match outcome {
            Ok(n) => told = told.saturating_add(n),
            Err(fault) => {
                tracing::warn!(source = %source.slug, %fault, "the provider of a source that was deleted couldn't be told; trying again");
            }
        }
    }
    Ok(told)
}

async fn round(app: &App, source: &Source, gone_at: Time) -> Result<usize> {
    let now = app.now();
    if gone_at + STAYS <= now {
        return give_up(app, source, now).await;
    }
    if app.turns.closed_until(source.id.as_str(), now).is_some() {
        return Ok(0);
    }
    let next = (&app.db).all(NEXT, args![&source.id, now, ROUND]).await?;
    let ids: Vec<GrantId> = next.iter().map(|row| row.id("id")).collect::<Result<_>>()?;
    if ids.is_empty() {
        return look_after(app, source, now).await;
    }
    let told = join_all(ids.iter().map(|id| one(app, source, id))).await;
    told.into_iter().try_fold(0, |sum, one| Ok(sum + usize::from(one?)))
}

/// Nothing is to be told now. Whoever was just connecting an account when the source went has made one of it: that goes, too.
async fn look_after(app: &App, source: &Source, now: Time) -> Result<usize> {
    let mut tx = app.db.begin().await?;
    let late = (&mut tx).run(PART, args![&source.id]).await?;
    strip(&mut tx, &source.id).await?;
    end(&mut tx, source, now).await?;
    tx.commit().await?;
    Ok(late)
}

/// Its provider didn't hear for a day.
async fn give_up(app: &App, source: &Source, now: Time) -> Result<usize> {
    let mut tx = app.db.begin().await?;
    let left = (&mut tx).run(GIVE_UP, args![&source.id]).await?;
    (&mut tx).run(COUNT, args![&source.id, 0, i64::try_from(left).unwrap_or(i64::MAX)]).await?;
    strip(&mut tx, &source.id).await?;
    end(&mut tx, source, now).await?;
    tx.commit().await?;
    Ok(0)
}

/// Forgets a source of which nothing is left to be told. The trail says how that went.
async fn end(tx: &mut Tx, source: &Source, now: Time) -> Result<()> {
    let Some(row) = (&mut *tx).one(END, args![&source.id]).await? else { return Ok(()) };
    let (told, untold) = (row.int("told")?, row.int("untold")?);
    tracing::info!(source = %source.slug, workspace = %source.workspace, told, untold, "the provider of a source that was deleted was told");
    let event = audit::Event {
        actor: Actor::System,
        action: "source.revoked",
        object: format!("source:{}", source.id),
        request_id: format!("source {}", source.id).into(),
        address: String::new(),
        detail: json!({ "slug": source.slug, "workspace": source.workspace, "told": told, "untold": untold }),
    };
    audit::record(&mut *tx, &event, now).await
}

/// Tells of one; false when it is somebody else's turn, or nobody's.
async fn one(app: &App, source: &Source, id: &GrantId) -> Result<bool> {
    let _turn = app.turns.take(source.id.as_str(), source.at_once(app)).await;
    let now = app.now();
    if app.turns.closed_until(source.id.as_str(), now).is_some() {
        return Ok(false);
    }
    let Some(row) = (&app.db).one(CLAIM, args![id, now, now + LEASE]).await? else { return Ok(false) };
    crate::base::failpoint::reached("source-parting");
    let tries = row.int("fails")?;
    let Some(grant) = grants::store::one(&app.db, id).await? else { return Ok(false) };
    let told = match refresh::held(app, id).await? {
        Some(held) => tell(app, source, &grant.params, &held).await,
        None => Told::Nothing,
    };
    match told {
        Told::Unheard => app.turns.failed(source.id.as_str(), app.now()),
        _ => app.turns.answered(source.id.as_str()),
    }
    match told {
        Told::Unheard if tries < TRIES => {
            let pause = PAUSE.saturating_mul(4u32.saturating_pow(u32::try_from(tries - 1).unwrap_or_default()));
            let until = app.now() + grants::timing::spread(pause, id.as_str());
            (&app.db).run(LATER, args![id, until]).await?;
        }
        _ => forget(app, &source.id, id, told).await?,
    }
    Ok(true)
}

/// Wipes what was needed to tell of one.
async fn forget(app: &App, source: &SourceId, id: &GrantId, told: Told) -> Result<()> {
    let mut tx = app.db.begin().await?;
    let gone = grants::store::wipe_secrets(&mut tx, id).await?;
    if (&mut tx).run(FORGET, args![id]).await? > 0 {
        let (heard, unheard) = match told {
            Told::Heard => (1, 0),
            Told::Refused | Told::Unheard => (0, 1),
            Told::Nothing => (0, 0),
        };
        (&mut tx).run(COUNT, args![source, heard, unheard]).await?;
    }
    tx.commit().await?;
    refresh::forget(app, &gone).await;
    Ok(())
}
