//! Credentials that were handed out, noted in this process until somebody writes them down: no read of a token waits for a
//! write. Whoever takes the same token again before that is counted.

use crate::audit::Actor;
use crate::base::Time;
use crate::base::id::WorkspaceId;
use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::{Arc, Mutex, PoisonError};

/// More than these between two writings aren't kept; that they weren't is.
const MOST: usize = 200_000;

/// Somebody who takes a token.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Reader {
    /// In which workspace.
    pub workspace: WorkspaceId,
    /// Of which account.
    pub account: Arc<str>,
    /// Of which grant.
    pub grant: Arc<str>,
    /// Which version.
    pub version: i64,
    /// Who.
    pub actor: Actor,
    /// From where.
    pub address: IpAddr,
    /// What for, in their words.
    pub purpose: String,
}

/// When a token was taken last, and how often.
#[derive(Clone, Copy, Debug)]
pub struct Taken {
    /// When it was taken last.
    pub at: Time,
    /// How often.
    pub times: i64,
}

/// What was noted.
pub type Noted = HashMap<Reader, Taken>;

/// Those that were noted, and how many weren't.
#[derive(Default)]
pub struct Reads(Mutex<(Noted, u64)>);

impl Reads {
    /// Notes one.
    pub fn note(&self, reader: Reader, taken: Taken) {
        let mut noted = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let (known, lost) = &mut *noted;
        if let Some(known) = known.get_mut(&reader) {
            known.at = known.at.max(taken.at);
            known.times = known.times.saturating_add(taken.times);
        } else if known.len() < MOST {
            known.insert(reader, taken);
        } else {
            *lost = lost.saturating_add(taken.times.unsigned_abs());
        }
    }

    /// Takes them, to write them down; and how many were too many.
    pub fn take(&self) -> (Noted, u64) {
        std::mem::take(&mut *self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// Puts them back: they couldn't be written.
    pub fn put_back(&self, reads: Noted) {
        reads.into_iter().for_each(|(reader, taken)| self.note(reader, taken));
    }
}
