//! RFC 6749 §4.1.3, RFC 7636 §4.5: a code becomes tokens, once.

use super::issue::{self, Answer, Minted};
use crate::app::App;
use crate::audit::{self, Actor, Event};
use crate::base::Secret;
use crate::base::encoding::hex;
use crate::clients::{Client, GrantType};
use crate::crypto::token::{GrantToken, Holder, Kind};
use crate::oauth::client_auth::Admitted;
use crate::oauth::error::{Code, Refusal};
use crate::oauth::grants::{self, Grant, Next, Presented, Redeemed};
use crate::oauth::{pkce, target};
use crate::web::Call;
use serde_json::json;

/// What is presented.
pub struct Ask {
    /// The code.
    pub code: Secret,
    /// As at the authorization endpoint; empty when it is missing, which matches nothing.
    pub redirect_uri: String,
    /// RFC 7636 §4.5.
    pub code_verifier: Option<Secret>,
    /// RFC 8707 §2.2.
    pub resource: Vec<String>,
}

const REFUSED: Refusal =
    Refusal::new(Code::InvalidGrant, "the code is unknown, expired, used, or not for this client and redirect_uri");

/// Redeems it.
pub async fn run(app: &App, call: &Call, admitted: &Admitted, ask: Ask) -> Result<Answer, Refusal> {
    let client = &admitted.0;
    if ask.code_verifier.as_ref().is_some_and(|verifier| !pkce::verifier_ok(verifier.reveal())) {
        let description = "code_verifier must be 43 to 128 characters of A-Z a-z 0-9 - . _ ~";
        return Err(Refusal::new(Code::InvalidRequest, description));
    }
    let code = GrantToken::open(Kind::Code, &app.keys.macs(), ask.code.reveal()).ok_or(REFUSED)?;
    let resource = resource(app, client, &code, &ask).await?;
    let now = app.now();
    let presented = Presented {
        redirect_uri: &ask.redirect_uri,
        challenge: ask.code_verifier.as_ref().map(|verifier| pkce::transform(verifier.reveal())),
    };
    let next = Next {
        client_id: &client.id,
        access_scope: None,
        access_resource: resource.as_deref(),
        access_expires_at: now + client.access_token_lifetime(app),
        idle_expires_at: now + client.refresh_idle(app),
    };
    let holder = Holder::fresh();
    let refreshable = client.may(GrantType::RefreshToken);
    match grants::redeem(&app.db, &code, &presented, &holder, refreshable, &next, now).await? {
        Redeemed::Grant(grant) => {
            let nonce = grant.nonce.clone();
            let minted = Minted { grant: *grant, holder: &holder, refresh: None, nonce };
            issue::respond(app, client, minted, now).await
        }
        Redeemed::Refused(grant) => {
            suspect(app, call, client, &grant).await;
            Err(REFUSED.because(format!("grant {}: {}", grant.name(), grant.end_reason.unwrap_or_default())))
        }
        Redeemed::Unknown => Err(REFUSED.because("no grant has this code")),
    }
}

/// RFC 8707 §2.2. Only a request that names resources costs a second look at the grant; what was granted never changes.
async fn resource(app: &App, client: &Client, code: &GrantToken, ask: &Ask) -> Result<Option<Vec<String>>, Refusal> {
    if ask.resource.is_empty() {
        return Ok(None);
    }
    let (_, granted) = grants::granted(&app.db, &code.grant, &client.id).await?.ok_or(REFUSED)?;
    target::narrowed(&ask.resource, &granted)
}

/// A code that comes twice, from another client, or with the wrong verifier may be a stolen one: it goes into the trail.
async fn suspect(app: &App, call: &Call, client: &Client, grant: &Grant) {
    let action = match grant.end_reason.as_deref() {
        Some("code_reuse") => "grant.code_reuse",
        Some("code_verifier_mismatch" | "code_of_another_client") => "grant.code_injection_suspected",
        _ => return,
    };
    let event = Event {
        actor: Actor::Client(client.id.clone()),
        action,
        object: format!("grant:{}", hex(&grant.id)),
        request_id: call.request_id.clone(),
        address: call.address.to_string(),
        detail: json!({ "client_id": grant.client_id, "user": grant.user_id }),
    };
    if let Err(fault) = audit::record(&app.db, &event, app.now()).await {
        tracing::error!(%fault, action, grant = grant.name(), "an audit event was lost");
    }
}
