//! `/connect/callback/{source}`: the browser comes back from the provider. It must be the browser that went, with somebody in it
//! who may; then its state is spent by one statement. Whoever comes again sees what came of it.

use super::exchange::{Said, exchange};
use super::land::{end, go_on};
use super::visitor::{Visitor, over, stopped};
use super::{Binding, Connect, Status, Why, outcome, print, store};
use crate::app::App;
use crate::db::Result as Stored;
use crate::vault::sources::{self, Source, SourceId};
use crate::web::{Params, Query, Reader, Stopped};
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use std::time::Duration;

/// How long a browser waits for an answer before it looks again.
const PATIENCE: Duration = Duration::from_secs(20);

/// How long after the provider's last moment to answer nobody can be waiting for it any more: then they may try again.
const MARGIN: Duration = Duration::from_secs(60);

/// `GET /connect/callback/{source}`
pub async fn get(
    State(app): State<App>,
    Path(source): Path<String>,
    reader: Reader,
    headers: HeaderMap,
    query: Query,
) -> Result<Response, Stopped> {
    let query = query.readable().map_err(Stopped::bad_link)?;
    let visitor = Visitor::of(&app, reader, &headers).await?;
    let state = state(&query).ok_or_else(over)?;
    // RFC 9700 §4.4.2: an address for each provider, and a state is one provider's.
    let source = SourceId::from(source);
    let connect = store::by_state(&app.db, &state, &source).await?.ok_or_else(over)?;
    bound(&visitor, &connect)?;
    let source = sources::store::one(&app.db, &source).await?.ok_or_else(over)?;
    if connect.status == Status::Started && connect.open_until.is_none_or(|until| until <= app.now()) {
        return Err(over());
    }
    let waits = matches!(connect.status, Status::Started | Status::Returned)
        || connect.status == Status::Candidate && connect.binding != Binding::Verifier;
    if waits {
        let said: Said = query.iter().map(|(name, value)| (name.to_owned(), value.to_owned())).collect();
        let (services, came) = (app.clone(), (connect.clone(), source.clone(), state));
        let flight = app.flights.join(connect.id.as_str(), || async move {
            let (connect, source, state) = came;
            if let Err(fault) = come_back(&services, &connect, &source, (&state, said)).await {
                tracing::error!(connect = %connect.id, %fault, "a connection couldn't go on; what came is kept");
            }
        });
        flight.ok_or_else(Stopped::busy)?.landed(PATIENCE).await;
    }
    let connect = store::one(&app.db, &connect.id).await?.ok_or_else(over)?;
    outcome::answer(&app, &visitor, &connect, &source).await.map(IntoResponse::into_response)
}

/// The fingerprint of the state. What comes twice is nothing.
fn state(query: &Params) -> Option<String> {
    let once = ["state", "code", "error", "iss"].iter().all(|name| !query.repeated(name));
    query.get("state").filter(|state| once && state.len() <= 200).map(print)
}

/// vault.md §3.4 rules 4 and 5.
fn bound(visitor: &Visitor, connect: &Connect) -> Result<(), Stopped> {
    let session = connect.binding == Binding::Session;
    // security.md CV-03: somebody else's consent must not become this person's account.
    if session && visitor.is_another(&connect.owner) {
        return Err(stopped(StatusCode::FORBIDDEN, Why::SessionMismatch));
    }
    // CV-02: somebody else's answer must not be opened in this browser.
    if connect.browser.as_deref() != Some(visitor.browser.fingerprint().as_str()) {
        return Err(stopped(StatusCode::BAD_REQUEST, Why::BrowserMismatch));
    }
    match session && visitor.session.is_none() {
        true => Err(stopped(StatusCode::FORBIDDEN, Why::SessionMismatch)),
        false => Ok(()),
    }
}

/// Spends the state, exchanges the code, makes the account. Nobody can stop it half-way.
async fn come_back(app: &App, connect: &Connect, source: &Source, (state, said): (&str, Said)) -> Stored<()> {
    let now = app.now();
    if store::consume(&app.db, connect, state, [now, now + app.config.vault.answer_within + MARGIN]).await? {
        crate::base::failpoint::reached("connect-consumed");
        let outcome = exchange(app, connect, source, &said).await;
        end(app, connect, outcome).await?;
    }
    go_on(app, &connect.id).await
}
