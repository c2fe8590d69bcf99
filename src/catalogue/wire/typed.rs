//! What somebody typed into a key form: each value fits its field, and a key file is taken apart.

use super::Wrong;
use crate::base::Secret;
use crate::catalogue::{Field, SourceType};
use serde_json::Value;
use std::collections::BTreeMap;

/// The longest value, in bytes: a key file with an RSA key has about 2,500.
const MAX: usize = 32 * 1024;

/// Checks what was typed, and gives what is kept of it by name. Nothing of a value is repeated in what is wrong with
/// it.
pub fn typed(kind: &SourceType, given: &BTreeMap<String, Secret>) -> Result<BTreeMap<String, Secret>, Wrong> {
    if let Some(unknown) = given.keys().find(|name| !kind.fields.iter().any(|field| field.name == **name)) {
        let known: Vec<&str> = kind.fields.iter().map(|field| field.name.as_str()).collect();
        return Err(Wrong::field(unknown, format!("isn't asked for; {} wants {}", kind.name, known.join(", "))));
    }
    let mut kept = BTreeMap::new();
    for field in &kind.fields {
        match given.get(&field.name).map(|value| value.reveal().trim()).filter(|value| !value.is_empty()) {
            Some(value) => keep(field, value, &mut kept)?,
            None if field.optional => {}
            None => return Err(Wrong::field(&field.name, format!("({}) is needed", field.label))),
        }
    }
    Ok(kept)
}

fn keep(field: &Field, value: &str, kept: &mut BTreeMap<String, Secret>) -> Result<(), Wrong> {
    let wrong = |why: &str| Err(Wrong::field(&field.name, format!("({}) {why}", field.label)));
    let plain =
        |c: char| !c.is_control() || ((field.lines || !field.json.is_empty()) && matches!(c, '\n' | '\r' | '\t'));
    if value.len() > MAX || !value.chars().all(plain) {
        return wrong("is too long, or has line ends where none belong");
    }
    if field.pattern.as_ref().is_some_and(|pattern| !pattern.is_match(value)) {
        return wrong(if field.help.is_empty() {
            "doesn't look right"
        } else {
            "doesn't look right; see what is said of it"
        });
    }
    if field.json.is_empty() {
        kept.insert(field.name.clone(), Secret::new(value));
        return Ok(());
    }
    let Ok(document) = serde_json::from_str::<Value>(value) else {
        return wrong("must be the whole JSON file, from { to }");
    };
    for (name, path) in &field.json {
        match document.pointer(path).and_then(Value::as_str) {
            Some(text) if !text.is_empty() => kept.insert(name.clone(), Secret::new(text)),
            _ => return wrong("is JSON, but not the file that is meant: a member is missing in it"),
        };
    }
    Ok(())
}
