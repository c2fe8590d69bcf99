//! Who is calling the management API: RFC 6750 with the scope `symbolon:admin`, held by an admin or a client made for it.

use crate::app::App;
use crate::audit::Actor;
use crate::clients::ADMIN_SCOPE;
use crate::oauth::bearer::{self, Challenge};
use crate::oauth::resource::Resource;
use crate::web::Problem;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};

/// Admits an administrator, or gives the whole answer for someone who isn't.
pub async fn admin(app: &App, headers: &HeaderMap) -> Result<Actor, Response> {
    let bearer = bearer::authenticate(app, headers, Resource::Management).await?;
    if !bearer.scope.has(ADMIN_SCOPE) {
        return Err(insufficient_scope(app));
    }
    match bearer.user {
        Some(user) if bearer.user_admin => Ok(Actor::User(user.to_string())),
        None if bearer.client_admin => Ok(Actor::Client(bearer.client_id.to_string())),
        _ => Err(forbidden("this is for administrators; ask one of them").into_response()),
    }
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
