//! The door.

use std::process::ExitCode;

fn main() -> ExitCode {
    symbolon::cli::Cli::run(std::env::args_os())
}
