//! A connection begins here: a person chooses where, and goes to the provider.

use super::actor;
use crate::account::sent::{Sent, nothing};
use crate::app::App;
use crate::base::id::Id;
use crate::db::Fault;
use crate::lang::Message;
use crate::people::workspaces;
use crate::signin::Session;
use crate::vault::connect::begin::{Asked, create};
use crate::vault::sources::{SourceId, State as SourceState, store};
use crate::web::Stopped;
use axum::extract::State;
use axum::response::{IntoResponse, Redirect, Response};

/// Most sources of a workspace that are offered.
const MOST: i64 = 100;

/// Where an account can be connected.
pub(in crate::account) struct Offer {
    pub id: SourceId,
    pub name: String,
    pub workspace: Option<String>,
}

/// What a person can connect, in all their workspaces.
pub(in crate::account) async fn offers(app: &App, session: &Session) -> Result<Vec<Offer>, Fault> {
    let memberships = workspaces::store::of_user(&app.db, &session.user.id).await?;
    let mut offers = Vec::new();
    for one in &memberships {
        let found = store::page(&app.db, &one.workspace, "", MOST).await?;
        offers.extend(found.into_iter().filter(|source| source.state == SourceState::Active).map(|source| Offer {
            id: source.id,
            name: source.name,
            workspace: (memberships.len() > 1).then(|| one.name.clone()),
        }));
    }
    Ok(offers)
}

/// `POST /account/connections`: on to the page of a connection that is made for this person.
pub(in crate::account) async fn connect(State(app): State<App>, sent: Sent) -> Result<Response, Stopped> {
    let id: SourceId = Id::from(sent.params.get("source").unwrap_or_default());
    let source = store::one(&app.db, &id).await?.ok_or_else(nothing)?;
    let memberships = workspaces::store::of_user(&app.db, &sent.session.user.id).await?;
    let member = memberships.iter().find(|one| one.workspace == source.workspace).ok_or_else(nothing)?;
    match create(&app, &actor(&sent.session, member, sent.call.clone()), &source, Asked::default()).await {
        Ok((connect, _)) => Ok(Redirect::to(&format!("/connect/{}", connect.id)).into_response()),
        Err(refused) => match refused.fault {
            Some(fault) => Err((*fault).into()),
            None => Err(Stopped::told(refused.status, refused.code, Message::new("connect-source-misconfigured"))),
        },
    }
}
