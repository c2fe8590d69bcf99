//! Changing the settings' file from a description, as `symbolon apply` does: comments and order stay, and nothing is
//! written that a server would refuse.

use super::file::SECRETS;
use super::load::{self, Flags, Loaded, Origin, put_together};
use super::refused::Refused;
use serde_json::{Map, Value};
use std::fs::OpenOptions;
use std::io::{self, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};
use toml_edit::{DocumentMut, Item, Table};

/// A setting that is another one than it should be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Difference {
    /// Its dotted path.
    pub name: String,
    /// As it is in force.
    pub is: String,
    /// As it should be.
    pub should: String,
}

/// What a settings' file must say differently, and its text when it does.
#[derive(Debug)]
pub struct Amendment {
    /// What differs.
    pub differences: Vec<Difference>,
    /// How many of the settings that were named are as they should be.
    pub same: usize,
    path: PathBuf,
    text: String,
}

impl Amendment {
    /// Holds a description, tables of settings, against what is in force. The text that it leads to is read and checked
    /// as a server would.
    pub fn find(
        flags: &Flags,
        env: &dyn Fn(&str) -> Option<String>,
        wanted: &Map<String, Value>,
    ) -> Result<Self, Refused> {
        let now = load::load(flags, env)?;
        let path = load::find(flags, env).unwrap_or_else(|| PathBuf::from("symbolon.toml"));
        let mut leaves = Vec::new();
        collect(wanted, &mut Vec::new(), &mut leaves);
        let mut document = document(&path)?;
        for (at, value) in &leaves {
            no_secret(at)?;
            put(&mut document, at, value)?;
        }
        let text = document.to_string();
        let then = put_together(Some((&path, &text)), flags, env)?;
        let mut found = Amendment { differences: Vec::new(), same: 0, path, text };
        for (at, _) in &leaves {
            found.compare(&at.join("."), &now, &then)?;
        }
        Ok(found)
    }

    fn compare(&mut self, name: &str, now: &Loaded, then: &Loaded) -> Result<(), Refused> {
        let wins = match then.origins.get(name) {
            Some(Origin::Env(variable)) => Some(format!("the environment variable {variable}")),
            Some(Origin::Flag(flag)) => Some(format!("the flag {flag}")),
            _ => None,
        };
        if let Some(wins) = wins {
            let what = format!("`{name}` is set by {wins}, which wins over the file");
            return Err(Refused::new(what, "take that away, or take the setting out of the description"));
        }
        // What the operator names, as a scope, is several settings in one.
        let within = format!("{name}.");
        let these = |one: &str| one == name || one.starts_with(&within);
        let exact = |loaded: &Loaded| -> Vec<String> {
            let all = loaded.exact.iter().filter(|(one, _)| these(one));
            all.map(|(one, text)| format!("{one} {}", text.reveal())).collect()
        };
        if exact(now) == exact(then) {
            self.same += 1;
            return Ok(());
        }
        let shown = |loaded: &Loaded| {
            let all = loaded.config.written.iter().filter(|one| these(&one.name));
            all.map(|one| one.value.as_deref().unwrap_or("(not shown)")).collect::<Vec<_>>().join(", ")
        };
        self.differences.push(Difference { name: name.to_owned(), is: shown(now), should: shown(then) });
        Ok(())
    }

    /// Writes the file, whole or not at all. Servers read it when they start.
    pub fn write(&self) -> Result<(), Refused> {
        replace(&self.path, &self.text).map_err(|why| unwritable(&self.path, &why))
    }

    /// The file that is changed.
    pub fn path(&self) -> &Path {
        &self.path
    }
}

/// The settings of a description, by their names from the outside in.
fn collect(table: &Map<String, Value>, before: &mut Vec<String>, found: &mut Vec<(Vec<String>, Value)>) {
    for (name, value) in table {
        before.push(name.clone());
        match value {
            // Scopes are named by the operator: each is one setting.
            Value::Object(inner) if before.first().is_none_or(|first| first != "scopes") || before.len() < 2 => {
                collect(inner, before, found);
            }
            value => found.push((before.clone(), value.clone())),
        }
        before.pop();
    }
}

fn no_secret(at: &[String]) -> Result<(), Refused> {
    let name = at.join(".");
    if !SECRETS.contains(&name.as_str()) {
        return Ok(());
    }
    let fix = "set it in the environment, or in a file that the environment names";
    Err(Refused::new(format!("`{name}` is a secret and never stands in a description"), fix))
}

fn document(path: &Path) -> Result<DocumentMut, Refused> {
    let text = match std::fs::read_to_string(path) {
        Ok(text) => text,
        Err(why) if why.kind() == io::ErrorKind::NotFound => String::new(),
        Err(why) => return Err(unwritable(path, &why)),
    };
    text.parse().map_err(|_| Refused::new(format!("{} isn't TOML", path.display()), "mend it first"))
}

fn put(document: &mut DocumentMut, at: &[String], value: &Value) -> Result<(), Refused> {
    let name = at.join(".");
    let unfit = || Refused::new(format!("`{name}` can't be this"), "look at the defaults for what it may be");
    let (last, tables) = at.split_last().ok_or_else(unfit)?;
    let mut table: &mut dyn toml_edit::TableLike = document.as_table_mut();
    for part in tables {
        let inner = table.entry(part).or_insert_with(|| {
            let mut made = Table::new();
            made.set_implicit(true);
            Item::Table(made)
        });
        table = inner.as_table_like_mut().ok_or_else(unfit)?;
    }
    let value = toml_value(value).ok_or_else(unfit)?;
    match table.get_mut(last) {
        // What stands behind it in its line stays.
        Some(Item::Value(before)) => {
            let decor = before.decor().clone();
            *before = value;
            *before.decor_mut() = decor;
        }
        _ => {
            table.insert(last, Item::Value(value));
        }
    }
    Ok(())
}

fn toml_value(value: &Value) -> Option<toml_edit::Value> {
    Some(match value {
        Value::Null => return None,
        Value::Bool(flag) => (*flag).into(),
        Value::Number(number) => match number.as_i64() {
            Some(whole) => whole.into(),
            None => number.as_f64()?.into(),
        },
        Value::String(text) => text.as_str().into(),
        Value::Array(all) => {
            let all: Option<toml_edit::Array> = all.iter().map(toml_value).collect();
            all?.into()
        }
        Value::Object(members) => {
            let mut table = toml_edit::InlineTable::new();
            for (name, value) in members {
                table.insert(name, toml_value(value)?);
            }
            table.into()
        }
    })
}

/// There may be secrets in it: nobody reads it before it has the mode of the one that it takes the place of.
fn replace(path: &Path, text: &str) -> io::Result<()> {
    let mut name = path.file_name().unwrap_or_default().to_owned();
    name.push(".tmp");
    let aside = path.with_file_name(name);
    let mut file = OpenOptions::new().write(true).create(true).truncate(true).mode(0o600).open(&aside)?;
    file.write_all(text.as_bytes())?;
    file.sync_all()?;
    if let Ok(before) = std::fs::metadata(path) {
        file.set_permissions(before.permissions())?;
    }
    std::fs::rename(&aside, path)
}

fn unwritable(path: &Path, why: &io::Error) -> Refused {
    let fix = "run this as the user who may, where the servers' settings are";
    Refused::new(format!("{} can't be changed: {why}", path.display()), fix)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    const FILE: &str = "# ours\nname = \"Acme\" # as people know us\n\n[lifetimes]\nsession_idle = \"1h\"\n";

    fn find(text: &str, wanted: Value, env: &[(&str, &str)]) -> (tempfile::TempDir, Result<Amendment, String>) {
        let dir = tempfile::tempdir().expect("a directory");
        let path = dir.path().join("symbolon.toml");
        std::fs::write(&path, text).expect("writes");
        let flags = Flags { config: Some(path), ..Flags::default() };
        let env = |name: &str| env.iter().find(|(known, _)| *known == name).map(|(_, value)| (*value).to_owned());
        let found = Amendment::find(&flags, &env, wanted.as_object().expect("an object"));
        (dir, found.map_err(|why| why.to_string()))
    }

    #[test]
    fn what_differs_is_written_and_the_rest_of_the_file_stays() {
        let wanted = json!({ "name": "Acme Corp", "registration": "open", "lifetimes": { "session_idle": "1h" },
            "scopes": { "files:read": { "title": "See files" } }, "limits": { "body_bytes": 2048 } });
        let (dir, found) = find(FILE, wanted.clone(), &[]);
        let found = found.expect("fits");
        let names: Vec<_> = found.differences.iter().map(|one| one.name.as_str()).collect();
        assert_eq!((names, found.same), (vec!["name", "registration", "scopes.files:read", "limits.body_bytes"], 1));
        assert_eq!(std::fs::read_to_string(found.path()).expect("reads"), FILE, "nothing was written yet");
        found.write().expect("writes");
        let text = std::fs::read_to_string(found.path()).expect("reads");
        assert!(text.starts_with("# ours\nname = \"Acme Corp\" # as people know us\n"), "{text}");
        assert_eq!(std::fs::read_dir(dir.path()).expect("reads").count(), 1, "nothing else is left there");
        let (_dir, again) = find(&text, wanted, &[]);
        let again = again.expect("fits");
        assert_eq!((again.differences, again.same), (vec![], 5));
    }

    #[test]
    fn what_is_not_shown_is_compared_all_the_same() {
        let wanted = json!({ "mail": { "from": "Acme <id@acme.example>" } });
        let (_dir, found) = find(FILE, wanted.clone(), &[]);
        let found = found.expect("fits");
        let [difference] = found.differences.as_slice() else { panic!("{:?}", found.differences) };
        assert_eq!((difference.name.as_str(), difference.should.as_str()), ("mail.from", "(not shown)"));
        found.write().expect("writes");
        let text = std::fs::read_to_string(found.path()).expect("reads");
        let (_dir, again) = find(&text, wanted, &[]);
        assert_eq!(again.expect("fits").differences, []);
        let (_dir, other) = find(&text, json!({ "mail": { "from": "Other <id@other.example>" } }), &[]);
        assert_eq!(other.expect("fits").differences.len(), 1);
    }

    #[test]
    fn what_a_server_would_refuse_is_refused_and_nothing_is_written() {
        for (wanted, words) in [
            (json!({ "nmae": "x" }), "did you mean `name`?"),
            (json!({ "limits": { "body_bytes": "many" } }), "must be a whole number"),
            (json!({ "issuer": "https://id.example.com/" }), "`issuer`"),
            (json!({ "database_url": "postgres://u:hunter2@h/d" }), "is a secret"),
            (json!({ "mail": { "password": "hunter2" } }), "is a secret"),
            (json!({ "name": null }), "can't be this"),
            (json!({ "name": { "de": "x" } }), "can't be this"),
        ] {
            let (dir, found) = find(FILE, wanted.clone(), &[]);
            let told = found.expect_err("refused");
            assert!(told.contains(words) && !told.contains("hunter2"), "{wanted}: {told}");
            assert_eq!(std::fs::read_to_string(dir.path().join("symbolon.toml")).expect("reads"), FILE);
        }
        let (_dir, found) = find(FILE, json!({ "name": "x" }), &[("SYMBOLON_NAME", "y")]);
        assert!(found.expect_err("refused").contains("SYMBOLON_NAME"));
    }
}
