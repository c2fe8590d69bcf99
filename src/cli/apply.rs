//! `symbolon apply`: makes settings, workspaces and clients what a file says, and says beforehand what that changes.

use super::open::{self, Start, acting};
use super::output::{Failure, Printed, bold};
use crate::admin::Refused;
use crate::admin::apply::{self, Plan, Reference, Step, Wanted};
use crate::app::App;
use crate::base::Secret;
use crate::config::{self, Amendment, Difference, Flags};
use clap::Args;
use serde_json::{Map, Value, json};
use std::path::{Path, PathBuf};

/// `symbolon apply`
#[derive(Debug, Args)]
pub(super) struct Apply {
    /// A TOML, YAML or JSON file with `settings`, `workspaces` and `clients`; - is YAML or JSON on standard input
    #[arg(short, long, value_name = "FILE")]
    file: PathBuf,
    /// Only say what differs, and exit with 1 where something does
    #[arg(long)]
    check: bool,
}

pub(super) async fn run(flags: &Flags, ask: Apply) -> Result<Printed, Failure> {
    let mut document = document(&ask.file)?;
    let settings = settings(flags, document.remove("settings"))?;
    let wanted = Wanted::read(document, resolve).map_err(refused)?;
    let app = open::open(flags, if ask.check { Start::Existing } else { Start::Fresh }).await?;
    let printed = match apply::plan(&app, wanted).await {
        Ok(plan) if ask.check => Ok(told(&plan, settings.as_ref())),
        Ok(plan) => settle(&app, plan, settings).await,
        Err(why) => Err(refused(why)),
    };
    app.db.close().await;
    printed
}

/// What the description says of settings, held against those in force.
fn settings(flags: &Flags, given: Option<Value>) -> Result<Option<Amendment>, Failure> {
    match given {
        None => Ok(None),
        Some(Value::Object(wanted)) => {
            let found = Amendment::find(flags, &config::process_env, &wanted);
            found.map(Some).map_err(|why| Failure::usage(format!("settings: {why}")))
        }
        Some(_) => Err(Failure::usage("settings: must be a table, as in symbolon.toml")),
    }
}

fn refused(why: Refused) -> Failure {
    match why {
        Refused::Invalid { field, why } => Failure::usage(format!("{field}: {why}")),
        other => other.into(),
    }
}

const MOST_BYTES: usize = 4 << 20;

fn document(file: &Path) -> Result<Map<String, Value>, Failure> {
    let name = file.display();
    let text = match file.to_str() {
        Some("-") => std::io::read_to_string(std::io::stdin()),
        _ => std::fs::read_to_string(file),
    };
    let text = text.map_err(|why| Failure::usage(format!("{name}: {why}")))?;
    if text.len() > MOST_BYTES {
        return Err(Failure::usage(format!("{name} has more than 4 MiB")));
    }
    let read: Result<Value, String> = match file.extension().and_then(|ending| ending.to_str()) {
        Some("toml") => toml::from_str(&text).map_err(|why| why.to_string()),
        // JSON is YAML.
        _ => serde_saphyr::from_str(&text).map_err(|why| why.to_string()),
    };
    match read {
        Ok(Value::Object(members)) => Ok(members),
        Ok(_) => {
            Err(Failure::usage(format!("{name}: this must be a table with `settings`, `workspaces` and `clients`")))
        }
        Err(why) => Err(Failure::usage(format!("{name}: {why}"))),
    }
}

/// The secret that a reference leads to.
fn resolve(reference: &Reference) -> Result<Secret, String> {
    match reference {
        Reference::Env(name) => match config::process_env(name) {
            Some(value) => Ok(Secret::new(value.trim())),
            None => Err(format!("the environment variable {name} isn't set")),
        },
        Reference::File(path) => match std::fs::read_to_string(path) {
            Ok(text) => Ok(Secret::new(text.trim())),
            Err(why) => Err(format!("the file {path} can't be read: {why}")),
        },
    }
}

async fn settle(app: &App, plan: Plan, settings: Option<Amendment>) -> Result<Printed, Failure> {
    let Printed { mut text, mut json, good } = told(&plan, settings.as_ref());
    let (mut done, all) = (0_usize, plan.steps.len());
    for step in plan.steps {
        let object = step.object.clone();
        match apply::run(app, &acting(), step).await {
            Ok(None) => {}
            Ok(Some((id, secret))) => {
                text.push_str(&format!("\n\nSecret of {id}, shown once: {}", bold(secret.reveal())));
                if let Some(secrets) = json.get_mut("secrets").and_then(Value::as_object_mut) {
                    secrets.insert(id.to_string(), json!(secret.reveal()));
                }
            }
            Err(why) => {
                let what =
                    format!("{object}: {why}\n{done} of {all} changes were made; run it again after a look at this");
                return Err(Failure::failed(what));
            }
        }
        done += 1;
    }
    // Last: what is refused in the database leaves the file as it is.
    if let Some(settings) = settings.filter(|settings| !settings.differences.is_empty()) {
        settings.write().map_err(|why| Failure::failed(format!("settings: {why}")))?;
        let path = settings.path().display();
        text.push_str(&format!("\nServers take the settings up when they start again; they are in {path}."));
    }
    if !good {
        text.push_str("\nDone.");
    }
    if let Some(members) = json.as_object_mut() {
        members.insert("applied".to_owned(), json!(true));
    }
    Ok(Printed::new(text, json))
}

/// The plan; what differs is no good news for `--check`.
fn told(plan: &Plan, settings: Option<&Amendment>) -> Printed {
    let amended = settings.map(|settings| settings.differences.as_slice()).unwrap_or_default();
    let same = plan.same + settings.map_or(0, |settings| settings.same);
    let new = plan.steps.iter().filter(|step| step.new).count();
    let mut lines: Vec<String> =
        amended.iter().map(|one| changed("setting", &one.name, &one.is, &one.should)).collect();
    lines.extend(plan.steps.iter().map(line));
    lines.push(match plan.steps.len() + amended.len() {
        0 => format!("Everything is as it should be ({same} things)."),
        all => format!("{new} to make, {} to change, {same} as they should be.", all - new),
    });
    let differs = |one: &Difference| {
        let differences = json!({ "value": { "is": one.is, "should": one.should } });
        json!({ "object": format!("setting:{}", one.name), "new": false, "differences": differences })
    };
    let changes: Vec<Value> = amended.iter().map(differs).chain(plan.steps.iter().map(shown)).collect();
    let good = changes.is_empty();
    let json = json!({ "changes": changes, "unchanged": same, "secrets": {}, "applied": false });
    Printed { good, ..Printed::new(lines.join("\n"), json) }
}

fn changed(kind: &str, name: &str, is: &str, should: &str) -> String {
    format!("~ {kind} {}\n    {is} → {should}", bold(name))
}

fn line(step: &Step) -> String {
    let mark = if step.new { "+" } else { "~" };
    let (kind, name) = step.object.split_once(':').unwrap_or(("", &step.object));
    let mut text = format!("{mark} {kind} {}", bold(name));
    for (member, is, should) in &step.differences {
        match (step.new, is) {
            (true, _) => text.push_str(&format!("\n    {member}: {should}")),
            (false, is) => text.push_str(&format!("\n    {member}: {is} → {should}")),
        }
    }
    text
}

fn shown(step: &Step) -> Value {
    let differences: Map<String, Value> = step
        .differences
        .iter()
        .map(|(member, is, should)| (member.clone(), json!({ "is": is, "should": should })))
        .collect();
    json!({ "object": step.object, "new": step.new, "differences": differences })
}
