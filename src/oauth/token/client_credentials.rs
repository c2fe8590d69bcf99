//! RFC 6749 §4.4: a machine gets a token for itself. The token says all; no row is written, no row is read.

use super::issue::Answer;
use crate::app::App;
use crate::base::ScopeSet;
use crate::base::encoding::hex;
use crate::base::id::uuid7;
use crate::clients::{ADMIN_SCOPE, Client, Format, WORKSPACES_SCOPE};
use crate::crypto::token::MachineToken;
use crate::oauth::client_auth::Admitted;
use crate::oauth::error::{Code, Refusal};
use crate::oauth::{access, target};

/// What is asked for.
pub struct Ask {
    /// Within what the client may ask for; nothing means all of it.
    pub scope: Option<String>,
    /// RFC 8707 §2.
    pub resource: Vec<String>,
}

/// Issues.
pub async fn run(app: &App, admitted: &Admitted, ask: Ask) -> Result<Answer, Refusal> {
    let client = &admitted.0;
    let scope = scope(client, ask.scope.as_deref())?;
    let resource = target::asked(client, &ask.resource)?;
    let now = app.now();
    let lifetime = client.access_token_lifetime(app);
    let token = MachineToken {
        jti: hex(&uuid7(now)),
        client_id: client.id.to_string(),
        scope: scope.to_string(),
        resource,
        issued_at: now.millis(),
        expires_at: (now + lifetime).millis(),
    };
    let access_token = match client.metadata.access_token_format {
        Format::Opaque => token.seal(&app.keys.macs()).reveal().to_owned(),
        Format::Jwt => app.keys.sign(access::ALG, access::TYP, access::machine_claims(app, &token)).await?,
    };
    Ok(Answer {
        access_token,
        token_type: "Bearer",
        expires_in: i64::try_from(lifetime.as_secs()).unwrap_or(i64::MAX).max(1),
        scope: token.scope,
        refresh_token: None,
        id_token: None,
    })
}

/// §4.4.2: nothing that needs a person.
fn scope(client: &Client, asked: Option<&str>) -> Result<ScopeSet, Refusal> {
    let of_people = |name: &str| {
        matches!(
            name,
            "openid" | "offline" | "offline_access" | "profile" | "email" | "address" | "phone" | WORKSPACES_SCOPE
        )
    };
    let mine = client.scope().only(|name| !of_people(name) && (name != ADMIN_SCOPE || client.metadata.admin));
    match asked.map(ScopeSet::parse) {
        None => Ok(mine),
        Some(Ok(scope)) if scope.within(&mine) => Ok(scope),
        Some(_) => Err(Refusal::new(Code::InvalidScope, "the client may not ask for one of these scopes for itself")),
    }
}
