//! A grant is ours for as long as we keep saying so.

use super::LEASE;
use crate::app::App;
use crate::vault::grants::{GrantId, store};
use tokio::task::AbortHandle;

/// Renews a lease until it is dropped. Losing it doesn't stop what it is for: a request that was sent is worth its answer,
/// whoever holds the grant by then.
pub(super) struct Lease(AbortHandle);

impl Lease {
    pub(super) fn keep(app: &App, grant: &GrantId, attempt: &str) -> Self {
        let (app, grant, attempt) = (app.clone(), grant.clone(), attempt.to_owned());
        let beating = tokio::spawn(async move {
            loop {
                tokio::time::sleep(LEASE / 3).await;
                match store::renew(&app.db, &grant, &attempt, app.now() + LEASE).await {
                    Ok(true) => {}
                    Ok(false) => return,
                    Err(fault) => tracing::warn!(%grant, %fault, "a lease couldn't be renewed; trying again"),
                }
            }
        });
        Lease(beating.abort_handle())
    }
}

impl Drop for Lease {
    fn drop(&mut self) {
        self.0.abort();
    }
}
