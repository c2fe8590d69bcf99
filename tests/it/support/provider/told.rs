//! What the ledger says, as tests ask for it.

use super::At;
use super::ledger::{Answered, Call, Death, Grant, Kind, Millis, Outcome, Presented, Use};
use super::rotate::Standing;
use super::world::Virtual;
use serde::Serialize;

/// A refresh token that came more than once.
#[derive(Clone, Debug, Serialize)]
pub struct Twice {
    pub token: String,
    pub grant: String,
    /// Each time, in order.
    pub times: Vec<Presented>,
}

impl Twice {
    /// The times that it came though it had been exchanged: only a recovery may do so.
    pub fn after_spent(&self) -> Vec<Presented> {
        self.times.iter().filter(|time| time.spent_before).copied().collect()
    }
}

/// A grant that its client can't use any more, by no one's wish.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Lost {
    pub grant: String,
    pub why: Why,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Why {
    /// A spent token came again, and that killed it.
    Reuse,
    /// The only good token was in an answer that never arrived.
    Unanswered,
    /// Nobody used it for too long.
    Idle,
}

impl Virtual {
    /// Whether a refresh token would be accepted now.
    pub fn accepts(&self, index: usize, now: Millis) -> bool {
        matches!(self.standing(index, now), Standing::Good | Standing::Spare(_))
    }

    fn lost(&self, grant: usize, now: Millis) -> Option<Why> {
        match self.ledger.grants[grant].dead {
            Some(Death::Reuse | Death::CodeReuse) => return Some(Why::Reuse),
            Some(_) => return None,
            None => {}
        }
        let tokens: Vec<_> = self.ledger.of(grant, Kind::Refresh).collect();
        let good: Vec<_> = tokens.iter().filter(|(index, _)| self.accepts(*index, now)).collect();
        if good.iter().any(|(_, token)| self.ledger.answered(token) != Answered::Lost) {
            return None;
        }
        let newest = tokens.last().map(|(index, _)| self.standing(*index, now))?;
        match newest {
            Standing::Over("it wasn't used for too long") => Some(Why::Idle),
            Standing::Over(_) => None,
            _ => Some(Why::Unanswered),
        }
    }
}

impl At {
    fn grant(&self, id: &str) -> usize {
        self.with(|v, _| v.ledger.grant(id)).unwrap_or_else(|| panic!("no grant {id}"))
    }

    /// All grants, oldest first.
    pub fn grants(&self) -> Vec<Grant> {
        self.with(|v, _| v.ledger.grants.clone())
    }

    /// The newest grant of a person.
    pub fn grant_of(&self, user: &str) -> String {
        let mut own = self.grants().into_iter().rev().filter(|grant| grant.user == user);
        own.next().unwrap_or_else(|| panic!("{user} has allowed nothing")).id
    }

    /// The refresh tokens of a grant that would be accepted now, oldest first.
    pub fn acceptable(&self, grant: &str) -> Vec<String> {
        let grant = self.grant(grant);
        self.with(|v, now| {
            let tokens = v.ledger.of(grant, Kind::Refresh);
            tokens.filter(|(index, _)| v.accepts(*index, now)).map(|(_, token)| token.value.clone()).collect()
        })
    }

    /// The newest refresh token of a grant that would be accepted now.
    pub fn live(&self, grant: &str) -> Option<String> {
        self.acceptable(grant).pop()
    }

    /// Whether the API would accept this token now.
    pub fn access_ok(&self, token: &str) -> bool {
        self.with(|v, now| v.ledger.accepts_access(token, now).is_some())
    }

    /// Whether this is an access token, of whatever age.
    pub fn was_for_the_api(&self, token: &str) -> bool {
        self.with(|v, _| v.ledger.find(token, Kind::Access).is_some())
    }

    /// How often the token endpoint was asked to refresh a grant, or to mint for it, whatever came of it.
    pub fn token_calls(&self, grant: &str) -> usize {
        self.calls("token").iter().filter(|call| call.grant.as_deref() == Some(grant)).count()
    }

    /// The requests to one endpoint, in order.
    pub fn calls(&self, endpoint: &str) -> Vec<Call> {
        self.with(|v, _| v.ledger.calls.iter().filter(|call| call.endpoint == endpoint).cloned().collect())
    }

    /// How often an endpoint was asked.
    pub fn hits(&self, endpoint: &str) -> usize {
        self.with(|v, _| v.ledger.calls.iter().filter(|call| call.endpoint == endpoint).count())
    }

    /// Refresh tokens that came more than once, of providers where that matters.
    pub fn presented_twice(&self) -> Vec<Twice> {
        self.with(|v, _| {
            let tokens =
                v.ledger.tokens.iter().filter(|token| token.kind == Kind::Refresh && token.presented.len() > 1);
            // What is never exchanged may come as often as it likes.
            let matters = |p: &Presented| p.spent_before || p.outcome != Outcome::Accepted;
            let tokens = tokens.filter(|token| token.spent.is_some() || token.presented.iter().any(matters));
            let twice = tokens.map(|token| Twice {
                token: token.value.clone(),
                grant: v.ledger.grants[token.grant].id.clone(),
                times: token.presented.clone(),
            });
            twice.collect()
        })
    }

    /// Pairs of calls that presented the same refresh token while both were open.
    pub fn presented_at_once(&self) -> Vec<(u64, u64)> {
        self.with(|v, _| {
            let span = |p: &Presented| {
                let call = &v.ledger.calls[usize::try_from(p.call).expect("a call") - 1];
                (call.began, call.ended.unwrap_or(u64::MAX))
            };
            let mut found = Vec::new();
            for token in &v.ledger.tokens {
                for (n, second) in token.presented.iter().enumerate() {
                    let overlapping = token.presented[..n].iter().filter(|first| {
                        let ((begun, ended), (since, until)) = (span(first), span(second));
                        begun < until && since < ended
                    });
                    found.extend(overlapping.map(|first| (first.call, second.call)));
                }
            }
            found
        })
    }

    /// Grants that their clients can't use any more, though nobody took them back.
    pub fn grants_lost(&self) -> Vec<Lost> {
        self.with(|v, now| {
            let all = 0..v.ledger.grants.len();
            let lost = all.filter_map(|grant| Some((grant, v.lost(grant, now)?)));
            lost.map(|(grant, why)| Lost { grant: v.ledger.grants[grant].id.clone(), why }).collect()
        })
    }

    /// Uses of the API, in order.
    pub fn uses(&self) -> Vec<Use> {
        self.with(|v, _| v.ledger.uses.clone())
    }

    /// Uses that failed before the time until which the token was said to be good: by the answer that issued it, or by
    /// whoever handed it out, where the caller told (`x-told-until`).
    pub fn failed_in_time(&self) -> Vec<Use> {
        let until = |used: &Use| used.promised_until.or(used.told_until);
        self.uses().into_iter().filter(|used| !used.accepted && until(used).is_some_and(|at| used.at < at)).collect()
    }

    /// Everything that nobody but the client may ever see: tokens, codes, client secrets.
    pub fn secrets(&self) -> Vec<String> {
        self.with(|v, _| {
            let apps = v.apps.values().flat_map(|app| app.secrets.iter().cloned());
            v.ledger.secrets.iter().cloned().chain(apps).collect()
        })
    }
}
