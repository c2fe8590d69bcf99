//! First start makes every key; a later start that can't read them refuses.

use super::Keyring;
use super::store::{self, Kept, State};
use crate::base::{Clock, Secret};
use crate::config::Config;
use crate::crypto::{Algorithm, MasterKey, SigningKey};
use crate::db::{Db, Fault};

/// Why the keys can't be used; one sentence that says what to do.
#[derive(Debug)]
pub struct Refused(pub String);

impl std::fmt::Display for Refused {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

impl From<Fault> for Refused {
    fn from(fault: Fault) -> Self {
        Refused(fault.to_string())
    }
}

/// The master key: from the environment, else from `keys_dir/master.key`; made, durably, when the database is new too.
pub async fn master(db: &Db, config: &Config, given: Option<Secret>) -> Result<MasterKey, Refused> {
    let file = config.keys_dir.join("master.key");
    let known = store::meta(db, "master_key").await?;
    let found = match given {
        Some(text) => Some(MasterKey::parse(text.reveal()).map_err(Refused)?),
        None => MasterKey::load(&file).map_err(Refused)?,
    };
    let key = match (found, &known) {
        (Some(key), _) => key,
        (None, None) => {
            let key = MasterKey::generate();
            key.store(&file).map_err(Refused)?;
            key
        }
        (None, Some(name)) => {
            return Err(Refused(format!(
                "the master key {name}, with which this database was made, isn't at {}. Put it back from your backup, \
                 or set SYMBOLON_MASTER_KEY_FILE. A new one can't open what the old one sealed.",
                file.display()
            )));
        }
    };
    store::set_meta(db, "master_key", &key.name()).await?;
    match store::meta(db, "master_key").await? {
        Some(name) if name == key.name() => Ok(key),
        other => Err(Refused(format!(
            "this master key is {}, but the database was made with {}. Use the one that belongs to it.",
            key.name(),
            other.unwrap_or_default()
        ))),
    }
}

/// Loads the keys, and makes the quick ones of those that a first start lacks. [`make_rest`] makes the others.
pub async fn start(db: &Db, config: &Config, master: MasterKey, clock: &Clock) -> Result<Keyring, Refused> {
    if store::macs(db).await?.is_empty() {
        store::add_mac(db, 1, clock.now()).await?;
    }
    let kept = store::all(db).await?;
    for alg in lacking(&kept).filter(|alg| !rsa(*alg)) {
        add_active(db, &master, alg, clock).await?;
    }
    Ok(Keyring::load(master, db, config.keys.keep_retired, clock.now()).await?)
}

/// Makes the RSA keys that a first start lacks, in the background, where signatures wait for them: it takes a second
/// that nobody should wait for. Only who serves signs; commands need none of it.
pub async fn make_rest(ring: &Keyring, db: &Db, clock: &Clock) -> Result<(), Refused> {
    let slow: Vec<_> = lacking(&store::all(db).await?).collect();
    if slow.is_empty() {
        return Ok(());
    }
    let (ring, db, clock) = (ring.clone(), db.clone(), clock.clone());
    tokio::spawn(async move {
        for alg in slow {
            if let Err(why) = add_active(&db, ring.master(), alg, &clock).await {
                tracing::error!(%why, alg = alg.name(), "a signing key couldn't be made");
            }
            if let Err(why) = ring.reload(&db, clock.now()).await {
                tracing::error!(%why, "the new signing keys can't be read");
            }
        }
    });
    Ok(())
}

/// The algorithms that no key signs with.
fn lacking(kept: &[Kept]) -> impl Iterator<Item = Algorithm> {
    let lacks = |alg: &Algorithm| !kept.iter().any(|key| key.alg == *alg && key.state == State::Active);
    Algorithm::ALL.into_iter().filter(lacks)
}

fn rsa(alg: Algorithm) -> bool {
    matches!(alg, Algorithm::RS256 | Algorithm::PS256)
}

async fn add_active(db: &Db, master: &MasterKey, alg: Algorithm, clock: &Clock) -> Result<(), Refused> {
    let (key, pkcs8) = generate(alg).await?;
    store::add(db, master, &key, &pkcs8, State::Active, clock.now()).await?;
    Ok(store::bump(db).await?)
}

/// A fresh key, made off the runtime's threads.
pub(super) async fn generate(alg: Algorithm) -> Result<(SigningKey, zeroize::Zeroizing<Vec<u8>>), Refused> {
    let made = tokio::task::spawn_blocking(move || SigningKey::generate(alg)).await;
    made.ok().and_then(Result::ok).ok_or_else(|| Refused(format!("no {} key could be generated", alg.name())))
}
