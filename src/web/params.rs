//! RFC 6749 §3.1, appendix B: parameters of queries and forms. Unique names, UTF-8, no NUL; empty means absent.

use axum::body::Bytes;
use axum::extract::{FromRequest, FromRequestParts, Request};
use axum::http::header::CONTENT_TYPE;
use axum::http::request::Parts;
use axum::http::{HeaderMap, StatusCode};
use std::collections::HashSet;

/// The parameters of one request, in order.
#[derive(Clone, Debug, Default)]
pub struct Params {
    pairs: Vec<(String, String)>,
    malformed: bool,
}

impl Params {
    /// Reads `application/x-www-form-urlencoded` text. What isn't UTF-8, or holds NUL, is marked and left out.
    pub fn parse(encoded: &[u8]) -> Self {
        let mut params = Params::default();
        for pair in encoded.split(|b| *b == b'&').filter(|pair| !pair.is_empty()) {
            let mut halves = pair.splitn(2, |b| *b == b'=');
            let (name, value) = (halves.next().unwrap_or_default(), halves.next().unwrap_or_default());
            match (decode(name), decode(value)) {
                (Some(name), Some(value)) => params.pairs.push((name, value)),
                _ => params.malformed = true,
            }
        }
        params
    }

    /// The value of a parameter; `None` when it is absent or empty (RFC 6749 §3.1).
    pub fn get(&self, name: &str) -> Option<&str> {
        self.pairs.iter().find(|(have, _)| have == name).map(|(_, value)| value.as_str()).filter(|v| !v.is_empty())
    }

    /// All values of a parameter that may repeat, such as `resource` (RFC 8707 §2).
    pub fn all(&self, name: &str) -> Vec<&str> {
        self.pairs.iter().filter(|(have, v)| have == name && !v.is_empty()).map(|(_, value)| value.as_str()).collect()
    }

    /// Whether the parameter was given more than once, be it with the same value.
    pub fn repeated(&self, name: &str) -> bool {
        self.pairs.iter().filter(|(have, _)| have == name).count() > 1
    }

    /// The first parameter that was given more than once, apart from those in `may`.
    pub fn first_repeated(&self, may: &[&str]) -> Option<&str> {
        // A body has room for thousands of names: comparing each with each would take seconds.
        let mut seen = HashSet::new();
        let names = self.pairs.iter().map(|(name, _)| name.as_str());
        names.filter(|name| !may.contains(name)).find(|name| !seen.insert(*name))
    }

    /// Whether something wasn't UTF-8 or held NUL.
    pub fn malformed(&self) -> bool {
        self.malformed
    }

    /// These, then those of `other`; malformed when either is.
    pub fn and(mut self, other: Params) -> Self {
        self.pairs.extend(other.pairs);
        self.malformed |= other.malformed;
        self
    }

    /// Adds a parameter, as a test or the playground does.
    pub fn push(&mut self, name: &str, value: &str) {
        self.pairs.push((name.to_owned(), value.to_owned()));
    }

    /// The pairs in order.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        self.pairs.iter().map(|(name, value)| (name.as_str(), value.as_str()))
    }

    /// Writes them as a query.
    pub fn encode(&self) -> String {
        form_urlencoded::Serializer::new(String::new()).extend_pairs(self.iter()).finish()
    }
}

/// Percent-decodes; `None` for what isn't UTF-8, holds NUL, or has a broken escape.
fn decode(encoded: &[u8]) -> Option<String> {
    let mut out = Vec::with_capacity(encoded.len());
    let mut rest = encoded.iter().copied();
    while let Some(byte) = rest.next() {
        out.push(match byte {
            b'+' => b' ',
            b'%' => {
                let digit = |b: u8| char::from(b).to_digit(16).and_then(|d| u8::try_from(d).ok());
                (digit(rest.next()?)? << 4) | digit(rest.next()?)?
            }
            other => other,
        });
    }
    String::from_utf8(out).ok().filter(|text| !text.contains('\0'))
}

/// The query of a request.
pub struct Query(pub Params);

impl Query {
    /// The parameters, unless one of them wasn't UTF-8 or held NUL.
    pub fn readable(self) -> Result<Params, BadForm> {
        if self.0.malformed() { Err(BadForm::Malformed) } else { Ok(self.0) }
    }
}

impl<S: Send + Sync> FromRequestParts<S> for Query {
    type Rejection = std::convert::Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Self::Rejection> {
        Ok(Query(Params::parse(parts.uri.query().unwrap_or_default().as_bytes())))
    }
}

/// The form in the body of a request, or why there is none.
pub struct Form(pub Result<Params, BadForm>);

/// The same, where what isn't UTF-8 or holds NUL is marked and left out, as in a query: for whoever can say so in a
/// better way than by refusing the body.
pub struct AnyForm(pub Result<Params, BadForm>);

/// Why a body isn't a form.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BadForm {
    /// Not `application/x-www-form-urlencoded`.
    ContentType,
    /// Longer than allowed.
    TooLarge,
    /// Something wasn't UTF-8 or held NUL.
    Malformed,
    /// The body didn't arrive.
    Unread,
}

impl BadForm {
    /// For people and programs; names the field or header.
    pub const fn description(self) -> &'static str {
        match self {
            BadForm::ContentType => "the Content-Type must be application/x-www-form-urlencoded",
            BadForm::TooLarge => "the request body is too large",
            BadForm::Malformed => "a parameter is not valid UTF-8 or contains a NUL character",
            BadForm::Unread => "the request body could not be read",
        }
    }

    /// 413 for what is too large, 400 otherwise.
    pub const fn status(self) -> StatusCode {
        match self {
            BadForm::TooLarge => StatusCode::PAYLOAD_TOO_LARGE,
            _ => StatusCode::BAD_REQUEST,
        }
    }
}

impl<S: Send + Sync> FromRequest<S> for Form {
    type Rejection = std::convert::Infallible;

    async fn from_request(request: Request, state: &S) -> Result<Self, Self::Rejection> {
        let AnyForm(form) = AnyForm::from_request(request, state).await?;
        Ok(Form(form.and_then(|params| if params.malformed() { Err(BadForm::Malformed) } else { Ok(params) })))
    }
}

impl<S: Send + Sync> FromRequest<S> for AnyForm {
    type Rejection = std::convert::Infallible;

    async fn from_request(request: Request, state: &S) -> Result<Self, Self::Rejection> {
        if !is_form(request.headers()) {
            return Ok(AnyForm(Err(BadForm::ContentType)));
        }
        let read = Bytes::from_request(request, state).await.map_err(|refused| match refused.status() {
            StatusCode::PAYLOAD_TOO_LARGE => BadForm::TooLarge,
            _ => BadForm::Unread,
        });
        Ok(AnyForm(read.map(|body| Params::parse(&body))))
    }
}

fn is_form(headers: &HeaderMap) -> bool {
    let mut types = headers.get_all(CONTENT_TYPE).iter();
    let (Some(Ok(one)), None) = (types.next().map(|v| v.to_str()), types.next()) else {
        return false;
    };
    let media = one.split(';').next().unwrap_or_default().trim();
    media.eq_ignore_ascii_case("application/x-www-form-urlencoded")
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn s3_1_empty_is_absent_and_twice_is_noticed() {
        let params = Params::parse(b"a=&b=1&c=x%20y+z&b=1&resource=r&resource=s");
        assert_eq!((params.get("a"), params.get("c")), (None, Some("x y z")));
        assert_eq!(params.first_repeated(&["resource"]), Some("b"));
        assert_eq!(params.all("resource"), ["r", "s"]);
    }

    #[test]
    fn nul_bad_utf8_and_bad_escapes_are_marked() {
        for bad in [&b"a=%00"[..], b"a=%ff", b"a=%c0%80", b"a=%zz", b"a=%4", b"%00=a"] {
            assert!(Params::parse(bad).malformed(), "{bad:?}");
        }
    }

    proptest! {
        #[test]
        fn what_is_encoded_is_decoded(pairs in proptest::collection::vec(("[a-z]{1,8}", "[^\u{0}]{0,20}"), 0..6)) {
            let mut params = Params::default();
            pairs.iter().for_each(|(name, value)| params.push(name, value));
            let again = Params::parse(params.encode().as_bytes());
            prop_assert!(!again.malformed());
            prop_assert_eq!(again.pairs, params.pairs);
        }

        #[test]
        fn what_comes_twice_is_found(names in proptest::collection::vec("[a-d]", 0..6)) {
            let mut params = Params::default();
            names.iter().for_each(|name| params.push(name, ""));
            let twice = |name: &String| name != "d" && names.iter().filter(|other| *other == name).count() > 1;
            prop_assert_eq!(params.first_repeated(&["d"]).is_some(), names.iter().any(twice));
        }

        #[test]
        fn any_bytes_are_answered(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
            let params = Params::parse(&bytes);
            prop_assert!(params.iter().all(|(name, value)| !name.contains('\0') && !value.contains('\0')));
        }
    }
}
