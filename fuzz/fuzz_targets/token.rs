//! Tokens as they are presented (security.md F-11): nothing opens that we didn't write, nor as another kind, nor bent.
#![no_main]

use libfuzzer_sys::fuzz_target;
use std::sync::LazyLock;
use symbolon::crypto::token::{GrantToken, Holder, Kind, MachineToken};
use symbolon::crypto::{MacRing, MasterKey};

static MACS: LazyLock<MacRing> = LazyLock::new(|| MacRing::derive(&MasterKey::generate(), &[1, 2]));

fuzz_target!(|input: (&str, [u8; 16], u32, u8, u8)| {
    let (text, grant, generation, at, bits) = input;
    for kind in [Kind::Code, Kind::Access, Kind::Refresh] {
        assert!(GrantToken::open(kind, &MACS, text).is_none());
    }
    assert!(MachineToken::open(&MACS, text).is_none());

    let token = GrantToken { grant, generation, holder: Holder::fresh() };
    let sealed = token.seal(Kind::Refresh, &MACS);
    assert_eq!(GrantToken::open(Kind::Refresh, &MACS, sealed.reveal()).as_ref(), Some(&token));
    assert!(GrantToken::open(Kind::Access, &MACS, sealed.reveal()).is_none());
    let mut bent = sealed.reveal().as_bytes().to_vec();
    let at = usize::from(at) % bent.len();
    bent[at] ^= bits;
    if let Ok(bent) = String::from_utf8(bent)
        && bent != sealed.reveal()
    {
        assert!(GrantToken::open(Kind::Refresh, &MACS, &bent).is_none());
    }
});
