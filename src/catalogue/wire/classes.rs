//! vault.md §3.5, the class table: what an answer without a token means. The type's own rules come first.

use super::body::at;
use crate::catalogue::{Class, ErrorRule, SourceType};
use serde_json::Value;

/// What an answer says of an error.
#[derive(Debug)]
pub(super) struct Told<'a> {
    pub status: u16,
    /// The answer, where it could be read.
    pub value: Option<&'a Value>,
    /// Whether the body was empty.
    pub silent: bool,
    /// Whether it says when to come back.
    pub retry_after: bool,
    /// The code of the error.
    pub code: Option<String>,
    pub suberror: Option<String>,
}

impl Told<'_> {
    /// What is kept of it: the provider's code, or the status. Never a text of theirs.
    pub fn kept(&self) -> String {
        self.code.clone().unwrap_or_else(|| format!("http_{}", self.status))
    }
}

/// RFC 6749 §5.2: a code is a short word, with one number in it at most. Anything else is a text for people, or a token that comes
/// back, and isn't kept.
pub(super) fn code(value: &Value) -> Option<String> {
    let text = match value {
        Value::String(text) => text.clone(),
        Value::Number(number) if number.as_f64() != Some(0.0) => number.to_string(),
        _ => return None,
    };
    let plain = |b: u8| b.is_ascii_alphanumeric() || b"_-.:".contains(&b);
    let numbers = text.split(|c: char| !c.is_ascii_digit()).filter(|part| !part.is_empty()).count();
    (!text.is_empty() && text.len() <= 64 && numbers <= 1 && text.bytes().all(plain)).then_some(text)
}

/// Whether the member that names errors holds one, be it unreadable.
pub(super) fn is_error(value: &Value) -> bool {
    match value {
        Value::Null | Value::Bool(false) => false,
        Value::String(text) => !text.is_empty(),
        Value::Number(number) => number.as_f64() != Some(0.0),
        Value::Bool(true) => true,
        Value::Array(items) => !items.is_empty(),
        Value::Object(members) => !members.is_empty(),
    }
}

/// The class of an answer that brought no token.
pub(super) fn of(kind: &SourceType, told: &Told<'_>) -> Class {
    let own = kind.errors.iter().find(|rule| fits(kind, rule, told));
    own.map(|rule| rule.class).or_else(|| by_code(kind, told)).unwrap_or_else(|| by_status(kind, told))
}

fn fits(kind: &SourceType, rule: &ErrorRule, told: &Told<'_>) -> bool {
    let same = |want: &Option<String>, have: &Option<String>| match want {
        Some(want) => have.as_ref().is_some_and(|have| have.eq_ignore_ascii_case(want)),
        None => true,
    };
    let says = |part: &str| {
        let paths = [kind.answer.description.as_str(), kind.answer.error.as_str()];
        let texts = paths.iter().filter_map(|path| at(told.value?, path)?.as_str());
        let part = part.to_ascii_lowercase();
        texts.into_iter().any(|text| text.to_ascii_lowercase().contains(&part))
    };
    same(&rule.code, &told.code)
        && same(&rule.suberror, &told.suberror)
        && rule.status.is_none_or(|status| status == told.status)
        && rule.says.as_deref().is_none_or(says)
}

fn by_code(kind: &SourceType, told: &Told<'_>) -> Option<Class> {
    let rotates = kind.policy().rotates();
    // A finer code can only make it a matter for a person: `invalid_grant` with `consent_required`.
    if told.suberror.as_deref().is_some_and(interactive) {
        return Some(Class::Interaction);
    }
    Some(match told.code.as_deref()? {
        _ if told.status == 429 => Class::Throttled,
        "invalid_grant" | "bad_refresh_token" | "token_revoked" | "invalid_refresh_token" => Class::GrantDead,
        code if interactive(code) => Class::Interaction,
        "invalid_client" | "unauthorized_client" => Class::ClientBad,
        "invalid_scope" | "unsupported_grant_type" | "invalid_request" => Class::RequestBad,
        "slow_down" | "temporarily_unavailable" => Class::Throttled,
        "server_error" if rotates => Class::Ambiguous,
        "server_error" => Class::Transient,
        _ => return None,
    })
}

fn interactive(code: &str) -> bool {
    matches!(code, "interaction_required" | "consent_required" | "login_required")
}

fn by_status(kind: &SourceType, told: &Told<'_>) -> Class {
    let rotates = kind.policy().rotates();
    match (told.status, told.value) {
        (429, _) => Class::Throttled,
        (403, _) if told.retry_after => Class::Throttled,
        (401, _) if told.silent => Class::ClientBad,
        (503, _) if told.retry_after => Class::Transient,
        // The server behind the gateway may have rotated already.
        (408 | 500..=599, _) if rotates => Class::Ambiguous,
        (408 | 500..=599, _) => Class::Transient,
        (200..=299, Some(_)) if told.code.is_some() => Class::RequestBad,
        (200..=299, Some(_)) => Class::Ambiguous,
        (200..=299, None) if rotates => Class::Ambiguous,
        (400..=499, Some(_)) => Class::RequestBad,
        _ => Class::Transient,
    }
}
