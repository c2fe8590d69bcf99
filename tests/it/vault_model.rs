//! vault.md §5.2, the model test: random histories of answers, losses, outages of the database and time against the real steps of
//! a refresh. I1: no token is presented twice at once. I2: versions never go back. I4: only a lost answer of a strict provider loses
//! a grant. I5: what is handed out works. (I3, that what is on the disk is never lost, is what `vault_kills` is about.)

use crate::support::fleet::{brings, makes_source};
use crate::support::provider::ledger::Answered;
use crate::support::provider::{At, Fault, Plan, Rotation, Says, When};
use crate::support::vault::{CLIENT, Vault};
use crate::support::{Kind, rounds};
use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};
use std::time::Duration;
use symbolon::base::encoding::{hex, sha256};
use symbolon::vault::refresh;

#[derive(Clone, Debug)]
enum Step {
    /// Somebody says that the token doesn't work, and wants another.
    Reads,
    /// The same, while something goes wrong at the provider.
    Meets(usize),
    /// The same, while the database answers so many statements and no more.
    Outage(i64),
    Passes(u64),
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        2 => Just(Step::Reads),
        5 => (0..8usize).prop_map(Step::Meets),
        3 => (0..14i64).prop_map(Step::Outage),
        4 => prop_oneof![Just(3u64), Just(20), Just(70), Just(160), Just(4_000)].prop_map(Step::Passes),
    ]
}

fn goes_wrong(n: usize) -> (When, Fault) {
    match n {
        0 => (When::Read, Fault::Reset),
        1 => (When::Done, Fault::Reset),
        2 => (When::Done, Fault::Half),
        3 => (When::Read, Fault::Says(Says::Html(502))),
        4 => (When::Done, Fault::Says(Says::Html(502))),
        5 => (When::Read, Fault::Says(Says::TooMany(Some(5)))),
        6 => (When::Read, Fault::Says(Says::Busy(None))),
        _ => (When::Done, Fault::Says(Says::Garbage)),
    }
}

struct Case<'a> {
    vault: &'a Vault,
    at: &'a At,
    strict: bool,
    account: String,
    grant: String,
    token: Option<String>,
    version: i64,
}

impl Case<'_> {
    async fn reads(&mut self) -> u16 {
        let not = self.token.as_ref().map(|token| format!("&not={}", &hex(&sha256(token.as_bytes()))[..32]));
        let path = format!("/v1/accounts/{}?include_credentials=1&wait=0{}", self.account, not.unwrap_or_default());
        let read = self.vault.ada.does("GET", &path).await;
        if read.status == 200 {
            let token = read.body["data"]["credentials"]["oauth_access_token"].as_str().expect("a token");
            assert!(self.at.access_ok(token), "I5: {}", read.body);
            self.token = Some(token.to_owned());
        }
        read.status
    }

    async fn lands(&self) {
        assert!(self.vault.house.app.flights.all_landed(Duration::from_secs(30)).await, "it goes on for ever");
    }

    async fn takes(&mut self, step: &Step) {
        let app = &self.vault.house.app;
        match step {
            Step::Reads => drop(self.reads().await),
            Step::Meets(n) => {
                let (when, fault) = goes_wrong(*n);
                self.at.meets(Plan::next(1, when, fault).of(&self.grant));
                self.reads().await;
            }
            Step::Outage(statements) => {
                app.db.fail_after(*statements);
                self.reads().await;
                tokio::time::sleep(Duration::from_millis(60)).await;
                app.db.fail_after(-1);
            }
            Step::Passes(seconds) => {
                self.vault.house.wait(Duration::from_secs(*seconds));
                refresh::recover(app).await.expect("looks");
            }
        }
        self.lands().await;
        let sql = format!(
            "SELECT g.version FROM vault_grants g JOIN account_grants a ON a.grant_id = g.id WHERE a.account = '{}'",
            self.account
        );
        let version = self.vault.counts(&sql).await;
        assert!(version >= self.version, "I2: {version} after {}", self.version);
        self.version = version;
        assert_eq!(self.at.presented_at_once(), [], "I1");
    }

    /// Nothing goes wrong any more: all is well in the end, or truly lost.
    async fn ends(&mut self) {
        self.at.behaves();
        for _ in 0..40 {
            self.token = None;
            match self.reads().await {
                200 => return,
                409 => break,
                _ => self.takes(&Step::Passes(160)).await,
            }
        }
        let calls = self.at.calls("token").into_iter().filter(|call| call.grant.as_ref() == Some(&self.grant));
        let unheard = calls.filter(|call| call.status == 200 && call.answered == Answered::Lost).count();
        let garbled = self.at.presented_twice().iter().any(|twice| twice.grant == self.grant);
        let last = self.vault.reads(&self.account).await;
        assert_eq!(last.status, 409, "it is never cleared up: {}", last.body);
        assert!(self.strict && (unheard > 0 || garbled), "I4: {} was lost: {}", self.grant, last.body);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn i1_to_i5_hold_whatever_happens() {
    let vault = Vault::with(Kind::Sqlite, Rotation::None, "none").await;
    let mut thirds = Vec::new();
    for (slug, mode, rotation, strict) in [
        ("none", Rotation::None, "none", false),
        ("grace", Rotation::grace(600), "grace(10m)", true),
        ("strict", Rotation::Strict, "strict", true),
        ("family", Rotation::StrictFamily, "strict_family", true),
    ] {
        let at = vault._provider.at(slug, mode);
        makes_source(&vault.ada, &at, slug, rotation).await;
        thirds.push((at, slug, strict));
    }
    let cases = u32::try_from(rounds(16, 400)).expect("small");
    let mut runner =
        TestRunner::new(Config { cases, failure_persistence: None, max_shrink_iters: 20, ..Config::default() });
    let handle = tokio::runtime::Handle::current();
    let histories = (0..4usize, proptest::collection::vec(step(), 1..9));
    let people = std::cell::Cell::new(0);
    let outcome = tokio::task::block_in_place(|| {
        runner.run(&histories, |(third, steps)| {
            people.set(people.get() + 1);
            let user = format!("p{}", people.get());
            handle.block_on(async {
                let (at, slug, strict) = &thirds[third];
                at.knows(&[&user]);
                // Those who were asked too often are asked again.
                vault.house.wait(Duration::from_secs(400));
                let given = at.gives(CLIENT, &user, "read");
                let made = brings(&vault.ada, slug, &given.refresh_token).await;
                assert_eq!(made.status, 201, "{}", made.body);
                let account = made.body["data"]["id"].as_str().expect("an id").to_owned();
                let (grant, token) = (given.grant, None);
                let mut case = Case { vault: &vault, at, strict: *strict, account, grant, token, version: 0 };
                for step in &steps {
                    case.takes(step).await;
                }
                case.ends().await;
            });
            Ok(())
        })
    });
    outcome.unwrap_or_else(|why| panic!("{why}"));
}
