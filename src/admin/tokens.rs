//! API tokens of people, as administrators look after them. The tokens themselves they never see, but for one that they make.

use super::change::{Change, Happened};
use super::{Acting, Refused};
use crate::api_tokens::own::{self, Place};
use crate::api_tokens::{self, ApiToken, Asked, Unmade};
use crate::app::App;
use crate::base::Secret;
use crate::base::id::{UserId, WorkspaceId};
use serde_json::{Value, json};

/// More than anyone means.
const MOST_PER_SECOND: u32 = 1_000_000;

/// The tokens of a person, oldest first: up to `limit` after `cursor`, and whether there are more.
pub async fn list(app: &App, user: &UserId, cursor: &str, limit: usize) -> Result<(Vec<ApiToken>, bool), Refused> {
    super::users::show(app, user).await?;
    let one_more = i64::try_from(limit.saturating_add(1)).unwrap_or(i64::MAX);
    let mut found = api_tokens::page(&app.db, user, None, cursor, one_more).await?;
    let more = found.len() > limit;
    found.truncate(limit);
    Ok((found, more))
}

/// Where a token of a person acts, if this is named, or nothing is.
pub async fn place(app: &App, user: &UserId, named: Option<&WorkspaceId>) -> Result<Option<WorkspaceId>, Refused> {
    match own::place(app, user, named).await? {
        Place::In(workspace) => Ok(workspace),
        Place::NotIn => Err(Refused::invalid("workspace", "the person isn't in this workspace")),
        Place::OneOf(all) => {
            let names: Vec<&str> = all.iter().map(|one| one.workspace.as_str()).collect();
            Err(Refused::invalid("workspace", format!("must be given, since the person is in {}", names.join(", "))))
        }
    }
}

/// Makes a token for a person. Whoever has a shell on the machine may.
pub async fn create(app: &App, who: &Acting, asked: &Asked) -> Result<(Secret, ApiToken), Refused> {
    let mut change = Change::begin(app, who).await?;
    let (secret, token) = api_tokens::create(app, &mut change.tx, asked).await.map_err(|why| match why {
        Unmade::TooMany(most) => {
            let why = format!("the person has {most} API tokens there, which is the most; delete one first");
            Refused::conflict("token_limit_reached", why)
        }
        Unmade::NotIn => Refused::conflict("not-in", "the person is disabled, or not in this workspace"),
        Unmade::Expiry => Refused::invalid("expires", "must be in the future, and in at most ten years"),
        Unmade::Slow(seconds) => {
            Refused::conflict("rate-limited", format!("10 new tokens a minute; try again in {seconds} s"))
        }
        Unmade::Fault(fault) => fault.into(),
    })?;
    change.commit(happened("token.created", &token, Value::Null, own::told(&token))).await?;
    app.metrics.token("api_token");
    Ok((secret, token))
}

/// Deletes one, of whomever.
pub async fn delete(app: &App, who: &Acting, id: &str) -> Result<ApiToken, Refused> {
    let mut change = Change::begin(app, who).await?;
    let token = api_tokens::one(&mut change.tx, id).await?.ok_or(Refused::NotFound)?;
    api_tokens::delete(&mut change.tx, id).await?;
    change.commit(happened("token.deleted", &token, own::told(&token), Value::Null)).await?;
    Ok(token)
}

/// Says how many requests a second it may make: 0 for no limit, none for what the settings say.
pub async fn set_per_second(app: &App, who: &Acting, id: &str, rate: Option<u32>) -> Result<ApiToken, Refused> {
    per_second(rate)?;
    let mut change = Change::begin(app, who).await?;
    let before = api_tokens::one(&mut change.tx, id).await?.ok_or(Refused::NotFound)?;
    api_tokens::set_per_second(&mut change.tx, id, rate).await?;
    let after = ApiToken { per_second: rate, ..before.clone() };
    let told = |token: &ApiToken| json!({ "token": token.id, "requests_per_second": token.per_second });
    change.commit(happened("token.limited", &after, told(&before), told(&after))).await?;
    Ok(after)
}

/// A rate that can be counted.
pub(super) fn per_second(rate: Option<u32>) -> Result<(), Refused> {
    if rate.is_none_or(|rate| rate <= MOST_PER_SECOND) {
        return Ok(());
    }
    Err(Refused::invalid("requests_per_second", "must be between 0 (no limit) and 1000000, or null for the usual one"))
}

fn happened(action: &'static str, token: &ApiToken, before: Value, after: Value) -> Happened {
    Happened { action, object: format!("user:{}", token.user), before, after }
}
