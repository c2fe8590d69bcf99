//! The master key: 32 bytes that wrap or derive every other key. Never in the database, never generated over an old one.

use crate::base::{encoding, entropy};
use aws_lc_rs::hkdf;
use std::fs;
use std::io::Write;
use std::os::unix::fs::{DirBuilderExt, MetadataExt, OpenOptionsExt};
use std::path::Path;
use zeroize::Zeroizing;

/// The root of all keys.
pub struct MasterKey(Zeroizing<[u8; 32]>);

/// Why there is no master key; each text says what to do.
pub type Refused = String;

impl MasterKey {
    /// A fresh key, for a first start.
    pub fn generate() -> Self {
        MasterKey(Zeroizing::new(entropy::bytes()))
    }

    /// Reads 64 hexadecimal digits, as `keys/master.key` and `SYMBOLON_MASTER_KEY` hold them.
    pub fn parse(text: &str) -> Result<Self, Refused> {
        let key = encoding::from_hex::<32>(text.trim())
            .ok_or("the master key must be 64 lower-case hexadecimal digits (make one with `openssl rand -hex 32`)")?;
        let distinct = key.iter().collect::<std::collections::HashSet<_>>().len();
        if distinct < 8 {
            return Err("the master key looks like a sample value; make one with `openssl rand -hex 32`".to_owned());
        }
        Ok(MasterKey(Zeroizing::new(key)))
    }

    /// Reads the key file; `None` when there is none. Refuses a file that others may read, a link, an odd owner.
    pub fn load(file: &Path) -> Result<Option<Self>, Refused> {
        let meta = match fs::symlink_metadata(file) {
            Ok(meta) => meta,
            Err(fault) if fault.kind() == std::io::ErrorKind::NotFound => return Ok(None),
            Err(fault) => return Err(format!("{} can't be read: {fault}", file.display())),
        };
        if !meta.is_file() {
            return Err(format!("{} must be a plain file, not a link or a directory", file.display()));
        }
        if meta.mode() & 0o077 != 0 {
            return Err(format!("{0} may be read by others; run: chmod 600 {0}", file.display()));
        }
        let text = fs::read_to_string(file).map(Zeroizing::new);
        let text = text.map_err(|fault| format!("{} can't be read: {fault}", file.display()))?;
        MasterKey::parse(&text).map(Some).map_err(|why| format!("{}: {why}", file.display()))
    }

    /// Writes the key, mode 0600 in a directory of mode 0700, and makes both durable. Never over an existing file.
    pub fn store(&self, file: &Path) -> Result<(), Refused> {
        let fail = |fault: std::io::Error| format!("{} can't be written: {fault}", file.display());
        let dir = file.parent().filter(|dir| !dir.as_os_str().is_empty()).unwrap_or(Path::new("."));
        fs::DirBuilder::new().recursive(true).mode(0o700).create(dir).map_err(fail)?;
        let mut out = fs::OpenOptions::new().write(true).create_new(true).mode(0o600).open(file).map_err(fail)?;
        let text = Zeroizing::new(encoding::hex(self.0.as_ref()));
        out.write_all(text.as_bytes()).and_then(|()| out.sync_all()).map_err(fail)?;
        fs::File::open(dir).and_then(|dir| dir.sync_all()).map_err(fail)
    }

    /// The key itself, to be wrapped by another.
    pub(super) fn bytes(&self) -> &[u8; 32] {
        &self.0
    }

    /// A key that another had wrapped.
    pub(super) fn from_bytes(bytes: &[u8]) -> Option<Self> {
        bytes.first_chunk::<32>().filter(|_| bytes.len() == 32).map(|key| MasterKey(Zeroizing::new(*key)))
    }

    /// Names the key without telling it: kept in the database so that a wrong key is noticed before anything is written.
    pub fn name(&self) -> String {
        encoding::hex(&*self.derive("symbolon master key name")).chars().take(16).collect()
    }

    /// RFC 5869: a key for one purpose.
    pub fn derive(&self, purpose: &str) -> Zeroizing<[u8; 32]> {
        let prk = hkdf::Salt::new(hkdf::HKDF_SHA256, b"symbolon").extract(self.0.as_ref());
        let mut out = Zeroizing::new([0u8; 32]);
        let info = [purpose.as_bytes()];
        let filled = prk.expand(&info, hkdf::HKDF_SHA256).and_then(|okm| okm.fill(out.as_mut()));
        // RFC 5869 §2.3 allows up to 255 * 32 bytes of output; 32 can't fail.
        debug_assert!(filled.is_ok());
        out
    }
}

impl std::fmt::Debug for MasterKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("[master key]")
    }
}
