//! The load program: drives any OAuth server and tells its figures beside this machine's limits.

mod anchors;
mod arguments;
mod browser;
mod code_flow;
mod compare;
mod connection;
mod cookies;
mod facts;
mod failure;
mod load;
mod machine;
mod page;
mod prepare;
mod process;
mod random;
mod report;
mod run;
mod scenario;
mod target;

use std::{
    env,
    io::{Write, stdout},
    process::ExitCode,
};

use clap::Parser;

use crate::{
    anchors::http,
    arguments::{Arguments, Format},
    failure::Fault,
    report::{Report, Row},
};

fn main() -> ExitCode {
    let outcome = match env::args().nth(1).as_deref() {
        Some(http::ARGUMENT) => http::serve().map(|()| ExitCode::SUCCESS),
        Some(compare::ARGUMENT) => compare::run().map(|told| {
            println!("{told}");
            ExitCode::SUCCESS
        }),
        _ => tell(&Arguments::parse()),
    };
    outcome.unwrap_or_else(|fault| {
        eprintln!("symbolon-bench: {fault}");
        ExitCode::FAILURE
    })
}

fn tell(arguments: &Arguments) -> Result<ExitCode, Fault> {
    let report = run::run(arguments)?;
    let text = match arguments.format {
        Format::Text => Report::text(&report),
        Format::Json => Report::json(&report),
    };
    stdout().write_all(text.as_bytes())?;
    Ok(match report.rows.iter().all(Row::is_good) {
        true => ExitCode::SUCCESS,
        false => ExitCode::FAILURE,
    })
}
