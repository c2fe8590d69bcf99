//! `/account`: on one page everything that can act for a person, and the end of it.

mod activity;
mod apps;
mod codes;
mod connections;
mod done;
mod page;
mod passkeys;
mod profile;
mod security;
mod sent;
mod sessions;
mod tokens;
mod webhooks;

use crate::app::App;
use crate::signin::sudo;
use crate::web::stopped::stopped_pages;
use axum::Router;
use axum::middleware::from_fn_with_state;
use axum::response::Redirect;
use axum::routing::{get, post};

/// The page, what its forms do, and where password managers look for it (W3C, "A Well-Known URL for Changing Passwords").
pub fn routes(app: &App) -> Router<App> {
    Router::new()
        .route("/account", get(page::get))
        .route("/account/profile", post(profile::save))
        .route("/account/apps", post(apps::disconnect))
        .merge(dangerous(app))
        .route("/account/sessions", post(sessions::end))
        .route("/account/tokens", post(tokens::act))
        .route("/account/connections", post(connections::connect))
        .route("/account/connections/{id}", get(connections::get).post(connections::act))
        .route("/account/webhooks", post(webhooks::create))
        .route("/account/webhooks/{id}", get(webhooks::get).post(webhooks::act))
        .route("/.well-known/change-password", get(|| async { Redirect::to("/account#security") }))
        .layer(from_fn_with_state(app.clone(), stopped_pages))
}

/// What needs a fresh proof of who is there.
fn dangerous(app: &App) -> Router<App> {
    let password = post(security::change_password).layer(from_fn_with_state(app.clone(), sudo::ask_beside_password));
    let password = Router::new().route("/account/password", password);
    Router::new()
        .route("/account/passkeys/new", post(passkeys::new))
        .route("/account/passkeys", post(passkeys::change))
        .route("/account/totp/new", post(codes::new))
        .route("/account/totp", post(codes::change))
        .route("/account/recovery-codes", post(codes::renew))
        .route("/account/connections/{id}/give", post(connections::give))
        .route("/account/connections/{id}/free", post(connections::free))
        .route("/account/connections/{id}/delete", post(connections::delete))
        .layer(from_fn_with_state(app.clone(), sudo::ask))
        .merge(password)
}
