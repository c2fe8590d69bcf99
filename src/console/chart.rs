//! Small charts: one bar for each of the last 24 hours.

use super::overview::counted;
use super::view::Cell;
use crate::lang::Message;

/// A chart with its name and what it comes to.
pub(super) struct Chart {
    pub name: Message,
    pub total: Cell,
    /// For those who don't see the bars.
    pub said: Message,
    pub bars: Vec<Bar>,
}

/// In a picture of 240 by 48.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Bar {
    pub x: usize,
    pub y: i64,
    pub height: i64,
}

const HEIGHT: i64 = 48;

impl Chart {
    /// Of things that happen: the total is their sum.
    pub fn of_events(name: Message, hours: [Option<i64>; 24]) -> Self {
        let sum = hours.iter().flatten().fold(0, |sum: i64, n| sum.saturating_add(*n));
        Chart::new(name, sum, hours)
    }

    /// Of something that there is more or less of: the total is what there is now.
    pub fn of_state(name: Message, hours: [Option<i64>; 24]) -> Self {
        let now = hours.iter().rev().flatten().next().copied().unwrap_or_default();
        Chart::new(name, now, hours)
    }

    fn new(name: Message, total: i64, hours: [Option<i64>; 24]) -> Self {
        let most = hours.iter().flatten().max().copied().unwrap_or_default();
        let said = Message::new("console-chart-said")
            .count("total", usize::try_from(total).unwrap_or_default())
            .count("most", usize::try_from(most).unwrap_or_default());
        Chart { name, total: counted(total), said, bars: bars(hours, most) }
    }
}

/// Nothing is no bar; the least of something is one that can be seen.
fn bars(hours: [Option<i64>; 24], most: i64) -> Vec<Bar> {
    let bar = |(at, n): (usize, Option<i64>)| {
        let n = n.filter(|n| *n > 0)?;
        let height = n.saturating_mul(HEIGHT).checked_div(most)?.clamp(1, HEIGHT);
        Some(Bar { x: at * 10, y: HEIGHT - height, height })
    };
    hours.into_iter().enumerate().filter_map(bar).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_highest_bar_fills_the_picture_and_the_lowest_is_seen() {
        let mut hours = [None; 24];
        (hours[0], hours[1], hours[23]) = (Some(1), Some(0), Some(1_000_000));
        let expected = [Bar { x: 0, y: 47, height: 1 }, Bar { x: 230, y: 0, height: 48 }];
        assert_eq!(bars(hours, 1_000_000), expected);
        assert_eq!(bars([None; 24], 0), []);
        assert_eq!(bars([Some(0); 24], 0), []);
    }
}
