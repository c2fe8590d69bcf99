//! RFC 6749 §4.1.1 to §4.1.2 as people see it: sign-in, consent, and the way back.

use super::browser::{Browser, View, button_value};
use super::{Ask, Outcome, Walk, ensure};
use crate::base::encoding::base64url;
use crate::base::entropy;
use crate::dev::demo;
use crate::dev::http::{Call, Heard};
use crate::oauth::pkce;

impl Ask {
    /// Fresh `state`, `nonce` and `code_verifier`.
    pub(super) fn fresh() -> Self {
        let random = || base64url(&entropy::bytes::<32>());
        Ask { state: random(), nonce: random(), verifier: random() }
    }

    /// The path of the authorization request.
    pub(super) fn path(&self, client_id: &str, redirect_uri: &str) -> String {
        let challenge = pkce::transform(&self.verifier);
        let query = form_urlencoded::Serializer::new(String::new())
            .extend_pairs([
                ("response_type", "code"),
                ("client_id", client_id),
                ("redirect_uri", redirect_uri),
                ("scope", "openid offline profile email"),
                ("state", &self.state),
                ("nonce", &self.nonce),
                ("code_challenge", &challenge),
                ("code_challenge_method", "S256"),
            ])
            .finish();
        format!("/oauth2/auth?{query}")
    }
}

/// The page is found under one name only, and no cookie is set before.
pub(super) async fn canonical_host(walk: &mut Walk) -> Outcome {
    let port = walk.http.origin().rsplit(':').next().unwrap_or_default();
    let heard = walk.http.send(&Call::get("/login").header("Host", format!("127.0.0.1:{port}"))).await?;
    ensure(heard.header("location") == Some(&format!("{}/login", walk.http.origin())), "not redirected")?;
    ensure(heard.header("set-cookie").is_none(), "a cookie was set")?;
    Ok(format!("{}", heard.status))
}

/// The real form, with Ada's password; a wrong one first.
pub(super) async fn sign_in(walk: &mut Walk) -> Outcome {
    walk.ask = Ask::fresh();
    let path = walk.ask.path(demo::CLIENT, &walk.redirect_uri());
    let page = walk.ada.get(&path, demo::CALLBACK).await?;
    let wrong = [("email", "ada@example.com"), ("password", "difference engine")];
    let again = walk.ada.submit(&page, "id=\"sign-in\"", &wrong, demo::CALLBACK).await?;
    ensure(again.heard.status == 422, format!("a wrong password was answered {}", again.told()))?;
    let right = [("email", "ada@example.com"), ("password", demo::PASSWORD)];
    let page = walk.ada.submit(&again, "id=\"sign-in\"", &right, demo::CALLBACK).await?;
    ensure(page.path.starts_with("/consent"), format!("no consent page: {}", page.told()))?;
    walk.view = Some(page);
    Ok("Ada, after one wrong password".to_owned())
}

/// Allow; the answer carries a code, our `state` and the issuer (RFC 9207 §2).
pub(super) async fn consent(walk: &mut Walk) -> Outcome {
    let page = walk.view.take().ok_or("an earlier step gave no consent page")?;
    let back = walk.ada.submit(&page, "id=\"allow\"", &[("decision", "allow")], demo::CALLBACK).await?;
    walk.code = Some(code_of(&back, &walk.ask, walk.http.origin())?);
    Ok("state and iss are right".to_owned())
}

fn code_of(back: &View, ask: &Ask, issuer: &str) -> Result<String, String> {
    ensure(back.sent("error").is_none(), format!("refused: {}", back.sent("error").unwrap_or_default()))?;
    ensure(back.sent("state").as_deref() == Some(&ask.state), "state didn't come back")?;
    ensure(back.sent("iss").as_deref() == Some(issuer), "iss isn't the issuer")?;
    back.sent("code").ok_or_else(|| format!("no code: {}", back.told()))
}

/// Ben presses his button, and the public client redeems with PKCE alone.
pub(super) async fn one_click(walk: &mut Walk) -> Outcome {
    let heard = ben_signs_in(walk).await?;
    ensure(heard.ok(), format!("the code was answered {}", heard.status))?;
    ensure(heard.text("refresh_token").is_some(), "no refresh token")?;
    walk.ben = Some(heard);
    Ok("Ben, with PKCE instead of a secret".to_owned())
}

async fn ben_signs_in(walk: &Walk) -> Result<Heard, String> {
    let (ask, mut browser) = (Ask::fresh(), Browser::new(&walk.http));
    let redirect_uri = walk.redirect_uri();
    let page = browser.get(&ask.path(demo::SPA, &redirect_uri), demo::CALLBACK).await?;
    let ben = button_value(&page.heard.body, "dev_person", "Ben").ok_or("no button for Ben")?;
    let page = browser.submit(&page, ">Ben", &[("dev_person", &ben)], demo::CALLBACK).await?;
    let back = browser.submit(&page, "id=\"allow\"", &[("decision", "allow")], demo::CALLBACK).await?;
    let code = code_of(&back, &ask, walk.http.origin())?;
    let form = [
        ("grant_type", "authorization_code"),
        ("code", code.as_str()),
        ("redirect_uri", &redirect_uri),
        ("client_id", demo::SPA),
        ("code_verifier", &ask.verifier),
    ];
    walk.http.send(&Call::post("/oauth2/token", &form)).await
}

/// Another code for Ada, who is signed in and has allowed everything before: no page at all.
pub(super) async fn silent_code(walk: &mut Walk) -> Result<(String, Ask), String> {
    let ask = Ask::fresh();
    let path = format!("{}&prompt=none", ask.path(demo::CLIENT, &walk.redirect_uri()));
    let back = walk.ada.get(&path, demo::CALLBACK).await?;
    Ok((code_of(&back, &ask, walk.http.origin())?, ask))
}
