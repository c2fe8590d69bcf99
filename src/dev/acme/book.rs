//! What Acme CRM knows: its people, what they allowed, every token, and what was asked. RFC 6749 without HTTP.

use super::{ACCESS_LIFE, CLIENT, Mishap, SCOPE};
use crate::base::encoding::{base64url, fingerprint, same, sha256};
use crate::base::{Time, entropy};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::path::Path;
use std::time::Duration;

/// Somebody with an account there.
pub(super) struct User {
    pub id: &'static str,
    pub name: &'static str,
    /// What they sell, to whom.
    pub contacts: [&'static str; 3],
}

/// Everybody.
pub(super) const USERS: [User; 3] = [
    User { id: "zoe", name: "Zoe Martin", contacts: ["Harbour Bakery", "North Ferries", "Lime & Sons"] },
    User { id: "yan", name: "Yan Chen", contacts: ["Old Mill Hotel", "Kite School", "Bright Optics"] },
    User { id: "mia", name: "Mia Rossi", contacts: ["Rossi Print", "Green Valley", "Tower Dental"] },
];

/// Somebody by their id.
pub(super) fn user(id: &str) -> Option<&'static User> {
    USERS.iter().find(|user| user.id == id)
}

/// RFC 9700 §2.1.1: a code lives for a moment.
const CODE_LIFE: Duration = Duration::from_secs(60);
/// How much is remembered.
const CALLS: usize = 200;
const TOKENS: usize = 2_000;

/// All of it. Tokens are known by their fingerprints.
#[derive(Default, Serialize, Deserialize)]
pub(super) struct Book {
    redirect_uris: BTreeSet<String>,
    codes: BTreeMap<String, Code>,
    /// What somebody allowed: its number, and whose it is; those that are over are gone.
    grants: BTreeMap<u64, String>,
    tokens: BTreeMap<String, Token>,
    last: u64,
    reuses: u32,
    calls: VecDeque<Call>,
    pub next: Option<Mishap>,
}

#[derive(Clone, Serialize, Deserialize)]
struct Code {
    user: String,
    redirect_uri: String,
    challenge: String,
    until: i64,
}

#[derive(Clone, Serialize, Deserialize)]
struct Token {
    grant: u64,
    kind: Kind,
    made_at: i64,
}

#[derive(Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
enum Kind {
    Refresh { spent: bool },
    Access { until: i64 },
}

/// A request, as the list shows it.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Call {
    /// When, in milliseconds.
    pub at: i64,
    /// `refresh`, `code`, `contacts`, …
    pub what: String,
    /// By whose token; empty where nobody is known by it.
    pub user: String,
    /// Which token, by the beginning of its fingerprint.
    pub token: String,
    /// What was answered.
    pub answer: String,
    /// Whether that was a success.
    pub good: bool,
}

/// What an authorization request asks for, when it is in order.
#[derive(Clone, Debug)]
pub(super) struct Ask {
    pub redirect_uri: String,
    pub state: String,
    pub challenge: String,
    pub login_hint: String,
}

/// New tokens.
pub(super) struct Given {
    pub access_token: String,
    pub refresh_token: String,
}

/// A code of RFC 6749 §5.2, and why in words.
pub(super) type Refusal = (&'static str, &'static str);

impl Book {
    /// What was saved; nothing where that can't be read.
    pub(super) fn open(file: &Path) -> Self {
        std::fs::read(file).ok().and_then(|text| serde_json::from_slice(&text).ok()).unwrap_or_default()
    }

    pub(super) fn save(&self, file: &Path) {
        let text = serde_json::to_vec(self).unwrap_or_default();
        if let Err(why) = std::fs::write(file, text) {
            tracing::warn!(file = %file.display(), %why, "Acme CRM couldn't write down what it knows");
        }
    }

    pub(super) fn registers(&mut self, redirect_uri: &str) {
        self.redirect_uris = BTreeSet::from([redirect_uri.to_owned()]);
    }

    /// RFC 6749 §3.1.2.3: byte for byte.
    pub(super) fn knows(&self, redirect_uri: &str) -> bool {
        self.redirect_uris.contains(redirect_uri)
    }

    pub(super) fn calls(&self) -> Vec<Call> {
        self.calls.iter().cloned().collect()
    }

    pub(super) fn reuses(&self) -> u32 {
        self.reuses
    }

    /// Writes a request down.
    pub(super) fn notes(&mut self, now: Time, what: &str, token: &str, answer: &str, good: bool) {
        let known = self.tokens.get(&print(token)).and_then(|token| self.grants.get(&token.grant));
        let user = known.cloned().unwrap_or_default();
        let token = if token.is_empty() { String::new() } else { print(token).chars().take(6).collect() };
        let call = Call { at: now.millis(), what: what.to_owned(), user, token, answer: answer.to_owned(), good };
        self.calls.push_back(call);
        if self.calls.len() > CALLS {
            self.calls.pop_front();
        }
    }

    /// Somebody allows it: RFC 6749 §4.1.2.
    pub(super) fn allows(&mut self, user: &User, ask: &Ask, now: Time) -> String {
        let code = fresh("ac_");
        let Ask { redirect_uri, challenge, .. } = ask.clone();
        let until = (now + CODE_LIFE).millis();
        self.codes.retain(|_, code| code.until > now.millis());
        self.codes.insert(print(&code), Code { user: user.id.to_owned(), redirect_uri, challenge, until });
        code
    }

    /// RFC 6749 §4.1.3, RFC 7636 §4.6.
    pub(super) fn redeems(
        &mut self,
        code: &str,
        redirect_uri: &str,
        verifier: &str,
        now: Time,
    ) -> Result<Given, Refusal> {
        let found = self.codes.remove(&print(code)).filter(|code| code.until > now.millis());
        let found = found.ok_or(("invalid_grant", "there is no such code, or it was used, or it has expired"))?;
        if found.redirect_uri != redirect_uri {
            return Err(("invalid_grant", "redirect_uri isn't that of the request"));
        }
        let proof = base64url(&sha256(verifier.as_bytes()));
        if !same(proof.as_bytes(), found.challenge.as_bytes()) {
            return Err(("invalid_grant", "code_verifier doesn't fit code_challenge"));
        }
        self.last = self.last.saturating_add(1);
        self.grants.insert(self.last, found.user);
        Ok(self.gives(self.last, now))
    }

    /// RFC 6749 §6, as strictly as RFC 9700 §4.14.2 has it: one use, and a second one ends the grant.
    pub(super) fn refreshes(&mut self, token: &str, now: Time) -> Result<Given, Refusal> {
        let grant = self.living(token)?;
        let spent = Token { grant, kind: Kind::Refresh { spent: true }, made_at: now.millis() };
        self.tokens.insert(print(token), spent);
        Ok(self.gives(grant, now))
    }

    /// The grant of a refresh token that is good. One that was used before ends its grant.
    fn living(&mut self, token: &str) -> Result<u64, Refusal> {
        match self.tokens.get(&print(token)) {
            Some(Token { grant, kind: Kind::Refresh { spent }, .. }) if self.grants.contains_key(grant) => {
                let grant = *grant;
                if *spent {
                    self.reuses = self.reuses.saturating_add(1);
                    self.grants.remove(&grant);
                    return Err(("invalid_grant", "it was used before: somebody has a copy, so everything ends"));
                }
                Ok(grant)
            }
            Some(Token { kind: Kind::Refresh { .. }, .. }) => Err(("invalid_grant", "what it was for is over")),
            _ => Err(("invalid_grant", "there is no such refresh token")),
        }
    }

    /// Forgets whatever this token belongs to (RFC 7009 §2.1).
    pub(super) fn revokes(&mut self, token: &str) {
        if let Some(token) = self.tokens.get(&print(token)) {
            self.grants.remove(&token.grant);
        }
    }

    /// Access tokens stop working, for whatever reason companies have.
    pub(super) fn ends_access(&mut self) {
        self.tokens.retain(|_, token| !matches!(token.kind, Kind::Access { .. }));
    }

    /// Whose access token it is, while it lives.
    pub(super) fn bearer(&self, token: &str, now: Time) -> Option<&'static User> {
        match self.tokens.get(&print(token)) {
            Some(Token { grant, kind: Kind::Access { until }, .. }) if *until > now.millis() => {
                self.grants.get(grant).and_then(|id| user(id))
            }
            _ => None,
        }
    }

    fn gives(&mut self, grant: u64, now: Time) -> Given {
        let given = Given { access_token: fresh("at_"), refresh_token: fresh("rt_") };
        let access = Kind::Access { until: (now + ACCESS_LIFE).millis() };
        for (token, kind) in [(&given.access_token, access), (&given.refresh_token, Kind::Refresh { spent: false })] {
            self.tokens.insert(print(token), Token { grant, kind, made_at: now.millis() });
        }
        if self.tokens.len() > TOKENS {
            let mut times: Vec<i64> = self.tokens.values().map(|token| token.made_at).collect();
            times.sort_unstable();
            let before = times.get(TOKENS / 2).copied().unwrap_or_default();
            self.tokens.retain(|_, token| token.made_at >= before || token.kind == Kind::Refresh { spent: false });
        }
        given
    }
}

/// The application's name and secret are right.
pub(super) fn is_client(id: &str, secret: &str) -> bool {
    id == CLIENT && same(secret.as_bytes(), super::SECRET.as_bytes())
}

/// All that is asked for is what the application may have.
pub(super) fn in_scope(scope: &str) -> bool {
    scope.split(' ').filter(|one| !one.is_empty()).all(|one| one == SCOPE)
}

fn fresh(kind: &str) -> String {
    format!("acme_{kind}{}", base64url(&entropy::bytes::<24>()))
}

fn print(token: &str) -> String {
    fingerprint(token.as_bytes())
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Time = Time::from_secs(1_000_000);

    fn connected(book: &mut Book) -> Given {
        let (verifier, redirect_uri) = ("v".repeat(43), "http://localhost:1/back".to_owned());
        let challenge = base64url(&sha256(verifier.as_bytes()));
        let ask = Ask { redirect_uri, state: String::new(), challenge, login_hint: String::new() };
        let code = book.allows(user("zoe").expect("is there"), &ask, NOW);
        let thief = book.redeems("acme_ac_other", &ask.redirect_uri, &verifier, NOW).err();
        assert_eq!(thief.map(|why| why.0), Some("invalid_grant"));
        book.redeems(&code, &ask.redirect_uri, &verifier, NOW).unwrap_or_else(|why| panic!("{why:?}"))
    }

    #[test]
    fn a_refresh_token_is_good_once_and_a_second_use_ends_everything() {
        let mut book = Book::default();
        let first = connected(&mut book);
        let second = book.refreshes(&first.refresh_token, NOW).unwrap_or_else(|why| panic!("{why:?}"));
        assert_eq!(book.bearer(&second.access_token, NOW).map(|user| user.id), Some("zoe"));
        assert_eq!(book.reuses(), 0);
        assert!(book.refreshes(&first.refresh_token, NOW).is_err() && book.reuses() == 1);
        assert!(book.bearer(&second.access_token, NOW).is_none());
        assert!(book.refreshes(&second.refresh_token, NOW).is_err());
    }

    #[test]
    fn access_tokens_end_by_themselves_and_on_demand() {
        let mut book = Book::default();
        let given = connected(&mut book);
        assert!(book.bearer(&given.access_token, NOW + ACCESS_LIFE).is_none());
        assert!(book.bearer(&given.access_token, NOW).is_some());
        book.ends_access();
        assert!(book.bearer(&given.access_token, NOW).is_none());
        assert!(book.refreshes(&given.refresh_token, NOW).is_ok());
    }

    #[test]
    fn a_code_needs_its_verifier_and_its_redirect_uri() {
        let mut book = Book::default();
        let challenge = base64url(&sha256(b"right"));
        let ask = Ask { redirect_uri: "r".to_owned(), state: String::new(), challenge, login_hint: String::new() };
        let zoe = user("zoe").expect("is there");
        for (redirect_uri, verifier, good) in [("r", "wrong", false), ("other", "right", false), ("r", "right", true)] {
            let code = book.allows(zoe, &ask, NOW);
            assert_eq!(book.redeems(&code, redirect_uri, verifier, NOW).is_ok(), good);
            assert!(book.redeems(&code, "r", "right", NOW).is_err(), "once");
        }
        let code = book.allows(zoe, &ask, NOW);
        assert!(book.redeems(&code, "r", "right", NOW + CODE_LIFE).is_err());
    }

    #[test]
    fn it_remembers_across_its_end() {
        let (dir, mut book) = (tempfile::tempdir().expect("a directory"), Book::default());
        let given = connected(&mut book);
        let file = dir.path().join("acme.json");
        book.save(&file);
        assert!(!std::fs::read_to_string(&file).expect("is there").contains(&given.refresh_token));
        assert!(Book::open(&file).refreshes(&given.refresh_token, NOW).is_ok());
        assert!(Book::open(&dir.path().join("none")).refreshes(&given.refresh_token, NOW).is_err());
    }
}
