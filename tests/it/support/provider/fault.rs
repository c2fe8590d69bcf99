//! What goes wrong on command: at which point of which calls, and what then comes over the wire.

use super::wire::Reply;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

/// Where in the life of a call.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum When {
    /// Its headers came, its body wasn't read: whose it is and what it presents is unknown.
    Unread,
    /// It was read; nothing came of it.
    Read,
    /// It took effect: tokens were rotated, and the answer is about to leave.
    #[default]
    Done,
}

/// What goes wrong.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Fault {
    /// Nothing comes until the caller goes.
    Hang,
    /// The connection is reset.
    Reset,
    /// The connection ends without a byte.
    Close,
    /// The connection ends within the body.
    Half,
    /// The answer stops within the body, and the connection stays.
    Stall,
    /// `100 Continue`, and then nothing.
    Continue,
    /// A byte every few milliseconds, without end.
    Drip,
    /// The answer comes so many milliseconds late.
    Late(u64),
    /// Another answer.
    Says(Says),
    /// `expires_in` is this; null leaves it out.
    Expires(Value),
    /// What the answer says of the refresh token, which stays what it was: null leaves it out.
    Refresh(Kept),
    /// Tokens of so many bytes.
    Long(usize),
    /// Tokens with a line break in them.
    Broken,
    /// Another content type.
    Media(String),
    /// The answer as a form instead of JSON.
    Form,
    /// This scope instead of the one asked for.
    Scope(String),
    /// Of somebody else: where an identity is told.
    Other(String),
}

/// What is told of a refresh token that isn't rotated.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Kept {
    Missing,
    Empty,
    Null,
    Same,
}

/// An answer that has nothing to do with the request.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Says {
    /// 429, perhaps with `Retry-After`.
    TooMany(Option<u64>),
    /// 403 with the headers of a rate limit (GitHub).
    RateLimit(u64),
    /// A page of a gateway.
    Html(u16),
    /// 503, perhaps with `Retry-After`.
    Busy(Option<u64>),
    /// A redirect.
    To(String),
    /// An OAuth error with this status.
    Error(u16, String),
    /// 200 with `ok: false` (Slack).
    NotOk(String),
    /// 200 with a text (Zoho).
    AccessDenied,
    /// 200 with so many bytes.
    Huge(usize),
    /// 200 with so many arrays in each other.
    Deep(usize),
    /// 200 with these members.
    Json(Value),
    /// 200 with something that isn't JSON, though it says so.
    Garbage,
}

impl Says {
    pub fn reply(&self) -> Reply {
        let after = |reply: Reply, secs: &Option<u64>| match secs {
            Some(secs) => reply.with("retry-after", &secs.to_string()),
            None => reply,
        };
        match self {
            Says::TooMany(secs) => after(Reply::json(429, &json!({ "message": "slow down" })), secs),
            Says::RateLimit(secs) => Reply::json(403, &json!({ "message": "API rate limit exceeded" }))
                .with("x-ratelimit-remaining", "0")
                .with("retry-after", &secs.to_string()),
            Says::Html(status) => Reply::page(*status, "<h1>Bad gateway</h1><p>nginx</p>"),
            Says::Busy(secs) => after(Reply::page(503, "<h1>Down for maintenance</h1>"), secs),
            Says::To(location) => Reply::to(location),
            Says::Error(status, code) => Reply::json(*status, &json!({ "error": code, "error_description": "So." })),
            Says::NotOk(code) => Reply::json(200, &json!({ "ok": false, "error": code })),
            Says::AccessDenied => Reply::new(200, "text/plain", "Access Denied: too many requests"),
            Says::Huge(bytes) => Reply::new(200, "application/json", vec![b' '; *bytes]),
            Says::Deep(levels) => {
                Reply::new(200, "application/json", ["[".repeat(*levels), "]".repeat(*levels)].concat())
            }
            Says::Json(body) => Reply::json(200, body),
            Says::Garbage => Reply::new(200, "application/json", "{\"access_token\": \"abc"),
        }
    }
}

/// How often, at which endpoint, for which grant.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Plan {
    #[serde(default)]
    pub when: When,
    pub fault: Fault,
    /// For so many calls; without, for all.
    #[serde(default)]
    pub times: Option<u32>,
    /// Its path below the provider's.
    #[serde(default = "token")]
    pub endpoint: String,
    /// Only for what concerns this grant.
    #[serde(default)]
    pub grant: Option<String>,
}

fn token() -> String {
    "token".to_owned()
}

impl Plan {
    /// For the next calls of the token endpoint.
    pub fn next(times: u32, when: When, fault: Fault) -> Self {
        Plan { when, fault, times: Some(times), endpoint: token(), grant: None }
    }

    /// For all calls of the token endpoint.
    pub fn always(when: When, fault: Fault) -> Self {
        Plan { when, fault, times: None, endpoint: token(), grant: None }
    }

    pub fn at(self, endpoint: &str) -> Self {
        Plan { endpoint: endpoint.to_owned(), ..self }
    }

    pub fn of(self, grant: &str) -> Self {
        Plan { grant: Some(grant.to_owned()), ..self }
    }
}

/// What a call meets; each plan is used up by the calls that meet it.
pub fn meet(plans: &mut Vec<Plan>, endpoint: &str, grant: Option<&str>, unread: bool) -> Vec<(When, Fault)> {
    let mut met = Vec::new();
    for plan in plans.iter_mut() {
        let whose = plan.grant.as_deref().is_none_or(|of| grant == Some(of));
        if plan.endpoint == endpoint && whose && (plan.when == When::Unread) == unread && plan.times != Some(0) {
            plan.times = plan.times.map(|left| left - 1);
            met.push((plan.when, plan.fault.clone()));
        }
    }
    plans.retain(|plan| plan.times != Some(0));
    met
}

/// Changes what a token answer says, as the faults ask for.
pub fn bend(answer: &mut Map<String, Value>, faults: &[(When, Fault)], presented: Option<&str>) {
    for (_, fault) in faults {
        match fault {
            Fault::Expires(Value::Null) => drop(answer.remove("expires_in")),
            Fault::Expires(value) => drop(answer.insert("expires_in".to_owned(), value.clone())),
            Fault::Refresh(Kept::Missing) => drop(answer.remove("refresh_token")),
            Fault::Refresh(Kept::Empty) => drop(answer.insert("refresh_token".to_owned(), json!(""))),
            Fault::Refresh(Kept::Null) => drop(answer.insert("refresh_token".to_owned(), Value::Null)),
            Fault::Refresh(Kept::Same) => drop(answer.insert("refresh_token".to_owned(), json!(presented))),
            _ => {}
        }
    }
}

/// Changes how an answer looks, as the faults ask for.
pub fn dress(mut reply: Reply, faults: &[(When, Fault)]) -> Reply {
    for (_, fault) in faults {
        match fault {
            Fault::Media(media) => reply = reply.with("content-type", media),
            Fault::Form => {
                let members: Map<String, Value> = serde_json::from_slice(&reply.body).unwrap_or_default();
                let pairs = members.iter().map(|(name, value)| match value {
                    Value::String(text) => (name.clone(), text.clone()),
                    other => (name.clone(), other.to_string()),
                });
                let form = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(pairs).finish();
                reply = Reply::new(reply.status, "application/x-www-form-urlencoded", form);
            }
            _ => {}
        }
    }
    reply
}
