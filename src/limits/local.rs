//! Budgets in this process, in bounded memory: those that are used often stay.

use super::{Cell, Left, Taken};
use crate::base::Clock;
use governor::clock::Clock as _;
use governor::middleware::StateInformationMiddleware;
use governor::state::{InMemoryState, NotKeyed};
use governor::{Quota, RateLimiter};
use quick_cache::sync::Cache;
use std::convert::Infallible;
use std::hash::{BuildHasher, RandomState};
use std::num::NonZeroU32;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

/// About 300 bytes each.
const MOST: usize = 100_000;
/// A clock that goes back by more than this was set back.
const JITTER: i64 = 1000;

type Budget = RateLimiter<NotKeyed, InMemoryState, Ticks, StateInformationMiddleware>;

/// When something was taken last: it doesn't go back, unless our clock was set back. Not the clock itself, which would be read
/// for each budget anew.
#[derive(Clone)]
struct Ticks(Arc<AtomicI64>);

impl governor::clock::Clock for Ticks {
    type Instant = Duration;

    fn now(&self) -> Duration {
        Duration::from_millis(u64::try_from(self.0.load(Ordering::Relaxed)).unwrap_or_default())
    }
}

pub(super) struct Local {
    clock: Clock,
    latest: Ticks,
    /// By what `name` makes of whose they are.
    budgets: Cache<u64, Arc<Budget>>,
    name: RandomState,
}

impl Local {
    pub fn new(clock: Clock) -> Self {
        let latest = Ticks(Arc::new(AtomicI64::new(clock.now().millis())));
        Local { clock, latest, budgets: Cache::new(MOST), name: RandomState::new() }
    }

    /// Takes one from each in order, of a share of what there is.
    pub fn take<'a>(&self, cells: impl IntoIterator<Item = &'a Cell>, share_of: u32) -> Taken {
        self.look_at_the_clock();
        let mut left = Vec::with_capacity(2);
        for cell in cells {
            let (policy, quota) = (cell.policy.clone(), cell.per_second);
            match self.budget(cell, share_of).check() {
                Ok(state) => left.push(Left { policy, quota, remaining: state.remaining_burst_capacity() }),
                Err(until) => {
                    left.push(Left { policy, quota, remaining: 0 });
                    return Taken { left, wait: Some(until.wait_time_from(self.latest.now())) };
                }
            }
        }
        Taken { left, wait: None }
    }

    /// Another number makes another budget: what was changed counts from the next request on.
    fn budget(&self, cell: &Cell, share_of: u32) -> Arc<Budget> {
        // 64 bits under a secret of this process: nobody finds two that share a budget, and chance doesn't within its life.
        let key = self.name.hash_one((cell.policy.name(), cell.per_second, share_of, &*cell.key));
        let fresh = || Arc::new(fresh(cell.per_second, share_of, self.latest.clone()));
        let Ok(budget) = self.budgets.get_or_insert_with(&key, || Ok::<_, Infallible>(fresh()));
        budget
    }

    fn look_at_the_clock(&self) {
        let (now, Ticks(latest)) = (self.clock.now().millis(), &self.latest);
        // A budget that was used in what is now the future would stay empty until then.
        if latest.fetch_max(now, Ordering::Relaxed) > now.saturating_add(JITTER) {
            latest.store(now, Ordering::Relaxed);
            self.budgets.clear();
        }
    }
}

fn fresh(per_second: u32, share_of: u32, clock: Ticks) -> Budget {
    let interval = Duration::from_secs(1) * share_of.max(1) / per_second.max(1);
    let burst = NonZeroU32::new(per_second / share_of.max(1)).unwrap_or(NonZeroU32::MIN);
    let quota = Quota::with_period(interval.max(Duration::from_nanos(1)));
    let quota = quota.unwrap_or(Quota::per_second(burst)).allow_burst(burst);
    RateLimiter::direct_with_clock(quota, clock).with_middleware()
}

#[cfg(test)]
mod tests {
    use super::super::Policy;
    use super::*;

    fn cell(policy: Policy, key: &str, per_second: u32) -> Cell {
        Cell { policy, key: key.into(), per_second }
    }

    fn local() -> (Local, Clock) {
        let clock = Clock::shiftable();
        (Local::new(clock.clone()), clock)
    }

    #[test]
    fn as_many_at_once_as_a_second_has_and_then_one_by_one() {
        let (local, clock) = local();
        let token = cell(Policy::Token, "t", 3);
        let passes = || local.take([&token], 1).wait.is_none();
        assert_eq!((0..10).filter(|_| passes()).count(), 3);
        clock.shift(334);
        assert!(passes() && !passes());
        let wait = local.take([&token], 1).wait.expect("used up");
        assert!(wait > Duration::ZERO && wait <= Duration::from_millis(334), "{wait:?}");
        assert!(local.take([&cell(Policy::Token, "another", 3)], 1).wait.is_none());
    }

    #[test]
    fn the_first_that_is_used_up_stops_the_others_from_being_used() {
        let (local, _) = local();
        let (token, workspace) = (cell(Policy::Token, "t", 1), cell(Policy::Workspace, "w", 5));
        assert!(local.take([&token, &workspace], 1).wait.is_none());
        for _ in 0..20 {
            assert_eq!(local.take([&token, &workspace], 1).left.len(), 1);
        }
        let other = cell(Policy::Token, "u", 9);
        assert_eq!(local.take([&other, &workspace], 1).left[1].remaining, 3);
    }

    #[test]
    fn a_share_is_a_share() {
        let (local, clock) = local();
        let token = cell(Policy::Token, "t", 3);
        let passed = |local: &Local| (0..10).filter(|_| local.take([&token], 2).wait.is_none()).count();
        assert_eq!(passed(&local), 1);
        clock.shift(667);
        assert_eq!(passed(&local), 1);
    }

    #[test]
    fn rl_08_a_clock_that_is_set_back_locks_nobody_out() {
        let (local, clock) = local();
        let token = cell(Policy::Token, "t", 3);
        let passed = || (0..10).filter(|_| local.take([&token], 1).wait.is_none()).count();
        assert_eq!(passed(), 3);
        clock.shift(-3_600_000);
        assert_eq!(passed(), 3);
        assert_eq!(passed(), 0);
        clock.shift(7_200_000);
        assert_eq!(passed(), 3);
        assert_eq!(passed(), 0);
    }

    #[test]
    fn rl_07_however_many_callers_take_bounded_memory() {
        let (local, _) = local();
        for n in 0..300_000 {
            local.take([&cell(Policy::Invalid, &format!("10.{n}"), 20)], 1);
        }
        assert!(local.budgets.len() <= MOST, "{}", local.budgets.len());
    }
}
