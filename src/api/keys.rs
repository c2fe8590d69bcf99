//! `/v1/admin/keys`: the keys that sign tokens.

use super::{Admin, Named};
use crate::admin::Refused;
use crate::admin::keys::{self, Retired, Shown};
use crate::app::App;
use crate::base::Time;
use crate::crypto::Algorithm;
use crate::web::Problem;
use crate::web::json::{Json as Body, members};
use crate::web::paging::Listed;
use axum::Json;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// List signing keys
///
/// Oldest first: those that sign, those that come next, those that only verify.
#[utoipa::path(get, path = "/v1/admin/keys", operation_id = "listKeys", tag = "keys",
    responses((status = 200, description = "All of them", body = Listed<Shown<'static>>)))]
pub(super) async fn list(_: Admin, State(app): State<App>) -> Result<Response, Problem> {
    let kept = keys::list(&app).await?;
    Ok(Json(Listed::whole(kept.iter().map(keys::shown).collect())).into_response())
}

/// Which key hands over, and when.
#[derive(Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, default)]
#[schema(as = KeyRotationRequest)]
pub(super) struct Ask {
    /// RS256, ES256, EdDSA or PS256.
    #[schema(required, pattern = "^(RS256|ES256|EdDSA|PS256)$", example = "ES256")]
    alg: String,
    /// Only publish the next key now; it signs after `keys.publish_before`, when every app can know it.
    announce: bool,
}

/// A key that signs, or will.
#[derive(Serialize, ToSchema)]
#[schema(as = KeyRotation)]
pub(super) struct Rotated {
    kid: String,
    alg: &'static str,
    #[schema(value_type = String, format = DateTime)]
    signs_from: Time,
}

/// Rotate a signing key
///
/// The waiting next key of an algorithm, or a fresh one, signs at once; what the old one signed still verifies. Apps that
/// read the keys just now may refuse the new one for a minute: `announce` spares them that.
#[utoipa::path(post, path = "/v1/admin/keys/rotate", operation_id = "rotateKey", tag = "keys", request_body = Ask,
    responses((status = 200, description = "The key that signs from then on", body = Rotated),
        (status = 409, description = "`key-is-rotating`: somebody else is doing it")))]
pub(super) async fn rotate(
    Admin(who): Admin,
    State(app): State<App>,
    Body(body): Body,
) -> Result<Json<Rotated>, Problem> {
    let ask: Ask = members(body).map_err(Refused::from)?;
    let alg =
        Algorithm::named(&ask.alg).ok_or_else(|| Problem::field("alg", "must be RS256, ES256, EdDSA or PS256"))?;
    let (kid, signs_from) = match ask.announce {
        true => keys::announce(&app, &who, alg).await?,
        false => (keys::rotate(&app, &who, alg).await?, app.now()),
    };
    Ok(Json(Rotated { kid, alg: alg.name(), signs_from }))
}

/// A key that signs no more.
#[derive(Serialize, ToSchema)]
#[schema(as = KeyRetirement)]
pub(super) struct Gone {
    kid: String,
    /// The key that signs in its place, where it was signing.
    took_over: Option<String>,
}

/// Retire a signing key
///
/// At once. If it signs, another takes over first.
#[utoipa::path(post, path = "/v1/admin/keys/{kid}/retire", operation_id = "retireKey", tag = "keys",
    params(("kid" = String, Path, description = "Its `kid`")),
    responses((status = 200, description = "It signs no more", body = Gone),
        (status = 409, description = "`key-is-retired`: it was already")))]
pub(super) async fn retire(
    Admin(who): Admin,
    State(app): State<App>,
    Named(kid): Named<()>,
) -> Result<Json<Gone>, Problem> {
    let took_over = match keys::retire(&app, &who, kid.as_str()).await? {
        Retired::Alone => None,
        Retired::HandedOver(next) => Some(next),
    };
    Ok(Json(Gone { kid: kid.to_string(), took_over }))
}
