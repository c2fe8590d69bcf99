//! RFC 6749 §3.2: the token endpoint: codes, refresh tokens, clients' own tokens, signed assertions.

use super::authorize::{CODE_LIFE, Code};
use super::fault::{Fault, When, bend};
use super::ledger::{Death, Kind, Millis};
use super::mode::{App, Offline};
use super::prove::verified;
use super::refusal::{Refusal, refuse};
use super::wire::{Reply, Request};
use super::world::Virtual;
use serde_json::{Map, Value, json};
use symbolon::base::encoding::{base64url, sha256};
use symbolon::crypto::jwt;

const JWT_BEARER: &str = "urn:ietf:params:oauth:grant-type:jwt-bearer";

/// A call, as those see it who decide on it.
pub struct Asking<'a> {
    pub call: u64,
    pub now: Millis,
    pub faults: &'a [(When, Fault)],
    pub params: &'a [(String, String)],
}

impl Asking<'_> {
    pub fn param(&self, name: &str) -> Option<&str> {
        self.params.iter().find(|(have, _)| have == name).map(|(_, value)| value.as_str())
    }

    pub fn needs(&self, name: &str) -> Result<&str, Refusal> {
        self.param(name).ok_or_else(|| refuse("invalid_request", &format!("{name} is missing")))
    }
}

/// What a call gets.
pub struct Issued {
    pub grant: usize,
    pub access: usize,
    pub refresh: Option<usize>,
}

impl Virtual {
    /// POST /token
    pub fn token(&mut self, request: &Request, call: u64, now: Millis, faults: &[(When, Fault)]) -> Reply {
        let params = request.params();
        let ask = Asking { call, now, faults, params: &params };
        match self.issues(request, &ask) {
            Ok(answer) => Reply::json(200, &answer).with("pragma", "no-cache"),
            Err(refusal) => {
                self.ledger.call(call).error = Some(refusal.code.clone());
                refusal.reply(&self.mode)
            }
        }
    }

    fn issues(&mut self, request: &Request, ask: &Asking<'_>) -> Result<Value, Refusal> {
        let kind = ask.needs("grant_type")?;
        if kind == JWT_BEARER {
            let issued = self.by_assertion_grant(ask)?;
            return Ok(self.says(ask, &issued, None));
        }
        let app = self.proves(request, ask.now)?;
        self.ledger.call(ask.call).client = Some(app.id.clone());
        match kind {
            "authorization_code" => {
                let (issued, nonce) = self.redeems(ask, &app)?;
                let second = self.second(ask, issued.grant);
                Ok(self.says_with(ask, &issued, nonce.as_deref(), second))
            }
            "refresh_token" => {
                let presented = ask.needs("refresh_token")?;
                let issued = self.refreshes(ask, &app, presented)?;
                Ok(self.says(ask, &issued, None))
            }
            "client_credentials" => {
                let issued = self.own(ask, &app.id.clone(), &app.id);
                Ok(self.says(ask, &issued, None))
            }
            _ => Err(refuse("unsupported_grant_type", "this grant type isn't known here")),
        }
    }

    /// §4.1.3
    fn redeems(&mut self, ask: &Asking<'_>, app: &App) -> Result<(Issued, Option<String>), Refusal> {
        let value = ask.needs("code")?;
        let code = self.codes.get(value).cloned().ok_or_else(|| refuse("invalid_grant", "there is no such code"))?;
        if code.asked.client != app.id {
            return Err(refuse("invalid_grant", "the code is for another client"));
        }
        if let Some(grant) = code.used {
            // §4.1.2: what it gave ends
            self.ledger.kills(grant, Death::CodeReuse);
            return Err(refuse("invalid_grant", "the code was used before"));
        }
        if ask.now - code.at > CODE_LIFE {
            return Err(refuse("invalid_grant", "the code has expired"));
        }
        if ask.param("redirect_uri") != Some(&*code.asked.redirect_uri) {
            return Err(refuse("invalid_grant", "redirect_uri isn't that of the request"));
        }
        // RFC 7636 §4.6; a verifier for a request without a challenge is RFC 9700 §2.1.1's downgrade
        let proof = ask.param("code_verifier").map(|verifier| base64url(&sha256(verifier.as_bytes())));
        if proof != code.asked.challenge {
            return Err(refuse("invalid_grant", "code_verifier doesn't fit code_challenge"));
        }
        let issued = self.opens(ask, &code);
        self.codes.get_mut(value).expect("a code").used = Some(issued.grant);
        Ok((issued, code.asked.nonce))
    }

    /// The grant that a consent makes, and what that does to earlier ones.
    fn opens(&mut self, ask: &Asking<'_>, code: &Code) -> Issued {
        let Code { asked, user, scope, .. } = code;
        let knows = self.ledger.grants.iter().any(|grant| grant.client == asked.client && grant.user == *user);
        let offline = match self.mode.offline {
            Offline::Always => true,
            Offline::Never => false,
            Offline::Scope => scope.split([' ', ',']).any(|one| one == "offline_access"),
            Offline::Asked => {
                let consents = asked.prompt.as_deref() == Some("consent");
                asked.access_type.as_deref() == Some("offline") && (consents || !knows)
            }
        };
        self.grants(ask, &asked.client, user, scope, offline)
    }

    /// A new grant with its first tokens.
    pub fn grants(&mut self, ask: &Asking<'_>, client: &str, user: &str, scope: &str, offline: bool) -> Issued {
        if self.mode.new_consent_replaces {
            for earlier in self.ledger.between(client, user) {
                self.ledger.kills(earlier, Death::Replaced);
            }
        }
        let grant = self.ledger.opens_grant(client, user, scope, ask.now);
        if let Some(cap) = self.mode.grant_cap {
            let living = self.ledger.between(client, user);
            for oldest in &living[..living.len().saturating_sub(cap)] {
                self.ledger.kills(*oldest, Death::Evicted);
            }
        }
        let refresh = offline.then(|| {
            let value = self.fresh("refresh", ask.faults);
            self.ledger.adds(value, Kind::Refresh, grant, ask.now)
        });
        let access = self.gives_access(ask, grant, None);
        if let Some(refresh) = refresh {
            self.ledger.tokens[refresh].beside = Some(access);
        }
        Issued { grant, access, refresh }
    }

    /// §4.4: a client's own token; and what is like it.
    fn own(&mut self, ask: &Asking<'_>, client: &str, user: &str) -> Issued {
        let scope = ask.param("scope").unwrap_or_default();
        let known = self.ledger.between(client, user).pop();
        let grant = known.unwrap_or_else(|| self.ledger.opens_grant(client, user, scope, ask.now));
        Issued { grant, access: self.gives_access(ask, grant, None), refresh: None }
    }

    /// RFC 7523 §2.1: a service account says who it is, and perhaps for whom.
    fn by_assertion_grant(&mut self, ask: &Asking<'_>) -> Result<Issued, Refusal> {
        let assertion = ask.needs("assertion")?;
        let wrong = |why: &str| refuse("invalid_grant", why);
        let read = jwt::read(assertion).ok_or_else(|| wrong("the assertion is no JWT"))?;
        let app = self.apps.get(read.claims["iss"].as_str().unwrap_or_default()).cloned();
        let app = app.ok_or_else(|| wrong("nobody is known by this iss"))?;
        let claims = verified(&app, assertion).ok_or_else(|| wrong("no key of it made this signature"))?;
        if claims["aud"] != json!(format!("{}/token", self.url)) {
            return Err(wrong("aud isn't the token endpoint"));
        }
        self.timely(&claims, ask.now, 3600).map_err(wrong)?;
        self.ledger.call(ask.call).client = Some(app.id.clone());
        Ok(self.own(ask, &app.id, claims["sub"].as_str().unwrap_or(&app.id)))
    }

    /// An access token, and the end of those that it ends.
    pub fn gives_access(&mut self, ask: &Asking<'_>, grant: usize, refreshed: Option<usize>) -> usize {
        let value = self.fresh("access", ask.faults);
        let index = self.ledger.adds(value, Kind::Access, grant, ask.now);
        let told = self.mode.says_life.unwrap_or(self.mode.access_life);
        let token = &mut self.ledger.tokens[index];
        token.expires_at = Some(ask.now + self.mode.access_life * 1000);
        token.told_until = Some(ask.now + told * 1000);
        token.parent = refreshed;
        let mut grants = Vec::new();
        if self.mode.refresh_kills_access && refreshed.is_some() {
            grants.push(grant);
        }
        if self.mode.one_access_per_user {
            let Grantee { client, user } = self.grantee(grant);
            grants = self.ledger.between(&client, &user);
        }
        let mut over: Vec<usize> = Vec::new();
        for ended in grants {
            over.extend(self.ledger.of(ended, Kind::Access).map(|(at, _)| at).filter(|at| *at != index));
        }
        if let Some(cap) = self.mode.access_cap {
            let living: Vec<usize> =
                self.ledger.of(grant, Kind::Access).filter(|(_, token)| !token.dead).map(|(at, _)| at).collect();
            over.extend(&living[..living.len().saturating_sub(cap)]);
        }
        for at in over {
            self.ledger.tokens[at].dead = true;
        }
        index
    }

    fn grantee(&self, grant: usize) -> Grantee {
        let grant = &self.ledger.grants[grant];
        Grantee { client: grant.client.clone(), user: grant.user.clone() }
    }

    /// A grant of its own beside the one that a code gave.
    fn second(&mut self, ask: &Asking<'_>, beside: usize) -> Option<Value> {
        let scope = self.mode.second.clone()?;
        let Grantee { client, user } = self.grantee(beside);
        let issued = self.grants(ask, &client, &format!("{user}'s own"), &scope, true);
        let refresh = issued.refresh.expect("a refresh token");
        for index in [issued.access, refresh] {
            self.ledger.tokens[index].carried.push(ask.call);
        }
        let value = |index: usize| self.ledger.tokens[index].value.as_str();
        Some(json!({ "id": user, "scope": scope, "access_token": value(issued.access), "token_type": "user",
            "expires_in": self.mode.access_life, "refresh_token": value(refresh) }))
    }

    pub fn says(&mut self, ask: &Asking<'_>, issued: &Issued, nonce: Option<&str>) -> Value {
        self.says_with(ask, issued, nonce, None)
    }

    /// §5.1: the answer, in the provider's own shape, bent as the faults ask for.
    fn says_with(&mut self, ask: &Asking<'_>, issued: &Issued, nonce: Option<&str>, second: Option<Value>) -> Value {
        for index in [Some(issued.access), issued.refresh].into_iter().flatten() {
            self.ledger.tokens[index].carried.push(ask.call);
        }
        self.ledger.call(ask.call).grant = Some(self.ledger.grants[issued.grant].id.clone());
        for (_, fault) in ask.faults {
            if let Fault::Scope(scope) = fault {
                self.ledger.grants[issued.grant].scope = scope.clone();
            }
        }
        let grant = &self.ledger.grants[issued.grant];
        let access = &self.ledger.tokens[issued.access];
        let left = access.told_until.map(|until| (until - ask.now) / 1000);
        let mut answer = Map::new();
        answer.insert("access_token".to_owned(), json!(access.value));
        answer.insert("token_type".to_owned(), json!("Bearer"));
        answer.insert("expires_in".to_owned(), json!(left));
        answer.insert("scope".to_owned(), json!(grant.scope));
        if let Some(refresh) = issued.refresh {
            answer.insert("refresh_token".to_owned(), json!(self.ledger.tokens[refresh].value));
        }
        if let (Some(name), Some(idle)) = (&self.mode.says_refresh_life, self.mode.refresh_idle) {
            let capped = self.mode.refresh_absolute.map(|most| most - (ask.now - grant.at) / 1000);
            answer.insert(name.clone(), json!(capped.map_or(idle, |most| most.min(idle))));
        }
        if let Some(second) = second {
            answer.insert("authed_user".to_owned(), second);
        }
        let user = grant.user.clone();
        if grant.scope.split(' ').any(|one| one == "openid") {
            let id_token = self.id_token(ask, &grant.client, &user, nonce);
            answer.insert("id_token".to_owned(), json!(id_token));
        }
        bend(&mut answer, ask.faults, ask.param("refresh_token"));
        match &self.mode.answer {
            None => Value::Object(answer),
            Some(shape) => {
                answer.insert("user".to_owned(), json!(self.id_of(&user)));
                fill(shape, &answer).unwrap_or_default()
            }
        }
    }
}

struct Grantee {
    client: String,
    user: String,
}

/// A shape with its `$name`s replaced; what has no value is left out.
pub fn fill(shape: &Value, values: &Map<String, Value>) -> Option<Value> {
    match shape {
        Value::String(text) => match text.strip_prefix('$') {
            Some(name) => values.get(name).cloned(),
            None => Some(shape.clone()),
        },
        Value::Array(items) => Some(items.iter().filter_map(|item| fill(item, values)).collect()),
        Value::Object(members) => {
            let members = members.iter().filter_map(|(name, shape)| Some((name.clone(), fill(shape, values)?)));
            Some(Value::Object(members.collect()))
        }
        other => Some(other.clone()),
    }
}
