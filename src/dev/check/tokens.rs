//! RFC 6749 §4.1.3, §6, OIDC Core §3.1.3.7, §5.3: from the code to tokens, and to their successors.

use super::{Ask, Outcome, Walk, ensure};
use crate::base::Clock;
use crate::dev::demo;
use crate::dev::http::{Call, Heard};
use crate::dev::id_token::{self, Expected};
use serde_json::Value;

/// Presents a code with its verifier.
pub(super) async fn redeem(walk: &Walk, code: &str, ask: &Ask) -> Result<Heard, String> {
    let form = [
        ("grant_type", "authorization_code"),
        ("code", code),
        ("redirect_uri", &walk.redirect_uri()),
        ("code_verifier", &ask.verifier),
    ];
    walk.demo("/oauth2/token", &form).await
}

/// The answer is complete, and nobody keeps it (§5.1).
pub(super) async fn exchange(walk: &mut Walk) -> Outcome {
    let code = walk.code.take().ok_or("an earlier step gave no code")?;
    let heard = redeem(walk, &code, &walk.ask).await?;
    ensure(heard.ok(), format!("{} {}", heard.status, heard.text("error").unwrap_or_default()))?;
    ensure(heard.text("token_type").as_deref() == Some("Bearer"), "token_type isn't Bearer")?;
    ensure(heard.header("cache-control") == Some("no-store"), "caches may keep it")?;
    for name in ["access_token", "refresh_token", "id_token", "scope"] {
        ensure(heard.text(name).is_some(), format!("no {name}"))?;
    }
    let lives = heard.json().get("expires_in").and_then(Value::as_i64).unwrap_or_default();
    ensure(lives > 0, "no expires_in")?;
    walk.answers.push(heard);
    Ok(format!("access token for {lives} s, refresh token, ID token"))
}

/// Signature by the published keys, and every claim that must be held against something.
pub(super) async fn id_token(walk: &mut Walk) -> Outcome {
    let (id_token, access_token) = (walk.token(0, "id_token")?, walk.token(0, "access_token")?);
    let expected = Expected {
        issuer: walk.http.origin(),
        client_id: demo::CLIENT,
        nonce: Some(&walk.ask.nonce),
        access_token: &access_token,
        // The check's own server runs on the machine's time.
        now: Clock::System.now().secs(),
    };
    let checks = id_token::verify(&id_token, &walk.jwks, &expected);
    match checks.iter().find(|checked| !checked.holds) {
        Some(wrong) => Err(format!("not so: {} ({})", wrong.what, wrong.section)),
        None => Ok(format!("{} rules, signature, nonce and at_hash among them", checks.len())),
    }
}

/// Ada, by the same `sub`.
pub(super) async fn userinfo(walk: &mut Walk) -> Outcome {
    let heard = walk.http.send(&Call::get("/userinfo").bearer(&walk.token(0, "access_token")?)).await?;
    ensure(heard.ok(), format!("answered {}", heard.status))?;
    let read = crate::crypto::jwt::read(&walk.token(0, "id_token")?).ok_or("the ID token can't be read")?;
    let sub = read.claims.get("sub").and_then(Value::as_str);
    ensure(sub.is_some() && heard.text("sub").as_deref() == sub, "another sub than in the ID token")?;
    ensure(heard.text("email").as_deref() == Some("ada@example.com"), "another e-mail address")?;
    let claims = heard.json().as_object().map_or(0, serde_json::Map::len);
    Ok(format!("{claims} claims about {}", heard.text("name").unwrap_or_default()))
}

/// A new pair; the access token before it is refused at once.
pub(super) async fn refresh(walk: &mut Walk) -> Outcome {
    let heard = walk.refreshes(&walk.token(0, "refresh_token")?).await?;
    ensure(heard.ok(), format!("{} {}", heard.status, heard.text("error").unwrap_or_default()))?;
    walk.answers.push(heard);
    ensure(walk.token(0, "refresh_token")? != walk.token(1, "refresh_token")?, "the refresh token is the same")?;
    let (old, new) = (walk.token(0, "access_token")?, walk.token(1, "access_token")?);
    let (old, new) = (walk.userinfo_status(&old).await?, walk.userinfo_status(&new).await?);
    ensure((old, new) == (401, 200), format!("userinfo answers {old} to the old one, {new} to the new one"))?;
    Ok("401 to the old one, 200 to the new one".to_owned())
}

/// The answer got lost, or two tabs refresh at once: the same successor, byte for byte.
pub(super) async fn replay(walk: &mut Walk) -> Outcome {
    let heard = walk.refreshes(&walk.token(0, "refresh_token")?).await?;
    ensure(heard.ok(), format!("{} {}", heard.status, heard.text("error").unwrap_or_default()))?;
    for name in ["access_token", "refresh_token"] {
        ensure(heard.text(name).as_deref() == Some(&walk.token(1, name)?), format!("another {name}"))?;
    }
    Ok("byte for byte".to_owned())
}
