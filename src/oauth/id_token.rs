//! OIDC Core §2, §3.1.3.6, §12.2: the ID token. Nothing in it that the specification doesn't name, unless asked for.

use super::claims::Person;
use super::error::Refusal;
use super::grants::Grant;
use super::new_grant::NewGrant;
use super::subject;
use super::wishes::Wishes;
use crate::app::App;
use crate::base::id::{ClientId, SessionId, UserId};
use crate::base::{ScopeSet, Time};
use crate::clients::Client;
use crate::people;
use serde::Serialize;
use serde_json::{Map, Value};
use std::borrow::Cow;

/// What tells an ID token from our other JWTs.
pub const TYP: &str = "JWT";

/// Whom and what a token is about: a grant, as much of it as ID tokens tell.
#[derive(Clone)]
pub struct About<'a> {
    user_id: &'a UserId,
    sid: &'a SessionId,
    scope: &'a ScopeSet,
    claims: Option<&'a Wishes>,
    auth_time: Time,
    acr: &'a str,
    amr: Vec<&'a str>,
}

impl<'a> From<&'a Grant> for About<'a> {
    fn from(grant: &'a Grant) -> Self {
        About {
            user_id: &grant.user_id,
            sid: &grant.sid,
            scope: &grant.scope,
            claims: grant.claims.as_ref(),
            auth_time: grant.auth_time,
            acr: &grant.acr,
            amr: grant.amr.iter().map(String::as_str).collect(),
        }
    }
}

impl<'a> From<&NewGrant<'a>> for About<'a> {
    fn from(new: &NewGrant<'a>) -> Self {
        About {
            user_id: new.user_id,
            sid: new.sid,
            scope: new.scope,
            claims: new.claims,
            auth_time: new.auth_time,
            acr: new.acr,
            amr: new.amr.split(' ').collect(),
        }
    }
}

/// What goes into a token.
pub struct Ask<'a> {
    /// The grant.
    pub about: About<'a>,
    /// For `at_hash`.
    pub access_token: Option<&'a str>,
    /// For `c_hash`.
    pub code: Option<&'a str>,
    /// From the authorization request, when this is its answer or its code's.
    pub nonce: Option<String>,
    /// §5.4: whether what the scopes tell stands here, since the client gets no access token for UserInfo.
    pub alone: bool,
}

impl<'a> Ask<'a> {
    /// One that goes with nothing else.
    pub fn of(grant: impl Into<About<'a>>) -> Self {
        Ask { about: grant.into(), access_token: None, code: None, nonce: None, alone: false }
    }
}

/// §2: everything that stands in one.
#[derive(Serialize)]
struct Claims<'a> {
    iss: &'a str,
    sub: Cow<'a, str>,
    aud: &'a ClientId,
    exp: i64,
    iat: i64,
    auth_time: i64,
    acr: &'a str,
    amr: &'a [&'a str],
    sid: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    at_hash: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    c_hash: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    nonce: Option<String>,
    #[serde(flatten)]
    asked_for: Map<String, Value>,
}

/// Signs one.
pub async fn sign(app: &App, client: &Client, ask: Ask<'_>, now: Time) -> Result<String, Refusal> {
    let (about, alg) = (&ask.about, client.id_token_alg());
    let claims = Claims {
        iss: app.issuer(),
        sub: subject::of(app, &client.metadata, about.user_id),
        aud: &client.id,
        exp: (now + client.id_token_lifetime(app)).secs(),
        iat: now.secs(),
        auth_time: about.auth_time.secs(),
        acr: about.acr,
        amr: &about.amr,
        sid: subject::sid(app, &client.id, about.sid),
        at_hash: ask.access_token.map(|token| alg.left_half_hash(token)),
        c_hash: ask.code.map(|code| alg.left_half_hash(code)),
        nonce: ask.nonce,
        asked_for: asked_for(app, client, about, ask.alone).await?,
    };
    Ok(app.keys.sign(alg, TYP, claims).await?)
}

/// §5.5: claims about the person that the client asked to have here. Only such a request costs a read.
async fn asked_for(app: &App, client: &Client, about: &About<'_>, alone: bool) -> Result<Map<String, Value>, Refusal> {
    let none = Wishes::default();
    let wishes = about.claims.unwrap_or(&none);
    let mapped = client.metadata.custom_claims.values().any(|told| told.id_token) && !wishes.attributes.is_empty();
    if wishes.id_token.is_empty() && !mapped && !alone {
        return Ok(Map::new());
    }
    let Some(user) = people::store::by_id(&app.db, about.user_id).await? else {
        return Ok(Map::new());
    };
    let person = Person { email: &user.email, profile: Cow::Borrowed(&user.profile.0), updated_at: user.updated_at };
    let mut told = person.told_by_name(&wishes.id_token, &client.metadata);
    told.extend(person.told_by_map(&wishes.attributes, &client.metadata, |claim| claim.id_token));
    if alone {
        told.extend(person.told_by(about.scope));
    }
    Ok(told)
}
