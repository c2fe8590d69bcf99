//! Somebody has let us in: what they gave becomes an account, or mends one that is there. One transaction.

use super::accounts::{self, Account, AccountId, Custody, State};
use super::connect::{self, ConnectId};
use super::events::{self, Event};
use super::grants::store::{Fresh, News, Secrets};
use super::grants::timing::Times;
use super::grants::{self, GrantId};
use super::held::Held;
use super::look::PRIMARY;
use super::refused::Refused;
use super::setup::Ready;
use super::sources::Source;
use super::{prints, refresh};
use crate::app::App;
use crate::audit;
use crate::base::Time;
use crate::base::encoding::hex;
use crate::base::id::{UserId, uuid7};
use crate::catalogue::wire::{Identity, Tokens};
use crate::db::{Result, Tx};
use serde_json::{Map, Value, json};
use std::collections::BTreeMap;

/// What comes in.
pub(super) struct Coming<'a> {
    pub source: &'a Source,
    pub ready: &'a Ready,
    pub held: Held,
    /// Where they just came from the provider, and when they were asked for.
    pub tokens: Option<(&'a Tokens, Time)>,
    /// The grant that has it already; none for a fresh one.
    pub grant: Option<GrantId>,
    pub identity: Identity,
    /// What addresses need to be told of this connection.
    pub params: BTreeMap<String, String>,
    pub scope: String,
    pub owner: Option<UserId>,
    pub owner_ref: Option<String>,
    pub name: Option<String>,
    pub metadata: Map<String, Value>,
    /// The account that is to be mended; none where any will do.
    pub repair: Option<AccountId>,
    /// The connection that it comes from: it ends with this, once.
    pub connect: Option<&'a ConnectId>,
    pub by: &'a audit::Actor,
}

/// A grant that will be written, and what of it is sealed already.
struct Grant {
    id: GrantId,
    role: String,
    fresh: Option<Written>,
}

struct Written {
    row: Secrets,
    access_print: Option<String>,
    scope: String,
    refreshable: bool,
    times: Times,
    ends_at: Option<Time>,
}

/// Takes it in. Gives the account that it is; further ones that the same grant opens come with it.
pub(super) async fn arrive(app: &App, coming: Coming<'_>) -> std::result::Result<Account, Refused> {
    let now = app.now();
    let mut all = vec![primary(app, &coming, now).await?];
    for (role, tokens) in coming.tokens.iter().flat_map(|(tokens, _)| &tokens.others) {
        all.push(other(app, &coming, role, tokens, now).await?);
    }
    let mut tx = app.db.begin().await?;
    if let Some(id) = coming.connect
        && !connect::store::land(&mut tx, id).await?
    {
        return Err(Refused::conflict(connect::OVER, "this connection has ended already; look at what became of it"));
    }
    let first = account(&mut tx, &coming, &coming.identity, now).await?;
    for grant in &all {
        write(&mut tx, &coming, grant, now).await?;
    }
    settle(&mut tx, &coming, &first, &all, now).await?;
    for identity in &coming.identity.siblings {
        // Somebody else's stays theirs.
        if let Ok(sibling) = account(&mut tx, &coming, identity, now).await {
            settle(&mut tx, &coming, &sibling, all.get(..1).unwrap_or_default(), now).await?;
        }
    }
    if let Some(id) = coming.connect {
        connect::store::landed_as(&mut tx, id, &first.account.id).await?;
    }
    tx.commit().await?;
    let found = accounts::store::one(&app.db, &first.account.id).await?;
    found.ok_or_else(Refused::not_found)
}

/// An account, and whether it was there.
struct Found {
    account: Account,
    was_there: bool,
}

async fn account(
    tx: &mut Tx,
    coming: &Coming<'_>,
    identity: &Identity,
    now: Time,
) -> std::result::Result<Found, Refused> {
    let there = accounts::store::by_external(&mut *tx, &coming.source.id, &identity.external_id).await?;
    let ours = std::ptr::eq(identity, &coming.identity);
    if let Some(wanted) = coming.repair.as_ref().filter(|_| ours)
        && there.as_ref().is_none_or(|there| there.id != *wanted)
    {
        let why = "this is another account than the one that was to be connected again; sign in at the provider with that one";
        return Err(Refused::conflict("wrong_account", why));
    }
    let Some(there) = there else { return Ok(Found { account: fresh(coming, identity, now), was_there: false }) };
    let repairs = coming.repair.is_some() || there.owner == coming.owner && there.owner_ref == coming.owner_ref;
    if !repairs {
        return Err(theirs());
    }
    let account = Account {
        verified: identity.verified,
        display_name: identity.name.clone().unwrap_or_default(),
        fields: fields(coming, identity),
        custody: custody(coming),
        ..there
    };
    Ok(Found { account, was_there: true })
}

/// 409: somebody else has connected it.
pub(super) fn theirs() -> Refused {
    Refused::conflict("external_id_taken", "this account is connected already, by somebody else; ask them to share it")
}

fn custody(coming: &Coming<'_>) -> Custody {
    let others = coming.tokens.iter().flat_map(|(tokens, _)| &tokens.others);
    let held =
        coming.held.refresh_token.is_some() || others.map(|(_, other)| other).any(|one| one.refresh_token.is_some());
    if held { Custody::Held } else { Custody::None }
}

fn fields(coming: &Coming<'_>, identity: &Identity) -> Map<String, Value> {
    let told = coming.tokens.iter().flat_map(|(tokens, _)| &tokens.fields);
    told.chain(&identity.fields).map(|(name, value)| (name.clone(), json!(value))).collect()
}

fn fresh(coming: &Coming<'_>, identity: &Identity, now: Time) -> Account {
    let display_name = identity.name.clone().unwrap_or_default();
    let called = if display_name.is_empty() { identity.external_id.clone() } else { display_name.clone() };
    Account {
        id: accounts::fresh(now),
        workspace: coming.source.workspace.clone(),
        source: coming.source.id.clone(),
        external_id: identity.external_id.clone(),
        verified: identity.verified,
        display_name,
        fields: fields(coming, identity),
        owner: coming.owner.clone(),
        owner_ref: coming.owner_ref.clone(),
        name: coming.name.clone().unwrap_or(called),
        metadata: coming.metadata.clone(),
        state: State::Active,
        disabled_by: None,
        disabled_reason: None,
        disabled_at: None,
        custody: custody(coming),
        seq: 0,
        created_at: now,
        updated_at: now,
    }
}

async fn primary(app: &App, coming: &Coming<'_>, now: Time) -> Result<Grant> {
    if let Some(id) = &coming.grant {
        return Ok(Grant { id: id.clone(), role: PRIMARY.to_owned(), fresh: None });
    }
    let role = coming.tokens.map_or(PRIMARY, |(tokens, _)| tokens.role.as_str()).to_owned();
    sealed(app, coming, role, &coming.held, coming.tokens, now).await
}

async fn other(app: &App, coming: &Coming<'_>, role: &str, tokens: &Tokens, now: Time) -> Result<Grant> {
    let sent_at = coming.tokens.map_or(now, |(_, sent_at)| sent_at);
    sealed(app, coming, role.to_owned(), &Held::from(tokens), Some((tokens, sent_at)), now).await
}

async fn sealed(
    app: &App,
    coming: &Coming<'_>,
    role: String,
    held: &Held,
    tokens: Option<(&Tokens, Time)>,
    now: Time,
) -> Result<Grant> {
    let (id, name) = (grants::fresh(now), format!("try_{}", hex(&uuid7(now))));
    let key = app.data_keys.sealing(&app.keys, &app.db, &coming.source.workspace, now).await?;
    let sealed = key.seal(refresh::place(&name), &held.to_plain()?)?;
    let print = |secret: &Option<_>| secret.as_ref().map(|one| prints::of(app, one));
    let kind = &coming.ready.kind;
    let times = tokens.map(|(tokens, at)| refresh::lives(kind, tokens, at).times(at, id.as_str())).unwrap_or_default();
    let scope =
        tokens.and_then(|(tokens, _)| tokens.scopes.as_ref()).map_or_else(|| coming.scope.clone(), |all| all.join(" "));
    let absolute = kind.lifetimes.refresh_absolute.span().map(|span| now + span);
    let ends_at = tokens.and_then(|(tokens, at)| tokens.refresh_expires.map(|left| at + left)).or(absolute);
    let written = Written {
        access_print: print(&held.access_token),
        row: Secrets {
            id: name,
            version: 1,
            parent: 0,
            attempt: 0,
            key: key.id,
            sealed,
            refresh_print: print(&held.refresh_token),
        },
        scope,
        refreshable: held.refresh_token.is_some() || kind.kind.mints(),
        times,
        ends_at: ends_at.filter(|_| held.refresh_token.is_some()),
    };
    Ok(Grant { id, role, fresh: Some(written) })
}

async fn write(tx: &mut Tx, coming: &Coming<'_>, grant: &Grant, now: Time) -> Result<()> {
    let Some(written) = &grant.fresh else { return Ok(()) };
    let Written { row, access_print, scope, refreshable, times, ends_at } = written;
    let news = News { scope, refreshable: *refreshable, times: *times, ends_at: *ends_at, retry_at: None, now };
    let (source, workspace) = (&coming.source.id, &coming.source.workspace);
    grants::store::create(&mut *tx, &grant.id, source, workspace, &coming.params, &news).await?;
    let row = row.clone();
    let fresh = Fresh { row, grant: &grant.id, status: "current", access_print: access_print.clone(), purge_at: None };
    grants::store::add_secret(&mut *tx, fresh, now, now).await
}

/// Writes the account, lets it act with its grants, and takes from it those that it had.
async fn settle(
    tx: &mut Tx,
    coming: &Coming<'_>,
    found: &Found,
    all: &[Grant],
    now: Time,
) -> std::result::Result<(), Refused> {
    let account = &found.account;
    let by = coming.by.to_string();
    if found.was_there {
        accounts::store::reconnect(&mut *tx, account, now).await?;
    } else if !accounts::store::create(&mut *tx, &accounts::store::Made { account, by: &by }).await? {
        let why = "this account was connected a moment ago; look at it again";
        return Err(Refused::conflict("external_id_taken", why));
    }
    let before = accounts::store::grants(&mut *tx, &account.id).await?;
    for grant in all {
        accounts::store::bind(&mut *tx, &account.id, &grant.role, &grant.id).await?;
    }
    for (old, _) in before {
        let used = accounts::store::others_of_grant(&mut *tx, &old, &account.id).await? > 0;
        if !used && all.iter().all(|grant| grant.id != old) {
            grants::store::wipe(&mut *tx, &old).await?;
        }
    }
    let enabled = accounts::store::enable(&mut *tx, &account.id, now).await?;
    let seq = match enabled {
        Some(seq) => seq,
        None => accounts::store::step(&mut *tx, &account.id, now).await?.unwrap_or_default(),
    };
    let kind = if found.was_there { "account.reconnected" } else { "account.connected" };
    let detail =
        json!({ "external_id": account.external_id, "verified": account.verified, "source": coming.source.slug });
    let (workspace, source) = (&account.workspace, &account.source);
    let event = Event { workspace, account: Some(&account.id), source, seq, kind, actor: coming.by, detail };
    events::note(&mut *tx, &event, now).await?;
    Ok(())
}
