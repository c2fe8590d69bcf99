//! RFC 7591 §3: initial access tokens, with which an administrator lets apps register themselves.

use crate::base::encoding::{base64url, fingerprint};
use crate::base::id::uuid7;
use crate::base::{Secret, Time, encoding, entropy};
use crate::db::{Db, On, Result, Row, Tx};
use crate::{args, sql};
use serde::Serialize;
use serde_json::{Value, json};
use utoipa::ToSchema;

sql! {
    write CREATE = "INSERT INTO invites (id, hash, hint, uses, used, created_at, expires_at) \
                    VALUES ($1, $2, $3, $4, 0, $5, $6) RETURNING id";
    read ALL_OF_THEM = "SELECT id, hint, uses, used, created_at, expires_at FROM invites WHERE expires_at > $1 ORDER BY id LIMIT 500";
    read BY_HASH = "SELECT id FROM invites WHERE hash = $1 AND used < uses AND expires_at > $2";
    write SPEND = "UPDATE invites SET used = used + 1 WHERE hash = $1 AND used < uses AND expires_at > $2 RETURNING id";
    write DELETE = "DELETE FROM invites WHERE id = $1 RETURNING id";
    write PURGE = "DELETE FROM invites WHERE id IN (SELECT id FROM invites WHERE expires_at < $1 ORDER BY expires_at LIMIT 500) \
                   RETURNING id";
}

/// What an initial access token begins with.
pub const PREFIX: &str = "sym_ia_";

/// An initial access token as its row knows it.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Invite {
    /// Its name, which isn't secret.
    pub id: String,
    /// Its last four characters.
    pub hint: String,
    /// How many clients it registers.
    pub uses: i64,
    /// How many it has registered.
    pub used: i64,
    /// When it was made.
    #[schema(value_type = String, format = DateTime)]
    pub created_at: Time,
    /// When it ends.
    #[schema(value_type = String, format = DateTime)]
    pub expires_at: Time,
}

impl Invite {
    fn read(row: &Row) -> Result<Self> {
        Ok(Invite {
            id: row.text("id")?,
            hint: row.text("hint")?,
            uses: row.int("uses")?,
            used: row.int("used")?,
            created_at: row.time("created_at")?,
            expires_at: row.time("expires_at")?,
        })
    }

    /// For administrators.
    pub fn to_json(&self) -> Value {
        json!(self)
    }
}

/// Makes one; the token is shown once.
pub async fn create(mut tx: &mut Tx, uses: u32, expires_at: Time, now: Time) -> Result<(Secret, Invite)> {
    let token = Secret::new(format!("{PREFIX}{}", base64url(&entropy::bytes::<32>())));
    let hint: String = token.reveal().chars().skip(token.reveal().len().saturating_sub(4)).collect();
    let id = encoding::hex(&uuid7(now));
    let invite = Invite { id, hint, uses: i64::from(uses), used: 0, created_at: now, expires_at };
    let args = args![&invite.id, hash(&token), &invite.hint, invite.uses, now, expires_at];
    (&mut tx).run(CREATE, args).await?;
    Ok((token, invite))
}

/// Those that haven't ended, the oldest first.
pub async fn all(mut db: &Db, now: Time) -> Result<Vec<Invite>> {
    db.all(ALL_OF_THEM, args![now]).await?.iter().map(Invite::read).collect()
}

/// The name of the invite that this token is, if it is good.
pub async fn named(mut db: &Db, token: &Secret, now: Time) -> Result<Option<String>> {
    db.one(BY_HASH, args![hash(token), now]).await?.map(|row| row.text("id")).transpose()
}

/// Uses it once; its name, or none when it is used up or has ended.
pub async fn spend(mut tx: &mut Tx, token: &Secret, now: Time) -> Result<Option<String>> {
    (&mut tx).one(SPEND, args![hash(token), now]).await?.map(|row| row.text("id")).transpose()
}

/// Ends one; false when there is none of this name.
pub async fn delete(mut tx: &mut Tx, id: &str) -> Result<bool> {
    Ok((&mut tx).one(DELETE, args![id]).await?.is_some())
}

/// Deletes those that ended a day ago or more, a few hundred at a time.
pub async fn purge(mut db: &Db, now: Time) -> Result<usize> {
    db.run(PURGE, args![now - std::time::Duration::from_secs(86_400)]).await
}

fn hash(token: &Secret) -> String {
    fingerprint(token.reveal().as_bytes())
}
