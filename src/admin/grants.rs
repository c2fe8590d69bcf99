//! Grants, as administrators see and end them.

use super::change::{Change, Happened};
use super::{Acting, Refused};
use crate::app::App;
use crate::oauth::grants;
use crate::oauth::living::{self, Living, Which, Whose};
use crate::signin::consents;
use serde_json::{Value, json};

/// Up to `limit` living grants after `cursor`, and whether there are more.
pub async fn list(app: &App, which: &Which, cursor: &str, limit: usize) -> Result<(Vec<Living>, bool), Refused> {
    let one_more = i64::try_from(limit.saturating_add(1)).unwrap_or(i64::MAX);
    let mut found = living::page(&app.db, which, cursor, one_more, app.now()).await?;
    let more = found.len() > limit;
    found.truncate(limit);
    Ok((found, more))
}

/// Ends one, with its tokens, at once, and forgets the consent behind it.
pub async fn end(app: &App, who: &Acting, id: &str) -> Result<(), Refused> {
    let mut change = Change::begin(app, who).await?;
    let Some((client, user, scope)) = living::end(&mut change.tx, id, change.now).await? else {
        return Err(Refused::NotFound);
    };
    let before = json!({ "client_id": client, "user": user, "scope": scope });
    let object = format!("grant:{id}");
    change.commit(Happened { action: "grant.ended", object, before, after: Value::Null }).await
}

/// Ends all that a client was given, or all that a person gave, and forgets that they did. Gives how many.
pub async fn end_all(app: &App, who: &Acting, whose: &Whose) -> Result<usize, Refused> {
    let mut change = Change::begin(app, who).await?;
    let reason = "ended_by_admin";
    let (n, object) = match whose {
        // Consent first, as in `oauth::acting::withdraw`.
        Whose::Client(id) => {
            consents::erase_of_client(&mut change.tx, id).await?;
            (grants::end_of_client(&mut change.tx, id, reason, change.now).await?, format!("client:{id}"))
        }
        Whose::User(id) => {
            consents::forget_all(&mut change.tx, id).await?;
            (grants::end_of_user(&mut change.tx, id, reason, change.now).await?, format!("user:{id}"))
        }
    };
    let before = json!({ "grants": n });
    change.commit(Happened { action: "grants.ended", object, before, after: Value::Null }).await?;
    Ok(n)
}
