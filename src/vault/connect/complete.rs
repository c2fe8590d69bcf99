//! What an app does with its connections: looks how far one has come, ends it, and, where its server has the last word, says that
//! whoever came back is its own person.

use super::land::{end, land};
use super::{Binding, Connect, ConnectId, Status, store};
use crate::app::App;
use crate::base::Secret;
use crate::base::encoding::{base64url, same, sha256};
use crate::vault::actor::{Actor, CONNECT_WRITE};
use crate::vault::refused::Refused;
use crate::vault::sources;
use axum::http::StatusCode;
use serde_json::json;
use std::time::Duration;

/// How long whoever completes one waits.
const PATIENCE: Duration = Duration::from_secs(25);

/// Finds one that whoever asks has made.
pub async fn seen(app: &App, who: &Actor, id: &ConnectId) -> Result<Connect, Refused> {
    if !who.may(CONNECT_WRITE) {
        return Err(Refused::scope(CONNECT_WRITE));
    }
    let own = |connect: &Connect| connect.workspace == who.workspace && who.user.as_ref() == Some(&connect.owner);
    store::one(&app.db, id).await?.filter(own).ok_or_else(Refused::not_found)
}

/// Ends one, whatever it has come to; an account that came of it stays.
pub async fn delete(app: &App, who: &Actor, id: &ConnectId) -> Result<(), Refused> {
    let connect = seen(app, who, id).await?;
    store::delete(&app.db, &connect.id).await?;
    Ok(())
}

/// vault.md §3.4 rule 5: with the verifier that only the app's server has. Asked twice, it answers the same.
pub async fn complete(app: &App, who: &Actor, id: &ConnectId, verifier: &Secret) -> Result<Connect, Refused> {
    let connect = seen(app, who, id).await?;
    if connect.binding != Binding::Verifier {
        let why = "only those with the binding verifier are completed; the others become accounts by themselves";
        return Err(Refused::conflict("not_completable", why));
    }
    let digest = base64url(&sha256(verifier.reveal().as_bytes()));
    let challenge = connect.ask.code_challenge.clone().unwrap_or_default();
    if !same(digest.as_bytes(), challenge.as_bytes()) {
        return Err(Refused::field("code_verifier", "isn't the one whose SHA-256 the connection was made with"));
    }
    if connect.status == Status::Candidate {
        lands(app, &connect).await?;
    }
    let connect = store::one(&app.db, id).await?.ok_or_else(Refused::not_found)?;
    match (connect.status, connect.error) {
        (Status::Connected, _) => Ok(connect),
        (Status::Failed, Some(why)) => {
            let details = json!({ "missing_scopes": connect.missing });
            Err(Refused::new(StatusCode::CONFLICT, why.name(), why.words()).with(details))
        }
        (Status::Candidate, _) => {
            let why = "the provider can't say right now who this is; what came is kept for ten minutes, try again in a moment";
            Err(Refused::later("verification_unavailable", why, Duration::from_secs(5)))
        }
        (Status::Open | Status::Started | Status::Returned | Status::Failed, _) => {
            let why = "nobody has come back from the provider yet; wait until the status is candidate";
            Err(Refused::conflict("not_completable", why).with(json!({ "status": connect.status.name() })))
        }
    }
}

async fn lands(app: &App, connect: &Connect) -> Result<(), Refused> {
    let Some(source) = sources::store::one(&app.db, &connect.source).await? else { return Err(Refused::not_found()) };
    let (services, it) = (app.clone(), connect.clone());
    let flight = app.flights.join(connect.id.as_str(), || async move {
        let outcome = land(&services, &it, &source).await;
        if let Err(fault) = end(&services, &it, outcome).await {
            tracing::error!(connect = %it.id, %fault, "a connection couldn't be completed; what came is kept");
        }
    });
    let busy = || Refused::later("unavailable", "this server is about to stop; ask again", Duration::from_secs(2));
    flight.ok_or_else(busy)?.landed(PATIENCE).await;
    Ok(())
}
