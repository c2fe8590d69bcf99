//! Redirect URIs (security.md F-01, F-02): only the same bytes match, or a loopback URI with another port; whatever is
//! taken is seen alike by every parser and carries no response.
#![no_main]

use libfuzzer_sys::fuzz_target;
use symbolon::base::uri;
use url::Url;

/// The rule once more, by a parser instead of by text: RFC 8252 §7.3.
fn but_for_the_port(registered: &str, presented: &str) -> bool {
    let (Ok(mut one), Ok(mut two)) = (Url::parse(registered), Url::parse(presented)) else {
        return false;
    };
    let loopback = |uri: &Url| matches!(uri.host_str(), Some("127.0.0.1" | "[::1]" | "localhost"));
    one.scheme() == "http" && loopback(&one) && one.set_port(None).is_ok() && two.set_port(None).is_ok() && one == two
}

fuzz_target!(|texts: (&str, &str, bool)| {
    let (registered, presented, native) = texts;
    if uri::check_redirect_uri(registered, native).is_err() {
        return;
    }
    let parsed = Url::parse(registered).expect("what is registered can be parsed");
    assert!(!matches!(parsed.scheme(), "javascript" | "data" | "vbscript" | "file" | "blob" | "about"));
    assert!(parsed.username().is_empty() && parsed.password().is_none() && parsed.fragment().is_none());
    assert!(!parsed.query_pairs().any(|(name, _)| matches!(&*name, "code" | "state" | "iss" | "error" | "id_token")));
    assert!(uri::redirect_uri_matches(registered, registered, native));
    if uri::redirect_uri_matches(registered, presented, native) {
        assert!(registered == presented || (native && but_for_the_port(registered, presented)));
        let host = |uri: &str| Url::parse(uri).ok().and_then(|uri| uri.host_str().map(str::to_owned));
        assert_eq!(host(registered), host(presented));
    }
});
