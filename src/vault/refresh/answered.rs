//! What a provider answered, kept on this machine's disk from the moment it came until a day after the database has it.

use super::settle;
use crate::app::App;
use crate::base::Time;
use crate::base::id::WorkspaceId;
use crate::catalogue::wire::Answer;
use crate::db::Result;
use crate::keys::DataKey;
use crate::outbound::Reply;
use crate::vault::connect;
use crate::vault::grants::GrantId;
use crate::vault::kept::{self, Kept};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::time::Duration;

/// How long an answer is kept after it came: a database that is restored from a replica may have lost its last commits.
const KEPT: Duration = Duration::from_secs(86_400);

/// An answer to a request for tokens, and which request that was.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct Answered {
    pub grant: GrantId,
    pub workspace: WorkspaceId,
    /// The version that it was asked from.
    pub version: i64,
    /// The name of the request.
    pub attempt: String,
    /// Which of the grant's.
    pub number: i64,
    /// Which since the outcome was last known.
    pub tries: i64,
    /// When it was sent, in milliseconds: lifetimes count from here.
    pub sent_at: i64,
    #[serde(flatten)]
    kept: Kept,
}

/// Which request an answer is to.
pub(super) struct Request {
    pub attempt: String,
    pub version: i64,
    pub number: i64,
    pub tries: i64,
    pub sent_at: Time,
}

impl Answered {
    pub(super) fn new(grant: &GrantId, workspace: &WorkspaceId, request: &Request, reply: &Reply) -> Self {
        Answered {
            grant: grant.clone(),
            workspace: workspace.clone(),
            version: request.version,
            attempt: request.attempt.clone(),
            number: request.number,
            tries: request.tries,
            sent_at: request.sent_at.millis(),
            kept: Kept::of(reply),
        }
    }

    pub(super) fn sent_at(&self) -> Time {
        Time::from_millis(self.sent_at)
    }

    /// Lets it be read.
    pub(super) fn read<T>(&self, reader: impl FnOnce(&Answer<'_>) -> T) -> T {
        self.kept.read(reader)
    }

    /// Names sort by the time that requests were sent.
    fn name(&self) -> String {
        format!("{:013}-{}", self.sent_at, self.attempt)
    }

    /// Forgets that it was kept.
    pub(super) async fn forget(&self, app: &App) {
        let name = self.name();
        if let Err(why) = app.spool.remove(&name).await {
            tracing::warn!(entry = %name, %why, "an entry of the spool couldn't be removed");
        }
    }

    /// Keeps it, before anything is made of it. Where that fails we go on with what we have in memory.
    pub(super) async fn keep(&self, app: &App, key: &DataKey) {
        if let Err(fault) = kept::put(app, key, &self.name(), self).await {
            tracing::error!(grant = %self.grant, %fault, "an answer couldn't be kept on this disk; it is in memory only until it is in the database");
        }
    }
}

/// The names of what this machine has: of each request the last answer, for one that was refused was followed by another.
pub(super) async fn kept(app: &App) -> BTreeMap<String, String> {
    let names = app.spool.names().await.unwrap_or_default();
    names.into_iter().filter_map(|name| Some((name.split_once('-')?.1.to_owned(), name))).collect()
}

/// The answer with this name.
pub(super) async fn find(app: &App, name: &str) -> Result<Option<Answered>> {
    kept::open(app, name).await
}

/// After a start: what was answered and isn't in the database is put there. What it has already changes nothing.
pub async fn replay(app: &App) -> Result<usize> {
    let mut settled = 0;
    for name in kept(app).await.into_values() {
        if connect::names(&name) {
            connect::replay(app, &name).await?;
            continue;
        }
        match kept::open(app, &name).await {
            Ok(Some(answered)) => {
                let answered: Answered = answered;
                settle::settle(app, &answered).await?;
                settled += 1;
            }
            Ok(None) => {}
            Err(fault) if fault.temporary() => return Err(fault),
            Err(fault) => tracing::error!(entry = %name, %fault, "an entry of the spool is left where it is"),
        }
    }
    Ok(settled)
}

/// Forgets the answers to these requests: what they brought was given away, or taken back.
pub async fn forget(app: &App, attempts: &[String]) {
    for name in app.spool.names().await.unwrap_or_default() {
        if attempts.iter().any(|attempt| name.ends_with(attempt.as_str()))
            && let Err(why) = app.spool.remove(&name).await
        {
            tracing::warn!(entry = %name, %why, "an entry of the spool couldn't be removed");
        }
    }
}

/// Forgets what the database has had for a day.
pub async fn sweep(app: &App) -> Result<()> {
    let before = (app.now() - KEPT).millis();
    for name in app.spool.names().await.unwrap_or_default() {
        let sent = name.split('-').next().and_then(|millis| millis.parse::<i64>().ok());
        if sent.is_some_and(|sent| sent < before)
            && let Err(why) = app.spool.remove(&name).await
        {
            tracing::warn!(entry = %name, %why, "an entry of the spool couldn't be removed");
        }
    }
    Ok(())
}
