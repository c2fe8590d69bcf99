//! Rows that are hot and rarely change, kept in bounded memory until the registry's epoch moves on.

use quick_cache::sync::Cache;
use std::any::{Any, TypeId};
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

type Entry = (i64, Arc<dyn Any + Send + Sync>);

/// Remembers rows by type and key. What was read in an earlier epoch is forgotten.
pub struct Memory {
    epoch: AtomicI64,
    entries: Cache<(TypeId, String), Entry>,
}

impl Default for Memory {
    fn default() -> Self {
        Memory { epoch: AtomicI64::new(0), entries: Cache::new(20_000) }
    }
}

impl Memory {
    /// The epoch to give to [`Memory::keep`]; take it before reading the row, so that a change in between isn't missed.
    pub fn epoch(&self) -> i64 {
        self.epoch.load(Ordering::SeqCst)
    }

    /// What is remembered under `key`.
    pub fn recall<T: Any + Send + Sync>(&self, key: &str) -> Option<Arc<T>> {
        let (epoch, entry) = self.entries.get(&(TypeId::of::<T>(), key.to_owned()))?;
        (epoch == self.epoch()).then(|| entry.downcast::<T>().ok()).flatten()
    }

    /// Remembers a row that was read in `epoch`.
    pub fn keep<T: Any + Send + Sync>(&self, key: &str, epoch: i64, row: Arc<T>) {
        self.entries.insert((TypeId::of::<T>(), key.to_owned()), (epoch, row));
    }

    /// Forgets everything at once: this process changed the registry.
    pub fn forget(&self) {
        self.entries.clear();
    }

    /// Notes the epoch that the database is in.
    pub fn move_on(&self, epoch: i64) {
        self.epoch.store(epoch, Ordering::SeqCst);
    }
}
