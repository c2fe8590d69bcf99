//! The spool: what must survive this process before it is understood. Each entry is a file of its own, sealed by whoever
//! writes it, on the disk before [`Spool::put`] answers.

use std::fs::{self, DirBuilder, File, OpenOptions};
use std::io::{self, Write};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// Entries end with this.
const WHOLE: &str = ".sealed";
/// What may be half written ends with this.
const HALF: &str = "half";

/// A directory of entries; none where nothing can be written. Cloning shares it.
#[derive(Clone)]
pub struct Spool(Option<Arc<Path>>);

impl Spool {
    /// Opens the directory, which only we may read. Where it can't be written, says so and goes on without.
    pub fn open(dir: &Path) -> Self {
        let opened = DirBuilder::new().recursive(true).mode(0o700).create(dir).and_then(|()| {
            let probe = dir.join("probe");
            write(&probe, b"")?;
            fs::remove_file(probe)?;
            rescue(dir)
        });
        match opened {
            Ok(()) => Spool(Some(dir.into())),
            Err(fault) => {
                tracing::warn!(
                    dir = %dir.display(), %fault,
                    "answers of providers can't be kept on this disk until they are in the database; a crash at a bad moment may \
                     cost a connection. Set vault.spool_dir to a directory that can be written"
                );
                Spool(None)
            }
        }
    }

    /// The directory of a server beside which this works, where there is one: it finds there what this leaves.
    pub fn beside(dir: &Path) -> Self {
        Spool(dir.is_dir().then(|| dir.into()))
    }

    /// None that keeps anything.
    pub fn nowhere() -> Self {
        Spool(None)
    }

    /// Keeps an entry; it is on the disk when this returns.
    pub async fn put(&self, name: &str, sealed: Vec<u8>) -> io::Result<()> {
        let Some(dir) = self.0.clone() else { return Ok(()) };
        let path = dir.join(format!("{name}{WHOLE}"));
        blocking(move || {
            let half = path.with_extension(HALF);
            // On a disk that is full, the next one needs its room.
            write(&half, &sealed).inspect_err(|_| drop(fs::remove_file(&half)))?;
            match fs::rename(&half, &path) {
                // Somebody who was starting took it for what a dead process had left.
                Err(fault) if fault.kind() == io::ErrorKind::NotFound && path.exists() => {}
                other => other?,
            }
            File::open(&*dir)?.sync_all()
        })
        .await
    }

    /// The names of all entries, in their order.
    pub async fn names(&self) -> io::Result<Vec<String>> {
        let Some(dir) = self.0.clone() else { return Ok(Vec::new()) };
        blocking(move || {
            let mut all = Vec::new();
            for entry in fs::read_dir(&*dir)? {
                let name = entry?.file_name().to_string_lossy().into_owned();
                all.extend(name.strip_suffix(WHOLE).map(str::to_owned));
            }
            all.sort();
            Ok(all)
        })
        .await
    }

    /// What an entry holds; none when it isn't there.
    pub async fn get(&self, name: &str) -> io::Result<Option<Vec<u8>>> {
        let Some(path) = self.path(name) else { return Ok(None) };
        blocking(move || match fs::read(path) {
            Ok(sealed) => Ok(Some(sealed)),
            Err(fault) if fault.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(fault) => Err(fault),
        })
        .await
    }

    /// Forgets an entry.
    pub async fn remove(&self, name: &str) -> io::Result<()> {
        let Some(path) = self.path(name) else { return Ok(()) };
        blocking(move || match fs::remove_file(path) {
            Err(fault) if fault.kind() != io::ErrorKind::NotFound => Err(fault),
            _ => Ok(()),
        })
        .await
    }

    fn path(&self, name: &str) -> Option<PathBuf> {
        self.0.as_ref().map(|dir| dir.join(format!("{name}{WHOLE}")))
    }
}

/// A process that ends while the disk is still at work has often written all of an entry. Whoever opens it sees: what is torn
/// doesn't open.
fn rescue(dir: &Path) -> io::Result<()> {
    for entry in fs::read_dir(dir)? {
        let half = entry?.path();
        let named = half.extension().is_some_and(|extension| extension == HALF);
        if named && half.metadata()?.len() == 0 {
            fs::remove_file(half)?;
        } else if named {
            File::open(&half)?.sync_all()?;
            fs::rename(&half, half.with_extension(WHOLE.trim_start_matches('.')))?;
        }
    }
    Ok(())
}

fn write(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let mut file = OpenOptions::new().write(true).create(true).truncate(true).mode(0o600).open(path)?;
    file.write_all(bytes)?;
    file.sync_all()
}

/// The disk isn't for the runtime's threads.
async fn blocking<T: Send + 'static>(work: impl FnOnce() -> io::Result<T> + Send + 'static) -> io::Result<T> {
    tokio::task::spawn_blocking(work).await.map_err(io::Error::other)?
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::os::unix::fs::MetadataExt;

    #[tokio::test]
    async fn entries_are_there_whole_or_not_at_all() {
        let dir = tempfile::tempdir().expect("a directory");
        let spool = Spool::open(&dir.path().join("spool"));
        spool.put("a", vec![1, 2]).await.expect("keeps");
        fs::write(dir.path().join("spool/b.half"), b"torn").expect("writes");
        assert_eq!(spool.names().await.expect("lists"), ["a"]);
        assert_eq!(spool.get("a").await.expect("reads"), Some(vec![1, 2]));
        let mode = fs::metadata(dir.path().join("spool/a.sealed")).expect("is there").mode();
        assert_eq!(mode & 0o777, 0o600);
        spool.remove("a").await.expect("forgets");
        spool.remove("a").await.expect("twice");
        assert_eq!(spool.get("a").await.expect("reads"), None);
    }

    #[tokio::test]
    async fn what_a_process_had_nearly_written_is_an_entry_for_the_next_one() {
        let dir = tempfile::tempdir().expect("a directory");
        fs::write(dir.path().join("7-try_1.half"), b"all of it").expect("writes");
        fs::write(dir.path().join("8-try_2.half"), b"").expect("writes");
        let spool = Spool::open(dir.path());
        assert_eq!(spool.names().await.expect("lists"), ["7-try_1"]);
        assert_eq!(spool.get("7-try_1").await.expect("reads").as_deref(), Some(&b"all of it"[..]));
    }

    #[tokio::test]
    async fn where_nothing_can_be_written_it_goes_on_without() {
        let file = tempfile::NamedTempFile::new().expect("a file");
        let spool = Spool::open(file.path());
        spool.put("a", vec![1]).await.expect("goes on");
        assert_eq!(spool.names().await.expect("lists"), Vec::<String>::new());
    }
}
