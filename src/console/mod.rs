//! `/admin`: the deployment in a browser, for those who look after it. Pages that need no scripts; each change is the same
//! operation that the management API and the command line call.

mod audit;
mod chart;
mod clients;
mod connections;
mod desk;
mod form;
mod grants;
mod invitations;
mod jobs;
mod keys;
mod overview;
mod registration;
mod settings;
mod sources;
mod tokens;
mod users;
mod view;
mod workspaces;

use crate::app::App;
use crate::signin::sudo;
use axum::Router;
use axum::middleware::from_fn_with_state;
use axum::routing::{get, post};

/// All routes under `/admin`.
pub fn routes(app: &App) -> Router<App> {
    Router::new()
        .merge(dangerous(app))
        .route("/admin", get(overview::get))
        .route("/admin/clients", get(clients::list).post(clients::create))
        .route("/admin/clients/new", get(clients::new))
        .route("/admin/clients/{id}", get(clients::show::get).post(clients::show::edit))
        .route("/admin/clients/{id}/enable", post(clients::show::enable))
        .route("/admin/clients/{id}/disable", post(clients::show::disable))
        .route("/admin/users", get(users::list).post(users::create))
        .route("/admin/users/new", get(users::new))
        .route("/admin/users/{id}", get(users::show))
        .route("/admin/users/{id}/enable", post(users::enable))
        .route("/admin/users/{id}/disable", post(users::disable))
        .route("/admin/users/{id}/sign-out", post(users::sign_out))
        .route("/admin/users/{id}/tokens", post(tokens::end))
        .route("/admin/users/{id}/tokens/limit", post(tokens::set_limit))
        .route("/admin/workspaces", get(workspaces::list).post(workspaces::create))
        .route("/admin/workspaces/{slug}", get(workspaces::show).post(workspaces::rename))
        .route("/admin/workspaces/{slug}/add", post(workspaces::add))
        .route("/admin/workspaces/{slug}/remove", post(workspaces::remove))
        .route("/admin/workspaces/{slug}/limit", post(workspaces::limit))
        .route("/admin/workspaces/{slug}/delete", post(workspaces::delete))
        .route("/admin/workspaces/{slug}/invite", post(invitations::into_workspace))
        .route("/admin/workspaces/{slug}/revoke-invite", post(invitations::out_of_workspace))
        .route("/admin/workspaces/{slug}/sources", post(sources::create))
        .route("/admin/workspaces/{slug}/sources/new", get(sources::new))
        .route("/admin/workspaces/{slug}/sources/{id}", get(sources::show))
        .route("/admin/workspaces/{slug}/sources/{id}/verify", post(sources::verify))
        .route("/admin/workspaces/{slug}/sources/{id}/turn", post(sources::turn))
        .route("/admin/connections", get(connections::list))
        .route("/admin/connections/break-glass", post(connections::glass))
        .route("/admin/connections/{id}", get(connections::one::show))
        .route("/admin/connections/{id}/turn", post(connections::one::turn))
        .route("/admin/connections/{id}/close", post(connections::one::close))
        .route("/admin/invitations", get(invitations::list).post(invitations::create))
        .route("/admin/invitations/revoke", post(invitations::revoke))
        .route("/admin/audit", get(audit::list))
        .route("/admin/audit/export", get(audit::export))
        .route("/admin/keys", get(keys::list))
        .route("/admin/registration", get(registration::get))
        .route("/admin/registration/invite", post(registration::invite))
        .route("/admin/registration/revoke", post(registration::revoke))
        .route("/admin/registration/block", post(registration::block))
        .route("/admin/registration/unblock", post(registration::unblock))
        .route("/admin/grants", get(grants::get))
        .route("/admin/grants/end", post(grants::end))
        .route("/admin/grants/end-all", post(grants::end_all))
        .route("/admin/jobs", get(jobs::get))
        .route("/admin/settings", get(settings::get))
}

/// What needs a fresh proof of who is there.
fn dangerous(app: &App) -> Router<App> {
    Router::new()
        .route("/admin/clients/{id}/rotate", post(clients::show::rotate))
        .route("/admin/clients/{id}/delete", post(clients::show::delete))
        .route("/admin/users/{id}/role", post(users::set_role))
        .route("/admin/users/{id}/password", post(users::set_password))
        .route("/admin/users/{id}/reset-factors", post(users::reset_factors))
        .route("/admin/users/{id}/delete", post(users::delete))
        .route("/admin/workspaces/{slug}/sources/{id}/secret", post(sources::secret))
        .route("/admin/workspaces/{slug}/sources/{id}/key", post(sources::key))
        .route("/admin/workspaces/{slug}/sources/{id}/delete", post(sources::delete))
        .route("/admin/connections/open", post(connections::open))
        .route("/admin/connections/{id}/transfer", post(connections::one::transfer))
        .route("/admin/connections/{id}/delete", post(connections::one::delete))
        .route("/admin/keys/rotate", post(keys::rotate))
        .route("/admin/keys/retire", post(keys::retire))
        .layer(from_fn_with_state(app.clone(), sudo::ask))
}
