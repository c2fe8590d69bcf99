//! The second step of signing in: codes of an app (RFC 6238), and recovery codes for who has lost it. Each is taken once.

use crate::app::App;
use crate::base::Time;
use crate::base::encoding::fingerprint;
use crate::base::entropy;
use crate::base::id::UserId;
use crate::crypto::seal;
use crate::crypto::totp::Seed;
use crate::db::{Fault, On, Result, Tx};
use crate::people;
use crate::{args, sql};

sql! {
    read OF_USER = "SELECT sealed, created_at, used_at FROM totps WHERE user_id = $1";
    write SET = "INSERT INTO totps (user_id, sealed, step, created_at, used_at) VALUES ($1, $2, $3, $4, $4) \
                 ON CONFLICT (user_id) DO UPDATE SET sealed = excluded.sealed, step = excluded.step, \
                 created_at = excluded.created_at, used_at = excluded.used_at RETURNING user_id";
    write TAKE = "UPDATE totps SET step = $2, used_at = $3 WHERE user_id = $1 AND step < $2 AND created_at = $4 RETURNING user_id";
    write REMOVE = "DELETE FROM totps WHERE user_id = $1 RETURNING user_id";
    write PUT = "INSERT INTO recovery_codes (user_id, id, created_at) VALUES ($1, $2, $3) RETURNING id";
    write CLEAR = "DELETE FROM recovery_codes WHERE user_id = $1 RETURNING id";
    write SPEND = "DELETE FROM recovery_codes WHERE user_id = $1 AND id = $2 RETURNING id";
    read LEFT = "SELECT count(*) AS n FROM recovery_codes WHERE user_id = $1";
}

/// How many recovery codes there are at first.
pub const RECOVERY: usize = 10;

/// The app of a person, as the account page shows it.
#[derive(Clone, Copy, Debug)]
pub struct Known {
    /// Since when.
    pub created_at: Time,
    /// When one of its codes was taken last.
    pub used_at: Time,
    /// Recovery codes that are left.
    pub recovery: usize,
}

/// Whether the account has a second step, and what of it is left.
pub async fn of_user(app: &App, user: &UserId) -> Result<Option<Known>> {
    let mut db = &app.db;
    let Some(row) = db.one(OF_USER, args![user]).await? else {
        return Ok(None);
    };
    let recovery = left(db, user).await?;
    Ok(Some(Known { created_at: row.time("created_at")?, used_at: row.time("used_at")?, recovery }))
}

/// Whether a password alone isn't enough. One read.
pub async fn needed(app: &App, user: &UserId) -> Result<bool> {
    let mut db = &app.db;
    Ok(db.one(OF_USER, args![user]).await?.is_some())
}

/// How many recovery codes are left.
pub async fn left(mut on: impl On, user: &UserId) -> Result<usize> {
    let n = on.one(LEFT, args![user]).await?.map_or(Ok(0), |row| row.int("n"))?;
    Ok(usize::try_from(n).unwrap_or_default())
}

fn place(user: &UserId) -> seal::Place<'_> {
    seal::Place { table: "totps", row: user.as_str(), column: "sealed" }
}

/// A seed as its row keeps it; made before the transaction that writes it.
pub fn sealed(app: &App, user: &UserId, seed: &Seed) -> Result<Vec<u8>> {
    let sealed = seal::seal(app.keys.master(), place(user), seed.bytes());
    sealed.map_err(|_| Fault::Bug("a seed can't be sealed".to_owned()))
}

/// Asks for codes of this seed from now on; `step` is that of the code which showed that the app has it.
pub async fn set(mut tx: &mut Tx, user: &UserId, sealed: Vec<u8>, step: i64, now: Time) -> Result<()> {
    (&mut tx).run(SET, args![user, sealed, step, now]).await.map(|_| ())
}

/// Takes a code of the app: once, and none older than one that was taken.
pub async fn take(app: &App, user: &UserId, code: &str) -> Result<bool> {
    let mut db = &app.db;
    let Some(row) = db.one(OF_USER, args![user]).await? else {
        return Ok(false);
    };
    let plain = seal::open(app.keys.master(), place(user), &row.bytes("sealed")?);
    let plain = plain.map_err(|_| Fault::Bug("a seed can't be opened with this master key".to_owned()))?;
    let now = app.now();
    let Some(step) = Seed::of(&plain).and_then(|seed| seed.step_of(code, now)) else {
        return Ok(false);
    };
    // RFC 6238 §5.2: of two that come at once, one is too late. And never one of a seed that was replaced meanwhile.
    Ok(db.one(TAKE, args![user, step, now, row.time("created_at")?]).await?.is_some())
}

/// Asks for no codes any more; false when none were asked for. Recovery codes go with it.
pub async fn remove(mut tx: &mut Tx, user: &UserId) -> Result<bool> {
    (&mut tx).run(CLEAR, args![user]).await?;
    Ok((&mut tx).one(REMOVE, args![user]).await?.is_some())
}

/// Fresh recovery codes in the place of those of before; they are shown once.
pub async fn renew(mut tx: &mut Tx, user: &UserId, now: Time) -> Result<Vec<String>> {
    // Two at once would leave twice as many.
    people::store::hold(&mut *tx, user).await?;
    (&mut tx).run(CLEAR, args![user]).await?;
    let mut codes = Vec::new();
    for _ in 0..RECOVERY {
        let code = fresh();
        (&mut tx).run(PUT, args![user, named(user, &code), now]).await?;
        codes.push(code);
    }
    Ok(codes)
}

/// Uses a recovery code up; how many are left, or `None` when it is none of theirs.
pub async fn recover(mut tx: &mut Tx, user: &UserId, code: &str) -> Result<Option<usize>> {
    match (&mut tx).one(SPEND, args![user, named(user, code)]).await? {
        Some(_) => left(tx, user).await.map(Some),
        None => Ok(None),
    }
}

/// Crockford's base 32: nothing that could be read as something else.
const LETTERS: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";

/// 80 bits: a stolen fingerprint can't be turned back.
fn fresh() -> String {
    let bits = entropy::bytes::<16>();
    let letters: Vec<char> =
        bits.iter().filter_map(|byte| LETTERS.get(usize::from(byte & 31))).map(|letter| char::from(*letter)).collect();
    letters.chunks(4).map(String::from_iter).collect::<Vec<_>>().join("-")
}

/// What a row knows a code by, however it was typed.
fn named(user: &UserId, code: &str) -> String {
    let typed = code.chars().filter(|c| c.is_ascii_alphanumeric()).map(|c| match c.to_ascii_uppercase() {
        'O' => '0',
        'I' | 'L' => '1',
        other => other,
    });
    fingerprint(format!("{user} {}", typed.collect::<String>()).as_bytes())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn recovery_codes_are_read_as_people_type_them() {
        let user = UserId::from("u1");
        let code = fresh();
        assert!(code.len() == 19 && code.split('-').all(|part| part.len() == 4), "{code}");
        for typed in
            [code.to_lowercase(), code.replace('-', " "), code.replace('-', "").replace('0', "o").replace('1', "l")]
        {
            assert_eq!(named(&user, &typed), named(&user, &code), "{typed}");
        }
        assert_ne!(named(&UserId::from("u2"), &code), named(&user, &code));
        assert_ne!(fresh(), code);
    }
}
