//! Client ID metadata documents (draft-ietf-oauth-client-id-metadata-document): a `client_id` that is a URL, where the
//! client says what it is. No row is kept of it; grants and consents name the URL.

mod document;
mod identifier;
pub mod store;

use super::{Client, Metadata};
use crate::app::{App, Unfetched};
use crate::base::Time;
use crate::base::id::ClientId;
use crate::config::{Cimd, CimdPolicy};
use crate::db::Fault;
use crate::outbound::Wanted;
use std::sync::Arc;
use std::time::Duration;

pub use identifier::is_document;

/// §4.1 recommends that at most this be read.
const MOST_BYTES: usize = 5 * 1024;
static DOCUMENT: Wanted =
    Wanted { what: "client document", accept: "application/json", most: MOST_BYTES, is: document::names_itself };

/// Why the document of a `client_id` can't be used. The words are for the developer of the client; they say nothing of how
/// a request failed, since anyone may name any URL.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Unusable {
    /// It isn't one of those URLs.
    Identifier(&'static str),
    /// Not on the domains that are trusted here.
    Untrusted,
    /// Too much is being fetched.
    Busy,
    /// It couldn't be fetched.
    Unfetched,
    /// Its server says that there is none.
    Gone,
    /// What it says can't be accepted: the member, empty for the whole, and why.
    Document(String, String),
}

impl Unusable {
    /// What is wrong and what to do.
    pub fn in_words(&self) -> String {
        match self {
            Unusable::Identifier(why) => format!("client_id {why}"),
            Unusable::Untrusted => "this server takes documents of other domains only".to_owned(),
            Unusable::Busy => "too many client documents are being fetched; try again in a minute".to_owned(),
            Unusable::Unfetched | Unusable::Gone => {
                "the document at client_id could not be fetched: it must be there (status 200, no redirect) as \
                 application/json, at most 5 KiB, one JSON object whose client_id is that URL"
            }
            .to_owned(),
            Unusable::Document(field, why) if field.is_empty() => format!("invalid_client_metadata: {why}"),
            Unusable::Document(field, why) => format!("invalid_client_metadata: {field}: {why}"),
        }
    }
}

/// What is known of a `client_id` that is a URL.
pub enum Found {
    /// The client as its document describes it.
    Client(Arc<Client>),
    /// It is none: URLs aren't here, or this one is blocked.
    Nobody,
    /// It can't be used.
    Unusable(Unusable),
}

/// A client as its document said, and until when that is believed.
struct Read {
    client: Arc<Client>,
    read_at: Time,
    fresh_until: Time,
    stale_until: Time,
}

/// The client at this URL: from memory, or fetched.
pub async fn find(app: &App, id: &str) -> Result<Found, Fault> {
    if app.config.cimd == Cimd::Off {
        return Ok(Found::Nobody);
    }
    if let Err(why) = trusted(app, id) {
        return Ok(Found::Unusable(why));
    }
    if blocked(app, id).await? {
        return Ok(Found::Nobody);
    }
    match read(app, id, app.now()).await {
        Ok(client) => {
            app.sightings.note(id, &client.metadata.client_name, app.now());
            Ok(Found::Client(client))
        }
        Err(why) => Ok(Found::Unusable(why)),
    }
}

/// What a client at this URL may be, without asking it: where its tokens are shown, nobody waits for its document.
/// `None` when it may be nothing at all (any more).
pub fn standing(app: &App, id: &str) -> Option<Metadata> {
    let trusted = app.config.cimd != Cimd::Off && trusted(app, id).is_ok();
    trusted.then(|| document::within(&app.config.cimd_policy))
}

/// The client at this URL as its document said, if that is remembered and still believed. Nobody is asked.
pub fn remembered(app: &App, id: &str) -> Option<Arc<Client>> {
    let now = app.now();
    let known = app.documents.recall::<Read>(id).filter(|known| known.read_at <= now && now < known.stale_until)?;
    Some(known.client.clone())
}

/// The form of the identifier, and the domain.
fn trusted(app: &App, id: &str) -> Result<(), Unusable> {
    let host = identifier::host(id).map_err(Unusable::Identifier)?;
    // Plain http is for this very machine, and only where the settings allow to reach it.
    if app.outbound.check(id).is_err() {
        return Err(Unusable::Identifier("must be an https URL with a public host on port 443"));
    }
    let listed = || crate::config::host_among(&app.config.cimd_policy.allow, &host);
    match app.config.cimd == Cimd::On || listed() {
        true => Ok(()),
        false => Err(Unusable::Untrusted),
    }
}

async fn read(app: &App, id: &str, now: Time) -> Result<Arc<Client>, Unusable> {
    let known = app.documents.recall::<Read>(id).filter(|known| known.read_at <= now);
    if let Some(known) = known.as_ref().filter(|known| now < known.fresh_until) {
        return Ok(known.client.clone());
    }
    let fetched = match app.documents.fetch(id, &DOCUMENT, now).await {
        Ok(fetched) => fetched,
        Err(why) => return stale(app, id, known, &why, now),
    };
    // §4.2: what can't be used is never kept, and what it said before is no longer true.
    let client = document::client(app, id, &fetched, now).inspect_err(|why| {
        tracing::info!(client = id, why = why.in_words(), "a client's document can't be used");
        app.documents.drop_kept::<Read>(id);
    })?;
    let client = Arc::new(client);
    let policy = &app.config.cimd_policy;
    let fresh_until = now + kept_for(policy, fetched.lives);
    let read = Read { client: client.clone(), read_at: now, fresh_until, stale_until: fresh_until + policy.keep_stale };
    app.documents.keep(id, fetched.body.len(), Arc::new(read));
    Ok(client)
}

/// What its headers say, within what we mean.
fn kept_for(policy: &CimdPolicy, lives: Option<Duration>) -> Duration {
    lives.unwrap_or(policy.keep_least).clamp(policy.keep_least, policy.keep_most)
}

/// A document that can't be fetched again is believed for a while; one that is gone isn't.
fn stale(app: &App, id: &str, known: Option<Arc<Read>>, why: &Unfetched, now: Time) -> Result<Arc<Client>, Unusable> {
    tracing::info!(client = id, ?why, "a client's document couldn't be fetched");
    if *why == Unfetched::Gone {
        app.documents.drop_kept::<Read>(id);
        return Err(Unusable::Gone);
    }
    match known.filter(|known| now < known.stale_until) {
        Some(known) => {
            // Not with every request again.
            let fresh_until = (now + app.config.cimd_policy.keep_least).min(known.stale_until);
            let read = Read { client: known.client.clone(), fresh_until, ..*known };
            app.documents.keep(id, MOST_BYTES, Arc::new(read));
            Ok(known.client.clone())
        }
        None if *why == Unfetched::Busy => Err(Unusable::Busy),
        None => Err(Unusable::Unfetched),
    }
}

/// Whether an administrator has blocked it; remembered until the registry changes.
struct Blocked(bool);

async fn blocked(app: &App, id: &str) -> Result<bool, Fault> {
    if let Some(known) = app.memory.recall::<Blocked>(id) {
        return Ok(known.0);
    }
    let epoch = app.memory.epoch();
    let blocked = store::is_blocked(&app.db, &ClientId::from(id)).await?;
    app.memory.keep(id, epoch, Arc::new(Blocked(blocked)));
    Ok(blocked)
}
