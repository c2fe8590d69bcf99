//! A grant has ended: what becomes of the accounts that act with it (vault.md §3.5). One that has several goes on with the others.

use super::settle::note;
use crate::base::Time;
use crate::db::{Result, Tx};
use crate::vault::accounts::{self, Reason};
use crate::vault::grants::{Grant, Trouble, store};
use serde_json::json;
use std::time::Duration;

/// How long what it held is kept, sealed, for whoever looks into it.
const KEPT: Duration = Duration::from_secs(30 * 86_400);

/// Disables its accounts. Where it is one of a role beside their primary one they lose that, and nothing else.
pub(super) async fn ended(tx: &mut Tx, grant: &Grant, why: Reason, trouble: &Trouble, now: Time) -> Result<()> {
    store::keep_until(&mut *tx, &grant.id, now + KEPT).await?;
    for account in accounts::store::of_grant(&mut *tx, &grant.id).await? {
        let mut detail = json!({ "reason": why.name(), "error": trouble, "message": why.words() });
        if let Some(role) = accounts::store::beside(&mut *tx, &account.id, &grant.id).await? {
            if let Some(members) = detail.as_object_mut() {
                members.insert("role".to_owned(), json!(role));
            }
            if let Some(seq) = accounts::store::step(&mut *tx, &account.id, now).await? {
                note(tx, &account, seq, "account.degraded", detail, now).await?;
            }
        } else if let Some(seq) = accounts::store::disable(&mut *tx, &account.id, "system", why, now).await? {
            note(tx, &account, seq, "account.disabled", detail, now).await?;
        }
    }
    Ok(())
}
