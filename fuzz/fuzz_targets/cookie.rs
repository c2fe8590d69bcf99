//! `Cookie` (security.md F-11): one value or none, never another cookie's.
#![no_main]

use http::{HeaderMap, HeaderValue, header};
use libfuzzer_sys::fuzz_target;
use symbolon::web::browser::cookie;

fuzz_target!(|fields: Vec<&[u8]>| {
    let mut headers = HeaderMap::new();
    for field in fields.iter().take(8) {
        if let Ok(value) = HeaderValue::from_bytes(field) {
            headers.append(header::COOKIE, value);
        }
    }
    if let Some(value) = cookie(&headers, "sym_s") {
        assert!((1..=1024).contains(&value.len()) && !value.contains([';', '\0', '\r', '\n']));
        let named = |field: &&[u8]| field.windows(6).any(|window| window == b"sym_s=");
        assert!(fields.iter().any(named));
    }
});
