//! `/v1/source_types`: what sources can be made of.

use super::{Stopped, Who, one};
use crate::api::Named;
use crate::app::App;
use crate::base::id::Id;
use crate::catalogue::{SourceTypeShown, SourceTypeSummary};
use crate::vault::actor::SOURCES_READ;
use crate::vault::refused::Refused;
use crate::web::paging::Listed;
use axum::Json;
use axum::extract::State;
use axum::response::{IntoResponse, Response};

/// Marker of a source type's key.
pub(in crate::api) enum Key {}

fn admitted(who: &crate::vault::actor::Actor) -> Result<(), Stopped> {
    if who.may_see_sources() { Ok(()) } else { Err(Refused::scope(SOURCES_READ).into()) }
}

/// List source types
///
/// All of them, by key.
#[utoipa::path(get, path = "/v1/source_types", operation_id = "listSourceTypes", tag = "sources",
    responses((status = 200, description = "All of them", body = Listed<SourceTypeSummary>)))]
pub(in crate::api) async fn list(Who(who): Who, State(app): State<App>) -> Result<Response, Stopped> {
    admitted(&who)?;
    let all = app.catalogue.iter().map(|kind| kind.summary()).collect();
    Ok(Json(Listed::<SourceTypeSummary>::whole(all)).into_response())
}

/// Show a source type
#[utoipa::path(get, path = "/v1/source_types/{key}", operation_id = "getSourceType", tag = "sources",
    params(("key" = String, Path, description = "Its key")),
    responses((status = 200, description = "The source type", body = super::Data<SourceTypeShown>)))]
pub(in crate::api) async fn show(
    Who(who): Who,
    State(app): State<App>,
    Named(key): Named<Key>,
) -> Result<Response, Stopped> {
    admitted(&who)?;
    let key: Id<Key> = key;
    let kind = app.catalogue.get(key.as_str()).ok_or_else(Refused::not_found)?;
    Ok(one(kind.shown()))
}
