//! How long a connection may keep us waiting for a request: `limits.header_read` for its head, `limits.idle` for the
//! first byte of one after an answer. hyper knows only one time for both, and asks its timer for it.

use super::wire::Seen;
use crate::config::Limits;
use hyper::rt::{Sleep, Timer};
use std::pin::Pin;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll};
use std::time::Duration;
use tokio::sync::Semaphore;
use tokio::time::Instant;

/// How much waiting the house can bear.
#[derive(Clone)]
pub(super) struct Room {
    seats: Arc<Semaphore>,
    half: usize,
    head: Duration,
    idle: Duration,
}

impl Room {
    pub(super) fn new(seats: Arc<Semaphore>, limits: &Limits) -> Self {
        Room { seats, half: limits.connections.div_ceil(2), head: limits.header_read, idle: limits.idle }
    }

    /// While half of the seats are taken, nobody keeps one for nothing.
    fn idle(&self) -> Duration {
        if self.seats.available_permits() >= self.half { self.idle } else { self.head.min(self.idle) }
    }
}

/// The timer of one connection: hyper starts it when it begins to wait for a head, and drops it when it has one. So the
/// runtime's own timer is kept beyond that: it is set for each connection, not for each request, and asked again when it rings.
pub(super) struct Patience {
    seen: Arc<Seen>,
    room: Room,
    /// Nothing was asked on this connection yet.
    new: AtomicBool,
    alarm: Arc<Mutex<Alarm>>,
}

impl Patience {
    pub(super) fn new(seen: Arc<Seen>, room: Room) -> Self {
        let alarm = Alarm { sleep: Box::pin(tokio::time::sleep(room.head)) };
        Patience { seen, room, new: AtomicBool::new(true), alarm: Arc::new(Mutex::new(alarm)) }
    }
}

impl Timer for Patience {
    fn sleep(&self, duration: Duration) -> Pin<Box<dyn Sleep>> {
        self.sleep_until((Instant::now() + duration).into())
    }

    fn sleep_until(&self, head: std::time::Instant) -> Pin<Box<dyn Sleep>> {
        // Who connects and says nothing has nothing to lose.
        let begun = self.new.swap(false, Ordering::Relaxed) || self.seen.begun();
        let head = Instant::from_std(head);
        let until = match begun {
            true => head,
            // `head` counts from now.
            false => head.checked_sub(self.room.head).unwrap_or(head) + self.room.idle(),
        };
        let (seen, alarm) = (Arc::clone(&self.seen), Arc::clone(&self.alarm));
        Box::pin(Waiting { until, seen, alarm, head: self.room.head, begun })
    }

    fn now(&self) -> std::time::Instant {
        Instant::now().into()
    }
}

/// Ends when the time is over that is right for what has come so far.
struct Waiting {
    until: Instant,
    seen: Arc<Seen>,
    alarm: Arc<Mutex<Alarm>>,
    head: Duration,
    begun: bool,
}

impl Future for Waiting {
    type Output = ();

    // Polled after each read that didn't bring the whole head.
    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()> {
        if !self.begun && self.seen.begun() {
            self.begun = true;
            self.until = Instant::now() + self.head;
        }
        self.alarm.lock().unwrap_or_else(PoisonError::into_inner).rings(self.until, cx)
    }
}

impl Sleep for Waiting {}

/// A timer that may ring too early, and then is set anew.
struct Alarm {
    sleep: Pin<Box<tokio::time::Sleep>>,
}

impl Alarm {
    fn rings(&mut self, until: Instant, cx: &mut Context<'_>) -> Poll<()> {
        if self.sleep.deadline() > until {
            self.sleep.as_mut().reset(until);
        }
        while self.sleep.as_mut().poll(cx).is_ready() {
            if self.sleep.deadline() >= until {
                return Poll::Ready(());
            }
            self.sleep.as_mut().reset(until);
        }
        Poll::Pending
    }
}
