//! A person, and the standard claims about them (OIDC Core §5.1).

use super::{Role, email, password};
use crate::base::id::{UserId, WorkspaceId};
use crate::base::{Secret, Time, name};
use crate::db::{Fault, Result, Row};
use crate::lang::{Language, Message};
use serde::Serialize;
use serde_json::{Map, Value};
use utoipa::ToSchema;
use utoipa::openapi::schema::{AdditionalProperties, ObjectBuilder, SchemaFormat, Type};
use utoipa::openapi::{RefOr, Schema};

/// A person with an account.
#[derive(Clone, Debug)]
pub struct User {
    /// `sub`.
    pub id: UserId,
    /// As they wrote it.
    pub email: String,
    /// PHC string; none means that they can't sign in with a password.
    pub password: Option<String>,
    /// Standard claims beside `sub` and `email`.
    pub profile: Profile,
    /// What they may do to this deployment.
    pub role: Role,
    /// Whether they may act at all.
    pub enabled: bool,
    /// Counts changes.
    pub rev: i64,
    /// When the account was made.
    pub created_at: Time,
    /// When it last changed; the `updated_at` claim.
    pub updated_at: Time,
}

impl User {
    /// Reads the columns of `users`.
    pub fn from_row(row: &Row) -> Result<Self> {
        Ok(User {
            id: row.id("id")?,
            email: row.text("email")?,
            password: row.text_opt("password")?,
            profile: Profile(row.json("claims")?),
            role: role(row)?,
            enabled: row.bool("enabled")?,
            rev: row.int("rev")?,
            created_at: row.time("created_at")?,
            updated_at: row.time("updated_at")?,
        })
    }

    /// Where a list goes on after them: a search is in the order of addresses, all are in that of their identifiers.
    pub fn place(&self, search: &str) -> String {
        if search.is_empty() { self.id.to_string() } else { email::canonical(&self.email) }
    }

    /// What to call them: their name, or else their address.
    pub fn display_name(&self) -> &str {
        self.profile.text("name").unwrap_or(&self.email)
    }

    /// Whether they have shown that the address is theirs.
    pub fn email_verified(&self) -> bool {
        self.profile.0.get("email_verified").and_then(Value::as_bool).unwrap_or_default()
    }

    /// The language to write to them in: their own, or else this one.
    pub fn language(&self, otherwise: Language) -> Language {
        self.profile.text("locale").and_then(Language::for_tag).unwrap_or(otherwise)
    }

    /// As the command line and the JSON API show a person; no password.
    pub fn to_json(&self) -> Value {
        serde_json::json!(self.account())
    }

    /// The same before it is JSON.
    pub fn account(&self) -> Account<'_> {
        Account {
            id: &self.id,
            email: &self.email,
            claims: &self.profile,
            admin: self.role.administers(),
            role: self.role,
            enabled: self.enabled,
            has_password: self.password.is_some(),
            created_at: self.created_at,
            updated_at: self.updated_at,
        }
    }
}

/// A person as administrators see them.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = User)]
pub struct Account<'a> {
    /// `sub`; never given again.
    #[schema(value_type = String)]
    id: &'a UserId,
    /// As they wrote it.
    #[schema(value_type = String, example = "ada@example.com")]
    email: &'a str,
    #[schema(value_type = Profile)]
    claims: &'a Profile,
    /// Whether their role is admin or owner.
    admin: bool,
    role: Role,
    /// Whether they may act at all.
    enabled: bool,
    /// Whether they can sign in with a password.
    has_password: bool,
    #[schema(value_type = String, format = DateTime)]
    created_at: Time,
    #[schema(value_type = String, format = DateTime)]
    updated_at: Time,
}

fn role(row: &Row) -> Result<Role> {
    let name = row.text("role")?;
    Role::named(&name).ok_or_else(|| Fault::Bug(format!("an account has the role `{name}`")))
}

/// Standard claims (OIDC Core §5.1) with the types that the standard gives them.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
#[serde(transparent)]
pub struct Profile(pub Map<String, Value>);

/// What a claim must be.
enum Shape {
    Text,
    Flag,
    Url,
    Address,
    Birthdate,
    Attributes,
}

/// The claims that an account may hold; `sub`, `email` and `updated_at` are columns of their own.
const CLAIMS: &[(&str, Shape)] = &[
    ("name", Shape::Text),
    ("given_name", Shape::Text),
    ("family_name", Shape::Text),
    ("middle_name", Shape::Text),
    ("nickname", Shape::Text),
    ("preferred_username", Shape::Text),
    ("profile", Shape::Url),
    ("picture", Shape::Url),
    ("website", Shape::Url),
    ("gender", Shape::Text),
    ("birthdate", Shape::Birthdate),
    ("zoneinfo", Shape::Text),
    ("locale", Shape::Text),
    ("email_verified", Shape::Flag),
    ("phone_number", Shape::Text),
    ("phone_number_verified", Shape::Flag),
    ("address", Shape::Address),
    // Not a claim: what the operator knows beside; clients are told of it by their `custom_claims` only.
    ("attributes", Shape::Attributes),
];

const ADDRESS: [&str; 6] = ["formatted", "street_address", "locality", "region", "postal_code", "country"];

impl utoipa::PartialSchema for Profile {
    fn schema() -> RefOr<Schema> {
        let text = || ObjectBuilder::new().schema_type(Type::String).max_length(Some(1000));
        let property = |shape: &Shape| {
            match shape {
            Shape::Text => text().min_length(Some(1)),
            Shape::Flag => ObjectBuilder::new().schema_type(Type::Boolean),
            Shape::Url => text().format(Some(SchemaFormat::Custom("uri".to_owned()))),
            Shape::Birthdate => text().description(Some("YYYY-MM-DD, 0000-MM-DD or YYYY")),
            Shape::Address => ADDRESS
                .iter()
                .fold(ObjectBuilder::new(), |address, part| address.property(*part, text().max_length(None)))
                .additional_properties(Some(AdditionalProperties::<Schema>::FreeForm(false))),
            Shape::Attributes => ObjectBuilder::new().description(Some(
                "What the operator knows beside: texts, numbers, true, false or lists of texts; told to clients by their \
                 `custom_claims` only",
            )),
        }
        };
        CLAIMS
            .iter()
            .fold(ObjectBuilder::new(), |claims, (name, shape)| claims.property(*name, property(shape)))
            .description(Some("Standard claims (OIDC Core §5.1) beside `sub` and `email`"))
            .additional_properties(Some(AdditionalProperties::<Schema>::FreeForm(false)))
            .into()
    }
}

impl ToSchema for Profile {
    fn name() -> std::borrow::Cow<'static, str> {
        "Claims".into()
    }
}

impl Profile {
    /// Reads claims from JSON; the error names the claim and what it must be.
    pub fn parse(claims: Value) -> std::result::Result<Self, String> {
        let Value::Object(members) = claims else {
            return Err("claims must be a JSON object".to_owned());
        };
        for (name, value) in &members {
            let (_, shape) = CLAIMS
                .iter()
                .find(|(have, _)| have == name)
                .ok_or_else(|| format!("`{name}` is not a standard claim that can be set (OIDC Core §5.1)"))?;
            check(shape, value).map_err(|why| format!("claim `{name}` {why}"))?;
        }
        Ok(Profile(members))
    }

    /// A text claim.
    pub fn text(&self, name: &str) -> Option<&str> {
        self.0.get(name).and_then(Value::as_str)
    }

    /// With the address known to be theirs.
    pub fn verified(mut self) -> Self {
        self.0.insert("email_verified".to_owned(), Value::Bool(true));
        self
    }

    /// With the name set, unless it is empty.
    pub fn named(mut self, name: &str) -> Self {
        if !name.trim().is_empty() {
            self.0.insert("name".to_owned(), Value::from(name.trim()));
        }
        self
    }
}

fn check(shape: &Shape, value: &Value) -> std::result::Result<(), &'static str> {
    let text = value.as_str().filter(|t| !t.trim().is_empty() && t.len() <= 1000 && !t.chars().any(char::is_control));
    match shape {
        Shape::Text if text.is_some() => Ok(()),
        Shape::Text => Err("must be a text of 1 to 1000 characters without control characters"),
        Shape::Flag if value.is_boolean() => Ok(()),
        Shape::Flag => Err("must be true or false"),
        Shape::Url => match text.and_then(|t| url::Url::parse(t).ok()) {
            Some(url) if matches!(url.scheme(), "https" | "http") => Ok(()),
            _ => Err("must be an http(s) URL"),
        },
        Shape::Birthdate if text.is_some_and(birthdate) => Ok(()),
        Shape::Birthdate => Err("must be YYYY-MM-DD, 0000-MM-DD or YYYY"),
        Shape::Address => match value.as_object() {
            Some(parts) if parts.iter().all(|(k, v)| ADDRESS.contains(&k.as_str()) && v.is_string()) => Ok(()),
            _ => Err("must be an object with texts formatted, street_address, locality, region, postal_code, country"),
        },
        Shape::Attributes => match value.as_object() {
            Some(all)
                if all.len() <= MOST_ATTRIBUTES && all.iter().all(|(k, v)| name::attribute(k) && attribute(v)) =>
            {
                Ok(())
            }
            _ => Err(
                "must be an object of at most 32 attributes: names of 1 to 64 letters, digits or _ . -, and texts of \
                      at most 1000 characters, numbers, true, false, or lists of at most 100 such texts",
            ),
        },
    }
}

const MOST_ATTRIBUTES: usize = 32;
/// Most bytes of a list: ID tokens travel in headers and URLs.
const LONGEST_LIST: usize = 4000;

fn attribute(value: &Value) -> bool {
    let text = |text: &str| (1..=1000).contains(&text.len()) && !text.chars().any(char::is_control);
    match value {
        Value::String(one) => text(one),
        Value::Number(_) | Value::Bool(_) => true,
        Value::Array(many) => {
            let texts: Option<Vec<&str>> = many.iter().map(Value::as_str).collect();
            let fit = |texts: &Vec<&str>| {
                texts.len() <= 100
                    && texts.iter().all(|t| text(t))
                    && texts.iter().map(|t| t.len()).sum::<usize>() <= LONGEST_LIST
            };
            texts.as_ref().is_some_and(fit)
        }
        Value::Null | Value::Object(_) => false,
    }
}

fn birthdate(text: &str) -> bool {
    let digits = |part: &str, n: usize| part.len() == n && part.bytes().all(|b| b.is_ascii_digit());
    match text.split('-').collect::<Vec<_>>().as_slice() {
        [year] => digits(year, 4),
        [year, month, day] => {
            let within = |part: &str, most: u8| part.parse::<u8>().is_ok_and(|n| (1..=most).contains(&n));
            digits(year, 4) && digits(month, 2) && digits(day, 2) && within(month, 12) && within(day, 31)
        }
        _ => false,
    }
}

/// What it takes to make an account.
pub struct NewUser {
    /// The address; unique in its canonical form.
    pub email: String,
    /// None makes an account that can't sign in with a password.
    pub password: Option<Secret>,
    /// Standard claims.
    pub profile: Profile,
    /// What they may do to this deployment.
    pub role: Role,
    /// The workspace that they are in from the start.
    pub joins: Option<WorkspaceId>,
}

impl NewUser {
    /// Checks what can be checked without the database; the error names the field.
    pub fn check(&self, brand: &str) -> std::result::Result<(), (&'static str, Message)> {
        email::check(&self.email).map_err(|why| ("email", why))?;
        if let Some(chosen) = &self.password {
            let name = self.profile.text("name").unwrap_or_default();
            password::check(chosen.reveal(), password::Context { email: &self.email, name, brand })
                .map_err(|why| ("password", why))?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::CLAIMS;
    use crate::base::claims::STANDARD;
    use std::collections::BTreeSet;

    #[test]
    fn an_account_may_hold_every_standard_claim_that_is_no_column() {
        let standard = STANDARD.iter().map(|(name, _)| *name).filter(|name| !["email", "updated_at"].contains(name));
        let ours = CLAIMS.iter().map(|(name, _)| *name).filter(|name| *name != "attributes");
        assert_eq!(ours.collect::<BTreeSet<_>>(), standard.collect());
    }
}
