//! RFC 8259 read strictly: an object, no member twice, bounded depth, no NUL, no lone surrogate. What it says of a
//! mistake names the member and never repeats the value.

use super::Problem;
use crate::app::App;
use axum::body::Bytes;
use axum::extract::{FromRequest, OptionalFromRequest, Request};
use axum::http::header::CONTENT_TYPE;
use axum::http::{HeaderMap, Method, StatusCode};
use serde::de::{DeserializeOwned, DeserializeSeed, Deserializer, Error, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Number, Value};
use std::cell::RefCell;
use std::fmt;

/// Objects and arrays may be nested this deep.
pub const MAX_DEPTH: usize = 32;

/// Why a text isn't JSON that we read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BadJson {
    /// The member, as RFC 6901 writes it without the first slash; empty when it is the text as a whole.
    pub member: String,
    /// What is wrong with it.
    pub why: String,
}

impl fmt::Display for BadJson {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.member.is_empty() { f.write_str(&self.why) } else { write!(f, "`{}` {}", self.member, self.why) }
    }
}

/// Reads one object, and nothing after it.
pub fn object(text: &[u8]) -> Result<Map<String, Value>, BadJson> {
    let refused = RefCell::new(None);
    let mut reader = serde_json::Deserializer::from_slice(text);
    let strict = Strict { at: &At { parent: None, name: "" }, depth: 0, refused: &refused };
    let read = strict.deserialize(&mut reader).and_then(|value| reader.end().map(|()| value));
    let whole = |why: String| BadJson { member: String::new(), why };
    match read {
        Ok(Value::Object(members)) => Ok(members),
        Ok(_) => Err(whole("this must be a JSON object".to_owned())),
        Err(fault) => Err(refused.take().unwrap_or_else(|| whole(format!("this isn't JSON: {fault}")))),
    }
}

/// Reads members into a type of ours whose members all have defaults. The error names the first that doesn't fit.
pub fn members<T: DeserializeOwned>(members: Map<String, Value>) -> Result<T, BadJson> {
    let whole = match serde_json::from_value::<T>(Value::Object(members.clone())) {
        Ok(read) => return Ok(read),
        Err(fault) => fault,
    };
    // Each alone: the one that fails is the one to name.
    let mut alone = members.into_iter().map(|(name, value)| {
        let fault = serde_json::from_value::<T>(Value::Object(Map::from_iter([(name.clone(), value)]))).err();
        fault.map(|fault| BadJson { why: in_words(&fault.to_string()), member: escaped(&name) })
    });
    let first = alone.find_map(|bad| bad);
    Err(first.unwrap_or_else(|| BadJson { member: String::new(), why: in_words(&whole.to_string()) }))
}

/// The half of serde's sentence that says what is expected; the other half repeats what was given.
fn in_words(fault: &str) -> String {
    if fault.starts_with("unknown field") {
        return "is not a member that can be set here".to_owned();
    }
    match fault.split_once(", expected ") {
        Some((_, "u64" | "u32" | "i64")) => "must be a whole number, 0 or more".to_owned(),
        Some((_, "a boolean")) => "must be true or false".to_owned(),
        Some((_, "a sequence")) => "must be an array".to_owned(),
        Some((_, expected)) => format!("must be {}", expected.replace('`', "")),
        None => "can't be read".to_owned(),
    }
}

/// Where the reader is.
struct At<'a> {
    parent: Option<&'a At<'a>>,
    name: &'a str,
}

impl At<'_> {
    fn pointer(&self) -> String {
        match self.parent {
            None => String::new(),
            Some(parent) if parent.parent.is_none() => escaped(self.name),
            Some(parent) => format!("{}/{}", parent.pointer(), escaped(self.name)),
        }
    }
}

/// RFC 6901 §3, cut to a length that an answer can carry.
fn escaped(name: &str) -> String {
    let short: String = name.chars().filter(|c| !c.is_control()).take(64).collect();
    short.replace('~', "~0").replace('/', "~1")
}

struct Strict<'a> {
    at: &'a At<'a>,
    depth: usize,
    refused: &'a RefCell<Option<BadJson>>,
}

impl Strict<'_> {
    fn refuse<E: Error>(&self, at: &At<'_>, why: &str) -> E {
        self.refused.replace(Some(BadJson { member: at.pointer(), why: why.to_owned() }));
        E::custom(why)
    }

    fn deeper<E: Error>(&self) -> Result<usize, E> {
        if self.depth >= MAX_DEPTH {
            return Err(self.refuse(self.at, "is nested too deep; 32 levels are read"));
        }
        Ok(self.depth.saturating_add(1))
    }
}

impl<'de> DeserializeSeed<'de> for Strict<'_> {
    type Value = Value;

    fn deserialize<D: Deserializer<'de>>(self, d: D) -> Result<Value, D::Error> {
        d.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Strict<'_> {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("JSON")
    }

    fn visit_bool<E>(self, v: bool) -> Result<Value, E> {
        Ok(Value::Bool(v))
    }

    fn visit_i64<E>(self, v: i64) -> Result<Value, E> {
        Ok(Value::from(v))
    }

    fn visit_u64<E>(self, v: u64) -> Result<Value, E> {
        Ok(Value::from(v))
    }

    fn visit_f64<E: Error>(self, v: f64) -> Result<Value, E> {
        Number::from_f64(v).map(Value::Number).ok_or_else(|| self.refuse(self.at, "is not a number that can be read"))
    }

    fn visit_str<E: Error>(self, v: &str) -> Result<Value, E> {
        if v.contains('\0') {
            return Err(self.refuse(self.at, "contains a NUL character"));
        }
        Ok(Value::from(v))
    }

    fn visit_unit<E>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Value, A::Error> {
        let depth = self.deeper()?;
        let mut items = Vec::new();
        loop {
            let name = items.len().to_string();
            let at = At { parent: Some(self.at), name: &name };
            match seq.next_element_seed(Strict { at: &at, depth, refused: self.refused })? {
                Some(item) => items.push(item),
                None => return Ok(Value::Array(items)),
            }
        }
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Value, A::Error> {
        let depth = self.deeper()?;
        let mut members = Map::new();
        while let Some(name) = map.next_key::<String>()? {
            let at = At { parent: Some(self.at), name: &name };
            if name.contains('\0') {
                return Err(self.refuse(&at, "has a NUL character in its name"));
            }
            if members.contains_key(&name) {
                return Err(self.refuse(&at, "is given more than once"));
            }
            let value = map.next_value_seed(Strict { at: &at, depth, refused: self.refused })?;
            members.insert(name, value);
        }
        Ok(Value::Object(members))
    }
}

/// The object in the body of a request.
pub struct Json(pub Map<String, Value>);

impl FromRequest<App> for Json {
    type Rejection = Problem;

    async fn from_request(request: Request, app: &App) -> Result<Self, Problem> {
        if !is_json(request.headers(), request.method()) {
            let detail = "the Content-Type must be application/json";
            return Err(Problem::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, "unsupported-media-type", detail));
        }
        let too_large = || Problem::new(StatusCode::PAYLOAD_TOO_LARGE, "too-large", "the request body is too large");
        let body = Bytes::from_request(request, app).await.map_err(|refused| match refused.status() {
            StatusCode::PAYLOAD_TOO_LARGE => too_large(),
            _ => Problem::new(StatusCode::BAD_REQUEST, "unread", "the request body could not be read"),
        })?;
        if body.len() > app.config.limits.body_bytes {
            return Err(too_large());
        }
        object(&body).map(Json).map_err(|bad| {
            let problem = Problem::new(StatusCode::BAD_REQUEST, "invalid-json", bad.to_string());
            Problem { field: Some(bad.member).filter(|member| !member.is_empty()), ..problem }
        })
    }
}

impl OptionalFromRequest<App> for Json {
    type Rejection = Problem;

    /// No Content-Type means no body.
    async fn from_request(request: Request, app: &App) -> Result<Option<Self>, Problem> {
        if !request.headers().contains_key(CONTENT_TYPE) {
            return Ok(None);
        }
        <Json as FromRequest<App>>::from_request(request, app).await.map(Some)
    }
}

/// Whether a body is said to be JSON. RFC 7396 §4 has a media type of its own for patches; plain JSON is taken too.
pub fn is_json(headers: &HeaderMap, method: &Method) -> bool {
    let mut types = headers.get_all(CONTENT_TYPE).iter();
    let (Some(Ok(one)), None) = (types.next().map(|v| v.to_str()), types.next()) else {
        return false;
    };
    let media = one.split(';').next().unwrap_or_default().trim();
    media.eq_ignore_ascii_case("application/json")
        || (*method == Method::PATCH && media.eq_ignore_ascii_case("application/merge-patch+json"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use serde_json::json;

    fn why(text: &str) -> String {
        object(text.as_bytes()).expect_err("refused").to_string()
    }

    #[test]
    fn in_08_twice_and_too_deep_are_refused_by_name() {
        assert_eq!(why(r#"{"a":1,"b":{"c":1,"c":1}}"#), "`b/c` is given more than once");
        assert_eq!(why(r#"{"a":1,"\u0061":2}"#), "`a` is given more than once");
        let nested = |n: usize| format!("{{\"a\":{}{}}}", "[".repeat(n), "]".repeat(n));
        assert!(object(nested(MAX_DEPTH - 1).as_bytes()).is_ok());
        assert!(why(&nested(MAX_DEPTH)).ends_with("is nested too deep; 32 levels are read"));
        assert!(why(&nested(10_000)).ends_with("is nested too deep; 32 levels are read"));
    }

    #[test]
    fn in_02_in_04_nul_and_lone_surrogates_are_refused() {
        assert_eq!(why(r#"{"a":["x","y\u0000"]}"#), "`a/1` contains a NUL character");
        assert_eq!(why(r#"{"a\u0000b":1}"#), "`ab` has a NUL character in its name");
        for bad in [r#"{"a":"\ud800"}"#, r#"{"a":"\udc00x"}"#, r#"{"a":"\ud800\u0041"}"#, "{\"a\":\"\u{1}\"}"] {
            assert!(object(bad.as_bytes()).is_err(), "{bad}");
        }
        assert!(object(b"{\"a\":\"\xff\"}").is_err());
        assert!(object(br#"{"a":"\ud83e\udd80"}"#).is_ok());
    }

    #[test]
    fn only_one_object_is_read() {
        for bad in [
            "",
            "[]",
            "1",
            "{} {}",
            "{\"a\":1,}",
            "{\"a\":NaN}",
            "{\"a\":1e400}",
            "{\"a\":0x10}",
            "{\"a\":+5}",
            "{a:1}",
        ] {
            assert!(object(bad.as_bytes()).is_err(), "{bad}");
        }
    }

    #[test]
    fn a_member_that_does_not_fit_is_named_and_not_repeated() {
        #[derive(Debug, Default, PartialEq, serde::Deserialize)]
        #[serde(deny_unknown_fields, default)]
        struct Ask {
            name: String,
            seconds: u64,
        }
        let read = |value: Value| members::<Ask>(object(value.to_string().as_bytes()).expect("object"));
        let why = |value: Value| read(value).expect_err("refused").to_string();
        assert_eq!(why(json!({"name": 7319})), "`name` must be a string");
        assert_eq!(why(json!({"name": "a", "seconds": -1})), "`seconds` must be a whole number, 0 or more");
        assert_eq!(why(json!({"owner": "a"})), "`owner` is not a member that can be set here");
        assert_eq!(read(json!({})), Ok(Ask::default()));
    }

    proptest! {
        #[test]
        fn any_bytes_are_answered(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
            let _ = object(&bytes);
        }
    }
}
