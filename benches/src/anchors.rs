//! What this machine can do at most, measured in the same run as the server.
//!
//! Shared machines swing sevenfold from minute to minute. A figure beside the limit that the same
//! minute allowed still means something tomorrow.

use std::{collections::BTreeMap, path::Path, time::Duration};

use crate::{
    facts::Facts,
    failure::Fault,
    load::{self, Plan},
    process::Watched,
    scenario::{Actor, Repeat},
};

pub mod database;
pub mod disk;
pub mod http;
pub mod signatures;

/// All anchors of one round.
pub struct Anchors {
    /// Bare HTTP by number of connections.
    pub http: BTreeMap<usize, Http>,
    /// Signatures per core-second by algorithm.
    pub signatures: Vec<(&'static str, f64)>,
    /// `fdatasync` of one 8 kB write, per second.
    pub syncs: f64,
    /// Single-statement commits one by one, per second.
    pub commits: f64,
    /// Reads of one row by primary key, one by one, per second.
    pub reads: f64,
}

/// What axum alone does with as many connections.
pub struct Http {
    /// H: a form POST answered with about 260 bytes of JSON.
    pub form_post: Facts,
    /// G: a GET answered with bytes that lie ready.
    pub prerendered_get: Facts,
}

/// One line of the report.
pub struct Figure {
    /// What was measured.
    pub name: String,
    /// In what it is counted.
    pub unit: &'static str,
    /// How much.
    pub value: f64,
}

/// Measures all anchors, each for `each`.
///
/// # Errors
/// When one of them can't be set up.
pub fn measure(
    connections: &[usize],
    each: Duration,
    directory: &Path,
    database: &mut database::Probe,
) -> Result<Anchors, Fault> {
    let server = http::Child::start()?;
    let watched = Watched::new(vec![server.pid()])?;
    let plan = Plan { warmup: each / 4, window: each, awake: false };
    let mut http = BTreeMap::new();
    for &connections in connections {
        let drive = |request: Vec<u8>, expect| -> Result<Facts, Fault> {
            let repeat = Repeat { request: request.into(), expect };
            let actors = vec![repeat; connections];
            let actors = actors.into_iter().map(Actor::Repeat).collect();
            load::drive(server.address(), actors, plan, &watched).map(|seen| Facts::of(&seen))
        };
        http.insert(
            connections,
            Http {
                form_post: drive(http::form_post(), Some("access_token"))?,
                prerendered_get: drive(http::prerendered_get(), None)?,
            },
        );
    }
    Ok(Anchors {
        http,
        signatures: signatures::measure(each / 2)?,
        syncs: disk::syncs_per_second(directory, each)?,
        commits: database.commits_per_second(each)?,
        reads: database.reads_per_second(each / 2)?,
    })
}

impl Anchors {
    /// H for `connections`, per core-second.
    #[must_use]
    pub fn form_posts(&self, connections: usize) -> Option<f64> {
        self.http.get(&connections)?.form_post.per_core_second
    }

    /// Every anchor as a line of the report.
    #[must_use]
    pub fn figures(&self) -> Vec<Figure> {
        let mut figures = Vec::new();
        let mut add = |name: String, unit, value: Option<f64>| {
            figures.extend(value.map(|value| Figure { name, unit, value }));
        };
        for (connections, http) in &self.http {
            for (what, facts) in
                [("H bare form POST", &http.form_post), ("G bare prerendered GET", &http.prerendered_get)]
            {
                let name = format!("{what}, c={connections}");
                add(name.clone(), "/s", Some(facts.per_second));
                add(name, "/core-s", facts.per_core_second);
            }
        }
        for (algorithm, rate) in &self.signatures {
            add(format!("S sign {algorithm}"), "/core-s", Some(*rate));
        }
        add("F fdatasync of 8 kB".to_owned(), "/s", Some(self.syncs));
        add("W commits one by one".to_owned(), "/s", Some(self.commits));
        add("R point reads one by one".to_owned(), "/s", Some(self.reads));
        figures
    }
}
