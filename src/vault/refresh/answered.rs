//! What a provider answered, kept on this machine's disk from the moment it came until a day after the database has it.

use super::settle;
use crate::app::App;
use crate::base::Time;
use crate::base::encoding::{base64, from_base64};
use crate::base::id::WorkspaceId;
use crate::catalogue::wire::Answer;
use crate::crypto::seal::Place;
use crate::db::{Fault, Result};
use crate::keys::DataKey;
use crate::outbound::Reply;
use crate::vault::grants::GrantId;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::time::Duration;
use zeroize::Zeroizing;

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
    status: u16,
    retry_after: Option<String>,
    date: Option<String>,
    content_type: Option<String>,
    body: String,
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
            status: reply.status,
            retry_after: reply.retry_after.clone(),
            date: reply.date.clone(),
            content_type: reply.content_type.clone(),
            body: base64(&reply.body),
        }
    }

    pub(super) fn sent_at(&self) -> Time {
        Time::from_millis(self.sent_at)
    }

    /// Lets it be read.
    pub(super) fn read<T>(&self, reader: impl FnOnce(&Answer<'_>) -> T) -> T {
        let body = Zeroizing::new(from_base64(&self.body).unwrap_or_default());
        reader(&Answer {
            status: self.status,
            retry_after: self.retry_after.as_deref(),
            date: self.date.as_deref(),
            content_type: self.content_type.as_deref(),
            body: &body,
        })
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
        let kept = async {
            let plain = serde_json::to_vec(self).map(Zeroizing::new).map_err(|why| Fault::Bug(why.to_string()))?;
            let name = self.name();
            let sealed = key.seal(place(&name), &plain)?;
            let entry = [key.id.as_bytes(), b"\n", sealed.as_slice()].concat();
            app.spool.put(&name, entry).await.map_err(|why| Fault::Bug(format!("the spool can't be written: {why}")))
        };
        let outcome: Result<()> = kept.await;
        if let Err(fault) = outcome {
            tracing::error!(grant = %self.grant, %fault, "an answer couldn't be kept on this disk; it is in memory only until it is in the database");
        }
    }
}

fn place(name: &str) -> Place<'_> {
    Place { table: "spool", row: name, column: "answer" }
}

async fn open(app: &App, name: &str) -> Result<Option<Answered>> {
    let unread = |why: std::io::Error| Fault::Bug(format!("the spool can't be read: {why}"));
    let Some(entry) = app.spool.get(name).await.map_err(unread)? else { return Ok(None) };
    let torn = || Fault::Bug(format!("the entry `{name}` of the spool can't be read"));
    let cut = entry.iter().position(|byte| *byte == b'\n').ok_or_else(torn)?;
    let (key, sealed) = entry.split_at_checked(cut).ok_or_else(torn)?;
    let key = std::str::from_utf8(key).map_err(|_| torn())?;
    let key = app.data_keys.named(&app.keys, &app.db, key).await?;
    let plain = key.open(place(name), sealed.get(1..).unwrap_or_default())?;
    serde_json::from_slice(&plain).map(Some).map_err(|_| torn())
}

/// The names of what this machine has: of each request the last answer, for one that was refused was followed by another.
pub(super) async fn kept(app: &App) -> BTreeMap<String, String> {
    let names = app.spool.names().await.unwrap_or_default();
    names.into_iter().filter_map(|name| Some((name.split_once('-')?.1.to_owned(), name))).collect()
}

/// The answer with this name.
pub(super) async fn find(app: &App, name: &str) -> Result<Option<Answered>> {
    open(app, name).await
}

/// After a start: what was answered and isn't in the database is put there. What it has already changes nothing.
pub async fn replay(app: &App) -> Result<usize> {
    let mut settled = 0;
    for name in kept(app).await.into_values() {
        match open(app, &name).await {
            Ok(Some(answered)) => {
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
