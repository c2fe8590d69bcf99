//! Reading the trail: newest first, narrowed by who, what, to what and when.

use super::Actor;
use crate::base::Time;
use crate::db::{On, Result, Row};
use crate::{args, sql};
use serde_json::Value;

sql! {
    read PAGE = "SELECT id, at, actor, action, object, request_id, address, detail FROM audit_events \
                 WHERE id < $1 AND id >= $2 ORDER BY id DESC LIMIT $3";
    read BY_ACTOR = "SELECT id, at, actor, action, object, request_id, address, detail FROM audit_events \
                     WHERE actor = $4 AND id < $1 AND id >= $2 ORDER BY id DESC LIMIT $3";
    read BY_OBJECT = "SELECT id, at, actor, action, object, request_id, address, detail FROM audit_events \
                      WHERE object = $4 AND id < $1 AND id >= $2 ORDER BY id DESC LIMIT $3";
    read BY_ACTION = "SELECT id, at, actor, action, object, request_id, address, detail FROM audit_events \
                      WHERE action = $4 AND id < $1 AND id >= $2 ORDER BY id DESC LIMIT $3";
    read DID = "SELECT id FROM audit_events WHERE actor = $1 AND action = $2 ORDER BY id LIMIT 1";
    read BY_PERSON = "SELECT id, at, actor, action, object, request_id, address, detail FROM audit_events \
                      WHERE (actor = $4 OR object = $4) AND id < $1 AND id >= $2 ORDER BY id DESC LIMIT $3";
}

/// An event as it was written down.
#[derive(Clone, Debug, serde::Serialize, utoipa::ToSchema)]
#[schema(as = AuditEvent)]
pub struct Recorded {
    /// Its name; sorts by time.
    pub id: String,
    /// When, RFC 3339.
    #[schema(format = DateTime)]
    pub at: String,
    /// Who.
    pub actor: String,
    /// What.
    pub action: String,
    /// To what.
    pub object: String,
    /// Which request.
    pub request_id: Option<String>,
    /// From where.
    pub address: Option<String>,
    /// Before and after, or the circumstances.
    pub detail: Value,
}

impl Recorded {
    pub(super) fn read(row: &Row) -> Result<Self> {
        Ok(Recorded {
            id: row.text("id")?,
            at: row.time("at")?.rfc3339(),
            actor: row.text("actor")?,
            action: row.text("action")?,
            object: row.text("object")?,
            request_id: row.text_opt("request_id")?,
            address: row.text_opt("address")?,
            detail: row.json("detail")?,
        })
    }

    /// What its link in the chain vouches for.
    pub(super) fn sealed_text(&self) -> String {
        let parts = (&self.id, &self.at, &self.actor, &self.action, &self.object);
        serde_json::json!([parts, self.request_id, self.address, self.detail]).to_string()
    }
}

/// Which events are wanted. Each of them narrows.
#[derive(Clone, Debug, Default)]
pub struct Filter {
    /// Who did it, as `user:…`, `client:…`, `cli`, `system`, `anonymous`.
    pub actor: Option<String>,
    /// What was done, as `client.created`.
    pub action: Option<String>,
    /// To what, as `client:…`.
    pub object: Option<String>,
    /// Not before.
    pub since: Option<Time>,
    /// Before.
    pub until: Option<Time>,
}

impl Filter {
    fn admits(&self, event: &Recorded) -> bool {
        let is = |wanted: &Option<String>, have: &str| wanted.as_deref().is_none_or(|wanted| wanted == have);
        is(&self.actor, &event.actor) && is(&self.action, &event.action) && is(&self.object, &event.object)
    }
}

/// The first identifier of a moment: they begin with their time in milliseconds (RFC 9562 §5.7).
pub(super) fn first_of(time: Time) -> String {
    format!("{:012x}", time.millis().max(0))
}

/// After all identifiers.
const END: &str = "g";
/// Rows looked at in one step when several filters are to hold at once.
const STEP: i64 = 500;

/// Up to `limit` events before the identifier `cursor` (empty: from the newest), newest first.
pub async fn page(on: impl On + Copy, filter: &Filter, cursor: &str, limit: usize) -> Result<Vec<Recorded>> {
    let until = filter.until.map_or_else(|| END.to_owned(), first_of);
    let since = filter.since.map(first_of).unwrap_or_default();
    let mut before = if cursor.is_empty() || until.as_str() < cursor { until } else { cursor.to_owned() };
    let mut found = Vec::new();
    // Each step is at least as selective as the best index; the other filters look at what it gives.
    loop {
        let rows = step(on, filter, &before, &since).await?;
        let full = i64::try_from(rows.len()).unwrap_or(i64::MAX) >= STEP;
        for row in &rows {
            let event = Recorded::read(row)?;
            before.clone_from(&event.id);
            if filter.admits(&event) {
                found.push(event);
                if found.len() >= limit {
                    return Ok(found);
                }
            }
        }
        if !full {
            return Ok(found);
        }
    }
}

async fn step(mut on: impl On, filter: &Filter, before: &str, since: &str) -> Result<Vec<Row>> {
    match filter {
        Filter { object: Some(object), .. } => on.all(BY_OBJECT, args![before, since, STEP, object]).await,
        Filter { actor: Some(actor), .. } => on.all(BY_ACTOR, args![before, since, STEP, actor]).await,
        Filter { action: Some(action), .. } => on.all(BY_ACTION, args![before, since, STEP, action]).await,
        _ => on.all(PAGE, args![before, since, STEP]).await,
    }
}

/// The newest events about an object, newest first.
pub async fn about(mut on: impl On, object: &str, limit: i64) -> Result<Vec<Recorded>> {
    let rows = on.all(BY_OBJECT, args![END, "", limit, object]).await?;
    rows.iter().map(Recorded::read).collect()
}

/// Whether somebody has ever done this.
pub async fn did(mut on: impl On, actor: &Actor, action: &str) -> Result<bool> {
    Ok(on.one(DID, args![actor.to_string(), action]).await?.is_some())
}

/// What a person did and what was done to their account, newest first, before the identifier `cursor`.
pub async fn of_person(mut on: impl On, name: &str, cursor: &str, limit: i64) -> Result<Vec<Recorded>> {
    let before = if cursor.is_empty() { END } else { cursor };
    let rows = on.all(BY_PERSON, args![before, "", limit, name]).await?;
    rows.iter().map(Recorded::read).collect()
}
