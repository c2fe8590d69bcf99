//! `Authorization` (security.md F-06): one scheme, and credentials without NUL.
#![no_main]

use http::{HeaderMap, HeaderValue, header};
use libfuzzer_sys::fuzz_target;
use symbolon::web::authorization::{Authorization, authorization};

fuzz_target!(|fields: Vec<&[u8]>| {
    let mut headers = HeaderMap::new();
    for field in fields.iter().take(3) {
        if let Ok(value) = HeaderValue::from_bytes(field) {
            headers.append(header::AUTHORIZATION, value);
        }
    }
    let sent = headers.get_all(header::AUTHORIZATION).iter().count();
    match authorization(&headers) {
        Authorization::None => assert_eq!(sent, 0),
        Authorization::Repeated => assert!(sent > 1),
        Authorization::Basic(id, secret) => assert!(!id.contains('\0') && !secret.reveal().contains('\0') && sent == 1),
        Authorization::Bearer(token) | Authorization::Token(token) => {
            assert!(
                !token.reveal().is_empty() && token.reveal().bytes().all(|byte| byte.is_ascii_graphic()) && sent == 1
            );
        }
        Authorization::Unreadable { .. } => assert_eq!(sent, 1),
    }
});
