//! Days, times and numbers as each language writes them.

use super::{Language, Message};
use crate::base::Time;

/// How much of a moment is shown.
#[derive(Clone, Copy, Debug)]
pub(super) enum Form {
    Date,
    DateTime,
}

impl Form {
    /// In words; UTC, and the text says so where it matters.
    pub fn say(self, at: Time) -> Message {
        let day = at.civil();
        let message = match self {
            Form::Date => Message::new("date"),
            Form::DateTime => Message::new("date-time"),
        };
        let message = message
            .digits("day", day.day().to_string())
            .digits("month", day.month().to_string())
            .digits("year", day.year().to_string());
        match self {
            Form::Date => message,
            Form::DateTime => message.digits("time", format!("{:02}:{:02}", day.hour(), day.minute())),
        }
    }

    /// HTML's `datetime`.
    pub fn datetime(self, at: Time) -> String {
        match self {
            Form::Date => at.civil().date().to_string(),
            Form::DateTime => at.rfc3339(),
        }
    }
}

/// With its thousands apart.
pub(super) fn number(n: usize, language: Language) -> String {
    let digits = n.to_string();
    let between = language.catalogue().and_then(|all| all.bare("number-group")).unwrap_or_default();
    let mut shown = String::new();
    for (i, digit) in digits.chars().enumerate() {
        if i > 0 && (digits.len() - i).is_multiple_of(3) {
            shown.push_str(between);
        }
        shown.push(digit);
    }
    shown
}
