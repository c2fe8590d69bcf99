//! Who took which token, why: written down together, at most a second later.

use crate::app::{App, Read};
use crate::base::Time;
use crate::base::encoding::hex;
use crate::base::id::uuid7;
use crate::db::Column::{Int, Text};
use crate::db::{Db, Hot, Item, On, Result, Row};
use crate::vault::accounts::AccountId;
use crate::{args, sql};
use serde::Serialize;
use std::collections::BTreeMap;
use utoipa::ToSchema;

/// When grants were used last.
pub static USED: Hot = Hot::write(
    "vault_used",
    "UPDATE vault_grants SET used_at = p.at FROM {batch} WHERE vault_grants.id = p.id \
     AND (vault_grants.used_at IS NULL OR vault_grants.used_at <= p.at) RETURNING vault_grants.id",
    &[("id", Text), ("at", Int)],
);

sql! {
    write NOTE = "INSERT INTO token_reads (id, at, workspace, account, version, actor, address, purpose) \
                  VALUES ($1, $2, $3, $4, $5, $6, $7, $8) RETURNING id";
    read OF_ACCOUNT = "SELECT id, at, version, actor, address, purpose FROM token_reads WHERE account = $1 \
                       AND ($2 = '' OR id < $2) ORDER BY id DESC LIMIT $3";
    write PURGE = "DELETE FROM token_reads WHERE id IN (SELECT id FROM token_reads WHERE id < $1 ORDER BY id LIMIT 500) RETURNING id";
}

/// Writes down what this process has noted. What can't be written is tried again.
pub async fn write_down(app: &App) -> Result<()> {
    let (reads, lost) = app.reads.take();
    if lost > 0 {
        tracing::error!(
            lost,
            "more tokens were read than could be written down; these reads are missing in the list of reads"
        );
    }
    if reads.is_empty() {
        return Ok(());
    }
    let outcome = write(app, &reads).await;
    if outcome.is_err() {
        app.reads.put_back(reads);
    }
    outcome
}

async fn write(app: &App, reads: &[Read]) -> Result<()> {
    let mut used: BTreeMap<&str, Time> = BTreeMap::new();
    for batch in reads.chunks(500) {
        let mut tx = app.db.begin().await?;
        for read in batch {
            let args = args![
                hex(&uuid7(read.at)),
                read.at,
                &read.workspace,
                &read.account,
                read.version,
                &read.actor,
                &read.address,
                &read.purpose
            ];
            (&mut tx).run(NOTE, args).await?;
            let at = used.entry(read.grant.as_str()).or_insert(read.at);
            *at = read.at.max(*at);
        }
        tx.commit().await?;
    }
    for (grant, at) in used {
        app.db.hot(&USED, Item::new(grant.to_owned()).with("at", at.millis())).await?;
    }
    Ok(())
}

/// Somebody took a token.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Taken {
    /// Names it.
    pub id: String,
    /// When.
    #[schema(value_type = String, format = DateTime)]
    pub at: Time,
    /// Which of the account's tokens.
    pub version: i64,
    /// Who.
    pub actor: String,
    /// From where.
    pub address: String,
    /// What for, as they said in `Symbolon-Purpose`.
    pub purpose: String,
}

impl Taken {
    fn read(row: &Row) -> Result<Self> {
        Ok(Taken {
            id: row.text("id")?,
            at: row.time("at")?,
            version: row.int("version")?,
            actor: row.text("actor")?,
            address: row.text("address")?,
            purpose: row.text("purpose")?,
        })
    }
}

/// Who took an account's tokens, the latest first.
pub async fn of_account(app: &App, account: &AccountId, before: &str, most: i64) -> Result<Vec<Taken>> {
    (&app.db).all(OF_ACCOUNT, args![account, before, most]).await?.iter().map(Taken::read).collect()
}

/// Forgets what is older.
pub async fn purge(mut db: &Db, before: Time) -> Result<usize> {
    // Names begin with the time.
    let cut: String = hex(&uuid7(before)).chars().take(12).collect();
    db.run(PURGE, args![cut]).await
}
