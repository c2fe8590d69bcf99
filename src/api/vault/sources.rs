//! `/v1/sources`: our applications at other companies, for those who look after a workspace.

use super::{Asks, Data, Stopped, Who, made, one};
use crate::api::Named;
use crate::app::App;
use crate::base::Secret;
use crate::vault::actor::{Actor, SOURCES_READ};
use crate::vault::refused::Refused;
use crate::vault::sources::change::{self, Asked, Cascade, Changed};
use crate::vault::sources::verify::{self, Verified};
use crate::vault::sources::view::Shown;
use crate::vault::sources::{Policy, Source, SourceKind, State as SourceState, store};
use crate::web::Query;
use crate::web::json::{Json as Body, members};
use crate::web::paging::{Listed, Paging, page};
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use serde::Deserialize;
use std::collections::BTreeMap;
use utoipa::ToSchema;

async fn shown(app: &App, source: &Source) -> Result<Shown, Refused> {
    Ok(Shown::of(app, source).await?)
}

async fn found(app: &App, who: &Actor, name: &str) -> Result<Source, Refused> {
    if !who.may_see_sources() {
        return Err(Refused::scope(SOURCES_READ));
    }
    if who.user.is_none() {
        return Err(Refused::not_found());
    }
    change::of(app, &who.workspace, name).await
}

/// List sources
///
/// In the order in which they were made.
#[utoipa::path(get, path = "/v1/sources", operation_id = "listSources", tag = "sources", params(Paging),
    responses((status = 200, description = "A page of them", body = Listed<Shown>)))]
pub(in crate::api) async fn list(
    Who(who): Who,
    State(app): State<App>,
    Query(params): Query,
) -> Result<Response, Stopped> {
    if !who.may_see_sources() {
        return Err(Refused::scope(SOURCES_READ).into());
    }
    let name = format!("sources/{}", who.workspace);
    let paging = Paging::read(&app.keys.macs(), &name, &params)?;
    let mut all = match who.user {
        Some(_) => store::page(&app.db, &who.workspace, &paging.after, paging.one_more()).await?,
        None => Vec::new(),
    };
    let last = paging.cut(&mut all, |one| one.id.to_string());
    let mut data = Vec::new();
    for source in &all {
        data.push(shown(&app, source).await?);
    }
    Ok(page(&app, &name, &paging, data, last.as_deref()))
}

/// What a source is made of.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = NewSource)]
pub(in crate::api) struct New {
    /// The key of its type: GET /v1/source_types.
    #[schema(required)]
    r#type: Option<String>,
    /// Its name in addresses; that of its type if not given.
    slug: Option<String>,
    name: Option<String>,
    /// What the provider calls us.
    client_id: Option<String>,
    /// What we prove it with; never shown again.
    #[schema(value_type = Option<String>)]
    client_secret: Option<Secret>,
    /// What we sign with instead (`private_key_jwt`, RFC 7523 §2.2), where the type takes that: PEM, or a private JWK as text. Never
    /// shown again; its public half is.
    #[schema(value_type = Option<String>)]
    private_key: Option<Secret>,
    scopes: Option<Vec<String>>,
    params: Option<BTreeMap<String, String>>,
    policy: Option<Policy>,
}

/// Make a source
///
/// With `verify=1` the provider is asked whether it knows it, and it isn't made when it doesn't.
#[utoipa::path(post, path = "/v1/sources", operation_id = "createSource", tag = "sources", request_body = New,
    params(("verify" = Option<String>, Query, description = "1: ask the provider first")),
    responses((status = 201, description = "The source", body = Data<Shown>),
        (status = 409, description = "`slug_taken`: there is one of this slug")))]
pub(in crate::api) async fn create(
    Who(who): Who,
    State(app): State<App>,
    Query(params): Query,
    Body(body): Body,
) -> Result<Response, Stopped> {
    let verify_first = Asks::of(&params, &["verify"])?.flag("verify")?;
    let new: New = members(body).map_err(Refused::from)?;
    let kind = new.r#type.ok_or_else(|| Refused::field("type", "must be given: the key of a source type"))?;
    let asked = Asked {
        id: None,
        kind,
        slug: new.slug,
        name: new.name,
        client_id: new.client_id.unwrap_or_default(),
        client_secrets: new.client_secret.into_iter().collect(),
        private_keys: new.private_key.into_iter().collect(),
        scopes: new.scopes.unwrap_or_default(),
        params: new.params.unwrap_or_default(),
        policy: new.policy.unwrap_or_default(),
    };
    let source = change::create(&app, &who, asked).await?;
    if verify_first && let Verified::Refused { error } = verify::verify(&app, &source).await? {
        change::delete(&app, &who, &source, Cascade::No).await?;
        return Err(refused_there(&error).into());
    }
    let path = format!("/v1/sources/{}", source.id);
    Ok(made(&app, &path, shown(&app, &source).await?))
}

fn refused_there(error: &str) -> Refused {
    let why =
        "the provider refuses this client id or secret; nothing was made. Compare both with what the provider shows";
    Refused::new(StatusCode::UNPROCESSABLE_ENTITY, "source_misconfigured", why)
        .with(serde_json::json!({ "error": error }))
}

/// Show a source
#[utoipa::path(get, path = "/v1/sources/{id}", operation_id = "getSource", tag = "sources",
    params(("id" = String, Path, description = "Its id or slug")),
    responses((status = 200, description = "The source", body = Data<Shown>)))]
pub(in crate::api) async fn show(
    Who(who): Who,
    State(app): State<App>,
    Named(id): Named<SourceKind>,
) -> Result<Response, Stopped> {
    let source = found(&app, &who, id.as_str()).await?;
    Ok(one(shown(&app, &source).await?))
}

/// What of a source is changed.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = SourcePatch)]
pub(in crate::api) struct Patch {
    name: Option<String>,
    client_id: Option<String>,
    /// All of its secrets, the one that is tried first first: with the new one before the old one nothing stops while the
    /// provider's console still has both.
    #[schema(value_type = Option<Vec<String>>)]
    client_secrets: Option<Vec<Secret>>,
    /// All of its private keys, in the same way. They are tried before secrets.
    #[schema(value_type = Option<Vec<String>>)]
    private_keys: Option<Vec<Secret>>,
    scopes: Option<Vec<String>>,
    params: Option<BTreeMap<String, String>>,
    policy: Option<Policy>,
    /// `active` or `paused`.
    state: Option<String>,
}

/// Change a source
///
/// A merge patch (RFC 7396). Another client id or secret starts it again where the provider had refused it.
#[utoipa::path(patch, path = "/v1/sources/{id}", operation_id = "changeSource", tag = "sources",
    params(("id" = String, Path, description = "Its id or slug")), request_body = Patch,
    responses((status = 200, description = "The source", body = Data<Shown>),
        (status = 412, description = "`precondition_failed`: somebody changed it meanwhile")))]
pub(in crate::api) async fn patch(
    Who(who): Who,
    State(app): State<App>,
    Named(id): Named<SourceKind>,
    Body(body): Body,
) -> Result<Response, Stopped> {
    let source = found(&app, &who, id.as_str()).await?;
    let patch: Patch = members(body).map_err(Refused::from)?;
    let state = match patch.state.as_deref() {
        None => None,
        Some("active") => Some(SourceState::Active),
        Some("paused") => Some(SourceState::Paused),
        Some(_) => return Err(Refused::field("state", "must be active or paused").into()),
    };
    let Patch { name, client_id, client_secrets, private_keys, scopes, params, policy, .. } = patch;
    let asked = Changed { name, client_id, client_secrets, private_keys, scopes, params, policy, state };
    let source = change::change(&app, &who, &source, asked).await?;
    Ok(one(shown(&app, &source).await?))
}

/// Delete a source
///
/// With its accounts it is gone at once; where the provider takes tokens back it is told of each account afterwards.
#[utoipa::path(delete, path = "/v1/sources/{id}", operation_id = "deleteSource", tag = "sources",
    params(("id" = String, Path, description = "Its id or slug"),
        ("cascade" = Option<String>, Query, description = "1: its accounts too")),
    responses((status = 204, description = "It is gone"),
        (status = 409, description = "`source_in_use`: it has accounts")))]
pub(in crate::api) async fn delete(
    Who(who): Who,
    State(app): State<App>,
    Named(id): Named<SourceKind>,
    Query(params): Query,
) -> Result<Response, Stopped> {
    let cascade = if Asks::of(&params, &["cascade"])?.flag("cascade")? { Cascade::Yes } else { Cascade::No };
    let source = found(&app, &who, id.as_str()).await?;
    change::delete(&app, &who, &source, cascade).await?;
    Ok(StatusCode::NO_CONTENT.into_response())
}

/// Ask the provider whether it knows a source
///
/// What it says counts: a source that it refuses is `misconfigured` from then on, and one that it takes again is active.
#[utoipa::path(post, path = "/v1/sources/{id}/verify", operation_id = "verifySource", tag = "sources",
    params(("id" = String, Path, description = "Its id or slug")),
    responses((status = 200, description = "What it says", body = Data<Verified>)))]
pub(in crate::api) async fn verify_now(
    Who(who): Who,
    State(app): State<App>,
    Named(id): Named<SourceKind>,
) -> Result<Response, Stopped> {
    let source = found(&app, &who, id.as_str()).await?;
    change::admitted(&who)?;
    Ok(one(verify::now(&app, &source).await?))
}
