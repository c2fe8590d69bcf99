//! Accounts that an app brings (vault.md §3.3, §3.5): typed-in keys, tokens, and refresh tokens of which we take custody.

use super::accounts::{Account, Custody};
use super::actor::{ACCOUNTS_CUSTODY, ACCOUNTS_WRITE, Actor};
use super::arrive::{Coming, arrive};
use super::grants::GrantId;
use super::held::Held;
use super::identify::{Known, identify};
use super::refused::Refused;
use super::setup::{Ready, Unready, answer, send};
use super::sources::{self, Source};
use super::take::{self, Presented};
use crate::app::App;
use crate::base::{Secret, Time};
use crate::catalogue::wire::{self, Identity, Outcome};
use crate::catalogue::{self, Asked as Param, SourceType};
use crate::outbound::Unanswered;
use axum::http::StatusCode;
use serde_json::{Map, Value, json};
use std::collections::BTreeMap;
use std::time::Duration;

/// What an app brings.
#[derive(Debug, Default)]
pub struct Brought {
    /// RFC 6749 §1.5.
    pub refresh_token: Option<Secret>,
    /// RFC 6749 §1.4.
    pub access_token: Option<Secret>,
    /// Whether that is to be exchanged for one that expires and a refresh token: once, with no way back.
    pub migrate: bool,
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

impl Brought {
    /// What custody is taken with; none where what is brought is kept as it is.
    fn presented(&self, kind: &SourceType) -> Result<Option<Presented>, Refused> {
        match (&self.refresh_token, &self.access_token) {
            (Some(_), _) if self.migrate => {
                Err(Refused::field("migrate", "is for an access token without a refresh token; leave it out"))
            }
            (Some(token), _) => Ok(Some(Presented::Refresh(token.clone()))),
            _ if !self.migrate => Ok(None),
            _ if kind.migrate.is_none() => Err(Refused::field(
                "migrate",
                format!("isn't for {}: nothing is known of an exchange there", kind.name),
            )),
            (None, Some(token)) => Ok(Some(Presented::LongLived(token.clone()))),
            (None, None) => {
                Err(Refused::field("credentials", "must have oauth_access_token, which is to be exchanged"))
            }
        }
    }

    /// Whether it is the account that was named, if one was.
    pub(super) fn is(&self, identity: &Identity) -> Result<(), Refused> {
        if self.external_id.as_ref().is_none_or(|named| *named == identity.external_id) {
            return Ok(());
        }
        let why = "these credentials are those of another account than the one that was named";
        Err(Refused::new(StatusCode::UNPROCESSABLE_ENTITY, "external_id_mismatch", why)
            .with(json!({ "expected": self.external_id, "found": identity.external_id })))
    }
}

/// What is worth knowing of an account that was brought.
pub struct Imported {
    /// The account.
    pub account: Account,
    /// Whether what was brought is spent, so that every other copy of it is dead.
    pub exclusive: Option<bool>,
    /// Whether its token, which has no refresh token, can be exchanged for one that has.
    pub can_migrate: bool,
}

/// Makes an account of it.
pub async fn import(app: &App, who: &Actor, source: &Source, brought: Brought) -> Result<Imported, Refused> {
    admitted(who, source, &brought)?;
    let ready = ready(app, source, &brought.params).await?;
    ready.kind.check_params(Param::Connect, &brought.params)?;
    sources::change::reachable(app, &ready.kind, Param::Connect, &brought.params)?;
    if let Some(presented) = brought.presented(&ready.kind)? {
        let taken = take::take(app, who, source, &ready, &brought, &presented).await?;
        let (held, exclusive) = (taken.held.clone(), Some(taken.exclusive));
        let made = settled(app, who, source, &ready, brought, held, None, Some(taken.grant.clone())).await?;
        taken.forget(app).await?;
        return Ok(Imported { exclusive, can_migrate: false, ..made });
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
            return Err(custody_required(&ready.kind));
        }
        if held.access_token.is_none() {
            return Err(Refused::field("credentials", "must have oauth_refresh_token or oauth_access_token"));
        }
    }
    settled(app, who, source, &ready, brought, held, None, None).await
}

fn custody_required(kind: &SourceType) -> Refused {
    let why =
        "this provider lets only one holder refresh; bring the refresh token, or connect the account in a browser";
    let why = match kind.migrate {
        Some(_) => format!(
            "{why}. A token that doesn't expire can be exchanged for one that does and a refresh token: say \"migrate\": true. \
             That happens once, there is no way back, and every other copy of the token is dead then"
        ),
        None => why.to_owned(),
    };
    Refused::new(StatusCode::UNPROCESSABLE_ENTITY, "custody_required", why)
        .with(json!({ "can_migrate": kind.migrate.is_some() }))
}

fn admitted(who: &Actor, source: &Source, brought: &Brought) -> Result<(), Refused> {
    let takes = brought.refresh_token.is_some() || brought.migrate;
    for (needed, scope) in [(true, ACCOUNTS_WRITE), (takes, ACCOUNTS_CUSTODY)] {
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
    if takes && brought.key.is_none() {
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
    brought.is(&identity)?;
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
    let can_migrate = ready.kind.migrate.is_some() && account.custody == Custody::None;
    Ok(Imported { account, exclusive: None, can_migrate })
}
