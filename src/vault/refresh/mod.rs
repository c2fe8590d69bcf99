//! Keeping tokens fresh without ever losing one (vault.md §3.6): claim, which is the durable intent → ask → spool → commit. A
//! process may die between any two of them; what it leaves behind says how far it came.

mod answered;
mod ask;
mod attempt;
mod due;
mod ended;
mod lease;
mod recover;
mod settle;
mod silent;

pub use answered::{forget, replay, sweep};
pub(super) use ask::{held, place};
pub use due::refresh_due;
pub use recover::recover;
pub(super) use settle::lives;

use crate::app::{App, Flight};
use crate::vault::grants::GrantId;
use crate::vault::grants::store::Again;
use std::time::Duration;

/// Refreshes a grant that is at this version, in the background. Whoever calls may wait for it or not; nobody can stop it.
/// None when this process begins nothing any more.
pub fn begin(app: &App, grant: &GrantId, version: i64) -> Option<Flight> {
    fly(app, grant, version, Again::No)
}

fn fly(app: &App, grant: &GrantId, version: i64, again: Again) -> Option<Flight> {
    let (services, grant) = (app.clone(), grant.clone());
    app.flights.join(&grant.to_string(), move || async move {
        if let Err(fault) = attempt::run(&services, &grant, version, again).await {
            tracing::warn!(%grant, %fault, "a refresh couldn't go on; what was sent is written down and will be cleared up");
        }
    })
}

/// How long a process that holds a grant may be silent before others take over.
const LEASE: Duration = Duration::from_secs(15);
