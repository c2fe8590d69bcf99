//! Who is calling: one answer for every door, whether it comes with a cookie, an API token or an access token.

mod door;
pub mod gate;
pub mod introspect;
mod principal;

pub use door::{Asked, Door, Refused, enter};
pub use principal::{By, May, Principal};

use crate::app::App;
use crate::audit::Actor;
use crate::clients::ADMIN_SCOPE;
use crate::oauth::bearer::Challenge;
use crate::oauth::resource::Resource;
use crate::people::Role;
use crate::web::Problem;
use axum::http::StatusCode;
use axum::http::request::Parts;
use axum::response::{IntoResponse, Response};

/// The management API: RFC 6750 with the scope `symbolon:admin`, or an API token that names it.
const MANAGEMENT: Door<'_> =
    Door { resource: Resource::Management, audience: None, session: false, api_token_as_bearer: true };

/// Admits whoever may at least look, with what they may do; or gives the whole answer for someone who may not.
pub async fn admin(app: &App, parts: &Parts) -> Result<(Actor, Role), Response> {
    let asked = Asked::of(parts);
    let refused = |refused: Refused| refused.answer(app, MANAGEMENT);
    let caller = enter(app, &asked, MANAGEMENT).await.map_err(refused)?;
    // It reaches beyond the workspace that a token acts in, so a token must say that it is meant for this.
    if !caller.may.names(ADMIN_SCOPE) {
        return Err(refused(Refused::Challenge(Challenge::InsufficientScope)));
    }
    match caller.user {
        Some(user) if caller.user_role.looks() => Ok((Actor::User(user.to_string()), caller.user_role)),
        None if caller.client_admin => {
            Ok((Actor::Client(caller.client.map(|id| id.to_string()).unwrap_or_default()), Role::Owner))
        }
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
