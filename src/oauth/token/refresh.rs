//! RFC 6749 §6, RFC 9700 §4.14.2: a refresh token becomes its successor; parallel and repeated requests get the same
//! one, and an old token ends the grant.

use super::issue::{self, Answer, Minted};
use crate::app::App;
use crate::audit::{self, Actor, Event};
use crate::base::{ScopeSet, Secret};
use crate::clients::{self, Client};
use crate::crypto::token::{GrantToken, Kind};
use crate::oauth::client_auth::Admitted;
use crate::oauth::error::{Code, Refusal};
use crate::oauth::grants::{self, Grant, Next, Policy, Rotation};
use crate::oauth::target;
use crate::web::Call;
use serde_json::json;

/// What is presented.
pub struct Ask {
    /// The token.
    pub refresh_token: Secret,
    /// The same or less than was granted.
    pub scope: Option<String>,
    /// RFC 8707 §2.2.
    pub resource: Vec<String>,
}

const REFUSED: Refusal =
    Refusal::new(Code::InvalidGrant, "the refresh token is unknown, expired, revoked, or not for this client");

/// Refreshes.
pub async fn run(app: &App, call: &Call, admitted: &Admitted, ask: Ask) -> Result<Answer, Refusal> {
    let client = &admitted.0;
    let token = GrantToken::open(Kind::Refresh, &app.keys.macs(), ask.refresh_token.reveal()).ok_or(REFUSED)?;
    let (scope, resource) = narrower(app, client, &token, &ask).await?;
    let now = app.now();
    let stays = client.metadata.rotation == clients::Rotation::Static;
    let policy = Policy { stays, replay_window: i64::try_from(client.replay_window(app).as_millis()).unwrap_or(0) };
    let next = Next {
        client_id: &client.id,
        access_scope: scope.map(|scope| scope.to_string()),
        access_resource: resource.as_deref(),
        access_expires_at: now + client.access_token_lifetime(app),
        idle_expires_at: now + client.refresh_idle(app),
    };
    match grants::rotate(&app.db, &token, policy, &next, now).await? {
        Rotation::Grant(grant) => {
            let refresh = stays.then_some(ask.refresh_token);
            // OIDC Core §12.2: no nonce in an ID token from a refresh.
            let minted = Minted { grant: *grant, holder: &token.holder, refresh, nonce: None };
            issue::respond(app, client, minted, now).await
        }
        Rotation::Reused(grant) => {
            reused(app, call, client, &grant).await;
            Err(REFUSED.because(format!("grant {} ended: an old refresh token came back", grant.name())))
        }
        Rotation::Unknown => Err(REFUSED.because("no living grant has this refresh token")),
    }
}

/// §6: the same scope or less. Only a request that names some costs a second look at the grant; what was granted never
/// changes, and a refused wish spends nothing.
async fn narrower(
    app: &App,
    client: &Client,
    token: &GrantToken,
    ask: &Ask,
) -> Result<(Option<ScopeSet>, Option<Vec<String>>), Refusal> {
    if ask.scope.is_none() && ask.resource.is_empty() {
        return Ok((None, None));
    }
    let wider = Refusal::new(Code::InvalidScope, "scope must be the same as, or less than, what was granted");
    let (granted, resources) = grants::granted(&app.db, &token.grant, &client.id).await?.ok_or(REFUSED)?;
    let scope = match &ask.scope {
        None => None,
        Some(text) => match ScopeSet::parse(text) {
            Ok(scope) if scope.within(&granted) => Some(scope),
            _ => return Err(wider),
        },
    };
    Ok((scope, target::narrowed(&ask.resource, &resources)?))
}

async fn reused(app: &App, call: &Call, client: &Client, grant: &Grant) {
    tracing::warn!(grant = grant.name(), client = %client.id, user = %grant.user_id, "refresh token reuse: the grant has ended");
    let event = Event {
        actor: Actor::Client(client.id.clone()),
        action: "grant.refresh_reuse",
        object: format!("grant:{}", grant.name()),
        request_id: call.request_id.clone(),
        address: call.address.to_string(),
        detail: json!({ "client_id": client.id, "user": grant.user_id, "generation": grant.generation }),
    };
    if let Err(fault) = audit::record(&app.db, &event, app.now()).await {
        tracing::error!(%fault, grant = grant.name(), "an audit event was lost");
    }
}
