//! `/dev`: choose what to ask for, and start. RFC 6749 §4.1.1, OIDC Core §3.1.2.1, RFC 7636 §4.3.

use super::exchange::{Exchange, one_sided, rows};
use super::frame::{Frame, Framed};
use super::runs::{Run, Status};
use super::{Playground, Which, clock};
use crate::base::encoding::base64url;
use crate::base::{Time, entropy};
use crate::dev::demo;
use crate::dev::reference::Place;
use crate::oauth::pkce;
use crate::web::browser::check_form;
use crate::web::{Form, Params, Stopped};
use askama::Template;
use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::{IntoResponse, Redirect, Response};

#[derive(Template)]
#[template(path = "dev/start.html")]
struct StartPage {
    frame: Frame,
    scopes: Vec<(&'static str, &'static str, bool)>,
    state: String,
    nonce: String,
    runs: Vec<Line>,
    client: &'static str,
    secret: &'static str,
    issuer: String,
}

impl Framed for StartPage {
    fn frame(&mut self) -> &mut Frame {
        &mut self.frame
    }
}

/// A run in the list.
pub(super) struct Line {
    pub id: String,
    pub client: &'static str,
    pub what: String,
    pub good: bool,
    pub age: String,
    pub steps: usize,
}

/// What each scope of the demo clients gives.
const SCOPES: [(&str, &str, bool); 7] = [
    ("openid", "who it is: an ID token", true),
    ("offline", "a refresh token", true),
    ("profile", "name and the like", true),
    ("email", "e-mail address", true),
    ("address", "postal address", false),
    ("phone", "phone number", false),
    ("notes:read", "a scope of its own", false),
];

/// `GET /dev`
pub(super) async fn get(State(playground): State<Playground>, headers: HeaderMap) -> Result<Response, Stopped> {
    let now = playground.app.now();
    let runs = playground.runs.newest_first();
    let random = || base64url(&entropy::bytes::<16>());
    let page = StartPage {
        frame: Frame::of(&playground, &headers, "flows", "/dev".to_owned()).await?,
        scopes: SCOPES.to_vec(),
        state: random(),
        nonce: random(),
        runs: runs.iter().map(|run| line(run, now)).collect(),
        client: demo::CLIENT,
        secret: demo::SECRET,
        issuer: playground.app.issuer().to_owned(),
    };
    Ok(page.answer())
}

fn line(run: &Run, now: Time) -> Line {
    let (what, good) = match &run.status {
        Status::Waiting => ("waits for its person".to_owned(), true),
        Status::Granted => ("authorization code".to_owned(), true),
        Status::Machine => ("client credentials".to_owned(), true),
        Status::Refused(error) => (error.clone(), false),
    };
    let age = clock::span(now.secs_since(run.begun).max(0));
    Line { id: run.id.clone(), client: run.which.name(), what, good, age, steps: run.exchanges.len() }
}

/// `POST /dev/start`: remembers what was asked for and sends the browser to the real endpoint.
pub(super) async fn start(
    State(playground): State<Playground>,
    headers: HeaderMap,
    Form(form): Form,
) -> Result<Response, Stopped> {
    let params = form.map_err(Stopped::bad_form)?;
    check_form(&playground.app, &headers, &params).map_err(Stopped::forged)?;
    let which = Which::named(params.get("client").unwrap_or_default());
    let mut run = Run::new(which, Status::Waiting, playground.app.now());
    run.state = params.get("state").unwrap_or_default().to_owned();
    run.nonce = params.get("nonce").map(str::to_owned);
    run.verifier = params.get("pkce").map(|_| base64url(&entropy::bytes::<32>()));
    let ask = ask(&run, &params, playground.app.url(demo::CALLBACK));
    run.add(asked(&ask));
    playground.runs.keep(run);
    Ok(Redirect::to(&format!("/oauth2/auth?{}", ask.encode())).into_response())
}

fn ask(run: &Run, params: &Params, redirect_uri: String) -> Params {
    let mut ask = Params::default();
    let mut put = |name: &str, value: &str| {
        if !value.is_empty() {
            ask.push(name, value);
        }
    };
    put("response_type", "code");
    put("client_id", run.which.id());
    put("redirect_uri", &redirect_uri);
    put("scope", &params.all("scope").join(" "));
    put("state", &run.state);
    put("nonce", run.nonce.as_deref().unwrap_or_default());
    if let Some(verifier) = &run.verifier {
        put("code_challenge", &pkce::transform(verifier));
        put("code_challenge_method", "S256");
    }
    for name in ["response_mode", "prompt", "max_age", "login_hint"] {
        put(name, params.get(name).unwrap_or_default());
    }
    ask
}

fn asked(ask: &Params) -> Exchange {
    let what =
        "The app sends the browser here. Nothing secret is in it: the person sees every parameter in the address bar.";
    one_sided("The app asks", what, "Request", "GET /oauth2/auth", rows(Place::Ask, ask.iter()))
}
