//! What came back becomes an account: who is it, did they allow enough, is it the one that was meant. Until then it is kept sealed,
//! for ten minutes: the code is spent, and there is no other copy.

use super::{Binding, Connect, ConnectId, OVER, Status, UNDER_WAY, Why, begin, store};
use crate::app::App;
use crate::audit;
use crate::base::Time;
use crate::base::encoding::hex;
use crate::base::id::{WorkspaceId, uuid7};
use crate::catalogue::wire::{self, Identity, Outcome, Tokens};
use crate::catalogue::{Custody, SourceType};
use crate::db::{Fault, Result};
use crate::keys::DataKey;
use crate::vault::accounts;
use crate::vault::arrive::{Coming, arrive};
use crate::vault::grants;
use crate::vault::grants::store::{Fresh, Secrets};
use crate::vault::held::Held;
use crate::vault::identify::{Known, identify};
use crate::vault::kept::{self, Kept};
use crate::vault::refused::Refused;
use crate::vault::setup::Ready;
use crate::vault::sources::{self, Source};
use crate::vault::{import, manage, prints, refresh};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::time::Duration;
use zeroize::Zeroizing;

/// How a step may end otherwise.
pub(super) enum Ended {
    /// There will be no account, for this reason; and what the provider didn't grant.
    Failed(Why, Vec<String>),
    /// Not now; what came is kept.
    Later,
    /// Disk, network, bug.
    Fault(Fault),
}

impl From<Fault> for Ended {
    fn from(fault: Fault) -> Self {
        Ended::Fault(fault)
    }
}

pub(super) type Step<T> = std::result::Result<T, Ended>;

pub(super) fn failed(why: Why) -> Ended {
    Ended::Failed(why, Vec::new())
}

/// What a provider answered for a code, and all that is needed to make an account of it.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct Came {
    pub connect: ConnectId,
    pub workspace: WorkspaceId,
    /// When it was asked, in milliseconds.
    pub sent_at: i64,
    pub params: BTreeMap<String, String>,
    pub nonce: String,
    #[serde(flatten)]
    pub kept: Kept,
}

impl Came {
    pub(super) fn outcome(&self, kind: &SourceType) -> Outcome {
        self.kept.read(|answer| wire::read(kind, answer))
    }

    fn plain(&self) -> Result<Zeroizing<Vec<u8>>> {
        serde_json::to_vec(self).map(Zeroizing::new).map_err(|why| Fault::Bug(why.to_string()))
    }

    /// For the connection's row.
    pub(super) async fn sealed(&self, app: &App, connect: &Connect) -> Result<(String, Vec<u8>)> {
        begin::sealed(app, connect, &self.plain()?, app.now()).await
    }

    /// On this machine's disk, before anything is made of it.
    pub(super) async fn keep(&self, app: &App, key: &DataKey) {
        let name = format!("{:013}-{}", self.sent_at, self.connect);
        if let Err(fault) = kept::put(app, key, &name, self).await {
            tracing::error!(connect = %self.connect, %fault, "an answer couldn't be kept on this disk; it is in memory only until it is in the database");
        }
    }
}

/// Whether an entry of the spool is a connection's.
pub(in crate::vault) fn names(entry: &str) -> bool {
    entry.contains("-con_")
}

/// After a start: what a provider answered for a code, and this machine hadn't written down in the database.
pub(in crate::vault) async fn replay(app: &App, entry: &str) -> Result<()> {
    let came: Came = match kept::open(app, entry).await {
        Ok(Some(came)) => came,
        Ok(None) => return Ok(()),
        Err(fault) if fault.temporary() => return Err(fault),
        Err(fault) => {
            tracing::error!(entry, %fault, "an entry of the spool is left where it is");
            return Ok(());
        }
    };
    let Some(connect) = store::one(&app.db, &came.connect).await? else { return Ok(()) };
    if connect.status != Status::Returned {
        // It may be in the database, and nobody has made an account of it yet.
        return go_on(app, &connect.id).await;
    }
    let Some(source) = sources::store::one(&app.db, &connect.source).await? else { return Ok(()) };
    let kind = source.kind(app)?.configured(&source.params).map_err(|wrong| Fault::Bug(wrong.to_string()))?;
    if !matches!(came.outcome(&kind), Outcome::Tokens(_)) {
        return store::fail(&app.db, &connect.id, Why::ProviderError, &[]).await.map(drop);
    }
    let sealed = came.sealed(app, &connect).await?;
    store::hold(&app.db, &connect.id, sealed, &came.params, app.now() + UNDER_WAY).await?;
    go_on(app, &connect.id).await
}

/// Makes an account of what is kept, unless the app's server has the last word. Everything that comes of it is in the row.
pub(super) async fn go_on(app: &App, id: &ConnectId) -> Result<()> {
    let Some(connect) = store::one(&app.db, id).await? else { return Ok(()) };
    if connect.status == Status::Returned && connect.open_until.is_some_and(|until| until <= app.now()) {
        // Whoever exchanged its code ended before there was an answer.
        return store::fail(&app.db, id, Why::StateExpired, &[]).await.map(drop);
    }
    if connect.status != Status::Candidate {
        return Ok(());
    }
    let Some(source) = sources::store::one(&app.db, &connect.source).await? else { return Ok(()) };
    let outcome = match connect.binding {
        // It is looked at all the same: the person is still there to hear what is wrong.
        Binding::Verifier => judge(app, &connect, &source).await.map(drop),
        Binding::Session | Binding::Confirm => land(app, &connect, &source).await,
    };
    end(app, &connect, outcome).await
}

/// Writes down how a step ended that didn't end well.
pub(super) async fn end(app: &App, connect: &Connect, outcome: Step<()>) -> Result<()> {
    match outcome {
        Ok(()) | Err(Ended::Later) => Ok(()),
        Err(Ended::Fault(fault)) => Err(fault),
        Err(Ended::Failed(why, missing)) => {
            tracing::info!(connect = %connect.id, why = why.name(), "an account wasn't connected");
            store::fail(&app.db, &connect.id, why, &missing).await.map(drop)
        }
    }
}

/// Who it is, and with what.
pub(super) struct Judged {
    ready: Ready,
    held: Held,
    tokens: Option<(Box<Tokens>, Time)>,
    identity: Identity,
}

/// Finds out who it is, and whether that will do. What won't do is given back to the provider, where that ends nobody else's
/// access.
pub(super) async fn judge(app: &App, connect: &Connect, source: &Source) -> Step<Judged> {
    let ready = import::ready(app, source, &connect.params).await.map_err(|refused| unidentified(&refused))?;
    let (held, tokens, nonce) = content(app, connect, source, &ready).await?;
    let missing = missing(connect, source, &ready.kind, tokens.as_ref().map(|(tokens, _)| &**tokens));
    let nonce = nonce.filter(|_| ready.kind.authorize.as_ref().is_some_and(|rules| rules.nonce));
    let known = Known { held: &held, tokens: tokens.as_ref().map(|(tokens, _)| &**tokens), nonce: nonce.as_deref() };
    let found = identify(app, &ready, known).await;
    let identity = match found {
        Ok(identity) => identity,
        // What they didn't allow is the likely reason.
        Err(refused) if !missing.is_empty() && refused.retry_after.is_none() => {
            return Err(Ended::Failed(Why::InsufficientScope, missing));
        }
        Err(refused) => return Err(unidentified(&refused)),
    };
    let verdict = verdict(connect, &ready.kind, (&held, tokens.is_some()), identity.clone(), missing);
    match verdict {
        Ok(identity) => Ok(Judged { ready, held, tokens, identity }),
        Err(ended) => {
            give_back(app, (connect, source), &held, &identity).await?;
            Err(ended)
        }
    }
}

/// What is kept: the provider's answer, or what somebody typed in.
async fn content(
    app: &App,
    connect: &Connect,
    source: &Source,
    ready: &Ready,
) -> Step<(Held, Option<(Box<Tokens>, Time)>, Option<String>)> {
    let plain = begin::opened(app, connect).await?;
    if !ready.kind.kind.connects_in_browser() {
        let mut held = Held::from_plain(&plain)?;
        if !ready.kind.kind.mints() {
            return Ok((held, None, None));
        }
        let scopes = begin::asked_for(connect, source);
        let tokens = import::mint(app, ready, &held, &scopes).await.map_err(|refused| unidentified(&refused))?;
        held.access_token = Some(tokens.0.access_token.clone());
        held.token_type = Some(tokens.0.token_type.clone());
        return Ok((held, Some(tokens), None));
    }
    let came: Came = serde_json::from_slice(&plain).map_err(|_| Fault::Bug("a candidate isn't JSON".to_owned()))?;
    let Outcome::Tokens(tokens) = came.outcome(&ready.kind) else { return Err(failed(Why::ProviderError)) };
    let held = Held {
        access_token: Some(tokens.access_token.clone()),
        token_type: Some(tokens.token_type.clone()),
        refresh_token: tokens.refresh_token.clone(),
        ..Held::default()
    };
    Ok((held, Some((tokens, Time::from_millis(came.sent_at))), Some(came.nonce)))
}

fn unidentified(refused: &Refused) -> Ended {
    match (&refused.fault, refused.code) {
        (Some(fault), _) => Ended::Fault((**fault).clone()),
        (None, _) if refused.retry_after.is_some() => Ended::Later,
        (None, "credentials_rejected") => failed(Why::CredentialsRejected),
        (None, "source_misconfigured") => failed(Why::SourceMisconfigured),
        (None, code) => {
            tracing::info!(code, why = %refused, "a provider doesn't say who an account is");
            failed(Why::ProviderError)
        }
    }
}

/// OpenID Connect's own scopes are answered under other names, or not at all.
const OPENID: [&str; 6] = ["openid", "profile", "email", "address", "phone", "offline_access"];

/// What was asked for and isn't granted, as far as the provider says what is.
fn missing(connect: &Connect, source: &Source, kind: &SourceType, tokens: Option<&Tokens>) -> Vec<String> {
    let Some(granted) = tokens.and_then(|tokens| tokens.scopes.as_ref()) else { return Vec::new() };
    let asked = kind.scopes_to_ask(&begin::asked_for(connect, source));
    asked.into_iter().filter(|scope| !granted.contains(scope) && !OPENID.contains(&scope.as_str())).collect()
}

fn verdict(
    connect: &Connect,
    kind: &SourceType,
    (held, has_tokens): (&Held, bool),
    identity: Identity,
    missing: Vec<String>,
) -> Step<Identity> {
    let identity = match &connect.ask.expected_external_id {
        Some(expected) => meant(identity, expected).ok_or_else(|| failed(Why::WrongAccount))?,
        None => identity,
    };
    if !missing.is_empty() && !connect.ask.allow_partial_scopes {
        return Err(Ended::Failed(Why::InsufficientScope, missing));
    }
    if has_tokens && kind.custody == Custody::Required && held.refresh_token.is_none() {
        return Err(failed(Why::NoRefreshToken));
    }
    Ok(identity)
}

/// The one that was meant, of those that this grant opens.
fn meant(identity: Identity, expected: &str) -> Option<Identity> {
    if identity.external_id == expected {
        return Some(identity);
    }
    let Identity { siblings, .. } = identity.clone();
    let (mut found, others): (Vec<_>, Vec<_>) = siblings.into_iter().partition(|one| one.external_id == expected);
    let first = found.pop()?;
    let rest = std::iter::once(Identity { siblings: Vec::new(), ..identity }).chain(others).collect();
    Some(Identity { siblings: rest, ..first })
}

/// A provider may end all that one person has allowed us: it is told only where we have nothing else of theirs.
async fn give_back(app: &App, (connect, source): (&Connect, &Source), held: &Held, identity: &Identity) -> Result<()> {
    for one in std::iter::once(identity).chain(&identity.siblings) {
        if accounts::store::by_external(&app.db, &source.id, &one.external_id).await?.is_some() {
            return Ok(());
        }
    }
    manage::tell_provider(app, source, &connect.params, held).await;
    Ok(())
}

/// Makes the account, or mends the one that is there.
pub(super) async fn land(app: &App, connect: &Connect, source: &Source) -> Step<()> {
    let Judged { ready, held, tokens, identity } = judge(app, connect, source).await?;
    let by = audit::Actor::User(connect.owner.clone());
    let coming = Coming {
        source,
        ready: &ready,
        held: held.clone(),
        tokens: tokens.as_ref().map(|(tokens, at)| (&**tokens, *at)),
        grant: None,
        identity: identity.clone(),
        params: connect.params.clone(),
        scope: ready.kind.scopes_to_ask(&begin::asked_for(connect, source)).join(" "),
        owner: Some(connect.owner.clone()),
        owner_ref: connect.ask.owner_ref.clone(),
        name: connect.ask.name.clone(),
        metadata: connect.ask.metadata.clone(),
        repair: connect.account.clone(),
        connect: Some(&connect.id),
        by: &by,
    };
    let Err(refused) = arrive(app, coming).await else { return Ok(()) };
    match (refused.fault, refused.code) {
        (Some(fault), _) => Err(Ended::Fault(*fault)),
        (None, OVER) => Ok(()),
        (None, "external_id_taken") => {
            if ready.kind.rotation.new_consent_replaces {
                keep_beside(app, source, &held, &identity).await?;
            }
            Err(failed(Why::ExternalIdTaken))
        }
        (None, _) => {
            give_back(app, (connect, source), &held, &identity).await?;
            Err(failed(Why::WrongAccount))
        }
    }
}

/// How long tokens of somebody's second consent are kept for the first.
const SPARE: Duration = Duration::from_secs(30 * 86_400);

/// vault.md §3.4 rule 9: where a new consent ends the old one, the account that is there lives on with what came.
async fn keep_beside(app: &App, source: &Source, held: &Held, identity: &Identity) -> Result<()> {
    let Some(there) = accounts::store::by_external(&app.db, &source.id, &identity.external_id).await? else {
        return Ok(());
    };
    let Some((grant, _)) = accounts::store::grants(&app.db, &there.id).await?.into_iter().next() else { return Ok(()) };
    let Some(live) = grants::store::one(&app.db, &grant).await? else { return Ok(()) };
    let now = app.now();
    let name = format!("try_{}", hex(&uuid7(now)));
    let key = app.data_keys.sealing(&app.keys, &app.db, &source.workspace, now).await?;
    let sealed = key.seal(refresh::place(&name), &held.to_plain()?)?;
    let print = |secret: &Option<_>| secret.as_ref().map(|one| prints::of(app, one));
    let row = Secrets {
        id: name,
        version: live.version,
        parent: live.version,
        attempt: live.attempts,
        key: key.id,
        sealed,
        refresh_print: print(&held.refresh_token),
    };
    let access_print = print(&held.access_token);
    let fresh = Fresh { row, grant: &grant, status: "spare", access_print, purge_at: Some(now + SPARE) };
    grants::store::add_secret(&app.db, fresh, now, now).await
}

/// How long anybody can ask what became of a connection.
const REMEMBERED: Duration = Duration::from_secs(86_400);

/// Ends those that nobody came back for, and forgets those that ended long ago.
pub async fn tidy(app: &App) -> Result<()> {
    let now = app.now();
    for connect in store::overdue(&app.db, now).await? {
        let Some(source) = sources::store::one(&app.db, &connect.source).await? else { continue };
        let judged = match connect.status {
            Status::Candidate => judge(app, &connect, &source).await.ok(),
            _ => None,
        };
        if store::fail(&app.db, &connect.id, Why::StateExpired, &[]).await?
            && let Some(Judged { held, identity, .. }) = judged
        {
            give_back(app, (&connect, &source), &held, &identity).await?;
        }
    }
    while store::purge(&app.db, now - REMEMBERED).await? > 0 {}
    Ok(())
}
