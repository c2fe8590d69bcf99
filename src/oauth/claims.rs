//! OIDC Core §5.4: the claims about a person, and which scope tells each.

use super::presentation::Presentation;
use crate::base::claims::{STANDARD, scope_of};
use crate::base::{ScopeSet, Time};
use crate::clients::{CustomClaim, Metadata};
use crate::db::Fault;
use serde_json::{Map, Value, json};
use std::borrow::Cow;
use std::collections::BTreeSet;

/// What ID tokens say of themselves and of the sign-in (§2).
const OF_TOKENS: [&str; 11] = ["sub", "iss", "aud", "exp", "iat", "auth_time", "acr", "amr", "nonce", "at_hash", "sid"];

/// Every claim that we may give, for discovery.
pub fn supported() -> impl Iterator<Item = &'static str> {
    OF_TOKENS.into_iter().chain(STANDARD.iter().map(|(name, _)| *name))
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
            // What the profile holds beside is no claim.
            _ => scope_of(name).and_then(|_| self.profile.get(name).cloned()),
        }
    }

    /// What these scopes tell (§5.4).
    pub fn told_by(&self, scope: &ScopeSet) -> Map<String, Value> {
        self.among(STANDARD.iter().map(|(name, _)| *name), scope)
    }

    /// Those of the names that these scopes tell.
    fn among<'b>(&self, names: impl Iterator<Item = &'b str>, scope: &ScopeSet) -> Map<String, Value> {
        let told = names.filter(|name| scope_of(name).is_some_and(|needs| scope.has(needs)));
        told.filter_map(|name| Some((name.to_owned(), self.claim(name)?))).collect()
    }

    /// Claims that were granted by their name (§5.5): those that the client is still registered for.
    pub fn told_by_name(&self, names: &BTreeSet<String>, client: &Metadata) -> Map<String, Value> {
        if names.is_empty() {
            return Map::new();
        }
        self.among(names.iter().map(String::as_str), &ScopeSet::stored(&client.scope))
    }

    /// Attributes that were granted, as the claims that the client's map makes of them today.
    pub fn told_by_map(
        &self,
        attributes: &BTreeSet<String>,
        client: &Metadata,
        here: impl Fn(&CustomClaim) -> bool,
    ) -> Map<String, Value> {
        let has = |name: &str| self.profile.get("attributes").and_then(|all| all.get(name)).cloned();
        let map = client.custom_claims.iter().filter(|(name, told)| attributes.contains(*name) && here(told));
        map.filter_map(|(name, told)| Some((told.claim.clone(), has(name)?))).collect()
    }
}
