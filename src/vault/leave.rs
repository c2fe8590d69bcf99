//! People who leave (vault.md §3.7): what was shared with them ends, and what is theirs goes the way that its source says. In the
//! transaction in which they leave, so that nobody is gone and still let in.

use super::accounts::{self, Account, Reason};
use super::break_glass;
use super::events::{self, Event};
use super::hooks;
use super::sources::{self, OnLeave};
use crate::audit::Actor;
use crate::base::Time;
use crate::base::id::{UserId, WorkspaceId};
use crate::db::{On, Result, Tx};
use crate::{args, sql};
use serde_json::{Value, json};
use std::collections::BTreeMap;

sql! {
    write UNSHARE = "DELETE FROM shares WHERE subject = $1 AND account IN (SELECT id FROM accounts WHERE $2 = '' OR workspace = $2) \
                     RETURNING account";
    read SHARED = "SELECT count(*) AS n FROM shares WHERE account = $1 AND (expires_at IS NULL OR expires_at > $2)";
}

/// Who leaves, and whose doing it is.
pub struct Leaver<'a> {
    /// They.
    pub user: &'a UserId,
    /// What they leave; none for everything.
    pub workspace: Option<&'a WorkspaceId>,
    /// By whose hand.
    pub by: &'a Actor,
}

/// Does it.
pub async fn leave(tx: &mut Tx, leaver: &Leaver<'_>, now: Time) -> Result<()> {
    let within = leaver.workspace.map(WorkspaceId::as_str).unwrap_or_default();
    hooks::store::delete_of(&mut *tx, leaver.user, within).await?;
    break_glass::leave(&mut *tx, leaver, now).await?;
    let subject = format!("user:{}", leaver.user);
    let mut on = &mut *tx;
    for row in on.all(UNSHARE, args![&subject, within]).await? {
        if let Some(account) = accounts::store::one(&mut *tx, &row.id("account")?).await?
            && let Some(seq) = accounts::store::step(&mut *tx, &account.id, now).await?
        {
            note(tx, leaver, &account, seq, ("account.unshared", json!({ "subject": subject })), now).await?;
        }
    }
    let mut rules: BTreeMap<String, OnLeave> = BTreeMap::new();
    let mut after = String::new();
    loop {
        let some = accounts::store::of_owner(&mut *tx, leaver.user, within, &after).await?;
        let Some(last) = some.last() else { return Ok(()) };
        after = last.id.to_string();
        for account in some {
            if !rules.contains_key(account.source.as_str()) {
                let source = sources::store::one(&mut *tx, &account.source).await?;
                rules.insert(
                    account.source.to_string(),
                    source.map(|source| source.policy.on_leave).unwrap_or_default(),
                );
            }
            let rule = rules.get(account.source.as_str()).copied().unwrap_or_default();
            orphan(tx, leaver, account, rule, now).await?;
        }
    }
}

/// One of theirs.
async fn orphan(tx: &mut Tx, leaver: &Leaver<'_>, mut account: Account, rule: OnLeave, now: Time) -> Result<()> {
    let disables = match rule {
        OnLeave::Disable => true,
        OnLeave::KeepIfShared => {
            let mut on = &mut *tx;
            let others = on.one(SHARED, args![&account.id, now]).await?;
            others.map_or(Ok(0), |row| row.int("n"))? == 0
        }
        OnLeave::Workspace => {
            account.owner = None;
            if let Some(seq) = accounts::store::set_owner(&mut *tx, &account, now).await? {
                let detail = json!({ "owner": null, "reason": "owner_removed" });
                note(tx, leaver, &account, seq, ("account.transferred", detail), now).await?;
            }
            false
        }
    };
    if disables
        && let Some(seq) = accounts::store::disable(&mut *tx, &account.id, "system", Reason::OwnerRemoved, now).await?
    {
        note(tx, leaver, &account, seq, ("account.disabled", json!({ "reason": "owner_removed" })), now).await?;
    }
    Ok(())
}

async fn note(
    tx: &mut Tx,
    leaver: &Leaver<'_>,
    account: &Account,
    seq: i64,
    (kind, detail): (&'static str, Value),
    now: Time,
) -> Result<()> {
    let (workspace, source) = (&account.workspace, &account.source);
    let event = Event { workspace, account: Some(&account.id), source, seq, kind, actor: leaver.by, detail };
    events::note(&mut *tx, &event, now).await
}
