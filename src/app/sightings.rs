//! Who came by, counted in this process until somebody writes it down; for people to look at, so some may be missed.

use crate::base::Time;
use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

/// More than these between two writings aren't noted.
const MOST: usize = 1000;

/// Someone who came by.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sighting {
    /// What it is called.
    pub name: String,
    /// When it came first, since the last writing.
    pub first: Time,
    /// When it came last.
    pub last: Time,
    /// How often.
    pub times: i64,
}

/// Those that came by, by identifier.
#[derive(Default)]
pub struct Sightings(Mutex<HashMap<String, Sighting>>);

impl Sightings {
    /// Notes one.
    pub fn note(&self, id: &str, name: &str, now: Time) {
        let mut seen = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(known) = seen.get_mut(id) {
            known.last = now;
            known.times = known.times.saturating_add(1);
            if known.name != name {
                known.name = name.to_owned();
            }
        } else if seen.len() < MOST {
            seen.insert(id.to_owned(), Sighting { name: name.to_owned(), first: now, last: now, times: 1 });
        }
    }

    /// Takes them, to write them down.
    pub fn take(&self) -> HashMap<String, Sighting> {
        std::mem::take(&mut *self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}
