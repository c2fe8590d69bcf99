//! Bodies of the management API (security.md F-08): an object or a refusal; what another parser takes for a second
//! member of the same name isn't taken.
#![no_main]

use libfuzzer_sys::fuzz_target;
use serde_json::Value;
use symbolon::web::json::object;

fn depth(value: &Value) -> usize {
    1 + match value {
        Value::Array(items) => items.iter().map(depth).max().unwrap_or(0),
        Value::Object(members) => members.values().map(depth).max().unwrap_or(0),
        _ => 0,
    }
}

fuzz_target!(|bytes: &[u8]| {
    if let Ok(members) = object(bytes) {
        let value = Value::Object(members);
        assert!(depth(&value) <= 40);
        let lax: Value = serde_json::from_slice(bytes).expect("stricter than others, never laxer");
        assert_eq!(lax, value);
    }
});
