//! Points at which tests end the process, as a power cut would. Nothing of it is in a release.

/// Ends the process when this is the point that was armed.
#[cfg(feature = "test-hooks")]
pub fn reached(point: &str) {
    if armed::is(point) {
        // Nothing is flushed, nothing is dropped, nobody is told.
        let _ = rustix::process::kill_process(rustix::process::getpid(), rustix::process::Signal::KILL);
        std::process::abort();
    }
}

/// Nothing.
#[cfg(not(feature = "test-hooks"))]
#[inline(always)]
pub fn reached(_: &str) {}

#[cfg(feature = "test-hooks")]
pub use armed::arm;

#[cfg(feature = "test-hooks")]
mod armed {
    use std::sync::Mutex;

    static ARMED: Mutex<Option<(String, u32)>> = Mutex::new(None);

    /// Arms a point: it ends the process when it is reached for this time.
    pub fn arm(point: &str, time: u32) {
        if let Ok(mut armed) = ARMED.lock() {
            *armed = Some((point.to_owned(), time.max(1)));
        }
    }

    pub(super) fn is(point: &str) -> bool {
        let Ok(mut armed) = ARMED.lock() else { return false };
        match armed.as_mut().filter(|(name, _)| name == point) {
            Some((_, left)) => {
                *left = left.saturating_sub(1);
                *left == 0
            }
            None => false,
        }
    }
}
