//! JWTs of strangers (security.md F-03): reading is total and bounded, and nothing verifies under a key that signed
//! nothing.
#![no_main]

use libfuzzer_sys::fuzz_target;
use std::sync::LazyLock;
use symbolon::crypto::{Algorithm, SigningKey, jwt};

static KEY: LazyLock<SigningKey> = LazyLock::new(|| SigningKey::generate(Algorithm::ES256).expect("a key").0);

fuzz_target!(|text: &str| {
    if let Some(read) = jwt::read(text) {
        assert!(text.len() <= jwt::MAX_BYTES && text.split('.').count() == 3);
        assert!(read.claims.is_object());
    }
    assert!(jwt::verify(text, &KEY.jwk, &["ES256", "EdDSA", "RS256", "PS256", "none", "HS256"]).is_none());
});
