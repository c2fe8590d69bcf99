//! Making and changing endpoints. They are their owner's alone: what they are told is what that one may see.

use super::sign::{BOTH, Signing};
use super::{Delivery, Hook, HookId, KINDS, State, fresh_delivery, store};
use crate::app::App;
use crate::audit;
use crate::base::encoding::hex;
use crate::base::id::{UserId, uuid7};
use crate::base::{Secret, Time};
use crate::crypto::seal::Place;
use crate::db::{Fault, Result, Tx};
use crate::vault::actor::{Actor, WEBHOOKS_WRITE};
use crate::vault::refused::Refused;
use axum::http::StatusCode;
use serde::Serialize;
use serde_json::{Value, json};

/// Endpoints of one person in one workspace.
const MOST: i64 = 20;

/// What an endpoint is made of; of one that is changed: none, as it was.
#[derive(Debug, Default)]
pub struct Asked {
    /// Where.
    pub url: Option<String>,
    /// What people call it.
    pub name: Option<String>,
    /// What it is told.
    pub events: Option<Vec<String>>,
    /// `active` or `paused`.
    pub state: Option<State>,
    /// Whether it gets another secret; the one before signs too for a day.
    pub rotate: bool,
}

/// Who asks, as a person with the scope.
pub fn admitted(who: &Actor) -> std::result::Result<UserId, Refused> {
    if !who.may(WEBHOOKS_WRITE) {
        return Err(Refused::scope(WEBHOOKS_WRITE));
    }
    who.user.clone().ok_or_else(|| {
        let why = "webhooks have an owner, and tell what that one may see: use the token of a person, or an API token";
        Refused::new(StatusCode::FORBIDDEN, "forbidden", why)
    })
}

/// One of whoever asks.
pub async fn of(app: &App, who: &Actor, id: &HookId) -> std::result::Result<Hook, Refused> {
    let owner = admitted(who)?;
    let found = store::one(&app.db, id).await?;
    let own = |hook: &Hook| hook.workspace == who.workspace && hook.owner == owner;
    found.filter(own).ok_or_else(Refused::not_found)
}

/// A page of theirs.
pub async fn page(app: &App, who: &Actor, after: &str, most: i64) -> std::result::Result<Vec<Hook>, Refused> {
    let owner = admitted(who)?;
    Ok(store::page(&app.db, (&who.workspace, &owner), after, most).await?)
}

/// Makes one; with the secret, which is told this once.
pub async fn create(app: &App, who: &Actor, asked: Asked) -> std::result::Result<(Hook, Secret), Refused> {
    let owner = admitted(who)?;
    let now = app.now();
    let url = asked.url.ok_or_else(|| Refused::field("url", "must be given"))?;
    let mut hook = Hook {
        id: HookId::from(format!("whk_{}", hex(&uuid7(now)))),
        workspace: who.workspace.clone(),
        owner,
        url: reachable(app, url)?,
        name: called(asked.name.unwrap_or_default())?,
        events: known(asked.events.unwrap_or_default())?,
        sealed: Vec::new(),
        key: String::new(),
        state: State::Active,
        reason: None,
        state_at: now,
        delivered_at: None,
        created_at: now,
        updated_at: now,
    };
    let fresh = Signing::fresh(now);
    let secrets = sealed(app, &hook, std::slice::from_ref(&fresh)).await?;
    (hook.sealed, hook.key) = secrets.clone();
    let mut tx = app.db.begin().await?;
    if store::count(&mut tx, &hook.workspace, &hook.owner).await? >= MOST {
        let why = format!("you have {MOST} webhooks here already; delete one first");
        return Err(Refused::conflict("too_many_webhooks", why));
    }
    store::create(&mut tx, store::Written { hook: &hook, secrets }).await?;
    record(&mut tx, who, "webhook.created", &hook, now).await?;
    tx.commit().await?;
    Ok((hook, fresh.value))
}

/// Changes one; with the new secret where it was asked for.
pub async fn change(
    app: &App,
    who: &Actor,
    mut hook: Hook,
    asked: Asked,
) -> std::result::Result<(Hook, Option<Secret>), Refused> {
    let now = app.now();
    if let Some(url) = asked.url {
        hook.url = reachable(app, url)?;
    }
    if let Some(name) = asked.name {
        hook.name = called(name)?;
    }
    if let Some(events) = asked.events {
        hook.events = known(events)?;
    }
    if let Some(state) = asked.state
        && state != hook.state
    {
        (hook.state, hook.state_at) = (state, now);
        hook.reason = (state == State::Paused).then(|| "stopped".to_owned());
    }
    let mut secrets = hook.secrets(app).await?;
    secrets.retain(|one| one.lives(now));
    let fresh = asked.rotate.then(|| Signing::fresh(now));
    if let Some(fresh) = &fresh {
        // Two at most: the newest before this one goes on for a day.
        secrets.truncate(1);
        secrets.iter_mut().for_each(|one| one.until = Some((now + BOTH).millis()));
        secrets.insert(0, fresh.clone());
    }
    let secrets = sealed(app, &hook, &secrets).await?;
    hook.updated_at = now;
    let mut tx = app.db.begin().await?;
    if !store::change(&mut tx, store::Written { hook: &hook, secrets }, now).await? {
        return Err(Refused::not_found());
    }
    record(&mut tx, who, "webhook.changed", &hook, now).await?;
    tx.commit().await?;
    Ok((hook, fresh.map(|fresh| fresh.value)))
}

/// Deletes one, and what wasn't delivered to it.
pub async fn delete(app: &App, who: &Actor, hook: &Hook) -> std::result::Result<(), Refused> {
    let now = app.now();
    let mut tx = app.db.begin().await?;
    if !store::delete(&mut tx, &hook.id).await? {
        return Err(Refused::not_found());
    }
    record(&mut tx, who, "webhook.deleted", hook, now).await?;
    tx.commit().await?;
    Ok(())
}

/// What was sent to one, the latest first.
pub async fn deliveries(app: &App, hook: &Hook, before: &str, most: i64) -> Result<Vec<Delivery>> {
    store::deliveries(&app.db, &hook.id, before, most).await
}

/// Sends something that means nothing.
pub async fn test(app: &App, hook: &Hook) -> std::result::Result<String, Refused> {
    if hook.state == State::Paused {
        return Err(Refused::conflict("webhook_paused", "this webhook is paused; set its state to active first"));
    }
    let now = app.now();
    let (id, event) = (fresh_delivery(now), hex(&uuid7(now)));
    let data = json!({ "event_id": event, "workspace": hook.workspace, "webhook": hook.id });
    let body = json!({ "type": "webhook.test", "timestamp": now, "data": data }).to_string();
    let lane = format!("test {id}");
    let one =
        store::Fresh { id: &id, hook: &hook.id, event: &event, lane: &lane, seq: 0, kind: "webhook.test", body: &body };
    store::add(&mut &app.db, &one, now).await?;
    Ok(id)
}

/// Sends again what was settled: one, or all since then. Gives how many.
pub async fn replay(
    app: &App,
    hook: &Hook,
    delivery: Option<&str>,
    since: Option<Time>,
) -> std::result::Result<usize, Refused> {
    let (id, since) = match (delivery, since) {
        (Some(id), None) if !id.is_empty() => (id, Time::from_millis(0)),
        (None, Some(since)) => ("", since),
        _ => return Err(Refused::field("delivery", "must be given, or since: one of the two")),
    };
    let n = store::replay(&app.db, &hook.id, id, since, app.now()).await?;
    match delivery.is_some() && n == 0 {
        true => Err(Refused::field("delivery", "is no delivery of this webhook that is over")),
        false => Ok(n),
    }
}

fn reachable(app: &App, url: String) -> std::result::Result<String, Refused> {
    let fits = url.len() <= 2_000 && app.outbound.check(&url).is_ok();
    let why = "must be an https URL on port 443 of a public address, without user name and password; what else is allowed, \
               outbound.allow in the settings says";
    if fits { Ok(url) } else { Err(Refused::field("url", why)) }
}

fn called(name: String) -> std::result::Result<String, Refused> {
    let fits = name.chars().count() <= 200 && !name.chars().any(char::is_control);
    if fits { Ok(name) } else { Err(Refused::field("name", "must be 200 characters at most")) }
}

fn known(events: Vec<String>) -> std::result::Result<Vec<String>, Refused> {
    match events.iter().all(|kind| KINDS.contains(&kind.as_str())) && events.len() <= KINDS.len() {
        true => Ok(events),
        false => Err(Refused::field("events", format!("must be of these: {}", KINDS.join(", ")))),
    }
}

impl Hook {
    /// Its secrets, the newest first.
    pub(super) async fn secrets(&self, app: &App) -> Result<Vec<Signing>> {
        let key = app.data_keys.named(&app.keys, &app.db, &self.key).await?;
        let plain = key.open(place(&self.id), &self.sealed)?;
        serde_json::from_slice(&plain).map_err(|_| Fault::Bug("the secrets of a webhook aren't JSON".to_owned()))
    }
}

fn place(id: &HookId) -> Place<'_> {
    Place { table: "hooks", row: id.as_str(), column: "secrets" }
}

#[derive(Serialize)]
struct Kept<'a> {
    value: &'a str,
    made_at: i64,
    until: Option<i64>,
}

async fn sealed(app: &App, hook: &Hook, secrets: &[Signing]) -> Result<(Vec<u8>, String)> {
    let kept: Vec<Kept<'_>> =
        secrets.iter().map(|one| Kept { value: one.value.reveal(), made_at: one.made_at, until: one.until }).collect();
    let plain = serde_json::to_vec(&kept).map(zeroize::Zeroizing::new).map_err(|why| Fault::Bug(why.to_string()))?;
    let key = app.data_keys.sealing(&app.keys, &app.db, &hook.workspace, app.now()).await?;
    Ok((key.seal(place(&hook.id), &plain)?, key.id))
}

async fn record(
    tx: &mut Tx,
    who: &Actor,
    action: &'static str,
    hook: &Hook,
    now: Time,
) -> std::result::Result<(), Refused> {
    // A URL may hold a secret of its receiver's in path or query; its host doesn't.
    let host = url::Url::parse(&hook.url).ok().and_then(|url| url.host_str().map(str::to_owned));
    let detail: Value =
        json!({ "workspace": hook.workspace, "host": host, "state": hook.state, "events": hook.events });
    let event = audit::Event {
        actor: who.name.clone(),
        action,
        object: format!("webhook:{}", hook.id),
        request_id: who.call.request_id.clone(),
        address: who.call.address.to_string(),
        detail,
    };
    audit::record(&mut *tx, &event, now).await?;
    Ok(())
}
