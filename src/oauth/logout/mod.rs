//! What ends with a browser session: its grants without `offline`, and the sign-in at every app that took part in it.

pub mod backchannel;
pub mod endpoint;
mod farewell;
mod frontchannel;
pub mod page;
mod request;
pub mod store;

use super::grants;
use crate::app::App;
use crate::base::id::{ClientId, SessionId, UserId};
use crate::clients::{Metadata, cimd};
use crate::db::{Fault, On, Result, Tx};
use crate::signin::session::{self, Session};

/// A client that got tokens in a session.
#[derive(Clone, Debug)]
pub struct Participant {
    /// Which client.
    pub client_id: ClientId,
    /// Where it wants to be told; none for a client with a document that isn't remembered here.
    pub metadata: Option<Metadata>,
    /// In which session.
    pub sid: SessionId,
}

/// Ends what hangs on a session that ends in this transaction; gives who took part in it. Whoever commits rings
/// `app.logouts` then, so that the notices are delivered right away.
pub async fn wind_up(app: &App, tx: &mut Tx, user: &UserId, sid: &SessionId) -> Result<Vec<Participant>> {
    let now = app.now();
    // First, since it waits for codes that are just being redeemed: whoever got tokens is seen as having taken part.
    grants::end_of_session(&mut *tx, sid, app.config.logout.offline_grants, now).await?;
    let participants = participants(app, &mut *tx, sid).await?;
    backchannel::enqueue(tx, user, &participants, now).await?;
    Ok(participants)
}

/// Who got tokens in a session.
async fn participants(app: &App, on: impl On, sid: &SessionId) -> Result<Vec<Participant>> {
    Ok(with_documents(app, store::participants(on, sid).await?))
}

/// What those without a row say in their documents, as far as that is remembered: this is inside a transaction, where
/// nobody is asked. Those that aren't trusted any more aren't told.
fn with_documents(app: &App, participants: Vec<Participant>) -> Vec<Participant> {
    let known = participants.into_iter().filter_map(|to| match &to.metadata {
        Some(_) => Some(to),
        None => {
            cimd::standing(app, to.client_id.as_str())?;
            let remembered = cimd::remembered(app, to.client_id.as_str());
            Some(Participant { metadata: remembered.map(|client| client.metadata.clone()), ..to })
        }
    });
    known.collect()
}

/// Ends all sessions of a person, with what hangs on them; gives how many there were.
pub async fn sign_out_everywhere(app: &App, tx: &mut Tx, user: &UserId) -> Result<usize> {
    let sids = session::end_all(&mut *tx, user).await?;
    for sid in &sids {
        wind_up(app, tx, user, sid).await?;
    }
    Ok(sids.len())
}

/// Ends all sessions of a person but this one, with what hangs on them; gives how many there were.
pub async fn sign_out_elsewhere(app: &App, tx: &mut Tx, here: &Session) -> Result<usize> {
    let sids = session::end_others(&mut *tx, here).await?;
    for sid in &sids {
        wind_up(app, tx, &here.user.id, sid).await?;
    }
    Ok(sids.len())
}

/// Tells every client that knows the person, in whatever session: the account is disabled, or about to be deleted.
pub async fn account_over(app: &App, tx: &mut Tx, user: &UserId) -> Result<()> {
    let participants = with_documents(app, store::participants_of(&mut *tx, user).await?);
    backchannel::enqueue(tx, user, &participants, app.now()).await
}

/// Winds up the sessions that were left when another person signed in with the same browser; gives how many.
pub async fn wind_up_left(app: &App) -> std::result::Result<usize, Fault> {
    let left = session::left(&app.db).await?;
    for sid in &left {
        let mut tx = app.db.begin().await?;
        // Another replica may be faster.
        if let Some(user) = session::take_left(&mut tx, sid).await? {
            wind_up(app, &mut tx, &user, sid).await?;
        }
        tx.commit().await?;
    }
    Ok(left.len())
}
