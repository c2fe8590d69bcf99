//! Chance is received, never taken: the only place that asks the operating system for randomness.

use rand::TryRng;
use rand::rngs::SysRng;

/// `N` random bytes from the operating system, fresh on every call (so a cloned machine never repeats them).
///
/// A system that refuses randomness can't issue a single safe secret, so the process ends there.
pub fn bytes<const N: usize>() -> [u8; N] {
    let mut out = [0u8; N];
    if SysRng.try_fill_bytes(&mut out).is_err() {
        eprintln!("symbolon: the operating system gives no random numbers; nothing safe can be done without them");
        std::process::abort();
    }
    out
}
