//! F: how often per second this disk says that 8 kB are really there.

use std::{
    fs::File,
    os::unix::fs::FileExt,
    path::Path,
    time::{Duration, Instant},
};

use crate::{facts::rate, failure::Fault};

const WRITE: [u8; 8 << 10] = [b'w'; 8 << 10];
/// The file is written before the probe, so that no write has to grow it: a log is reused, too.
const SLOTS: u64 = 512;

/// `fdatasync` calls per second, each after one 8 kB write, in a file in `directory`.
///
/// # Errors
/// When the file can't be written.
pub fn syncs_per_second(directory: &Path, each: Duration) -> Result<f64, Fault> {
    let file = File::create(directory.join("probe"))?;
    for slot in 0..SLOTS {
        write(&file, slot)?;
    }
    file.sync_all()?;
    let begun = Instant::now();
    let mut done = 0;
    while begun.elapsed() < each {
        write(&file, done % SLOTS)?;
        file.sync_data()?;
        done += 1;
    }
    Ok(rate(done, begun.elapsed()))
}

fn write(file: &File, slot: u64) -> Result<(), Fault> {
    Ok(file.write_all_at(&WRITE, slot * (8 << 10))?)
}
