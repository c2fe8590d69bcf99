//! Turns: how much we ask of one provider at a time, and when we don't ask at all.

use crate::base::Time;
use std::collections::HashMap;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

/// Failures in a row after which we don't ask for a while.
const PATIENCE: u32 = 5;
/// How long at first, and at most.
const REST: Duration = Duration::from_secs(5);
const LONGEST: Duration = Duration::from_secs(300);

/// Who has a turn at which source.
#[derive(Default)]
pub struct Turns(Mutex<HashMap<String, Source>>);

struct Source {
    seats: Arc<Semaphore>,
    waiting: Arc<AtomicUsize>,
    failures: u32,
    closed_until: Option<Time>,
}

/// Held while we ask.
pub struct Turn(#[expect(dead_code, reason = "given back when it is dropped")] OwnedSemaphorePermit);

/// Counted until it has its turn, or gives up.
struct Waits(Arc<AtomicUsize>);

impl Waits {
    fn begin(count: &Arc<AtomicUsize>) -> Self {
        count.fetch_add(1, Ordering::SeqCst);
        Waits(Arc::clone(count))
    }
}

impl Drop for Waits {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::SeqCst);
    }
}

impl Turns {
    /// Waits for a turn among `seats`, the first time that this source is asked.
    pub async fn take(&self, source: &str, seats: usize) -> Option<Turn> {
        let (semaphore, _waits) = {
            let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
            let fresh = || Source {
                seats: Arc::new(Semaphore::new(seats.max(1))),
                waiting: Arc::default(),
                failures: 0,
                closed_until: None,
            };
            let one = all.entry(source.to_owned()).or_insert_with(fresh);
            (Arc::clone(&one.seats), Waits::begin(&one.waiting))
        };
        semaphore.acquire_owned().await.ok().map(Turn)
    }

    /// How many wait for a turn at a source.
    pub fn waiting(&self, source: &str) -> usize {
        let all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        all.get(source).map_or(0, |one| one.waiting.load(Ordering::SeqCst))
    }

    /// Until when a source isn't asked.
    pub fn closed_until(&self, source: &str, now: Time) -> Option<Time> {
        let all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        all.get(source).and_then(|one| one.closed_until).filter(|until| *until > now)
    }

    /// It answered.
    pub fn answered(&self, source: &str) {
        if let Some(one) = self.0.lock().unwrap_or_else(PoisonError::into_inner).get_mut(source) {
            (one.failures, one.closed_until) = (0, None);
        }
    }

    /// It couldn't be reached, or failed: after a few of those it is left in peace, each time for longer.
    pub fn failed(&self, source: &str, now: Time) {
        if let Some(one) = self.0.lock().unwrap_or_else(PoisonError::into_inner).get_mut(source) {
            one.failures = one.failures.saturating_add(1);
            if let Some(over) = one.failures.checked_sub(PATIENCE) {
                let rest = REST.saturating_mul(2u32.saturating_pow(over.min(10)));
                one.closed_until = Some(now + rest.min(LONGEST));
            }
        }
    }

    /// It asks to be left in peace.
    pub fn close(&self, source: &str, until: Time) {
        if let Some(one) = self.0.lock().unwrap_or_else(PoisonError::into_inner).get_mut(source) {
            one.closed_until = one.closed_until.max(Some(until));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn so_many_at_a_time_and_none_while_it_is_closed() {
        let (turns, now) = (Turns::default(), Time::from_secs(1_000));
        let (first, second) = (turns.take("s", 2).await, turns.take("s", 2).await);
        let third = tokio::time::timeout(Duration::from_millis(20), turns.take("s", 2));
        assert!(first.is_some() && second.is_some() && third.await.is_err());
        assert_eq!((turns.waiting("s"), turns.waiting("t")), (0, 0), "who gives up doesn't wait");
        drop(first);
        assert!(turns.take("s", 2).await.is_some());
        for _ in 0..4 {
            turns.failed("s", now);
        }
        assert_eq!(turns.closed_until("s", now), None);
        turns.failed("s", now);
        assert_eq!(turns.closed_until("s", now), Some(now + REST));
        turns.failed("s", now);
        assert_eq!(turns.closed_until("s", now), Some(now + REST * 2));
        turns.answered("s");
        assert_eq!(turns.closed_until("s", now), None);
        turns.close("s", now + LONGEST);
        assert_eq!(turns.closed_until("s", now + REST), Some(now + LONGEST));
        assert_eq!(turns.closed_until("s", now + LONGEST), None);
    }
}
