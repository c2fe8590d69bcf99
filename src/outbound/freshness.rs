//! RFC 9111 §4.2.1: for how long an answer says that it may be kept.

use jiff::fmt::rfc2822::DateTimeParser;
use reqwest::header::{AGE, CACHE_CONTROL, DATE, EXPIRES, HeaderMap, HeaderName};
use std::time::Duration;

/// The freshness lifetime; none when the answer doesn't say. We count as a shared cache.
pub(super) fn lives(headers: &HeaderMap) -> Option<Duration> {
    let texts = headers.get_all(CACHE_CONTROL).iter().filter_map(|value| value.to_str().ok());
    let directives: Vec<String> =
        texts.flat_map(|text| text.split(',')).map(|part| part.trim().to_ascii_lowercase()).collect();
    if directives.iter().any(|d| ["no-store", "no-cache", "private"].contains(&d.split('=').next().unwrap_or_default()))
    {
        return Some(Duration::ZERO);
    }
    let seconds = |name: &str| {
        let value = directives.iter().find_map(|d| d.strip_prefix(name)?.strip_prefix('='))?;
        value.trim_matches('"').parse::<u64>().ok()
    };
    let text = |name: HeaderName| headers.get(name).and_then(|value| value.to_str().ok());
    let age = text(AGE).and_then(|age| age.parse().ok()).unwrap_or(0);
    match seconds("s-maxage").or_else(|| seconds("max-age")) {
        Some(most) => Some(Duration::from_secs(most.saturating_sub(age))),
        None => until(text(EXPIRES)?, text(DATE)?),
    }
}

/// §5.3: a date that can't be read is in the past.
fn until(expires: &str, date: &str) -> Option<Duration> {
    let read = |text: &str| DateTimeParser::new().parse_timestamp(text).ok().map(|at| at.as_second());
    let date = read(date)?;
    let left = read(expires).map_or(0, |expires| expires.saturating_sub(date));
    Some(Duration::from_secs(u64::try_from(left).unwrap_or(0)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rfc9111_s4_2_1_what_headers_say() {
        let (date, later) = ("Tue, 15 Nov 1994 08:12:31 GMT", "Tue, 15 Nov 1994 09:12:31 GMT");
        for (headers, expected) in [
            (&[][..], None),
            (&[("cache-control", "public, max-age=600")], Some(600)),
            (&[("cache-control", "max-age=600, s-maxage=\"60\"")], Some(60)),
            (&[("cache-control", "MAX-AGE=600"), ("age", "100")], Some(500)),
            (&[("cache-control", "max-age=600"), ("age", "1000")], Some(0)),
            (&[("cache-control", "no-cache, max-age=600")], Some(0)),
            (&[("cache-control", "private=\"x\"")], Some(0)),
            (&[("cache-control", "max-age=soon")], None),
            (&[("date", date), ("expires", later)], Some(3600)),
            (&[("date", date), ("expires", "0")], Some(0)),
            (&[("date", later), ("expires", date)], Some(0)),
            (&[("expires", later)], None),
            (&[("date", date), ("expires", later), ("cache-control", "max-age=1")], Some(1)),
        ] {
            let pairs =
                headers.iter().map(|(name, value)| (HeaderName::from_static(name), value.parse().expect("a value")));
            let headers: HeaderMap = pairs.collect();
            assert_eq!(lives(&headers), expected.map(Duration::from_secs), "{headers:?}");
        }
    }
}
