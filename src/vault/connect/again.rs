//! `/connect/again/{account}`: the owner of an account, or somebody who manages it, lets us in again. Apps are given this address
//! with every account that only its owner can mend.

use super::begin::{Asked, create};
use super::visitor::Visitor;
use crate::app::App;
use crate::audit;
use crate::lang::Message;
use crate::people::workspaces;
use crate::vault::accounts::{self, AccountId};
use crate::vault::actor::Actor;
use crate::vault::sources;
use crate::web::{Call, Reader, Stopped};
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Redirect, Response};

/// `GET /connect/again/{account}`
pub async fn get(
    State(app): State<App>,
    Path(account): Path<String>,
    call: Call,
    reader: Reader,
    headers: HeaderMap,
) -> Result<Response, Stopped> {
    let visitor = Visitor::of(&app, reader, &headers).await?;
    let plain = account.len() <= 100 && account.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_');
    if !plain {
        return Err(nothing());
    }
    let Some(session) = &visitor.session else {
        return visitor.signs_in_first(&app, &format!("/connect/again/{account}")).await;
    };
    let id = AccountId::from(account);
    let account = accounts::store::one(&app.db, &id).await?.ok_or_else(nothing)?;
    let member = workspaces::store::member(&app.db, &account.workspace, &session.user.id).await?;
    let member = member.ok_or_else(nothing)?;
    let who = Actor {
        workspace: account.workspace.clone(),
        user: Some(session.user.id.clone()),
        standing: Some(member.role),
        client: None,
        scopes: None,
        name: audit::Actor::User(session.user.id.clone()),
        call,
        as_of: None,
    };
    let source = sources::store::one(&app.db, &account.source).await?.ok_or_else(nothing)?;
    let asked = Asked { account: Some(id), ..Asked::default() };
    match create(&app, &who, &source, asked).await {
        Ok((connect, _)) => Ok(Redirect::to(&format!("/connect/{}", connect.id)).into_response()),
        Err(refused) => match (refused.fault, refused.status) {
            (Some(fault), _) => Err((*fault).into()),
            (None, StatusCode::NOT_FOUND | StatusCode::FORBIDDEN) => Err(nothing()),
            (None, status) => Err(Stopped::told(status, refused.code, Message::new("connect-source-misconfigured"))),
        },
    }
}

/// It isn't there, or not for this person: nobody learns which.
fn nothing() -> Stopped {
    Stopped::told(StatusCode::NOT_FOUND, "not_found", Message::new("connect-no-account"))
}
