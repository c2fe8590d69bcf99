//! Tokens that don't expire become tokens that do, with a refresh token: once (Linear, Slack), or the same again for a while (Shopify).

use super::fault::{Fault, When};
use super::ledger::{Kind, Millis, Spent};
use super::refusal::{Refusal, refuse};
use super::token::{Asking, Issued};
use super::wire::{Reply, Request};
use super::world::Virtual;
use serde_json::Value;

impl Virtual {
    /// POST /migrate
    pub fn migrates(&mut self, request: &Request, call: u64, now: Millis, faults: &[(When, Fault)]) -> Reply {
        let params = request.params();
        let ask = Asking { call, now, faults, params: &params };
        match self.swaps(request, &ask) {
            Ok(answer) => Reply::json(200, &answer),
            Err(refusal) => {
                self.ledger.call(call).error = Some(refusal.code.clone());
                refusal.reply(&self.mode)
            }
        }
    }

    fn swaps(&mut self, request: &Request, ask: &Asking<'_>) -> Result<Value, Refusal> {
        let refused = |why: &str| refuse("invalid_subject_token", why);
        let app = self.proves(request, ask.now)?;
        self.ledger.call(ask.call).client = Some(app.id.clone());
        if ask.param("expiring") != Some("1") {
            return Err(refuse("invalid_request", "expiring is missing"));
        }
        let old = self.ledger.find(ask.needs("subject_token")?, Kind::Access);
        let old = old.filter(|old| self.ledger.tokens[*old].expires_at.is_none());
        let old = old.ok_or_else(|| refused("there is no such token"))?;
        let grant = self.ledger.tokens[old].grant;
        let own = self.ledger.grants[grant].client == app.id && self.ledger.grants[grant].dead.is_none();
        let again = self.mode.migrates_again;
        let issued = match self.ledger.tokens[old].spent {
            _ if !own => return Err(refused("it was issued to another client, or is over")),
            None => self.pairs(ask, old, grant),
            Some(spent) if again.is_some_and(|secs| ask.now - spent.at <= secs * 1000) => self.same(old, grant)?,
            Some(_) => return Err(refused("it was exchanged before")),
        };
        Ok(self.says(ask, &issued, None))
    }

    fn pairs(&mut self, ask: &Asking<'_>, old: usize, grant: usize) -> Issued {
        let value = self.fresh("refresh", ask.faults);
        let refresh = self.ledger.adds(value, Kind::Refresh, grant, ask.now);
        let access = self.gives_access(ask, grant, None);
        self.ledger.tokens[refresh].beside = Some(access);
        let token = &mut self.ledger.tokens[old];
        (token.spent, token.dead) = (Some(Spent { at: ask.now, call: ask.call }), true);
        token.successors.push(refresh);
        Issued { grant, access, refresh: Some(refresh) }
    }

    /// Until the pair is refreshed.
    fn same(&self, old: usize, grant: usize) -> Result<Issued, Refusal> {
        let refresh = self.ledger.tokens[old].successors[0];
        let pair = &self.ledger.tokens[refresh];
        let access = pair.beside.filter(|_| pair.spent.is_none());
        let access = access.ok_or_else(|| refuse("invalid_subject_token", "what came of it is in use"))?;
        Ok(Issued { grant, access, refresh: Some(refresh) })
    }
}
