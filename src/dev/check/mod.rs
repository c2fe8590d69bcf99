//! `symbolon dev --check`: walks the whole path by itself, over real HTTP, and says of each step whether it holds.
//!
//! A step is a function over the [`Walk`]; to add one, write it and name it in `STEPS`.

pub mod browser;
mod documents;
mod grants;
mod killed;
mod machine;
mod pages;
mod playground;
mod server;
mod tokens;
mod vault;

pub use server::Place;

use super::Format;
use super::acme::Acme;
use super::http::{Call, Heard, Http};
use crate::dev::demo;
use browser::Browser;
use serde_json::{Value, json};
use server::Server;
use std::io::Write;
use std::pin::Pin;
use tokio::time::{Duration, Instant};

/// What a step found: a few words when it holds, or what is wrong.
pub type Outcome = Result<String, String>;

type Step = (&'static str, for<'a> fn(&'a mut Walk) -> Pin<Box<dyn Future<Output = Outcome> + Send + 'a>>);

/// All steps, in order. Later ones build on what earlier ones left in the walk.
const STEPS: [Step; 22] = [
    ("discovery documents agree", |walk| Box::pin(documents::discovery(walk))),
    ("keys are published", |walk| Box::pin(documents::keys(walk))),
    ("127.0.0.1 leads to localhost", |walk| Box::pin(pages::canonical_host(walk))),
    ("sign-in with a password", |walk| Box::pin(pages::sign_in(walk))),
    ("consent, and a code comes back", |walk| Box::pin(pages::consent(walk))),
    ("code becomes tokens", |walk| Box::pin(tokens::exchange(walk))),
    ("ID token verifies", |walk| Box::pin(tokens::id_token(walk))),
    ("userinfo tells who it is", |walk| Box::pin(tokens::userinfo(walk))),
    ("refresh ends the old access token", |walk| Box::pin(tokens::refresh(walk))),
    ("replay gets the same pair", |walk| Box::pin(tokens::replay(walk))),
    ("reuse ends the grant", |walk| Box::pin(grants::reuse(walk))),
    ("sign-in with one click, public client", |walk| Box::pin(pages::one_click(walk))),
    ("revoke ends a grant at once", |walk| Box::pin(grants::revoke(walk))),
    ("a code works once", |walk| Box::pin(grants::code_twice(walk))),
    ("a wrong verifier gets nothing", |walk| Box::pin(grants::wrong_verifier(walk))),
    ("a machine gets its own token", |walk| Box::pin(machine::client_credentials(walk))),
    ("introspection and revocation of it", |walk| Box::pin(machine::introspection(walk))),
    ("the playground walks a flow", |walk| Box::pin(playground::flow(walk))),
    ("signing out, and the app is told", |walk| Box::pin(playground::sign_out(walk))),
    ("Acme CRM is connected", |walk| Box::pin(vault::connect(walk))),
    ("its credentials are read by API", |walk| Box::pin(vault::read(walk))),
    ("20 readers at expiry, one refresh", |walk| Box::pin(vault::expiry(walk))),
];

/// What happens to servers that are processes of their own, over the same data.
const KILLS: [Step; 3] = [
    ("kill -9 in the middle of a refresh", |walk| Box::pin(killed::kill(walk))),
    ("started again, the account recovers", |walk| Box::pin(killed::recover(walk))),
    ("and is refreshed once more", |walk| Box::pin(killed::goes_on(walk))),
];

/// What the steps share.
pub struct Walk {
    http: Http,
    /// Ada's.
    ada: Browser,
    metadata: Value,
    jwks: Value,
    /// The page that Ada sees.
    view: Option<browser::View>,
    ask: Ask,
    code: Option<String>,
    /// Token answers of Ada's grant, oldest first.
    answers: Vec<Heard>,
    /// The answer of Ben's public client.
    ben: Option<Heard>,
    machine: Option<String>,
    acme: Acme,
    /// Ada's API token.
    token: String,
    /// The access token at Acme that counts.
    access: String,
    place: Option<Place>,
    server: Option<Server>,
}

/// What an authorization request carries that its answer is held against.
#[derive(Clone, Debug, Default)]
pub struct Ask {
    state: String,
    nonce: String,
    verifier: String,
}

impl Walk {
    /// For the server at the origin of `http`, where `token` is Ada's.
    fn new(http: &Http, acme: &Acme, token: String) -> Self {
        Walk {
            http: http.clone(),
            ada: Browser::new(http),
            metadata: Value::Null,
            jwks: Value::Null,
            view: None,
            ask: Ask::default(),
            code: None,
            answers: Vec::new(),
            ben: None,
            machine: None,
            acme: acme.clone(),
            token,
            access: String::new(),
            place: None,
            server: None,
        }
    }

    async fn get_json(&self, path: &str) -> Result<Value, String> {
        let heard = self.http.send(&Call::get(path)).await?;
        if heard.ok() { Ok(heard.json()) } else { Err(format!("{path} answered {}", heard.status)) }
    }

    /// The confidential client speaks.
    async fn demo(&self, path: &str, form: &[(&str, &str)]) -> Result<Heard, String> {
        self.http.send(&Call::post(path, form).basic(demo::CLIENT, demo::SECRET)).await
    }

    async fn refreshes(&self, token: &str) -> Result<Heard, String> {
        self.demo("/oauth2/token", &[("grant_type", "refresh_token"), ("refresh_token", token)]).await
    }

    async fn userinfo_status(&self, token: &str) -> Result<u16, String> {
        Ok(self.http.send(&Call::get("/userinfo").bearer(token)).await?.status)
    }

    fn redirect_uri(&self) -> String {
        format!("{}{}", self.http.origin(), demo::CALLBACK)
    }

    /// A member of the `at`th token answer of Ada's grant.
    fn token(&self, at: usize, name: &str) -> Result<String, String> {
        let answer = self.answers.get(at).ok_or("an earlier step gave no tokens")?;
        answer.text(name).ok_or_else(|| format!("no {name} in an earlier answer"))
    }
}

/// Holds, or says what was wrong.
fn ensure(holds: bool, wrong: impl Into<String>) -> Result<(), String> {
    if holds { Ok(()) } else { Err(wrong.into()) }
}

/// RFC 6749 §5.2: the answer is this error.
fn refused(heard: &Heard, status: u16, error: &str) -> Result<(), String> {
    let is = heard.text("error").unwrap_or_default();
    ensure(heard.status == status && is == error, format!("{} {is} instead of {status} {error}", heard.status))
}

/// A walk and what it has found so far.
pub struct Check {
    walk: Walk,
    found: Vec<Found>,
    begun: Instant,
    format: Format,
}

impl Check {
    /// Of the server at the origin of `http`, with Acme and an API token of Ada's.
    pub fn new(http: &Http, acme: &Acme, token: String, format: Format) -> Self {
        Check { walk: Walk::new(http, acme, token), found: Vec::new(), begun: Instant::now(), format }
    }

    /// Walks through a server that runs.
    pub async fn walks(&mut self) {
        self.take(&STEPS).await;
    }

    /// Kills servers over the data of one that has ended.
    pub async fn kills(&mut self, place: Place) {
        self.walk.place = Some(place);
        self.take(&KILLS).await;
    }

    async fn take(&mut self, steps: &[Step]) {
        for (name, step) in steps {
            let since = Instant::now();
            let outcome = step(&mut self.walk).await;
            let found = Found { name, outcome, took: since.elapsed() };
            if self.format == Format::Human {
                found.print();
            }
            self.found.push(found);
        }
    }

    /// Says what it comes to; true only if all holds.
    pub fn ends(self) -> bool {
        let all = self.found.iter().all(|found| found.outcome.is_ok());
        end(&self.found, all, self.begun.elapsed(), self.format);
        all
    }
}

struct Found {
    name: &'static str,
    outcome: Outcome,
    took: Duration,
}

impl Found {
    fn print(&self) {
        let (mark, said) = match &self.outcome {
            Ok(said) => ("\x1b[32m✔\x1b[0m", said),
            Err(wrong) => ("\x1b[31m✘\x1b[0m", wrong),
        };
        let Found { name, took, .. } = self;
        // Whoever closed the pipe doesn't want to read more.
        let _ = writeln!(anstream::stdout(), "  {mark} {name:<40}{:>7} ms  \x1b[2m{said}\x1b[0m", took.as_millis());
    }

    fn to_json(&self) -> Value {
        let (Ok(said) | Err(said)) = &self.outcome;
        json!({ "step": self.name, "ok": self.outcome.is_ok(), "millis": millis(self.took), "detail": said })
    }
}

fn end(found: &[Found], all: bool, took: Duration, format: Format) {
    let holds = found.iter().filter(|found| found.outcome.is_ok()).count();
    let mut out = anstream::stdout();
    // As above: nobody is left to be told.
    let _ = match format {
        Format::Json => {
            let steps: Vec<Value> = found.iter().map(Found::to_json).collect();
            writeln!(out, "{}", json!({ "ok": all, "millis": millis(took), "steps": steps }))
        }
        Format::Human => {
            let words = if all { "\x1b[32;1mAll of it works.\x1b[0m" } else { "\x1b[31;1mNot all of it works.\x1b[0m" };
            writeln!(out, "\n  {words} {holds} of {} steps hold, {} ms", found.len(), took.as_millis())
        }
    };
}

fn millis(took: Duration) -> u64 {
    u64::try_from(took.as_millis()).unwrap_or(u64::MAX)
}
