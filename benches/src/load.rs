//! The closed loop: every connection asks again as soon as it has its answer.

use std::{
    cell::RefCell,
    collections::BTreeMap,
    net::SocketAddr,
    rc::Rc,
    sync::{
        Arc,
        atomic::{AtomicU8, Ordering},
    },
    thread,
    time::{Duration, Instant},
};

use tokio::{
    runtime::Builder,
    task::{LocalSet, yield_now},
    time::{sleep, timeout},
};

use crate::{
    connection::Connection,
    failure::{Failure, Fault},
    process::{self, Watched},
    scenario::Actor,
};

/// How long answers may still come in after the window has closed.
const PATIENCE: Duration = Duration::from_secs(10);
/// Memory moves slowly; reading it more often would cost the server its core.
const BETWEEN_LOOKS: Duration = Duration::from_millis(200);
/// A server that can't be reached is not asked a million times a second.
const AFTER_NO_ANSWER: Duration = Duration::from_millis(10);

/// How long to warm up and how long to measure.
#[derive(Clone, Copy)]
pub struct Plan {
    /// Load that is not counted.
    pub warmup: Duration,
    /// Load that is.
    pub window: Duration,
    /// Whether the generator never sleeps, so that no server pays for waking it. It needs a core of its own for that.
    pub awake: bool,
}

/// What one window showed.
pub struct Measured {
    /// How long the window really was.
    pub elapsed: Duration,
    /// The duration of every good operation in microseconds, ascending.
    pub latencies: Vec<u32>,
    /// Failed operations by class.
    pub errors: BTreeMap<String, u64>,
    /// CPU time of the watched processes in the window.
    pub cpu: Option<Duration>,
    /// CPU time of this process in the window.
    pub own_cpu: Option<Duration>,
    /// Resident bytes of the server before the load.
    pub resident_idle: Option<u64>,
    /// The most resident bytes seen during the load.
    pub resident_peak: Option<u64>,
}

#[derive(Default)]
struct Tally {
    latencies: Vec<u32>,
    errors: BTreeMap<String, u64>,
}

/// Where the run is; the generator looks at it between two operations.
struct Phase(AtomicU8);

impl Phase {
    const WARMUP: u8 = 0;
    const WINDOW: u8 = 1;
    const OVER: u8 = 2;

    fn is(&self, phase: u8) -> bool {
        self.0.load(Ordering::Relaxed) == phase
    }

    fn becomes(&self, phase: u8) {
        self.0.store(phase, Ordering::Relaxed);
    }
}

/// Lets `actors` loose on `address`, one connection each, and measures one window.
///
/// The generator has a thread of its own; this one only keeps time and reads `/proc`, so that a
/// busy loop can't delay the readings.
///
/// # Errors
/// When the generator can't be started.
pub fn drive(address: SocketAddr, actors: Vec<Actor>, plan: Plan, watched: &Watched) -> Result<Measured, Fault> {
    let server = watched.server();
    let resident_idle = process::resident(&server);
    let phase = Arc::new(Phase(AtomicU8::new(Phase::WARMUP)));
    let generator = thread::spawn({
        let phase = Arc::clone(&phase);
        move || generate(address, actors, phase, plan.awake)
    });
    thread::sleep(plan.warmup);

    let (cpu, own_cpu) = (watched.cpu(), process::own_cpu());
    let begun = Instant::now();
    phase.becomes(Phase::WINDOW);
    let mut resident_peak = resident_idle;
    while let Some(left) = plan.window.checked_sub(begun.elapsed()) {
        thread::sleep(left.min(BETWEEN_LOOKS));
        resident_peak = resident_peak.max(process::resident(&server));
    }
    phase.becomes(Phase::OVER);
    let elapsed = begun.elapsed();
    let used = |before: Option<Duration>, after: Option<Duration>| Some(after?.saturating_sub(before?));
    let (cpu, own_cpu) = (used(cpu, watched.cpu()), used(own_cpu, process::own_cpu()));

    let tally = generator.join().map_err(|_| "the generator panicked")??;
    let mut latencies = tally.latencies;
    latencies.sort_unstable();
    Ok(Measured { elapsed, latencies, errors: tally.errors, cpu, own_cpu, resident_idle, resident_peak })
}

fn generate(address: SocketAddr, actors: Vec<Actor>, phase: Arc<Phase>, awake: bool) -> Result<Tally, Fault> {
    let runtime = Builder::new_current_thread().enable_all().build()?;
    let tally = Rc::new(RefCell::new(Tally::default()));
    let mut tasks = LocalSet::new();
    for actor in actors {
        let connection = Connection::to(address);
        tasks.spawn_local(repeat(actor, connection, Arc::clone(&phase), Rc::clone(&tally)));
    }
    if awake {
        let phase = Arc::clone(&phase);
        tasks.spawn_local(async move {
            while !phase.is(Phase::OVER) {
                yield_now().await;
            }
        });
    }
    let answered = runtime.block_on(async {
        while !phase.is(Phase::OVER) {
            if timeout(BETWEEN_LOOKS, &mut tasks).await.is_ok() {
                return true;
            }
        }
        timeout(PATIENCE, &mut tasks).await.is_ok()
    });
    if !answered {
        tally.borrow_mut().count("no answer in time".to_owned());
    }
    Ok(tally.take())
}

async fn repeat(mut actor: Actor, mut connection: Connection, phase: Arc<Phase>, tally: Rc<RefCell<Tally>>) {
    while !phase.is(Phase::OVER) {
        let begun = Instant::now();
        let outcome = actor.once(&mut connection).await;
        let took = begun.elapsed();
        let counts = phase.is(Phase::WINDOW);
        match outcome {
            Ok(()) if counts => {
                let micros = u32::try_from(took.as_micros()).unwrap_or(u32::MAX);
                tally.borrow_mut().latencies.push(micros);
            }
            Ok(()) => {}
            Err(failure) => {
                if counts {
                    tally.borrow_mut().count(failure.class());
                }
                if matches!(failure, Failure::Transport(_)) {
                    sleep(AFTER_NO_ANSWER).await;
                }
            }
        }
    }
}

impl Tally {
    fn count(&mut self, class: String) {
        *self.errors.entry(class).or_default() += 1;
    }
}
