//! Who an account is: the external id, read in what the provider said, and whether that proves it.

use super::body::{at, clear, read as value_of};
use super::{Answer, MAX_BYTES, Setup, Tokens, Wrong, id_token};
use crate::base::Time;
use crate::catalogue::{Part, Place, SourceType};
use crate::crypto::jwt;
use serde_json::Value;
use std::collections::BTreeMap;

/// The longest external id, in bytes.
const MAX_ID: usize = 255;
/// More accounts than this of one grant are left out.
const MAX_LIST: usize = 1000;

/// What there is to go by.
#[derive(Clone, Copy, Debug)]
pub struct Evidence<'a> {
    /// Source, parameters and fields.
    pub setup: Setup<'a>,
    /// The tokens that just came.
    pub tokens: Option<&'a Tokens>,
    /// What the answer with which they came said, where that is a while ago.
    pub said: Option<&'a BTreeMap<String, String>>,
    /// The answer to [`super::identity`].
    pub request: Option<Answer<'a>>,
    /// The nonce that the browser was sent with, where it was.
    pub nonce: Option<&'a str>,
    /// Now.
    pub now: Time,
}

/// An account, as the provider tells it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Identity {
    /// Unique within a source.
    pub external_id: String,
    /// Whether the provider said it, or answered for it.
    pub verified: bool,
    /// What it is called.
    pub name: Option<String>,
    /// What is kept of the provider's answer, in clear.
    pub fields: BTreeMap<String, String>,
    /// Further accounts that the same grant opens: Xero's organisations, Atlassian's sites.
    pub siblings: Vec<Identity>,
}

/// Why nobody can say who it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Unidentified {
    /// The provider refuses the credential.
    Rejected(u16),
    /// The provider couldn't be asked just now.
    Unavailable(u16),
    /// What the provider says isn't what was claimed.
    Mismatch,
    /// It answered, but not who it is.
    Nameless,
    /// The ID token breaks a rule.
    BadIdToken(&'static str),
    /// Something is missing on our side.
    Wrong(Wrong),
}

/// Follows the type's recipe.
pub fn external_id(kind: &SourceType, evidence: &Evidence<'_>) -> Result<Identity, Unidentified> {
    let recipe = &kind.identity;
    let answered = match (&recipe.request, &evidence.request) {
        (Some(_), Some(answer)) => Some(answered(answer)?),
        (Some(_), None) => return Err(Unidentified::Wrong(Wrong::field("identity.request", "must be asked first"))),
        (None, _) => None,
    };
    let from_token = recipe.id.iter().chain(&recipe.name).any(|part| part.from == Place::IdToken);
    let claims = match evidence.tokens {
        Some(tokens) if from_token => id_token::claims(kind, &evidence.setup, tokens, evidence.nonce, evidence.now)
            .map(Some)
            .map_err(Unidentified::BadIdToken)?,
        _ => None,
    };
    let sources = Sources { kind, evidence, claims: claims.as_ref() };
    let Some(list) = &recipe.list else {
        return sources.one(answered.as_ref(), answered.is_some());
    };
    let listed = answered.as_ref().and_then(|answer| if list.is_empty() { Some(answer) } else { at(answer, list) });
    let items = listed.and_then(Value::as_array).ok_or(Unidentified::Nameless)?;
    let wanted = sources.preferred();
    let mut found = Vec::new();
    for item in items.iter().take(MAX_LIST) {
        let prefers = recipe.prefer.as_ref().zip(wanted.as_ref());
        let preferred =
            prefers.is_some_and(|(rule, wanted)| at(item, &rule.item).and_then(clear).as_ref() == Some(wanted));
        found.push((!preferred, sources.one(Some(item), true)?));
    }
    // Stable: the one that was just connected, then the provider's own order.
    found.sort_by_key(|(other, _)| *other);
    let mut found = found.into_iter().map(|(_, identity)| identity);
    let first = found.next().ok_or(Unidentified::Nameless)?;
    Ok(Identity { siblings: found.collect(), ..first })
}

fn answered(answer: &Answer<'_>) -> Result<Value, Unidentified> {
    match answer.status {
        200..=299 if answer.body.len() <= MAX_BYTES => Ok(value_of(answer.body).unwrap_or(Value::Null)),
        200..=299 => Err(Unidentified::Nameless),
        408 | 425 | 429 | 300..=399 | 500..=599 => Err(Unidentified::Unavailable(answer.status)),
        403 if answer.retry_after.is_some() => Err(Unidentified::Unavailable(403)),
        status => Err(Unidentified::Rejected(status)),
    }
}

struct Sources<'a> {
    kind: &'a SourceType,
    evidence: &'a Evidence<'a>,
    claims: Option<&'a Value>,
}

impl Sources<'_> {
    fn one(&self, answer: Option<&Value>, asked: bool) -> Result<Identity, Unidentified> {
        let recipe = &self.kind.identity;
        let parts: Option<Vec<String>> = recipe.id.iter().map(|part| self.part(part, answer)).collect();
        let external_id = parts.ok_or(Unidentified::Nameless)?.join(":");
        if external_id.is_empty() || external_id.len() > MAX_ID {
            return Err(Unidentified::Nameless);
        }
        if let Some(path) = &recipe.must_equal {
            let said = answer.and_then(|answer| at(answer, path)).and_then(clear);
            if said.as_deref() != Some(external_id.as_str()) {
                return Err(Unidentified::Mismatch);
            }
        }
        let claimed = |part: &Part| matches!(part.from, Place::Callback | Place::Param | Place::Supplied);
        let kept = recipe.fields.iter().filter_map(|(name, path)| Some((name.clone(), clear(at(answer?, path)?)?)));
        let name = recipe.name.iter().find_map(|part| self.part(part, answer));
        Ok(Identity {
            external_id,
            verified: (asked && recipe.proves) || !recipe.id.iter().any(claimed),
            name: name.map(|name| name.chars().take(200).collect()),
            fields: kept.collect(),
            siblings: Vec::new(),
        })
    }

    fn part(&self, part: &Part, answer: Option<&Value>) -> Option<String> {
        let path = part.path.as_deref().unwrap_or_default();
        let name = part.name.as_deref().unwrap_or_default();
        let Evidence { setup, tokens, said, .. } = self.evidence;
        let found = match part.from {
            Place::Answer => tokens.map(|tokens| &tokens.said).or(*said)?.get(path).cloned(),
            Place::IdToken => at(self.claims?, path).and_then(clear),
            Place::Request => at(answer?, path).and_then(clear),
            Place::Callback | Place::Param => {
                let fresh = tokens.as_ref().and_then(|tokens| tokens.fields.get(name));
                let default = || self.kind.params.iter().find(|param| param.name == name)?.default.as_ref();
                fresh.or_else(|| setup.params.get(name)).or_else(default).cloned()
            }
            Place::Supplied => {
                let typed = setup.fields.get(name).map(|value| value.reveal().to_owned());
                typed.or_else(|| setup.params.get(name).cloned())
            }
        };
        let found = found?;
        match &part.pattern {
            Some(pattern) => pattern.taken(&found),
            None => Some(found),
        }
    }

    /// The claim of the access token that says which of the list was just connected.
    fn preferred(&self) -> Option<String> {
        let rule = self.kind.identity.prefer.as_ref()?;
        let token = jwt::read(self.evidence.tokens?.access_token.reveal())?;
        at(&token.claims, &rule.claim).and_then(clear)
    }
}
