//! RFC 6749 §5.1, §5.2: what a token endpoint answered, read by the type's rules before the status is believed.

use super::body::{at, clear, read as value_of};
use super::classes::{self, Told};
use super::expiry::{self, Expiry, Said};
use crate::base::{Secret, Time};
use crate::catalogue::{AnswerRules, Asked, Class, Place, SourceType};
use serde_json::Value;
use std::collections::BTreeMap;
use std::time::Duration;

/// The most bytes of an answer; what has more isn't read.
pub const MAX_BYTES: usize = 1024 * 1024;

/// The longest token. HubSpot's and Microsoft's grow from year to year, and 16 KiB are in use.
const MAX_TOKEN: usize = 64 * 1024;

/// A complete answer.
#[derive(Clone, Copy, Debug, Default)]
pub struct Answer<'a> {
    /// Its status.
    pub status: u16,
    /// `Retry-After`.
    pub retry_after: Option<&'a str>,
    /// `Date`: the provider's clock.
    pub date: Option<&'a str>,
    /// `Content-Type`. It decides nothing; providers err too often.
    pub content_type: Option<&'a str>,
    /// All of it.
    pub body: &'a [u8],
}

/// vault.md §3.5: what it means. `error` is the provider's own code, or `http_502`.
#[derive(Debug)]
#[expect(missing_docs, reason = "`error` and `retry_after` are said above, the variants are Class's")]
pub enum Outcome {
    /// Fresh tokens.
    Tokens(Box<Tokens>),
    /// The grant is gone for good.
    GrantDead { error: String },
    /// A person must do something at the provider.
    Interaction { error: String },
    /// The source's own client id or secret is refused.
    ClientBad { error: String },
    /// The request is refused as it is.
    RequestBad { error: String },
    /// Too often, too early.
    Throttled { error: String, retry_after: Option<Duration> },
    /// Nothing happened; later it may work.
    Transient { error: String, retry_after: Option<Duration> },
    /// The provider may have spent the refresh token.
    Ambiguous { error: String },
}

/// What an answer brings.
#[derive(Debug)]
pub struct Tokens {
    /// `primary`, or the role of the only chain that came.
    pub role: String,
    /// The access token.
    pub access_token: Secret,
    /// The next refresh token; `None` means that the one at hand stays good (RFC 6749 §6).
    pub refresh_token: Option<Secret>,
    /// How long the access token lives.
    pub expires: Expiry,
    /// How long the refresh token lives, from now.
    pub refresh_expires: Option<Duration>,
    /// As the provider wrote it; `Bearer` when it didn't.
    pub token_type: String,
    /// What was granted; `None` means what was asked for (RFC 6749 §5.1).
    pub scopes: Option<Vec<String>>,
    /// OpenID Connect Core §3.1.3.3.
    pub id_token: Option<Secret>,
    /// What may be kept in clear, by the names of `answer.fields` and of parameters that the answer says.
    pub fields: BTreeMap<String, String>,
    /// Further chains that came with it, by role. Each is a grant of its own.
    pub others: Vec<(String, Tokens)>,
    /// What the identity recipe looks up in the answer, by its path.
    pub said: BTreeMap<String, String>,
}

/// Reads a token endpoint's answer. Nothing in it is believed that doesn't fit; nothing of it is repeated but codes.
pub fn read(kind: &SourceType, answer: &Answer<'_>) -> Outcome {
    let value = if answer.body.len() > MAX_BYTES { None } else { value_of(answer.body) };
    let rules = &kind.answer;
    let date = answer.date.and_then(expiry::http_date);
    let says_error = value.as_ref().is_some_and(|value| {
        at(value, &rules.error).is_some_and(classes::is_error) && !ok(rules, value).unwrap_or(false)
            || ok(rules, value) == Some(false)
    });
    if (200..300).contains(&answer.status)
        && !says_error
        && let Some(tokens) = value.as_ref().and_then(|value| tokens(kind, value, date))
    {
        return Outcome::Tokens(Box::new(tokens));
    }
    let member = |path: &str| value.as_ref().and_then(|value| at(value, path)).and_then(classes::code);
    let told = Told {
        status: answer.status,
        value: value.as_ref(),
        silent: answer.body.is_empty(),
        retry_after: answer.retry_after.is_some(),
        code: member(&rules.error),
        suberror: member(&rules.suberror),
    };
    let (error, retry_after) = (told.kept(), expiry::retry_after(answer.retry_after, date));
    match classes::of(kind, &told) {
        Class::GrantDead => Outcome::GrantDead { error },
        Class::Interaction => Outcome::Interaction { error },
        Class::ClientBad => Outcome::ClientBad { error },
        Class::RequestBad => Outcome::RequestBad { error },
        Class::Throttled => Outcome::Throttled { error, retry_after },
        Class::Transient => Outcome::Transient { error, retry_after },
        Class::Ambiguous => Outcome::Ambiguous { error },
    }
}

impl Outcome {
    /// The name of its class, as definitions, logs and metrics write it.
    pub fn name(&self) -> &'static str {
        match self {
            Outcome::Tokens(_) => "tokens",
            Outcome::GrantDead { .. } => Class::GrantDead.name(),
            Outcome::Interaction { .. } => Class::Interaction.name(),
            Outcome::ClientBad { .. } => Class::ClientBad.name(),
            Outcome::RequestBad { .. } => Class::RequestBad.name(),
            Outcome::Throttled { .. } => Class::Throttled.name(),
            Outcome::Transient { .. } => Class::Transient.name(),
            Outcome::Ambiguous { .. } => Class::Ambiguous.name(),
        }
    }

    /// The code of the error; `None` for tokens.
    pub fn error(&self) -> Option<&str> {
        match self {
            Outcome::Tokens(_) => None,
            Outcome::GrantDead { error }
            | Outcome::Interaction { error }
            | Outcome::ClientBad { error }
            | Outcome::RequestBad { error }
            | Outcome::Throttled { error, .. }
            | Outcome::Transient { error, .. }
            | Outcome::Ambiguous { error } => Some(error),
        }
    }
}

/// What a probe told of a source.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Probed {
    /// The provider knows this client and its secret.
    Good,
    /// It refuses them, in these words.
    ClientBad(String),
    /// It said something that tells neither.
    Unclear(String),
}

/// What the answer to [`super::probe`] means: whoever is refused a made-up code has proved who they are.
pub fn probed(kind: &SourceType, answer: &Answer<'_>) -> Probed {
    match read(kind, answer) {
        Outcome::Tokens(_) | Outcome::GrantDead { .. } => Probed::Good,
        Outcome::ClientBad { error } => Probed::ClientBad(error),
        _ if kind.probe.is_some() && (200..300).contains(&answer.status) => Probed::Good,
        _ if kind.probe.is_some() && answer.status == 401 => Probed::ClientBad("http_401".to_owned()),
        other => Probed::Unclear(other.error().unwrap_or_default().to_owned()),
    }
}

/// Whether the type's own member says that all is well, where there is one.
fn ok(rules: &AnswerRules, value: &Value) -> Option<bool> {
    let rule = rules.ok.as_ref()?;
    let said = at(value, &rule.path)?;
    Some(match &rule.is {
        toml::Value::Boolean(want) => said.as_bool() == Some(*want),
        toml::Value::Integer(want) => said.as_i64() == Some(*want),
        toml::Value::String(want) => said.as_str() == Some(want),
        _ => false,
    })
}

fn tokens(kind: &SourceType, value: &Value, date: Option<Time>) -> Option<Tokens> {
    let mut others = Vec::new();
    for other in &kind.answer.other {
        // A chain that can't be read spoils the answer: its token would be lost.
        if let Some(inner) = at(value, &other.at).filter(|inner| at(inner, &kind.answer.access_token).is_some()) {
            others.push((other.role.clone(), chain(kind, inner, date, &other.role)?));
        }
    }
    let main = match at(value, &kind.answer.access_token) {
        Some(_) => Some(chain(kind, value, date, "primary")?),
        None => None,
    };
    let mut main = match main {
        Some(main) => main,
        None if others.is_empty() => return None,
        None => others.remove(0).1,
    };
    main.said = said(kind, value);
    main.fields = fields(kind, value);
    main.others = others;
    Some(main)
}

/// One chain of tokens: the answer itself, or an object in it.
fn chain(kind: &SourceType, value: &Value, date: Option<Time>, role: &str) -> Option<Tokens> {
    let rules = &kind.answer;
    let access_token = token(at(value, &rules.access_token)?)?;
    let optional = |path: &str| match at(value, path) {
        None => Some(None),
        Some(Value::String(text)) if text.is_empty() => Some(None),
        Some(found) => token(found).map(Some),
    };
    let refresh_token = optional(&rules.refresh_token)?;
    let said = expiry::said(at(value, &rules.expires), rules.unit, date);
    // The end of the refresh token comes in the same unit, everywhere that we know of.
    let refresh_said = expiry::said(at(value, &rules.refresh_expires), rules.unit, date);
    Some(Tokens {
        role: role.to_owned(),
        expires: expiry::settled(said, kind.lifetimes.access, refresh_token.is_some()),
        refresh_expires: match refresh_said {
            Said::When(Expiry::In(span)) => Some(span),
            _ => None,
        },
        token_type: at(value, &rules.token_type).and_then(clear).unwrap_or_else(|| "Bearer".to_owned()),
        scopes: scopes(kind, at(value, &rules.scope)),
        id_token: optional(&rules.id_token)?,
        access_token,
        refresh_token,
        fields: BTreeMap::new(),
        others: Vec::new(),
        said: BTreeMap::new(),
    })
}

/// RFC 6749 appendix A.12: printable ASCII. A line end in a token would write headers of its own.
fn token(value: &Value) -> Option<Secret> {
    let text = value.as_str()?;
    let fits = !text.is_empty() && text.len() <= MAX_TOKEN && text.bytes().all(|b| b.is_ascii_graphic());
    fits.then(|| Secret::new(text))
}

fn scopes(kind: &SourceType, value: Option<&Value>) -> Option<Vec<String>> {
    let split = |text: &str| -> Vec<String> {
        let separator = kind.answer.scope_separator.as_deref().unwrap_or(&kind.scopes.separator);
        let names = text.split(|c: char| c.is_ascii_whitespace() || (!separator.is_empty() && separator.contains(c)));
        names.filter(|name| !name.is_empty()).map(str::to_owned).collect()
    };
    let plain = |name: &String| name.len() <= 256 && name.bytes().all(|b| b.is_ascii_graphic());
    let names = match value? {
        Value::String(text) => split(text),
        Value::Array(items) => items.iter().filter_map(Value::as_str).map(str::to_owned).collect(),
        _ => return None,
    };
    let mut names: Vec<String> = names.into_iter().filter(plain).take(500).collect();
    names.dedup();
    Some(names)
}

fn said(kind: &SourceType, value: &Value) -> BTreeMap<String, String> {
    let parts = kind.identity.id.iter().chain(&kind.identity.name).filter(|part| part.from == Place::Answer);
    let found = parts.filter_map(|part| {
        let path = part.path.clone()?;
        Some((path.clone(), clear(at(value, &path)?)?))
    });
    found.collect()
}

fn fields(kind: &SourceType, value: &Value) -> BTreeMap<String, String> {
    let copied = kind.answer.fields.iter().filter_map(|(name, path)| Some((name.clone(), clear(at(value, path)?)?)));
    let params = kind.params.iter().filter(|param| param.asked == Asked::Answer).filter_map(|param| {
        let found = clear(at(value, param.path.as_deref()?)?)?;
        // One that doesn't fit is as if it weren't there: it must lead no request anywhere.
        param.check(&found).ok().map(|()| (param.name.clone(), found))
    });
    copied.chain(params).collect()
}
