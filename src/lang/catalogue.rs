//! One language's messages, made from Project Fluent's syntax into patterns that can only be filled in.
//!
//! What pages need of Fluent is texts with values, choices by number or name, and attributes. Anything else is refused
//! when the file is read, which a test does, so that nothing can go wrong when a page is made.

use super::plural;
use fluent_syntax::ast::{Attribute, Entry, Expression, InlineExpression, Pattern, PatternElement, VariantKey};
use fluent_syntax::parser;
use std::collections::HashMap;

/// The messages of one language.
pub(super) struct Catalogue {
    messages: HashMap<String, Vec<Part>>,
    rule: plural::Rule,
    /// What in the file can't be used; a test wants it empty.
    #[cfg_attr(not(test), expect(dead_code, reason = "only a test asks"))]
    pub faults: Vec<String>,
}

/// A piece of a message.
#[derive(Debug)]
pub(super) enum Part {
    Text(String),
    /// The value of this name.
    Value(String),
    /// By the value of this name; the last one is for all others.
    Choice(String, Vec<(String, Vec<Part>)>, Vec<Part>),
}

impl Catalogue {
    pub fn read(tag: &str, rule: plural::Rule, source: &str) -> Self {
        let mut faults = Vec::new();
        let (resource, errors) = match parser::parse_runtime(source) {
            Ok(resource) => (resource, Vec::new()),
            Err((resource, errors)) => (resource, errors),
        };
        faults.extend(errors.iter().map(|error| format!("{tag}: {error}")));
        let mut messages = HashMap::new();
        for entry in resource.body {
            let Entry::Message(message) = entry else {
                faults.push(format!("{tag}: only messages are understood, not {entry:?}"));
                continue;
            };
            let id = message.id.name.to_owned();
            let own = message.value.into_iter().map(|value| (id.clone(), value));
            let more = message
                .attributes
                .into_iter()
                .map(|Attribute { id: name, value }| (format!("{id}.{}", name.name), value));
            for (id, pattern) in own.chain(more) {
                let parts = parts(pattern).unwrap_or_else(|why| {
                    faults.push(format!("{tag}: {id}: {why}"));
                    Vec::new()
                });
                if messages.insert(id.clone(), parts).is_some() {
                    faults.push(format!("{tag}: {id} is there twice"));
                }
            }
        }
        Catalogue { messages, rule, faults }
    }

    pub fn get(&self, id: &str) -> Option<&[Part]> {
        self.messages.get(id).map(Vec::as_slice)
    }

    /// A message that is one text.
    pub fn bare(&self, id: &str) -> Option<&str> {
        match self.get(id)? {
            [Part::Text(text)] => Some(text),
            _ => None,
        }
    }

    /// CLDR's category of a number in this language.
    pub fn category(&self, n: usize) -> &'static str {
        (self.rule)(n)
    }

    #[cfg(test)]
    pub fn all(&self) -> impl Iterator<Item = (&str, &[Part])> {
        self.messages.iter().map(|(id, parts)| (id.as_str(), parts.as_slice()))
    }
}

fn parts(pattern: Pattern<&str>) -> Result<Vec<Part>, String> {
    pattern.elements.into_iter().map(part).collect()
}

fn part(element: PatternElement<&str>) -> Result<Part, String> {
    match element {
        PatternElement::TextElement { value } => Ok(Part::Text(value.to_owned())),
        PatternElement::Placeable { expression: Expression::Inline(InlineExpression::VariableReference { id }) } => {
            Ok(Part::Value(id.name.to_owned()))
        }
        PatternElement::Placeable { expression: Expression::Inline(InlineExpression::StringLiteral { value }) } => {
            Ok(Part::Text(value.to_owned()))
        }
        PatternElement::Placeable {
            expression: Expression::Select { selector: InlineExpression::VariableReference { id }, variants },
        } => {
            let (mut named, mut other) = (Vec::new(), Vec::new());
            for variant in variants {
                let key = match variant.key {
                    VariantKey::Identifier { name } => name,
                    VariantKey::NumberLiteral { value } => value,
                };
                match variant.default {
                    true => other = parts(variant.value)?,
                    false => named.push((key.to_owned(), parts(variant.value)?)),
                }
            }
            Ok(Part::Choice(id.name.to_owned(), named, other))
        }
        PatternElement::Placeable { expression } => Err(format!("this isn't understood: {expression:?}")),
    }
}
