//! The door.

use clap::{Parser, Subcommand};
use std::net::SocketAddr;
use std::path::PathBuf;
use std::process::ExitCode;
use symbolon::dev::{Format, Options};

#[derive(Parser)]
#[command(name = "symbolon", version)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Run a playground with demo people and a demo client, on this machine only
    Dev {
        /// Walk through every step once and say whether all of it works
        #[arg(long)]
        check: bool,
        /// Keep the data here
        #[arg(long, value_name = "DIR")]
        data_dir: Option<PathBuf>,
        /// A loopback address
        #[arg(long, value_name = "ADDRESS")]
        listen: Option<SocketAddr>,
        /// human or json
        #[arg(long, default_value = "human")]
        format: String,
    },
}

fn main() -> ExitCode {
    let Command::Dev { check, data_dir, listen, format } = Cli::parse().command;
    let format = if format == "json" { Format::Json } else { Format::Human };
    match tokio::runtime::Runtime::new() {
        Ok(runtime) => runtime.block_on(symbolon::server::dev::run(Options { data_dir, check, listen, format })),
        Err(_) => ExitCode::FAILURE,
    }
}
