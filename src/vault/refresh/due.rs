//! Refreshing before somebody has to wait for it.

use super::begin;
use crate::app::App;
use crate::base::Time;
use crate::db::Result;
use crate::vault::grants::timing::{self, Lives};
use crate::vault::grants::{Grant, GrantId, Health, store};
use crate::vault::sources;
use std::time::Duration;

/// How many are begun in one round, and how many of one source wait for their turn.
const ROUND: usize = 200;
/// How often a round looks for more, where what it found can't be begun now.
const LOOKS: usize = 5;
/// When what can't be begun now is looked at again.
const ASIDE: Duration = Duration::from_secs(10);

/// Begins to refresh what should be, no more than can be held; gives how many were begun. What waits is put off, so that it
/// isn't in the way of other sources.
pub async fn refresh_due(app: &App) -> Result<usize> {
    let mut begun = 0;
    for _ in 0..LOOKS {
        let due = store::due(&app.db, app.now(), i64::try_from(ROUND).unwrap_or(i64::MAX)).await?;
        for id in &due {
            begun += usize::from(one(app, id).await?);
        }
        if due.len() < ROUND || begun >= ROUND {
            break;
        }
    }
    Ok(begun)
}

async fn one(app: &App, id: &GrantId) -> Result<bool> {
    let now = app.now();
    let Some(grant) = store::one(&app.db, id).await? else { return Ok(false) };
    let Some(source) = sources::store::one(&app.db, &grant.source).await? else { return Ok(false) };
    let later = async |until: Option<Time>| store::put_off(&app.db, &grant, until).await.map(|()| false);
    if source.state != sources::State::Active {
        // Whoever mends the source wakes them.
        return later(None).await;
    }
    if let Some(until) = app.turns.closed_until(source.id.as_str(), now) {
        return later(Some(until)).await;
    }
    if app.flights.under_way(id.as_str()).is_some() || app.turns.waiting(source.id.as_str()) >= ROUND {
        return later(Some(now + timing::spread(ASIDE, id.as_str()))).await;
    }
    let lives = Lives { idle: idle(&grant), ..Lives::default() };
    let keep = lives.keep_alive(grant.refreshed_at, id.as_str()).filter(|_| source.policy.keepalive);
    if grant.refreshable && wanted(&grant, source.policy.proactive, keep, now) {
        return Ok(begin(app, id, grant.version).is_some());
    }
    later(keep.filter(|at| *at > now)).await
}

/// Whether anybody would miss it: fewer refreshes are fewer chances to lose one.
fn wanted(grant: &Grant, proactive: bool, keep: Option<Time>, now: Time) -> bool {
    let used = grant.used_at.is_some_and(|at| at >= grant.refreshed_at) || grant.health != Health::Ok;
    proactive && used || keep.is_some_and(|at| at <= now)
}

fn idle(grant: &Grant) -> Option<Duration> {
    let millis = grant.idle_at?.millis().saturating_sub(grant.refreshed_at.millis());
    u64::try_from(millis).ok().map(Duration::from_millis)
}
