//! CIMD §3: which URLs are client identifiers. They are compared as they are written, so only one way to write each is
//! taken.

use url::{Host, Url};

/// Longest identifier, in bytes.
const LONGEST: usize = 512;

/// Whether a `client_id` is a URL. Those of registered clients have no colon in them.
pub fn is_document(id: &str) -> bool {
    id.contains("://")
}

/// The host of an identifier, or why it isn't one.
pub(super) fn host(id: &str) -> Result<String, &'static str> {
    if id.len() > LONGEST {
        return Err("must have at most 512 characters");
    }
    let url = Url::parse(id).map_err(|_| "is not a URL")?;
    let local = match url.host() {
        Some(Host::Domain(host)) => host == "localhost",
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        None => false,
    };
    if url.scheme() != "https" && !(url.scheme() == "http" && local) {
        return Err("must begin with https://");
    }
    if !url.username().is_empty() || url.password().is_some() || id.contains('@') {
        return Err("must not have a user name or password");
    }
    if id.contains('#') {
        return Err("must not have a fragment");
    }
    // Also dot segments, however they are encoded: a parser takes them out.
    if url.as_str() != id {
        return Err(
            "must be written in its normal form: lower-case scheme and host, a path, no default port, no dot segments",
        );
    }
    url.host_str().map(str::to_owned).ok_or("has no host")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cimd_s3_one_way_to_write_each() {
        for (good, expected) in [
            ("https://app.example/client.json", "app.example"),
            ("https://app.example/", "app.example"),
            ("https://app.example:8443/a/b?c=d", "app.example"),
            ("http://localhost:3000/client", "localhost"),
            ("http://127.0.0.1:3000/client", "127.0.0.1"),
            ("https://xn--bcher-kva.example/c", "xn--bcher-kva.example"),
        ] {
            assert_eq!(host(good).as_deref(), Ok(expected), "{good}");
        }
        for bad in [
            "https://app.example",
            "http://app.example/client",
            "ftp://app.example/client",
            "javascript://app.example/%0aalert(1)",
            "https://app.example/client#x",
            "https://app.example/client#",
            "https://me@app.example/client",
            "https://me:pw@app.example/client",
            "https://@app.example/client",
            "https://app.example/a/../client",
            "https://app.example/./client",
            "https://app.example/a/%2e%2e/client",
            "https://app.example/%2E/client",
            "https://app.example:443/client",
            "HTTPS://app.example/client",
            "https://APP.example/client",
            "https:/app.example/client",
            "https:\\\\app.example\\client",
            "https://app.example/a b",
            " https://app.example/client",
            "https://app.example/cli\u{e9}nt",
            "https://b\u{fc}cher.example/client",
            "https://0x7f.1/client",
            "https:///client",
            "https://",
            "://",
        ] {
            assert!(host(bad).is_err(), "{bad}");
        }
        assert!(host(&format!("https://app.example/{}", "x".repeat(512))).is_err());
        assert!(is_document("https://app.example/client") && !is_document("my-client_1.example~x"));
    }
}
