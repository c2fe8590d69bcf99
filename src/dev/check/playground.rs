//! The playground as a visitor uses it: start a flow, sign in, see its tokens, end it.

use super::browser::{Browser, View, button_value};
use super::{Ask, Outcome, Walk, ensure};
use crate::dev::demo;
use tokio::time::Duration;

/// From the first page to a run with tokens, then a reuse that ends it.
pub(super) async fn flow(walk: &mut Walk) -> Outcome {
    let (mut browser, run) = granted(walk).await?;
    ["RFC 6749 §4.1.3", "at_hash fits", "sym_rt_"].iter().try_for_each(|what| shows(&run, what))?;
    let ended = browser.submit(&run, "id=\"reuse\"", &[], "-").await?;
    shows(&ended, "invalid_grant")?;
    Ok("sign-in, tokens, reuse".to_owned())
}

/// RP-initiated: the session is gone, and the back-channel notice is there.
pub(super) async fn sign_out(walk: &mut Walk) -> Outcome {
    let (mut browser, run) = granted(walk).await?;
    let back = browser.submit(&run, "id=\"sign-out\"", &[], "-").await?;
    ensure(back.path.starts_with("/dev/runs/"), format!("it doesn't lead back to the app: {}", back.told()))?;
    shows(&back, "The session is over")?;
    let silent = format!("{}&prompt=none", Ask::fresh().path(demo::CLIENT, &walk.redirect_uri()));
    let error = browser.get(&silent, demo::CALLBACK).await?.sent("error").unwrap_or_default();
    ensure(error == "login_required", format!("prompt=none afterwards: {error}"))?;
    for _ in 0..NOTICE_TRIES {
        let run = browser.get(&back.path, "-").await?;
        if run.heard.body.contains("Back-channel notice") {
            shows(&run, "the app ends what it keeps")?;
            return Ok("the session is gone, back-channel notice received".to_owned());
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    Err("no back-channel notice came".to_owned())
}

/// Ten seconds: a first RS256 signature may have to wait for its key.
const NOTICE_TRIES: usize = 200;

/// A run with tokens, by Ada's button.
async fn granted(walk: &Walk) -> Result<(Browser, View), String> {
    let mut browser = Browser::new(&walk.http);
    let page = browser.get("/dev", "-").await?;
    ensure(page.heard.ok(), format!("/dev answered {}", page.heard.status))?;
    let login = browser.submit(&page, "id=\"start\"", &[], "-").await?;
    let ada = button_value(&login.heard.body, "dev_person", "Ada").ok_or("no sign-in page with Ada's button")?;
    let mut run = browser.submit(&login, ">Ada", &[("dev_person", &ada)], "-").await?;
    if run.path.starts_with("/consent") {
        run = browser.submit(&run, "id=\"allow\"", &[("decision", "allow")], "-").await?;
    }
    ensure(run.path.starts_with("/dev/runs/"), format!("no run: {}", run.told()))?;
    Ok((browser, run))
}

fn shows(page: &View, what: &str) -> Result<(), String> {
    ensure(page.heard.body.contains(what), format!("the run doesn't show {what}"))
}
