//! Signing keys, as administrators change them by hand; on schedule they change by themselves.

use super::change::{Change, Happened};
use super::{Acting, Refused};
use crate::app::App;
use crate::base::Time;
use crate::crypto::Algorithm;
use crate::db::Fault;
use crate::keys::rotation;
use crate::keys::store::{self, Kept, State};
use serde::Serialize;
use serde_json::{Value, json};
use utoipa::ToSchema;

/// A signing key as administrators see it.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = SigningKey)]
pub struct Shown<'a> {
    #[schema(value_type = String)]
    kid: &'a str,
    /// RS256, ES256, EdDSA or PS256.
    #[schema(value_type = String)]
    alg: &'static str,
    /// `next`: published, doesn't sign yet; `active`: signs; `retired`: what it signed still verifies.
    #[schema(value_type = String)]
    state: &'static str,
    #[schema(value_type = String, format = DateTime)]
    created_at: Time,
    #[schema(value_type = Option<String>, format = DateTime)]
    activated_at: Option<Time>,
    #[schema(value_type = Option<String>, format = DateTime)]
    retired_at: Option<Time>,
    /// The public half (RFC 7517).
    #[schema(value_type = Object)]
    jwk: &'a Value,
}

/// As the command line and the JSON API show it.
pub fn shown(key: &Kept) -> Shown<'_> {
    Shown {
        kid: &key.kid,
        alg: key.alg.name(),
        state: key.state.name(),
        created_at: key.created_at,
        activated_at: key.activated_at,
        retired_at: key.retired_at,
        jwk: &key.jwk,
    }
}

/// All signing keys, oldest first.
pub async fn list(app: &App) -> Result<Vec<Kept>, Refused> {
    Ok(store::all(&app.db).await?)
}

/// Lets the waiting next key of an algorithm, or a fresh one, sign at once. Gives its `kid`.
pub async fn rotate(app: &App, who: &Acting, alg: Algorithm) -> Result<String, Refused> {
    let ready = rotation::ready(&app.keys, &app.db, alg, app.now()).await;
    let (active, next) = ready.map_err(|why| Refused::Fault(Fault::Bug(why.0)))?;
    let mut change = Change::begin(app, who).await?;
    if !store::hand_over(&mut change.tx, active.as_deref(), &next, change.now).await? {
        let why = "another process is rotating this key; look at `symbolon keys list`";
        return Err(Refused::conflict("key-is-rotating", why));
    }
    let sides = |kid: Option<&str>| json!({ "alg": alg.name(), "active": kid });
    let (before, after) = (sides(active.as_deref()), sides(Some(&next)));
    change.commit(happened("key.rotated", &next, before, after)).await?;
    Ok(next)
}

/// Publishes a next key of an algorithm, unless one waits already; it takes over by itself. Gives its `kid`, and from when.
pub async fn announce(app: &App, who: &Acting, alg: Algorithm) -> Result<(String, Time), Refused> {
    let ready = rotation::ready(&app.keys, &app.db, alg, app.now()).await;
    let (active, next) = ready.map_err(|why| Refused::Fault(Fault::Bug(why.0)))?;
    let published = store::all(&app.db).await?.into_iter().find(|key| key.kid == next).map(|key| key.created_at);
    let from = published.unwrap_or(app.now()) + app.config.keys.publish_before;
    let change = Change::begin(app, who).await?;
    let sides = |next: Option<&str>| json!({ "alg": alg.name(), "active": active, "next": next });
    change.commit(happened("key.announced", &next, sides(None), sides(Some(&next)))).await?;
    Ok((next, from))
}

/// What retiring a key did.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Retired {
    /// It signs no more, or would have been the next to.
    Alone,
    /// It was signing; this key took over.
    HandedOver(String),
}

/// Retires a key at once. An algorithm is never left without a key that signs: another takes over first.
pub async fn retire(app: &App, who: &Acting, kid: &str) -> Result<Retired, Refused> {
    let kept = store::all(&app.db).await?;
    let key = kept.into_iter().find(|key| key.kid == kid).ok_or(Refused::NotFound)?;
    match key.state {
        State::Active => rotate(app, who, key.alg).await.map(Retired::HandedOver),
        State::Retired => Err(Refused::conflict("key-is-retired", "this key is retired already")),
        State::Next => {
            let mut change = Change::begin(app, who).await?;
            if !store::retire(&mut change.tx, kid, change.now).await? {
                return Err(Refused::conflict("key-is-retired", "this key is retired already"));
            }
            let (before, after) = (json!({ "state": "next" }), json!({ "state": "retired" }));
            change.commit(happened("key.retired", kid, before, after)).await?;
            Ok(Retired::Alone)
        }
    }
}

fn happened(action: &'static str, kid: &str, before: Value, after: Value) -> Happened {
    Happened { action, object: format!("key:{kid}"), before, after }
}
