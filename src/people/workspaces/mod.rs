//! Workspaces: what people act in, and as what. Grants and tokens are of one of them.

pub mod store;

use crate::base::Time;
use crate::base::id::{UserId, WorkspaceId};
use crate::db::{Db, Fault, Result, Row};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use utoipa::ToSchema;

/// The member who has this address.
pub async fn member_of(db: &Db, workspace: &WorkspaceId, email: &str) -> Result<Option<UserId>> {
    let Some(user) = super::store::by_email(db, email).await? else { return Ok(None) };
    Ok(store::member(db, workspace, &user.id).await?.map(|member| member.user))
}

/// A company, a team, a department.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct Workspace {
    /// Its name towards programs; never changes.
    #[schema(value_type = String, example = "acme")]
    pub slug: WorkspaceId,
    /// Its name towards people.
    #[schema(example = "Acme")]
    pub name: String,
    /// How many people are in it; counting stops at 10,000.
    pub members: i64,
    /// How many requests a second tokens may make in it, where it isn't what the settings say.
    #[serde(rename = "requests_per_second")]
    pub per_second: Option<i64>,
    /// Whether its owners and admins may open members' connected accounts in an emergency; their owners are told.
    pub break_glass: bool,
    /// Counts changes.
    #[serde(skip)]
    pub rev: i64,
    /// When it was made.
    #[schema(value_type = String, format = DateTime)]
    pub created_at: Time,
    /// When it last changed.
    #[schema(value_type = String, format = DateTime)]
    pub updated_at: Time,
}

impl Workspace {
    pub(super) fn read(row: &Row) -> Result<Self> {
        Ok(Workspace {
            slug: row.id("slug")?,
            name: row.text("name")?,
            members: row.int("members")?,
            per_second: row.int_opt("per_second")?,
            break_glass: row.bool("break_glass")?,
            rev: row.int("rev")?,
            created_at: row.time("created_at")?,
            updated_at: row.time("updated_at")?,
        })
    }

    /// As the command line and the JSON API show it.
    pub fn to_json(&self) -> Value {
        json!(self)
    }
}

/// Members are counted up to here: a list must not take longer because a workspace has more.
pub const MOST_COUNTED: i64 = 10_000;

/// What a member may do in their workspace.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Standing {
    /// Acts in it.
    #[default]
    Member,
    /// And manages its members.
    Admin,
    /// And its admins and owners.
    Owner,
}

impl Standing {
    /// As databases and programs write it.
    pub fn name(self) -> &'static str {
        match self {
            Standing::Member => "member",
            Standing::Admin => "admin",
            Standing::Owner => "owner",
        }
    }

    /// Reads what [`Standing::name`] gives.
    pub fn named(name: &str) -> Option<Self> {
        [Standing::Member, Standing::Admin, Standing::Owner].into_iter().find(|role| role.name() == name)
    }

    pub(super) fn read(row: &Row) -> Result<Self> {
        let name = row.text("role")?;
        Standing::named(&name).ok_or_else(|| Fault::Bug(format!("a member has the role `{name}`")))
    }
}

/// A workspace that a person is in.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct Membership {
    /// Which.
    #[schema(value_type = String, example = "acme")]
    pub workspace: WorkspaceId,
    /// Its name.
    pub name: String,
    /// As what.
    pub role: Standing,
}

/// A person in a workspace.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct Member {
    /// Who.
    #[schema(value_type = String)]
    pub user: UserId,
    /// Their address.
    pub email: String,
    /// What to call them.
    pub name: String,
    /// As what.
    pub role: Standing,
    /// Whether their account may act.
    pub enabled: bool,
    /// Since when.
    #[schema(value_type = String, format = DateTime)]
    pub since: Time,
}

impl Member {
    /// Where a list goes on after them: a search is in the order of addresses, all are in that of their identifiers.
    pub fn place(&self, search: &str) -> String {
        if search.is_empty() { self.user.to_string() } else { super::email::canonical(&self.email) }
    }

    /// As the command line and the JSON API show it.
    pub fn to_json(&self) -> Value {
        json!(self)
    }
}

/// Checks a slug: what stands in tokens, headers and paths.
pub fn check_slug(slug: &str) -> std::result::Result<(), &'static str> {
    let plain = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-';
    let fits = (1..=63).contains(&slug.len()) && slug.bytes().all(plain);
    if fits && !slug.starts_with('-') && !slug.ends_with('-') {
        Ok(())
    } else {
        Err("must be 1 to 63 small letters, digits or hyphens, as in acme-corp; no hyphen at either end")
    }
}

/// Checks a name for people.
pub fn check_name(name: &str) -> std::result::Result<(), &'static str> {
    let fits = (1..=100).contains(&name.trim().chars().count()) && !name.chars().any(char::is_control);
    if fits { Ok(()) } else { Err("must be a text of 1 to 100 characters without control characters") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn slugs_fit_into_headers_and_paths() {
        for good in ["acme", "a", "acme-corp-2", "1"] {
            assert!(check_slug(good).is_ok(), "{good}");
        }
        for bad in ["", "Acme", "-a", "a-", "a b", "a/b", "ä", "a.b", &"a".repeat(64)] {
            assert!(check_slug(bad).is_err(), "{bad}");
        }
    }
}
