//! `symbolon keys`: the keys that sign tokens, and those that seal what third parties gave.

use super::open::{self, Start, acting};
use super::output::{Failure, Printed, moment, table};
use crate::admin::Refused;
use crate::admin::keys::{self, Retired};
use crate::app::App;
use crate::base::Time;
use crate::base::id::WorkspaceId;
use crate::config::Flags;
use crate::crypto::Algorithm;
use crate::keys::store::Kept;
use crate::vault::reseal;
use clap::Subcommand;
use serde_json::{Value, json};

/// `symbolon keys …`
#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// List the signing keys: which sign, which come next, which only verify
    List,
    /// Let fresh keys sign from now on; what the old ones signed still verifies
    Rotate {
        /// Only the key of this algorithm: RS256, ES256, EdDSA or PS256
        #[arg(long, value_parser = algorithm)]
        alg: Option<Algorithm>,
        /// Only publish the fresh keys now; they sign after `keys.publish_before`, when every app can know them
        #[arg(long)]
        announce: bool,
    },
    /// Stop using one key; if it signs, another takes over first
    Retire {
        /// The key's name, from `symbolon keys list`
        kid: String,
    },
    /// List the data keys: what of third parties' is sealed under which
    Data,
    /// Seal what third parties gave under fresh data keys; nothing is interrupted, and whatever is left running servers do
    Reseal {
        /// Only in this workspace
        #[arg(long, value_name = "SLUG")]
        workspace: Option<String>,
    },
}

fn algorithm(text: &str) -> Result<Algorithm, &'static str> {
    Algorithm::named(text).ok_or("one of RS256, ES256, EdDSA, PS256")
}

pub(super) async fn run(flags: &Flags, command: Command) -> Result<Printed, Failure> {
    let app = open::open(flags, Start::Existing).await?;
    let printed = match command {
        Command::List => list(&app).await,
        Command::Rotate { alg, announce: false } => rotate(&app, alg).await,
        Command::Rotate { alg, announce: true } => announce(&app, alg).await,
        Command::Retire { kid } => retire(&app, &kid).await,
        Command::Data => data(&app).await,
        Command::Reseal { workspace } => again(&app, workspace.as_deref()).await,
    };
    app.db.close().await;
    printed
}

async fn list(app: &App) -> Result<Printed, Failure> {
    let kept = keys::list(app).await?;
    let when = |time: Option<Time>| time.map(moment).unwrap_or_default();
    let row = |key: &Kept| {
        let (made, signs, retired) = (moment(key.created_at), when(key.activated_at), when(key.retired_at));
        vec![key.kid.clone(), key.alg.name().to_owned(), key.state.name().to_owned(), made, signs, retired]
    };
    let head = ["KID", "ALG", "STATE", "MADE", "SIGNS SINCE", "RETIRED"];
    let none = "No signing keys yet; the first `symbolon serve` makes them.";
    let text = table(&head, &kept.iter().map(row).collect::<Vec<_>>(), none);
    Ok(Printed::new(text, kept.iter().map(|key| json!(keys::shown(key))).collect()))
}

fn meant(alg: Option<Algorithm>) -> Vec<Algorithm> {
    alg.map_or_else(|| Algorithm::ALL.to_vec(), |alg| vec![alg])
}

async fn announce(app: &App, alg: Option<Algorithm>) -> Result<Printed, Failure> {
    let (mut lines, mut announced) = (Vec::new(), Vec::new());
    for alg in meant(alg) {
        let (kid, from) = keys::announce(app, &acting(), alg).await?;
        lines.push(format!("{} will be signed with {kid} from {}.", alg.name(), moment(from)));
        announced.push(json!({ "alg": alg.name(), "kid": kid, "signs_from": from.rfc3339() }));
    }
    lines.push("They are published now. A running server hands over by itself.".to_owned());
    Ok(Printed::new(lines.join("\n"), Value::Array(announced)))
}

async fn rotate(app: &App, alg: Option<Algorithm>) -> Result<Printed, Failure> {
    let (mut lines, mut rotated) = (Vec::new(), Vec::new());
    for alg in meant(alg) {
        let kid = keys::rotate(app, &acting(), alg).await?;
        lines.push(format!("{} is now signed with {kid}.", alg.name()));
        rotated.push(json!({ "alg": alg.name(), "kid": kid }));
    }
    let kept = crate::config::span::show(app.config.keys.keep_retired);
    lines.push(format!("What the old keys signed still verifies: they stay published for {kept}."));
    lines.push(
        "Apps that read the keys just now may refuse the new ones for a minute; --announce spares them that."
            .to_owned(),
    );
    Ok(Printed::new(lines.join("\n"), Value::Array(rotated)))
}

async fn retire(app: &App, kid: &str) -> Result<Printed, Failure> {
    let retired = keys::retire(app, &acting(), kid).await.map_err(|why| match why {
        Refused::NotFound => {
            Failure::failed(format!("there is no key `{kid}`")).fix("`symbolon keys list` shows them.")
        }
        other => other.into(),
    })?;
    let (text, took_over) = match retired {
        Retired::Alone => (format!("{kid} is retired."), None),
        Retired::HandedOver(next) => (format!("{kid} is retired; {next} signs from now on."), Some(next)),
    };
    Ok(Printed::new(text, json!({ "kid": kid, "state": "retired", "took_over": took_over })))
}

async fn data(app: &App) -> Result<Printed, Failure> {
    let keys = reseal::list(app).await?;
    let row = |key: &reseal::Shown| {
        let state = if key.active { "seals" } else { "opens" };
        let retired = key.retired_at.map(moment).unwrap_or_default();
        let (made, holds) = (moment(key.created_at), key.holds.to_string());
        vec![key.workspace.clone(), key.id.clone(), state.to_owned(), made, retired, holds]
    };
    let head = ["WORKSPACE", "KEY", "STATE", "MADE", "RETIRED", "HOLDS"];
    let none = "No data keys yet; a workspace's first source makes its own.";
    let text = table(&head, &keys.iter().map(row).collect::<Vec<_>>(), none);
    let shown = |key: &reseal::Shown| {
        json!({ "id": key.id, "workspace": key.workspace, "active": key.active, "created_at": key.created_at.rfc3339(),
                "retired_at": key.retired_at.map(Time::rfc3339), "holds": key.holds })
    };
    Ok(Printed::new(text, keys.iter().map(shown).collect()))
}

async fn again(app: &App, workspace: Option<&str>) -> Result<Printed, Failure> {
    let keys = reseal::list(app).await?;
    let sealing = keys.iter().filter(|key| key.active && workspace.is_none_or(|only| only == key.workspace));
    let (who, mut lines, mut renewed) = (acting(), Vec::new(), Vec::new());
    for key in sealing {
        let workspace = WorkspaceId::from(key.workspace.as_str());
        let id = reseal::renew(app, &who.actor, &who.call, &workspace).await?;
        lines.push(format!("{workspace} is sealed under {id} from now on."));
        renewed.push(json!({ "workspace": workspace, "id": id }));
    }
    if renewed.is_empty() {
        let why = workspace.map_or("nothing is sealed yet".to_owned(), |slug| format!("nothing is sealed in `{slug}`"));
        return Err(Failure::failed(why).fix("`symbolon keys data` shows what is."));
    }
    let mut rows = 0_usize;
    loop {
        let some = reseal::some(app).await?;
        if some == 0 {
            break;
        }
        rows = rows.saturating_add(some);
    }
    lines.push(format!(
        "{rows} things were sealed again. Old keys that open nothing any more are deleted after 30 days."
    ));
    Ok(Printed::new(lines.join("\n"), json!({ "renewed": renewed, "resealed": rows })))
}
