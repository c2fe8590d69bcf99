//! Credentials that were handed out, noted in this process until somebody writes them down: no read of a token waits for a
//! write.

use crate::base::Time;
use std::sync::{Mutex, PoisonError};

/// More than these between two writings aren't kept; that they weren't is.
const MOST: usize = 200_000;

/// Somebody took a token.
#[derive(Clone, Debug)]
pub struct Read {
    /// When.
    pub at: Time,
    /// In which workspace.
    pub workspace: String,
    /// Of which account.
    pub account: String,
    /// Of which grant.
    pub grant: String,
    /// Which version.
    pub version: i64,
    /// Who.
    pub actor: String,
    /// From where.
    pub address: String,
    /// What for, in their words.
    pub purpose: String,
}

/// Those that were noted, and how many weren't.
#[derive(Default)]
pub struct Reads(Mutex<(Vec<Read>, u64)>);

impl Reads {
    /// Notes one.
    pub fn note(&self, read: Read) {
        let mut noted = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if noted.0.len() < MOST {
            noted.0.push(read);
        } else {
            noted.1 = noted.1.saturating_add(1);
        }
    }

    /// Takes them, to write them down; and how many were too many.
    pub fn take(&self) -> (Vec<Read>, u64) {
        std::mem::take(&mut *self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// Puts them back: they couldn't be written.
    pub fn put_back(&self, reads: Vec<Read>) {
        reads.into_iter().for_each(|read| self.note(read));
    }
}
