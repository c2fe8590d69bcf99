//! RFC 6749 §1.4, RFC 9068: access tokens, and what one that is presented stands for.

use super::grants::{Grant, Which};
use super::presentation::{self, Presentation};
use super::{store, subject};
use crate::app::App;
use crate::base::encoding::{from_hex, hex};
use crate::base::id::ClientId;
use crate::base::{ScopeSet, Time};
use crate::clients::{self, Metadata};
use crate::crypto::Algorithm;
use crate::crypto::token::{GrantToken, Kind, MachineToken};
use crate::db::{Fault, Item, Question};
use serde_json::{Value, json};
use std::sync::Arc;

/// RFC 9068 §2.1.
pub const TYP: &str = "at+jwt";
/// §2.1 wants every resource server to know RS256. And it gives the same bytes each time, as replays of a refresh
/// must; ECDSA doesn't.
pub const ALG: Algorithm = Algorithm::RS256;

/// A good access token.
#[derive(Clone, Debug)]
pub struct Access {
    /// Whom it was issued to.
    pub client_id: ClientId,
    /// That client.
    pub client: Arc<Metadata>,
    /// What it may be used for.
    pub scope: ScopeSet,
    /// For which resources; empty means this server.
    pub resource: Vec<String>,
    /// When it was issued.
    pub issued_at: Time,
    /// When it ends.
    pub expires_at: Time,
    /// For whom; none for a machine's own token.
    pub person: Option<Box<Presentation>>,
}

/// What the token stands for, or `None` when it isn't good (any more). At most one read; none for what we didn't make.
pub async fn resolve(app: &App, token: &str) -> Result<Option<Access>, Fault> {
    let (now, macs) = (app.now(), app.keys.macs());
    if token.starts_with(Kind::Access.prefix()) {
        if let Some(token) = GrantToken::open(Kind::Access, &macs, token) {
            return Ok(presentation::present(app, &token, Which::Access, now).await?.map(Access::of_person));
        }
        return match MachineToken::open(&macs, token) {
            Some(token) => machine(app, token, now).await,
            None => Ok(None),
        };
    }
    jwt(app, token, now).await
}

impl Access {
    fn of_person(found: Presentation) -> Self {
        let grant = &found.grant;
        Access {
            client_id: grant.client_id.clone(),
            client: found.client.clone(),
            scope: grant.access_scope.clone(),
            resource: grant.access_resource.clone(),
            issued_at: grant.rotated_at,
            expires_at: grant.access_expires_at,
            person: Some(Box::new(found)),
        }
    }

    /// `aud` (RFC 9068 §3): the resources, or else this server.
    pub fn audience(&self, app: &App) -> Value {
        audience(app, &self.resource)
    }
}

async fn machine(app: &App, token: MachineToken, now: Time) -> Result<Option<Access>, Fault> {
    if token.expires_at <= now.millis() {
        return Ok(None);
    }
    let of_client = |item: Item| item.with("client_id", &token.client_id);
    let Some(row) = app.db.look(&store::MACHINE, Question::named(&token.jti), of_client).await? else {
        return Ok(None);
    };
    if !row.bool("enabled")? || row.text_opt("revoked")?.is_some() || row.int("not_before")? >= token.issued_at {
        return Ok(None);
    }
    let client_id = ClientId::from(token.client_id);
    let client = clients::metadata_of(app, &client_id, row.int("rev")?, || row.json("metadata"))?;
    let allowed = ScopeSet::stored(&client.scope);
    Ok(Some(Access {
        client_id,
        client,
        scope: ScopeSet::stored(&token.scope).only(|name| allowed.has(name)),
        resource: token.resource,
        issued_at: Time::from_millis(token.issued_at),
        expires_at: Time::from_millis(token.expires_at),
        person: None,
    }))
}

/// RFC 9068 §4: signature, type and issuer; then the row, so that here even a JWT can be called back.
async fn jwt(app: &App, token: &str, now: Time) -> Result<Option<Access>, Fault> {
    let Some(read) = app.keys.now().verify(token) else {
        return Ok(None);
    };
    let text = |name| read.claims.get(name).and_then(Value::as_str).unwrap_or_default();
    let expired = read.claims.get("exp").and_then(Value::as_i64).is_none_or(|exp| exp <= now.secs());
    if read.typ.as_deref() != Some(TYP) || text("iss") != app.issuer() || expired {
        return Ok(None);
    }
    match named(text("jti")) {
        Some(Named::Grant(grant, generation)) => {
            Ok(presentation::present_jwt(app, &grant, generation, now).await?.map(Access::of_person))
        }
        Some(Named::Machine(jti)) => machine(app, machine_of(&read.claims, jti), now).await,
        None => Ok(None),
    }
}

/// What the `jti` of one of our JWTs names.
pub enum Named<'a> {
    /// A generation of a grant.
    Grant([u8; 16], u32),
    /// A machine's token.
    Machine(&'a str),
}

/// Reads a `jti` of ours: `g.<grant>.<generation>` or `m.<id>`.
pub fn named(jti: &str) -> Option<Named<'_>> {
    let mut parts = jti.split('.');
    match (parts.next()?, parts.next()?, parts.next(), parts.next()) {
        ("g", grant, Some(generation), None) => Some(Named::Grant(from_hex(grant)?, generation.parse().ok()?)),
        ("m", id, None, None) => Some(Named::Machine(id)),
        _ => None,
    }
}

fn machine_of(claims: &Value, jti: &str) -> MachineToken {
    let text = |name| claims.get(name).and_then(Value::as_str).unwrap_or_default().to_owned();
    // Whole seconds: a token of the second in which its client was disabled counts as issued before.
    let millis = |name| claims.get(name).and_then(Value::as_i64).unwrap_or_default().saturating_mul(1000);
    let resource = claims.get("resource").cloned().and_then(|v| serde_json::from_value(v).ok()).unwrap_or_default();
    let (issued_at, expires_at) = (millis("iat"), millis("exp"));
    MachineToken {
        jti: jti.to_owned(),
        client_id: text("client_id"),
        scope: text("scope"),
        resource,
        issued_at,
        expires_at,
    }
}

fn audience(app: &App, resource: &[String]) -> Value {
    match resource {
        [] => json!(app.issuer()),
        [one] => json!(one),
        many => json!(many),
    }
}

/// RFC 9068 §2.2 for a person's token.
pub fn grant_claims(app: &App, client: &Metadata, grant: &Grant) -> Value {
    let mut claims = json!({
        "iss": app.issuer(),
        "sub": subject::of(app, client, &grant.user_id),
        "aud": audience(app, &grant.access_resource),
        "exp": grant.access_expires_at.secs(),
        "iat": grant.rotated_at.secs(),
        "jti": format!("g.{}.{}", hex(&grant.id), grant.generation),
        "client_id": grant.client_id,
        "scope": grant.access_scope.to_string(),
        "auth_time": grant.auth_time.secs(),
        "acr": grant.acr,
        "amr": grant.amr,
    });
    if let (Some(members), Some(workspace)) = (claims.as_object_mut(), &grant.workspace) {
        members.insert("workspace".to_owned(), json!(workspace));
    }
    claims
}

/// RFC 9068 §2.2 for a machine's token: its subject is the client.
pub fn machine_claims(app: &App, token: &MachineToken) -> Value {
    let mut claims = json!({
        "iss": app.issuer(),
        "sub": token.client_id,
        "aud": audience(app, &token.resource),
        "exp": Time::from_millis(token.expires_at).secs(),
        "iat": Time::from_millis(token.issued_at).secs(),
        "jti": format!("m.{}", token.jti),
        "client_id": token.client_id,
        "scope": token.scope,
    });
    if let (Some(members), false) = (claims.as_object_mut(), token.resource.is_empty()) {
        members.insert("resource".to_owned(), json!(token.resource));
    }
    claims
}
