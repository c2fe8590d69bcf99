//! The door.

use std::process::ExitCode;

/// A request is a few hundred small allocations; this one takes half the time for them.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    symbolon::cli::Cli::run(std::env::args_os())
}
