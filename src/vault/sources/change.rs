//! Making and changing sources.

use super::{ClientSecret, Policy, Proof, Source, SourceId, State, fresh, sealed, store};
use crate::app::App;
use crate::audit::{self, Actor as Who};
use crate::base::encoding::hex;
use crate::base::id::WorkspaceId;
use crate::base::{Secret, Time, entropy};
use crate::catalogue::{Asked as Param, ClientAuth, ParamKind, SourceType, wire};
use crate::db::Result;
use crate::vault::actor::{Actor, SOURCES_WRITE};
use crate::vault::events::{self, Event};
use crate::vault::grants;
use crate::vault::parting;
use crate::vault::refused::Refused;
use axum::http::StatusCode;
use serde_json::{Value, json};
use std::collections::BTreeMap;

/// What a source is made of.
#[derive(Debug)]
pub struct Asked {
    /// Its name, where that was given before; see [`super::chosen`].
    pub id: Option<SourceId>,
    /// The key of its type.
    pub kind: String,
    /// Its name in addresses; that of the type where it is none.
    pub slug: Option<String>,
    /// Its name for people; that of the type where it is none.
    pub name: Option<String>,
    /// What the provider calls us.
    pub client_id: String,
    /// What we prove it with, the first tried first.
    pub client_secrets: Vec<Secret>,
    /// What we sign with instead, tried before them.
    pub private_keys: Vec<Secret>,
    /// What accounts are asked for.
    pub scopes: Vec<String>,
    /// What addresses need to be told.
    pub params: BTreeMap<String, String>,
    /// What is done with its accounts.
    pub policy: Policy,
}

/// What of a source is changed; none: nothing.
#[derive(Debug, Default)]
pub struct Changed {
    /// Its name for people.
    pub name: Option<String>,
    /// What the provider calls us.
    pub client_id: Option<String>,
    /// All of what we prove it with, the first tried first.
    pub client_secrets: Option<Vec<Secret>>,
    /// All of what we sign with instead.
    pub private_keys: Option<Vec<Secret>>,
    /// What accounts are asked for.
    pub scopes: Option<Vec<String>>,
    /// What addresses need to be told.
    pub params: Option<BTreeMap<String, String>>,
    /// What is done with its accounts.
    pub policy: Option<Policy>,
    /// `active` or `paused`.
    pub state: Option<State>,
}

/// Only those who look after a workspace change its sources.
pub fn admitted(who: &Actor) -> std::result::Result<(), Refused> {
    if !who.may(SOURCES_WRITE) {
        return Err(Refused::scope(SOURCES_WRITE));
    }
    if !who.administers() {
        let why = "sources are made and changed by the workspace's owners and admins; ask one of them";
        return Err(Refused::new(StatusCode::FORBIDDEN, "forbidden", why));
    }
    Ok(())
}

/// Makes one.
pub async fn create(app: &App, who: &Actor, asked: Asked) -> std::result::Result<Source, Refused> {
    admitted(who)?;
    let unknown = || {
        let why = "there is no such source type; GET /v1/source_types lists them";
        Refused { field: Some("type".to_owned()), ..Refused::new(StatusCode::BAD_REQUEST, "unknown_source_type", why) }
    };
    let kind = app.catalogue.get(&asked.kind).cloned().ok_or_else(unknown)?;
    let slug = asked.slug.clone().unwrap_or_else(|| kind.key.replace('_', "-"));
    check_slug(&slug)?;
    let name = asked.name.clone().unwrap_or_else(|| kind.name.clone());
    check(&kind, &name, &asked.client_id, &asked.scopes, &asked.params)?;
    reachable(app, &kind, Param::Source, &asked.params)?;
    let now = app.now();
    let proofs = proofs(&[], Some(asked.private_keys), Some(asked.client_secrets), now);
    proven(&kind, &asked.params, &proofs)?;
    let id = asked.id.clone().unwrap_or_else(|| fresh(now));
    let secrets = sealed(app, &who.workspace, &id, &proofs).await?;
    let scope = asked.scopes.join(" ");
    let row = store::Row {
        id: &id,
        name: &name,
        client_id: &asked.client_id,
        secrets,
        scope: &scope,
        params: &asked.params,
        policy: &asked.policy,
    };
    let version = i64::from(kind.version);
    let mut tx = app.db.begin().await?;
    if !store::create(&mut tx, row, &who.workspace, &slug, (&kind.key, version), now).await? {
        let why = format!("this workspace has a source {slug:?} already; choose another slug");
        return Err(Refused { field: Some("slug".to_owned()), ..Refused::conflict("slug_taken", why) });
    }
    record(
        &mut tx,
        who,
        "source.created",
        &id,
        json!({ "workspace": who.workspace, "slug": slug, "type": kind.key }),
        now,
    )
    .await?;
    tx.commit().await?;
    store::one(&app.db, &id).await?.ok_or_else(Refused::not_found)
}

/// Changes one. New secrets or another client id start it again where the provider had refused it.
pub async fn change(app: &App, who: &Actor, source: &Source, asked: Changed) -> std::result::Result<Source, Refused> {
    admitted(who)?;
    let kind = source.kind(app)?;
    let now = app.now();
    let proves = asked.client_secrets.is_some() || asked.private_keys.is_some();
    let mends = proves || asked.client_id.is_some() || asked.params.is_some();
    if let Some(params) = &asked.params {
        reachable(app, &kind, Param::Source, params)?;
    }
    let name = asked.name.unwrap_or_else(|| source.name.clone());
    let client_id = asked.client_id.unwrap_or_else(|| source.client_id.clone());
    let scopes = asked.scopes.unwrap_or_else(|| source.scope.split_whitespace().map(str::to_owned).collect());
    let params = asked.params.unwrap_or_else(|| source.params.clone());
    let policy = asked.policy.unwrap_or_else(|| source.policy.clone());
    let secrets = proofs(&source.secrets(app).await?, asked.private_keys, asked.client_secrets, now);
    check(&kind, &name, &client_id, &scopes, &params)?;
    proven(&kind, &params, &secrets)?;
    let sealed = sealed(app, &source.workspace, &source.id, &secrets).await?;
    let scope = scopes.join(" ");
    let row = store::Row {
        id: &source.id,
        name: &name,
        client_id: &client_id,
        secrets: sealed,
        scope: &scope,
        params: &params,
        policy: &policy,
    };
    let to = match (asked.state, source.state) {
        (Some(State::Misconfigured), _) => {
            return Err(Refused::field(
                "state",
                "must be active or paused; misconfigured is found out by asking the provider",
            ));
        }
        (Some(to), _) => to,
        (None, State::Misconfigured) if mends => State::Active,
        (None, now) => now,
    };
    let mut tx = app.db.begin().await?;
    if !store::change(&mut tx, row, source.rev, now).await? {
        let why = "somebody else changed it since you read it; read it again and repeat your change";
        return Err(Refused::new(StatusCode::PRECONDITION_FAILED, "precondition_failed", why));
    }
    if to != source.state {
        store::set_state(&mut tx, &source.id, [source.state, to], None, now).await?;
        if to == State::Active {
            grants::store::wake(&mut tx, &source.id, now).await?;
        }
    }
    let detail = json!({ "slug": source.slug, "state": to, "client_id": client_id, "secrets_changed": mends });
    record(&mut tx, who, "source.changed", &source.id, detail, now).await?;
    tx.commit().await?;
    app.turns.answered(source.id.as_str());
    store::one(&app.db, &source.id).await?.ok_or_else(Refused::not_found)
}

/// The provider refuses our client id or secret. Nothing happens to the accounts.
pub async fn misconfigured(app: &App, source: &Source, reason: &str, now: Time) -> Result<()> {
    let mut tx = app.db.begin().await?;
    if store::set_state(&mut tx, &source.id, [State::Active, State::Misconfigured], Some(reason), now).await? {
        tell(&mut tx, source, "source.misconfigured", json!({ "source": source.slug, "reason": reason }), now).await?;
        tracing::error!(source = %source.slug, workspace = %source.workspace, reason,
            "a provider refuses a source's client id or secret; its accounts wait until that is mended");
    }
    tx.commit().await
}

/// The provider takes them again: everything that waited is due.
pub async fn healed(app: &App, source: &Source, now: Time) -> Result<()> {
    let mut tx = app.db.begin().await?;
    if store::set_state(&mut tx, &source.id, [State::Misconfigured, State::Active], None, now).await? {
        grants::store::wake(&mut tx, &source.id, now).await?;
        tell(&mut tx, source, "source.recovered", json!({ "source": source.slug }), now).await?;
        tracing::info!(source = %source.slug, workspace = %source.workspace, "a provider takes a source's client secret again");
    }
    tx.commit().await
}

async fn tell(tx: &mut crate::db::Tx, source: &Source, kind: &'static str, detail: Value, now: Time) -> Result<()> {
    let (workspace, actor) = (&source.workspace, &Who::System);
    let event = Event { workspace, account: None, source: &source.id, seq: 0, kind, actor, detail };
    events::note(&mut *tx, &event, now).await
}

/// Deletes one that has no accounts; with `cascade` one that has: their provider is told afterwards.
pub async fn delete(app: &App, who: &Actor, source: &Source, cascade: Cascade) -> std::result::Result<(), Refused> {
    admitted(who)?;
    let now = app.now();
    let count = store::count_accounts(&app.db, &source.id, 1_000).await?;
    if count > 0 && cascade == Cascade::No {
        let why = format!(
            "{count} accounts are connected with it; delete them first, or repeat this with cascade=1, which deletes them"
        );
        return Err(Refused::conflict("source_in_use", why).with(json!({ "accounts": count })));
    }
    let mut tx = app.db.begin().await?;
    parting::leave(app, &mut tx, source, now).await?;
    record(&mut tx, who, "source.deleted", &source.id, json!({ "slug": source.slug, "accounts": count }), now).await?;
    tx.commit().await?;
    Ok(())
}

/// Whether its accounts go too.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cascade {
    /// They stand in the way.
    No,
    /// They do.
    Yes,
}

async fn record(
    tx: &mut crate::db::Tx,
    who: &Actor,
    action: &'static str,
    id: &SourceId,
    detail: Value,
    now: Time,
) -> Result<()> {
    let event = audit::Event {
        actor: who.name.clone(),
        action,
        object: format!("source:{id}"),
        request_id: who.call.request_id.clone(),
        address: who.call.address.to_string(),
        detail,
    };
    audit::record(&mut *tx, &event, now).await
}

/// What it proves itself with from now on: what is given, and of what isn't, what it had. Keys come first.
fn proofs(
    had: &[ClientSecret],
    keys: Option<Vec<Secret>>,
    secrets: Option<Vec<Secret>>,
    now: Time,
) -> Vec<ClientSecret> {
    let of = |proof, prefix, given: Option<Vec<Secret>>| match given {
        None => had.iter().filter(|one| one.proof == proof).cloned().collect(),
        Some(given) => {
            let one = |value| {
                let id = format!("{prefix}_{}", hex(&entropy::bytes::<8>()));
                ClientSecret { id, value, added_at: now.millis(), proof }
            };
            given.into_iter().map(one).collect::<Vec<_>>()
        }
    };
    let keys: Vec<ClientSecret> = of(Proof::PrivateKey, "key", keys);
    keys.into_iter().chain(of(Proof::Secret, "sec", secrets)).collect()
}

/// Whether it can prove itself like that.
fn proven(
    kind: &SourceType,
    params: &BTreeMap<String, String>,
    proofs: &[ClientSecret],
) -> std::result::Result<(), Refused> {
    let (keys, secrets): (Vec<_>, Vec<_>) = proofs.iter().partition(|one| one.proof == Proof::PrivateKey);
    let long = |one: &&ClientSecret| one.value.reveal().is_empty() || one.value.reveal().len() > 16_384;
    if secrets.len() > 5 || secrets.iter().any(long) {
        return Err(Refused::field("client_secret", "must be 1 to 16384 characters; five of them at most"));
    }
    if keys.len() > 5 || keys.iter().any(long) {
        return Err(Refused::field("private_key", "must be 1 to 16384 characters; five of them at most"));
    }
    let kind = kind.configured(params)?;
    for key in &keys {
        wire::assertion_key(&kind, &key.value)?;
    }
    let only = kind.token.as_ref().is_some_and(|endpoint| endpoint.client_auth == ClientAuth::PrivateKeyJwt);
    match only && keys.is_empty() {
        true => Err(Refused::field("private_key", "is needed: the client proves itself by private_key_jwt")),
        false => Ok(()),
    }
}

fn check_slug(slug: &str) -> std::result::Result<(), Refused> {
    let plain = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-';
    let fits = (1..=63).contains(&slug.len()) && slug.bytes().all(plain) && !slug.starts_with('-');
    match fits && !slug.starts_with("src_") {
        true => Ok(()),
        false => Err(Refused::field(
            "slug",
            "must be 1 to 63 lower-case letters, digits and hyphens, and not begin with a hyphen",
        )),
    }
}

fn check(
    kind: &SourceType,
    name: &str,
    client_id: &str,
    scopes: &[String],
    params: &BTreeMap<String, String>,
) -> std::result::Result<(), Refused> {
    let fits = |text: &str| !text.trim().is_empty() && text.len() <= 200 && !text.chars().any(char::is_control);
    if !fits(name) {
        return Err(Refused::field("name", "must be 1 to 200 characters"));
    }
    if !kind.kind.typed_in()
        && (client_id.is_empty() || client_id.len() > 512 || !client_id.bytes().all(|b| b.is_ascii_graphic()))
    {
        return Err(Refused::field(
            "client_id",
            "must be what the provider calls this application: 1 to 512 visible characters",
        ));
    }
    let scope = |one: &String| {
        !one.is_empty() && one.len() <= 500 && one.bytes().all(|b| b.is_ascii_graphic() && b != b'"' && b != b'\\')
    };
    if scopes.len() > 100 || !scopes.iter().all(scope) {
        return Err(Refused::field("scopes", "must be up to 100 scopes of visible characters, without spaces"));
    }
    kind.check_params(Param::Source, params)?;
    kind.configured(params).map(drop).map_err(Refused::from)
}

/// Addresses that somebody types in are ones to which requests may go. A name is looked up again each time that one does.
pub fn reachable(
    app: &App,
    kind: &SourceType,
    asked: Param,
    params: &BTreeMap<String, String>,
) -> std::result::Result<(), Refused> {
    let mut addresses = kind.params_of(asked).filter(|param| param.kind == ParamKind::Url);
    let outside = addresses.find(|param| params.get(&param.name).is_some_and(|url| app.outbound.check(url).is_err()));
    let why = "must be an https URL on port 443 of a public address, without user name and password; what else is allowed, \
               outbound.allow in the settings says";
    outside.map_or(Ok(()), |param| Err(Refused::field(&param.name, why)))
}

/// The workspace that a source must be in.
pub async fn of(app: &App, workspace: &WorkspaceId, name: &str) -> std::result::Result<Source, Refused> {
    store::named(&app.db, workspace, name).await?.ok_or_else(Refused::not_found)
}
