//! Refreshing before somebody has to wait for it.

use super::begin;
use crate::app::App;
use crate::base::Time;
use crate::db::Result;
use crate::vault::grants::timing::Lives;
use crate::vault::grants::{Grant, GrantId, Health, store};
use crate::vault::sources;

/// How many are looked at in one round.
const ROUND: i64 = 200;

/// Begins to refresh what should be; gives how many were looked at.
pub async fn refresh_due(app: &App) -> Result<usize> {
    let due = store::due(&app.db, app.now(), ROUND).await?;
    for id in &due {
        // A round takes no more than it can hold: the rest is still due then.
        if app.flights.under_way(id.as_str()).is_none() {
            one(app, id).await?;
        }
    }
    Ok(due.len())
}

async fn one(app: &App, id: &GrantId) -> Result<()> {
    let now = app.now();
    let Some(grant) = store::one(&app.db, id).await? else { return Ok(()) };
    let Some(source) = sources::store::one(&app.db, &grant.source).await? else { return Ok(()) };
    let asked = app.turns.closed_until(source.id.as_str(), now);
    if source.state != sources::State::Active {
        // Whoever mends the source wakes them.
        return store::put_off(&app.db, &grant, None).await;
    }
    if let Some(until) = asked {
        return store::put_off(&app.db, &grant, Some(until)).await;
    }
    let lives = Lives { idle: idle(&grant), ..Lives::default() };
    let keep = lives.keep_alive(grant.refreshed_at, id.as_str()).filter(|_| source.policy.keepalive);
    if grant.refreshable && wanted(&grant, source.policy.proactive, keep, now) {
        begin(app, id, grant.version);
        return Ok(());
    }
    store::put_off(&app.db, &grant, keep.filter(|at| *at > now)).await
}

/// Whether anybody would miss it: fewer refreshes are fewer chances to lose one.
fn wanted(grant: &Grant, proactive: bool, keep: Option<Time>, now: Time) -> bool {
    let used = grant.used_at.is_some_and(|at| at >= grant.refreshed_at) || grant.health != Health::Ok;
    proactive && used || keep.is_some_and(|at| at <= now)
}

fn idle(grant: &Grant) -> Option<std::time::Duration> {
    let millis = grant.idle_at?.millis().saturating_sub(grant.refreshed_at.millis());
    u64::try_from(millis).ok().map(std::time::Duration::from_millis)
}
