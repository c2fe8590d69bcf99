//! The vault's work: refreshing before somebody has to wait, clearing up, writing down who read what.

use super::{again, text, until_done};
use crate::app::App;
use crate::vault::{
    break_glass, connect, custody, events, grants, hooks, parting, reads, refresh, reseal, shares, sources, take,
};
use std::time::Duration;
use tokio::task::JoinSet;

const DUE: Duration = Duration::from_secs(2);
const RECOVER: Duration = Duration::from_secs(1);
const READS: Duration = Duration::from_secs(1);
const HOOKS: Duration = Duration::from_secs(1);
const HEAL: Duration = Duration::from_secs(15);
const TIDY: Duration = Duration::from_secs(60);
/// How long refreshes stand in an account's timeline, and messages in a webhook's.
const REFRESHES: Duration = Duration::from_secs(30 * 86_400);

pub(super) fn start(app: &App, jobs: &mut JoinSet<()>) {
    jobs.spawn(again(app.clone(), "vault: refresh", DUE, |app| async move {
        refresh::refresh_due(&app).await.map(drop).map_err(text)
    }));
    jobs.spawn(recover(app.clone()));
    jobs.spawn(again(
        app.clone(),
        "vault: reads",
        READS,
        |app| async move { reads::write_down(&app).await.map_err(text) },
    ));
    jobs.spawn(again(app.clone(), "vault: sources", HEAL, |app| async move {
        sources::verify::heal(&app).await.map(drop).map_err(text)
    }));
    jobs.spawn(again(app.clone(), "vault: webhooks", HOOKS, |app| async move {
        hooks::deliver(&app).await.map(drop).map_err(text)
    }));
    jobs.spawn(again(app.clone(), "vault: notices", HEAL, |app| async move {
        until_done(|| hooks::notices::tell(&app)).await
    }));
    jobs.spawn(again(
        app.clone(),
        "vault: parting",
        DUE,
        |app| async move { until_done(|| parting::some(&app)).await },
    ));
    jobs.spawn(again(app.clone(), "vault: reseal", TIDY, |app| async move {
        until_done(|| reseal::some(&app)).await?;
        reseal::forget(&app).await.map_err(text)
    }));
    jobs.spawn(again(app.clone(), "vault: tidy", TIDY, tidy));
}

/// First what the last run of this machine left behind, then whatever is left by anybody.
async fn recover(app: App) {
    while let Err(fault) = refresh::replay(&app).await {
        tracing::warn!(%fault, "what is in the spool can't be put into the database yet; trying again");
        tokio::time::sleep(RECOVER).await;
    }
    again(app, "vault: recover", RECOVER, |app| async move { refresh::recover(&app).await.map(drop).map_err(text) })
        .await;
}

async fn tidy(app: App) -> Result<(), String> {
    let now = app.now();
    until_done(|| grants::store::purge(&app.db, now)).await?;
    until_done(|| events::purge(&app.db, now - REFRESHES)).await?;
    until_done(|| reads::purge(&app.db, now - app.config.vault.keep_reads)).await?;
    until_done(|| take::purge(&app, now - Duration::from_secs(86_400))).await?;
    until_done(|| shares::purge(&app)).await?;
    until_done(|| break_glass::purge(&app)).await?;
    until_done(|| hooks::store::purge(&app.db, now - REFRESHES)).await?;
    connect::tidy(&app).await.map_err(text)?;
    custody::overdue(&app).await.map_err(text)?;
    refresh::sweep(&app).await.map_err(text)
}
