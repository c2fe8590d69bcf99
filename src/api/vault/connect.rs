//! `/v1/connect_sessions`: an app asks somebody to connect an account, looks how far they are, and, where its server has the last
//! word, says it.

use super::{Data, Stopped, Who, made, one};
use crate::api::Named;
use crate::app::App;
use crate::base::{Secret, Time};
use crate::vault::accounts::AccountId;
use crate::vault::connect::begin::{self, Asked, LONGEST};
use crate::vault::connect::{Ask, Binding, Connect, ConnectId, ConnectKind, Status, complete};
use crate::vault::look::Which;
use crate::vault::refused::Refused;
use crate::vault::sources::{SourceId, store};
use crate::web::json::{Json as Body, members};
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use std::collections::BTreeMap;
use std::time::Duration;
use utoipa::ToSchema;

/// A connection that is being made.
#[derive(Serialize, ToSchema)]
#[schema(as = ConnectSession)]
pub(in crate::api) struct Shown {
    #[schema(value_type = String)]
    id: ConnectId,
    /// The source's id.
    #[schema(value_type = String)]
    source: SourceId,
    /// `pending`, `candidate` (waits to be completed), `connected`, `failed`, `expired`.
    status: &'static str,
    binding: Binding,
    /// The account that came of it.
    #[schema(value_type = Option<String>)]
    account_id: Option<AccountId>,
    /// Why none did: `user_denied`, `wrong_account`, …
    error: Option<&'static str>,
    /// The same in words.
    error_message: Option<String>,
    /// What the provider didn't grant, where that is why.
    missing_scopes: Vec<String>,
    #[schema(value_type = String, format = DateTime)]
    created_at: Time,
    /// Until when its link is good.
    #[schema(value_type = String, format = DateTime)]
    expires_at: Time,
    /// The secret of its link; shown once.
    #[serde(skip_serializing_if = "Option::is_none")]
    token: Option<String>,
    /// The link, for the browser of whoever connects; shown once.
    #[serde(skip_serializing_if = "Option::is_none")]
    connect_url: Option<String>,
}

fn shown(app: &App, connect: Connect) -> Shown {
    let expired = connect.expired(app.now());
    Shown {
        status: match connect.status {
            _ if expired => "expired",
            Status::Open | Status::Started | Status::Returned => "pending",
            Status::Candidate => "candidate",
            Status::Connected => "connected",
            Status::Failed => "failed",
        },
        error: connect.error.map(|why| why.name()),
        error_message: connect.error.map(|why| why.words()),
        id: connect.id,
        source: connect.source,
        binding: connect.binding,
        account_id: connect.result,
        missing_scopes: connect.missing,
        created_at: connect.created_at,
        expires_at: connect.expires_at,
        token: None,
        connect_url: None,
    }
}

/// What a connection is to be.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = NewConnectSession)]
pub(in crate::api) struct New {
    /// The source: its id or slug. May be left out with `account_id`.
    source: Option<String>,
    /// The account to connect again; no other will do.
    account_id: Option<String>,
    /// What the provider must call the account.
    expected_external_id: Option<String>,
    /// Whose account is meant, for the provider's page.
    login_hint: Option<String>,
    /// Fewer scopes than the source asks for.
    scopes: Option<Vec<String>>,
    /// Whether an account with less than was asked for will do.
    allow_partial_scopes: Option<bool>,
    /// What you call whoever it is for, where they are nobody here.
    owner_ref: Option<String>,
    /// What people call the account.
    name: Option<String>,
    #[schema(value_type = Option<Object>)]
    metadata: Option<Map<String, Value>>,
    /// What the source's type asks of whoever connects, as far as you know it.
    params: Option<BTreeMap<String, String>>,
    /// Windows of these origins are told how it ended, by `postMessage`.
    allowed_origins: Option<Vec<String>>,
    success_redirect_uri: Option<String>,
    error_redirect_uri: Option<String>,
    /// For how many seconds the link is good; 600 if not given, 3600 at most.
    expires_in: Option<i64>,
    /// `session`: the person is signed in here, and it is you. `verifier`: your server completes it, for people of your own.
    /// `confirm`: the person reads whose account it will be, and presses a button.
    binding: Option<Binding>,
    /// With `verifier`: the SHA-256 of a secret of your server, in base64url (RFC 7636's S256).
    code_challenge: Option<String>,
}

/// Ask somebody to connect an account
///
/// Send their browser to `connect_url`: in the same window with redirect URIs, or in one of its own with `allowed_origins`.
#[utoipa::path(post, path = "/v1/connect_sessions", operation_id = "createConnectSession", tag = "connect", request_body = New,
    responses((status = 201, description = "The connection, with its link", body = Data<Shown>),
        (status = 409, description = "`source_paused`: somebody stopped the source"),
        (status = 424, description = "`source_misconfigured`: the provider refuses our application")))]
pub(in crate::api) async fn create(
    Who(who): Who,
    State(app): State<App>,
    Body(body): Body,
) -> Result<Response, Stopped> {
    let new: New = members(body).map_err(Refused::from)?;
    let lives = match new.expires_in {
        None => None,
        Some(seconds) => Some(
            u64::try_from(seconds)
                .ok()
                .map(Duration::from_secs)
                .filter(|lives| (Duration::from_secs(1)..=LONGEST).contains(lives))
                .ok_or_else(|| Refused::field("expires_in", "must be a whole number from 1 to 3600"))?,
        ),
    };
    let account = new.account_id.map(AccountId::from);
    let source = match (&new.source, &account) {
        (Some(name), _) => store::named(&app.db, &who.workspace, name).await?,
        (None, Some(id)) => {
            let seen = super::accounts::looked(&app, &who, &Which::Id(id.clone())).await?;
            store::one(&app.db, &seen.account.source).await?
        }
        (None, None) => return Err(Refused::field("source", "must be given: the id or slug of a source").into()),
    };
    let missing = || Refused::field("source", "must be the id or slug of a source of this workspace");
    let source = source.ok_or_else(missing)?;
    let ask = Ask {
        scopes: new.scopes.unwrap_or_default(),
        allow_partial_scopes: new.allow_partial_scopes.unwrap_or_default(),
        expected_external_id: new.expected_external_id,
        login_hint: new.login_hint,
        owner_ref: new.owner_ref,
        name: new.name,
        metadata: new.metadata.unwrap_or_default(),
        allowed_origins: new.allowed_origins.unwrap_or_default(),
        success_redirect_uri: new.success_redirect_uri,
        error_redirect_uri: new.error_redirect_uri,
        code_challenge: new.code_challenge,
    };
    let asked = Asked { account, binding: new.binding, ask, params: new.params.unwrap_or_default(), lives };
    let (connect, token) = begin::create(&app, &who, &source, asked).await?;
    let path = format!("/v1/connect_sessions/{}", connect.id);
    let url = app.url(&format!("/connect/{}", token.reveal()));
    let token = Some(token.reveal().to_owned());
    Ok(made(&app, &path, Shown { token, connect_url: Some(url), ..shown(&app, connect) }))
}

/// Look how far a connection is
#[utoipa::path(get, path = "/v1/connect_sessions/{id}", operation_id = "getConnectSession", tag = "connect",
    params(("id" = String, Path, description = "Its id")),
    responses((status = 200, description = "The connection", body = Data<Shown>)))]
pub(in crate::api) async fn show(
    Who(who): Who,
    State(app): State<App>,
    Named(id): Named<ConnectKind>,
) -> Result<Response, Stopped> {
    let connect = complete::seen(&app, &who, &id).await?;
    Ok(one(shown(&app, connect)))
}

/// End a connection
///
/// Its link is good for nothing any more. An account that came of it stays.
#[utoipa::path(delete, path = "/v1/connect_sessions/{id}", operation_id = "deleteConnectSession", tag = "connect",
    params(("id" = String, Path, description = "Its id")),
    responses((status = 204, description = "It is gone")))]
pub(in crate::api) async fn delete(
    Who(who): Who,
    State(app): State<App>,
    Named(id): Named<ConnectKind>,
) -> Result<Response, Stopped> {
    complete::delete(&app, &who, &id).await?;
    Ok(StatusCode::NO_CONTENT.into_response())
}

/// What completes a connection.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = CompleteConnectSession)]
pub(in crate::api) struct Proof {
    /// The secret of your server: its SHA-256 was given as `code_challenge`.
    #[schema(value_type = Option<String>, required)]
    code_verifier: Option<Secret>,
}

/// Complete a connection
///
/// Of the binding `verifier`, by the server that made it, once it knows that the browser that came back is its own person's. Only
/// then is there an account.
#[utoipa::path(post, path = "/v1/connect_sessions/{id}/complete", operation_id = "completeConnectSession", tag = "connect",
    params(("id" = String, Path, description = "Its id")), request_body = Proof,
    responses((status = 200, description = "The connection, with its account", body = Data<Shown>),
        (status = 409, description = "`not_completable`: nobody has come back yet, or it is of another binding; or why there is no account: \
                                      `wrong_account`, `external_id_taken`, …"),
        (status = 503, description = "`verification_unavailable`: the provider can't say who it is; ask again")))]
pub(in crate::api) async fn finish(
    Who(who): Who,
    State(app): State<App>,
    Named(id): Named<ConnectKind>,
    Body(body): Body,
) -> Result<Response, Stopped> {
    let proof: Proof = members(body).map_err(Refused::from)?;
    let verifier = proof.code_verifier.ok_or_else(|| Refused::field("code_verifier", "must be given"))?;
    let connect = complete::complete(&app, &who, &id, &verifier).await?;
    Ok(one(shown(&app, connect)))
}
