//! RFC 6749 §5.1, vault.md F30, F31: how long a token lives, whatever form the answer says it in.

use crate::base::Time;
use crate::vault::catalogue::{Lasts, Unit};
use serde_json::Value;
use std::time::Duration;

/// How long a token lives.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Expiry {
    /// The answer says: this long, from before the request.
    In(Duration),
    /// The answer says: until then, by the provider's clock, of which it says nothing.
    At(Time),
    /// The answer doesn't say; by the definition it is this long.
    Assumed(Duration),
    /// By the definition for ever, or nothing hints at an end.
    Never,
    /// Nobody knows.
    Unknown,
}

impl Expiry {
    /// When it ends, for a request that was begun at `asked`; `None` when it doesn't, or nobody knows.
    pub fn at(self, asked: Time) -> Option<Time> {
        match self {
            Expiry::In(span) | Expiry::Assumed(span) => Some(asked + span),
            Expiry::At(time) => Some(time),
            Expiry::Never | Expiry::Unknown => None,
        }
    }
}

/// A lie: no provider means a hundred years. Ten are real (Linear's old tokens).
const LONGEST: Duration = Duration::from_secs(100 * 365 * 86_400);

/// What an answer says of an end: nothing, nonsense, or when.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Said {
    Nothing,
    Nonsense,
    When(Expiry),
}

/// Reads the member. `date` is the provider's clock: with it a date becomes a span, however wrong that clock is.
pub(super) fn said(value: Option<&Value>, unit: Unit, date: Option<Time>) -> Said {
    let value = match value {
        None | Some(Value::Null) => return Said::Nothing,
        Some(value) => value,
    };
    let when = match unit {
        Unit::Seconds => span(value, 1000.0).map(Expiry::In),
        Unit::Millis => span(value, 1.0).map(Expiry::In),
        Unit::AtSeconds => span(value, 1000.0).and_then(|since| moment(Time::from_millis(0) + since, date)),
        Unit::AtMillis => span(value, 1.0).and_then(|since| moment(Time::from_millis(0) + since, date)),
        Unit::AtDate => {
            value.as_str().filter(|text| text.len() <= 64).and_then(Time::parse).and_then(|at| moment(at, date))
        }
    };
    when.map_or(Said::Nonsense, Said::When)
}

/// A number or a text of digits; not 0, not below, not beyond belief.
fn span(value: &Value, millis: f64) -> Option<Duration> {
    let number = match value {
        Value::Number(number) => number.as_f64()?,
        Value::String(text) if text.len() <= 20 => text.trim().parse::<f64>().ok()?,
        _ => return None,
    };
    let span = Duration::try_from_secs_f64(number * millis / 1000.0).ok()?;
    (!span.is_zero() && span <= LONGEST).then_some(span)
}

fn moment(at: Time, date: Option<Time>) -> Option<Expiry> {
    let Some(date) = date else { return Some(Expiry::At(at)) };
    let left = u64::try_from(at.millis().saturating_sub(date.millis())).ok()?;
    let span = Duration::from_millis(left);
    (!span.is_zero() && span <= LONGEST).then_some(Expiry::In(span))
}

/// What counts for an access token. F31: without a word about its end, and without a refresh token, it has none; what
/// can't be read is no such silence.
pub(super) fn settled(said: Said, assumed: Lasts, refreshable: bool) -> Expiry {
    match (said, assumed) {
        (Said::When(expiry), _) => expiry,
        (_, Lasts::For(span)) => Expiry::Assumed(span),
        (_, Lasts::Always) => Expiry::Never,
        (Said::Nothing, Lasts::Unknown) if !refreshable => Expiry::Never,
        (_, Lasts::Unknown) => Expiry::Unknown,
    }
}

/// RFC 9110 §10.2.3: seconds, or a date, which counts from the provider's own. A day at most.
pub(super) fn retry_after(text: Option<&str>, date: Option<Time>) -> Option<Duration> {
    let text = text?.trim();
    let most = Duration::from_secs(86_400);
    if let Ok(seconds) = text.parse::<u64>() {
        return Some(Duration::from_secs(seconds).min(most));
    }
    let left = http_date(text)?.millis().saturating_sub(date?.millis());
    Some(Duration::from_millis(u64::try_from(left).unwrap_or(0)).min(most))
}

/// RFC 9110 §5.6.7.
pub(super) fn http_date(text: &str) -> Option<Time> {
    static READER: jiff::fmt::rfc2822::DateTimeParser = jiff::fmt::rfc2822::DateTimeParser::new();
    (text.len() <= 40)
        .then(|| READER.parse_timestamp(text).ok())
        .flatten()
        .map(|at| Time::from_millis(at.as_millisecond()))
}
