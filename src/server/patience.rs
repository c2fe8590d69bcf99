//! How long a connection may keep us waiting for a request: `limits.header_read` for its head, `limits.idle` for the
//! first byte of one after an answer. hyper knows only one time for both, and asks its timer for it.

use super::wire::Seen;
use crate::config::Limits;
use hyper::rt::{Sleep, Timer};
use pin_project_lite::pin_project;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
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

/// The timer of one connection: hyper starts it when it begins to wait for a head, and drops it when it has one.
pub(super) struct Patience {
    seen: Arc<Seen>,
    room: Room,
    /// Nothing was asked on this connection yet.
    new: AtomicBool,
}

impl Patience {
    pub(super) fn new(seen: Arc<Seen>, room: Room) -> Self {
        Patience { seen, room, new: AtomicBool::new(true) }
    }
}

impl Timer for Patience {
    fn sleep(&self, duration: Duration) -> Pin<Box<dyn Sleep>> {
        self.sleep_until((Instant::now() + duration).into())
    }

    fn sleep_until(&self, head: std::time::Instant) -> Pin<Box<dyn Sleep>> {
        // Who connects and says nothing has nothing to lose.
        let begun = self.new.swap(false, Ordering::Relaxed) || self.seen.begun();
        let until = if begun { head.into() } else { Instant::now() + self.room.idle() };
        let sleep = tokio::time::sleep_until(until);
        Box::pin(Waiting { sleep, seen: Arc::clone(&self.seen), head: self.room.head, begun })
    }

    fn now(&self) -> std::time::Instant {
        Instant::now().into()
    }
}

pin_project! {
    /// Ends when the time is over that is right for what has come so far.
    struct Waiting {
        #[pin]
        sleep: tokio::time::Sleep,
        seen: Arc<Seen>,
        head: Duration,
        begun: bool,
    }
}

impl Future for Waiting {
    type Output = ();

    // Polled after each read that didn't bring the whole head.
    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()> {
        let mut this = self.project();
        if !*this.begun && this.seen.begun() {
            *this.begun = true;
            this.sleep.as_mut().reset(Instant::now() + *this.head);
        }
        this.sleep.poll(cx)
    }
}

impl Sleep for Waiting {}
