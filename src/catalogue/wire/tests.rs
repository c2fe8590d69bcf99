//! What is sent, where it may go, and what hostile answers come to.

use super::*;
use crate::base::Time;
use crate::base::encoding::{base64, base64url};
use crate::catalogue::{Asked, Catalogue, HostPattern, ParamKind, SourceType};
use crate::crypto::{Algorithm, SigningKey, jwt};
use proptest::prelude::*;
use serde_json::{Value, json};
use std::time::Duration;
use url::Url;

/// A type with `policy`, and whatever else a test says.
fn kind(policy: &str, more: &str) -> SourceType {
    let text = format!(
        "key = \"acme\"\nname = \"Acme\"\nversion = 1\nlast_checked = \"2026-11-22\"\nkind = \"oauth2_code\"\n\
         hosts = [\"*.acme.example.com\", \"acme.example.com\"]\ncustody = \"required\"\nexternal_id_meaning = \"id\"\n\
         [rotation]\npolicy = \"{policy}\"\n[authorize]\nurl = \"https://acme.example.com/authorize?tenant=1\"\n\
         [token]\nurl = \"https://acme.example.com/token\"\n[[identity.id]]\nfrom = \"answer\"\npath = \"/id\"\n{more}"
    );
    SourceType::read("acme.toml", &text).unwrap_or_else(|wrong| panic!("{wrong}"))
}

fn json_answer(status: u16, body: &str) -> Answer<'_> {
    Answer { status, content_type: Some("application/json"), body: body.as_bytes(), ..Answer::default() }
}

fn said(kind: &SourceType, answer: &Answer<'_>) -> String {
    let outcome = read(kind, answer);
    format!("{} {}", outcome.name(), outcome.error().unwrap_or_default()).trim_end().to_owned()
}

#[test]
fn s3_5_every_signal_of_the_class_table_by_rotation() {
    let (strict, none) = (kind("strict", ""), kind("none", ""));
    let html = "<html><body>502 Bad Gateway</body></html>";
    // Status, body, Retry-After; what it is for a provider that rotates, and for one that doesn't.
    let table: &[(u16, &str, Option<&str>, &str, &str)] = &[
        (200, r#"{"access_token":"a"}"#, None, "tokens", "tokens"),
        (400, r#"{"error":"invalid_grant"}"#, None, "grant_dead invalid_grant", "grant_dead invalid_grant"),
        (200, r#"{"error":"bad_refresh_token"}"#, None, "grant_dead bad_refresh_token", "grant_dead bad_refresh_token"),
        (400, r#"{"error":"token_revoked"}"#, None, "grant_dead token_revoked", "grant_dead token_revoked"),
        (500, r#"{"error":"invalid_grant"}"#, None, "grant_dead invalid_grant", "grant_dead invalid_grant"),
        (400, r#"{"error":"consent_required"}"#, None, "interaction consent_required", "interaction consent_required"),
        (
            400,
            r#"{"error":"invalid_grant","suberror":"consent_required"}"#,
            None,
            "interaction invalid_grant",
            "interaction invalid_grant",
        ),
        (401, r#"{"error":"invalid_client"}"#, None, "client_bad invalid_client", "client_bad invalid_client"),
        (
            400,
            r#"{"error":"unauthorized_client"}"#,
            None,
            "client_bad unauthorized_client",
            "client_bad unauthorized_client",
        ),
        (401, "", None, "client_bad http_401", "client_bad http_401"),
        (401, html, None, "transient http_401", "transient http_401"),
        (400, r#"{"error":"invalid_scope"}"#, None, "request_bad invalid_scope", "request_bad invalid_scope"),
        (400, r#"{"error":"what_is_this"}"#, None, "request_bad what_is_this", "request_bad what_is_this"),
        (200, r#"{"error":"what_is_this"}"#, None, "request_bad what_is_this", "request_bad what_is_this"),
        (429, html, Some("7"), "throttled http_429", "throttled http_429"),
        (429, r#"{"error":"invalid_grant"}"#, None, "throttled invalid_grant", "throttled invalid_grant"),
        (403, html, Some("7"), "throttled http_403", "throttled http_403"),
        (403, html, None, "transient http_403", "transient http_403"),
        (400, r#"{"error":"slow_down"}"#, None, "throttled slow_down", "throttled slow_down"),
        (
            503,
            r#"{"error":"temporarily_unavailable"}"#,
            None,
            "throttled temporarily_unavailable",
            "throttled temporarily_unavailable",
        ),
        (503, html, Some("7"), "transient http_503", "transient http_503"),
        (503, html, None, "ambiguous http_503", "transient http_503"),
        (500, html, None, "ambiguous http_500", "transient http_500"),
        (502, html, None, "ambiguous http_502", "transient http_502"),
        (504, "", None, "ambiguous http_504", "transient http_504"),
        (400, r#"{"error":"server_error"}"#, None, "ambiguous server_error", "transient server_error"),
        (302, "", None, "transient http_302", "transient http_302"),
        (404, html, None, "transient http_404", "transient http_404"),
        (200, html, None, "ambiguous http_200", "transient http_200"),
        (200, "", None, "ambiguous http_200", "transient http_200"),
        (200, "{}", None, "ambiguous http_200", "ambiguous http_200"),
        (200, r#"{"token_type":"Bearer"}"#, None, "ambiguous http_200", "ambiguous http_200"),
    ];
    for (status, body, retry_after, rotates, stays) in table {
        let answer = Answer { retry_after: *retry_after, ..json_answer(*status, body) };
        assert_eq!(said(&strict, &answer), *rotates, "strict {status} {body}");
        assert_eq!(said(&none, &answer), *stays, "none {status} {body}");
    }
    let waits = |text| match read(
        &none,
        &Answer { retry_after: Some(text), date: Some("Sun, 22 Nov 2026 08:00:00 GMT"), ..json_answer(429, "") },
    ) {
        Outcome::Throttled { retry_after, .. } => retry_after.map(|span| span.as_secs()),
        other => panic!("{other:?}"),
    };
    assert_eq!(waits("7"), Some(7));
    assert_eq!(waits("Sun, 22 Nov 2026 08:02:00 GMT"), Some(120));
    assert_eq!(waits("Sun, 22 Nov 2026 07:00:00 GMT"), Some(0));
    assert_eq!((waits("99999999999"), waits("soon"), waits("-3")), (Some(86_400), None, None));
}

#[test]
fn s3_5_the_types_own_rules_come_first() {
    let more = "[[error]]\ncode = \"unauthorized_client\"\nsays = \"OLD refresh\"\nclass = \"grant_dead\"\n\
                [[error]]\nstatus = 418\nclass = \"throttled\"\n[answer]\nok = { path = \"/ok\", is = true }\n";
    let own = kind("strict", more);
    for (status, body, want) in [
        (
            400,
            r#"{"error":"unauthorized_client","error_description":"An old Refresh token"}"#,
            "grant_dead unauthorized_client",
        ),
        (400, r#"{"error":"unauthorized_client"}"#, "client_bad unauthorized_client"),
        (418, r#"{"error":"invalid_grant"}"#, "throttled invalid_grant"),
        // Slack: the status says nothing.
        (200, r#"{"ok":false,"access_token":"a"}"#, "ambiguous http_200"),
        (200, r#"{"ok":false,"error":"invalid_grant","access_token":"a"}"#, "grant_dead invalid_grant"),
        (200, r#"{"ok":true,"access_token":"a"}"#, "tokens"),
        (200, r#"{"ok":true,"error":"a note","access_token":"a"}"#, "tokens"),
    ] {
        assert_eq!(said(&own, &json_answer(status, body)), want, "{body}");
    }
}

#[test]
fn cv_21_hostile_answers_come_to_nothing() {
    let strict = kind("strict", "");
    let deep = format!("{}1{}", "[".repeat(5000), "]".repeat(5000));
    let long = format!(r#"{{"access_token":"{}"}}"#, "a".repeat(MAX_TOKEN_PLUS));
    let huge = format!(r#"{{"access_token":"a","x":"{}"}}"#, "x".repeat(MAX_BYTES));
    for body in [
        &deep,
        &long,
        &huge,
        r#"{"access_token":"a\r\nSet-Cookie: x"}"#,
        r#"{"access_token":"a\nb"}"#,
        r#"{"access_token":"a b"}"#,
        r#"{"access_token":"ä"}"#,
        r#"{"access_token":""}"#,
        r#"{"access_token":null}"#,
        r#"{"access_token":7}"#,
        r#"{"access_token":["a"]}"#,
        r#"{"access_token":{"access_token":"a"}}"#,
        r#"["access_token"]"#,
        r#"{"access_token":"a","refresh_token":"r\r\nx"}"#,
        r#"{"access_token":"a","refresh_token":7}"#,
        r#"{"access_token":"a""#,
        "access_token",
        "null",
        "true",
        "\u{0}",
        "<html>access_token=a</html>",
    ] {
        let short: String = body.chars().take(60).collect();
        assert_eq!(said(&strict, &json_answer(200, body)), "ambiguous http_200", "{short}");
    }
    assert_eq!(
        said(&strict, &Answer { status: 200, body: b"\xff\xfe\x00", ..Answer::default() }),
        "ambiguous http_200"
    );
    // Texts for people, and what looks like a token, aren't kept.
    for error in [
        "The refresh token ya29.secret is invalid",
        "a\r\nb",
        &"x".repeat(65),
        "<script>",
        "ä",
        "8xLOxBtZp8",
        "1b4f0e98-77c2",
    ] {
        let body = json!({ "error": error }).to_string();
        assert_eq!(said(&strict, &json_answer(400, &body)), "request_bad http_400", "{error}");
    }
    for error in [json!({ "type": "x" }), json!(["x"]), json!(true)] {
        let body = json!({ "error": error, "access_token": "a" }).to_string();
        assert_eq!(said(&strict, &json_answer(200, &body)), "ambiguous http_200", "{body}");
    }
    // What only looks odd is a success.
    for body in [
        r#"{"access_token":"a","refresh_token":"","error":""}"#,
        r#"{"access_token":"a","refresh_token":null,"error":null}"#,
        "access_token=a&token_type=bearer",
        r#"{"access_token":"b","access_token":"a"}"#,
        &format!(r#"{{"access_token":"a","refresh_token":"{}"}}"#, "r".repeat(16 * 1024)),
    ] {
        match read(&strict, &Answer { content_type: Some("text/html"), ..json_answer(200, body) }) {
            Outcome::Tokens(tokens) => assert_eq!(tokens.access_token.reveal(), "a"),
            other => panic!("{body}: {other:?}"),
        }
    }
}

const MAX_TOKEN_PLUS: usize = 64 * 1024 + 1;

fn tokens(kind: &SourceType, body: &str) -> Tokens {
    match read(kind, &json_answer(200, body)) {
        Outcome::Tokens(tokens) => *tokens,
        other => panic!("{body}: {other:?}"),
    }
}

#[test]
fn f30_f31_lies_about_the_end_are_no_end() {
    let (bare, hour) = (kind("strict", ""), kind("strict", "[lifetimes]\naccess = \"1h\"\n"));
    let never = kind("strict", "[lifetimes]\naccess = \"never\"\n");
    let millis = kind("strict", "[answer]\nunit = \"millis\"\n");
    let known = Expiry::In(Duration::from_secs(90));
    for (said, want) in [
        ("90", Some(known)),
        ("\"90\"", Some(known)),
        ("90.0", Some(known)),
        ("\" 90 \"", Some(known)),
        ("0", None),
        ("-1", None),
        ("1e18", None),
        ("\"abc\"", None),
        ("\"\"", None),
        ("[]", None),
        ("true", None),
        ("\"NaN\"", None),
        ("\"inf\"", None),
        ("1e400", None),
        ("\"2026-11-22\"", None),
        ("9223372036854775807", None),
    ] {
        let body = format!(r#"{{"access_token":"a","expires_in":{said}}}"#);
        // Past what JSON can say, the whole answer is unreadable.
        if said == "1e400" {
            assert_eq!(read(&bare, &json_answer(200, &body)).name(), "ambiguous");
            continue;
        }
        let unknown = want.unwrap_or(Expiry::Unknown);
        assert_eq!(tokens(&bare, &body).expires, unknown, "{said}");
        assert_eq!(tokens(&hour, &body).expires, want.unwrap_or(Expiry::Assumed(Duration::from_secs(3600))), "{said}");
        assert_eq!(tokens(&never, &body).expires, want.unwrap_or(Expiry::Never), "{said}");
    }
    let without = |more: &str| tokens(&bare, &format!(r#"{{"access_token":"a"{more}}}"#)).expires;
    assert_eq!(without(""), Expiry::Never, "no word and no refresh token");
    assert_eq!(without(r#","expires_in":null"#), Expiry::Never);
    assert_eq!(without(r#","refresh_token":"r""#), Expiry::Unknown, "a refresh token promises an end");
    assert_eq!(tokens(&millis, r#"{"access_token":"a","expires_in":90000}"#).expires, known);
    assert_eq!(known.at(Time::from_secs(10)), Some(Time::from_secs(100)));
}

#[test]
fn f30_dates_count_from_the_providers_own_clock() {
    let dated = kind("none", "[answer]\nexpires = \"/expires_at\"\nunit = \"at_date\"\n");
    let body = br#"{"access_token":"a","expires_at":"2026-11-22T09:00:00Z"}"#;
    let at = |date| match read(&dated, &Answer { status: 200, date, body, ..Answer::default() }) {
        Outcome::Tokens(tokens) => tokens.expires,
        other => panic!("{other:?}"),
    };
    // An hour fast or slow: the token lives as long.
    assert_eq!(at(Some("Sun, 22 Nov 2026 08:00:00 GMT")), Expiry::In(Duration::from_secs(3600)));
    assert_eq!(at(None), Expiry::At(Time::parse("2026-11-22T09:00:00Z").expect("a date")));
    assert_eq!(at(Some("yesterday")), at(None));
    assert_eq!(at(Some("Sun, 22 Nov 2026 10:00:00 GMT")), Expiry::Unknown, "already over");
}

#[test]
fn cv_21_no_bytes_make_it_stumble() {
    let kinds = [kind("none", ""), kind("strict", "")];
    proptest!(|(status: u16, body: Vec<u8>, retry in ".{0,40}", date in ".{0,40}")| {
        for kind in &kinds {
            let answer = Answer { status, retry_after: Some(&retry), date: Some(&date), content_type: None, body: &body };
            let outcome = read(kind, &answer);
            prop_assert!(outcome.error().is_none_or(|code| code.len() <= 64 && code.is_ascii()));
        }
    });
}

#[test]
fn cv_21_no_members_make_it_stumble() {
    let strict = kind("strict", "");
    proptest!(|(token in ".{0,30}", refresh in ".{0,30}", expires in ".{0,30}", scope in ".{0,60}")| {
        let body = json!({ "access_token": token, "refresh_token": refresh, "expires_in": expires, "scope": scope }).to_string();
        if let Outcome::Tokens(tokens) = read(&strict, &json_answer(200, &body)) {
            for token in [Some(&tokens.access_token), tokens.refresh_token.as_ref()].into_iter().flatten() {
                prop_assert!(token.reveal().bytes().all(|b| b.is_ascii_graphic()));
            }
        }
    });
}

fn catalogue() -> Catalogue {
    Catalogue::load(None).unwrap_or_else(|wrong| panic!("{wrong}"))
}

/// Every request that a set of parameters leads to.
fn everywhere(kind: &SourceType, params: &BTreeMap<String, String>, fields: &BTreeMap<String, Secret>) -> Vec<String> {
    let secret = Secret::new("s");
    let setup =
        Setup { client_id: "c", client_secret: Some(&secret), client_key: None, params, fields, metadata: None };
    let (token, now) = (Secret::new("t"), Time::from_secs(0));
    let ask = AskToAuthorize {
        state: "s",
        code_challenge: "c",
        redirect_uri: "https://id.example.com/cb",
        nonce: "n",
        scopes: &[],
        login_hint: None,
    };
    let calls = [
        exchange(kind, &setup, Code { code: &token, code_verifier: &token, redirect_uri: "https://id.example.com/cb" })
            .ok(),
        refresh(kind, &setup, &token, &[]).ok(),
        migrate(kind, &setup, &token).ok(),
        introspect(kind, &setup, &token).ok().flatten(),
        revoke(kind, &setup, Some(&token), Some(&token)).ok().flatten(),
        identity(kind, &setup, Some(&token), None, now).ok().flatten(),
        mint(kind, &setup, &[], now).ok(),
        probe(kind, &setup, "https://id.example.com/cb", now).ok().flatten(),
    ];
    calls.into_iter().flatten().map(|call| call.url).chain(authorize(kind, &setup, &ask).ok()).collect()
}

/// It is in the list, by a reader that has never heard of our patterns.
#[track_caller]
fn at_home(kind: &SourceType, url: &str, because: &str) {
    let parsed = Url::parse(url).expect("a URL");
    let host = parsed.host_str().unwrap_or_default().to_owned();
    let listed = kind.hosts.iter().any(|pattern| match pattern {
        HostPattern::Exact(name) => host == *name,
        HostPattern::Below(suffix) => host.ends_with(&format!(".{suffix}")),
        _ => false,
    });
    let plain = parsed.username().is_empty()
        && parsed.password().is_none()
        && parsed.port().is_none()
        && parsed.fragment().is_none();
    assert!(listed && plain && parsed.scheme() == "https", "{}: {because:?} led to {url}", kind.key);
    // By its text too: no reader may see another host before the first slash.
    let authority = url.strip_prefix("https://").and_then(|rest| rest.split(['/', '?']).next()).expect("https");
    assert_eq!(authority, host, "{}: {because:?}", kind.key);
}

const HOSTILE: [&str; 34] = [
    "evil.test",
    "evil.test/",
    "evil.test#",
    "evil.test?",
    "evil.test\\",
    "x@evil.test",
    "x:y@evil.test",
    "x:8443",
    "x#",
    "x?y",
    "x/y",
    "../../x",
    "..",
    ".",
    "%2e%2e",
    "x%2fevil.test",
    "evil.test%00",
    "x\r\nHost: evil.test",
    "x\t",
    " x",
    "x ",
    "",
    "//evil.test",
    "\\\\evil.test",
    "https://evil.test",
    "http://127.0.0.1:80",
    "[::1]",
    "169.254.169.254",
    "xn--e1afmkfd",
    "ｅvil.test",
    "evil。test",
    "login.salesforce.com.evil.test",
    "a.my.salesforce.com@evil.test",
    "evil.test/.my.salesforce.com",
];

fn with(kind: &SourceType, name: &str, value: &str) -> (BTreeMap<String, String>, BTreeMap<String, Secret>) {
    let known = kind.params.iter().filter_map(|param| {
        let value = param.example.as_ref().or(param.default.as_ref()).or(param.choices.first());
        Some((param.name.clone(), value?.clone()))
    });
    let mut params: BTreeMap<String, String> = known.collect();
    let mut fields: BTreeMap<String, Secret> =
        kind.fields.iter().map(|field| (field.name.clone(), Secret::new("x"))).collect();
    match kind.params.iter().any(|param| param.name == name) {
        true => drop(params.insert(name.to_owned(), value.to_owned())),
        false => drop(fields.insert(name.to_owned(), Secret::new(value))),
    }
    (params, fields)
}

fn names(kind: &SourceType) -> Vec<String> {
    kind.params.iter().map(|param| &param.name).chain(kind.fields.iter().map(|field| &field.name)).cloned().collect()
}

#[test]
fn s3_4_7_no_hostile_parameter_leads_elsewhere() {
    let catalogue = catalogue();
    let mut sent = 0;
    for kind in catalogue.iter().filter(|kind| !kind.generic) {
        for name in names(kind) {
            for value in HOSTILE {
                let (params, fields) = with(kind, &name, value);
                for url in everywhere(kind, &params, &fields) {
                    at_home(kind, &url, value);
                    sent += 1;
                }
            }
        }
        // And the honest ones lead somewhere.
        let (params, fields) = with(kind, "nobody", "x");
        let honest = everywhere(kind, &params, &fields);
        assert!(!honest.is_empty() || kind.kind.mints(), "{}: no request can be written", kind.key);
        honest.iter().for_each(|url| at_home(kind, url, "honest"));
    }
    assert!(sent > 1000, "{sent}");
}

/// A definition whose author trusts everybody: the list of hosts still holds.
fn careless(url: &str, kind_of: &str, example: &str) -> SourceType {
    let more = format!(
        "[[param]]\nname = \"x\"\nkind = \"{kind_of}\"\npattern = \"(?s).*\"\nexample = \"{example}\"\n[revoke]\nurl = \"{url}\"\n"
    );
    kind("none", &more)
}

/// A value as part of a host, as all of it, as all of the URL, in the path, and in the query.
fn all_careless() -> [SourceType; 5] {
    [
        careless("https://{x}.acme.example.com/revoke", "text", "good"),
        careless("https://{x}/revoke", "text", "good.acme.example.com"),
        careless("{x}", "url", "https://good.acme.example.com/revoke"),
        careless("https://acme.example.com/{x}/revoke", "text", "good"),
        careless("https://acme.example.com/r?t={x}", "text", "good"),
    ]
}

#[test]
fn s3_4_7_the_list_of_hosts_alone_holds() {
    let [_, host, url, ..] = all_careless();
    let revokes = |kind: &SourceType, value: &str| {
        let (params, fields) = with(kind, "x", value);
        let token = Secret::new("t");
        let setup = Setup {
            client_id: "c",
            client_secret: Some(&token),
            client_key: None,
            params: &params,
            fields: &fields,
            metadata: None,
        };
        revoke(kind, &setup, Some(&token), None).map(|call| call.expect("a call").url)
    };
    assert_eq!(revokes(&host, "a.acme.example.com").as_deref(), Ok("https://a.acme.example.com/revoke"));
    assert_eq!(revokes(&url, "https://a.acme.example.com/x?y").as_deref(), Ok("https://a.acme.example.com/x?y"));
    for value in [
        "evil.test",
        "acme.example.com.evil.test",
        "evilacme.example.com",
        "127.0.0.1",
        "2130706433",
        "localhost",
        "a.acme.example.com.",
    ] {
        assert_eq!(revokes(&host, value).expect_err(value).field, "hosts", "{value}");
        assert!(revokes(&url, &format!("https://{value}/")).is_err(), "{value}");
    }
    for value in [
        "http://a.acme.example.com/",
        "https://a.acme.example.com:8443/",
        "https://u@a.acme.example.com/",
        "https://a.acme.example.com/#x",
        "https://evil.test\\@a.acme.example.com/",
        "https://a.acme.example.com@evil.test/",
        "//evil.test",
        "javascript:alert(1)",
        "https:evil.test",
    ] {
        assert!(revokes(&url, value).is_err(), "{value}");
    }
    for kind in &all_careless() {
        for value in HOSTILE {
            let (params, fields) = with(kind, "x", value);
            everywhere(kind, &params, &fields).iter().for_each(|url| at_home(kind, url, value));
        }
    }
}

#[test]
fn s3_4_7_not_even_a_careless_pattern_leads_elsewhere() {
    let kinds = all_careless();
    proptest!(|(value in "\\PC{0,40}|[-a-z0-9.:/@#?%\\\\\\[\\]]{0,40}|(evil\\.test|127\\.0\\.0\\.1)[/@:#?\\\\].{0,10}")| {
        for kind in &kinds {
            let (params, fields) = with(kind, "x", &value);
            for url in everywhere(kind, &params, &fields) {
                at_home(kind, &url, &value);
            }
        }
    });
}

#[test]
fn s3_4_7_no_parameter_of_any_type_leads_elsewhere() {
    let catalogue = catalogue();
    let open =
        |kind: &&std::sync::Arc<SourceType>| !kind.generic && kind.params.iter().any(|param| param.choices.is_empty());
    proptest!(ProptestConfig::with_cases(64), |(value in "\\PC{0,40}|[-a-z0-9.:/@#?%\\\\]{0,40}")| {
        for kind in catalogue.iter().filter(open) {
            for name in names(kind) {
                let (params, fields) = with(kind, &name, &value);
                for url in everywhere(kind, &params, &fields) {
                    at_home(kind, &url, &value);
                }
            }
        }
    });
}

#[test]
fn s3_4_7_a_value_in_a_path_or_query_is_percent_encoded() {
    let kind = careless("https://acme.example.com/{x}/revoke?t={x}", "text", "good");
    let (params, fields) = with(&kind, "x", "a/b?c#d&e=f ä");
    let urls = everywhere(&kind, &params, &fields);
    let want = "https://acme.example.com/a%2Fb%3Fc%23d%26e%3Df%20%C3%A4/revoke?t=a%2Fb%3Fc%23d%26e%3Df%20%C3%A4";
    assert!(urls.iter().any(|url| url == want), "{urls:?}");
}

fn body_of(call: &Call) -> (&'static str, String) {
    let (kind, body) = call.body.clone().expect("a body");
    (kind, body.reveal().to_owned())
}

fn header<'a>(call: &'a Call, name: &str) -> Option<&'a str> {
    call.headers.iter().find(|(have, _)| have == name).map(|(_, value)| value.reveal())
}

#[test]
fn rfc6749_s4_1_what_is_sent_for_a_code_and_for_a_refresh() {
    let more = "[scopes]\nseparator = \",\"\ndefault = [\"a\"]\nalways = [\"offline\"]\n";
    let (params, fields, secret) = (BTreeMap::new(), BTreeMap::new(), Secret::new("s e/c"));
    let setup = Setup {
        client_id: "me&you",
        client_secret: Some(&secret),
        client_key: None,
        params: &params,
        fields: &fields,
        metadata: None,
    };
    let kind_post = kind("strict", more);
    let scopes = ["x y".to_owned(), "offline".to_owned()];
    let ask = AskToAuthorize {
        state: "st",
        code_challenge: "ch",
        redirect_uri: "https://id.example.com/cb?x",
        nonce: "n",
        scopes: &scopes,
        login_hint: Some("ada"),
    };
    assert_eq!(
        authorize(&kind_post, &setup, &ask).expect("a URL"),
        "https://acme.example.com/authorize?tenant=1&response_type=code&client_id=me%26you\
         &redirect_uri=https%3A%2F%2Fid.example.com%2Fcb%3Fx&scope=x%20y%2Coffline&state=st&code_challenge=ch&code_challenge_method=S256"
    );
    let (code, verifier) = (Secret::new("co+de"), Secret::new("ver"));
    let code = Code { code: &code, code_verifier: &verifier, redirect_uri: "https://id.example.com/cb" };
    let call = exchange(&kind_post, &setup, code).expect("a call");
    assert_eq!((call.method.as_str(), call.url.as_str()), ("POST", "https://acme.example.com/token"));
    assert_eq!(
        body_of(&call),
        (
            "application/x-www-form-urlencoded",
            "grant_type=authorization_code&code=co%2Bde&redirect_uri=https%3A%2F%2Fid.example.com%2Fcb\
          &code_verifier=ver&client_id=me%26you&client_secret=s%20e%2Fc"
                .to_owned()
        )
    );
    assert_eq!(header(&call, "accept"), Some("application/json"));
    assert_eq!(format!("{call:?}"), "[POST https://acme.example.com/token]");
    let token = Secret::new("rt");
    let at = |more: &str| {
        let text = "[token]\nurl = \"https://acme.example.com/token\"\n";
        let whole = kind("strict", "").written_with(&format!("{text}{more}"));
        refresh(&whole, &setup, &token, &["a".to_owned()]).expect("a call")
    };
    let json = at("body = \"json\"\nclient_auth = \"basic\"\nrefresh_scopes = true\n");
    assert_eq!(
        body_of(&json),
        ("application/json", r#"{"grant_type":"refresh_token","refresh_token":"rt","scope":"a"}"#.to_owned())
    );
    // RFC 6749 §2.3.1: both halves are encoded first.
    assert_eq!(header(&json, "authorization"), Some(format!("Basic {}", base64(b"me%26you:s%20e%2Fc")).as_str()));
    let query = at(
        "body = \"query\"\nclient_auth = \"none\"\nomit = [\"grant_type\"]\nrefresh_url = \"https://acme.example.com/again\"\n",
    );
    assert_eq!(query.url, "https://acme.example.com/again?refresh_token=rt&client_id=me%26you");
    assert!(query.body.is_none() && !format!("{query:?}").contains("rt"));
    let none = Setup { client_secret: None, ..setup };
    assert_eq!(refresh(&kind_post, &none, &token, &[]).map(|_| ()).expect_err("no secret").field, "client_secret");
}

#[test]
fn f20_f26_a_token_that_does_not_expire_is_exchanged_as_each_vendor_wants_it() {
    let (catalogue, fields, secret) = (catalogue(), BTreeMap::new(), Secret::new("s"));
    let params = BTreeMap::from([("shop".to_owned(), "acme".to_owned())]);
    let setup = Setup {
        client_id: "me",
        client_secret: Some(&secret),
        client_key: None,
        params: &params,
        fields: &fields,
        metadata: None,
    };
    let old = Secret::new("old");
    let shopify = "subject_token=old&expiring=1&grant_type=urn%3Aietf%3Aparams%3Aoauth%3Agrant-type%3Atoken-exchange\
                   &requested_token_type=urn%3Ashopify%3Aparams%3Aoauth%3Atoken-type%3Aoffline-access-token\
                   &subject_token_type=urn%3Ashopify%3Aparams%3Aoauth%3Atoken-type%3Aoffline-access-token";
    for (key, url, body, policy) in [
        ("shopify", "https://acme.myshopify.com/admin/oauth/access_token", shopify, "grace(7d)"),
        ("linear", "https://api.linear.app/oauth/migrate_old_token", "access_token=old", "strict"),
        ("slack", "https://slack.com/api/oauth.v2.exchange", "token=old", "strict"),
    ] {
        let kind = catalogue.get(key).expect("there");
        let call = migrate(kind, &setup, &old).expect("a call");
        assert_eq!((call.method.as_str(), call.url.as_str()), ("POST", url));
        let want = format!("{body}&client_id=me&client_secret=s");
        assert_eq!(body_of(&call), ("application/x-www-form-urlencoded", want));
        let meanwhile = kind.migrating().expect("an exchange");
        assert_eq!((meanwhile.policy().to_string().as_str(), kind.policy().to_string().as_str()), (policy, "strict"));
    }
    let none = kind("strict", "");
    assert!(none.migrating().is_none() && migrate(&none, &setup, &old).is_err());
    let own = "[migrate]\nurl = \"https://acme.example.com/swap\"\nbody = \"json\"\nclient_auth = \"basic\"\n";
    let call = migrate(&kind("none", own), &setup, &old).expect("a call");
    assert_eq!(body_of(&call), ("application/json", r#"{"token":"old"}"#.to_owned()));
    assert_eq!(header(&call, "authorization"), Some(format!("Basic {}", base64(b"me:s")).as_str()));
}

#[test]
fn rfc7523_s2_1_assertions_are_signed_with_keys_as_vendors_hand_them_out() {
    let (key, pkcs8) = SigningKey::generate(Algorithm::RS256).expect("a key");
    let pem = |label: &str, der: &[u8]| format!("-----BEGIN {label}-----\n{}\n-----END {label}-----\n", base64(der));
    let pkcs8_pem = pem("PRIVATE KEY", &pkcs8);
    // RFC 5958 §2: what stands in the octet string is RFC 8017's own form.
    let pkcs1_pem = pem("RSA PRIVATE KEY", &pkcs8[26..]);
    let now = Time::from_secs(1_700_000_000);
    let catalogue = catalogue();
    let google = catalogue.get("google_service_account").expect("there");
    let file =
        json!({ "client_email": "robot@x.example", "private_key": pkcs8_pem, "private_key_id": "k1" }).to_string();
    let given = BTreeMap::from([
        ("key_file".to_owned(), Secret::new(file)),
        ("subject".to_owned(), Secret::new("ada@x.example")),
    ]);
    let fields = typed(google, &given).expect("a key file");
    let params =
        BTreeMap::from([("installation_id".to_owned(), "77".to_owned()), ("slug".to_owned(), "acme".to_owned())]);
    let setup = Setup {
        client_id: "app",
        client_secret: None,
        client_key: None,
        params: &params,
        fields: &fields,
        metadata: None,
    };
    let call = mint(google, &setup, &[], now).expect("a call");
    let (_, body) = body_of(&call);
    let sent = body.split("assertion=").nth(1).expect("an assertion").to_owned();
    let claims = jwt::verify(&sent, &key.jwk, &["RS256"]).expect("it verifies");
    assert_eq!(jwt::read(&sent).expect("a JWT").kid.as_deref(), Some("k1"));
    assert_eq!(
        claims,
        json!({ "aud": "https://oauth2.googleapis.com/token", "iss": "robot@x.example", "sub": "ada@x.example",
        "scope": "https://www.googleapis.com/auth/cloud-platform", "iat": 1_699_999_970, "exp": 1_700_003_570 })
    );
    assert!(
        !body.contains("client_secret")
            && body.starts_with("grant_type=urn%3Aietf%3Aparams%3Aoauth%3Agrant-type%3Ajwt-bearer")
    );

    let github = catalogue.get("github_app").expect("there");
    let (none, private) = (BTreeMap::new(), Secret::new(pkcs1_pem));
    let setup = Setup {
        client_id: "Iv1.app",
        client_secret: Some(&private),
        client_key: None,
        params: &params,
        fields: &none,
        metadata: None,
    };
    let call = mint(github, &setup, &[], now).expect("a call");
    assert_eq!(call.url, "https://api.github.com/app/installations/77/access_tokens");
    let sent = header(&call, "authorization").and_then(|value| value.strip_prefix("Bearer ")).expect("a JWT");
    assert_eq!(
        jwt::verify(sent, &key.jwk, &["RS256"]).expect("it verifies"),
        json!({ "iss": "Iv1.app", "iat": 1_699_999_940, "exp": 1_700_000_480 })
    );
    assert_eq!(jwt::read(sent).expect("a JWT").kid, None);
    assert_eq!(
        probe(github, &setup, "", now).expect("a probe").map(|call| call.url).as_deref(),
        Some("https://api.github.com/app")
    );
    let bad = Secret::new("-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----");
    let wrong = mint(github, &Setup { client_secret: Some(&bad), ..setup }, &[], now).map(|_| ()).expect_err("no key");
    assert!(wrong.field == "client_secret" && !wrong.why.contains("AAAA"), "{wrong}");
}

#[test]
fn cv_28_nothing_replaces_the_parameters_that_are_ours() {
    for name in ["state", "redirect_uri", "client_id", "response_type", "code_challenge", "nonce"] {
        let text = format!("[authorize]\nurl = \"https://acme.example.com/a\"\nextra = {{ {name} = \"x\" }}\n");
        let wrong = kind("none", "").tried_with(&text).expect_err(name);
        assert_eq!(wrong.field, name);
    }
}

#[test]
fn f21_the_callback_says_what_is_asked_of_it_once() {
    let catalogue = catalogue();
    let quickbooks = catalogue.get("quickbooks").expect("there");
    let pair = |name: &str, value: &str| (name.to_owned(), value.to_owned());
    let good = callback(quickbooks, &[pair("code", "x"), pair("realmId", "123"), pair("hostname", "evil.test")])
        .expect("a realm");
    assert_eq!(good, BTreeMap::from([pair("realm_id", "123")]));
    for bad in [
        vec![],
        vec![pair("realmId", "")],
        vec![pair("realmId", "1"), pair("realmId", "2")],
        vec![pair("realmId", "1/../2")],
        vec![pair("realmId", "evil.test")],
        vec![pair("realm_id", "1")],
    ] {
        assert!(callback(quickbooks, &bad).is_err(), "{bad:?}");
    }
}

#[test]
fn s3_4_10_an_identity_is_proven_or_says_that_it_isn_t() {
    let catalogue = catalogue();
    let (none, fields, now) = (BTreeMap::new(), BTreeMap::new(), Time::from_secs(0));
    let find = |key: &str, params: &BTreeMap<String, String>, status: u16, body: &str| {
        let kind = catalogue.get(key).expect("there");
        let setup =
            Setup { client_id: "c", client_secret: None, client_key: None, params, fields: &fields, metadata: None };
        external_id(
            kind,
            &Evidence { setup, tokens: None, said: None, request: Some(json_answer(status, body)), nonce: None, now },
        )
    };
    let params = BTreeMap::from([("installation_id".to_owned(), "77".to_owned())]);
    assert_eq!(
        find("github_app", &params, 200, r#"{"id":77}"#).map(|found| (found.external_id, found.verified)),
        Ok(("77".to_owned(), true))
    );
    assert_eq!(find("github_app", &params, 200, r#"{"id":78}"#), Err(Unidentified::Mismatch));
    assert_eq!(find("github_app", &params, 404, "{}"), Err(Unidentified::Rejected(404)));
    assert_eq!(find("github_oauth", &none, 200, "{}"), Err(Unidentified::Nameless));
    assert_eq!(find("github_oauth", &none, 200, "<html>"), Err(Unidentified::Nameless));
    assert_eq!(find("github_oauth", &none, 200, r#"{"id":"a\nb"}"#), Err(Unidentified::Nameless));
    assert_eq!(find("github_oauth", &none, 401, "{}"), Err(Unidentified::Rejected(401)));
    for status in [302, 408, 429, 500, 503] {
        assert_eq!(find("github_oauth", &none, status, "{}"), Err(Unidentified::Unavailable(status)));
    }
    assert_eq!(find("xero", &none, 200, "[]"), Err(Unidentified::Nameless));
}

#[test]
fn oidc_core_s3_1_3_7_an_id_token_keeps_its_rules() {
    let catalogue = catalogue();
    let google = catalogue.get("google").expect("there");
    let (params, fields, now) = (BTreeMap::new(), BTreeMap::new(), Time::from_secs(10_000));
    let setup = Setup {
        client_id: "me",
        client_secret: None,
        client_key: None,
        params: &params,
        fields: &fields,
        metadata: None,
    };
    let find = |change: Value, nonce: Option<&str>| {
        let mut claims =
            json!({ "iss": "https://accounts.google.com", "sub": "1", "aud": "me", "exp": 10_000, "nonce": "n" });
        claims.as_object_mut().expect("an object").extend(change.as_object().expect("an object").clone());
        let part = |value: &Value| base64url(value.to_string().as_bytes());
        let token = format!("{}.{}.AA", part(&json!({ "alg": "RS256" })), part(&claims));
        let tokens = tokens(google, &json!({ "access_token": "a", "id_token": token }).to_string());
        external_id(google, &Evidence { setup, tokens: Some(&tokens), said: None, request: None, nonce, now })
            .map(|found| found.external_id)
    };
    assert_eq!(find(json!({}), Some("n")), Ok("1".to_owned()));
    assert_eq!(find(json!({ "aud": ["me", "you"], "azp": "me" }), None), Ok("1".to_owned()));
    for (change, why) in [
        (json!({ "iss": "https://accounts.google.com.evil.test" }), "another issuer"),
        (json!({ "iss": null }), "no issuer"),
        (json!({ "aud": "you" }), "another client"),
        (json!({ "aud": ["me", "you"], "azp": "you" }), "another client"),
        (json!({ "exp": 9_000 }), "expired"),
        (json!({ "exp": "10000" }), "expired"),
        (json!({ "nonce": "other" }), "another connection"),
        (json!({ "nonce": null }), "another connection"),
    ] {
        match find(change.clone(), Some("n")) {
            Err(Unidentified::BadIdToken(text)) => assert!(text.contains(why), "{change}: {text}"),
            other => panic!("{change}: {other:?}"),
        }
    }
}

#[test]
fn rfc8414_s3_3_metadata_speaks_for_its_own_issuer() {
    let document = |issuer: &str, token: &str| {
        json!({ "issuer": issuer, "authorization_endpoint": "https://a.test/a", "token_endpoint": token }).to_string()
    };
    let read = |body: &str| Metadata::read("https://a.test", &json_answer(200, body));
    let good = read(&document("https://a.test", "https://b.test/t")).expect("metadata");
    assert_eq!((good.endpoint("token_endpoint"), good.endpoint("userinfo_endpoint")), (Some("https://b.test/t"), None));
    for bad in [
        document("https://b.test", "https://a.test/t"),
        document("https://a.test", "https://u:p@a.test/t"),
        document("https://a.test", "file:///t"),
        document("https://a.test", "https://a.test/t#x"),
        "{}".to_owned(),
        "[]".to_owned(),
        "<html>".to_owned(),
    ] {
        assert!(read(&bad).is_err(), "{bad}");
    }
    assert!(
        Metadata::read("https://a.test", &json_answer(404, &document("https://a.test", "https://a.test/t"))).is_err()
    );
}

#[test]
fn a_probe_tells_a_wrong_secret_from_a_right_one() {
    let strict = kind("strict", "");
    for (status, body, want) in [
        (400, r#"{"error":"invalid_grant"}"#, Probed::Good),
        (401, r#"{"error":"invalid_client"}"#, Probed::ClientBad("invalid_client".to_owned())),
        (401, "", Probed::ClientBad("http_401".to_owned())),
        (400, r#"{"error":"invalid_request"}"#, Probed::Unclear("invalid_request".to_owned())),
        (502, "<html>", Probed::Unclear("http_502".to_owned())),
    ] {
        assert_eq!(probed(&strict, &json_answer(status, body)), want, "{status} {body}");
    }
}

#[test]
fn typed_values_fit_their_fields_and_none_is_repeated() {
    let catalogue = catalogue();
    let twilio = catalogue.get("twilio").expect("there");
    let given =
        |pairs: &[(&str, &str)]| pairs.iter().map(|(name, value)| ((*name).to_owned(), Secret::new(*value))).collect();
    let sid = "AC00000000000000000000000000000001";
    assert!(
        typed(twilio, &given(&[("account_sid", sid), ("auth_token", " t ")]))
            .is_ok_and(|kept| kept["auth_token"].reveal() == "t")
    );
    for (pairs, field) in [
        (vec![("account_sid", sid)], "auth_token"),
        (vec![("account_sid", "AC-top-secret"), ("auth_token", "t")], "account_sid"),
        (vec![("account_sid", sid), ("auth_token", "top\nsecret")], "auth_token"),
        (vec![("account_sid", sid), ("auth_token", "t"), ("more", "top-secret")], "more"),
    ] {
        let wrong = typed(twilio, &given(&pairs)).expect_err("wrong");
        assert!(wrong.field == field && !wrong.to_string().contains("secret"), "{wrong}");
    }
    let google = catalogue.get("google_service_account").expect("there");
    for file in ["{}", "no JSON", r#"{"client_email":"a","private_key":7,"private_key_id":"k"}"#] {
        assert_eq!(typed(google, &given(&[("key_file", file)])).expect_err("wrong").field, "key_file");
    }
}

#[test]
fn what_a_source_leaves_open_is_filled_in_by_its_parameters() {
    let catalogue = catalogue();
    let generic = catalogue.get("oauth2").expect("there");
    let mut params: BTreeMap<String, String> = generic
        .params_of(Asked::Source)
        .filter(|param| param.kind == ParamKind::Url)
        .map(|param| (param.name.clone(), "https://crm.example.com/x".to_owned()))
        .collect();
    let plain = generic.configured(&params).expect("a type");
    assert_eq!(plain.policy().to_string(), "strict", "what isn't known is strict");
    for (name, value) in [
        ("rotation", "grace(10m)"),
        ("client_auth", "post"),
        ("access_lifetime", "30m"),
        ("external_id_path", "/data/id"),
        ("refresh_scopes", "true"),
    ] {
        params.insert(name.to_owned(), value.to_owned());
    }
    let set = generic.configured(&params).expect("a type");
    assert_eq!(
        (set.policy().to_string(), set.lifetimes.access.to_string()),
        ("grace(10m)".to_owned(), "30m".to_owned())
    );
    assert_eq!(set.identity.id[0].path.as_deref(), Some("/data/id"));
    assert!(set.token.expect("there").refresh_scopes);
    for (name, value) in [
        ("rotation", "maybe"),
        ("access_lifetime", "soon"),
        ("external_id_path", "id"),
        ("token_url", "https://u@x.test/"),
    ] {
        let mut bad = params.clone();
        bad.insert(name.to_owned(), value.to_owned());
        let checked = generic.check_params(Asked::Source, &bad).and_then(|()| generic.configured(&bad).map(|_| ()));
        assert_eq!(checked.expect_err(name).field, name);
    }
    assert_eq!(generic.check_params(Asked::Source, &BTreeMap::new()).expect_err("missing").field, "authorize_url");
}
