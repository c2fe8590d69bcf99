//! vault.md §5.2, the kill test: servers are killed at every point of a refresh that has a name, at random moments, and while
//! the provider holds its answer. The provider's ledger says what was lost by it, and how often a token came twice.

use crate::support::fleet::{Fleet, brings, makes_source, peopled};
use crate::support::provider::ledger::Outcome;
use crate::support::provider::mode::{Again, Then};
use crate::support::provider::{At, Fault, Plan, Rotation, When};
use crate::support::vault::CLIENT;
use crate::support::{Kind, rounds};
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;
use symbolon::base::encoding::{hex, sha256};
use tokio::task::JoinSet;
use tokio::time::Instant;

/// The points of a refresh, in their order.
const POINTS: [&str; 6] =
    ["vault-claimed", "vault-received", "vault-spooled", "vault-answered", "vault-committing", "vault-committed"];

/// How many people there are at each provider; each round kills as often, and touches each account once.
const PEOPLE: usize = 18;
const GRACE: i64 = 600_000;
/// How long a token that is good once isn't presented again.
const HOLD: i64 = 150_000;

/// A provider, and what is known of it.
struct Third {
    at: At,
    slug: &'static str,
    /// Whether an answer that is lost takes the connection with it.
    strict: bool,
}

struct Account {
    id: String,
    third: usize,
    /// The provider's name for what was consented to.
    grant: String,
    user: String,
    /// What was handed out last.
    token: Option<String>,
}

/// How a server ends.
#[derive(Clone, Copy, Debug)]
enum Kill {
    At(&'static str, u32),
    /// The provider has rotated, and its answer isn't sent.
    Held,
    /// When so many requests for tokens have come.
    Moment(usize),
    /// It doesn't; the connection to the provider does.
    Cut,
}

impl Kill {
    fn nth(n: usize) -> Self {
        let time = u32::try_from(1 + n / 9 % 3).expect("small");
        match n % 9 {
            6 => Kill::Held,
            7 => Kill::Moment(n / 9 % 4),
            8 => Kill::Cut,
            point => Kill::At(POINTS[point], time),
        }
    }
}

#[derive(Default, Debug)]
struct Tally {
    kills: usize,
    at_points: BTreeMap<&'static str, usize>,
    cut: usize,
    handed_out: usize,
    lost: usize,
    labelled: usize,
}

struct Torture {
    fleet: Fleet,
    thirds: Vec<Third>,
    accounts: Vec<Account>,
    tally: Tally,
}

impl Torture {
    async fn begins(kind: Kind, servers: usize) -> Self {
        let (house, ada, provider) = Fleet::begins(kind).await;
        let modes = [
            ("none", Rotation::None, "none", false),
            ("grace", Rotation::grace(GRACE / 1000), "grace(10m)", false),
            ("strict", Rotation::Strict, "strict", true),
            ("family", Rotation::StrictFamily, "strict_family", true),
        ];
        let mut thirds = Vec::new();
        for (slug, mode, rotation, strict) in modes {
            let at = peopled(&provider, slug, mode, PEOPLE);
            makes_source(&ada, &at, slug, rotation).await;
            thirds.push(Third { at, slug, strict });
        }
        let mut accounts = Vec::new();
        for n in 0..PEOPLE * thirds.len() {
            let (third, user) = (n % thirds.len(), format!("u{}", n / thirds.len()));
            let given = thirds[third].at.gives(CLIENT, &user, "read");
            let made = brings(&ada, thirds[third].slug, &given.refresh_token).await;
            assert_eq!(made.status, 201, "{}", made.body);
            let id = made.body["data"]["id"].as_str().expect("an id").to_owned();
            accounts.push(Account { id, third, grant: given.grant, user, token: None });
        }
        let fleet = Fleet::of(house, ada, provider, servers).await;
        Torture { fleet, thirds, accounts, tally: Tally::default() }
    }

    /// Everybody in this group asks for another token than the one they have, at this server and at the one after it.
    fn asks(&self, group: usize, victim: usize) -> JoinSet<(usize, Option<(u16, Value)>)> {
        let mut readers = JoinSet::new();
        for (n, account) in self.accounts.iter().enumerate().filter(|(n, _)| n / self.thirds.len() == group) {
            let not = account.token.as_ref().map(|token| format!("&not={}", &hex(&sha256(token.as_bytes()))[..32]));
            let more = format!("&wait=1{}", not.unwrap_or_default());
            for seat in [victim, (victim + 1) % self.fleet.servers()] {
                let read = self.fleet.reads(seat, &account.id, &more);
                readers.spawn(async move { (n, read.await) });
            }
        }
        readers
    }

    fn token_calls(&self) -> usize {
        self.thirds.iter().map(|third| third.at.hits("token")).sum()
    }

    async fn kill(&mut self, n: usize, group: usize) {
        let victim = n % self.fleet.servers();
        if !self.fleet.runs(victim) {
            self.fleet.starts(victim).await;
        }
        let (kill, before) = (Kill::nth(n), self.token_calls());
        let third = &self.thirds[n / 9 % self.thirds.len()];
        let held = matches!(kill, Kill::Held).then(|| third.at.holds_after_rotation());
        match kill {
            Kill::At(point, time) => self.fleet.arms(victim, point, time).await,
            Kill::Cut => third.at.meets(Plan::next(1, When::Done, Fault::Reset)),
            Kill::Held | Kill::Moment(_) => {}
        }
        let readers = self.asks(group, victim);
        match kill {
            Kill::Cut => {}
            Kill::At(point, _) if self.fleet.ends(victim).await => {
                self.tally.kills += 1;
                *self.tally.at_points.entry(point).or_default() += 1;
            }
            _ => {
                // Where somebody else was faster, nobody asks the provider: then it ends in peace.
                let more = if let Kill::Moment(more) = kill { more } else { 0 };
                let here = || match &held {
                    Some(held) => held.count() > 0,
                    None => self.token_calls() > before + more,
                };
                let until = Instant::now() + Duration::from_secs(3);
                while !here() && Instant::now() < until {
                    tokio::time::sleep(Duration::from_millis(1)).await;
                }
                self.fleet.kills(victim);
                self.tally.kills += 1;
            }
        }
        if let Some(held) = held {
            held.closes();
        }
        for (n, read) in readers.join_all().await {
            if let Some((200, body)) = read {
                self.handed_out(n, &body).await;
            }
        }
        if matches!(kill, Kill::Cut) {
            self.tally.cut += 1;
            self.thirds.iter().for_each(|third| third.at.behaves());
        }
        // Some come back at once, some only after the others of the round.
        if n % 3 != 2 && !self.fleet.runs(victim) {
            self.fleet.starts(victim).await;
        }
    }

    /// What the provider knows of the requests for an account.
    fn story(&self, n: usize) -> String {
        let account = &self.accounts[n];
        let at = &self.thirds[account.third].at;
        let calls = at.calls("token").into_iter().filter(|call| call.grant.as_ref() == Some(&account.grant));
        let calls: Vec<_> = calls.map(|call| (call.id, call.at, call.status, call.error, call.answered)).collect();
        format!("{calls:#?} {:?}", at.presented_twice())
    }

    /// What was handed out works.
    async fn handed_out(&mut self, n: usize, body: &Value) {
        let token = body["data"]["credentials"]["oauth_access_token"].as_str().expect("a token").to_owned();
        let until = body["data"]["expires_at"].as_str().expect("a time");
        let url = self.thirds[self.accounts[n].third].at.at("api/me");
        let call = self.fleet.ada(0).http.get(url).bearer_auth(&token).header("x-told-until", until);
        let status = call.send().await.expect("an answer").status();
        let account = &self.accounts[n];
        assert_eq!(status, 200, "{} of {}: {body} {}", account.user, self.thirds[account.third].slug, self.story(n));
        self.accounts[n].token = Some(token);
        self.tally.handed_out += 1;
    }

    /// Everything is cleared up, and who lost their connection is told so, and connects again.
    async fn settles(&mut self) {
        for seat in 0..self.fleet.servers() {
            if !self.fleet.runs(seat) {
                self.fleet.starts(seat).await;
            }
        }
        let may_be_lost = self.fleet.unspooled().await;
        self.fleet.clears_up().await;
        for n in 0..self.accounts.len() {
            let (id, seat) = (self.accounts[n].id.clone(), n % self.fleet.servers());
            let (status, body) = self.fleet.reads(seat, &id, "&wait=20").await.expect("an answer");
            if status == 200 {
                self.handed_out(n, &body).await;
                continue;
            }
            let reason = &body["error"]["details"]["reason"];
            assert_eq!((status, reason.as_str()), (409, Some("rotation_lost")), "{} {body}", self.accounts[n].user);
            self.tally.labelled += 1;
            let third = &self.thirds[self.accounts[n].third];
            assert!(third.strict, "{} lost {}: {}", third.slug, self.accounts[n].user, self.story(n));
            let grant = self.fleet.grant(&id).await;
            assert!(may_be_lost.contains(&grant), "an answer was on a disk, and {grant} was lost: {}", self.story(n));
            self.consents_anew(n).await;
        }
    }

    async fn consents_anew(&mut self, n: usize) {
        let (third, user) = (&self.thirds[self.accounts[n].third], self.accounts[n].user.clone());
        let old = std::mem::take(&mut self.accounts[n].grant);
        self.tally.lost += 1;
        third.at.withdraws(&old);
        let given = third.at.gives(CLIENT, &user, "read");
        let made = brings(&self.fleet.ada(n % self.fleet.servers()), third.slug, &given.refresh_token).await;
        assert_eq!(
            (made.status, made.body["data"]["id"].as_str()),
            (201, Some(&*self.accounts[n].id)),
            "{}",
            made.body
        );
        (self.accounts[n].grant, self.accounts[n].token) = (given.grant, None);
    }

    /// What the ledgers say.
    fn reckoning(&self) {
        for third in &self.thirds {
            let lost: Vec<_> = third.at.grants_lost().into_iter().map(|lost| lost.grant).collect();
            let known: BTreeSet<&str> = self.accounts.iter().map(|account| &*account.grant).collect();
            assert!(third.strict || lost.is_empty(), "{}: {lost:?}", third.slug);
            // Those that were lost were replaced; none that is held now is.
            let own = self.accounts.iter().filter(|account| self.thirds[account.third].slug == third.slug);
            let held: BTreeSet<&str> = own.map(|account| &*account.grant).collect();
            let unknown: Vec<_> = lost.iter().filter(|grant| held.contains(grant.as_str())).collect();
            assert!(unknown.is_empty() && !known.is_empty(), "{}: lost, and nobody was told: {unknown:?}", third.slug);
            assert_eq!(third.at.presented_at_once(), [], "{}", third.slug);
            assert_eq!(third.at.failed_in_time().len(), 0, "{}", third.slug);
            for twice in third.at.presented_twice() {
                let first = twice.times[0].at;
                for again in twice.after_spent() {
                    let within_grace = again.outcome == Outcome::Again && again.at <= first + GRACE;
                    let held = again.at >= first + HOLD;
                    assert!(third.slug == "grace" && within_grace || held, "{}: {twice:?}", third.slug);
                }
            }
        }
    }
}

/// A server is stopped in the middle of a refresh, for longer than its lease, and goes on later. Its late answer counts, or is kept.
async fn is_only_paused(kind: Kind, servers: usize) {
    let (house, ada, provider) = Fleet::begins(kind).await;
    let reissue = Rotation::Grace { secs: 600, again: Again::Reissue, then: Then::Kill };
    let mut thirds = Vec::new();
    for (slug, mode, rotation, strict) in
        [("reissue", reissue, "grace(10m)", false), ("family", Rotation::StrictFamily, "strict_family", true)]
    {
        let at = peopled(&provider, slug, mode, 1);
        makes_source(&ada, &at, slug, rotation).await;
        let given = at.gives(CLIENT, "u0", "read");
        let made = brings(&ada, slug, &given.refresh_token).await;
        thirds.push((at, strict, given.grant, made.body["data"]["id"].as_str().expect("an id").to_owned()));
    }
    let mut fleet = Fleet::of(house, ada, provider, servers).await;
    let last = servers - 1;
    for (at, strict, grant, account) in &thirds {
        fleet.lets_pass(Duration::from_secs(7_200));
        fleet.knows_the_time(0).await;
        let held = at.holds(When::Done, "token", Some(grant));
        let reader = tokio::spawn(fleet.reads(0, account, "&wait=30"));
        held.arrived(1).await;
        fleet.at(0).signals("STOP");
        held.releases();
        fleet.lets_pass(Duration::from_secs(20));
        if servers > 1 {
            fleet.knows_the_time(last).await;
        }
        if servers > 1 && *strict {
            // Nobody else presents the token while it may come back.
            let (status, body) = fleet.reads(last, account, "&wait=3").await.expect("an answer");
            assert_eq!((status, at.token_calls(grant)), (503, 2), "{body}");
            fleet.lets_pass(Duration::from_secs(100));
            fleet.knows_the_time(last).await;
            let (status, body) = fleet.reads(last, account, "&wait=3").await.expect("an answer");
            assert_eq!((status, at.token_calls(grant)), (503, 2), "{body}");
        } else if servers > 1 {
            let (status, body) = fleet.reads(last, account, "&wait=20").await.expect("an answer");
            assert_eq!((status, at.token_calls(grant)), (200, 3), "{body}");
        }
        fleet.at(0).signals("CONT");
        let (status, _) = reader.await.expect("reads").expect("an answer");
        assert_eq!(status, 200);
        let (status, body) = fleet.reads(last, account, "&wait=20").await.expect("an answer");
        assert_eq!(status, 200, "{body}");
        assert!(at.access_ok(body["data"]["credentials"]["oauth_access_token"].as_str().expect("a token")));
        if servers > 1 && !strict {
            let until = Instant::now() + Duration::from_secs(30);
            while fleet.count("SELECT count(*) FROM vault_secrets WHERE status = 'spare'").await == 0 {
                assert!(Instant::now() < until, "the late answer isn't kept");
                tokio::time::sleep(Duration::from_millis(20)).await;
            }
        }
    }
    fleet.clears_up().await;
    for (at, _, grant, account) in &thirds {
        for _ in 0..2 {
            fleet.lets_pass(Duration::from_secs(7_200));
            fleet.knows_the_time(last).await;
            let (status, body) = fleet.reads(last, account, "&wait=20").await.expect("an answer");
            assert_eq!(status, 200, "{body}");
            assert!(at.access_ok(body["data"]["credentials"]["oauth_access_token"].as_str().expect("a token")));
        }
        assert_eq!((at.grants_lost(), at.presented_at_once()), (Vec::new(), Vec::new()), "{grant}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn f02_whoever_was_only_paused_loses_nothing_sqlite() {
    is_only_paused(Kind::Sqlite, 1).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn f02_whoever_was_only_paused_loses_nothing_postgres() {
    is_only_paused(Kind::Postgres, 2).await;
}

async fn torture(kind: Kind, servers: usize) {
    let kills = rounds(30, 500);
    let begun = Instant::now();
    let mut torture = Torture::begins(kind, servers).await;
    torture.settles().await;
    let mut n = 0;
    while torture.tally.kills < kills {
        for group in 0..PEOPLE {
            torture.kill(n, group).await;
            n += 1;
        }
        torture.settles().await;
    }
    // Once more, all of them: what is held is alive.
    torture.fleet.lets_pass(Duration::from_secs(3_700));
    torture.settles().await;
    torture.reckoning();
    let Tally { kills, at_points, cut, handed_out, lost, labelled } = &torture.tally;
    let (calls, named): (usize, usize) = (torture.token_calls(), at_points.values().sum());
    println!(
        "kill test, {kind:?}, {servers} servers: {kills} kills ({named} at points {at_points:?}), {cut} cut connections, {calls} refreshes, \
         {handed_out} tokens handed out and used, {lost} strict grants truly lost, {labelled} labelled rotation_lost, {} others lost, \
         in {} s",
        lost - labelled,
        begun.elapsed().as_secs()
    );
    assert_eq!(lost, labelled);
    for point in POINTS {
        assert!(at_points.contains_key(point), "nobody died at {point}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn cv_19_kills_lose_no_connection_sqlite() {
    torture(Kind::Sqlite, 1).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn cv_19_kills_lose_no_connection_postgres() {
    torture(Kind::Postgres, 3).await;
}
