//! OIDC RP-Initiated Logout and Back-Channel Logout, as an app sees them: it sends its person away to be signed out, and
//! is told of every session that ends.

use super::act::gone;
use super::exchange::{Check, Exchange, Side, Verdict, decoded, one_sided, rows};
use super::{Playground, Which};
use crate::crypto::jwt;
use crate::dev::http::Call;
use crate::dev::reference::Place;
use crate::dev::{demo, logout_token};
use crate::web::browser::check_form;
use crate::web::{Form, Params, Query, Stopped};
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Redirect, Response};
use serde_json::Value;

/// The step that the redirect back belongs to.
const LEAVES: &str = "The person signs out";

/// `POST /dev/runs/{id}/sign-out`: sends the browser to the real endpoint, with the run's ID token.
pub(super) async fn post(
    State(playground): State<Playground>,
    Path(id): Path<String>,
    headers: HeaderMap,
    Form(form): Form,
) -> Result<Response, Stopped> {
    let params = form.map_err(Stopped::bad_form)?;
    check_form(&playground.app, &headers, &params).map_err(Stopped::forged)?;
    let mut run = playground.runs.find(&id).ok_or_else(gone)?;
    let hint = run.tokens.id.clone();
    let hint = hint.ok_or_else(|| super::odd("This run has no ID token: openid wasn't asked for."))?;
    let mut ask = Params::default();
    ask.push("id_token_hint", &hint);
    ask.push("post_logout_redirect_uri", &playground.app.url(demo::SIGNED_OUT));
    ask.push("state", &run.id);
    run.add(Exchange {
        what: "The app sends the browser here, with the ID token that it once got: nobody is asked, since it proves who asks.",
        ..bare(LEAVES, "Request", "GET /oauth2/sessions/logout", &ask)
    });
    playground.runs.save(run);
    Ok(Redirect::to(&format!("/oauth2/sessions/logout?{}", ask.encode())).into_response())
}

/// `GET /dev/signed-out`: the browser comes back to the app.
pub(super) async fn back(State(playground): State<Playground>, Query(query): Query) -> Redirect {
    let to = playground.runs.change(query.get("state").unwrap_or_default(), |run| {
        let start = format!("GET {}", demo::SIGNED_OUT);
        let side = Side { heading: "Redirect back", start, good: true, rows: rows(Place::SignOut, query.iter()) };
        if let Some(left) = run.exchanges.iter_mut().rev().find(|done| done.title == LEAVES) {
            left.right = Some(side);
            left.verdict = Verdict::good("The session is over. Grants without offline have ended with it.");
        }
        run.href()
    });
    Redirect::to(to.as_deref().unwrap_or("/dev"))
}

/// `POST /dev/backchannel`: the server tells the app that a session ended.
pub(super) async fn told(State(playground): State<Playground>, Form(form): Form) -> Result<StatusCode, Stopped> {
    let params = form.map_err(Stopped::bad_form)?;
    let token = params.get("logout_token").unwrap_or_default();
    let jwks = playground.send(&Call::get("/.well-known/jwks.json")).await?.json();
    let claims = jwt::read(token).map(|read| read.claims).unwrap_or_default();
    let text = |name: &str| claims.get(name).and_then(Value::as_str).unwrap_or_default();
    // Both demo clients live here.
    let which = Which::named(text("aud"));
    let found = logout_token::verify(token, &jwks, playground.app.issuer(), which.id());
    let good = found.iter().all(|checked| checked.holds);
    let checks: Vec<Check> = found.into_iter().map(Check::from).collect();
    playground.runs.of_session(text("sid"), |run| {
        if run.which == which {
            run.add(Exchange {
                what: "The server itself tells the app, behind the browser's back: its own session must end too.",
                decoded: decoded("Logout token, decoded", token).into_iter().collect(),
                checks: checks.clone(),
                verdict: match good {
                    true => Verdict::good("Every rule holds: the app ends what it keeps for this sid."),
                    false => Verdict::bad("A rule doesn't hold, so the app must not believe it."),
                },
                ..bare("Back-channel notice", "Request to the app", "POST /dev/backchannel", &params)
            });
        }
    });
    Ok(if good { StatusCode::OK } else { StatusCode::BAD_REQUEST })
}

fn bare(title: &str, heading: &'static str, start: &str, params: &Params) -> Exchange {
    one_sided(title, "", heading, start, rows(Place::SignOut, params.iter()))
}
