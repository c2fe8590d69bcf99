//! Several servers under the same load, in turn and in short rounds: what one does beside another stays true while the
//! neighbours make noise.

use std::{
    collections::BTreeMap,
    io::{Read, stdin},
    net::SocketAddr,
    sync::{
        Arc,
        atomic::{AtomicU32, Ordering},
    },
    time::Duration,
};

use serde_json::{Value, json};

use crate::{
    connection::Connection,
    facts::{Facts, median},
    failure::{Failure, Fault},
    load::{self, Plan},
    process::Watched,
    scenario::Actor,
};

/// The first argument that makes this program read what to compare, as JSON, from its input; see the README.
pub const ARGUMENT: &str = "compare";
/// What a request may hold in the place of an IPv4 address: another one each time.
const ADDRESS: &str = "{address}";
/// Load that is not counted, at each turn.
const WARMUP: Duration = Duration::from_millis(200);

/// One of those that are compared; the first is what the others are held against.
struct Rival {
    name: String,
    address: SocketAddr,
    asks: Asks,
    watched: Watched,
}

/// Requests in turn, each of which has to be answered with the same status.
#[derive(Clone)]
pub struct Asks {
    requests: Arc<[String]>,
    turn: Arc<AtomicU32>,
    status: u16,
}

impl Asks {
    /// Sends the next one.
    ///
    /// # Errors
    /// When it is answered with another status, or not at all.
    pub async fn once(&self, connection: &mut Connection) -> Result<(), Failure> {
        let turn = self.turn.fetch_add(1, Ordering::Relaxed);
        let at = usize::try_from(turn).unwrap_or_default() % self.requests.len().max(1);
        let request = self.requests.get(at).map(String::as_str).unwrap_or_default();
        let [_, b, c, d] = turn.to_be_bytes();
        let answer = match request.contains(ADDRESS) {
            true => connection.ask(request.replace(ADDRESS, &format!("10.{b}.{c}.{d}")).as_bytes()).await?,
            false => connection.ask(request.as_bytes()).await?,
        };
        match answer.status == self.status {
            true => Ok(()),
            false => Err(Failure::Status(answer.status)),
        }
    }
}

/// Reads what to compare, compares it, and gives JSON: for each number of connections and each rival the medians of all
/// rounds.
///
/// # Errors
/// When the input can't be understood, or a server isn't there.
pub fn run() -> Result<Value, Fault> {
    let mut text = String::new();
    stdin().read_to_string(&mut text)?;
    let asked: Value = serde_json::from_str(&text)?;
    let number = |name: &str, or| asked.get(name).and_then(Value::as_u64).unwrap_or(or);
    let window = Duration::from_millis(number("millis", 1000));
    let awake = asked.get("awake").and_then(Value::as_bool).unwrap_or_default();
    let rivals: Vec<Rival> = list(&asked, "rivals").iter().map(rival).collect::<Result<_, _>>()?;
    let mut told = Vec::new();
    for connections in list(&asked, "connections").iter().filter_map(Value::as_u64) {
        let mut rounds: BTreeMap<usize, Vec<Facts>> = BTreeMap::new();
        let mut errors: BTreeMap<String, u64> = BTreeMap::new();
        for _ in 0..number("rounds", 5) {
            for (at, rival) in rivals.iter().enumerate() {
                let actors = (0..connections).map(|_| Actor::Asks(rival.asks.clone())).collect();
                let seen = load::drive(rival.address, actors, Plan { warmup: WARMUP, window, awake }, &rival.watched)?;
                for (class, times) in &seen.errors {
                    *errors.entry(format!("{}: {class}", rival.name)).or_default() += times;
                }
                rounds.entry(at).or_default().push(Facts::of(&seen));
            }
        }
        let first = rounds.get(&0).cloned().unwrap_or_default();
        for (at, rival) in rivals.iter().enumerate() {
            let own = rounds.get(&at).map(Vec::as_slice).unwrap_or_default();
            let mut row = row(own, &first);
            row["name"] = json!(rival.name);
            row["connections"] = json!(connections);
            row["asked"] = json!(rival.asks.turn.load(Ordering::Relaxed));
            told.push(row);
        }
        if !errors.is_empty() {
            return Err(format!("not every answer was right: {errors:?}").into());
        }
    }
    Ok(json!(told))
}

fn row(own: &[Facts], first: &[Facts]) -> Value {
    let of = |what: &dyn Fn(&Facts) -> Option<f64>| median(own.iter().filter_map(what).collect());
    let share = |what: &dyn Fn(&Facts) -> Option<f64>| {
        median(own.iter().zip(first).filter_map(|(own, first)| Some(what(own)? / what(first)?)).collect())
    };
    json!({
        "per_second": of(&|facts| Some(facts.per_second)),
        "per_core_second": of(&|facts| facts.per_core_second),
        "cpu_micros": of(&|facts| facts.cpu_micros),
        "p50": of(&|facts| facts.p50),
        "p99": of(&|facts| facts.p99),
        "resident": of(&|facts| facts.resident_peak),
        "share": share(&|facts| Some(facts.per_second)),
        "core_share": share(&|facts| facts.per_core_second),
        "generator": of(&|facts| facts.generator),
    })
}

fn list<'a>(value: &'a Value, name: &str) -> &'a [Value] {
    value.get(name).and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default()
}

fn rival(value: &Value) -> Result<Rival, Fault> {
    let text = |name: &str| value.get(name).and_then(Value::as_str).ok_or_else(|| format!("a rival needs {name}"));
    let number = |name: &str| value.get(name).and_then(Value::as_u64).and_then(|n| u32::try_from(n).ok());
    let requests: Arc<[String]> = list(value, "requests").iter().filter_map(Value::as_str).map(str::to_owned).collect();
    if requests.is_empty() {
        return Err("a rival needs requests".into());
    }
    let status = number("status").and_then(|status| u16::try_from(status).ok()).unwrap_or(200);
    let turn = Arc::new(AtomicU32::new(number("from").unwrap_or_default()));
    let pids = list(value, "pids").iter().filter_map(Value::as_u64).filter_map(|pid| u32::try_from(pid).ok());
    Ok(Rival {
        name: text("name")?.to_owned(),
        address: text("address")?.parse()?,
        asks: Asks { requests, turn, status },
        watched: Watched::new(pids.collect())?,
    })
}
