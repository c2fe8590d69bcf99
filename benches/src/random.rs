//! The one funnel through which chance comes in: states, verifiers, forged tokens, row choices.

use std::io;

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};

use crate::failure::Failure;

/// Base64url of `length` random bytes.
///
/// # Errors
/// When the operating system has no randomness to give.
pub fn token(length: usize) -> Result<String, Failure> {
    let mut bytes = vec![0; length];
    fill(&mut bytes)?;
    Ok(URL_SAFE_NO_PAD.encode(bytes))
}

/// Fills `bytes` from the operating system.
///
/// # Errors
/// When the operating system has no randomness to give.
#[expect(clippy::disallowed_methods, reason = "this is the funnel")]
pub fn fill(bytes: &mut [u8]) -> Result<(), Failure> {
    getrandom::fill(bytes).map_err(|error| Failure::Transport(io::Error::other(error.to_string())))
}
