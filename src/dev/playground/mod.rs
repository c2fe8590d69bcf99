//! `/dev`: a relying party that walks the flows for real, and shows what went over the wire.

mod act;
mod begin;
mod callback;
mod clock;
mod exchange;
mod frame;
mod inspect;
mod machine;
mod mailbox;
mod run;
mod runs;
mod sign_out;
mod snippets;
mod vault;
mod why;

use super::demo;
use super::http::{Call, Heard, Http};
use crate::app::App;
use crate::web::Stopped;
use axum::Router;
use axum::http::StatusCode;
use axum::routing::{get, post};
use runs::Runs;
use std::sync::Arc;

/// What its pages share.
#[derive(Clone)]
struct Playground {
    app: App,
    /// None when no HTTP client can be made; then its pages say so.
    http: Option<Http>,
    runs: Arc<Runs>,
}

/// All routes of the playground. The caller mounts them in dev mode only.
pub fn routes<S: Clone + Send + Sync + 'static>(app: &App) -> Router<S> {
    let http = Http::new(app.issuer()).inspect_err(|why| tracing::error!(why, "the playground can't speak to us")).ok();
    let playground = Playground { app: app.clone(), http, runs: Arc::default() };
    Router::new()
        .route("/dev", get(begin::get))
        .route("/dev/start", post(begin::start))
        .route("/dev/callback", get(callback::get).post(callback::post))
        .route("/dev/machine", post(machine::post))
        .route("/dev/runs/{id}", get(run::get))
        .route("/dev/runs/{id}/sign-out", post(sign_out::post))
        .route("/dev/runs/{id}/{action}", post(act::post))
        .route("/dev/signed-out", get(sign_out::back))
        .route("/dev/backchannel", post(sign_out::told))
        .route("/dev/inspect", get(inspect::get).post(inspect::post))
        .route("/dev/snippets", get(snippets::get))
        .route("/dev/clock", post(clock::post))
        .route("/dev/acme", get(vault::get))
        .route("/dev/acme/connect", post(vault::connect))
        .route("/dev/acme/read", post(vault::read))
        .route("/dev/mail", get(mailbox::list))
        .route("/dev/mail/{number}", get(mailbox::html))
        .with_state(playground)
}

/// A request to the playground that makes no sense.
fn odd(sentence: &str) -> Stopped {
    let next = "Go back and try again.";
    Stopped::in_english(StatusCode::BAD_REQUEST, "invalid_request", "That didn't work", sentence, next)
}

impl Playground {
    /// A real request to this server; an answer that doesn't come is a page for the person.
    async fn send(&self, call: &Call) -> Result<Heard, Stopped> {
        let sent = match &self.http {
            Some(http) => http.send(call).await,
            None => Err("no HTTP client could be made when the server started".to_owned()),
        };
        sent.map_err(|why| {
            let sentence = "The playground asked this server over loopback and got no answer.";
            let status = StatusCode::BAD_GATEWAY;
            Stopped::in_english(status, "no_answer", "No answer", sentence, "Try again.").detail("What happened", why)
        })
    }
}

/// Which demo client a run is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Which {
    Confidential,
    Public,
}

impl Which {
    fn named(id: &str) -> Self {
        if id == demo::SPA { Which::Public } else { Which::Confidential }
    }

    /// Its name for people.
    fn name(self) -> &'static str {
        match self {
            Which::Confidential => "Demo app",
            Which::Public => "Demo single-page app",
        }
    }

    fn id(self) -> &'static str {
        match self {
            Which::Confidential => demo::CLIENT,
            Which::Public => demo::SPA,
        }
    }

    /// The call with what proves, or at least says, who the client is (RFC 6749 §2.3.1, §3.2.1).
    fn authenticates(self, mut call: Call) -> Call {
        match self {
            Which::Confidential => call.basic(demo::CLIENT, demo::SECRET),
            Which::Public => {
                call.form.push(("client_id".to_owned(), demo::SPA.to_owned()));
                call
            }
        }
    }
}
