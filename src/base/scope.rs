//! RFC 6749 §3.3: scopes, a set of names in the order in which they were asked for.

use std::fmt;

/// The longest `scope` parameter that is read, in bytes.
pub const MAX_BYTES: usize = 1024;

/// A set of scope names. `offline` and `offline_access` are one scope with two spellings; whichever was asked for is
/// kept, and either satisfies the other.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ScopeSet(Vec<String>);

/// Why a `scope` text was refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BadScope {
    /// A character outside `%x21 / %x23-5B / %x5D-7E`.
    Grammar,
    /// More than [`MAX_BYTES`].
    TooLong,
}

impl ScopeSet {
    /// Reads a space-delimited list; repeated names count once.
    pub fn parse(text: &str) -> Result<Self, BadScope> {
        if text.len() > MAX_BYTES {
            return Err(BadScope::TooLong);
        }
        let mut set = ScopeSet::default();
        for name in text.split(' ').filter(|name| !name.is_empty()) {
            if !name.bytes().all(|b| matches!(b, 0x21 | 0x23..=0x5b | 0x5d..=0x7e)) {
                return Err(BadScope::Grammar);
            }
            set.insert(name);
        }
        Ok(set)
    }

    /// Reads what this type wrote before; anything else is left out.
    pub fn stored(text: &str) -> Self {
        ScopeSet::parse(text).unwrap_or_default()
    }

    /// Adds a name unless it, or its other spelling, is there.
    pub fn insert(&mut self, name: &str) {
        if !self.has(name) {
            self.0.push(name.to_owned());
        }
    }

    /// Whether the scope, in either spelling, is in the set.
    pub fn has(&self, name: &str) -> bool {
        self.0.iter().any(|have| canonical(have) == canonical(name))
    }

    /// Whether tokens may be refreshed when the user is away.
    pub fn offline(&self) -> bool {
        self.has("offline")
    }

    /// Whether every name here is in `other`.
    pub fn within(&self, other: &ScopeSet) -> bool {
        self.0.iter().all(|name| other.has(name))
    }

    /// The names for which `keep` holds.
    pub fn only(&self, keep: impl Fn(&str) -> bool) -> ScopeSet {
        ScopeSet(self.0.iter().filter(|name| keep(name)).cloned().collect())
    }

    /// Leaves the names for which `keep` holds.
    pub fn keep(&mut self, keep: impl Fn(&str) -> bool) {
        self.0.retain(|name| keep(name));
    }

    /// The names here that `other` lacks.
    pub fn minus(&self, other: &ScopeSet) -> ScopeSet {
        self.only(|name| !other.has(name))
    }

    /// Both sets together.
    pub fn union(&self, other: &ScopeSet) -> ScopeSet {
        let mut all = self.clone();
        other.iter().for_each(|name| all.insert(name));
        all
    }

    /// The names in order.
    pub fn iter(&self) -> impl Iterator<Item = &str> {
        self.0.iter().map(String::as_str)
    }

    /// Whether nothing is asked for.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

fn canonical(name: &str) -> &str {
    if name == "offline_access" { "offline" } else { name }
}

impl fmt::Display for ScopeSet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0.join(" "))
    }
}

impl serde::Serialize for ScopeSet {
    fn serialize<S: serde::Serializer>(&self, s: S) -> Result<S::Ok, S::Error> {
        s.serialize_str(&self.to_string())
    }
}

impl<'de> serde::Deserialize<'de> for ScopeSet {
    fn deserialize<D: serde::Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
        let text = <String as serde::Deserialize>::deserialize(d)?;
        ScopeSet::parse(&text).map_err(|_| serde::de::Error::custom("not a list of scopes"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn set(text: &str) -> ScopeSet {
        ScopeSet::parse(text).expect("valid")
    }

    #[test]
    fn offline_and_offline_access_are_one_scope_and_keep_their_spelling() {
        let asked = set("openid offline_access offline");
        assert_eq!(asked.to_string(), "openid offline_access");
        assert!(asked.has("offline") && asked.within(&set("offline openid")));
    }

    #[test]
    fn s3_3_grammar() {
        assert_eq!(ScopeSet::parse("a\"b"), Err(BadScope::Grammar));
        assert_eq!(ScopeSet::parse("a\u{e4}"), Err(BadScope::Grammar));
        assert_eq!(ScopeSet::parse("a\tb"), Err(BadScope::Grammar));
        assert_eq!(ScopeSet::parse(&"a ".repeat(600)), Err(BadScope::TooLong));
        assert_eq!(set("  b  a b ").to_string(), "b a");
    }
}
