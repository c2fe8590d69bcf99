//! A row that a hot statement gave, with what was made of it: rows that are recalled are read once.

use super::{Result, Row};
use crate::base::Time;
use std::any::Any;
use std::ops::Deref;
use std::sync::{Arc, OnceLock};

/// A row that may be given to many.
pub struct Found {
    row: Row,
    until: OnceLock<Option<i64>>,
    made: OnceLock<Arc<dyn Any + Send + Sync>>,
}

impl Found {
    pub(super) fn new(row: Row) -> Self {
        Found { row, until: OnceLock::new(), made: OnceLock::new() }
    }

    /// Whether it is still the answer: time changes answers too.
    pub(super) fn stands(&self, now: Time) -> bool {
        // What can't be read stands for nothing.
        let read = || self.row.int_opt("until").unwrap_or(Some(i64::MIN));
        self.until.get_or_init(read).is_none_or(|until| now.millis() < until)
    }

    /// What `make` makes of the row, which must be all that it looks at. Of several types the first is kept.
    pub fn made<T: Send + Sync + 'static>(&self, make: impl FnOnce(&Row) -> Result<T>) -> Result<Arc<T>> {
        if let Some(made) = self.made.get().and_then(|made| Arc::clone(made).downcast().ok()) {
            return Ok(made);
        }
        let made = Arc::new(make(&self.row)?);
        // Whoever was faster made the same.
        let _ = self.made.set(Arc::<T>::clone(&made));
        Ok(made)
    }
}

impl Deref for Found {
    type Target = Row;

    fn deref(&self) -> &Row {
        &self.row
    }
}
