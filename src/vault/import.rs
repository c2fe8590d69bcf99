//! Accounts that an app brings (vault.md §3.3, §3.5): typed-in keys, tokens, and refresh tokens of which we take custody. A
//! refresh token is ours only after it was used once: on rotating providers that ends every other copy of it.

use super::accounts::Account;
use super::actor::{ACCOUNTS_CUSTODY, ACCOUNTS_WRITE, Actor};
use super::arrive::{Coming, arrive};
use super::grants::store::{Fresh, News, Secrets};
use super::grants::{self, AttemptState, GrantId, State};
use super::held::Held;
use super::identify::{Known, identify};
use super::refused::Refused;
use super::setup::{Ready, Unready, answer, send};
use super::sources::{self, Source};
use super::{prints, refresh};
use crate::app::App;
use crate::base::encoding::{fingerprint, hex};
use crate::base::id::uuid7;
use crate::base::{Secret, Time};
use crate::catalogue::wire::{self, Outcome};
use crate::catalogue::{self, Asked as Param};
use crate::db::On;
use crate::outbound::Unanswered;
use crate::{args, sql};
use axum::http::StatusCode;
use serde_json::{Map, Value, json};
use std::collections::BTreeMap;
use std::time::Duration;

sql! {
    read TAKE = "SELECT grant_id FROM vault_takes WHERE id = $1";
    write NOTE_TAKE = "INSERT INTO vault_takes (id, grant_id, created_at) VALUES ($1, $2, $3) RETURNING id";
    write FORGET_TAKE = "DELETE FROM vault_takes WHERE id = $1 RETURNING id";
    write PURGE_TAKES = "DELETE FROM vault_takes WHERE created_at < $1 RETURNING id";
}

/// What an app brings.
#[derive(Debug, Default)]
pub struct Brought {
    /// RFC 6749 §1.5.
    pub refresh_token: Option<Secret>,
    /// RFC 6749 §1.4.
    pub access_token: Option<Secret>,
    /// When that expires, where it is known.
    pub expires_at: Option<Time>,
    /// What somebody typed in, by the type's names.
    pub fields: BTreeMap<String, Secret>,
    /// What addresses need to be told.
    pub params: BTreeMap<String, String>,
    /// What was granted, where it is known.
    pub scopes: Vec<String>,
    /// The provider's name for it, where the provider doesn't say it.
    pub external_id: Option<String>,
    /// What people call it.
    pub name: Option<String>,
    /// What the app keeps with it.
    pub metadata: Map<String, Value>,
    /// Whose it is at the app.
    pub owner_ref: Option<String>,
    /// What the app calls this request, so that it can ask for its outcome again.
    pub key: Option<String>,
}

/// What is worth knowing of an account that was brought.
pub struct Imported {
    /// The account.
    pub account: Account,
    /// Whether the refresh token was replaced, so that every other copy of it is dead.
    pub exclusive: Option<bool>,
}

/// Makes an account of it.
pub async fn import(app: &App, who: &Actor, source: &Source, brought: Brought) -> Result<Imported, Refused> {
    admitted(who, source, &brought)?;
    let ready = ready(app, source, &brought.params).await?;
    ready.kind.check_params(Param::Connect, &brought.params)?;
    sources::change::reachable(app, &ready.kind, Param::Connect, &brought.params)?;
    if let Some(token) = brought.refresh_token.clone() {
        return take(app, who, source, &ready, brought, token).await;
    }
    let fields = wire::typed(&ready.kind, &brought.fields)?;
    let mut held = Held { fields, access_token: brought.access_token.clone(), ..Held::default() };
    if ready.kind.kind.mints() {
        let tokens = mint(app, &ready, &held, &brought.scopes).await?;
        held.access_token = Some(tokens.0.access_token.clone());
        held.token_type = Some(tokens.0.token_type.clone());
        return settled(app, who, source, &ready, brought, held, Some(tokens), None).await;
    }
    if ready.kind.kind.connects_in_browser() {
        if ready.kind.custody == catalogue::Custody::Required {
            let why = "this provider lets only one holder refresh; bring the refresh token, or connect the account in a browser";
            return Err(Refused::new(StatusCode::UNPROCESSABLE_ENTITY, "custody_required", why));
        }
        if held.access_token.is_none() {
            return Err(Refused::field("credentials", "must have oauth_refresh_token or oauth_access_token"));
        }
    }
    settled(app, who, source, &ready, brought, held, None, None).await
}

fn admitted(who: &Actor, source: &Source, brought: &Brought) -> Result<(), Refused> {
    for (needed, scope) in [(true, ACCOUNTS_WRITE), (brought.refresh_token.is_some(), ACCOUNTS_CUSTODY)] {
        if needed && !who.may(scope) {
            return Err(Refused::scope(scope));
        }
    }
    if who.user.is_none() {
        let why = "accounts have an owner: use the token of a person, or an API token";
        return Err(Refused::new(StatusCode::FORBIDDEN, "forbidden", why));
    }
    if source.state == sources::State::Paused {
        return Err(Refused::conflict(
            "source_paused",
            "the source is paused; an administrator of the workspace can start it again",
        ));
    }
    if brought.refresh_token.is_some() && brought.key.is_none() {
        let why =
            "must be sent as a header: without it a lost answer would leave nobody knowing who holds the refresh token";
        return Err(Refused::field("Idempotency-Key", why));
    }
    Ok(())
}

pub(super) async fn ready(app: &App, source: &Source, params: &BTreeMap<String, String>) -> Result<Ready, Refused> {
    Ready::of(app, source, params).await?.map_err(|unready| match unready {
        Unready::Wrong(why) => Refused::new(StatusCode::FAILED_DEPENDENCY, "source_misconfigured", why),
        Unready::Unreachable(why) => {
            tracing::info!(source = %source.slug, why, "a provider's discovery document can't be had");
            Refused::later(
                "verification_unavailable",
                "the provider can't be reached right now",
                Duration::from_secs(5),
            )
        }
    })
}

/// Asks for the first token of a key that somebody typed in.
pub(super) async fn mint(
    app: &App,
    ready: &Ready,
    held: &Held,
    scopes: &[String],
) -> Result<(Box<wire::Tokens>, Time), Refused> {
    let sent_at = app.now();
    let call = wire::mint(&ready.kind, &ready.with(ready.first(), &held.fields, sent_at), scopes, sent_at)?;
    let reply = send(app, &call).await.map_err(|why| unreachable(&why))?;
    match wire::read(&ready.kind, &answer(&reply)) {
        Outcome::Tokens(tokens) => Ok((tokens, sent_at)),
        other => Err(rejected(&other)),
    }
}

fn unreachable(why: &Unanswered) -> Refused {
    tracing::info!(?why, "a provider couldn't be asked");
    let why = "the provider can't be reached right now; nothing was kept, try again in a moment";
    Refused::later("verification_unavailable", why, Duration::from_secs(5))
}

/// What a provider's answer without a token means for whoever just brought something.
pub(super) fn rejected(outcome: &Outcome) -> Refused {
    let details = json!({ "error": outcome.error() });
    match outcome {
        Outcome::ClientBad { .. } => {
            let why = "the provider refuses this source's client id or secret; an administrator of the workspace must mend it";
            Refused::new(StatusCode::FAILED_DEPENDENCY, "source_misconfigured", why).with(details)
        }
        Outcome::Throttled { retry_after, .. } | Outcome::Transient { retry_after, .. } => {
            let why = "the provider can't answer right now; nothing was kept, try again in a moment";
            Refused::later("verification_unavailable", why, retry_after.unwrap_or(Duration::from_secs(5))).with(details)
        }
        Outcome::Ambiguous { .. } => {
            let why = "the provider's answer can't be read; nothing was kept, try again in a moment";
            Refused::later("verification_unavailable", why, Duration::from_secs(5)).with(details)
        }
        _ => {
            let why = "the provider doesn't accept these credentials; nothing was kept";
            Refused::new(StatusCode::UNPROCESSABLE_ENTITY, "credentials_rejected", why).with(details)
        }
    }
}

/// Takes custody: the token is written down with the intent to use it, used by the same steps as any other, and only then an
/// account is made.
async fn take(
    app: &App,
    who: &Actor,
    source: &Source,
    ready: &Ready,
    brought: Brought,
    token: Secret,
) -> Result<Imported, Refused> {
    let key = brought.key.clone().unwrap_or_default();
    let name = fingerprint(format!("{}\0{}\0{key}", who.name, who.workspace).as_bytes());
    let row = (&app.db).one(TAKE, args![&name]).await?;
    let id = match row.map(|row| row.id("grant_id")).transpose()? {
        Some(id) => id,
        None if source.state == sources::State::Misconfigured => {
            let why = "the provider refuses this source's client id or secret; an administrator of the workspace must mend it. Nothing was kept";
            return Err(Refused::new(StatusCode::FAILED_DEPENDENCY, "source_misconfigured", why));
        }
        None => begin(app, source, &brought, &token, &name).await?,
    };
    adopt(app, &id).await.inspect_err(|refused| {
        tracing::info!(grant = %id, code = refused.code, "custody wasn't taken");
    })?;
    let held = refresh::held(app, &id).await?.ok_or_else(Refused::not_found)?;
    let exclusive = held.refresh_token.as_ref().is_some_and(|now| now.reveal() != token.reveal());
    let made = settled(app, who, source, ready, brought, held, None, Some(id)).await?;
    (&app.db).run(FORGET_TAKE, args![&name]).await?;
    Ok(Imported { exclusive: Some(exclusive), ..made })
}

async fn begin(app: &App, source: &Source, brought: &Brought, token: &Secret, name: &str) -> Result<GrantId, Refused> {
    let now = app.now();
    let print = prints::of(app, token);
    if grants::store::by_print(&app.db, &print).await?.is_some() {
        let why = "the vault holds this refresh token already; look for its account instead of bringing it again";
        return Err(Refused::conflict("already_held", why));
    }
    let (id, secret) = (grants::fresh(now), format!("try_{}", hex(&uuid7(now))));
    let held =
        Held { refresh_token: Some(token.clone()), access_token: brought.access_token.clone(), ..Held::default() };
    let data_key = app.data_keys.sealing(&app.keys, &app.db, &source.workspace, now).await?;
    let sealed = data_key.seal(refresh::place(&secret), &held.to_plain()?)?;
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

/// How long whoever brings a token waits for its first use.
const ADOPTION: Duration = Duration::from_secs(25);

/// Uses a token for the first time. Version 2 is the proof that it is ours.
async fn adopt(app: &App, id: &GrantId) -> Result<(), Refused> {
    let until = tokio::time::Instant::now() + ADOPTION;
    loop {
        let grant = grants::store::one(&app.db, id).await?.ok_or_else(Refused::not_found)?;
        if grant.version > 1 {
            return Ok(());
        }
        if grant.state != State::Live {
            let mut tx = app.db.begin().await?;
            grants::store::wipe(&mut tx, id).await?;
            tx.commit().await?;
            let code = grant.error.and_then(|error| error.code);
            let why = "the provider doesn't accept this refresh token; nothing was kept";
            return Err(Refused::new(StatusCode::UNPROCESSABLE_ENTITY, "credentials_rejected", why)
                .with(json!({ "error": code })));
        }
        let left = until.saturating_duration_since(tokio::time::Instant::now());
        let waits = grant.retry_at.is_some_and(|at| at > app.now()) && grant.attempt_state == AttemptState::Clean;
        let flight = (!waits && !left.is_zero()).then(|| refresh::begin(app, id, grant.version)).flatten();
        match flight {
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

/// Whether its provider refuses us.
async fn misconfigured(app: &App, grant: &grants::Grant) -> Result<bool, Refused> {
    let source = sources::store::one(&app.db, &grant.source).await?;
    Ok(source.is_some_and(|source| source.state == sources::State::Misconfigured))
}

#[expect(clippy::too_many_arguments, reason = "one step of three callers above, with what each has found")]
async fn settled(
    app: &App,
    who: &Actor,
    source: &Source,
    ready: &Ready,
    brought: Brought,
    held: Held,
    tokens: Option<(Box<wire::Tokens>, Time)>,
    grant: Option<GrantId>,
) -> Result<Imported, Refused> {
    let known = Known { held: &held, tokens: tokens.as_ref().map(|(tokens, _)| &**tokens), nonce: None };
    let identity = identify(app, ready, known).await?;
    if brought.external_id.as_ref().is_some_and(|given| *given != identity.external_id) {
        let why = "these credentials are those of another account than the one that was named";
        return Err(Refused::new(StatusCode::UNPROCESSABLE_ENTITY, "external_id_mismatch", why)
            .with(json!({ "expected": brought.external_id, "found": identity.external_id })));
    }
    let coming = Coming {
        source,
        ready,
        held,
        tokens: tokens.as_ref().map(|(tokens, at)| (&**tokens, *at)),
        grant,
        identity,
        params: brought.params,
        scope: brought.scopes.join(" "),
        owner: who.user.clone(),
        owner_ref: brought.owner_ref,
        name: brought.name,
        metadata: brought.metadata,
        repair: None,
        connect: None,
        by: &who.name,
    };
    let account = arrive(app, coming).await?;
    Ok(Imported { account, exclusive: None })
}

/// Forgets requests from before `before`.
pub async fn purge(app: &App, before: Time) -> crate::db::Result<usize> {
    (&app.db).run(PURGE_TAKES, args![before]).await
}
