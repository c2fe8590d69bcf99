//! What stands around every page of the playground: the way around, the clock, who is signed in.

use super::{Playground, clock};
use crate::lang::Language;
use crate::signin::session;
use crate::web::browser::{Browser, SetCookie};
use crate::web::{Page, Shell, Stopped, assets};
use askama::Template;
use axum::http::HeaderMap;
use axum::response::{IntoResponse, Response};

/// What the frame shows.
pub(super) struct Frame {
    pub page: Shell,
    pub css: String,
    pub js: String,
    /// Which entry of the navigation this is.
    pub at: &'static str,
    /// Where the clock's buttons come back to.
    pub path: String,
    pub csrf: String,
    pub user: Option<String>,
    /// `2026-11-22 02:14:05 UTC`
    pub now: String,
    /// `+1 day`; none when the clock is right.
    pub shift: Option<String>,
    cookie: Option<SetCookie>,
}

impl Frame {
    pub(super) async fn of(
        playground: &Playground,
        headers: &HeaderMap,
        at: &'static str,
        path: String,
    ) -> Result<Self, Stopped> {
        let app = &playground.app;
        let browser = Browser::of(app, headers);
        let session = session::current(app, headers).await?;
        Ok(Frame {
            page: Shell::of(app, Language::ENGLISH),
            css: assets::dev_css(),
            js: assets::dev_js(),
            at,
            path,
            csrf: browser.csrf(app),
            user: session.map(|session| session.user.display_name().to_owned()),
            now: clock::written(app.now()),
            shift: clock::shift(app),
            cookie: Some(browser.cookie(app)),
        })
    }
}

/// A page of the playground with its frame.
pub(super) trait Framed: Template + Sized {
    /// The frame that it holds.
    fn frame(&mut self) -> &mut Frame;

    /// The page, with the browser's cookie when it is new.
    fn answer(mut self) -> Response {
        let cookie = self.frame().cookie.take();
        (cookie, Page::new(self)).into_response()
    }
}
