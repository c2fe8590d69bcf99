//! The clock of this process, to be moved: see tokens expire without waiting.

use super::Playground;
use crate::app::App;
use crate::base::Time;
use crate::web::browser::check_form;
use crate::web::{Form, Stopped};
use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::{IntoResponse, Redirect, Response};

/// The most that the clock is moved, in milliseconds: ten years.
const MOST: i64 = 10 * 365 * 86_400_000;

/// `POST /dev/clock`: `by` seconds forward, or back to `now`.
pub(super) async fn post(
    State(playground): State<Playground>,
    headers: HeaderMap,
    Form(form): Form,
) -> Result<Response, Stopped> {
    let params = form.map_err(Stopped::bad_form)?;
    check_form(&playground.app, &headers, &params).map_err(Stopped::forged)?;
    let clock = &playground.app.clock;
    match params.get("by") {
        Some("now") => drop(clock.shift(clock.offset().saturating_neg())),
        Some(by) => {
            let by: i64 = by.parse().ok().filter(|by| (1..=MOST / 1000).contains(by)).ok_or_else(odd)?;
            if clock.offset().saturating_add(by.saturating_mul(1000)) <= MOST {
                clock.shift(by.saturating_mul(1000));
            }
        }
        None => return Err(odd()),
    }
    tracing::info!(offset_millis = clock.offset(), "the clock was moved");
    let back = params.get("back").filter(|back| back.starts_with("/dev") && !back.contains(['\r', '\n']));
    Ok(Redirect::to(back.unwrap_or("/dev")).into_response())
}

fn odd() -> Stopped {
    super::odd("The clock goes forward by seconds, or back to now.")
}

/// How far the clock is from the machine's, in words; none when it is right.
pub(super) fn shift(app: &App) -> Option<String> {
    let seconds = app.clock.offset() / 1000;
    (seconds != 0).then(|| format!("{}{}", if seconds > 0 { "+" } else { "−" }, span(seconds)))
}

/// A span of seconds in its two largest units, without its sign.
pub(super) fn span(seconds: i64) -> String {
    let mut left = seconds.unsigned_abs();
    let mut parts = Vec::new();
    for (size, name) in [(86_400, "day"), (3600, "hour"), (60, "minute"), (1, "second")] {
        let count = left / size;
        left %= size;
        if count > 0 && parts.len() < 2 {
            parts.push(format!("{count} {name}{}", if count == 1 { "" } else { "s" }));
        }
    }
    if parts.is_empty() { "0 seconds".to_owned() } else { parts.join(" ") }
}

/// `2026-11-22 02:14:05 UTC`
pub(super) fn written(time: Time) -> String {
    let text = Time::from_secs(time.secs()).rfc3339();
    text.replace('T', " ").replace('Z', " UTC")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spans_are_told_in_two_units() {
        assert_eq!(span(0), "0 seconds");
        assert_eq!(span(-61), "1 minute 1 second");
        assert_eq!(span(31 * 86_400 + 3600 + 5), "31 days 1 hour");
        assert_eq!(written(Time::from_secs(0)), "1970-01-01 00:00:00 UTC");
    }
}
