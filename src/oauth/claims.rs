//! OIDC Core §5.4, §5.5: which claims a client gets, by scope and by the `claims` parameter.

use super::presentation::Presentation;
use crate::base::{ScopeSet, Time};
use crate::db::Fault;
use crate::web::json;
use serde_json::{Map, Value, json};
use std::borrow::Cow;

/// §5.4.
const PROFILE: [&str; 13] = [
    "name",
    "family_name",
    "given_name",
    "middle_name",
    "nickname",
    "preferred_username",
    "profile",
    "picture",
    "website",
    "gender",
    "birthdate",
    "zoneinfo",
    "locale",
];

/// Every claim that we may give, for discovery.
pub const SUPPORTED: [&str; 27] = [
    "sub",
    "iss",
    "aud",
    "exp",
    "iat",
    "auth_time",
    "acr",
    "amr",
    "nonce",
    "at_hash",
    "sid",
    "name",
    "family_name",
    "given_name",
    "middle_name",
    "nickname",
    "preferred_username",
    "profile",
    "picture",
    "website",
    "gender",
    "birthdate",
    "zoneinfo",
    "locale",
    "updated_at",
    "email",
    "email_verified",
];
/// The rest of them.
pub const SUPPORTED_TOO: [&str; 3] = ["address", "phone_number", "phone_number_verified"];

/// Longest JSON that is read.
const MAX_BYTES: usize = 4096;

/// §5.5: reads the `claims` parameter; `None` when it isn't of that form.
pub fn parse(text: &str) -> Option<Value> {
    if text.len() > MAX_BYTES {
        return None;
    }
    let members = json::object(text.as_bytes()).ok()?;
    let entry_ok = |entry: &Value| entry.is_null() || entry.is_object();
    let place_ok = |place: &str| match members.get(place) {
        None => true,
        Some(place) => place.as_object().is_some_and(|entries| entries.values().all(entry_ok)),
    };
    (place_ok("id_token") && place_ok("userinfo")).then(|| Value::Object(members))
}

/// §5.5.1: the `sub` that the client insists on.
pub fn wanted_sub(claims: &Value) -> Option<String> {
    let subs =
        ["id_token", "userinfo"].iter().filter_map(|place| claims.get(place)?.get("sub")?.get("value")?.as_str());
    subs.map(str::to_owned).next()
}

/// §5.5.1.1: an essential `acr` of which we can give no value.
pub fn acr_unmet(claims: &Value, supported: &[&str]) -> bool {
    let Some(acr) = claims.get("id_token").and_then(|place| place.get("acr")) else {
        return false;
    };
    if acr.get("essential").and_then(Value::as_bool) != Some(true) {
        return false;
    }
    let known = |value: &Value| value.as_str().is_some_and(|value| supported.contains(&value));
    match (acr.get("value"), acr.get("values").and_then(Value::as_array)) {
        (Some(value), _) => !known(value),
        (None, Some(values)) => !values.iter().any(known),
        (None, None) => false,
    }
}

/// §5.4: the scope that tells a claim about the person; none for claims that aren't about them.
fn scope_of(claim: &str) -> Option<&'static str> {
    match claim {
        "email" | "email_verified" => Some("email"),
        "address" => Some("address"),
        "phone_number" | "phone_number_verified" => Some("phone"),
        "updated_at" => Some("profile"),
        _ => PROFILE.contains(&claim).then_some("profile"),
    }
}

/// The scopes that the `claims` parameter asks for in other words: a claim asked for by its name needs the same
/// permission, of the admin and of the person, as by its scope.
pub fn scopes(claims: &Value) -> ScopeSet {
    let mut scopes = ScopeSet::default();
    let names = ["id_token", "userinfo"].into_iter().flat_map(|place| asked(Some(claims), place));
    names.filter_map(scope_of).for_each(|name| scopes.insert(name));
    scopes
}

/// The names that the `claims` parameter asks for in one place: `id_token` or `userinfo`.
pub fn asked<'a>(claims: Option<&'a Value>, place: &str) -> Vec<&'a str> {
    let entries = claims.and_then(|claims| claims.get(place)).and_then(Value::as_object);
    entries.map(|entries| entries.keys().map(String::as_str).collect()).unwrap_or_default()
}

/// A person as relying parties may see them.
pub struct Person<'a> {
    /// The address.
    pub email: &'a str,
    /// The other claims.
    pub profile: Cow<'a, Map<String, Value>>,
    /// When they last changed.
    pub updated_at: Time,
}

impl<'a> Person<'a> {
    /// The person of a grant.
    pub fn of(found: &'a Presentation) -> crate::db::Result<Self> {
        let profile = serde_json::from_str(&found.user_claims);
        let profile = profile.map(Cow::Owned).map_err(|why| Fault::Bug(format!("the claims of a person: {why}")))?;
        Ok(Person { email: &found.user_email, profile, updated_at: found.user_updated_at })
    }

    /// One claim, if the person has it. Unknown ones are left out, never null (§5.3.2).
    pub fn claim(&self, name: &str) -> Option<Value> {
        match name {
            "email" => Some(json!(self.email)),
            "email_verified" => Some(self.profile.get("email_verified").cloned().unwrap_or(json!(false))),
            "updated_at" => Some(json!(self.updated_at.secs())),
            _ if PROFILE.contains(&name) || SUPPORTED_TOO.contains(&name) => self.profile.get(name).cloned(),
            _ => None,
        }
    }

    /// What these scopes tell (§5.4).
    pub fn told_by(&self, scope: &ScopeSet) -> Map<String, Value> {
        let all = PROFILE.iter().chain(&["updated_at", "email", "email_verified"]).chain(&SUPPORTED_TOO).copied();
        self.among(all, scope)
    }

    /// Those of the names that these scopes tell.
    pub fn among<'b>(&self, names: impl Iterator<Item = &'b str>, scope: &ScopeSet) -> Map<String, Value> {
        let told = names.filter(|name| scope_of(name).is_some_and(|needs| scope.has(needs)));
        told.filter_map(|name| Some((name.to_owned(), self.claim(name)?))).collect()
    }
}
