//! The playground as a visitor uses it: start a flow, sign in, see its tokens, end it.

use super::browser::{Browser, button_value};
use super::{Outcome, Walk, ensure};

/// From the first page to a run with tokens, then a reuse that ends it.
pub(super) async fn flow(walk: &mut Walk) -> Outcome {
    let mut browser = Browser::new(&walk.http);
    let page = browser.get("/dev", "-").await?;
    ensure(page.heard.ok(), format!("/dev answered {}", page.heard.status))?;
    let login = browser.submit(&page, "id=\"start\"", &[], "-").await?;
    let ada = button_value(&login.heard.body, "dev_person", "Ada").ok_or("no sign-in page with Ada's button")?;
    let mut run = browser.submit(&login, ">Ada", &[("dev_person", &ada)], "-").await?;
    if run.path.starts_with("/consent") {
        run = browser.submit(&run, "id=\"allow\"", &[("decision", "allow")], "-").await?;
    }
    let shows = |html: &str, what: &str| ensure(html.contains(what), format!("the run doesn't show {what}"));
    ensure(run.path.starts_with("/dev/runs/"), format!("no run: {}", run.told()))?;
    ["RFC 6749 §4.1.3", "at_hash fits", "sym_rt_"].iter().try_for_each(|what| shows(&run.heard.body, what))?;
    let ended = browser.submit(&run, "id=\"reuse\"", &[], "-").await?;
    shows(&ended.heard.body, "invalid_grant")?;
    Ok("sign-in, tokens, reuse".to_owned())
}
