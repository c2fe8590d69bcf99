//! `GET|POST /oauth2/sessions/logout`: OIDC RP-Initiated Logout 1.0.

use super::page;
use super::request::{self, Next};
use crate::app::App;
use crate::oauth::subject::KnownAs;
use crate::signin::session;
use crate::web::{Call, Form, Query, Reader, Stopped};
use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::{IntoResponse, Redirect, Response};

/// The path.
const PATH: &str = "/oauth2/sessions/logout";

/// `GET`: signs out at once when the request proves that it comes from an app of this session, and asks otherwise.
pub async fn get(
    State(app): State<App>,
    call: Call,
    reader: Reader,
    headers: HeaderMap,
    query: Query,
) -> Result<Response, Stopped> {
    let params = query.readable().map_err(Stopped::bad_link)?;
    let ask = request::read(&app, &params).await?;
    let session = session::current(&app, &headers).await?;
    let person = session.as_ref().zip(ask.client.as_ref());
    let known = person.map(|(session, client)| KnownAs::by(&app, client, session));
    match request::next(&ask.hint, known.as_ref()) {
        Next::Ask => Ok(page::ask(&app, reader, &headers, session, ask)),
        Next::SignOut | Next::Leave => page::sign_out(&app, &call, reader, session, ask).await,
    }
}

/// `POST` (§2): browsers hold cookies back from another site's form, but not from the `GET` that it leads to.
pub async fn post(Query(query): Query, Form(form): Form) -> Result<Response, Stopped> {
    let mut params = form.map_err(Stopped::bad_form)?;
    query.iter().for_each(|(name, value)| params.push(name, value));
    Ok(Redirect::to(&format!("{PATH}?{}", params.encode())).into_response())
}
