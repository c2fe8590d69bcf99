//! `/v1/accounts`: people's accounts at other companies.

use super::credentials::{KNOWN, Purpose, asked, role};
use super::named::On;
use super::{Asks, Data, Stopped, Who, one, written};
use crate::app::App;
use crate::base::id::UserId;
use crate::base::{Secret, Time};
use crate::vault::accounts::State as AccountState;
use crate::vault::actor::Actor;
use crate::vault::credentials;
use crate::vault::import::{self, Brought};
use crate::vault::look::{self, Filter, PRIMARY, Seen, Which};
use crate::vault::manage::{self, Changed, Revoke};
use crate::vault::refused::Refused;
use crate::vault::sources::change as sources;
use crate::vault::view::{self, Shown};
use crate::web::Query;
use crate::web::json::{Json as Body, members};
use crate::web::paging::{Listed, Paging, page};
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use std::collections::BTreeMap;
use utoipa::ToSchema;

/// List accounts
///
/// Those that the caller may see, in the order in which they were made; never with credentials.
#[utoipa::path(get, path = "/v1/accounts", operation_id = "listAccounts", tag = "accounts",
    params(Paging, ("source" = Option<String>, Query, description = "Of this source: its id or slug"),
        ("external_id" = Option<String>, Query, description = "What the provider calls it"),
        ("state" = Option<String>, Query, description = "`active` or `disabled`"),
        ("owner_ref" = Option<String>, Query, description = "What the app that connected it calls its owner"),
        ("health" = Option<String>, Query, description = "`ok`, `degraded` or `uncertain`")),
    responses((status = 200, description = "A page of them", body = Listed<Shown>)))]
pub(in crate::api) async fn list(
    Who(who): Who,
    State(app): State<App>,
    Query(params): Query,
) -> Result<Response, Stopped> {
    let known = ["limit", "cursor", "source", "external_id", "state", "owner_ref", "health"];
    let asks = Asks::of(&params, &known)?;
    // Who may take tokens of one source only may see that one's accounts.
    if !who.may_see(asks.text("source").unwrap_or_default()) {
        return Err(Refused::scope(crate::vault::actor::ACCOUNTS_READ).into());
    }
    let filter = filter(&app, &who, &asks).await?;
    // A cursor is one of this list with these filters.
    let name =
        format!("accounts/{}/{}", who.workspace, filter.as_ref().map(|one| format!("{one:?}")).unwrap_or_default());
    let paging = Paging::read(&app.keys.macs(), &name, &params)?;
    let mut all = match &filter {
        Some(filter) => look::list(&app, &who, filter, &paging.after, paging.one_more()).await?,
        None => Vec::new(),
    };
    let last = paging.cut(&mut all, |seen| seen.account.id.to_string());
    let data: Vec<Shown> = all.iter().map(|seen| Shown::of(&app, seen, None)).collect();
    Ok(page(&app, &name, &paging, data, last.as_deref()))
}

/// None: nothing can fit.
async fn filter(app: &App, who: &Actor, asks: &Asks<'_>) -> Result<Option<Filter>, Refused> {
    let text = |name| asks.text(name).unwrap_or_default().to_owned();
    let mut filter = Filter {
        source: String::new(),
        state: text("state"),
        external_id: text("external_id"),
        owner_ref: text("owner_ref"),
        health: text("health"),
    };
    for (name, value, fits) in [
        ("state", &filter.state, ["active", "disabled"].as_slice()),
        ("health", &filter.health, ["ok", "degraded", "uncertain"].as_slice()),
    ] {
        if !value.is_empty() && !fits.contains(&value.as_str()) {
            let why = format!("{name} must be one of {}", fits.join(", "));
            return Err(Refused::new(StatusCode::BAD_REQUEST, "invalid_request", why));
        }
    }
    if let Some(name) = asks.text("source") {
        match crate::vault::sources::store::named(&app.db, &who.workspace, name).await? {
            Some(source) => filter.source = source.id.to_string(),
            None => return Ok(None),
        }
    }
    Ok(Some(filter))
}

/// Show an account
///
/// With `include_credentials=1` with credentials that still work for `min_ttl` seconds; where they don't, they are refreshed
/// first.
#[utoipa::path(get, path = "/v1/accounts/{id}", operation_id = "getAccount", tag = "accounts",
    params(("id" = String, Path, description = "Its id"),
        ("include_credentials" = Option<String>, Query, description = "1: with its credentials"),
        ("min_ttl" = Option<i64>, Query, description = "For how many seconds they must still work", minimum = 0, maximum = 86_400),
        ("wait" = Option<i64>, Query, description = "How many seconds to wait for a refresh; 10 if not given", minimum = 0, maximum = 30),
        ("not" = Option<String>, Query, description = "The beginning of the SHA-256 of a token that failed: another one"),
        ("role" = Option<String>, Query, description = "Which of its credentials, where a provider gives several")),
    responses((status = 200, description = "The account", body = Data<Shown>),
        (status = 409, description = "`account_disabled`, `custody_freed`: there are no credentials, and why"),
        (status = 424, description = "`source_misconfigured`: the provider refuses our application"),
        (status = 503, description = "`refresh_in_progress`, `provider_unreachable`, `provider_rate_limited`, `refresh_uncertain`")))]
pub(in crate::api) async fn show(
    On(who, which): On,
    State(app): State<App>,
    Query(params): Query,
    purpose: Purpose,
) -> Result<Response, Stopped> {
    let asks = Asks::of(&params, &KNOWN)?;
    let mut response = match asked(&asks, purpose)? {
        Some(ask) => {
            let given = credentials::read(&app, &who, &which, &ask).await?;
            written(|body| view::write_with(&app, given, body))
        }
        None => {
            let role = role(asks.text("role"))?;
            let seen = look::look(&app, &who, &which, &role, app.now()).await?.ok_or_else(Refused::not_found)?;
            if !who.may_see(&seen.slug) {
                return Err(Refused::scope(crate::vault::actor::ACCOUNTS_READ).into());
            }
            one(Shown::of(&app, &seen, None))
        }
    };
    response.headers_mut().insert(header::PRAGMA, axum::http::HeaderValue::from_static("no-cache"));
    Ok(response)
}

/// Credentials that an app brings.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[schema(as = NewCredentials)]
struct Given {
    #[schema(value_type = Option<String>)]
    oauth_refresh_token: Option<Secret>,
    #[schema(value_type = Option<String>)]
    oauth_access_token: Option<Secret>,
    /// When the access token expires.
    expires_at: Option<String>,
    /// What the source's type asks for instead: `api_key`, `username`, `password`, …
    #[serde(flatten)]
    #[schema(value_type = std::collections::BTreeMap<String, String>)]
    fields: BTreeMap<String, Secret>,
}

/// An account that an app brings.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = NewAccount)]
pub(in crate::api) struct New {
    /// The source: its id or slug.
    #[schema(required)]
    source: Option<String>,
    #[schema(required)]
    credentials: Option<Given>,
    /// What the provider calls it; compared with what the provider says.
    external_id: Option<String>,
    name: Option<String>,
    #[schema(value_type = Option<Object>)]
    metadata: Option<Map<String, Value>>,
    /// Whose it is at the app.
    owner_ref: Option<String>,
    /// What addresses of the provider need to be told: a shop, a subdomain.
    params: Option<BTreeMap<String, String>>,
    /// What was granted, where it is known.
    scopes: Option<Vec<String>>,
    /// With an access token that doesn't expire, of a type that says `migrate`: it is exchanged for one that expires and a refresh
    /// token. That happens once, there is no way back, and every other copy of the token is dead then.
    migrate: Option<bool>,
}

/// An account that was brought.
#[derive(Serialize, ToSchema)]
#[schema(as = Imported)]
pub(in crate::api) struct Imported {
    #[serde(flatten)]
    account: Shown,
    /// Whether every other copy of the token that was brought is dead now. Delete yours either way.
    #[serde(skip_serializing_if = "Option::is_none")]
    exclusive: Option<bool>,
    /// `external_id_unverified`: the provider doesn't say whose it is; `possible_duplicate`; `can_migrate`: the token can be exchanged
    /// for one that expires and a refresh token.
    warnings: Vec<&'static str>,
}

/// Bring an account
///
/// Typed-in keys, tokens, or a refresh token, of which the vault takes custody by using it once; with `migrate` a token that doesn't
/// expire, by exchanging it. Those two need an `Idempotency-Key`: sent again, the request is answered with what became of it.
#[utoipa::path(post, path = "/v1/accounts", operation_id = "createAccount", tag = "accounts", request_body = New,
    responses((status = 201, description = "The account", body = Data<Imported>),
        (status = 409, description = "`external_id_taken`, `already_held`"),
        (status = 422, description = "`credentials_rejected`, `custody_required`, `external_id_mismatch`; `rotation_lost`: the answer to the \
            first use was lost, and the provider doesn't take the token any more"),
        (status = 424, description = "`source_misconfigured`: the provider refuses our application"),
        (status = 503, description = "`verification_unavailable`, `refresh_uncertain`: not known yet")))]
pub(in crate::api) async fn create(
    Who(who): Who,
    State(app): State<App>,
    headers: HeaderMap,
    Body(body): Body,
) -> Result<Response, Stopped> {
    let new: New = members(body).map_err(Refused::from)?;
    let source = new.source.ok_or_else(|| Refused::field("source", "must be given: the id or slug of a source"))?;
    let source = sources::of(&app, &who.workspace, &source).await.map_err(|refused| match refused.code {
        "not_found" => Refused::field("source", "is no source of this workspace"),
        _ => refused,
    })?;
    let given = new.credentials.ok_or_else(|| Refused::field("credentials", "must be given"))?;
    let expires_at = given.expires_at.as_deref().map(|text| {
        Time::parse(text)
            .ok_or_else(|| Refused::field("credentials/expires_at", "must be a date and time as RFC 3339 writes it"))
    });
    let metadata = new.metadata.unwrap_or_default();
    manage::fits(&metadata)?;
    let key = headers.get("idempotency-key").and_then(|key| key.to_str().ok()).map(str::to_owned);
    let brought = Brought {
        refresh_token: given.oauth_refresh_token,
        access_token: given.oauth_access_token,
        migrate: new.migrate.unwrap_or_default(),
        expires_at: expires_at.transpose()?,
        fields: given.fields,
        params: new.params.unwrap_or_default(),
        scopes: new.scopes.unwrap_or_default(),
        external_id: new.external_id,
        name: new.name,
        metadata,
        owner_ref: new.owner_ref,
        key,
    };
    let made = import::import(&app, &who, &source, brought).await?;
    let seen = looked(&app, &who, &Which::Id(made.account.id.clone())).await?;
    let unverified = !made.account.verified;
    let mut warnings = if unverified { vec!["external_id_unverified", "possible_duplicate"] } else { Vec::new() };
    warnings.extend(made.can_migrate.then_some("can_migrate"));
    let imported = Imported { account: Shown::of(&app, &seen, None), exclusive: made.exclusive, warnings };
    Ok(super::made(&app, &format!("/v1/accounts/{}", made.account.id), imported))
}

/// How an account is now.
pub(super) async fn looked(app: &App, who: &Actor, which: &Which) -> Result<Seen, Refused> {
    look::look(app, who, which, PRIMARY, app.now()).await?.ok_or_else(Refused::not_found)
}

/// What of an account is changed.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = AccountPatch)]
pub(in crate::api) struct Patch {
    name: Option<String>,
    /// A merge patch (RFC 7396) on what is there.
    #[schema(value_type = Option<Object>)]
    metadata: Option<Map<String, Value>>,
    /// `active` or `disabled`.
    state: Option<String>,
    /// Whose it is from now on: a member's id, or `workspace` for the workspace's own.
    owner: Option<String>,
}

/// Change an account
///
/// A merge patch (RFC 7396).
#[utoipa::path(patch, path = "/v1/accounts/{id}", operation_id = "changeAccount", tag = "accounts",
    params(("id" = String, Path, description = "Its id")), request_body = Patch,
    responses((status = 200, description = "The account", body = Data<Shown>),
        (status = 204, description = "It was given away, and isn't there for the caller any more"),
        (status = 409, description = "`reconnect_needed`: it can't be enabled without its owner")))]
pub(in crate::api) async fn patch(
    On(who, which): On,
    State(app): State<App>,
    Body(body): Body,
) -> Result<Response, Stopped> {
    let patch: Patch = members(body).map_err(Refused::from)?;
    let state = match patch.state.as_deref() {
        None => None,
        Some("active") => Some(AccountState::Active),
        Some("disabled") => Some(AccountState::Disabled),
        Some(_) => return Err(Refused::field("state", "must be active or disabled").into()),
    };
    let seen = manage::managed(&app, &who, &which).await?;
    let owner = match patch.owner.as_deref() {
        None => None,
        Some("workspace") if who.administers() => Some(None),
        Some("workspace") => {
            return Err(Refused::field(
                "owner",
                "can be the workspace only by the hand of one of its owners or admins",
            )
            .into());
        }
        Some(user) => Some(Some(member(&app, &who, user).await?)),
    };
    let changed = Changed { name: patch.name, metadata: patch.metadata, state, owner };
    manage::change(&app, &who, seen, changed).await?;
    match look::look(&app, &who, &which, PRIMARY, app.now()).await? {
        Some(seen) => Ok(one(Shown::of(&app, &seen, None))),
        // It was given away, and is nobody's here any more.
        None => Ok(StatusCode::NO_CONTENT.into_response()),
    }
}

async fn member(app: &App, who: &Actor, user: &str) -> Result<UserId, Refused> {
    let id = UserId::from(user);
    let found = crate::people::workspaces::store::member(&app.db, &who.workspace, &id).await?;
    found.map(|_| id).ok_or_else(|| Refused::field("owner", "must be a member of this workspace, or workspace"))
}

/// Delete an account
///
/// What the vault holds of it is gone at once; the provider is told where that harms no other account.
#[utoipa::path(delete, path = "/v1/accounts/{id}", operation_id = "deleteAccount", tag = "accounts",
    params(("id" = String, Path, description = "Its id"),
        ("revoke" = Option<String>, Query, description = "`auto`, `1`: tell the provider; `0`: don't")),
    responses((status = 204, description = "It is gone")))]
pub(in crate::api) async fn delete(
    On(who, which): On,
    State(app): State<App>,
    Query(params): Query,
) -> Result<Response, Stopped> {
    let revoke = match Asks::of(&params, &["revoke"])?.text("revoke") {
        None | Some("auto") => Revoke::Auto,
        Some("1") => Revoke::Yes,
        Some("0") => Revoke::No,
        Some(_) => {
            return Err(Refused::new(StatusCode::BAD_REQUEST, "invalid_request", "revoke must be auto, 1 or 0").into());
        }
    };
    let seen = manage::managed(&app, &who, &which).await?;
    manage::delete(&app, &who, seen, revoke).await?;
    Ok(StatusCode::NO_CONTENT.into_response())
}
