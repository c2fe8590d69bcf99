//! Work in the background: noticing what other processes change, handing keys over, deleting what is over.

use crate::app::App;
use crate::db::Fault;
use crate::keys::rotation;
use crate::oauth::grants;
use crate::signin::{interaction, session, throttle};
use std::time::Duration;
use tokio::task::JoinSet;

/// How soon a change by another process is noticed. Tokens don't wait for it: their statements look for themselves.
const NOTICE: Duration = Duration::from_millis(250);
const PURGE: Duration = Duration::from_secs(20);
const KEYS: Duration = Duration::from_secs(60);

/// Starts all of it. Dropping the set stops it.
pub fn start(app: &App) -> JoinSet<()> {
    let mut jobs = JoinSet::new();
    jobs.spawn(notice(app.clone()));
    jobs.spawn(hand_over(app.clone()));
    jobs.spawn(purge(app.clone()));
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

/// Small batches with a pause between: requests never wait for it noticeably.
async fn purge(app: App) {
    let mut after = String::new();
    loop {
        tokio::time::sleep(if after.is_empty() { PURGE } else { Duration::from_millis(200) }).await;
        match grants::purge(&app.db, &after, app.now()).await {
            Ok(next) => after = next.unwrap_or_default(),
            Err(fault) => told(Err(fault)),
        }
        if after.is_empty() {
            told(session::purge(&app).await.map(drop));
            told(interaction::purge(&app).await.map(drop));
            told(throttle::purge(&app).await.map(drop));
        }
    }
}

fn told(outcome: Result<(), Fault>) {
    if let Err(fault) = outcome {
        tracing::warn!(%fault, "background work couldn't reach the database; trying again");
    }
}
