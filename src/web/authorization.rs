//! RFC 9110 §11.6.2: the Authorization header, read into what it can be. One header, one scheme, nothing loose.

use crate::base::Secret;
use crate::base::encoding::from_base64;
use axum::http::HeaderMap;
use axum::http::header::AUTHORIZATION;
use std::sync::LazyLock;

/// What a request shows for itself.
#[derive(Debug)]
pub enum Authorization {
    /// No header.
    None,
    /// RFC 7617 with the decoding of RFC 6749 §2.3.1: a client's identifier and secret.
    Basic(String, Secret),
    /// RFC 6750 §2.1.
    Bearer(Secret),
    /// Our scheme for API tokens.
    Token(Secret),
    /// A scheme that we don't know, or a header that can't be read. `basic` when it tried HTTP Basic.
    Unreadable {
        /// Whether the scheme was Basic.
        basic: bool,
    },
    /// More than one header.
    Repeated,
}

/// RFC 9110 §11.2: what a token68 may have.
static TOKEN68: LazyLock<[bool; 256]> = LazyLock::new(|| {
    let may = |b: u8| b.is_ascii_alphanumeric() || b"-._~+/=".contains(&b);
    std::array::from_fn(|b| u8::try_from(b).is_ok_and(may))
});

/// Reads the header.
pub fn authorization(headers: &HeaderMap) -> Authorization {
    let mut all = headers.get_all(AUTHORIZATION).iter();
    let Some(header) = all.next() else {
        return Authorization::None;
    };
    if all.next().is_some() {
        return Authorization::Repeated;
    }
    let Ok(text) = header.to_str() else {
        return Authorization::Unreadable { basic: header.as_bytes().to_ascii_lowercase().starts_with(b"basic") };
    };
    let (scheme, value) = text.split_once(' ').unwrap_or((text, ""));
    let basic = scheme.eq_ignore_ascii_case("basic");
    // §11.4: token68, a single word.
    let may = &*TOKEN68;
    let one_word = !value.is_empty() && value.bytes().all(|b| may.get(usize::from(b)).is_some_and(|may| *may));
    if !one_word {
        return Authorization::Unreadable { basic };
    }
    if basic {
        return credentials(value)
            .map_or(Authorization::Unreadable { basic }, |(id, secret)| Authorization::Basic(id, Secret::new(secret)));
    }
    match scheme {
        _ if scheme.eq_ignore_ascii_case("bearer") => Authorization::Bearer(Secret::new(value)),
        _ if scheme.eq_ignore_ascii_case("token") => Authorization::Token(Secret::new(value)),
        _ => Authorization::Unreadable { basic: false },
    }
}

/// RFC 6749 §2.3.1: identifier and secret are form-encoded each before they are joined.
fn credentials(encoded: &str) -> Option<(String, String)> {
    let text = String::from_utf8(from_base64(encoded)?).ok()?;
    let (id, secret) = text.split_once(':')?;
    let decode = |part: &str| -> Option<String> {
        let form = super::Params::parse(format!("v={}", part.replace('&', "%26").replace('=', "%3D")).as_bytes());
        (!form.malformed()).then(|| form.get("v").unwrap_or_default().to_owned())
    };
    Some((decode(id)?, decode(secret)?))
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::http::HeaderValue;

    fn read(value: &[u8]) -> Authorization {
        let mut headers = HeaderMap::new();
        headers.insert(AUTHORIZATION, HeaderValue::from_bytes(value).expect("header"));
        authorization(&headers)
    }

    #[test]
    fn rfc6749_s2_3_1_basic_is_form_decoded() {
        let encoded = base64::Engine::encode(&base64::prelude::BASE64_STANDARD, "my%3Aid:se%3Acret%2B");
        match read(format!("bAsIc {encoded}").as_bytes()) {
            Authorization::Basic(id, secret) => assert_eq!((id.as_str(), secret.reveal()), ("my:id", "se:cret+")),
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn loose_headers_are_unreadable() {
        for bad in ["Bearer", "Bearer ", "Bearer  a", "Bearer a b", "Bearer a,b", "Basic !!!", "Basic YQ==", "\u{ff}"] {
            assert!(matches!(read(bad.as_bytes()), Authorization::Unreadable { .. }), "{bad}");
        }
    }
}
