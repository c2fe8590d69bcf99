//! RFC 6749 §4.1.1: the page where a person picks who they are, and what they allow, or denies it.

use super::ledger::Millis;
use super::mode::Iss;
use super::wire::{Reply, Request};
use super::world::Virtual;
use symbolon::base::encoding::{base64url, hex};
use symbolon::base::entropy;
use symbolon::crypto::mac::hmac_sha256;

/// How long a code is good, in milliseconds.
pub const CODE_LIFE: Millis = 30_000;

/// A request whose page is open.
#[derive(Clone, Debug)]
pub struct Asked {
    pub client: String,
    pub redirect_uri: String,
    pub state: Option<String>,
    pub scope: String,
    pub challenge: Option<String>,
    pub nonce: Option<String>,
    pub access_type: Option<String>,
    pub prompt: Option<String>,
}

/// What a person allowed, until the client comes for it.
#[derive(Clone, Debug)]
pub struct Code {
    pub asked: Asked,
    pub user: String,
    pub scope: String,
    pub at: Millis,
    /// The grant that came of it.
    pub used: Option<usize>,
}

fn one<'a>(pairs: &'a [(String, String)], name: &str) -> Option<&'a str> {
    pairs.iter().find(|(have, value)| have == name && !value.is_empty()).map(|(_, value)| value.as_str())
}

fn text(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('"', "&quot;")
}

impl Virtual {
    /// GET: the page; or an error, for the client where that is known, for the person where it isn't.
    pub fn asks(&mut self, request: &Request, now: Millis) -> Reply {
        let params = &request.query;
        let wrong = |why: &str| Reply::page(400, &format!("<h1>Bad request</h1><p id=error>{why}</p>"));
        let Some(app) = one(params, "client_id").and_then(|id| self.apps.get(id)) else {
            return wrong("There is no such client.");
        };
        // RFC 9700 §2.1: to the letter
        let redirect_uri = one(params, "redirect_uri").unwrap_or_default().to_owned();
        if !app.redirect_uris.contains(&redirect_uri) {
            return wrong("The client has not registered this redirect_uri.");
        }
        let own = |name| one(params, name).map(str::to_owned);
        let asked = Asked {
            client: app.id.clone(),
            redirect_uri,
            state: own("state"),
            scope: own("scope").unwrap_or_default(),
            challenge: own("code_challenge"),
            nonce: own("nonce"),
            access_type: own("access_type"),
            prompt: own("prompt"),
        };
        if one(params, "response_type") != Some("code") {
            return Reply::to(&self.returns(&asked, &[("error", "unsupported_response_type")]));
        }
        let plain = asked.challenge.is_some() && one(params, "code_challenge_method") != Some("S256");
        let short = asked.challenge.as_ref().is_some_and(|challenge| challenge.len() != 43);
        if plain || short || (self.mode.pkce_required && asked.challenge.is_none()) {
            return Reply::to(&self.returns(&asked, &[("error", "invalid_request")]));
        }
        if let Some(user) = self.mode.decides.clone() {
            let scope = asked.scope.clone();
            return Reply::to(&self.allows(asked, &user, scope, now));
        }
        if asked.prompt.as_deref() == Some("none") {
            return Reply::to(&self.returns(&asked, &[("error", "login_required")]));
        }
        let id = base64url(&entropy::bytes::<16>());
        let page = self.page(&id, &asked, one(params, "login_hint"));
        self.asked.insert(id, asked);
        page
    }

    fn page(&self, id: &str, asked: &Asked, hint: Option<&str>) -> Reply {
        let users = self.users.iter().enumerate().map(|(n, user)| {
            let picked = hint.map_or(n == 0, |hint| hint == user || hint == self.id_of(user));
            let (user, checked) = (text(user), if picked { " checked" } else { "" });
            format!("<label><input type=radio name=user value=\"{user}\"{checked}> {user}</label><br>")
        });
        let scopes = asked.scope.split([' ', ',']).filter(|scope| !scope.is_empty()).map(|scope| {
            let scope = text(scope);
            format!("<label><input type=checkbox name=scope value=\"{scope}\" checked> {scope}</label><br>")
        });
        Reply::page(
            200,
            &format!(
                "<h1>{name}</h1><p>{client} wants to use your account.</p>\
                 <form id=consent method=post action=\"{url}/authorize\"><input type=hidden name=asked value=\"{id}\">\
                 {users}{scopes}<button id=allow name=decision value=allow>Allow</button>\
                 <button id=deny name=decision value=deny>Deny</button></form>",
                name = text(&self.name),
                client = text(&asked.client),
                url = self.url,
                users = users.collect::<String>(),
                scopes = scopes.collect::<String>(),
            ),
        )
    }

    /// POST: the person has decided; a page decides once.
    pub fn decided(&mut self, request: &Request, now: Millis) -> Reply {
        let params = request.params();
        let Some(asked) = one(&params, "asked").and_then(|id| self.asked.remove(id)) else {
            return Reply::page(400, "<h1>Bad request</h1><p id=error>This page has been used.</p>");
        };
        if one(&params, "decision") != Some("allow") {
            return Reply::to(&self.returns(&asked, &[("error", "access_denied")]));
        }
        let Some(user) = one(&params, "user").filter(|user| self.users.iter().any(|have| have == user)) else {
            return Reply::page(400, "<h1>Bad request</h1><p id=error>Nobody was picked.</p>");
        };
        let sep = if asked.scope.contains(',') { "," } else { " " };
        let given: Vec<&str> = params.iter().filter(|(name, _)| name == "scope").map(|(_, v)| v.as_str()).collect();
        Reply::to(&self.allows(asked, user, given.join(sep), now))
    }

    /// Where the browser goes with a fresh code.
    pub fn allows(&mut self, asked: Asked, user: &str, scope: String, now: Millis) -> String {
        let code = self.fresh("code", &[]);
        let to = self.returns(&asked, &[("code", &code)]);
        let to = self.mode.callback.iter().fold(to, |to, (name, value)| {
            let value = value.replace("{user}", &self.id_of(user));
            add(&to, &[(name, &value)])
        });
        let to = match &self.mode.callback_secret {
            Some(secret) => add(&to, &[("hmac", &mac(secret, &to))]),
            None => to,
        };
        self.codes.insert(code, Code { asked, user: user.to_owned(), scope, at: now, used: None });
        to
    }

    fn returns(&self, asked: &Asked, answer: &[(&str, &str)]) -> String {
        let mut answer = answer.to_vec();
        answer.extend(asked.state.as_deref().map(|state| ("state", state)));
        // RFC 9207 §2
        match &self.mode.iss {
            Iss::None => {}
            Iss::Own => answer.push(("iss", &self.url)),
            Iss::Other(iss) => answer.push(("iss", iss)),
        }
        add(&asked.redirect_uri, &answer)
    }
}

/// docs.shopify.dev, "Verify a request".
fn mac(secret: &str, url: &str) -> String {
    let url = url::Url::parse(url).expect("a URL");
    let mut lines: Vec<String> = url.query_pairs().map(|(name, value)| format!("{name}={value}")).collect();
    lines.sort();
    hex(&hmac_sha256(secret.as_bytes(), lines.join("&").as_bytes()))
}

fn add(url: &str, params: &[(&str, &str)]) -> String {
    let query = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(params).finish();
    format!("{url}{}{query}", if url.contains('?') { '&' } else { '?' })
}
