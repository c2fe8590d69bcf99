//! The end of a server, in steps: say so, close, be gone.

use std::sync::Arc;
use tokio::sync::watch;

/// How far the end has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Phase {
    /// Not at all.
    Running,
    /// `/health/ready` says no, and load balancers turn away; everything is still served.
    Draining,
    /// No new connection; what is in flight may finish.
    Closing,
}

/// The switch that ends a server. Clones share it.
#[derive(Clone, Debug)]
pub struct Stop(Arc<watch::Sender<Phase>>);

impl Stop {
    /// A server that runs.
    pub fn new() -> Self {
        Stop(Arc::new(watch::Sender::new(Phase::Running)))
    }

    /// How far the end has come.
    pub fn phase(&self) -> Phase {
        *self.0.borrow()
    }

    /// Starts the end. The listeners close after their `shutdown_delay`.
    pub fn begin(&self) {
        self.advance(Phase::Draining);
    }

    /// Resolves once the end has come as far as `phase`.
    pub async fn reached(&self, phase: Phase) {
        // The sender lives in `self`, so the channel can't close while someone waits.
        let _ = self.0.subscribe().wait_for(|at| *at >= phase).await;
    }

    /// Goes on to `phase`; never back.
    pub(super) fn advance(&self, phase: Phase) {
        self.0.send_if_modified(|at| {
            let forward = *at < phase;
            *at = phase.max(*at);
            forward
        });
    }
}

impl Default for Stop {
    fn default() -> Self {
        Stop::new()
    }
}
