//! An answer's body becomes one value: JSON, or the form that a few providers still speak. Anything else is nothing.

use serde_json::{Map, Value};

/// Reads it; the media type decides nothing, for providers send JSON as text/html and forms as text/plain.
pub(super) fn read(body: &[u8]) -> Option<Value> {
    if let Ok(value) = serde_json::from_slice::<Value>(body) {
        return matches!(value, Value::Object(_) | Value::Array(_)).then_some(value);
    }
    form(std::str::from_utf8(body).ok()?)
}

/// `access_token=…&expires=…`. A page is none: it would have a `<`, a line or a space.
fn form(text: &str) -> Option<Value> {
    let plain = |b: u8| b.is_ascii_graphic() && b != b'<' && b != b'{';
    let text = text.trim();
    if text.is_empty() || !text.contains('=') || !text.bytes().all(plain) {
        return None;
    }
    let pairs = form_urlencoded::parse(text.as_bytes());
    let members: Map<String, Value> =
        pairs.map(|(name, value)| (name.into_owned(), Value::String(value.into_owned()))).collect();
    Some(Value::Object(members))
}

/// The value at an RFC 6901 pointer; nothing for the empty one, which definitions have for "isn't there".
pub(super) fn at<'a>(value: &'a Value, path: &str) -> Option<&'a Value> {
    if path.is_empty() { None } else { value.pointer(path).filter(|found| !found.is_null()) }
}

/// A text or a number as text, when it is short and plain enough to be kept in clear.
pub(super) fn clear(value: &Value) -> Option<String> {
    let text = match value {
        Value::String(text) => text.clone(),
        Value::Number(number) => number.to_string(),
        Value::Bool(flag) => flag.to_string(),
        _ => return None,
    };
    (!text.is_empty() && text.len() <= 1024 && !text.chars().any(char::is_control)).then_some(text)
}
