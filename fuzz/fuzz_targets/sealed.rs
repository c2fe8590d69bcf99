//! Encrypted columns (security.md F-11, F-16): only what was sealed for this row opens, as it was, and never bent.
#![no_main]

use libfuzzer_sys::fuzz_target;
use std::sync::LazyLock;
use symbolon::crypto::MasterKey;
use symbolon::crypto::seal::{Place, open, seal};

static MASTER: LazyLock<MasterKey> = LazyLock::new(MasterKey::generate);

fuzz_target!(|input: (&[u8], &str, usize, u8)| {
    let (bytes, row, at, bits) = input;
    let here = Place { table: "t", row, column: "c" };
    assert!(open(&MASTER, here, bytes).is_err());
    let mut sealed = seal(&MASTER, here, bytes).expect("seals");
    assert_eq!(open(&MASTER, here, &sealed).expect("opens").as_slice(), bytes);
    assert!(open(&MASTER, Place { column: "d", ..here }, &sealed).is_err());
    let at = at % sealed.len();
    sealed[at] ^= bits;
    assert_eq!(open(&MASTER, here, &sealed).is_ok(), bits == 0);
});
