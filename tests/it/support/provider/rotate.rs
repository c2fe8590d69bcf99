//! Which refresh tokens are accepted now, and what becomes of the one that is presented.

use super::fault::Fault;
use super::ledger::{Death, Kind, Millis, Outcome, Presented, Spent};
use super::mode::{Again, App, Rotation, Then};
use super::refusal::{Refusal, refuse};
use super::token::{Asking, Issued};
use super::world::Virtual;

/// How a refresh token stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Standing {
    Good,
    /// Spent, and accepted once more.
    Spare(Again),
    Spent(Then),
    Over(&'static str),
}

impl Virtual {
    /// How it stands now; presenting it changes that.
    pub fn standing(&self, index: usize, now: Millis) -> Standing {
        let token = &self.ledger.tokens[index];
        let grant = &self.ledger.grants[token.grant];
        if grant.dead.is_some() || token.dead {
            return Standing::Over("it was revoked");
        }
        let longer = |since: Millis, limit: Option<i64>| limit.is_some_and(|secs| now - since > secs * 1000);
        if longer(grant.at, self.mode.refresh_absolute) {
            return Standing::Over("the authorization has expired");
        }
        let taken = |p: &&Presented| p.outcome == Outcome::Accepted;
        let last = token.presented.iter().rev().find(taken).map_or(token.at, |p| p.at);
        if longer(last, self.mode.refresh_idle) {
            return Standing::Over("it wasn't used for too long");
        }
        let Some(spent) = token.spent else { return Standing::Good };
        let successors = || token.successors.iter().map(|next| &self.ledger.tokens[*next]);
        match self.mode.rotation {
            Rotation::None | Rotation::Additive | Rotation::Lazy(_) | Rotation::Strict => Standing::Spent(Then::Refuse),
            Rotation::StrictFamily => Standing::Spent(Then::Kill),
            // Only for the immediate predecessor: once its successor is spent too, it is an old one.
            Rotation::Grace { secs, again, then } => {
                let in_time = now - spent.at <= secs * 1000 && successors().all(|next| next.spent.is_none());
                if in_time { Standing::Spare(again) } else { Standing::Spent(then) }
            }
            Rotation::UntilUsed { then } => {
                let moved = successors().any(|next| next.used || next.spent.is_some());
                if moved { Standing::Spent(then) } else { Standing::Spare(Again::Reissue) }
            }
        }
    }

    /// A refresh: RFC 6749 §6, and what this provider makes of it.
    pub fn refreshes(&mut self, ask: &Asking<'_>, app: &App, presented: &str) -> Result<Issued, Refusal> {
        let unknown = || Refusal::of_token(&self.mode, "there is no such refresh token");
        let index = self.ledger.find(presented, Kind::Refresh).ok_or_else(unknown)?;
        let grant = self.ledger.tokens[index].grant;
        let spent_before = self.ledger.tokens[index].spent.is_some();
        let done = match self.ledger.grants[grant].client == app.id {
            true => self.exchanges(ask, index, grant),
            false => Err(Refusal::of_token(&self.mode, "it was issued to another client")),
        };
        let outcome = match &done {
            Err(_) => Outcome::Refused,
            Ok(_) if spent_before => Outcome::Again,
            Ok(_) => Outcome::Accepted,
        };
        let written = self.ledger.tokens[index].presented.iter_mut().rev().find(|p| p.call == ask.call);
        written.expect("written down when it was read").outcome = outcome;
        done
    }

    fn exchanges(&mut self, ask: &Asking<'_>, index: usize, grant: usize) -> Result<Issued, Refusal> {
        let standing = self.standing(index, ask.now);
        match &standing {
            Standing::Over(why) => return Err(Refusal::of_token(&self.mode, why)),
            Standing::Spent(then) => {
                if *then == Then::Kill {
                    self.ledger.kills(grant, Death::Reuse);
                }
                return Err(Refusal::of_token(&self.mode, "it was used before"));
            }
            Standing::Good | Standing::Spare(_) => {}
        }
        self.in_season(ask, grant)?;
        if let Some(scope) = ask.param("scope") {
            let have: Vec<&str> = self.ledger.grants[grant].scope.split([' ', ',']).collect();
            if !scope.split([' ', ',']).all(|one| have.contains(&one)) {
                return Err(refuse("invalid_scope", "more than the person allowed"));
            }
        }
        if standing == Standing::Spare(Again::Replay) {
            let next = self.ledger.tokens[index].successors.last().copied();
            let access = next.and_then(|next| self.ledger.tokens[next].beside);
            if let (Some(next), Some(access)) = (next, access) {
                return Ok(Issued { grant, access, refresh: Some(next) });
            }
        }
        let refresh = self.rotates(ask, index);
        let access = self.gives_access(ask, grant, Some(index));
        match refresh {
            Some(next) => self.ledger.tokens[next].beside = Some(access),
            // The one that goes on as it is.
            None => self.ledger.tokens[index].beside = Some(access),
        }
        Ok(Issued { grant, access, refresh })
    }

    /// Neither too early nor too often.
    fn in_season(&self, ask: &Asking<'_>, grant: usize) -> Result<(), Refusal> {
        let newest = self.ledger.of(grant, Kind::Access).last().map(|(_, token)| token.at);
        if let (Some(least), Some(newest)) = (self.mode.earliest_refresh, newest)
            && ask.now - newest < least * 1000
        {
            return Err(refuse("invalid_request", "the access token is too young to be refreshed"));
        }
        if let Some((most, span)) = self.mode.refreshes {
            let taken = |p: &Presented| matches!(p.outcome, Outcome::Accepted | Outcome::Again);
            let recent = |p: &&Presented| taken(p) && ask.now - p.at < span * 1000;
            let all = self.ledger.of(grant, Kind::Refresh).flat_map(|(_, token)| &token.presented);
            if all.filter(recent).count() >= most {
                return Err(Refusal { status: 429, ..refuse("slow_down", "too many refreshes") });
            }
        }
        Ok(())
    }

    /// The successor of a refresh token, where it gets one.
    fn rotates(&mut self, ask: &Asking<'_>, index: usize) -> Option<usize> {
        let token = &self.ledger.tokens[index];
        let (grant, old) = (token.grant, ask.now - token.at);
        let stays = match self.mode.rotation {
            Rotation::None => true,
            Rotation::Lazy(secs) => old < secs * 1000,
            _ => false,
        };
        if stays || ask.faults.iter().any(|(_, fault)| matches!(fault, Fault::Refresh(_))) {
            // QuickBooks tells the value each time; Google never.
            return matches!(self.mode.rotation, Rotation::Lazy(_)).then_some(index);
        }
        let value = self.fresh("refresh", ask.faults);
        let next = self.ledger.adds(value, Kind::Refresh, grant, ask.now);
        self.ledger.tokens[next].parent = Some(index);
        let token = &mut self.ledger.tokens[index];
        token.successors.push(next);
        if self.mode.rotation != Rotation::Additive {
            token.spent.get_or_insert(Spent { at: ask.now, call: ask.call });
        }
        Some(next)
    }
}
