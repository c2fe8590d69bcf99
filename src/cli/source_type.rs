//! `symbolon source-type`: the catalogue of third parties, and whether a definition of one's own holds.

use super::open;
use super::output::{Failure, Printed, block, bold, table};
use crate::catalogue::trial::trial;
use crate::catalogue::wire::takes_key;
use crate::catalogue::{Asked, Catalogue, Check, Custody, Lasts, Param, SourceType, Wrong};
use crate::config::{Flags, span};
use clap::{Args, Subcommand};
use serde_json::{Value, json};
use std::path::{Path, PathBuf};

/// `symbolon source-type …`
#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// List the third parties that sources can be made of
    List {
        #[command(flatten)]
        folder: Folder,
    },
    /// Show what is known of one: addresses, rotation, lifetimes, how accounts are told apart, what nobody could verify
    Show {
        /// Its key, from `symbolon source-type list`
        key: String,
        #[command(flatten)]
        folder: Folder,
    },
    /// Check a definition: its rules, where its URLs lead, and its own examples
    Test {
        /// A TOML file; docs/catalogue.md says how it is written
        file: PathBuf,
    },
}

/// Definitions of one's own.
#[derive(Debug, Args)]
pub(super) struct Folder {
    /// With the definitions of this folder, which replace built-in ones of the same key; vault.catalogue_dir if not given
    #[arg(long, value_name = "DIR")]
    dir: Option<PathBuf>,
}

pub(super) fn run(flags: &Flags, command: Command) -> Result<Printed, Failure> {
    match command {
        Command::List { folder } => Ok(list(&folder.open(flags)?)),
        Command::Show { key, folder } => match folder.open(flags)?.get(&key) {
            Some(kind) => Ok(show(kind)),
            None => Err(Failure::failed(format!("there is no source type `{key}`")).fix(
                "`symbolon source-type list` shows them; one that is missing can be made of oauth2, oidc or api_key.",
            )),
        },
        Command::Test { file } => test(&file),
    }
}

impl Folder {
    fn open(&self, flags: &Flags) -> Result<Catalogue, Failure> {
        let config = open::config(flags)?;
        let dir = self.dir.as_ref().or(config.vault.catalogue_dir.as_ref());
        Catalogue::load(dir.map(PathBuf::as_path)).map_err(|wrong| Failure::failed(wrong.to_string()))
    }
}

fn list(catalogue: &Catalogue) -> Printed {
    let row = |kind: &SourceType| {
        let [key, name] = [&kind.key, &kind.name].map(String::clone);
        vec![
            key,
            name,
            kind.kind.name().to_owned(),
            kind.policy().to_string(),
            kind.custody.name().to_owned(),
            kind.last_checked.clone(),
        ]
    };
    let rows: Vec<_> = catalogue.iter().map(|kind| row(kind)).collect();
    let head = ["KEY", "NAME", "KIND", "ROTATION", "CUSTODY", "LAST CHECKED"];
    let json = catalogue.iter().map(|kind| json!(kind.summary())).collect();
    Printed::new(table(&head, &rows, "The catalogue is empty."), json)
}

fn show(kind: &SourceType) -> Printed {
    let asked = |who: Asked| kind.params_of(who).map(in_words).collect::<Vec<_>>().join("\n");
    let fields = kind.fields.iter().map(|field| format!("{}: {}", field.name, field.label)).collect::<Vec<_>>();
    let life = &kind.lifetimes;
    let refreshes = kind.custody != Custody::None;
    // Where each account brings its own key, the source has none.
    let secret = !kind.kind.typed_in() && kind.fields.is_empty();
    let lines = [
        ("kind", kind.kind.name().to_owned()),
        ("rotation", kind.policy().to_string()),
        ("custody", kind.custody.name().to_owned()),
        ("access token", if kind.kind.typed_in() { String::new() } else { lives("lives", life.access) }),
        ("refresh token", if refreshes { lives("unused, lives", life.refresh_idle) } else { String::new() }),
        ("consent", if refreshes { lives("holds", life.refresh_absolute) } else { String::new() }),
        ("an account is", kind.external_id_meaning.clone()),
        ("hosts", kind.hosts.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n")),
        ("secret", if secret { kind.secret_meaning.clone() } else { String::new() }),
        ("or", if takes_key(kind) { "a private key that signs (private_key_jwt)".to_owned() } else { String::new() }),
        ("takes over", if kind.migrate.is_some() { MIGRATES.to_owned() } else { String::new() }),
        ("scopes", kind.scopes_to_ask(&[]).join("\n")),
        ("the source says", asked(Asked::Source)),
        ("who connects says", asked(Asked::Connect)),
        ("who makes it types", fields.join("\n")),
        ("good to know", wrapped(&kind.notes)),
        ("unverified", kind.unverified.iter().map(|fact| wrapped(fact)).collect::<Vec<_>>().join("\n")),
        ("last checked", kind.last_checked.clone()),
        ("documents", kind.docs.join("\n")),
    ];
    let text = format!("{} ({})\n{}", bold(&kind.name), kind.at_version(), block(&lines));
    Printed::new(text, json!(kind.shown()))
}

const MIGRATES: &str = "access tokens that don't expire, too: they are exchanged once (`\"migrate\": true`)";

fn lives(verb: &str, lasts: Lasts) -> String {
    match lasts {
        Lasts::Unknown => "nobody knows how long it lasts, where the answer doesn't say it".to_owned(),
        Lasts::Always => format!("{verb} for ever"),
        Lasts::For(span) => format!("{verb} {}", span::show(span)),
    }
}

fn in_words(param: &Param) -> String {
    let value = match (&param.default, param.choices.is_empty(), &param.example) {
        (Some(default), _, _) => format!(" ({default})"),
        (None, false, _) => format!(" ({})", param.choices.join(", ")),
        (None, true, Some(example)) => format!(", as {example}"),
        _ => String::new(),
    };
    format!("{}: {}{value}", param.name, param.meaning())
}

/// Lines of about 90 characters.
fn wrapped(text: &str) -> String {
    let mut lines: Vec<String> = Vec::new();
    for word in text.split_whitespace() {
        match lines.last_mut() {
            Some(line) if line.chars().count() + word.chars().count() < 90 => {
                line.push(' ');
                line.push_str(word);
            }
            _ => lines.push(word.to_owned()),
        }
    }
    lines.join("\n")
}

fn test(file: &Path) -> Result<Printed, Failure> {
    let name = file.display().to_string();
    let text = std::fs::read_to_string(file).map_err(|why| Failure::failed(format!("{name} can't be read: {why}")))?;
    let check = |name: &str, wrong: Option<Wrong>| Check { name: name.to_owned(), wrong };
    let (read, known) = ("TOML, and members that are known", "the file has the name of the key");
    let checks: Vec<Check> = match SourceType::parse(&text) {
        Ok(kind) => {
            [check(read, None), check(known, kind.is_named(&name).err())].into_iter().chain(trial(&kind)).collect()
        }
        Err(wrong) => vec![check(read, Some(wrong))],
    };
    let good = checks.iter().all(|check| check.wrong.is_none());
    let line = |check: &Check| match &check.wrong {
        None => format!("  ok    {}", check.name),
        Some(wrong) => format!("  WRONG {}\n        {wrong}", check.name),
    };
    let verdict = if good {
        format!("{name} holds.")
    } else {
        format!("{name} doesn't hold; docs/catalogue.md says how a definition is written.")
    };
    let lines = checks.iter().map(line).chain([verdict]).collect::<Vec<_>>().join("\n");
    let shown: Vec<Value> = checks
        .iter()
        .map(|check| json!({ "check": check.name, "ok": check.wrong.is_none(), "wrong": check.wrong.as_ref().map(ToString::to_string) }))
        .collect();
    Ok(Printed { text: lines, json: json!({ "file": name, "ok": good, "checks": shown }), good })
}
