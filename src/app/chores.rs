//! What works in the background of this process, and how it has gone: for people to look at.

use crate::base::Time;
use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

/// What works in the background, by name.
#[derive(Debug, Default)]
pub struct Chores(Mutex<BTreeMap<&'static str, Chore>>);

/// How one of them has gone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Chore {
    /// How long it rests in between.
    pub every: Duration,
    /// When it was last done.
    pub ran_at: Time,
    /// How long that took.
    pub took: Duration,
    /// How often it was done since this process began.
    pub runs: u64,
    /// How often it couldn't be done.
    pub failures: u64,
    /// Whether it was done the last time.
    pub well: bool,
}

impl Chores {
    /// Notes that one was done, or couldn't be.
    pub fn ran(&self, name: &'static str, every: Duration, now: Time, took: Duration, well: bool) {
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let before = all.get(name).map_or((0, 0), |chore| (chore.runs, chore.failures));
        let failures = before.1.saturating_add(u64::from(!well));
        all.insert(name, Chore { every, ran_at: now, took, runs: before.0.saturating_add(1), failures, well });
    }

    /// All that have worked so far, by name.
    pub fn all(&self) -> Vec<(&'static str, Chore)> {
        let all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        all.iter().map(|(name, chore)| (*name, *chore)).collect()
    }
}
