//! proc(5): CPU time and memory of the processes under load, with all their children.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    time::Duration,
};

use crate::failure::Fault;

/// One clock tick of `/proc/<pid>/stat`. `getconf CLK_TCK` has said 100 on every Linux since 2.6:
/// the kernel rescales to `USER_HZ` whatever its own timer runs at.
const TICK: Duration = Duration::from_millis(10);
/// `/proc/<pid>/statm` counts pages of this size on x86-64 and on most arm64 kernels.
const PAGE: u64 = 4096;

/// The processes that are charged for the work, as named on the command line.
#[derive(Clone, Default)]
pub struct Watched {
    roots: Vec<u32>,
}

impl Watched {
    /// Watches `roots` and whatever they start. The first is the server itself: its memory is
    /// told alone, for a database's shared pages would be counted once per process.
    ///
    /// # Errors
    /// When one of them does not run.
    pub fn new(roots: Vec<u32>) -> Result<Self, Fault> {
        for root in &roots {
            Stat::of(*root).ok_or_else(|| format!("there is no process {root}"))?;
        }
        Ok(Self { roots })
    }

    /// CPU time (user and system) used so far by all of them, or nothing when none are watched.
    ///
    /// The time of children that were waited for is in their parent's figure, so a child that
    /// ends between two readings is not lost.
    #[must_use]
    pub fn cpu(&self) -> Option<Duration> {
        let ticks = family(&self.roots)
            .into_iter()
            .filter_map(Stat::of)
            .map(|stat| stat.own_ticks + stat.waited_for_ticks)
            .reduce(|sum, ticks| sum + ticks)?;
        u32::try_from(ticks).ok().map(|ticks| TICK * ticks)
    }

    /// The processes whose memory is told: the first and its children, as they are now.
    #[must_use]
    pub fn server(&self) -> Vec<u32> {
        let first = self.roots.get(..1).unwrap_or_default();
        family(first).into_iter().collect()
    }
}

/// Resident memory of `pids` together, in bytes.
#[must_use]
pub fn resident(pids: &[u32]) -> Option<u64> {
    pids.iter()
        .filter_map(|pid| {
            let statm = fs::read_to_string(format!("/proc/{pid}/statm")).ok()?;
            let pages: u64 = statm.split_whitespace().nth(1)?.parse().ok()?;
            Some(pages * PAGE)
        })
        .reduce(|sum, bytes| sum + bytes)
}

/// CPU time of this process alone: what the generator itself costs.
#[must_use]
pub fn own_cpu() -> Option<Duration> {
    let stat = Stat::of(std::process::id())?;
    u32::try_from(stat.own_ticks).ok().map(|ticks| TICK * ticks)
}

/// CPU time of the calling thread to the nanosecond, where the kernel keeps that account.
#[must_use]
pub fn thread_cpu() -> Option<Duration> {
    let account = fs::read_to_string("/proc/thread-self/schedstat").ok()?;
    let nanoseconds = account.split_whitespace().next()?.parse().ok()?;
    Some(Duration::from_nanos(nanoseconds))
}

fn family(roots: &[u32]) -> BTreeSet<u32> {
    let mut children: BTreeMap<u32, Vec<u32>> = BTreeMap::new();
    for pid in running() {
        if let Some(stat) = Stat::of(pid) {
            children.entry(stat.parent).or_default().push(pid);
        }
    }
    let mut members = BTreeSet::new();
    let mut waiting = roots.to_vec();
    while let Some(pid) = waiting.pop() {
        if members.insert(pid) {
            waiting.extend(children.get(&pid).into_iter().flatten());
        }
    }
    members
}

fn running() -> impl Iterator<Item = u32> {
    fs::read_dir("/proc").into_iter().flatten().filter_map(|entry| entry.ok()?.file_name().to_str()?.parse().ok())
}

struct Stat {
    parent: u32,
    own_ticks: u64,
    waited_for_ticks: u64,
}

impl Stat {
    fn of(pid: u32) -> Option<Self> {
        Self::parse(&fs::read_to_string(format!("/proc/{pid}/stat")).ok()?)
    }

    fn parse(line: &str) -> Option<Self> {
        // The program's name stands in brackets and may itself hold spaces and brackets.
        let (_, fields) = line.rsplit_once(')')?;
        let fields: Vec<&str> = fields.split_whitespace().collect();
        let number = |index: usize| fields.get(index)?.parse::<u64>().ok();
        Some(Self {
            parent: fields.get(1)?.parse().ok()?,
            own_ticks: number(11)? + number(12)?,
            waited_for_ticks: number(13)? + number(14)?,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn proc5_stat_is_read_behind_a_name_with_brackets() {
        let stat = Stat::parse("7 (a) b)) S 3 7 7 0 -1 4194560 1 2 3 4 50 60 7 8 20 0 1 0 99").unwrap();
        assert_eq!(stat.parent, 3);
        assert_eq!(stat.own_ticks, 110);
        assert_eq!(stat.waited_for_ticks, 15);
    }

    #[test]
    fn this_process_uses_memory_and_time() {
        assert!(resident(&[std::process::id()]).unwrap() > 0);
        assert!(own_cpu().is_some());
    }
}
