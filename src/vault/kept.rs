//! Answers that a provider gives once, on this machine's disk from the moment they come, sealed, before anything is made of them.

use crate::app::App;
use crate::base::encoding::{base64, from_base64};
use crate::catalogue::wire::Answer;
use crate::crypto::seal::Place;
use crate::db::{Fault, Result};
use crate::keys::DataKey;
use crate::outbound::Reply;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

/// An answer as it came.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct Kept {
    status: u16,
    retry_after: Option<String>,
    date: Option<String>,
    content_type: Option<String>,
    body: String,
}

impl Kept {
    pub(super) fn of(reply: &Reply) -> Self {
        Kept {
            status: reply.status,
            retry_after: reply.retry_after.clone(),
            date: reply.date.clone(),
            content_type: reply.content_type.clone(),
            body: base64(&reply.body),
        }
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
}

fn place(name: &str) -> Place<'_> {
    Place { table: "spool", row: name, column: "answer" }
}

/// Puts something on the disk under this name. The key was had before the provider was asked: the database may be gone by now.
pub(super) async fn put(app: &App, key: &DataKey, name: &str, what: &impl Serialize) -> Result<()> {
    let plain = serde_json::to_vec(what).map(Zeroizing::new).map_err(|why| Fault::Bug(why.to_string()))?;
    let sealed = key.seal(place(name), &plain)?;
    let entry = [key.id.as_bytes(), b"\n", sealed.as_slice()].concat();
    app.spool.put(name, entry).await.map_err(|why| Fault::Bug(format!("the spool can't be written: {why}")))
}

/// Reads what is there under this name; none where it isn't whole: the process ended while it was written, or the disk was full.
pub(super) async fn open<T: DeserializeOwned>(app: &App, name: &str) -> Result<Option<T>> {
    let unread = |why: std::io::Error| Fault::Bug(format!("the spool can't be read: {why}"));
    let Some(entry) = app.spool.get(name).await.map_err(unread)? else { return Ok(None) };
    let torn = || {
        tracing::warn!(
            entry = name,
            "an entry of the spool isn't whole; what it was to keep is lost, unless it is in the database"
        );
        Ok(None)
    };
    let cut = entry.iter().position(|byte| *byte == b'\n');
    let Some((key, sealed)) = cut.and_then(|cut| entry.split_at_checked(cut)) else { return torn() };
    let Ok(key) = std::str::from_utf8(key) else { return torn() };
    let key = app.data_keys.named(&app.keys, &app.db, key).await?;
    let Ok(plain) = key.open(place(name), sealed.get(1..).unwrap_or_default()) else { return torn() };
    serde_json::from_slice(&plain).map_or_else(|_| torn(), |what| Ok(Some(what)))
}
