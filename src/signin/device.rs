//! What a person recognises a browser of theirs by: what it called itself, and the network that it came from.

use crate::lang::Message;
use crate::web::Call;
use axum::http::{HeaderMap, header};

/// The most that is kept of a `User-Agent`, in bytes.
const MOST: usize = 256;

/// Where a sign-in comes from.
#[derive(Clone, Copy, Debug)]
pub struct Arrival<'a> {
    /// The request.
    pub call: &'a Call,
    /// Its headers.
    pub headers: &'a HeaderMap,
}

impl Arrival<'_> {
    /// RFC 9110 §10.1.5, as far as it is printable ASCII and not too long.
    pub fn user_agent(&self) -> String {
        let said = self.headers.get(header::USER_AGENT).map(|value| value.as_bytes()).unwrap_or_default();
        said.iter().filter(|byte| matches!(byte, b' '..=b'~')).take(MOST).map(|byte| char::from(*byte)).collect()
    }
}

/// Browsers, the more particular first: each also calls itself by the names of those after it.
const BROWSERS: [(&str, &str); 9] = [
    ("Edg", "Edge"),
    ("OPR/", "Opera"),
    ("Vivaldi/", "Vivaldi"),
    ("SamsungBrowser/", "Samsung Internet"),
    ("Firefox/", "Firefox"),
    ("FxiOS/", "Firefox"),
    ("CriOS/", "Chrome"),
    ("Chrome/", "Chrome"),
    ("Safari/", "Safari"),
];

/// Systems, in the same way.
const SYSTEMS: [(&str, &str); 8] = [
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Android", "Android"),
    ("CrOS", "ChromeOS"),
    ("Windows", "Windows"),
    ("Mac OS X", "macOS"),
    ("Linux", "Linux"),
    ("X11", "Linux"),
];

/// "Firefox on Linux". It is what the browser says, not what it is.
pub fn in_words(user_agent: &str) -> Message {
    let find = |known: &[(&str, &'static str)]| {
        known.iter().find(|(mark, _)| user_agent.contains(mark)).map(|(_, name)| *name)
    };
    match (find(&BROWSERS), find(&SYSTEMS)) {
        (Some(browser), Some(system)) => Message::new("device-both").name("browser", browser).name("system", system),
        (Some(one), None) | (None, Some(one)) => Message::new("device-one").name("device", one),
        (None, None) => match program(user_agent) {
            Some(name) => Message::new("device-one").name("device", name),
            None => Message::new("device-unknown"),
        },
    }
}

/// The name of a program that is no browser: `curl` of `curl/8.5.0`.
fn program(user_agent: &str) -> Option<&str> {
    let name = user_agent.split(['/', ' ']).next().unwrap_or_default();
    let plain =
        (2..=24).contains(&name.len()) && name.bytes().all(|b| b.is_ascii_alphanumeric() || b"-_.".contains(&b));
    plain.then_some(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn browsers_are_told_apart_by_what_they_say_last_or_first() {
        let windows = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/141.0.0.0 Safari/537.36";
        for (said, expected) in [
            (windows, "Chrome on Windows"),
            (&*format!("{windows} Edg/141.0.0.0"), "Edge on Windows"),
            ("Mozilla/5.0 (X11; Linux x86_64; rv:143.0) Gecko/20100101 Firefox/143.0", "Firefox on Linux"),
            (
                "Mozilla/5.0 (iPhone; CPU iPhone OS 19_0 like Mac OS X) AppleWebKit/605.1.15 Version/19.0 Mobile/15E148 Safari/604.1",
                "Safari on iPhone",
            ),
            (
                "Mozilla/5.0 (Linux; Android 16) AppleWebKit/537.36 SamsungBrowser/29.0 Chrome/136.0 Mobile Safari/537.36",
                "Samsung Internet on Android",
            ),
            ("curl/8.5.0", "curl"),
            ("", "Unknown device"),
            ("<script>alert(1)</script>", "Unknown device"),
        ] {
            let plain = in_words(said).plain().replace(['\u{2068}', '\u{2069}'], "");
            assert_eq!(plain, expected, "{said}");
        }
    }

    #[test]
    fn what_is_kept_is_short_and_printable() {
        let mut headers = HeaderMap::new();
        let odd = [&b"a\xe2\x80\xaeb\xffc "[..], &[b'x'; 1000]].concat();
        headers.insert(header::USER_AGENT, axum::http::HeaderValue::from_bytes(&odd).expect("a header"));
        let kept = Arrival { call: &Call::internal("test"), headers: &headers }.user_agent();
        assert!(kept.starts_with("abc xxx") && kept.len() == MOST, "{kept}");
    }
}
