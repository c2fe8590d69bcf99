//! RFC 6749 §4.1.2: the browser comes back from the third party, and what its address says is that third party's word.

use super::fill::Values;
use super::{Setup, Wrong};
use crate::base::Secret;
use crate::base::encoding::{hex, same};
use crate::catalogue::{Asked, SourceType};
use crate::crypto::mac::hmac_sha256;
use std::collections::BTreeMap;

/// What the callback says beside `code` and `state`, by the names of the parameters that want it. What it says further
/// is not looked at.
pub fn callback(kind: &SourceType, query: &[(String, String)]) -> Result<BTreeMap<String, String>, Wrong> {
    let mut found = BTreeMap::new();
    for param in kind.params.iter().filter(|param| param.asked == Asked::Callback) {
        let name = param.query.as_deref().unwrap_or(&param.name);
        let mut said = query.iter().filter(|(have, value)| have == name && !value.is_empty());
        match (said.next(), said.next()) {
            (Some((_, value)), None) => {
                param.check(value)?;
                found.insert(param.name.clone(), value.clone());
            }
            (None, _) if param.optional => {}
            (None, _) => return Err(Wrong::field(name, "is missing in what the provider sent back")),
            (Some(_), Some(_)) => return Err(Wrong::field(name, "came more than once")),
        }
    }
    Ok(found)
}

/// Whether the callback is from whom the browser was sent to, as far as the provider lets that be seen: it signs the query with the
/// client secret (docs.shopify.dev, "Verify a request"), and names the host. `secrets`: any of them may have signed.
pub fn genuine(kind: &SourceType, setup: &Setup<'_>, query: &[(String, String)], secrets: &[&Secret]) -> bool {
    let Some(rules) = &kind.authorize else { return true };
    let signed = rules.callback_hmac.as_deref().is_none_or(|name| is_signed(query, name, secrets));
    let here = rules.callback_host.as_deref().is_none_or(|name| {
        let host = Values::of(kind, setup).url(&rules.url).ok().and_then(|url| url.host_str().map(str::to_owned));
        host.is_some() && one(query, name) == host.as_deref()
    });
    signed && here
}

/// What is said once.
fn one<'a>(query: &'a [(String, String)], name: &str) -> Option<&'a str> {
    let mut said = query.iter().filter(|(have, _)| have == name);
    match (said.next(), said.next()) {
        (Some((_, value)), None) => Some(value),
        _ => None,
    }
}

/// Lower-case hexadecimal digits of the HMAC-SHA256 over the other parameters, by name.
fn is_signed(query: &[(String, String)], name: &str, secrets: &[&Secret]) -> bool {
    let Some(mac) = one(query, name) else { return false };
    let text = signed_text(query, name);
    let by = |secret: &&Secret| hex(&hmac_sha256(secret.reveal().as_bytes(), text.as_bytes()));
    // Each is compared in constant time; how many secrets a source has is no secret.
    secrets.iter().any(|secret| same(by(secret).as_bytes(), mac.as_bytes()))
}

fn signed_text(query: &[(String, String)], mac: &str) -> String {
    let written = |text: &str| text.replace('%', "%25").replace('&', "%26");
    let mut pairs: Vec<(&String, &String)> =
        query.iter().filter(|(name, _)| name != mac).map(|(name, value)| (name, value)).collect();
    pairs.sort();
    let line = |(name, value): (&String, &String)| format!("{}={}", written(name).replace('=', "%3D"), written(value));
    pairs.into_iter().map(line).collect::<Vec<_>>().join("&")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shopify_s_own_example_is_signed_and_nothing_else_is() {
        // docs.shopify.dev, "Verify a request".
        let told = [
            ("code", "0907a61c0c8d55e99db179b68161bc00"),
            ("hmac", "700e2dadb827fcc8609e9d5ce208b2e9cdaab9df07390d2cbca10d7c328fc4bf"),
            ("shop", "some-shop.myshopify.com"),
            ("state", "0.6784241404160823"),
            ("timestamp", "1337178173"),
        ];
        let mut query: Vec<_> = told.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        let (hush, other) = (Secret::new("hush"), Secret::new("other"));
        assert!(is_signed(&query, "hmac", &[&other, &hush]));
        query.reverse();
        assert!(is_signed(&query, "hmac", &[&hush]), "in any order");
        assert!(
            !is_signed(&query, "hmac", &[&other])
                && !is_signed(&query, "hmac", &[])
                && !is_signed(&query, "mac", &[&hush])
        );
        for (name, value) in told.into_iter().filter(|(name, _)| *name != "hmac") {
            let changed = |to: &str| {
                let one = |(have, said): &(String, String)| {
                    (have.clone(), if have == name { to.to_owned() } else { said.clone() })
                };
                query.iter().map(one).collect::<Vec<_>>()
            };
            assert!(!is_signed(&changed(&format!("{value}0")), "hmac", &[&hush]), "{name}");
            let more: Vec<_> = query.iter().cloned().chain([(name.to_owned(), value.to_owned())]).collect();
            assert!(!is_signed(&more, "hmac", &[&hush]), "{name} twice");
        }
        let upper: Vec<_> = query
            .iter()
            .map(|(name, value)| (name.clone(), if name == "hmac" { value.to_uppercase() } else { value.clone() }))
            .collect();
        assert!(!is_signed(&upper, "hmac", &[&hush]));
    }

    #[test]
    fn what_would_read_as_two_parameters_is_written_as_one() {
        let query = [
            ("b".to_owned(), "1&a=2%".to_owned()),
            ("a=".to_owned(), "x=y".to_owned()),
            ("hmac".to_owned(), String::new()),
        ];
        assert_eq!(signed_text(&query, "hmac"), "a%3D=x=y&b=1%26a=2%25");
    }
}
