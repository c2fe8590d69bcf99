//! RFC 6749 §4.4, RFC 7662: a machine for itself, and what is told about its token.

use super::{Outcome, Walk, ensure};
use crate::dev::demo;
use serde_json::Value;

/// A token, and no refresh token (§4.4.3).
pub(super) async fn client_credentials(walk: &mut Walk) -> Outcome {
    let heard = walk.demo("/oauth2/token", &[("grant_type", "client_credentials"), ("scope", demo::OWN_SCOPE)]).await?;
    ensure(heard.ok(), format!("{} {}", heard.status, heard.text("error").unwrap_or_default()))?;
    ensure(heard.text("refresh_token").is_none(), "it got a refresh token")?;
    walk.machine = heard.text("access_token");
    ensure(walk.machine.is_some(), "no access_token")?;
    Ok("no row, no refresh token".to_owned())
}

/// Its subject is the client; once revoked nothing is said about it.
pub(super) async fn introspection(walk: &mut Walk) -> Outcome {
    let token = walk.machine.take().ok_or("an earlier step gave no token")?;
    let told = walk.demo("/oauth2/introspect", &[("token", &token)]).await?.json();
    let text = |name: &str| told.get(name).and_then(Value::as_str).unwrap_or_default();
    ensure(told.get("active") == Some(&Value::Bool(true)), "it isn't active")?;
    ensure(text("sub") == demo::CLIENT && text("scope") == demo::OWN_SCOPE, "it says something else")?;
    let revoked = walk.demo("/oauth2/revoke", &[("token", &token)]).await?;
    ensure(revoked.ok(), format!("revoke answered {}", revoked.status))?;
    let told = walk.demo("/oauth2/introspect", &[("token", &token)]).await?.json();
    ensure(told == serde_json::json!({ "active": false }), "it says more than active=false")?;
    Ok("active, then not".to_owned())
}
