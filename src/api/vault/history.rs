//! What happened to an account, and who took its tokens.

use super::named::On;
use super::{Asks, Stopped};
use crate::app::App;
use crate::vault::actor::Level;
use crate::vault::{events, manage, reads};
use crate::web::Query;
use crate::web::paging::{Listed, Paging, page};
use axum::extract::State;
use axum::response::Response;

/// What happened to an account
///
/// The latest first.
#[utoipa::path(get, path = "/v1/accounts/{id}/events", operation_id = "listAccountEvents", tag = "accounts",
    params(("id" = String, Path, description = "Its id"), Paging),
    responses((status = 200, description = "A page of it", body = Listed<events::Happened>)))]
pub(in crate::api) async fn events(
    On(who, which): On,
    State(app): State<App>,
    Query(params): Query,
) -> Result<Response, Stopped> {
    Asks::of(&params, &["limit", "cursor"])?;
    let seen = manage::at_least(&app, &who, &which, Level::View).await?;
    let name = format!("accounts/{}/events", seen.account.id);
    let paging = Paging::read(&app.keys.macs(), &name, &params)?;
    let mut all = events::of_account(&app, &seen.account.id, &paging.after, paging.one_more()).await?;
    let last = paging.cut(&mut all, |one| one.id.clone());
    Ok(page(&app, &name, &paging, all, last.as_deref()))
}

/// Who took an account's tokens
///
/// The latest first; for those who may manage it.
#[utoipa::path(get, path = "/v1/accounts/{id}/reads", operation_id = "listTokenReads", tag = "accounts",
    params(("id" = String, Path, description = "Its id"), Paging),
    responses((status = 200, description = "A page of it", body = Listed<reads::Taken>)))]
pub(in crate::api) async fn reads(
    On(who, which): On,
    State(app): State<App>,
    Query(params): Query,
) -> Result<Response, Stopped> {
    Asks::of(&params, &["limit", "cursor"])?;
    let seen = manage::at_least(&app, &who, &which, Level::Manage).await?;
    let name = format!("accounts/{}/reads", seen.account.id);
    let paging = Paging::read(&app.keys.macs(), &name, &params)?;
    let mut all = reads::of_account(&app, &seen.account.id, &paging.after, paging.one_more()).await?;
    let last = paging.cut(&mut all, |one| one.id.clone());
    Ok(page(&app, &name, &paging, all, last.as_deref()))
}
