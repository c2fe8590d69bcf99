//! One-time links of people with an account. A newer one takes the place of the older; one dies when the address or, where
//! it sets a password, the password becomes another.

use super::token;
use crate::base::encoding::fingerprint;
use crate::base::id::UserId;
use crate::base::{Secret, Time};
use crate::db::{Db, On, Result, Tx};
use crate::{args, sql};
use std::time::Duration;

sql! {
    write CREATE = "INSERT INTO links (user_id, purpose, id, email_key, password_rev, created_at, expires_at) \
                    SELECT u.id, $2, $3, u.email_key, CASE WHEN $2 = 'reset' THEN u.password_rev END, $4, $5 \
                    FROM users u WHERE u.id = $1 AND u.enabled \
                    ON CONFLICT (user_id, purpose) DO UPDATE SET id = excluded.id, email_key = excluded.email_key, \
                    password_rev = excluded.password_rev, created_at = excluded.created_at, \
                    expires_at = excluded.expires_at RETURNING id";
    read GOOD = "SELECT l.user_id FROM links l JOIN users u ON u.id = l.user_id WHERE l.id = $1 AND l.purpose = $2 \
                 AND l.expires_at > $3 AND u.enabled AND u.email_key = l.email_key \
                 AND (l.password_rev IS NULL OR l.password_rev = u.password_rev)";
    write SPEND = "DELETE FROM links WHERE id = $1 AND purpose = $2 AND expires_at > $3 AND EXISTS \
                   (SELECT 1 FROM users u WHERE u.id = links.user_id AND u.enabled AND u.email_key = links.email_key \
                   AND (links.password_rev IS NULL OR links.password_rev = u.password_rev)) RETURNING user_id";
    write PURGE = "DELETE FROM links WHERE id IN (SELECT id FROM links WHERE expires_at < $1 ORDER BY expires_at LIMIT 500) \
                   RETURNING id";
}

/// What a link does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Purpose {
    /// Sets a new password.
    Reset,
    /// Says that the address is the person's own.
    Verify,
}

impl Purpose {
    fn name(self) -> &'static str {
        match self {
            Purpose::Reset => "reset",
            Purpose::Verify => "verify",
        }
    }

    /// How long a link is good.
    pub fn lives(self) -> Duration {
        match self {
            Purpose::Reset => Duration::from_secs(30 * 60),
            Purpose::Verify => Duration::from_secs(7 * 86_400),
        }
    }
}

/// How long a link is good, in minutes.
pub fn minutes(purpose: Purpose) -> usize {
    usize::try_from(purpose.lives().as_secs() / 60).unwrap_or_default()
}

/// In days.
pub fn days(purpose: Purpose) -> usize {
    usize::try_from(purpose.lives().as_secs() / 86_400).unwrap_or_default()
}

/// Makes a link's token; `None` when there is nobody of that `sub`, or they may not act.
pub async fn create(mut on: impl On, user: &UserId, purpose: Purpose, now: Time) -> Result<Option<Secret>> {
    let token = token();
    let args = args![user, purpose.name(), fingerprint(token.reveal().as_bytes()), now, now + purpose.lives()];
    Ok(on.one(CREATE, args).await?.map(|_| token))
}

/// Whose it is, if it would be accepted.
pub async fn good(mut db: &Db, token: &str, purpose: Purpose, now: Time) -> Result<Option<UserId>> {
    let row = db.one(GOOD, args![fingerprint(token.as_bytes()), purpose.name(), now]).await?;
    row.map(|row| row.id("user_id")).transpose()
}

/// Uses it up; gives whose it was, or `None` when it isn't good.
pub async fn spend(mut tx: &mut Tx, token: &str, purpose: Purpose, now: Time) -> Result<Option<UserId>> {
    let row = (&mut tx).one(SPEND, args![fingerprint(token.as_bytes()), purpose.name(), now]).await?;
    row.map(|row| row.id("user_id")).transpose()
}

/// Deletes those whose time is over, a few hundred at a time.
pub async fn purge(mut db: &Db, now: Time) -> Result<usize> {
    db.run(PURGE, args![now]).await
}
