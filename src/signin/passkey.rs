//! Passkeys of people: the rows, and the check of one that is presented.

use super::session;
use super::underway::{self, Purpose, UnderWay};
use crate::app::App;
use crate::audit::{self, Actor, Event};
use crate::base::Time;
use crate::base::encoding::{fingerprint, hex};
use crate::base::id::{UserId, uuid7};
use crate::crypto::passkey::{Credential, Owner, Presented, Refused, RelyingParty};
use crate::db::{Fault, On, Result, Row, Tx};
use crate::people::{self, User};
use crate::web::browser::Browser;
use crate::web::{Call, Params};
use crate::{args, sql};
use serde_json::json;

sql! {
    write ADD = "INSERT INTO passkeys (id, user_id, credential, public, counter, name, synced, created_at) \
                 VALUES ($1, $2, $3, $4, $5, $6, $7, $8) ON CONFLICT (credential) DO NOTHING RETURNING id";
    read OF_USER = "SELECT id, public, name, synced, created_at, used_at FROM passkeys WHERE user_id = $1 ORDER BY id LIMIT $2";
    read BY_CREDENTIAL = "SELECT p.id, p.user_id, p.public, p.counter FROM passkeys p JOIN users u ON u.id = p.user_id \
                          WHERE p.credential = $1 AND u.enabled";
    write USED = "UPDATE passkeys SET counter = $2, used_at = $3 WHERE id = $1 AND (counter < $2 OR counter + $2 = 0) RETURNING id";
    write RENAME = "UPDATE passkeys SET name = $3 WHERE id = $1 AND user_id = $2 RETURNING id";
    write REMOVE = "DELETE FROM passkeys WHERE id = $1 AND user_id = $2 RETURNING name";
    write REMOVE_ALL = "DELETE FROM passkeys WHERE user_id = $1 RETURNING id";
}

/// Most that one person has.
pub const MOST: usize = 20;
/// The longest name, in characters.
pub const LONGEST_NAME: usize = 60;
/// The longest answer of a browser, in bytes.
const LONGEST_ANSWER: usize = 16 * 1024;

/// One, as its person knows it.
#[derive(Clone)]
pub struct Known {
    /// Names the row.
    pub id: String,
    /// What its person calls it.
    pub name: String,
    /// Whether it may be on several devices.
    pub synced: bool,
    /// Since when.
    pub created_at: Time,
    /// When it was used last.
    pub used_at: Option<Time>,
    credential: Credential,
}

impl Known {
    fn read(row: &Row) -> Result<Self> {
        Ok(Known {
            id: row.text("id")?,
            name: row.text("name")?,
            synced: row.bool("synced")?,
            created_at: row.time("created_at")?,
            used_at: row.time_opt("used_at")?,
            credential: credential(row)?,
        })
    }
}

fn credential(row: &Row) -> Result<Credential> {
    Credential::from_json(&row.text("public")?).ok_or_else(|| Fault::Bug("a passkey can't be read".to_owned()))
}

/// Those of a person, the oldest first.
pub async fn of_user(mut on: impl On, user: &UserId) -> Result<Vec<Known>> {
    let most = i64::try_from(MOST).unwrap_or(i64::MAX);
    on.all(OF_USER, args![user, most]).await?.iter().map(Known::read).collect()
}

/// What a page hands to the browser, and the sealed half that comes back.
pub struct Offer {
    /// JSON for `navigator.credentials`.
    pub options: String,
    /// See [`underway`].
    pub state: String,
}

/// Asks for a signature; none where this deployment can't have passkeys.
pub fn offer(app: &App, browser: &Browser, purpose: Purpose) -> Result<Option<Offer>> {
    let Some(asked) = party(app).and_then(|party| party.ask()) else {
        return Ok(None);
    };
    let state = underway::begin(app, browser, purpose, None, asked.state)?;
    Ok(Some(Offer { options: asked.options.to_string(), state }))
}

/// Asks for a new passkey.
pub async fn offer_new(app: &App, browser: &Browser, user: &User) -> Result<Option<Offer>> {
    let Some(party) = party(app) else {
        return Ok(None);
    };
    let known = of_user(&app.db, &user.id).await?.into_iter().map(|one| one.credential.id().to_vec()).collect();
    let owner = Owner { sub: user.id.as_str(), name: &user.email, display_name: user.display_name(), known };
    let Some(asked) = party.register(owner) else {
        return Ok(None);
    };
    let state = underway::begin(app, browser, Purpose::NewPasskey, Some(&user.id), asked.state)?;
    Ok(Some(Offer { options: asked.options.to_string(), state }))
}

/// Whether this deployment can have passkeys.
pub fn possible(app: &App) -> bool {
    party(app).is_some()
}

fn party(app: &App) -> Option<RelyingParty> {
    RelyingParty::of(app.issuer(), &app.config.name)
}

/// A passkey that was just made, and the challenge that it answers.
pub struct Made {
    credential: Credential,
    under_way: UnderWay,
}

/// Checks what the browser made; `None` when it doesn't fit what this person was asked in this browser.
pub fn made(app: &App, browser: &Browser, user: &UserId, params: &Params) -> Option<Made> {
    let under_way = underway::read(app, browser, Purpose::NewPasskey, params.get("state")?)?;
    let answer = params.get("answer").filter(|answer| answer.len() <= LONGEST_ANSWER)?;
    if under_way.user.as_ref() != Some(user) {
        return None;
    }
    let credential = party(app)?.registered(answer, &under_way.state).ok()?;
    Some(Made { credential, under_way })
}

/// What came of adding one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Added {
    /// It is there.
    Yes,
    /// The challenge was answered before, or somebody has this passkey.
    No,
    /// The person has as many as one can have.
    Enough,
}

/// Adds it to an account.
pub async fn add(tx: &mut Tx, user: &UserId, made: &Made, name: &str, now: Time) -> Result<Added> {
    // Caps are counted under a lock: two at once would each see room for one.
    people::store::hold(&mut *tx, user).await?;
    if of_user(&mut *tx, user).await?.len() >= MOST {
        return Ok(Added::Enough);
    }
    if !underway::spend(tx, &made.under_way).await? {
        return Ok(Added::No);
    }
    let key = &made.credential;
    let public = key.to_json().ok_or_else(|| Fault::Bug("a passkey can't be written".to_owned()))?;
    let args = args![hex(&uuid7(now)), user, fingerprint(key.id()), public, key.counter(), name, key.synced(), now];
    let mut on = tx;
    Ok(if (&mut on).one(ADD, args).await?.is_some() { Added::Yes } else { Added::No })
}

/// Whose passkey it is that was presented, if the signature is good; the challenge is spent then, and the count moved on.
/// Why not is nobody's business: not there, removed, of somebody disabled, another origin, a challenge of before.
pub async fn presented(
    app: &App,
    call: &Call,
    browser: &Browser,
    purpose: Purpose,
    params: &Params,
) -> Result<Option<UserId>> {
    let (state, answer) = match purpose {
        Purpose::Confirm => ("proof_state", "proof_answer"),
        _ => ("state", "answer"),
    };
    let under_way = params.get(state).and_then(|sealed| underway::read(app, browser, purpose, sealed));
    let answer = params.get(answer).filter(|answer| answer.len() <= LONGEST_ANSWER).and_then(Presented::parse);
    let (Some(under_way), Some(answer), Some(party)) = (under_way, answer, party(app)) else {
        return Ok(None);
    };
    let mut db = &app.db;
    let Some(row) = db.one(BY_CREDENTIAL, args![fingerprint(answer.id())]).await? else {
        return Ok(None);
    };
    let (id, user, counter) = (row.text("id")?, row.id("user_id")?, row.int("counter")?);
    let Some(key) = credential(&row)?.seen(counter) else {
        return Err(Fault::Bug("a passkey can't be read".to_owned()));
    };
    match party.proven(&answer, &under_way.state, &key, user.as_str()) {
        Ok(proven) => {
            let mut tx = app.db.begin().await?;
            let fresh = underway::spend(&mut tx, &under_way).await?;
            // Of two with the same count one is too late.
            let used = (&mut tx).one(USED, args![&id, proven.counter, app.now()]).await?.is_some();
            if !fresh || !used {
                return Ok(None);
            }
            tx.commit().await?;
            Ok(Some(user))
        }
        Err(why) => {
            tracing::info!(address = %call.address, cloned = why == Refused::Cloned, "a passkey was refused");
            if why == Refused::Cloned {
                let detail =
                    json!({ "passkey": id, "why": "its signature count isn't higher than before: there is a copy" });
                let event = session::event(call, Actor::Anonymous, "user.passkey_refused", &user);
                audit::record(&app.db, &Event { detail, ..event }, app.now()).await?;
            }
            Ok(None)
        }
    }
}

/// Calls one something else; false when the person has none of this id.
pub async fn rename(mut on: impl On, user: &UserId, id: &str, name: &str) -> Result<bool> {
    Ok(on.one(RENAME, args![id, user, name]).await?.is_some())
}

/// What came of removing one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Removed {
    /// It is gone; what it was called.
    Yes(String),
    /// The person has none of this id.
    Unknown,
    /// It is the last way in of somebody who has no password.
    Last,
}

/// Removes one, unless nobody could sign in to the account any more.
pub async fn remove(tx: &mut Tx, user: &UserId, id: &str) -> Result<Removed> {
    let held = people::store::hold(&mut *tx, user).await?;
    let others = of_user(&mut *tx, user).await?.iter().any(|one| one.id != id);
    let has_password = held.is_some_and(|user| user.password.is_some());
    let mut on = tx;
    match (&mut on).one(REMOVE, args![id, user]).await? {
        None => Ok(Removed::Unknown),
        Some(_) if !others && !has_password => Ok(Removed::Last),
        Some(row) => Ok(Removed::Yes(row.text("name")?)),
    }
}

/// Removes all of a person; gives how many there were.
pub async fn remove_all(mut on: impl On, user: &UserId) -> Result<usize> {
    on.run(REMOVE_ALL, args![user]).await
}
