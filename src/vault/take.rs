//! Taking custody (vault.md §3.5). What an app brings is ours only after it was used once: a refresh token is refreshed, which on
//! rotating providers ends every other copy of it; a token from before those is exchanged for one.

use super::actor::Actor;
use super::grants::store::{Fresh, News, Secrets};
use super::grants::{self, AttemptState, Grant, GrantId, State};
use super::held::Held;
use super::identify::{Known, identify};
use super::import::Brought;
use super::refused::Refused;
use super::setup::Ready;
use super::sources::{self, Source};
use super::{accounts, arrive, prints, refresh};
use crate::app::App;
use crate::base::encoding::{fingerprint, hex};
use crate::base::id::uuid7;
use crate::base::{Secret, Time};
use crate::db::On;
use crate::{args, sql};
use axum::http::StatusCode;
use serde_json::json;
use std::time::Duration;

sql! {
    read TAKE = "SELECT grant_id FROM vault_takes WHERE id = $1";
    write NOTE_TAKE = "INSERT INTO vault_takes (id, grant_id, created_at) VALUES ($1, $2, $3) RETURNING id";
    write FORGET_TAKE = "DELETE FROM vault_takes WHERE id = $1 RETURNING id";
    write PURGE_TAKES = "DELETE FROM vault_takes WHERE created_at < $1 RETURNING id";
}

/// What custody is taken with, by using it once.
#[derive(Debug)]
pub(super) enum Presented {
    /// RFC 6749 §6: it is refreshed.
    Refresh(Secret),
    /// It doesn't expire, and is exchanged for a token that does and a refresh token.
    LongLived(Secret),
}

impl Presented {
    fn token(&self) -> &Secret {
        match self {
            Presented::Refresh(token) | Presented::LongLived(token) => token,
        }
    }

    fn held(&self, brought: &Brought) -> Held {
        match self {
            Presented::Refresh(token) => Held {
                refresh_token: Some(token.clone()),
                access_token: brought.access_token.clone(),
                ..Held::default()
            },
            Presented::LongLived(token) => Held { long_lived: Some(token.clone()), ..Held::default() },
        }
    }

    /// Whether every other copy of it is dead now.
    fn spent(&self, ready: &Ready, now: &Held) -> bool {
        let replaced = |have: &Option<Secret>| have.as_ref().is_some_and(|have| have.reveal() != self.token().reveal());
        match self {
            Presented::Refresh(_) => replaced(&now.refresh_token),
            Presented::LongLived(_) => {
                let good_once = ready.kind.migrate.as_ref().is_some_and(|rules| rules.policy.rotates());
                good_once && replaced(&now.access_token)
            }
        }
    }
}

/// What was taken.
pub(super) struct Taken {
    pub grant: GrantId,
    pub held: Held,
    /// Whether every other copy of what was brought is dead.
    pub exclusive: bool,
    name: String,
}

impl Taken {
    /// It has an account: whoever asks again is told by that.
    pub(super) async fn forget(self, app: &App) -> Result<(), Refused> {
        (&app.db).run(FORGET_TAKE, args![&self.name]).await?;
        Ok(())
    }
}

/// Takes custody: the token is written down with the intent to use it, and used by the same steps as any other.
pub(super) async fn take(
    app: &App,
    who: &Actor,
    source: &Source,
    ready: &Ready,
    brought: &Brought,
    presented: &Presented,
) -> Result<Taken, Refused> {
    let key = brought.key.clone().unwrap_or_default();
    let name = fingerprint(format!("{}\0{}\0{key}", who.name, who.workspace).as_bytes());
    let row = (&app.db).one(TAKE, args![&name]).await?;
    let grant = match row.map(|row| row.id("grant_id")).transpose()? {
        Some(grant) => grant,
        None if source.state == sources::State::Misconfigured => {
            let why = "the provider refuses this source's client id or secret; an administrator of the workspace must mend it. Nothing was kept";
            return Err(Refused::new(StatusCode::FAILED_DEPENDENCY, "source_misconfigured", why));
        }
        None => {
            if let Presented::LongLived(token) = presented {
                foresee(app, who, source, ready, brought, token).await?;
            }
            begin(app, source, brought, presented, &name).await?
        }
    };
    adopt(app, &grant, presented).await.inspect_err(|refused| {
        tracing::info!(%grant, code = refused.code, "custody wasn't taken");
    })?;
    let held = refresh::held(app, &grant).await?.ok_or_else(Refused::not_found)?;
    alone(app, &grant, &held).await?;
    Ok(Taken { exclusive: presented.spent(ready, &held), grant, held, name })
}

/// Looks whose token it is before it is spent, for there is no way back. Where the provider doesn't say that of an old token, what the
/// exchange brings will.
async fn foresee(
    app: &App,
    who: &Actor,
    source: &Source,
    ready: &Ready,
    brought: &Brought,
    token: &Secret,
) -> Result<(), Refused> {
    let held = Held { access_token: Some(token.clone()), ..Held::default() };
    let identity = match identify(app, ready, Known { held: &held, tokens: None, nonce: None }).await {
        Ok(identity) => identity,
        Err(refused) if matches!(refused.code, "credentials_rejected" | "external_id_required") => return Ok(()),
        Err(refused) => return Err(refused),
    };
    brought.is(&identity)?;
    let there = accounts::store::by_external(&app.db, &source.id, &identity.external_id).await?;
    match there.is_none_or(|there| there.owner == who.user && there.owner_ref == brought.owner_ref) {
        true => Ok(()),
        false => Err(arrive::theirs()),
    }
}

async fn begin(
    app: &App,
    source: &Source,
    brought: &Brought,
    presented: &Presented,
    name: &str,
) -> Result<GrantId, Refused> {
    let now = app.now();
    let print = prints::of(app, presented.token());
    if grants::store::by_print(&app.db, &print).await?.is_some() {
        return Err(already_held());
    }
    let (id, secret) = (grants::fresh(now), format!("try_{}", hex(&uuid7(now))));
    let data_key = app.data_keys.sealing(&app.keys, &app.db, &source.workspace, now).await?;
    let sealed = data_key.seal(refresh::place(&secret), &presented.held(brought).to_plain()?)?;
    let row =
        Secrets { id: secret, version: 1, parent: 0, attempt: 0, key: data_key.id, sealed, refresh_print: Some(print) };
    let scope = brought.scopes.join(" ");
    let times = grants::timing::Times { expires_at: Some(now), published_at: Some(now), ..Default::default() };
    let news = News { scope: &scope, refreshable: true, times, ends_at: None, retry_at: None, now };
    let mut tx = app.db.begin().await?;
    grants::store::create(&mut tx, &id, &source.id, &source.workspace, &brought.params, &news).await?;
    let fresh = Fresh { row, grant: &id, status: "current", access_print: None, purge_at: None };
    grants::store::add_secret(&mut tx, fresh, now, now).await?;
    (&mut tx).run(NOTE_TAKE, args![name, &id, now]).await?;
    tx.commit().await?;
    Ok(id)
}

fn already_held() -> Refused {
    let why = "the vault holds this token already; look for its account instead of bringing it again";
    Refused::conflict("already_held", why)
}

/// A provider may answer an exchange with what it gave before. Two grants with one refresh token would end each other.
async fn alone(app: &App, grant: &GrantId, held: &Held) -> Result<(), Refused> {
    let Some(token) = &held.refresh_token else { return Ok(()) };
    let first = grants::store::by_print(&app.db, &prints::of(app, token)).await?;
    if first.is_none_or(|first| first == *grant) {
        return Ok(());
    }
    wipe(app, grant).await?;
    Err(already_held())
}

async fn wipe(app: &App, grant: &GrantId) -> Result<(), Refused> {
    let mut tx = app.db.begin().await?;
    grants::store::wipe(&mut tx, grant).await?;
    tx.commit().await?;
    Ok(())
}

/// How long whoever brings a token waits for its first use.
const ADOPTION: Duration = Duration::from_secs(25);

/// Uses a token for the first time. Version 2 is the proof that it is ours.
async fn adopt(app: &App, id: &GrantId, presented: &Presented) -> Result<(), Refused> {
    let until = tokio::time::Instant::now() + ADOPTION;
    loop {
        let grant = grants::store::one(&app.db, id).await?.ok_or_else(Refused::not_found)?;
        if grant.version > 1 {
            return Ok(());
        }
        if grant.state != State::Live {
            wipe(app, id).await?;
            return Err(ended(&grant, presented));
        }
        let left = until.saturating_duration_since(tokio::time::Instant::now());
        let flight =
            (!waits(&grant, app.now(), left) && !left.is_zero()).then(|| refresh::begin(app, id, grant.version));
        match flight.flatten() {
            Some(flight) => {
                flight.landed(left).await;
                tokio::time::sleep(Duration::from_millis(50).min(left)).await;
            }
            None if misconfigured(app, &grant).await? => {
                let why = "the provider refuses this source's client id or secret; an administrator of the workspace must mend it. Send the same \
                           request with the same Idempotency-Key again then, and don't use the token meanwhile";
                return Err(Refused::new(StatusCode::FAILED_DEPENDENCY, "source_misconfigured", why));
            }
            None => {
                let why = "the provider hasn't answered for this token yet; send the same request with the same Idempotency-Key again, \
                           and don't use the token meanwhile";
                return Err(Refused::later("refresh_uncertain", why, Duration::from_secs(5))
                    .with(json!({ "attempt": grant.attempt })));
            }
        }
    }
}

/// Whether nobody will ask the provider while the caller waits.
fn waits(grant: &Grant, now: Time, left: Duration) -> bool {
    match (grant.retry_at, grant.attempt_state) {
        (Some(at), AttemptState::Clean) => at > now,
        (Some(at), AttemptState::Uncertain) => at > now + left,
        _ => false,
    }
}

/// Why there is nothing to take any more.
fn ended(grant: &Grant, presented: &Presented) -> Refused {
    let error = grant.error.as_ref();
    let lost = error.is_some_and(|error| error.class == accounts::Reason::RotationLost.name());
    let (code, why) = match presented {
        _ if lost => (
            "rotation_lost",
            "the provider's answer to the first use of this token was lost, and it doesn't take the token any more. Nobody did anything \
             wrong, and nothing was kept; connect the account in a browser",
        ),
        Presented::Refresh(_) => {
            ("credentials_rejected", "the provider doesn't accept this refresh token; nothing was kept")
        }
        Presented::LongLived(_) => {
            ("credentials_rejected", "the provider doesn't exchange this token; it is as it was, and nothing was kept")
        }
    };
    let said = error.and_then(|error| error.code.as_ref());
    Refused::new(StatusCode::UNPROCESSABLE_ENTITY, code, why).with(json!({ "error": said }))
}

/// Whether its provider refuses us.
async fn misconfigured(app: &App, grant: &Grant) -> Result<bool, Refused> {
    let source = sources::store::one(&app.db, &grant.source).await?;
    Ok(source.is_some_and(|source| source.state == sources::State::Misconfigured))
}

/// Forgets requests from before `before`.
pub async fn purge(app: &App, before: Time) -> crate::db::Result<usize> {
    (&app.db).run(PURGE_TAKES, args![before]).await
}
