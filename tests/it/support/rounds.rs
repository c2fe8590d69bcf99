//! Rows of security.md that name a number of rounds: each run does some of them, `make torture` all.

use symbolon::config::process_env;

/// How often something is tried.
pub fn rounds(some: usize, all: usize) -> usize {
    if process_env("SYMBOLON_TEST_TORTURE").is_some() { all } else { some }
}
