//! A proof that is under way: what we must remember between asking somebody and their answer. It travels sealed in the page
//! itself, so that a page that is only looked at writes nothing; it is bound to the browser and to what it is for, is good
//! for minutes, and is spent once.

use crate::app::App;
use crate::base::encoding::{base64url, fingerprint, from_base64url};
use crate::base::id::UserId;
use crate::base::{Time, entropy};
use crate::crypto::seal;
use crate::db::{Db, Fault, On, Result, Tx};
use crate::web::browser::Browser;
use crate::{args, sql};
use serde::{Deserialize, Serialize};
use std::time::Duration;

sql! {
    write SPEND = "INSERT INTO spent_proofs (id, expires_at) VALUES ($1, $2) ON CONFLICT (id) DO NOTHING RETURNING id";
    write PURGE = "DELETE FROM spent_proofs WHERE id IN (SELECT id FROM spent_proofs WHERE expires_at < $1 \
                   ORDER BY expires_at LIMIT 500) RETURNING id";
}

/// What a proof is for. One isn't good for another.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Purpose {
    /// Signing in with a passkey.
    SignIn,
    /// "Verify it's you" with a passkey.
    Confirm,
    /// A new passkey.
    NewPasskey,
    /// The second step of signing in: the password was right.
    Second,
    /// A new app that shows codes.
    NewTotp,
}

impl Purpose {
    fn name(self) -> &'static str {
        match self {
            Purpose::SignIn => "sign in",
            Purpose::Confirm => "confirm",
            Purpose::NewPasskey => "new passkey",
            Purpose::Second => "second step",
            Purpose::NewTotp => "new totp",
        }
    }

    /// How long a person may take. Passkeys are offered by pages that stay open for a while.
    fn lives(self) -> Duration {
        match self {
            Purpose::Second => Duration::from_secs(5 * 60),
            _ => Duration::from_secs(10 * 60),
        }
    }
}

/// What is remembered.
#[derive(Serialize, Deserialize)]
pub struct UnderWay {
    id: String,
    until: i64,
    /// Whose proof it must be, where that is known.
    pub user: Option<UserId>,
    /// What the purpose needs.
    pub state: String,
}

/// Seals it for the page that asks.
pub fn begin(app: &App, browser: &Browser, purpose: Purpose, user: Option<&UserId>, state: String) -> Result<String> {
    let until = (app.now() + purpose.lives()).millis();
    let under_way = UnderWay { id: base64url(&entropy::bytes::<16>()), until, user: user.cloned(), state };
    let text = serde_json::to_vec(&under_way).map_err(|why| Fault::Bug(why.to_string()))?;
    let sealed = seal::seal(app.keys.master(), place(&browser.fingerprint(), purpose), &text);
    Ok(base64url(&sealed.map_err(|_| Fault::Bug("a proof can't be sealed".to_owned()))?))
}

/// Opens what came back: from this browser, for this purpose, in time. It may have been spent.
pub fn read(app: &App, browser: &Browser, purpose: Purpose, sealed: &str) -> Option<UnderWay> {
    let sealed = from_base64url(sealed)?;
    let text = seal::open(app.keys.master(), place(&browser.fingerprint(), purpose), &sealed).ok()?;
    let under_way: UnderWay = serde_json::from_slice(&text).ok()?;
    (under_way.until > app.now().millis()).then_some(under_way)
}

/// Spends it; false when it was spent.
pub async fn spend(mut tx: &mut Tx, under_way: &UnderWay) -> Result<bool> {
    let id = fingerprint(under_way.id.as_bytes());
    Ok((&mut tx).one(SPEND, args![id, Time::from_millis(under_way.until)]).await?.is_some())
}

/// Forgets what couldn't be spent again anyway, a few hundred at a time.
pub async fn purge(mut db: &Db, now: Time) -> Result<usize> {
    db.run(PURGE, args![now]).await
}

fn place(browser: &str, purpose: Purpose) -> seal::Place<'_> {
    seal::Place { table: "proofs under way", row: browser, column: purpose.name() }
}
