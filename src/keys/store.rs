//! The rows of signing keys and MAC keys.

use crate::base::Time;
use crate::crypto::{Algorithm, MasterKey, SigningKey, seal};
use crate::db::{Db, Fault, On, Result, Row, Tx};
use crate::{args, sql};
use serde_json::Value;

sql! {
    read META = "SELECT value FROM meta WHERE name = $1";
    write SET_META = "INSERT INTO meta (name, value) VALUES ($1, $2) ON CONFLICT (name) DO NOTHING RETURNING name";
    read KEYS = "SELECT kid, alg, state, jwk, sealed, created_at, activated_at, retired_at FROM signing_keys \
                 ORDER BY created_at, kid";
    write ADD_KEY = "INSERT INTO signing_keys (kid, alg, state, jwk, sealed, created_at, activated_at) \
                     VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT DO NOTHING RETURNING kid";
    write ACTIVATE = "UPDATE signing_keys SET state = 'active', activated_at = $2 WHERE kid = $1 AND state = 'next' \
                      RETURNING kid";
    write RETIRE = "UPDATE signing_keys SET state = 'retired', retired_at = $2 WHERE kid = $1 AND state <> 'retired' \
                    RETURNING kid";
    write FORGET = "DELETE FROM signing_keys WHERE state = 'retired' AND retired_at < $1 RETURNING kid";
    read MACS = "SELECT number FROM mac_keys ORDER BY number";
    write ADD_MAC = "INSERT INTO mac_keys (number, created_at) VALUES ($1, $2) ON CONFLICT DO NOTHING RETURNING number";
    read EPOCH = "SELECT n FROM epochs WHERE name = $1";
    write BUMP = "UPDATE epochs SET n = n + 1 WHERE name = $1 RETURNING n";
}

/// Where a signing key stands in its life.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum State {
    /// Published, doesn't sign yet.
    Next,
    /// Signs.
    Active,
    /// Signs no more; what it signed still verifies.
    Retired,
}

impl State {
    /// As the database and the command line spell it.
    pub const fn name(self) -> &'static str {
        match self {
            State::Next => "next",
            State::Active => "active",
            State::Retired => "retired",
        }
    }
}

/// A signing key as it is kept.
pub struct Kept {
    /// Its name.
    pub kid: String,
    /// What it signs with.
    pub alg: Algorithm,
    /// Where it stands.
    pub state: State,
    /// The public half.
    pub jwk: Value,
    /// The private half, sealed.
    pub sealed: Vec<u8>,
    /// When it was made.
    pub created_at: Time,
    /// When it began to sign.
    pub activated_at: Option<Time>,
    /// When it stopped.
    pub retired_at: Option<Time>,
}

impl Kept {
    fn read(row: &Row) -> Result<Self> {
        let (alg, state) = (row.text("alg")?, row.text("state")?);
        Ok(Kept {
            kid: row.text("kid")?,
            alg: Algorithm::named(&alg).ok_or_else(|| Fault::Bug(format!("unknown signing algorithm {alg}")))?,
            state: match state.as_str() {
                "next" => State::Next,
                "active" => State::Active,
                "retired" => State::Retired,
                other => return Err(Fault::Bug(format!("unknown key state {other}"))),
            },
            jwk: row.json("jwk")?,
            sealed: row.bytes("sealed")?,
            created_at: row.time("created_at")?,
            activated_at: row.time_opt("activated_at")?,
            retired_at: row.time_opt("retired_at")?,
        })
    }

    /// The private key, ready to sign.
    pub fn open(&self, master: &MasterKey) -> Result<SigningKey> {
        let sealed_wrong = || Fault::Bug(format!("signing key {} can't be opened with this master key", self.kid));
        let pkcs8 = seal::open(master, place(&self.kid), &self.sealed).map_err(|_| sealed_wrong())?;
        SigningKey::from_pkcs8(self.alg, &pkcs8).map_err(|_| sealed_wrong())
    }
}

fn place(kid: &str) -> seal::Place<'_> {
    seal::Place { table: "signing_keys", row: kid, column: "sealed" }
}

/// All signing keys, oldest first.
pub async fn all(mut db: &Db) -> Result<Vec<Kept>> {
    db.all(KEYS, args![]).await?.iter().map(Kept::read).collect()
}

/// Keeps a fresh key. False when there is one in this state for the algorithm already: another process was faster.
pub async fn add(
    mut on: impl On,
    master: &MasterKey,
    key: &SigningKey,
    pkcs8: &[u8],
    state: State,
    now: Time,
) -> Result<bool> {
    let sealed = seal::seal(master, place(&key.kid), pkcs8);
    let sealed = sealed.map_err(|_| Fault::Bug("a signing key can't be sealed".to_owned()))?;
    let activated = (state == State::Active).then_some(now);
    let args = args![&key.kid, key.alg.name(), state.name(), key.jwk.to_string(), sealed, now, activated];
    Ok(on.one(ADD_KEY, args).await?.is_some())
}

/// Retires `active` and lets `next` sign, together. False when another process has done it.
pub async fn hand_over(tx: &mut Tx, active: Option<&str>, next: &str, now: Time) -> Result<bool> {
    let mut tx = tx;
    if let Some(active) = active
        && (&mut tx).one(RETIRE, args![active, now]).await?.is_none()
    {
        return Ok(false);
    }
    Ok((&mut tx).one(ACTIVATE, args![next, now]).await?.is_some())
}

/// Retires one key at once, whatever it was.
pub async fn retire(mut on: impl On, kid: &str, now: Time) -> Result<bool> {
    Ok(on.one(RETIRE, args![kid, now]).await?.is_some())
}

/// Forgets keys that retired before `before`.
pub async fn forget(mut db: &Db, before: Time) -> Result<usize> {
    db.run(FORGET, args![before]).await
}

/// The numbers of the MAC keys, oldest first.
pub async fn macs(mut db: &Db) -> Result<Vec<u8>> {
    let rows = db.all(MACS, args![]).await?;
    rows.iter().map(|row| u8::try_from(row.int("number")?).map_err(|why| Fault::Bug(why.to_string()))).collect()
}

/// Adds a MAC key by its number.
pub async fn add_mac(mut db: &Db, number: u8, now: Time) -> Result<bool> {
    Ok(db.one(ADD_MAC, args![i64::from(number), now]).await?.is_some())
}

/// A fact about this deployment.
pub async fn meta(mut db: &Db, name: &str) -> Result<Option<String>> {
    db.one(META, args![name]).await?.map(|row| row.text("value")).transpose()
}

/// Sets a fact that isn't set yet.
pub async fn set_meta(mut db: &Db, name: &str, value: &str) -> Result<bool> {
    Ok(db.one(SET_META, args![name, value]).await?.is_some())
}

/// The count of changes to the registry and the keys, by which processes notice each other's.
pub async fn epoch(mut db: &Db) -> Result<i64> {
    db.one(EPOCH, args!["registry"]).await?.map_or(Ok(0), |row| row.int("n"))
}

/// Says that the registry or the keys changed.
pub async fn bump(mut on: impl On) -> Result<()> {
    on.run(BUMP, args!["registry"]).await.map(|_| ())
}
