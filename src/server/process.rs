//! What a serving process asks of the system before it begins: that its memory is nobody's, and files for its sockets.

use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};

/// Files beside the sockets of clients: the database, the log, what we fetch from elsewhere.
const SPARE: u64 = 128;

/// No core dump, and no other process of the same user that reads our memory or environment (security.md LS-06, LS-03).
/// Keys and passwords pass through both.
pub fn keep_to_itself() -> std::io::Result<()> {
    setrlimit(Resource::Core, Rlimit { current: Some(0), maximum: Some(0) })?;
    #[cfg(target_os = "linux")]
    rustix::process::set_dumpable_behavior(rustix::process::DumpableBehavior::NotDumpable)?;
    Ok(())
}

/// How many of `connections` the system has files for, after asking it for as many (HT-15). Systems often give 1024
/// to a process that doesn't ask.
pub fn room_for(connections: usize) -> usize {
    let wanted = u64::try_from(connections).unwrap_or(u64::MAX).saturating_add(SPARE);
    let given = getrlimit(Resource::Nofile);
    if given.current.is_none_or(|current| current >= wanted) {
        return connections;
    }
    let current = given.maximum.map_or(wanted, |most| most.min(wanted));
    if setrlimit(Resource::Nofile, Rlimit { current: Some(current), ..given }).is_err() {
        return fewer(connections, given.current.unwrap_or(wanted));
    }
    fewer(connections, current)
}

fn fewer(connections: usize, files: u64) -> usize {
    let room = usize::try_from(files.saturating_sub(SPARE)).unwrap_or(connections).clamp(1, connections);
    if room < connections {
        tracing::warn!(
            files,
            room,
            "the system gives this process too few files for limits.connections; it serves fewer connections at once. \
             Raise LimitNOFILE (systemd) or `ulimit -n`"
        );
    }
    room
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ls_06_neither_core_nor_neighbour_sees_the_memory() {
        keep_to_itself().expect("the system agrees");
        assert_eq!(getrlimit(Resource::Core), Rlimit { current: Some(0), maximum: Some(0) });
        #[cfg(target_os = "linux")]
        assert_eq!(
            rustix::process::dumpable_behavior().expect("an answer"),
            rustix::process::DumpableBehavior::NotDumpable
        );
    }

    #[test]
    fn ht_15_connections_never_outnumber_files() {
        assert_eq!(fewer(8192, 1024), 896);
        assert_eq!(fewer(8192, 64), 1);
        assert_eq!(fewer(100, 1024), 100);
    }
}
