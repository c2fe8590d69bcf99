//! When tokens are fresh enough, when they are refreshed, and what is said about when they expire.

use crate::base::Time;
use std::time::Duration;

const MINUTE: Duration = Duration::from_secs(60);

/// What is known of how long a grant's tokens live.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Lives {
    /// The access token.
    pub access: Option<Duration>,
    /// The refresh token, while it isn't used.
    pub idle: Option<Duration>,
    /// A refresh ends the access token before it.
    pub kills: bool,
    /// The soonest after a refresh that another is accepted.
    pub earliest: Option<Duration>,
}

/// The times of a grant after its tokens came.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Times {
    /// When the access token really expires.
    pub expires_at: Option<Time>,
    /// When we say that it does: whoever caches it until then never holds a dead one.
    pub published_at: Option<Time>,
    /// When the refresh token is gone if nobody uses it.
    pub idle_at: Option<Time>,
    /// When it should be refreshed.
    pub next_at: Option<Time>,
}

impl Lives {
    /// The times of tokens that came at `now`. `grant` spreads what came together.
    pub fn times(&self, now: Time, grant: &str) -> Times {
        let published_at = self.access.map(|life| now + life.saturating_sub(self.safety(life)));
        Times {
            expires_at: self.access.map(|life| now + life),
            published_at,
            idle_at: self.idle.map(|idle| now + idle),
            next_at: self.access.map(|life| self.next(now, life, grant)),
        }
    }

    /// What is taken off a lifetime before it is told.
    fn safety(&self, life: Duration) -> Duration {
        match life {
            _ if self.kills => (5 * MINUTE).min(life / 4),
            _ if life < 20 * MINUTE => life / 20,
            _ => MINUTE,
        }
    }

    /// Before it expires by a fifth of its life, five minutes at least, a little more or less for each grant. Where a refresh
    /// ends the token before it, not before the time that was told for that.
    fn next(&self, now: Time, life: Duration, grant: &str) -> Time {
        let after = match self.kills {
            true => life.saturating_sub(self.safety(life)),
            false => {
                let ahead = (life / 5).max(5 * MINUTE).min(life / 2);
                life.saturating_sub(spread(ahead, grant))
            }
        };
        now + after.max(self.earliest.unwrap_or_default().min(life))
    }

    /// When a refresh token that nobody uses is refreshed so that it stays: at half of its idle time.
    pub fn keep_alive(&self, refreshed_at: Time, grant: &str) -> Option<Time> {
        self.idle.map(|idle| refreshed_at + spread(idle / 2, grant))
    }
}

/// How much must be left of a token that is handed out, where the caller doesn't say.
pub fn least_left(life: Option<Duration>) -> Duration {
    life.map_or(Duration::ZERO, |life| (life / 10).max(5 * MINUTE).min(life / 4))
}

/// The pause before another try.
pub fn pause(fails: i64, grant: &str) -> Duration {
    let doubled =
        Duration::from_secs(1).saturating_mul(2u32.saturating_pow(u32::try_from(fails).unwrap_or(10).min(10)));
    spread(doubled.min(10 * MINUTE), grant)
}

/// A span, a tenth more or less: always the same for one grant, so that those of a burst come apart.
pub fn spread(span: Duration, grant: &str) -> Duration {
    let [a, b, ..] = crate::base::encoding::sha256(grant.as_bytes());
    let share = u32::from(u16::from_be_bytes([a, b])) * 200 / 65_536;
    span * (900 + share) / 1_000
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Time = Time::from_secs(1_000_000);
    const HOUR: Duration = Duration::from_secs(3_600);

    fn after(time: Option<Time>) -> i64 {
        time.expect("is known").secs_since(NOW)
    }

    #[test]
    fn an_hour_is_told_as_59_minutes_and_refreshed_in_its_last_fifth() {
        let times = Lives { access: Some(HOUR), ..Lives::default() }.times(NOW, "g");
        assert_eq!((after(times.expires_at), after(times.published_at), times.idle_at), (3_600, 3_540, None));
        assert!((2_800..=2_960).contains(&after(times.next_at)), "{times:?}");
    }

    #[test]
    fn short_lives_keep_most_of_it() {
        for life in [30, 120, 300, 600, 1_199] {
            let times = Lives { access: Some(Duration::from_secs(life)), ..Lives::default() }.times(NOW, "g");
            let (life, told) = (i64::try_from(life).expect("fits"), after(times.published_at));
            assert!(
                told >= life * 19 / 20 && told < life && after(times.next_at) >= life * 4 / 10,
                "{life}: {times:?}"
            );
            assert!(least_left(Some(Duration::from_secs(life.unsigned_abs()))).as_secs() <= life.unsigned_abs() / 4);
        }
        assert_eq!((least_left(Some(HOUR)).as_secs(), least_left(None).as_secs()), (360, 0));
    }

    #[test]
    fn where_a_refresh_ends_the_token_before_it_that_waits_until_the_told_time() {
        let lives = Lives { access: Some(HOUR), kills: true, ..Lives::default() };
        let times = lives.times(NOW, "g");
        assert_eq!((after(times.published_at), times.next_at), (3_300, times.published_at));
    }

    #[test]
    fn what_is_refused_too_early_isn_t_tried_too_early() {
        let ten = Duration::from_secs(600);
        let lives = Lives { access: Some(ten), earliest: Some(Duration::from_secs(570)), ..Lives::default() };
        assert_eq!(after(lives.times(NOW, "g").next_at), 570);
    }

    #[test]
    fn what_came_together_is_spread() {
        let lives = Lives { access: Some(HOUR), idle: Some(100 * 24 * HOUR), ..Lives::default() };
        let times: std::collections::BTreeSet<i64> =
            (0..1_000).map(|n| after(lives.times(NOW, &format!("grant {n}")).next_at)).collect();
        assert!(times.len() > 100, "{}", times.len());
        let kept = after(lives.keep_alive(NOW, "g"));
        assert!((45 * 86_400..=55 * 86_400).contains(&kept), "{kept}");
        assert_eq!(Lives::default().times(NOW, "g"), Times::default());
        assert!(pause(1, "g") < pause(4, "g") && pause(60, "g") <= 11 * MINUTE);
    }
}
