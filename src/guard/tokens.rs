//! `/api/tokens`: a person's own API tokens, with the cookie of their browser or with a token that they have.

use super::{Asked, By, Door, May, Principal, Refused, enter, introspect};
use crate::api_tokens::own::{self, Place};
use crate::api_tokens::{self, ApiToken, Asked as Wanted, Shown, Unmade};
use crate::app::App;
use crate::base::id::{UserId, WorkspaceId};
use crate::base::{ScopeSet, Secret, Time};
use crate::clients::TOKENS_SCOPE;
use crate::oauth::bearer::Challenge;
use crate::oauth::resource::Resource;
use crate::oauth::wire::{Introspection, TokenReference};
use crate::web::browser::{Browser, check_script};
use crate::web::json::{Json as Body, members};
use crate::web::paging::Paging;
use crate::web::{Call, Problem, Query};
use axum::Json;
use axum::extract::{FromRequestParts, Path, State};
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderName, StatusCode, header};
use axum::response::{AppendHeaders, IntoResponse, Response};
use axum::routing::post;
use serde::{Deserialize, Serialize};
use std::time::Duration;
use utoipa::ToSchema;
use utoipa_axum::router::{OpenApiRouter, UtoipaMethodRouterExt};
use utoipa_axum::routes;

const DOOR: Door<'_> = Door { resource: Resource::Tokens, audience: None, session: true, api_token_as_bearer: false };
const LIST: &str = "api/tokens";
/// What a page of ours proves itself with, where no form has a field for it.
const CSRF: HeaderName = HeaderName::from_static("x-csrf-token");

/// The routes.
pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::default()
        .routes(routes!(list, create))
        .routes(routes!(show, delete))
        .routes(routes!(introspect).map(|_| post(introspect::post)))
}

/// Ask about an API token
///
/// RFC 7662, the same as `/oauth2/introspect`, for clients with `resource_server`.
#[utoipa::path(post, path = "/api/tokens/introspect", operation_id = "introspectToken", tag = "tokens",
    security(("client" = [])),
    request_body(content = TokenReference, content_type = "application/x-www-form-urlencoded"),
    responses((status = 200, description = "What it stands for", body = Introspection),
        (status = 400, description = "`invalid_request`"),
        (status = 401, description = "`invalid_client`: the client isn't known, or didn't prove who it is"),
        (status = 413, description = "`invalid_request`: the form is too large"),
        (status = 429, description = "`temporarily_unavailable`: too many failures; `Retry-After` says when to try again"),
        (status = 500, description = "`server_error`: it is in the log"),
        (status = 503, description = "`temporarily_unavailable`: not now; nothing was lost")))]
async fn introspect() {}

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
        let whole = matches!((&self.caller.by, &self.caller.may), (By::Session(_) | By::ApiToken(_), May::All));
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

/// One page of a person's own.
#[derive(Serialize, ToSchema)]
#[schema(as = OwnApiTokens)]
struct Listed {
    data: Vec<Shown>,
    page: Part,
}

/// Which part of a list it is.
#[derive(Serialize, ToSchema)]
#[schema(as = ListPart)]
struct Part {
    /// How many at most.
    limit: usize,
    /// Given as `cursor`, what the next page begins with; null when there is no more.
    next_cursor: Option<String>,
}

/// List your own API tokens
///
/// A browser gets the header `X-CSRF-Token`, which it sends with a change.
#[utoipa::path(get, path = "/api/tokens", operation_id = "listOwnTokens", tag = "tokens", params(Paging),
    responses((status = 200, description = "A page of them", body = Listed)))]
async fn list(State(app): State<App>, owner: Owner, Query(params): Query) -> Result<Response, Response> {
    owner.manages().map_err(|refused| refused.answer(&app, DOOR))?;
    let macs = app.keys.macs();
    let paging = Paging::read(&macs, LIST, &params).map_err(IntoResponse::into_response)?;
    let found = api_tokens::page(&app.db, &owner.user, owner.within(), &paging.after, paging.one_more()).await;
    let mut found = found.map_err(|fault| Problem::from(fault).into_response())?;
    let last = paging.cut(&mut found, |last| last.id.to_string());
    let next = last.and_then(|last| paging.query(&macs, LIST, &last).get("cursor").map(str::to_owned));
    let page = Part { limit: paging.limit, next_cursor: next };
    let body = Json(Listed { data: found.into_iter().map(Shown::from).collect(), page });
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
#[derive(Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, default)]
#[schema(as = ApiTokenRequest)]
struct Ask {
    /// What it is for.
    #[schema(required, min_length = 1, max_length = 100)]
    name: String,
    /// Narrows it to these; absent for all that you may do.
    #[schema(min_items = 1)]
    scopes: Option<Vec<String>>,
    /// In which it acts; needed by those who are in several.
    #[schema(value_type = Option<String>)]
    workspace: Option<WorkspaceId>,
    /// When it ends; absent for never.
    #[schema(format = DateTime)]
    expires_at: Option<String>,
    /// The same in seconds from now.
    #[schema(minimum = 1, maximum = 315_360_000)]
    expires_in: Option<u64>,
}

const MEMBERS: [&str; 5] = ["name", "scopes", "workspace", "expires_at", "expires_in"];

/// A token that was just made.
#[derive(Serialize, ToSchema)]
#[schema(as = ApiTokenMade)]
struct Made {
    id: String,
    name: String,
    /// Shown this once.
    token: String,
    #[schema(value_type = Option<String>)]
    workspace: Option<WorkspaceId>,
    /// Null: all that its person may do.
    scopes: Option<Vec<String>>,
    #[schema(format = DateTime)]
    created_at: String,
    #[schema(format = DateTime)]
    expires_at: Option<String>,
}

/// Make an API token
///
/// The token is shown this once.
#[utoipa::path(post, path = "/api/tokens", operation_id = "createOwnToken", tag = "tokens", request_body = Ask,
    responses((status = 201, description = "The token", body = Made, headers(("Location" = String, description = "Where it is"))),
        (status = 409, description = "`token_limit_reached`: you have as many as there may be"),
        (status = 429, description = "`rate-limited`: at most 10 new tokens a minute; `Retry-After` says when to try again")))]
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
        By::ApiToken(_) => owner.caller.expires_at,
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
    let body = Made {
        id: token.id.to_string(),
        name: token.name.clone(),
        token: secret.reveal().to_owned(),
        workspace: token.workspace.clone(),
        scopes: token.scopes(),
        created_at: token.created_at.rfc3339(),
        expires_at: token.expires_at.map(Time::rfc3339),
    };
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

/// Read one of your own API tokens
///
/// Never the token itself.
#[utoipa::path(get, path = "/api/tokens/{id}", operation_id = "getOwnToken", tag = "tokens",
    params(("id" = String, Path, description = "Its `id`")), responses((status = 200, description = "It", body = Shown)))]
async fn show(State(app): State<App>, owner: Owner, Path(id): Path<String>) -> Result<Response, Response> {
    owner.manages().map_err(|refused| refused.answer(&app, DOOR))?;
    let found = api_tokens::one(&app.db, &id).await.map_err(|fault| Problem::from(fault).into_response())?;
    let mine = |token: &ApiToken| {
        token.user == owner.user && (owner.within().is_none() || token.workspace.as_ref() == owner.within())
    };
    match found.filter(mine) {
        Some(token) => Ok(with_csrf(&app, &owner, Json(Shown::from(token)))),
        None => Err(Problem::not_found().into_response()),
    }
}

/// Delete one of your own API tokens
///
/// It opens nothing any more, at once. Any token may delete itself.
#[utoipa::path(delete, path = "/api/tokens/{id}", operation_id = "deleteOwnToken", tag = "tokens",
    params(("id" = String, Path, description = "Its `id`")), responses((status = 204, description = "It is gone")))]
async fn delete(State(app): State<App>, owner: Owner, Path(id): Path<String>) -> Result<StatusCode, Response> {
    let itself = matches!(owner.caller.by, By::ApiToken(_)) && *owner.caller.token_id == *id;
    if !itself {
        owner.manages().map_err(|refused| refused.answer(&app, DOOR))?;
    }
    match own::end(&app, &owner.call, &owner.user, owner.within(), &id).await {
        Ok(true) => Ok(StatusCode::NO_CONTENT),
        Ok(false) => Err(Problem::not_found().into_response()),
        Err(fault) => Err(Problem::from(fault).into_response()),
    }
}
