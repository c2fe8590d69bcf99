//! A connection begins: an app asks for one, then a browser is sent to the provider.

use super::{Ask, Binding, Connect, ConnectId, UNDER_WAY, place, print, store};
use crate::app::App;
use crate::base::encoding::{base64url, from_base64url, hex, sha256};
use crate::base::id::uuid7;
use crate::base::{Secret, Time, entropy, uri};
use crate::catalogue::wire::{self, AskToAuthorize};
use crate::catalogue::{Asked as Param, SourceType};
use crate::db::{Fault, Result};
use crate::vault::accounts::AccountId;
use crate::vault::actor::{Actor, CONNECT_WRITE, Level};
use crate::vault::import;
use crate::vault::look::Which;
use crate::vault::manage;
use crate::vault::refused::Refused;
use crate::vault::sources::{self, Source, State};
use axum::http::StatusCode;
use serde::Deserialize;
use serde_json::json;
use std::collections::BTreeMap;
use std::time::Duration;
use zeroize::Zeroizing;

/// The longest time that a link to a connection is good.
pub const LONGEST: Duration = Duration::from_secs(3600);

/// What is asked for.
#[derive(Debug, Default)]
pub struct Asked {
    /// The account to mend; none for any.
    pub account: Option<AccountId>,
    /// What binds it; none for what fits the rest.
    pub binding: Option<Binding>,
    /// What the provider and the app are told.
    pub ask: Ask,
    /// What addresses need to be told, as far as it is known already.
    pub params: BTreeMap<String, String>,
    /// For how long its link is good.
    pub lives: Option<Duration>,
}

/// Makes one; gives its token, which is known nowhere else.
pub async fn create(
    app: &App,
    who: &Actor,
    source: &Source,
    asked: Asked,
) -> std::result::Result<(Connect, Secret), Refused> {
    if !who.may(CONNECT_WRITE) {
        return Err(Refused::scope(CONNECT_WRITE));
    }
    let Some(owner) = &who.user else {
        let why = "accounts have an owner: use the token of a person, or an API token";
        return Err(Refused::new(StatusCode::FORBIDDEN, "forbidden", why));
    };
    let binding = binding(&asked)?;
    let mut ask = asked.ask;
    if let Some(id) = &asked.account {
        let seen = manage::at_least(app, who, &Which::Id(id.clone()), Level::Manage).await?;
        if seen.account.source != source.id {
            return Err(Refused::field("source", "must be that of the account, or left out"));
        }
        ask.expected_external_id = Some(seen.account.external_id.clone());
    }
    let kind = admitted(app, source)?;
    check(source, &kind, &ask, &asked.params)?;
    let now = app.now();
    let lives = asked.lives.unwrap_or(UNDER_WAY).min(LONGEST);
    let (id, token) = (ConnectId::from(format!("con_{}", hex(&uuid7(now)))), fresh());
    let fresh = store::Fresh {
        id: &id,
        token: print(token.reveal()),
        workspace: &source.workspace,
        source: &source.id,
        owner,
        account: asked.account.as_ref(),
        ask: &ask,
        binding,
        params: &asked.params,
        expires_at: now + lives,
    };
    store::create(&app.db, fresh, now).await?;
    let made = store::one(&app.db, &id).await?.ok_or_else(Refused::not_found)?;
    Ok((made, token))
}

/// 256 bits.
fn fresh() -> Secret {
    Secret::new(base64url(&entropy::bytes::<32>()))
}

/// Whether accounts can be connected with a source; gives its type as it is set up.
fn admitted(app: &App, source: &Source) -> std::result::Result<SourceType, Refused> {
    match source.state {
        State::Active => {}
        State::Paused => {
            let why = "the source is paused; an administrator of the workspace can start it again";
            return Err(Refused::conflict("source_paused", why));
        }
        State::Misconfigured => {
            let why = "the provider refuses this source's client id or secret; an administrator of the workspace must mend it";
            return Err(Refused::new(StatusCode::FAILED_DEPENDENCY, "source_misconfigured", why));
        }
    }
    Ok(source.kind(app)?.configured(&source.params)?)
}

/// There is always one, and none can be turned off.
fn binding(asked: &Asked) -> std::result::Result<Binding, Refused> {
    let challenge = asked.ask.code_challenge.as_deref();
    let binding = asked.binding.unwrap_or(if challenge.is_some() { Binding::Verifier } else { Binding::Session });
    let whole = challenge.is_some_and(|text| text.len() == 43 && from_base64url(text).is_some());
    match binding {
        Binding::Verifier if !whole => {
            let why = "must be the SHA-256 of your code_verifier in base64url, 43 characters: only your server can then complete it";
            Err(Refused::field("code_challenge", why))
        }
        Binding::Session | Binding::Confirm if challenge.is_some() => {
            Err(Refused::field("code_challenge", "goes with the binding verifier"))
        }
        Binding::Session if asked.ask.owner_ref.is_some() => {
            let why = "must be verifier or confirm where the account is somebody's whom only your app knows";
            Err(Refused::field("binding", why))
        }
        binding => Ok(binding),
    }
}

fn check(
    source: &Source,
    kind: &SourceType,
    ask: &Ask,
    params: &BTreeMap<String, String>,
) -> std::result::Result<(), Refused> {
    let known: Vec<String> = source.scope.split_whitespace().map(str::to_owned).collect();
    let known = kind.scopes_to_ask(&known);
    // security.md CV-28: a link asks for no more than the administrator lets the source ask for.
    if let Some(more) = ask.scopes.iter().find(|scope| !known.contains(scope)) {
        let why = "has a scope that the source doesn't ask for; an administrator of the workspace can add it there";
        return Err(Refused::field("scopes", why).with(json!({ "scope": more, "source": known })));
    }
    for (name, value) in params {
        let param = kind.params_of(Param::Connect).find(|param| param.name == *name);
        let unknown = || Refused::field(format!("params/{name}"), "isn't asked of whoever connects an account");
        param.ok_or_else(unknown)?.check(value)?;
    }
    for (name, address) in
        [("success_redirect_uri", &ask.success_redirect_uri), ("error_redirect_uri", &ask.error_redirect_uri)]
    {
        if let Some(address) = address {
            uri::check_redirect_uri(address, false).map_err(|why| Refused::field(name, why))?;
        }
    }
    let whole = |text: &String| {
        uri::check_redirect_uri(text, false).is_ok() && uri::origin(text).as_deref() == Some(text.as_str())
    };
    if ask.allowed_origins.len() > 20 || !ask.allowed_origins.iter().all(whole) {
        return Err(Refused::field(
            "allowed_origins",
            "must be origins, as https://app.example.com; 20 of them at most",
        ));
    }
    for (name, text) in [
        ("owner_ref", &ask.owner_ref),
        ("login_hint", &ask.login_hint),
        ("expected_external_id", &ask.expected_external_id),
    ] {
        let fits = |text: &String| !text.is_empty() && text.len() <= 255 && !text.chars().any(char::is_control);
        if !text.as_ref().is_none_or(fits) {
            return Err(Refused::field(name, "must be 1 to 255 characters"));
        }
    }
    if let Some(name) = &ask.name {
        manage::named(name.clone())?;
    }
    manage::fits(&ask.metadata)
}

/// What only we know of a browser that is at the provider.
#[derive(Deserialize)]
pub(super) struct Sent {
    /// RFC 7636 §4.1.
    pub verifier: Secret,
    /// OpenID Connect Core §3.1.2.1.
    pub nonce: String,
}

/// Where the browser goes. State, verifier and nonce are fresh each time; none once it is too late.
pub(super) async fn start(
    app: &App,
    connect: &Connect,
    source: &Source,
    browser: &str,
) -> std::result::Result<Option<String>, Refused> {
    admitted(app, source)?;
    let ready = import::ready(app, source, &connect.params).await?;
    ready.kind.check_params(Param::Connect, &connect.params)?;
    sources::change::reachable(app, &ready.kind, Param::Connect, &connect.params)?;
    let (state, verifier, nonce) = (fresh(), fresh(), fresh());
    let scopes: Vec<String> = asked_for(connect, source);
    let ask = AskToAuthorize {
        state: state.reveal(),
        code_challenge: &base64url(&sha256(verifier.reveal().as_bytes())),
        redirect_uri: &source.redirect_uri(app),
        nonce: nonce.reveal(),
        scopes: &scopes,
        login_hint: connect.ask.login_hint.as_deref(),
    };
    let fields = BTreeMap::new();
    let url = wire::authorize(&ready.kind, &ready.bare(&fields), &ask)?;
    let plain = Zeroizing::new(json!({ "verifier": verifier.reveal(), "nonce": nonce.reveal() }).to_string());
    let now = app.now();
    let key = app.data_keys.sealing(&app.keys, &app.db, &connect.workspace, now).await?;
    let sealed = key.seal(place(&connect.id), plain.as_bytes())?;
    let going = store::Going {
        state: print(state.reveal()),
        browser: browser.to_owned(),
        sealed: (key.id, sealed),
        until: now + UNDER_WAY,
    };
    Ok(store::start(&app.db, &connect.id, going, now).await?.then_some(url))
}

/// What is asked of the provider, without what its type adds.
pub(super) fn asked_for(connect: &Connect, source: &Source) -> Vec<String> {
    match connect.ask.scopes.is_empty() {
        true => source.scope.split_whitespace().map(str::to_owned).collect(),
        false => connect.ask.scopes.clone(),
    }
}

/// Opens what a browser was sent with.
pub(super) async fn sent(app: &App, connect: &Connect) -> Result<Sent> {
    let plain = opened(app, connect).await?;
    serde_json::from_slice(&plain).map_err(|_| Fault::Bug("what a browser was sent with isn't JSON".to_owned()))
}

/// Opens what is sealed of a connection.
pub(super) async fn opened(app: &App, connect: &Connect) -> Result<Zeroizing<Vec<u8>>> {
    let gone = || Fault::Bug(format!("the connection `{}` has nothing sealed", connect.id));
    let (key, sealed) = connect.sealed.as_ref().ok_or_else(gone)?;
    let key = app.data_keys.named(&app.keys, &app.db, key).await?;
    key.open(place(&connect.id), sealed)
}

/// Seals something for a connection.
pub(super) async fn sealed(app: &App, connect: &Connect, plain: &[u8], now: Time) -> Result<(String, Vec<u8>)> {
    let key = app.data_keys.sealing(&app.keys, &app.db, &connect.workspace, now).await?;
    let sealed = key.seal(place(&connect.id), plain)?;
    Ok((key.id, sealed))
}
