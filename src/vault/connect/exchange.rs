//! RFC 6749 §4.1.2, §4.1.3, RFC 9207: what the provider sent the browser back with is looked at, and the code is exchanged. It is
//! good once, so the answer is on the disk before it is looked at, as that of a refresh is.

use super::land::{Came, Ended, Step, failed};
use super::{Connect, UNDER_WAY, Why, begin, store};
use crate::app::App;
use crate::base::{Secret, uri};
use crate::catalogue::Kind;
use crate::catalogue::wire::{self, Code, Outcome};
use crate::outbound::{Reply, Unanswered};
use crate::vault::import;
use crate::vault::kept::Kept;
use crate::vault::refused::Refused;
use crate::vault::setup::{Ready, send};
use crate::vault::sources::{self, Proof, Source};
use std::collections::BTreeMap;

/// What the callback's address says, in its order.
pub(super) type Said = Vec<(String, String)>;

fn one<'a>(said: &'a [(String, String)], name: &str) -> Option<&'a str> {
    said.iter().find(|(have, value)| have == name && !value.is_empty()).map(|(_, value)| value.as_str())
}

/// Exchanges what came for tokens, and keeps them with the connection.
pub(super) async fn exchange(app: &App, connect: &Connect, source: &Source, said: &[(String, String)]) -> Step<()> {
    let ready = import::ready(app, source, &connect.params).await.map_err(|refused| unready(&refused))?;
    issuer(&ready, said)?;
    denied(said)?;
    let told = wire::callback(&ready.kind, said).map_err(|wrong| {
        tracing::info!(connect = %connect.id, %wrong, "a provider's callback lacks something");
        failed(Why::ProviderError)
    })?;
    let mut params = connect.params.clone();
    params.extend(told);
    let ready = import::ready(app, source, &params).await.map_err(|refused| unready(&refused))?;
    let came = ask(app, connect, source, &ready, (params, said)).await?;
    judged(app, connect, source, &ready, &came).await?;
    let sealed = came.sealed(app, connect).await?;
    store::hold(&app.db, &connect.id, sealed, &came.params, app.now() + UNDER_WAY).await?;
    crate::base::failpoint::reached("connect-held");
    Ok(())
}

fn unready(refused: &Refused) -> Ended {
    match (&refused.fault, refused.code) {
        (Some(fault), _) => Ended::Fault((**fault).clone()),
        (None, "source_misconfigured") => failed(Why::SourceMisconfigured),
        _ => failed(Why::ProviderError),
    }
}

/// RFC 9207 §2.4: the answer is from whom the browser was sent to. Where it isn't known what they are called, it must be
/// somebody at the same host. Some sign it and name their host instead.
fn issuer(ready: &Ready, said: &[(String, String)]) -> Step<()> {
    let fields = BTreeMap::new();
    let setup = ready.bare(&fields);
    let named = one(said, "iss");
    let fits = match (setup.metadata, named) {
        (Some(metadata), Some(iss)) => iss == metadata.issuer,
        (Some(metadata), None) => !metadata.iss_in_callback,
        (None, Some(iss)) => {
            let ask = wire::AskToAuthorize {
                state: "-",
                code_challenge: "-",
                redirect_uri: "-",
                nonce: "-",
                scopes: &[],
                login_hint: None,
            };
            let page = wire::authorize(&ready.kind, &setup, &ask).ok();
            page.is_some_and(|page| uri::host(&page) == uri::host(iss))
        }
        (None, None) => true,
    };
    let secrets: Vec<&Secret> =
        ready.secrets.iter().filter(|one| one.proof == Proof::Secret).map(|one| &one.value).collect();
    match fits && wire::genuine(&ready.kind, &setup, said, &secrets) {
        true => Ok(()),
        false => Err(failed(Why::IssuerMismatch)),
    }
}

/// RFC 6749 §4.1.2.1, and what providers say beside it.
fn denied(said: &[(String, String)]) -> Step<()> {
    if one(said, "setup_action") == Some("request") {
        return Err(failed(Why::ApprovalPending));
    }
    let Some(error) = one(said, "error") else { return Ok(()) };
    // Microsoft has numbers for what its codes don't tell.
    let described = one(said, "error_description").unwrap_or_default();
    let has = |numbers: &[&str]| numbers.iter().any(|number| described.contains(number));
    Err(failed(match error {
        "approval_pending" => Why::ApprovalPending,
        _ if has(&["AADSTS90095"]) => Why::ApprovalPending,
        "admin_consent_required" | "consent_required" => Why::AdminConsentRequired,
        _ if has(&["AADSTS90094", "AADSTS65001"]) => Why::AdminConsentRequired,
        "access_denied" | "user_denied" | "user_cancelled_login" | "user_cancelled_authorize" => Why::UserDenied,
        "invalid_scope" => Why::InsufficientScope,
        "unauthorized_client" | "invalid_client" => Why::SourceMisconfigured,
        _ => Why::ProviderError,
    }))
}

/// RFC 6749 §4.1.3, once, with each of our client secrets until one isn't refused.
async fn ask(
    app: &App,
    connect: &Connect,
    source: &Source,
    ready: &Ready,
    (params, said): (BTreeMap<String, String>, &[(String, String)]),
) -> Step<Came> {
    let sent = begin::sent(app, connect).await?;
    let param = ready.kind.authorize.as_ref().map_or("code", |rules| rules.code_param.as_str());
    let installs = ready.kind.kind == Kind::AppInstallation;
    let code = match one(said, param) {
        Some(code) => Secret::new(code),
        None if installs => Secret::default(),
        None => return Err(failed(Why::ProviderError)),
    };
    let (fields, redirect_uri) = (BTreeMap::new(), source.redirect_uri(app));
    let _turn = app.turns.take(source.id.as_str(), source.at_once(app)).await;
    let key = app.data_keys.sealing(&app.keys, &app.db, &connect.workspace, app.now()).await?;
    let mut last = Err(failed(Why::ProviderError));
    for secret in ready.tried() {
        let now = app.now();
        let setup = ready.with(secret, &fields, now);
        let code = Code { code: &code, code_verifier: &sent.verifier, redirect_uri: &redirect_uri };
        let call = match installs {
            true => wire::mint(&ready.kind, &setup, &begin::asked_for(connect, source), now),
            false => wire::exchange(&ready.kind, &setup, code),
        };
        let call = call.map_err(|wrong| {
            tracing::error!(source = %source.slug, %wrong, "a code can't be exchanged");
            failed(Why::SourceMisconfigured)
        })?;
        let reply: Reply = send(app, &call).await.map_err(|why| unanswered(connect, source, &why))?;
        let came = Came {
            connect: connect.id.clone(),
            workspace: connect.workspace.clone(),
            sent_at: now.millis(),
            params: params.clone(),
            nonce: sent.nonce.clone(),
            kept: Kept::of(&reply),
        };
        came.keep(app, &key).await;
        crate::base::failpoint::reached("connect-answered");
        let refused = matches!(came.outcome(&ready.kind), Outcome::ClientBad { .. });
        last = Ok(came);
        if !refused {
            break;
        }
    }
    last
}

fn unanswered(connect: &Connect, source: &Source, why: &Unanswered) -> Ended {
    tracing::warn!(connect = %connect.id, source = %source.slug, ?why, "a provider didn't answer for a code");
    failed(Why::ProviderError)
}

/// Whether it brought tokens.
async fn judged(app: &App, connect: &Connect, source: &Source, ready: &Ready, came: &Came) -> Step<()> {
    let outcome = came.outcome(&ready.kind);
    if !matches!(outcome, Outcome::Tokens(_)) {
        tracing::info!(connect = %connect.id, source = %source.slug, outcome = outcome.name(), error = ?outcome.error(),
            "a code brought no tokens");
    }
    Err(failed(match outcome {
        Outcome::Tokens(_) => return Ok(()),
        Outcome::ClientBad { error } => {
            sources::change::misconfigured(app, source, &error, app.now()).await?;
            Why::SourceMisconfigured
        }
        Outcome::GrantDead { .. } | Outcome::RequestBad { .. } => Why::CodeRejected,
        Outcome::Interaction { .. } => Why::AdminConsentRequired,
        Outcome::Throttled { .. } | Outcome::Transient { .. } | Outcome::Ambiguous { .. } => Why::ProviderError,
    }))
}
