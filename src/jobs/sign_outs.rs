//! OIDC Back-Channel Logout: delivers what was written down when sessions ended, whoever ended them.

use super::{ran, told};
use crate::app::App;
use crate::db::Fault;
use crate::oauth::logout::{backchannel, wind_up_left};
use std::time::Duration;
use tokio::task::JoinSet;
use tokio::time::Instant;

/// Beside each other, so that clients that let us wait don't make others wait.
const WORKERS: u32 = 4;
/// How soon one of them notices an end that another process wrote down: a command, another replica.
const POLL: Duration = Duration::from_secs(1);

/// Starts the workers, who take turns in looking.
pub(super) fn start(app: &App, jobs: &mut JoinSet<()>) {
    for turn in 1..=WORKERS {
        jobs.spawn(work(app.clone(), POLL * turn));
    }
}

async fn work(app: App, first: Duration) {
    let mut patience = first;
    loop {
        let begun = Instant::now();
        let outcome = round(&app).await;
        ran(&app, "sign-outs", patience, begun, &outcome);
        match outcome {
            // Over is over, whether the bell rang or not.
            Ok(0) => drop(tokio::time::timeout(patience, app.logouts.notified()).await),
            Ok(_) => {}
            Err(_) => tokio::time::sleep(patience).await,
        }
        patience = POLL * WORKERS;
    }
}

/// Gives how much there was to do.
async fn round(app: &App) -> Result<usize, Fault> {
    let left = wind_up_left(app).await?;
    let notices = backchannel::claim(app).await?;
    if !notices.is_empty() {
        // There may be more, for another worker.
        app.logouts.notify_one();
    }
    let mut delivering = JoinSet::new();
    for notice in &notices {
        let (app, notice) = (app.clone(), notice.clone());
        delivering.spawn(async move { told(backchannel::deliver(&app, &notice).await) });
    }
    while delivering.join_next().await.is_some() {}
    Ok(left.saturating_add(notices.len()))
}
