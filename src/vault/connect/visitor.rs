//! Whoever opens a page of a connection, and whether they are whom it was made for.

use super::{Binding, Connect, ConnectId, Why, print, store};
use crate::app::App;
use crate::base::id::UserId;
use crate::people::workspaces;
use crate::signin::interaction::{self, Waiting};
use crate::signin::session::{self, Session};
use crate::vault::sources::{self, Source};
use crate::web::browser::Browser;
use crate::web::{Reader, Shell, Stopped};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Redirect, Response};
use serde_json::Value;

/// A browser at a page of ours.
pub(super) struct Visitor {
    pub browser: Browser,
    pub session: Option<Session>,
    reader: Reader,
}

impl Visitor {
    pub(super) async fn of(app: &App, reader: Reader, headers: &HeaderMap) -> Result<Self, Stopped> {
        Ok(Visitor { browser: Browser::of(app, headers), session: session::current(app, headers).await?, reader })
    }

    pub(super) fn shell(&self, app: &App) -> Shell {
        crate::signin::shell(app, self.reader, None, self.session.as_ref())
    }

    /// Whether somebody is signed in, and it is somebody else.
    pub(super) fn is_another(&self, owner: &UserId) -> bool {
        self.session.as_ref().is_some_and(|session| session.user.id != *owner)
    }

    /// To the sign-in, and then here again.
    pub(super) async fn signs_in_first(&self, app: &App, path: &str) -> Result<Response, Stopped> {
        let waiting = Waiting {
            asking: None,
            login_hint: None,
            return_to: path.to_owned(),
            leads_to: None,
            language: None,
            needs: 0,
            request: Value::Null,
        };
        let go = interaction::park(app, &self.browser, &waiting, app.now()).await?;
        Ok((self.browser.cookie(app), Redirect::to(&format!("/login?go={go}"))).into_response())
    }
}

/// A connection by what stands in the address: its token, or its name where who is signed in shows the rest.
pub(super) async fn found(app: &App, handle: &str) -> Result<(Connect, Source), Stopped> {
    let connect = match handle.starts_with("con_") {
        true => store::one(&app.db, &ConnectId::from(handle)).await?.filter(|one| one.binding == Binding::Session),
        false if handle.len() <= 100 => store::by_token(&app.db, &print(handle)).await?,
        false => None,
    };
    let connect = connect.filter(|connect| !connect.expired(app.now())).ok_or_else(over)?;
    let source = sources::store::one(&app.db, &connect.source).await?.ok_or_else(over)?;
    Ok((connect, source))
}

/// vault.md §3.4 rule 5: lets on only whom it was made for; gives the way to the sign-in where nobody is.
pub(super) async fn bound(app: &App, visitor: &Visitor, connect: &Connect) -> Result<Option<Response>, Stopped> {
    if connect.binding != Binding::Session {
        return Ok(None);
    }
    if visitor.session.is_none() {
        return visitor.signs_in_first(app, &format!("/connect/{}", connect.id)).await.map(Some);
    }
    let member = workspaces::store::member(&app.db, &connect.workspace, &connect.owner).await?;
    match visitor.is_another(&connect.owner) || member.is_none() {
        true => Err(stopped(StatusCode::FORBIDDEN, Why::SessionMismatch)),
        false => Ok(None),
    }
}

/// A page that says why, for people whom nothing else may be told.
pub(super) fn stopped(status: StatusCode, why: Why) -> Stopped {
    Stopped::told(status, why.name(), why.message())
}

/// Its time is over, or there never was one.
pub(super) fn over() -> Stopped {
    stopped(StatusCode::BAD_REQUEST, Why::StateExpired)
}
