//! RFC 7591 §3: initial access tokens, which administrators hand to whoever may register an app.

use super::change::{Change, Happened};
use super::{Acting, Refused};
use crate::app::App;
use crate::base::Secret;
use crate::clients::invites::{self, Invite};
use serde_json::Value;
use std::time::Duration;

/// How long one is good, unless the administrator says otherwise.
pub const LIVES: Duration = Duration::from_secs(7 * 86_400);
const LONGEST: Duration = Duration::from_secs(365 * 86_400);
const MOST_USES: u32 = 1_000_000;

/// Makes one for so many registrations; the token is shown once.
pub async fn create(app: &App, who: &Acting, uses: u32, lives: Duration) -> Result<(Secret, Invite), Refused> {
    if !(1..=MOST_USES).contains(&uses) {
        return Err(Refused::invalid("uses", "must be a whole number from 1 to 1000000"));
    }
    if !(Duration::from_secs(60)..=LONGEST).contains(&lives) {
        return Err(Refused::invalid("expires_in", "must be between one minute and 365 days"));
    }
    let mut change = Change::begin(app, who).await?;
    let (token, invite) = invites::create(&mut change.tx, uses, change.now + lives, change.now).await?;
    change.commit(happened("invite.created", &invite.id, Value::Null, invite.to_json())).await?;
    Ok((token, invite))
}

/// Those that are still good, or used up and not yet over.
pub async fn list(app: &App) -> Result<Vec<Invite>, Refused> {
    Ok(invites::all(&app.db, app.now()).await?)
}

/// Ends one. Clients that it registered stay.
pub async fn revoke(app: &App, who: &Acting, id: &str) -> Result<(), Refused> {
    let mut change = Change::begin(app, who).await?;
    if !invites::delete(&mut change.tx, id).await? {
        return Err(Refused::NotFound);
    }
    change.commit(happened("invite.revoked", id, Value::Null, Value::Null)).await
}

fn happened(action: &'static str, id: &str, before: Value, after: Value) -> Happened {
    Happened { action, object: format!("invite:{id}"), before, after }
}
