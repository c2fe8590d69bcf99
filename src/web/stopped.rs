//! The page for people when something stops: what happened, why, what to do next, and a reference to find it in the log.

use super::{BadForm, Call, Page, Shell};
use crate::app::App;
use crate::db::Fault;
use askama::Template;
use axum::extract::{Request, State};
use axum::http::{StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};

/// An error page: for the person first, for the developer folded away.
#[derive(Debug, Clone)]
pub struct Stopped(Box<Facts>);

#[derive(Debug, Clone)]
struct Facts {
    status: StatusCode,
    code: &'static str,
    heading: String,
    sentence: String,
    next: String,
    details: Vec<Detail>,
    retry_after: Option<u32>,
}

/// A fact for the developer of an app.
#[derive(Debug, Clone)]
pub struct Detail {
    /// What it is.
    pub label: String,
    /// As it was received; shown escaped, never as a link.
    pub value: String,
}

impl Stopped {
    /// Any refusal: a code for programs; heading, sentence and next step for the person.
    pub fn refused(
        status: StatusCode,
        code: &'static str,
        heading: impl Into<String>,
        sentence: impl Into<String>,
        next: impl Into<String>,
    ) -> Self {
        let (heading, sentence, next) = (heading.into(), sentence.into(), next.into());
        Stopped(Box::new(Facts { status, code, heading, sentence, next, details: Vec::new(), retry_after: None }))
    }

    /// A request that makes no sense.
    pub fn bad_request(sentence: impl Into<String>) -> Self {
        let next = "Go back and try again.";
        Stopped::refused(StatusCode::BAD_REQUEST, "invalid_request", "That didn't work", sentence, next)
    }

    /// A body that isn't a form.
    pub fn bad_form(why: BadForm) -> Self {
        let mut stopped = Stopped::bad_request(format!("We can't read this form: {}.", why.description()));
        stopped.0.status = why.status();
        stopped
    }

    /// A query that can't be read.
    pub fn bad_link(why: BadForm) -> Self {
        let mut stopped = Stopped::bad_request(format!("We can't read this link: {}.", why.description()));
        stopped.0.status = why.status();
        stopped
    }

    /// A form that isn't from one of our pages in this browser.
    pub fn forged(_: super::browser::Forged) -> Self {
        Stopped::refused(
            StatusCode::FORBIDDEN,
            "forged_form",
            "We can't tell that this came from you",
            "The form wasn't sent from our own page in this browser, or your browser blocks the cookie that tells us so.",
            "Allow cookies for this site, open the page again and repeat what you did.",
        )
    }

    /// A page that waited too long, or belongs to another browser.
    pub fn expired() -> Self {
        Stopped::refused(
            StatusCode::BAD_REQUEST,
            "interaction_expired",
            "This page got old",
            "It waited too long, was finished in another tab, or was opened in another browser.",
            "Go back to the app that you came from and start again.",
        )
    }

    /// Too much to do right now.
    pub fn busy() -> Self {
        let mut stopped = Stopped::refused(
            StatusCode::SERVICE_UNAVAILABLE,
            "temporarily_unavailable",
            "Too much is going on right now",
            "We couldn't take care of this in time. Nothing was lost.",
            "Try again in a few seconds.",
        );
        stopped.0.retry_after = Some(2);
        stopped
    }

    /// With facts for the developer.
    pub fn detail(mut self, label: &str, value: impl Into<String>) -> Self {
        self.0.details.push(Detail { label: label.to_owned(), value: value.into() });
        self
    }

    fn page(self, shell: Shell, reference: String) -> Response {
        let facts = *self.0;
        let retry = facts.retry_after.map(|seconds| [(header::RETRY_AFTER, seconds.to_string())]);
        let page = ErrorPage {
            page: shell,
            code: facts.code.to_owned(),
            heading: facts.heading,
            sentence: facts.sentence,
            next: facts.next,
            reference,
            details: facts.details,
            restart_href: None,
        };
        (retry, Page::new(page).status(facts.status)).into_response()
    }
}

/// The page itself is made by [`stopped_pages`], which knows the deployment and the request.
impl IntoResponse for Stopped {
    fn into_response(self) -> Response {
        let mut response = self.0.status.into_response();
        response.extensions_mut().insert(self);
        response
    }
}

/// Layer of all routes that people see: makes the page of a [`Stopped`].
pub async fn stopped_pages(State(app): State<App>, call: Call, request: Request, next: Next) -> Response {
    let mut response = next.run(request).await;
    match response.extensions_mut().remove::<Stopped>() {
        Some(stopped) => {
            tracing::info!(code = stopped.0.code, "a page was refused");
            stopped.page(Shell::new(&app), call.request_id)
        }
        None => response,
    }
}

impl From<Fault> for Stopped {
    fn from(fault: Fault) -> Self {
        tracing::error!(%fault, "the database failed a page");
        if fault.temporary() {
            return Stopped::busy();
        }
        Stopped::refused(
            StatusCode::INTERNAL_SERVER_ERROR,
            "server_error",
            "Our fault",
            "Something went wrong on our side. It has been logged; your data is safe.",
            "Try again, and tell whoever runs this site the reference below if it happens again.",
        )
    }
}

#[derive(Template)]
#[template(path = "error.html")]
struct ErrorPage {
    page: Shell,
    code: String,
    heading: String,
    sentence: String,
    next: String,
    reference: String,
    details: Vec<Detail>,
    restart_href: Option<String>,
}
