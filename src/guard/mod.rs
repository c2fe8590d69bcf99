//! Who is calling the management API: RFC 6750 with the scope `symbolon:admin`, held by an admin or a client made for it.

use crate::app::App;
use crate::audit::Actor;
use crate::clients::ADMIN_SCOPE;
use crate::oauth::bearer::{self, Challenge};
use crate::oauth::resource::Resource;
use crate::people::Role;
use crate::web::Problem;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};

/// Admits whoever may at least look, with what they may do; or gives the whole answer for someone who may not.
pub async fn admin(app: &App, headers: &HeaderMap) -> Result<(Actor, Role), Response> {
    let bearer = bearer::authenticate(app, headers, Resource::Management).await?;
    if !bearer.scope.has(ADMIN_SCOPE) {
        return Err(insufficient_scope(app));
    }
    match bearer.user {
        Some(user) if bearer.user_role.looks() => Ok((Actor::User(user.to_string()), bearer.user_role)),
        None if bearer.client_admin => Ok((Actor::Client(bearer.client_id.to_string()), Role::Owner)),
        _ => Err(forbidden("this is for administrators; ask one of them").into_response()),
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
fn insufficient_scope(app: &App) -> Response {
    let challenge = Challenge::InsufficientScope.header(app, Resource::Management);
    let problem = forbidden("this access token lacks the scope symbolon:admin");
    ([(header::WWW_AUTHENTICATE, challenge)], problem).into_response()
}
