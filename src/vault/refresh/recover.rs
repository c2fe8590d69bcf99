//! Clearing up, within seconds: what was left by a process that died, or whose answer was lost.

use super::answered::{find, kept};
use super::{LEASE, fly, settle};
use crate::app::App;
use crate::base::Time;
use crate::catalogue::Policy;
use crate::db::{Fault, Result};
use crate::vault::grants::store::{self, Again};
use crate::vault::grants::{AttemptState, Grant};
use crate::vault::sources::{self, State};
use std::collections::BTreeMap;
use std::time::Duration;

/// How many are looked at in one round. Each then goes on, or waits for something and is out of the way of the others.
const ROUND: i64 = 200;

/// How long the holder of an answer may still come back with it, before its refresh token is presented once more.
const HOLD: Duration = Duration::from_secs(150);

/// How long what can't be asked now waits, unless its source is mended sooner.
const ASIDE: Duration = Duration::from_secs(20);

/// Looks at what isn't cleared up and needn't wait; gives how much that was.
pub async fn recover(app: &App) -> Result<usize> {
    let unsettled = store::unsettled(&app.db, app.now(), ROUND).await?;
    if unsettled.is_empty() {
        return Ok(0);
    }
    let kept = kept(app).await;
    for grant in &unsettled {
        if let Err(fault) = one(app, grant, &kept).await {
            tracing::warn!(grant = %grant.id, %fault, "a refresh couldn't be cleared up; trying again");
        }
    }
    Ok(unsettled.len())
}

async fn one(app: &App, grant: &Grant, kept: &BTreeMap<String, String>) -> Result<()> {
    let now = app.now();
    if app.flights.under_way(grant.id.as_str()).is_some() {
        return Ok(());
    }
    if let Some(name) = grant.attempt.as_ref().and_then(|attempt| kept.get(attempt))
        && let Some(answered) = find(app, name).await?
        && settle::settle(app, &answered).await?
    {
        return Ok(());
    }
    let Some(source) = sources::store::one(&app.db, &grant.source).await? else { return Ok(()) };
    if source.state != State::Active {
        // Whoever mends it wakes them.
        return store::wait(&app.db, grant, [now, now + ASIDE]).await;
    }
    if let Some(until) = app.turns.closed_until(source.id.as_str(), now) {
        return store::wait(&app.db, grant, [now, until.min(now + ASIDE)]).await;
    }
    let kind = source.kind(app)?.configured(&source.params).map_err(|wrong| Fault::Bug(wrong.to_string()))?;
    let policy = super::ask::migrating(app, grant, &kind).await?.map_or(kind.policy(), |migrating| migrating.policy());
    match held_until(grant, policy, now) {
        Some(until) => store::wait(&app.db, grant, [now, until]).await,
        None => {
            fly(app, &grant.id, grant.version, Again::Yes);
            Ok(())
        }
    }
}

/// Until when the same refresh token isn't presented once more; none when it may be now.
fn held_until(grant: &Grant, policy: Policy, now: Time) -> Option<Time> {
    let sent_at = grant.attempt_at?;
    let until = match policy {
        Policy::None | Policy::Minted => return None,
        Policy::Grace(window) if now < sent_at + window => return None,
        Policy::Grace(_) | Policy::Strict | Policy::StrictFamily => strict(grant, sent_at),
    };
    Some(until).filter(|until| *until > now)
}

/// A probe risks nothing that we still have; but a holder that was only paused may have the answer, and so may one that was
/// paused while it probed. While the old access token works nobody needs the new one, so it gets that time.
fn strict(grant: &Grant, sent_at: Time) -> Time {
    let uncertain = grant.attempt_state == AttemptState::Uncertain;
    let answered = grant.error.as_ref().is_some_and(|error| error.class == "ambiguous");
    if answered && uncertain {
        return sent_at;
    }
    let alive_at = grant.lease_until.map_or(sent_at, |until| until - LEASE);
    let held = sent_at.max(alive_at) + HOLD;
    let works_until = grant.published_at.map(|at| at - HOLD);
    works_until.filter(|until| *until > held).unwrap_or(held)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::vault::grants::{Health, Trouble};

    const SENT: Time = Time::from_secs(1_000_000);

    fn left(state: AttemptState, lease_until: Option<Time>, published_at: Option<Time>) -> Grant {
        Grant {
            id: "pgr_1".into(),
            source: "src_1".into(),
            workspace: "acme".into(),
            version: 3,
            state: crate::vault::grants::State::Live,
            scope: String::new(),
            params: BTreeMap::new(),
            refreshable: true,
            expires_at: published_at,
            published_at,
            ends_at: None,
            idle_at: None,
            health: Health::Uncertain,
            error: None,
            fails: 1,
            failing_since: None,
            refused_at: None,
            refreshed_at: SENT,
            used_at: None,
            next_at: None,
            retry_at: None,
            lease_until,
            attempt: Some("try_1".to_owned()),
            attempt_state: state,
            attempt_at: Some(SENT),
            attempts: 4,
            tries: 1,
        }
    }

    fn after(grant: &Grant, policy: Policy, now: u64) -> Option<i64> {
        held_until(grant, policy, SENT + Duration::from_secs(now)).map(|until| until.secs_since(SENT))
    }

    #[test]
    fn what_may_come_again_comes_at_once_and_the_rest_waits_for_a_holder_that_was_only_paused() {
        let died = left(AttemptState::Sent, Some(SENT + LEASE), None);
        let grace = Policy::Grace(Duration::from_secs(60));
        assert_eq!((after(&died, Policy::None, 16), after(&died, Policy::Minted, 16)), (None, None));
        assert_eq!((after(&died, grace, 16), after(&died, grace, 61)), (None, Some(150)));
        assert_eq!((after(&died, Policy::Strict, 16), after(&died, Policy::StrictFamily, 150)), (Some(150), None));
    }

    #[test]
    fn whoever_probed_and_was_paused_has_as_long_as_whoever_asked_first() {
        let probed = left(AttemptState::Sent, Some(SENT + Duration::from_secs(400)), None);
        assert_eq!(after(&probed, Policy::Strict, 401), Some(400 - 15 + 150));
    }

    #[test]
    fn while_the_old_access_token_works_nobody_is_in_a_hurry() {
        let fresh = left(AttemptState::Uncertain, None, Some(SENT + Duration::from_secs(3_000)));
        assert_eq!((after(&fresh, Policy::Strict, 200), after(&fresh, Policy::Strict, 2_850)), (Some(2_850), None));
        let whole = Grant { error: Some(Trouble::of("ambiguous")), ..fresh };
        assert_eq!(after(&whole, Policy::StrictFamily, 1), None, "a whole answer came: there is no holder to wait for");
    }
}
