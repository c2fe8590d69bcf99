//! RFC 9700 §2.1.1: a `code_challenge` or `nonce` that stays the same protects nobody. Each process notices what it
//! sees: it's a hint for the client's makers, and nothing hangs on it.

use super::request::AuthRequest;
use crate::app::App;
use crate::base::Time;

/// A value that was to be new and wasn't.
pub(super) struct Reused {
    /// Which of the two.
    pub parameter: &'static str,
    /// How many codes it has led to.
    pub times: u32,
    /// Whether nobody was told of this client yet.
    pub news: bool,
}

/// The one of the two that came again, or came again more often.
pub(super) fn reused(app: &App, ask: &AuthRequest, now: Time) -> Option<Reused> {
    let counted = names(ask).map(|(parameter, name)| (parameter, app.used.counted(&name, now)));
    let (parameter, times) = counted.max_by_key(|(_, times)| *times).filter(|(_, times)| *times > 0)?;
    Some(Reused { parameter, times, news: app.used.counted(&told(ask), now) == 0 })
}

/// They have led to a code.
pub(super) fn used(app: &App, ask: &AuthRequest, now: Time) {
    names(ask).for_each(|(_, name)| app.used.count(&name, now));
}

/// The audit trail has it.
pub(super) fn written(app: &App, ask: &AuthRequest, now: Time) {
    app.used.count(&told(ask), now);
}

fn names(ask: &AuthRequest) -> impl Iterator<Item = (&'static str, String)> {
    let both = [("code_challenge", &ask.code_challenge), ("nonce", &ask.nonce)];
    both.into_iter().filter_map(|(parameter, value)| {
        Some((parameter, format!("{parameter}\0{}\0{}", ask.client_id, value.as_ref()?)))
    })
}

fn told(ask: &AuthRequest) -> String {
    format!("told\0{}", ask.client_id)
}
