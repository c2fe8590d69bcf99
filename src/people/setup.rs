//! The one-time link with which the first administrator is made: valid once, for an hour.

use crate::base::encoding::{base64url, fingerprint};
use crate::base::{Secret, Time, entropy};
use crate::db::{Db, On, Result, Tx};
use crate::{args, sql};
use std::time::Duration;

/// How long a link is good.
pub const LIVES: Duration = Duration::from_secs(3600);

sql! {
    write CREATE = "INSERT INTO setup_links (id, created_at, expires_at) VALUES ($1, $2, $3) RETURNING id";
    write SPEND = "UPDATE setup_links SET used_at = $2 WHERE id = $1 AND used_at IS NULL AND expires_at > $2 RETURNING id";
    read GOOD = "SELECT id FROM setup_links WHERE id = $1 AND used_at IS NULL AND expires_at > $2";
    write PURGE = "DELETE FROM setup_links WHERE expires_at < $1 RETURNING id";
}

/// Makes a link's token; older ones stay good until their hour is over.
pub async fn create(mut db: &Db, now: Time) -> Result<Secret> {
    let token = Secret::new(base64url(&entropy::bytes::<32>()));
    db.run(PURGE, args![now]).await?;
    db.one(CREATE, args![fingerprint(token.reveal().as_bytes()), now, now + LIVES]).await?;
    Ok(token)
}

/// Whether the token would be accepted.
pub async fn good(mut db: &Db, token: &str, now: Time) -> Result<bool> {
    Ok(db.one(GOOD, args![fingerprint(token.as_bytes()), now]).await?.is_some())
}

/// Uses the token up; false when it isn't good.
pub async fn spend(mut tx: &mut Tx, token: &str, now: Time) -> Result<bool> {
    Ok((&mut tx).one(SPEND, args![fingerprint(token.as_bytes()), now]).await?.is_some())
}
