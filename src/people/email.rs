//! E-mail addresses as names of accounts: one canonical form decides whether two are the same.

use crate::lang::Message;
use unicode_normalization::UnicodeNormalization;

/// Why a text can't be an e-mail address of an account.
pub type Refused = Message;

/// The longest address, in bytes (RFC 5321 §4.5.3.1.3).
const LONGEST: usize = 254;

/// The form under which an address is unique and is looked up: NFKC, lower case, no surrounding space.
pub fn canonical(address: &str) -> String {
    // Compatibility forms may begin with a space of their own, so the trimming comes last.
    let folded: String = address.nfkc().flat_map(char::to_lowercase).nfkc().collect();
    folded.trim().to_owned()
}

/// The canonical forms that begin with `part`, those of a list that has come to `after`: from the first, up to and
/// without the second. Addresses are ASCII, so that none is beyond the last character of it. One bound at each end, since
/// SQLite takes only one to an index.
pub fn beginning_with(part: &str, after: &str) -> (String, String) {
    let from = canonical(part);
    let to = format!("{from}\u{7f}");
    (from.max(after.to_owned()), to)
}

/// Checks an address that someone wants for an account. Look-alikes of other scripts are refused rather than mapped:
/// an address with letters outside ASCII must be written in its punycode form.
pub fn check(address: &str) -> Result<(), Refused> {
    let address = address.trim();
    if address.len() > LONGEST {
        return Err(Message::new("email-long").count("most", LONGEST));
    }
    if !canonical(address).bytes().all(|b| b.is_ascii_graphic()) {
        return Err(Message::new("email-letters"));
    }
    match address.rsplit_once('@') {
        Some((local, domain)) if !local.is_empty() && !local.contains('@') && domain_ok(domain) => Ok(()),
        _ => Err(Message::new("email-invalid")),
    }
}

fn domain_ok(domain: &str) -> bool {
    let label_ok = |label: &str| {
        !label.is_empty() && label.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-') && !label.starts_with('-')
    };
    canonical(domain).split('.').all(label_ok)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn look_alikes_are_one_account_or_none() {
        assert_eq!(canonical(" Ada@Example.COM "), "ada@example.com");
        assert_eq!(canonical("\u{ff41}da@example.com"), "ada@example.com");
        for bad in
            ["\u{430}da@example.com", "a\u{200b}da@example.com", "ada", "@example.com", "a b@example.com", "a@b@c"]
        {
            assert!(check(bad).is_err(), "{bad}");
        }
        assert!(check("ada+tag@example.com").is_ok() && check("ada@localhost").is_ok());
    }

    proptest! {
        #[test]
        fn canonical_is_idempotent(text in "\\PC{0,40}") {
            prop_assert_eq!(canonical(&canonical(&text)), canonical(&text));
        }
    }
}
