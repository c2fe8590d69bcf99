//! `symbolon account free`, `ack` and `cancel`: custody given away by whoever looks after this machine. Tokens leave sealed for a key,
//! or not at all: a terminal remembers what it showed.

use super::account::{One, found};
use super::ask;
use super::output::{Failure, Printed, moment};
use super::source::told;
use crate::app::App;
use crate::crypto::jwe::Recipient;
use crate::vault::{custody, handed};
use clap::Args;
use serde_json::json;
use std::path::{Path, PathBuf};

/// `symbolon account free`
#[derive(Debug, Args)]
pub(super) struct Free {
    #[command(flatten)]
    one: One,
    /// Seal its tokens for the public key in this file (a JWK), and print what only its holder can read
    #[arg(long, value_name = "FILE", required_unless_present_any = ["revoke", "dry_run"], conflicts_with = "revoke")]
    recipient_key: Option<PathBuf>,
    /// Hand nothing out: take its tokens back at the other company
    #[arg(long)]
    revoke: bool,
    /// Only say which accounts would be disabled
    #[arg(long)]
    dry_run: bool,
    /// Don't ask
    #[arg(long)]
    yes: bool,
}

/// Which release.
#[derive(Debug, Args)]
pub(super) struct Release {
    #[command(flatten)]
    one: One,
    /// What `symbolon account free` printed
    release: String,
}

pub(super) async fn free(app: &App, given: &Free) -> Result<Printed, Failure> {
    let (who, seen) = found(app, &given.one).await?;
    let to = given.recipient_key.as_deref().map(recipient).transpose()?;
    let (_, affected) = custody::together(app, &seen.account).await?;
    let accounts: Vec<String> = affected.iter().map(|one| one.id.to_string()).collect();
    if given.dry_run {
        let text = format!("Would disable {}. Nothing was done.", accounts.join(", "));
        return Ok(Printed::new(text, json!({ "accounts": accounts, "dry_run": true })));
    }
    let id = seen.account.id.to_string();
    ask::sure(&format!("Freeing {} of {}, which disables it here,", seen.account.name, seen.slug), &id, given.yes)?;
    let Some(to) = to else {
        let revoked = custody::revoke(app, &who, &seen).await.map_err(told)?;
        let text = if revoked {
            "and the other company took its tokens back"
        } else {
            "but the other company didn't say that it took its tokens back"
        };
        return Ok(Printed::new(
            format!("{id} is freed, {text}."),
            json!({ "accounts": accounts, "revoked": revoked }),
        ));
    };
    let released = custody::export(app, &who, &seen, Some(&to)).await.map_err(told)?;
    let (release, ack_by) = (released.release_id.clone(), released.ack_by);
    let sealed = handed::sealed(released, &to)?;
    let text = format!(
        "{sealed}\n\nThat is for whoever holds the key. What is held here is wiped at {}, or once you say that it arrived:\n  \
         symbolon account ack {id} {release} --workspace {}",
        moment(ack_by),
        seen.account.workspace
    );
    let said = json!({ "accounts": accounts, "release_id": release, "ack_by": ack_by, "credentials_jwe": sealed });
    Ok(Printed::new(text, said))
}

fn recipient(file: &Path) -> Result<Recipient, Failure> {
    let text = std::fs::read_to_string(file)
        .map_err(|why| Failure::failed(format!("{} can't be read: {why}", file.display())))?;
    let wrong = |why: &str| Failure::usage(format!("--recipient-key: the key in {} {why}", file.display()));
    let jwk = serde_json::from_str(&text).map_err(|_| wrong("must be one JWK, as JSON"))?;
    Recipient::read(&jwk).map_err(wrong)
}

pub(super) async fn ack(app: &App, given: &Release) -> Result<Printed, Failure> {
    let (who, seen) = found(app, &given.one).await?;
    custody::ack(app, &who, &seen.account, &given.release).await.map_err(told)?;
    let (id, release) = (&seen.account.id, &given.release);
    Ok(Printed::new(format!("What was held of {id} is wiped."), json!({ "id": id, "release_id": release })))
}

pub(super) async fn cancel(app: &App, given: &Release) -> Result<Printed, Failure> {
    let (who, seen) = found(app, &given.one).await?;
    custody::cancel(app, &who, &seen.account, &given.release).await.map_err(told)?;
    let (id, release) = (&seen.account.id, &given.release);
    Ok(Printed::new(format!("{id} is ours again, with a fresh token."), json!({ "id": id, "release_id": release })))
}
