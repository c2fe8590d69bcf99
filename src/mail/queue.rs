//! The queue: claim, hand over, settle. A process may die between any two of them; then another takes the mail when the
//! lease is over, so a mail may come twice, and never not at all.

use super::letter::pause;
use super::{Letter, Mailer, Undelivered, store};
use crate::base::Time;
use crate::base::encoding::hex;
use crate::base::id::uuid7;
use crate::crypto::{MasterKey, seal};
use crate::db::{Db, Fault, On, Result};
use std::time::Duration;

/// How long a mail is one worker's alone: longer than a mail server may take and what clocks of replicas may differ by.
const LEASE: Duration = Duration::from_secs(120);

/// A mail that one worker has.
pub struct Claimed {
    /// Names it.
    pub id: String,
    /// What it says; none when it can't be opened with this master key.
    pub letter: Option<Letter>,
    /// This one included.
    pub attempts: i64,
    created_at: Time,
}

/// What became of it.
pub enum Settled {
    /// It was handed over, or there was nothing to hand over.
    Done,
    /// It is tried again.
    Later,
    /// It isn't.
    GivenUp,
}

fn place(id: &str) -> seal::Place<'_> {
    seal::Place { table: "mails", row: id, column: "sealed" }
}

impl Mailer {
    /// Writes a mail down, sealed; where mail is off, nothing. Whoever commits rings `app.mails` then.
    pub async fn enqueue(&self, on: impl On, master: &MasterKey, letter: &Letter, now: Time) -> Result<()> {
        if !self.on() {
            return Ok(());
        }
        let id = hex(&uuid7(now));
        let text = serde_json::to_vec(letter).map_err(|why| Fault::Bug(why.to_string()))?;
        let sealed = seal::seal(master, place(&id), &text);
        let sealed = sealed.map_err(|_| Fault::Bug("a mail can't be sealed".to_owned()))?;
        store::enqueue(on, &id, letter.says.kind(), sealed, now).await
    }

    /// Settles what was tried: done, or to be tried again later, or given up.
    pub async fn settle(
        &self,
        on: impl On,
        mail: &Claimed,
        outcome: &std::result::Result<(), Undelivered>,
        now: Time,
    ) -> Result<Settled> {
        let next = now + pause(mail.attempts);
        match outcome {
            Ok(()) => store::done(on, &mail.id, mail.attempts).await.map(|_| Settled::Done),
            Err(why) if !why.forever && next < mail.created_at + self.give_up_after() => {
                store::later(on, &mail.id, mail.attempts, next).await.map(|()| Settled::Later)
            }
            Err(_) => match store::done(on, &mail.id, mail.attempts).await? {
                true => Ok(Settled::GivenUp),
                false => Ok(Settled::Done),
            },
        }
    }
}

/// How many mails aren't handed over yet; counting stops at `most`.
pub async fn waiting(db: &Db, most: i64) -> Result<i64> {
    store::waiting(db, most).await
}

/// Takes mails that are due. They are the caller's for a while; what isn't settled by then is taken by someone else.
pub async fn claim(db: &Db, master: &MasterKey, now: Time) -> Result<Vec<Claimed>> {
    let taken = store::claim(db, now, now + LEASE).await?;
    let opened = taken.into_iter().map(|row| {
        let plain = seal::open(master, place(&row.id), &row.sealed).ok();
        let letter = plain.and_then(|plain| serde_json::from_slice(&plain).ok());
        Claimed { id: row.id, letter, attempts: row.attempts, created_at: row.created_at }
    });
    Ok(opened.collect())
}
