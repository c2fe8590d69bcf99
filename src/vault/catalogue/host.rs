//! vault.md §3.4 rule 7: which hosts a source type may talk to.

use serde::de::Error;
use serde::{Deserialize, Deserializer};
use std::fmt;
use std::str::FromStr;
use url::{Host, Url};

/// An entry of `hosts`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum HostPattern {
    /// `login.salesforce.com`, by https on its usual port.
    Exact(String),
    /// `*.my.salesforce.com`: everything below, by https on its usual port.
    Below(String),
    /// `http://127.0.0.1:4455`: exactly this origin. For tests, and for hosts inside.
    Origin(String),
    /// `*`: what the admin entered. For generic types only.
    Any,
}

impl HostPattern {
    /// Whether a request may go to this URL.
    pub fn allows(&self, url: &Url) -> bool {
        let usual = url.scheme() == "https" && url.port().is_none();
        // An address is never meant by a name, and a name with a dot at its end is another spelling of it.
        let Some(Host::Domain(host)) = url.host() else {
            return match self {
                HostPattern::Any => url.has_host(),
                HostPattern::Origin(origin) => *origin == url.origin().ascii_serialization(),
                _ => false,
            };
        };
        match self {
            HostPattern::Exact(name) => usual && host == name,
            HostPattern::Below(suffix) => {
                usual && host.strip_suffix(suffix.as_str()).is_some_and(|sub| sub.len() > 1 && sub.ends_with('.'))
            }
            HostPattern::Origin(origin) => *origin == url.origin().ascii_serialization(),
            HostPattern::Any => true,
        }
    }
}

impl FromStr for HostPattern {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        if text == "*" {
            return Ok(HostPattern::Any);
        }
        if text.contains("://") {
            let url = Url::parse(text).map_err(|_| "isn't an origin; write it as https://crm.internal:8443")?;
            let origin = url.origin().ascii_serialization();
            return match origin == text && matches!(url.scheme(), "http" | "https") {
                true => Ok(HostPattern::Origin(origin)),
                false => Err("is more than an origin; write it as https://crm.internal:8443"),
            };
        }
        let (name, wild) = match text.strip_prefix("*.") {
            Some(name) => (name, true),
            None => (text, false),
        };
        if !is_name(name) {
            return Err(
                "isn't a host; write example.com, *.example.com or, for another port, https://example.com:8443",
            );
        }
        match wild {
            false => Ok(HostPattern::Exact(name.to_owned())),
            // `*.com` would be everybody.
            true if name.matches('.').count() == 0 => Err("is too wide; name at least two labels, as *.example.com"),
            true => Ok(HostPattern::Below(name.to_owned())),
        }
    }
}

/// Labels of lower-case letters, digits and hyphens, two or more, of which the last isn't a number.
fn is_name(name: &str) -> bool {
    let label = |label: &str| {
        let plain = label.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-' || b == b'_');
        !label.is_empty() && label.len() < 64 && plain && !label.starts_with('-') && !label.ends_with('-')
    };
    let top = name.rsplit('.').next().unwrap_or_default();
    name.len() < 254 && name.contains('.') && name.split('.').all(label) && top.contains(|c: char| !c.is_ascii_digit())
}

impl fmt::Display for HostPattern {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            HostPattern::Exact(name) => f.write_str(name),
            HostPattern::Below(suffix) => write!(f, "*.{suffix}"),
            HostPattern::Origin(origin) => f.write_str(origin),
            HostPattern::Any => f.write_str("*"),
        }
    }
}

impl<'de> Deserialize<'de> for HostPattern {
    fn deserialize<D: Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
        let text = String::deserialize(d)?;
        text.parse().map_err(|why| D::Error::custom(format!("\"{text}\" {why}")))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn allows(pattern: &str, url: &str) -> bool {
        let pattern: HostPattern = pattern.parse().expect("a pattern");
        pattern.allows(&Url::parse(url).expect("a URL"))
    }

    #[test]
    fn s3_4_7_a_pattern_allows_its_hosts_and_none_beside() {
        assert!(allows("login.example.com", "https://login.example.com/x"));
        assert!(allows("login.example.com", "https://LOGIN.example.com:443/x"));
        assert!(
            allows("*.my.example.com", "https://a.my.example.com/")
                && allows("*.my.example.com", "https://a.b.my.example.com/")
        );
        assert!(allows("http://127.0.0.1:4455", "http://127.0.0.1:4455/token"));
        assert!(allows("*", "https://anything.test:8443/"));
        for (pattern, url) in [
            ("login.example.com", "http://login.example.com/"),
            ("login.example.com", "https://login.example.com:8443/"),
            ("login.example.com", "https://login.example.com./"),
            ("login.example.com", "https://login.example.com.evil.test/"),
            ("login.example.com", "https://xlogin.example.com/"),
            ("login.example.com", "https://evil.test/login.example.com"),
            ("*.my.example.com", "https://my.example.com/"),
            ("*.my.example.com", "https://evilmy.example.com/"),
            ("*.my.example.com", "https://a.my.example.com.evil.test/"),
            ("*.my.example.com", "https://127.0.0.1/"),
            ("http://127.0.0.1:4455", "http://127.0.0.1:4456/"),
            ("http://127.0.0.1:4455", "https://127.0.0.1:4455/"),
        ] {
            assert!(!allows(pattern, url), "{pattern} {url}");
        }
    }

    #[test]
    fn hosts_that_say_too_much_or_nothing_are_refused() {
        for bad in [
            "",
            "*.com",
            "example",
            "127.0.0.1",
            "a.b/c",
            "A.example.com",
            "a..b",
            "-a.example.com",
            "*.*.example.com",
            "https://a.example.com/x",
            "https://u@a.example.com",
            "ftp://a.example.com",
            "a.example.com:8443",
        ] {
            assert!(bad.parse::<HostPattern>().is_err(), "{bad}");
        }
    }
}
