//! One run: round by round the anchors, then every scenario, so that both see the same weather.

use std::{
    fs,
    path::{Path, PathBuf},
    sync::Arc,
    time::Duration,
};

use tokio::runtime::{Builder, Runtime};

use crate::{
    anchors::{self, Anchors, database::Probe},
    arguments::{Arguments, Database},
    facts::Facts,
    failure::Fault,
    load::{self, Plan},
    machine,
    prepare::Stage,
    process::Watched,
    report::{Report, Row},
    scenario::Scenario,
    target::{Reach, Target},
};

/// Faster than any disk: the anchors were written to memory.
const NO_DISK_SYNCS_SO_FAST: f64 = 60_000.0;
/// From here on the generator holds the server up.
const GENERATOR_IS_FULL: f64 = 0.9;

/// Measures what `arguments` ask for.
///
/// # Errors
/// When the server can't be found, nobody can sign in, or an anchor can't be set up.
pub fn run(arguments: &Arguments) -> Result<Report, Fault> {
    let scratch = Scratch::below(&arguments.anchor_dir)?;
    let mut bench = match arguments.anchors_only {
        true => None,
        false => Some(Bench::open(arguments)?),
    };
    let mut database = match &arguments.database {
        Database::Sqlite => Probe::sqlite(&scratch.0)?,
        Database::Postgres(url) => Probe::postgres(url)?,
    };
    let mut report = Report {
        about: about(arguments),
        anchors: Vec::new(),
        rows: Vec::new(),
        peers: arguments.peer.clone(),
        notes: Vec::new(),
    };
    let mut rows = bench.iter().flat_map(Bench::rows).collect::<Vec<_>>();
    for round in 1..=arguments.rounds {
        eprintln!("round {round} of {}: anchors", arguments.rounds);
        let each = Duration::from_secs(arguments.anchor_seconds);
        let connections = arguments.connections();
        let anchors = anchors::measure(&connections, each, &scratch.0, &mut database)?;
        for row in rows.iter_mut().filter(|row| row.refused.is_none()) {
            eprintln!("round {round}: {} c={}", row.scenario.name(), row.connections);
            if let Some(bench) = &mut bench {
                bench.measure(row, &anchors, &mut database)?;
            }
        }
        report.anchors.push(anchors);
    }
    report.rows = rows;
    report.notes = notes(&report, arguments);
    Ok(report)
}

/// A server with a stage that is set, ready for load.
struct Bench<'a> {
    arguments: &'a Arguments,
    runtime: Runtime,
    target: Arc<Target>,
    stage: Stage,
    watched: Watched,
}

impl<'a> Bench<'a> {
    fn open(arguments: &'a Arguments) -> Result<Self, Fault> {
        let issuer = arguments.issuer.as_ref().ok_or("no issuer")?;
        let reach = match arguments.allow_remote {
            true => Reach::Anywhere,
            false => Reach::Loopback,
        };
        let watched = Watched::new(arguments.pid.clone())?;
        let runtime = Builder::new_current_thread().enable_all().build()?;
        let discovered = Target::discover(issuer, arguments.client()?, reach);
        let target = Arc::new(runtime.block_on(discovered)?);
        let stage = runtime.block_on(Stage::set(Arc::clone(&target), arguments.person(), arguments.get()))?;
        Ok(Self { arguments, runtime, target, stage, watched })
    }

    fn rows(&self) -> Vec<Row> {
        let mut rows = Vec::new();
        for scenario in self.arguments.scenarios() {
            if !self.stage.allows(scenario) && !self.arguments.insists_on(scenario) {
                continue;
            }
            rows.extend(self.arguments.connections().into_iter().map(|connections| Row {
                scenario,
                connections,
                rounds: Vec::new(),
                errors: Default::default(),
                refused: None,
            }));
        }
        rows
    }

    fn measure(&mut self, row: &mut Row, anchors: &Anchors, database: &mut Probe) -> Result<(), Fault> {
        let actors = self.stage.actors(row.scenario, row.connections);
        let actors = match self.runtime.block_on(actors) {
            Ok(actors) => actors,
            Err(why) => {
                row.refused = Some(why.to_string());
                return Ok(());
            }
        };
        let plan = Plan {
            warmup: Duration::from_secs(self.arguments.warmup),
            window: Duration::from_secs(self.arguments.seconds),
            awake: false,
        };
        // The disk's rate moves within minutes, so W is taken on both sides of the window.
        let before = self.commits(row.scenario, database)?;
        let seen = load::drive(self.target.address, actors, plan, &self.watched)?;
        let after = self.commits(row.scenario, database)?;
        row.rounds.push(Facts {
            h: anchors.form_posts(row.connections),
            w: before.zip(after).map(|(before, after)| (before + after) / 2.0),
            ..Facts::of(&seen)
        });
        for (class, count) in seen.errors {
            *row.errors.entry(class).or_default() += count;
        }
        Ok(())
    }

    fn commits(&self, scenario: Scenario, database: &mut Probe) -> Result<Option<f64>, Fault> {
        if !scenario.commits() {
            return Ok(None);
        }
        let each = Duration::from_secs(self.arguments.anchor_seconds) / 2;
        database.commits_per_second(each).map(Some)
    }
}

fn about(arguments: &Arguments) -> Vec<(&'static str, String)> {
    let database = match arguments.database {
        Database::Sqlite => "sqlite (WAL, synchronous=FULL)",
        Database::Postgres(_) => "postgresql",
    };
    let mut about = machine::about();
    about.extend(arguments.issuer.as_ref().map(|issuer| ("issuer", issuer.to_string())));
    about.push(("anchor database", database.to_owned()));
    about.push((
        "windows",
        format!("{} s after {} s, {} round(s)", arguments.seconds, arguments.warmup, arguments.rounds),
    ));
    about
}

fn notes(report: &Report, arguments: &Arguments) -> Vec<String> {
    let mut notes = Vec::new();
    if report.anchors.iter().any(|anchors| anchors.syncs > NO_DISK_SYNCS_SO_FAST) {
        notes.push("the anchors were not written to a disk; choose another --anchor-dir".into());
    }
    if !report.rows.is_empty() && arguments.pid.is_empty() {
        notes.push("without --pid there is no CPU, no memory and no ratio to H".into());
    }
    let mut facts = report.rows.iter().flat_map(|row| &row.rounds);
    if facts.any(|facts| facts.generator.is_some_and(|share| share > GENERATOR_IS_FULL)) {
        notes.push("where gen nears 1 the generator is the limit: read ops/core-s there".into());
    }
    if arguments.person().is_none() && !arguments.anchors_only {
        notes.push("without --user-email there is no userinfo, refresh or code-flow".into());
    }
    notes
}

/// A directory of our own on the disk in question, removed in the end.
struct Scratch(PathBuf);

impl Scratch {
    fn below(directory: &Path) -> Result<Self, Fault> {
        let path = directory.join(format!(".symbolon-bench-{}", std::process::id()));
        fs::create_dir(&path).map_err(|error| format!("--anchor-dir: {error}"))?;
        Ok(Self(path))
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        if let Err(error) = fs::remove_dir_all(&self.0) {
            eprintln!("{} is left behind: {error}", self.0.display());
        }
    }
}
