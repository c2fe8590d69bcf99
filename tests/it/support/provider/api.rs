//! What is behind the tokens: an API that proves by use that a token is good; introspection, revocation, installations.

use super::fault::{Fault, When};
use super::ledger::{Death, Kind, Millis, Use};
use super::prove::verified;
use super::token::{Asking, fill};
use super::wire::{Reply, Request};
use super::world::Virtual;
use serde_json::{Map, Value, json};
use symbolon::base::Time;
use symbolon::base::encoding::from_base64;

fn unauthorized() -> Reply {
    Reply::json(401, &json!({ "error": "invalid_token" })).with("www-authenticate", "Bearer error=\"invalid_token\"")
}

impl Virtual {
    /// The path of an API, for whoever has a live token, or a key where there are keys.
    pub fn api(&mut self, path: &str, request: &Request, call: u64, now: Millis, faults: &[(When, Fault)]) -> Reply {
        let Some(user) = self.who(request, call, now) else { return unauthorized() };
        let other = faults.iter().find_map(|(_, fault)| match fault {
            Fault::Other(user) => Some(user.clone()),
            _ => None,
        });
        let user = other.unwrap_or(user);
        let values = Map::from_iter([("user".to_owned(), json!(self.id_of(&user)))]);
        match path {
            "api/me" | "userinfo" => Reply::json(200, &self.person(&user)),
            "api/connections" => {
                let tenants = self.mode.tenants.iter().filter_map(|tenant| fill(tenant, &values));
                Reply::json(200, &tenants.collect())
            }
            "user/installations" => {
                let all = self.apps.values().flat_map(|app| &app.installations);
                let own = all.filter(|(_, by)| **by == user).map(|(id, _)| json!({ "id": id.parse::<u64>().ok() }));
                Reply::json(200, &json!({ "installations": own.collect::<Vec<Value>>() }))
            }
            _ => match self.mode.identity.get(path) {
                Some(shape) => Reply::json(200, &fill(shape, &values).unwrap_or_default()),
                None => Reply::json(404, &json!({ "error": "not_found" })),
            },
        }
    }

    /// Whose token this is; written down, whatever it is.
    fn who(&mut self, request: &Request, call: u64, now: Millis) -> Option<String> {
        let basic = request.header("authorization").and_then(|value| value.strip_prefix("Basic "));
        let password = basic.and_then(from_base64).and_then(|bytes| String::from_utf8(bytes).ok());
        let password = password.as_deref().and_then(|text| text.split_once(':')).map(|(_, password)| password);
        let given = request.bearer().or(request.header("x-api-key")).or(password)?.to_owned();
        if let Some(user) = self.mode.api_keys.get(&given) {
            return Some(user.clone());
        }
        let known = self.ledger.find(&given, Kind::Access);
        let accepted = self.ledger.accepts_access(&given, now);
        let told_until = known.and_then(|index| self.ledger.tokens[index].told_until);
        let promised_until = request.header("x-told-until").and_then(Time::parse).map(Time::millis);
        let accepted_now = accepted.is_some();
        self.ledger.uses.push(Use { at: now, token: given, accepted: accepted_now, told_until, promised_until });
        let grant = self.ledger.tokens[known?].grant;
        self.ledger.call(call).grant = Some(self.ledger.grants[grant].id.clone());
        let index = accepted?;
        // The refresh token that it came with is now known to have arrived.
        let with = self.ledger.of(grant, Kind::Refresh).find(|(_, token)| token.beside == Some(index));
        if let Some((refresh, _)) = with {
            self.ledger.tokens[refresh].used = true;
        }
        Some(self.ledger.grants[grant].user.clone())
    }

    /// RFC 7662
    pub fn introspects(&mut self, request: &Request, now: Millis) -> Reply {
        if let Err(refusal) = self.proves(request, now) {
            return refusal.reply(&self.mode);
        }
        let params = request.params();
        let value =
            params.iter().find(|(name, _)| name == "token").map(|(_, value)| value.as_str()).unwrap_or_default();
        let refresh = self.ledger.find(value, Kind::Refresh).filter(|index| self.accepts(*index, now));
        let Some(index) = self.ledger.accepts_access(value, now).or(refresh) else {
            return Reply::json(200, &json!({ "active": false }));
        };
        let token = &self.ledger.tokens[index];
        let grant = &self.ledger.grants[token.grant];
        let (scope, sub, exp) = (&grant.scope, self.id_of(&grant.user), token.expires_at.map(|at| at / 1000));
        Reply::json(200, &json!({ "active": true, "scope": scope, "client_id": grant.client, "sub": sub, "exp": exp }))
    }

    /// RFC 7009
    pub fn revokes(&mut self, request: &Request, call: u64, now: Millis) -> Reply {
        let app = match self.proves(request, now) {
            Ok(app) => app,
            Err(refusal) => return refusal.reply(&self.mode),
        };
        let params = request.params();
        let value =
            params.iter().find(|(name, _)| name == "token").map(|(_, value)| value.as_str()).unwrap_or_default();
        let known = self.ledger.find(value, Kind::Refresh).or_else(|| self.ledger.find(value, Kind::Access));
        let own = |index: &usize| self.ledger.grants[self.ledger.tokens[*index].grant].client == app.id;
        if let Some(index) = known.filter(own) {
            let grant = self.ledger.tokens[index].grant;
            self.ledger.call(call).grant = Some(self.ledger.grants[grant].id.clone());
            match self.ledger.tokens[index].kind {
                // §2.1: and the access tokens of the same grant
                Kind::Refresh => self.ledger.kills(grant, Death::Revoked),
                Kind::Access => self.ledger.tokens[index].dead = true,
            }
        }
        Reply::json(200, &json!({}))
    }

    /// `/app/installations/<id>` and `…/access_tokens`, for an app that proves itself by its own signature (GitHub).
    pub fn installations(&mut self, path: &str, request: &Request, call: u64, now: Millis) -> Reply {
        let no = |status, message: &str| Reply::json(status, &json!({ "message": message }));
        let proof = request.bearer().unwrap_or_default().to_owned();
        let found = self.apps.values().find_map(|app| Some((app.clone(), verified(app, &proof)?)));
        let Some((app, claims)) = found.filter(|(app, claims)| claims["iss"] == json!(app.id)) else {
            return no(401, "A JSON web token could not be decoded");
        };
        if let Err(why) = self.timely(&claims, now, 600) {
            return no(401, why);
        }
        let mut parts = path.split('/').skip(2);
        let (id, what) = (parts.next().unwrap_or_default(), parts.next());
        let Some(user) = app.installations.get(id).cloned() else { return no(404, "Not Found") };
        self.ledger.call(call).client = Some(app.id.clone());
        match (&*request.method, what) {
            ("GET", None) => {
                Reply::json(200, &json!({ "id": id.parse::<u64>().ok(), "account": { "id": self.id_of(&user) } }))
            }
            ("POST", Some("access_tokens")) => {
                let ask = Asking { call, now, faults: &[], params: &[] };
                let known = self.ledger.between(&app.id, &user).pop();
                let grant = known.unwrap_or_else(|| self.ledger.opens_grant(&app.id, &user, "", now));
                let index = self.gives_access(&ask, grant, None);
                self.ledger.tokens[index].carried.push(call);
                self.ledger.call(call).grant = Some(self.ledger.grants[grant].id.clone());
                let token = &self.ledger.tokens[index];
                let expires_at = token.expires_at.map(|at| Time::from_millis(at).rfc3339());
                Reply::json(201, &json!({ "token": token.value, "expires_at": expires_at }))
            }
            _ => no(404, "Not Found"),
        }
    }
}
