//! The last runs of this process, in memory: what was asked, what came back, which tokens it has.

use super::Which;
use super::exchange::Exchange;
use crate::base::Time;
use crate::base::encoding::base64url;
use crate::base::entropy;
use crate::crypto::jwt;
use std::collections::VecDeque;
use std::sync::{Mutex, MutexGuard, PoisonError};

/// How many runs are remembered, and how many exchanges of one.
const MOST: usize = 20;
const MOST_EXCHANGES: usize = 60;

/// One way through a flow.
#[derive(Clone)]
pub(super) struct Run {
    pub id: String,
    pub begun: Time,
    pub which: Which,
    pub state: String,
    pub nonce: Option<String>,
    pub verifier: Option<String>,
    pub status: Status,
    pub exchanges: Vec<Exchange>,
    pub tokens: Tokens,
}

/// How far a run has come.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Status {
    /// The person is on the pages.
    Waiting,
    /// There are tokens for a person.
    Granted,
    /// There is a token for the client itself.
    Machine,
    /// The answer was an error.
    Refused(String),
}

/// What a run holds.
#[derive(Clone, Debug, Default)]
pub(super) struct Tokens {
    pub access: Option<String>,
    /// The first one.
    pub id: Option<String>,
    /// Oldest first.
    pub refresh: Vec<String>,
}

impl Tokens {
    /// The refresh token that is `back` refreshes old.
    pub(super) fn older(&self, back: usize) -> Option<&str> {
        self.refresh.iter().rev().nth(back).map(String::as_str)
    }

    /// Notes the tokens of an answer; those that are known already change nothing.
    pub(super) fn take(&mut self, access: Option<String>, refresh: Option<String>) {
        if access.is_some() {
            self.access = access;
        }
        if let Some(refresh) = refresh.filter(|refresh| !self.refresh.contains(refresh)) {
            self.refresh.push(refresh);
        }
    }
}

impl Run {
    pub(super) fn new(which: Which, status: Status, now: Time) -> Self {
        let random = || base64url(&entropy::bytes::<16>());
        Run {
            id: base64url(&entropy::bytes::<9>()),
            begun: now,
            which,
            state: random(),
            nonce: None,
            verifier: None,
            status,
            exchanges: Vec::new(),
            tokens: Tokens::default(),
        }
    }

    /// Adds an exchange; the oldest one goes when there are too many.
    pub(super) fn add(&mut self, exchange: Exchange) {
        if self.exchanges.len() >= MOST_EXCHANGES {
            self.exchanges.remove(0);
        }
        self.exchanges.push(exchange);
    }

    /// The browser session that it belongs to, once there is an ID token.
    fn sid(&self) -> Option<String> {
        let read = jwt::read(self.tokens.id.as_deref()?)?;
        read.claims.get("sid")?.as_str().map(str::to_owned)
    }

    /// Where it is, with the newest exchange in view.
    pub(super) fn href(&self) -> String {
        format!("/dev/runs/{}#step-{}", self.id, self.exchanges.len())
    }
}

/// The last runs.
#[derive(Default)]
pub(super) struct Runs(Mutex<VecDeque<Run>>);

impl Runs {
    fn all(&self) -> MutexGuard<'_, VecDeque<Run>> {
        // Whoever panicked left at worst a run that lacks its last exchange.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Remembers a run; the oldest one is forgotten.
    pub(super) fn keep(&self, run: Run) {
        let mut runs = self.all();
        runs.truncate(MOST - 1);
        runs.push_front(run);
    }

    /// The run of this identifier.
    pub(super) fn find(&self, id: &str) -> Option<Run> {
        self.all().iter().find(|run| run.id == id).cloned()
    }

    /// Takes over what became of a run.
    pub(super) fn save(&self, changed: Run) {
        if let Some(run) = self.all().iter_mut().find(|run| run.id == changed.id) {
            *run = changed;
        }
    }

    /// The run that waits for an answer with this `state`; without one, the newest that sent none. It waits no longer,
    /// so that an answer is taken once.
    pub(super) fn answered(&self, state: &str) -> Option<Run> {
        let mut runs = self.all();
        let run = runs.iter_mut().find(|run| run.status == Status::Waiting && run.state == state)?;
        run.status = Status::Refused("unfinished".to_owned());
        Some(run.clone())
    }

    /// Changes a run where it is: whoever else changes it meanwhile isn't overwritten.
    pub(super) fn change<T>(&self, id: &str, change: impl FnOnce(&mut Run) -> T) -> Option<T> {
        self.all().iter_mut().find(|run| run.id == id).map(change)
    }

    /// Changes the runs of a browser session.
    pub(super) fn of_session(&self, sid: &str, change: impl Fn(&mut Run)) {
        self.all().iter_mut().filter(|run| run.sid().as_deref() == Some(sid)).for_each(change);
    }

    /// All of them, newest first.
    pub(super) fn newest_first(&self) -> Vec<Run> {
        self.all().iter().cloned().collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn run(at: i64) -> Run {
        Run::new(Which::Public, Status::Waiting, Time::from_secs(at))
    }

    #[test]
    fn twenty_runs_are_remembered_and_an_answer_is_taken_once() {
        let runs = Runs::default();
        (0..30).for_each(|at| runs.keep(run(at)));
        let all = runs.newest_first();
        assert_eq!((all.len(), all[0].begun), (20, Time::from_secs(29)));
        assert!(runs.answered(&all[3].state).is_some_and(|run| run.id == all[3].id));
        assert!(runs.answered(&all[3].state).is_none());
    }

    #[test]
    fn tokens_are_counted_from_the_newest() {
        let mut tokens = Tokens::default();
        for (access, refresh) in [("a1", "r1"), ("a2", "r2"), ("a2", "r2")] {
            tokens.take(Some(access.to_owned()), Some(refresh.to_owned()));
        }
        assert_eq!((tokens.older(0), tokens.older(1), tokens.older(2)), (Some("r2"), Some("r1"), None));
    }
}
