//! Gates: calls wait at a point until the test has looked and says how they go on. No test needs to sleep.

use super::fault::When;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::watch;

/// How held calls go on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    /// As if nothing had been.
    Release,
    /// The connection is reset.
    Reset,
    /// The connection ends without a byte.
    Close,
}

/// A gate; calls that arrive wait until there is a verdict. Without one they go on when this is dropped.
pub struct Held {
    pub gate: Gate,
}

/// What the server's side of a gate is.
#[derive(Clone)]
pub struct Gate {
    pub when: When,
    pub endpoint: String,
    /// Only for what concerns this grant.
    pub grant: Option<String>,
    /// The ids of the calls that are there.
    arrived: Arc<watch::Sender<Vec<u64>>>,
    verdict: Arc<watch::Sender<Option<Verdict>>>,
}

impl Gate {
    pub fn new(when: When, endpoint: &str, grant: Option<&str>) -> Self {
        Gate {
            when,
            endpoint: endpoint.to_owned(),
            grant: grant.map(str::to_owned),
            arrived: Arc::new(watch::Sender::new(Vec::new())),
            verdict: Arc::new(watch::Sender::new(None)),
        }
    }

    pub fn is_open(&self) -> bool {
        self.verdict.borrow().is_some()
    }

    pub fn stops(&self, when: When, endpoint: &str, grant: Option<&str>) -> bool {
        let whose = self.grant.as_deref().is_none_or(|of| grant == Some(of));
        !self.is_open() && self.when == when && self.endpoint == endpoint && whose
    }

    /// A call waits here.
    pub async fn wait(&self, call: u64) -> Verdict {
        let mut verdict = self.verdict.subscribe();
        self.arrived.send_modify(|calls| calls.push(call));
        let seen = verdict.wait_for(Option::is_some).await.map(|verdict| *verdict);
        seen.ok().flatten().unwrap_or(Verdict::Release)
    }

    /// The calls that are there, once there are so many.
    pub async fn arrived(&self, calls: usize) -> Option<Vec<u64>> {
        let mut arrived = self.arrived.subscribe();
        let enough = tokio::time::timeout(Duration::from_secs(60), arrived.wait_for(|there| there.len() >= calls));
        enough.await.ok()?.ok().map(|there| there.clone())
    }

    /// How many calls are there, or were when it opened.
    pub fn count(&self) -> usize {
        self.arrived.borrow().len()
    }

    pub fn opens(&self, verdict: Verdict) {
        self.verdict.send_if_modified(|now| now.is_none() && now.replace(verdict).is_none());
    }
}

impl Held {
    /// Waits until so many calls are there; gives their ids.
    pub async fn arrived(&self, calls: usize) -> Vec<u64> {
        let there = self.gate.arrived(calls).await;
        there.unwrap_or_else(|| panic!("{} of {calls} calls have arrived", self.gate.count()))
    }

    pub fn count(&self) -> usize {
        self.gate.count()
    }

    pub fn releases(self) {
        self.gate.opens(Verdict::Release);
    }

    pub fn resets(self) {
        self.gate.opens(Verdict::Reset);
    }

    pub fn closes(self) {
        self.gate.opens(Verdict::Close);
    }
}

impl Drop for Held {
    fn drop(&mut self) {
        self.gate.opens(Verdict::Release);
    }
}
