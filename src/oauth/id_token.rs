//! OIDC Core §2, §3.1.3.6, §12.2: the ID token. Nothing in it that the specification doesn't name, unless asked for.

use super::claims::{self, Person};
use super::error::Refusal;
use super::grants::Grant;
use crate::app::App;
use crate::base::Time;
use crate::clients::Client;
use crate::people;
use serde_json::{Map, Value, json};

/// What keeps an ID token apart from other JWTs of ours.
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

/// Signs one.
pub async fn sign(app: &App, client: &Client, ask: Ask<'_>, now: Time) -> Result<String, Refusal> {
    let (grant, alg) = (ask.grant, client.id_token_alg());
    let mut claims = Map::new();
    let mut add = |name: &str, value: Value| claims.insert(name.to_owned(), value);
    add("iss", json!(app.issuer()));
    add("sub", json!(grant.user_id));
    add("aud", json!(client.id));
    add("exp", json!((now + client.id_token_lifetime(app)).secs()));
    add("iat", json!(now.secs()));
    add("auth_time", json!(grant.auth_time.secs()));
    add("acr", json!(grant.acr));
    add("amr", json!(grant.amr));
    add("sid", json!(grant.sid));
    add("at_hash", json!(alg.left_half_hash(ask.access_token)));
    if let Some(nonce) = ask.nonce {
        add("nonce", json!(nonce));
    }
    for (name, value) in asked_for(app, grant).await? {
        add(&name, value);
    }
    Ok(app.keys.sign(alg, TYP, Value::Object(claims)).await?)
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
    let person = Person { email: &user.email, profile: &user.profile.0, updated_at: user.updated_at };
    Ok(person.select([].into_iter(), &names))
}
