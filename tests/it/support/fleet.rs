//! Servers over one vault, each a process of its own that can be killed; providers that outlive them; one clock for all.

use super::house::{Kept, allow_loopback};
use super::process::{Process, free_port};
use super::provider::{App, At, Mode, Provider};
use super::raw::Raw;
use super::vault::{CLIENT, SECRET};
use super::{Answer, Holder, House, Kind};
use serde_json::{Value, json};
use sqlx::AssertSqlSafe;
use std::collections::BTreeSet;
use std::path::PathBuf;
use std::time::Duration;
use symbolon::base::Clock;
use symbolon::config::Config;
use symbolon::people::workspaces::Standing;
use tokio::time::Instant;

pub struct Fleet {
    _provider: Provider,
    clock: Clock,
    ada: Holder,
    dir: PathBuf,
    config: Config,
    raw: Raw,
    seats: Vec<Seat>,
    born: usize,
    _kept: Kept,
}

/// Where a process is, and begins again when it was killed.
struct Seat {
    port: u16,
    process: Option<Process>,
    name: String,
}

/// A grant of which something is open: a request, a failure, or a time that has come.
#[derive(Clone, Debug)]
pub struct Open {
    pub grant: String,
    pub attempt: String,
    pub state: String,
    owner: String,
    lease_until: i64,
    retry_at: i64,
}

impl Fleet {
    /// A house with ada's workspace; nobody serves yet but the house.
    pub async fn begins(kind: Kind) -> (House, Holder, Provider) {
        let house = House::with(kind, allow_loopback).await;
        let ada = house.person("ada").await;
        house.workspace("acme", &[(&ada, Standing::Owner)]).await;
        let (_, ada) = house.api_token(&ada, Some("acme"), None).await;
        let provider = Provider::start(house.app.clock.clone()).await;
        (house, ada, provider)
    }

    /// The house's database is served by so many processes from now on.
    pub async fn of(house: House, ada: Holder, provider: Provider, servers: usize) -> Self {
        let (clock, kept) = (house.app.clock.clone(), house.keep());
        let raw = house.raw().await;
        let (dir, config) = house.close().await;
        let seats = (0..servers).map(|_| Seat { port: free_port(), process: None, name: String::new() }).collect();
        let mut fleet = Fleet { _provider: provider, clock, ada, dir, config, raw, seats, born: 0, _kept: kept };
        fleet.lets_pass(Duration::ZERO);
        for seat in 0..servers {
            fleet.starts(seat).await;
        }
        fleet
    }

    pub fn servers(&self) -> usize {
        self.seats.len()
    }

    fn file(&self, name: &str) -> PathBuf {
        self.dir.join(name)
    }

    /// Where the process of a seat keeps answers.
    pub fn spool(&self, seat: usize) -> PathBuf {
        self.file(&format!("spool-{seat}"))
    }

    /// Starts a process where none is; ready when this returns.
    pub async fn starts(&mut self, seat: usize) {
        assert!(self.seats[seat].process.is_none());
        self.born += 1;
        let name = format!("server-{}", self.born);
        let path = |path: PathBuf| path.to_str().expect("UTF-8").to_owned();
        let issuer = format!("http://127.0.0.1:{}", self.seats[0].port);
        let more = [
            ("SYMBOLON_ISSUER".to_owned(), issuer),
            ("SYMBOLON_OUTBOUND_ALLOW".to_owned(), "127.0.0.0/8".to_owned()),
            ("SYMBOLON_DATABASE_MAX_CONNECTIONS".to_owned(), "6".to_owned()),
            ("SYMBOLON_VAULT_SPOOL_DIR".to_owned(), path(self.spool(seat))),
            ("SYMBOLON_TEST_CLOCK".to_owned(), path(self.file("clock"))),
            ("SYMBOLON_TEST_FAILPOINT".to_owned(), path(self.file(&format!("fails-{seat}")))),
            ("SYMBOLON_TEST_PROCESS".to_owned(), name.clone()),
        ];
        let more: Vec<(&str, &str)> = more.iter().map(|(name, value)| (&**name, &**value)).collect();
        let process = Process::serve_with(&self.config, self.seats[seat].port, &more).await;
        (self.seats[seat].process, self.seats[seat].name) = (Some(process), name);
    }

    /// The process of a seat.
    pub fn at(&self, seat: usize) -> &Process {
        self.seats[seat].process.as_ref().expect("a process")
    }

    pub fn runs(&self, seat: usize) -> bool {
        self.seats[seat].process.is_some()
    }

    /// From now on it ends where it reaches this point for this time.
    pub async fn arms(&self, seat: usize, point: &str, time: u32) {
        let file = self.file(&format!("fails-{seat}"));
        std::fs::write(file.with_extension("new"), format!("{point} {time}")).expect("writes");
        std::fs::rename(file.with_extension("new"), &file).expect("renames");
        let known = Instant::now() + Duration::from_secs(20);
        while file.exists() {
            assert!(Instant::now() < known, "it doesn't look");
            tokio::time::sleep(Duration::from_millis(2)).await;
        }
    }

    /// kill -9
    pub fn kills(&mut self, seat: usize) {
        self.seats[seat].process.take().expect("a process").kill();
    }

    /// Waits until it has ended by itself; false when it goes on.
    pub async fn ends(&mut self, seat: usize) -> bool {
        let until = Instant::now() + Duration::from_secs(3);
        while Instant::now() < until {
            if self.seats[seat].process.as_mut().expect("a process").ended() {
                self.seats[seat].process = None;
                return true;
            }
            tokio::time::sleep(Duration::from_millis(2)).await;
        }
        false
    }

    /// Who asks the process of a seat.
    pub fn ada(&self, seat: usize) -> Holder {
        Holder { url: format!("http://127.0.0.1:{}", self.seats[seat].port), ..self.ada.clone() }
    }

    /// Reads credentials at a seat; none when nobody answers.
    pub fn reads(&self, seat: usize, account: &str, more: &str) -> impl Future<Output = Option<(u16, Value)>> + use<> {
        let path = format!("/v1/accounts/{account}?include_credentials=1{more}");
        let request = self.ada(seat).request("GET", &path);
        async move {
            let answer = request.send().await.ok()?;
            Some((answer.status().as_u16(), answer.json().await.ok()?))
        }
    }

    /// Lets time pass, for all of them and for the providers.
    pub fn lets_pass(&self, span: Duration) {
        self.clock.shift(i64::try_from(span.as_millis()).expect("a span"));
        let file = self.file("clock");
        std::fs::write(file.with_extension("new"), self.clock.offset().to_string()).expect("writes");
        std::fs::rename(file.with_extension("new"), &file).expect("renames");
    }

    /// Waits until the process of a seat knows what time it is.
    pub async fn knows_the_time(&self, seat: usize) {
        let (file, now) = (self.file(&format!("clock-{}", self.seats[seat].name)), self.clock.offset().to_string());
        let until = Instant::now() + Duration::from_secs(20);
        while std::fs::read_to_string(&file).is_ok_and(|known| known != now) || !file.exists() {
            assert!(Instant::now() < until, "it doesn't look at the clock");
            tokio::time::sleep(Duration::from_millis(2)).await;
        }
    }

    /// What is open.
    pub async fn open(&mut self) -> Vec<Open> {
        let now = self.clock.now().millis();
        let sql = format!(
            "SELECT id, coalesce(attempt, ''), attempt_state, coalesce(lease_owner, ''), coalesce(lease_until, 0), coalesce(retry_at, 0) \
             FROM vault_grants WHERE state = 'live' AND (attempt_state <> 'clean' OR next_at <= {now} OR retry_at > {now}) ORDER BY id"
        );
        type Cells = (String, String, String, String, i64, i64);
        let sql = AssertSqlSafe(sql);
        let rows: Vec<Cells> = match &mut self.raw {
            Raw::Sqlite(conn) => sqlx::query_as(sql).fetch_all(conn).await,
            Raw::Postgres(conn) => sqlx::query_as(sql).fetch_all(conn).await,
        }
        .expect("rows");
        let read = |(grant, attempt, state, owner, lease_until, retry_at)| Open {
            grant,
            attempt,
            state,
            owner,
            lease_until,
            retry_at,
        };
        rows.into_iter().map(read).collect()
    }

    /// One number that a statement gives.
    pub async fn count(&mut self, sql: &str) -> i64 {
        let sql = AssertSqlSafe(sql.to_owned());
        match &mut self.raw {
            Raw::Sqlite(conn) => sqlx::query_scalar(sql).fetch_one(conn).await,
            Raw::Postgres(conn) => sqlx::query_scalar(sql).fetch_one(conn).await,
        }
        .expect("a number")
    }

    /// The grant of an account.
    pub async fn grant(&mut self, account: &str) -> String {
        let sql = AssertSqlSafe(format!("SELECT grant_id FROM account_grants WHERE account = '{account}'"));
        match &mut self.raw {
            Raw::Sqlite(conn) => sqlx::query_scalar(sql).fetch_one(conn).await,
            Raw::Postgres(conn) => sqlx::query_scalar(sql).fetch_one(conn).await,
        }
        .expect("a grant")
    }

    /// The grants of which a request is open whose answer is on no disk: it was never sent, or it is truly lost.
    pub async fn unspooled(&mut self) -> BTreeSet<String> {
        let kept = self.spooled(|_| true);
        let open = self.open().await.into_iter();
        open.filter(|row| row.state != "clean" && !kept.contains(&row.attempt)).map(|row| row.grant).collect()
    }

    /// The names of the answers on the disks of some seats.
    fn spooled(&self, of: impl Fn(&Seat) -> bool) -> String {
        let mut kept = String::new();
        for (n, _) in self.seats.iter().enumerate().filter(|(_, seat)| of(seat)) {
            for entry in std::fs::read_dir(self.spool(n)).into_iter().flatten() {
                let entry = entry.expect("an entry");
                if entry.metadata().is_ok_and(|file| file.len() > 0) {
                    kept.push_str(&entry.file_name().to_string_lossy());
                }
            }
        }
        kept
    }

    /// Lets time pass until nothing is open any more. Nobody's lease ends by that but those of the dead, and nobody who lives and has
    /// an answer on their disk is given less time for it than they need.
    pub async fn clears_up(&mut self) {
        let until = Instant::now() + Duration::from_secs(120);
        loop {
            let open = self.open().await;
            let now = self.clock.now().millis();
            if open.is_empty() {
                return;
            }
            assert!(Instant::now() < until, "it is never cleared up: {open:?}");
            let living = |name: &str| self.seats.iter().any(|seat| seat.process.is_some() && seat.name == name);
            let kept = self.spooled(|seat| seat.process.is_some());
            let waits = open.iter().map(|row| match &*row.state {
                "sent" if living(&row.owner) => None,
                "sent" | "uncertain" if row.lease_until < now && kept.contains(&row.attempt) => None,
                _ if row.lease_until >= now => Some(row.lease_until),
                _ if row.retry_at > now => Some(row.retry_at),
                _ => None,
            });
            match waits.collect::<Option<Vec<i64>>>().and_then(|all| all.into_iter().min()) {
                Some(next) => self.lets_pass(Duration::from_millis((next - now).max(0).unsigned_abs() + 500)),
                None => tokio::time::sleep(Duration::from_millis(15)).await,
            }
        }
    }
}

/// Makes a source at a provider, and a client of it there.
pub async fn makes_source(ada: &Holder, at: &At, slug: &str, rotation: &str) -> Answer {
    at.registers(App::new(CLIENT, SECRET, ""));
    let params = json!({
        "authorize_url": at.at("authorize"), "token_url": at.at("token"), "userinfo_url": at.at("api/me"), "rotation": rotation,
    });
    let ask = json!({ "type": "oauth2", "slug": slug, "client_id": CLIENT, "client_secret": SECRET, "params": params });
    let made = ada.posts("/v1/sources", &ask).await;
    assert_eq!(made.status, 201, "{}", made.body);
    made
}

/// Brings a refresh token.
pub async fn brings(ada: &Holder, source: &str, refresh_token: &str) -> Answer {
    let ask = json!({ "source": source, "credentials": { "oauth_refresh_token": refresh_token } });
    let key = format!("take-{refresh_token}");
    ada.with("idempotency-key", &key).posts("/v1/accounts", &ask).await
}

/// A provider of this mode with so many people.
pub fn peopled(provider: &Provider, name: &str, mode: impl Into<Mode>, people: usize) -> At {
    let at = provider.at(name, mode);
    let people: Vec<String> = (0..people).map(|n| format!("u{n}")).collect();
    at.knows(&people.iter().map(String::as_str).collect::<Vec<_>>());
    at
}

impl Drop for Fleet {
    fn drop(&mut self) {
        // Before the files go.
        self.seats.clear();
    }
}
