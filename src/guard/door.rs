//! The way in: read what is shown, find out whom it stands for, take from their budgets. Whoever isn't let in is told why:
//! RFC 6750 §3, RFC 9728 §5.1, RFC 9110 §11.6.1.

use super::principal::Principal;
use crate::api_tokens;
use crate::app::App;
use crate::crypto::api_token::PREFIX;
use crate::crypto::token::Kind;
use crate::db::Fault;
use crate::limits::{Cell, Policy};
use crate::oauth::access::{self, Access};
use crate::oauth::bearer::Challenge;
use crate::oauth::resource::Resource;
use crate::oauth::target;
use crate::signin::session;
use crate::web::authorization::{Authorization, authorization};
use crate::web::limited::{self, Ledger, Limited};
use crate::web::{Call, Problem};
use axum::Json;
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde_json::{Value, json};

/// Which way in.
#[derive(Clone, Copy, Debug)]
pub struct Door<'a> {
    /// What access tokens must be for.
    pub resource: Resource,
    /// For whom they must be instead, at a door of somebody else.
    pub audience: Option<&'a str>,
    /// Whether a browser's session opens it.
    pub session: bool,
    /// Whether API tokens may come under the scheme of access tokens.
    pub api_token_as_bearer: bool,
}

/// A request at a door.
pub struct Asked<'a> {
    /// Its headers.
    pub headers: &'a HeaderMap,
    /// From where.
    pub call: Call,
    /// Where what it takes from is told.
    pub ledger: Ledger,
}

impl<'a> Asked<'a> {
    /// This request.
    pub fn of(parts: &'a Parts) -> Self {
        let (call, ledger) = (Call::of(&parts.extensions), Ledger::of(&parts.extensions));
        Asked { headers: &parts.headers, call, ledger }
    }
}

/// Why somebody isn't let in.
#[derive(Clone, Debug)]
pub enum Refused {
    /// They didn't show what would do.
    Challenge(Challenge),
    /// They come too often.
    Limited(Limited),
    /// Disk, network, bug.
    Fault(Fault),
}

impl From<Fault> for Refused {
    fn from(fault: Fault) -> Self {
        Refused::Fault(fault)
    }
}

impl From<Limited> for Refused {
    fn from(limited: Limited) -> Self {
        Refused::Limited(limited)
    }
}

impl Refused {
    /// The whole answer at this door: RFC 9457, with the members of RFC 6749 §5.2 beside.
    pub fn answer(self, app: &App, door: Door<'_>) -> Response {
        let (status, told, body) = self.parts(app, door);
        let mut response = (status, Json(body)).into_response();
        let headers = response.headers_mut();
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/problem+json"));
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
        for (name, value) in &told {
            headers.append(name, value.clone());
        }
        response
    }

    /// Its parts.
    pub fn parts(&self, app: &App, door: Door<'_>) -> (StatusCode, HeaderMap, Value) {
        let mut headers = HeaderMap::new();
        match self {
            Refused::Limited(limited) => {
                limited.mark(&mut headers);
                (StatusCode::TOO_MANY_REQUESTS, headers, limited.problem())
            }
            Refused::Fault(fault) => {
                let problem = Problem::from(fault.clone());
                if problem.status == StatusCode::SERVICE_UNAVAILABLE {
                    headers.insert(header::RETRY_AFTER, HeaderValue::from_static("2"));
                }
                (problem.status, headers, json!(problem.body()))
            }
            Refused::Challenge(challenge) => {
                let (status, error, description) = challenge.parts();
                let body = json!({
                    "type": format!("urn:symbolon:problem:{}", error.unwrap_or("invalid_token")),
                    "title": status.canonical_reason().unwrap_or_default(),
                    "status": status.as_u16(),
                    "detail": description,
                    "error": error.unwrap_or("invalid_token"),
                    "error_description": description,
                });
                challenges(app, *challenge, door.resource, door.resource.scope()).into_iter().for_each(|one| {
                    headers.append(header::WWW_AUTHENTICATE, one);
                });
                (status, headers, body)
            }
        }
    }
}

/// Both schemes that open our doors, with the scopes that would do.
pub(super) fn challenges(app: &App, challenge: Challenge, resource: Resource, scope: &str) -> [HeaderValue; 2] {
    let (_, error, description) = challenge.parts();
    let mut token = "Token realm=\"symbolon\"".to_owned();
    if let Some(error) = error {
        token.push_str(&format!(", error=\"{error}\", error_description=\"{description}\""));
    }
    let token = HeaderValue::from_str(&token);
    let token = token.unwrap_or_else(|_| HeaderValue::from_static("Token realm=\"symbolon\""));
    [challenge.header_for(app, resource, scope), token]
}

/// Credentials from one address that aren't good, a second: more than a typo makes, fewer than guessing needs.
const INVALID: u32 = 20;

/// Lets somebody in, or says why not. What isn't good is told before how often it may be tried: budgets are those of who
/// can show that they are theirs.
pub async fn enter(app: &App, asked: &Asked<'_>, door: Door<'_>) -> Result<Principal, Refused> {
    let caller = caller(app, asked, door).await?;
    let ours = door.session && matches!(caller.by, super::By::Session(_));
    // Whoever stood before the handler may have asked already.
    if !ours && !asked.ledger.settled() {
        limited::take(app, &asked.ledger, &caller.cells).await?;
    }
    Ok(caller)
}

/// Who is calling; takes from no budget of theirs.
pub(super) async fn caller(app: &App, asked: &Asked<'_>, door: Door<'_>) -> Result<Principal, Refused> {
    match shown(app, asked, door).await {
        Err(Refused::Challenge(challenge)) if challenge.guessed() => {
            let cell = Cell { policy: Policy::Invalid, key: asked.call.network().into(), per_second: INVALID };
            limited::take(app, &Ledger::default(), &[cell]).await?;
            Err(Refused::Challenge(challenge))
        }
        outcome => outcome,
    }
}

async fn shown(app: &App, asked: &Asked<'_>, door: Door<'_>) -> Result<Principal, Refused> {
    let refused = |challenge| Err(Refused::Challenge(challenge));
    match authorization(asked.headers) {
        // What is seldom asked is boxed: else each request would carry the room for it from hand to hand.
        Authorization::None if door.session => match Box::pin(session::current(app, asked.headers)).await? {
            Some(session) => Ok(Principal::of_session(app, session)),
            None => refused(Challenge::NothingShown),
        },
        Authorization::None => refused(Challenge::NothingShown),
        Authorization::Repeated => refused(Challenge::InvalidRequest),
        Authorization::Unreadable { .. } | Authorization::Basic(..) => refused(Challenge::OtherScheme),
        Authorization::Token(token) => api_token(app, asked, token.reveal()).await,
        Authorization::Bearer(token) if token.reveal().starts_with(PREFIX) => match door.api_token_as_bearer {
            true => api_token(app, asked, token.reveal()).await,
            false => refused(Challenge::WrongScheme),
        },
        Authorization::Bearer(token) => {
            let access = Box::pin(access::resolve(app, token.reveal())).await?;
            match access.filter(|access| is_for(app, access, door)) {
                Some(access) => Ok(Principal::of_access(app, access)),
                None => refused(Challenge::InvalidToken),
            }
        }
    }
}

/// RFC 8707 §2: a token for another API is none for this one.
fn is_for(app: &App, access: &Access, door: Door<'_>) -> bool {
    match door.audience {
        Some(audience) => target::spelling(&access.resource, audience).is_some(),
        None => door.resource.among(app, &access.resource),
    }
}

async fn api_token(app: &App, asked: &Asked<'_>, token: &str) -> Result<Principal, Refused> {
    if token.starts_with(Kind::Access.prefix()) {
        return Err(Refused::Challenge(Challenge::AccessTokenAsToken));
    }
    match api_tokens::check(app, token, Some(&asked.call)).await? {
        Some((checked, as_of)) => Ok(Principal::of_api_token(app, &checked, as_of)),
        None => Err(Refused::Challenge(Challenge::InvalidApiToken)),
    }
}
