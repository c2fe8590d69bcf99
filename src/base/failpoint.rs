//! Points at which tests end the process, as a power cut would. Nothing of it is in a release.

/// Ends the process when this is the point that was armed.
#[cfg(feature = "test-hooks")]
pub fn reached(point: &str) {
    if armed::is(point) {
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

    static ARMED: Mutex<Option<String>> = Mutex::new(None);

    /// Arms a point.
    pub fn arm(point: &str) {
        if let Ok(mut armed) = ARMED.lock() {
            *armed = Some(point.to_owned());
        }
    }

    pub(super) fn is(point: &str) -> bool {
        ARMED.lock().is_ok_and(|armed| armed.as_deref() == Some(point))
    }
}
