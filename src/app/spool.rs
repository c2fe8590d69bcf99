//! The spool: what must survive this process before it is understood. Each entry is a file of its own, sealed by whoever
//! writes it, on the disk before [`Spool::put`] answers.

use std::fs::{self, DirBuilder, File, OpenOptions};
use std::io::{self, Write};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// Entries end with this; what doesn't is half written.
const WHOLE: &str = ".sealed";

/// A directory of entries; none where nothing can be written. Cloning shares it.
#[derive(Clone)]
pub struct Spool(Option<Arc<Path>>);

impl Spool {
    /// Opens the directory, which only we may read. Where it can't be written, says so and goes on without.
    pub fn open(dir: &Path) -> Self {
        let opened = DirBuilder::new().recursive(true).mode(0o700).create(dir).and_then(|()| {
            let probe = dir.join("probe");
            write(&probe, b"")?;
            fs::remove_file(probe)
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
            let half = path.with_extension("half");
            write(&half, &sealed)?;
            fs::rename(&half, &path)?;
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
    async fn where_nothing_can_be_written_it_goes_on_without() {
        let file = tempfile::NamedTempFile::new().expect("a file");
        let spool = Spool::open(file.path());
        spool.put("a", vec![1]).await.expect("goes on");
        assert_eq!(spool.names().await.expect("lists"), Vec::<String>::new());
    }
}
