//! The message files themselves: every language has every text, with the same values in it, and nothing can fail.

use super::catalogue::Part;
use super::*;
use std::collections::{BTreeMap, BTreeSet};

fn catalogue(language: Language) -> &'static Catalogue {
    language.catalogue().expect("a catalogue")
}

#[test]
fn every_file_is_understood() {
    for language in Language::all() {
        assert_eq!(catalogue(language).faults, Vec::<String>::new());
        assert!(["ltr", "rtl"].contains(&language.direction()) && !language.name().is_empty(), "{language:?}");
    }
}

/// Which values a message needs.
fn values(parts: &[Part], found: &mut BTreeSet<String>) {
    for part in parts {
        match part {
            Part::Text(_) => {}
            Part::Value(key) => drop(found.insert(key.clone())),
            Part::Choice(key, named, other) => {
                found.insert(key.clone());
                named.iter().for_each(|(_, parts)| values(parts, found));
                values(other, found);
            }
        }
    }
}

fn signatures(language: Language) -> BTreeMap<String, BTreeSet<String>> {
    let signature = |parts: &[Part]| {
        let mut found = BTreeSet::new();
        values(parts, &mut found);
        found
    };
    catalogue(language).all().map(|(id, parts)| (id.to_owned(), signature(parts))).collect()
}

#[test]
fn every_language_has_every_message_with_the_same_values() {
    let english = signatures(Language::ENGLISH);
    assert!(english.len() > 150, "only {} messages", english.len());
    for language in Language::all() {
        let here = signatures(language);
        for (id, values) in &english {
            assert_eq!(here.get(id), Some(values), "{language:?}: {id}");
        }
        for id in here.keys() {
            assert!(english.contains_key(id), "{language:?}: {id} is not in English");
        }
    }
}

fn texts(parts: &[Part], check: &mut dyn FnMut(&str)) {
    for part in parts {
        match part {
            Part::Text(text) => check(text),
            Part::Value(_) => {}
            Part::Choice(_, named, other) => {
                named.iter().for_each(|(_, parts)| texts(parts, check));
                texts(other, check);
            }
        }
    }
}

#[test]
fn messages_are_text_without_markup_or_hidden_characters() {
    for language in Language::all() {
        for (id, parts) in catalogue(language).all() {
            assert!(!parts.is_empty(), "{language:?}: {id} is empty");
            texts(parts, &mut |text| {
                let marks = text.contains(['<', '>', '&']) || text.contains("{") || text.contains("  ");
                let hidden = text.contains(|c: char| c.is_control() && c != '\n')
                    || text
                        .contains(['\u{202a}', '\u{202b}', '\u{202d}', '\u{202e}', '\u{2066}', '\u{2067}', '\u{2068}']);
                assert!(!marks && !hidden, "{language:?}: {id}: {text:?}");
            });
        }
    }
}

#[test]
fn values_are_escaped_and_isolated() {
    let evil = "<b>\u{202e}\"x'&\u{2069}";
    let message = Message::new("page-continue-to");
    assert_eq!(
        message.clone().name("client", evil).to_string(),
        "to continue to <bdi>&#60;b&#62;&#34;x&#39;&#38;</bdi>"
    );
    let strong = message.clone().strong("client", "a").to_string();
    assert_eq!(strong, "to continue to <strong><bdi>a</bdi></strong>");
    assert_eq!(message.name("client", evil).plain(), "to continue to \u{2068}<b>\"x'&\u{2069}");
}

#[test]
fn numbers_and_days_are_written_as_the_language_does() {
    let said = |language, message: Message| message.in_language(language).to_string();
    let named = |tag| Language::for_tag(tag).expect("a language");
    let waits = |n: usize| Message::new("login-throttled").count("seconds", n);
    assert!(said(named("en"), waits(1)).contains("1 second,"));
    assert!(said(named("en"), waits(1234)).contains("1,234 seconds"));
    assert!(said(named("de"), waits(1234)).contains("1.234 Sekunden"));
    assert!(said(named("ar"), waits(2)).contains("ثانيتين"));
    assert!(said(named("ar"), waits(5)).contains("5 ثوانٍ"));
    assert!(said(named("ar"), waits(11)).contains("11 ثانيةً"));
    let day = crate::base::Time::from_secs(1_793_664_000);
    let approved = || Message::new("consent-approved").name("brand", "S").date("day", &day);
    let time = |text: &str| format!("<time datetime=\"2026-11-03\">{text}</time>");
    assert!(said(named("en"), approved()).ends_with(&time("3 Nov 2026")), "{}", approved());
    assert!(said(named("de"), approved()).ends_with(&time("3. November 2026")));
    assert!(said(named("ar"), approved()).ends_with(&time("3 نوفمبر 2026")));
}
