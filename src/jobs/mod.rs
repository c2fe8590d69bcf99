//! Work in the background: noticing what other processes change, handing keys over, telling apps that sessions ended,
//! handing mails over, deleting what is over.

mod mails;
mod sign_outs;

use crate::admin::{Refused, registration};
use crate::app::App;
use crate::audit::chain;
use crate::clients::{cimd, invites};
use crate::db::Fault;
use crate::entry::{invitations, links, signup};
use crate::keys::rotation;
use crate::oauth::grants;
use crate::signin::{interaction, session, throttle, underway};
use std::time::Duration;
use tokio::task::JoinSet;

/// How soon a change by another process is noticed. Tokens don't wait for it: their statements look for themselves.
const NOTICE: Duration = Duration::from_millis(250);
const PURGE: Duration = Duration::from_secs(20);
const KEYS: Duration = Duration::from_secs(60);
const REGISTRY: Duration = Duration::from_secs(60);
const TRAIL: Duration = Duration::from_secs(5);
const SIGHTINGS: Duration = Duration::from_secs(10);

/// Starts all of it. Dropping the set stops it.
pub fn start(app: &App) -> JoinSet<()> {
    let mut jobs = JoinSet::new();
    jobs.spawn(notice(app.clone()));
    jobs.spawn(hand_over(app.clone()));
    jobs.spawn(purge(app.clone()));
    jobs.spawn(tidy_registry(app.clone()));
    jobs.spawn(write_sightings_down(app.clone()));
    jobs.spawn(link_the_trail(app.clone()));
    sign_outs::start(app, &mut jobs);
    jobs.spawn(mails::work(app.clone()));
    jobs
}

async fn notice(app: App) {
    loop {
        tokio::time::sleep(NOTICE).await;
        told(app.catch_up().await);
    }
}

async fn hand_over(app: App) {
    loop {
        tokio::time::sleep(KEYS).await;
        if let Err(why) = rotation::tick(&app.keys, &app.db, &app.config.keys, app.now()).await {
            tracing::warn!(%why, "signing keys couldn't be looked after; trying again in a minute");
        }
    }
}

/// What registered itself and nobody uses, and what nobody can register with any more.
async fn tidy_registry(app: App) {
    loop {
        tokio::time::sleep(REGISTRY).await;
        told(until_done(|| invites::purge(&app.db, app.now())).await);
        told(until_done(|| cimd::store::forget(&app.db, app.now())).await);
        match registration::reap(&app).await {
            Ok(0) => {}
            Ok(n) => tracing::info!(n, "clients were deleted that nobody used for registration_policy.idle"),
            Err(Refused::Fault(fault)) => told(Err(fault)),
            Err(why) => tracing::warn!(%why, "unused clients couldn't be deleted; trying again in a minute"),
        }
    }
}

/// Which clients without a row came by. What can't be written is lost: it is only for people to look at.
async fn write_sightings_down(app: App) {
    loop {
        tokio::time::sleep(SIGHTINGS).await;
        told(cimd::store::write_down(&app.db, app.sightings.take()).await);
    }
}

/// What is in the audit trail can't be touched unseen from then on.
async fn link_the_trail(app: App) {
    loop {
        tokio::time::sleep(TRAIL).await;
        told(until_done(|| async { chain::link(&app.db, &app.keys.macs()).await }).await);
    }
}

/// Small batches with a pause between: requests never wait for it noticeably, and it keeps up with what expires.
async fn purge(app: App) {
    loop {
        tokio::time::sleep(PURGE).await;
        told(purge_grants(&app).await);
        told(until_done(|| session::purge(&app)).await);
        told(until_done(|| interaction::purge(&app)).await);
        told(until_done(|| throttle::purge(&app)).await);
        told(until_done(|| underway::purge(&app.db, app.now())).await);
        told(until_done(|| links::purge(&app.db, app.now())).await);
        told(until_done(|| signup::purge(&app.db, app.now())).await);
        told(until_done(|| invitations::purge(&app.db, app.now())).await);
    }
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
async fn until_done<F: Future<Output = Result<usize, Fault>>>(purge: impl Fn() -> F) -> Result<(), Fault> {
    while purge().await? > 0 {
        tokio::time::sleep(PAUSE).await;
    }
    Ok(())
}

fn told(outcome: Result<(), Fault>) {
    if let Err(fault) = outcome {
        tracing::warn!(%fault, "background work couldn't reach the database; trying again");
    }
}
