//! The languages of pages: texts live in `messages/*.ftl` (Project Fluent), read once and then only looked up.

mod catalogue;
mod choose;
mod message;
mod plural;
#[cfg(test)]
mod tests;
mod when;

pub use message::Message;

use catalogue::Catalogue;
use std::fmt;
use std::sync::LazyLock;

/// Every language: its BCP 47 tag, how it counts, and its messages. The first is what the others are translated from.
const SOURCES: [(&str, plural::Rule, &str); 3] = [
    ("en", plural::one, include_str!("../../messages/en.ftl")),
    ("de", plural::one, include_str!("../../messages/de.ftl")),
    ("ar", plural::arabic, include_str!("../../messages/ar.ftl")),
];

static CATALOGUES: LazyLock<Vec<Catalogue>> =
    LazyLock::new(|| SOURCES.iter().map(|(tag, rule, source)| Catalogue::read(tag, *rule, source)).collect());

/// A language that pages are written in.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Language(usize);

impl Language {
    /// What the others are translated from.
    pub const ENGLISH: Language = Language(0);

    /// All of them.
    pub fn all() -> impl Iterator<Item = Language> {
        (0..SOURCES.len()).map(Language)
    }

    /// BCP 47.
    pub fn tag(self) -> &'static str {
        SOURCES.get(self.0).map_or("en", |(tag, ..)| tag)
    }

    /// What HTML's `dir` wants: `ltr` or `rtl`.
    pub fn direction(self) -> &'static str {
        self.catalogue().and_then(|all| all.bare("language-direction")).unwrap_or("ltr")
    }

    /// What its speakers call it.
    pub fn name(self) -> &'static str {
        self.catalogue().and_then(|all| all.bare("language-name")).unwrap_or(self.tag())
    }

    fn catalogue(self) -> Option<&'static Catalogue> {
        CATALOGUES.get(self.0)
    }
}

impl fmt::Debug for Language {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.tag())
    }
}
