//! The vault with Acme CRM, as a person connects an account and as a backend reads it.

use super::browser::{Browser, attribute};
use super::{Outcome, Walk, ensure};
use crate::base::encoding::{hex, sha256};
use crate::dev::crm;
use crate::dev::http::{Call, Heard, Http};
use serde_json::Value;

impl Walk {
    /// Ada's program asks for Zoe's credentials; with `not`, for others than these.
    pub(super) fn read(&self, not: Option<&str>) -> Call {
        let print = |token: &str| format!("&not={}", hex(&sha256(token.as_bytes())));
        let path = format!("{}{}", crm::path("zoe"), not.map(print).unwrap_or_default());
        Call::get(path).header("Authorization", format!("Token {}", self.token))
    }

    /// What Acme's API says to an access token.
    pub(super) async fn at_acme(&self, token: &str) -> Result<u16, String> {
        let http = Http::new(self.acme.origin())?;
        Ok(http.send(&Call::get("/api/contacts").bearer(token)).await?.status)
    }

    /// Refreshes that Acme was asked for.
    pub(super) fn refreshes_asked(&self) -> usize {
        self.acme.calls().iter().filter(|call| call.what == "refresh").count()
    }
}

/// The access token of a read.
pub(super) fn access(heard: &Heard) -> Result<String, String> {
    let json = heard.json();
    let text = |pointer: &str| json.pointer(pointer).and_then(Value::as_str);
    let token = text("/data/credentials/oauth_access_token");
    token.map(str::to_owned).ok_or_else(|| format!("{} {}", heard.status, text("/error/message").unwrap_or_default()))
}

/// From the playground to Acme, whose page Zoe answers, and back.
pub(super) async fn connect(walk: &mut Walk) -> Outcome {
    let page = walk.ada.get("/dev/acme", "-").await?;
    let page = walk.ada.submit(&page, "id=\"connect\"", &[], "-").await?;
    let link = page.heard.body.split("<a ").find(|tag| tag.contains("id=\"start\""));
    let link = link.and_then(|tag| attribute(tag.split('>').next()?, "href"));
    let link = link.ok_or_else(|| format!("no page with a way to Acme: {}", page.told()))?;
    let there = walk.ada.get(&link, "-").await?;
    let mut zoe = Browser::new(&Http::new(walk.acme.origin())?);
    let asked = zoe.get(&path_at(&there.heard, walk.acme.origin())?, "-").await?;
    let back = zoe.submit(&asked, "id=\"allow\"", &[("user", "zoe"), ("decision", "allow")], "-").await?;
    let done = walk.ada.get(&path_at(&back.heard, walk.http.origin())?, "-").await?;
    ensure(done.path.contains("status=connected"), format!("it ended at {} {}", done.told(), done.path))?;
    ensure(done.heard.body.contains("data-account=\"zoe\""), "the playground doesn't show Zoe's account")?;
    Ok("Zoe's, by way of Acme's page".to_owned())
}

fn path_at(heard: &Heard, origin: &str) -> Result<String, String> {
    let to = heard.header("location").and_then(|to| to.strip_prefix(origin));
    to.map(str::to_owned).ok_or_else(|| format!("{} doesn't lead to {origin}", heard.status))
}

/// What is read is what Acme takes.
pub(super) async fn read(walk: &mut Walk) -> Outcome {
    let heard = walk.http.send(&walk.read(None)).await?;
    walk.access = access(&heard)?;
    ensure(heard.header("cache-control") == Some("no-store"), "caches may keep it")?;
    ensure(!heard.body.contains("acme_rt_"), "the refresh token is in it")?;
    let status = walk.at_acme(&walk.access).await?;
    ensure(status == 200, format!("Acme's API answered {status}"))?;
    Ok("Acme's API took the token".to_owned())
}

/// How many read at the same moment.
const READERS: usize = 20;

/// A minute later the token is over, and all who ask get the same new one.
pub(super) async fn expiry(walk: &mut Walk) -> Outcome {
    let before = walk.refreshes_asked();
    moves_clock(walk, "60").await?;
    let over = walk.at_acme(&walk.access).await?;
    let all = futures_util::future::join_all((0..READERS).map(|_| async {
        let heard = walk.http.send(&walk.read(None)).await?;
        access(&heard)
    }));
    let all = all.await.into_iter().collect::<Result<Vec<String>, String>>()?;
    let fresh = all.first().cloned().unwrap_or_default();
    ensure(over == 401, format!("Acme's API answered {over} to a token that is over"))?;
    ensure(all.iter().all(|token| *token == fresh) && fresh != walk.access, "they didn't get the same new token")?;
    let status = walk.at_acme(&fresh).await?;
    ensure(status == 200, format!("Acme's API answered {status} to the new one"))?;
    let asked = walk.refreshes_asked().saturating_sub(before);
    ensure(asked == 1, format!("Acme was asked {asked} times"))?;
    walk.access = fresh;
    moves_clock(walk, "now").await?;
    Ok("all got the same".to_owned())
}

async fn moves_clock(walk: &mut Walk, by: &str) -> Result<(), String> {
    let page = walk.ada.get("/dev/acme", "-").await?;
    let moved = walk.ada.submit(&page, "action=\"/dev/clock\"", &[("by", by)], "-").await?;
    ensure(moved.heard.ok(), format!("the clock can't be moved: {}", moved.told()))
}
