//! `/account`: on one page everything that can act for a person, and the end of it.

mod activity;
mod apps;
mod done;
mod page;
mod profile;
mod security;
mod sent;
mod sessions;
mod tokens;

use crate::app::App;
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
        .route("/account/password", post(security::change_password))
        .route("/account/sessions", post(sessions::end))
        .route("/account/tokens", post(tokens::act))
        .route("/.well-known/change-password", get(|| async { Redirect::to("/account#security") }))
        .layer(from_fn_with_state(app.clone(), stopped_pages))
}
