//! One request and its answer, line by line, each with what it means and the section that says so.

use crate::base::Time;
use crate::crypto::jwt;
use crate::dev::http::{Call, Heard};
use crate::dev::id_token::Checked;
use crate::dev::reference::{Place, Section, explain};
use serde_json::Value;

/// What went out and what came back.
#[derive(Clone)]
pub(super) struct Exchange {
    pub title: String,
    /// What happens here, in a sentence.
    pub what: &'static str,
    pub left: Side,
    /// None while the person is on the pages.
    pub right: Option<Side>,
    pub decoded: Vec<Decoded>,
    pub checks: Vec<Check>,
    pub verdict: Option<Verdict>,
    /// The same request for a terminal.
    pub curl: Option<String>,
    pub millis: Option<u128>,
}

/// One half.
#[derive(Clone)]
pub(super) struct Side {
    pub heading: &'static str,
    /// `POST /oauth2/token`, `200 OK`
    pub start: String,
    pub good: bool,
    pub rows: Vec<Row>,
}

/// A name, its value, and what it means.
#[derive(Clone)]
pub(super) struct Row {
    pub name: String,
    pub value: String,
    pub note: Option<&'static str>,
    pub section: Option<Section>,
    /// `new`, or `same as before`.
    pub mark: Option<&'static str>,
    /// A header, not a parameter or member.
    pub header: bool,
    /// A token that the inspector can look at.
    pub token: bool,
}

/// A JWT, opened.
#[derive(Clone)]
pub(super) struct Decoded {
    pub title: &'static str,
    pub rows: Vec<Row>,
}

/// One rule that a relying party checks.
#[derive(Clone)]
pub(super) struct Check {
    pub holds: bool,
    pub what: String,
    pub section: Section,
}

/// What it comes down to.
#[derive(Clone)]
pub(super) struct Verdict {
    pub good: bool,
    pub text: String,
}

impl Verdict {
    pub(super) fn good(text: impl Into<String>) -> Option<Self> {
        Some(Verdict { good: true, text: text.into() })
    }

    pub(super) fn bad(text: impl Into<String>) -> Option<Self> {
        Some(Verdict { good: false, text: text.into() })
    }
}

impl From<Checked> for Check {
    fn from(checked: Checked) -> Self {
        Check { holds: checked.holds, what: checked.what, section: Section(checked.section) }
    }
}

/// Rows of names and values that stand in `place`.
pub(super) fn rows<'a>(place: Place, pairs: impl IntoIterator<Item = (&'a str, &'a str)>) -> Vec<Row> {
    pairs.into_iter().map(|(name, value)| row(place, name, value.to_owned())).collect()
}

fn row(place: Place, name: &str, value: String) -> Row {
    let (note, mut section) = explain(place, name).unzip();
    if name == "grant_type" {
        section = match value.as_str() {
            "refresh_token" => Some(Section("RFC 6749 §6")),
            "client_credentials" => Some(Section("RFC 6749 §4.4.2")),
            _ => section,
        };
    }
    let token = matches!(name, "access_token" | "refresh_token" | "id_token" | "code" | "token");
    Row { name: name.to_owned(), value, note, section, mark: None, header: place == Place::Header, token }
}

/// One that has no answer that could be shown beside it.
pub(super) fn one_sided(
    title: &str,
    what: &'static str,
    heading: &'static str,
    start: &str,
    rows: Vec<Row>,
) -> Exchange {
    Exchange {
        title: title.to_owned(),
        what,
        left: Side { heading, start: start.to_owned(), good: true, rows },
        right: None,
        decoded: Vec::new(),
        checks: Vec::new(),
        verdict: None,
        curl: None,
        millis: None,
    }
}

/// A request to an endpoint with its answer, as they were on the wire.
pub(super) fn exchange(title: &str, what: &'static str, sent: (&Call, Place), heard: (&Heard, Place)) -> Exchange {
    let ((call, asks), (heard, answers)) = (sent, heard);
    let start = format!("{} {}", call.method, call.path);
    Exchange {
        right: Some(answer(heard, answers)),
        millis: Some(heard.took.as_millis()),
        ..one_sided(title, what, "Request", &start, request(call, asks))
    }
}

fn request(call: &Call, place: Place) -> Vec<Row> {
    let mut rows = rows(Place::Header, call.headers.iter().map(|(name, value)| (name.as_str(), value.as_str())));
    for row in rows.iter_mut().filter(|row| row.name == "Authorization") {
        if row.value.starts_with("Bearer ") {
            (row.note, row.section) = (Some("the access token"), Some(Section("RFC 6750 §2.1")));
        } else {
            row.note = Some("client_id and secret, in base64");
        }
    }
    if call.method == "POST" {
        rows.push(row(Place::Header, "Content-Type", "application/x-www-form-urlencoded".to_owned()));
    }
    rows.extend(call.form.iter().map(|(name, value)| row(place, name, value.clone())));
    rows
}

/// Headers that say something about the protocol; the others are the same on every answer.
const TELLING: [&str; 5] = ["content-type", "cache-control", "www-authenticate", "retry-after", "location"];

fn answer(heard: &Heard, place: Place) -> Side {
    let telling = TELLING.iter().filter_map(|name| Some((*name, heard.header(name)?)));
    let mut rows = rows(Place::Header, telling);
    for row in &mut rows {
        row.name = in_capitals(&row.name);
    }
    match heard.json() {
        Value::Object(members) => rows.extend(members.iter().map(|(name, value)| row(place, name, shown(name, value)))),
        _ if heard.body.is_empty() => rows.push(row(place, "(no body)", String::new())),
        _ => rows.push(row(place, "(body)", heard.body.chars().take(400).collect())),
    }
    let reason = axum::http::StatusCode::from_u16(heard.status).ok().and_then(|status| status.canonical_reason());
    let start = format!("{} {}", heard.status, reason.unwrap_or_default());
    Side { heading: "Response", start, good: heard.status < 400, rows }
}

fn in_capitals(name: &str) -> String {
    let word = |word: &str| match word.split_at_checked(1) {
        Some((first, rest)) => format!("{}{rest}", first.to_ascii_uppercase()),
        None => word.to_owned(),
    };
    name.split('-').map(word).collect::<Vec<_>>().join("-").replace("Www-", "WWW-")
}

/// A member's value; moments with the time that they mean.
fn shown(name: &str, value: &Value) -> String {
    match (name, value) {
        ("exp" | "iat" | "nbf" | "auth_time" | "updated_at", Value::Number(number)) => {
            let time = number.as_i64().map(|secs| super::clock::written(Time::from_secs(secs)));
            format!("{number}  ({})", time.unwrap_or_default())
        }
        (_, Value::String(text)) => text.clone(),
        (_, other) => other.to_string(),
    }
}

/// The members of an object that stand in `place`.
pub(super) fn members(place: Place, object: &Value) -> Vec<Row> {
    let members = object.as_object().into_iter().flatten();
    members.map(|(name, value)| row(place, name, shown(name, value))).collect()
}

/// A JWT's header and claims, unverified.
pub(super) fn decoded(title: &'static str, token: &str) -> Option<Decoded> {
    let read = jwt::read(token)?;
    let header = [("alg", Some(read.alg.as_str())), ("typ", read.typ.as_deref()), ("kid", read.kid.as_deref())];
    let mut all = rows(Place::Jose, header.into_iter().filter_map(|(name, value)| Some((name, value?))));
    all.iter_mut().for_each(|row| row.header = true);
    all.extend(members(Place::Claim, &read.claims));
    Some(Decoded { title, rows: all })
}

/// The request for a terminal. `secret` stands in for what Basic hides.
pub(super) fn curl(call: &Call, origin: &str, basic: Option<(&str, &str)>) -> String {
    let quoted = |text: &str| format!("'{}'", text.replace('\'', r"'\''"));
    let mut line = "curl".to_owned();
    for (name, value) in &call.headers {
        match basic.filter(|_| value.starts_with("Basic ")) {
            Some((id, secret)) => line.push_str(&format!(" -u {id}:{secret}")),
            None => line.push_str(&format!(" -H {}", quoted(&format!("{name}: {value}")))),
        }
    }
    line.push_str(&format!(" {origin}{}", call.path));
    for (name, value) in &call.form {
        line.push_str(&format!(" \\\n  --data-urlencode {}", quoted(&format!("{name}={value}"))));
    }
    line
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_request_can_be_repeated_in_a_terminal() {
        let call = Call::post("/oauth2/token", &[("grant_type", "it's")]).basic("demo", "s");
        let expected = "curl -u demo:s http://localhost:1/oauth2/token \\\n  --data-urlencode 'grant_type=it'\\''s'";
        assert_eq!(curl(&call, "http://localhost:1", Some(("demo", "s"))), expected);
        assert_eq!(
            (in_capitals("www-authenticate"), in_capitals("x")),
            ("WWW-Authenticate".to_owned(), "X".to_owned())
        );
    }
}
