//! Who is calling the management API: RFC 6750 with the scope `symbolon:admin`, held by an admin or a client made for it.

use crate::app::App;
use crate::audit::Actor;
use crate::base::id::UserId;
use crate::clients::{ADMIN_SCOPE, WORKSPACES_SCOPE};
use crate::oauth::bearer::{self, Challenge};
use crate::oauth::resource::Resource;
use crate::people::Role;
use crate::web::Problem;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};

/// Admits whoever may at least look, with what they may do; or gives the whole answer for someone who may not.
pub async fn admin(app: &App, headers: &HeaderMap) -> Result<(Actor, Role), Response> {
    let bearer = bearer::authenticate(app, headers, Resource::Management).await.map_err(as_problem)?;
    if !bearer.scope.has(ADMIN_SCOPE) {
        return Err(insufficient_scope(app, Resource::Management));
    }
    match bearer.user {
        Some(user) if bearer.user_role.looks() => Ok((Actor::User(user.to_string()), bearer.user_role)),
        None if bearer.client_admin => Ok((Actor::Client(bearer.client_id.to_string()), Role::Owner)),
        _ => Err(forbidden("this is for administrators; ask one of them").into_response()),
    }
}

/// Admits a person who manages workspaces of their own; what they may do in which, the operations know. Nobody has more
/// here for what they are in the deployment.
pub async fn member(app: &App, headers: &HeaderMap) -> Result<UserId, Response> {
    let bearer = bearer::authenticate(app, headers, Resource::Workspaces).await.map_err(as_problem)?;
    if !bearer.scope.has(WORKSPACES_SCOPE) {
        return Err(insufficient_scope(app, Resource::Workspaces));
    }
    bearer.user.ok_or_else(|| forbidden("this is for people; a program uses /v1/admin/workspaces").into_response())
}

/// The management API tells all its errors in one way (RFC 9457), also those of RFC 6750.
fn as_problem(refused: Response) -> Response {
    let (code, detail) = match refused.status() {
        StatusCode::BAD_REQUEST => ("invalid_request", "send one access token, in one Authorization header"),
        StatusCode::UNAUTHORIZED => (
            "invalid_token",
            "send an access token that is good, with the scope symbolon:admin: Authorization: Bearer ...",
        ),
        StatusCode::SERVICE_UNAVAILABLE => ("unavailable", "this can't be done right now; try again in a moment"),
        _ => ("internal", "something went wrong on our side; it has been logged"),
    };
    let mut problem = Problem::new(refused.status(), code, detail).into_response();
    for name in [header::WWW_AUTHENTICATE, header::RETRY_AFTER] {
        if let Some(value) = refused.headers().get(&name) {
            problem.headers_mut().insert(name, value.clone());
        }
    }
    problem
}

/// For a change, asked for by somebody who may only look.
pub fn only_looks() -> Problem {
    forbidden("auditors look and change nothing; ask an administrator")
}

fn forbidden(detail: &str) -> Problem {
    Problem::new(StatusCode::FORBIDDEN, "forbidden", detail)
}

/// RFC 6750 §3.1: says which scope would do.
fn insufficient_scope(app: &App, at: Resource) -> Response {
    let challenge = Challenge::InsufficientScope.header(app, at);
    let problem = forbidden(&format!("this access token lacks the scope {}", at.scope()));
    ([(header::WWW_AUTHENTICATE, challenge)], problem).into_response()
}
