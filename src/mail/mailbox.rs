//! The mailbox of `symbolon dev`: the last mails, in memory. Nothing leaves the machine.

use super::Rendered;
use crate::base::Time;
use std::collections::VecDeque;
use std::sync::{Mutex, PoisonError};

/// So many are kept.
const MOST: usize = 100;

/// A mail that came.
#[derive(Clone)]
pub struct Kept {
    /// Counts up from 1.
    pub number: usize,
    /// When.
    pub at: Time,
    /// What.
    pub mail: Rendered,
}

/// The last mails.
#[derive(Default)]
pub struct Mailbox(Mutex<(usize, VecDeque<Kept>)>);

impl Mailbox {
    pub(super) fn take(&self, mail: Rendered, at: Time) {
        let mut inside = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        inside.0 = inside.0.saturating_add(1);
        let number = inside.0;
        inside.1.push_front(Kept { number, at, mail });
        inside.1.truncate(MOST);
    }

    /// All of them, newest first.
    pub fn all(&self) -> Vec<Kept> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).1.iter().cloned().collect()
    }
}
