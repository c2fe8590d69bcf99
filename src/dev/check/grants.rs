//! RFC 9700 §4.14.2, RFC 7009, RFC 6749 §4.1.2: what ends a grant ends all of it, at once.

use super::{Outcome, Walk, ensure, pages, refused, tokens};
use crate::dev::demo;
use crate::dev::http::{Call, Heard};

/// A token two generations old comes back: somebody else has it, and nobody keeps anything.
pub(super) async fn reuse(walk: &mut Walk) -> Outcome {
    let heard = walk.refreshes(&walk.token(1, "refresh_token")?).await?;
    ensure(heard.ok(), format!("the next refresh was answered {}", heard.status))?;
    walk.answers.push(heard);
    refused(&walk.refreshes(&walk.token(0, "refresh_token")?).await?, 400, "invalid_grant")?;
    refused(&walk.refreshes(&walk.token(2, "refresh_token")?).await?, 400, "invalid_grant")?;
    let newest = walk.userinfo_status(&walk.token(2, "access_token")?).await?;
    ensure(newest == 401, format!("the newest access token is answered {newest}"))?;
    Ok("the newest pair is refused too".to_owned())
}

/// The public client revokes its refresh token; its access token goes with it.
pub(super) async fn revoke(walk: &mut Walk) -> Outcome {
    let ben = walk.ben.take().ok_or("an earlier step gave no tokens")?;
    let token = |name: &str| ben.text(name).ok_or_else(|| format!("no {name}"));
    let (access, refresh) = (token("access_token")?, token("refresh_token")?);
    let before = walk.userinfo_status(&access).await?;
    let revoked = Call::post("/oauth2/revoke", &[("token", &refresh), ("client_id", demo::SPA)]);
    let revoked = walk.http.send(&revoked).await?;
    ensure(before == 200 && revoked.ok(), format!("userinfo answered {before}, revoke {}", revoked.status))?;
    let after = walk.userinfo_status(&access).await?;
    ensure(after == 401, format!("its access token is still answered {after}"))?;
    let form = [("grant_type", "refresh_token"), ("refresh_token", refresh.as_str()), ("client_id", demo::SPA)];
    refused(&walk.http.send(&Call::post("/oauth2/token", &form)).await?, 400, "invalid_grant")?;
    Ok("access and refresh token are refused".to_owned())
}

/// The second presentation is refused, and takes back what the first one got.
pub(super) async fn code_twice(walk: &mut Walk) -> Outcome {
    let (code, ask) = pages::silent_code(walk).await?;
    let first = tokens::redeem(walk, &code, &ask).await?;
    let access = access(&first)?;
    refused(&tokens::redeem(walk, &code, &ask).await?, 400, "invalid_grant")?;
    let after = walk.userinfo_status(&access).await?;
    ensure(after == 401, format!("the first one's token is still answered {after}"))?;
    Ok("twice ends the grant; prompt=none needed no page".to_owned())
}

/// RFC 7636 §4.6: and the code is burnt.
pub(super) async fn wrong_verifier(walk: &mut Walk) -> Outcome {
    let (code, ask) = pages::silent_code(walk).await?;
    let thief = super::Ask::fresh();
    refused(&tokens::redeem(walk, &code, &thief).await?, 400, "invalid_grant")?;
    refused(&tokens::redeem(walk, &code, &ask).await?, 400, "invalid_grant")?;
    Ok("nor does the right one afterwards".to_owned())
}

fn access(heard: &Heard) -> Result<String, String> {
    heard.text("access_token").ok_or_else(|| format!("the code was answered {}", heard.status))
}
