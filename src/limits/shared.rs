//! Budgets that replicas share, in Redis or Valkey: one script call for a request, pipelined with those of others. When it
//! doesn't answer, that is said once, and it is asked again a second later.

use super::{Cell, Left, Taken};
use crate::base::Secret;
use redis::aio::{ConnectionManager, ConnectionManagerConfig};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;
use tokio::time::Instant;

/// How long a request waits for the store. It is on the same network; whoever waits longer is better off without.
const ANSWER: Duration = Duration::from_millis(250);
/// How long it isn't asked again.
const REST: Duration = Duration::from_secs(1);

/// KEYS are the budgets in order; ARGV is what our clock is ahead in microseconds, then interval and burst of each. Time is
/// the store's own: clocks of replicas differ. Gives which is used up (0: none), how long to wait, and what is left of each.
const SCRIPT: &str = r"
local clock = redis.call('TIME')
local now = clock[1] * 1000000 + clock[2] + ARGV[1]
local left = {}
for i, key in ipairs(KEYS) do
  local interval, burst = tonumber(ARGV[2 * i]), tonumber(ARGV[2 * i + 1])
  local full = interval * burst
  local tat = tonumber(redis.call('GET', key) or now)
  if tat < now or tat > now + full + 1000000 then tat = now end
  local wait = tat - interval * (burst - 1) - now
  if wait > 0 then
    left[#left + 1] = 0
    return {i, math.ceil(wait), unpack(left)}
  end
  tat = tat + interval
  redis.call('SET', key, string.format('%.0f', tat), 'PX', math.ceil((tat - now) / 1000) + 1000)
  left[#left + 1] = math.floor((now + full - tat) / interval)
end
return {0, 0, unpack(left)}
";

pub(super) struct Shared {
    manager: ConnectionManager,
    script: redis::Script,
    /// When it is asked again; none while it is there.
    again: Mutex<Option<Instant>>,
}

impl Shared {
    /// Connects when it is first asked: a server starts without its store too.
    pub fn new(url: &Secret) -> Result<Self, String> {
        let unusable = |_| "limits.url can't be used; write redis://host:6379/0 or rediss://…".to_owned();
        let client = redis::Client::open(url.reveal()).map_err(unusable)?;
        let settings = ConnectionManagerConfig::new()
            .set_connection_timeout(Some(ANSWER))
            .set_response_timeout(Some(ANSWER))
            .set_number_of_retries(1);
        let manager = client.get_connection_manager_lazy(settings).map_err(unusable)?;
        Ok(Shared { manager, script: redis::Script::new(SCRIPT), again: Mutex::new(None) })
    }

    /// Whether it didn't answer when it was asked last.
    pub fn gone(&self) -> bool {
        self.again.lock().unwrap_or_else(PoisonError::into_inner).is_some()
    }

    /// Takes one from each in order; `None` when the store is gone.
    pub async fn take(&self, cells: &[&Cell], offset: i64) -> Option<Taken> {
        if !self.may_ask() {
            return None;
        }
        let mut call = self.script.prepare_invoke();
        call.arg(offset.saturating_mul(1000));
        for cell in cells {
            let (interval, burst) = (1_000_000 / u64::from(cell.per_second.max(1)), cell.per_second);
            call.key(format!("symbolon:limit:{}:{}", cell.policy.name(), cell.key)).arg(interval.max(1)).arg(burst);
        }
        let mut connection = self.manager.clone();
        let answer = tokio::time::timeout(ANSWER, call.invoke_async::<Vec<i64>>(&mut connection)).await;
        let told = match answer {
            Ok(Ok(told)) => told,
            Ok(Err(why)) => return self.lost(&why.to_string()),
            Err(_) => return self.lost("no answer in time"),
        };
        self.found();
        let ([used_up, micros], rest) = told.split_first_chunk::<2>()?;
        let left = cells.iter().zip(rest).map(|(cell, remaining)| Left {
            policy: cell.policy.clone(),
            quota: cell.per_second,
            remaining: u32::try_from(*remaining).unwrap_or_default(),
        });
        let wait = (*used_up > 0).then(|| Duration::from_micros(u64::try_from(*micros).unwrap_or_default()));
        Some(Taken { left: left.collect(), wait })
    }

    /// Asks whether it is there.
    pub async fn look(&self) {
        if !self.may_ask() {
            return;
        }
        let mut connection = self.manager.clone();
        let ping = redis::cmd("PING");
        match tokio::time::timeout(ANSWER, ping.query_async::<String>(&mut connection)).await {
            Ok(Ok(_)) => self.found(),
            Ok(Err(why)) => drop(self.lost(&why.to_string())),
            Err(_) => drop(self.lost("no answer in time")),
        }
    }

    /// While it is gone one caller a second finds out whether it still is.
    fn may_ask(&self) -> bool {
        let mut again = self.again.lock().unwrap_or_else(PoisonError::into_inner);
        match *again {
            Some(at) if Instant::now() < at => false,
            Some(_) => {
                *again = Some(Instant::now() + REST);
                true
            }
            None => true,
        }
    }

    fn lost(&self, why: &str) -> Option<Taken> {
        let before = self.again.lock().unwrap_or_else(PoisonError::into_inner).replace(Instant::now() + REST);
        if before.is_none() {
            tracing::error!(
                why,
                "the store of limits.url is gone; each replica counts its share for itself until it is back"
            );
        }
        None
    }

    fn found(&self) {
        if self.again.lock().unwrap_or_else(PoisonError::into_inner).take().is_some() {
            tracing::warn!("the store of limits.url is back; replicas count together again");
        }
    }
}
