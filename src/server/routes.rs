//! Every route of the house.

use super::health;
use crate::account;
use crate::api;
use crate::app::App;
use crate::console;
#[cfg(feature = "dev")]
use crate::dev;
use crate::entry;
use crate::guard;
use crate::oauth::{self, authorize, discovery, resource};
use crate::register;
use crate::signin;
use crate::vault::connect;
use crate::web::{assets, limited, stopped};
use axum::Router;
use axum::middleware::{from_fn, from_fn_with_state};
use axum::routing::{get, post};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

/// All routes, without the layers that every request passes.
pub fn routes(app: &App) -> Router {
    let pages = only_in_dev(app, pages(app).merge(account::routes(app)));
    let programs = documents(app)
        .merge(endpoints(app))
        .merge(api::routes(app))
        .merge(guard::routes())
        .merge(register::routes(app));
    let (programs, mut described) = programs.split_for_parts();
    described.merge(health::described());
    let document = api::openapi::document(app, &described);
    let routes = programs.merge(pages).merge(api::openapi::routes(&document)).merge(api::reference::routes(&document));
    routes.with_state(app.clone())
}

/// The playground, and one host for all pages; nothing of it is there in `serve`.
#[cfg(feature = "dev")]
fn only_in_dev(app: &App, pages: Router<App>) -> Router<App> {
    if !app.dev {
        return pages;
    }
    let playground = dev::routes(app).layer(from_fn_with_state(app.clone(), stopped::stopped_pages));
    pages.merge(playground).layer(from_fn_with_state(app.clone(), dev::host::canonical))
}

#[cfg(not(feature = "dev"))]
fn only_in_dev(_: &App, pages: Router<App>) -> Router<App> {
    pages
}

/// What anyone may read, from any origin.
fn documents(app: &App) -> OpenApiRouter<App> {
    discovery::routes(app).merge(resource::routes(app)).layer(from_fn(oauth::cors::everyone))
}

/// What programs call. Whoever adds one describes it where its handler is: `#[utoipa::path]`.
fn endpoints(app: &App) -> OpenApiRouter<App> {
    let from_browsers = OpenApiRouter::default()
        .routes(routes!(oauth::token::post))
        .routes(routes!(oauth::revoke::post))
        .routes(routes!(oauth::userinfo::get, oauth::userinfo::post))
        .layer(from_fn_with_state(app.clone(), oauth::cors::public_clients))
        .layer(from_fn(limited::told));
    from_browsers.merge(oauth::introspect::route(post(guard::introspect::post)))
}

/// What people see.
fn pages(app: &App) -> Router<App> {
    Router::new()
        .route("/", get(signin::home::get))
        .route("/oauth2/auth", get(authorize::get).post(authorize::post))
        .route("/oauth2/auth/resume", get(authorize::resume))
        .route("/logo", get(authorize::logo::get))
        .route("/login", get(signin::login::get).post(signin::login::post))
        .route("/login/code", post(signin::second::post))
        .route("/login/passkey", post(signin::by_passkey::post))
        .route("/select", get(signin::select::get).post(signin::select::post))
        .route("/consent", get(authorize::consent_page::get).post(authorize::consent_page::post))
        .route("/oauth2/sessions/logout", get(oauth::logout::endpoint::get).post(oauth::logout::endpoint::post))
        .route("/logout", get(oauth::logout::page::get).post(oauth::logout::page::post))
        .route("/setup", get(signin::setup::get).post(signin::setup::post))
        .route("/recover", get(entry::recover::get).post(entry::recover::post))
        .route("/recover/new", get(entry::reset::get).post(entry::reset::post))
        .route("/signup", get(entry::signup::get).post(entry::signup::post))
        .route("/signup/finish", get(entry::signup::finish_page).post(entry::signup::finish))
        .route("/verify", get(entry::verify::get).post(entry::verify::post))
        .route("/invite", get(entry::accept::get).post(entry::accept::post))
        .route("/connect/{token}", get(connect::page::get).post(connect::page::post))
        .route("/connect/{token}/start", get(connect::page::start))
        .route("/connect/callback/{source}", get(connect::callback::get))
        .route("/connect/again/{account}", get(connect::again::get))
        .route("/assets/{name}", get(assets::get))
        .merge(console::routes(app))
        .layer(from_fn_with_state(app.clone(), stopped::stopped_pages))
}
