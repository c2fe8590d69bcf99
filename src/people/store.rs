//! The rows of people.

use super::workspaces::{self, Standing};
use super::{NewUser, Role, User, email};
use crate::base::Time;
use crate::base::id::UserId;
use crate::db::{Db, On, Result, Tx};
use crate::{args, sql};

sql! {
    write CREATE = "INSERT INTO users (id, email, email_key, password, claims, role, enabled, rev, created_at, updated_at) \
                    VALUES ($1, $2, $3, $4, $5, $6, TRUE, 1, $7, $7) ON CONFLICT (email_key) DO NOTHING RETURNING id";
    read BY_ID = "SELECT id, email, password, claims, role, enabled, rev, created_at, updated_at FROM users WHERE id = $1";
    read BY_EMAIL = "SELECT id, email, password, claims, role, enabled, rev, created_at, updated_at FROM users \
                     WHERE email_key = $1";
    read PAGE = "SELECT id, email, password, claims, role, enabled, rev, created_at, updated_at FROM users \
                 WHERE id > $1 ORDER BY id LIMIT $2";
    read FOUND = "SELECT id, email, password, claims, role, enabled, rev, created_at, updated_at FROM users \
                  WHERE email_key >= $1 AND email_key < $2 AND email_key <> $3 ORDER BY email_key LIMIT $4";
    read ANY_ADMIN = "SELECT id FROM users WHERE role IN ('owner', 'admin') AND enabled ORDER BY id LIMIT 2";
    write SET_ENABLED = "UPDATE users SET enabled = $2, rev = rev + 1, updated_at = $3 WHERE id = $1 RETURNING id";
    write SET_PASSWORD = "UPDATE users SET password = $2, rev = rev + 1, password_rev = password_rev + 1 WHERE id = $1 RETURNING id";
    write SET_PROFILE = "UPDATE users SET claims = $2, role = $3, rev = rev + 1, updated_at = $4 WHERE id = $1 RETURNING id";
    write SET_CLAIMS = "UPDATE users SET claims = $2, rev = rev + 1, updated_at = $4 WHERE id = $1 AND rev = $3 RETURNING id";
    write HOLD = "UPDATE users SET rev = rev WHERE id = $1 \
                  RETURNING id, email, password, claims, role, enabled, rev, created_at, updated_at";
    write DELETE = "DELETE FROM users WHERE id = $1 RETURNING id";
    read COUNT = "SELECT count(*) AS n FROM (SELECT 1 AS one FROM users LIMIT $1) counted";
}

/// Makes an account with an already hashed password, and takes it into its workspace; `None` when the address is taken.
pub async fn create(mut on: impl On, new: &NewUser, hash: Option<String>, now: Time) -> Result<Option<UserId>> {
    let id = UserId::new(now);
    let claims = serde_json::Value::Object(new.profile.0.clone()).to_string();
    let args = args![&id, new.email.trim(), email::canonical(&new.email), hash, claims, new.role.name(), now];
    if on.one(CREATE, args).await?.is_none() {
        return Ok(None);
    }
    if let Some(slug) = &new.joins {
        let standing = if new.role == Role::Owner { Standing::Owner } else { Standing::Member };
        workspaces::store::add(on, slug, &id, standing, now).await?;
    }
    Ok(Some(id))
}

/// Makes all others wait who change something of this person, until the transaction ends; `None` when there is nobody of that
/// `sub`.
pub async fn hold(mut tx: &mut Tx, id: &UserId) -> Result<Option<User>> {
    (&mut tx).one(HOLD, args![id]).await?.as_ref().map(User::from_row).transpose()
}

/// How many people there are; counting stops at `most`.
pub async fn count(mut db: &Db, most: i64) -> Result<i64> {
    db.one(COUNT, args![most]).await?.map_or(Ok(0), |row| row.int("n"))
}

/// The person with this `sub`.
pub async fn by_id(mut on: impl On, id: &UserId) -> Result<Option<User>> {
    on.one(BY_ID, args![id]).await?.as_ref().map(User::from_row).transpose()
}

/// The person with this address, in any of its spellings.
pub async fn by_email(mut db: &Db, address: &str) -> Result<Option<User>> {
    db.one(BY_EMAIL, args![email::canonical(address)]).await?.as_ref().map(User::from_row).transpose()
}

/// People after `cursor`, in the order in which they came.
pub async fn page(mut db: &Db, cursor: &str, limit: i64) -> Result<Vec<User>> {
    let rows = db.all(PAGE, args![cursor, limit]).await?;
    rows.iter().map(User::from_row).collect()
}

/// People whose address begins with `search`, in the order of their addresses, after the one that is `cursor`.
pub async fn search(mut db: &Db, cursor: &str, search: &str, limit: i64) -> Result<Vec<User>> {
    let (from, to) = email::beginning_with(search, cursor);
    let rows = db.all(FOUND, args![from, to, cursor, limit]).await?;
    rows.iter().map(User::from_row).collect()
}

/// Whether there is an enabled administrator other than `except`.
pub async fn another_admin(mut on: impl On, except: Option<&UserId>) -> Result<bool> {
    let rows = on.all(ANY_ADMIN, args![]).await?;
    let ids: Result<Vec<UserId>> = rows.iter().map(|row| row.id("id")).collect();
    Ok(ids?.iter().any(|id| Some(id) != except))
}

/// Lets a person act, or not. False when there is nobody of that `sub`.
pub async fn set_enabled(mut tx: &mut Tx, id: &UserId, enabled: bool, now: Time) -> Result<bool> {
    Ok((&mut tx).one(SET_ENABLED, args![id, enabled, now]).await?.is_some())
}

/// Sets the PHC string of a person's password.
pub async fn set_password(mut on: impl On, id: &UserId, hash: &str) -> Result<bool> {
    Ok(on.one(SET_PASSWORD, args![id, hash]).await?.is_some())
}

/// Sets claims and role.
pub async fn set_profile(
    mut on: impl On,
    id: &UserId,
    profile: &super::Profile,
    role: Role,
    now: Time,
) -> Result<bool> {
    let claims = serde_json::Value::Object(profile.0.clone()).to_string();
    Ok(on.one(SET_PROFILE, args![id, claims, role.name(), now]).await?.is_some())
}

/// Sets claims, if the account is still as it was read; false when it isn't.
pub async fn set_claims(mut on: impl On, read: &User, profile: &super::Profile, now: Time) -> Result<bool> {
    let claims = serde_json::Value::Object(profile.0.clone()).to_string();
    Ok(on.one(SET_CLAIMS, args![&read.id, claims, read.rev, now]).await?.is_some())
}

/// Deletes a person with all that is theirs. Their `sub` is never given again.
pub async fn delete(mut tx: &mut Tx, id: &UserId) -> Result<bool> {
    Ok((&mut tx).one(DELETE, args![id]).await?.is_some())
}
