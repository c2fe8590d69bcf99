//! What hot reads gave, for as long as nothing was written since: SQLite needn't be asked for it again.
//!
//! Every commit of any process changes the head of the write-ahead log's index before it returns, and all connections share
//! that index as the file `…-shm` (<https://sqlite.org/walformat.html#the_wal_index_file_format>). Where its head is what it
//! was before a row was read, reading the row now would give the same.

use super::Found;
use super::batch::Hot;
use crate::base::Time;
use std::collections::HashMap;
use std::fs::File;
use std::mem::ManuallyDrop;
use std::os::unix::fs::FileExt;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError, RwLock};

/// The first copy of the head: counters and checksums of the last commit.
pub(super) type Head = [u8; 48];

/// Most rows of a statement, of which there are five; each of about two kilobytes.
const MOST: usize = 1024;
/// Questions that are longer, in bytes, are asked each time: anybody may ask for anything.
const LONGEST: usize = 1024;

pub(super) struct Recall {
    /// Closed by nobody but [`Recall::close`]: closing any handle of the file takes away the locks that SQLite holds on it
    /// (<https://sqlite.org/howtocorrupt.html>, §2.2).
    index: RwLock<Index>,
    file: PathBuf,
    known: Mutex<Known>,
}

enum Index {
    /// SQLite makes it with its first transaction.
    NotYet,
    Open(ManuallyDrop<File>),
    Closed,
}

/// Each row by its question; none where there wasn't one. Were only those kept that are there, whoever may not see a row could tell
/// from how long it took that there is one.
type Rows = HashMap<String, Option<Arc<Found>>>;

struct Known {
    head: Head,
    /// By statement and question.
    rows: Vec<(&'static Hot, Rows)>,
}

impl Known {
    fn of(&mut self, hot: &'static Hot) -> Option<&mut Rows> {
        self.rows.iter_mut().find(|(have, _)| std::ptr::eq(*have, hot)).map(|(_, rows)| rows)
    }
}

impl Recall {
    /// Of the database in `file`. As long as its index can't be opened nothing is recalled.
    pub(super) fn of(file: &Path) -> Self {
        let mut index = file.as_os_str().to_owned();
        index.push("-shm");
        let known = Known { head: [0; 48], rows: Vec::new() };
        Recall { index: RwLock::new(Index::NotYet), file: index.into(), known: Mutex::new(known) }
    }

    /// Nothing is recalled any more. To be called when the last connection is closed.
    pub(super) fn close(&self) {
        let mut index = self.index.write().unwrap_or_else(PoisonError::into_inner);
        if let Index::Open(file) = std::mem::replace(&mut *index, Index::Closed) {
            drop(ManuallyDrop::into_inner(file));
        }
    }

    /// What the last commit was. To be asked for before a row is read.
    pub(super) fn head(&self) -> Option<Head> {
        match &*self.index.read().unwrap_or_else(PoisonError::into_inner) {
            Index::Open(file) => return look(file),
            Index::Closed => return None,
            Index::NotYet => {}
        }
        let mut index = self.index.write().unwrap_or_else(PoisonError::into_inner);
        if let Index::NotYet = *index {
            *index = Index::Open(ManuallyDrop::new(File::open(&self.file).ok()?));
        }
        if let Index::Open(file) = &*index { look(file) } else { None }
    }

    /// What was read for this question since that commit, a row or that there is none, as long as none that came later is known of.
    pub(super) fn row(
        &self,
        head: &Head,
        hot: &'static Hot,
        id: &str,
        now: Option<Time>,
    ) -> Option<Option<Arc<Found>>> {
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        let row = if known.head == *head { known.of(hot)?.get(id)? } else { return None };
        let stands = |row: &Arc<Found>| now.is_none_or(|now| row.stands(now));
        row.as_ref().is_none_or(stands).then(|| row.clone())
    }

    /// This commit is the last one: what was read before it is forgotten.
    pub(super) fn move_on(&self, head: &Head) {
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        if known.head == *head {
            return;
        }
        known.head = *head;
        let old = std::mem::take(&mut known.rows);
        drop(known);
        if old.iter().map(|(_, rows)| rows.len()).sum::<usize>() > 64 {
            tokio::task::spawn_blocking(move || drop(old));
        }
    }

    /// Keeps what was read when this commit was the last one, or a later one.
    pub(super) fn keep(&self, head: &Head, hot: &'static Hot, id: &str, row: Option<&Arc<Found>>) {
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        if known.head != *head {
            return;
        }
        if known.of(hot).is_none() {
            known.rows.push((hot, HashMap::new()));
        }
        if let Some(rows) = known.of(hot).filter(|rows| rows.len() < MOST && id.len() <= LONGEST) {
            rows.insert(id.to_owned(), row.cloned());
        }
    }
}

fn look(index: &File) -> Option<Head> {
    let mut head: Head = [0; 48];
    index.read_exact_at(&mut head, 0).ok().map(|()| head)
}

#[cfg(test)]
mod tests {
    use super::*;
    use sqlx::sqlite::{SqliteConnectOptions, SqliteConnection, SqliteJournalMode};
    use sqlx::{ConnectOptions, Executor};

    async fn connect(file: &Path) -> SqliteConnection {
        let options = SqliteConnectOptions::new().filename(file).create_if_missing(true);
        options.journal_mode(SqliteJournalMode::Wal).connect().await.unwrap_or_else(|why| panic!("{why}"))
    }

    #[tokio::test]
    async fn every_commit_of_any_connection_changes_the_head_and_no_read_does() {
        let dir = tempfile::tempdir().unwrap_or_else(|why| panic!("{why}"));
        let file = dir.path().join("a.db");
        let (mut one, mut two) = (connect(&file).await, connect(&file).await);
        one.execute("CREATE TABLE t (n INTEGER)").await.unwrap_or_else(|why| panic!("{why}"));
        let recall = Recall::of(&file);
        let mut seen = vec![recall.head().unwrap_or_else(|| panic!("there is no index"))];
        for n in 0..60 {
            let writer = if n % 2 == 0 { &mut one } else { &mut two };
            writer.execute("INSERT INTO t VALUES (1)").await.unwrap_or_else(|why| panic!("{why}"));
            let head = recall.head().unwrap_or([0; 48]);
            assert!(!seen.contains(&head), "{n}");
            seen.push(head);
            if n % 20 == 7 {
                one.execute("PRAGMA wal_checkpoint(TRUNCATE)").await.unwrap_or_else(|why| panic!("{why}"));
            }
            let before = recall.head();
            two.execute("SELECT count(*) FROM t").await.unwrap_or_else(|why| panic!("{why}"));
            assert_eq!(recall.head(), before, "{n}");
        }
    }

    #[test]
    fn where_there_is_no_index_nothing_is_recalled() {
        assert!(Recall::of(Path::new("/nowhere/at-all")).head().is_none());
    }

    #[tokio::test]
    async fn what_is_closed_recalls_nothing() {
        let dir = tempfile::tempdir().unwrap_or_else(|why| panic!("{why}"));
        let recall = Recall::of(&dir.path().join("a.db"));
        assert!(recall.head().is_none(), "there is no database yet");
        let mut one = connect(&dir.path().join("a.db")).await;
        one.execute("CREATE TABLE t (n INTEGER)").await.unwrap_or_else(|why| panic!("{why}"));
        assert!(recall.head().is_some());
        recall.close();
        assert!(recall.head().is_none());
    }
}
