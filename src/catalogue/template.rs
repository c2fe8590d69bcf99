//! Texts with names in braces, `https://{subdomain}.zendesk.com/oauth/tokens`, and the patterns that values must match.

use regex::{Regex, RegexBuilder};
use serde::de::Error;
use serde::{Deserialize, Deserializer};

/// A text with names in braces.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Template {
    text: String,
    pieces: Vec<Piece>,
}

/// A stretch of a template.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Piece {
    /// As it stands.
    Text(String),
    /// The value of this name.
    Name(String),
}

impl Template {
    /// Reads one.
    pub fn parse(text: &str) -> Result<Self, &'static str> {
        const SHAPE: &str = "has a brace that doesn't pair up, or a name in braces that isn't made of a-z, 0-9 and _";
        let mut pieces = Vec::new();
        let mut rest = text;
        while let Some((before, after)) = rest.split_once('{') {
            let (name, tail) = after.split_once('}').ok_or(SHAPE)?;
            let plain = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_';
            if name.is_empty() || !name.bytes().all(plain) || before.contains('}') {
                return Err(SHAPE);
            }
            if !before.is_empty() {
                pieces.push(Piece::Text(before.to_owned()));
            }
            pieces.push(Piece::Name(name.to_owned()));
            rest = tail;
        }
        if rest.contains('}') {
            return Err(SHAPE);
        }
        if !rest.is_empty() {
            pieces.push(Piece::Text(rest.to_owned()));
        }
        Ok(Template { text: text.to_owned(), pieces })
    }

    /// As it was written.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// Its stretches in order.
    pub fn pieces(&self) -> &[Piece] {
        &self.pieces
    }

    /// The names in it.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.pieces.iter().filter_map(|piece| match piece {
            Piece::Name(name) => Some(name.as_str()),
            Piece::Text(_) => None,
        })
    }

    /// The name that it is as a whole, where it is one.
    pub fn whole(&self) -> Option<&str> {
        match self.pieces.as_slice() {
            [Piece::Name(name)] => Some(name),
            _ => None,
        }
    }
}

impl<'de> Deserialize<'de> for Template {
    fn deserialize<D: Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
        let text = String::deserialize(d)?;
        Template::parse(&text).map_err(|why| D::Error::custom(format!("\"{text}\" {why}")))
    }
}

/// A regular expression that a value must match from its beginning to its end. (The engine takes time in proportion to
/// the text, whatever the pattern.)
#[derive(Clone, Debug)]
pub struct Pattern {
    text: String,
    whole: Regex,
}

impl Pattern {
    /// Reads one.
    pub fn parse(text: &str) -> Result<Self, String> {
        // `\A` and `\z`: `$` would let a line end through in other engines, and readers would wonder about this one.
        let built = RegexBuilder::new(&format!(r"\A(?:{text})\z")).size_limit(1 << 20).build();
        built
            .map(|whole| Pattern { text: text.to_owned(), whole })
            .map_err(|_| format!("\"{text}\" isn't a regular expression"))
    }

    /// As it was written.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// Whether the whole value is one.
    pub fn is_match(&self, value: &str) -> bool {
        self.whole.is_match(value)
    }

    /// What the groups of the pattern hold, with colons between; all of the value when there are none.
    pub fn taken(&self, value: &str) -> Option<String> {
        let found = self.whole.captures(value)?;
        let groups: Vec<&str> = found.iter().skip(1).flatten().map(|group| group.as_str()).collect();
        Some(if groups.is_empty() { value.to_owned() } else { groups.join(":") })
    }
}

impl<'de> Deserialize<'de> for Pattern {
    fn deserialize<D: Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
        Pattern::parse(&String::deserialize(d)?).map_err(D::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_template_knows_its_names() {
        let template = Template::parse("https://{sub}.example.com/{a_1}/x").expect("reads");
        assert_eq!(template.names().collect::<Vec<_>>(), ["sub", "a_1"]);
        assert_eq!(Template::parse("{token_url}").expect("reads").whole(), Some("token_url"));
        assert_eq!(template.whole(), None);
        for bad in ["{", "}", "{}", "{A}", "{a", "a}b", "{a{b}}", "{a}}"] {
            assert!(Template::parse(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn a_pattern_is_about_the_whole_value() {
        let pattern = Pattern::parse("[a-z]+|[0-9]+").expect("reads");
        assert!(pattern.is_match("abc") && pattern.is_match("123"));
        for bad in ["", "abc1", "abc\n", "\nabc", "ABC"] {
            assert!(!pattern.is_match(bad), "{bad:?}");
        }
        let ids = Pattern::parse(".*/id/([^/]+)/([^/]+)").expect("reads");
        assert_eq!(ids.taken("https://x/id/00D/005").as_deref(), Some("00D:005"));
        assert!(Pattern::parse("(").is_err());
    }
}
