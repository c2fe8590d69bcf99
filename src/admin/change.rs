//! One change by an administrator: a transaction that others wait for, with its audit event, that all processes notice.

use super::{Acting, Refused, tag};
use crate::app::App;
use crate::audit::{self, Event};
use crate::base::Time;
use crate::db::Tx;
use crate::keys;
use serde_json::{Map, Value, json};
use std::collections::BTreeSet;

/// An open change. Dropping it undoes it.
pub(super) struct Change<'a> {
    app: &'a App,
    who: &'a Acting,
    /// What its statements run on.
    pub(super) tx: Tx,
    /// The time of all that it writes.
    pub(super) now: Time,
}

/// What happened to what, for the audit trail.
pub(super) struct Happened {
    /// `client.created` and its like.
    pub(super) action: &'static str,
    /// `client:…`, `user:…`.
    pub(super) object: String,
    /// What it was; null when it is new.
    pub(super) before: Value,
    /// What it is now; null when it is gone.
    pub(super) after: Value,
}

impl<'a> Change<'a> {
    /// Begins. The epoch's row is the lock under which administrators change things one after the other: two of them
    /// can't each demote the other as the last but one admin.
    pub(super) async fn begin(app: &'a App, who: &'a Acting) -> Result<Self, Refused> {
        let mut tx = app.db.begin().await?;
        keys::store::bump(&mut tx).await?;
        Ok(Change { app, who, tx, now: app.now() })
    }

    /// Writes the event and makes all of it durable. No change succeeds that isn't in the audit trail.
    pub(super) async fn commit(self, happened: Happened) -> Result<(), Refused> {
        self.commit_all(vec![happened]).await
    }

    /// The same for a change of several things at once.
    pub(super) async fn commit_all(mut self, all: Vec<Happened>) -> Result<(), Refused> {
        let mut changed = BTreeSet::new();
        for happened in all {
            // Nobody else changes it between here and the commit: `begin` took the lock. What was read is what was there before
            // the first step.
            let first = changed.insert(happened.object.clone());
            let stale = |read: &String| first && !happened.before.is_null() && *read != tag(&happened.before);
            if self.who.if_match.as_ref().is_some_and(stale) {
                return Err(Refused::Stale);
            }
            let event = Event {
                actor: self.who.actor.clone(),
                action: happened.action,
                object: happened.object,
                request_id: self.who.call.request_id.clone(),
                address: self.who.call.address.to_string(),
                detail: difference(&happened.before, &happened.after),
            };
            audit::record(&mut self.tx, &event, self.now).await?;
        }
        self.tx.commit().await?;
        self.app.memory.forget();
        // It may have ended sessions.
        self.app.logouts.notify_one();
        // And written mails.
        self.app.mails.notify_one();
        // The change is made and must be answered so; whoever asks next catches up.
        if let Err(fault) = self.app.catch_up().await {
            tracing::warn!(%fault, "the keys and the registry couldn't be read again after a change");
        }
        Ok(())
    }
}

/// The members that differ, as they were and as they are. What is given holds no secret.
fn difference(before: &Value, after: &Value) -> Value {
    let (Value::Object(was), Value::Object(is)) = (before, after) else {
        let sides = [("before", before), ("after", after)].into_iter().filter(|(_, side)| !side.is_null());
        return sides.map(|(name, side)| (name.to_owned(), side.clone())).collect::<Map<_, _>>().into();
    };
    let differs = |name: &&String| *name != "updated_at" && was.get(*name) != is.get(*name);
    let of = |side: &Map<String, Value>| -> Map<String, Value> {
        let names = side.keys().filter(differs);
        names.filter_map(|name| Some((name.clone(), side.get(name)?.clone()))).collect()
    };
    json!({ "before": of(was), "after": of(is) })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_changed_is_written_down() {
        let was = json!({"name": "a", "scope": "x", "updated_at": 1, "gone": true});
        let is = json!({"name": "b", "scope": "x", "updated_at": 2, "new": [1]});
        let expected = json!({"before": {"name": "a", "gone": true}, "after": {"name": "b", "new": [1]}});
        assert_eq!(difference(&was, &is), expected);
        assert_eq!(difference(&Value::Null, &is), json!({ "after": is }));
        assert_eq!(difference(&was, &Value::Null), json!({ "before": was }));
    }
}
