//! Who is calling: one answer for every door, whether it comes with a cookie, an API token or an access token.

mod door;
pub mod gate;
pub mod introspect;
mod leaked;
mod principal;
mod tokens;

pub use door::{Asked, Door, Refused, enter};
pub use principal::{By, May, Principal};

use crate::app::App;
use crate::audit::Actor;
use crate::base::id::{UserId, WorkspaceId};
use crate::clients::{ADMIN_SCOPE, WORKSPACES_SCOPE};
use crate::oauth::bearer::Challenge;
use crate::oauth::resource::Resource;
use crate::people::Role;
use crate::vault;
use crate::web::{Call, Problem, limited};
use axum::http::request::Parts;
use axum::http::{StatusCode, header};
use axum::middleware::from_fn;
use axum::response::{IntoResponse, Response};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

/// A person's own tokens, those found in public, and the gate, each with its description; what proxies ask is answered before any
/// router, by [`gate::answer`].
pub fn routes() -> OpenApiRouter<App> {
    let all = tokens::routes().routes(routes!(leaked::report)).merge(gate::routes());
    let (routes, mut described) = all.split_for_parts();
    described.merge(gate::described());
    let routes = routes.method_not_allowed_fallback(wrong_method).layer(from_fn(limited::told));
    let mut routes = OpenApiRouter::from(routes);
    *routes.get_openapi_mut() = described;
    routes
}

async fn wrong_method() -> Problem {
    let detail = "this address doesn't take this method; the Allow header names those that it takes";
    Problem::new(StatusCode::METHOD_NOT_ALLOWED, "method-not-allowed", detail)
}

/// The management API: RFC 6750 with the scope `symbolon:admin`, or an API token that names it.
const MANAGEMENT: Door<'_> =
    Door { resource: Resource::Management, audience: None, session: false, api_token_as_bearer: true };

/// For people who manage their own workspaces.
const OWN_WORKSPACES: Door<'_> = Door { resource: Resource::Workspaces, ..MANAGEMENT };

/// Admits whoever may at least look, with what they may do; or gives the whole answer for someone who may not.
pub async fn admin(app: &App, parts: &Parts) -> Result<(Actor, Role), Response> {
    let asked = Asked::of(parts);
    let refused = |refused: Refused| refused.answer(app, MANAGEMENT);
    let caller = enter(app, &asked, MANAGEMENT).await.map_err(refused)?;
    // It reaches beyond the workspace that a token acts in, so a token must say that it is meant for this.
    if !caller.may.names(ADMIN_SCOPE) {
        return Err(insufficient_scope(app, MANAGEMENT));
    }
    match caller.user {
        Some(user) if caller.user_role.looks() => Ok((Actor::User(user.clone()), caller.user_role)),
        None if caller.client_admin => Ok((caller.client.map_or(Actor::Anonymous, Actor::Client), Role::Owner)),
        _ => Err(forbidden("this is for administrators; ask one of them").into_response()),
    }
}

/// Admits a person who manages workspaces of their own; what they may do in which, the operations know. Nobody has more
/// here for what they are in the deployment.
pub async fn member(app: &App, parts: &Parts) -> Result<UserId, Response> {
    let caller = enter(app, &Asked::of(parts), OWN_WORKSPACES).await.map_err(|why| why.answer(app, OWN_WORKSPACES))?;
    if !caller.may.names(WORKSPACES_SCOPE) {
        return Err(insufficient_scope(app, OWN_WORKSPACES));
    }
    caller.user.ok_or_else(|| forbidden("this is for people; a program uses /v1/admin/workspaces").into_response())
}

/// Accounts at other companies.
const VAULT: Door<'_> = Door { resource: Resource::Vault, ..MANAGEMENT };

/// Admits whoever acts in a workspace; what they may do there, the vault knows. A person's token says in which; a program of its
/// own names it, and has there what was shared with it.
pub async fn actor(app: &App, parts: &Parts) -> Result<vault::actor::Actor, Response> {
    let caller = enter(app, &Asked::of(parts), VAULT).await.map_err(|why| why.answer(app, VAULT))?;
    let named = named_workspace(parts).map_err(IntoResponse::into_response)?;
    let program = caller.user.is_none();
    let workspace = match (caller.workspace, named) {
        (Some(own), None) => own,
        (Some(own), Some(named)) if own == named => own,
        (None, Some(named)) if program => named,
        (None, None) if program => {
            return Err(forbidden("name the workspace in the header Symbolon-Workspace").into_response());
        }
        (None, _) => return Err(forbidden("this token acts in no workspace; make one that does").into_response()),
        (Some(_), Some(_)) => return Err(Problem::not_found().into_response()),
    };
    let name = match (&caller.user, &caller.client) {
        (Some(user), _) => Actor::User(user.clone()),
        (None, Some(client)) => Actor::Client(client.clone()),
        (None, None) => Actor::Anonymous,
    };
    Ok(vault::actor::Actor {
        workspace,
        user: caller.user,
        standing: caller.standing,
        client: caller.client,
        scopes: match caller.may {
            May::All => None,
            May::Only(scopes) => Some(scopes),
        },
        name,
        call: Call::of(&parts.extensions),
        as_of: caller.as_of,
    })
}

const WORKSPACE: &str = "symbolon-workspace";

fn named_workspace(parts: &Parts) -> Result<Option<WorkspaceId>, Problem> {
    let mut all = parts.headers.get_all(WORKSPACE).iter();
    match (all.next().map(|value| value.to_str()), all.next()) {
        (None, _) => Ok(None),
        (Some(Ok(slug)), None) if !slug.is_empty() && slug.len() <= 200 => Ok(Some(WorkspaceId::from(slug))),
        _ => Err(Problem::new(
            StatusCode::BAD_REQUEST,
            "invalid_request",
            "Symbolon-Workspace must be one workspace's slug",
        )),
    }
}

/// For a change, asked for by somebody who may only look.
pub fn only_looks() -> Problem {
    forbidden("auditors look and change nothing; ask an administrator")
}

fn forbidden(detail: &str) -> Problem {
    Problem::new(StatusCode::FORBIDDEN, "forbidden", detail)
}

/// RFC 6750 §3.1: says which scope would do.
fn insufficient_scope(app: &App, door: Door<'_>) -> Response {
    let mut response = forbidden(&format!("this token lacks the scope {}", door.resource.scope())).into_response();
    for challenge in door::challenges(app, Challenge::InsufficientScope, door.resource, door.resource.scope()) {
        response.headers_mut().append(header::WWW_AUTHENTICATE, challenge);
    }
    response
}
