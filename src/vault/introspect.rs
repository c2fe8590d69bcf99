//! vault.md F17, RFC 7662: where a provider can be asked whether a token is good, it is asked when somebody saw one fail, and only
//! then. What it says ends nothing: it decides whether a refresh is worth it, and until when a token counts as good.

use super::grants::store;
use super::grants::timing::{Lives, Times};
use super::grants::{Grant, GrantId};
use super::look::Seen;
use super::refresh;
use super::setup::{Ready, answer, send};
use super::sources::{self, State};
use crate::app::App;
use crate::base::Time;
use crate::catalogue::SourceType;
use crate::catalogue::wire::{self, Introspected};
use crate::db::Result;
use std::sync::Arc;
use std::time::Duration;

/// How long what a provider said of a token is not asked again.
const KEPT: Duration = Duration::from_secs(10);

/// When a version was called good.
struct Good(Time);

/// Whether accounts of this type are asked about.
pub(super) fn knows(app: &App, seen: &Seen) -> bool {
    app.catalogue.get(&seen.kind).is_some_and(|kind| kind.introspect.is_some())
}

/// Asks in the background. A token that is over, or of which nothing can be learnt, is refreshed.
pub(super) fn begin(app: &App, grant: &GrantId, version: i64) {
    let (services, grant) = (app.clone(), grant.clone());
    app.flights.join(&format!("introspect {grant}"), move || async move {
        let good = good(&services, &grant, version).await.unwrap_or_else(|fault| {
            tracing::warn!(%grant, %fault, "a token couldn't be asked about");
            false
        });
        if !good {
            refresh::begin(&services, &grant, version);
        }
    });
}

async fn good(app: &App, id: &GrantId, version: i64) -> Result<bool> {
    let (name, epoch) = (format!("vault introspection {id} {version}"), app.memory.epoch());
    if app.memory.recall::<Good>(&name).is_some_and(|good| app.now() < good.0 + KEPT) {
        return Ok(true);
    }
    let Some(grant) = store::one(&app.db, id).await?.filter(|grant| grant.version == version) else { return Ok(false) };
    let now = app.now();
    let Some((kind, Introspected::Good(end))) = asked(app, &grant).await? else { return Ok(false) };
    app.memory.keep(&name, epoch, Arc::new(Good(now)));
    let left = end.and_then(|end| end.at(now)).map(|at| at.millis().saturating_sub(now.millis()));
    if let Some(left) = left.and_then(|left| u64::try_from(left).ok()) {
        store::correct(&app.db, &grant, &times(&kind, &grant, now, Duration::from_millis(left))).await?;
    }
    tracing::info!(grant = %id, version, "a token that was seen to fail is good, its provider says");
    Ok(true)
}

/// Asks in turn, as for a refresh. That it can't be asked is no reason to ask it less for tokens.
async fn asked(app: &App, grant: &Grant) -> Result<Option<(SourceType, Introspected)>> {
    let source = sources::store::one(&app.db, &grant.source).await?.filter(|source| source.state == State::Active);
    let Some(source) = source.filter(|source| app.turns.closed_until(source.id.as_str(), app.now()).is_none()) else {
        return Ok(None);
    };
    let _turn = app.turns.take(source.id.as_str(), source.at_once(app)).await;
    let Some(held) = refresh::held(app, &grant.id).await? else { return Ok(None) };
    let Ok(ready) = Ready::of(app, &source, &grant.params).await? else { return Ok(None) };
    let Some(token) = &held.access_token else { return Ok(None) };
    let setup = ready.with(ready.first(), &held.fields, app.now());
    let Ok(Some(call)) = wire::introspect(&ready.kind, &setup, token) else { return Ok(None) };
    match send(app, &call).await {
        Ok(reply) => Ok(Some((ready.kind, wire::introspected(&answer(&reply))))),
        Err(why) => {
            tracing::info!(grant = %grant.id, ?why, "a provider couldn't be asked about a token");
            Ok(None)
        }
    }
}

fn times(kind: &SourceType, grant: &Grant, now: Time, left: Duration) -> Times {
    let lives = Lives {
        access: Some(left),
        idle: None,
        kills: kind.rotation.refresh_kills_access,
        earliest: kind.rotation.earliest_refresh,
    };
    lives.times(now, grant.id.as_str())
}
