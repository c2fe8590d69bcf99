//! RFC 9101, OIDC Core §6: an authorization request as a JWT that the client signed, by value or by reference. Only what
//! is inside counts, but for `client_id`, which says whose keys to look for.

use crate::app::App;
use crate::base::encoding::from_base64url;
use crate::base::{Time, uri};
use crate::clients::{Client, REQUEST_OBJECT_ALGORITHMS};
use crate::crypto::jwt;
use crate::oauth::client_keys;
use crate::oauth::error::{Code, Refusal};
use crate::outbound::Wanted;
use crate::web::{Params, json};
use serde_json::{Map, Value};

/// RFC 9101 §4 and what deployed clients write.
const TYPES: [&str; 3] = ["oauth-authz-req+jwt", "application/oauth-authz-req+jwt", "JWT"];
/// RFC 9101 §5.2.3, OIDC Core §6.2.
static OBJECT: Wanted = Wanted {
    what: "request object",
    accept: "application/oauth-authz-req+jwt, application/jwt",
    most: jwt::MAX_BYTES,
    is: |_, fetched| ["application/oauth-authz-req+jwt", "application/jwt"].contains(&fetched.media_type.as_str()),
};
/// RFC 9126 §2.2: what names of pushed requests begin with.
const PUSHED: &str = "urn:ietf:params:oauth:request_uri:";
/// Claims of the JWT itself; all others are parameters.
const ITS_OWN: [&str; 8] = ["iss", "sub", "aud", "exp", "nbf", "iat", "jti", "client_id"];
/// Longest `request_uri` (OIDC Core §6.2).
const LONGEST: usize = 512;
/// How far clocks may differ, in seconds.
const LEEWAY: i64 = 30;

/// How a request is sent.
enum Sent<'a> {
    Plain,
    ByValue(&'a str),
    ByReference(&'a str),
    /// RFC 9126: kept here before. Nothing can be yet; this is where it will be looked up.
    Pushed,
}

fn refuse<T>(code: Code, description: &'static str) -> Result<T, Refusal> {
    Err(Refusal::new(code, description))
}

/// The parameters inside, where there is a request object; `network` is where the request comes from. A refusal knows
/// nothing of what is inside: it goes to a redirect URI that was sent outside, if that is a registered one.
pub async fn unpacked(app: &App, client: &Client, outer: &Params, network: &str) -> Result<Option<Params>, Refusal> {
    let object = match sent(outer)? {
        Sent::Plain => return Ok(None),
        Sent::ByValue(jwt) => by_value(client, jwt)?,
        Sent::ByReference(uri) => by_reference(app, client, uri, network).await?,
        Sent::Pushed => return refuse(Code::InvalidRequestUri, "no pushed request has this name"),
    };
    let claims = verified(app, client, &object).await?;
    Ok(Some(parameters(client, claims)))
}

/// §5: one or the other.
fn sent(outer: &Params) -> Result<Sent<'_>, Refusal> {
    if outer.repeated("request") || outer.repeated("request_uri") {
        return refuse(Code::InvalidRequest, "a parameter was sent more than once");
    }
    match (outer.get("request"), outer.get("request_uri")) {
        (Some(_), _) | (_, Some(_)) if outer.malformed() => {
            refuse(Code::InvalidRequest, "a parameter is not valid UTF-8 or contains a NUL character")
        }
        (None, None) => Ok(Sent::Plain),
        (Some(_), Some(_)) => refuse(Code::InvalidRequest, "send either request or request_uri (RFC 9101 5)"),
        (Some(jwt), None) => Ok(Sent::ByValue(jwt)),
        (None, Some(uri)) if uri.starts_with(PUSHED) => Ok(Sent::Pushed),
        (None, Some(uri)) => Ok(Sent::ByReference(uri)),
    }
}

fn has_keys(client: &Client) -> bool {
    client.metadata.jwks.is_some() || client.metadata.jwks_uri.is_some()
}

fn by_value(client: &Client, object: &str) -> Result<String, Refusal> {
    match has_keys(client) {
        true => Ok(object.to_owned()),
        false => {
            refuse(Code::RequestNotSupported, "this client has no keys registered that could have signed a request")
        }
    }
}

/// OIDC Core §6.2: only from where the client registered that it would be.
async fn by_reference(app: &App, client: &Client, uri: &str, network: &str) -> Result<String, Refusal> {
    let registered = &client.metadata.request_uris;
    if registered.is_empty() || !has_keys(client) {
        return refuse(Code::RequestUriNotSupported, "this client has no request_uris registered");
    }
    let known = registered.iter().any(|have| uri::without_fragment(have) == uri::without_fragment(uri));
    if uri.len() > LONGEST || !known {
        return refuse(Code::InvalidRequestUri, "request_uri must be one that is registered, at most 512 characters");
    }
    // Anyone may send such a request: nobody makes us ask at will.
    let now = app.now();
    if app.waiting.exhausted(network, now) {
        return refuse(Code::TooManyAttempts, "too many requests from here; wait a minute");
    }
    app.waiting.count(network, now);
    let unfetched = Refusal::new(
        Code::InvalidRequestUri,
        "request_uri could not be fetched, or serves something else than a request object",
    );
    match app.outbound.get(uri, &OBJECT).await {
        Ok(fetched) => Ok(String::from_utf8(fetched.body).map_err(|_| unfetched)?.trim().to_owned()),
        Err(why) => Err(unfetched.because(why.detail())),
    }
}

/// §6: what the client signed for us, now.
async fn verified(app: &App, client: &Client, object: &str) -> Result<Map<String, Value>, Refusal> {
    let invalid = |description| Refusal::new(Code::InvalidRequestObject, description);
    let unread = "the request object must be a signed JWT of at most 16 KiB, without crit, no member twice";
    let unverified = jwt::read(object).ok_or(invalid(unread))?;
    let registered = client.metadata.request_object_signing_alg.as_deref();
    let algorithms = registered.as_ref().map_or(REQUEST_OBJECT_ALGORITHMS.as_slice(), std::slice::from_ref);
    if !algorithms.contains(&unverified.alg.as_str()) {
        return Err(invalid("the request object must be signed with an algorithm that is registered or supported"));
    }
    // §10.8: no other JWT of the client's passes for one.
    if unverified.typ.is_some_and(|typ| !TYPES.iter().any(|known| typ.eq_ignore_ascii_case(known))) {
        return Err(invalid("typ of the request object must be oauth-authz-req+jwt"));
    }
    let payload = object.split('.').nth(1).and_then(from_base64url).unwrap_or_default();
    let claims = json::object(&payload).map_err(|bad| invalid(unread).because(bad.to_string()))?;
    check(&claims, client.id.as_str(), app.issuer(), app.now()).map_err(invalid)?;
    match client_keys::signed(app, client, object, algorithms).await? {
        true => Ok(claims),
        false => Err(invalid("no key of this client verifies the request object")),
    }
}

/// §4, §5, §10.8, OIDC Core §6.1.
fn check(claims: &Map<String, Value>, client_id: &str, issuer: &str, now: Time) -> Result<(), &'static str> {
    let text = |name| claims.get(name).and_then(Value::as_str);
    let number = |name| match claims.get(name) {
        None => Ok(None),
        Some(value) => value.as_i64().map(Some).ok_or("exp, nbf and iat of the request object must be whole numbers"),
    };
    let for_us = match claims.get("aud") {
        Some(Value::String(one)) => one == issuer,
        Some(Value::Array(many)) => many.iter().any(|one| one.as_str() == Some(issuer)),
        _ => false,
    };
    if text("iss") != Some(client_id) {
        return Err("iss of the request object must be the client_id");
    }
    if !for_us {
        return Err("aud of the request object must be this issuer");
    }
    if claims.get("client_id").is_some_and(|inside| inside.as_str() != Some(client_id)) {
        return Err("client_id of the request object must be the one beside it");
    }
    // §10.8: that is what an assertion of the client's looks like.
    if text("sub") == Some(client_id) {
        return Err("a request object must not have the client_id as its sub");
    }
    if claims.contains_key("request") || claims.contains_key("request_uri") {
        return Err("a request object must not contain request or request_uri");
    }
    if number("exp")?.is_some_and(|exp| exp <= now.secs().saturating_sub(LEEWAY)) {
        return Err("the request object has expired");
    }
    let begun = now.secs().saturating_add(LEEWAY);
    match number("nbf")?.is_some_and(|nbf| nbf > begun) || number("iat")?.is_some_and(|iat| iat > begun) {
        true => Err("the request object is not valid yet"),
        false => Ok(()),
    }
}

/// §4: texts as they are, numbers in digits, structures as JSON.
fn parameters(client: &Client, claims: Map<String, Value>) -> Params {
    let mut inside = Params::default();
    inside.push("client_id", client.id.as_str());
    for (name, value) in claims.into_iter().filter(|(name, _)| !ITS_OWN.contains(&name.as_str())) {
        match value {
            Value::Null => {}
            Value::String(text) => inside.push(&name, &text),
            // RFC 8707 §2: the one that may repeat.
            Value::Array(many) if name == "resource" => {
                many.iter().for_each(|one| inside.push(&name, one.as_str().unwrap_or("not a text")));
            }
            other => inside.push(&name, &other.to_string()),
        }
    }
    inside
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    const NOW: Time = Time::from_secs(1_000_000);

    fn right() -> Value {
        json!({ "iss": "c", "aud": "https://op", "exp": 1_000_060, "client_id": "c", "max_age": 0, "state": "s" })
    }

    fn checked(change: impl FnOnce(&mut Value)) -> Result<(), &'static str> {
        let mut claims = right();
        change(&mut claims);
        check(claims.as_object().expect("an object"), "c", "https://op", NOW)
    }

    #[test]
    fn s4_what_a_request_object_says_about_itself() {
        let changes: [(&str, Value, bool); 24] = [
            ("x", json!(1), true),
            ("iss", json!("d"), false),
            ("iss", json!(null), false),
            ("aud", json!(["x", "https://op"]), true),
            ("aud", json!(["x"]), false),
            ("aud", json!("https://op/"), false),
            ("aud", json!(7), false),
            ("client_id", json!("d"), false),
            ("client_id", json!(null), false),
            ("sub", json!("c"), false),
            ("sub", json!("ada"), true),
            ("request", json!("x"), false),
            ("request_uri", json!(null), false),
            ("exp", json!(999_971), true),
            ("exp", json!(999_970), false),
            ("exp", json!("1000060"), false),
            ("exp", json!(1e308), false),
            ("exp", json!(-1), false),
            ("nbf", json!(1_000_030), true),
            ("nbf", json!(1_000_031), false),
            ("nbf", json!(i64::MAX), false),
            ("iat", json!(1_000_030), true),
            ("iat", json!(1_000_031), false),
            ("iat", json!(1.5), false),
        ];
        for (name, value, good) in changes {
            assert_eq!(checked(|claims| claims[name] = value.clone()).is_ok(), good, "{name}: {value}");
        }
    }

    #[test]
    fn s4_structures_become_parameters() {
        let claims = json!({
            "iss": "c", "max_age": 0, "state": "a b", "resource": ["https://a", "https://b"], "nonce": null,
            "claims": { "userinfo": { "email": null } }, "x": true
        });
        let Value::Object(claims) = claims else { panic!("an object") };
        let client = crate::clients::Client::sample("c");
        let inside = parameters(&client, claims);
        let mut pairs: Vec<(&str, &str)> = inside.iter().collect();
        pairs.sort_unstable();
        let expected = [
            ("claims", "{\"userinfo\":{\"email\":null}}"),
            ("client_id", "c"),
            ("max_age", "0"),
            ("resource", "https://a"),
            ("resource", "https://b"),
            ("state", "a b"),
            ("x", "true"),
        ];
        assert_eq!(pairs, expected);
    }
}
