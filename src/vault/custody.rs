//! Giving custody away (vault.md §3.5): the refresh token leaves once, to one holder. Until that one says that it arrived it can
//! be had again or taken back; a lost answer loses nothing.

use super::accounts::{self, Account, Custody, Reason};
use super::actor::{ACCOUNTS_CUSTODY, Actor};
use super::grants::{self, GrantId, State};
use super::held::Held;
use super::look::Seen;
use super::manage::note;
use super::refused::Refused;
use super::revoke::{Told, tell as tell_provider};
use super::{refresh, sources};
use crate::app::App;
use crate::audit::Actor as Name;
use crate::base::Time;
use crate::base::encoding::hex;
use crate::base::id::uuid7;
use crate::crypto::jwe::Recipient;
use crate::db::{On, Result, Tx};
use crate::{args, sql};
use serde_json::{Value, json};
use std::time::Duration;

sql! {
    write OPEN = "INSERT INTO vault_releases (id, account, grants, state, ack_by, created_by, created_at) \
                  VALUES ($1, $2, $3, $4, $5, $6, $7) RETURNING id";
    read FIND = "SELECT id, account, grants, ack_by FROM vault_releases WHERE id = $1 AND account = $2 AND state = $3";
    read MINE = "SELECT id, ack_by FROM vault_releases WHERE account = $1 AND created_by = $2 AND state = 'open' AND ack_by > $3 \
                 ORDER BY id DESC LIMIT 1";
    read STATE = "SELECT state FROM vault_releases WHERE id = $1 AND account = $2";
    write CLOSE = "UPDATE vault_releases SET state = $3 WHERE id = $1 AND state = $2 RETURNING id";
    read OVERDUE = "SELECT id, account, state FROM vault_releases WHERE state IN ('open', 'revoking') AND ack_by < $1 \
                    ORDER BY ack_by, id LIMIT 100";
    write FREEZE = "UPDATE vault_grants SET state = 'freeing', next_at = NULL WHERE id = $1 AND state = 'live' AND attempt_state = 'clean' \
                    AND (lease_until IS NULL OR lease_until < $2) RETURNING id";
    write THAW = "UPDATE vault_grants SET state = 'live', next_at = $2, retry_at = NULL WHERE id = $1 AND state = 'freeing' RETURNING version";
}

/// Waits for whoever was given the tokens.
const OPEN_FOR_ACK: &str = "open";
/// The provider is being told.
const REVOKING: &str = "revoking";
/// How long whoever tells the provider may take, before somebody else finishes it.
const TOLD_WITHIN: Duration = Duration::from_secs(300);

/// What leaves.
pub struct Released {
    /// Names this release.
    pub release_id: String,
    /// Until when it can be acknowledged or cancelled; then what we hold is wiped.
    pub ack_by: Time,
    /// Of each grant, its role and what we held of it.
    pub held: Vec<(String, Held, Option<Time>)>,
}

fn admitted(who: &Actor) -> std::result::Result<(), Refused> {
    if who.may(ACCOUNTS_CUSTODY) { Ok(()) } else { Err(Refused::scope(ACCOUNTS_CUSTODY)) }
}

/// All accounts that go with one, because the same grant opens them.
pub async fn together(app: &App, account: &Account) -> Result<(Vec<(GrantId, String)>, Vec<Account>)> {
    let all = accounts::store::grants(&app.db, &account.id).await?;
    let mut affected: Vec<Account> = Vec::new();
    for (id, _) in &all {
        for one in accounts::store::of_grant(&app.db, id).await? {
            if affected.iter().all(|have| have.id != one.id) {
                affected.push(one);
            }
        }
    }
    Ok((all, affected))
}

/// Hands the tokens out, and disables all accounts that act with them. Whoever did that, and didn't hear the answer, is told the
/// same again until they say that it arrived. `to` is the key that they are sealed for, if any: the history names it.
pub async fn export(
    app: &App,
    who: &Actor,
    seen: &Seen,
    to: Option<&Recipient>,
) -> std::result::Result<Released, Refused> {
    admitted(who)?;
    let now = app.now();
    let by = who.name.to_string();
    if seen.account.custody == Custody::Freeing
        && let Some(row) = (&app.db).one(MINE, args![&seen.account.id, &by, now]).await?
    {
        let all = accounts::store::grants(&app.db, &seen.account.id).await?;
        let held = released(app, &all).await?;
        return Ok(Released { release_id: row.text("id")?, ack_by: row.time("ack_by")?, held });
    }
    held(&seen.account)?;
    let (all, affected) = together(app, &seen.account).await?;
    let ack_by = now + app.config.vault.release_within;
    let mut tx = app.db.begin().await?;
    let release_id = begin(&mut tx, who, (&seen.account, &all), (OPEN_FOR_ACK, ack_by), now).await?;
    let mut detail = json!({ "release": release_id, "ack_by": ack_by });
    if let (Some(to), Some(members)) = (to, detail.as_object_mut()) {
        members.insert("recipient_key".to_owned(), json!(to.thumbprint()));
    }
    for account in &affected {
        let seq = give_up(&mut tx, who, account, now).await?;
        note(&mut tx, who, account, seq, ("account.custody_freeing", detail.clone()), now).await?;
    }
    tx.commit().await?;
    crate::base::failpoint::reached("custody-freed");
    Ok(Released { release_id, ack_by, held: released(app, &all).await? })
}

/// What is held of each grant that was frozen: one that its provider has ended is of no use to anybody.
async fn released(app: &App, all: &[(GrantId, String)]) -> Result<Vec<(String, Held, Option<Time>)>> {
    let mut out = Vec::new();
    for (id, role) in all {
        let grant = grants::store::one(&app.db, id).await?.filter(|grant| grant.state == State::Freeing);
        if let (Some(grant), Some(held)) = (grant, refresh::held(app, id).await?) {
            out.push((role.clone(), held, grant.expires_at));
        }
    }
    Ok(out)
}

/// Takes the tokens back at the provider, and wipes them here. From the first moment nobody is handed any; whoever is interrupted
/// while the provider is told, [`overdue`] finishes it.
pub async fn revoke(app: &App, who: &Actor, seen: &Seen) -> std::result::Result<bool, Refused> {
    admitted(who)?;
    held(&seen.account)?;
    let now = app.now();
    let (all, affected) = together(app, &seen.account).await?;
    let mut tx = app.db.begin().await?;
    let release = begin(&mut tx, who, (&seen.account, &all), (REVOKING, now + TOLD_WITHIN), now).await?;
    for account in &affected {
        give_up(&mut tx, who, account, now).await?;
    }
    tx.commit().await?;
    crate::base::failpoint::reached("custody-revoking");
    tell(app, who, &seen.account, &release).await
}

/// Tells the provider of a release, and wipes what we hold; gives whether the provider heard it.
async fn tell(app: &App, who: &Actor, account: &Account, release: &str) -> std::result::Result<bool, Refused> {
    let Some(all) = find(app, account, release, REVOKING).await? else { return Ok(true) };
    let source = sources::store::one(&app.db, &account.source).await?.ok_or_else(Refused::not_found)?;
    let mut told = true;
    for id in &all {
        let grant = grants::store::one(&app.db, id).await?;
        if let Some((grant, held)) = grant.zip(refresh::held(app, id).await?) {
            told &= tell_provider(app, &source, &grant.params, &held).await == Told::Heard;
        }
    }
    close(app, who, &all, (release, REVOKING, "revoked"), json!({ "revoked": told })).await?;
    Ok(told)
}

/// Freezes the grants and opens a release of them; gives its name.
async fn begin(
    tx: &mut Tx,
    who: &Actor,
    (account, all): (&Account, &[(GrantId, String)]),
    (state, until): (&str, Time),
    now: Time,
) -> std::result::Result<String, Refused> {
    let release = format!("rel_{}", hex(&uuid7(now)));
    let names: Vec<&str> = all.iter().map(|(id, _)| id.as_str()).collect();
    freeze(tx, all, now).await?;
    let args = args![&release, &account.id, names.join(","), state, until, who.name.to_string(), now];
    (&mut *tx).run(OPEN, args).await?;
    Ok(release)
}

fn held(account: &Account) -> std::result::Result<(), Refused> {
    match account.custody {
        Custody::Held => Ok(()),
        Custody::None => Err(Refused::conflict("no_custody", "there is no refresh token to give away")),
        Custody::Freeing | Custody::Freed => Err(Refused::conflict("custody_freed", Reason::CustodyFreed.words())),
    }
}

/// No refresh runs, and none can begin. What its provider has ended needn't be frozen, where there is something else.
async fn freeze(tx: &mut Tx, all: &[(GrantId, String)], now: Time) -> std::result::Result<(), Refused> {
    let mut living = Vec::new();
    for (id, _) in all {
        let ended = grants::store::one(&mut *tx, id).await?.is_some_and(|grant| grant.state == State::Dead);
        living.extend((!ended).then_some(id));
    }
    let mut frozen = 0;
    for id in &living {
        frozen += (&mut *tx).run(FREEZE, args![*id, now]).await?;
    }
    if frozen == 0 || frozen < living.len() {
        let why = "a refresh of this account is under way, or its outcome isn't known yet; nothing was changed, try again in a moment";
        return Err(Refused::later("refresh_uncertain", why, Duration::from_secs(5)));
    }
    Ok(())
}

/// Nobody is handed its tokens any more.
async fn give_up(tx: &mut Tx, who: &Actor, account: &Account, now: Time) -> Result<i64> {
    accounts::store::set_custody(&mut *tx, &account.id, Custody::Freeing, now).await?;
    let by = who.name.to_string();
    let seq = accounts::store::disable(&mut *tx, &account.id, &by, Reason::CustodyFreed, now).await?;
    Ok(seq.unwrap_or_default())
}

/// The new owner has them: what we hold is wiped.
pub async fn ack(app: &App, who: &Actor, account: &Account, release: &str) -> std::result::Result<(), Refused> {
    admitted(who)?;
    settle(app, who, account, release, "acknowledged").await
}

async fn settle(
    app: &App,
    who: &Actor,
    account: &Account,
    release: &str,
    to: &str,
) -> std::result::Result<(), Refused> {
    let Some(all) = find(app, account, release, OPEN_FOR_ACK).await? else {
        return again(app, account, release, to).await;
    };
    let detail = json!({ "release": release, "by": to });
    match close(app, who, &all, (release, OPEN_FOR_ACK, to), detail).await? {
        true => Ok(()),
        false => again(app, account, release, to).await,
    }
}

/// Wipes what we hold, here and on this disk; false when somebody else just did.
async fn close(
    app: &App,
    who: &Actor,
    all: &[GrantId],
    (release, from, to): (&str, &str, &str),
    detail: Value,
) -> std::result::Result<bool, Refused> {
    let now = app.now();
    let mut tx = app.db.begin().await?;
    if (&mut tx).one(CLOSE, args![release, from, to]).await?.is_none() {
        return Ok(false);
    }
    let (mut affected, mut gone): (Vec<Account>, Vec<String>) = Default::default();
    for id in all {
        affected.extend(accounts::store::of_grant(&mut tx, id).await?);
        gone.extend(grants::store::wipe(&mut tx, id).await?);
    }
    affected.sort_by(|a, b| a.id.as_str().cmp(b.id.as_str()));
    affected.dedup_by(|a, b| a.id == b.id);
    for one in &affected {
        let seq = accounts::store::set_custody(&mut tx, &one.id, Custody::Freed, now).await?.unwrap_or_default();
        note(&mut tx, who, one, seq, ("account.custody_freed", detail.clone()), now).await?;
    }
    tx.commit().await?;
    refresh::forget(app, &gone).await;
    Ok(true)
}

async fn find(app: &App, account: &Account, release: &str, state: &str) -> Result<Option<Vec<GrantId>>> {
    let row = (&app.db).one(FIND, args![release, &account.id, state]).await?;
    let names = row.map(|row| row.text("grants")).transpose()?;
    Ok(names.map(|names| names.split(',').filter(|name| !name.is_empty()).map(GrantId::from).collect()))
}

/// A release that isn't open: done already, or none of this account's.
async fn again(app: &App, account: &Account, release: &str, to: &str) -> std::result::Result<(), Refused> {
    let row = (&app.db).one(STATE, args![release, &account.id]).await?;
    match row.map(|row| row.text("state")).transpose()?.as_deref() {
        Some(state) if state == to => Ok(()),
        Some(_) => {
            Err(Refused::conflict("release_closed", "this release was acknowledged, cancelled or ran out already"))
        }
        None => Err(Refused::not_found()),
    }
}

/// Takes custody back before it was acknowledged. Whoever has the token may have used it, so it is used here at once.
pub async fn cancel(app: &App, who: &Actor, account: &Account, release: &str) -> std::result::Result<(), Refused> {
    admitted(who)?;
    let now = app.now();
    let Some(all) = find(app, account, release, OPEN_FOR_ACK).await? else {
        return again(app, account, release, "cancelled").await;
    };
    let mut tx = app.db.begin().await?;
    if (&mut tx).one(CLOSE, args![release, OPEN_FOR_ACK, "cancelled"]).await?.is_none() {
        return again(app, account, release, "cancelled").await;
    }
    let mut thawed = Vec::new();
    for id in &all {
        if let Some(row) = (&mut tx).one(THAW, args![id, now]).await? {
            thawed.push((id.clone(), row.int("version")?));
        }
        for one in accounts::store::of_grant(&mut tx, id).await? {
            accounts::store::set_custody(&mut tx, &one.id, Custody::Held, now).await?;
            if let Some(seq) = accounts::store::enable(&mut tx, &one.id, now).await? {
                note(&mut tx, who, &one, seq, ("account.custody_taken", json!({ "release": release })), now).await?;
            }
        }
    }
    tx.commit().await?;
    for (id, version) in thawed {
        if let Some(flight) = refresh::begin(app, &id, version) {
            flight.landed(Duration::from_secs(20)).await;
        }
        let dead = grants::store::one(&app.db, &id).await?.is_some_and(|grant| grant.state == State::Dead);
        if dead {
            let why = "whoever had the token used it, and it is of no use here any more; connect the account again";
            return Err(Refused::conflict("account_disabled", why));
        }
    }
    Ok(())
}

/// Wipes what nobody acknowledged in time, and finishes what nobody finished telling the provider.
pub async fn overdue(app: &App) -> Result<usize> {
    let rows = (&app.db).all(OVERDUE, args![app.now()]).await?;
    for row in &rows {
        let (release, id, state) = (row.text("id")?, row.id("account")?, row.text("state")?);
        let Some(account) = accounts::store::one(&app.db, &id).await? else {
            (&app.db).run(CLOSE, args![&release, state, "ran_out"]).await?;
            continue;
        };
        let system = Actor {
            workspace: account.workspace.clone(),
            user: None,
            standing: None,
            client: None,
            scopes: None,
            name: Name::System,
            call: crate::web::Call::internal("vault"),
            as_of: None,
        };
        let closed = match state == REVOKING {
            true => tell(app, &system, &account, &release).await.map(drop),
            false => settle(app, &system, &account, &release, "ran_out").await,
        };
        if let Err(refused) = closed {
            tracing::warn!(release, why = %refused, "a release that ran out couldn't be closed; trying again");
        }
    }
    Ok(rows.len())
}
