//! Work that goes on whoever waits for it: one task for each key, joined by all who want the same, and waited for when the
//! process ends. Whoever asked may give up; the work doesn't.

use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use tokio::sync::watch;

/// What is under way in this process. Cloning shares it.
#[derive(Clone, Default)]
pub struct Flights(Arc<Shared>);

#[derive(Default)]
struct Shared {
    flying: Mutex<HashMap<String, watch::Receiver<()>>>,
    closed: AtomicBool,
    /// Told each time that something has landed.
    landed: tokio::sync::Notify,
}

/// Something that is under way.
pub struct Flight(watch::Receiver<()>);

impl Flight {
    /// Waits until it has landed, well or not; false when that takes longer.
    pub async fn landed(mut self, patience: Duration) -> bool {
        // The sender says nothing; it goes away with the task, if that panics too.
        tokio::time::timeout(patience, self.0.changed()).await.is_ok()
    }
}

/// Takes its flight from the list when the task ends, however it does.
struct Lands {
    flights: Flights,
    key: String,
    _sender: watch::Sender<()>,
}

impl Drop for Lands {
    fn drop(&mut self) {
        self.flights.list().remove(&self.key);
        self.flights.0.landed.notify_waiters();
    }
}

impl Flights {
    /// Joins what is under way for `key`, or begins it. None when nothing begins any more.
    pub fn join<W>(&self, key: &str, work: impl FnOnce() -> W) -> Option<Flight>
    where
        W: Future<Output = ()> + Send + 'static,
    {
        let mut flying = self.list();
        if let Some(flight) = flying.get(key) {
            return Some(Flight(flight.clone()));
        }
        if self.closed() {
            return None;
        }
        let (sender, receiver) = watch::channel(());
        flying.insert(key.to_owned(), receiver.clone());
        drop(flying);
        let lands = Lands { flights: self.clone(), key: key.to_owned(), _sender: sender };
        let work = work();
        tokio::spawn(async move {
            let _lands = lands;
            work.await;
        });
        Some(Flight(receiver))
    }

    /// What is under way for `key`.
    pub fn under_way(&self, key: &str) -> Option<Flight> {
        self.list().get(key).cloned().map(Flight)
    }

    /// How much is under way.
    pub fn count(&self) -> usize {
        self.list().len()
    }

    /// Begins nothing any more.
    pub fn close(&self) {
        self.0.closed.store(true, Ordering::SeqCst);
    }

    /// Whether nothing begins any more.
    pub fn closed(&self) -> bool {
        self.0.closed.load(Ordering::SeqCst)
    }

    /// Waits until nothing is under way; false when that takes longer.
    pub async fn all_landed(&self, patience: Duration) -> bool {
        let all = async {
            loop {
                let next = self.0.landed.notified();
                if self.count() == 0 {
                    return;
                }
                next.await;
            }
        };
        tokio::time::timeout(patience, all).await.is_ok()
    }

    fn list(&self) -> std::sync::MutexGuard<'_, HashMap<String, watch::Receiver<()>>> {
        self.0.flying.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::atomic::AtomicUsize;
    use tokio::sync::Notify;

    const LONG: Duration = Duration::from_secs(20);

    #[tokio::test]
    async fn many_join_one_and_all_see_it_land() {
        let (flights, go, begun) = (Flights::default(), Arc::new(Notify::new()), Arc::new(AtomicUsize::new(0)));
        let joined: Vec<Flight> = (0..50)
            .map(|_| {
                let (go, begun) = (Arc::clone(&go), Arc::clone(&begun));
                let work = move || async move {
                    begun.fetch_add(1, Ordering::SeqCst);
                    go.notified().await;
                };
                flights.join("a", work).expect("joins")
            })
            .collect();
        assert_eq!((flights.count(), flights.all_landed(Duration::from_millis(5)).await), (1, false));
        go.notify_one();
        for flight in joined {
            assert!(flight.landed(LONG).await);
        }
        assert!(flights.all_landed(LONG).await);
        assert_eq!((flights.count(), begun.load(Ordering::SeqCst)), (0, 1));
    }

    #[tokio::test]
    async fn who_gives_up_stops_nothing_and_what_is_closed_begins_nothing() {
        let (flights, go) = (Flights::default(), Arc::new(Notify::new()));
        let (wait, done) = (Arc::clone(&go), Arc::new(AtomicUsize::new(0)));
        let count = Arc::clone(&done);
        let work = move || async move {
            wait.notified().await;
            count.fetch_add(1, Ordering::SeqCst);
        };
        let flight = flights.join("a", work).expect("begins");
        assert!(!flight.landed(Duration::from_millis(5)).await);
        flights.close();
        assert!(flights.join("b", || async {}).is_none());
        assert!(flights.join("a", || async {}).is_some(), "what is under way can be joined");
        go.notify_one();
        assert!(flights.all_landed(LONG).await);
        assert_eq!(done.load(Ordering::SeqCst), 1);
    }

    #[tokio::test]
    async fn a_panic_lands_too() {
        let flights = Flights::default();
        let flight = flights.join("a", || async { panic!("as it must not") }).expect("begins");
        assert!(flight.landed(LONG).await);
        assert!(flights.join("a", || async {}).is_some());
    }
}
