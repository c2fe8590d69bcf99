//! People's passwords: argon2id (RFC 9106) on a bounded pool of its own, so that sign-ins can't starve the rest.

use crate::base::Secret;
use argon2::{Algorithm, Argon2, Params, Version};
use password_hash::{PasswordHasher, PasswordVerifier, phc};
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::Semaphore;

/// How long a sign-in may wait for its turn.
const PATIENCE: Duration = Duration::from_secs(2);

/// The cost of one hash.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Cost {
    /// Memory in KiB.
    pub memory_kib: u32,
    /// Passes over it.
    pub passes: u32,
}

/// Hashes and checks passwords, a few at a time.
#[derive(Clone)]
pub struct Passwords {
    argon2: Argon2<'static>,
    turns: Arc<Semaphore>,
    dummy: Arc<str>,
}

/// No answer about a password.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unanswered {
    /// Too many are waiting; come back in a few seconds.
    Busy,
    /// The hash couldn't be computed.
    Fault,
}

impl Passwords {
    /// A pool that hashes `at_once` passwords side by side.
    pub fn new(cost: Cost, at_once: usize) -> Result<Self, Unanswered> {
        let params = Params::new(cost.memory_kib, cost.passes, 1, None).map_err(|_| Unanswered::Fault)?;
        let argon2 = Argon2::new(Algorithm::Argon2id, Version::V0x13, params);
        let dummy = hash_now(&argon2, b"nobody has this password")?.into();
        Ok(Passwords { argon2, turns: Arc::new(Semaphore::new(at_once.max(1))), dummy })
    }

    /// The PHC string of a password.
    pub async fn hash(&self, password: Secret) -> Result<String, Unanswered> {
        let argon2 = self.argon2.clone();
        self.in_turn(move || hash_now(&argon2, password.reveal().as_bytes())).await?
    }

    /// Whether the password is the one that `stored` was made from. Without `stored` the same work is done in vain, so
    /// that time doesn't tell who has an account.
    pub async fn check(&self, password: Secret, stored: Option<String>) -> Result<bool, Unanswered> {
        let argon2 = self.argon2.clone();
        let known = stored.is_some();
        let against = stored.unwrap_or_else(|| self.dummy.to_string());
        let same = self.in_turn(move || {
            phc::PasswordHash::new(&against)
                .is_ok_and(|hash| argon2.verify_password(password.reveal().as_bytes(), &hash).is_ok())
        });
        Ok(same.await? && known)
    }

    /// Whether a stored hash was made with a lower cost than today's and should be made again.
    pub fn outdated(&self, stored: &str) -> bool {
        let params = phc::PasswordHash::new(stored).ok().and_then(|hash| Params::try_from(&hash).ok());
        params
            .is_none_or(|p| (p.m_cost(), p.t_cost()) != (self.argon2.params().m_cost(), self.argon2.params().t_cost()))
    }

    async fn in_turn<T: Send + 'static>(&self, work: impl FnOnce() -> T + Send + 'static) -> Result<T, Unanswered> {
        let turn = tokio::time::timeout(PATIENCE, self.turns.clone().acquire_owned());
        let turn = turn.await.map_err(|_| Unanswered::Busy)?.map_err(|_| Unanswered::Fault)?;
        let done = tokio::task::spawn_blocking(move || {
            let result = work();
            drop(turn);
            result
        });
        done.await.map_err(|_| Unanswered::Fault)
    }
}

fn hash_now(argon2: &Argon2<'_>, password: &[u8]) -> Result<String, Unanswered> {
    let salt = crate::base::entropy::bytes::<16>();
    let hash: phc::PasswordHash = argon2.hash_password_with_salt(password, &salt).map_err(|_| Unanswered::Fault)?;
    Ok(hash.to_string())
}
