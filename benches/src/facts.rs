//! The figures of one window: rates, percentiles, cost per operation, ratios.

use std::time::Duration;

use crate::load::Measured;

/// What one scenario at one number of connections showed in one round.
#[derive(Clone, Default)]
pub struct Facts {
    /// Good operations per second of wall-clock time.
    pub per_second: f64,
    /// Half of the good operations took at most this many milliseconds.
    pub p50: Option<f64>,
    /// Nine tenths did.
    pub p90: Option<f64>,
    /// Ninety-nine hundredths did.
    pub p99: Option<f64>,
    /// All did.
    pub max: Option<f64>,
    /// CPU microseconds of the watched processes per good operation.
    pub cpu_micros: Option<f64>,
    /// Good operations per CPU second of the watched processes.
    pub per_core_second: Option<f64>,
    /// MiB resident before the load.
    pub resident_idle: Option<f64>,
    /// MiB resident at most during the load.
    pub resident_peak: Option<f64>,
    /// CPU seconds of the generator per second; near 1 it is the bottleneck, not the server.
    pub generator: Option<f64>,
    /// H at as many connections, per core-second, in the same round.
    pub h: Option<f64>,
    /// W just before and just after the window, averaged.
    pub w: Option<f64>,
}

impl Facts {
    /// Condenses a window.
    #[must_use]
    pub fn of(seen: &Measured) -> Self {
        let good = seen.latencies.len();
        let millis = |share| percentile(&seen.latencies, share).map(|micros| micros / 1e3);
        let cpu = seen.cpu.filter(|cpu| good > 0 && !cpu.is_zero());
        let mebibytes = |bytes: Option<u64>| bytes.map(|bytes| real(bytes >> 10) / 1024.0);
        let good = u64::try_from(good).unwrap_or(u64::MAX);
        Self {
            per_second: rate(good, seen.elapsed),
            p50: millis(50),
            p90: millis(90),
            p99: millis(99),
            max: millis(100),
            cpu_micros: cpu.map(|cpu| cpu.as_secs_f64() * 1e6 / real(good)),
            per_core_second: cpu.map(|cpu| rate(good, cpu)),
            resident_idle: mebibytes(seen.resident_idle),
            resident_peak: mebibytes(seen.resident_peak),
            generator: seen.own_cpu.map(|cpu| cpu.as_secs_f64() / seen.elapsed.as_secs_f64()),
            h: None,
            w: None,
        }
    }

    /// Operations per core-second as a share of bare HTTP.
    #[must_use]
    pub fn to_h(&self) -> Option<f64> {
        Some(self.per_core_second? / self.h?)
    }

    /// Operations per second as a multiple of one-by-one commits per second.
    #[must_use]
    pub fn to_w(&self) -> Option<f64> {
        Some(self.per_second / self.w?)
    }
}

/// `count` things per second of `time`.
#[must_use]
pub fn rate(count: u64, time: Duration) -> f64 {
    real(count) / time.as_secs_f64().max(f64::MIN_POSITIVE)
}

/// The middle of `values`, or between the two in the middle.
#[must_use]
pub fn median(mut values: Vec<f64>) -> Option<f64> {
    values.sort_by(f64::total_cmp);
    let middle = values.len() / 2;
    let upper = *values.get(middle)?;
    if values.len() % 2 == 1 {
        return Some(upper);
    }
    let lower = *values.get(middle.checked_sub(1)?)?;
    Some((lower + upper) / 2.0)
}

/// The nearest-rank percentile of ascending `values`.
fn percentile(values: &[u32], share: usize) -> Option<f64> {
    let rank = (values.len() * share).div_ceil(100);
    values.get(rank.checked_sub(1)?).copied().map(f64::from)
}

/// Counts stay far below the four thousand million at which this would stop being exact.
fn real(count: u64) -> f64 {
    u32::try_from(count).map_or(f64::from(u32::MAX), f64::from)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn percentiles_are_nearest_rank() {
        let values: Vec<u32> = (1..=200).collect();
        assert_eq!(percentile(&values, 50), Some(100.0));
        assert_eq!(percentile(&values, 99), Some(198.0));
        assert_eq!(percentile(&values, 100), Some(200.0));
        assert_eq!(percentile(&[], 50), None);
        assert_eq!(percentile(&[7], 50), Some(7.0));
    }

    #[test]
    fn the_median_of_an_even_number_lies_between() {
        assert_eq!(median(vec![4.0, 1.0, 3.0]), Some(3.0));
        assert_eq!(median(vec![4.0, 1.0]), Some(2.5));
        assert_eq!(median(vec![]), None);
    }
}
