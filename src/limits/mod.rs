//! Requests a second: a generic cell rate (GCRA) for each caller, counted in this process or together with other replicas.
//!
//! `n` requests a second means: `n` at once, then one every `1/n` second. Nothing here knows who a caller is.

mod local;
mod shared;

use crate::base::Clock;
use crate::config;
use local::Local;
use shared::Shared;
use std::sync::Arc;
use std::time::Duration;

/// What a budget is of; its name in headers and metrics.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Policy {
    /// One API token, or one grant.
    Token,
    /// All tokens of a workspace.
    Workspace,
    /// A client at the token endpoint.
    Client,
    /// An address at sign-in, the token endpoint, registration.
    Address,
    /// Credentials from one address that aren't good.
    Invalid,
    /// A rule of the gate, as the settings call it.
    Named(String),
}

impl Policy {
    /// The name.
    pub fn name(&self) -> &str {
        match self {
            Policy::Token => "token",
            Policy::Workspace => "workspace",
            Policy::Client => "client",
            Policy::Address => "address",
            Policy::Invalid => "invalid",
            Policy::Named(name) => name,
        }
    }
}

/// One budget that a request takes from.
#[derive(Clone, Debug)]
pub struct Cell {
    /// What it is of.
    pub policy: Policy,
    /// Whose.
    pub key: Arc<str>,
    /// How much; 0 for no limit.
    pub per_second: u32,
}

/// What is left of a budget.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Left {
    /// What it is of.
    pub policy: Policy,
    /// Requests a second.
    pub quota: u32,
    /// Requests that may come right now.
    pub remaining: u32,
}

/// Whether a request may be made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Taken {
    /// The budgets that were looked at; the last is the one that is used up, where there is one.
    pub left: Vec<Left>,
    /// How long to wait for the last of them.
    pub wait: Option<Duration>,
}

/// Where is it counted?
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Store {
    /// In this process, as the settings want it.
    Local,
    /// Together with other replicas.
    Shared,
    /// In this process, since the store is gone.
    Gone,
}

/// The budgets.
pub struct Limiter {
    local: Local,
    shared: Option<Shared>,
    clock: Clock,
    replicas: u32,
}

impl Limiter {
    /// As the settings say; the error is a sentence for the operator.
    pub fn new(settings: &config::Limits, clock: &Clock) -> Result<Self, String> {
        let shared = settings.url.as_ref().map(Shared::new).transpose()?;
        Ok(Limiter { local: Local::new(clock.clone()), shared, clock: clock.clone(), replicas: settings.replicas })
    }

    /// Takes one from each budget, in this order, until one is used up.
    pub async fn take(&self, cells: &[Cell]) -> Taken {
        let limited = || cells.iter().filter(|cell| cell.per_second > 0);
        let Some(shared) = self.shared.as_ref().filter(|_| limited().next().is_some()) else {
            return self.local.take(limited(), 1);
        };
        let cells: Vec<&Cell> = limited().collect();
        match Box::pin(shared.take(&cells, self.clock.offset())).await {
            Some(taken) => taken,
            // Nobody is let off, and nobody is locked out.
            None => self.local.take(cells, self.replicas),
        }
    }

    /// Where it is counted right now.
    pub fn store(&self) -> Store {
        match &self.shared {
            None => Store::Local,
            Some(shared) if shared.gone() => Store::Gone,
            Some(_) => Store::Shared,
        }
    }

    /// Asks the store whether it is there; where there is none, nothing.
    pub async fn look(&self) {
        if let Some(shared) = &self.shared {
            shared.look().await;
        }
    }
}
