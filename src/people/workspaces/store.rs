//! The rows of workspaces and their members.

use super::{MOST_COUNTED, Member, Membership, Standing, Workspace};
use crate::base::Time;
use crate::base::id::{UserId, WorkspaceId};
use crate::db::{self, On, Result, Tx};
use crate::people::{Profile, email};
use crate::{args, sql};

sql! {
    write CREATE = "INSERT INTO workspaces (slug, name, rev, created_at, updated_at) VALUES ($1, $2, 1, $3, $3) \
                    ON CONFLICT (slug) DO NOTHING RETURNING slug";
    read ONE = "SELECT w.slug, w.name, w.per_second, w.break_glass, w.rev, w.created_at, w.updated_at, \
                (SELECT count(*) FROM (SELECT 1 AS one FROM members m WHERE m.workspace = w.slug LIMIT 10000) counted) AS members FROM workspaces w WHERE w.slug = $1";
    read PAGE = "SELECT w.slug, w.name, w.per_second, w.break_glass, w.rev, w.created_at, w.updated_at, \
                 (SELECT count(*) FROM (SELECT 1 AS one FROM members m WHERE m.workspace = w.slug LIMIT 10000) counted) AS members FROM workspaces w \
                 WHERE w.slug > $1 AND (w.slug LIKE $2 ESCAPE '!' OR lower(w.name) LIKE $2 ESCAPE '!') ORDER BY w.slug LIMIT $3";
    write RENAME = "UPDATE workspaces SET name = $2, rev = rev + 1, updated_at = $3 WHERE slug = $1 RETURNING slug";
    write DELETE = "DELETE FROM workspaces WHERE slug = $1 RETURNING slug";
    write ADD = "INSERT INTO members (workspace, user_id, role, created_at, updated_at) \
                 SELECT slug, $2, $3, $4, $4 FROM workspaces WHERE slug = $1 \
                 ON CONFLICT (workspace, user_id) DO NOTHING RETURNING user_id";
    write SET_ROLE = "UPDATE members SET role = $3, updated_at = $4 WHERE workspace = $1 AND user_id = $2 RETURNING user_id";
    write REMOVE = "DELETE FROM members WHERE workspace = $1 AND user_id = $2 RETURNING user_id";
    write HOLD = "UPDATE members SET role = role WHERE workspace = $1 AND user_id = $2 RETURNING user_id";
    write SET_PER_SECOND = "UPDATE workspaces SET per_second = $2, rev = rev + 1, updated_at = $3 WHERE slug = $1 RETURNING slug";
    write SET_BREAK_GLASS = "UPDATE workspaces SET break_glass = $2, rev = rev + 1, updated_at = $3 WHERE slug = $1 RETURNING slug";
    read MEMBER = "SELECT m.user_id, u.email, u.claims, m.role, u.enabled, m.created_at FROM members m \
                   JOIN users u ON u.id = m.user_id WHERE m.workspace = $1 AND m.user_id = $2";
    read MEMBERS = "SELECT m.user_id, u.email, u.claims, m.role, u.enabled, m.created_at FROM members m \
                    JOIN users u ON u.id = m.user_id WHERE m.workspace = $1 AND m.user_id > $2 ORDER BY m.user_id LIMIT $3";
    // Few members are looked through one by one; among many, the addresses are.
    read FOUND_AMONG_FEW = "SELECT m.user_id, u.email, u.claims, m.role, u.enabled, m.created_at FROM members m \
                            CROSS JOIN users u WHERE m.workspace = $1 AND u.id = m.user_id \
                            AND u.email_key >= $2 AND u.email_key < $3 AND u.email_key <> $4 ORDER BY u.email_key LIMIT $5";
    read FOUND_AMONG_MANY = "SELECT m.user_id, u.email, u.claims, m.role, u.enabled, m.created_at FROM users u \
                             CROSS JOIN members m WHERE m.workspace = $1 AND m.user_id = u.id \
                             AND u.email_key >= $2 AND u.email_key < $3 AND u.email_key <> $4 ORDER BY u.email_key LIMIT $5";
    read ANOTHER_OWNER = "SELECT user_id FROM members WHERE workspace = $1 AND role = 'owner' AND user_id <> $2 \
                          ORDER BY user_id LIMIT 1";
    read OF_USER = "SELECT m.workspace, w.name, m.role FROM members m JOIN workspaces w ON w.slug = m.workspace \
                    WHERE m.user_id = $1 ORDER BY lower(w.name), w.slug LIMIT 200";
}

/// Makes a workspace; false when there is one of this slug.
pub async fn create(mut on: impl On, slug: &WorkspaceId, name: &str, now: Time) -> Result<bool> {
    Ok(on.one(CREATE, args![slug, name.trim(), now]).await?.is_some())
}

/// The workspace of this slug.
pub async fn one(mut on: impl On, slug: &WorkspaceId) -> Result<Option<Workspace>> {
    on.one(ONE, args![slug]).await?.as_ref().map(Workspace::read).transpose()
}

/// Workspaces after `cursor` whose slug or name contains `search`, by slug.
pub async fn page(mut on: impl On, cursor: &str, search: &str, limit: i64) -> Result<Vec<Workspace>> {
    let rows = on.all(PAGE, args![cursor, db::like(&search.trim().to_lowercase()), limit]).await?;
    rows.iter().map(Workspace::read).collect()
}

/// Calls it something else towards people.
pub async fn rename(mut on: impl On, slug: &WorkspaceId, name: &str, now: Time) -> Result<bool> {
    Ok(on.one(RENAME, args![slug, name.trim(), now]).await?.is_some())
}

/// Deletes it; who was in it stays.
pub async fn delete(mut on: impl On, slug: &WorkspaceId) -> Result<bool> {
    Ok(on.one(DELETE, args![slug]).await?.is_some())
}

/// Takes a person in; false when they are in it, or there is no such workspace.
pub async fn add(mut on: impl On, slug: &WorkspaceId, user: &UserId, role: Standing, now: Time) -> Result<bool> {
    Ok(on.one(ADD, args![slug, user, role.name(), now]).await?.is_some())
}

/// Gives a member another role.
pub async fn set_role(mut on: impl On, slug: &WorkspaceId, user: &UserId, role: Standing, now: Time) -> Result<bool> {
    Ok(on.one(SET_ROLE, args![slug, user, role.name(), now]).await?.is_some())
}

/// Lets a member go. Whoever calls this ends what they allowed there, in the same transaction.
pub async fn remove(mut on: impl On, slug: &WorkspaceId, user: &UserId) -> Result<bool> {
    Ok(on.one(REMOVE, args![slug, user]).await?.is_some())
}

/// Says how many requests a second tokens may make in it; none for what the settings say.
pub async fn set_per_second(mut on: impl On, slug: &WorkspaceId, rate: Option<i64>, now: Time) -> Result<bool> {
    Ok(on.one(SET_PER_SECOND, args![slug, rate, now]).await?.is_some())
}

/// Says whether its owners and admins may open members' connected accounts.
pub async fn set_break_glass(mut on: impl On, slug: &WorkspaceId, may: bool, now: Time) -> Result<bool> {
    Ok(on.one(SET_BREAK_GLASS, args![slug, may, now]).await?.is_some())
}

/// Keeps a membership as it is until the transaction is over; false when there is none.
pub async fn hold(mut tx: &mut Tx, slug: &WorkspaceId, user: &UserId) -> Result<bool> {
    Ok((&mut tx).one(HOLD, args![slug, user]).await?.is_some())
}

/// One member.
pub async fn member(mut on: impl On, slug: &WorkspaceId, user: &UserId) -> Result<Option<Member>> {
    on.one(MEMBER, args![slug, user]).await?.as_ref().map(read).transpose()
}

/// Members after `cursor`, in the order in which their accounts were made.
pub async fn members(mut on: impl On, slug: &WorkspaceId, cursor: &str, limit: i64) -> Result<Vec<Member>> {
    let rows = on.all(MEMBERS, args![slug, cursor, limit]).await?;
    rows.iter().map(read).collect()
}

/// Members whose address begins with `search`, in the order of their addresses, after the one that is `cursor`.
pub async fn search_members(
    mut on: impl On,
    workspace: &Workspace,
    cursor: &str,
    search: &str,
    limit: i64,
) -> Result<Vec<Member>> {
    let (from, to) = email::beginning_with(search, cursor);
    let found = if workspace.members < MOST_COUNTED { FOUND_AMONG_FEW } else { FOUND_AMONG_MANY };
    let rows = on.all(found, args![&workspace.slug, from, to, cursor, limit]).await?;
    rows.iter().map(read).collect()
}

/// Whether somebody else owns it too.
pub async fn another_owner(mut on: impl On, slug: &WorkspaceId, except: &UserId) -> Result<bool> {
    Ok(on.one(ANOTHER_OWNER, args![slug, except]).await?.is_some())
}

/// The workspaces of a person, by name; at most 200.
pub async fn of_user(mut on: impl On, user: &UserId) -> Result<Vec<Membership>> {
    let rows = on.all(OF_USER, args![user]).await?;
    let membership = |row: &db::Row| {
        Ok(Membership { workspace: row.id("workspace")?, name: row.text("name")?, role: Standing::read(row)? })
    };
    rows.iter().map(membership).collect()
}

fn read(row: &db::Row) -> Result<Member> {
    let (email, profile) = (row.text("email")?, Profile(row.json("claims")?));
    Ok(Member {
        user: row.id("user_id")?,
        name: profile.text("name").unwrap_or(&email).to_owned(),
        email,
        role: Standing::read(row)?,
        enabled: row.bool("enabled")?,
        since: row.time("created_at")?,
    })
}
