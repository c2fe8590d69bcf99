//! Handing out credentials (vault.md §3.3, §3.6): what is handed out works for as long as is said, or whoever asks is told why
//! there is nothing.

use super::accounts::{Custody, Reason, State};
use super::actor::{Actor, Level};
use super::grants::timing::least_left;
use super::grants::{AttemptState, Grant, Health};
use super::held::Held;
use super::look::{Seen, Which, look, look_as_of};
use super::refused::Refused;
use super::{grants, refresh, sources, view};
use crate::app::{App, Reader, Taken};
use crate::base::Time;
use crate::base::encoding::{hex, sha256};
use axum::http::StatusCode;
use serde_json::json;
use std::time::Duration;
use tokio::time::Instant;

/// What is asked for.
#[derive(Clone, Debug)]
pub struct Ask {
    /// How long it must still work; what is usual for its lifetime where it is none.
    pub min_ttl: Option<Duration>,
    /// How long whoever asks waits.
    pub wait: Duration,
    /// The beginning of the SHA-256 of a token that failed, in hexadecimal digits: not that one.
    pub not: Option<String>,
    /// Which of an account's grants.
    pub role: String,
    /// What for, in their own words.
    pub purpose: String,
}

/// What is handed out.
pub struct Given {
    /// The account as it was then.
    pub seen: Seen,
    /// Its credentials.
    pub held: Held,
    /// Until when they are said to work; none when they don't expire.
    pub expires_at: Option<Time>,
}

/// How often others' work is looked at.
const LOOK_AGAIN: Duration = Duration::from_millis(100);

/// Gives an account's credentials, fresh.
pub async fn read(app: &App, who: &Actor, which: &Which, ask: &Ask) -> Result<Given, Refused> {
    let until = Instant::now() + ask.wait;
    let mut as_of = who.as_of;
    loop {
        let now = app.now();
        let seen = look_as_of(app, who, which, &ask.role, now, as_of.take()).await?.ok_or_else(Refused::not_found)?;
        admitted(app, who, &seen, &ask.role)?;
        let held = seen.held(app).await?.ok_or_else(|| no_credentials(&ask.role))?;
        let Some(grant) = &seen.grant else { return Err(no_credentials(&ask.role)) };
        let failed = ask.not.as_deref().is_some_and(|not| fails(&held, not));
        if !failed && fresh(grant, ask.min_ttl, now) {
            if grant.refreshable && grant.next_at.is_some_and(|at| at <= now) {
                refresh::begin(app, &grant.id, grant.version);
            }
            return Ok(given(app, who, ask, seen, held));
        }
        let left = until.saturating_duration_since(Instant::now());
        match (left.is_zero(), pending(app, &seen, grant, now)) {
            (false, Pending::Flight(flight)) => {
                let landed = flight.landed(left).await;
                if landed && !moves(app, who, which, ask, grant).await? {
                    tokio::time::sleep(LOOK_AGAIN.min(until.saturating_duration_since(Instant::now()))).await;
                }
            }
            (false, Pending::Others) => tokio::time::sleep(LOOK_AGAIN.min(left)).await,
            _ if !failed && works(grant, now) => return Ok(given(app, who, ask, seen, held)),
            _ => return Err(unavailable(app, &seen, grant, now)),
        }
    }
}

/// Whether a look finds anything that has changed.
async fn moves(app: &App, who: &Actor, which: &Which, ask: &Ask, grant: &Grant) -> Result<bool, Refused> {
    let seen = look(app, who, which, &ask.role, app.now()).await?.ok_or_else(Refused::not_found)?;
    Ok(seen.grant.as_ref().is_none_or(|now| now.version != grant.version || now.retry_at != grant.retry_at))
}

/// Who may take it, and whether there is anything to take.
fn admitted(app: &App, who: &Actor, seen: &Seen, role: &str) -> Result<(), Refused> {
    if !who.may_see(&seen.slug) {
        return Err(Refused::scope(super::actor::ACCOUNTS_READ));
    }
    if !who.may_take(&seen.slug) {
        return Err(Refused { code: "credentials_forbidden", ..Refused::scope(super::actor::ACCOUNTS_CREDENTIALS) });
    }
    if seen.level < Level::Use {
        let why = "you may see this account and not use it; ask its owner to share it with you at the level \"use\"";
        return Err(Refused::new(StatusCode::FORBIDDEN, "credentials_forbidden", why));
    }
    let account = &seen.account;
    let details = || {
        json!({
            "reason": account.disabled_reason,
            "disabled_by": account.disabled_by,
            "reconnect_url": view::reconnect_url(app, account),
            "account": view::Shown::of(app, seen, None),
        })
    };
    match (account.state, account.custody, account.disabled_reason) {
        (_, Custody::Freed | Custody::Freeing, _) => {
            Err(Refused::conflict("custody_freed", Reason::CustodyFreed.words()).with(details()))
        }
        (State::Disabled, _, reason) => {
            Err(Refused::conflict("account_disabled", reason.unwrap_or(Reason::User).words()).with(details()))
        }
        (State::Active, ..) => match &seen.grant {
            None => Err(no_credentials(role)),
            Some(grant) if grant.state == grants::State::Dead => Err(role_ended(app, seen, grant, role)),
            Some(_) => Ok(()),
        },
    }
}

/// The account goes on with what else it has.
fn role_ended(app: &App, seen: &Seen, grant: &Grant, role: &str) -> Refused {
    let lost = grant.error.as_ref().is_some_and(|error| error.class == Reason::RotationLost.name());
    let reason = match grant.ends_at {
        _ if lost => Reason::RotationLost,
        Some(end) if end <= app.now() => Reason::AuthorizationExpired,
        _ => Reason::Revoked,
    };
    let url = view::reconnect_url(app, &seen.account);
    Refused::conflict("account_disabled", reason.words()).with(
        json!({ "role": role, "reason": reason, "reconnect_url": url, "account": view::Shown::of(app, seen, None) }),
    )
}

fn no_credentials(role: &str) -> Refused {
    Refused::new(StatusCode::NOT_FOUND, "not_found", format!("this account has no credentials of the role {role:?}"))
}

/// Whether this is the token that somebody saw fail.
fn fails(held: &Held, not: &str) -> bool {
    held.access_token.as_ref().is_some_and(|token| hex(&sha256(token.reveal().as_bytes())).starts_with(not))
}

fn life(grant: &Grant) -> Option<Duration> {
    let millis = grant.expires_at?.millis().saturating_sub(grant.refreshed_at.millis());
    u64::try_from(millis).ok().map(Duration::from_millis)
}

/// Whether enough is left of it. Where a refresh ends the token before it, all that was told is left to those who have it.
fn fresh(grant: &Grant, min_ttl: Option<Duration>, now: Time) -> bool {
    let Some(told) = grant.published_at else { return true };
    let kills = grant.next_at.is_some_and(|next| next >= told);
    let least = if kills { Duration::ZERO } else { min_ttl.unwrap_or_else(|| least_left(life(grant))) };
    told > now + least
}

/// Whether it really works, though for less time than was asked for.
fn works(grant: &Grant, now: Time) -> bool {
    grant.expires_at.is_none_or(|at| at > now + Duration::from_secs(5))
}

/// What there is to wait for.
enum Pending {
    /// Work of this process.
    Flight(crate::app::Flight),
    /// Work of others.
    Others,
    /// Nothing.
    Nothing,
}

fn pending(app: &App, seen: &Seen, grant: &Grant, now: Time) -> Pending {
    if let Some(flight) = app.flights.under_way(grant.id.as_str()) {
        return Pending::Flight(flight);
    }
    if grant.attempt_state != AttemptState::Clean || grant.leased(now) {
        return Pending::Others;
    }
    let asked = seen.source_state == sources::State::Active && grant.retry_at.is_none_or(|at| at <= now);
    if !grant.refreshable || !asked || app.turns.closed_until(grant.source.as_str(), now).is_some() {
        return Pending::Nothing;
    }
    refresh::begin(app, &grant.id, grant.version).map_or(Pending::Nothing, Pending::Flight)
}

fn given(app: &App, who: &Actor, ask: &Ask, seen: Seen, held: Held) -> Given {
    let now = app.now();
    let grant = seen.grant.as_ref();
    if let Some(grant) = grant {
        let reader = Reader {
            workspace: seen.account.workspace.clone(),
            account: seen.account.id.shared(),
            grant: grant.id.shared(),
            version: grant.version,
            actor: who.name.clone(),
            address: who.call.address,
            purpose: ask.purpose.clone(),
        };
        app.reads.note(reader, Taken { at: now, times: 1 });
    }
    // What is told leaves time on the way; where less than that is left, the truth is told.
    let expires_at = grant.and_then(|grant| grant.published_at.filter(|told| *told > now).or(grant.expires_at));
    Given { seen, held, expires_at }
}

/// Why there is nothing to hand out, and when there may be.
fn unavailable(app: &App, seen: &Seen, grant: &Grant, now: Time) -> Refused {
    let later = |code, why: &str, at| later(code, why, at, now);
    if seen.source_state != sources::State::Active {
        return misconfigured(seen);
    }
    if grant.attempt_state == AttemptState::Uncertain || grant.health == Health::Uncertain {
        let why = "the provider's answer to a refresh was lost; whether it counted is being cleared up, nothing needs to be done";
        return later("refresh_uncertain", why, grant.retry_at.or(Some(now + Duration::from_secs(5))));
    }
    if grant.attempt_state == AttemptState::Sent || app.flights.under_way(grant.id.as_str()).is_some() {
        let why =
            "the token is being refreshed right now; ask again in a moment, or wait for longer with the parameter wait";
        return later("refresh_in_progress", why, Some(now + Duration::from_secs(1)));
    }
    if !grant.refreshable {
        let why = "the token has expired, and the provider gave no means to refresh it; connect the account again";
        return Refused::conflict("account_disabled", why).with(
            json!({ "reason": "authorization_expired", "reconnect_url": view::reconnect_url(app, &seen.account) }),
        );
    }
    if let Some(rests) = rests(grant, now) {
        return rests;
    }
    let closed = app.turns.closed_until(grant.source.as_str(), now);
    match grant.error.as_ref().map(|error| error.class.as_str()) {
        Some("throttled") => {
            let why = "the provider asks us to come less often; nothing was lost";
            later("provider_rate_limited", why, grant.retry_at.max(closed))
        }
        _ => {
            let why = "the provider can't be reached, or fails, right now; nothing was lost and it is tried again";
            later("provider_unreachable", why, grant.retry_at.max(closed))
        }
    }
}

/// Not now: how long until then, an hour at most.
fn later(code: &'static str, why: &str, at: Option<Time>, now: Time) -> Refused {
    let millis = at.map_or(1_000, |at| at.millis().saturating_sub(now.millis()).clamp(1_000, 3_600_000));
    Refused::later(code, why, Duration::from_millis(u64::try_from(millis).unwrap_or(1_000)))
}

/// Why a grant isn't refreshed once more, where it was a moment ago and its provider counts.
pub(super) fn rests(grant: &Grant, now: Time) -> Option<Refused> {
    let why = "the provider counts how often an account is refreshed; it was a moment ago, and can be again then";
    grant.rests(now).then(|| later("provider_rate_limited", why, grant.retry_at, now))
}

/// 424: the provider refuses our application, not the account.
fn misconfigured(seen: &Seen) -> Refused {
    let why = match seen.source_state {
        sources::State::Paused => "the source is paused; an administrator of the workspace can start it again",
        _ => {
            "the provider refuses this source's client id or secret; an administrator of the workspace must mend it. The account is \
             untouched and works again then"
        }
    };
    Refused::new(StatusCode::FAILED_DEPENDENCY, "source_misconfigured", why)
        .with(json!({ "source": seen.slug, "reason": seen.source_reason }))
}
