//! Documents that strangers name and we must fetch: one request at a time for each, few for one origin, few in all, and
//! what is kept of them has a bound. Whoever names a thousand gets a few.

use super::Attempts;
use crate::base::{Time, uri};
use crate::outbound::{Fetched, Outbound, Wanted};
use quick_cache::Weighter;
use quick_cache::sync::Cache;
use std::any::{Any, TypeId};
use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use tokio::sync::watch;

/// Fetches a minute from one origin.
const OF_ORIGIN: u32 = 60;
/// Fetches a minute of all origins.
const IN_ALL: u32 = 600;
/// Fetches of one origin at once.
const AT_ONCE: usize = 8;
/// Fetches at once.
const AT_ONCE_IN_ALL: usize = 64;
/// The most bytes of what is kept, roughly.
const KEPT: u64 = 16 * 1024 * 1024;
/// What an entry weighs beside the bytes that its owner counts.
const ENTRY: u64 = 2048;

/// Why there is no document.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Unfetched {
    /// Too much is being fetched; nobody was asked.
    Busy,
    /// The server is there, and says that there is none or serves something else.
    Gone,
    /// It couldn't be had; the text is for the log.
    Failed(String),
}

/// What is being fetched: those who want the same wait for one answer.
type Outcome = Result<Arc<Fetched>, Unfetched>;
type Flight = watch::Receiver<Option<Outcome>>;
type Kept = Arc<dyn Any + Send + Sync>;

/// Weighs what is kept.
#[derive(Clone)]
struct Bytes;

impl Weighter<(TypeId, String), (u64, Kept)> for Bytes {
    fn weight(&self, _: &(TypeId, String), (bytes, _): &(u64, Kept)) -> u64 {
        bytes.saturating_add(ENTRY)
    }
}

/// One request.
struct Ask {
    key: String,
    url: String,
    wanted: &'static Wanted,
}

/// The fetching, and what is kept. Cloning shares it.
#[derive(Clone)]
pub struct Documents(Arc<Inner>);

struct Inner {
    outbound: Outbound,
    /// By URL and what may come of it, with the origin.
    flights: Mutex<HashMap<String, (String, Flight)>>,
    of_origin: Attempts,
    in_all: Attempts,
    fetches: AtomicU64,
    kept: Cache<(TypeId, String), (u64, Kept), Bytes>,
}

impl Documents {
    /// Fetches through this client.
    pub fn new(outbound: Outbound) -> Self {
        let kept = Cache::with_weighter(usize::try_from(KEPT / ENTRY).unwrap_or(usize::MAX), KEPT, Bytes);
        Documents(Arc::new(Inner {
            outbound,
            flights: Mutex::default(),
            of_origin: Attempts::new(OF_ORIGIN),
            in_all: Attempts::new(IN_ALL),
            fetches: AtomicU64::new(0),
            kept,
        }))
    }

    /// The document at `url`. Nothing is kept of it here, least of all a failure, which takes as long as `outbound.patience`.
    pub async fn fetch(&self, url: &str, wanted: &'static Wanted, now: Time) -> Outcome {
        let mut flight = self.board(url, wanted, now)?;
        let landed = flight.wait_for(Option::is_some).await.ok().and_then(|outcome| outcome.clone());
        landed.unwrap_or_else(|| Err(Unfetched::Failed("whoever fetched it has gone".to_owned())))
    }

    /// How many requests have been made.
    pub fn fetches(&self) -> u64 {
        self.0.fetches.load(Ordering::Relaxed)
    }

    /// What is kept under `key`.
    pub fn recall<T: Any + Send + Sync>(&self, key: &str) -> Option<Arc<T>> {
        let (_, kept) = self.0.kept.get(&(TypeId::of::<T>(), key.to_owned()))?;
        kept.downcast::<T>().ok()
    }

    /// Keeps what was made of a document of so many bytes, for as long as there is room.
    pub fn keep<T: Any + Send + Sync>(&self, key: &str, bytes: usize, made: Arc<T>) {
        let weight = u64::try_from(bytes).unwrap_or(u64::MAX);
        self.0.kept.insert((TypeId::of::<T>(), key.to_owned()), (weight, made));
    }

    /// Keeps it no longer.
    pub fn drop_kept<T: Any + Send + Sync>(&self, key: &str) {
        self.0.kept.remove(&(TypeId::of::<T>(), key.to_owned()));
    }

    /// Entries, and what they weigh.
    pub fn weight(&self) -> (usize, u64) {
        (self.0.kept.len(), self.0.kept.weight())
    }

    /// Joins the request that is under way, or sends one off, if it may be.
    fn board(&self, url: &str, wanted: &'static Wanted, now: Time) -> Result<Flight, Unfetched> {
        let origin = uri::origin(url).unwrap_or_default();
        let mut flights = self.0.flights.lock().unwrap_or_else(PoisonError::into_inner);
        let full = flights.len() >= AT_ONCE_IN_ALL
            || flights.values().filter(|(other, _)| *other == origin).count() >= AT_ONCE;
        // Whoever wants something else must not get this.
        let key = format!("{} {url}", wanted.what);
        match flights.entry(key.clone()) {
            Entry::Occupied(under_way) => Ok(under_way.get().1.clone()),
            Entry::Vacant(_) if full || !self.may(&origin, now) => Err(Unfetched::Busy),
            Entry::Vacant(room) => {
                let (landed, flight) = watch::channel(None);
                room.insert((origin, flight.clone()));
                // On its own: whoever wanted it first may hang up.
                let ask = Ask { key, url: url.to_owned(), wanted };
                tokio::spawn(self.clone().go(ask, landed));
                Ok(flight)
            }
        }
    }

    fn may(&self, origin: &str, now: Time) -> bool {
        let Inner { of_origin, in_all, .. } = &*self.0;
        let may = !of_origin.exhausted(origin, now) && !in_all.exhausted("", now);
        if may {
            of_origin.count(origin, now);
            in_all.count("", now);
        }
        may
    }

    async fn go(self, ask: Ask, landed: watch::Sender<Option<Outcome>>) {
        self.0.fetches.fetch_add(1, Ordering::Relaxed);
        let outcome = match self.0.outbound.get(&ask.url, ask.wanted).await {
            Ok(fetched) => Ok(Arc::new(fetched)),
            Err(why) if why.gone() => Err(Unfetched::Gone),
            Err(why) => Err(Unfetched::Failed(why.detail().to_owned())),
        };
        self.0.flights.lock().unwrap_or_else(PoisonError::into_inner).remove(&ask.key);
        // Nobody may be waiting any more.
        let _ = landed.send(Some(outcome));
    }
}
