//! Scopes (security.md F-07): narrowing never adds, and reading what was written changes nothing.
#![no_main]

use libfuzzer_sys::fuzz_target;
use symbolon::base::ScopeSet;

fuzz_target!(|texts: (&str, &str)| {
    let (Ok(one), Ok(two)) = (ScopeSet::parse(texts.0), ScopeSet::parse(texts.1)) else {
        return;
    };
    let both = one.union(&two);
    assert!(one.within(&both) && two.within(&both));
    let narrowed = one.only(|name| two.has(name));
    assert!(narrowed.within(&one) && narrowed.within(&two));
    assert!(one.minus(&two).iter().all(|name| one.has(name) && !two.has(name)));
    let written = one.iter().collect::<Vec<_>>().join(" ");
    let again = ScopeSet::parse(&written).expect("what was read can be read");
    assert!(again.iter().eq(one.iter()));
});
