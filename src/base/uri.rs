//! RFC 6749 §3.1.2, RFC 8252 §7, RFC 9700 §2.1: which redirect URIs may be registered, and when a presented one matches.

use url::Url;

/// Why a redirect URI can't be registered; the text is for the person who registers it.
pub type Refused = &'static str;

/// Checks a redirect URI at registration. `native` clients (no client authentication) may use loopback addresses with
/// plain http and private-use schemes that contain a dot (RFC 8252 §7.1, §7.3).
pub fn check_redirect_uri(uri: &str, native: bool) -> Result<(), Refused> {
    plain_ascii(uri)?;
    let parsed = Url::parse(uri).map_err(|_| "it isn't an absolute URI")?;
    if uri.contains('#') {
        return Err("it must not have a fragment");
    }
    if !parsed.username().is_empty() || parsed.password().is_some() {
        return Err("it must not contain a user name or password");
    }
    if uri.contains('*') {
        return Err("wildcards can't be registered; list each URI");
    }
    if parsed.query_pairs().any(|(name, _)| RESPONSE_PARAMETERS.contains(&name.as_ref())) {
        return Err("its query must not contain a parameter of the authorization response");
    }
    check_scheme(uri, &parsed, native)
}

const RESPONSE_PARAMETERS: [&str; 8] =
    ["code", "state", "iss", "error", "error_description", "id_token", "access_token", "response"];

fn check_scheme(uri: &str, parsed: &Url, native: bool) -> Result<(), Refused> {
    match parsed.scheme() {
        "https" | "http" if !written_as_parsed(uri, parsed) => {
            Err("write it in its normal form: lower-case scheme and host, no default port, no dot segments")
        }
        "https" if parsed.host_str().is_some_and(|host| !host.is_empty()) => Ok(()),
        "http" if loopback(parsed).is_some() => Ok(()),
        "http" => Err("plain http is only for loopback addresses; use https"),
        scheme if native && scheme.contains('.') && uri.starts_with(scheme) => Ok(()),
        _ => Err("its scheme isn't allowed; use https (a public native client may also use a scheme with a dot)"),
    }
}

/// Browsers and libraries must read the URI as it is written, or two of them could be led to different places.
fn written_as_parsed(uri: &str, parsed: &Url) -> bool {
    parsed.as_str() == uri || (parsed.path() == "/" && parsed.as_str().strip_suffix('/') == Some(uri))
}

fn plain_ascii(uri: &str) -> Result<(), Refused> {
    if uri.is_empty() || uri.len() > 2048 {
        return Err("it must have between 1 and 2048 characters");
    }
    match uri
        .bytes()
        .all(|b| b.is_ascii_graphic() && !matches!(b, b'"' | b'<' | b'>' | b'\\' | b'^' | b'`' | b'{' | b'|' | b'}'))
    {
        true => Ok(()),
        false => Err("it must be plain ASCII without spaces; write international names in their xn-- form"),
    }
}

/// The host as written, when the URI is plain http to a loopback literal or `localhost`.
fn loopback(uri: &Url) -> Option<&str> {
    uri.host_str().filter(|host| uri.scheme() == "http" && matches!(*host, "127.0.0.1" | "[::1]" | "localhost"))
}

/// Whether a presented redirect URI is the registered one: byte for byte, or, for `native` clients, a loopback URI that
/// differs in nothing but its port (RFC 8252 §7.3).
pub fn redirect_uri_matches(registered: &str, presented: &str, native: bool) -> bool {
    registered == presented || (native && differs_only_in_loopback_port(registered, presented))
}

fn differs_only_in_loopback_port(registered: &str, presented: &str) -> bool {
    let (Some((host, rest)), Some((other_host, other_rest))) = (split_loopback(registered), split_loopback(presented))
    else {
        return false;
    };
    host == other_host && rest == other_rest
}

/// `http://127.0.0.1:4711/cb?x` -> (`http://127.0.0.1`, `/cb?x`), by text: no parser may disagree about it.
fn split_loopback(uri: &str) -> Option<(&str, &str)> {
    let host =
        ["http://127.0.0.1", "http://[::1]", "http://localhost"].into_iter().find(|host| uri.starts_with(host))?;
    let rest = uri.strip_prefix(host)?;
    let Some(port_on) = rest.strip_prefix(':') else {
        return (rest.is_empty() || rest.starts_with(['/', '?'])).then_some((host, rest));
    };
    let end = port_on.find(|c: char| !c.is_ascii_digit()).unwrap_or(port_on.len());
    let (port, tail) = port_on.split_at_checked(end)?;
    let port_is_real = !port.starts_with('0') && port.parse::<u16>().is_ok();
    (port_is_real && (tail.is_empty() || tail.starts_with(['/', '?']))).then_some((host, tail))
}

/// Whether a redirect URI leads to something on the user's device that another app could also claim (RFC 8252 §8.6).
pub fn impersonable(uri: &str) -> bool {
    match Url::parse(uri) {
        Ok(parsed) => parsed.scheme() != "https",
        Err(_) => true,
    }
}

/// In which way a presented URI differs from a registered one, in words for the error page.
pub fn difference(registered: &str, presented: &str) -> &'static str {
    let (Ok(a), Ok(b)) = (Url::parse(registered), Url::parse(presented)) else {
        return "not registered";
    };
    if registered.trim_end_matches('/') == presented.trim_end_matches('/') {
        "only by a trailing slash"
    } else if registered.eq_ignore_ascii_case(presented) {
        "only in upper and lower case"
    } else if a.host_str() != b.host_str() {
        "not registered"
    } else if a.scheme() != b.scheme() {
        "in the scheme"
    } else if a.port_or_known_default() != b.port_or_known_default() {
        "in the port"
    } else if a.path() == b.path() {
        "only in the query"
    } else {
        "in the path"
    }
}

/// RFC 8707 §2: a resource indicator is an absolute URI without a fragment.
pub fn check_resource(uri: &str) -> bool {
    plain_ascii(uri).is_ok() && !uri.contains('#') && Url::parse(uri).is_ok_and(|u| u.has_host() || u.scheme() == "urn")
}

/// The URI up to its fragment.
pub fn without_fragment(uri: &str) -> &str {
    uri.split('#').next().unwrap_or_default()
}

/// `scheme://host[:port]` of an http(s) URI, or `scheme:` of another, as CSP `form-action` wants it.
pub fn origin(uri: &str) -> Option<String> {
    let parsed = Url::parse(uri).ok()?;
    match parsed.scheme() {
        "http" | "https" => Some(parsed.origin().ascii_serialization()),
        scheme => Some(format!("{scheme}:")),
    }
}

/// The host that people recognise a client by.
pub fn host(uri: &str) -> Option<String> {
    let parsed = Url::parse(uri).ok()?;
    Some(match parsed.host_str() {
        Some(host) => host.to_owned(),
        None => parsed.scheme().to_owned(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rfc8252_s7_3_only_the_loopback_port_is_free() {
        let registered = "http://127.0.0.1:1/cb";
        assert!(redirect_uri_matches(registered, "http://127.0.0.1:65535/cb", true));
        assert!(redirect_uri_matches(registered, "http://127.0.0.1/cb", true));
        for other in [
            "http://127.0.0.1:99999/cb",
            "http://127.0.0.1:01/cb",
            "http://127.0.0.1:/cb",
            "http://127.0.0.1:1/cb/",
            "http://127.0.0.2:1/cb",
            "http://localhost:1/cb",
            "https://127.0.0.1:1/cb",
            "http://127.0.0.1.evil.test:1/cb",
            "http://127.0.0.1:1@evil.test/cb",
            "http://127.0.0.1:1\\@evil.test/cb",
        ] {
            assert!(!redirect_uri_matches(registered, other, true), "{other}");
        }
        assert!(!redirect_uri_matches(registered, "http://127.0.0.1:2/cb", false));
    }
}
