//! Who took which token, why: written down together, at most a second later.

use crate::app::{self, App, Reader};
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

/// Most of one statement.
const BATCH: usize = 500;

/// When grants were used last.
pub static USED: Hot = Hot::write(
    "vault_used",
    "UPDATE vault_grants SET used_at = p.at FROM {batch} WHERE vault_grants.id = p.id \
     AND (vault_grants.used_at IS NULL OR vault_grants.used_at <= p.at) RETURNING vault_grants.id",
    &[("id", Text), ("at", Int)],
);

/// Tokens that were taken.
pub static NOTE: Hot = Hot::write(
    "vault_read",
    "INSERT INTO token_reads (id, at, workspace, account, version, actor, address, purpose, times) \
     SELECT p.id, p.at, p.workspace, p.account, p.version, p.actor, p.address, p.purpose, p.times FROM {batch} RETURNING id",
    &[
        ("id", Text),
        ("at", Int),
        ("workspace", Text),
        ("account", Text),
        ("version", Int),
        ("actor", Text),
        ("address", Text),
        ("purpose", Text),
        ("times", Int),
    ],
);

/// The hot statements, for the test that prepares every one.
pub static HOT: [&Hot; 2] = [&USED, &NOTE];

sql! {
    read OF_ACCOUNT = "SELECT id, at, version, actor, address, purpose, times FROM token_reads WHERE account = $1 \
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
    let reads: Vec<(Reader, app::Taken)> = reads.into_iter().collect();
    let (mut written, mut outcome) = (0, Ok(()));
    for batch in reads.chunks(BATCH) {
        outcome = write(app, batch).await;
        if outcome.is_err() {
            break;
        }
        written += batch.len();
    }
    app.reads.put_back(reads.into_iter().skip(written).collect());
    outcome
}

async fn write(app: &App, reads: &[(Reader, app::Taken)]) -> Result<()> {
    let note = |(reader, taken): &(Reader, app::Taken)| {
        Item::new(hex(&uuid7(taken.at)))
            .with("at", taken.at.millis())
            .with("workspace", &reader.workspace)
            .with("account", &*reader.account)
            .with("version", reader.version)
            .with("actor", reader.actor.to_string())
            .with("address", reader.address)
            .with("purpose", &reader.purpose)
            .with("times", taken.times)
    };
    let mut used: BTreeMap<&str, Time> = BTreeMap::new();
    for (reader, taken) in reads {
        let at = used.entry(&*reader.grant).or_insert(taken.at);
        *at = taken.at.max(*at);
    }
    let used = used.into_iter().map(|(grant, at)| Item::new(grant.to_owned()).with("at", at.millis()));
    // Twice is as good as once here; so it comes first.
    app.db.set(&USED, &used.collect::<Vec<_>>()).await?;
    app.db.set(&NOTE, &reads.iter().map(note).collect::<Vec<_>>()).await.map(drop)
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
    /// How often within the second or two before.
    pub times: i64,
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
            times: row.int("times")?,
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
