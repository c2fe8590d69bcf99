//! RFC 6749 §4.1.1, OIDC Core §3.1.2.1, RFC 7636 §4.3: the parameters of an authorization request, one
//! function a rule.

use super::respond::{Mode, Return};
use super::stopped::{not_approved, unknown_client, unusable_document};
use super::strength::Strength;
use crate::app::App;
use crate::base::{ScopeSet, Time, uri};
use crate::clients::{self, Client, Lookup, ResponseType};
use crate::lang::Message;
use crate::oauth::error::{Code, Refusal};
use crate::oauth::wishes::{Asked, Wishes};
use crate::oauth::{id_token, pkce, target};
use crate::signin::ACR_VALUES;
use crate::web::{Params, Stopped};
use axum::http::StatusCode;
use axum::response::Response;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::sync::Arc;

/// A request that is right in itself; who asks, and whether they may, is decided apart.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct AuthRequest {
    /// Who asks.
    pub client_id: String,
    /// Where the answer goes; as presented.
    pub redirect_uri: String,
    /// How it travels.
    pub response_mode: Mode,
    /// What it consists of.
    #[serde(default)]
    pub response_type: ResponseType,
    /// To be given back.
    pub state: Option<String>,
    /// What is asked for.
    pub scope: ScopeSet,
    /// To be echoed in the ID token.
    pub nonce: Option<String>,
    /// S256.
    pub code_challenge: Option<String>,
    /// OIDC Core §3.1.2.1.
    pub prompt: Prompt,
    /// Seconds since the person authenticated.
    pub max_age: Option<u64>,
    /// Whose address to fill in.
    pub login_hint: Option<String>,
    /// The only `sub` values that will do, by `id_token_hint` or by a `claims` request.
    pub only_sub: Option<Vec<String>>,
    /// Whether the client insists on an authentication context that we can't give.
    pub acr_unmet: bool,
    /// How strong a proof it wishes for, of those that we know.
    #[serde(default)]
    pub strength: Strength,
    /// What is asked for beside what scopes tell (OIDC Core §5.5).
    pub claims: Wishes,
    /// RFC 8707.
    pub resource: Vec<String>,
    /// When it came, in milliseconds since the epoch.
    pub at: i64,
}

impl AuthRequest {
    /// When it came.
    pub fn received_at(&self) -> Time {
        Time::from_millis(self.at)
    }

    /// What of the claims is granted with these scopes.
    pub fn granted_claims(&self, granted: &ScopeSet) -> Wishes {
        if granted.has("openid") { self.claims.clone().allowed(&self.scope, granted) } else { Wishes::default() }
    }
}

/// OIDC Core §3.1.2.1, `prompt`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Prompt {
    /// No page at all.
    pub none: bool,
    /// Sign in again.
    pub login: bool,
    /// Ask again.
    pub consent: bool,
    /// Choose who.
    pub select_account: bool,
}

/// Longest `state`, `nonce` and the like, in bytes.
const LONGEST: usize = 2048;

fn refuse<T>(code: Code, description: &'static str) -> Result<T, Refusal> {
    Err(Refusal::new(code, description))
}

/// The client, or a page: without one there is nobody to answer.
pub async fn client(app: &App, params: &Params) -> Result<Arc<Client>, Stopped> {
    if params.repeated("client_id") {
        return Err(unknown_client("sent twice"));
    }
    let client_id = params.get("client_id").unwrap_or_default();
    match clients::look_up(app, client_id).await? {
        Lookup::Known(client) if client.enabled => Ok(client),
        Lookup::Known(client) if client.provenance.stranger() => Err(not_approved(&client)),
        Lookup::Known(_) | Lookup::Unknown => Err(unknown_client(client_id)),
        Lookup::Unusable(why) => Err(unusable_document(client_id, &why)),
    }
}

/// §3.1.2.3: the redirect URI must be one that is registered, or there is no redirect at all.
pub fn redirect(app: &App, client: &Client, params: &Params) -> Result<Return, Stopped> {
    let presented = params.get("redirect_uri").unwrap_or_default();
    let back = Return::checked(app, client, presented).filter(|_| !params.repeated("redirect_uri"));
    let back = back.ok_or_else(|| mismatch(app, client, presented))?;
    let allowed = |mode: &Mode| client.metadata.response_modes.iter().any(|have| have == mode.name());
    let default = params.get("response_type").map_or(Mode::Query, |text| default_mode(app, client, text));
    let asked = params.get("response_mode").filter(|_| !params.repeated("response_mode")).and_then(Mode::named);
    let mode = asked.filter(allowed).filter(|mode| default == Mode::Query || *mode != Mode::Query).unwrap_or(default);
    let state = params.get("state").filter(|_| !params.repeated("state")).map(str::to_owned);
    Ok(back.with(mode, state))
}

/// OAuth 2.0 Multiple Response Types §2.1, §3: refusals travel as the answer would have.
fn default_mode(app: &App, client: &Client, response_type: &str) -> Mode {
    match ResponseType::parse(response_type) {
        Some(wanted) if wanted.legacy() && may_respond(app, client, wanted) => Mode::Fragment,
        _ => Mode::Query,
    }
}

/// What the client is registered for, while the server lets it.
pub fn may_respond(app: &App, client: &Client, wanted: ResponseType) -> bool {
    client.metadata.may_respond(wanted) && (app.config.legacy_response_types || !wanted.legacy())
}

/// A request object that can't be used: the client hears of it where it asked outside, if that is registered.
pub fn unread(app: &App, client: &Client, outer: &Params, refusal: Refusal) -> Result<Response, Stopped> {
    if outer.get("redirect_uri").is_some() {
        return Ok(redirect(app, client, outer)?.refuse(refusal));
    }
    refusal.log("page");
    let message = Message::new("stopped-sealed").name("client", &client.metadata.client_name);
    let stopped = Stopped::told(StatusCode::BAD_REQUEST, refusal.code.wire().0, message);
    Err(stopped.detail("What is wrong", refusal.description))
}

fn mismatch(app: &App, client: &Client, presented: &str) -> Stopped {
    let registered = &client.metadata.redirect_uris;
    let kind = registered.iter().map(|uri| uri::difference(uri, presented)).find(|kind| *kind != "not registered");
    let message = Message::new("stopped-redirect").name("client", &client.metadata.client_name);
    let stopped = Stopped::told(StatusCode::BAD_REQUEST, "invalid_redirect_uri", message)
        .detail("redirect_uri", if presented.is_empty() { "(missing, or sent twice)" } else { presented })
        .detail("Differs from a registered one", kind.unwrap_or("not registered at all"))
        .detail("Rule", "RFC 6749 §3.1.2.3, RFC 9700 §2.1: compared byte for byte");
    if app.dev { stopped.detail("Registered", registered.join("  ")) } else { stopped }
}

/// All other parameters. Each refusal goes to the client.
pub fn read(app: &App, client: &Client, back: &Return, params: &Params) -> Result<AuthRequest, Refusal> {
    well_formed(params)?;
    let response_type = response_type(app, client, params)?;
    response_mode(client, params, response_type)?;
    unsupported(params)?;
    let code_challenge = code_challenge(client, params, response_type)?;
    let prompt = prompt(params)?;
    let asked = claims(params)?;
    let scope = scope(client, params, response_type)?;
    let strength = Strength::of(client, params, asked.as_ref());
    let acr_unmet = asked.as_ref().is_some_and(|asked| asked.acr_unmet(&ACR_VALUES));
    // §5.5: claims are about the person whom `openid` brings.
    let claims = if scope.has("openid") { Wishes::of(client, asked.as_ref()) } else { Wishes::default() };
    Ok(AuthRequest {
        client_id: client.id.to_string(),
        redirect_uri: back.redirect_uri().to_owned(),
        response_mode: back.mode(),
        response_type,
        state: back.state().map(str::to_owned),
        scope,
        nonce: nonce(params, response_type)?,
        code_challenge,
        prompt,
        max_age: max_age(params)?.or(client.metadata.default_max_age),
        login_hint: params.get("login_hint").map(str::to_owned),
        only_sub: only_sub(app, params, asked.as_ref())?,
        acr_unmet,
        strength,
        claims,
        resource: target::asked(client, &params.all("resource"))?,
        at: app.now().millis(),
    })
}

/// §3.1: once each; bounded; text.
fn well_formed(params: &Params) -> Result<(), Refusal> {
    if params.malformed() {
        return refuse(Code::InvalidRequest, "a parameter is not valid UTF-8 or contains a NUL character");
    }
    // RFC 8707 §2: `resource` may repeat.
    if params.first_repeated(&["resource"]).is_some() {
        return refuse(Code::InvalidRequest, "a parameter was sent more than once");
    }
    let own = ["state", "nonce", "login_hint", "acr_values", "ui_locales", "claims_locales", "display", "prompt"];
    if own.iter().any(|name| params.get(name).is_some_and(|value| value.len() > LONGEST)) {
        return refuse(Code::InvalidRequest, "a parameter is too long; state and nonce have at most 2048 bytes");
    }
    Ok(())
}

/// §3.1.1: `code`, or what the client is registered for beside.
fn response_type(app: &App, client: &Client, params: &Params) -> Result<ResponseType, Refusal> {
    let Some(text) = params.get("response_type") else {
        return refuse(Code::InvalidRequest, "response_type is missing; it must be code");
    };
    match ResponseType::parse(text) {
        Some(wanted) if may_respond(app, client, wanted) => Ok(wanted),
        Some(wanted) if !wanted.legacy() => {
            refuse(Code::UnauthorizedClient, "this client is not registered for the authorization_code grant")
        }
        Some(_) if app.config.legacy_response_types => {
            refuse(Code::UnauthorizedClient, "this client is not registered for this response_type")
        }
        _ => refuse(Code::UnsupportedResponseType, "response_type must be code"),
    }
}

/// OAuth 2.0 Multiple Response Type Encoding Practices §2.1, §3, OAuth 2.0 Form Post Response Mode.
fn response_mode(client: &Client, params: &Params, wanted: ResponseType) -> Result<(), Refusal> {
    // What isn't said is the default, which a client may not be registered for.
    let default = if wanted.legacy() { Mode::Fragment } else { Mode::Query };
    match Mode::named(params.get("response_mode").unwrap_or(default.name())) {
        Some(Mode::Query) if wanted.legacy() => {
            refuse(Code::InvalidRequest, "tokens do not travel in a query; response_mode must be fragment or form_post")
        }
        Some(mode) if client.metadata.response_modes.iter().any(|have| have == mode.name()) => Ok(()),
        Some(_) => refuse(Code::InvalidRequest, "this client is not registered for this response_mode"),
        None => refuse(Code::InvalidRequest, "response_mode must be query, fragment or form_post"),
    }
}

/// OIDC Core §3.2.2.1, §3.3.2.11: an ID token that comes through the browser must be bound to the request.
fn nonce(params: &Params, wanted: ResponseType) -> Result<Option<String>, Refusal> {
    match params.get("nonce") {
        None if wanted.id_token => refuse(Code::InvalidRequest, "nonce is missing; this response_type needs one"),
        nonce => Ok(nonce.map(str::to_owned)),
    }
}

/// OIDC Core §3.1.2.6: what we don't do is said, not ignored.
fn unsupported(params: &Params) -> Result<(), Refusal> {
    match params.get("registration") {
        Some(_) => refuse(Code::RegistrationNotSupported, "registration is not supported"),
        None => Ok(()),
    }
}

/// §3.3: within what the client may ask for. Nothing asked for means all of that, but for what lasts or administers.
fn scope(client: &Client, params: &Params, wanted: ResponseType) -> Result<ScopeSet, Refusal> {
    let allowed = client.scope();
    let lasts = |name: &str| matches!(name, "offline" | "offline_access");
    let Some(text) = params.get("scope") else {
        return with_openid(allowed.only(|name| !lasts(name) && !name.starts_with("symbolon:")), wanted);
    };
    let Ok(scope) = ScopeSet::parse(text) else {
        return refuse(
            Code::InvalidRequest,
            "scope must be a space-delimited list of scope names of at most 1024 bytes",
        );
    };
    if !scope.within(&allowed) {
        return refuse(Code::InvalidScope, "the client may not ask for one of these scopes");
    }
    // OIDC Core §11: only a code brings what lasts.
    with_openid(scope.only(|name| wanted.code || !lasts(name)), wanted)
}

fn with_openid(scope: ScopeSet, wanted: ResponseType) -> Result<ScopeSet, Refusal> {
    match wanted.id_token && !scope.has("openid") {
        true => refuse(Code::InvalidScope, "an ID token needs the scope openid"),
        false => Ok(scope),
    }
}

/// RFC 7636 §4.3, §4.4.1; `plain` protects nobody and isn't taken.
fn code_challenge(client: &Client, params: &Params, wanted: ResponseType) -> Result<Option<String>, Refusal> {
    match (params.get("code_challenge"), params.get("code_challenge_method")) {
        (Some(challenge), Some("S256")) if pkce::challenge_ok(challenge) => Ok(Some(challenge.to_owned())),
        (Some(_), Some("S256")) => refuse(Code::InvalidRequest, "code_challenge must be 43 characters of base64url"),
        (Some(_), _) => refuse(Code::InvalidRequest, "code_challenge_method must be S256"),
        (None, Some(_)) => refuse(Code::InvalidRequest, "code_challenge is missing"),
        (None, None) if wanted.code && (client.public() || client.metadata.require_pkce) => {
            refuse(Code::InvalidRequest, "this client must use PKCE: code_challenge is missing (RFC 7636)")
        }
        (None, None) => Ok(None),
    }
}

/// OIDC Core §3.1.2.1: `none` stands alone.
fn prompt(params: &Params) -> Result<Prompt, Refusal> {
    let mut prompt = Prompt::default();
    for word in params.get("prompt").unwrap_or_default().split(' ').filter(|word| !word.is_empty()) {
        match word {
            "none" => prompt.none = true,
            "login" => prompt.login = true,
            "consent" => prompt.consent = true,
            "select_account" => prompt.select_account = true,
            _ => return refuse(Code::InvalidRequest, "prompt must be none, login, consent or select_account"),
        }
    }
    if prompt.none && (prompt.login || prompt.consent || prompt.select_account) {
        return refuse(Code::InvalidRequest, "prompt=none must stand alone");
    }
    Ok(prompt)
}

fn max_age(params: &Params) -> Result<Option<u64>, Refusal> {
    let Some(text) = params.get("max_age") else {
        return Ok(None);
    };
    match text.bytes().all(|b| b.is_ascii_digit()).then(|| text.parse::<u32>().ok()).flatten() {
        Some(seconds) => Ok(Some(u64::from(seconds))),
        None => refuse(Code::InvalidRequest, "max_age must be a whole number of seconds"),
    }
}

fn claims(params: &Params) -> Result<Option<Asked>, Refusal> {
    match params.get("claims").map(Asked::parse) {
        None => Ok(None),
        Some(Some(claims)) => Ok(Some(claims)),
        Some(None) => {
            refuse(Code::InvalidRequest, "claims must be a JSON object with id_token and userinfo (OIDC Core 5.5)")
        }
    }
}

/// OIDC Core §3.1.2.1 (`id_token_hint`), §5.5.1 (`sub` with a value): whom the client expects. An expired hint will do.
fn only_sub(app: &App, params: &Params, asked: Option<&Asked>) -> Result<Option<Vec<String>>, Refusal> {
    let wanted = asked.and_then(Asked::subjects);
    let Some(hint) = params.get("id_token_hint") else {
        return Ok(wanted);
    };
    // Our other JWTs are no ID tokens (RFC 8725 §3.11).
    let hint = app.keys.now().verify(hint).filter(|hint| hint.typ.as_deref() == Some(id_token::TYP));
    let text = |name| hint.as_ref().and_then(|hint| hint.claims.get(name)).and_then(Value::as_str);
    match (text("iss"), text("sub")) {
        (Some(iss), Some(sub)) if iss == app.issuer() => match wanted {
            Some(wanted) if !wanted.iter().any(|wanted| wanted == sub) => {
                refuse(Code::InvalidRequest, "id_token_hint and claims ask for different people")
            }
            _ => Ok(Some(vec![sub.to_owned()])),
        },
        _ => refuse(Code::InvalidRequest, "id_token_hint is not an ID token of this issuer"),
    }
}
