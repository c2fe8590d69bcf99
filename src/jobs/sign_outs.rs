//! OIDC Back-Channel Logout: delivers what was written down when sessions ended, whoever ended them.

use super::told;
use crate::app::App;
use crate::db::Fault;
use crate::oauth::logout::{backchannel, wind_up_left};
use std::time::Duration;
use tokio::task::JoinSet;

/// Beside each other, so that clients that let us wait don't make others wait.
const WORKERS: usize = 4;
/// How soon an end is noticed that another process wrote down: a command, another replica.
const POLL: Duration = Duration::from_secs(1);

/// Starts the workers.
pub(super) fn start(app: &App, jobs: &mut JoinSet<()>) {
    for _ in 0..WORKERS {
        jobs.spawn(work(app.clone()));
    }
}

async fn work(app: App) {
    loop {
        match round(&app).await {
            Ok(0) => wait(&app).await,
            Ok(_) => {}
            Err(fault) => {
                told(Err(fault));
                tokio::time::sleep(POLL).await;
            }
        }
    }
}

/// Until the bell is rung here, or long enough for one that was rung elsewhere.
async fn wait(app: &App) {
    // Over is over, either way.
    let _ = tokio::time::timeout(POLL, app.logouts.notified()).await;
}

/// Gives how much there was to do.
async fn round(app: &App) -> Result<usize, Fault> {
    let left = wind_up_left(app).await?;
    let notices = backchannel::claim(app).await?;
    let mut delivering = JoinSet::new();
    for notice in &notices {
        let (app, notice) = (app.clone(), notice.clone());
        delivering.spawn(async move { told(backchannel::deliver(&app, &notice).await) });
    }
    while delivering.join_next().await.is_some() {}
    Ok(left.saturating_add(notices.len()))
}
