//! What an answer changes: one transaction, and only after it does anything that the answer brought leave this process.

use super::answered::Answered;
use super::ask::place;
use super::ended::ended;
use crate::app::App;
use crate::audit::Actor;
use crate::base::{Secret, Time};
use crate::catalogue::SourceType;
use crate::catalogue::wire::{self, Expiry, Outcome, Tokens};
use crate::db::{Fault, Result, Tx};
use crate::vault::accounts::{self, Reason};
use crate::vault::events::{self, Event};
use crate::vault::grants::store::{self, Fresh, News, Secrets, Unchanged};
use crate::vault::grants::timing::{self, Lives};
use crate::vault::grants::{AttemptState, Grant, Health, State, Trouble};
use crate::vault::held::Held;
use crate::vault::prints;
use crate::vault::sources::{self, Source};
use serde_json::json;
use std::time::Duration;

const DAY: Duration = Duration::from_secs(86_400);
/// How long before a provider that refused once is asked again, where one refusal doesn't count.
const SECOND_THOUGHT: Duration = Duration::from_secs(60);
/// How long a provider that says "too often" is left in peace, where it doesn't say for how long.
const PEACE: Duration = Duration::from_secs(30);
/// How long accounts of a source that is refused wait, unless it is mended sooner.
pub(super) const FROZEN: Duration = Duration::from_secs(300);

/// Settles an answer however long the database is gone: there is no other copy of it but the one on the disk.
pub(super) async fn insist(app: &App, answered: &Answered) -> Result<()> {
    let mut pause = Duration::from_millis(100);
    loop {
        match settle(app, answered).await {
            Ok(_) => return Ok(()),
            Err(fault) if fault.temporary() => {
                tracing::warn!(grant = %answered.grant, %fault, "an answer isn't in the database yet; trying again");
                tokio::time::sleep(pause).await;
                pause = (pause * 2).min(Duration::from_secs(5));
            }
            Err(fault) => return Err(fault),
        }
    }
}

/// Settles an answer; false when it says nothing about what is open. Settling it twice changes nothing.
pub(super) async fn settle(app: &App, answered: &Answered) -> Result<bool> {
    let Some(grant) = store::one(&app.db, &answered.grant).await? else { return Ok(false) };
    let Some(source) = sources::store::one(&app.db, &grant.source).await? else { return Ok(false) };
    let usual = source.kind(app)?.configured(&source.params).map_err(|wrong| Fault::Bug(wrong.to_string()))?;
    let migrating = super::ask::migrating(app, &grant, &usual).await?;
    let kind = migrating.as_ref().unwrap_or(&usual);
    let outcome = answered.read(|answer| wire::read(kind, answer));
    // Tokens are worth something whenever they come. Any other answer says something only of a request that is out, and only once:
    // replayed later, it would freeze a source that was mended since, or stand for ever before the next try.
    let out = grant.attempt_state == AttemptState::Sent;
    let open = out && grant.attempt.as_deref() == Some(answered.attempt.as_str());
    if !open && !matches!(outcome, Outcome::Tokens(_)) {
        return Ok(false);
    }
    let case = Case { app, answered, grant: &grant, source: &source, kind };
    app.metrics.refreshed(&source.kind, outcome.name());
    match outcome {
        Outcome::Tokens(tokens) => case.tokens(&tokens).await,
        Outcome::GrantDead { error } | Outcome::Interaction { error } => {
            case.refused(&Trouble::said("grant_dead", error)).await
        }
        // An exchange is asked for once: there is no later at which the same request would do.
        Outcome::RequestBad { error } if migrating.is_some() => case.refused(&Trouble::said("grant_dead", error)).await,
        Outcome::ClientBad { error } => case.misconfigured(&Trouble::said("client_bad", error)).await,
        Outcome::RequestBad { error } => {
            tracing::error!(source = %source.slug, error, "a provider refuses our requests for tokens as they are");
            case.later(&Trouble::said("request_bad", error), PEACE).await
        }
        Outcome::Throttled { error, retry_after } => {
            let wait = retry_after.unwrap_or(PEACE);
            app.turns.close(source.id.as_str(), app.now() + wait);
            case.later(&Trouble::said("throttled", error), wait).await
        }
        Outcome::Transient { error, retry_after } => {
            app.turns.failed(source.id.as_str(), app.now());
            let wait = retry_after.unwrap_or_else(|| timing::pause(grant.fails, grant.id.as_str()));
            case.later(&Trouble::said("transient", error), wait).await
        }
        Outcome::Ambiguous { error } => {
            app.turns.failed(source.id.as_str(), app.now());
            case.open(&Trouble::said("ambiguous", error)).await
        }
    }
}

struct Case<'a> {
    app: &'a App,
    answered: &'a Answered,
    grant: &'a Grant,
    source: &'a Source,
    kind: &'a SourceType,
}

impl Case<'_> {
    /// Commits what came. When the grant has moved on since it was asked, nothing that came is thrown away.
    async fn tokens(&self, tokens: &Tokens) -> Result<bool> {
        let (app, answered, now) = (self.app, self.answered, self.app.now());
        if answered.version < self.grant.version.saturating_sub(1) && self.has(answered).await? {
            return Ok(false);
        }
        let old = super::ask::held(app, &answered.grant).await?.unwrap_or_default();
        let held = Held {
            access_token: Some(tokens.access_token.clone()),
            token_type: Some(tokens.token_type.clone()),
            // RFC 6749 §6: where there is no new one, the old one stays.
            refresh_token: tokens.refresh_token.clone().or(old.refresh_token),
            long_lived: None,
            fields: old.fields,
            said: if tokens.said.is_empty() { old.said } else { tokens.said.clone() },
        };
        let plain = held.to_plain()?;
        let key = app.data_keys.sealing(&app.keys, &app.db, &answered.workspace, now).await?;
        let sealed = key.seal(place(&answered.attempt), &plain)?;
        let lives = lives(self.kind, tokens, answered.sent_at());
        let scope = tokens.scopes.as_ref().map_or_else(|| self.grant.scope.clone(), |scopes| scopes.join(" "));
        let news = News {
            scope: &scope,
            refreshable: held.refresh_token.is_some() || self.kind.kind.mints(),
            times: lives.times(answered.sent_at(), answered.grant.as_str()),
            ends_at: tokens.refresh_expires.map(|left| answered.sent_at() + left),
            retry_at: self.kind.throttle.interval().map(|least| answered.sent_at() + least),
            now,
        };
        let print = |secret: &Option<Secret>| secret.as_ref().map(|one| prints::of(app, one));
        let row = Secrets {
            id: answered.attempt.clone(),
            version: answered.version.saturating_add(1),
            parent: answered.version,
            attempt: answered.number,
            key: key.id,
            sealed,
            refresh_print: print(&held.refresh_token),
        };
        let access_print = print(&held.access_token);
        app.turns.answered(self.source.id.as_str());
        let mut tx = app.db.begin().await?;
        let outcome = match store::commit(&mut tx, &answered.grant, answered.version, &news).await? {
            Some(version) => {
                let fresh = Fresh { row, grant: &answered.grant, status: "current", access_print, purge_at: None };
                store::add_secret(&mut tx, fresh, now, now + DAY).await?;
                self.tell_refreshed(&mut tx, version).await?;
                true
            }
            None => late(&mut tx, answered, row, access_print, &news).await?,
        };
        crate::base::failpoint::reached("vault-committing");
        tx.commit().await?;
        crate::base::failpoint::reached("vault-committed");
        Ok(outcome)
    }

    /// Whether the database has what this answer brought.
    async fn has(&self, answered: &Answered) -> Result<bool> {
        store::has_secret(&self.app.db, &answered.attempt).await
    }

    /// Tells those who follow the accounts; one that we had given up is back.
    async fn tell_refreshed(&self, tx: &mut Tx, version: i64) -> Result<()> {
        let now = self.app.now();
        for account in accounts::store::of_grant(&mut *tx, &self.grant.id).await? {
            let given_up = matches!(account.disabled_reason, Some(Reason::RotationLost | Reason::Revoked));
            if self.grant.state == State::Dead
                && given_up
                && account.disabled_by.as_deref() == Some("system")
                && let Some(seq) = accounts::store::enable(&mut *tx, &account.id, now).await?
            {
                note(
                    tx,
                    &account,
                    seq,
                    "account.enabled",
                    json!({ "why": "the provider's answer came after all" }),
                    now,
                )
                .await?;
            }
            let Some(seq) = accounts::store::step(&mut *tx, &account.id, now).await? else { continue };
            let recovered = self.grant.failing_since.is_some_and(|since| since + NOTICE < now);
            let kind = if recovered { "account.recovered" } else { "account.refreshed" };
            note(tx, &account, seq, kind, json!({ "version": version }), now).await?;
        }
        Ok(())
    }

    /// The provider doesn't take the token. That counts only if nothing newer came in between.
    async fn refused(&self, trouble: &Trouble) -> Result<bool> {
        let (app, now, answered) = (self.app, self.app.now(), self.answered);
        if self.grant.version != answered.version || self.grant.attempt.as_deref() != Some(answered.attempt.as_str()) {
            return Ok(false);
        }
        if let Some(spare) = store::spare(&app.db, &self.grant.id).await? {
            return self.use_spare(&spare).await;
        }
        let policy = self.kind.policy();
        let unsure = answered.tries > 1 && policy.rotates();
        let thought = self.grant.refused_at.is_some_and(|at| at + SECOND_THOUGHT <= now);
        if self.kind.rotation.flaky_invalid_grant && !unsure && !thought {
            let refused_at = self.grant.refused_at.or(Some(now));
            return self.end(trouble, refused_at, now + SECOND_THOUGHT).await;
        }
        let why = match self.grant.ends_at {
            _ if unsure => Reason::RotationLost,
            Some(end) if end <= now => Reason::AuthorizationExpired,
            _ => Reason::Revoked,
        };
        let last = if unsure { Trouble { class: why.name().to_owned(), ..trouble.clone() } } else { trouble.clone() };
        let mut tx = app.db.begin().await?;
        if !store::die(&mut tx, self.grant, &answered.attempt, &last).await? {
            return Ok(false);
        }
        ended(&mut tx, self.grant, why, trouble, now).await?;
        tx.commit().await?;
        tracing::info!(grant = %self.grant.id, source = %self.source.slug, why = why.name(), code = ?trouble.code, "a provider ended a grant");
        Ok(true)
    }

    /// What came beside the current secret is tried before a grant is given up.
    async fn use_spare(&self, spare: &Secrets) -> Result<bool> {
        let (app, now) = (self.app, self.app.now());
        let mut tx = app.db.begin().await?;
        if !store::use_spare(&mut tx, &spare.id).await? {
            return Ok(false);
        }
        let news = News {
            scope: &self.grant.scope,
            refreshable: true,
            // Nobody knows how long its access token still works: it is refreshed before it is handed out.
            times: timing::Times { expires_at: Some(now), published_at: Some(now), idle_at: None, next_at: Some(now) },
            ends_at: None,
            retry_at: None,
            now,
        };
        if store::commit(&mut tx, &self.grant.id, self.answered.version, &news).await?.is_none() {
            return Ok(false);
        }
        store::promote(&mut tx, &self.grant.id, &spare.id, self.answered.version.saturating_add(1), now + DAY).await?;
        tx.commit().await?;
        Ok(true)
    }

    /// The provider refuses us, not the account: all of the source's accounts wait, and none is touched.
    async fn misconfigured(&self, trouble: &Trouble) -> Result<bool> {
        let (app, now) = (self.app, self.app.now());
        let reason = trouble.code.as_deref().unwrap_or("invalid_client");
        sources::change::misconfigured(app, self.source, reason, now).await?;
        self.later(trouble, FROZEN).await
    }

    /// It is tried again after a while.
    async fn later(&self, trouble: &Trouble, wait: Duration) -> Result<bool> {
        let now = self.app.now();
        self.end(trouble, self.grant.refused_at, now + wait).await
    }

    async fn end(&self, trouble: &Trouble, refused_at: Option<Time>, retry_at: Time) -> Result<bool> {
        // What was open before this request is open after it.
        if self.answered.tries > 1 && self.kind.policy().rotates() {
            return self.open(trouble).await;
        }
        let now = self.app.now();
        // Where the provider counts, what it refused counts too.
        let least = self.kind.throttle.interval().unwrap_or_default();
        let retry_at = retry_at.max(self.answered.sent_at() + least);
        let end = Unchanged { health: Health::Degraded, trouble, refused_at, retry_at, now };
        store::settle(&self.app.db, &self.grant.id, &self.answered.attempt, &end).await
    }

    /// Nobody knows whether the token was spent.
    async fn open(&self, trouble: &Trouble) -> Result<bool> {
        open(self.app, self.grant, &self.answered.attempt, self.answered.tries, trouble).await
    }
}

/// Failures that are shorter aren't worth telling.
const NOTICE: Duration = Duration::from_secs(15 * 60);

/// vault.md §3.6 step 5: the grant moved on while this answer was on its way. The later request's answer counts; the other
/// stays as a spare, in case the provider sees it differently.
async fn late(
    tx: &mut Tx,
    answered: &Answered,
    row: Secrets,
    access_print: Option<String>,
    news: &News<'_>,
) -> Result<bool> {
    let grant = &answered.grant;
    let current = store::current(&mut *tx, grant).await?;
    let Some(current) = current.filter(|have| have.id != row.id) else { return Ok(false) };
    if store::has_secret(&mut *tx, &row.id).await? || current.refresh_print == row.refresh_print {
        return Ok(false);
    }
    let Some(live) = store::one(&mut *tx, grant).await?.filter(|live| live.state != State::Wiped) else {
        return Ok(false);
    };
    let siblings = current.parent == row.parent;
    // What was given away stays given away; should it be taken back, there is a spare.
    let counts = siblings && row.attempt > current.attempt && live.state != State::Freeing;
    let (status, purge_at) = match counts {
        true => ("current", None),
        false => ("spare", Some(news.now + DAY)),
    };
    if status == "current" {
        store::demote_to_spare(&mut *tx, &current.id, news.now + DAY).await?;
        if store::commit(&mut *tx, grant, live.version, news).await?.is_none() {
            return Err(Fault::Bug("a grant moved under its lock".to_owned()));
        }
    }
    let row = Secrets { version: live.version.saturating_add(1), ..row };
    store::add_secret(&mut *tx, Fresh { row, grant, status, access_print, purge_at }, news.now, news.now + DAY).await?;
    Ok(true)
}

/// Nobody knows what became of a request.
pub(super) async fn open(app: &App, grant: &Grant, attempt: &str, tries: i64, trouble: &Trouble) -> Result<bool> {
    let now = app.now();
    // The first probe comes as soon as it may; the ones after it ever later.
    let retry_at = if tries > 1 { now + timing::pause(tries, grant.id.as_str()) } else { now };
    store::uncertain(&app.db, &grant.id, attempt, trouble, [now, retry_at]).await
}

/// Where a provider doesn't say how long its access tokens live, and gives the means to refresh them.
const ASSUMED: Duration = Duration::from_secs(3600);

/// How long what came of a request that was sent then lives.
pub(in crate::vault) fn lives(kind: &SourceType, tokens: &Tokens, sent_at: Time) -> Lives {
    let told = tokens.expires.at(sent_at).map(|at| at.millis().saturating_sub(sent_at.millis()));
    let told = told.map(|millis| Duration::from_millis(u64::try_from(millis).unwrap_or_default()));
    let refreshable = tokens.refresh_token.is_some() || kind.kind.mints();
    let assumed = (tokens.expires == Expiry::Unknown && refreshable).then_some(ASSUMED);
    Lives {
        access: told.or(assumed),
        idle: kind.lifetimes.refresh_idle.span(),
        kills: kind.rotation.refresh_kills_access,
        earliest: kind.rotation.earliest_refresh,
    }
}

pub(super) async fn note(
    tx: &mut Tx,
    account: &accounts::Account,
    seq: i64,
    kind: &'static str,
    detail: serde_json::Value,
    now: Time,
) -> Result<()> {
    let (workspace, source) = (&account.workspace, &account.source);
    let event = Event { workspace, account: Some(&account.id), source, seq, kind, actor: &Actor::System, detail };
    events::note(&mut *tx, &event, now).await
}
