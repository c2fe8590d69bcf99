//! What hot reads gave, for as long as nothing was written since: SQLite needn't be asked for it again.
//!
//! Every commit of any process changes the head of the write-ahead log's index before it returns, and all connections share
//! that index as the file `…-shm` (<https://sqlite.org/walformat.html#the_wal_index_file_format>). Where its head is what it
//! was before a row was read, reading the row now would give the same.

use super::Row;
use super::batch::{Hot, Item};
use std::collections::HashMap;
use std::fs::File;
use std::mem::ManuallyDrop;
use std::os::unix::fs::FileExt;
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};

/// The first copy of the head: counters and checksums of the last commit.
pub(super) type Head = [u8; 48];

/// Most rows, each of about two kilobytes.
const MOST: usize = 4096;

pub(super) struct Recall {
    /// Never closed: closing any handle of the file would take away the locks that SQLite holds on it
    /// (<https://sqlite.org/howtocorrupt.html>, §2.2).
    index: Option<ManuallyDrop<File>>,
    known: Mutex<Known>,
}

struct Known {
    head: Head,
    rows: HashMap<(&'static str, String), Arc<Row>>,
}

impl Recall {
    /// Of the database in `file`, to which there is a connection already. Where its index can't be opened nothing is recalled.
    pub(super) fn of(file: &Path) -> Self {
        let mut index = file.as_os_str().to_owned();
        index.push("-shm");
        let known = Known { head: [0; 48], rows: HashMap::new() };
        Recall { index: File::open(index).ok().map(ManuallyDrop::new), known: Mutex::new(known) }
    }

    /// What the last commit was. To be asked for before a row is read.
    pub(super) fn head(&self) -> Option<Head> {
        let mut head: Head = [0; 48];
        self.index.as_ref()?.read_exact_at(&mut head, 0).ok()?;
        Some(head)
    }

    /// The row that was read for this item since that commit.
    pub(super) fn row(&self, head: &Head, hot: &'static Hot, item: &Item) -> Option<Arc<Row>> {
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        if known.head == *head {
            let row = known.rows.get(&(hot.name, item.json.clone()))?;
            return stands(row, item).then(|| Arc::clone(row));
        }
        known.head = *head;
        let old = std::mem::take(&mut known.rows);
        drop(known);
        if old.len() > 64 {
            tokio::task::spawn_blocking(move || drop(old));
        }
        None
    }

    /// Keeps a row that was read when this commit was the last one, or a later one.
    pub(super) fn keep(&self, head: &Head, hot: &'static Hot, item: String, row: &Arc<Row>) {
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        if known.head == *head && known.rows.len() < MOST {
            known.rows.insert((hot.name, item), Arc::clone(row));
        }
    }
}

/// Whether it is still the answer: time changes answers too.
fn stands(row: &Row, item: &Item) -> bool {
    item.now.is_none_or(|now| row.int_opt("until").is_ok_and(|until| until.is_none_or(|until| now < until)))
}
