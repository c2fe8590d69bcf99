//! Clearing up, within seconds: what was left by a process that died, or whose answer was lost.

use super::answered::find;
use super::{fly, settle};
use crate::app::App;
use crate::base::Time;
use crate::catalogue::Policy;
use crate::db::{Fault, Result};
use crate::vault::grants::store::{self, Again};
use crate::vault::grants::{AttemptState, Grant, State};
use crate::vault::sources;
use std::time::Duration;

const ROUND: i64 = 100;

/// How long the holder of an answer may still come back with it, before its refresh token is presented once more.
const HOLD: Duration = Duration::from_secs(150);

/// Looks at everything that isn't cleared up; gives how much there is.
pub async fn recover(app: &App) -> Result<usize> {
    let unsettled = store::unsettled(&app.db, ROUND).await?;
    for grant in &unsettled {
        if let Err(fault) = one(app, grant).await {
            tracing::warn!(grant = %grant.id, %fault, "a refresh couldn't be cleared up; trying again");
        }
    }
    Ok(unsettled.len())
}

async fn one(app: &App, grant: &Grant) -> Result<()> {
    let now = app.now();
    let under_way = app.flights.under_way(grant.id.as_str()).is_some();
    if under_way || grant.leased(now) || grant.state != State::Live {
        return Ok(());
    }
    if let Some(attempt) = &grant.attempt
        && let Some(answered) = find(app, attempt).await?
        && settle::settle(app, &answered).await?
    {
        return Ok(());
    }
    let Some(source) = sources::store::one(&app.db, &grant.source).await? else { return Ok(()) };
    let kind = source.kind(app)?.configured(&source.params).map_err(|wrong| Fault::Bug(wrong.to_string()))?;
    let policy = kind.policy();
    if due(grant, policy, now) && grant.retry_at.is_none_or(|at| at <= now) {
        fly(app, &grant.id, grant.version, Again::Yes);
    }
    Ok(())
}

/// Whether the same refresh token may be presented once more.
fn due(grant: &Grant, policy: Policy, now: Time) -> bool {
    let Some(sent_at) = grant.attempt_at else { return true };
    match policy {
        Policy::None | Policy::Minted => true,
        Policy::Grace(window) if now < sent_at + window => true,
        Policy::Grace(_) | Policy::Strict | Policy::StrictFamily => now >= held_until(grant, sent_at),
    }
}

/// A probe risks nothing that we still have; but a holder that was only paused may have the answer. While the old access
/// token works nobody needs the new one, so it gets that time.
fn held_until(grant: &Grant, sent_at: Time) -> Time {
    let answered = grant.error.as_ref().is_some_and(|error| error.class == "ambiguous");
    if answered && grant.attempt_state == AttemptState::Uncertain {
        return sent_at;
    }
    let works_until = grant.published_at.map(|at| at - HOLD);
    works_until.filter(|until| *until > sent_at + HOLD).unwrap_or(sent_at + HOLD)
}
