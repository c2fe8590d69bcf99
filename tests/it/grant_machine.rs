//! F-12: the grant row against a model of it, over random histories, on both databases.

use crate::on_both;
use crate::support::House;
use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};
use std::time::Duration;
use symbolon::base::id::{ClientId, SessionId, UserId, uuid7};
use symbolon::base::{ScopeSet, Time};
use symbolon::crypto::token::{GrantToken, Holder};
use symbolon::oauth::grants::{self, Next, Policy, Presented, Redeemed, Rotation, Which};
use symbolon::oauth::new_grant::{self, NewCode, NewGrant};
use symbolon::oauth::pkce;

const CODE: Duration = Duration::from_secs(60);
const ACCESS: Duration = Duration::from_secs(600);
const IDLE: Duration = Duration::from_secs(3600);
const ABSOLUTE: Duration = Duration::from_secs(4 * 3600);
const WINDOW: i64 = 60_000;
const VERIFIER: &str = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
const CALLBACK: &str = "https://app.example/cb";

/// What can be done to a grant.
#[derive(Clone, Debug)]
enum Step {
    Redeem {
        wrong: Option<Wrong>,
    },
    /// Presents the refresh token of the newest generation less `back`.
    Rotate {
        back: u32,
    },
    RevokeRefresh,
    /// Revokes the access token of the newest generation less `back`.
    RevokeAccess {
        back: u32,
    },
    Pass {
        seconds: u64,
    },
}

#[derive(Clone, Copy, Debug)]
enum Wrong {
    Client,
    RedirectUri,
    Verifier,
}

fn step() -> impl Strategy<Value = Step> {
    let wrong = prop_oneof![
        6 => Just(None),
        1 => Just(Some(Wrong::Client)),
        1 => Just(Some(Wrong::RedirectUri)),
        1 => Just(Some(Wrong::Verifier)),
    ];
    prop_oneof![
        2 => wrong.prop_map(|wrong| Step::Redeem { wrong }),
        8 => (0u32..3).prop_map(|back| Step::Rotate { back }),
        1 => Just(Step::RevokeRefresh),
        2 => (0u32..2).prop_map(|back| Step::RevokeAccess { back }),
        4 => prop_oneof![Just(1), Just(59), Just(61), Just(700), Just(3700)].prop_map(|seconds| Step::Pass { seconds }),
    ]
}

/// The grant as it should be.
struct Model {
    now: Time,
    code_until: Time,
    until: Time,
    redeemed: bool,
    ended: bool,
    generation: u32,
    rotated_at: Time,
    access_until: Time,
    idle_until: Time,
    access_ended: u32,
}

impl Model {
    fn new(now: Time) -> Self {
        Model {
            now,
            code_until: now + CODE,
            until: now + ABSOLUTE,
            redeemed: false,
            ended: false,
            generation: 0,
            rotated_at: now,
            access_until: now,
            idle_until: now,
            access_ended: 0,
        }
    }

    fn advance(&mut self) {
        if self.generation > 0 && self.access_until <= self.now {
            self.access_ended = self.access_ended.max(self.generation);
        }
        self.generation += 1;
        self.rotated_at = self.now;
        self.access_until = self.now + ACCESS;
        self.idle_until = self.now + IDLE;
    }

    fn redeem(&mut self, wrong: Option<Wrong>) -> bool {
        let good = !self.redeemed && !self.ended && wrong.is_none() && self.now < self.code_until;
        self.redeemed = true;
        if good {
            self.advance();
        } else {
            self.ended = true;
        }
        good
    }

    fn lives(&self) -> bool {
        !self.ended && self.generation > 0 && self.now < self.idle_until && self.now < self.until
    }

    /// The generation of the answer, if there is one.
    fn rotate(&mut self, presented: u32) -> Option<u32> {
        if !self.lives() {
            return None;
        }
        if presented == self.generation {
            self.advance();
            return Some(self.generation);
        }
        let replayed = presented + 1 == self.generation && self.rotated_at.millis() + WINDOW > self.now.millis();
        self.ended = !replayed;
        replayed.then_some(self.generation)
    }

    fn access_good(&self, generation: u32) -> bool {
        let current = generation == self.generation && generation > 0 && generation > self.access_ended;
        current && !self.ended && self.now < self.access_until && self.now < self.until
    }
}

struct Row<'a> {
    house: &'a House,
    client: ClientId,
    code: GrantToken,
    holder: Option<Holder>,
    model: Model,
}

impl Row<'_> {
    fn next(&self) -> Next<'_> {
        let now = self.model.now;
        Next {
            client_id: &self.client,
            access_scope: None,
            access_resource: None,
            access_expires_at: now + ACCESS,
            idle_expires_at: now + IDLE,
        }
    }

    fn token(&self, generation: u32) -> Option<GrantToken> {
        self.holder.clone().map(|holder| GrantToken { grant: self.code.grant, generation, holder })
    }

    async fn takes(&mut self, step: &Step) {
        let (db, now) = (&self.house.app.db, self.model.now);
        match step {
            Step::Pass { seconds } => self.model.now = now + Duration::from_secs(*seconds),
            Step::Redeem { wrong } => {
                let other = ClientId::from("another");
                let mut next = self.next();
                let mut presented = Presented { redirect_uri: CALLBACK, challenge: Some(pkce::transform(VERIFIER)) };
                match wrong {
                    Some(Wrong::Client) => next.client_id = &other,
                    Some(Wrong::RedirectUri) => presented.redirect_uri = "https://app.example/other",
                    Some(Wrong::Verifier) => presented.challenge = None,
                    None => {}
                }
                let holder = Holder::fresh();
                let done =
                    grants::redeem(db, &self.code, &presented, &holder, true, &next, now).await.expect("answers");
                let good = matches!(done, Redeemed::Grant(_));
                if good {
                    self.holder = Some(holder);
                }
                assert_eq!(good, self.model.redeem(*wrong), "{done:?}");
            }
            Step::Rotate { back } => {
                let presented = self.model.generation.saturating_sub(*back);
                let Some(token) = self.token(presented).filter(|_| presented > 0) else { return };
                let policy = Policy { stays: false, replay_window: WINDOW };
                let done = grants::rotate(db, &token, policy, &self.next(), now).await.expect("answers");
                let generation = match &done {
                    Rotation::Grant(grant) => Some(grant.generation),
                    Rotation::Reused(_) | Rotation::Unknown => None,
                };
                assert_eq!(generation, self.model.rotate(presented), "{done:?}");
            }
            Step::RevokeRefresh => {
                let Some(token) = self.token(self.model.generation) else { return };
                grants::revoke(db, &token, Which::Refresh, &self.client, now).await.expect("answers");
                self.model.ended = true;
            }
            Step::RevokeAccess { back } => {
                let generation = self.model.generation.saturating_sub(*back);
                let Some(mut token) = self.token(generation).filter(|_| generation > 0) else { return };
                token.holder = token.holder.for_access();
                grants::revoke(db, &token, Which::Access, &self.client, now).await.expect("answers");
                self.model.access_ended = self.model.access_ended.max(generation);
            }
        }
    }

    /// Every access token that was ever given is good exactly when the model says so.
    async fn agrees(&self) {
        for generation in 1..=self.model.generation {
            let Some(mut token) = self.token(generation) else { return };
            token.holder = token.holder.for_access();
            let found = symbolon::oauth::presentation::present(&self.house.app, &token, Which::Access, self.model.now)
                .await
                .expect("answers");
            assert_eq!(found.is_some(), self.model.access_good(generation), "generation {generation}");
        }
    }
}

async fn history(house: &House, client: &ClientId, user: &UserId, steps: &[Step]) {
    let now = house.now();
    let code = GrantToken { grant: uuid7(now), generation: 0, holder: Holder::fresh() };
    let scope = ScopeSet::parse("openid offline").expect("scopes");
    let challenge = pkce::transform(VERIFIER);
    let new = NewGrant {
        client_id: client,
        user_id: user,
        sid: &SessionId::new(now),
        scope: &scope,
        resource: &[],
        claims: None,
        nonce: None,
        auth_time: now,
        acr: "acr",
        amr: "pwd",
        redirect_uri: CALLBACK,
    };
    let written =
        NewCode { token: &code, challenge: Some(&challenge), expires_at: now + CODE, grant_expires_at: now + ABSOLUTE };
    assert!(new_grant::issue(&house.app.db, &new, &written, now).await.expect("issues"));
    let mut row = Row { house, client: client.clone(), code, holder: None, model: Model::new(now) };
    for step in steps {
        row.takes(step).await;
        row.agrees().await;
    }
}

on_both! {
    async fn f_12_the_grant_row_is_what_the_model_says(house: House) {
        let user = UserId::from(house.person("ada").await);
        let client = ClientId::from(house.client().await.id);
        let mut runner = TestRunner::new(Config { cases: 150, failure_persistence: None, ..Config::default() });
        let steps = proptest::collection::vec(step(), 1..14);
        let handle = tokio::runtime::Handle::current();
        let outcome = tokio::task::block_in_place(|| {
            runner.run(&steps, |steps| {
                handle.block_on(history(&house, &client, &user, &steps));
                Ok(())
            })
        });
        outcome.unwrap_or_else(|why| panic!("{why}"));
    }
}
