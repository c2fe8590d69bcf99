//! `symbolon keys`: the keys that sign tokens.

use super::open::{self, Start, acting};
use super::output::{Failure, Printed, moment, table};
use crate::admin::Refused;
use crate::admin::keys::{self, Retired};
use crate::app::App;
use crate::base::Time;
use crate::config::Flags;
use crate::crypto::Algorithm;
use crate::keys::store::Kept;
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
