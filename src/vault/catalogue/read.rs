//! A definition is read: TOML whose every member is known, and rules that hold between them.

use super::check;
use super::definition::SourceType;
use super::wrong::Wrong;
use crate::config::span as spans;
use serde::de::Error;
use serde::{Deserialize, Deserializer};
use std::collections::BTreeMap;
use std::path::Path;
use std::time::Duration;

impl SourceType {
    /// Reads the definition that `file` holds; the name of the file is the key. What is wrong names the file, the field
    /// and what to write instead.
    pub fn read(file: &str, text: &str) -> Result<Self, Wrong> {
        let kind = SourceType::parse(text).map_err(|wrong| wrong.of(file))?;
        kind.is_named(file).map_err(|wrong| wrong.of(file))?;
        match check::all(&kind).into_iter().find_map(|check| check.wrong) {
            Some(wrong) => Err(wrong.of(file)),
            None => Ok(kind),
        }
    }

    /// Whether the file has the name of the key, so that nobody looks for it in vain.
    pub fn is_named(&self, file: &str) -> Result<(), Wrong> {
        let stem = Path::new(file).file_stem().map(|stem| stem.to_string_lossy().into_owned());
        match stem.as_deref() == Some(self.key.as_str()) {
            true => Ok(()),
            false => Err(Wrong::field(
                "key",
                format!("is \"{0}\", but the file has another name; name it {0}.toml", self.key),
            )),
        }
    }

    /// Reads the members of a definition, before anything is checked between them.
    pub(crate) fn parse(text: &str) -> Result<Self, Wrong> {
        let at = |fault: toml::de::Error| at_line(text, &fault);
        let written: toml::Table = toml::from_str(text).map_err(at)?;
        let kind: SourceType = toml::from_str(text).map_err(at)?;
        Ok(SourceType { written, ..kind })
    }

    /// The type as a source has it: what its parameters leave open (`sets`) is filled in.
    pub fn configured(&self, params: &BTreeMap<String, String>) -> Result<SourceType, Wrong> {
        let mut written = self.written.clone();
        let mut changed = false;
        for param in self.params.iter() {
            let (Some(path), Some(value)) = (&param.sets, params.get(&param.name).or(param.default.as_ref())) else {
                continue;
            };
            param.check(value)?;
            put(&mut written, path, value).map_err(|why| Wrong::field(&param.name, why))?;
            changed = true;
        }
        if !changed {
            return Ok(self.clone());
        }
        let read = SourceType::deserialize(toml::Value::Table(written.clone()));
        let kind = read.map_err(|why| Wrong::field("params", why.message().to_owned()))?;
        match check::all(&kind).into_iter().find_map(|check| check.wrong) {
            Some(wrong) => Err(wrong),
            None => Ok(SourceType { written, ..kind }),
        }
    }
}

/// Puts a value at a dotted path; tables on the way are made.
fn put(table: &mut toml::Table, path: &str, value: &str) -> Result<(), &'static str> {
    let (first, rest) = match path.split_once('.') {
        Some((first, rest)) => (first, Some(rest)),
        None => (path, None),
    };
    let Some(rest) = rest else {
        let value = match value {
            "true" => toml::Value::Boolean(true),
            "false" => toml::Value::Boolean(false),
            text => toml::Value::String(text.to_owned()),
        };
        table.insert(first.to_owned(), value);
        return Ok(());
    };
    let inner = table.entry(first).or_insert_with(|| toml::Value::Table(toml::Table::new()));
    // Within a list it is the first that is meant: `identity.id.path`.
    let inner = match inner {
        toml::Value::Array(items) => items.first_mut().ok_or("sets a member of an empty list")?,
        other => other,
    };
    match inner {
        toml::Value::Table(inner) => put(inner, rest, value),
        _ => Err("sets something that isn't there"),
    }
}

/// The parser's own words, with the line and, where there is one, the key that stands on it.
fn at_line(text: &str, fault: &toml::de::Error) -> Wrong {
    let start = fault.span().map_or(0, |span| span.start);
    let before = text.get(..start).unwrap_or_default();
    let line = before.matches('\n').count() + 1;
    let here = text.lines().nth(line.saturating_sub(1)).unwrap_or_default();
    let key = here.split_once('=').map_or("", |(key, _)| key.trim());
    let plain = !key.is_empty() && key.bytes().all(|b| b.is_ascii_alphanumeric() || b"_.-\"".contains(&b));
    let field = if plain { key.to_owned() } else { String::new() };
    Wrong::field(field, format!("(line {line}): {}", fault.message().trim()))
}

/// A duration: `500ms`, `60s`, `10m`, `12h`, `30d`.
pub(super) fn span<'de, D: Deserializer<'de>>(d: D) -> Result<Duration, D::Error> {
    spans::deserialize(d)
}

/// A duration, where there is one.
pub(super) fn maybe_span<'de, D: Deserializer<'de>>(d: D) -> Result<Option<Duration>, D::Error> {
    let text = Option::<String>::deserialize(d)?;
    let Some(text) = text else { return Ok(None) };
    let read = spans::parse(&text);
    read.map(Some).ok_or_else(|| D::Error::custom(format!("\"{text}\" isn't a duration; write 60s, 30m, 12h or 100d")))
}

#[cfg(test)]
impl SourceType {
    /// The same definition with other sections, where they hold.
    pub(in crate::vault) fn tried_with(&self, sections: &str) -> Result<SourceType, Wrong> {
        let mut written = self.written.clone();
        written.extend(toml::from_str::<toml::Table>(sections).expect("TOML"));
        let text = toml::to_string(&written).expect("TOML");
        SourceType::read(&format!("{}.toml", self.key), &text)
    }

    /// The same definition with other sections.
    pub(in crate::vault) fn written_with(&self, sections: &str) -> SourceType {
        self.tried_with(sections).unwrap_or_else(|wrong| panic!("{wrong}"))
    }
}
