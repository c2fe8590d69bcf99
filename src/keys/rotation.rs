//! next → active → retired: which key hands over when, and the doing of it.

use super::Keyring;
use super::start::{Refused, generate};
use super::store::{self, Kept, State};
use crate::base::Time;
use crate::config;
use crate::crypto::Algorithm;
use crate::db::Db;

/// What an algorithm's keys need now.
#[derive(Debug, PartialEq, Eq)]
pub enum Due<'a> {
    /// A next key must be published.
    Publish,
    /// The next key takes over.
    HandOver {
        /// Signs until now.
        active: Option<&'a str>,
        /// Signs from now.
        next: &'a str,
    },
}

/// What is due for one algorithm. A next key, whoever wanted it, signs once it was published for `publish_before`.
pub fn due<'a>(kept: &'a [Kept], alg: Algorithm, rules: &config::Keys, now: Time) -> Option<Due<'a>> {
    let of = |state| kept.iter().find(|key| key.alg == alg && key.state == state);
    let (active, next) = (of(State::Active), of(State::Next));
    let old = |at: Option<Time>, age| at.is_none_or(|at| at + age <= now);
    let since = active.and_then(|key| key.activated_at);
    match next {
        Some(next) if next.created_at + rules.publish_before <= now => {
            Some(Due::HandOver { active: active.map(|key| key.kid.as_str()), next: &next.kid })
        }
        None if old(since, rules.rotate_after.saturating_sub(rules.publish_before)) => Some(Due::Publish),
        _ => None,
    }
}

/// Does what is due for every algorithm, and forgets keys that nobody needs any more. Safe on every replica at once.
pub async fn tick(ring: &Keyring, db: &Db, rules: &config::Keys, now: Time) -> Result<(), Refused> {
    let kept = store::all(db).await?;
    let mut changed = store::forget(db, now - rules.keep_retired).await? > 0;
    for alg in Algorithm::ALL {
        match due(&kept, alg, rules, now) {
            Some(Due::Publish) => {
                let (key, pkcs8) = generate(alg).await?;
                changed |= store::add(db, ring.master(), &key, &pkcs8, State::Next, now).await?;
            }
            Some(Due::HandOver { active, next }) => changed |= hand_over(db, active, next, now).await?,
            None => {}
        }
    }
    if changed {
        store::bump(db).await?;
        ring.reload(db, now).await?;
    }
    Ok(())
}

/// Lets a fresh (or the waiting next) key sign at once; what the old one signed still verifies. Gives the new `kid`.
pub async fn rotate_now(ring: &Keyring, db: &Db, alg: Algorithm, now: Time) -> Result<String, Refused> {
    let (active, next) = ready(ring, db, alg, now).await?;
    if !hand_over(db, active.as_deref(), &next, now).await? {
        return Err(Refused("another process is rotating this key; look at `symbolon keys list`".to_owned()));
    }
    store::bump(db).await?;
    ring.reload(db, now).await?;
    Ok(next)
}

/// The active key of an algorithm, where there is one, and a next key that may take over; made when there is none.
pub async fn ready(ring: &Keyring, db: &Db, alg: Algorithm, now: Time) -> Result<(Option<String>, String), Refused> {
    let kept = store::all(db).await?;
    let of = |state| kept.iter().find(|key| key.alg == alg && key.state == state).map(|key| key.kid.clone());
    let next = match of(State::Next) {
        Some(kid) => kid,
        None => {
            let (key, pkcs8) = generate(alg).await?;
            store::add(db, ring.master(), &key, &pkcs8, State::Next, now).await?;
            key.kid
        }
    };
    Ok((of(State::Active), next))
}

async fn hand_over(db: &Db, active: Option<&str>, next: &str, now: Time) -> Result<bool, Refused> {
    let mut tx = db.begin().await?;
    let done = store::hand_over(&mut tx, active, next, now).await?;
    if done {
        tx.commit().await?;
    }
    Ok(done)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Duration;

    const DAY: Duration = Duration::from_secs(86_400);
    const START: Time = Time::from_secs(1_000_000_000);

    fn rules() -> config::Keys {
        config::Keys { rotate_after: DAY * 90, publish_before: DAY, keep_retired: DAY * 7 }
    }

    fn kept(kid: &str, state: State, since: Time) -> Kept {
        let (created_at, activated_at) = (since, (state == State::Active).then_some(since));
        let (jwk, sealed) = (serde_json::Value::Null, Vec::new());
        Kept {
            kid: kid.to_owned(),
            alg: Algorithm::ES256,
            state,
            jwk,
            sealed,
            created_at,
            activated_at,
            retired_at: None,
        }
    }

    #[test]
    fn a_key_is_published_a_day_before_it_signs() {
        let active = kept("a", State::Active, START);
        let due_at = |keys: &[Kept], now| format!("{:?}", due(keys, Algorithm::ES256, &rules(), now));
        let alone = [active];
        assert_eq!(due_at(&alone, START + DAY * 88), "None");
        assert_eq!(due_at(&alone, START + DAY * 89), "Some(Publish)");
        let [active] = alone;
        let both = [active, kept("b", State::Next, START + DAY * 89)];
        assert_eq!(due_at(&both, START + DAY * 89 + DAY / 2), "None");
        assert_eq!(due_at(&both, START + DAY * 90), "Some(HandOver { active: Some(\"a\"), next: \"b\" })");
        let late = [kept("a", State::Active, START), kept("b", State::Next, START + DAY * 100)];
        assert_eq!(due_at(&late, START + DAY * 100), "None", "however late, it is published first");
        let early = [kept("a", State::Active, START), kept("b", State::Next, START + DAY * 10)];
        assert_eq!(due_at(&early, START + DAY * 10), "None", "announced by hand");
        assert_eq!(due_at(&early, START + DAY * 11), "Some(HandOver { active: Some(\"a\"), next: \"b\" })");
    }
}
