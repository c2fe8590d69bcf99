//! The settings of `symbolon.toml`, each with the line and column where it stands.

use super::refused::{Place, Refused, Show, closest};
use std::path::Path;
use toml::de::{DeTable, DeValue};
use toml::{Spanned, Table, Value};

/// One setting that someone made.
#[derive(Debug)]
pub(super) struct Setting {
    /// Its names from the outside in: `["log", "level"]`.
    pub path: Vec<String>,
    /// What it is set to.
    pub value: Value,
    /// Where.
    pub place: Place,
}

/// Settings whose values are never printed.
pub(super) const SECRETS: [&str; 2] = ["database_url", "mail.password"];

/// What a file says.
pub(super) fn text(path: &Path) -> Result<String, Refused> {
    std::fs::read_to_string(path).map_err(|fault| {
        let fix = "check that it exists and that this user may read it";
        Refused::new(format!("{} can't be read: {fault}", path.display()), fix)
    })
}

/// Reads the text of a file whose keys must be among those of `defaults`, with values of the same types.
pub(super) fn read(path: &Path, text: &str, defaults: &Table) -> Result<Vec<Setting>, Refused> {
    let syntax = |fault: toml::de::Error| {
        let mark = fault.span().unwrap_or_default();
        let place = Place::file(path, text, mark.clone(), after_a_fault(text, mark.start));
        Refused::new(
            format!("this isn't TOML: {}", fault.message()),
            "write settings as `name = \"value\"`, one a line",
        )
        .at(Some(place))
    };
    let spans = DeTable::parse(text).map_err(syntax)?;
    let values: Table = toml::from_str(text).map_err(syntax)?;
    let mut walk = Walk { file: path, text, all: leaves(defaults), found: Vec::new() };
    walk.table(spans.get_ref(), &values, defaults, &[])?;
    Ok(walk.found)
}

/// The dotted paths of all settings.
pub(super) fn leaves(defaults: &Table) -> Vec<String> {
    fn collect(table: &Table, before: &str, out: &mut Vec<String>) {
        for (name, value) in table {
            match value {
                Value::Table(inner) => collect(inner, &format!("{before}{name}."), out),
                _ => out.push(format!("{before}{name}")),
            }
        }
    }
    let mut out = Vec::new();
    collect(defaults, "", &mut out);
    out
}

struct Walk<'a> {
    file: &'a Path,
    text: &'a str,
    all: Vec<String>,
    found: Vec<Setting>,
}

impl Walk<'_> {
    fn table(&mut self, spans: &DeTable, values: &Table, known: &Table, path: &[String]) -> Result<(), Refused> {
        for (key, spanned) in spans {
            let name: &str = key.get_ref();
            let here: Vec<String> = path.iter().cloned().chain([name.to_owned()]).collect();
            // Scopes are named by the operator; what stands in them is checked with their type.
            let kind = if path == ["scopes"] { Some(&Value::Table(Table::new())) } else { known.get(name) };
            let (Some(kind), Some(value)) = (kind, values.get(name)) else {
                return Err(self.unknown(key, &here));
            };
            if !kind.same_type(value) {
                return Err(self.wrong_type(spanned, kind, value, &here));
            }
            match (kind, spanned.get_ref(), value) {
                (Value::Table(known), DeValue::Table(inner), Value::Table(values)) if path != ["scopes"] => {
                    self.table(inner, values, known, &here)?;
                }
                _ => {
                    let place = self.place(spanned.span(), shown(&here, value));
                    self.found.push(Setting { path: here, value: value.clone(), place });
                }
            }
        }
        Ok(())
    }

    fn unknown<T>(&self, key: &Spanned<T>, path: &[String]) -> Refused {
        let (full, name) = (path.join("."), path.last().map_or("", String::as_str));
        let elsewhere = || self.all.iter().find(|known| known.rsplit('.').next() == Some(name)).map(String::as_str);
        let fix = match closest(&full, self.all.iter().map(String::as_str)).or_else(elsewhere) {
            Some(meant) => format!("did you mean `{meant}`?"),
            None => "all settings and their meaning are in src/config/default.toml".to_owned(),
        };
        let place = self.place(key.span(), Show::UpToMark);
        Refused::new(format!("there is no setting `{full}`"), fix).at(Some(place))
    }

    fn wrong_type(&self, at: &Spanned<DeValue>, kind: &Value, value: &Value, path: &[String]) -> Refused {
        let what = format!("`{}` must be {}, not {}", path.join("."), word(kind.type_str()), word(value.type_str()));
        let fix = match kind {
            Value::Table(_) => format!("write its settings under [{}]", path.join(".")),
            _ => format!("the default is {kind}"),
        };
        Refused::new(what, fix).at(Some(self.place(at.span(), shown(path, value))))
    }

    fn place(&self, mark: std::ops::Range<usize>, show: Show) -> Place {
        Place::file(self.file, self.text, mark, show)
    }
}

/// A secret isn't printed, nor what looks like a URL with a password.
fn shown(path: &[String], value: &Value) -> Show {
    let secret = SECRETS.contains(&path.join(".").as_str()) || value.to_string().contains('@');
    if secret { Show::Position } else { Show::Line }
}

/// What can't be parsed may be half a secret, so a line is printed only when it can't hold one.
fn after_a_fault(text: &str, at: usize) -> Show {
    let start = text.get(..at).and_then(|before| before.rfind('\n')).map_or(0, |at| at + 1);
    let line = text.get(start..).unwrap_or_default().lines().next().unwrap_or_default().to_ascii_lowercase();
    let telling = ["_url", "://", "@", "secret", "passw", "key", "token"];
    let many_lines = text.contains("\"\"\"") || text.contains("'''");
    if many_lines || telling.iter().any(|word| line.contains(word)) { Show::Position } else { Show::Line }
}

fn word(kind: &str) -> &'static str {
    match kind {
        "string" => "text in quotes",
        "integer" => "a whole number",
        "float" => "a number with a point",
        "boolean" => "true or false",
        "array" => "a list",
        "table" => "a table",
        _ => "a date",
    }
}
