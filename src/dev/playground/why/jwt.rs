//! RFC 7519, RFC 9068, OIDC Core §2: JWTs, ours and others'.

use super::{INTROSPECT, Inspection, USERINFO, moment};
use crate::app::App;
use crate::base::Time;
use crate::crypto::jwt::{Unverified, read};
use crate::db::Fault;
use crate::dev::playground::exchange::decoded;
use crate::oauth::access;
use serde_json::Value;

pub(super) async fn inspect(app: &App, token: &str) -> Result<Inspection, Fault> {
    let Some(unverified) = read(token) else {
        let verdict =
            "It has three parts like a JWT, but they can't be read: header and claims must be JSON in base64url.";
        return Ok(Inspection::new("Not a JWT", false, verdict));
    };
    let signed = app.keys.now().verify(token).is_some();
    let mut told = match (signed, unverified.typ.as_deref() == Some(access::TYP)) {
        (false, _) => not_ours(app, &unverified),
        (true, true) => of_access(app, token, &unverified).await?,
        (true, false) => of_identity(app, &unverified),
    };
    told.decoded = decoded("Decoded", token);
    Ok(told.fact("Signature", if signed { "holds, by one of our keys" } else { "none of our keys made it" }))
}

fn not_ours(app: &App, unverified: &Unverified) -> Inspection {
    let iss = unverified.claims.get("iss").and_then(Value::as_str).unwrap_or_default();
    let verdict = if iss == app.issuer() {
        "It says that it is from here, but none of our published keys signed it: it was changed, or it is from before this \
         server was started anew."
    } else {
        "Another issuer made it; nothing here believes it."
    };
    Inspection::new("JWT", false, verdict).at(USERINFO, false, "401 invalid_token").at(
        INTROSPECT,
        false,
        "active: false",
    )
}

async fn of_access(app: &App, token: &str, unverified: &Unverified) -> Result<Inspection, Fault> {
    let good = access::resolve(app, token).await?.is_some();
    let verdict = match good {
        true => format!("It is good until {}.", expires(app, unverified)),
        false => {
            "Its signature holds, but it is expired, superseded or revoked. Whoever checks it offline only sees exp."
                .to_owned()
        }
    };
    let told = Inspection::new("JWT access token", good, verdict);
    Ok(match good {
        true => told.at(USERINFO, true, "200, with what its scopes allow").at(INTROSPECT, true, "active: true"),
        false => told.at(USERINFO, false, "401 invalid_token").at(INTROSPECT, false, "active: false, and nothing more"),
    })
}

fn of_identity(app: &App, unverified: &Unverified) -> Inspection {
    let ahead = unverified.claims.get("exp").and_then(Value::as_i64).is_some_and(|exp| exp > app.now().secs());
    let verdict = match ahead {
        true => format!("For the app in aud it says who signed in; to be believed until {}.", expires(app, unverified)),
        false => format!("Nobody should believe it any more: it expired {}.", expires(app, unverified)),
    };
    Inspection::new("ID token", ahead, verdict)
        .at(USERINFO, false, "401 invalid_token: an ID token tells an app something; it opens nothing")
        .at(INTROSPECT, false, "active: false: only access and refresh tokens are introspected")
}

fn expires(app: &App, unverified: &Unverified) -> String {
    let exp = unverified.claims.get("exp").and_then(Value::as_i64).unwrap_or_default();
    moment(app, Time::from_secs(exp))
}
