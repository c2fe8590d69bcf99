//! OIDC Core §5.5: the `claims` parameter, and what of it a client may have.

use crate::base::ScopeSet;
use crate::base::claims::scope_of;
use crate::clients::Client;
use crate::lang::Message;
use crate::web::json;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use std::collections::BTreeSet;

/// Longest JSON that is read.
const MAX_BYTES: usize = 4096;
/// The two places that claims can be asked for.
const PLACES: [&str; 2] = ["id_token", "userinfo"];

/// The `claims` parameter as it was sent.
#[derive(Clone, Debug, Default)]
pub struct Asked(Map<String, Value>);

impl Asked {
    /// §5.5: `None` when it isn't of that form. Members that nobody knows are left alone.
    pub fn parse(text: &str) -> Option<Self> {
        if text.len() > MAX_BYTES {
            return None;
        }
        let members = json::object(text.as_bytes()).ok()?;
        let entry_ok = |entry: &Value| entry.is_null() || entry.is_object();
        let place_ok = |place: &str| match members.get(place) {
            None => true,
            Some(place) => place.as_object().is_some_and(|entries| entries.values().all(entry_ok)),
        };
        PLACES.iter().all(|place| place_ok(place)).then_some(Asked(members))
    }

    /// §5.5.1: the only values of `sub` that the client will take; none when it takes any.
    pub fn subjects(&self) -> Option<Vec<String>> {
        let wanted = PLACES.iter().filter_map(|place| values(self.0.get(*place)?.get("sub")?));
        wanted.reduce(|one, other| one.into_iter().filter(|sub| other.contains(sub)).collect())
    }

    /// §5.5.1.1: an essential `acr` of which we can give no value.
    pub fn acr_unmet(&self, supported: &[&str]) -> bool {
        let unmet = |place: &&str| {
            let acr = self.0.get(*place).and_then(|place| place.get("acr"));
            let essential = acr.and_then(|acr| acr.get("essential")).and_then(Value::as_bool) == Some(true);
            let wanted = acr.filter(|_| essential).and_then(values);
            wanted.is_some_and(|wanted| !wanted.iter().any(|value| supported.contains(&value.as_str())))
        };
        PLACES.iter().any(unmet)
    }

    /// §5.5.1.1: the values of `acr` that will do, for each place that names some; essential or not, they are tried for.
    pub fn acr_values(&self) -> Vec<Vec<String>> {
        let places = PLACES.iter().filter_map(|place| self.0.get(*place));
        places.filter_map(|place| values(place.get("acr")?)).collect()
    }

    fn names(&self, place: &str) -> BTreeSet<String> {
        let entries = self.0.get(place).and_then(Value::as_object);
        entries.map(|entries| entries.keys().cloned().collect()).unwrap_or_default()
    }
}

/// `value` and `values`: what will do. None when anything will; what isn't a text is nothing that we could give.
fn values(entry: &Value) -> Option<Vec<String>> {
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    match (entry.get("value"), entry.get("values")) {
        (Some(one), _) => Some(vec![text(one)]),
        (None, Some(Value::Array(many))) => Some(many.iter().map(text).collect()),
        (None, Some(_)) => Some(Vec::new()),
        (None, None) => None,
    }
}

/// What a client wants to know, or may know, beside what scopes tell. A grant keeps what was allowed of it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Wishes {
    /// Claims for the ID token.
    pub id_token: BTreeSet<String>,
    /// Claims for UserInfo.
    pub userinfo: BTreeSet<String>,
    /// Attributes, which the client's map makes claims of.
    pub attributes: BTreeSet<String>,
}

/// What consent remembers an attribute by, among names of claims.
const ATTRIBUTE: &str = "attributes.";

impl Wishes {
    /// What a request asks for, as far as we know it and the client may: a claim that is asked for by its name needs
    /// the admin's permission just as by its scope. The attributes of the client's map are asked for each time.
    pub fn of(client: &Client, asked: Option<&Asked>) -> Self {
        let names = |place| asked.map(|asked| asked.names(place)).unwrap_or_default();
        let attributes = client.metadata.custom_claims.keys().cloned().collect();
        Wishes { id_token: names("id_token"), userinfo: names("userinfo"), attributes }.within(client)
    }

    /// Without what the client may not have (any more).
    pub fn within(self, client: &Client) -> Self {
        let scope = client.scope();
        let may = |name: &String| scope_of(name).is_some_and(|needs| scope.has(needs));
        let mapped = |name: &String| client.metadata.custom_claims.contains_key(name);
        Wishes {
            id_token: self.id_token.into_iter().filter(may).collect(),
            userinfo: self.userinfo.into_iter().filter(may).collect(),
            attributes: self.attributes.into_iter().filter(mapped).collect(),
        }
    }

    /// Whether nothing is left.
    pub fn is_empty(&self) -> bool {
        self.id_token.is_empty() && self.userinfo.is_empty() && self.attributes.is_empty()
    }

    /// What the person must hear of beside these scopes, under the names by which consent remembers it.
    pub fn beside(&self, scope: &ScopeSet) -> BTreeSet<String> {
        let told = |name: &&String| scope_of(name).is_some_and(|told| scope.has(told));
        let named = self.id_token.union(&self.userinfo).filter(|name| !told(name)).cloned();
        named.chain(self.attributes.iter().map(|name| format!("{ATTRIBUTE}{name}"))).collect()
    }

    /// What is left of it when the person was asked for the scopes `asked` and allowed only `granted`.
    pub fn allowed(self, asked: &ScopeSet, granted: &ScopeSet) -> Self {
        let stays = |name: &String| scope_of(name).is_some_and(|told| granted.has(told) || !asked.has(told));
        Wishes {
            id_token: self.id_token.into_iter().filter(stays).collect(),
            userinfo: self.userinfo.into_iter().filter(stays).collect(),
            ..self
        }
    }
}

/// A name that consent remembers, in words.
pub fn in_words(name: &str) -> Message {
    match name.strip_prefix(ATTRIBUTE) {
        Some(attribute) => Message::new("claim-other").name("claim", attribute.replace(['_', '.', '-'], " ")),
        None => claim(name),
    }
}

fn claim(name: &str) -> Message {
    match name {
        "name" => Message::new("claim-name"),
        "given_name" => Message::new("claim-given-name"),
        "family_name" => Message::new("claim-family-name"),
        "middle_name" => Message::new("claim-middle-name"),
        "nickname" => Message::new("claim-nickname"),
        "preferred_username" => Message::new("claim-preferred-username"),
        "profile" => Message::new("claim-profile"),
        "picture" => Message::new("claim-picture"),
        "website" => Message::new("claim-website"),
        "gender" => Message::new("claim-gender"),
        "birthdate" => Message::new("claim-birthdate"),
        "zoneinfo" => Message::new("claim-zoneinfo"),
        "locale" => Message::new("claim-locale"),
        "email" => Message::new("claim-email"),
        "email_verified" => Message::new("claim-email-verified"),
        "phone_number" => Message::new("claim-phone-number"),
        "phone_number_verified" => Message::new("claim-phone-number-verified"),
        "address" => Message::new("claim-address"),
        "updated_at" => Message::new("claim-updated-at"),
        other => Message::new("claim-other").name("claim", other),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn asked(text: &str) -> Asked {
        Asked::parse(text).expect("claims")
    }

    #[test]
    fn s5_5_1_values_of_both_places_count() {
        let sub = |text: &str| asked(text).subjects();
        assert_eq!(sub(r#"{"id_token":{"sub":null}}"#), None);
        assert_eq!(sub(r#"{"id_token":{"sub":{"value":"a"}}}"#), Some(vec!["a".to_owned()]));
        assert_eq!(sub(r#"{"userinfo":{"sub":{"values":["a","b"]}}}"#), Some(vec!["a".to_owned(), "b".to_owned()]));
        let both = r#"{"id_token":{"sub":{"values":["a","b"]}},"userinfo":{"sub":{"value":"b"}}}"#;
        assert_eq!(sub(both), Some(vec!["b".to_owned()]));
        assert_eq!(sub(r#"{"id_token":{"sub":{"value":7}}}"#), Some(vec![String::new()]));
    }

    #[test]
    fn s5_5_1_1_only_an_essential_acr_can_be_unmet() {
        for (entry, unmet) in [
            (r#"{"essential":true,"value":"a"}"#, false),
            (r#"{"essential":true,"values":["x","a"]}"#, false),
            (r#"{"essential":true}"#, false),
            (r#"{"value":"x"}"#, false),
            (r#"{"essential":true,"value":"x"}"#, true),
            (r#"{"essential":true,"values":[]}"#, true),
            (r#"{"essential":true,"value":1}"#, true),
        ] {
            for place in PLACES {
                assert_eq!(asked(&format!("{{\"{place}\":{{\"acr\":{entry}}}}}")).acr_unmet(&["a"]), unmet, "{entry}");
            }
        }
    }

    #[test]
    fn what_scopes_tell_is_not_asked_for_twice() {
        let set = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect::<BTreeSet<_>>();
        let wishes =
            Wishes { id_token: set(&["email", "nickname"]), userinfo: set(&["email"]), attributes: set(&["team"]) };
        let scope = |text| ScopeSet::parse(text).expect("scopes");
        assert_eq!(wishes.beside(&scope("openid email")), set(&["attributes.team", "nickname"]));
        assert_eq!(wishes.beside(&scope("openid")), set(&["attributes.team", "email", "nickname"]));
        let left = wishes.clone().allowed(&scope("openid email"), &scope("openid"));
        assert_eq!((left.id_token, left.userinfo), (set(&["nickname"]), set(&[])));
        assert_eq!(wishes.clone().allowed(&scope("openid"), &scope("openid")), wishes);
    }
}
