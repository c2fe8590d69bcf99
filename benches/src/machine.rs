//! What the figures were measured on, as far as a reader has to know it.

use std::{fs, thread::available_parallelism};

/// Processor, cores, load and kernel.
#[must_use]
pub fn about() -> Vec<(&'static str, String)> {
    let mut about = Vec::new();
    let cpus = fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let model = cpus.lines().find_map(|line| line.strip_prefix("model name"));
    about.extend(model.map(|model| ("cpu", model.trim_start_matches(['\t', ' ', ':']).to_owned())));
    about.extend(available_parallelism().map(|cores| ("cores", cores.to_string())));
    let load = fs::read_to_string("/proc/loadavg").unwrap_or_default();
    about.extend(load.split_whitespace().next().map(|load| ("load before", load.to_owned())));
    let kernel = fs::read_to_string("/proc/sys/kernel/osrelease").unwrap_or_default();
    about.push(("kernel", kernel.trim().to_owned()));
    about
}
