//! `/dev/callback`: the answer comes back and is held against the request; the code becomes tokens.
//! RFC 6749 §4.1.2 to §4.1.4, RFC 9207 §2.4, OIDC Core §3.1.3.7.

use super::exchange::{Check, Exchange, Side, Verdict, curl, decoded, exchange, rows};
use super::frame::{Frame, Framed};
use super::runs::{Run, Status};
use super::{Playground, Which};
use crate::dev::demo;
use crate::dev::http::{Call, Heard};
use crate::dev::id_token::{self, Expected};
use crate::dev::reference::{Place, Section};
use crate::web::{Form, Params, Query, Stopped};
use askama::Template;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Redirect, Response};

#[derive(Template)]
#[template(path = "dev/fragment.html")]
struct FragmentPage {
    frame: Frame,
}

impl Framed for FragmentPage {
    fn frame(&mut self) -> &mut Frame {
        &mut self.frame
    }
}

/// `GET /dev/callback`: the answer in the query; without one it may be in the fragment, which servers don't see.
pub(super) async fn get(
    State(playground): State<Playground>,
    headers: HeaderMap,
    Query(query): Query,
) -> Result<Response, Stopped> {
    if query.get("code").or(query.get("error")).is_none() {
        let frame = Frame::of(&playground, &headers, "flows", "/dev".to_owned()).await?;
        return Ok(FragmentPage { frame }.answer());
    }
    came_back(&playground, &query, "GET /dev/callback  (query)").await
}

/// `POST /dev/callback`: `form_post`, or a fragment that the page above handed over. Its `state` is what shows that it
/// belongs here, as for every relying party.
pub(super) async fn post(State(playground): State<Playground>, Form(form): Form) -> Result<Response, Stopped> {
    let params = form.map_err(Stopped::bad_form)?;
    match params.get("fragment") {
        Some(text) => {
            let fragment = text.rsplit_once('#').map_or(text, |(_, fragment)| fragment);
            let fragment = Params::parse(fragment.as_bytes());
            came_back(&playground, &fragment, "GET /dev/callback  (fragment)").await
        }
        None => came_back(&playground, &params, "POST /dev/callback  (form_post)").await,
    }
}

async fn came_back(playground: &Playground, back: &Params, how: &str) -> Result<Response, Stopped> {
    let run = playground.runs.answered(back.get("state").unwrap_or_default());
    let mut run = run.ok_or_else(unknown_state)?;
    let held = held_against(playground, &run, back);
    let right = held.iter().all(|check| check.holds);
    if let Some(asked) = run.exchanges.last_mut() {
        let good = back.get("error").is_none();
        asked.right =
            Some(Side { heading: "Redirect back", start: how.to_owned(), good, rows: rows(Place::Back, back.iter()) });
        asked.checks = held;
        asked.verdict = match (back.get("error"), right) {
            (Some(error), _) => Verdict::bad(meaning(error)),
            (None, true) => {
                Verdict::good("A code came back, and it belongs to this request. It is worth nothing to anyone else.")
            }
            (None, false) => {
                Verdict::bad("This answer doesn't belong to the request, so the app must not use its code.")
            }
        };
    }
    match (back.get("code").filter(|_| right), back.get("error")) {
        (Some(code), _) => redeem(playground, &mut run, code).await?,
        (None, error) => run.status = Status::Refused(error.unwrap_or("wrong_answer").to_owned()),
    }
    let to = format!("/dev/runs/{}", run.id);
    playground.runs.save(run);
    Ok(Redirect::to(&to).into_response())
}

fn held_against(playground: &Playground, run: &Run, back: &Params) -> Vec<Check> {
    let check = |holds, what: &str, section| Check { holds, what: what.to_owned(), section: Section(section) };
    vec![
        check(back.get("state").unwrap_or_default() == run.state, "state is the one that was sent", "RFC 6749 §10.12"),
        check(back.get("iss") == Some(playground.app.issuer()), "iss is the server that was asked", "RFC 9207 §2.4"),
    ]
}

async fn redeem(playground: &Playground, run: &mut Run, code: &str) -> Result<(), Stopped> {
    let redirect_uri = playground.app.url(demo::CALLBACK);
    let mut form = vec![("grant_type", "authorization_code"), ("code", code), ("redirect_uri", redirect_uri.as_str())];
    form.extend(run.verifier.as_deref().map(|verifier| ("code_verifier", verifier)));
    let call = run.which.authenticates(Call::post("/oauth2/token", &form));
    let heard = playground.send(&call).await?;
    let what = "The app's server asks directly, and proves who it is. The browser never sees what comes back.";
    let mut redeemed = exchange("The code becomes tokens", what, (&call, Place::Redeem), (&heard, Place::Tokens));
    redeemed.curl = Some(curl(&call, playground.app.issuer(), Some((demo::CLIENT, demo::SECRET))));
    run.tokens.take(heard.text("access_token"), heard.text("refresh_token"));
    run.tokens.id = heard.text("id_token");
    run.status = match heard.text("error") {
        Some(error) => Status::Refused(error),
        None => Status::Granted,
    };
    let nonce = run.nonce.clone();
    look_inside(playground, run.which, nonce.as_deref(), &heard, &mut redeemed).await?;
    run.add(redeemed);
    Ok(())
}

/// The ID token as the relying party sees it: decoded, and every rule checked with the published keys.
pub(super) async fn look_inside(
    playground: &Playground,
    which: Which,
    nonce: Option<&str>,
    heard: &Heard,
    exchange: &mut Exchange,
) -> Result<(), Stopped> {
    let (Some(token), Some(access)) = (heard.text("id_token"), heard.text("access_token")) else {
        return Ok(());
    };
    exchange.decoded.extend(decoded("ID token, decoded", &token));
    let jwks = playground.send(&Call::get("/.well-known/jwks.json")).await?.json();
    let (issuer, client_id) = (playground.app.issuer(), which.id());
    let expected = Expected { issuer, client_id, nonce, access_token: &access, now: playground.app.now().secs() };
    exchange.checks.extend(id_token::verify(&token, &jwks, &expected).into_iter().map(Check::from));
    let all = exchange.checks.iter().all(|check| check.holds);
    exchange.verdict = match all {
        true => Verdict::good("Every rule holds: the app knows who signed in."),
        false => Verdict::bad("A rule doesn't hold, so the app must not believe this ID token."),
    };
    Ok(())
}

fn meaning(error: &str) -> &'static str {
    match error {
        "access_denied" => "The person said no. The app learns that and nothing else.",
        "login_required" => "prompt=none allows no page, and nobody is signed in as the request demands.",
        "consent_required" => "prompt=none allows no page, and the person hasn't allowed this yet.",
        "invalid_request" => "The request isn't right; the description says what to change.",
        "invalid_scope" => "The app asked for a scope that it isn't registered for.",
        _ => "There is no code; the description says why.",
    }
}

fn unknown_state() -> Stopped {
    Stopped::in_english(
        StatusCode::BAD_REQUEST,
        "unknown_state",
        "This answer doesn't belong to a run",
        "Its state isn't one that the playground is waiting for: it was answered before, or the server was started again.",
        "Start again at /dev.",
    )
}
