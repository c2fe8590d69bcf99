//! What anyone may hammer at in vain, counted by name in this process: machine secrets, sign-in pages that nobody uses.

use crate::base::Time;
use crate::base::encoding::sha256;

/// Attempts a minute by name, in bounded memory: names are the callers' own invention, so only their digests are kept.
pub struct Attempts {
    per_minute: u32,
    counts: moka::sync::Cache<[u8; 32], (Time, u32)>,
}

impl Attempts {
    /// Allows so many a minute.
    pub fn new(per_minute: u32) -> Self {
        Attempts { per_minute, counts: moka::sync::Cache::new(50_000) }
    }

    /// Whether `name` has had its share of this minute.
    pub fn exhausted(&self, name: &str, now: Time) -> bool {
        let counted = self.counts.get(&sha256(name.as_bytes()));
        counted.is_some_and(|(since, count)| this_minute(since, now) && count >= self.per_minute)
    }

    /// Counts one.
    pub fn count(&self, name: &str, now: Time) {
        let name = sha256(name.as_bytes());
        let (since, count) = match self.counts.get(&name) {
            Some((since, count)) if this_minute(since, now) => (since, count.saturating_add(1)),
            _ => (now, 1),
        };
        self.counts.insert(name, (since, count));
    }
}

/// What was counted far in the future was counted before the clock was set back.
fn this_minute(since: Time, now: Time) -> bool {
    (-60..60).contains(&now.secs_since(since))
}
