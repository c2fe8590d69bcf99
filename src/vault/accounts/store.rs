//! The rows of accounts.

use super::{Account, AccountId, Custody, Reason};
use crate::base::Time;
use crate::base::id::UserId;
use crate::db::{Fault, On, Result};
use crate::vault::grants::GrantId;
use crate::vault::sources::SourceId;
use crate::{args, sql};

macro_rules! account {
    ($rest:literal) => {
        concat!(
            "SELECT a.id AS account_id, a.workspace, a.source, a.external_id, a.verified, a.display_name, a.fields, a.owner, a.owner_ref, ",
            "a.name AS account_name, a.metadata, a.state AS account_state, a.disabled_by, a.disabled_reason, a.disabled_at, a.custody, ",
            "a.seq, a.created_at AS account_created_at, a.updated_at AS account_updated_at FROM accounts a ",
            $rest
        )
    };
}

sql! {
    write CREATE = "INSERT INTO accounts (id, workspace, source, external_id, verified, display_name, fields, owner, owner_ref, name, metadata, \
                    state, custody, seq, created_by, created_at, updated_at) \
                    VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, 'active', $12, 0, $13, $14, $14) ON CONFLICT DO NOTHING RETURNING id";
    write BIND = "INSERT INTO account_grants (account, role, grant_id) VALUES ($1, $2, $3) \
                  ON CONFLICT (account, role) DO UPDATE SET grant_id = $3 RETURNING account";
    read ONE = account!("WHERE a.id = $1 AND a.deleted_at IS NULL");
    read BY_EXTERNAL = account!("WHERE a.source = $1 AND a.external_id = $2 AND a.deleted_at IS NULL");
    read OF_GRANT = account!("JOIN account_grants b ON b.account = a.id WHERE b.grant_id = $1 AND a.deleted_at IS NULL ORDER BY a.id LIMIT 500");
    read OF_OWNER = account!("WHERE a.owner = $1 AND ($2 = '' OR a.workspace = $2) AND a.id > $3 AND a.deleted_at IS NULL \
                             ORDER BY a.id LIMIT 500");
    read OTHERS_OF_GRANT = "SELECT count(*) AS n FROM account_grants b JOIN accounts a ON a.id = b.account \
                            WHERE b.grant_id = $1 AND b.account <> $2 AND a.deleted_at IS NULL";
    read BESIDE = "SELECT b.role FROM account_grants b WHERE b.account = $1 AND b.grant_id = $2 AND b.role <> 'primary' \
                   AND EXISTS (SELECT 1 FROM account_grants p JOIN vault_grants g ON g.id = p.grant_id WHERE p.account = $1 \
                   AND p.role = 'primary' AND p.grant_id <> $2 AND g.state = 'live') ORDER BY b.role LIMIT 1";
    read GRANTS = "SELECT grant_id, role FROM account_grants WHERE account = $1 ORDER BY role LIMIT 20";
    write COUNT_UP = "UPDATE accounts SET seq = seq + 1, updated_at = $2 WHERE id = $1 RETURNING seq";
    write DISABLE = "UPDATE accounts SET state = 'disabled', disabled_by = $2, disabled_reason = $3, disabled_at = $4, updated_at = $4, \
                     seq = seq + 1 WHERE id = $1 AND deleted_at IS NULL AND (state = 'active' OR $3 = 'custody_freed') RETURNING seq";
    write ENABLE = "UPDATE accounts SET state = 'active', disabled_by = NULL, disabled_reason = NULL, disabled_at = NULL, \
                    updated_at = $2, seq = seq + 1 WHERE id = $1 AND deleted_at IS NULL AND state = 'disabled' RETURNING seq";
    write RECONNECT = "UPDATE accounts SET verified = $2, display_name = $3, fields = $4, custody = $5, updated_at = $6 \
                       WHERE id = $1 AND deleted_at IS NULL RETURNING id";
    write SET_CUSTODY = "UPDATE accounts SET custody = $2, updated_at = $3, seq = seq + 1 WHERE id = $1 RETURNING seq";
    write EDIT = "UPDATE accounts SET name = $2, metadata = $3, updated_at = $4, seq = seq + 1 WHERE id = $1 AND deleted_at IS NULL RETURNING seq";
    write SET_OWNER = "UPDATE accounts SET owner = $2, updated_at = $3, seq = seq + 1 WHERE id = $1 AND deleted_at IS NULL RETURNING seq";
    write DELETE = "UPDATE accounts SET deleted_at = $2, updated_at = $2, seq = seq + 1, state = 'disabled' WHERE id = $1 \
                    AND deleted_at IS NULL RETURNING seq";
    write UNBIND = "DELETE FROM account_grants WHERE account = $1 RETURNING grant_id";
}

/// What is written of a fresh account.
pub struct Made<'a> {
    /// The account, as it will be read.
    pub account: &'a Account,
    /// Whose doing it was.
    pub by: &'a str,
}

fn json(value: &impl serde::Serialize) -> Result<String> {
    serde_json::to_string(value).map_err(|why| Fault::Bug(why.to_string()))
}

/// Writes one down; false when its source has one with this external id.
pub async fn create(mut on: impl On, made: &Made<'_>) -> Result<bool> {
    let one = made.account;
    let (fields, metadata) = (json(&one.fields)?, json(&one.metadata)?);
    let args = args![
        &one.id,
        &one.workspace,
        &one.source,
        &one.external_id,
        one.verified,
        &one.display_name,
        fields,
        one.owner.as_ref(),
        one.owner_ref.as_deref(),
        &one.name,
        metadata,
        one.custody.name(),
        made.by,
        one.created_at
    ];
    Ok(on.one(CREATE, args).await?.is_some())
}

/// Lets an account act with a grant.
pub async fn bind(mut on: impl On, account: &AccountId, role: &str, grant: &GrantId) -> Result<()> {
    on.run(BIND, args![account, role, grant]).await.map(|_| ())
}

/// The account with this name.
pub async fn one(mut on: impl On, id: &AccountId) -> Result<Option<Account>> {
    on.one(ONE, args![id]).await?.as_ref().map(Account::read).transpose()
}

/// The account of a source with this external id.
pub async fn by_external(mut on: impl On, source: &SourceId, external_id: &str) -> Result<Option<Account>> {
    on.one(BY_EXTERNAL, args![source, external_id]).await?.as_ref().map(Account::read).transpose()
}

/// Those that act with a grant.
pub async fn of_grant(mut on: impl On, grant: &GrantId) -> Result<Vec<Account>> {
    on.all(OF_GRANT, args![grant]).await?.iter().map(Account::read).collect()
}

/// Those of a person, in one workspace or all, after `after`: some at a time.
pub async fn of_owner(mut on: impl On, owner: &UserId, workspace: &str, after: &str) -> Result<Vec<Account>> {
    on.all(OF_OWNER, args![owner, workspace, after]).await?.iter().map(Account::read).collect()
}

/// How many others act with a grant of this one.
pub async fn others_of_grant(mut on: impl On, grant: &GrantId, account: &AccountId) -> Result<i64> {
    on.one(OTHERS_OF_GRANT, args![grant, account]).await?.map_or(Ok(0), |row| row.int("n"))
}

/// The role that a grant has for an account, where the account lives on without it: its primary one is another.
pub async fn beside(mut on: impl On, account: &AccountId, grant: &GrantId) -> Result<Option<String>> {
    on.one(BESIDE, args![account, grant]).await?.map(|row| row.text("role")).transpose()
}

/// The grants of an account and their roles.
pub async fn grants(mut on: impl On, account: &AccountId) -> Result<Vec<(GrantId, String)>> {
    on.all(GRANTS, args![account]).await?.iter().map(|row| Ok((row.id("grant_id")?, row.text("role")?))).collect()
}

async fn seq<const N: usize>(
    mut on: impl On,
    stmt: crate::db::Stmt<N>,
    args: [crate::db::Arg; N],
) -> Result<Option<i64>> {
    on.one(stmt, args).await?.map(|row| row.int("seq")).transpose()
}

/// The next number in its order.
pub async fn step(on: impl On, id: &AccountId, now: Time) -> Result<Option<i64>> {
    seq(on, COUNT_UP, args![id, now]).await
}

/// Disables one that is active; gives its number in order. What is freed is disabled whatever it was.
pub async fn disable(on: impl On, id: &AccountId, by: &str, why: Reason, now: Time) -> Result<Option<i64>> {
    seq(on, DISABLE, args![id, by, why.name(), now]).await
}

/// Enables one that is disabled.
pub async fn enable(on: impl On, id: &AccountId, now: Time) -> Result<Option<i64>> {
    seq(on, ENABLE, args![id, now]).await
}

/// Writes down what a provider says of one that was connected again.
pub async fn reconnect(mut on: impl On, one: &Account, now: Time) -> Result<()> {
    let fields = json(&one.fields)?;
    let args = args![&one.id, one.verified, &one.display_name, fields, one.custody.name(), now];
    on.run(RECONNECT, args).await.map(|_| ())
}

/// Writes down who holds the refresh token.
pub async fn set_custody(on: impl On, id: &AccountId, custody: Custody, now: Time) -> Result<Option<i64>> {
    seq(on, SET_CUSTODY, args![id, custody.name(), now]).await
}

/// Gives one another name and other metadata.
pub async fn edit(on: impl On, one: &Account, now: Time) -> Result<Option<i64>> {
    seq(on, EDIT, args![&one.id, &one.name, json(&one.metadata)?, now]).await
}

/// Gives one to somebody else; to the workspace where it is nobody.
pub async fn set_owner(on: impl On, one: &Account, now: Time) -> Result<Option<i64>> {
    seq(on, SET_OWNER, args![&one.id, one.owner.as_ref(), now]).await
}

/// Deletes one; its row stays for those who look back.
pub async fn delete(on: impl On, id: &AccountId, now: Time) -> Result<Option<i64>> {
    seq(on, DELETE, args![id, now]).await
}

/// Takes its grants away.
pub async fn unbind(mut on: impl On, id: &AccountId) -> Result<Vec<GrantId>> {
    on.all(UNBIND, args![id]).await?.iter().map(|row| row.id("grant_id")).collect()
}
