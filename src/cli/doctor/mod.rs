//! `symbolon doctor`: what is wrong, in words, and what to do about it.

mod inside;
mod mail;
mod outside;

use super::output::{Failure, Printed};
use crate::config::Flags;
use serde_json::{Value, json};

/// `symbolon doctor`
#[derive(clap::Args, Debug)]
pub(super) struct Doctor {
    /// Look at a running deployment from outside instead, as a strict client would; needs no settings and no credentials
    #[arg(long, value_name = "ISSUER")]
    url: Option<String>,
    /// Send a test mail to this address
    #[arg(long, value_name = "ADDRESS", conflicts_with = "url")]
    mail: Option<String>,
}

/// One thing that was looked at.
struct Finding {
    what: &'static str,
    good: bool,
    says: String,
}

fn good(what: &'static str, says: impl Into<String>) -> Finding {
    Finding { what, good: true, says: says.into() }
}

fn bad(what: &'static str, says: impl Into<String>) -> Finding {
    Finding { what, good: false, says: says.into() }
}

/// Good when there is nothing to say against it.
fn judged(what: &'static str, fine: impl Into<String>, against: Option<String>) -> Finding {
    against.map_or_else(|| good(what, fine), |why| bad(what, why))
}

/// Looks; changes nothing.
pub(super) async fn run(flags: &Flags, doctor: Doctor) -> Result<Printed, Failure> {
    Ok(report(&match doctor.url {
        None => inside::look(flags, doctor.mail.as_deref()).await?,
        Some(issuer) => outside::look(&issuer).await?,
    }))
}

fn report(findings: &[Finding]) -> Printed {
    let mark = |good| if good { "\x1b[32m✔\x1b[0m" } else { "\x1b[31m✘\x1b[0m" };
    let lines: Vec<String> = findings.iter().map(|f| format!("{} {:<15} {}", mark(f.good), f.what, f.says)).collect();
    let all_good = findings.iter().all(|finding| finding.good);
    let json: Vec<Value> = findings.iter().map(|f| json!({ "what": f.what, "good": f.good, "says": f.says })).collect();
    Printed { good: all_good, ..Printed::new(lines.join("\n"), json!({ "good": all_good, "findings": json })) }
}
