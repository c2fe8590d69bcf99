//! The result: what was measured, beside the limits and the peers, as a table or as JSON.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

use crate::{
    anchors::{Anchors, Figure},
    arguments::Peer,
    facts::{Facts, median},
    scenario::Scenario,
};

/// Everything that one run found out.
pub struct Report {
    /// What the run was: issuer, database, durations, machine.
    pub about: Vec<(&'static str, String)>,
    /// The anchors of every round.
    pub anchors: Vec<Anchors>,
    /// One row for each scenario and number of connections.
    pub rows: Vec<Row>,
    /// Whom to compare with.
    pub peers: Vec<Peer>,
    /// What a reader should know before believing the figures.
    pub notes: Vec<String>,
}

/// One scenario at one number of connections.
pub struct Row {
    /// Which scenario.
    pub scenario: Scenario,
    /// How many connections.
    pub connections: usize,
    /// The figures of each round.
    pub rounds: Vec<Facts>,
    /// Failed operations of all rounds by class.
    pub errors: BTreeMap<String, u64>,
    /// Why it could not be run, if it could not.
    pub refused: Option<String>,
}

struct Column {
    heading: &'static str,
    key: &'static str,
    decimals: usize,
    value: fn(&Facts) -> Option<f64>,
}

const fn column(heading: &'static str, key: &'static str, decimals: usize, value: fn(&Facts) -> Option<f64>) -> Column {
    Column { heading, key, decimals, value }
}

const COLUMNS: [Column; 13] = [
    column("ops/s", "ops_per_second", 0, |f| Some(f.per_second)),
    column("p50 ms", "p50_ms", 2, |f| f.p50),
    column("p90", "p90_ms", 2, |f| f.p90),
    column("p99", "p99_ms", 2, |f| f.p99),
    column("max", "max_ms", 1, |f| f.max),
    column("cpu us/op", "cpu_us_per_op", 1, |f| f.cpu_micros),
    column("ops/core-s", "ops_per_core_second", 0, |f| f.per_core_second),
    column("rss idle", "rss_idle_mib", 1, |f| f.resident_idle),
    column("rss peak", "rss_peak_mib", 1, |f| f.resident_peak),
    column("gen", "generator_cores", 2, |f| f.generator),
    column("/H", "ratio_to_h", 3, Facts::to_h),
    column("W/s", "w_commits_per_second", 0, |f| f.w),
    column("/W", "ratio_to_w", 2, Facts::to_w),
];

impl Row {
    /// Whether there is at least one good operation to tell of.
    #[must_use]
    pub fn is_good(&self) -> bool {
        self.refused.is_none() && self.rounds.iter().any(|facts| facts.per_second > 0.0)
    }

    fn values(&self, value: impl Fn(&Facts) -> Option<f64>) -> Vec<f64> {
        self.rounds.iter().filter_map(value).collect()
    }

    fn to_peer(&self, peers: &[Peer], name: &str) -> Option<f64> {
        let mut peers = peers.iter();
        let peer = peers.find(|peer| peer.name == name && peer.scenario == self.scenario)?;
        Some(median(self.values(|facts| facts.per_core_second))? / peer.rate)
    }
}

impl Report {
    /// The report as aligned columns.
    #[must_use]
    pub fn text(&self) -> String {
        let mut text = String::new();
        for (what, value) in &self.about {
            line(&mut text, format_args!("{what}: {value}"));
        }
        let mut table = vec![["anchor", "median", "min", "max", "in"].map(str::to_owned).to_vec()];
        for (figure, values) in self.anchor_values() {
            let [middle, low, high] = spread(&values).map(|value| number(value, 0));
            table.push(vec![figure.name, middle, low, high, figure.unit.to_owned()]);
        }
        text.push('\n');
        text.push_str(&aligned(&table));
        if !self.rows.is_empty() {
            text.push('\n');
            text.push_str(&aligned(&self.table()));
        }
        for row in &self.rows {
            let name = format!("{} c={}", row.scenario.name(), row.connections);
            for (class, count) in &row.errors {
                line(&mut text, format_args!("errors of {name}: {count} × {class}"));
            }
            if let Some(why) = &row.refused {
                line(&mut text, format_args!("not run: {name}: {why}"));
            }
        }
        for note in &self.notes {
            line(&mut text, format_args!("note: {note}"));
        }
        text
    }

    fn table(&self) -> Vec<Vec<String>> {
        let peers = self.peer_names();
        let mut heading = vec!["scenario".to_owned(), "c".to_owned()];
        heading.extend(COLUMNS.iter().map(|column| column.heading.to_owned()));
        heading.push("errors".to_owned());
        heading.extend(peers.iter().map(|peer| format!("/{peer}")));
        let mut table = vec![heading];
        for row in self.rows.iter().filter(|row| row.refused.is_none()) {
            let mut cells = vec![row.scenario.name().to_owned(), row.connections.to_string()];
            cells.extend(COLUMNS.iter().map(|column| number(median(row.values(column.value)), column.decimals)));
            cells.push(row.errors.values().sum::<u64>().to_string());
            let ratios = peers.iter().map(|peer| row.to_peer(&self.peers, peer));
            cells.extend(ratios.map(|ratio| number(ratio, 1)));
            table.push(cells);
        }
        table
    }

    /// The report as one JSON document with the same facts.
    #[must_use]
    pub fn json(&self) -> String {
        let about: Map<String, Value> =
            self.about.iter().map(|(what, value)| ((*what).to_owned(), json!(value))).collect();
        let anchors: Vec<Value> = self
            .anchor_values()
            .into_iter()
            .map(|(figure, values)| {
                let [median, min, max] = spread(&values);
                json!({"name": figure.name, "unit": figure.unit, "median": median, "min": min, "max": max})
            })
            .collect();
        let rows: Vec<Value> = self.rows.iter().map(|row| self.row(row)).collect();
        let report = json!({"about": about, "anchors": anchors, "scenarios": rows, "notes": self.notes});
        format!("{report:#}\n")
    }

    fn row(&self, row: &Row) -> Value {
        let mut object = Map::new();
        object.insert("scenario".to_owned(), json!(row.scenario.name()));
        object.insert("connections".to_owned(), json!(row.connections));
        for column in &COLUMNS {
            let [median, min, max] = spread(&row.values(column.value));
            let spread = json!({"median": median, "min": min, "max": max});
            object.insert(column.key.to_owned(), spread);
        }
        let names = self.peer_names().into_iter();
        let peers: Map<String, Value> = names
            .filter_map(|name| {
                let ratio = row.to_peer(&self.peers, &name)?;
                Some((name, json!(rounded(ratio))))
            })
            .collect();
        object.insert("ratio_to_peers".to_owned(), peers.into());
        object.insert("errors".to_owned(), json!(row.errors));
        object.insert("not_run".to_owned(), json!(row.refused));
        object.into()
    }

    /// Every anchor with its values in all rounds; the rounds have the same anchors in one order.
    fn anchor_values(&self) -> Vec<(Figure, Vec<f64>)> {
        let mut merged: Vec<(Figure, Vec<f64>)> = Vec::new();
        for figure in self.anchors.iter().flat_map(Anchors::figures) {
            let same = |(known, _): &&mut (Figure, Vec<f64>)| known.name == figure.name && known.unit == figure.unit;
            match merged.iter_mut().find(same) {
                Some((_, values)) => values.push(figure.value),
                None => {
                    let values = vec![figure.value];
                    merged.push((figure, values));
                }
            }
        }
        merged
    }

    fn peer_names(&self) -> Vec<String> {
        let mut names: Vec<String> = self.peers.iter().map(|peer| peer.name.clone()).collect();
        names.sort();
        names.dedup();
        names
    }
}

/// Median, least and most, to four decimals: nothing here is known better than that.
fn spread(values: &[f64]) -> [Option<f64>; 3] {
    let least = values.iter().copied().reduce(f64::min);
    let most = values.iter().copied().reduce(f64::max);
    [median(values.to_vec()), least, most].map(|value| value.map(rounded))
}

fn rounded(value: f64) -> f64 {
    (value * 1e4).round() / 1e4
}

fn number(value: Option<f64>, decimals: usize) -> String {
    value.map_or_else(|| "-".to_owned(), |value| format!("{value:.decimals$}"))
}

fn line(text: &mut String, arguments: std::fmt::Arguments<'_>) {
    text.push_str(&arguments.to_string());
    text.push('\n');
}

/// The first column to the left, numbers to the right.
fn aligned(table: &[Vec<String>]) -> String {
    let mut widths: Vec<usize> = Vec::new();
    for row in table {
        widths.resize(widths.len().max(row.len()), 0);
        for (width, cell) in widths.iter_mut().zip(row) {
            *width = (*width).max(cell.chars().count());
        }
    }
    let mut text = String::new();
    for row in table {
        let cells = row.iter().zip(&widths).enumerate();
        let cells: Vec<String> = cells
            .map(|(index, (cell, &width))| match index {
                0 => format!("{cell:<width$}"),
                _ => format!("{cell:>width$}"),
            })
            .collect();
        line(&mut text, format_args!("{}", cells.join("  ")));
    }
    text
}
