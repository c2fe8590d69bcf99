//! `/`: what a person sees who comes by themselves.

use super::session;
use crate::app::App;
use crate::people::workspaces::{self, Standing};
use crate::web::{Page, Reader, Shell, Stopped};
use askama::Template;
use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::{IntoResponse, Response};

#[derive(Template)]
#[template(path = "home.html")]
struct HomePage {
    page: Shell,
    user: Option<String>,
    is_admin: bool,
    /// Whether they manage a workspace, without a role of the deployment.
    manages: bool,
}

/// `GET /`
pub async fn get(State(app): State<App>, reader: Reader, headers: HeaderMap) -> Result<Response, Stopped> {
    let session = session::current(&app, &headers).await?;
    let page = super::shell(&app, reader, None, session.as_ref());
    let is_admin = session.as_ref().is_some_and(|session| session.user.role.looks());
    let manages = match &session {
        Some(session) if !is_admin => {
            let all = workspaces::store::of_user(&app.db, &session.user.id).await?;
            all.iter().any(|one| one.role >= Standing::Admin)
        }
        _ => false,
    };
    let user = session.map(|session| session.user.display_name().to_owned());
    Ok(Page::new(HomePage { page, user, is_admin, manages }).into_response())
}
