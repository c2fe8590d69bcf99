//! A text for a person: the name of a message, and what goes into it. It can't carry markup or turn its surroundings
//! around, whatever its values hold.

use super::catalogue::Part;
use super::{Language, when};
use crate::base::Time;
use askama::filters::HtmlSafe;
use std::borrow::Borrow;
use std::fmt::{self, Display, Formatter, Write};

/// A text for a person. Shown in HTML it is escaped, and so are its values, each isolated in `<bdi>`; [`Message::plain`]
/// is for where no elements may be: titles, attributes, mails.
#[derive(Clone, Debug)]
pub struct Message {
    id: &'static str,
    part: Option<&'static str>,
    values: Vec<(&'static str, Value)>,
    language: Language,
}

#[derive(Clone, Debug)]
enum Value {
    Name(String),
    Strong(String),
    Code(String),
    Count(usize),
    Moment(Time, when::Form),
    /// Digits as they are: of a date.
    Digits(String),
}

impl Message {
    /// The message of this name, in English until [`Message::in_language`].
    pub fn new(id: &'static str) -> Self {
        Message { id, part: None, values: Vec::new(), language: Language::ENGLISH }
    }

    /// In this language.
    pub fn in_language(self, language: Language) -> Self {
        Message { language, ..self }
    }

    /// Another text of the same message: an attribute in Fluent's words.
    pub fn part(&self, part: &'static str) -> Self {
        Message { part: Some(part), ..self.clone() }
    }

    /// With a name in it: of an app, a person, an address.
    pub fn name(self, key: &'static str, name: impl AsRef<str>) -> Self {
        self.with(key, Value::Name(name.as_ref().to_owned()))
    }

    /// With a name in it that stands out.
    pub fn strong(self, key: &'static str, name: impl AsRef<str>) -> Self {
        self.with(key, Value::Strong(name.as_ref().to_owned()))
    }

    /// With something in it that is to be typed or compared letter by letter; always from left to right.
    pub fn code(self, key: &'static str, text: impl AsRef<str>) -> Self {
        self.with(key, Value::Code(text.as_ref().to_owned()))
    }

    /// With a number in it, or chosen by one.
    pub fn count(self, key: &'static str, n: impl Borrow<usize>) -> Self {
        self.with(key, Value::Count(*n.borrow()))
    }

    /// With a day in it.
    pub fn date(self, key: &'static str, at: &Time) -> Self {
        self.with(key, Value::Moment(*at, when::Form::Date))
    }

    /// With a day and the time of day in it.
    pub fn time(self, key: &'static str, at: &Time) -> Self {
        self.with(key, Value::Moment(*at, when::Form::DateTime))
    }

    pub(super) fn digits(self, key: &'static str, digits: String) -> Self {
        self.with(key, Value::Digits(digits))
    }

    fn with(mut self, key: &'static str, value: Value) -> Self {
        self.values.push((key, value));
        self
    }

    /// Without elements: values are isolated by characters (UAX #9, FSI and PDI).
    pub fn plain(&self) -> String {
        let mut text = String::new();
        let _ = self.write(&mut text, Shape::Plain);
        text
    }

    fn write(&self, to: &mut dyn Write, shape: Shape) -> fmt::Result {
        let catalogue = self.language.catalogue();
        let parts = match self.part {
            None => catalogue.and_then(|all| all.get(self.id)),
            Some(part) => catalogue.and_then(|all| all.get(&format!("{}.{part}", self.id))),
        };
        match parts {
            Some(parts) => self.fill(parts, to, shape),
            // Never: a test holds all names against all languages.
            None => to.write_str(self.id),
        }
    }

    fn fill(&self, parts: &[Part], to: &mut dyn Write, shape: Shape) -> fmt::Result {
        for part in parts {
            match part {
                Part::Text(text) => shape.text(to, text)?,
                Part::Value(key) => self.value(key).map_or(Ok(()), |value| self.show(value, to, shape))?,
                Part::Choice(key, named, other) => {
                    let chosen = self.value(key).and_then(|value| self.choose(value, named));
                    self.fill(chosen.map_or(other, |(_, parts)| parts), to, shape)?;
                }
            }
        }
        Ok(())
    }

    fn value(&self, key: &str) -> Option<&Value> {
        self.values.iter().find(|(have, _)| *have == key).map(|(_, value)| value)
    }

    /// A number is chosen by itself before its category.
    fn choose<'a>(&self, value: &Value, named: &'a [(String, Vec<Part>)]) -> Option<&'a (String, Vec<Part>)> {
        let is = |key: &str| named.iter().find(|(have, _)| have == key);
        match value {
            Value::Count(n) => is(&n.to_string()).or_else(|| is(self.language.catalogue()?.category(*n))),
            Value::Name(text) | Value::Strong(text) | Value::Code(text) | Value::Digits(text) => is(text),
            Value::Moment(..) => None,
        }
    }

    fn show(&self, value: &Value, to: &mut dyn Write, shape: Shape) -> fmt::Result {
        match value {
            Value::Name(name) => shape.isolated(to, name, ("<bdi>", "</bdi>")),
            Value::Strong(name) => shape.isolated(to, name, ("<strong><bdi>", "</bdi></strong>")),
            Value::Code(text) => shape.isolated(to, text, ("<code dir=\"ltr\">", "</code>")),
            Value::Count(n) => to.write_str(&when::number(*n, self.language)),
            Value::Digits(digits) => to.write_str(digits),
            Value::Moment(at, form) => {
                let said = form.say(*at).in_language(self.language);
                if let Shape::Html = shape {
                    write!(to, "<time datetime=\"{}\">", form.datetime(*at))?;
                }
                said.write(to, shape)?;
                if let Shape::Html = shape { to.write_str("</time>") } else { Ok(()) }
            }
        }
    }
}

/// In HTML.
impl Display for Message {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        self.write(f, Shape::Html)
    }
}

/// Everything that is written is escaped here.
impl HtmlSafe for Message {}

#[derive(Clone, Copy)]
enum Shape {
    Html,
    Plain,
}

impl Shape {
    fn text(self, to: &mut dyn Write, text: &str) -> fmt::Result {
        match self {
            Shape::Html => escape(to, text),
            Shape::Plain => to.write_str(text),
        }
    }

    fn isolated(self, to: &mut dyn Write, value: &str, (before, after): (&str, &str)) -> fmt::Result {
        let quiet: String = value.chars().filter(|c| !turns(*c)).collect();
        match self {
            Shape::Html => {
                to.write_str(before)?;
                escape(to, &quiet)?;
                to.write_str(after)
            }
            Shape::Plain => write!(to, "\u{2068}{quiet}\u{2069}"),
        }
    }
}

/// UAX #9 §2: embeddings, overrides and isolates. A stray end of one would end ours too.
fn turns(c: char) -> bool {
    matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

fn escape(to: &mut dyn Write, text: &str) -> fmt::Result {
    let mut rest = text;
    while let Some(at) = rest.find(['&', '<', '>', '"', '\'']) {
        let (before, from) = rest.split_at(at);
        to.write_str(before)?;
        let mut chars = from.chars();
        to.write_str(match chars.next() {
            Some('&') => "&#38;",
            Some('<') => "&#60;",
            Some('>') => "&#62;",
            Some('"') => "&#34;",
            _ => "&#39;",
        })?;
        rest = chars.as_str();
    }
    to.write_str(rest)
}
