//! The management API: JSON in, JSON out, RFC 9457 for what goes wrong, nothing of it kept in any cache. Each handler
//! carries its own description; [`openapi`] makes one document of them.

mod asked;
mod audit;
mod clients;
mod grants;
mod invites;
mod keys;
pub mod openapi;
pub mod reference;
mod repeats;
mod rules;
mod sessions;
mod settings;
mod user_invites;
mod user_tokens;
mod users;
mod vault;
mod within;
mod workspaces;

use crate::admin::tag;
use crate::app::App;
use crate::web::Problem;
use crate::web::limited::Ledger;
use asked::{Admin, Named, NamedIn};
use axum::Json;
use axum::extract::{Request, State};
use axum::http::{HeaderValue, StatusCode, header};
use axum::middleware::{Next, from_fn_with_state};
use axum::response::{AppendHeaders, IntoResponse, Response};
use serde::Serialize;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use vault::named::both;

/// All routes under `/v1`, each with its description.
pub fn routes(app: &App) -> OpenApiRouter<App> {
    let (routes, document) = described().split_for_parts();
    let around = from_fn_with_state(app.clone(), around);
    let mut routes = OpenApiRouter::from(routes.method_not_allowed_fallback(wrong_method).layer(around));
    *routes.get_openapi_mut() = document;
    routes
}

/// What stands around every handler: what is left of limits, that nothing is stored, the form of refusals, what is done only once.
/// One layer and not four: each costs as much as a small handler.
async fn around(State(app): State<App>, mut request: Request, next: Next) -> Response {
    let ledger = Ledger::default();
    request.extensions_mut().insert(ledger.clone());
    let ours = vault::told::ours(request.uri().path());
    let answer = match repeats::asks(&request) {
        true => Box::pin(repeats::once(&app, request, next)).await,
        false => next.run(request).await,
    };
    let mut answer = if ours { vault::told::told(answer).await } else { answer };
    ledger.tell(answer.headers_mut());
    answer.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    answer
}

fn described() -> OpenApiRouter<App> {
    OpenApiRouter::default()
        .routes(routes!(clients::list, clients::create))
        .routes(routes!(clients::seen))
        .routes(routes!(clients::show, clients::replace, clients::patch, clients::delete))
        .routes(routes!(clients::rotate_secret))
        .routes(routes!(clients::enable))
        .routes(routes!(clients::disable))
        .routes(routes!(invites::list, invites::create))
        .routes(routes!(invites::revoke))
        .routes(routes!(users::list, users::create))
        .routes(routes!(users::show, users::delete))
        .routes(routes!(users::enable))
        .routes(routes!(users::disable))
        .routes(routes!(users::sign_out))
        .routes(routes!(users::set_role))
        .routes(routes!(users::promote))
        .routes(routes!(users::demote))
        .routes(routes!(users::set_password))
        .routes(routes!(users::reset_link))
        .routes(routes!(users::reset_factors))
        .routes(routes!(users::verify))
        .routes(routes!(user_invites::list, user_invites::create))
        .routes(routes!(user_invites::revoke))
        .routes(routes!(workspaces::list, workspaces::create))
        .routes(routes!(workspaces::show, workspaces::rename, workspaces::delete))
        .routes(routes!(workspaces::members, workspaces::add))
        .routes(routes!(workspaces::member, workspaces::set_role, workspaces::remove))
        .routes(routes!(audit::list))
        .routes(routes!(audit::export))
        .routes(routes!(grants::list))
        .routes(routes!(grants::end))
        .routes(routes!(sessions::list))
        .routes(routes!(sessions::end))
        .routes(routes!(keys::list))
        .routes(routes!(keys::rotate))
        .routes(routes!(keys::retire))
        .routes(routes!(settings::list))
        .routes(routes!(within::list))
        .routes(routes!(within::show, within::rename))
        .routes(routes!(within::apps))
        .routes(routes!(within::members, within::add))
        .routes(routes!(within::member, within::set_role, within::remove))
        .routes(routes!(workspaces::apps))
        .routes(routes!(vault::types::list))
        .routes(routes!(vault::types::show))
        .routes(routes!(vault::sources::list, vault::sources::create))
        .routes(routes!(vault::sources::show, vault::sources::patch, vault::sources::delete))
        .routes(routes!(vault::sources::verify_now))
        .routes(routes!(vault::connect::create))
        .routes(routes!(vault::connect::show, vault::connect::delete))
        .routes(routes!(vault::connect::finish))
        .routes(routes!(vault::accounts::list, vault::accounts::create))
        .routes(both(routes!(vault::accounts::show, vault::accounts::patch, vault::accounts::delete)))
        .routes(both(routes!(vault::tokens::refresh)))
        .routes(both(routes!(vault::tokens::reject)))
        .routes(both(routes!(vault::history::events)))
        .routes(both(routes!(vault::history::reads)))
        .routes(both(routes!(vault::shares::shares)))
        .routes(both(routes!(vault::shares::share, vault::shares::unshare)))
        .routes(both(routes!(vault::break_glass::open)))
        .routes(routes!(vault::credentials::batch))
        .routes(both(routes!(vault::custody::free)))
        .routes(both(routes!(vault::custody::ack)))
        .routes(both(routes!(vault::custody::cancel)))
        .routes(routes!(vault::webhooks::list, vault::webhooks::create))
        .routes(routes!(vault::webhooks::show, vault::webhooks::patch, vault::webhooks::delete))
        .routes(routes!(vault::webhooks::deliveries))
        .routes(routes!(vault::webhooks::replay))
        .routes(routes!(vault::webhooks::test))
        .routes(routes!(user_tokens::list))
        .routes(routes!(user_tokens::limit, user_tokens::delete))
}

async fn wrong_method() -> Problem {
    let detail = "this address doesn't take this method; the Allow header names those that it takes";
    Problem::new(StatusCode::METHOD_NOT_ALLOWED, "method-not-allowed", detail)
}

/// An object with its entity tag.
fn shown(object: impl Serialize) -> Response {
    let object = serde_json::json!(object);
    (AppendHeaders([(header::ETAG, tag(&object))]), Json(object)).into_response()
}

/// The same for one that was just made, and where it is.
fn made(app: &App, path: &str, object: impl Serialize) -> Response {
    let location = AppendHeaders([(header::LOCATION, app.url(path))]);
    (StatusCode::CREATED, location, shown(object)).into_response()
}
