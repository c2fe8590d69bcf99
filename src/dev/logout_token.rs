//! OIDC Back-Channel Logout §2.6: a logout token seen by a relying party, with what each check found.

use super::id_token::{Checked, checked, signature};
use crate::crypto::jwt;
use serde_json::Value;

const SECTION: &str = "Back-Channel Logout §2.6";
const EVENT: &str = "http://schemas.openid.net/event/backchannel-logout";

/// Checks a token against the issuer's published keys, all rules to the end.
pub fn verify(token: &str, jwks: &Value, issuer: &str, client_id: &str) -> Vec<Checked> {
    let Some(read) = jwt::read(token) else {
        return vec![checked(false, "it isn't a signed JWT", "RFC 7519 §7.2")];
    };
    let text = |name: &str| read.claims.get(name).and_then(Value::as_str);
    let about_sign_out = read.claims.get("events").and_then(|events| events.get(EVENT)).is_some_and(Value::is_object);
    vec![
        signature(token, &read, jwks),
        checked(read.typ.as_deref() == Some("logout+jwt"), "typ is logout+jwt: no ID token passes for one", SECTION),
        checked(text("iss") == Some(issuer), "iss is the issuer that signed the person in", SECTION),
        checked(text("aud") == Some(client_id), "aud is our client_id", SECTION),
        checked(about_sign_out, "events says that it is about signing out", SECTION),
        checked(text("sub").or(text("sid")).is_some(), "sub or sid says whose session ends", SECTION),
        checked(read.claims.get("nonce").is_none(), "no nonce", SECTION),
    ]
}
