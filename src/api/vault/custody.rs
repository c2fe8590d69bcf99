//! Custody of refresh tokens: given away, acknowledged, taken back.

use super::accounts::looked;
use super::named::On;
use super::{Data, Stopped, one};
use crate::api::repeats::Unkept;
use crate::app::App;
use crate::base::Time;
use crate::crypto::jwe::Recipient;
use crate::vault::custody;
use crate::vault::handed::{self, Tokens};
use crate::vault::manage;
use crate::vault::refused::Refused;
use crate::vault::view::Shown;
use crate::web::json::{Json as Body, members};
use axum::extract::State;
use axum::response::Response;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::collections::BTreeMap;
use utoipa::ToSchema;

/// How an account is freed.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = FreeAsk)]
pub(in crate::api) struct Free {
    /// `export`: the tokens are handed out; `revoke`: they are taken back at the provider and wiped.
    #[schema(required)]
    mode: Option<String>,
    /// The account's external id, so that nobody frees another by mistake.
    #[schema(required)]
    confirm_external_id: Option<String>,
    /// A public key, as a JWK: RSA of 2048 bits or more (RSA-OAEP-256), or EC on P-256 (ECDH-ES+A256KW, or ECDH-ES where its `alg`
    /// says so). The tokens then come as `credentials_jwe`, which only the holder of that key can read.
    #[schema(value_type = Option<Object>)]
    recipient_key: Option<Value>,
    /// Only tell what would happen.
    dry_run: Option<bool>,
}

/// What became of it.
#[derive(Serialize, ToSchema)]
#[schema(as = Freed)]
pub(in crate::api) struct Outcome {
    /// The accounts that are disabled by it: all that the same grant opens.
    #[schema(value_type = Vec<String>)]
    accounts: Vec<crate::vault::accounts::AccountId>,
    /// Names this release; acknowledge it when the tokens have arrived.
    #[serde(skip_serializing_if = "Option::is_none")]
    release_id: Option<String>,
    /// Until when. Then what is held here is wiped.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, format = DateTime)]
    ack_by: Option<Time>,
    /// The tokens, by the role of the grant.
    #[serde(skip_serializing_if = "Option::is_none")]
    credentials: Option<BTreeMap<String, Tokens>>,
    /// The same, sealed for `recipient_key`: a compact JWE (RFC 7516, A256GCM) of the JSON that `credentials` would be.
    #[serde(skip_serializing_if = "Option::is_none")]
    credentials_jwe: Option<String>,
    /// Whether the provider said that it took them back.
    #[serde(skip_serializing_if = "Option::is_none")]
    revoked: Option<bool>,
    /// Nothing was done.
    dry_run: bool,
}

/// Who the tokens are sealed for.
fn recipient(key: Option<&Value>, revokes: bool) -> Result<Option<Recipient>, Refused> {
    let refused = |why: &str| Refused::field("recipient_key", why);
    match key {
        Some(_) if revokes => Err(refused("goes with the mode export; what is revoked is handed to nobody")),
        Some(key) => Recipient::read(key).map(Some).map_err(refused),
        None => Ok(None),
    }
}

/// Free an account
///
/// Its tokens are handed out, once, to whoever holds them from now on; it is disabled here. Send an `Idempotency-Key`: the same
/// request is then answered the same, should the answer be lost.
#[utoipa::path(post, path = "/v1/accounts/{id}/custody/free", operation_id = "freeAccount", tag = "custody",
    params(("id" = String, Path, description = "Its id")), request_body = Free,
    responses((status = 200, description = "What became of it", body = Data<Outcome>),
        (status = 409, description = "`custody_freed`, `no_custody`"),
        (status = 503, description = "`refresh_uncertain`: a refresh is under way; nothing was changed")))]
pub(in crate::api) async fn free(
    On(who, which): On,
    State(app): State<App>,
    Body(body): Body,
) -> Result<Response, Stopped> {
    let ask: Free = members(body).map_err(Refused::from)?;
    let seen = manage::managed(&app, &who, &which).await?;
    let revokes = match ask.mode.as_deref() {
        Some("export") => false,
        Some("revoke") => true,
        _ => return Err(Refused::field("mode", "must be export or revoke").into()),
    };
    if ask.confirm_external_id.as_deref() != Some(seen.account.external_id.as_str()) {
        return Err(Refused::field("confirm_external_id", "must be the external id of this account").into());
    }
    let to = recipient(ask.recipient_key.as_ref(), revokes)?;
    let (_, affected) = custody::together(&app, &seen.account).await?;
    let accounts = affected.into_iter().map(|one| one.id).collect();
    let nothing = Outcome {
        accounts,
        release_id: None,
        ack_by: None,
        credentials: None,
        credentials_jwe: None,
        revoked: None,
        dry_run: true,
    };
    if ask.dry_run == Some(true) {
        return Ok(one(nothing));
    }
    if revokes {
        let revoked = custody::revoke(&app, &who, &seen).await?;
        return Ok(one(Outcome { revoked: Some(revoked), dry_run: false, ..nothing }));
    }
    let released = custody::export(&app, &who, &seen, to.as_ref()).await?;
    let (release_id, ack_by) = (Some(released.release_id.clone()), Some(released.ack_by));
    let (credentials, credentials_jwe) = match &to {
        Some(to) => (None, Some(handed::sealed(released, to)?)),
        None => (Some(handed::tokens(released)), None),
    };
    let mut answer = one(Outcome { release_id, ack_by, credentials, credentials_jwe, dry_run: false, ..nothing });
    // Whoever repeats it is told the same for as long as we hold the tokens; a copy of the answer would outlive them.
    answer.extensions_mut().insert(Unkept);
    Ok(answer)
}

/// Which release.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = ReleaseAsk)]
pub(in crate::api) struct Release {
    /// What freeing the account gave.
    #[schema(required)]
    release_id: Option<String>,
}

impl Release {
    fn read(body: serde_json::Map<String, serde_json::Value>) -> Result<String, Refused> {
        let ask: Release = members(body).map_err(Refused::from)?;
        ask.release_id.ok_or_else(|| Refused::field("release_id", "must be given"))
    }
}

/// Acknowledge that freed tokens have arrived
///
/// What is held of them here is wiped.
#[utoipa::path(post, path = "/v1/accounts/{id}/custody/ack", operation_id = "acknowledgeRelease", tag = "custody",
    params(("id" = String, Path, description = "The account")), request_body = Release,
    responses((status = 200, description = "The account", body = Data<Shown>),
        (status = 409, description = "`release_closed`")))]
pub(in crate::api) async fn ack(
    On(who, which): On,
    State(app): State<App>,
    Body(body): Body,
) -> Result<Response, Stopped> {
    let release = Release::read(body)?;
    let seen = manage::managed(&app, &who, &which).await?;
    custody::ack(&app, &who, &seen.account, &release).await?;
    Ok(one(Shown::of(&app, &looked(&app, &who, &which).await?, None)))
}

/// Take custody back before it was acknowledged
///
/// The token is used at once, in case whoever has it did.
#[utoipa::path(post, path = "/v1/accounts/{id}/custody/cancel", operation_id = "cancelRelease", tag = "custody",
    params(("id" = String, Path, description = "The account")), request_body = Release,
    responses((status = 200, description = "The account", body = Data<Shown>),
        (status = 409, description = "`release_closed`, `account_disabled`: the token was used elsewhere")))]
pub(in crate::api) async fn cancel(
    On(who, which): On,
    State(app): State<App>,
    Body(body): Body,
) -> Result<Response, Stopped> {
    let release = Release::read(body)?;
    let seen = manage::managed(&app, &who, &which).await?;
    custody::cancel(&app, &who, &seen.account, &release).await?;
    Ok(one(Shown::of(&app, &looked(&app, &who, &which).await?, None)))
}
