//! The installation that these settings describe, seen from inside.

use super::{Finding, bad, good};
use crate::base::{Clock, Time};
use crate::cli::open;
use crate::cli::output::Failure;
use crate::config::{self, Config, Flags};
use crate::crypto::MasterKey;
use crate::db::{self, Db};
use crate::keys::store;
use crate::{people, server};

/// Looks at everything; changes nothing, but for a test mail that is asked for.
pub(super) async fn look(flags: &Flags, to: Option<&str>) -> Result<Vec<Finding>, Failure> {
    let config = open::config(flags)?;
    let mut findings =
        vec![good("settings", "they can be read and fit together"), issuer(&config), master_key(&config)?];
    match open::absent(&config) {
        Some(file) => findings.push(bad("database", format!("there is none at {file}; `symbolon serve` makes it"))),
        None => match db::open(&server::place(&config)).await {
            Ok(db) => {
                findings.extend(database(&db, &config).await);
                db.close().await;
            }
            Err(fault) => findings.push(bad("database", fault.to_string())),
        },
    }
    findings.push(super::mail::look(&config, to).await);
    Ok(findings)
}

fn issuer(config: &Config) -> Finding {
    let issuer = &config.issuer;
    match issuer.starts_with("https://") || !config.listen.ip().is_loopback() {
        true if issuer.starts_with("http://") => bad(
            "issuer",
            format!("{issuer} is plain http, but {} is reachable from outside; set an https issuer", config.listen),
        ),
        true => good("issuer", issuer.as_str()),
        false => good("issuer", format!("{issuer}, for this machine only; others need an https issuer")),
    }
}

fn master_key(config: &Config) -> Result<Finding, Failure> {
    let file = config.keys_dir.join("master.key");
    Ok(match config::master_key_source(&config::process_env)? {
        Some(text) => match MasterKey::parse(text.reveal()) {
            Ok(key) => good("master key", format!("{} from the environment", key.name())),
            Err(why) => bad("master key", why),
        },
        None => match MasterKey::load(&file) {
            Ok(Some(key)) => good("master key", format!("{} in {}", key.name(), file.display())),
            Ok(None) => bad("master key", format!("there is none at {}; the first start makes it", file.display())),
            Err(why) => bad("master key", why),
        },
    })
}

async fn database(db: &Db, config: &Config) -> Vec<Finding> {
    let mut findings = Vec::new();
    match db.drift().await {
        Ok(drift) if drift.none() => findings.push(good("schema", format!("up to date, on {}", db.kind()))),
        Ok(_) => {
            findings.push(bad("schema", "it isn't what this version expects; see `symbolon migrate --check`"));
            return findings;
        }
        Err(fault) => return vec![bad("database", fault.to_string())],
    }
    match store::all(db).await {
        Ok(keys) => {
            let active = keys.iter().filter(|key| key.state == store::State::Active);
            let names: Vec<&str> = active.map(|key| key.alg.name()).collect();
            let says = format!("{} sign", names.join(", "));
            findings.push(if names.len() == crate::crypto::Algorithm::ALL.len() {
                good("signing keys", says)
            } else {
                bad("signing keys", format!("only these sign: {}; a running server makes the others", names.join(", ")))
            });
            findings.push(ages(&keys, config));
        }
        Err(fault) => findings.push(bad("signing keys", fault.to_string())),
    }
    match people::store::another_admin(db, None).await {
        Ok(true) => findings.push(good("administrator", "there is one")),
        Ok(false) => {
            findings.push(bad("administrator", "there is none yet; make a link with `symbolon user setup-link`"))
        }
        Err(fault) => findings.push(bad("administrator", fault.to_string())),
    }
    findings
}

/// Keys rotate by themselves while a server runs. One that is much too old says that none does, or that it can't.
fn ages(keys: &[store::Kept], config: &Config) -> Finding {
    let now = Clock::System.now();
    let age = |since: Time| now.secs().saturating_sub(since.secs()) / 86_400;
    let active = keys.iter().filter(|key| key.state == store::State::Active);
    let oldest = active.filter_map(|key| Some((key.activated_at?, key.alg))).min_by_key(|(since, _)| *since);
    let Some((since, alg)) = oldest else {
        return bad("key ages", "no key signs yet; a running server makes them");
    };
    let says = format!("the oldest that signs, {}, has done so for {} days", alg.name(), age(since));
    match since + config.keys.rotate_after * 2 < now {
        false => good("key ages", says),
        true => {
            bad("key ages", format!("{says}; is `symbolon serve` running? Or: symbolon keys rotate {}", alg.name()))
        }
    }
}
