//! Uses of tokens, noted in this process until somebody writes them down: no request writes for it.

use crate::base::Time;
use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

/// More tokens than these between two writings aren't noted; they are when they come again.
const MOST: usize = 100_000;

/// When and from where a token was used.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Used {
    /// When.
    pub at: Time,
    /// From which network.
    pub network: String,
}

/// What was noted, by the token's identifier.
pub type Noted = HashMap<String, Used>;

/// Those that were used.
#[derive(Default)]
pub struct Uses(Mutex<Noted>);

impl Uses {
    /// Notes one.
    pub fn note(&self, id: &str, network: &str, now: Time) {
        let mut noted = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(used) = noted.get_mut(id) {
            used.at = now;
            if used.network != network {
                used.network = network.to_owned();
            }
        } else if noted.len() < MOST {
            noted.insert(id.to_owned(), Used { at: now, network: network.to_owned() });
        }
    }

    /// Takes them, to write them down.
    pub fn take(&self) -> Noted {
        std::mem::take(&mut *self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}
