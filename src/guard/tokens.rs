//! `/api/tokens`: a person's own API tokens, with the cookie of their browser or with a token that they have.

use super::{Asked, By, Door, May, Principal, Refused, enter, introspect, leaked};
use crate::api_tokens::own::{self, Place};
use crate::api_tokens::{self, ApiToken, Asked as Wanted, Unmade};
use crate::app::App;
use crate::base::id::{UserId, WorkspaceId};
use crate::base::{ScopeSet, Secret, Time};
use crate::clients::TOKENS_SCOPE;
use crate::oauth::bearer::Challenge;
use crate::oauth::resource::Resource;
use crate::web::browser::{Browser, check_script};
use crate::web::json::{Json as Body, members};
use crate::web::paging::Paging;
use crate::web::{Call, Problem, Query, limited};
use axum::extract::{FromRequestParts, Path, State};
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderName, StatusCode, header};
use axum::middleware::from_fn;
use axum::response::{AppendHeaders, IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use serde::Deserialize;
use serde_json::json;
use std::time::Duration;

const DOOR: Door<'_> = Door { resource: Resource::Tokens, audience: None, session: true, api_token_as_bearer: false };
const LIST: &str = "api/tokens";
/// What a page of ours proves itself with, where no form has a field for it.
const CSRF: HeaderName = HeaderName::from_static("x-csrf-token");

/// The routes.
pub(super) fn routes() -> Router<App> {
    Router::new()
        .route("/api/tokens", get(list).post(create))
        .route("/api/tokens/{id}", get(show).delete(delete))
        .route("/api/tokens/introspect", post(introspect::post))
        .route("/v1/token_scanning/report", post(leaked::report))
        .method_not_allowed_fallback(wrong_method)
        .layer(from_fn(limited::told))
}

async fn wrong_method() -> Problem {
    let detail = "this address doesn't take this method; the Allow header names those that it takes";
    Problem::new(StatusCode::METHOD_NOT_ALLOWED, "method-not-allowed", detail)
}

/// The person whose tokens it is about, and how far whoever asks may go.
struct Owner {
    user: UserId,
    call: Call,
    caller: Principal,
    headers: HeaderMap,
}

impl FromRequestParts<App> for Owner {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Response> {
        let asked = Asked::of(parts);
        let caller = enter(app, &asked, DOOR).await.map_err(|why| why.answer(app, DOOR))?;
        let by_cookie = matches!(caller.by, By::Session(_));
        if by_cookie && !parts.method.is_safe() {
            check_script(app, &parts.headers, &CSRF).map_err(|_| forged().into_response())?;
        }
        let Some(user) = caller.user.clone() else {
            return Err(Problem::new(StatusCode::FORBIDDEN, "forbidden", "machines have no API tokens").into_response());
        };
        Ok(Owner { user, call: asked.call, headers: parts.headers.clone(), caller })
    }
}

impl Owner {
    /// What was narrowed doesn't make more of itself, unless it was made for that; nor does an app.
    fn manages(&self) -> Result<(), Refused> {
        let whole = matches!((&self.caller.by, &self.caller.may), (By::Session(_) | By::ApiToken, May::All));
        if whole || self.caller.may.names(TOKENS_SCOPE) {
            return Ok(());
        }
        Err(Refused::Challenge(Challenge::InsufficientScope))
    }

    /// Tokens act in one workspace, and reach the tokens of that one.
    fn within(&self) -> Option<&WorkspaceId> {
        self.caller.workspace.as_ref()
    }
}

fn forged() -> Problem {
    let detail =
        "with a cookie, send the X-CSRF-Token header that GET /api/tokens answers with, from a page of this origin";
    Problem::new(StatusCode::FORBIDDEN, "csrf", detail)
}

/// `GET /api/tokens?limit=&cursor=`
async fn list(State(app): State<App>, owner: Owner, Query(params): Query) -> Result<Response, Response> {
    owner.manages().map_err(|refused| refused.answer(&app, DOOR))?;
    let macs = app.keys.macs();
    let paging = Paging::read(&macs, LIST, &params).map_err(IntoResponse::into_response)?;
    let one_more = i64::try_from(paging.limit.saturating_add(1)).unwrap_or(i64::MAX);
    let found = api_tokens::page(&app.db, &owner.user, owner.within(), &paging.after, one_more).await;
    let mut found = found.map_err(|fault| Problem::from(fault).into_response())?;
    let more = found.len() > paging.limit;
    found.truncate(paging.limit);
    let last = found.last().filter(|_| more);
    let next = last.and_then(|last| paging.query(&macs, LIST, &last.id).get("cursor").map(str::to_owned));
    let data: Vec<_> = found.iter().map(ApiToken::to_json).collect();
    let body = Json(json!({ "data": data, "page": { "limit": paging.limit, "next_cursor": next } }));
    Ok(with_csrf(&app, &owner, body))
}

/// Where the caller is a browser: what its next change needs.
fn with_csrf(app: &App, owner: &Owner, body: impl IntoResponse) -> Response {
    if !matches!(owner.caller.by, By::Session(_)) {
        return body.into_response();
    }
    let browser = Browser::of(app, &owner.headers);
    (browser.cookie(app), AppendHeaders([(CSRF, browser.csrf(app))]), body).into_response()
}

/// A token, as it is asked for.
#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct Ask {
    name: String,
    scopes: Option<Vec<String>>,
    workspace: Option<WorkspaceId>,
    expires_at: Option<String>,
    expires_in: Option<u64>,
}

const MEMBERS: [&str; 5] = ["name", "scopes", "workspace", "expires_at", "expires_in"];

/// `POST /api/tokens` with `name` and, where wanted, `scopes`, `workspace`, `expires_at` (RFC 3339) or `expires_in`
/// (seconds). The token is shown once.
async fn create(State(app): State<App>, owner: Owner, Body(body): Body) -> Result<Response, Response> {
    owner.manages().map_err(|refused| refused.answer(&app, DOOR))?;
    let wanted = wanted(&app, &owner, body).await.map_err(IntoResponse::into_response)?;
    match own::make(&app, &owner.call, &wanted).await {
        Ok((secret, token)) => Ok(made(&app, &secret, &token)),
        Err(Unmade::Slow(seconds)) => {
            let problem = Problem::new(
                StatusCode::TOO_MANY_REQUESTS,
                "rate-limited",
                "at most 10 new tokens a minute; wait for Retry-After seconds",
            );
            Err(([(header::RETRY_AFTER, seconds.to_string())], problem).into_response())
        }
        Err(why) => Err(problem(why).into_response()),
    }
}

async fn wanted(app: &App, owner: &Owner, body: serde_json::Map<String, serde_json::Value>) -> Result<Wanted, Problem> {
    if let Some(stray) = body.keys().find(|name| !MEMBERS.contains(&name.as_str())) {
        let named: String = stray.chars().filter(|c| c.is_ascii_alphanumeric() || *c == '_').take(64).collect();
        let detail = format!("`{named}` can't be set here; a token belongs to whoever asks for it");
        return Err(Problem { field: Some(named), ..Problem::new(StatusCode::BAD_REQUEST, "unknown-member", detail) });
    }
    let ask: Ask = members(body).map_err(|bad| Problem::field(bad.member, bad.why))?;
    let name = api_tokens::title(&ask.name).map_err(|why| Problem::field("name", why))?;
    let scope = ask.scopes.as_deref().map(api_tokens::scopes).transpose();
    let scope = narrowed(owner, scope.map_err(|why| Problem::field("scopes", why))?)?;
    let expires_at = until(app, owner, &ask)?;
    let workspace = place(app, owner, ask.workspace.as_ref()).await?;
    Ok(Wanted { user: owner.user.clone(), workspace, name, scope, expires_at })
}

/// A token makes none that may do more than itself.
fn narrowed(owner: &Owner, asked: Option<ScopeSet>) -> Result<Option<ScopeSet>, Problem> {
    let Some(own) = owner.caller.may.scopes() else {
        return Ok(asked);
    };
    match asked {
        None => Ok(Some(own.clone())),
        Some(asked) if asked.within(own) => Ok(Some(asked)),
        Some(_) => Err(Problem::field("scopes", "must be within those of the token that you ask with")),
    }
}

/// Nor one that outlives it.
fn until(app: &App, owner: &Owner, ask: &Ask) -> Result<Option<Time>, Problem> {
    let at = match (&ask.expires_at, ask.expires_in) {
        (Some(_), Some(_)) => return Err(Problem::field("expires_at", "send expires_at or expires_in, not both")),
        (Some(text), None) => Some(
            Time::parse(text)
                .ok_or_else(|| Problem::field("expires_at", "must be a moment as 2027-01-31T00:00:00Z"))?,
        ),
        (None, Some(seconds)) => Some(app.now() + Duration::from_secs(seconds)),
        (None, None) => None,
    };
    let end = match owner.caller.by {
        By::ApiToken => owner.caller.expires_at,
        _ => None,
    };
    match (at, end) {
        (Some(at), Some(end)) if at > end => {
            Err(Problem::field("expires_at", "must not be after the end of the token that you ask with"))
        }
        (None, end) => Ok(end),
        (at, _) => Ok(at),
    }
}

async fn place(app: &App, owner: &Owner, named: Option<&WorkspaceId>) -> Result<Option<WorkspaceId>, Problem> {
    let foreign = || Problem::field("workspace", "must be one that you are in");
    if !matches!(owner.caller.by, By::Session(_)) {
        let own = owner.within();
        return if named.is_none() || named == own { Ok(own.cloned()) } else { Err(foreign()) };
    }
    match own::place(app, &owner.user, named).await? {
        Place::In(workspace) => Ok(workspace),
        Place::NotIn => Err(foreign()),
        Place::OneOf(all) => {
            let names: Vec<&str> = all.iter().map(|one| one.workspace.as_str()).collect();
            Err(Problem::field("workspace", format!("must be given, since you are in several: {}", names.join(", "))))
        }
    }
}

/// 201 with the token in it, this once.
fn made(app: &App, secret: &Secret, token: &ApiToken) -> Response {
    let body = json!({
        "id": token.id,
        "name": token.name,
        "token": secret.reveal(),
        "workspace": token.workspace,
        "scopes": token.scopes(),
        "created_at": token.created_at.rfc3339(),
        "expires_at": token.expires_at.map(Time::rfc3339),
    });
    let location = app.url(&format!("/api/tokens/{}", token.id));
    (StatusCode::CREATED, AppendHeaders([(header::LOCATION, location)]), Json(body)).into_response()
}

fn problem(why: Unmade) -> Problem {
    match why {
        Unmade::TooMany(most) => {
            let detail = format!("you have {most} API tokens here, which is the most; delete one first");
            Problem::new(StatusCode::CONFLICT, "token_limit_reached", detail)
        }
        Unmade::NotIn => Problem::field("workspace", "must be one that you are in"),
        Unmade::Expiry => Problem::field("expires_at", "must be in the future, and in at most ten years"),
        Unmade::Slow(_) => Problem::new(StatusCode::TOO_MANY_REQUESTS, "rate-limited", "wait a minute"),
        Unmade::Fault(fault) => fault.into(),
    }
}

/// `GET /api/tokens/{id}`
async fn show(State(app): State<App>, owner: Owner, Path(id): Path<String>) -> Result<Response, Response> {
    owner.manages().map_err(|refused| refused.answer(&app, DOOR))?;
    let found = api_tokens::one(&app.db, &id).await.map_err(|fault| Problem::from(fault).into_response())?;
    let mine = |token: &ApiToken| {
        token.user == owner.user && (owner.within().is_none() || token.workspace.as_ref() == owner.within())
    };
    match found.filter(mine) {
        Some(token) => Ok(with_csrf(&app, &owner, Json(token.to_json()))),
        None => Err(Problem::not_found().into_response()),
    }
}

/// `DELETE /api/tokens/{id}`. Any token may end itself.
async fn delete(State(app): State<App>, owner: Owner, Path(id): Path<String>) -> Result<StatusCode, Response> {
    let itself = matches!(owner.caller.by, By::ApiToken) && owner.caller.token_id == id;
    if !itself {
        owner.manages().map_err(|refused| refused.answer(&app, DOOR))?;
    }
    match own::end(&app, &owner.call, &owner.user, owner.within(), &id).await {
        Ok(true) => Ok(StatusCode::NO_CONTENT),
        Ok(false) => Err(Problem::not_found().into_response()),
        Err(fault) => Err(Problem::from(fault).into_response()),
    }
}
