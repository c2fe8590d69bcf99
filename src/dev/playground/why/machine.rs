//! RFC 6749 §4.4: tokens of machines, which say all about themselves.

use super::{INTROSPECT, Inspection, TOKEN, USERINFO, moment};
use crate::app::App;
use crate::base::Time;
use crate::clients;
use crate::crypto::token::MachineToken;
use crate::db::Fault;
use crate::oauth::access;

pub(super) async fn inspect(app: &App, token: &str, opened: &MachineToken) -> Result<Inspection, Fault> {
    let good = access::resolve(app, token).await?.is_some();
    let verdict = if good {
        format!("It is good until {}.", moment(app, Time::from_millis(opened.expires_at)))
    } else {
        why_not(app, opened).await?
    };
    let active = if good { "active: true" } else { "active: false, and nothing more" };
    let person = if good { "403 insufficient_scope: there is no person behind it" } else { "401 invalid_token" };
    Ok(Inspection::new("Access token of a machine", good, verdict)
        .fact("Client", opened.client_id.clone())
        .fact("Scope", opened.scope.clone())
        .fact("Issued", moment(app, Time::from_millis(opened.issued_at)))
        .fact("Ends", moment(app, Time::from_millis(opened.expires_at)))
        .fact("Row", "none: the token carries all of this under our MAC")
        .at(INTROSPECT, good, active)
        .at(USERINFO, false, person)
        .at(TOKEN, false, "400 invalid_grant: an access token can't refresh"))
}

async fn why_not(app: &App, opened: &MachineToken) -> Result<String, Fault> {
    let ends = Time::from_millis(opened.expires_at);
    if ends <= app.now() {
        return Ok(format!("It expired {}.", moment(app, ends)));
    }
    let client = clients::find(app, &opened.client_id).await?;
    Ok(match client {
        None => "Its client is gone.".to_owned(),
        Some(client) if !client.enabled => "Its client is disabled.".to_owned(),
        Some(client) if client.not_before.millis() >= opened.issued_at => {
            "Its client was disabled after it was issued; tokens from before stay void.".to_owned()
        }
        Some(_) => "It was revoked by itself.".to_owned(),
    })
}
