//! Clients that are described by documents of their own: which came by, and which of them may not act.

use super::change::Change;
use super::clients::happened;
use super::{Acting, Refused};
use crate::app::App;
use crate::base::id::ClientId;
use crate::clients::cimd;
use crate::clients::cimd::store::{self, Seen, Shown};
use crate::oauth::grants;
use serde_json::{Value, json};

/// Up to `limit` of those that came by, after `cursor`, whose URL or name contains `search`, and whether there are more.
pub async fn list(app: &App, cursor: &str, search: &str, limit: usize) -> Result<(Vec<Seen>, bool), Refused> {
    let one_more = i64::try_from(limit.saturating_add(1)).unwrap_or(i64::MAX);
    let mut seen = store::page(&app.db, cursor, search, one_more).await?;
    let more = seen.len() > limit;
    seen.truncate(limit);
    Ok((seen, more))
}

/// What is known of one, as administrators see it. One that never came by may be blocked all the same.
pub async fn show(app: &App, id: &ClientId) -> Result<Value, Refused> {
    if !cimd::is_document(id.as_str()) {
        return Err(Refused::NotFound);
    }
    let enabled = !store::is_blocked(&app.db, id).await?;
    match store::one(&app.db, id).await? {
        Some(seen) => Ok(seen.to_json()),
        None if enabled => Err(Refused::NotFound),
        None => Ok(json!(Shown::unseen(id, false))),
    }
}

/// Stops one: its grants end, at once and for good; its document isn't asked for any more.
pub async fn block(app: &App, who: &Acting, id: &ClientId) -> Result<Value, Refused> {
    let mut change = Change::begin(app, who).await?;
    if store::block(&mut change.tx, id, change.now).await? {
        grants::end_of_client(&mut change.tx, id, "client_disabled", change.now).await?;
        change.commit(happened("client.disabled", id, json!({ "enabled": true }), json!({ "enabled": false }))).await?;
    }
    show(app, id).await
}

/// Lets one act again. Its old grants stay ended.
pub async fn unblock(app: &App, who: &Acting, id: &ClientId) -> Result<Value, Refused> {
    let mut change = Change::begin(app, who).await?;
    if !store::unblock(&mut change.tx, id).await? {
        drop(change);
        return show(app, id).await;
    }
    change.commit(happened("client.enabled", id, json!({ "enabled": false }), json!({ "enabled": true }))).await?;
    let fresh = || json!(Shown::unseen(id, true));
    Ok(store::one(&app.db, id).await?.map_or_else(fresh, |seen| seen.to_json()))
}
