//! RFC 6749 §4.4: a run without a person. The client asks for itself.

use super::exchange::{Verdict, curl, exchange};
use super::runs::{Run, Status};
use super::{Playground, Which};
use crate::dev::demo;
use crate::dev::http::Call;
use crate::dev::reference::Place;
use crate::web::browser::check_form;
use crate::web::{Form, Stopped};
use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::{IntoResponse, Redirect, Response};

/// `POST /dev/machine`
pub(super) async fn post(
    State(playground): State<Playground>,
    headers: HeaderMap,
    Form(form): Form,
) -> Result<Response, Stopped> {
    let params = form.map_err(Stopped::bad_form)?;
    check_form(&playground.app, &headers, &params).map_err(Stopped::forged)?;
    let mut run = Run::new(Which::Confidential, Status::Machine, playground.app.now());
    let form = [("grant_type", "client_credentials"), ("scope", demo::OWN_SCOPE)];
    let call = run.which.authenticates(Call::post("/oauth2/token", &form));
    let heard = playground.send(&call).await?;
    let what =
        "No browser, no person: the app asks for a token of its own. It gets no refresh token, since it can ask again.";
    let mut done = exchange("A machine asks for itself", what, (&call, Place::Redeem), (&heard, Place::Tokens));
    done.curl = Some(curl(&call, playground.app.issuer(), Some((demo::CLIENT, demo::SECRET))));
    done.verdict = match heard.text("error") {
        None => {
            Verdict::good("The token says all about itself under our MAC: making it needed no row in the database.")
        }
        Some(error) => {
            run.status = Status::Refused(error);
            Verdict::bad("Refused; the description says why.")
        }
    };
    run.tokens.take(heard.text("access_token"), None);
    run.add(done);
    let to = run.href();
    playground.runs.keep(run);
    Ok(Redirect::to(&to).into_response())
}
