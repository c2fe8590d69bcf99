//! Does the provider know our application? A request that can't succeed tells, before anyone connects.

use super::{Source, State, change, store};
use crate::app::App;
use crate::base::Time;
use crate::catalogue::wire::{self, Probed};
use crate::db::Result;
use crate::outbound::Unanswered;
use crate::vault::setup::{Ready, Unready, answer, send};
use serde::Serialize;
use std::collections::BTreeMap;
use std::time::Duration;
use utoipa::ToSchema;

/// What the provider makes of a source.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(tag = "outcome", rename_all = "snake_case")]
pub enum Verified {
    /// It knows the client id, and the secret is right.
    Good,
    /// It doesn't know the client id, or the secret is wrong.
    Refused {
        /// Its error code.
        error: String,
    },
    /// Its answer tells nothing.
    Unclear {
        /// Its error code.
        error: String,
    },
    /// It can't be reached.
    Unreachable,
    /// Nothing can be asked of it: its type has no token endpoint, or none before somebody has connected.
    Unverifiable,
}

/// Asks. Of several secrets one must be right.
pub async fn verify(app: &App, source: &Source) -> Result<Verified> {
    let ready = match Ready::of(app, source, &BTreeMap::new()).await? {
        Ok(ready) => ready,
        Err(Unready::Wrong(error)) => return Ok(Verified::Refused { error }),
        Err(Unready::Unreachable(why)) => return Ok(unreachable(source, &why)),
    };
    let fields = BTreeMap::new();
    let mut worst = Verified::Unverifiable;
    for secret in ready.tried() {
        let now = app.now();
        let setup = ready.with(secret, &fields, now);
        let call = match wire::probe(&ready.kind, &setup, &source.redirect_uri(app), now) {
            Ok(Some(call)) => call,
            Ok(None) => return Ok(Verified::Unverifiable),
            Err(wrong) => return Ok(Verified::Refused { error: wrong.to_string() }),
        };
        worst = match send(app, &call).await {
            Err(Unanswered::Unsent(why) | Unanswered::Lost(why)) => unreachable(source, &why),
            Ok(reply) => match wire::probed(&ready.kind, &answer(&reply)) {
                Probed::Good => return Ok(Verified::Good),
                Probed::ClientBad(error) => Verified::Refused { error },
                Probed::Unclear(error) => Verified::Unclear { error },
            },
        };
    }
    Ok(worst)
}

fn unreachable(source: &Source, why: &str) -> Verified {
    tracing::info!(source = %source.slug, why, "a source couldn't be verified");
    Verified::Unreachable
}

/// The same for somebody who wants to know; what is found counts.
pub async fn now(app: &App, source: &Source) -> Result<Verified> {
    let found = verify(app, source).await?;
    settle(app, source, &found, app.now()).await?;
    Ok(found)
}

async fn settle(app: &App, source: &Source, found: &Verified, now: Time) -> Result<()> {
    match (found, source.state) {
        (Verified::Good, State::Misconfigured) => change::healed(app, source, now).await,
        (Verified::Refused { error }, State::Active) => change::misconfigured(app, source, error, now).await,
        _ => Ok(()),
    }
}

/// How often a source that is refused is tried again by itself.
const AGAIN: Duration = Duration::from_secs(60);

/// Looks after those that are refused; gives how many.
pub async fn heal(app: &App) -> Result<usize> {
    let refused = store::misconfigured(&app.db, app.now() - AGAIN).await?;
    for source in &refused {
        store::touch(&app.db, &source.id, app.now()).await?;
        now(app, source).await?;
    }
    Ok(refused.len())
}
