//! The keys in use, parsed once, swapped whole when they change.

use super::store::{self, State};
use crate::base::{Time, encoding};
use crate::crypto::{Algorithm, MacRing, MasterKey, SigningKey, jwt};
use crate::db::{Db, Result};
use arc_swap::ArcSwap;
use bytes::Bytes;
use serde::Serialize;
use serde_json::{Value, json};
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::watch;

/// The keys of this process. Cloning shares them.
#[derive(Clone)]
pub struct Keyring(Arc<Shared>);

struct Shared {
    master: MasterKey,
    ring: ArcSwap<Ring>,
    changed: watch::Sender<()>,
    keep_retired: Duration,
}

/// One state of the keys.
pub struct Ring {
    /// The registry's epoch that it was read in, as far as is known.
    epoch: i64,
    active: Vec<Arc<SigningKey>>,
    public: Vec<Value>,
    /// The JWK set (RFC 7517 §5), ready to send.
    pub jwks: Bytes,
    /// Its entity tag.
    pub etag: String,
    /// The MAC keys.
    pub macs: Arc<MacRing>,
}

/// No signature could be made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NoKey;

/// How long a signature waits for a key that is still being generated on the very first start.
const PATIENCE: Duration = Duration::from_secs(8);

impl Keyring {
    /// Reads the keys from the database.
    pub async fn load(master: MasterKey, db: &Db, keep_retired: Duration, now: Time) -> Result<Self> {
        let ring = read(&master, db, keep_retired, now).await?;
        let shared = Shared { master, ring: ArcSwap::from_pointee(ring), changed: watch::channel(()).0, keep_retired };
        Ok(Keyring(Arc::new(shared)))
    }

    /// Reads the keys again after this process changed them.
    pub async fn reload(&self, db: &Db, now: Time) -> Result<()> {
        self.reload_in(self.now().epoch, db, now).await
    }

    /// Reads the keys again unless they were read in this epoch. Who calls it beside another waits for the keys too; and
    /// what failed is tried again.
    pub async fn catch_up(&self, epoch: i64, db: &Db, now: Time) -> Result<()> {
        match self.now().epoch == epoch {
            true => Ok(()),
            false => self.reload_in(epoch, db, now).await,
        }
    }

    async fn reload_in(&self, epoch: i64, db: &Db, now: Time) -> Result<()> {
        let ring = read(&self.0.master, db, self.0.keep_retired, now).await?;
        self.0.ring.store(Arc::new(Ring { epoch, ..ring }));
        self.0.changed.send_replace(());
        Ok(())
    }

    /// The keys as they are now.
    pub fn now(&self) -> Arc<Ring> {
        self.0.ring.load_full()
    }

    /// The MAC keys as they are now.
    pub fn macs(&self) -> Arc<MacRing> {
        self.0.ring.load().macs.clone()
    }

    /// The master key, for sealing.
    pub fn master(&self) -> &MasterKey {
        &self.0.master
    }

    /// Signs claims with the active key of the algorithm; RSA off the runtime's threads.
    pub async fn sign(
        &self,
        alg: Algorithm,
        typ: &'static str,
        claims: impl Serialize,
    ) -> std::result::Result<String, NoKey> {
        let key = self.active(alg).await?;
        let unsigned = jwt::unsigned(&key, typ, &claims).map_err(|_| NoKey)?;
        if !key.slow() {
            return jwt::seal(&key, unsigned).map_err(|_| NoKey);
        }
        let signed = tokio::task::spawn_blocking(move || jwt::seal(&key, unsigned));
        signed.await.map_err(|_| NoKey)?.map_err(|_| NoKey)
    }

    async fn active(&self, alg: Algorithm) -> std::result::Result<Arc<SigningKey>, NoKey> {
        match self.0.ring.load().active(alg) {
            Some(key) => Ok(key),
            None => self.awaited(alg).await,
        }
    }

    /// The key, once it is made.
    async fn awaited(&self, alg: Algorithm) -> std::result::Result<Arc<SigningKey>, NoKey> {
        let mut changed = self.0.changed.subscribe();
        let found = async {
            loop {
                if let Some(key) = self.0.ring.load().active(alg) {
                    return Ok(key);
                }
                changed.changed().await.map_err(|_| NoKey)?;
            }
        };
        tokio::time::timeout(PATIENCE, found).await.map_err(|_| NoKey)?
    }

    /// Waits until every algorithm has its key: discovery and the JWK set must not promise less than is true.
    pub async fn complete(&self) -> Arc<Ring> {
        for alg in Algorithm::ALL {
            let _ = self.active(alg).await;
        }
        self.now()
    }
}

impl Ring {
    fn active(&self, alg: Algorithm) -> Option<Arc<SigningKey>> {
        self.active.iter().find(|key| key.alg == alg).cloned()
    }

    /// The claims of a JWT that one of our keys, old or new, has signed; checks nothing but the signature.
    pub fn verify(&self, token: &str) -> Option<jwt::Unverified> {
        let unverified = jwt::read(token)?;
        let kid = unverified.kid.as_deref()?;
        let jwk = self.public.iter().find(|jwk| jwk.get("kid").and_then(Value::as_str) == Some(kid))?;
        let alg = jwk.get("alg").and_then(Value::as_str)?;
        jwt::verify(token, jwk, &[alg]).map(|_| unverified)
    }
}

async fn read(master: &MasterKey, db: &Db, keep_retired: Duration, now: Time) -> Result<Ring> {
    let kept = store::all(db).await?;
    let active = kept.iter().filter(|key| key.state == State::Active);
    let active: Result<Vec<_>> = active.map(|key| key.open(master).map(Arc::new)).collect();
    let published = kept.iter().filter(|key| key.retired_at.is_none_or(|at| at + keep_retired > now));
    let public: Vec<Value> = published.map(|key| key.jwk.clone()).collect();
    let jwks = json!({ "keys": public }).to_string();
    let etag = format!("\"{}\"", encoding::fingerprint(jwks.as_bytes()));
    let macs = Arc::new(MacRing::derive(master, &store::macs(db).await?));
    Ok(Ring { epoch: 0, active: active?, public, jwks: Bytes::from(jwks), etag, macs })
}
