//! Work in the background: noticing what other processes change, handing keys over, telling apps that sessions ended,
//! handing mails over, counting, deleting what is over.

mod mails;
mod pulse;
mod sign_outs;
mod vault;

use crate::admin::{registration, repeats};
use crate::api_tokens;
use crate::app::App;
use crate::audit::chain;
use crate::clients::{cimd, invites};
use crate::db::Fault;
use crate::entry::{invitations, links, signup};
use crate::keys::rotation;
use crate::oauth::grants;
use crate::observe::pulse as measures;
use crate::signin::{interaction, session, throttle, underway};
use std::fmt::Display;
use std::time::Duration;
use tokio::task::JoinSet;
use tokio::time::Instant;

/// How soon a change by another process is noticed. Tokens don't wait for it: their statements look for themselves.
const NOTICE: Duration = Duration::from_millis(250);
const PURGE: Duration = Duration::from_secs(20);
const KEYS: Duration = Duration::from_secs(60);
const REGISTRY: Duration = Duration::from_secs(60);
const TRAIL: Duration = Duration::from_secs(5);
const SIGHTINGS: Duration = Duration::from_secs(10);
const USES: Duration = Duration::from_secs(5);

const PULSE: Duration = Duration::from_secs(20);

/// Starts all of it. Dropping the set stops it.
pub fn start(app: &App) -> JoinSet<()> {
    let mut jobs = JoinSet::new();
    jobs.spawn(again(app.clone(), "notice", NOTICE, notice));
    jobs.spawn(again(app.clone(), "keys", KEYS, hand_over));
    jobs.spawn(again(app.clone(), "purge", PURGE, purge));
    jobs.spawn(again(app.clone(), "registry", REGISTRY, tidy_registry));
    jobs.spawn(again(app.clone(), "sightings", SIGHTINGS, write_sightings_down));
    jobs.spawn(again(app.clone(), "uses", USES, write_uses_down));
    jobs.spawn(again(app.clone(), "trail", TRAIL, link_the_trail));
    jobs.spawn(again(app.clone(), "pulse", PULSE, pulse::note));
    sign_outs::start(app, &mut jobs);
    vault::start(app, &mut jobs);
    jobs.spawn(mails::work(app.clone()));
    jobs
}

/// Does it, rests, and does it again. What couldn't be done is tried again then.
async fn again<F, W>(app: App, name: &'static str, every: Duration, work: F)
where
    F: Fn(App) -> W,
    W: Future<Output = Result<(), String>>,
{
    loop {
        tokio::time::sleep(every).await;
        let begun = Instant::now();
        let outcome = work(app.clone()).await;
        ran(&app, name, every, begun, &outcome);
    }
}

/// Notes for the console how it went, and logs what went wrong.
fn ran<T>(app: &App, name: &'static str, every: Duration, begun: Instant, outcome: &Result<T, impl Display>) {
    app.chores.ran(name, every, app.now(), begun.elapsed(), outcome.is_ok());
    if let Err(why) = outcome {
        tracing::warn!(job = name, %why, "background work couldn't be done; trying again");
    }
}

async fn notice(app: App) -> Result<(), String> {
    app.catch_up().await.map_err(text)
}

async fn hand_over(app: App) -> Result<(), String> {
    rotation::tick(&app.keys, &app.db, &app.config.keys, app.now()).await.map_err(text)
}

/// What registered itself and nobody uses, and what nobody can register with any more.
async fn tidy_registry(app: App) -> Result<(), String> {
    until_done(|| invites::purge(&app.db, app.now())).await?;
    until_done(|| cimd::store::forget(&app.db, app.now())).await?;
    let reaped = registration::reap(&app).await.map_err(text)?;
    if reaped > 0 {
        tracing::info!(n = reaped, "clients were deleted that nobody used for registration_policy.idle");
    }
    Ok(())
}

/// Which clients without a row came by. What can't be written is lost: it is only for people to look at.
async fn write_sightings_down(app: App) -> Result<(), String> {
    cimd::store::write_down(&app.db, app.sightings.take()).await.map_err(text)
}

/// When API tokens were used last. What can't be written is noted again when they come again.
async fn write_uses_down(app: App) -> Result<(), String> {
    api_tokens::write_uses_down(&app.db, app.uses.take()).await.map_err(text)
}

/// What is in the audit trail can't be touched unseen from then on.
async fn link_the_trail(app: App) -> Result<(), String> {
    until_done(|| async { chain::link(&app.db, &app.keys.macs()).await }).await
}

/// Small batches with a pause between: requests never wait for it noticeably, and it keeps up with what expires.
async fn purge(app: App) -> Result<(), String> {
    purge_grants(&app).await.map_err(text)?;
    until_done(|| session::purge(&app)).await?;
    until_done(|| interaction::purge(&app)).await?;
    until_done(|| throttle::purge(&app)).await?;
    until_done(|| underway::purge(&app.db, app.now())).await?;
    until_done(|| repeats::purge(&app.db, app.now())).await?;
    until_done(|| links::purge(&app.db, app.now())).await?;
    until_done(|| signup::purge(&app.db, app.now())).await?;
    until_done(|| invitations::purge(&app.db, app.now())).await?;
    until_done(|| measures::purge(&app.db, app.now())).await
}

const PAUSE: Duration = Duration::from_millis(50);

async fn purge_grants(app: &App) -> Result<(), Fault> {
    let mut after = String::new();
    while let Some(next) = grants::purge(&app.db, &after, app.now()).await? {
        after = next;
        tokio::time::sleep(PAUSE).await;
    }
    Ok(())
}

/// Purges batch by batch until one finds nothing.
async fn until_done<F: Future<Output = Result<usize, Fault>>>(purge: impl Fn() -> F) -> Result<(), String> {
    while purge().await.map_err(text)? > 0 {
        tokio::time::sleep(PAUSE).await;
    }
    Ok(())
}

fn text(why: impl Display) -> String {
    why.to_string()
}

fn told(outcome: Result<(), Fault>) {
    if let Err(fault) = outcome {
        tracing::warn!(%fault, "background work couldn't reach the database; trying again");
    }
}
