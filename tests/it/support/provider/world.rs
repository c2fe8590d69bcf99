//! All virtual providers of one process, behind one lock.

use super::fault::{Fault, Plan, When, meet};
use super::hold::Gate;
use super::ledger::{Ledger, Millis};
use super::mode::{App, Mode};
use std::collections::{BTreeMap, HashMap, HashSet};
use symbolon::base::encoding::base64url;
use symbolon::base::{Clock, Time, entropy};
use symbolon::crypto::{Algorithm, SigningKey};
use tokio::sync::watch;

pub struct World {
    pub clock: Clock,
    /// Where it listens.
    pub origin: String,
    pub providers: BTreeMap<String, Virtual>,
    /// New connections end before a byte is read: within the handshake, where there is TLS.
    pub down: bool,
    /// Counts what has happened, for those who wait.
    pub happened: watch::Sender<u64>,
}

/// One provider: its rules, who is registered there, what is under way, what was written down.
pub struct Virtual {
    pub name: String,
    /// `…/p/<name>`, which is the issuer too.
    pub url: String,
    pub mode: Mode,
    pub apps: BTreeMap<String, App>,
    pub users: Vec<String>,
    /// Authorization requests whose pages are open.
    pub asked: HashMap<String, super::authorize::Asked>,
    pub codes: HashMap<String, super::authorize::Code>,
    pub ledger: Ledger,
    pub plans: Vec<Plan>,
    pub gates: Vec<Gate>,
    /// Those that other processes have made; their number is their place.
    pub holds: Vec<Gate>,
    /// Assertions that were used.
    pub seen: HashSet<String>,
    pub key: SigningKey,
}

impl World {
    pub fn new(clock: Clock, origin: String) -> Self {
        World { clock, origin, providers: BTreeMap::new(), down: false, happened: watch::Sender::new(0) }
    }

    pub fn now(&self) -> Millis {
        self.clock.now().millis()
    }

    /// Makes a provider, or changes the rules of one.
    pub fn sets(&mut self, name: &str, mode: Mode) {
        if let Some(there) = self.providers.get_mut(name) {
            there.mode = mode;
            return;
        }
        let provider = Virtual {
            name: name.to_owned(),
            url: format!("{}/p/{name}", self.origin),
            mode,
            apps: BTreeMap::new(),
            users: ["ada", "bob", "cyd"].map(str::to_owned).to_vec(),
            asked: HashMap::new(),
            codes: HashMap::new(),
            ledger: Ledger::default(),
            plans: Vec::new(),
            gates: Vec::new(),
            holds: Vec::new(),
            seen: HashSet::new(),
            key: SigningKey::generate(Algorithm::ES256).expect("a key").0,
        };
        self.providers.insert(name.to_owned(), provider);
    }

    pub fn at(&mut self, name: &str) -> &mut Virtual {
        self.providers.get_mut(name).unwrap_or_else(|| panic!("no provider {name}"))
    }

    /// Tells those who wait.
    pub fn tells(&self) {
        self.happened.send_modify(|n| *n += 1);
    }
}

impl Virtual {
    /// What its own clock says.
    pub fn clock(&self, now: Millis) -> Time {
        Time::from_millis(now + self.mode.skew * 1000)
    }

    /// A secret that was never before.
    pub fn fresh(&mut self, kind: &str, faults: &[(When, Fault)]) -> String {
        let mut value = format!("{}-{kind}-{}", self.name, base64url(&entropy::bytes::<24>()));
        let mut length = self.mode.token_length;
        for (_, fault) in faults {
            match fault {
                Fault::Long(bytes) => length = *bytes,
                Fault::Broken => value.push_str("\r\nSet-Cookie: broken=1"),
                _ => {}
            }
        }
        while value.len() < length {
            value.push_str(&base64url(&entropy::bytes::<24>()));
        }
        self.ledger.secrets.push(value.clone());
        value
    }

    pub fn meets(&mut self, endpoint: &str, grant: Option<&str>, unread: bool) -> Vec<(When, Fault)> {
        meet(&mut self.plans, endpoint, grant, unread)
    }

    pub fn gate(&mut self, when: When, endpoint: &str, grant: Option<&str>) -> Option<Gate> {
        self.gates.retain(|gate| !gate.is_open());
        self.gates.iter().find(|gate| gate.stops(when, endpoint, grant)).cloned()
    }

    pub fn id_of(&self, user: &str) -> String {
        format!("{}-{user}", self.name)
    }
}
