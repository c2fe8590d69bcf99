//! Settings that can't be used, told to the operator: what is wrong, where, and what to write instead.

use std::fmt;
use std::ops::Range;
use std::path::Path;

/// Settings that can't be used. Displayed as one block of lines without a secret's value.
#[derive(Clone, Debug)]
pub struct Refused {
    what: String,
    place: Option<Place>,
    fix: String,
}

/// Where a setting stands, as lines to print.
#[derive(Clone, Debug)]
pub(super) struct Place(String);

/// How much of a source line may be printed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Show {
    /// All of it.
    Line,
    /// Up to the end of the marked text: what follows is an unknown setting's value, maybe a secret.
    UpToMark,
    /// Nothing but the position.
    Position,
}

impl Refused {
    pub(super) fn new(what: impl Into<String>, fix: impl Into<String>) -> Self {
        Refused { what: what.into(), place: None, fix: fix.into() }
    }

    pub(super) fn at(mut self, place: Option<Place>) -> Self {
        self.place = place;
        self
    }
}

impl fmt::Display for Refused {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{}", self.what)?;
        if let Some(Place(lines)) = &self.place {
            write!(f, "{lines}")?;
        }
        write!(f, "  = {}", self.fix)
    }
}

impl std::error::Error for Refused {}

impl Place {
    /// An environment variable.
    pub(super) fn env(name: &str) -> Self {
        Place(format!("  --> environment variable {name}\n"))
    }

    /// A command-line flag.
    pub(super) fn flag(name: &str) -> Self {
        Place(format!("  --> {name}\n"))
    }

    /// A range of bytes of a file: path, line, column, the line itself and carets below it.
    pub(super) fn file(path: &Path, text: &str, mark: Range<usize>, show: Show) -> Self {
        let before = text.get(..mark.start).unwrap_or(text);
        let number = before.matches('\n').count() + 1;
        let line_start = before.rfind('\n').map_or(0, |at| at + 1);
        let column = before.get(line_start..).unwrap_or_default().chars().count();
        let position = format!("  --> {}:{number}:{}\n", path.display(), column + 1);
        if show == Show::Position {
            return Place(position);
        }
        let line = text.get(line_start..).unwrap_or_default().lines().next().unwrap_or_default().replace('\t', " ");
        let rest_of_line = line.chars().count().saturating_sub(column);
        let marked = text.get(mark).unwrap_or_default().lines().next().unwrap_or_default().chars().count();
        let marked = marked.min(rest_of_line).max(1);
        let shown = match show {
            Show::UpToMark => line.chars().take(column + marked).chain(" …".chars()).collect(),
            _ => line,
        };
        let gutter = " ".repeat(number.to_string().len());
        let (indent, carets) = (" ".repeat(column), "^".repeat(marked));
        Place(format!("{position} {gutter} |\n {number} | {shown}\n {gutter} | {indent}{carets}\n"))
    }
}

/// Among known names the one that was probably meant.
pub(super) fn closest<'a>(written: &str, known: impl Iterator<Item = &'a str>) -> Option<&'a str> {
    let enough = (written.chars().count() / 3).max(2);
    known.map(|name| (distance(written, name), name)).filter(|(far, _)| *far <= enough).min().map(|(_, name)| name)
}

/// Levenshtein: how many letters must be put in, taken out or changed.
fn distance(a: &str, b: &str) -> usize {
    let b: Vec<char> = b.chars().collect();
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, letter) in a.chars().enumerate() {
        let mut next = vec![i + 1];
        for ((other, above_left), above) in b.iter().zip(&row).zip(row.iter().skip(1)) {
            let left = next.last().copied().unwrap_or_default();
            next.push((above_left + usize::from(letter != *other)).min(above + 1).min(left + 1));
        }
        row = next;
    }
    row.last().copied().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_closest_name_is_offered_and_a_far_one_is_not() {
        let known = ["issuer", "listen", "data_dir"];
        assert_eq!(closest("isuer", known.into_iter()), Some("issuer"));
        assert_eq!(closest("datadir", known.into_iter()), Some("data_dir"));
        assert_eq!(closest("colour", known.into_iter()), None);
        assert_eq!(distance("kitten", "sitting"), 3);
        assert_eq!(distance("", "abc"), 3);
    }

    #[test]
    fn a_place_counts_characters_not_bytes() {
        let text = "name = \"ä\"\nä = \"ö\" # x\n";
        let at = text.find("\"ö\"").expect("there");
        let Place(lines) = Place::file(Path::new("a.toml"), text, at..at + 4, Show::Line);
        assert_eq!(lines, "  --> a.toml:2:5\n   |\n 2 | ä = \"ö\" # x\n   |     ^^^\n");
        let Place(lines) = Place::file(Path::new("a.toml"), text, 0..4, Show::UpToMark);
        assert!(lines.contains("1 | name …\n") && lines.ends_with("| ^^^^\n"), "{lines}");
    }
}
