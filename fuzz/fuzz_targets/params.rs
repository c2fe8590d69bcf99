//! Queries and forms (security.md F-05): reading is total, and what is written is read back.
#![no_main]

use libfuzzer_sys::fuzz_target;
use symbolon::web::Params;

fuzz_target!(|bytes: &[u8]| {
    let params = Params::parse(bytes);
    assert!(params.iter().all(|(name, value)| !name.contains('\0') && !value.contains('\0')));
    let again = Params::parse(params.encode().as_bytes());
    assert!(!again.malformed());
    assert!(again.iter().eq(params.iter()));
    let twice = |name: &str| params.iter().filter(|(have, _)| *have == name).count() > 1;
    assert_eq!(params.first_repeated(&[]).is_some(), params.iter().any(|(name, _)| twice(name)));
    assert!(params.iter().all(|(name, _)| params.repeated(name) == twice(name)));
});
