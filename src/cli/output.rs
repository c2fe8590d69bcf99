//! What a command prints: text for people or one JSON document for programs on stdout, what went wrong on stderr.

use crate::admin::Refused;
use crate::db::Fault;
use serde_json::Value;
use std::io::Write;
use std::process::ExitCode;

/// For whom the output is: text for people, or one JSON document. (Sentences on the variants would show in every --help.)
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, clap::ValueEnum)]
#[expect(missing_docs, reason = "clap would show them in every --help")]
pub enum Format {
    #[default]
    Human,
    Json,
}

/// What a command has to say, for either reader.
#[derive(Debug)]
pub struct Printed {
    /// For people.
    pub text: String,
    /// For programs.
    pub json: Value,
    /// Whether it is what was hoped for: 0, or 1.
    pub good: bool,
}

impl Printed {
    /// Good news.
    pub fn new(text: impl Into<String>, json: Value) -> Self {
        Printed { text: text.into(), json, good: true }
    }

    /// Nothing to say.
    pub fn silent() -> Self {
        Printed::new("", Value::Null)
    }

    /// Prints it. A reader that has gone (`| head`) is no failure.
    pub fn print(self, format: Format) -> ExitCode {
        let text = match format {
            _ if self.text.is_empty() && self.json.is_null() => return ExitCode::from(u8::from(!self.good)),
            Format::Human => self.text,
            Format::Json => format!("{:#}", self.json),
        };
        let written = writeln!(anstream::stdout(), "{}", text.trim_end());
        match written {
            Err(why) if why.kind() != std::io::ErrorKind::BrokenPipe => {
                Failure::failed(format!("the answer couldn't be written: {why}")).print()
            }
            _ => ExitCode::from(u8::from(!self.good)),
        }
    }
}

/// Why a command failed: what happened, and what to do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Failure {
    /// 1: it failed. 2: the command was wrong.
    code: u8,
    what: String,
    fix: Option<String>,
}

impl Failure {
    /// It failed.
    pub fn failed(what: impl Into<String>) -> Self {
        Failure { code: 1, what: what.into(), fix: None }
    }

    /// The command was wrong.
    pub fn usage(what: impl Into<String>) -> Self {
        Failure { code: 2, ..Failure::failed(what) }
    }

    /// With what to do now.
    pub fn fix(self, fix: impl Into<String>) -> Self {
        Failure { fix: Some(fix.into()), ..self }
    }

    /// Prints it to stderr as one block.
    pub fn print(self) -> ExitCode {
        let fix = self.fix.map(|fix| format!("\n  {}", fix.replace('\n', "\n  "))).unwrap_or_default();
        let _ = writeln!(anstream::stderr(), "\x1b[1;31merror:\x1b[0m {}{fix}", self.what);
        ExitCode::from(self.code)
    }
}

impl From<Refused> for Failure {
    fn from(refused: Refused) -> Self {
        match refused {
            Refused::Invalid { .. } => Failure::usage(refused.to_string()),
            Refused::Fault(fault) => fault.into(),
            other => Failure::failed(other.to_string()),
        }
    }
}

impl From<Fault> for Failure {
    fn from(fault: Fault) -> Self {
        match fault {
            Fault::Busy(_) => Failure::failed(fault.to_string()).fix("Try again in a moment."),
            Fault::Gone(_) => Failure::failed(fault.to_string())
                .fix("Check `data_dir` or `database_url`, and that the database runs."),
            Fault::Conflict(_) | Fault::Bug(_) => Failure::failed(fault.to_string()),
        }
    }
}

impl From<crate::config::Refused> for Failure {
    fn from(refused: crate::config::Refused) -> Self {
        Failure::usage(refused.to_string())
    }
}

impl From<crate::server::Refused> for Failure {
    fn from(refused: crate::server::Refused) -> Self {
        Failure::failed(refused.to_string())
    }
}

/// A line to stderr that isn't the answer.
pub(super) fn note(text: &str) {
    let _ = writeln!(anstream::stderr(), "{text}");
}

/// Bold, where a terminal reads it.
pub(super) fn bold(text: &str) -> String {
    format!("\x1b[1m{text}\x1b[0m")
}

fn faint(text: &str) -> String {
    format!("\x1b[2m{text}\x1b[0m")
}

/// Columns as wide as their widest cell, with a head. Nothing under the head says so.
pub(super) fn table(head: &[&str], rows: &[Vec<String>], none: &str) -> String {
    if rows.is_empty() {
        return none.to_owned();
    }
    let width = |n: usize| {
        let cells = rows.iter().filter_map(|row| row.get(n)).map(|cell| cell.chars().count());
        cells.chain(head.get(n).map(|name| name.len())).max().unwrap_or(0)
    };
    let widths: Vec<usize> = (0..head.len()).map(width).collect();
    let line = |cells: &mut dyn Iterator<Item = &str>| -> String {
        let padded: Vec<String> =
            cells.zip(&widths).map(|(cell, width)| format!("{cell:<width$}", width = *width)).collect();
        padded.join("  ").trim_end().to_owned()
    };
    let first = faint(&line(&mut head.iter().copied()));
    let rest = rows.iter().map(|row| line(&mut row.iter().map(String::as_str)));
    std::iter::once(first).chain(rest).collect::<Vec<_>>().join("\n")
}

/// Labels and values under each other; a value of several lines stays in its column, an empty one is left out.
pub(super) fn block(lines: &[(&str, String)]) -> String {
    let width = lines.iter().filter(|(_, value)| !value.is_empty()).map(|(label, _)| label.len()).max().unwrap_or(0);
    let mut out = Vec::new();
    for (label, value) in lines {
        for (n, part) in value.lines().enumerate() {
            let label = if n == 0 { *label } else { "" };
            out.push(format!("  {}  {part}", faint(&format!("{label:<width$}"))));
        }
    }
    out.join("\n")
}

/// A moment, to the minute, in UTC.
pub(super) fn moment(time: crate::base::Time) -> String {
    let text = time.rfc3339();
    let minute: String = text.chars().take(16).collect();
    format!("{} UTC", minute.replace('T', " "))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn plain(text: &str) -> String {
        anstream::adapter::strip_str(text).to_string()
    }

    #[test]
    fn columns_are_aligned_and_lines_have_no_tail() {
        let rows = vec![vec!["a".to_owned(), "\u{e4}\u{f6}\u{fc}".to_owned()], vec!["long".to_owned(), String::new()]];
        assert_eq!(plain(&table(&["ID", "NAME"], &rows, "none")), "ID    NAME\na     \u{e4}\u{f6}\u{fc}\nlong");
        assert_eq!(table(&["ID"], &[], "No clients yet."), "No clients yet.");
    }

    #[test]
    fn a_block_keeps_its_column() {
        let lines = [("name", "Shop".to_owned()), ("leads to", "a\nb".to_owned()), ("nothing here", String::new())];
        assert_eq!(plain(&block(&lines)), "  name      Shop\n  leads to  a\n            b");
    }

    #[test]
    fn moments_are_read_by_people() {
        assert_eq!(moment(crate::base::Time::from_secs(1_700_000_000)), "2023-11-14 22:13 UTC");
    }
}
