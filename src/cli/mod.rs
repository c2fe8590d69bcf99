//! The command line: what is asked, where the settings are, and how an answer looks.

mod account;
mod apply;
mod ask;
mod audit;
mod client;
mod custody;
mod doctor;
mod grant;
mod invite;
mod keys;
mod members;
mod migrate;
mod open;
mod output;
mod seen;
mod serve;
mod session;
mod settings;
mod snippet;
mod source;
mod source_type;
mod token;
mod user;
mod user_invite;
mod workspace;

pub use output::{Failure, Format, Printed};

use crate::config::Flags;
use clap::{Args, Parser, Subcommand};
use std::ffi::OsString;
use std::path::PathBuf;
use std::process::ExitCode;

/// `symbolon`
#[derive(Debug, Parser)]
#[command(name = "symbolon", version, about, subcommand_required = true)]
#[command(arg_required_else_help = true, max_term_width = 110)]
pub struct Cli {
    #[command(flatten)]
    settings: Settings,
    #[command(subcommand)]
    command: Command,
}

/// Flags that every command takes.
#[derive(Debug, Args)]
#[command(next_help_heading = "Settings")]
struct Settings {
    /// Read this file instead of ./symbolon.toml
    #[arg(long, global = true, value_name = "FILE")]
    config: Option<PathBuf>,
    /// The public address, as https://id.example.com
    #[arg(long, global = true, value_name = "URL")]
    issuer: Option<String>,
    /// Where to listen
    #[arg(long, global = true, value_name = "ADDRESS")]
    listen: Option<String>,
    /// Where the SQLite database lives
    #[arg(long, global = true, value_name = "DIR")]
    data_dir: Option<String>,
    /// Where the master key lives
    #[arg(long, global = true, value_name = "DIR")]
    keys_dir: Option<String>,
    /// PostgreSQL instead of SQLite. Everyone on this machine sees it in the process list: with a password in it, set
    /// SYMBOLON_DATABASE_URL or the settings file instead
    #[arg(long, global = true, value_name = "URL")]
    database_url: Option<String>,
    /// human: text for people; json: one document for programs
    #[arg(long, global = true, value_enum, default_value_t, hide_possible_values = true)]
    format: Format,
}

/// What can be done.
#[derive(Debug, Subcommand)]
enum Command {
    /// Run the server
    Serve,
    /// Run a playground with demo people and a demo client, on this machine only
    Dev {
        /// Walk through every step once and say whether all of it works
        #[arg(long)]
        check: bool,
    },
    /// Register and manage clients: the applications that people sign in to
    #[command(subcommand)]
    Client(client::Command),
    /// Make and manage accounts
    #[command(subcommand)]
    User(user::Command),
    /// Make and manage workspaces: what people act in
    #[command(subcommand)]
    Workspace(workspace::Command),
    /// Make, list and delete API tokens of people
    #[command(subcommand)]
    Token(token::Command),
    /// List what people allowed clients, and end it
    #[command(subcommand)]
    Grant(grant::Command),
    /// List where a person is signed in, and end it
    #[command(subcommand)]
    Session(session::Command),
    /// List the effective settings and where each came from; secrets are masked
    Settings,
    /// List, rotate and retire the keys that sign tokens, and those that seal what third parties gave
    #[command(subcommand)]
    Keys(keys::Command),
    /// Who did what: list, export, and prove that nobody touched it
    #[command(subcommand)]
    Audit(audit::Command),
    /// Make settings, workspaces and clients what a file says; says first what that changes
    Apply(apply::Apply),
    /// Bring the database's schema up to date
    Migrate(migrate::Migrate),
    /// Connect a workspace with other companies: your applications there, with which people connect their accounts
    #[command(subcommand)]
    Source(source::Command),
    /// People's connected accounts at other companies: list, look into, disable, delete
    #[command(subcommand)]
    Account(account::Command),
    /// Third parties that the vault knows: list, show, and check a definition of your own
    #[command(subcommand)]
    SourceType(source_type::Command),
    /// Print a configuration with which a proxy asks the gate
    Snippet(snippet::Snippet),
    /// Look for what is wrong with this installation, or from outside with a running one
    Doctor(doctor::Doctor),
}

impl Cli {
    /// Does what the arguments say. 0: done. 1: it failed. 2: the arguments are wrong.
    pub fn run(args: impl IntoIterator<Item = OsString>) -> ExitCode {
        let cli = match Cli::try_parse_from(args) {
            Ok(cli) => cli,
            Err(wrong) => {
                let _ = wrong.print();
                return ExitCode::from(u8::try_from(wrong.exit_code()).unwrap_or(2));
            }
        };
        let format = cli.settings.format;
        match cli.answer() {
            Ok(printed) => printed.print(format),
            Err(failure) => failure.print(),
        }
    }

    fn answer(self) -> Result<Printed, Failure> {
        let (flags, format) = (self.settings.flags(), self.settings.format);
        match self.command {
            Command::Client(command) => waiting(client::run(&flags, command)),
            Command::User(command) => waiting(user::run(&flags, command)),
            Command::Workspace(command) => waiting(workspace::run(&flags, command)),
            Command::Token(command) => waiting(token::run(&flags, command)),
            Command::Audit(command) => waiting(audit::run(&flags, command)),
            Command::Apply(ask) => waiting(apply::run(&flags, ask)),
            Command::Grant(command) => waiting(grant::run(&flags, command)),
            Command::Session(command) => waiting(session::run(&flags, command)),
            Command::Settings => waiting(settings::run(&flags)),
            Command::Keys(command) => waiting(keys::run(&flags, command)),
            Command::Migrate(command) => waiting(migrate::run(&flags, command)),
            Command::Source(command) => waiting(source::run(&flags, command)),
            Command::Account(command) => waiting(account::run(&flags, command)),
            Command::SourceType(command) => source_type::run(&flags, command),
            Command::Snippet(ask) => snippet::run(&ask),
            Command::Serve => serve::run(&flags),
            Command::Doctor(doctor) => waiting(doctor::run(&flags, doctor)),
            Command::Dev { check } => dev(&flags, format, check),
        }
    }
}

impl Settings {
    fn flags(&self) -> Flags {
        Flags {
            config: self.config.clone(),
            issuer: self.issuer.clone(),
            listen: self.listen.clone(),
            data_dir: self.data_dir.clone(),
            keys_dir: self.keys_dir.clone(),
            database_url: self.database_url.clone(),
        }
    }
}

/// `symbolon dev`: of the settings only a place and an address count; the rest is made up.
#[cfg(feature = "dev")]
fn dev(flags: &Flags, format: Format, check: bool) -> Result<Printed, Failure> {
    use crate::dev::{Format as Speech, Options};
    let listen = flags.listen.as_deref().map(str::parse).transpose();
    let listen = listen.map_err(|_| Failure::usage("--listen must be an address with a port, as 127.0.0.1:4444"))?;
    let data_dir = flags.data_dir.as_ref().map(PathBuf::from);
    let format = if format == Format::Json { Speech::Json } else { Speech::Human };
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build();
    let runtime = runtime.map_err(|why| Failure::failed(format!("no work can be begun: {why}")))?;
    let good = runtime.block_on(crate::server::dev::run(Options { data_dir, check, listen, format }));
    Ok(Printed { good, ..Printed::silent() })
}

#[cfg(not(feature = "dev"))]
fn dev(_: &Flags, _: Format, _: bool) -> Result<Printed, Failure> {
    Err(Failure::failed("this binary was built without the playground").fix("Build it with the Cargo feature `dev`."))
}

/// Runs a short command to its end.
fn waiting(work: impl Future<Output = Result<Printed, Failure>>) -> Result<Printed, Failure> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    let runtime = runtime.map_err(|why| Failure::failed(format!("no work can be begun: {why}")))?;
    let done = runtime.block_on(work);
    runtime.shutdown_background();
    done
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::CommandFactory;

    #[test]
    fn the_grammar_holds_together() {
        Cli::command().debug_assert();
    }
}
