//! RFC 3986 §6.2.2: a path that everybody reads in the same way, or none. What proxies and backends are known to read in
//! different ways is refused, not guessed at: a rule for `/admin` must not be passed by as `//admin` or `/x;/../admin`.

/// The path in its one spelling; else what is wrong with it.
pub(super) fn canonical(raw: &str) -> Result<String, &'static str> {
    let path = raw.split('?').next().unwrap_or_default();
    if !path.starts_with('/') {
        return Err("the path must begin with a slash");
    }
    let mut out = String::with_capacity(path.len());
    let mut bytes = path.bytes();
    while let Some(byte) = bytes.next() {
        match byte {
            b'%' => {
                let escaped = digit(bytes.next()).zip(digit(bytes.next())).map(|(high, low)| (high << 4) | low);
                match escaped {
                    // §2.3: the same with and without the escape.
                    Some(b) if b.is_ascii_alphanumeric() || b"-._~".contains(&b) => out.push(char::from(b)),
                    Some(b) if b.is_ascii_control() || b"/\\;%".contains(&b) => {
                        return Err(
                            "the path has an escaped slash, backslash, semicolon, percent sign or control character",
                        );
                    }
                    Some(b) => out.push_str(&format!("%{b:02X}")),
                    None => return Err("the path has a broken escape"),
                }
            }
            b'/' if out.ends_with('/') => return Err("the path has two slashes in a row"),
            b';' | b'\\' | b'#' => return Err("the path has a semicolon, a backslash or a number sign"),
            0x21..=0x7e => out.push(char::from(byte)),
            _ => return Err("the path has a character that must be escaped"),
        }
    }
    match out.split('/').any(|segment| segment == "." || segment == "..") {
        true => Err("the path has a dot segment"),
        false => Ok(out),
    }
}

fn digit(byte: Option<u8>) -> Option<u8> {
    char::from(byte?).to_digit(16).and_then(|digit| u8::try_from(digit).ok())
}

/// Whether a canonical path is that of a rule, or below it where the rule ends in `/*`. A slash at the end makes no
/// difference: backends seldom make one.
pub(super) fn fits(pattern: &str, path: &str) -> bool {
    let (whole, below) = match pattern.strip_suffix("/*") {
        Some(whole) => (whole, true),
        None => (pattern.strip_suffix('/').unwrap_or(pattern), false),
    };
    match path.strip_prefix(whole) {
        Some("" | "/") => true,
        Some(rest) => below && rest.starts_with('/'),
        None => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn what_can_be_read_in_two_ways_is_refused() {
        for bad in [
            "",
            "admin",
            "//admin",
            "/x//admin",
            "/./admin",
            "/x/../admin",
            "/%2e/admin",
            "/%2E%2e/admin",
            "/.%2e/admin",
            "/x/..",
            "/admin;x",
            "/;/admin",
            "/%3badmin",
            "/x%2fadmin",
            "/x%2Fadmin",
            "/x%5cadmin",
            "/x\\admin",
            "/%252e%252e/admin",
            "/%00admin",
            "/admin%0a",
            "/ad min",
            "/admin%",
            "/admin%2",
            "/admin%zz",
            "/admin#x",
            "/\u{e4}",
        ] {
            assert!(canonical(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn what_means_the_same_is_the_same() {
        for (raw, path) in [
            ("/", "/"),
            ("/admin", "/admin"),
            ("/%61dmin", "/admin"),
            ("/admin?x=//..;", "/admin"),
            ("/a%20b", "/a%20b"),
            ("/%c3%a4", "/%C3%A4"),
            ("/a:b@c,d", "/a:b@c,d"),
            ("/...", "/..."),
            ("/.well-known", "/.well-known"),
        ] {
            assert_eq!(canonical(raw).as_deref(), Ok(path), "{raw}");
        }
    }

    #[test]
    fn a_rule_is_about_its_path_and_what_is_below() {
        for (pattern, path) in [
            ("/a", "/a"),
            ("/a", "/a/"),
            ("/a/", "/a"),
            ("/a/*", "/a"),
            ("/a/*", "/a/"),
            ("/a/*", "/a/b/c"),
            ("/*", "/"),
            ("/*", "/x"),
            ("/", "/"),
        ] {
            assert!(fits(pattern, path), "{pattern} {path}");
        }
        for (pattern, path) in
            [("/a", "/a/b"), ("/a", "/ab"), ("/a/*", "/ab"), ("/a/*", "/"), ("/", "/a"), ("/a", "/A")]
        {
            assert!(!fits(pattern, path), "{pattern} {path}");
        }
    }

    proptest! {
        #[test]
        fn what_was_made_canonical_stays_so(text in "/[ -~]{0,40}") {
            if let Ok(path) = canonical(&text) {
                prop_assert_eq!(canonical(&path), Ok(path.clone()));
                prop_assert!(!path.contains("//") && !path.contains(';') && !path.split('/').any(|s| s == ".."));
            }
        }
    }
}
