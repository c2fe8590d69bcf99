//! The chain: each event is linked to the one before by a MAC, in the order in which the links were made. Who changes,
//! removes or slips in an event without the master key is found out.

use super::trail::{Recorded, first_of};
use crate::base::Time;
use crate::crypto::MacRing;
use crate::db::{Db, On, Result};
use crate::{args, sql};

sql! {
    read HEAD = "SELECT n, event, mac FROM audit_chain ORDER BY n DESC LIMIT 1";
    read LOOSE = "SELECT e.id, e.at, e.actor, e.action, e.object, e.request_id, e.address, e.detail FROM audit_events e \
                  LEFT JOIN audit_chain c ON c.event = e.id WHERE c.event IS NULL AND e.id >= $1 ORDER BY e.id LIMIT $2";
    write LINK = "INSERT INTO audit_chain (n, event, mac) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING RETURNING n";
    read LINKS = "SELECT c.n, c.event, c.mac, e.id, e.at, e.actor, e.action, e.object, e.request_id, e.address, e.detail \
                  FROM audit_chain c LEFT JOIN audit_events e ON e.id = c.event WHERE c.n > $1 ORDER BY c.n LIMIT $2";
    read UNLINKED = "SELECT e.id FROM audit_events e LEFT JOIN audit_chain c ON c.event = e.id WHERE c.event IS NULL \
                     AND e.id < $1 ORDER BY e.id LIMIT 1";
}

/// No transaction is open for longer, and no clock is set back further: what is that much older than the last link, and
/// has none, was slipped in.
const LATEST_MILLIS: i64 = 3_600_000;
const BATCH: i64 = 200;

/// The end of the chain: with it kept elsewhere, a chain that was cut short shows too.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Head {
    /// How many links there are.
    pub n: i64,
    /// The MAC of the last.
    pub mac: String,
}

impl std::fmt::Display for Head {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}:{}", self.n, self.mac)
    }
}

impl std::str::FromStr for Head {
    type Err = &'static str;

    fn from_str(text: &str) -> std::result::Result<Self, Self::Err> {
        let parts = text.split_once(':').and_then(|(n, mac)| Some((n.parse().ok()?, mac)));
        let (n, mac) = parts.ok_or("write it as `symbolon audit verify` printed it: NUMBER:MAC")?;
        Ok(Head { n, mac: mac.to_owned() })
    }
}

/// What a look at the whole chain found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Verified {
    /// Nothing was touched.
    Whole(Head),
    /// The first place where something was.
    Broken {
        /// The number of the link; 0 for an event without one.
        n: i64,
        /// The event.
        event: String,
        /// What is wrong.
        what: &'static str,
    },
}

/// Links events that have no link yet; gives how many. Safe on every replica at once.
pub async fn link(mut db: &Db, macs: &MacRing) -> Result<usize> {
    let (mut at, since) = head(db).await?;
    let loose = db.all(LOOSE, args![since, BATCH]).await?;
    let mut links = Vec::new();
    for row in &loose {
        let event = Recorded::read(row)?;
        at = Head { n: at.n + 1, mac: mac(macs, &at, &event) };
        links.push((at.clone(), event.id));
    }
    if links.is_empty() {
        return Ok(0);
    }
    let mut tx = db.begin().await?;
    for (head, event) in &links {
        // Another replica was faster: what it linked is linked.
        if (&mut tx).one(LINK, args![head.n, event, &head.mac]).await?.is_none() {
            return Ok(0);
        }
    }
    tx.commit().await?;
    Ok(links.len())
}

/// Follows the chain from its beginning. With `kept`, the end of an earlier chain, also whether it was cut short since.
pub async fn verify(mut db: &Db, macs: &MacRing, kept: Option<&Head>) -> Result<Verified> {
    while link(db, macs).await? > 0 {}
    let mut at = Head { n: 0, mac: String::new() };
    loop {
        let rows = db.all(LINKS, args![at.n, BATCH]).await?;
        for row in &rows {
            let (n, event, stored) = (row.int("n")?, row.text("event")?, row.text("mac")?);
            let broken = |what| Ok(Verified::Broken { n, event: event.clone(), what });
            if n != at.n + 1 {
                return broken("the link before it is missing");
            }
            if row.text_opt("id")?.is_none() {
                return broken("the event is missing");
            }
            let next = Head { n, mac: mac(macs, &at, &Recorded::read(row)?) };
            if next.mac != stored {
                return broken("the event or its link was changed");
            }
            if kept.is_some_and(|kept| kept.n == n && kept.mac != stored) {
                return broken("the chain is another one than it was");
            }
            at = next;
        }
        if rows.is_empty() {
            break;
        }
    }
    if let Some(row) = db.one(UNLINKED, args![head(db).await?.1]).await? {
        return Ok(Verified::Broken { n: 0, event: row.text("id")?, what: "the event was put in afterwards" });
    }
    match kept {
        Some(kept) if kept.n > at.n => {
            let what = "the chain is shorter than it was: its end was cut off";
            Ok(Verified::Broken { n: at.n, event: String::new(), what })
        }
        _ => Ok(Verified::Whole(at)),
    }
}

/// The end of the chain, and from which identifier on there may be events without a link.
async fn head(mut db: &Db) -> Result<(Head, String)> {
    let Some(row) = db.one(HEAD, args![]).await? else {
        return Ok((Head { n: 0, mac: String::new() }, String::new()));
    };
    let event = row.text("event")?;
    let millis = event.get(..12).and_then(|hex| i64::from_str_radix(hex, 16).ok()).unwrap_or_default();
    let since = first_of(Time::from_millis(millis.saturating_sub(LATEST_MILLIS)));
    Ok((Head { n: row.int("n")?, mac: row.text("mac")? }, since))
}

fn mac(macs: &MacRing, before: &Head, event: &Recorded) -> String {
    macs.page("audit chain", &format!("{before}\n{}", event.sealed_text()))
}
