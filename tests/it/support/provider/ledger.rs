//! What a provider writes down: each grant, each token, who presented it when, and whether the answer got out.

use serde::Serialize;
use std::collections::HashMap;

/// Milliseconds since the epoch, by the provider's clock.
pub type Millis = i64;

/// Why a grant is over.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Death {
    /// A spent refresh token came again.
    Reuse,
    /// A code came again.
    CodeReuse,
    /// The client revoked it.
    Revoked,
    /// The person, or the provider, took it back.
    Withdrawn,
    /// The person consented anew.
    Replaced,
    /// There were too many.
    Evicted,
}

/// What a person allowed a client.
#[derive(Clone, Debug, Serialize)]
pub struct Grant {
    pub id: String,
    pub client: String,
    pub user: String,
    pub scope: String,
    pub at: Millis,
    pub dead: Option<Death>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    Refresh,
    Access,
}

/// Whether an answer got out.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Answered {
    /// It is on its way, or held.
    Pending,
    /// All of it was taken by the caller's side.
    Whole,
    /// Not all of it, or the caller went without reading.
    Lost,
}

#[derive(Clone, Debug, Serialize)]
pub struct Token {
    pub value: String,
    pub kind: Kind,
    /// Which of the grants; a client's own tokens have one too.
    pub grant: usize,
    pub at: Millis,
    pub expires_at: Option<Millis>,
    /// What the answer said of its life.
    pub told_until: Option<Millis>,
    /// The refresh token that it was issued for.
    pub parent: Option<usize>,
    /// The refresh tokens that it was exchanged for.
    pub successors: Vec<usize>,
    /// Of a refresh token: the access token that came with it.
    pub beside: Option<usize>,
    pub spent: Option<Spent>,
    /// It, or the access token beside it, was used.
    pub used: bool,
    /// It died alone.
    pub dead: bool,
    /// The calls whose answers hold it; none for what was given without a call.
    pub carried: Vec<u64>,
    pub presented: Vec<Presented>,
}

#[derive(Clone, Copy, Debug, Serialize)]
pub struct Spent {
    pub at: Millis,
    pub call: u64,
}

/// What presenting a refresh token led to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    Accepted,
    /// It was spent already, and accepted once more.
    Again,
    Refused,
    /// It was read, and that was all: a fault, a gate or a wrong secret came before a decision.
    Undecided,
}

#[derive(Clone, Copy, Debug, Serialize)]
pub struct Presented {
    pub call: u64,
    pub at: Millis,
    pub outcome: Outcome,
    /// Whether it had been exchanged by then.
    pub spent_before: bool,
}

/// A request, whatever became of it.
#[derive(Clone, Debug, Serialize)]
pub struct Call {
    pub id: u64,
    pub at: Millis,
    pub endpoint: String,
    pub method: String,
    pub headers: Vec<(String, String)>,
    /// Of the query and of the body.
    pub params: Vec<(String, String)>,
    pub client: Option<String>,
    pub grant: Option<String>,
    /// What was decided, whether or not that was answered: a status and, of refusals, the code.
    pub status: u16,
    pub error: Option<String>,
    pub answered: Answered,
    /// Moments of this process: two calls were open at once when one began before the other had ended.
    pub began: u64,
    pub ended: Option<u64>,
}

impl Call {
    pub fn param(&self, name: &str) -> Option<&str> {
        self.params.iter().find(|(have, _)| have == name).map(|(_, value)| value.as_str())
    }

    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(have, _)| have == name).map(|(_, value)| value.as_str())
    }
}

/// A use of the API.
#[derive(Clone, Debug, Serialize)]
pub struct Use {
    pub at: Millis,
    pub token: String,
    pub accepted: bool,
    /// What the answer that issued it had said of its life.
    pub told_until: Option<Millis>,
    /// What the caller was told by whoever gave it the token (`x-told-until`, RFC 3339).
    pub promised_until: Option<Millis>,
}

#[derive(Default)]
pub struct Ledger {
    pub grants: Vec<Grant>,
    pub tokens: Vec<Token>,
    by_value: HashMap<String, usize>,
    by_grant: Vec<Vec<usize>>,
    pub calls: Vec<Call>,
    pub uses: Vec<Use>,
    /// Codes and everything else that must never be seen elsewhere.
    pub secrets: Vec<String>,
    moment: u64,
}

impl Ledger {
    pub fn opens_grant(&mut self, client: &str, user: &str, scope: &str, at: Millis) -> usize {
        let id = format!("g{}", self.grants.len() + 1);
        let (client, user, scope) = (client.to_owned(), user.to_owned(), scope.to_owned());
        self.grants.push(Grant { id, client, user, scope, at, dead: None });
        self.by_grant.push(Vec::new());
        self.grants.len() - 1
    }

    pub fn grant(&self, id: &str) -> Option<usize> {
        let index: usize = id.strip_prefix('g')?.parse().ok()?;
        index.checked_sub(1).filter(|index| *index < self.grants.len())
    }

    pub fn find(&self, value: &str, kind: Kind) -> Option<usize> {
        self.by_value.get(value).copied().filter(|index| self.tokens[*index].kind == kind)
    }

    pub fn adds(&mut self, value: String, kind: Kind, grant: usize, at: Millis) -> usize {
        let index = self.tokens.len();
        self.by_value.insert(value.clone(), index);
        self.by_grant[grant].push(index);
        self.tokens.push(Token {
            value,
            kind,
            grant,
            at,
            expires_at: None,
            told_until: None,
            parent: None,
            successors: Vec::new(),
            beside: None,
            spent: None,
            used: false,
            dead: false,
            carried: Vec::new(),
            presented: Vec::new(),
        });
        index
    }

    /// A grant's tokens of one kind, oldest first.
    pub fn of(&self, grant: usize, kind: Kind) -> impl Iterator<Item = (usize, &Token)> {
        let all = self.by_grant[grant].iter().map(|index| (*index, &self.tokens[*index]));
        all.filter(move |(_, token)| token.kind == kind)
    }

    /// The grants of a person to a client that aren't over, oldest first.
    pub fn between(&self, client: &str, user: &str) -> Vec<usize> {
        let alive = |grant: &Grant| grant.client == client && grant.user == user && grant.dead.is_none();
        (0..self.grants.len()).filter(|index| alive(&self.grants[*index])).collect()
    }

    /// Ends a grant; the first reason stays.
    pub fn kills(&mut self, grant: usize, why: Death) {
        self.grants[grant].dead.get_or_insert(why);
    }

    pub fn accepts_access(&self, value: &str, now: Millis) -> Option<usize> {
        let index = self.find(value, Kind::Access)?;
        let token = &self.tokens[index];
        let alive = !token.dead && token.expires_at.is_none_or(|at| now < at);
        (alive && self.grants[token.grant].dead.is_none()).then_some(index)
    }

    pub fn begins(&mut self, mut call: Call) -> u64 {
        self.moment += 1;
        call.id = self.calls.len() as u64 + 1;
        call.began = self.moment;
        self.calls.push(call);
        self.calls.len() as u64
    }

    pub fn call(&mut self, id: u64) -> &mut Call {
        let index = usize::try_from(id).expect("a call") - 1;
        &mut self.calls[index]
    }

    /// The connection is done with a call.
    pub fn ends(&mut self, id: u64, answered: Answered) {
        self.moment += 1;
        let moment = self.moment;
        let call = self.call(id);
        call.answered = answered;
        // Known later, and only for the worse: whoever asked went without reading.
        call.ended.get_or_insert(moment);
    }

    /// Whether a token is known outside, as far as the provider can tell.
    pub fn answered(&self, token: &Token) -> Answered {
        let of = |id: &u64| self.calls[usize::try_from(*id).expect("a call") - 1].answered;
        let all: Vec<Answered> = token.carried.iter().map(of).collect();
        match (all.contains(&Answered::Whole) || all.is_empty(), all.contains(&Answered::Pending)) {
            (true, _) => Answered::Whole,
            (false, true) => Answered::Pending,
            (false, false) => Answered::Lost,
        }
    }
}
