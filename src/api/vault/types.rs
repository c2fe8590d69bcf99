//! `/v1/source_types`: what sources can be made of.

use super::{Stopped, Who, one};
use crate::api::Named;
use crate::app::App;
use crate::base::id::Id;
use crate::catalogue::SourceType;
use crate::vault::actor::SOURCES_READ;
use crate::vault::refused::Refused;
use crate::web::paging::Listed;
use axum::Json;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use utoipa::ToSchema;

/// Marker of a source type's key.
pub(in crate::api) enum Key {}

/// A source type.
#[derive(Serialize, ToSchema)]
#[schema(as = SourceType)]
pub(in crate::api) struct Shown {
    /// Its name for programs.
    #[schema(example = "google")]
    key: String,
    /// Its name for people.
    name: String,
    /// Counted up with every change.
    version: u32,
    /// How its credentials come about.
    kind: &'static str,
    /// Whether the vault must hold the refresh token.
    custody: &'static str,
    /// What becomes of a refresh token that was used.
    rotation: String,
    /// What an account's external id is, in words.
    external_id_meaning: String,
    /// What the secret of a source is, in words.
    secret_meaning: String,
    /// What to know of it.
    notes: String,
    /// What nobody could verify without the vendor.
    unverified: Vec<String>,
    /// When it was last compared with the vendor's documents.
    last_checked: String,
    /// How long access tokens live, where the vendor doesn't say it with each.
    access_token_lifetime: String,
    /// What addresses need to be told.
    params: Vec<Asked>,
    /// What a key form asks for.
    fields: Vec<Asked>,
    /// Scopes that are asked for when a source names none.
    default_scopes: Vec<String>,
    /// Some that exist.
    known_scopes: Vec<String>,
}

/// Something that is asked for.
#[derive(Serialize, ToSchema)]
#[schema(as = SourceTypeField)]
struct Asked {
    /// Its name.
    name: String,
    /// Its name for people.
    label: String,
}

impl Shown {
    fn of(kind: &SourceType) -> Self {
        let asked = |name: &str, label: &str| Asked { name: name.to_owned(), label: label.to_owned() };
        Shown {
            key: kind.key.clone(),
            name: kind.name.clone(),
            version: kind.version,
            kind: kind.kind.name(),
            custody: kind.custody.name(),
            rotation: kind.policy().to_string(),
            external_id_meaning: kind.external_id_meaning.clone(),
            secret_meaning: kind.secret_meaning.clone(),
            notes: kind.notes.clone(),
            unverified: kind.unverified.clone(),
            last_checked: kind.last_checked.clone(),
            access_token_lifetime: kind.lifetimes.access.to_string(),
            params: kind.params.iter().map(|one| asked(&one.name, &one.label)).collect(),
            fields: kind.fields.iter().map(|one| asked(&one.name, &one.label)).collect(),
            default_scopes: kind.scopes.default.clone(),
            known_scopes: kind.scopes.known.clone(),
        }
    }
}

fn admitted(who: &crate::vault::actor::Actor) -> Result<(), Stopped> {
    if who.may(SOURCES_READ) { Ok(()) } else { Err(Refused::scope(SOURCES_READ).into()) }
}

/// List source types
///
/// All of them, by key.
#[utoipa::path(get, path = "/v1/source_types", operation_id = "listSourceTypes", tag = "sources",
    responses((status = 200, description = "All of them", body = Listed<Shown>)))]
pub(in crate::api) async fn list(Who(who): Who, State(app): State<App>) -> Result<Response, Stopped> {
    admitted(&who)?;
    let all = app.catalogue.iter().map(|kind| Shown::of(kind)).collect();
    Ok(Json(Listed::<Shown>::whole(all)).into_response())
}

/// Show a source type
#[utoipa::path(get, path = "/v1/source_types/{key}", operation_id = "getSourceType", tag = "sources",
    params(("key" = String, Path, description = "Its key")),
    responses((status = 200, description = "The source type", body = super::Data<Shown>)))]
pub(in crate::api) async fn show(
    Who(who): Who,
    State(app): State<App>,
    Named(key): Named<Key>,
) -> Result<Response, Stopped> {
    admitted(&who)?;
    let key: Id<Key> = key;
    let kind = app.catalogue.get(key.as_str()).ok_or_else(Refused::not_found)?;
    Ok(one(Shown::of(kind)))
}
