//! The page for people when something stops: what happened, why, what to do next, and a reference to find it in the log.

use super::{BadForm, Call, Page, Reader, Shell};
use crate::app::App;
use crate::crypto::password::Unanswered;
use crate::db::Fault;
#[cfg(feature = "dev")]
use crate::lang::Language;
use crate::lang::Message;
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
    words: Words,
    details: Vec<Detail>,
    retry_after: Option<u32>,
}

#[derive(Debug, Clone)]
enum Words {
    /// What happened; its parts `sentence` and `next` say why and what to do.
    Told(Message),
    /// The same three, in English only.
    #[cfg(feature = "dev")]
    English([String; 3]),
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
    /// Any refusal: a code for programs; for the person a message that says what happened, whose parts `sentence` and
    /// `next` say why and what to do.
    pub fn told(status: StatusCode, code: &'static str, message: Message) -> Self {
        Stopped::with(status, code, Words::Told(message))
    }

    /// For the playground's own pages, which speak English: heading, sentence and next step.
    #[cfg(feature = "dev")]
    pub fn in_english(
        status: StatusCode,
        code: &'static str,
        heading: impl Into<String>,
        sentence: impl Into<String>,
        next: impl Into<String>,
    ) -> Self {
        Stopped::with(status, code, Words::English([heading.into(), sentence.into(), next.into()]))
    }

    fn with(status: StatusCode, code: &'static str, words: Words) -> Self {
        Stopped(Box::new(Facts { status, code, words, details: Vec::new(), retry_after: None }))
    }

    /// A request that makes no sense.
    pub fn invalid(message: Message) -> Self {
        Stopped::told(StatusCode::BAD_REQUEST, "invalid_request", message)
    }

    /// A body that isn't a form.
    pub fn bad_form(why: BadForm) -> Self {
        let stopped = Stopped::told(why.status(), "invalid_request", Message::new("stopped-form"));
        stopped.detail("What is wrong", why.description())
    }

    /// A query that can't be read.
    pub fn bad_link(why: BadForm) -> Self {
        let stopped = Stopped::told(why.status(), "invalid_request", Message::new("stopped-link"));
        stopped.detail("What is wrong", why.description())
    }

    /// A form that isn't from one of our pages in this browser.
    pub fn forged(_: super::browser::Forged) -> Self {
        Stopped::told(StatusCode::FORBIDDEN, "forged_form", Message::new("stopped-forged"))
    }

    /// A page that waited too long, or belongs to another browser.
    pub fn expired() -> Self {
        Stopped::told(StatusCode::BAD_REQUEST, "interaction_expired", Message::new("stopped-expired"))
    }

    /// Too much to do right now.
    pub fn busy() -> Self {
        let message = Message::new("stopped-busy");
        let mut stopped = Stopped::told(StatusCode::SERVICE_UNAVAILABLE, "temporarily_unavailable", message);
        stopped.0.retry_after = Some(2);
        stopped
    }

    /// With facts for the developer.
    pub fn detail(mut self, label: &str, value: impl Into<String>) -> Self {
        self.0.details.push(Detail { label: label.to_owned(), value: value.into() });
        self
    }

    fn page(self, app: &App, reader: Reader, reference: String) -> Response {
        let facts = *self.0;
        let retry = facts.retry_after.map(|seconds| [(header::RETRY_AFTER, seconds.to_string())]);
        let (page, [heading, sentence, next]) = match facts.words {
            Words::Told(message) => {
                let page = Shell::of(app, reader.language());
                let heading = page.say(&message);
                let (sentence, next) = (heading.part("sentence"), heading.part("next"));
                (page, [heading.plain(), sentence.plain(), next.plain()])
            }
            #[cfg(feature = "dev")]
            Words::English(words) => (Shell::of(app, Language::ENGLISH), words),
        };
        let code = facts.code.to_owned();
        let page =
            ErrorPage { page, code, heading, sentence, next, reference, details: facts.details, restart_href: None };
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
pub async fn stopped_pages(
    State(app): State<App>,
    call: Call,
    reader: Reader,
    request: Request,
    next: Next,
) -> Response {
    let mut response = next.run(request).await;
    match response.extensions_mut().remove::<Stopped>() {
        Some(stopped) => {
            tracing::info!(code = stopped.0.code, "a page was refused");
            stopped.page(&app, reader, call.request_id.to_string())
        }
        None => response,
    }
}

impl From<Unanswered> for Stopped {
    fn from(unanswered: Unanswered) -> Self {
        match unanswered {
            Unanswered::Busy => Stopped::busy(),
            Unanswered::Fault => Fault::Bug("a password couldn't be hashed".to_owned()).into(),
        }
    }
}

impl From<Fault> for Stopped {
    fn from(fault: Fault) -> Self {
        tracing::error!(%fault, "the database failed a page");
        if fault.temporary() {
            return Stopped::busy();
        }
        Stopped::told(StatusCode::INTERNAL_SERVER_ERROR, "server_error", Message::new("stopped-fault"))
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
