//! What comes again and again, counted by name in this process: failed machine secrets, sign-in pages that nobody uses,
//! code challenges that should have been new.

use crate::base::Time;
use crate::base::encoding::sha256;
use quick_cache::sync::Cache;
use std::time::Duration;

/// Attempts by name within a minute or another time, in bounded memory: names are the callers' own invention, so only
/// their digests are kept.
pub struct Attempts {
    most: u32,
    within: Duration,
    counts: Cache<[u8; 32], (Time, u32)>,
}

impl Attempts {
    /// Allows so many a minute.
    pub fn new(per_minute: u32) -> Self {
        Attempts::within(Duration::from_secs(60), per_minute)
    }

    /// Allows so many within this time, from the first of them on.
    pub fn within(within: Duration, most: u32) -> Self {
        Attempts { most, within, counts: Cache::new(50_000) }
    }

    /// Whether `name` has had its share.
    pub fn exhausted(&self, name: &str, now: Time) -> bool {
        self.counted(name, now) >= self.most
    }

    /// How many were counted.
    pub fn counted(&self, name: &str, now: Time) -> u32 {
        let counted = self.counts.get(&sha256(name.as_bytes()));
        counted.filter(|(since, _)| self.still(*since, now)).map_or(0, |(_, count)| count)
    }

    /// Counts one.
    pub fn count(&self, name: &str, now: Time) {
        let name = sha256(name.as_bytes());
        let (since, count) = match self.counts.get(&name) {
            Some((since, count)) if self.still(since, now) => (since, count.saturating_add(1)),
            _ => (now, 1),
        };
        self.counts.insert(name, (since, count));
    }

    /// What was counted far in the future was counted before the clock was set back.
    fn still(&self, since: Time, now: Time) -> bool {
        let within = i64::try_from(self.within.as_secs()).unwrap_or(i64::MAX);
        (-within..within).contains(&now.secs_since(since))
    }
}
