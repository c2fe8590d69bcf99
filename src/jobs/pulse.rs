//! How much happens, for the charts of the console.

use super::text;
use crate::app::App;
use crate::db::Fault;
use crate::oauth::living;
use crate::observe::pulse::{self, Measure};

/// Writes down what this process counted, and once an hour how many grants live.
pub(super) async fn note(app: App) -> Result<(), String> {
    counted(&app).await.map_err(text)
}

async fn counted(app: &App) -> Result<(), Fault> {
    let now = app.now();
    app.pulse.write_down(&app.db, now).await?;
    if pulse::known(&app.db, Measure::Grants, now).await? {
        return Ok(());
    }
    let grants = living::count(&app.db, i64::MAX, now).await?;
    pulse::set(&app.db, Measure::Grants, grants, now).await
}
