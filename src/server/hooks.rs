//! What tests do to a server that is a process of its own: they move its clock, and say where it ends. Nothing of it is in a
//! release, which doesn't know these variables.

use crate::base::{Clock, failpoint};
use crate::config::process_env;
use std::time::Duration;

/// How often the files are looked at.
const EVERY: Duration = Duration::from_millis(4);

/// The clock of a process: that of the machine, moved by as many milliseconds as the file says that `SYMBOLON_TEST_CLOCK` names;
/// a file beside it, named after the process, says what it moved to.
/// The file that `SYMBOLON_TEST_FAILPOINT` names has a point at which the process ends, and which time that it is reached; it is
/// gone once that is known.
pub fn clock() -> Clock {
    let (moved, failing) = (process_env("SYMBOLON_TEST_CLOCK"), process_env("SYMBOLON_TEST_FAILPOINT"));
    if moved.is_none() && failing.is_none() {
        return Clock::System;
    }
    let clock = Clock::shiftable();
    let shared = clock.clone();
    let look = move || {
        let read = |file: &Option<String>| file.as_ref().and_then(|file| std::fs::read_to_string(file).ok());
        if let Some(millis) = read(&moved).and_then(|text| text.trim().parse::<i64>().ok()) {
            let before = shared.offset();
            shared.shift(millis.saturating_sub(before));
            if let (true, Some(file), Some(name)) = (before != millis, &moved, process()) {
                let _ = std::fs::write(format!("{file}-{name}"), millis.to_string());
            }
        }
        if let (Some(wanted), Some(file)) = (read(&failing), &failing) {
            let mut words = wanted.split_whitespace();
            let (point, time) = (words.next().unwrap_or_default(), words.next().and_then(|time| time.parse().ok()));
            failpoint::arm(point, time.unwrap_or(1));
            let _ = std::fs::remove_file(file);
        }
    };
    look();
    std::thread::spawn(move || {
        loop {
            look();
            std::thread::sleep(EVERY);
        }
    });
    clock
}

/// What a process calls itself among others, where a test wants to know it.
pub fn process() -> Option<String> {
    process_env("SYMBOLON_TEST_PROCESS")
}
