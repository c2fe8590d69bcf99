//! OIDC Core §2, §3.1.3.6, §12.2: the ID token. Nothing in it that the specification doesn't name, unless asked for.

use super::claims::{self, Person};
use super::error::Refusal;
use super::grants::Grant;
use crate::app::App;
use crate::base::Time;
use crate::base::id::{ClientId, SessionId, UserId};
use crate::clients::Client;
use crate::people;
use serde::Serialize;
use serde_json::{Map, Value};
use std::borrow::Cow;

/// What tells an ID token from our other JWTs.
pub const TYP: &str = "JWT";

/// What the token is about.
pub struct Ask<'a> {
    /// The grant.
    pub grant: &'a Grant,
    /// For `at_hash`.
    pub access_token: &'a str,
    /// From the authorization request, when this is its code's answer.
    pub nonce: Option<String>,
}

/// §2: everything that stands in one.
#[derive(Serialize)]
struct Claims<'a> {
    iss: &'a str,
    sub: &'a UserId,
    aud: &'a ClientId,
    exp: i64,
    iat: i64,
    auth_time: i64,
    acr: &'a str,
    amr: &'a [String],
    sid: &'a SessionId,
    at_hash: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    nonce: Option<String>,
    #[serde(flatten)]
    asked_for: Map<String, Value>,
}

/// Signs one.
pub async fn sign(app: &App, client: &Client, ask: Ask<'_>, now: Time) -> Result<String, Refusal> {
    let (grant, alg) = (ask.grant, client.id_token_alg());
    let claims = Claims {
        iss: app.issuer(),
        sub: &grant.user_id,
        aud: &client.id,
        exp: (now + client.id_token_lifetime(app)).secs(),
        iat: now.secs(),
        auth_time: grant.auth_time.secs(),
        acr: &grant.acr,
        amr: &grant.amr,
        sid: &grant.sid,
        at_hash: alg.left_half_hash(ask.access_token),
        nonce: ask.nonce,
        asked_for: asked_for(app, grant).await?,
    };
    Ok(app.keys.sign(alg, TYP, claims).await?)
}

/// §5.5: claims about the person that the client asked to have here. Only such a request costs a read.
async fn asked_for(app: &App, grant: &Grant) -> Result<Map<String, Value>, Refusal> {
    let names = claims::asked(grant.claims.as_ref(), "id_token");
    if names.is_empty() {
        return Ok(Map::new());
    }
    let Some(user) = people::store::by_id(&app.db, &grant.user_id).await? else {
        return Ok(Map::new());
    };
    let person = Person { email: &user.email, profile: Cow::Borrowed(&user.profile.0), updated_at: user.updated_at };
    Ok(person.among(names.into_iter(), &grant.scope))
}
