//! Acme CRM: a company that is made up, so that the vault can be tried without anybody's console. It knows OAuth as strict
//! companies do: a refresh token is good for one use, and a second use ends everything. It fails on demand.
//!
//! It has an address of its own, for it is somebody else; nothing of it knows the rest of this program.

mod api;
mod authorize;
mod book;
mod mishap;
mod office;
mod token;

pub use book::Call;
pub use mishap::Mishap;

use crate::base::{Clock, Time};
use askama::Template;
use axum::Router;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use book::Book;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use tokio::sync::watch;

/// The application that is registered there.
pub const CLIENT: &str = "symbolon-dev";
/// Its secret. It opens nothing but this company's.
pub const SECRET: &str = "acme-secret-for-this-machine-only";
/// What the application is allowed to do there.
pub const SCOPE: &str = "contacts.read";
/// How long an access token lives: so short that one may watch it end.
pub const ACCESS_LIFE: Duration = Duration::from_secs(60);

/// The company. Cloning shares it.
#[derive(Clone)]
pub struct Acme(Arc<Company>);

struct Company {
    origin: String,
    clock: Clock,
    book: Mutex<Book>,
    /// Where it remembers what it gave; none when it forgets at its end.
    file: Option<PathBuf>,
    gate: watch::Sender<Gate>,
}

/// Whether answers to refreshes leave.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Gate {
    /// They do.
    Open,
    /// The next one will not.
    Closed,
    /// One doesn't.
    Holding,
}

impl Acme {
    /// At `origin`, with what it remembers in `file`.
    pub fn new(origin: String, clock: Clock, file: Option<PathBuf>) -> Self {
        let book = file.as_ref().map(|file| Book::open(file)).unwrap_or_default();
        Acme(Arc::new(Company { origin, clock, book: Mutex::new(book), file, gate: watch::Sender::new(Gate::Open) }))
    }

    /// `http://localhost:<port>`
    pub fn origin(&self) -> &str {
        &self.0.origin
    }

    /// An address of its.
    pub fn url(&self, path: &str) -> String {
        format!("{}{path}", self.0.origin)
    }

    /// The application may be come back to here (RFC 6749 §3.1.2).
    pub fn registers(&self, redirect_uri: &str) {
        self.changes(|book, _| book.registers(redirect_uri));
    }

    /// What was asked of it, the newest last.
    pub fn calls(&self) -> Vec<Call> {
        self.reads(|book, _| book.calls())
    }

    /// How often refresh tokens were presented that had been used before. A careful client never does.
    pub fn reuses(&self) -> u32 {
        self.reads(|book, _| book.reuses())
    }

    /// Holds the answer to the next refresh back.
    pub fn holds(&self) {
        self.0.gate.send_replace(Gate::Closed);
    }

    /// Waits until it has one in its hand: the old refresh token is spent by then.
    pub async fn held(&self) {
        // The sender lives in `self`, so the channel can't close.
        let _ = self.0.gate.subscribe().wait_for(|gate| *gate == Gate::Holding).await;
    }

    /// Lets it go.
    pub fn lets_go(&self) {
        self.0.gate.send_replace(Gate::Open);
    }

    async fn passes(&self) {
        let stopped = self.0.gate.send_if_modified(|gate| {
            let closed = *gate == Gate::Closed;
            if closed {
                *gate = Gate::Holding;
            }
            closed
        });
        if stopped {
            let _ = self.0.gate.subscribe().wait_for(|gate| *gate == Gate::Open).await;
        }
    }

    fn reads<T>(&self, reader: impl FnOnce(&Book, Time) -> T) -> T {
        reader(&self.book(), self.0.clock.now())
    }

    fn changes<T>(&self, change: impl FnOnce(&mut Book, Time) -> T) -> T {
        let mut book = self.book();
        let done = change(&mut book, self.0.clock.now());
        if let Some(file) = &self.0.file {
            book.save(file);
        }
        done
    }

    fn book(&self) -> MutexGuard<'_, Book> {
        self.0.book.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// All of its addresses.
pub fn routes(acme: &Acme) -> Router {
    Router::new()
        .route("/", get(office::get))
        .route("/calls", get(office::calls))
        .route("/next", post(office::next))
        .route("/end-access", post(office::end_access))
        .route("/acme.css", get(office::css))
        .route("/acme.js", get(office::js))
        .route("/oauth/authorize", get(authorize::get).post(authorize::post))
        .route("/oauth/token", post(token::post))
        .route("/oauth/revoke", post(token::revoke))
        .route("/api/me", get(api::me))
        .route("/api/contacts", get(api::contacts))
        .with_state(acme.clone())
}

/// A page of its, whose forms may lead to `onward` too.
fn page(template: &impl Template, status: StatusCode, onward: Option<&str>) -> Response {
    let Ok(html) = template.render() else { return StatusCode::INTERNAL_SERVER_ERROR.into_response() };
    let policy = format!(
        "default-src 'none'; style-src 'self'; script-src 'self'; connect-src 'self'; img-src data:; \
         form-action 'self' {}; base-uri 'none'; frame-ancestors 'none'",
        onward.unwrap_or_default()
    );
    let mut answer = (status, html).into_response();
    let headers = answer.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("text/html; charset=utf-8"));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    headers.insert(header::REFERRER_POLICY, HeaderValue::from_static("no-referrer"));
    if let Ok(policy) = HeaderValue::from_str(&policy) {
        headers.insert(header::CONTENT_SECURITY_POLICY, policy);
    }
    answer
}

/// Whether a form comes from a page of another site.
fn from_elsewhere(headers: &HeaderMap) -> bool {
    let site = headers.get("sec-fetch-site").map(|site| site.to_str().unwrap_or("?"));
    !matches!(site, None | Some("same-origin" | "none"))
}
