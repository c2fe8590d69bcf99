//! Messages and those who name them, by reading both: no name without a message, no message without a name, and each is
//! given the values that it needs. What the message files must be among themselves is tested beside `src/lang`.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

/// Given by the shell of every page.
const ALWAYS: &str = "brand";
/// Named by the code that reads languages themselves.
const OWN: [&str; 5] = ["language-name", "language-direction", "number-group", "date", "date-time"];
/// What begins a chain that names a message.
const MARKS: [&str; 2] = [".t(\"", "Message::new(\""];

/// What developers of apps are told stays in English, as the protocol is.
const FOR_DEVELOPERS: [&str; 2] = ["error", "We won’t send people back to the app:"];

struct Named {
    place: String,
    id: String,
    values: BTreeSet<String>,
}

#[test]
fn every_message_that_is_named_exists_and_every_one_is_named() {
    let messages = messages();
    let named = all_named();
    assert!(messages.len() > 140 && named.len() > 160, "{} messages, {} names", messages.len(), named.len());
    let mut findings = Vec::new();
    for Named { place, id, values } in &named {
        let Some(wanted) = messages.get(id) else {
            findings.push(format!("{place}: there is no message {id}"));
            continue;
        };
        for value in wanted.difference(values).filter(|value| *value != ALWAYS) {
            findings.push(format!("{place}: {id} needs `{value}`"));
        }
        for value in values.difference(wanted) {
            findings.push(format!("{place}: {id} has no place for `{value}`"));
        }
    }
    let used: BTreeSet<&str> = named.iter().map(|named| &*named.id).chain(OWN).collect();
    findings.extend(messages.keys().filter(|id| !used.contains(&***id)).map(|id| format!("{id} is named nowhere")));
    assert!(findings.is_empty(), "\n{}\n", findings.join("\n"));
}

/// A template that says something by itself says it in one language.
#[test]
fn templates_hold_no_texts_of_their_own() {
    let mut findings = Vec::new();
    for file in files("templates", "html")
        .into_iter()
        .filter(|file| !["templates/dev", "templates/reference"].iter().any(|english| file.starts_with(english)))
    {
        let text = std::fs::read_to_string(root().join(&file)).expect("a template");
        for words in loose(&text) {
            findings.push(format!("{}: {words:?}", file.display()));
        }
    }
    assert!(findings.is_empty(), "these belong into messages/*.ftl:\n{}\n", findings.join("\n"));
}

/// Words outside of tags and of what askama does; and those of attributes that people hear.
fn loose(template: &str) -> Vec<String> {
    let mut bare = String::new();
    let mut rest = template;
    while let Some(at) = rest.find(['{', '<']) {
        bare.push_str(&rest[..at]);
        let from = &rest[at..];
        let end = match from.get(..2) {
            Some("{{") => "}}",
            Some("{%") => "%}",
            Some("{#") => "#}",
            _ if from.starts_with('<') => ">",
            _ => "{",
        };
        let inside = match end {
            ">" => tag_end(from),
            end => from.find(end).map_or(from.len(), |at| at + end.len()),
        };
        if end == ">" {
            for heard in ["aria-label=\"", "title=\"", "placeholder=\"", " alt=\""] {
                let value = from[..inside].split_once(heard).map(|(_, value)| value).unwrap_or_default();
                bare.push('\n');
                bare.push_str(value.split(['"', '{']).next().unwrap_or_default());
            }
        }
        bare.push('\n');
        rest = &from[inside..];
    }
    bare.push_str(rest);
    let words = |line: &&str| line.chars().filter(|c| c.is_alphabetic()).count() > 1;
    let loose = bare.lines().map(str::trim).filter(words).filter(|line| !line.starts_with("id=\""));
    loose.filter(|line| !FOR_DEVELOPERS.contains(line)).map(str::to_owned).collect()
}

/// A tag ends at its `>`, those of `{{ … }}` within aside.
fn tag_end(from: &str) -> usize {
    let mut at = 0;
    while at < from.len() {
        let rest = &from[at..];
        if rest.starts_with("{{") || rest.starts_with("{%") {
            let end = if rest.starts_with("{{") { "}}" } else { "%}" };
            at += rest.find(end).map_or(rest.len(), |found| found + 2);
        } else if rest.starts_with('>') {
            return at + 1;
        } else {
            at += rest.chars().next().map_or(1, char::len_utf8);
        }
    }
    from.len()
}

/// Names and values of the English messages, those of their parts with them.
fn messages() -> BTreeMap<String, BTreeSet<String>> {
    let text = std::fs::read_to_string(root().join("messages/en.ftl")).expect("messages");
    let mut messages: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    let mut id = String::new();
    for line in text.lines().filter(|line| !line.starts_with('#')) {
        if line.starts_with(|c: char| c.is_ascii_lowercase()) {
            id = line.split(" =").next().unwrap_or_default().to_owned();
            messages.insert(id.clone(), BTreeSet::new());
        }
        for (at, _) in line.match_indices('$') {
            messages.get_mut(&id).expect("a message").insert(word(&line[at + 1..]));
        }
    }
    messages
}

fn all_named() -> Vec<Named> {
    let mut named = Vec::new();
    let sources = files("src", "rs").into_iter().filter(|file| !file.starts_with("src/lang"));
    for file in sources.chain(files("templates", "html")) {
        let text = std::fs::read_to_string(root().join(&file)).expect("a file");
        let text = text.split("\n#[cfg(test)]\nmod tests {").next().unwrap_or_default();
        for mark in MARKS {
            for (at, _) in text.match_indices(mark) {
                let rest = &text[at + mark.len()..];
                let id = rest.split('"').next().unwrap_or_default().to_owned();
                let place = format!("{}:{}", file.display(), text[..at].lines().count());
                let chain = &rest[id.len()..];
                named.push(Named { place, id, values: given(chain) });
            }
        }
    }
    named
}

/// The values that a chain of calls gives: `").name("client", …).count("n", …)`.
fn given(chain: &str) -> BTreeSet<String> {
    let mut values = BTreeSet::new();
    let Some(mut rest) = chain.strip_prefix("\")") else { return values };
    while let Some(call) = rest.trim_start().strip_prefix('.') {
        let method = word(call);
        let Some(inside) = call[method.len()..].strip_prefix('(') else { break };
        if ["name", "strong", "code", "count", "date", "time"].contains(&&*method) {
            values.insert(word(inside.strip_prefix('"').unwrap_or_default()));
        }
        let mut depth = 1;
        let end = inside.char_indices().find(|(_, c)| {
            depth += i32::from(*c == '(') - i32::from(*c == ')');
            depth == 0
        });
        rest = end.map_or("", |(at, _)| &inside[at + 1..]);
    }
    values
}

fn word(text: &str) -> String {
    text.chars().take_while(|c| c.is_alphanumeric() || matches!(c, '_' | '-')).collect()
}

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn files(under: &str, ending: &str) -> Vec<PathBuf> {
    let mut found = Vec::new();
    let mut folders = vec![root().join(under)];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).expect("a folder") {
            let path = entry.expect("an entry").path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|have| have == ending) {
                found.push(path.strip_prefix(root()).expect("below").to_owned());
            }
        }
    }
    found.sort();
    found
}
