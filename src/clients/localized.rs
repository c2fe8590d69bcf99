//! OIDC Registration §2.1, RFC 7591 §2.2: what a client says about itself in several languages, as `client_name#de`.

use super::metadata::{Invalid, Metadata, check_link, check_name, invalid};
use crate::lang::Language;
use serde_json::{Map, Value};

/// What can be said in several languages.
const SAYABLE: [&str; 5] = ["client_name", "logo_uri", "client_uri", "policy_uri", "tos_uri"];
/// Where we keep it.
const KEPT: &str = "localized";
/// Of all together.
const MOST: usize = 60;

/// Whether a member is one of these.
pub(super) fn is(member: &str) -> bool {
    member == KEPT || parts(member).is_some()
}

/// The member and the language of `client_name#de`.
fn parts(member: &str) -> Option<(&'static str, &str)> {
    let (name, tag) = member.split_once('#')?;
    // BCP 47 §2.1: subtags of letters and digits.
    let subtag = |part: &str| (1..=8).contains(&part.len()) && part.bytes().all(|b| b.is_ascii_alphanumeric());
    let fits = tag.len() <= 35 && tag.split('-').all(subtag);
    SAYABLE.into_iter().find(|sayable| *sayable == name && fits).map(|name| (name, tag))
}

/// Puts the members that say something in a language where they are kept.
pub fn fold(members: &mut Map<String, Value>) {
    let names: Vec<String> = members.keys().filter(|name| parts(name).is_some()).cloned().collect();
    for name in names {
        let Some(value) = members.remove(&name) else { continue };
        let kept = members.entry(KEPT).or_insert_with(|| Value::Object(Map::new()));
        if let Some(kept) = kept.as_object_mut() {
            kept.insert(name, value);
        }
    }
}

impl Metadata {
    /// All members under their registered names.
    pub fn to_members(&self) -> Map<String, Value> {
        let Ok(Value::Object(mut members)) = serde_json::to_value(self) else {
            return Map::new();
        };
        if let Some(Value::Object(kept)) = members.remove(KEPT) {
            members.extend(kept);
        }
        members
    }

    /// What it says in this language, else in none.
    pub fn said(&self, member: &str, language: Language) -> Option<&str> {
        let fits = |key: &str| {
            parts(key).is_some_and(|(name, tag)| name == member && Language::for_tag(tag) == Some(language))
        };
        self.localized.iter().find(|(key, _)| fits(key)).map(|(_, value)| value.as_str())
    }

    pub(super) fn check_localized(&self) -> Result<(), Invalid> {
        if self.localized.len() > MOST {
            return invalid(KEPT, format!("at most {MOST} members in all languages together"));
        }
        for (key, value) in &self.localized {
            match parts(key) {
                Some(("client_name", _)) => check_name(value)?,
                Some((member, _)) => check_link(member, value)?,
                None => {
                    return invalid(KEPT, "names a member that isn't said in languages, or a language that is none");
                }
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn oidc_registration_s2_1_only_what_people_see_is_said_in_languages() {
        for good in ["client_name#de", "logo_uri#zh-Hant-TW", "tos_uri#x", "policy_uri#sr-Latn-RS-u-nu-latn"] {
            assert!(is(good), "{good}");
        }
        let long = format!("client_name#{}", "a-".repeat(30));
        for bad in ["client_name", "client_name#", "redirect_uris#de", "client_name#d_e", "client_name#de#fr", &*long] {
            assert!(!is(bad), "{bad}");
        }
    }

    #[test]
    fn oidc_registration_s2_1_what_is_folded_unfolds() {
        let Value::Object(mut members) = json!({ "client_name": "L", "client_name#de": "LL", "scope#de": "x" }) else {
            panic!("an object")
        };
        fold(&mut members);
        assert!(members.contains_key("scope#de"), "what can't be said in languages is left to be refused");
        members.remove("scope#de");
        let metadata: Metadata = serde_json::from_value(Value::Object(members)).expect("metadata");
        let said = |tag| metadata.said("client_name", Language::for_tag(tag).expect("a language"));
        assert_eq!((said("de"), said("ar")), (Some("LL"), None));
        assert_eq!(metadata.to_members()["client_name#de"], "LL");
        assert!(!metadata.to_members().contains_key("localized"));
    }
}
