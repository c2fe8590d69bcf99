//! OpenID Connect Core §3.1.3.7: the claims of an ID token that came from the token endpoint itself, whose TLS stands
//! for the signature (rule 6).

use super::{Setup, Tokens};
use crate::base::Time;
use crate::catalogue::SourceType;
use crate::crypto::jwt;
use serde_json::Value;

/// How far clocks may be apart, in seconds.
const SKEW: i64 = 120;

/// Its claims, or which rule they break.
pub(super) fn claims(
    kind: &SourceType,
    setup: &Setup<'_>,
    tokens: &Tokens,
    nonce: Option<&str>,
    now: Time,
) -> Result<Value, &'static str> {
    let token = tokens.id_token.as_ref().ok_or("there is no ID token in the answer")?;
    let claims = jwt::read(token.reveal()).ok_or("the ID token can't be read")?.claims;
    let text = |name: &str| claims.get(name).and_then(Value::as_str);
    // Rule 2: who issued it.
    let issuer = text("iss").ok_or("the ID token names no issuer")?;
    let expected = match (setup.metadata, &kind.identity.issuer) {
        (Some(metadata), _) => metadata.issuer == issuer,
        (None, Some(pattern)) => pattern.is_match(issuer),
        (None, None) => return Err("no issuer is known that ID tokens may have"),
    };
    if !expected {
        return Err("the ID token is from another issuer");
    }
    // Rules 3 to 5: for whom.
    let audience = match claims.get("aud") {
        Some(Value::String(one)) => one == setup.client_id,
        Some(Value::Array(all)) => all.iter().any(|one| one.as_str() == Some(setup.client_id)),
        _ => false,
    };
    if !audience || text("azp").is_some_and(|party| party != setup.client_id) {
        return Err("the ID token is for another client");
    }
    // Rule 9: still good.
    match claims.get("exp").and_then(Value::as_i64) {
        Some(end) if end.saturating_add(SKEW) >= now.secs() => {}
        _ => return Err("the ID token has expired"),
    }
    // Rule 11: for this connection.
    if nonce.is_some() && nonce != text("nonce") {
        return Err("the ID token is from another connection");
    }
    Ok(claims)
}
