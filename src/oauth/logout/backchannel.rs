//! OIDC Back-Channel Logout 1.0: each client that took part in a session is told by a request of ours. The notice is
//! written in the transaction that ends the session, so that no crash between the two loses it.

use super::{Participant, store};
use crate::app::App;
use crate::audit::{self, Actor, Event};
use crate::base::Time;
use crate::base::encoding::hex;
use crate::base::id::{ClientId, SessionId, UserId, uuid7};
use crate::clients::cimd::Unusable;
use crate::clients::{self, Client, Lookup};
use crate::db::{Fault, Result, Tx};
use crate::keys::NoKey;
use crate::oauth::subject;
use crate::outbound;
use serde_json::{Value, json};
use std::time::Duration;

/// §2.4: what tells a logout token from our other JWTs.
pub const TYP: &str = "logout+jwt";
/// §2.4: the one event that a logout token is about.
const EVENT: &str = "http://schemas.openid.net/event/backchannel-logout";
/// §4: short, so that one that leaks is soon worth nothing.
const TOKEN_LIVES: Duration = Duration::from_secs(120);
/// How long a client may take to answer.
const PATIENCE: Duration = Duration::from_secs(5);
/// How long a notice is one worker's alone: longer than `PATIENCE` and what clocks of replicas may differ by.
const LEASE: Duration = Duration::from_secs(90);
/// After the first failure; doubled by each further one.
const FIRST_PAUSE: Duration = Duration::from_secs(10);
const LONGEST_PAUSE: Duration = Duration::from_secs(3600);

/// A client that is to be told that a session ended.
#[derive(Clone, Debug)]
pub struct Notice {
    pub(super) id: String,
    pub(super) client_id: ClientId,
    pub(super) user_id: UserId,
    pub(super) sid: SessionId,
    /// This one included.
    pub(super) attempts: i64,
    pub(super) created_at: Time,
}

/// Writes down who must be told; a client whose document isn't remembered may have to be, which shows on delivery.
pub(super) async fn enqueue(tx: &mut Tx, user: &UserId, participants: &[Participant], now: Time) -> Result<()> {
    let may_want = |to: &&Participant| to.metadata.as_ref().is_none_or(|known| known.backchannel_logout_uri.is_some());
    for to in participants.iter().filter(may_want) {
        store::enqueue(&mut *tx, &hex(&uuid7(now)), user, to, now).await?;
    }
    Ok(())
}

/// How many notices aren't delivered yet; counting stops at `most`.
pub async fn waiting(app: &App, most: i64) -> Result<i64> {
    store::waiting(&app.db, most).await
}

/// Takes notices that are due. They are the caller's for a while; what isn't settled by then is taken by someone else.
pub async fn claim(app: &App) -> Result<Vec<Notice>> {
    let now = app.now();
    store::claim(&app.db, now, now + LEASE).await
}

/// Tells the client, and settles the notice: it is done, or to be tried again later, or given up.
pub async fn deliver(app: &App, notice: &Notice) -> std::result::Result<(), Fault> {
    let client = match clients::look_up(app, notice.client_id.as_str()).await? {
        Lookup::Known(client) => Some(client).filter(|client| client.enabled),
        // Its document can be there again soon.
        Lookup::Unusable(why @ (Unusable::Busy | Unusable::Unfetched)) => {
            return failed(app, notice, &Failed(why.in_words())).await;
        }
        Lookup::Unknown | Lookup::Unusable(_) => None,
    };
    let uri = client.as_ref().and_then(|client| client.metadata.backchannel_logout_uri.as_deref());
    let (Some(client), Some(uri)) = (&client, uri) else {
        // Nobody is left to be told.
        return store::done(&app.db, notice).await.map(|_| ());
    };
    match tell(app, client, uri, notice).await {
        Ok(()) => {
            tracing::info!(client = %notice.client_id, sid = %notice.sid, attempts = notice.attempts, "a client was told of a sign-out");
            store::done(&app.db, notice).await.map(|_| ())
        }
        Err(why) => failed(app, notice, &why).await,
    }
}

/// §2.5, §2.8: any 2xx will do; frameworks turn an empty 200 into 204.
async fn tell(app: &App, client: &Client, uri: &str, notice: &Notice) -> std::result::Result<(), Failed> {
    let token = app.keys.sign(client.id_token_alg(), TYP, claims(app, client, notice)).await?;
    match app.outbound.post_form(uri, &[("logout_token", &token)], PATIENCE).await? {
        200..=299 => Ok(()),
        status => Err(Failed(format!("the answer was {status}"))),
    }
}

/// §2.4. A `jti` of its own for each attempt: a client that remembers them must not refuse the one that follows a lost
/// answer.
fn claims(app: &App, client: &Client, notice: &Notice) -> Value {
    let now = app.now();
    json!({
        "iss": app.issuer(),
        "sub": subject::of(app, &client.metadata, &notice.user_id),
        "aud": notice.client_id,
        "iat": now.secs(),
        "exp": (now + TOKEN_LIVES).secs(),
        "jti": hex(&uuid7(now)),
        "sid": subject::sid(app, &notice.client_id, &notice.sid),
        "events": { EVENT: {} },
    })
}

/// Why a client couldn't be told; for the log.
struct Failed(String);

impl From<NoKey> for Failed {
    fn from(_: NoKey) -> Self {
        Failed("there is no key to sign with yet".to_owned())
    }
}

impl From<outbound::Refused> for Failed {
    fn from(refused: outbound::Refused) -> Self {
        Failed(refused.detail().to_owned())
    }
}

async fn failed(app: &App, notice: &Notice, why: &Failed) -> std::result::Result<(), Fault> {
    let now = app.now();
    let (next, patience) = (now + pause(notice.attempts), app.config.logout.give_up_after);
    let (client, sid, attempts, why) = (&notice.client_id, &notice.sid, notice.attempts, &why.0);
    if next < notice.created_at + patience {
        tracing::info!(%client, %sid, attempts, why, "a client couldn't be told of a sign-out; trying again");
        return store::later(&app.db, notice, now, next).await;
    }
    let mut tx = app.db.begin().await?;
    if store::done(&mut tx, notice).await? {
        audit::record(&mut tx, &given_up(notice), now).await?;
    }
    // Others of its age aren't tried one by one, or those of a client that is gone for good would pile up.
    let others = store::take_overdue(&mut tx, client, now - patience, now).await?;
    for other in &others {
        audit::record(&mut tx, &given_up(other), now).await?;
    }
    tx.commit().await?;
    let others = others.len();
    tracing::warn!(%client, %sid, attempts, others, why, "a client couldn't be told of a sign-out; given up");
    Ok(())
}

fn pause(attempts: i64) -> Duration {
    let doublings = u32::try_from(attempts.saturating_sub(1)).unwrap_or(u32::MAX);
    FIRST_PAUSE.saturating_mul(2_u32.saturating_pow(doublings)).min(LONGEST_PAUSE)
}

fn given_up(notice: &Notice) -> Event {
    Event {
        actor: Actor::System,
        action: "logout.notice_given_up",
        object: format!("client:{}", notice.client_id),
        request_id: format!("notice {}", notice.id).into(),
        address: String::new(),
        detail: json!({ "user": notice.user_id, "sid": notice.sid, "attempts": notice.attempts }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_double_up_to_an_hour() {
        let seconds: Vec<u64> = (1..=12).map(|attempts| pause(attempts).as_secs()).collect();
        assert_eq!(seconds, [10, 20, 40, 80, 160, 320, 640, 1280, 2560, 3600, 3600, 3600]);
        assert_eq!(pause(i64::MAX), LONGEST_PAUSE);
        assert!(LEASE > PATIENCE * 2);
    }
}
