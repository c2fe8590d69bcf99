//! Settings from the environment: `SYMBOLON_` and the path of a setting in capitals. Nothing else reads the environment.

use super::file::{SECRETS, Setting, leaves};
use super::refused::{Place, Refused, closest};
use crate::base::Secret;
use std::path::Path;
use toml::{Table, Value};

/// Variables that aren't settings but are ours.
const OTHERS: [&str; 4] = ["SYMBOLON_CONFIG", "SYMBOLON_MASTER_KEY", "SYMBOLON_MASTER_KEY_FILE", "SYMBOLON_PASSWORD"];

/// A variable of this process; `None` also when it isn't UTF-8.
#[expect(clippy::disallowed_methods, reason = "the one read of the environment that all others go through")]
pub fn process_env(name: &str) -> Option<String> {
    std::env::var(name).ok()
}

/// The names of the variables of this process.
#[expect(clippy::disallowed_methods, reason = "the one read of the environment that all others go through")]
pub fn process_env_names() -> Vec<String> {
    std::env::vars_os().filter_map(|(name, _)| name.into_string().ok()).collect()
}

/// Where what is only for a while may be kept: `TMPDIR`, or what this machine has for it.
pub fn temporary() -> std::path::PathBuf {
    std::env::temp_dir()
}

/// The file that this process was started from.
pub fn program() -> std::io::Result<std::path::PathBuf> {
    std::env::current_exe()
}

/// Refuses a name that starts with `SYMBOLON_` and means nothing: a typo would otherwise leave a default in force.
/// Names that start with `SYMBOLON_TEST_` belong to the test suite.
pub fn check_names(names: &[String]) -> Result<(), Refused> {
    let known = known_names(&super::load::defaults()?);
    let ours = |name: &&String| name.starts_with("SYMBOLON_") && !name.starts_with("SYMBOLON_TEST_");
    match names.iter().filter(ours).find(|name| !known.contains(name)) {
        None => Ok(()),
        Some(stray) => {
            let fix = match closest(stray, known.iter().map(String::as_str)) {
                Some(meant) => format!("did you mean {meant}?"),
                None => "unset it, or set that setting in symbolon.toml if it is one".to_owned(),
            };
            Err(Refused::new(format!("the environment variable {stray} is no setting"), fix))
        }
    }
}

/// The master key where the environment brings it: in `SYMBOLON_MASTER_KEY`, or in the file that
/// `SYMBOLON_MASTER_KEY_FILE` names. `None` means that it lives in `keys_dir`.
pub fn master_key_source(env: &dyn Fn(&str) -> Option<String>) -> Result<Option<Secret>, Refused> {
    Ok(secret("SYMBOLON_MASTER_KEY", env)?.map(|(text, _)| Secret::new(text)))
}

/// All settings that the environment makes, each with the variable's name.
pub(super) fn read(env: &dyn Fn(&str) -> Option<String>, defaults: &Table) -> Result<Vec<(String, Setting)>, Refused> {
    let mut found = Vec::new();
    for leaf in leaves(defaults) {
        let variable = variable(&leaf);
        let given = match SECRETS.contains(&leaf.as_str()) {
            true => secret(&variable, env)?,
            false => env(&variable).map(|text| (text, variable)),
        };
        if let Some((text, variable)) = given {
            let place = Place::env(&variable);
            let path: Vec<String> = leaf.split('.').map(str::to_owned).collect();
            let value = value(&path, text, defaults).map_err(|refused| refused.at(Some(place.clone())))?;
            found.push((variable, Setting { path, value, place }));
        }
    }
    Ok(found)
}

/// Reads the text of a variable or flag as the type that the setting has.
fn value(path: &[String], text: String, defaults: &Table) -> Result<Value, Refused> {
    let default = path.iter().try_fold(None, |at: Option<&Value>, name| match at {
        None => defaults.get(name).map(Some),
        Some(table) => table.get(name).map(Some),
    });
    match default.flatten() {
        Some(Value::Integer(default)) => text.trim().parse().map(Value::Integer).map_err(|_| {
            Refused::new(format!("`{}` must be a whole number", path.join(".")), format!("the default is {default}"))
        }),
        Some(Value::Array(_)) if text.trim_start().starts_with('[') => Err(Refused::new(
            format!("`{}` is a list, which has no brackets and quotes in a variable", path.join(".")),
            "write one,another,a third",
        )),
        Some(Value::Array(_)) => {
            let items = text.split(',').map(str::trim).filter(|item| !item.is_empty());
            Ok(Value::Array(items.map(|item| Value::String(item.to_owned())).collect()))
        }
        _ => Ok(Value::String(text)),
    }
}

/// A secret in a variable or in the file that the variable with `_FILE` names, and which of them it was.
fn secret(variable: &str, env: &dyn Fn(&str) -> Option<String>) -> Result<Option<(String, String)>, Refused> {
    let in_file = format!("{variable}_FILE");
    match (env(variable), env(&in_file)) {
        (Some(_), Some(_)) => {
            Err(Refused::new(format!("{variable} and {in_file} are both set"), "unset one of them; the file is safer"))
        }
        (Some(text), None) => Ok(Some((text, variable.to_owned()))),
        (None, Some(file)) => match std::fs::read_to_string(Path::new(&file)) {
            Ok(text) => Ok(Some((text.trim_end_matches(['\r', '\n']).to_owned(), in_file))),
            Err(fault) => Err(Refused::new(
                format!("the file {file} can't be read: {fault}"),
                "check that it exists and that this user may read it",
            )
            .at(Some(Place::env(&in_file)))),
        },
        (None, None) => Ok(None),
    }
}

fn known_names(defaults: &Table) -> Vec<String> {
    let settings = leaves(defaults);
    let files = SECRETS.iter().map(|leaf| format!("{}_FILE", variable(leaf)));
    settings.iter().map(|leaf| variable(leaf)).chain(files).chain(OTHERS.map(str::to_owned)).collect()
}

/// `log.level` -> `SYMBOLON_LOG_LEVEL`.
fn variable(leaf: &str) -> String {
    format!("SYMBOLON_{}", leaf.replace('.', "_").to_ascii_uppercase())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(list: &[&str]) -> Vec<String> {
        list.iter().map(|name| (*name).to_owned()).collect()
    }

    #[test]
    fn every_setting_has_a_variable_of_its_own() {
        let known = known_names(&super::super::load::defaults().expect("embedded"));
        let distinct: std::collections::HashSet<_> = known.iter().collect();
        assert_eq!(distinct.len(), known.len(), "{known:?}");
        for name in ["SYMBOLON_LOG_LEVEL", "SYMBOLON_LIMITS_BODY_BYTES", "SYMBOLON_DATABASE_URL_FILE"] {
            assert!(known.iter().any(|k| k == name), "{name}");
        }
    }

    #[test]
    fn a_stray_variable_is_named_with_what_was_meant() {
        assert!(check_names(&names(&["PATH", "SYMBOLON_LISTEN", "SYMBOLON_TEST_PYTHON", "SYMBOLON_CONFIG"])).is_ok());
        let refused = check_names(&names(&["SYMBOLON_LOG_LEVLE"])).expect_err("a typo").to_string();
        assert!(
            refused.contains("SYMBOLON_LOG_LEVLE") && refused.contains("did you mean SYMBOLON_LOG_LEVEL?"),
            "{refused}"
        );
        assert!(check_names(&names(&["SYMBOLON_COLOURS_OF_THE_SKY"])).is_err());
    }

    #[test]
    fn a_list_is_separated_by_commas() {
        let defaults = super::super::load::defaults().expect("embedded");
        let path = ["proxies".to_owned(), "trusted".to_owned()];
        let list = |text: &str| value(&path, text.to_owned(), &defaults);
        let two = list("10.0.0.0/8, fd00::/8").expect("a list");
        assert_eq!(two.as_array().expect("a list").len(), 2);
        let refused = list(r#"["10.0.0.0/8"]"#).expect_err("TOML").to_string();
        assert!(refused.contains("brackets") && refused.contains("one,another"), "{refused}");
    }

    #[test]
    fn the_master_key_comes_from_one_place_only() {
        let file = tempfile::NamedTempFile::new().expect("temporary file");
        std::fs::write(file.path(), "abc\n").expect("written");
        let path = file.path().display().to_string();
        let from_file = |name: &str| (name == "SYMBOLON_MASTER_KEY_FILE").then(|| path.clone());
        let key = master_key_source(&from_file).expect("readable").expect("given");
        assert_eq!(key.reveal(), "abc");
        let both = |_: &str| Some(path.clone());
        let refused = master_key_source(&both).expect_err("two sources").to_string();
        assert!(refused.contains("are both set"), "{refused}");
        assert!(master_key_source(&|_| None).expect("nothing").is_none());
        assert!(master_key_source(&|name| name.ends_with("_FILE").then(|| "/nowhere".to_owned())).is_err());
    }
}
