//! Time is received, never taken: the only place that reads the machine's clock.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

/// A moment, in milliseconds since the Unix epoch; the unit of every time column.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Time(i64);

impl Time {
    /// From milliseconds since the epoch.
    pub const fn from_millis(millis: i64) -> Self {
        Self(millis)
    }

    /// From seconds since the epoch, the unit of JWT claims; saturates.
    pub const fn from_secs(secs: i64) -> Self {
        Self(secs.saturating_mul(1000))
    }

    /// Milliseconds since the epoch, for the database.
    pub const fn millis(self) -> i64 {
        self.0
    }

    /// Whole seconds since the epoch, for JWT `NumericDate` (RFC 7519 §2).
    pub const fn secs(self) -> i64 {
        self.0.div_euclid(1000)
    }

    /// Whole seconds from `earlier` to here; negative when `earlier` is later.
    pub const fn secs_since(self, earlier: Time) -> i64 {
        self.0.saturating_sub(earlier.0).div_euclid(1000)
    }

    /// RFC 3339 in UTC, as the JSON APIs speak.
    pub fn rfc3339(self) -> String {
        jiff::Timestamp::from_millisecond(self.0).map(|t| t.to_string()).unwrap_or_else(|_| self.0.to_string())
    }
}

impl serde::Serialize for Time {
    fn serialize<S: serde::Serializer>(&self, s: S) -> Result<S::Ok, S::Error> {
        s.serialize_str(&self.rfc3339())
    }
}

impl Time {
    /// Reads what [`Time::rfc3339`] writes, or a day in UTC: 2026-11-22.
    pub fn parse(text: &str) -> Option<Self> {
        if let Ok(at) = text.parse::<jiff::Timestamp>() {
            return Some(Time(at.as_millisecond()));
        }
        let day: jiff::civil::Date = text.parse().ok()?;
        let start = day.at(0, 0, 0, 0).to_zoned(jiff::tz::TimeZone::UTC).ok()?;
        Some(Time(start.timestamp().as_millisecond()))
    }

    /// The day and the time of day, in UTC.
    pub fn civil(self) -> jiff::civil::DateTime {
        let at = jiff::Timestamp::from_millisecond(self.0).unwrap_or_default();
        jiff::tz::Offset::UTC.to_datetime(at)
    }
}

impl std::ops::Add<Duration> for Time {
    type Output = Time;

    fn add(self, span: Duration) -> Time {
        Time(self.0.saturating_add(i64::try_from(span.as_millis()).unwrap_or(i64::MAX)))
    }
}

impl std::ops::Sub<Duration> for Time {
    type Output = Time;

    fn sub(self, span: Duration) -> Time {
        Time(self.0.saturating_sub(i64::try_from(span.as_millis()).unwrap_or(i64::MAX)))
    }
}

/// Where the time comes from. Cloning shares the same clock.
#[derive(Clone, Debug)]
pub enum Clock {
    /// The machine's own clock.
    System,
    /// The machine's clock plus a number of milliseconds that `symbolon dev` and tests may move.
    Shifted(Arc<Shift>),
}

/// How far a clock was moved.
#[derive(Debug, Default)]
pub struct Shift {
    offset: AtomicI64,
    /// The time at which it was stopped; 0 while it runs.
    stopped: AtomicI64,
}

impl Shift {
    fn now(&self) -> Time {
        match self.stopped.load(Ordering::SeqCst) {
            0 => Time(system_now().0.saturating_add(self.offset.load(Ordering::SeqCst))),
            at => Time(at),
        }
    }
}

impl Clock {
    /// A clock that starts right and can be moved.
    pub fn shiftable() -> Self {
        Clock::Shifted(Arc::default())
    }

    /// Now.
    pub fn now(&self) -> Time {
        match self {
            Clock::System => system_now(),
            Clock::Shifted(shift) => shift.now(),
        }
    }

    /// Moves a shiftable clock by `millis` (either way). Returns false on the system clock.
    pub fn shift(&self, millis: i64) -> bool {
        let Clock::Shifted(shift) = self else {
            return false;
        };
        let moved = |at: i64| Some(at.saturating_add(millis));
        let _ = shift.offset.fetch_update(Ordering::SeqCst, Ordering::SeqCst, moved);
        let stopped = |at: i64| moved(at).filter(|_| at != 0);
        let _ = shift.stopped.fetch_update(Ordering::SeqCst, Ordering::SeqCst, stopped);
        true
    }

    /// Sets a shiftable clock to this time, and stops it there until it is set again or moved on; it doesn't run again.
    #[cfg(feature = "test-hooks")]
    pub fn stop_at(&self, time: Time) {
        if let Clock::Shifted(shift) = self {
            shift.stopped.store(time.0, Ordering::SeqCst);
        }
    }

    /// How far the clock has been moved, in milliseconds.
    pub fn offset(&self) -> i64 {
        match self {
            Clock::System => 0,
            Clock::Shifted(shift) => match shift.stopped.load(Ordering::SeqCst) {
                0 => shift.offset.load(Ordering::SeqCst),
                at => at.saturating_sub(system_now().0),
            },
        }
    }
}

#[expect(clippy::disallowed_methods, reason = "the one clock read that all others go through")]
fn system_now() -> Time {
    match SystemTime::now().duration_since(UNIX_EPOCH) {
        Ok(since) => Time(i64::try_from(since.as_millis()).unwrap_or(i64::MAX)),
        Err(before) => Time(-i64::try_from(before.duration().as_millis()).unwrap_or(i64::MAX)),
    }
}
